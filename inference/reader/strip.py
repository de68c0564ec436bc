"""A laid-out line, set again as one plain strip that a line recogniser can read.

The recogniser knows rows of characters of one size. So numerator, denominator, radicand and
exponent are set side by side at normal size with a gap between them; the recogniser reads the strip
in one pass, and the tokens that the gaps stand for (`/`, `^{`, ...) are spliced into its
probabilities as certain. Setting the line anew also levels it, closes wide gaps and leaves out ink
that belongs to other lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.reader.alphabet import SYMBOL_INDEX
from inference.reader.confusions import MATHS_INDEX, MATHS_SYMBOLS
from inference.reader.ink import Gray
from inference.reader.lines import Part, Parts, Rect, char_height_of, union
from inference.reader.nodes import Fraction, Glyph, Limits, Node, Root, Script, TextLine, all_parts
from inference.reader.recogniser import LineLattice, View
from inference.reader.second_opinion import SignReading

# In heights of a character.
_WIDEST_GAP = 0.5
_TOKEN_GAP = 0.6
_MARGIN = 0.1
_TALLEST = 1.55

_MEANING = {"÷": "/"}
_NOT_THIS_SIGN = -12.0

_HALO_PX = 2
# Twice what the recogniser takes in: more only costs time.
_TALLEST_STRIP_PX = 96


@dataclass(frozen=True, slots=True)
class Mark:
    """A token that the layout knows of, at a place where the strip shows only a gap.

    Attributes:
        x: Middle of the gap, 0..1 of the strip's width.
        text: The token, such as `/` or `^{`.
        script: Number of the exponent that the token opens or closes, None for other tokens.
        written: What stands for the token in the question's text, None for the token itself.
    """

    x: float
    text: str
    script: int | None = None
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A stretch of the strip that is full of ink from end to end.

    Attributes:
        start: Left end, 0..1 of the strip's width.
        end: Right end.
        num_glyphs: Pieces of ink in it that look like characters of their own.
        width: In heights of a character.
    """

    start: float
    end: float
    num_glyphs: int
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A line as the recogniser should see it.

    Attributes:
        image: (H, W) uint8, dark ink on white.
        marks: Tokens to splice in, left to right.
        columns: Where the ink is, left to right.
    """

    image: Gray
    marks: tuple[Mark, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    script: int | None = None
    written: str | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    nodes: tuple[Glyph, ...]
    is_inner: bool


@dataclass(frozen=True, slots=True)
class _Placed:
    image: Gray
    x: int
    y: int
    start: float
    end: float
    num_glyphs: int


def typeset(line: TextLine, parts: Parts, gray: Gray) -> Strip:
    """Set a line as a strip.

    Args:
        line: The line.
        parts: The pieces of the picture it was found on.
        gray: (H, W) uint8, the same picture as dark ink on white paper.
    """
    items = _Flow().linearise(line.nodes)
    height = line.char_height
    middle = _middle(line)
    placed: list[_Placed] = []
    marks: list[tuple[float, _Token]] = []
    x = 0.0
    pending: list[_Token] = []
    for item in items:
        if isinstance(item, _Token):
            pending.append(item)
            continue
        if pending:
            marks.extend(_spread(pending, x, _TOKEN_GAP * height if placed else 0.0))
            x += _TOKEN_GAP * height if placed else 0.0
            pending = []
        x = _place_run(item, line, parts, gray, x, middle, placed)
    marks.extend(_spread(pending, x, 0.0))
    return _compose(placed, marks, x, height)


def splice(
    lattice: LineLattice, strip: Strip, *, without: frozenset[int] = frozenset()
) -> LineLattice:
    """Put the strip's tokens into the recogniser's probabilities, as certain.

    Args:
        lattice: What the recogniser says of the strip.
        strip: The strip.
        without: Exponents that turned out to be none; their tokens are left out.
    """
    marks = [mark for mark in strip.marks if mark.script is None or mark.script not in without]
    if not marks:
        return lattice
    views = tuple(_splice_view(view, marks) for view in lattice.views)
    signs = lattice.signs
    if signs:
        given = [_given_sign(token, mark.x) for mark in marks for token in mark.text]
        signs = tuple(sorted([*signs, *given], key=lambda sign: sign.x_start + sign.x_end))
    text: list[str] = []
    confidence: list[float] = []
    centres: list[float] = []
    waiting = list(marks)
    characters = zip(lattice.greedy_text, lattice.greedy_confidence, lattice.greedy_x, strict=True)
    for character, probability, centre in [*characters, ("", 1.0, 2.0)]:
        while waiting and waiting[0].x < centre:
            mark = waiting.pop(0)
            for token in mark.text:
                text.append(token)
                confidence.append(1.0)
                centres.append(mark.x)
        if character:
            text.append(character)
            confidence.append(probability)
            centres.append(centre)
    return replace(
        lattice,
        views=views,
        signs=signs,
        greedy_text="".join(text),
        greedy_confidence=tuple(confidence),
        greedy_x=tuple(centres),
    )


def _given_sign(token: str, x: float) -> SignReading:
    """A sign that is beyond doubt, for the search to count on."""
    chances = np.zeros(len(MATHS_SYMBOLS), dtype=np.float32)
    chances[MATHS_INDEX[_MEANING.get(token, token)]] = 1.0
    log_chances = np.asarray(np.where(chances > 0, 0.0, _NOT_THIS_SIGN), dtype=np.float32)
    return SignReading(x, x, log_chances, chances, is_speck=False)


def script_texts(lattice: LineLattice, strip: Strip) -> dict[int, str]:
    """What the recogniser first guesses inside each exponent of the strip."""
    opened: dict[int, float] = {}
    texts: dict[int, str] = {}
    for mark in strip.marks:
        if mark.script is None:
            continue
        if mark.script not in opened:
            opened[mark.script] = mark.x
            continue
        texts[mark.script] = "".join(
            character
            for character, centre in zip(lattice.greedy_text, lattice.greedy_x, strict=True)
            if opened[mark.script] <= centre <= mark.x
        )
    return texts


def _splice_view(view: View, marks: Sequence[Mark]) -> View:
    rows: list[NDArray[np.float32]] = []
    centres: list[NDArray[np.float32]] = []
    start = 0
    blank = np.zeros((1, view.probs.shape[1]), dtype=np.float32)
    blank[0, 0] = 1.0
    for mark in marks:
        cut = int(np.searchsorted(view.x, mark.x))
        rows.append(view.probs[start:cut])
        centres.append(view.x[start:cut])
        for token in mark.text:
            row = np.zeros_like(blank)
            row[0, SYMBOL_INDEX[token]] = 1.0
            rows.extend((blank, row))
            centres.append(np.full(2, mark.x, dtype=np.float32))
        rows.append(blank)
        centres.append(np.full(1, mark.x, dtype=np.float32))
        start = cut
    rows.append(view.probs[start:])
    centres.append(view.x[start:])
    return View(np.concatenate(rows), np.concatenate(centres))


class _Flow:
    """Puts the tree of a line into reading order: runs of glyphs and tokens between them."""

    def __init__(self) -> None:
        self._items: list[_Token | _Run] = []
        self._num_scripts = 0

    def linearise(self, nodes: Sequence[Node]) -> list[_Token | _Run]:
        self._walk(nodes, is_inner=False)
        return self._items

    def _walk(self, nodes: Sequence[Node], *, is_inner: bool) -> None:
        run: list[Glyph] = []
        for node in nodes:
            if isinstance(node, Glyph) and node.sign is None:
                run.append(node)
                continue
            self._flush(run, is_inner=is_inner)
            run = []
            if isinstance(node, Glyph):
                self._items.append(_Token(node.sign or ""))
            elif isinstance(node, Fraction):
                self._group(node.numerator)
                self._items.append(_Token("/"))
                self._group(node.denominator)
            elif isinstance(node, Root):
                self._items.append(_Token("√"))
                self._group(node.radicand)
            elif isinstance(node, Limits):
                self._limits(node)
            else:
                self._script(node)
        self._flush(run, is_inner=is_inner)

    def _group(self, nodes: Sequence[Node]) -> None:
        # Braces, since round brackets around a number at the start of a line number a question.
        self._items.append(_Token("{", written="("))
        self._walk(nodes, is_inner=True)
        self._items.append(_Token("}", written=")"))

    def _script(self, node: Script) -> None:
        number = self._num_scripts
        self._num_scripts += 1
        self._items.append(_Token("^{", number))
        self._walk(node.nodes, is_inner=True)
        self._items.append(_Token("}", number))

    def _limits(self, node: Limits) -> None:
        # The search knows no limits: it is shown brackets, which are written as limits later.
        self._items.append(_Token("∫"))
        for limit, opening in ((node.lower, "_{"), (node.upper, "^{")):
            self._items.append(_Token("(", written=opening))
            self._walk(limit, is_inner=True)
            self._items.append(_Token(")", written="}"))

    def _flush(self, run: list[Glyph], *, is_inner: bool) -> None:
        if run:
            self._items.append(_Run(tuple(run), is_inner))


def _middle(line: TextLine) -> float:
    """Height of the line's middle at its left end, on the picture."""
    glyphs = [node for node in line.nodes if isinstance(node, Glyph)]
    sized = [node for node in glyphs if node.rect.height > 0.5 * line.char_height] or glyphs
    if sized:
        levels = [
            node.rect.centre_y - line.slope * (node.rect.centre_x - line.rect.left)
            for node in sized
        ]
        return float(np.median(levels))
    return line.rect.centre_y


