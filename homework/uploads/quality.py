"""The quality gate: says of a photo, before anything reads it, what will make it hard to read.

It looks for writing and judges the photo by that: a blank page has nothing that could be blurred,
and an unsharp table around a sharp question does no harm. It knows four faults and tells them
apart, so that a student can be told what to do about each. Runs in the confined process that
decodes uploads: nothing but NumPy and Pillow, about 60 ms for 2000 x 1500 pixels.

The thresholds are measured: `tests/photos` is to pass, and the same pictures spoilt in one way are
to be caught for that reason (see `tests/homework/uploads/test_quality.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

IssueCode = Literal["blur", "dark", "glare", "too_small"]
ISSUE_CODES: Final[tuple[IssueCode, ...]] = ("dark", "glare", "too_small", "blur")

# Edges are unsharp when the blur is this part of the height of the letters. Measured: six photos of
# six were read at 0.085 of it, three at 0.10, none at 0.13.
MAX_BLUR_OF_LETTER: Final = 0.085
# What every lens and every JPEG brings along, however small the letters are.
TOLERATED_BLUR_PX: Final = 2.2
# A line of letters is read down to 9 pixels, but its powers are two thirds of that.
MIN_LETTER_PX: Final = 11.0
# A picture cut around one line is low; handwritten ones of 71 pixels are read without a doubt.
MIN_SHORT_SIDE_PX: Final = 48
MIN_LONG_SIDE_PX: Final = 240
# The reader copes with less where there is no grain; a phone that sees so little light has grain.
MIN_PAPER_LEVEL: Final = 50.0
# Part of the written area that shines white, without ink, while the paper around it does not.
MAX_GLARE_SHARE: Final = 0.06

_SATURATED: Final = 250
_NOT_WHITE: Final = 240
_REDUCTION: Final = 8  # the side of the squares on which paper and light are judged
_MIN_CONTRAST: Final = 0.16  # less than this part of the paper's brightness is no ink at all
_MIN_INK: Final = 0.25  # the palest pencil where it is darkest
_MAX_LETTERS: Final = 4000

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class QualityIssue:
    """One fault of a photo.

    Attributes:
        code: Which fault; stable, for programs and translations.
        value: What was measured. `blur`: the standard deviation of the blur in pixels; `dark`:
            the level of the paper, 0..255; `glare`: the part of the written area that shines;
            `too_small`: the height of letters in pixels, or a side of the photo.
        threshold: The bound that `value` broke, in the same unit.
    """

    code: IssueCode
    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class QualityVerdict:
    """What the gate says. `is_good` when there are no issues; the gravest issue comes first."""

    is_good: bool
    issues: tuple[QualityIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Writing:
    """Ink that looks like letters: shapes in pixels of the photo.

    `contrast` is 0 on paper and 1 on ink, `mask` where it is ink, `box` (left, top, right, bottom)
    the area that is written on, `letter_px` the height of a letter without its tails.
    """

    contrast: Floats
    mask: Mask
    box: tuple[int, int, int, int]
    letter_px: float
    paper: Floats


def assess_quality(image: Image.Image) -> QualityVerdict:
    """Judge one photo.

    Args:
        image: Upright or not; any mode. Larger than 2400 pixels it is measured on a smaller copy.

    Returns:
        The verdict. A photo without any writing is good unless it is dark or tiny: whether there
        is a question on it is for the reader to say.
    """
    grey = image.convert("L")
    if max(grey.size) > 2400:
        grey.thumbnail((2400, 2400), Image.Resampling.BILINEAR)
    for side, least in [(min(grey.size), MIN_SHORT_SIDE_PX), (max(grey.size), MIN_LONG_SIDE_PX)]:
        if side < least:
            return _verdict([QualityIssue("too_small", float(side), float(least))])
    levels = np.asarray(grey)
    is_light_on_dark = _is_light_on_dark(grey)
    if is_light_on_dark:
        levels = 255 - levels
    writing = _find_writing(levels)

    issues: list[QualityIssue] = []
    paper_level = _paper_level(levels, writing)
    # A screen in dark mode is no dark photo: its writing shines.
    if not is_light_on_dark and paper_level < MIN_PAPER_LEVEL:
        issues.append(QualityIssue("dark", paper_level, MIN_PAPER_LEVEL))
    if writing is None:
        return _verdict(issues)
    if not is_light_on_dark:
        share = _glare_share(levels, writing)
        if share > MAX_GLARE_SHARE:
            issues.append(QualityIssue("glare", share, MAX_GLARE_SHARE))
    blur_px = _blur_px(writing)
    allowed_px = max(TOLERATED_BLUR_PX, MAX_BLUR_OF_LETTER * writing.letter_px)
    if blur_px > allowed_px:
        # Blur breaks letters into crumbs, so their height says nothing any more.
        issues.append(QualityIssue("blur", blur_px, allowed_px))
    elif writing.letter_px < MIN_LETTER_PX:
        issues.append(QualityIssue("too_small", writing.letter_px, MIN_LETTER_PX))
    return _verdict(issues)


def _verdict(issues: list[QualityIssue]) -> QualityVerdict:
    rounded = (QualityIssue(i.code, round(i.value, 3), round(i.threshold, 3)) for i in issues)
    ordered = tuple(sorted(rounded, key=lambda issue: ISSUE_CODES.index(issue.code)))
    return QualityVerdict(is_good=not ordered, issues=ordered)


def _is_light_on_dark(grey: Image.Image) -> bool:
    """Whether the writing is brighter than what it stands on."""
    small = grey.reduce(2)
    level = np.asarray(small, np.int16)
    around = np.asarray(small.filter(ImageFilter.BoxBlur(16)), np.int16)
    below, above = np.percentile((level - around)[::2, ::2], (0.3, 99.7))
    return bool(np.median(level) < 110 and above > 60 and above > -1.5 * below)


def _find_writing(levels: NDArray[np.uint8]) -> _Writing | None:
    paper = _paper(levels)
    # How much of the light of the paper is missing: the same in the shadow and out of it.
    missing: Floats = np.asarray(1.0 - levels / np.maximum(paper, 8.0), np.float32)
    np.clip(missing, 0.0, 1.0, out=missing)
    # Camera noise in the dark makes single pixels black; letters are larger than pixels.
    floor = max(_MIN_CONTRAST, 4.5 * _noise(missing))
    sample = missing[::3, ::3]
    inked = sample[sample > floor]
    if inked.size < 30:
        return None
    # Ruling is paler than ink and covers more of the page: the darkest of what is dark is ink, and
    # half as dark is where its edges are. Where ruling still joins the letters, look darker yet.
    for share in (97.0, 99.7):
        ink = float(np.percentile(inked, share))
        if ink < _MIN_INK:
            return None
        mask: Mask = missing > max(0.5 * ink, floor)
        letters = _letters(mask)
        if letters is not None:
            break
    else:
        return None
    heights = (letters[:, 3] - letters[:, 1]).astype(np.float64)
    # Crumbs of noise are many and low; letters hold the ink. So weigh by ink.
    inked_px = _weighted_median(heights, letters[:, 4].astype(np.float64))
    lasting = letters[heights >= 0.35 * inked_px]
    sides = lasting[:, 2:4] - lasting[:, 0:2]
    # Blur melts a line into one shape, which is tall on a photo that lies on its side.
    letter_px = float(min(np.median(sides[:, 1]), 1.6 * np.median(sides.min(axis=1))))
    box = (
        int(lasting[:, 0].min()),
        int(lasting[:, 1].min()),
        int(lasting[:, 2].max()),
        int(lasting[:, 3].max()),
    )
    contrast = np.minimum(missing / ink, 1.5).astype(np.float32)
    return _Writing(contrast, mask, box, letter_px, paper)


def _letters(mask: Mask) -> NDArray[np.int64] | None:
    """The shapes that may be letters (see `_shapes`), or None where too few or too many are."""
    shapes = _shapes(mask)
    height, width = mask.shape
    tall = shapes[:, 3] - shapes[:, 1]
    wide = shapes[:, 2] - shapes[:, 0]
    is_letter = (
        (tall >= 4)
        & (tall <= 0.35 * height)
        & (wide >= 2)
        & (wide <= 6 * tall)
        & (tall <= 9 * wide)
        & (shapes[:, 4] >= 8)
        # What the frame cuts is a neighbour's, or the edge of the paper.
        & (shapes[:, 0] > 0)
        & (shapes[:, 1] > 0)
        & (shapes[:, 2] < width)
        & (shapes[:, 3] < height)
    )
    # Leaves, cloth and gravel have thousands of dark shapes; a page of print has hundreds.
    return shapes[is_letter] if 2 <= int(is_letter.sum()) <= _MAX_LETTERS else None


def _paper(levels: NDArray[np.uint8]) -> Floats:
    """The brightness that every pixel would have without ink."""
    height, width = levels.shape
    image = Image.fromarray(levels)
    small = image.reduce(_REDUCTION)
    # Wider than a letter's strokes are thick, narrower than most shadows.
    bright = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.BoxBlur(4))
    return np.asarray(bright.resize((width, height), Image.Resampling.BILINEAR), np.float32)


def _noise(missing: Floats) -> float:
    """Standard deviation of the grain, from differences of neighbours, most of which are paper."""
    steps = np.abs(missing[::4, 1:] - missing[::4, :-1])
    return float(np.median(steps)) / 0.954


def _shapes(mask: Mask) -> NDArray[np.int64]:
    """Connected shapes of a mask (4 neighbours): rows of left, top, right, bottom, area.

    Works on runs instead of pixels: a row of the mask is a few runs, two runs of neighbouring rows
    that overlap are one shape, and labels sink to the least of each shape by pointer jumping.
    """
    height, width = mask.shape
    padded = np.zeros((height, width + 1), np.int8)
    padded[:, :width] = mask
    change = np.diff(padded.ravel(), prepend=np.int8(0))
    starts = np.flatnonzero(change == 1)
    ends = np.flatnonzero(change == -1)
    if not len(starts):
        return np.empty((0, 5), np.int64)
    stride = width + 1
    # Of the run i, the runs first[i]..last[i]-1 overlap it one row below.
    first = np.searchsorted(ends, starts + stride, side="right")
    last = np.searchsorted(starts, ends + stride, side="left")
    count = np.maximum(last - first, 0)
    above = np.repeat(np.arange(len(starts)), count)
    offset = np.arange(len(above)) - np.repeat(np.cumsum(count) - count, count)
    below = np.repeat(first, count) + offset
    label = np.arange(len(starts))
    while True:
        least = np.minimum(label[above], label[below])
        lowered = label.copy()
        np.minimum.at(lowered, label[above], least)
        np.minimum.at(lowered, label[below], least)
        while not np.array_equal(jumped := lowered[lowered], lowered):
            lowered = jumped
        if np.array_equal(lowered, label):
            break
        label = lowered
    _, shape = np.unique(label, return_inverse=True)
    rows, left, right = starts // stride, starts % stride, ends - (starts // stride) * stride
    found = np.zeros((int(shape.max()) + 1, 5), np.int64)
    found[:, 0], found[:, 1] = width, height
    np.minimum.at(found[:, 0], shape, left)
    np.minimum.at(found[:, 1], shape, rows)
    np.maximum.at(found[:, 2], shape, right)
    np.maximum.at(found[:, 3], shape, rows + 1)
    np.add.at(found[:, 4], shape, right - left)
    return found


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _paper_level(levels: NDArray[np.uint8], writing: _Writing | None) -> float:
    """How bright the paper is where the writing stands, or the brighter part of the photo."""
    if writing is None:
        return float(np.percentile(levels[::4, ::4], 80))
    left, top, right, bottom = writing.box
    return float(np.median(writing.paper[top:bottom:4, left:right:4]))


def _glare_share(levels: NDArray[np.uint8], writing: _Writing) -> float:
    """The part of the lines of writing that is burnt out and shows no ink."""
    left, top, right, bottom = writing.box
    letter = max(1, round(writing.letter_px / _REDUCTION))
    light = np.asarray(Image.fromarray(levels).reduce(_REDUCTION))
    ink = Image.fromarray(writing.mask.astype(np.uint8) * 255).reduce(_REDUCTION)
    # The space around a letter belongs to it; what is left is a gap where letters should be.
    near_ink = np.asarray(ink.point(lambda v: 255 if v else 0).filter(_box_max(letter // 2))) > 0
    around = _blocks(writing.box, 3 * letter, 3 * letter)
    paper = writing.paper[::_REDUCTION, ::_REDUCTION][: light.shape[0], : light.shape[1]]
    # A white page is white everywhere; glare is white where the rest of the paper is grey.
    if float(np.percentile(paper[around], 25)) > _NOT_WHITE:
        return 0.0
    lines = _blocks((left, top, right, bottom), letter, 0)
    return float(np.mean((light[lines] >= _SATURATED) & ~near_ink[lines]))


def _blocks(box: tuple[int, int, int, int], beside: int, above: int) -> tuple[slice, slice]:
    """The squares under a box of pixels, and some more beside and above and below it."""
    left, top, right, bottom = (edge // _REDUCTION for edge in box)
    return (
        slice(max(0, top - above), bottom + above + 1),
        slice(max(0, left - beside), right + beside + 1),
    )


def _box_max(radius: int) -> ImageFilter.MaxFilter:
    return ImageFilter.MaxFilter(2 * min(radius, 12) + 1)


def _blur_px(writing: _Writing) -> float:
    """Standard deviation, in pixels, of the blur that the sharper edges of the writing show.

    A step blurred by a Gaussian has slope 1 / (s * sqrt(2 * pi)) in its middle. The middle of an
    edge is where the mask ends, so the slope is measured there.
    """
    left, top, right, bottom = writing.box
    height, width = writing.mask.shape
    top, bottom = max(top, 1), min(bottom, height - 1)
    left, right = max(left, 1), min(right, width - 1)
    mask = writing.mask[top:bottom, left:right]
    inner = mask[1:, 1:]
    edge = (inner != mask[:-1, 1:]) | (inner != mask[1:, :-1])
    ys, xs = np.nonzero(edge)
    if len(ys) < 20:
        return 0.0
    step = max(1, len(ys) // 40_000)
    ys, xs = ys[::step] + top + 1, xs[::step] + left + 1
    ys, xs = np.minimum(ys, height - 2), np.minimum(xs, width - 2)
    c = writing.contrast
    across = (c[ys, xs + 1] - c[ys, xs - 1]) / 2
    down = (c[ys + 1, xs] - c[ys - 1, xs]) / 2
    slope = np.hypot(across, down)
    # A hand that moves wipes out the edges across its way and leaves those along it sharp: the
    # worst of four directions counts, if the letters have enough edges in it to tell.
    turn = np.round(np.arctan2(down, across) / (np.pi / 4)).astype(np.int64) % 4
    sharpest = [
        float(np.percentile(slope[turn == k], 75))
        for k in range(4)
        if np.count_nonzero(turn == k) >= max(60, 0.06 * len(turn))
    ]
    if not sharpest:
        sharpest = [float(np.percentile(slope, 75))]
    return 1.0 / (max(min(sharpest), 1e-3) * float(np.sqrt(2 * np.pi)))
