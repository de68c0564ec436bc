"""The picture that the model sees: dark ink on white, a digit about `DIGIT_PX` tall.

Training draws it and serving cuts it out of a photo, both through `to_canvas`, so that the model
meets what it learnt. Lighting, paper and its ruling are gone by then (`reader/ink.py`); both sides
are multiples of the 28 pixels that one visual token covers.
"""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Gray = NDArray[np.uint8]

CELL_PX = 28
"""Side of what one visual token covers: two patches of 14 pixels."""

DIGIT_PX = 24.0
MARGIN_PX = 12.0
WIDTH_STEP_PX = 2 * CELL_PX
"""Widths come in twos of tokens: fewer shapes make fuller batches."""

_INKED = 160
_RIM_PX = 3

MAX_WIDTH_PX = 24 * CELL_PX
MAX_HEIGHT_PX = 7 * CELL_PX
MIN_WIDTH_PX = 4 * CELL_PX
MIN_HEIGHT_PX = 2 * CELL_PX


def to_canvas(ink: Gray, digit_px: float, offset: tuple[float, float] = (0.5, 0.5)) -> Gray:
    """Scale a question so that its digits are as tall as in training, and pad it.

    Args:
        ink: (H, W) dark ink on white, cut to the ink.
        digit_px: Height of its digits.
        offset: Where the rest of the canvas goes, 0 for all of it to the right and below.

    Returns:
        (H, W) of multiples of `CELL_PX`, at most `MAX_HEIGHT_PX` by `MAX_WIDTH_PX`: a question that
        is too large comes smaller.
    """
    height, width = ink.shape
    scale = canvas_scale((height, width), digit_px)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink, size, interpolation=method)
    rows, columns = canvas_size((size[1], size[0]))
    canvas = np.full((rows, columns), 255, np.uint8)
    top = round((rows - size[1]) * offset[0])
    left = round((columns - size[0]) * offset[1])
    canvas[top : top + size[1], left : left + size[0]] = small
    return canvas


def canvas_scale(shape: tuple[int, int], digit_px: float) -> float:
    """By what `to_canvas` scales ink of (height, width)."""
    height, width = shape
    return min(
        DIGIT_PX / digit_px,
        (MAX_WIDTH_PX - 2 * MARGIN_PX) / width,
        (MAX_HEIGHT_PX - 2 * MARGIN_PX) / height,
    )


def canvas_size(shape: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the canvas for scaled ink of (height, width)."""
    height, width = (
        int(-(-(side + 2 * MARGIN_PX) // step)) * step
        for side, step in zip(shape, (CELL_PX, WIDTH_STEP_PX), strict=True)
    )
    return max(height, MIN_HEIGHT_PX), max(width, MIN_WIDTH_PX)


def encode_canvas(canvas: Gray) -> bytes:
    """A canvas as an engine takes photos: an RGB PNG, which loses nothing."""
    out = io.BytesIO()
    Image.fromarray(canvas).convert("RGB").save(out, "PNG")
    return out.getvalue()


def zoomed(canvas: bytes, by: float) -> bytes:
    """An encoded canvas with the same ink so much larger, as far as there is room."""
    with Image.open(io.BytesIO(canvas)) as opened:
        gray = np.asarray(opened.convert("L"), np.uint8)
    rows, columns = np.nonzero(gray < _INKED)
    if rows.size:
        top, left = max(int(rows.min()) - _RIM_PX, 0), max(int(columns.min()) - _RIM_PX, 0)
        gray = gray[top : int(rows.max()) + _RIM_PX + 1, left : int(columns.max()) + _RIM_PX + 1]
    return encode_canvas(to_canvas(gray, DIGIT_PX / by))
