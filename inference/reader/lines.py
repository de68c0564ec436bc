"""From ink to lines of writing: connected strokes, grouped by where they stand.

A text detector trained on print tears handwriting into pieces; ink that stands at one height and in
one row is one line, however wide the gaps are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.reader.ink import Ink, Mask

Labels = NDArray[np.int32]

# Least share of all ink that the free pieces must have for the pen to be measured on them.
_TELLING_SHARE = 0.03
# What lies along this share of a side of the picture is no writing.
_TABLE_CONTACT = 0.5
# A piece that meets the border at so many places is the lines of squared paper.
_SQUARED_PAPER_ENDS = 8
# A filled piece this many strokes wide and tall is no character and no dot.
_BLOT_STROKES = 3.2


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels, right and bottom exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def centre_x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def centre_y(self) -> float:
        return (self.top + self.bottom) / 2

    def overlap_x(self, other: Rect) -> int:
        """Pixels shared from left to right; negative is the gap between the two."""
        return min(self.right, other.right) - max(self.left, other.left)

    def overlap_y(self, other: Rect) -> int:
        """Pixels shared from top to bottom; negative is the gap between the two."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)

    def moved(self, *, dy: int) -> Rect:
        """The same rectangle, `dy` pixels lower."""
        return Rect(self.left, self.top + dy, self.right, self.bottom + dy)


def union(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle around all of `rects` (at least one)."""
    boxes = list(rects)
    return Rect(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One connected piece of ink.

    Attributes:
        label: Its number in `Parts.labels`.
        rect: Where it is.
        area: Ink pixels.
        is_flat: Whether it is a horizontal stroke: minus, bar, one half of an equals sign.
        is_roofed: Whether its right part is only a bar along the top, as in a root sign.
        is_blot: Whether it is filled in, as a character that was crossed out.
        is_barred: Whether it is a horizontal stroke that something in its middle touches.
    """

    label: int
    rect: Rect
    area: int
    is_flat: bool = False
    is_roofed: bool = False
    is_blot: bool = False
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """All connected pieces of a picture.

    Attributes:
        labels: (H, W) int32, the number of the piece that each pixel belongs to, 0 for paper.
        parts: The pieces that may be writing, left to right.
        char_height: Typical height of a full character in pixels.
        stroke: Typical width of a stroke in pixels.
    """

    labels: Labels
    parts: tuple[Part, ...]
    char_height: float
    stroke: float


def without_surroundings(ink: Ink) -> Ink:
    """Take dark areas away that reach the border of the picture and are no writing.

    They are the table under the paper, a thumb, the edge of the sheet. To be done before a picture
    is tilted, while its border is where it was.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.mask.view(np.uint8), connectivity=8)
    height, width = ink.mask.shape
    distance = _distance(ink.mask)
    rects = [Rect(x, y, x + w, y + h) for x, y, w, h, _ in stats.tolist()]
    areas = [int(area) for area in stats[:, 4]]
    # The pen is measured on what stands free of the border, unless that is next to nothing.
    is_free = np.array([_num_touched(rect, width, height) == 0 for rect in rects])
    is_free[0] = False
    free_mask = is_free[labels]
    tells = free_mask.sum() > _TELLING_SHARE * ink.mask.sum()
    stroke = _stroke_width(free_mask if tells else ink.mask, distance)
    solid = [
        rect
        for rect, area in zip(rects[1:], areas[1:], strict=True)
        if area >= 0.45 * stroke * stroke
    ]
    free = [rect for rect in solid if _num_touched(rect, width, height) == 0]
    usual = _char_height(free or solid, stroke)
    foreign = np.zeros(len(rects), dtype=bool)
    for index in range(1, len(rects)):
        rect = rects[index]
        if _num_touched(rect, width, height) == 0 and areas[index] < 0.1 * width * height:
            continue
        window = (slice(rect.top, rect.bottom), slice(rect.left, rect.right))
        own = np.asarray(labels[window] == index, dtype=np.bool_)
        sides = _seen_from_border(own, rect, width, height)
        if sum(_num_ends(side) for side in sides) >= _SQUARED_PAPER_ENDS:
            # Lines may run along a side too and carry writing elsewhere, however thick the pen.
            thickest = max(map(_depth, sides))
        else:
            thickest = 2.0 * float(np.asarray(distance[window][own], dtype=np.float64).max())
        foreign[index] = _is_surroundings(
            rect,
            areas[index],
            thickest,
            max((float(side[:, 0].mean()) for side in sides), default=0.0),
            width,
            height,
            stroke,
            usual,
        )
    if not foreign.any():
        return ink
    taken = foreign[labels]
    darkness = ink.darkness.copy()
    darkness[taken] = 0.0
    return Ink(darkness=darkness, mask=ink.mask & ~taken, level=ink.level)


def find_parts(ink: Ink) -> Parts:
    """Split ink into connected pieces, without specks smaller than a dot of the pen."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.mask.view(np.uint8), connectivity=8)
    distance = _distance(ink.mask)
    stroke = _stroke_width(ink.mask, distance)
    smallest_dot = max(6.0, 0.45 * stroke * stroke)
    parts = []
    for index, (x, y, w, h, area) in enumerate(stats.tolist()):
        if index == 0 or area < smallest_dot:
            continue
        rect = Rect(x, y, x + w, y + h)
        piece = labels[y : rect.bottom, x : rect.right] == index
        thickest = 2.0 * float(distance[y : rect.bottom, x : rect.right][piece].max())
        is_blot = thickest > 0.6 * min(w, h) and min(w, h) > _BLOT_STROKES * stroke
        parts.append(
            Part(index, rect, area, _is_flat(piece), _is_roofed(piece), is_blot, _is_barred(piece))
        )
    parts.sort(key=lambda part: part.rect.left)
    return Parts(
        labels=np.asarray(labels, dtype=np.int32),
        parts=tuple(parts),
        char_height=_char_height([part.rect for part in parts], stroke),
        stroke=stroke,
    )


def _distance(mask: Mask) -> NDArray[np.float32]:
    """Distance of every ink pixel to the nearest paper; the picture's border counts as paper."""
    framed = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1], np.float32)


