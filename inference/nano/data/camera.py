"""What photographing does to ink on paper, and what taking light and ruling out again leaves.

`worn` imitates both, cheaply; `photographed` does both: paper, ruling, light, lens and compression
one after the other, then the very functions that clean a photo when the model serves
(`reader/ink.py`). `grained` adds what is left between the strokes.
"""

from __future__ import annotations

import math
import random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.nano.data.faces import DIGIT_PX
from inference.reader.ink import find_ink, remove_ruling

Cover = NDArray[np.uint8]

_PAPERS = ("plain", "plain", "ruled", "squared")


def worn(cover: Cover, rng: random.Random, noise: np.random.Generator) -> Cover:
    """Pen width, pressure, blur of the lens: dark ink on white."""
    change = rng.random()
    if change < 0.25:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        cover = np.asarray(cv2.dilate(cover, kernel), np.uint8)
    elif change < 0.35:
        cover = np.asarray(cv2.erode(cover, np.ones((2, 2), np.uint8)), np.uint8)
    dark: NDArray[Any] = cover.astype(np.float32) / 255
    if rng.random() < 0.7:
        pressure = rng.uniform(0.75, 1.05) + rng.uniform(0, 0.12) * smooth_noise(
            dark.shape, 60, noise
        )
        dark *= np.clip(pressure, 0.3, 1.1)
    dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), rng.uniform(0.4, 2.6)))
    level = max(float(np.percentile(dark[dark > 0.2], 85)) if (dark > 0.2).any() else 1.0, 0.3)
    # The cleaning stretches the ink to black, and its threshold eats or spares the pale edge.
    dark = np.clip(dark / level * rng.uniform(0.9, 1.15) - rng.choice((0, 0, 0.08)), 0, 1)
    return np.asarray(255 - 255 * dark, np.uint8)


def photographed(
    cover: Cover, rng: random.Random, noise: np.random.Generator, *, has_ruling: bool
) -> tuple[Cover, NDArray[np.float64]]:
    """Put ink on a sheet, photograph it and clean the photo as when the model serves.

    Args:
        cover: (H, W) ink, a digit about `DIGIT_PX` tall.
        rng: Decides all that varies.
        noise: The grain of paper and sensor.
        has_ruling: Whether the sheet may be ruled or squared.

    Returns:
        (H, W) dark ink on white; and the (3, 3) homography from places on `cover` to it, in pixels.
    """
    paper = rng.choice(_PAPERS) if has_ruling else "plain"
    across = down = round(DIGIT_PX * rng.uniform(0.3, 1.2))
    if paper == "squared":
        # Ruling is told from strokes by its length, and whole sheets have long lines both ways.
        down = max(down, round((0.4 * cover.shape[1] - cover.shape[0]) / 2))
    cover = np.pad(cover, ((down, down), (across, across)))
    dark = cover.astype(np.float32) / 255 * _pressure(cover.shape, rng, noise)
    ink_level = rng.uniform(0.35, 0.92)
    ruling_level = min(rng.uniform(0.08, 0.45), 0.6 * ink_level)
    page: NDArray[np.float32] = np.asarray(1 - ink_level * dark, np.float32)
    page = np.minimum(page, _sheet(cover.shape, paper, ruling_level, rng, noise))
    page, moved = _seen_askew(page, rng)
    page *= _light(page.shape, rng, noise)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 2.2)))
    page = page + rng.uniform(0.002, 0.03) * noise.standard_normal(page.shape, dtype=np.float32)
    photo = np.asarray(np.clip(page * rng.uniform(150, 250), 0, 255), np.uint8)
    _, coded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(40, 95)])
    photo = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR_RGB), np.uint8)
    ink = remove_ruling(find_ink(photo))
    shift = np.array([[1, 0, across], [0, 1, down], [0, 0, 1]], np.float64)
    return ink.as_gray(), moved @ shift


def _pressure(
    shape: tuple[int, int], rng: random.Random, noise: np.random.Generator
) -> NDArray[np.float32]:
    """How much of its darkness the pen gives: a pencil leaves the paper's grain white."""
    pressure = 1 + rng.uniform(0, 0.15) * smooth_noise(shape, 60, noise)
    if rng.random() < 0.35:
        pressure *= np.clip(0.85 + rng.uniform(0.1, 0.3) * smooth_noise(shape, 2.5, noise), 0.3, 1)
    return np.asarray(np.clip(pressure, 0.3, 1.0), np.float32)


