"""Finds the sheet of paper on a photo, so that the table around it is not searched for writing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.reader.ink import Gray, Mask

_SMALL_SIDE_PX = 240
_MIN_AREA = 0.1
_MAX_AREA = 0.93
_MIN_CONTRAST = 30.0
# Share of the way around the sheet along which brightness must fall at once.
_MIN_SHARP_SHARE = 0.7
# Least share of its brightness by which paper outshines the table at its edge.
_LEAST_FALL = 0.1
_EDGE_SHARE = 0.015


def find_sheet(rgb: Gray) -> Mask | None:
    """The inside of a bright four-sided sheet before darker surroundings.

    None when the photo shows paper only, or when what is bright may be light rather than a sheet:
    a sheet has at least two straight edges inside the picture and its border is sharp, a shadow's
    is not four-sided, a vignette's is soft.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W) bool, true on the sheet a little inside its edge, or None.
    """
    height, width = rgb.shape[:2]
    scale = _SMALL_SIDE_PX / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    # Paper is bright in all colours, wood and cloth are not. Writing is closed over.
    closed = cv2.morphologyEx(small.min(axis=2), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    bright = np.asarray(cv2.medianBlur(closed, 5), dtype=np.uint8)
    dark, light = (float(value) for value in np.percentile(bright, (3, 97)))
    if light - dark < _MIN_CONTRAST:
        return None
    # A shadow across the sheet may be nearer to the table than to the lit paper, so no single
    # threshold serves: of the sheets that several give, a large one with a sharp edge is taken.
    best: tuple[float, NDArray[np.float32]] | None = None
    for share in np.linspace(0.15, 0.75, 13):
        found = _sheet_above(bright, dark + float(share) * (light - dark))
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    corners = best[1]
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.fillConvexPoly(inside, np.round(corners / scale).astype(np.int32), 1)
    margin = max(3, round(_EDGE_SHARE * max(height, width)))
    eroded = cv2.erode(
        inside,
        np.ones((2 * margin + 1, 2 * margin + 1), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=1.0,
    )
    return np.asarray(eroded > 0, dtype=np.bool_)


def _sheet_above(
    bright: NDArray[np.uint8], threshold: float
) -> tuple[float, NDArray[np.float32]] | None:
    """The sheet among what is brighter than `threshold`: how well it is told, and corners."""
    is_paper = bright > threshold
    if is_paper.all() or not is_paper.any():
        return None
    binary = np.asarray(np.where(is_paper, 255, 0), dtype=np.uint8)
    opened = cv2.morphologyEx(binary, cv2.MORPH_OPEN, np.ones((11, 11), np.uint8))
    corners = _four_corners(np.asarray(opened, dtype=np.uint8))
    if corners is None:
        return None
    height, width = bright.shape
    if not _MIN_AREA < float(cv2.contourArea(corners)) / (width * height) < _MAX_AREA:
        return None
    inside = np.zeros_like(bright)
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 1)
    on_sheet, around = bright[inside > 0], bright[inside == 0]
    if float(np.median(on_sheet)) - float(np.median(around)) < _MIN_CONTRAST:
        return None
    if _num_inner_edges(corners, (width, height)) < 2:
        return None
    fall, sharp_share = _fall_at_edge(bright, corners)
    if sharp_share < _MIN_SHARP_SHARE:
        return None
    return fall * float(cv2.contourArea(corners)), corners


def _four_corners(binary: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Corners (4, 2) of the largest bright region, if it is a four-sided one."""
    contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    hull_area = float(cv2.contourArea(hull))
    if hull_area <= 0 or float(cv2.contourArea(largest)) < 0.88 * hull_area:
        return None
    perimeter = float(cv2.arcLength(hull, True))
    for tolerance in (0.02, 0.03, 0.045, 0.06):
        polygon = cv2.approxPolyDP(hull, tolerance * perimeter, True)
        if len(polygon) == 4:
            if float(cv2.contourArea(polygon)) < 0.88 * hull_area:
                return None
            return np.asarray(polygon.reshape(4, 2), dtype=np.float32)
    return None


def _num_inner_edges(corners: NDArray[np.float32], size: tuple[int, int]) -> int:
    """Edges of the sheet that run inside the picture, not along its border."""
    width, height = size
    count = 0
    for index in range(4):
        middle = (corners[index] + corners[(index + 1) % 4]) / 2
        from_border = min(middle[0], middle[1], width - 1 - middle[0], height - 1 - middle[1])
        count += int(from_border > 0.02 * max(size))
    return count


def _fall_at_edge(bright: NDArray[np.uint8], corners: NDArray[np.float32]) -> tuple[float, float]:
    """Mean relative fall of brightness across the sheet's edges inside the picture, and the share
    of the way around along which it falls enough."""
    height, width = bright.shape
    centre = corners.mean(axis=0)
    falls = []
    for index in range(4):
        start, end = corners[index], corners[(index + 1) % 4]
        for share in np.linspace(0.1, 0.9, 17):
            point = start + (end - start) * share
            outward = (point - centre) / max(float(np.linalg.norm(point - centre)), 1e-6)
            outer, inner = point + 5 * outward, point - 5 * outward
            if not (0 <= outer[0] < width and 0 <= outer[1] < height):
                continue
            level = float(bright[int(inner[1]), int(inner[0])])
            falls.append((level - float(bright[int(outer[1]), int(outer[0])])) / max(level, 1.0))
    if not falls:
        return 0.0, 0.0
    return float(np.mean(falls)), sum(fall > _LEAST_FALL for fall in falls) / len(falls)
