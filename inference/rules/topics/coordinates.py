"""Two points by their coordinates: the slope of their line, their distance, their midpoint."""

from __future__ import annotations

from inference.rules.bounds import exact_value
from inference.rules.build import grouped
from inference.rules.nodes import Add, Div, Neg, Node, Number, Point, Pow, Quantity, Root, ungrouped
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.arithmetic import evaluate

_KINDS = frozenset({"slope", "distance", "midpoint"})
_TWO = Number("2")


def covers(problem: Problem) -> bool:
    """Whether it asks for something of two points."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Put the coordinates into the formula and work it out.

    Raises:
        UnsupportedProblemError: The coordinates are not rational, or there is no such thing.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    first, second = quantity.operands
    assert isinstance(first, Point) and isinstance(second, Point)
    if any(exact_value(each) is None for point in (first, second) for each in point.coordinates):
        raise RefusedError("rational_data")
    if quantity.kind == "slope":
        return _slope(first, second, trace)
    if quantity.kind == "distance":
        return _distance(first, second, trace)
    return _midpoint(first, second, trace)


def slope_quotient(first: Point, second: Point) -> Div:
    """`\\frac{y_2 - y_1}{x_2 - x_1}`.

    Raises:
        UnsupportedProblemError: The points lie above one another, or are the same.
    """
    if first == second:
        raise RefusedError("same_point")
    (x1, y1), (x2, y2) = first.coordinates, second.coordinates
    if exact_value(x1) == exact_value(x2):
        raise RefusedError("vertical_line")
    return Div(_difference(y2, y1), _difference(x2, x1))


def _slope(first: Point, second: Point, trace: Trace) -> Node:
    line = slope_quotient(first, second)
    trace.add("slope_formula", line)
    return evaluate(line, trace, is_decimal=False)


def _distance(first: Point, second: Point, trace: Trace) -> Node:
    squares = [
        Pow(_difference(b, a), _TWO)
        for a, b in zip(first.coordinates, second.coordinates, strict=True)
    ]
    line = Root(Add(tuple(squares)))
    trace.add("distance_formula", line)
    return evaluate(line, trace, is_decimal=False)


def _midpoint(first: Point, second: Point, trace: Trace) -> Node:
    halves: list[Node] = [
        Div(Add((ungrouped(a), grouped(b))), _TWO)
        for a, b in zip(first.coordinates, second.coordinates, strict=True)
    ]
    trace.add("midpoint_formula", Point(tuple(halves)))
    for place in range(len(halves)):

        def within(inner: Node, place: int = place) -> Node:
            return Point((*halves[:place], inner, *halves[place + 1 :]))

        with trace.within(within):
            halves[place] = evaluate(halves[place], trace, is_decimal=False)
    return Point(tuple(halves))


def _difference(high: Node, low: Node) -> Node:
    return Add((ungrouped(high), Neg(grouped(low))))
