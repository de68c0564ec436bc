"""Draws written signs for training: strokes as hands make them and glyphs of handwriting fonts.

Only for `train`; nothing here runs when a photo is read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inference.reader.glyphs.segment import Extent, scaled, shape_of
from inference.reader.glyphs.strokes import Strokes, strokes_of

CLASSES: tuple[str, ...] = tuple("0123456789abcdefghijkmnpqrstuvwxyz+-×*·÷/=().,<>!?")
"""What a sign can be. o and l are not told from 0 and 1."""

_DIGIT_PX = 48
_CANVAS_PX = 192
_FOOT_PX = 126
_LEFT_PX = 72
_OWN_STROKES_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class FontFace:
    """A font scaled so that its digits are `_DIGIT_PX` tall."""

    face: ImageFont.FreeTypeFont
    foot_px: int
    path: Path


def load_fonts(paths: Sequence[Path]) -> list[FontFace]:
    """Load fonts; those without digits are left out."""
    fonts = []
    for path in paths:
        trial = ImageFont.truetype(str(path), 100)
        _, top, _, bottom = trial.getbbox("8")
        if bottom - top < 20:
            continue
        face = ImageFont.truetype(str(path), round(100 * _DIGIT_PX / (bottom - top)))
        fonts.append(FontFace(face, int(face.getbbox("8")[3]), path))
    return fonts


def draw_sign(
    sign: str, fonts: Sequence[FontFace], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw one sample: `Sign.pixels` and `Sign.shape`."""
    strokes = None
    if rng.random() < _OWN_STROKES_SHARE:
        strokes = strokes_of(sign, rng)
    canvas = Image.new("L", (_CANVAS_PX, _CANVAS_PX), 0)
    if strokes is not None:
        _draw_strokes(canvas, strokes, rng)
    else:
        _draw_glyph(canvas, sign, fonts, rng)
    dark = _distorted(np.asarray(canvas, dtype=np.float32) / 255.0, rng)
    extent = _extent(dark)
    if extent is None:
        return draw_sign(sign, fonts, rng)
    # The band of the digits is estimated from neighbours, so it is never quite right.
    top = _FOOT_PX - _DIGIT_PX * rng.uniform(0.85, 1.2)
    bottom = _FOOT_PX + _DIGIT_PX * rng.uniform(-0.1, 0.12)
    return scaled(dark, extent), shape_of(extent, top, bottom)


def _draw_strokes(canvas: Image.Image, strokes: Strokes, rng: np.random.Generator) -> None:
    pen = ImageDraw.Draw(canvas)
    width = max(2, round(_DIGIT_PX * rng.uniform(0.04, 0.14)))
    size = _DIGIT_PX * rng.uniform(0.85, 1.15)
    for stroke in strokes:
        points = [(_LEFT_PX + x * size, _FOOT_PX + y * size) for x, y in stroke]
        pen.line(points, fill=255, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            half = width / 2
            pen.ellipse([x - half, y - half, x + half, y + half], fill=255)


def _draw_glyph(
    canvas: Image.Image, sign: str, fonts: Sequence[FontFace], rng: np.random.Generator
) -> None:
    font = fonts[int(rng.integers(len(fonts)))]
    ImageDraw.Draw(canvas).text((_LEFT_PX, _FOOT_PX - font.foot_px), sign, font=font.face, fill=255)


def _distorted(dark: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Slant, turn and stretch a little; bend; thicken or thin; blur and lose detail."""
    size = dark.shape[0]
    angle = math.radians(rng.normal(0, 4))
    slant = rng.normal(0, 0.1)
    wide, tall = rng.uniform(0.82, 1.2), rng.uniform(0.9, 1.1)
    matrix = np.array(
        [
            [wide * math.cos(angle), slant - math.sin(angle), 0.0],
            [math.sin(angle), tall * math.cos(angle), 0.0],
        ]
    )
    anchor = np.array([_LEFT_PX + 18.0, float(_FOOT_PX)])
    matrix[:, 2] = anchor - matrix[:, :2] @ anchor
    turned = cv2.warpAffine(dark, matrix, (size, size))
    bend = rng.uniform(0, 2.1)
    grid_x, grid_y = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size))
    offsets = [
        cv2.resize(rng.normal(0, bend, (9, 9)).astype(np.float32), (size, size)) for _ in range(2)
    ]
    bent = cv2.remap(
        turned,
        (grid_x + offsets[0]).astype(np.float32),
        (grid_y + offsets[1]).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    kernel = np.ones((int(rng.integers(1, 4)),) * 2, np.uint8)
    choice = rng.random()
    if choice < 0.35:
        bent = cv2.dilate(bent, kernel)
    elif choice < 0.5:
        thinner = cv2.erode(bent, np.ones((2, 2), np.uint8))
        bent = thinner if thinner.max() > 0.5 else bent
    factor = rng.uniform(0.4, 1.0)
    small = cv2.resize(bent, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.1))
    back = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(back / max(float(back.max()), 1e-3), 0, 1), dtype=np.float32)


def _extent(dark: NDArray[np.float32]) -> Extent | None:
    ys, xs = np.nonzero(dark > 0.35)
    if len(xs) < 4:
        return None
    return Extent(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
