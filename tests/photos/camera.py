"""Paper, light and lens: turns flat ink into something that looks photographed.

Everything works on float32 RGB arrays of shape (height, width, 3), values 0..255, and draws its
chances from a generator that it is given, so that a picture can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

FloatImage = NDArray[np.float32]
Rng = np.random.Generator

# What `photograph` knows how to do; papers, pens and rotations are handled by `sheet` and `make`.
CONDITIONS = frozenset({
    "perspective", "tilt", "curl", "desk", "shadow", "vignette", "blur", "noise",
})  # fmt: skip

_PENS = {
    "blue-pen": (38.0, 52.0, 140.0),
    "black-pen": (32.0, 32.0, 38.0),
    "pencil": (78.0, 78.0, 84.0),
}
_PRINT_INK = (28.0, 27.0, 28.0)


@dataclass(frozen=True)
class View:
    """What the camera frames: a rectangle on the sheet, in sheet pixels."""

    x: float
    y: float
    width: float
    height: float


def _smooth(shape: tuple[int, int], cell: float, rng: Rng) -> FloatImage:
    """Noise of unit variance that varies over about `cell` pixels."""
    rows, columns = (max(3, int(size / cell) + 2) for size in shape)
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    return cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def sheet(alpha: FloatImage, conditions: tuple[str, ...], rng: Rng, em_px: float) -> FloatImage:
    """Lay ink on paper.

    Args:
        alpha: Cover of ink, shape (height, width), 0..1.
        conditions: Names of paper (`ruled`, `squared`, else plain) and pen (else printer's ink).
        rng: Source of chance.
        em_px: Size of the writing, to which ruling is matched.
    """
    height, width = alpha.shape
    base = np.array([246, 243, 236], np.float32) + rng.uniform(-5, 5, 3).astype(np.float32)
    paper = np.broadcast_to(base, (height, width, 3)).astype(np.float32)
    texture = _smooth((height, width), 160, rng) * 1.6 + _smooth((height, width), 5, rng) * 1.3
    texture += rng.standard_normal((height, width)).astype(np.float32) * 1.6
    paper = paper + texture[..., None]
    paper = _rule(paper, conditions, rng, em_px)

    pen = next((_PENS[name] for name in conditions if name in _PENS), None)
    if pen is not None:
        alpha = _hand_pressed(alpha, rng, is_pencil="pencil" in conditions)
    else:
        worn = 0.94 + 0.03 * _smooth((height, width), 60, rng)
        alpha = alpha * np.clip(worn, 0.82, 1.0)
    ink = np.array(pen or _PRINT_INK, np.float32)
    return paper * (1 - alpha[..., None]) + ink * alpha[..., None]


def _rule(paper: FloatImage, conditions: tuple[str, ...], rng: Rng, em_px: float) -> FloatImage:
    height, width, _ = paper.shape
    step = em_px * (0.72 if "squared" in conditions else 1.5)
    colour = np.array([168, 190, 214], np.float32) + rng.uniform(-8, 8, 3).astype(np.float32)
    strength = np.zeros((height, width), np.float32)
    if "ruled" in conditions or "squared" in conditions:
        for y in np.arange(rng.uniform(0, step), height, step):
            cv2.line(strength, (0, int(y)), (width, int(y)), 0.75, 2, cv2.LINE_AA)
    if "squared" in conditions:
        for x in np.arange(rng.uniform(0, step), width, step):
            cv2.line(strength, (int(x), 0), (int(x), height), 0.75, 2, cv2.LINE_AA)
    return paper * (1 - strength[..., None]) + colour * strength[..., None]


def _hand_pressed(alpha: FloatImage, rng: Rng, *, is_pencil: bool) -> FloatImage:
    """Bend the strokes a little, so that equal glyphs differ, and press unevenly."""
    shape = alpha.shape
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    bent = cv2.remap(
        alpha,
        xs + 2.2 * _smooth(shape, 38, rng),
        ys + 2.2 * _smooth(shape, 38, rng),
        cv2.INTER_LINEAR,
    )
    # A threshold that wanders over a softened stroke makes it thinner here and thicker there.
    soft = cv2.GaussianBlur(bent, (0, 0), 2.0)
    level = 0.42 + 0.06 * _smooth(shape, 45, rng)
    stroke = np.clip((soft - level) / 0.25 + 0.5, 0, 1)
    pressure = np.clip(0.9 + 0.07 * _smooth(shape, 50, rng), 0.72, 1.0)
    if is_pencil:
        grain = np.clip(0.86 + 0.22 * _smooth(shape, 2.5, rng), 0.35, 1.0)
        return stroke * pressure * grain
    return stroke * pressure


def photograph(
    page: FloatImage, view: View, size: tuple[int, int], conditions: tuple[str, ...], rng: Rng
) -> NDArray[np.uint8]:
    """Take a picture of a sheet.

    Args:
        page: The sheet.
        view: What to frame. A corner may move by a few percent of the view.
        size: Width and height of the picture in pixels.
        conditions: Which of `CONDITIONS` apply.
        rng: Source of chance.

    Returns:
        The picture, shape (height, width, 3), uint8 RGB.
    """
    width, height = size
    map_x, map_y, bow = _lens(page, view, size, conditions, rng)
    desk = _desk((height, width), rng)
    light = page * 1.0
    inside = cv2.remap(
        np.ones(page.shape[:2], np.float32), map_x, map_y, cv2.INTER_LINEAR, borderValue=0
    )
    # Shrinking needs a low-pass first, as a real lens and sensor have.
    shrink = view.width / width
    if shrink > 1.2:
        light = cv2.GaussianBlur(light, (0, 0), 0.42 * shrink)
    shot = cv2.remap(light, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    shot = shot * inside[..., None] + desk * (1 - inside[..., None])
    shot *= bow[..., None]
    shot *= _illumination((height, width), conditions, rng)
    sigma = rng.uniform(1.7, 2.1) if "blur" in conditions else rng.uniform(0.45, 0.85)
    shot = cv2.GaussianBlur(shot, (0, 0), sigma)
    spread = rng.uniform(5.0, 7.0) if "noise" in conditions else rng.uniform(1.0, 2.2)
    luma = rng.standard_normal((height, width, 1)) * spread
    chroma = np.stack([_smooth((height, width), 3, rng) for _ in range(3)], -1) * spread * 0.35
    return np.clip(shot + luma + chroma, 0, 255).astype(np.uint8)


def growth(conditions: tuple[str, ...]) -> float:
    """By what factor the camera frames wider than the view that it was given."""
    if "desk" in conditions:
        return 1.5
    return 1.12 if "perspective" in conditions or "tilt" in conditions else 1.02


def _lens(
    page: FloatImage, view: View, size: tuple[int, int], conditions: tuple[str, ...], rng: Rng
) -> tuple[FloatImage, FloatImage, FloatImage]:
    """Where every pixel of the picture looks on the sheet, and the shading of the curled paper."""
    width, height = size
    corners = np.array(
        [
            [view.x, view.y],
            [view.x + view.width, view.y],
            [view.x + view.width, view.y + view.height],
            [view.x, view.y + view.height],
        ],
        np.float32,
    )
    centre = corners.mean(axis=0)
    degrees = rng.uniform(-0.8, 0.8)
    if "tilt" in conditions:
        degrees = float(rng.choice([-1, 1])) * rng.uniform(2.5, 6.0)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    # Framing a little wider makes up for what the turn would cut off.
    corners = (corners - centre) @ turn.T * growth(conditions) + centre
    if "perspective" in conditions:
        push = rng.uniform(0.045, 0.085)
        lean = push * view.width * rng.choice([-1, 1])
        # The far edge shows more of the sheet than the near one; a second, weaker lean sideways.
        corners[0, 0] -= lean
        corners[1, 0] += lean
        side = rng.uniform(-0.05, 0.05) * view.height
        corners[1, 1] -= side
        corners[2, 1] += side
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(target, corners.astype(np.float32))
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bow = np.ones((height, width), np.float32)
    if "curl" in conditions:
        reach = rng.uniform(0.014, 0.022) * width * rng.choice([-1, 1])
        start = rng.uniform(-0.6, 0.6)
        phase = np.pi * xs / width + start
        ys = (ys + reach * np.sin(phase)).astype(np.float32)
        bow += (0.09 * np.cos(phase)).astype(np.float32)
    points = np.stack([xs, ys, np.ones_like(xs)], -1) @ matrix.T.astype(np.float32)
    flat = (points[..., :2] / points[..., 2:]).astype(np.float32)
    return flat[..., 0], flat[..., 1], bow


def _desk(shape: tuple[int, int], rng: Rng) -> FloatImage:
    """A wooden table: long streaks along one direction."""
    height, width = shape
    brightness = 1.02 + rng.uniform(-20, 20, 3).mean() / 40
    tone = np.array([128, 96, 68], np.float32) * np.float32(brightness)
    streaks = cv2.resize(
        rng.standard_normal((max(4, height // 7), 6)).astype(np.float32), (width, height)
    )
    streaks += 0.5 * _smooth(shape, 90, rng)
    return tone + 11 * streaks[..., None]


def _illumination(shape: tuple[int, int], conditions: tuple[str, ...], rng: Rng) -> FloatImage:
    """Light falling on the scene: (height, width, 3) factors."""
    height, width = shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = xs / width - 0.5, ys / height - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0.04, 0.12)
    light = rng.uniform(0.84, 0.95) * (1 + slope * (u * np.cos(angle) + v * np.sin(angle)) * 2)
    if "shadow" in conditions:
        # The arm or the phone: one soft edge across the picture.
        edge = u * np.cos(angle + 2) + v * np.sin(angle + 2) + rng.uniform(-0.12, 0.12)
        edge += 0.03 * _smooth(shape, width / 3, rng)
        softness = rng.uniform(0.03, 0.09)
        depth = rng.uniform(0.28, 0.42)
        light = light * (1 - depth / (1 + np.exp(np.clip(-edge / softness, -30, 30))))
    if "vignette" in conditions:
        light = light * (1 - rng.uniform(0.7, 1.0) * (u**2 + v**2))
    blue = rng.uniform(0.9, 1.0)
    white = np.array([1.0, 0.45 + 0.55 * blue, blue], np.float32)
    return (light[..., None] * white).astype(np.float32)


def landscape(size: tuple[int, int], rng: Rng) -> NDArray[np.uint8]:
    """Hills under a sky: a picture that has nothing to do with homework."""
    width, height = size
    ys = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    scene = (1 - ys) * np.array([92, 148, 214], np.float32) + ys * np.array([226, 226, 214])
    scene = np.broadcast_to(scene, (height, width, 3)).astype(np.float32)
    clouds = np.clip(_smooth((height, width), width / 6, rng), 0, 2)[..., None]
    scene = scene + clouds * (1 - ys) * 34
    xs = np.arange(width)
    for level, tone in ((0.55, (120, 148, 150)), (0.66, (88, 124, 96)), (0.8, (58, 92, 54))):
        ridge = _smooth((3, width), width / 5, rng)[1] * height * 0.045 + level * height
        below = np.arange(height)[:, None] > ridge[xs][None, :]
        leaves = _smooth((height, width), 9, rng)[..., None] * 9
        scene = np.where(below[..., None], np.array(tone, np.float32) + leaves, scene)
    scene = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 1.0)
    scene += rng.standard_normal((height, width, 1)) * 3
    return np.clip(scene, 0, 255).astype(np.uint8)