def _stroke_width(mask: Mask, distance: NDArray[np.float32]) -> float:
    ridge = distance[(distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8))) & mask]
    if ridge.size == 0:
        return 3.0
    return max(2.0, 2.0 * float(np.median(ridge)))


def _seen_from_border(piece: Mask, rect: Rect, width: int, height: int) -> list[Mask]:
    """The piece from each side on which it touches the picture's border, (along, inwards)."""
    seen = (
        (rect.left <= 1, piece),
        (rect.right >= width - 1, piece[:, ::-1]),
        (rect.top <= 1, piece.T),
        (rect.bottom >= height - 1, piece[::-1].T),
    )
    return [np.asarray(side, dtype=np.bool_) for touches, side in seen if touches]


def _num_ends(side: Mask) -> int:
    """At how many separate places a piece meets the border on a side."""
    along = np.concatenate(([False], side[:, 0]))
    return int(np.count_nonzero(along[1:] & ~along[:-1]))


def _depth(side: Mask) -> float:
    """How far a piece reaches into the picture where it lies along a side, most of the way."""
    if side[:, 0].mean() <= _TABLE_CONTACT:
        return 0.0
    ends = np.where(side.all(axis=1), side.shape[1], (~side).argmax(axis=1))
    return float(np.percentile(ends[side[:, 0]], 75))


def _num_touched(rect: Rect, width: int, height: int) -> int:
    return (
        (rect.left <= 1) + (rect.top <= 1) + (rect.right >= width - 1) + (rect.bottom >= height - 1)
    )