def _spread(tokens: Sequence[_Token], x: float, width: float) -> list[tuple[float, _Token]]:
    step = width / (len(tokens) + 1)
    return [(x + step * (index + 1), token) for index, token in enumerate(tokens)]


def _place_run(
    run: _Run,
    line: TextLine,
    parts: Parts,
    gray: Gray,
    x: float,
    middle: float,
    placed: list[_Placed],
) -> float:
    """Place a run's glyphs from `x` on and return where it ends."""
    height = line.char_height
    rects = [part.rect for part in all_parts(run.nodes)]
    box = union(rects)
    scale = 1.0
    if run.is_inner:
        scale = float(np.clip(height / char_height_of(rects, height), 0.7, 2.6))
    previous: int | None = None
    for pieces in _columns(all_parts(run.nodes)):
        rect = union(piece.rect for piece in pieces)
        if previous is not None:
            x += min(max(rect.left - previous, 0) * scale, _WIDEST_GAP * height)
        previous = rect.right
        # What was crossed out is not shown; its empty place makes the neighbours doubtful.
        shown = [piece for piece in pieces if not piece.is_blot]
        image = _cut(shown, rect, parts, gray)
        if run.is_inner:
            top = middle + (rect.top - box.centre_y) * scale
        else:
            top = rect.top - line.slope * (rect.centre_x - line.rect.left)
        target_height = rect.height * scale
        if target_height > _TALLEST * height:
            top += (target_height - _TALLEST * height) / 2
            target_height = _TALLEST * height
        width = max(1, round(image.shape[1] * scale))
        tall = max(1, round(image.shape[0] * target_height / max(rect.height, 1)))
        if (width, tall) != (image.shape[1], image.shape[0]):
            shrinks = tall < image.shape[0]
            image = np.asarray(
                cv2.resize(
                    image,
                    (width, tall),
                    interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
                ),
                dtype=np.uint8,
            )
        placed.append(
            _Placed(
                image=image,
                x=round(x - _HALO_PX * scale),
                y=round(top - _HALO_PX * scale),
                start=x,
                end=x + rect.width * scale,
                num_glyphs=_num_glyphs(run.nodes, pieces, height),
            )
        )
        x += rect.width * scale
    return x


