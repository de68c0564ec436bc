"""Candidates of a line, and how sure each of their symbols is.

All readings that the search found vote with their chances: a symbol is as sure as the readings that
agree with it, and what the others have in its place are its alternatives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.reader import ctc
from inference.reader.alphabet import SYMBOL_INDEX
from inference.reader.confusions import MATHS_SYMBOLS
from inference.reader.recogniser import View

NUM_KEPT = 8
"""Candidates that a line keeps."""

# The recogniser is surer than it is right: differences in score are shrunk by this before they
# become probabilities.
_TEMPERATURE = 2.0
_ALTERNATIVE_FROM = 0.02
_VOTE_FROM = 5e-4

Ranked = list[tuple[ctc.Symbols, float]]
"""Sequences with their scores in nats, the best first."""


@dataclass(frozen=True, slots=True)
class ReadSymbol:
    """A symbol of a candidate.

    Attributes:
        text: What it adds to the text, one or more characters (`^2` for a raised 2).
        confidence: 0..1, the chance that exactly this stands there.
        x: Centre, as a fraction of the crop's width.
        x_start: Left bound, midway to the neighbour.
        x_end: Right bound, likewise.
        alternatives: What else could stand there, the likeliest first; "" means nothing.
        is_word: Part of an instruction, read by the recogniser alone.
    """

    text: str
    confidence: float
    x: float
    x_start: float = 0.0
    x_end: float = 1.0
    alternatives: tuple[str, ...] = ()
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a line. `text` is the joined text of its symbols, in plain notation.

    Attributes:
        symbols: Left to right.
        log_prob: Natural log of the chance of this reading among all candidates of the line.
        score: Evidence less cost, in nats; comparable between candidates of one line only.
        letters: The unknowns it uses.
    """

    symbols: tuple[ReadSymbol, ...]
    log_prob: float
    score: float
    letters: frozenset[str]

    @property
    def text(self) -> str:
        """The reading in plain notation."""
        return "".join(symbol.text for symbol in self.symbols)

    @property
    def confidence(self) -> float:
        """The chance of the whole reading, 0..1."""
        return math.exp(self.log_prob)


def as_candidates(ranked: Ranked, part: View, meant: NDArray[np.float32]) -> list[Candidate]:
    """Turn scored sequences into candidates.

    Args:
        ranked: At least one sequence, the best first.
        part: What the recogniser saw of this stretch, (T, len(SYMBOLS)).
        meant: The same as (T, len(MATHS_SYMBOLS)), for the places of the symbols.
    """
    best_score = ranked[0][1]
    weights = np.exp([(score - best_score) / _TEMPERATURE for _, score in ranked])
    weights = weights / weights.sum()
    votes = [
        (sequence, float(weight))
        for (sequence, _), weight in zip(ranked, weights, strict=True)
        if weight >= _VOTE_FROM
    ]
    return [
        Candidate(
            symbols=_read_symbols(sequence, votes, part, meant),
            log_prob=math.log(max(float(weight), 1e-30)),
            score=score,
            letters=frozenset(MATHS_SYMBOLS[s] for s in sequence if MATHS_SYMBOLS[s].isalpha()),
        )
        for (sequence, score), weight in zip(ranked[:NUM_KEPT], weights, strict=False)
    ]


def _read_symbols(
    sequence: ctc.Symbols,
    votes: Sequence[tuple[ctc.Symbols, float]],
    part: View,
    meant: NDArray[np.float32],
) -> tuple[ReadSymbol, ...]:
    steps = ctc.align(meant, sequence)
    agreed = [0.0] * len(sequence)
    others: list[dict[str, float]] = [{} for _ in sequence]
    for voter, weight in votes:
        for index, other in enumerate(_matched(sequence, voter)):
            if other == (sequence[index],):
                agreed[index] += weight
            else:
                text = "".join(MATHS_SYMBOLS[symbol] for symbol in other)
                others[index][text] = others[index].get(text, 0.0) + weight
    shown = _shown(sequence, steps, part)
    return tuple(
        ReadSymbol(
            text=shown[index],
            confidence=min(1.0, agreed[index]),
            x=float(part.x[steps[index]]),
            alternatives=tuple(
                text
                for text, weight in sorted(others[index].items(), key=lambda item: -item[1])[:3]
                if weight >= _ALTERNATIVE_FROM
            ),
        )
        for index in range(len(sequence))
    )


