"""Draws written signs for training: strokes of our own and glyphs of handwriting fonts, jittered.

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

CLASSES: tuple[str, ...] = tuple("0123456789abcdefghijkmnpqrstuvwxyz+-×*·÷/=().,<>!?")
"""What a sign can be. o and l are not told from 0 and 1."""

_DIGIT_PX = 48
_CANVAS_PX = 192
_FOOT_PX = 126
_LEFT_PX = 72
_OWN_STROKES_SHARE = 0.5

Point = tuple[float, float]
# A stroke is a list of points in heights of a digit: x to the right, y downwards, 0 at the foot.
Strokes = list[list[Point]]


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


# -- strokes ----------------------------------------------------------------------------------


def _curve(*points: Point) -> list[Point]:
    """A Bézier curve through its first and last point."""
    control = np.array(points)
    order = len(points) - 1
    t = np.linspace(0, 1, 20)[:, None]
    total = sum(
        math.comb(order, i) * (1 - t) ** (order - i) * t**i * control[i] for i in range(order + 1)
    )
    return [(float(x), float(y)) for x, y in np.asarray(total)]


def strokes_of(sign: str, rng: np.random.Generator) -> Strokes | None:
    """How a hand writes `sign`, in heights of a digit with 0 at its foot; None for signs that only
    fonts draw."""

    def about(value: float, spread: float = 0.06) -> float:
        return value + float(rng.uniform(-spread, spread))

    middle = about(-0.45, 0.1)
    wide = float(rng.uniform(0.4, 0.75))
    if sign == "-":
        return [[(0, about(middle)), (float(rng.uniform(0.25, 0.8)), about(middle))]]
    if sign == "+":
        tall = float(rng.uniform(0.35, 0.7))
        across = [(0.0, about(middle)), (wide, about(middle))]
        lean = about(0, 0.08)
        down = [(wide / 2 + lean, middle - tall / 2), (wide / 2 - lean / 2, middle + tall / 2)]
        return [across, down]
    if sign == "=":
        gap, lean = float(rng.uniform(0.08, 0.2)), about(0, 0.15)
        return [
            [(about(0), middle - gap), (about(wide, 0.1), middle - gap + lean)],
            [(about(0), middle + gap), (about(wide, 0.1), middle + gap + lean)],
        ]
    if sign == "÷":
        gap = float(rng.uniform(0.17, 0.3))
        line = [(0.0, about(middle, 0.04)), (wide, about(middle, 0.04))]
        return [line, _dot(wide / 2, middle - gap, rng), _dot(about(wide / 2), middle + gap, rng)]
    if sign == "×":
        size = float(rng.uniform(0.3, 0.6))
        return _cross(size, size * float(rng.uniform(0.85, 1.2)), middle, rng)
    if sign == "·":
        return [_dot(0.1, about(-0.42, 0.12), rng)]
    if sign == ".":
        return [_dot(0.1, about(-0.04, 0.06), rng)]
    if sign == ",":
        return [[(0.1, about(-0.08)), (about(0.04, 0.04), about(0.16))]]
    if sign == "*":
        return _star(float(rng.uniform(0.25, 0.5)), about(-0.5, 0.18), rng)
    if sign == "/":
        lean = float(rng.uniform(0.22, 0.75))
        above, below = float(rng.uniform(-0.05, 0.5)), float(rng.uniform(-0.1, 0.5))
        return [[(lean, -1 - above), (0, below)]]
    if sign in "()":
        bulge, tall = float(rng.uniform(0.12, 0.45)), float(rng.uniform(1.0, 1.6))
        top = middle - tall / 2
        arc = _curve((bulge, top), (-bulge, top + tall * 0.3), (-bulge, top + tall * 0.7),
                     (about(bulge), top + tall))  # fmt: skip
        return [arc if sign == "(" else [(-x, y) for x, y in arc]]
    if sign in "<>":
        tip = [(0.55, middle - 0.25), (0.0, middle), (0.55, middle + 0.25)]
        return [tip if sign == "<" else [(-x, y) for x, y in tip]]
    return _letters_and_digits(sign, rng)


def _letters_and_digits(sign: str, rng: np.random.Generator) -> Strokes | None:
    def about(value: float, spread: float = 0.06) -> float:
        return value + float(rng.uniform(-spread, spread))

    style = rng.random()
    if sign == "1":
        lean = float(rng.uniform(-0.05, 0.22))
        down = [(lean, -1.0), (0.0, 0.0)]
        if style < 0.5:
            return [down]
        flag = [(lean - float(rng.uniform(0.12, 0.35)), about(-0.72, 0.1)), (lean, -1.0)]
        base = [(-0.22, about(0, 0.03)), (0.22, about(0, 0.03))]
        return [flag, down, base] if style > 0.85 else [flag, down]
    if sign == "7":
        lean = float(rng.uniform(0.1, 0.45))
        top = [(0.0, about(-0.95)), (0.55, -1.0), (0.55 - lean, 0.0)]
        bar = [(0.15, about(-0.5)), (0.6, about(-0.52))]
        return [top, bar] if style < 0.45 else [top]
    if sign == "4":
        left = [(about(0.2), -1.0), (0.0, about(-0.4)), (0.65, about(-0.36))]
        right = [(about(0.45), about(-0.7, 0.25)), (about(0.42), about(0.05, 0.08))]
        return [left, right]
    if sign == "0":
        ring = [
            (0.3 + 0.3 * math.cos(a), -0.5 + 0.5 * math.sin(a))
            for a in np.linspace(-1.6, about(4.7, 0.3), 30)
        ]
        return [ring, [(0.05, 0.0), (0.55, -1.0)]] if style < 0.08 else [ring]
    if sign == "x":
        return _written_x(rng)
    if sign == "t":
        stem = [(0.25, about(-0.9, 0.1)), (0.25, -0.15)]
        hook = _curve((0.25, -0.15), (0.27, about(0.05)), (0.45, 0.02), (about(0.52), -0.14))
        bar_y = about(-0.6, 0.08)
        bar = [(about(0.02), bar_y), (about(0.5), about(bar_y, 0.04))]
        return [stem, hook, bar] if style < 0.8 else [[*stem, (0.25, 0.0)], bar]
    if sign == "z":
        head = about(-0.62, 0.1)
        zig = [(0.0, head), (about(0.48), about(head, 0.03)), (about(0.02, 0.03), 0.0), (0.52, 0.0)]
        bar = [(0.1, about(-0.3)), (0.42, about(-0.34))]
        return [zig, bar] if style < 0.3 else [zig]
    if sign == "y":
        left = _curve((0.0, -0.62), (0.02, -0.2), (0.2, about(-0.1)), (0.38, -0.3))
        right = _curve((0.42, -0.65), (0.4, -0.1), (0.36, 0.35), (about(0.05, 0.1), about(0.38)))
        if style < 0.5:
            return [left, right]
        return [[(0.0, -0.62), (0.24, about(-0.1))], [(0.48, -0.66), (about(0.04), 0.36)]]
    return None


def _written_x(rng: np.random.Generator) -> Strokes:
    """The x of school: two arcs back to back, or a curve and a line, or a plain cross."""
    wide, tall = float(rng.uniform(0.4, 0.65)), float(rng.uniform(0.45, 0.75))
    style = rng.random()
    if style < 0.5:
        meet = float(rng.uniform(0.45, 0.75))
        left = _curve((0, -tall * 0.9), (wide * meet, -tall * 1.15), (wide * meet, tall * 0.12),
                      (0, -tall * float(rng.uniform(0, 0.15))))  # fmt: skip
        right = _curve((wide, -tall * float(rng.uniform(0.85, 1.05))),
                       (wide * (1 - meet), -tall * 1.1), (wide * (1 - meet), tall * 0.12),
                       (wide, -tall * float(rng.uniform(0, 0.15))))  # fmt: skip
        return [left, right]
    if style < 0.75:
        curve = _curve((0, -tall * 0.85), (wide * 0.35, -tall * 1.25), (wide * 0.6, tall * 0.25),
                       (wide, -tall * 0.12))  # fmt: skip
        return [curve, [(wide * 0.95, -tall), (0, 0)]]
    return _cross(wide, tall, -tall / 2, rng)


def _cross(wide: float, tall: float, middle: float, rng: np.random.Generator) -> Strokes:
    shift = [float(value) for value in rng.uniform(-0.05, 0.05, 4)]
    return [
        [(0, middle - tall / 2 + shift[0]), (wide, middle + tall / 2 + shift[1])],
        [(wide, middle - tall / 2 + shift[2]), (0, middle + tall / 2 + shift[3])],
    ]


def _star(size: float, middle: float, rng: np.random.Generator) -> Strokes:
    turn = float(rng.uniform(0, math.pi))
    strokes: Strokes = []
    for ray in range(3):
        angle = turn + math.pi / 3 * ray + float(rng.uniform(-0.25, 0.25))
        length = size / 2 * float(rng.uniform(0.75, 1.1))
        dx, dy = length * math.cos(angle), length * math.sin(angle)
        strokes.append([(size / 2 - dx, middle - dy), (size / 2 + dx, middle + dy)])
    return strokes


def _dot(x: float, y: float, rng: np.random.Generator) -> list[Point]:
    """A dot, or the small ring that some write instead."""
    if rng.random() < 0.8:
        return [(x, y), (x + float(rng.uniform(0, 0.04)), y + float(rng.uniform(0, 0.04)))]
    radius = float(rng.uniform(0.03, 0.08))
    return [
        (x + radius * math.cos(a), y + radius * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 9)
    ]
