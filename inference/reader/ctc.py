"""Connectionist temporal classification: searching, scoring and aligning texts over time steps.

`probs` is always (T, K) with the blank in column 0. Everything here is pure and knows nothing of
mathematics; what a symbol costs comes in as a function. Prefix beam search after Hannun et al.,
"First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional Recurrent DNNs"
(2014).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

State = TypeVar("State")
Symbols = tuple[int, ...]
_NEGATIVE = -1e30
_TINY = 1e-12


class _Prefix(Generic[State]):
    """A node of the trie of prefixes; two equal prefixes are the same node."""

    __slots__ = ("children", "parent", "state", "symbol", "weight")

    def __init__(
        self, symbol: int, parent: _Prefix[State] | None, state: State, weight: float
    ) -> None:
        self.symbol = symbol
        self.parent = parent
        self.state = state
        self.weight = weight  # exp of minus its cost
        self.children: dict[int, _Prefix[State]] = {}

    def sequence(self) -> Symbols:
        symbols: list[int] = []
        node: _Prefix[State] | None = self
        while node is not None and node.parent is not None:
            symbols.append(node.symbol)
            node = node.parent
        return tuple(reversed(symbols))


def condense(probs: NDArray[np.float32], *, blank_from: float = 0.995) -> NDArray[np.intp]:
    """Which steps to keep so that of each run of all but certain blanks one remains.

    Returns:
        Ascending step numbers. Scores over the kept steps differ from the full ones by next to
        nothing, and cost much less.
    """
    is_blank = probs[:, 0] >= blank_from
    follows_blank = np.concatenate([[False], is_blank[:-1]])
    return np.flatnonzero(~(is_blank & follows_blank))


def prefix_beam_search(
    probs: NDArray[np.float32],
    *,
    start: State,
    advance: Callable[[State, int], tuple[State, float]],
    beam_width: int = 16,
    min_prob: float = 1e-3,
) -> list[Symbols]:
    """Find likely symbol sequences.

    Args:
        probs: (T, K) probabilities.
        start: The state of the prior before the first symbol.
        advance: Appends a symbol: new state and its cost in nats.
        beam_width: Prefixes kept per step.
        min_prob: Symbols below this are not tried at a step.

    Returns:
        At most `beam_width` distinct sequences, the likeliest (with its prior) first.
    """
    root: _Prefix[State] = _Prefix(0, None, start, 1.0)
    # prefix -> [probability of ending in a blank, of ending in its last symbol], both up to a
    # factor common to the whole beam.
    beam: dict[_Prefix[State], list[float]] = {root: [1.0, 0.0]}
    for step in range(probs.shape[0]):
        row: list[float] = probs[step].tolist()
        blank = row[0]
        tried = [
            (int(symbol), row[symbol])
            for symbol in np.flatnonzero(probs[step] >= min_prob)
            if symbol != 0
        ]
        grown: dict[_Prefix[State], list[float]] = {}
        for prefix, (ends_blank, ends_symbol) in beam.items():
            total = ends_blank + ends_symbol
            own = grown.setdefault(prefix, [0.0, 0.0])
            own[0] += total * blank
            if prefix.symbol:
                own[1] += ends_symbol * row[prefix.symbol]
            for symbol, prob in tried:
                # A symbol twice in a row needs a blank between.
                mass = (ends_blank if symbol == prefix.symbol else total) * prob
                if mass <= 0.0:
                    continue
                child = prefix.children.get(symbol)
                if child is None:
                    state, cost = advance(prefix.state, symbol)
                    child = _Prefix(symbol, prefix, state, prefix.weight * math.exp(-cost))
                    prefix.children[symbol] = child
                entry = grown.get(child)
                if entry is None:
                    grown[child] = [0.0, mass]
                else:
                    entry[1] += mass
        kept = heapq.nlargest(
            beam_width, grown.items(), key=lambda item: (item[1][0] + item[1][1]) * item[0].weight
        )
        largest = max((ends[0] + ends[1] for _, ends in kept), default=0.0)
        if largest <= 0.0:
            break
        beam = {prefix: [ends[0] / largest, ends[1] / largest] for prefix, ends in kept}
    return [prefix.sequence() for prefix in beam]


def log_likelihoods(
    probs: NDArray[np.float32], sequences: Sequence[Symbols]
) -> NDArray[np.float64]:
    """The log probability of each sequence under (T, K) `probs`, summed over all alignments.

    Returns:
        (N,) float64; impossible sequences get a very negative number.
    """
    if not sequences:
        return np.zeros(0)
    longest = max(len(sequence) for sequence in sequences)
    width = 2 * longest + 1
    # Blanks and symbols alternate: (N, 2L + 1).
    extended = np.zeros((len(sequences), width), dtype=np.intp)
    for row, sequence in enumerate(sequences):
        extended[row, 1 : 2 * len(sequence) : 2] = sequence
    may_skip = np.zeros(extended.shape)
    may_skip[:, 3::2] = extended[:, 3::2] != extended[:, 1:-2:2]
    emitted = np.maximum(probs.astype(np.float64), _TINY)
    ends = np.array([2 * len(sequence) for sequence in sequences])
    rows = np.arange(len(sequences))
    # Forward probabilities, each row scaled to a sum of 1 after every step.
    alpha = np.zeros(extended.shape)
    alpha[:, 0] = 1.0
    scale = np.zeros(len(sequences))
    for step in range(probs.shape[0]):
        moved = alpha.copy()
        moved[:, 1:] += alpha[:, :-1]
        if step > 0:
            moved[:, 2:] += alpha[:, :-2] * may_skip[:, 2:]
        alpha = moved * emitted[step][extended]
        total = alpha.sum(axis=1)
        alpha /= total[:, None]
        scale += np.log(total)
    reached = alpha[rows, ends] + np.where(ends > 0, alpha[rows, np.maximum(ends - 1, 0)], 0.0)
    with np.errstate(divide="ignore"):
        result: NDArray[np.float64] = np.maximum(scale + np.log(reached), _NEGATIVE)
    return result


def align(probs: NDArray[np.float32], sequence: Symbols) -> list[int]:
    """The time step at which each symbol of `sequence` is clearest on the best alignment.

    Returns:
        One step per symbol, strictly increasing. When there are fewer steps than symbols they are
        spread evenly instead, and may repeat.
    """
    num_steps = probs.shape[0]
    if not sequence:
        return []
    width = 2 * len(sequence) + 1
    extended = np.zeros(width, dtype=np.intp)
    extended[1::2] = sequence
    may_skip = np.zeros(width, dtype=bool)
    may_skip[3::2] = extended[3::2] != extended[1:-2:2]
    logs = np.log(np.maximum(probs.astype(np.float64), _TINY))[:, extended]
    score = np.full(width, _NEGATIVE)
    came_from = np.zeros((num_steps, width), dtype=np.int8)
    score[:2] = logs[0, :2]
    for step in range(1, num_steps):
        moves = np.full((3, width), _NEGATIVE)
        moves[0] = score
        moves[1, 1:] = score[:-1]
        moves[2, 2:] = np.where(may_skip[2:], score[:-2], _NEGATIVE)
        came_from[step] = moves.argmax(axis=0)
        score = moves.max(axis=0) + logs[step]
    at = width - 1 if score[width - 1] >= score[width - 2] else width - 2
    if score[at] <= _NEGATIVE / 2:
        return [
            min(num_steps - 1, int((index + 0.5) * num_steps / len(sequence)))
            for index in range(len(sequence))
        ]
    clearest = [-1] * len(sequence)
    for step in range(num_steps - 1, -1, -1):
        if at % 2 == 1:
            index = at // 2
            best = clearest[index]
            if best < 0 or probs[step, sequence[index]] > probs[best, sequence[index]]:
                clearest[index] = step
        at -= int(came_from[step, at])
    return clearest