def _is_surroundings(
    rect: Rect,
    area: int,
    thickest: float,
    contact: float,
    width: int,
    height: int,
    stroke: float,
    char_height: float,
) -> bool:
    """Whether a dark piece is no writing but what lies around the paper, or its edge."""
    longer = max(rect.width, rect.height)
    touched = _num_touched(rect, width, height)
    # Squared paper touches the border with the ends of its lines only, a table all along.
    lies_along = contact > _TABLE_CONTACT and thickest > max(3.0 * stroke, max(width, height) / 60)
    is_solid = lies_along or (
        area > 0.25 * rect.width * rect.height and area > 4.0 * stroke * longer
    )
    if touched == 0:
        return is_solid and area > 0.1 * width * height
    if area < 2.5 * stroke * longer:
        # The edge of a sheet runs along the border; a slash only reaches it.
        beside = rect.left <= 1 or rect.right >= width - 1
        along = (beside and rect.height > 3 * rect.width) or (
            not beside and rect.width > 3 * rect.height
        )
        return along and longer > char_height
    if not is_solid:
        # Writing on squared paper hangs together with the squares.
        return False
    limit = 2.5 if touched >= 2 else 6.0
    return area > 0.03 * width * height or longer > limit * char_height


def _is_flat(piece: Mask) -> bool:
    """Whether a piece is one horizontal or slightly slanting stroke."""
    height, width = piece.shape
    if width < 2.0 * height or width < 5:
        return False
    rows = np.arange(height)[:, None]
    columns = np.nonzero(piece.any(axis=0))[0]
    lowest = np.where(piece, rows, -1).max(axis=0)[columns]
    highest = np.where(piece, rows, height).min(axis=0)[columns]
    thickness = lowest - highest + 1
    usual = float(np.median(thickness))
    if float(np.percentile(thickness, 92)) > max(2.0 * usual, usual + 3):
        return False
    middle = (lowest + highest) / 2
    line = np.polyfit(columns, middle, 1)
    off_line = np.abs(middle - np.polyval(line, columns))
    return bool(off_line.max() <= max(1.5 * usual, 0.07 * width, 3.0))


def _is_barred(piece: Mask) -> bool:
    """Whether a piece is a horizontal stroke, thick only somewhere in its middle."""
    height, width = piece.shape
    if width < 1.8 * height or width < 12:
        return False
    rows = np.arange(height)[:, None]
    lowest = np.where(piece, rows, -1).max(axis=0)
    highest = np.where(piece, rows, height).min(axis=0)
    thickness = lowest - highest + 1
    thick = np.nonzero(thickness > 2.0 * float(np.median(thickness)))[0]
    if not 0.08 * width < thick.size < 0.45 * width:
        return False
    return bool(thick[0] > 0.12 * width and thick[-1] < 0.88 * width)


def _is_roofed(piece: Mask) -> bool:
    """Whether the right part of a piece is a thin bar along its top and nothing else."""
    height, width = piece.shape
    if width < 12 or height < 12 or width < 0.6 * height:
        return False
    right = piece[:, int(0.5 * width) : int(0.95 * width)]
    rows = np.arange(height)[:, None]
    lowest = np.where(right, rows, -1).max(axis=0)
    under_roof = (lowest >= 0) & (lowest < 0.4 * height)
    reaches_down = bool(piece[int(0.8 * height) :, : int(0.6 * width)].any())
    return reaches_down and float(under_roof.mean()) > 0.85


def _char_height(rects: Sequence[Rect], stroke: float) -> float:
    longest = sorted(max(rect.width, rect.height) for rect in rects)
    default = float(longest[len(longest) // 2]) if longest else 20.0
    return char_height_of(rects, default, stroke=stroke)


def char_height_of(rects: Sequence[Rect], default: float, *, stroke: float = 0.0) -> float:
    """Median height of pieces, each weighing as much as it is tall, dots and dashes aside.

    Args:
        rects: Where the pieces are.
        default: The answer when none of them has the shape of a character.
        stroke: Typical width of a stroke; what is hardly taller than it is a dot or a dash.
    """
    heights = sorted(
        rect.height
        for rect in rects
        if rect.height > max(2.2 * stroke, 0.3 * rect.width) and rect.height > 3
    )
    if not heights:
        return default
    weights = np.cumsum(np.asarray(heights, dtype=np.float64))
    middle = int(np.searchsorted(weights, weights[-1] / 2))
    return float(heights[min(middle, len(heights) - 1)])
