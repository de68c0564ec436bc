"""The answer of an inequality as intervals, and as what is drawn on a number line.

Made from the answer alone, which is parsed like any other text; exact, bounded and without SymPy.
"""

from __future__ import annotations

from dataclasses import dataclass

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Node,
    Relation,
    Symbol,
    symbols,
    walk,
)
from inference.rules.parser import parse_math
from inference.rules.printer import to_latex, to_text
from inference.rules.real_sets import Interval, RealSet, real_set_of, sort_values
from inference.rules.surd import RootSum

_MAX_PIECES = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A number on the line: how it is written, and roughly where it lies."""

    latex: str
    value: float


@dataclass(frozen=True, slots=True)
class Piece:
    """What belongs to the set from one mark to another; an end that is None lies at infinity.

    Attributes:
        low: Index of the mark where it begins.
        high: Index of the mark where it ends; the same as `low` for a single number.
        has_low: Whether the first mark belongs to it.
        has_high: Whether the last one does.
    """

    low: int | None
    high: int | None
    has_low: bool
    has_high: bool


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A set of numbers, ready to be drawn.

    Attributes:
        letter: The unknown, as LaTeX.
        interval: The set in interval notation, as LaTeX.
        text: The answer in plain notation, for those who cannot see the drawing.
        marks: The ends of the pieces, in ascending order.
        pieces: In ascending order.
    """

    letter: str
    interval: str
    text: str
    marks: tuple[Mark, ...]
    pieces: tuple[Piece, ...]


def number_line_of(answer: str) -> NumberLine | None:
    """What an answer looks like on the number line; None when it is no set of ranges.

    Args:
        answer: LaTeX or plain notation, `x < -1 \\text{ or } x \\ge 3`.
    """
    try:
        node = parse_math(answer)
        names = symbols(node)
        if len(names) != 1 or not _has_range(node):
            return None
        letter = Symbol(names[0])
        found = real_set_of(node, letter)
        ends = sort_values(found.ends)
    except (MathSyntaxError, UnsupportedProblemError):
        return None
    if not found.intervals or len(found.intervals) > _MAX_PIECES:
        return None
    return NumberLine(
        letter=to_latex(letter),
        interval=_interval_latex(found),
        text=to_text(node),
        marks=tuple(Mark(to_latex(end.to_node()), _size(end)) for end in ends),
        pieces=tuple(_piece(each, ends) for each in found.intervals),
    )


def _has_range(node: Node) -> bool:
    """Whether it is made of relations and says more than single values."""
    if not all(isinstance(part, Relation | Chain) for part in _statements(node)):
        return False
    return any(
        (isinstance(part, Relation) and part.operator not in ("=", "≈"))
        or (isinstance(part, Chain) and "≈" not in part.operators)
        for part in walk(node)
    )


def _statements(node: Node) -> tuple[Node, ...]:
    return node.options if isinstance(node, Alternatives) else (node,)


def _size(number: RootSum) -> float:
    return float(sum(float(value) * radicand**0.5 for radicand, value in number.parts))


def _piece(interval: Interval, ends: list[RootSum]) -> Piece:
    return Piece(
        low=None if interval.low is None else ends.index(interval.low),
        high=None if interval.high is None else ends.index(interval.high),
        has_low=interval.has_low,
        has_high=interval.has_high,
    )


def _interval_latex(found: RealSet) -> str:
    return " \\cup ".join(map(_one_interval, found.intervals))


def _one_interval(interval: Interval) -> str:
    low = "-\\infty" if interval.low is None else to_latex(interval.low.to_node())
    high = "\\infty" if interval.high is None else to_latex(interval.high.to_node())
    if interval.low is not None and interval.low == interval.high:
        return f"\\{{{low}\\}}"
    opening, closing = "[" if interval.has_low else "(", "]" if interval.has_high else ")"
    return f"\\left{opening}{low}, {high}\\right{closing}"