def _sheet(
    shape: tuple[int, int],
    paper: str,
    ruling_level: float,
    rng: random.Random,
    noise: np.random.Generator,
) -> NDArray[np.float32]:
    """Bare paper, 1 where it is white and less by `ruling_level` on its lines."""
    height, width = shape
    sheet = np.ones(shape, np.float32)
    if paper != "plain":
        pitch = DIGIT_PX * (rng.uniform(1.3, 2.6) if paper == "ruled" else rng.uniform(0.8, 1.4))
        tone, thickness = 1 - ruling_level, rng.choice((1, 1, 2, 3))
        for y in np.arange(rng.uniform(0, pitch), height, pitch):
            cv2.line(sheet, (0, round(y)), (width, round(y)), tone, thickness, cv2.LINE_AA)
        if paper == "squared":
            for x in np.arange(rng.uniform(0, pitch), width, pitch):
                cv2.line(sheet, (round(x), 0), (round(x), height), tone, thickness, cv2.LINE_AA)
    sheet += rng.uniform(0, 0.012) * smooth_noise(shape, 5, noise)
    return sheet


def _seen_askew(
    page: NDArray[np.float32], rng: random.Random
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The sheet seen from a little aside, and the homography of that."""
    height, width = page.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    reach = 0.06 * min(height, width)
    seen = corners + np.array(
        [[rng.uniform(-reach, reach) for _ in range(2)] for _ in range(4)], np.float32
    )
    moved = np.asarray(cv2.getPerspectiveTransform(corners, seen), np.float64)
    warped = cv2.warpPerspective(page, moved, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32), moved


def _light(
    shape: tuple[int, int], rng: random.Random, noise: np.random.Generator
) -> NDArray[np.float32]:
    """Light that falls off to a side, clouds of it, and the edge of a shadow."""
    height, width = shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    along = (xs * math.cos(angle) + ys * math.sin(angle)) / max(height, width)
    light = 1 - rng.uniform(0, 0.5) * (along - along.min())
    light *= 1 + rng.uniform(0, 0.05) * smooth_noise(shape, 200, noise)
    if rng.random() < 0.3:
        edge = rng.uniform(float(along.min()), float(along.max()))
        soft = rng.uniform(0.004, 0.08)
        light *= 1 - rng.uniform(0.15, 0.55) / (1 + np.exp(np.clip((edge - along) / soft, -30, 30)))
    return np.asarray(np.clip(light, 0.15, 1.1), np.float32)


def grained(canvas: Cover, rng: random.Random, noise: np.random.Generator) -> Cover:
    """Add what noise, compression, paper and neighbours leave between the strokes."""
    dark = 1 - canvas.astype(np.float32) / 255
    height, width = dark.shape
    if rng.random() < 0.6:
        spread = rng.choice((0.01, 0.02, 0.05, 0.09))
        dark += spread * noise.standard_normal(dark.shape, dtype=np.float32)
    if rng.random() < 0.3:
        dark += rng.uniform(0.0, 0.08)
    if rng.random() < 0.12:
        # Rests of ruling: a thin pale line with gaps.
        for _ in range(rng.choice((1, 1, 2))):
            y = rng.uniform(0, height)
            line = np.zeros_like(dark)
            slope = rng.gauss(0, 0.01) * width
            cv2.line(line, (0, round(y)), (width, round(y + slope)), rng.uniform(0.15, 0.6), 1)
            line *= smooth_noise(dark.shape, 30, noise) > rng.uniform(-0.5, 1.0)
            dark = np.maximum(dark, line)
    if rng.random() < 0.1:
        for _ in range(rng.randint(1, 4)):
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            cv2.circle(dark, (round(x), round(y)), rng.choice((0, 1)), rng.uniform(0.3, 1.0), -1)
    if rng.random() < 0.12:
        # The line above or below reaches in: only the feet or heads of its signs are seen.
        is_above = rng.random() < 0.5
        for _ in range(rng.randint(2, 8)):
            x = rng.uniform(0, width)
            tall = rng.uniform(2, 6)
            ends = (0, tall) if is_above else (height - tall, height)
            lean = rng.gauss(0, 3)
            cv2.line(
                dark, (round(x), round(ends[0])), (round(x + lean), round(ends[1])),
                rng.uniform(0.6, 1.0), 2, cv2.LINE_AA,
            )  # fmt: skip
    out = np.asarray(255 - 255 * np.clip(dark, 0, 1), np.uint8)
    if rng.random() < 0.25:
        quality = rng.randint(35, 90)
        _, coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return out


def smooth_noise(
    shape: tuple[int, int], cell: float, noise: np.random.Generator
) -> NDArray[np.float32]:
    """Noise of unit variance that varies over about `cell` pixels."""
    rows, columns = (max(3, int(side / cell) + 2) for side in shape)
    coarse = noise.standard_normal((rows, columns), dtype=np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))
