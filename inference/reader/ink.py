"""From a photo of paper to the ink on it: lighting taken out, paper lines taken away.

First stage of reading. Shadows and dark corners darken paper and ink by the same factor, so every
pixel is divided by the brightness of the bare paper around it; what stays darker than the paper's
own grain is ink.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Darkness = NDArray[np.float32]

# The working size: smaller pictures are enlarged so that strokes have a few pixels to stand on,
# larger ones reduced so that a page costs no more than it must. At the middle size the usual
# question is as tall as a recogniser can use; what is written smaller needs the largest.
_MIN_LONG_SIDE_PX = 1100
_USUAL_LONG_SIDE_PX = 1000
_MAX_LONG_SIDE_PX = 1600

# Shares of the ink's own darkness at which a stroke begins and to which it is followed.
_SEED_SHARE = 0.45
_FOLLOW_SHARE = 0.28
_FAINTEST_INK = 0.07
_NOISE_FACTOR = 5.0
# Ruling below this share of the ink's darkness is told from ink by its tone alone.
_PALE_RULING = 0.6
# Shorter lines, in long sides of the picture, are fraction bars and strokes of a pen.
_LEAST_RULING = 0.3


@dataclass(frozen=True, slots=True)
class Ink:
    """Where the ink is on a picture.

    Attributes:
        darkness: (H, W) float32 in 0..1: 0 is bare paper, 1 is black.
        mask: (H, W) bool, true on ink.
        level: Typical darkness in the middle of a stroke.
    """

    darkness: Darkness
    mask: Mask
    level: float

    def part(self, window: tuple[slice, slice]) -> Ink:
        """The ink of some rows and columns."""
        return Ink(darkness=self.darkness[window], mask=self.mask[window], level=self.level)

    def as_gray(self) -> Gray:
        """The picture as dark ink on white paper, (H, W) uint8, contrast stretched to the ink."""
        shade = self.darkness / max(self.level, 1e-3)
        np.clip(shade, 0.0, 1.0, out=shade)
        shade *= 255.0
        np.subtract(255.0, shade, out=shade)
        return shade.astype(np.uint8)


def working_scales(shape: tuple[int, ...]) -> tuple[float, ...]:
    """By what a picture of (height, width, ...) is scaled for the following stages, one after the
    other until its question is large enough."""
    long_side = max(shape[:2])
    if long_side < _MIN_LONG_SIDE_PX:
        return (min(_MIN_LONG_SIDE_PX / long_side, 4.0),)
    return _USUAL_LONG_SIDE_PX / long_side, min(_MAX_LONG_SIDE_PX / long_side, 1.0)


def to_working_size(rgb: Gray, scale: float) -> Gray:
    """Scale an (H, W, 3) picture by one of `working_scales`."""
    if scale == 1.0:
        return rgb
    height, width = rgb.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=method), dtype=np.uint8)


def find_ink(rgb: Gray, sheet: Mask | None = None) -> Ink:
    """Tell ink from paper on an (H, W, 3) uint8 RGB picture.

    A picture of light writing on a dark ground (a blackboard, a screen in dark mode) is inverted
    first.

    Args:
        rgb: The picture.
        sheet: (H, W) bool, where the paper is; None for everywhere.
    """
    if sheet is None and _is_light_on_dark(rgb):
        rgb = np.asarray(255 - rgb, dtype=np.uint8)
    darkness = _darkness(rgb)
    noise = _noise(darkness if sheet is None else darkness[sheet])
    if sheet is not None:
        darkness[~sheet] = 0.0
    floor = max(_FAINTEST_INK, _NOISE_FACTOR * noise)
    level = _ink_level(darkness, floor)
    seeds = darkness > max(floor, _SEED_SHARE * level)
    follow = darkness > max(0.6 * floor, _FOLLOW_SHARE * level)
    mask = _grow(seeds, follow)
    return Ink(darkness=darkness, mask=mask, level=level)


def remove_ruling(ink: Ink, photo: Mask | None = None) -> Ink:
    """Take the lines of ruled or squared paper out of the mask and the darkness.

    The picture should stand straight to within about two degrees. Strokes that cross a line are
    kept whole.

    Args:
        ink: The ink of a picture.
        photo: (H, W) bool, where on the picture the photo is, when it was tilted and corners were
            added; None for everywhere.
    """
    if photo is None:
        photo = np.ones_like(ink.mask)
    horizontal = _ruling(ink.mask, photo)
    vertical = _transposed(_ruling(_transposed(ink.mask), _transposed(photo)))
    ruling = horizontal | vertical
    if not ruling.any():
        return ink
    own_level = float(np.median(ink.darkness[ruling]))
    level = _level_beside(ink, ruling)
    if own_level < _PALE_RULING * level:
        # Paler than the pen: whatever is as pale as the lines is paper.
        mask = ink.mask & (ink.darkness > 0.5 * (own_level + level))
        near = cv2.dilate(mask.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
        mask = mask | (near & ink.mask & (ink.darkness > 1.25 * own_level))
        paper = min(1.2 * own_level, 0.8 * level)
        rest = np.clip((ink.darkness - paper) * (level / (level - paper)), 0.0, 1.0)
        return Ink(darkness=np.asarray(rest, dtype=np.float32), mask=mask, level=level)
    crossing = horizontal & vertical
    thin_limit = _thickest_ruling(ink.mask)
    taken = (horizontal & (_vertical_run(ink.mask) <= thin_limit)) | (
        vertical & (thin_limit >= _vertical_run(ink.mask.T).T)
    )
    taken |= crossing
    darkness = ink.darkness.copy()
    darkness[taken] = 0.0
    return Ink(darkness=darkness, mask=ink.mask & ~taken, level=level)


def _transposed(mask: Mask) -> Mask:
    """In memory, too, where numpy only reads the other way."""
    return np.asarray(cv2.transpose(mask.view(np.uint8)).view(np.bool_))


def _level_beside(ink: Ink, ruling: Mask) -> float:
    """Typical darkness of the ink that is not ruling."""
    reach = cv2.dilate(ruling.view(np.uint8), np.ones((7, 7), np.uint8)) > 0
    beside = ink.darkness[ink.mask & ~reach]
    return float(np.percentile(beside, 75)) if beside.size >= 50 else ink.level


def _thickest_ruling(mask: Mask) -> int:
    height, width = mask.shape
    return max(9, int(max(height, width)) // 110)


def _is_light_on_dark(rgb: Gray) -> bool:
    height, width = rgb.shape[:2]
    scale = min(1.0, 400 / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).mean(axis=2)
    paper = float(np.median(small))
    lighter = float(np.percentile(small, 99.9)) - paper
    darker = paper - float(np.percentile(small, 0.1))
    return paper < 90.0 and lighter > 2.0 * darker


def _darkness(rgb: Gray) -> Darkness:
    """How much darker than the paper around it each pixel is, in its most telling colours."""
    height, width = rgb.shape[:2]
    scale = 4
    small_size = (max(8, width // scale), max(8, height // scale))
    small = cv2.resize(rgb, small_size, interpolation=cv2.INTER_AREA)
    reach = max(9, round(max(small_size) / 28)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    paper = cv2.GaussianBlur(paper, (0, 0), reach / 4)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    # Colour by colour: numpy takes ten times as long over an axis of three.
    pairs = zip(cv2.split(cv2.GaussianBlur(rgb, (3, 3), 0)), cv2.split(paper), strict=True)
    red, green, blue = (
        np.asarray(cv2.divide(own, np.maximum(beneath, 8), dtype=cv2.CV_32F), np.float32)
        for own, beneath in pairs
    )
    darkest = np.asarray(0.5 * cv2.min(cv2.min(red, green), blue), np.float32)
    red += green
    red += blue
    red *= 0.5 / 3
    darkest += red
    np.subtract(1.0, darkest, out=darkest)
    return np.clip(darkest, 0.0, 1.0, out=darkest)


def _noise(darkness: Darkness) -> float:
    """Spread of the paper's own grain, insensitive to the share of the picture that is ink."""
    sample = darkness.ravel()[::4]
    middle = float(np.median(sample))
    lower_half = sample[sample <= middle]
    spread = middle - float(np.percentile(lower_half, 20)) if lower_half.size else 0.0
    return spread


