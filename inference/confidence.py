"""How sure a model is of the question that it wrote, from the probabilities of its tokens.

A model that reads a photo itself writes the question first. The product of its tokens'
probabilities is the chance that exactly this stands on the paper; a token of little probability is
a stretch to ask the person about. `calibration.json` beside a checkpoint has the exponent that
makes its probabilities true (`inference.nano.calibrate` finds it).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from inference.types import Delta, UncertainSpan

DOUBTFUL_BELOW = 0.8
"""Tokens of less probability deserve a mark."""

CALIBRATION = "calibration.json"


def calibration_of(checkpoint: Path) -> float:
    """The exponent that makes a checkpoint's probabilities true; 1 where it has none.

    Raises:
        ValueError: The file is there and holds no positive number.
    """
    path = checkpoint / CALIBRATION
    if not path.is_file():
        return 1.0
    exponent = json.loads(path.read_text())["exponent"]
    if not isinstance(exponent, int | float) or not 0 < exponent < math.inf:
        raise ValueError(f"{path}: the exponent has to be a positive number")
    return float(exponent)


class Trace:
    """What a model has written up to its question, with the probability of every token."""

    def __init__(self) -> None:
        self._text = ""
        self._tokens: list[tuple[int, int, float]] = []  # start, end, probability

    def feed(self, delta: Delta) -> None:
        """Take the next piece of text."""
        start = len(self._text)
        self._text += delta.text
        for length, probability in delta.tokens:
            self._tokens.append((start, start + length, probability))
            start += length

    def confidence(self, latex: str) -> float:
        """The chance that the question is exactly `latex`, 0..1; 1 where nobody told.

        The token behind the question counts, too: it is the one that says that nothing is missing.
        """
        start = self._text.rfind(latex)
        if start < 0:
            return 1.0
        return math.prod(p for _, _, p in self._between(start, start + len(latex) + 1))

    def uncertain(self, latex: str, text: str) -> tuple[UncertainSpan, ...]:
        """Stretches of `text`, the plain notation of `latex`, whose tokens are doubtful."""
        offset = self._text.rfind(latex)
        if offset < 0:
            return ()
        places = _same_places(latex, text)
        spans: list[UncertainSpan] = []
        for first, last, probability in self._between(offset, offset + len(latex)):
            if probability >= DOUBTFUL_BELOW:
                continue
            found = [places[at - offset] for at in range(first, last) if at - offset in places]
            if not found:
                continue  # such as `\frac{`, which has no sign of its own
            span = UncertainSpan(min(found), max(found) + 1, round(probability, 3))
            if spans and span.start <= spans[-1].end:
                span = UncertainSpan(
                    min(spans[-1].start, span.start),
                    max(spans[-1].end, span.end),
                    min(spans[-1].confidence, span.confidence),
                )
                spans.pop()
            spans.append(span)
        return tuple(spans)

    def _between(self, start: int, end: int) -> Iterator[tuple[int, int, float]]:
        return (each for each in self._tokens if each[0] < end and each[1] > start)


def _same_places(latex: str, text: str) -> dict[int, int]:
    """Where the characters of `latex` stand in `text`, as far as both have them."""
    places = {}
    for block in SequenceMatcher(None, latex, text, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            if not latex[block.a + step].isspace():
                places[block.a + step] = block.b + step
    return places


def joined(pieces: Sequence[Delta]) -> Delta:
    """Neighbouring pieces of text as one. Characters of unknown probability count as certain."""
    if not any(piece.tokens for piece in pieces):
        return Delta("".join(piece.text for piece in pieces))
    tokens: list[tuple[int, float]] = []
    for piece in pieces:
        tokens += piece.tokens or ((len(piece.text), 1.0),)
    return Delta("".join(piece.text for piece in pieces), tuple(tokens))
