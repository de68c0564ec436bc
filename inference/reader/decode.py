"""Decides what a line says: the recogniser's probabilities searched under what mathematics allows.

The recogniser's first guess takes the best class of each step; here whole lines compete. A line's
score is how well it explains the ink (over all renditions and alignments), less what it costs as
mathematics, less a fine when the parser refuses it. How far the winner leads the others, symbol by
symbol, is its confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inference.errors import MathSyntaxError
from inference.reader import ctc
from inference.reader.candidates import (
    NUM_KEPT,
    Candidate,
    Ranked,
    ReadSymbol,
    as_candidates,
)
from inference.reader.confusions import MATHS_SYMBOLS, meant_probabilities
from inference.reader.grammar import LineState, advance, finish, letter_cost, start_state
from inference.reader.normalise import strip_question_number
from inference.reader.recogniser import LineLattice, View
from inference.reader.second_opinion import SignReading, agreement, proposals
from inference.reader.words import Piece, split_words
from inference.rules.parser import parse_math

__all__ = [
    "UNCERTAIN_BELOW",
    "Candidate",
    "LineContext",
    "ReadSymbol",
    "decode_line",
    "decode_lines",
]

UNCERTAIN_BELOW = 0.8
"""Symbols of less confidence deserve a mark."""

_BEAM_WIDTH = 16
_NUM_JUDGED = 40
_NUM_PARSED = 12
_REFUSED_COST = 4.0
_FOREIGN_LETTER_COST = 2.5
# A fragment may well end in a sign or within a bracket.
_FRAGMENT_END_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class LineContext:
    """What is known of a line besides its ink.

    Attributes:
        letters: The unknowns of the question it belongs to; other letters cost more.
        is_fragment: The line is part of a formula (a numerator, an exponent): no words, no
            question number, and the parser is not asked.
        in_column: The line is one of a written sum, figures below figures.
    """

    letters: frozenset[str] = frozenset()
    is_fragment: bool = False
    in_column: bool = False


def decode_line(lattice: LineLattice, *, context: LineContext | None = None) -> list[Candidate]:
    """Read one line.

    Returns:
        Distinct candidates, the best first; empty when the line holds no symbol at all.
    """
    context = context or LineContext()
    pieces = (
        [Piece(0, len(lattice.greedy_text), None)]
        if context.is_fragment
        else split_words(lattice.greedy_text)
    )
    if not pieces:
        return []
    bounds = _piece_bounds(pieces, lattice)
    combined = [Candidate((), 0.0, 0.0, frozenset())]
    for index, (piece, (x_from, x_to)) in enumerate(zip(pieces, bounds, strict=True)):
        if piece.words is not None:
            options = [_read_words(piece, lattice)]
        else:
            neighbours_words = len(pieces) > 1
            options = _read_maths(
                lattice,
                x_from,
                x_to,
                context=context,
                may_be_numbered=index == 0 and not context.is_fragment,
                must_parse=not context.is_fragment and not neighbours_words,
            )
        combined = _joined(combined, options)
    return [_with_bounds(candidate) for candidate in combined if candidate.symbols]


def decode_lines(
    lattices: Sequence[LineLattice], *, context: LineContext | None = None
) -> list[list[Candidate]]:
    """Read lines that belong to one question: the same unknowns are used in all of them."""
    context = context or LineContext()
    per_line = [decode_line(lattice, context=context) for lattice in lattices]
    if len(lattices) < 2:
        return per_line
    letters = _common_letters(per_line, context.letters)
    shared = replace(context, letters=letters)
    return [
        candidates
        if not candidates or candidates[0].letters <= letters == context.letters
        else decode_line(lattice, context=shared)
        for lattice, candidates in zip(lattices, per_line, strict=True)
    ]


def _common_letters(
    per_line: Sequence[Sequence[Candidate]], known: frozenset[str]
) -> frozenset[str]:
    """The set of unknowns under which all lines together are likeliest."""
    sets = {known | candidate.letters for line in per_line for candidate in line}
    sets |= {known | (line[0].letters if line else frozenset()) for line in per_line}
    sets.add(known.union(*(line[0].letters for line in per_line if line)))

    def total(letters: frozenset[str]) -> float:
        cost = sum(
            letter_cost(letter, frozenset(sorted(letters)[:place]))
            for place, letter in enumerate(sorted(letters))
        )
        return -cost + sum(
            max(
                candidate.log_prob - _FOREIGN_LETTER_COST * len(candidate.letters - letters)
                for candidate in line
            )
            for line in per_line
            if line
        )

    return max(sorted(sets, key=sorted), key=total)


# -- pieces -----------------------------------------------------------------------------------


def _piece_bounds(pieces: Sequence[Piece], lattice: LineLattice) -> list[tuple[float, float]]:
    """Where each piece begins and ends, 0..1: midway between characters of two pieces."""
    x = lattice.greedy_x
    cuts = [
        (x[piece.start - 1] + x[piece.start]) / 2 if 0 < piece.start < len(x) else 0.0
        for piece in pieces
    ]
    return list(zip(cuts, [*cuts[1:], 1.0], strict=True))


def _read_words(piece: Piece, lattice: LineLattice) -> Candidate:
    """Words as the recogniser read them, corrected to the vocabulary."""
    words = piece.words or ""
    confidence = lattice.greedy_confidence[piece.start : piece.end]
    x = lattice.greedy_x[piece.start : piece.end]
    if len(words) != len(confidence):
        # A corrected word has another length: its symbols share the place of the misread one.
        mean = float(np.mean(confidence)) if confidence else 0.0
        confidence = (mean,) * len(words)
        x = tuple(float(value) for value in np.linspace(x[0], x[-1], len(words)))
    symbols = tuple(
        ReadSymbol(character, confidence[i], x[i], is_word=True)
        for i, character in enumerate(words)
    )
    if words[-1:].isascii() and words[-1:].isalpha():
        # "Find" and a stacked d/dx must not become "Findd/dx".
        symbols += (ReadSymbol(" ", 1.0, x[-1], is_word=True),)
    return Candidate(symbols, 0.0, 0.0, frozenset())


def _joined(left: Sequence[Candidate], right: Sequence[Candidate]) -> list[Candidate]:
    """All pairs of two stretches, likeliest first, at most `NUM_KEPT`."""
    if not right:
        return list(left)
    pairs = [
        Candidate(
            first.symbols + second.symbols,
            first.log_prob + second.log_prob,
            first.score + second.score,
            first.letters | second.letters,
        )
        for first in left
        for second in right
    ]
    return sorted(pairs, key=lambda pair: -pair.log_prob)[:NUM_KEPT]


def _with_bounds(candidate: Candidate) -> Candidate:
    centres = [symbol.x for symbol in candidate.symbols]
    middles = [(a + b) / 2 for a, b in pairwise(centres)]
    symbols = tuple(
        replace(symbol, x_start=start, x_end=end)
        for symbol, start, end in zip(
            candidate.symbols, [0.0, *middles], [*middles, 1.0], strict=True
        )
    )
    return replace(candidate, symbols=symbols)


# -- mathematics ------------------------------------------------------------------------------


def _read_maths(
    lattice: LineLattice,
    x_from: float,
    x_to: float,
    *,
    context: LineContext,
    may_be_numbered: bool,
    must_parse: bool,
) -> list[Candidate]:
    """Candidates for the mathematics between two bounds, the best first."""
    parts = [_cut(view, x_from, x_to) for view in lattice.views]
    parts = [part for part in parts if part.probs.shape[0] > 0]
    if not parts:
        return []
    parts = [_condensed(part) for part in parts]
    meant = [meant_probabilities(part.probs) for part in parts]
    start = start_state(context.letters, in_column=context.in_column)
    if not may_be_numbered:
        start = replace(start, may_be_numbered=False)
    signs = [sign for sign in lattice.signs if x_from <= (sign.x_start + sign.x_end) / 2 <= x_to]
    prior = _Prior(start, end_weight=_FRAGMENT_END_WEIGHT if context.is_fragment else 1.0)
    pool: dict[ctc.Symbols, None] = {}
    for probs in meant:
        for sequence in ctc.prefix_beam_search(
            probs, start=start, advance=_advance_index, beam_width=_BEAM_WIDTH
        ):
            pool[sequence] = None
    ranked = _ranked(list(pool), meant, prior)
    if not ranked or not ranked[0][0]:
        return []
    # What single change would explain the ink nearly as well? The beam alone forgets such.
    for sequence, _ in ranked[:2]:
        for changed in _single_changes(sequence, meant[0]):
            pool.setdefault(changed)
        for changed in proposals(signs, sequence):
            pool.setdefault(changed)
    ranked = _ranked([sequence for sequence in pool if sequence], meant, prior)
    ranked = _judged(ranked[:_NUM_JUDGED], signs)
    if must_parse:
        ranked = _fined_if_refused(ranked, in_column=context.in_column)
    return as_candidates(ranked, parts[0], meant[0])


def _cut(view: View, x_from: float, x_to: float) -> View:
    last = view.x.shape[0] if x_to >= 1.0 else int(np.searchsorted(view.x, x_to))
    first = int(np.searchsorted(view.x, x_from))
    return View(view.probs[first:last], view.x[first:last])


def _condensed(view: View) -> View:
    kept = ctc.condense(view.probs)
    return View(view.probs[kept], view.x[kept])


def _advance_index(state: LineState, symbol: int) -> tuple[LineState, float]:
    return advance(state, MATHS_SYMBOLS[symbol])


class _Prior:
    """Costs of whole sequences, with the work on common beginnings shared."""

    def __init__(self, start: LineState, *, end_weight: float = 1.0) -> None:
        self._end_weight = end_weight
        self._known: dict[ctc.Symbols, tuple[LineState, float]] = {(): (start, 0.0)}

    def cost(self, sequence: ctc.Symbols) -> float:
        state, cost = self._prefix(sequence)
        return cost + self._end_weight * finish(state)

    def _prefix(self, sequence: ctc.Symbols) -> tuple[LineState, float]:
        at = len(sequence)
        while sequence[:at] not in self._known:
            at -= 1
        state, cost = self._known[sequence[:at]]
        for end in range(at, len(sequence)):
            state, step = _advance_index(state, sequence[end])
            cost += step
            self._known[sequence[: end + 1]] = (state, cost)
        return state, cost


def _ranked(
    sequences: Sequence[ctc.Symbols], meant: Sequence[NDArray[np.float32]], prior: _Prior
) -> Ranked:
    """Sequences with their scores, best first: the mean of the renditions' evidence less cost."""
    evidence = np.mean([ctc.log_likelihoods(probs, sequences) for probs in meant], axis=0)
    scored = [
        (sequence, float(value) - prior.cost(sequence))
        for sequence, value in zip(sequences, evidence, strict=True)
    ]
    return sorted(scored, key=lambda item: -item[1])