def _num_glyphs(nodes: Sequence[Glyph], pieces: Sequence[Part], height: float) -> int:
    labels = {piece.label for piece in pieces}
    return sum(
        any(part.label in labels for part in node.parts)
        and max(node.rect.height, node.rect.width) > 0.3 * height
        for node in nodes
    )


def _columns(pieces: Sequence[Part]) -> list[list[Part]]:
    """Pieces that share columns, together: they must keep their places to each other."""
    columns: list[list[Part]] = []
    right = -1
    for piece in sorted(pieces, key=lambda piece: piece.rect.left):
        if columns and piece.rect.left < right:
            columns[-1].append(piece)
        else:
            columns.append([piece])
        right = max(right, piece.rect.right)
    return columns


def _cut(pieces: Sequence[Part], rect: Rect, parts: Parts, gray: Gray) -> Gray:
    """The pieces alone, cut out of the picture with a small halo for their soft edges."""
    height, width = gray.shape
    image = np.full((rect.height + 2 * _HALO_PX, rect.width + 2 * _HALO_PX), 255, dtype=np.uint8)
    top, left = max(rect.top - _HALO_PX, 0), max(rect.left - _HALO_PX, 0)
    bottom, right = min(rect.bottom + _HALO_PX, height), min(rect.right + _HALO_PX, width)
    labels = parts.labels[top:bottom, left:right]
    chosen = np.isin(labels, [piece.label for piece in pieces]).astype(np.uint8)
    kernel = np.ones((2 * _HALO_PX + 1, 2 * _HALO_PX + 1), np.uint8)
    wanted = (cv2.dilate(chosen, kernel) > 0) & ((labels == 0) | (chosen > 0))
    source = np.where(wanted, gray[top:bottom, left:right], 255)
    y, x = top - (rect.top - _HALO_PX), left - (rect.left - _HALO_PX)
    image[y : y + source.shape[0], x : x + source.shape[1]] = source
    return image


