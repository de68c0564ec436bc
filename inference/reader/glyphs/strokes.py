"""How a hand writes signs: strokes, drawn anew each time, as no two writers make them alike.

Only for what learns to read; nothing here runs when a photo is read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Point = tuple[float, float]
# A stroke is a list of points in heights of a digit: x to the right, y downwards, 0 at the foot.
Strokes = list[list[Point]]

_JITTER = 0.03
_POINTS_BETWEEN = 6
_SKELETONS: dict[str, tuple[str, ...]] = {
    "0": (
        "30 100, 5 75, 2 30, 28 0, 55 28, 55 75, 28 100",
        "45 92, 12 88, 0 40, 28 0, 52 50, 40 98",
    ),
    "2": (
        "4 75, 28 100, 55 74, 36 38, 0 0; 0 0, 60 2",
        "4 72, 30 100, 54 75, 28 25, 8 4, 0 14, 12 20, 32 8, 62 4",
        "2 84, 28 99, 52 78, 42 48, 2 0; 2 0, 58 -2",
        "4 72, 24 99, 50 80, 34 40, 6 6, 30 8, 60 0",
    ),
    "3": (
        "4 86, 28 100, 50 78, 22 53; 22 53, 55 28, 26 0, 0 14",
        "3 98, 50 98; 50 98, 20 58; 20 58, 52 40, 44 6, 20 -3, 0 12",
        "6 90, 34 98, 44 74, 18 54, 50 40, 48 8, 22 -2, 0 10",
    ),
    "4": (
        "46 100, 0 34; 0 34, 64 34 / 46 100, 44 0",
        "10 98, 4 48; 4 48, 52 46 / 50 96, 46 -4",
        "14 95, 2 44, 20 40, 56 48 / 46 70, 40 0",
    ),
    "5": (
        "50 98, 10 98; 10 98, 6 58; 6 58, 34 62, 52 32, 30 0, 0 10",
        "8 97, 5 55; 5 55, 30 62, 52 32, 28 0, 0 8 / 8 97, 56 99",
        "50 96, 20 92, 8 62; 8 62, 40 58, 48 25, 20 0, 0 8",
        "10 95, 6 60, 40 58, 50 24, 24 -2, 2 6 / 12 96, 54 104",
    ),
    "6": (
        "42 98, 12 65, 2 28, 22 0, 48 22, 30 50, 4 30",
        "30 100, 8 55, 5 20, 25 -2, 45 18, 30 42, 8 28",
        "50 90, 35 100, 8 60, 5 20, 28 0, 52 25, 30 48, 6 25",
        "22 100, 4 30, 24 0, 44 16, 26 36, 6 18",
    ),
    "7": ("2 96, 54 100, 30 50, 20 0", "0 84, 4 98, 56 97, 24 0 / 16 48, 52 52"),
    "8": (
        "48 85, 28 100, 5 80, 28 52, 55 25, 28 0, 2 22, 28 52, 50 78, 46 90",
        "28 100, 8 78, 28 55, 48 78, 28 100 / 28 55, 2 27, 28 0, 55 27, 28 55",
        "52 92, 25 98, 8 75, 45 30, 25 0, 2 20, 50 86",
    ),
    "9": (
        "48 80, 25 100, 3 72, 22 50, 48 75; 48 75, 46 40, 38 0",
        "46 88, 20 98, 4 72, 24 52, 47 80; 47 80, 45 30, 25 0, 5 8",
        "50 75, 28 100, 2 75, 25 52, 50 80; 50 90, 50 0",
        "44 92, 14 94, 6 66, 34 58, 48 86, 34 30, 22 0",
    ),
    "a": (
        "45 50, 22 64, 0 32, 18 0, 42 25, 45 60 / 45 62, 44 10, 58 2",
        "42 58, 14 60, 0 22, 20 0, 40 40; 40 60, 42 4",
    ),
    "b": (
        "5 100, 3 0 / 4 40, 28 62, 48 32, 25 0, 4 10",
        "8 100, 2 10; 2 10, 22 0, 44 26, 28 54, 4 34",
    ),
    "c": ("48 52, 25 64, 2 30, 22 0, 50 12", "42 60, 14 58, 0 20, 20 -2, 46 8"),
    "d": (
        "45 52, 22 64, 0 30, 18 0, 44 22 / 46 100, 45 10, 56 0",
        "40 55, 8 52, 4 4, 40 20 / 44 98, 42 0",
    ),
    "e": ("4 32, 46 36; 46 36, 28 64, 2 30, 22 0, 48 12", "2 26, 36 36, 30 62, 4 40, 12 2, 46 6"),
    "f": (
        "48 90, 32 100, 22 75, 22 0 / 2 58, 46 58",
        "46 90, 32 100, 20 40, 14 -30, -4 -28 / 0 50, 42 54",
    ),
    "g": (
        "44 52, 20 64, 0 34, 20 4, 44 36; 46 62, 44 -20, 22 -40, 0 -28",
        "42 60, 10 58, 6 18, 38 30; 44 62, 34 -34, 4 -30",
    ),
    "h": ("4 100, 4 0 / 4 38, 26 62, 44 40, 44 0", "10 98, 2 0; 2 0, 26 58, 40 30, 50 2"),
    "i": ("8 62, 8 0 / 8 88, 9 91", "6 60, 4 8, 18 2 / 8 84, 12 90"),
    "j": ("22 62, 20 -20, 0 -38 / 22 86, 23 89",),
    "k": ("4 100, 4 0 / 44 62, 6 28 / 18 36, 48 0", "8 98, 2 0 / 40 60, 6 30; 6 30, 46 0"),
    "m": (
        "2 60, 2 0 / 2 40, 18 62, 28 42, 28 0 / 28 40, 46 62, 56 42, 56 0",
        "0 56, 6 60, 4 0; 4 0, 20 58, 28 30, 26 0; 26 0, 44 58, 52 30, 56 2",
    ),
    "n": ("2 62, 2 0 / 2 40, 24 63, 42 44, 42 0", "0 56, 6 60, 4 0; 4 0, 26 60, 36 30, 46 2"),
    "p": (
        "4 62, 4 -40 / 4 42, 28 64, 48 32, 26 0, 4 12",
        "8 60, -2 -38; -2 -38, 10 50, 40 56, 36 10, 6 8",
    ),
    "q": ("44 52, 22 64, 0 32, 20 0, 44 24 / 46 62, 45 -40; 45 -40, 60 -25",),
    "r": ("4 62, 4 0 / 4 38, 20 60, 42 56", "0 54, 8 60, 6 0; 6 0, 18 52, 38 58"),
    "s": ("42 54, 22 64, 6 46, 40 18, 20 0, 0 10",),
    "u": ("2 62, 4 12, 22 0, 40 20 / 42 62, 42 12, 54 2", "2 60, 4 4, 36 8, 42 60; 42 60, 44 2"),
    "v": ("0 62, 22 0; 22 0, 44 62", "0 58, 14 20, 22 0, 34 20, 44 64"),
    "w": (
        "0 62, 14 0; 14 0, 28 45; 28 45, 42 0; 42 0, 58 62",
        "0 60, 8 2, 26 10, 28 50; 28 50, 34 2, 52 10, 56 64",
    ),
    "%": ("60 95, 5 0 / 12 96, 2 82, 12 68, 22 82, 12 96 / 52 30, 40 14, 52 0, 64 14, 52 30",),
    "[": ("24 120, 0 120; 0 120, 0 -20; 0 -20, 24 -20",),
    "]": ("0 120, 24 120; 24 120, 24 -20; 24 -20, 0 -20",),
    "π": ("0 56, 60 60 / 18 58, 12 0 / 42 58, 42 8, 54 2",),
}
"""Ways to write a sign, in hundredths of the height of a digit, y upwards: `/` lifts the pen, `;`
turns a corner, and between commas it runs smoothly."""


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
    ways = _SKELETONS.get(sign, ())
    drawn = _letters_and_digits(sign, rng) if not ways or rng.random() < 0.5 else None
    if drawn is None and ways:
        return _written(ways[int(rng.integers(len(ways)))], rng)
    return drawn


def _written(skeleton: str, rng: np.random.Generator) -> Strokes:
    """A skeleton in one hand: wider or narrower, leaning, and never quite the same twice."""
    wide, tall, lean = rng.uniform(0.75, 1.3), rng.uniform(0.88, 1.1), rng.normal(0, 0.07)
    known: dict[str, Point] = {}

    def place(name: str) -> Point:
        if name not in known:
            x, y = np.array(name.split(), np.float64) / 100 + rng.normal(0, _JITTER, 2)
            known[name] = (float(x * wide + lean * y), float(-y * tall))
        return known[name]

    strokes: Strokes = []
    for path in skeleton.split("/"):
        pieces = [[name.strip() for name in piece.split(",")] for piece in path.split(";")]
        strokes.append(
            [point for names in pieces for point in _smooth([place(name) for name in names])]
        )
    return strokes


def _smooth(points: Sequence[Point]) -> list[Point]:
    """A Catmull-Rom spline through the points; a ring when it ends where it began."""
    if len(points) == 2:
        return list(points)
    inner = np.array(points)
    is_ring = points[0] == points[-1]
    first = inner[-2] if is_ring else 2 * inner[0] - inner[1]
    last = inner[1] if is_ring else 2 * inner[-1] - inner[-2]
    path = np.vstack([first, inner, last])
    t = np.linspace(0, 1, _POINTS_BETWEEN, endpoint=False)[:, None]
    curve = [
        b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        for a, b, c, d in zip(path, path[1:], path[2:], path[3:], strict=False)
    ]
    return [(float(x), float(y)) for x, y in np.vstack([*curve, inner[-1:]])]


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
