"""Pictures that are outside of the model's range: stories, drawings, other subjects, blank paper.

What the model is to write about them is one word, `tokens.OUT_OF_RANGE`; the next engine of the
chain takes over.
"""

from __future__ import annotations

import math
import random

import numpy as np

from inference.nano.canvas import CELL_PX, MAX_HEIGHT_PX, MAX_WIDTH_PX
from inference.nano.data.camera import Cover, grained
from inference.nano.data.drawing import Drawing, draw_lines, draw_strokes
from inference.nano.data.faces import Face
from inference.types import Language

Points = list[tuple[float, float]]

_NAMES = ("Tom", "Anna", "Li Wei", "Maria", "Omar", "A farmer", "The teacher", "A shop")
_ZH_NAMES = ("小明", "小红", "老师", "一个农民", "商店")
_THINGS = ("apples", "books", "pencils", "marbles", "tickets", "coins", "bags of rice")
_ZH_THINGS = ("个苹果", "本书", "支铅笔", "张票", "颗糖")
_OTHER_FORMULAS = (
    "H2O + CO2 → H2CO3", "2 Na + Cl2 → 2 NaCl", "F = m a", "E = m c^2", "v = s / t",
    "CH4 + 2 O2", "A ∪ B", "p → q", "f: R → R", "AB || CD", "DNA", "DE = 5 cm",
)  # fmt: skip


def draw_elsewhere(face: Face, language: Language, rng: random.Random, fallback: Face) -> Drawing:
    """A picture that shows no exercise of `problems.TOPICS`.

    Args:
        face: For its words.
        language: Of its words.
        rng: Decides what it is.
        fallback: Where signs come from that the face lacks.

    Raises:
        ValueError: The faces lack a sign of it.
    """
    kind = rng.choices(("story", "sketch", "blank", "other"), (0.5, 0.25, 0.1, 0.15))[0]
    if kind == "story":
        return draw_lines(_story(language, rng), face, rng, fallback=fallback)
    if kind == "other":
        return draw_lines([rng.choice(_OTHER_FORMULAS)], face, rng, fallback=fallback)
    if kind == "sketch":
        return draw_strokes(_sketch(rng), rng)
    return Drawing(_blank(rng), ())


def _story(language: Language, rng: random.Random) -> list[str]:
    """One to four lines of a word problem, cut anywhere, as a crop cuts it."""
    a, b, c = (rng.randint(2, 99) for _ in range(3))
    if language == "zh":
        who, thing = rng.choice(_ZH_NAMES), rng.choice(_ZH_THINGS)
        text = rng.choice(
            (
                f"{who}有{a}{thing}，又买了{b}{thing}，一共有多少{thing}？",
                f"一列火车每小时行{a}千米，{b}小时行多少千米？",
                f"长方形的长是{a}厘米，宽是{b}厘米，面积是多少？",
                f"{who}把{a}{thing}平均分给{b}个人，每人几{thing}？",
                f"读一读下面的句子，写出第{c}个字。",
            )
        )
        size = rng.randint(7, 14)
        lines = [text[start : start + size] for start in range(0, len(text), size)]
    else:
        who, thing = rng.choice(_NAMES), rng.choice(_THINGS)
        text = rng.choice(
            (
                f"{who} has {a} {thing} and buys {b} more. How many {thing} are there now?",
                f"A train goes {a} km in {b} hours. How far does it go in {c} hours?",
                f"{who} sells {a} {thing} for {b} each. How much money is that?",
                f"A rectangle is {a} cm long and {b} cm wide. What is its area?",
                f"{who} is {a} years old. In {b} years, how old will {who} be?",
                f"The sum of two numbers is {a}. One of them is {b}. Find the other number.",
                f"Write a short letter to your friend about page {c}.",
                f"Read chapter {a} and answer the questions.",
            )
        )
        lines, wide = [""], rng.randint(16, 34)
        for word in text.split():
            if lines[-1] and len(lines[-1]) + len(word) > wide:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
    first = rng.randrange(len(lines))
    return lines[first : first + rng.randint(1, 4)]


def _arc(x: float, y: float, radius: float, begin: float, end: float) -> Points:
    turns = np.linspace(begin, end, 24)
    return [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in turns]


def _sketch(rng: random.Random) -> list[Points]:
    """Polylines of a figure or of a scribble, in heights of a digit."""
    wide, tall = rng.uniform(4, 16), rng.uniform(2, 5)

    def point() -> tuple[float, float]:
        return rng.uniform(0, wide), rng.uniform(0, tall)

    def polygon() -> list[Points]:
        corners = [point() for _ in range(rng.choice((3, 3, 4)))]
        return [[*corners, corners[0]]]

    def circles() -> list[Points]:
        return [
            _arc(*point(), rng.uniform(0.5, 2), 0, rng.choice((math.pi, 2 * math.pi)))
            for _ in range(rng.randint(1, 4))
        ]

    def axes() -> list[Points]:
        shift, bend = rng.uniform(0, 6), rng.uniform(0.2, 1.2)
        curve = [
            (x, tall / 2 - math.sin(bend * x + shift) * tall / 2) for x in np.linspace(0, wide, 40)
        ]
        return [[(0, tall / 2), (wide, tall / 2)], [(wide / 2, 0), (wide / 2, tall)], curve]

    def scribble() -> list[Points]:
        at = point()
        line = [at]
        for _ in range(rng.randint(10, 60)):
            at = (
                min(max(at[0] + rng.gauss(0, 0.7), 0), wide),
                min(max(at[1] + rng.gauss(0, 0.5), 0), tall),
            )
            line.append(at)
        return [line]

    def box() -> list[Points]:
        depth = rng.uniform(0.4, 1.5)
        front = [(0, depth), (wide / 2, depth), (wide / 2, tall), (0, tall), (0, depth)]
        back = [(x + depth, y - depth) for x, y in front]
        edges = [[a, b] for a, b in zip(front[:4], back[:4], strict=True)]
        return [front, back, *edges]

    return rng.choice((polygon, circles, axes, scribble, box))()


def _blank(rng: random.Random) -> Cover:
    """Paper without ink, with what cleaning leaves of its grain and ruling."""
    rows = rng.randint(2, min(5, MAX_HEIGHT_PX // CELL_PX))
    columns = 2 * rng.randint(2, MAX_WIDTH_PX // CELL_PX // 2)
    paper = np.full((rows * CELL_PX, columns * CELL_PX), 255, np.uint8)
    return grained(paper, rng, np.random.default_rng(rng.getrandbits(32)))
