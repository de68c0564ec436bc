"""Cuts a line of writing into single signs.

Used twice: on lines that are being read, and on drawn samples in training, so that both are cut and
scaled in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 32
_INNER_PX = 26
# Strokes that overlap sideways by this share of the narrower one are one sign: = ÷ i !
_SAME_SIGN_OVERLAP = 0.55
_SMALLEST_AREA_SHARE = 0.0006  # of the square of the line's height
_FAR_APART = 0.75  # of the line's height, upwards or downwards


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """One sign of a line.

    Attributes:
        pixels: (SIDE_PX, SIDE_PX) float32, 0 paper to 1 ink, scaled to fill the square.
        shape: (4,) float32: height, width, middle and bottom, in heights of a digit; the middle
            is 0 at the middle of a digit and grows downwards, the bottom is 0 at its foot.
        x_start: Left end, 0..1 of the line's width.
        x_end: Right end.
    """

    pixels: NDArray[np.float32]
    shape: NDArray[np.float32]
    x_start: float
    x_end: float


@dataclass(frozen=True, slots=True)
class Extent:
    """Bounding box in pixels, ends exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def cut_signs(grey: NDArray[np.uint8]) -> list[Sign]:
    """Cut a line, dark ink on light paper, (H, W) uint8, into signs from left to right."""
    darkness = _darkness(grey)
    groups = _groups(darkness)
    if not groups:
        return []
    top, bottom = _digit_band([extent for extent, _ in groups])
    width = grey.shape[1]
    return [
        Sign(
            pixels=_scaled_cut(own_ink),
            shape=shape_of(extent, top, bottom),
            x_start=extent.left / width,
            x_end=extent.right / width,
        )
        for extent, own_ink in groups
    ]


def shape_of(extent: Extent, top: float, bottom: float) -> NDArray[np.float32]:
    """`Sign.shape` of a box in a line whose digits reach from `top` to `bottom`."""
    digit = max(bottom - top, 1.0)
    middle = (extent.top + extent.bottom) / 2
    return np.array(
        [
            extent.height / digit,
            extent.width / digit,
            (middle - (top + bottom) / 2) / digit,
            (extent.bottom - bottom) / digit,
        ],
        dtype=np.float32,
    )


def scaled(darkness: NDArray[np.float32], extent: Extent) -> NDArray[np.float32]:
    """Cut a box out, scale its longer side to the square, centre it."""
    return _scaled_cut(darkness[extent.top : extent.bottom, extent.left : extent.right])


def _scaled_cut(cut: NDArray[np.float32]) -> NDArray[np.float32]:
    factor = _INNER_PX / max(cut.shape)
    height = max(1, round(cut.shape[0] * factor))
    width = max(1, round(cut.shape[1] * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(cut, (width, height), interpolation=method), dtype=np.float32)
    square = np.zeros((SIDE_PX, SIDE_PX), dtype=np.float32)
    y, x = (SIDE_PX - height) // 2, (SIDE_PX - width) // 2
    square[y : y + height, x : x + width] = small / max(float(small.max()), 1e-3)
    return square


def _darkness(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 paper to 1 ink, shadow taken out."""
    height = grey.shape[0]
    kernel = max(3, height // 3) | 1
    lightest = cv2.dilate(grey, np.ones((kernel, kernel), np.uint8))
    paper = cv2.blur(lightest, (kernel, kernel))
    dark = 1.0 - grey.astype(np.float32) / np.maximum(paper.astype(np.float32), 1.0)
    full = max(float(np.percentile(dark, 98.5)), 0.08)
    return np.clip(dark / full, 0.0, 1.0).astype(np.float32)


def _groups(darkness: NDArray[np.float32]) -> list[tuple[Extent, NDArray[np.float32]]]:
    """Connected strokes, those above one another joined: each box and the ink of its own in it."""
    height = darkness.shape[0]
    mask = (darkness > 0.35).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    smallest = max(4.0, _SMALLEST_AREA_SHARE * height * height)
    extents = {
        label: Extent(left, top, left + width, top + tall)
        for label, (left, top, width, tall, area) in enumerate(stats.tolist())
        if label > 0 and area >= smallest
    }
    members = _joined(extents, height)
    groups = []
    for labels_of_group, extent in members:
        box = np.s_[extent.top : extent.bottom, extent.left : extent.right]
        own = np.isin(labels[box], labels_of_group).astype(np.uint8)
        # The soft edge of a stroke belongs to it.
        soft = cv2.dilate(own, np.ones((3, 3), np.uint8))
        groups.append((extent, np.asarray(darkness[box] * soft, dtype=np.float32)))
    return groups


def _joined(extents: dict[int, Extent], height: int) -> list[tuple[list[int], Extent]]:
    members: list[tuple[list[int], Extent]] = []
    for label, extent in sorted(extents.items(), key=lambda item: item[1].left):
        for place in range(len(members) - 1, -1, -1):
            labels, other = members[place]
            shared = min(other.right, extent.right) - max(other.left, extent.left)
            apart = max(other.top, extent.top) - min(other.bottom, extent.bottom)
            if (
                shared >= _SAME_SIGN_OVERLAP * min(other.width, extent.width)
                and apart <= _FAR_APART * height
            ):
                members[place] = ([*labels, label], _union(other, extent))
                break
        else:
            members.append(([label], extent))
    return sorted(members, key=lambda member: member[1].left)


def _union(one: Extent, other: Extent) -> Extent:
    return Extent(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def _digit_band(extents: Sequence[Extent]) -> tuple[float, float]:
    """Top and foot of the digits: where most of the tall signs begin and end."""
    heights = np.array([extent.height for extent in extents])
    tall = heights >= 0.6 * np.percentile(heights, 75)
    tops = np.array([extent.top for extent in extents])[tall]
    bottoms = np.array([extent.bottom for extent in extents])[tall]
    return float(np.median(tops)), float(np.median(bottoms))
