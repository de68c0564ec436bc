"""Inks a formula: glyphs and strokes with the jitter of a hand, then what camera and cleaning do.

The page is drawn at twice the model's scale as cover of ink, so that bending and pen width come
before pixels do. `worn` then does to it what photographing and taking the light out do, and
`to_canvas` is the function that serves.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.nano.canvas import CELL_PX, canvas_scale, to_canvas
from inference.nano.data.camera import Cover, grained, photographed, smooth_noise, worn
from inference.nano.data.faces import DIGIT_PX, Face, Glyph
from inference.nano.data.layout import (
    Box,
    Mark,
    below,
    random_style,
    set_column,
    set_formula,
    set_words,
)
from inference.reader.glyphs.strokes import Point, strokes_of

_PAD = 40
_MINUS = "−"
_FALLBACK_ADVANCE = 0.62
_COLUMN_SHARE = 0.3
"""Of the sums, differences and products of two numbers, how many are set as written sums."""
_BORROWED = "0123456789abcdefghijklmnopqrstuvwxyz"
_PHOTOGRAPHED_SHARE = 0.2
"""How many pictures go through all of a camera and the cleaning; the others imitate it, cheaply."""
_DIGIT_ESTIMATE = ((0.8, 1.22), (0.65, 1.7))
"""What is taken for the height of a digit, in heights: mostly nearly right, at times far off."""
_PEN_WIDTHS = (0.03, 0.11)
"""From a sharp pencil to a felt pen, in heights of a digit."""
_INKED = 90
_POINTS = frozenset(".·,")
_POINT_REACH = (3, 3, 125)
_SIGN_REACH = (7, 9, 95)
"""How far from its middle a sign has ink, across and down in pixels of the canvas, and how dark."""
_HOLLOW = frozenset(":：")
"""Signs with paper in their middle, so that nothing is told by it."""
_STROKE_SIGNS = frozenset("+-=×÷·./<>()")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a sign stands on the canvas, in pixels: its middle."""

    sign: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the model sees, and which signs stand where."""

    canvas: Cover
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pen:
    """One writer's hand on one sheet.

    Attributes:
        face: Whose glyphs are used.
        width: Of strokes, in heights of a digit.
        bar_width: Of fraction bars, which print draws thinner than anything else.
        wobble: Standard deviation of a sign's place and size.
        slant: Shear of all signs.
        own_strokes: Share of signs that are drawn as strokes rather than from the face.
        slash: How tall a slash is, in heights of a digit; 0 where it is the face's own.
        fallback: Where signs come from that the face lacks.
        other, borrowed: A second face, and the signs that this writer makes as it does: two faces
            are many more writers than two.
    """

    face: Face
    width: float
    bar_width: float
    wobble: float
    slant: float
    own_strokes: float
    slash: float
    fallback: Face | None
    other: Face | None = None
    borrowed: frozenset[str] = frozenset()

    def advance(self, character: str) -> float:
        """How far a sign moves the pen, in heights of a digit."""
        glyph = _glyph(character, self, is_italic=character.isalpha())
        return glyph.advance if glyph is not None else _FALLBACK_ADVANCE


def draw_question(
    latex: str,
    face: Face,
    rng: random.Random,
    *,
    before: str = "",
    after: str = "",
    fallback: Face | None = None,
    other: Face | None = None,
) -> Drawing:
    """Draw a question as it comes out of a photo.

    Args:
        latex: The formula.
        face: The font.
        rng: Decides all that varies.
        before: A number and words that stand before the formula, or above it.
        after: What stands behind it, such as the `=` that asks for a value.
        fallback: Where signs come from that the face lacks.
        other: A face that the writer shares some signs with.

    Raises:
        ValueError: The formula cannot be set, or a sign of it is worn away.
    """
    noise = np.random.default_rng(rng.getrandbits(32))
    pen = _pen_of(face, rng, fallback, other)

    style = random_style(rng, is_hand=face.hand == "hand")
    box = None
    if rng.random() < _COLUMN_SHARE:
        box = set_column(
            latex, pen.advance, gap=rng.uniform(0.25, 0.8), has_rule=rng.random() < 0.75
        )
        after = "" if box is not None else after
    if box is None:
        box = set_formula(latex, style, pen.advance)
    if after:
        box.append(set_words(after, pen.advance), gap=rng.uniform(0.1, 0.5))
    if before:
        words = set_words(before, pen.advance)
        if rng.random() < 0.3:
            box = below(words, box, gap=rng.uniform(0.4, 1.3), indent=rng.uniform(0, 2.5))
        else:
            words.append(box, gap=rng.uniform(0.3, 1.0))
            box = words
    drawing = _inked(box, pen, rng, noise)
    if not all(_is_seen(each, drawing.canvas) for each in drawing.placed):
        # Who learns from it writes what is not there: a decimal point into every wide gap.
        raise ValueError("a sign is worn away")
    return drawing


def draw_printed(cover: Cover, placed: Sequence[Placed], rng: random.Random) -> Drawing:
    """Draw what was set already, as `draw_question` does from the ink on.

    Args:
        cover: (H, W) ink, a digit `faces.DIGIT_PX` tall.
        placed: Its signs, in pixels.
        rng: Decides all that varies.

    Raises:
        ValueError: There is no ink.
    """
    noise = np.random.default_rng(rng.getrandbits(32))
    centres = [_moved(each, _PAD) for each in placed]
    return _finished(np.pad(cover, _PAD), centres, rng, noise, has_ruling=False)


def draw_lines(
    lines: Sequence[str], face: Face, rng: random.Random, *, fallback: Face | None = None
) -> Drawing:
    """Draw lines of words, as `draw_question` draws a formula.

    Raises:
        ValueError: The faces lack a sign.
    """
    noise = np.random.default_rng(rng.getrandbits(32))
    pen = _pen_of(face, rng, fallback)

    gap = rng.uniform(0.4, 1.2)
    box = set_words(lines[-1], pen.advance)
    for line in reversed(lines[:-1]):
        box = below(set_words(line, pen.advance), box, gap=gap, indent=0.0)
    return _inked(box, pen, rng, noise)


def draw_strokes(strokes: Sequence[Sequence[tuple[float, float]]], rng: random.Random) -> Drawing:
    """Draw a figure of polylines, in heights of a digit, as if by hand."""
    noise = np.random.default_rng(rng.getrandbits(32))
    points = [np.array(stroke, np.float64) * DIGIT_PX + _PAD for stroke in strokes]
    every = np.concatenate(points)
    width, height = np.ceil(every.max(axis=0)).astype(int) + _PAD
    cover = np.zeros((height, width), np.uint8)
    _lines(cover, points, rng.uniform(0.03, 0.12), 0.0, 0.0)
    return _finished(*_bent(cover, [], noise), rng, noise, has_ruling=True)


def _is_seen(placed: Placed, canvas: Cover) -> bool:
    """Whether there is ink where a sign stands, dark enough to be told from paper."""
    if placed.sign in _HOLLOW:
        return True
    across, down, darkness = _POINT_REACH if placed.sign in _POINTS else _SIGN_REACH
    x, y = round(placed.x), round(placed.y)
    around = canvas[max(y - down, 0) : y + down + 1, max(x - across, 0) : x + across + 1]
    return around.size > 0 and 255 - int(around.min()) >= darkness


def _moved(placed: Placed, by: float) -> Placed:
    return Placed(placed.sign, placed.x + by, placed.y + by)


def _pen_of(
    face: Face, rng: random.Random, fallback: Face | None, other: Face | None = None
) -> _Pen:
    is_hand = face.hand == "hand"
    borrowed = frozenset(sign for sign in _BORROWED if rng.random() < 0.4)
    return _Pen(
        face=face,
        width=rng.uniform(0.05, 0.13) if is_hand else rng.uniform(0.05, 0.085),
        bar_width=rng.uniform(0.04, 0.11) if is_hand else rng.uniform(0.015, 0.06),
        wobble=rng.uniform(0.0, 0.045) if is_hand else 0.0,
        slant=rng.gauss(0, 0.08) if is_hand else 0.0,
        own_strokes=rng.choice((0.0, 0.3, 0.9, 1.0)) if is_hand else 0.0,
        slash=rng.choice((0.0, rng.uniform(1.0, 1.5), rng.uniform(1.0, 2.6))) if is_hand else 0.0,
        fallback=fallback,
        other=other,
        borrowed=borrowed,
    )


def _inked(box: Box, pen: _Pen, rng: random.Random, noise: np.random.Generator) -> Drawing:
    cover, centres = _ink(box, pen, noise)
    if pen.face.hand == "hand":
        cover, centres = _bent(cover, centres, noise)
        if rng.random() < 0.6:
            cover = _with_pen_of(rng.uniform(*_PEN_WIDTHS) * DIGIT_PX, cover)
    return _finished(cover, centres, rng, noise, has_ruling=pen.face.hand == "hand")


def _glyph(character: str, pen: _Pen, *, is_italic: bool) -> Glyph | None:
    faces = [each for each in (pen.face, pen.fallback) if each is not None]
    if pen.other is not None and character in pen.borrowed:
        faces.insert(0, pen.other)
    wanted = character
    if character == "-" and pen.face.hand == "print":
        # What stands on the keyboard is a hyphen, shorter and lower than a minus sign.
        wanted = _MINUS
    for face in faces:
        glyph = face.glyph(wanted, is_italic=is_italic)
        if glyph is not None:
            return glyph
    return pen.face.glyph(character, is_italic=is_italic)


def _ink(box: Box, pen: _Pen, noise: np.random.Generator) -> tuple[Cover, list[Placed]]:
    """The formula as cover of ink, a digit `DIGIT_PX` tall, and the middles of its signs."""
    left, top = _PAD, _PAD + box.above * DIGIT_PX
    height = math.ceil((box.above + box.below) * DIGIT_PX) + 2 * _PAD
    width = math.ceil(box.width * DIGIT_PX) + 2 * _PAD
    cover = np.zeros((height, width), np.uint8)
    drift = float(noise.normal(0, pen.wobble * 0.02))
    placed = []
    for mark in box.marks:
        x = left + mark.x * DIGIT_PX
        y = top + (mark.y + drift * mark.x) * DIGIT_PX
        if mark.strokes:
            points = _stroke_mark(cover, mark, pen, noise, (left, top))
            middle = points.mean(axis=0)
            placed.append(Placed(mark.sign, float(middle[0]), float(middle[1])))
            continue
        scale = mark.scale * float(1 + noise.normal(0, pen.wobble))
        x += float(noise.normal(0, pen.wobble * 0.6)) * DIGIT_PX * mark.scale
        y += float(noise.normal(0, pen.wobble * 0.8)) * DIGIT_PX * mark.scale
        placed.append(_sign(cover, mark, pen, noise, x, y, scale))
    return cover, placed


def _sign(
    cover: Cover,
    mark: Mark,
    pen: _Pen,
    noise: np.random.Generator,
    x: float,
    y: float,
    scale: float,
) -> Placed:
    glyph = _glyph(mark.sign, pen, is_italic=mark.is_italic)
    is_slash = mark.sign == "/" and pen.slash > 0
    # Who is tried on unseen faces sees no digit and no letter from strokes that were learnt from.
    may_stroke = mark.sign in _STROKE_SIGNS or pen.face.split == "train"
    is_own = glyph is None or is_slash or (may_stroke and noise.random() < pen.own_strokes)
    strokes = strokes_of(mark.sign, noise) if is_own else None
    if strokes is not None and is_slash:
        strokes = _taller(strokes, pen.slash * float(noise.uniform(0.85, 1.15)))
    if strokes is not None:
        points = [
            np.array(stroke, np.float64) * DIGIT_PX * scale + (x + 0.04 * DIGIT_PX, y)
            for stroke in strokes
        ]
        _lines(cover, points, pen.width * (0.6 + 0.4 * scale), pen.slant, y)
        every = np.concatenate(points)
        middle = (every.min(axis=0) + every.max(axis=0)) / 2
        return Placed(mark.sign, float(middle[0]), float(middle[1]))
    if glyph is None:
        raise ValueError(f"no face has {mark.sign!r}")
    return _paste(cover, glyph, mark.sign, pen, noise, x, y, scale)


def _taller(strokes: Sequence[Sequence[Point]], by: float) -> list[list[Point]]:
    """Strokes stretched about the middle of the line: many slashes reach far above and below."""
    return [[(x, (y + 0.5) * by - 0.5) for x, y in stroke] for stroke in strokes]


def _paste(
    cover: Cover, glyph: Glyph, sign: str, pen: _Pen, noise: np.random.Generator,
    x: float, y: float, scale: float,
) -> Placed:  # fmt: skip
    angle = float(noise.normal(0, pen.wobble * 0.8))
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    matrix = np.array([[cos, -sin - pen.slant * scale], [sin, cos]])
    rows, columns = glyph.cover.shape
    origin = np.array([glyph.left, glyph.top])
    corners = np.array([[0, 0], [columns, 0], [0, rows], [columns, rows]], np.float64)
    corners = (corners + origin) @ matrix.T + (x, y)
    low = np.floor(corners.min(axis=0)).astype(int) - 1
    high = np.ceil(corners.max(axis=0)).astype(int) + 2
    low = np.maximum(low, 0)
    high = np.minimum(high, (cover.shape[1], cover.shape[0]))
    middle = corners.mean(axis=0)
    if (high > low).all():
        shift = matrix @ origin + (x, y) - low
        warp = np.column_stack([matrix, shift])
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        patch = cv2.warpAffine(glyph.cover, warp, size, flags=cv2.INTER_LINEAR)
        region = cover[low[1] : high[1], low[0] : high[0]]
        np.maximum(region, patch, out=region)
    return Placed(sign, float(middle[0]), float(middle[1]))


def _stroke_mark(
    cover: Cover, mark: Mark, pen: _Pen, noise: np.random.Generator, origin: tuple[float, float]
) -> NDArray[np.float64]:
    points = []
    for stroke in mark.strokes:
        line = np.array(stroke, np.float64) * DIGIT_PX + origin
        line += noise.normal(0, pen.wobble * 0.5 * DIGIT_PX, line.shape)
        points.append(line)
    _lines(cover, points, pen.bar_width if mark.sign == "frac" else pen.width, 0.0, 0.0)
    return np.concatenate(points)


def _lines(
    cover: Cover, strokes: Sequence[NDArray[np.float64]], width: float, slant: float, foot: float
) -> None:
    thickness = max(1, round(width * DIGIT_PX))
    for stroke in strokes:
        points = stroke.copy()
        points[:, 0] += (foot - points[:, 1]) * slant
        fixed = np.round(points * 16).astype(np.int32)
        cv2.polylines(cover, [fixed], False, 255, thickness, cv2.LINE_AA, 4)


def _bent(
    cover: Cover, centres: list[Placed], noise: np.random.Generator
) -> tuple[Cover, list[Placed]]:
    """Bend the strokes, so that equal signs differ, and let the line wander."""
    shape = cover.shape
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    reach = float(noise.uniform(0, 2.6))
    dx = reach * smooth_noise(shape, float(noise.uniform(18, 45)), noise)
    dy = reach * smooth_noise(shape, float(noise.uniform(18, 45)), noise)
    wander = float(noise.uniform(0, 5)) * smooth_noise((3, shape[1]), 220, noise)[1]
    dy = dy + wander[None, :]
    bent = cv2.remap(cover, xs + dx, ys + dy, cv2.INTER_LINEAR)
    moved = []
    for each in centres:
        row = min(max(int(each.y), 0), shape[0] - 1)
        column = min(max(int(each.x), 0), shape[1] - 1)
        moved.append(
            Placed(each.sign, each.x - float(dx[row, column]), each.y - float(dy[row, column]))
        )
    return np.asarray(bent, np.uint8), moved


def _with_pen_of(width_px: float, cover: Cover) -> Cover:
    """The same writing with a thinner or a thicker pen; strokes are thinned, never broken."""
    inside = cv2.distanceTransform(np.asarray(cover > 127, np.uint8), cv2.DIST_L2, 5)
    if not inside.any():
        return cover
    ridge = (inside == cv2.dilate(inside, np.ones((3, 3), np.uint8))) & (inside > 0)
    thin, typical = np.percentile(inside[ridge], (15, 50))
    change = max(width_px / 2 - (float(typical) - 0.5), -0.45 * float(thin))
    if change > 0:
        outside = cv2.distanceTransform(np.asarray(cover <= 127, np.uint8), cv2.DIST_L2, 5)
        edge = change + 1 - outside
    else:
        edge = inside + change
    return np.asarray(255 * np.clip(edge, 0, 1), np.uint8)


def _finished(
    cover: Cover,
    centres: list[Placed],
    rng: random.Random,
    noise: np.random.Generator,
    *,
    has_ruling: bool,
) -> Drawing:
    """Tilt, wear, cut to the ink and scale, as a photo's question is.

    `has_ruling` tells whether the paper may be ruled or squared.
    """
    height, width = cover.shape
    angle = rng.gauss(0, 0.9)
    stretch = rng.uniform(0.88, 1.14)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turn[0] *= stretch
    size = (math.ceil(width * stretch), height)
    cover = np.asarray(cv2.warpAffine(cover, turn, size, flags=cv2.INTER_LINEAR), np.uint8)
    if not (cover > _INKED).any():
        raise ValueError("nothing is drawn")
    place = np.vstack([turn, (0.0, 0.0, 1.0)])
    if rng.random() < _PHOTOGRAPHED_SHARE:
        ink, moved = photographed(cover, rng, noise, has_ruling=has_ruling)
        place = moved @ place
        extent = cv2.warpPerspective(cover, moved, (ink.shape[1], ink.shape[0]))
    else:
        ink, extent = worn(cover, rng, noise), cover
    rows, columns = np.nonzero(extent > _INKED)
    top, bottom = int(rows.min()), int(rows.max()) + 1
    left, right = int(columns.min()), int(columns.max()) + 1
    # How tall its digits are is only estimated when a photo is read, and a cut is never exact.
    digit_px = DIGIT_PX * rng.uniform(*_DIGIT_ESTIMATE[rng.random() < 0.25])
    slack = [round(DIGIT_PX * rng.uniform(-0.02, 0.25)) for _ in range(4)]
    ink = _cut(ink, top - slack[0], bottom + slack[1], left - slack[2], right + slack[3])
    offset = (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7))
    scale = canvas_scale(ink.shape, digit_px)
    canvas = grained(to_canvas(ink, digit_px, offset), rng, noise)
    placed_height, placed_width = round(ink.shape[0] * scale), round(ink.shape[1] * scale)
    dy = round((canvas.shape[0] - placed_height) * offset[0])
    dx = round((canvas.shape[1] - placed_width) * offset[1])
    placed = []
    for each in centres:
        x, y, depth = (float(value) for value in place @ (each.x, each.y, 1.0))
        placed.append(
            Placed(
                each.sign,
                (x / depth - left + slack[2]) * scale + dx,
                (y / depth - top + slack[0]) * scale + dy,
            )
        )
    return Drawing(canvas, tuple(placed))


def _cut(ink: Cover, top: int, bottom: int, left: int, right: int) -> Cover:
    height, width = ink.shape
    inside = ink[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    return np.pad(
        inside,
        (
            (max(-top, 0), max(bottom - height, 0)),
            (max(-left, 0), max(right - width, 0)),
        ),
        constant_values=255,
    )


def cells_of(drawing: Drawing) -> list[tuple[int, int, str]]:
    """Row and column of the visual token that covers each sign's middle."""
    rows, columns = (side // CELL_PX for side in drawing.canvas.shape)
    return [
        (
            min(max(int(each.y // CELL_PX), 0), rows - 1),
            min(max(int(each.x // CELL_PX), 0), columns - 1),
            each.sign,
        )
        for each in drawing.placed
    ]