def _single_changes(sequence: ctc.Symbols, probs: NDArray[np.float32]) -> list[ctc.Symbols]:
    """Each symbol replaced by what else its step may hold, or left out."""
    changed: list[ctc.Symbols] = []
    for index, step in enumerate(ctc.align(probs, sequence)):
        before, after = sequence[:index], sequence[index + 1 :]
        changed.append(before + after)
        for symbol in np.flatnonzero(probs[step] >= 1e-3):
            if symbol not in (0, sequence[index]):
                changed.append((*before, int(symbol), *after))
    return changed


def _judged(ranked: Ranked, signs: Sequence[SignReading]) -> Ranked:
    """Add what the signs, seen one by one, say of each reading."""
    if not signs:
        return ranked
    judged = [(sequence, score + agreement(signs, sequence)) for sequence, score in ranked]
    return sorted(judged, key=lambda item: -item[1])


def _fined_if_refused(ranked: Ranked, *, in_column: bool) -> Ranked:
    head = [
        (sequence, score - (0.0 if _parses(sequence, in_column=in_column) else _REFUSED_COST))
        for sequence, score in ranked[:_NUM_PARSED]
    ]
    # Those never asked must not profit from it.
    tail = [(sequence, score - _REFUSED_COST) for sequence, score in ranked[_NUM_PARSED:]]
    return sorted(head + tail, key=lambda item: -item[1])


def _parses(sequence: ctc.Symbols, *, in_column: bool) -> bool:
    text = strip_question_number("".join(MATHS_SYMBOLS[symbol] for symbol in sequence))
    if in_column and text[:1] in ("*", "/"):
        # What it is multiplied by stands in the line above.
        text = "1" + text
    try:
        parse_math(text.rstrip("=?"))
    except MathSyntaxError:
        return False
    return True