def _compose(
    placed: Sequence[_Placed], marks: Sequence[tuple[float, _Token]], width: float, height: float
) -> Strip:
    margin = round(_MARGIN * height) + _HALO_PX + 1
    if not placed:
        side = max(8, round(height))
        image = np.full((side, side), 255, dtype=np.uint8)
        return Strip(image, _marks(marks, margin, int(width) + 2 * margin), ())
    top = min(piece.y for piece in placed)
    bottom = max(piece.y + piece.image.shape[0] for piece in placed)
    total = max(
        int(width) + 2 * margin, *(piece.x + piece.image.shape[1] + 2 * margin for piece in placed)
    )
    image = np.full((bottom - top + 2 * margin, total), 255, dtype=np.uint8)
    for piece in placed:
        y, x = piece.y - top + margin, piece.x + margin
        target = image[y : y + piece.image.shape[0], x : x + piece.image.shape[1]]
        np.minimum(target, piece.image[: target.shape[0], : target.shape[1]], out=target)
    if image.shape[0] > _TALLEST_STRIP_PX:
        size = (max(1, round(total * _TALLEST_STRIP_PX / image.shape[0])), _TALLEST_STRIP_PX)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return Strip(
        image=image,
        columns=tuple(
            Column(
                start=(piece.start + margin) / total,
                end=(piece.end + margin) / total,
                num_glyphs=piece.num_glyphs,
                width=(piece.end - piece.start) / height,
            )
            for piece in placed
        ),
        marks=_marks(marks, margin, total),
    )


def _marks(marks: Sequence[tuple[float, _Token]], margin: int, total: int) -> tuple[Mark, ...]:
    return tuple(
        Mark((x + margin) / total, token.text, token.script, token.written) for x, token in marks
    )
