"""Sets a formula in two dimensions: fractions, powers, roots, several lines.

The unit is the height of a digit; x grows to the right, y downwards, 0 is the baseline. What comes
out is a list of marks, each a character or a stroke with its place, for `drawing` to ink. The
formula is LaTeX as the rule engine prints it. How a thing is set varies as it does between books
and hands: `Style` draws that from a generator.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S|\s+")
_COLUMN = re.compile(r"[\d.]+(?:(?: [+-] [\d.]+)+| \\times [\d.]+)")
_WORDS = {"sin", "cos", "tan", "ln", "log", "lim"}
_GREEK = {"pi": "π", "theta": "θ", "alpha": "α", "infty": "∞"}
_RELATIONS = {"=": "=", "<": "<", ">": ">", "le": "≤", "ge": "≥", "ne": "≠"}
_IN_LINE = re.compile(r"(?:[\w.+()-]|\\times|\\cdot| )+")
"""What may stand on either side of a slash."""
_BEHIND_SLASH = frozenset({"+", "-", "=", "<", ">", "}", ")", "\\times", "\\le", "\\ge", "\\right"})

Advance = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign on the paper.

    Attributes:
        sign: The character; of strokes what they mean: `frac`, `sqrt`, `{`, `|`, `∫`.
        x, y: Left end on its baseline, in heights of a digit.
        scale: Size relative to the line's.
        strokes: Polylines instead of a character, each a list of points.
        is_italic: Whether books lean it: a letter.
    """

    sign: str
    x: float
    y: float
    scale: float = 1.0
    strokes: tuple[tuple[tuple[float, float], ...], ...] = ()
    is_italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How this writer sets formulas.

    Attributes:
        times, dot: Signs for the two kinds of product.
        operator_gap: Space on both sides of an operator, in heights of a digit.
        percent_of: Writes a share of a number as `15% of 240`.
        squares_outer: Writes brackets that hold others as `[...]`.
        slashes_fractions: Writes simple fractions on one line, as `3/4` and `(x + 1)/2`.
        tracking: Space between the digits of a number and before other signs; students who print
            leave a lot, so that no gap is a decimal point.
        script_scale: Size of exponents.
        script_rise: How high they stand.
        brace_systems: Puts a brace before the equations of a system.
        line_gap: Space between lines.
    """

    times: str = "×"
    dot: str = "·"
    operator_gap: float = 0.3
    percent_of: bool = False
    squares_outer: bool = False
    slashes_fractions: bool = False
    tracking: float = 0.0
    script_scale: float = 0.68
    script_rise: float = 0.62
    brace_systems: bool = True
    line_gap: float = 0.75


def random_style(rng: random.Random, *, is_hand: bool) -> Style:
    """A way to set formulas, of a book or of a hand."""
    tracking = rng.uniform(0.05, rng.choice((0.5, 1.1))) if is_hand and rng.random() < 0.5 else 0.0
    operator_gap = rng.uniform(0.05, 0.5) if is_hand else rng.uniform(0.15, 0.42)
    return Style(
        times=rng.choices(("×", "·", "*"), (0.66, 0.14, 0.2))[0],
        operator_gap=operator_gap + tracking * rng.uniform(0.0, 0.8),
        percent_of=rng.random() < 0.5,
        squares_outer=rng.random() < 0.4,
        slashes_fractions=rng.random() < 0.35,
        tracking=tracking,
        script_scale=rng.uniform(0.55, 0.85) if is_hand else rng.uniform(0.6, 0.75),
        script_rise=rng.uniform(0.5, 0.9) if is_hand else rng.uniform(0.5, 0.7),
        brace_systems=rng.random() < 0.6,
        line_gap=rng.uniform(0.5, 1.3),
    )


@dataclass(slots=True)
class Box:
    """Marks with the room they take: above the baseline, below it, and to the right."""

    marks: list[Mark] = field(default_factory=list)
    width: float = 0.0
    above: float = 0.0
    below: float = 0.0

    def add(self, other: Box, *, x: float, y: float = 0.0) -> None:
        """Put another box in, its origin at (x, y)."""
        self.marks += [_moved(mark, x, y) for mark in other.marks]
        self.width = max(self.width, x + other.width)
        self.above = max(self.above, other.above - y)
        self.below = max(self.below, other.below + y)

    def append(self, other: Box, *, gap: float = 0.0) -> None:
        """Put another box to the right."""
        self.add(other, x=self.width + gap)


def _moved(mark: Mark, x: float, y: float) -> Mark:
    strokes = tuple(tuple((px + x, py + y) for px, py in line) for line in mark.strokes)
    return replace(mark, x=mark.x + x, y=mark.y + y, strokes=strokes)


def _scaled(box: Box, by: float) -> Box:
    marks = [
        replace(
            mark,
            x=mark.x * by,
            y=mark.y * by,
            scale=mark.scale * by,
            strokes=tuple(tuple((px * by, py * by) for px, py in line) for line in mark.strokes),
        )
        for mark in box.marks
    ]
    return Box(marks, box.width * by, box.above * by, box.below * by)


def set_formula(latex: str, style: Style, advance: Advance) -> Box:
    """Set a formula.

    Args:
        latex: As `inference.rules.to_latex` writes it.
        style: How.
        advance: The width of a character in heights of a digit.

    Raises:
        ValueError: It holds a command that is not set here.
    """
    setter = _Setter(_TOKEN.findall(latex), style, advance)
    box = setter.row(until=())
    if setter.peek() is not None:
        raise ValueError(f"unbalanced: {latex}")
    return box


def set_words(text: str, advance: Advance) -> Box:
    """Set plain words on one line, letters upright."""
    box = Box()
    for character in text:
        if character == " ":
            box.width += 0.42
            continue
        is_low = character in "gjpqy,()"
        mark = Mark(character, 0.0, 0.0)
        box.append(Box([mark], advance(character), 1.0, 0.25 if is_low else 0.0))
    return box


def set_column(latex: str, advance: Advance, *, gap: float, has_rule: bool) -> Box | None:
    """Set a sum, difference or product as written sums are: numbers under each other, digit under
    digit, the sign before the last one.

    Args:
        latex: The formula.
        advance: The width of a character in heights of a digit.
        gap: Between two lines.
        has_rule: Draws the rule under the last line.

    Returns:
        None where the formula is no such calculation.
    """
    if _COLUMN.fullmatch(latex) is None:
        return None
    numbers = re.split(r" \\times | [+-] ", latex)
    sign = "×" if "times" in latex else latex[len(numbers[0]) + 1]
    if sign != "+" and len(numbers) > 2:
        return None
    cell = max(advance(digit) for digit in "0123456789") + 0.08
    # A product stands right under right, anything else point under point.
    behind = [0 if sign == "×" else len(number.partition(".")[2]) for number in numbers]
    width = max(len(number) - part for number, part in zip(numbers, behind, strict=True))
    width += max(behind) + 1
    box = Box()
    for row, (number, part) in enumerate(zip(numbers, behind, strict=True)):
        first = width - max(behind) + part - len(number)
        y = row * (1.0 + gap)
        line = [(first + place, character) for place, character in enumerate(number)]
        if row == len(numbers) - 1:
            line.append((0, sign))
        for place, character in line:
            at = (place + 0.5) * cell - advance(character) / 2
            box.add(Box([Mark(character, 0.0, 0.0)], advance(character), 1.0), x=at, y=y)
    if has_rule:
        y = box.below + 0.35
        rule = ((0.0, y), (width * cell, y))
        box.add(Box([Mark("frac", 0.0, y, strokes=(rule,))], width * cell, 0.0, y), x=0.0)
    return box


def below(first: Box, second: Box, *, gap: float, indent: float) -> Box:
    """The second box on a line of its own."""
    box = Box()
    box.add(first, x=0.0)
    box.add(second, x=indent, y=first.below + gap + second.above)
    return box


class _Setter:
    def __init__(self, tokens: Sequence[str], style: Style, advance: Advance) -> None:
        self._tokens = [token for token in tokens if not token.isspace()]
        if style.squares_outer:
            self._square_outer()
        self._at = 0
        self._style = style
        self._advance = advance

    def _square_outer(self) -> None:
        """Make `(14 - (3 + 4))` of the formula `[14 - (3 + 4)]`."""
        open_at: list[tuple[int, bool]] = []
        for at, token in enumerate(self._tokens):
            if token == "(":
                open_at = [(place, True) for place, _ in open_at]
                open_at.append((at, False))
            elif token == ")" and open_at:
                place, holds_others = open_at.pop()
                if holds_others:
                    self._tokens[place], self._tokens[at] = "[", "]"

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> str:
        token = self.peek()
        if token is None:
            raise ValueError("the formula ends too early")
        self._at += 1
        return token

    def _group(self) -> Box:
        """`{...}`, or the one token that LaTeX takes without braces."""
        if self.peek() != "{":
            return self._atom(self._next())
        self._next()
        box = self.row(until=("}",))
        self._next()
        return box

    def row(self, until: tuple[str, ...]) -> Box:
        """Everything up to a token of `until`, which stays."""
        box = Box()
        is_after_operand = False
        while (token := self.peek()) is not None and token not in until:
            self._next()
            name = token[1:] if token.startswith("\\") else token
            gap = 0.0
            if token in ("^", "_"):
                self._script(box, is_upper=token == "^")
                continue
            if name in _RELATIONS or token in ("+", "-", "\\pm", "\\times", "\\div", "\\cdot"):
                is_binary = is_after_operand or name in _RELATIONS
                gap = self._style.operator_gap if is_binary else 0.06
                sign = self._sign(token)
                if token == "\\times" and self._style.percent_of and self._is_behind_percent():
                    sign, gap = set_words("of", self._advance), max(gap, 0.3)
                box.append(sign, gap=gap if is_binary else 0.0)
                box.width += gap
                is_after_operand = False
                continue
            piece = self._atom(token)
            if box.width and (name in _WORDS or token == "d"):
                gap = 0.12
            if is_after_operand:
                gap += self._style.tracking
            box.append(piece, gap=gap)
            if name in _WORDS and self.peek() not in ("(", "\\left", "_"):
                box.width += 0.18
            is_after_operand = token not in ("(", "[", "\\left")
        return box

    def _is_behind_percent(self) -> bool:
        return self._tokens[max(self._at - 2, 0)] == "\\%"

    def _sign(self, token: str) -> Box:
        style = self._style
        signs = {
            "\\times": style.times,
            "\\div": "÷",
            "\\cdot": style.dot,
            "\\pm": "±",
            "\\le": "≤",
            "\\ge": "≥",
            "\\ne": "≠",
        }
        return self._character(signs.get(token, token))

    def _character(self, character: str) -> Box:
        return Box(
            [Mark(character, 0.0, 0.0, is_italic=character.isalpha())],
            self._advance(character),
            1.0,
            0.25 if character in "gjpqy,()[]|" else 0.0,
        )

    def _text(self, text: str) -> Box:
        box = Box()
        for character in text:
            piece = self._character(character)
            piece.marks = [replace(mark, is_italic=False) for mark in piece.marks]
            box.append(piece, gap=self._style.tracking if box.marks else 0.0)
        return box

    def _atom(self, token: str) -> Box:
        if token in "{}":
            raise ValueError(f"a {token} too many")
        if not token.startswith("\\"):
            return self._text(token) if token[0].isdigit() else self._character(token)
        name = token[1:]
        if name == "frac":
            return self._fraction()
        if name == "sqrt":
            return self._root()
        if name == "left" or name == "right":
            return self._bracket(self._next())
        if name == "begin":
            return self._system()
        if name == "int":
            return self._integral()
        if name in _WORDS:
            return self._text(name)
        if name in _GREEK:
            return self._character(_GREEK[name])
        if name == "%":
            return self._character("%")
        if name in (",", ";", "quad"):
            return Box(width=0.15)
        if name == "circ":
            return self._character("°")
        raise ValueError(f"no way to set {token}")

    def _bracket(self, opening: str) -> Box:
        closing = {"(": ")", "[": "]", "|": "|"}.get(opening)
        if closing is None:
            raise ValueError(f"no bracket {opening}")
        inner = self.row(until=("\\right",))
        self._next()
        self._next()
        box = Box()
        for sign, content in ((opening, None), ("", inner), (closing, None)):
            if content is not None:
                box.append(content, gap=0.05)
                continue
            box.append(_tall(sign, inner.above + 0.12, inner.below + 0.12), gap=0.05)
        return box

    def _fraction(self) -> Box:
        start = self._at
        top = self._group()
        middle = self._at
        bottom = self._group()
        # On one line the whole number of a mixed one would run into the numerator, and what stands
        # behind the fraction into the denominator.
        is_mixed = start >= 2 and self._tokens[start - 2].isdigit()
        is_apart = (self.peek() or "+") in _BEHIND_SLASH
        sides = [self._tokens[start + 1 : middle - 1], self._tokens[middle + 1 : self._at - 1]]
        has_room = all(_IN_LINE.fullmatch(" ".join(side)) for side in sides)
        if self._style.slashes_fractions and has_room and is_apart and not is_mixed:
            box = self._slashed(top, sides[0])
            box.append(self._character("/"))
            box.append(self._slashed(bottom, sides[1]))
            return box
        box = Box()
        wide = max(top.width, bottom.width) + 0.24
        axis = -0.42
        gap = 0.18
        box.add(top, x=(wide - top.width) / 2, y=axis - gap - top.below)
        box.add(bottom, x=(wide - bottom.width) / 2, y=axis + gap + bottom.above)
        line = ((0.0, axis), (wide, axis))
        box.marks.append(Mark("frac", 0.0, axis, strokes=(line,)))
        box.width = wide + 0.08
        return box

    def _slashed(self, side: Box, tokens: Sequence[str]) -> Box:
        """One side of a fraction on one line, in brackets unless it is a number or a letter."""
        if len(tokens) == 1:
            return side
        box = self._character("(")
        box.append(side)
        box.append(self._character(")"))
        return box

    def _root(self) -> Box:
        index: Box | None = None
        if self.peek() == "[":
            self._next()
            index = self.row(until=("]",))
            self._next()
        inner = self._group()
        lead = 0.55
        top = -inner.above - 0.2
        foot = max(0.05, inner.below)
        stroke = (
            (0.0, -0.45),
            (0.12, -0.52),
            (0.3, foot),
            (lead - 0.03, top),
            (lead + inner.width + 0.1, top),
        )
        box = Box([Mark("sqrt", 0.0, 0.0, strokes=(stroke,))])
        box.add(inner, x=lead + 0.04)
        box.width = lead + inner.width + 0.14
        box.above = max(box.above, -top)
        if index is not None:
            box.add(_scaled(index, 0.55), x=0.0, y=-0.75)
        return box

    def _integral(self) -> Box:
        stroke = (
            (0.55, -1.25), (0.48, -1.42), (0.36, -1.4), (0.3, -1.1),
            (0.24, 0.1), (0.16, 0.42), (0.06, 0.42), (0.0, 0.28),
        )  # fmt: skip
        box = Box([Mark("∫", 0.0, 0.0, strokes=(stroke,))], 0.6, 1.45, 0.45)
        while self.peek() in ("_", "^"):
            is_upper = self._next() == "^"
            limit = _scaled(self._group(), self._style.script_scale)
            box.add(limit, x=0.55 if is_upper else 0.38, y=-1.0 if is_upper else 0.5)
        box.width += 0.12
        return box

    def _system(self) -> Box:
        for token in ("{", "c", "a", "s", "e", "s", "}"):
            if self._next() != token:
                raise ValueError("only cases are set")
        rows = [self.row(until=("\\\\", "\\end"))]
        while self.peek() == "\\\\":
            self._next()
            rows.append(self.row(until=("\\\\", "\\end")))
        self._next()
        while self._next() != "}":
            pass
        box = Box()
        y = 0.0
        left = 0.45 if self._style.brace_systems else 0.0
        for number, row in enumerate(rows):
            if number:
                y += rows[number - 1].below + self._style.line_gap + row.above
            box.add(row, x=left, y=y)
        if self._style.brace_systems:
            box.add(_brace(-rows[0].above - 0.1, y + rows[-1].below + 0.1), x=0.0)
        return box

    def _script(self, base: Box, *, is_upper: bool) -> None:
        script = _scaled(self._group(), self._style.script_scale)
        rise = -self._style.script_rise if is_upper else 0.28
        tall = max(0.0, base.above - 1.0) if is_upper and base.marks[-1:] else 0.0
        last = base.marks[-1].sign if base.marks else ""
        extra = tall if last in (")", "]", "|") else 0.0
        base.add(script, x=base.width + 0.04, y=rise - extra)


def _tall(sign: str, above: float, below: float) -> Box:
    """A bracket as tall as what it encloses."""
    above, below = max(above, 1.05), max(below, 0.2)
    tall = above + below
    bulge = min(0.3, 0.12 + 0.08 * tall)
    top = -above
    if sign in "()":
        arc = tuple(
            (bulge * (1 - 4 * t * (1 - t)), top + tall * t) for t in (i / 10 for i in range(11))
        )
        stroke = arc if sign == "(" else tuple((bulge - x, y) for x, y in arc)
    elif sign in "[]":
        edge = ((0.2, top), (0.0, top), (0.0, below), (0.2, below))
        stroke = edge if sign == "[" else tuple((0.2 - x, y) for x, y in edge)
        bulge = 0.2
    else:
        stroke = ((0.05, top), (0.05, below))
        bulge = 0.1
    return Box([Mark(sign, 0.0, 0.0, strokes=(stroke,))], bulge + 0.04, above, below)


def _brace(top: float, bottom: float) -> Box:
    middle = (top + bottom) / 2
    stroke = (
        (0.3, top), (0.2, top + 0.1), (0.17, middle - 0.15), (0.0, middle),
        (0.17, middle + 0.15), (0.2, bottom - 0.1), (0.3, bottom),
    )  # fmt: skip
    return Box([Mark("{", 0.0, 0.0, strokes=(stroke,))], 0.35, -top, bottom)