def _ink_level(darkness: Darkness, floor: float) -> float:
    candidates = darkness[darkness > floor]
    if candidates.size < 20:
        return 1.0
    return float(np.percentile(candidates, 85))


def _grow(seeds: Mask, follow: Mask) -> Mask:
    """The parts of `follow` that hold at least one seed."""
    count, labels = cv2.connectedComponents(follow.view(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=bool)
    keep[labels[seeds & follow]] = True
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.bool_)


def _ruling(mask: Mask, photo: Mask) -> Mask:
    """Pixels of long horizontal paper lines, crossings with strokes included."""
    height, width = mask.shape
    none = np.zeros_like(mask)
    long_side = max(height, width)
    reach = max(25, long_side // 24)
    # A line wanders a pixel or two up and down; thickening bridges that before the long opening.
    thick = cv2.dilate(mask.view(np.uint8), np.ones((3, 1), np.uint8))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, reach), np.uint8))
    # Gaps that are joined are no longer than the strokes between them, but for the picture's ends.
    num_columns = int(np.count_nonzero(cv2.reduce(opened, 0, cv2.REDUCE_MAX)))
    if num_columns < _LEAST_RULING * long_side / 2 - reach:
        return none
    joined = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((3, reach), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    # Outlines of a few strokes are found sooner than every pixel of a picture is labelled.
    if all(cv2.boundingRect(each)[2] < _LEAST_RULING * long_side for each in outlines):
        return none
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    chosen = []
    thin_limit = _thickest_ruling(mask)
    for index in range(1, count):
        x, y, length, tall, area = (int(value) for value in stats[index])
        if length < _LEAST_RULING * long_side or area / length > thin_limit:
            continue
        margin = int(0.02 * width) + 1
        ends = (x - margin, x + length + margin)
        reaches_border = any(
            not 0 <= end < width or not photo[min(y + tall // 2, height - 1), end] for end in ends
        )
        chosen.append((index, length > 0.6 * long_side and reaches_border))
    if len(chosen) < 4:
        chosen = [entry for entry in chosen if entry[1]]
    if not chosen:
        return none
    wanted = np.zeros(count, dtype=bool)
    wanted[[index for index, _ in chosen]] = True
    return np.asarray(wanted[labels] & mask, dtype=np.bool_)


def _vertical_run(mask: Mask) -> NDArray[np.int32]:
    """For every ink pixel the length of the vertical run of ink that it belongs to."""
    height, _ = mask.shape
    down = np.zeros(mask.shape, dtype=np.int32)
    up = np.zeros(mask.shape, dtype=np.int32)
    down[0] = mask[0]
    up[-1] = mask[-1]
    for row in range(1, height):
        down[row] = (down[row - 1] + 1) * mask[row]
        up[height - 1 - row] = (up[height - row] + 1) * mask[height - 1 - row]
    return np.asarray(down + up - mask, dtype=np.int32)
