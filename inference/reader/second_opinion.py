"""What the classifier of single signs says of a line, and how well a reading agrees with it.

The line recogniser gives no reason to doubt a slash that it takes for 1. The signs of the line, cut
out and classified one by one, do; and ink that no symbol accounts for shows what it left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.reader.confusions import MATHS_INDEX, MATHS_SYMBOLS
from inference.reader.glyphs.model import SignClassifier
from inference.reader.glyphs.segment import Sign, cut_signs

_SAME_MEANING = {"×": "*", "·": "*", "÷": "/"}
_ALSO = {"0": "o", "1": "l", "(": "[", ")": "]"}
_SCRIPTS = {"0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
            "8": "⁸", "9": "⁹", "n": "ⁿ"}  # fmt: skip

# The classifier was trained on drawn signs: on a hand it never saw it may be wrong without warning.
_DOUBT = 0.06
_WEIGHT = 0.9
# What the classifier cannot know (√ ∫ % and words) it leaves alone.
_UNKNOWN_SYMBOL = 0.15
_UNREAD_INK_COST = 2.5
_UNREAD_SPECK_COST = 0.4
_NO_INK_COST = 2.0
_TOUCHING_COST = 2.2
_BROKEN_COST = 3.0
_SPECK = 0.22  # of a digit's height, both ways
_PROPOSED_FROM = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class SignReading:
    """What one sign may be.

    Attributes:
        x_start: Left end, 0..1 of the line's width.
        x_end: Right end.
        log_chances: (len(MATHS_SYMBOLS),) float32, weighed logarithms, ready to be added up.
        chances: (len(MATHS_SYMBOLS),) float32, the classifier's own.
        is_speck: So small that it may be dirt.
    """

    x_start: float
    x_end: float
    log_chances: NDArray[np.float32]
    chances: NDArray[np.float32]
    is_speck: bool


def read_signs(grey: NDArray[np.uint8], classifier: SignClassifier) -> tuple[SignReading, ...]:
    """Cut an (H, W) uint8 line into signs and classify each."""
    signs = cut_signs(grey)
    raised = np.array([_raised(sign) for sign in signs], dtype=np.float32)
    chances = _over_symbols(classifier.classify(signs), classifier.classes)
    if raised.any():
        as_digit = [_set_down(sign) for sign in signs]
        scripts = _as_scripts(_over_symbols(classifier.classify(as_digit), classifier.classes))
        chances = chances * (1 - raised[:, None]) + scripts * raised[:, None]
    known = _known_symbols(classifier.classes)
    return tuple(
        SignReading(sign.x_start, sign.x_end, _weighed(own, known), own, _is_speck(sign))
        for sign, own in zip(signs, chances, strict=True)
    )


def agreement(signs: Sequence[SignReading], sequence: Sequence[int]) -> float:
    """How well a reading fits the signs, in nats, 0 at best.

    Both are in order, so they are matched like two spellings of a word: a sign may stand for no
    symbol (unread ink), a symbol for no sign, two touching symbols for one sign, two pieces of a
    broken symbol for one.
    """
    return _match_table(signs, sequence)[len(signs)][len(sequence)]


def proposals(signs: Sequence[SignReading], sequence: tuple[int, ...]) -> list[tuple[int, ...]]:
    """`sequence` with one symbol changed to what its sign looks like, or with ink read that it
    passes over."""
    table = _match_table(signs, sequence)
    changed: list[tuple[int, ...]] = []
    at, end = len(signs), len(sequence)
    while at > 0:
        here = table[at][end]
        sign = signs[at - 1]
        if end > 0 and _close(
            here, table[at - 1][end - 1] + float(sign.log_chances[sequence[end - 1]])
        ):
            for symbol in _looks_like(sign, besides=sequence[end - 1]):
                changed.append((*sequence[: end - 1], symbol, *sequence[end:]))
            at, end = at - 1, end - 1
        elif _close(here, table[at - 1][end] - _unread_cost(sign)):
            for symbol in _looks_like(sign):
                changed.append((*sequence[:end], symbol, *sequence[end:]))
            at -= 1
        elif end > 0 and _close(here, table[at][end - 1] - _NO_INK_COST):
            end -= 1
        elif end > 1 and _close(here, table[at - 1][end - 2] - _TOUCHING_COST):
            at, end = at - 1, end - 2
        else:
            at, end = max(0, at - 2), max(0, end - 1)
    return changed


def _match_table(signs: Sequence[SignReading], sequence: Sequence[int]) -> list[list[float]]:
    """Best scores of matching the first i signs with the first j symbols."""
    columns = len(sequence)
    table = [[-_NO_INK_COST * j for j in range(columns + 1)]]
    for i, sign in enumerate(signs, start=1):
        before = table[-1]
        earlier = table[-2] if i > 1 else None
        unread = _unread_cost(sign)
        fits = sign.log_chances[list(sequence)].tolist()
        row = [before[0] - unread]
        for j in range(1, columns + 1):
            best = max(before[j - 1] + fits[j - 1], before[j] - unread, row[j - 1] - _NO_INK_COST)
            if j > 1:
                best = max(best, before[j - 2] - _TOUCHING_COST)
            if earlier is not None:
                best = max(best, earlier[j - 1] - _BROKEN_COST)
            row.append(best)
        table.append(row)
    return table


def _close(first: float, second: float) -> bool:
    return abs(first - second) < 1e-5


def _unread_cost(sign: SignReading) -> float:
    return _UNREAD_SPECK_COST if sign.is_speck else _UNREAD_INK_COST


def _looks_like(sign: SignReading, *, besides: int = -1) -> list[int]:
    order = np.argsort(-sign.chances)[:3]
    return [int(s) for s in order if sign.chances[s] >= _PROPOSED_FROM and s not in (0, besides)]


# -- from classes to symbols ------------------------------------------------------------------


def _over_symbols(chances: NDArray[np.float32], classes: Sequence[str]) -> NDArray[np.float32]:
    """(N, classes) to (N, len(MATHS_SYMBOLS)); a symbol that looks like another gets its chance
    too, so rows may exceed 1."""
    result = np.zeros((len(chances), len(MATHS_SYMBOLS)), dtype=np.float32)
    for column, name in enumerate(classes):
        result[:, MATHS_INDEX[_SAME_MEANING.get(name, name)]] += chances[:, column]
    for one, other in _ALSO.items():
        result[:, MATHS_INDEX[other]] += result[:, MATHS_INDEX[one]]
    # Capitals are larger, not otherwise known: the small letter's chance is all there is.
    for letter in "ckmnopsuvwxyz":
        result[:, MATHS_INDEX[letter.upper()]] += 0.5 * result[:, MATHS_INDEX[letter]]
    return result


def _as_scripts(chances: NDArray[np.float32]) -> NDArray[np.float32]:
    result = np.zeros_like(chances)
    for plain, script in _SCRIPTS.items():
        result[:, MATHS_INDEX[script]] = chances[:, MATHS_INDEX[plain]]
    return result


def _known_symbols(classes: Sequence[str]) -> NDArray[np.bool_]:
    known = np.zeros(len(MATHS_SYMBOLS), dtype=bool)
    names = {_SAME_MEANING.get(name, name) for name in classes}
    names |= set(_ALSO.values()) | set(_SCRIPTS.values())
    for name in names:
        known[MATHS_INDEX[name]] = True
    return known


def _weighed(chances: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    doubted = np.where(known, chances * (1 - _DOUBT) + _DOUBT / 10, _UNKNOWN_SYMBOL)
    return np.asarray(_WEIGHT * np.log(np.minimum(doubted, 1.0)), dtype=np.float32)


def _is_speck(sign: Sign) -> bool:
    return bool(sign.shape[0] < _SPECK and sign.shape[1] < _SPECK)


def _raised(sign: Sign) -> float:
    """How much a sign looks like an exponent by its place and size: 0 or up to 0.9."""
    height, _, middle, bottom = (float(value) for value in sign.shape)
    if not 0.3 <= height <= 0.85 or middle > -0.15:
        return 0.0
    return float(np.clip((-0.2 - bottom) / 0.25, 0.0, 0.9))


def _set_down(sign: Sign) -> Sign:
    """The same sign at the size and place of a digit."""
    height, width, _, _ = (float(value) for value in sign.shape)
    shape = np.array([1.0, width / max(height, 0.05), 0.0, 0.0], dtype=np.float32)
    return Sign(sign.pixels, shape, sign.x_start, sign.x_end)
