"""Turning a photo upright and straight, and finding the way back to the photo as it was taken.

Rotations are in degrees clockwise throughout: what has to be done to the photo so that it stands
upright.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.reader.ink import Ink, Mask
from inference.reader.lines import Rect
from inference.types import Box

Matrix = NDArray[np.float64]
_Array = TypeVar("_Array", bound=np.generic)

# Handwriting may climb steeply; beyond this a quarter turn is nearer.
_STEEPEST_DEG = 42.0
_COARSE_STEP_DEG = 3.0
_FINE_STEP_DEG = 0.5
# How much sharper the rows must get before a picture is tilted, by size of the tilt.
_WORTH_TILTING = 1.12
_NUM_POINTS = 6000


def quarter_turned(pixels: NDArray[_Array], rotation_deg: int) -> NDArray[_Array]:
    """Turn an (H, W, ...) array clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, k=-(rotation_deg // 90) % 4))


def split_rotation(rotation_deg: float) -> tuple[int, float]:
    """The nearest quarter turn (0, 90, 180, 270) and the small tilt that remains."""
    quarter = round(rotation_deg / 90.0) * 90
    return quarter % 360, rotation_deg - quarter


def ink_turned(ink: Ink, rotation_deg: int) -> Ink:
    """The same ink on the picture turned clockwise by a multiple of 90 degrees."""
    if rotation_deg % 360 == 0:
        return ink
    return Ink(
        darkness=quarter_turned(ink.darkness, rotation_deg),
        mask=quarter_turned(ink.mask, rotation_deg),
        level=ink.level,
    )


def ink_tilted(ink: Ink, tilt_deg: float) -> tuple[Ink, Matrix]:
    """Turn ink clockwise by any angle on a sheet that grows to hold it.

    Returns:
        The turned ink, and the (3, 3) matrix from its pixels to those of the picture before.
    """
    height, width = ink.mask.shape
    if abs(tilt_deg) < 1e-6:
        return ink, np.eye(3)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -tilt_deg, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    new_width = round(height * sine + width * cosine)
    new_height = round(height * cosine + width * sine)
    matrix[0, 2] += new_width / 2 - width / 2
    matrix[1, 2] += new_height / 2 - height / 2
    size = (new_width, new_height)
    darkness = cv2.warpAffine(ink.darkness, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpAffine(ink.mask.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    turned = Ink(
        darkness=np.asarray(darkness, dtype=np.float32),
        mask=np.asarray(mask > 0.45, dtype=np.bool_),
        level=ink.level,
    )
    forward = np.vstack([matrix, [0.0, 0.0, 1.0]])
    return turned, np.asarray(np.linalg.inv(forward), dtype=np.float64)


def on_photo(shape: tuple[int, ...], before: tuple[int, ...], back: Matrix) -> Mask:
    """Where the photo is on a tilted picture: (H, W) bool, false in the corners that were added.

    Args:
        shape: (H, W) of the tilted picture.
        before: (H, W) of the picture before.
        back: What `ink_tilted` gave.
    """
    if shape == before and np.array_equal(back, np.eye(3)):
        return np.ones(shape, dtype=np.bool_)
    ones = np.ones(before, dtype=np.uint8)
    matrix = np.linalg.inv(back)[:2]
    tilted = cv2.warpAffine(ones, matrix, (shape[1], shape[0]), flags=cv2.INTER_NEAREST)
    return np.asarray(tilted > 0, dtype=np.bool_)


def estimate_tilt(mask: Mask) -> float:
    """The clockwise turn, within ±42 degrees, that levels the rows of ink.

    Level rows pile their ink up in few heights: the angle is taken whose profile is the most
    concentrated. Small pictures of few characters have no clear answer and get 0.
    """
    inked = np.flatnonzero(mask)
    if inked.size < 50:
        return 0.0
    if inked.size > _NUM_POINTS:
        inked = inked[np.random.default_rng(0).choice(inked.size, _NUM_POINTS, replace=False)]
    rows, columns = np.divmod(inked, mask.shape[1])
    points = np.stack([columns, rows]).astype(np.float64)
    extent = max(float(np.ptp(points[0])), float(np.ptp(points[1])), 1.0)
    if extent < 60:
        return 0.0
    bin_px = max(2.0, extent / 110.0)

    def sharpness(angle: float) -> float:
        radians = np.deg2rad(angle)
        # Turning the picture clockwise by `angle` moves a point to this height.
        heights = points[0] * np.sin(radians) + points[1] * np.cos(radians)
        counts = np.bincount(((heights - heights.min()) / bin_px).astype(np.int64))
        return float((counts.astype(np.float64) ** 2).sum()) / inked.size

    level = sharpness(0.0)
    coarse = np.arange(-_STEEPEST_DEG, _STEEPEST_DEG + 0.1, _COARSE_STEP_DEG)
    best = max(coarse, key=sharpness)
    fine = np.arange(best - _COARSE_STEP_DEG, best + _COARSE_STEP_DEG + 0.1, _FINE_STEP_DEG)
    best = float(max(fine, key=sharpness))
    demanded = _WORTH_TILTING if abs(best) > 8 else 1.02
    return best if sharpness(best) > demanded * level else 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """How the pixels of a working sheet lie on the upright photo.

    Attributes:
        to_photo: (3, 3) from sheet pixels to fractions of the upright photo's width and height.
    """

    to_photo: Matrix

    def box(self, rect: Rect, *, margin: float = 0.0) -> Box:
        """The upright box around `rect` on the photo, `margin` pixels wider on every side."""
        left, top = rect.left - margin, rect.top - margin
        right, bottom = rect.right + margin, rect.bottom + margin
        corners = np.array(
            [[left, right, right, left], [top, top, bottom, bottom], [1.0, 1.0, 1.0, 1.0]]
        )
        x, y, _ = np.clip(self.to_photo @ corners, 0.0, 1.0)
        return Box(
            x=float(x.min()),
            y=float(y.min()),
            width=float(x.max() - x.min()),
            height=float(y.max() - y.min()),
        )


def crop_pixels(rgb: NDArray[np.uint8], crop: Box) -> tuple[NDArray[np.uint8], Matrix]:
    """Cut a box out of an upright picture.

    Returns:
        The cut, and the (3, 3) matrix from fractions of it to fractions of the whole.
    """
    height, width = rgb.shape[:2]
    left = int(np.clip(np.floor(crop.x * width), 0, width - 1))
    top = int(np.clip(np.floor(crop.y * height), 0, height - 1))
    right = int(np.clip(np.ceil((crop.x + crop.width) * width), left + 1, width))
    bottom = int(np.clip(np.ceil((crop.y + crop.height) * height), top + 1, height))
    placed = np.array(
        [
            [(right - left) / width, 0.0, left / width],
            [0.0, (bottom - top) / height, top / height],
            [0.0, 0.0, 1.0],
        ]
    )
    return np.ascontiguousarray(rgb[top:bottom, left:right]), placed