def _matched(sequence: ctc.Symbols, voter: ctc.Symbols) -> list[tuple[int, ...]]:
    """What `voter` has in the place of each symbol of `sequence`, by least edit distance.

    A symbol that only `voter` has is counted to the place before it, or to the first.
    """
    # Readings of one line differ in a few places; what they share at both ends is no question.
    head = 0
    while head < min(len(sequence), len(voter)) and sequence[head] == voter[head]:
        head += 1
    tail = 0
    while (
        tail < min(len(sequence), len(voter)) - head
        and sequence[len(sequence) - 1 - tail] == voter[len(voter) - 1 - tail]
    ):
        tail += 1
    matched = [[symbol] for symbol in sequence]
    rows, columns = len(sequence) - head - tail, len(voter) - head - tail
    for index in range(head, head + rows):
        matched[index] = []
    if rows == 0 and columns > 0:
        before = max(0, head - 1)
        inserted = list(voter[head : head + columns])
        matched[before] = (
            [*matched[before], *inserted] if head > 0 else [*inserted, *matched[before]]
        )
    elif rows == columns:
        for index in range(head, head + rows):
            matched[index] = [voter[index]]
    elif rows > 0:
        _match_middle(sequence[head : head + rows], voter[head : head + columns], matched, head)
    return [tuple(symbols) for symbols in matched]


def _match_middle(
    mine: ctc.Symbols, theirs: ctc.Symbols, matched: list[list[int]], head: int
) -> None:
    """Fill `matched[head:]` for two stretches of different lengths."""
    rows, columns = len(mine), len(theirs)
    distance = [[i + j if i * j == 0 else 0 for j in range(columns + 1)] for i in range(rows + 1)]
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            distance[i][j] = min(
                distance[i - 1][j - 1] + (mine[i - 1] != theirs[j - 1]),
                distance[i - 1][j] + 1,
                distance[i][j - 1] + 1,
            )
    i, j = rows, columns
    while i > 0 or j > 0:
        here = distance[i][j]
        if i > 0 and j > 0 and here == distance[i - 1][j - 1] + (mine[i - 1] != theirs[j - 1]):
            i, j = i - 1, j - 1
            matched[head + i].insert(0, theirs[j])
        elif j > 0 and here == distance[i][j - 1] + 1:
            j -= 1
            matched[head + max(i - 1, 0)].insert(0, theirs[j])
        else:
            i -= 1


_SCRIPT_PLAIN = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻⁺", "0123456789n-+", strict=True))


def _shown(sequence: ctc.Symbols, steps: Sequence[int], part: View) -> list[str]:
    """The plain notation of each symbol; raised ones become `^2`, `^(-1)`."""
    symbols = [MATHS_SYMBOLS[symbol] for symbol in sequence]
    shown: list[str] = []
    index = 0
    while index < len(symbols):
        symbol = symbols[index]
        if symbol not in _SCRIPT_PLAIN:
            shown.append(_written_sign(symbol, part.probs[steps[index]]))
            index += 1
            continue
        end = index
        while end < len(symbols) and symbols[end] in _SCRIPT_PLAIN:
            end += 1
        plain = [_SCRIPT_PLAIN[each] for each in symbols[index:end]]
        needs_brackets = not ("".join(plain).isdigit() or len(plain) == 1)
        plain[0] = ("^(" if needs_brackets else "^") + plain[0]
        if needs_brackets:
            plain[-1] += ")"
        shown.extend(plain)
        index = end
    return shown


_TIMES_CROSS = [SYMBOL_INDEX[symbol] for symbol in "×·xX"]
_TIMES_STAR = [SYMBOL_INDEX[symbol] for symbol in "*"]
_DIVIDED_DOTS = [SYMBOL_INDEX[symbol] for symbol in "÷:+"]
_DIVIDED_SLASH = [SYMBOL_INDEX[symbol] for symbol in "/1|l"]


def _written_sign(symbol: str, probs: NDArray[np.float32]) -> str:
    """× and * mean the same, so do ÷ and /: shown is the one that was written."""
    if symbol == "*":
        is_star = probs[_TIMES_STAR].sum() > probs[_TIMES_CROSS].sum()
        return "*" if is_star else "×"
    if symbol == "/":
        is_slash = probs[_DIVIDED_SLASH].sum() > probs[_DIVIDED_DOTS].sum()
        return "/" if is_slash else "÷"
    return symbol
