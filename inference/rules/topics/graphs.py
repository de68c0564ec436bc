"""Graphs of functions: vertices, crossings with the axes, lines through points, tangents."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, negative, number, power, symbol, term, total
from inference.rules.instructions import Method
from inference.rules.nodes import (
    Add,
    Alternatives,
    Derivative,
    Div,
    FunctionValue,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Point,
    Pow,
    Quantity,
    QuantityKind,
    Relation,
    Symbol,
    is_numeric,
)
from inference.rules.polynomial import Polynomial, to_polynomial
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.substitution import Function, put_in
from inference.rules.topics.arithmetic import evaluate
from inference.rules.topics.calculus import differentiate
from inference.rules.topics.coordinates import slope_quotient
from inference.rules.topics.expressions import simplify
from inference.rules.topics.functions import demand_function
from inference.rules.topics.quadratics import solve_relation

_KINDS = frozenset(
    {"vertex", "intercepts", "x_intercepts", "y_intercept", "line", "line_with_slope", "tangent"}
)
_X, _Y, _ZERO = symbol("x"), symbol("y"), Number("0")


def covers(problem: Problem) -> bool:
    """Whether it asks for something of a graph."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Find the points, or the equation of the line.

    Raises:
        UnsupportedProblemError: The function is of no kind that is covered.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    if quantity.kind == "line":
        first, second = quantity.operands
        assert isinstance(first, Point) and isinstance(second, Point)
        return _line(first, second, trace)
    if quantity.kind == "line_with_slope":
        point, slope = quantity.operands
        assert isinstance(point, Point)
        if any(exact_value(each) is None for each in (*point.coordinates, slope)):
            raise RefusedError("rational_data")
        return _through(point, slope, _X, trace)
    name, function = demand_function(quantity.operands[0])
    match quantity.kind:
        case "vertex":
            if problem.method is Method.COMPLETING_SQUARE:
                return _vertex_by_square(function, trace)
            return _vertex(function, trace)
        case "intercepts" | "x_intercepts" | "y_intercept":
            return _intercepts(quantity.kind, function, trace)
        case _:
            place = quantity.operands[1]
            assert isinstance(place, Relation)
            return _tangent(name, function, place.right, trace)


def worked_out_in(
    around: Callable[[Node], Node], rule: str, line: Node, trace: Trace, **values: Node
) -> Node:
    """Write `line` inside a larger line, and work it out there."""
    with trace.within(around):
        trace.note(rule, line, **values)
        return evaluate(line, trace, is_decimal=False)


def equals(left: Node) -> Callable[[Node], Node]:
    """`left = ...`"""
    return lambda part: Relation("=", left, part)


def _demand_polynomial(function: Function) -> Polynomial:
    polynomial = to_polynomial(function.formula)
    if polynomial is None:
        raise RefusedError("graph_kind")
    return polynomial


def value_at(function: Function, place: Node, left: Node, trace: Trace) -> Node:
    """Write and work out the value of a function at a place, as what `left` equals."""
    line = put_in(function.formula, function.variable, place)
    return worked_out_in(
        equals(left),
        "put_in_place",
        line,
        trace,
        value=place,
        letter=symbol(function.variable),
    )


# -- points ------------------------------------------------------------------------------------


def _vertex(function: Function, trace: Trace) -> Node:
    polynomial = _demand_polynomial(function)
    letter = function.variable
    if polynomial.degree() != 2:
        raise RefusedError("vertex_kind")
    if function.formula != (plain := simplify_in_y(function.formula, trace)):
        function = Function(letter, plain)
    a, b = (number(polynomial.numeric_coefficient(letter, degree)) for degree in (2, 1))
    quotient = Neg(Div(b, Mul((Number("2"), grouped(a)), "×")))
    place = worked_out_in(
        equals(symbol(letter)), "vertex_place", quotient, trace, letter=symbol(letter), a=a, b=b
    )
    height = value_at(function, place, _Y, trace)
    answer = Point((place, height))
    trace.add("state_vertex", answer)
    return answer


def _vertex_by_square(function: Function, trace: Trace) -> Node:
    polynomial = _demand_polynomial(function)
    name = function.variable
    if polynomial.degree() != 2:
        raise RefusedError("vertex_kind")
    simplify_in_y(function.formula, trace)
    a, b, c = (polynomial.numeric_coefficient(name, exponent) for exponent in (2, 1, 0))
    half = b / (2 * a)
    letter = symbol(name)
    inner = [power(letter, 2), term(2 * half, letter)]

    def line(inside: Node) -> Node:
        front = inside if a == 1 else Mul((grouped(number(a)), inside))
        return Relation("=", _Y, total((front, number(c))))

    if half and a != 1:
        trace.add("factor_out_of_two_terms", line(total(inner)), factor=number(a))
    if half:
        square = number(half * half)
        opened = line(total((*inner, square, Neg(square))))
        trace.add("add_and_subtract_square", opened, letter=letter, square=square)
        shifted = Pow(total((letter, number(half))), Number("2"))
        front = shifted if a == 1 else Mul((grouped(number(a)), shifted))
        height = number(c - a * half * half)
        trace.add("vertex_form", Relation("=", _Y, total((front, height))))
    answer = Point((number(-half), number(c - a * half * half)))
    trace.add("read_vertex", answer)
    return answer


def simplify_in_y(formula: Node, trace: Trace) -> Node:
    """The formula expanded, as `y = ...`."""
    with trace.within(equals(_Y)):
        return simplify(formula, trace)


def _intercepts(kind: QuantityKind, function: Function, trace: Trace) -> Node:
    polynomial = _demand_polynomial(function)
    if polynomial.degree() < 1:
        raise RefusedError("graph_kind")
    points: list[Node] = []
    if kind != "x_intercepts":
        points.append(Point((_ZERO, value_at(function, _ZERO, _Y, trace))))
    if kind != "y_intercept":
        crossings = [Point((zero, _ZERO)) for zero in _zeros(function, trace)]
        points = [*crossings, *(point for point in points if point not in crossings)]
    if not points:
        raise RefusedError("no_intercepts")
    answer = points[0] if len(points) == 1 else Listing(tuple(points))
    trace.add("state_intercepts", answer)
    return answer


def _zeros(function: Function, trace: Trace) -> list[Node]:
    letter = symbol(function.variable)
    relation = Relation("=", function.formula, _ZERO)
    trace.note("height_is_zero", relation)
    if relation.left == letter:
        return [_ZERO]
    solved = solve_relation(relation, function.variable, trace)
    options = solved.options if isinstance(solved, Alternatives) else (solved,)
    return [each.right for each in options if isinstance(each, Relation)]


# -- lines -------------------------------------------------------------------------------------


def _line(first: Point, second: Point, trace: Trace) -> Node:
    if any(exact_value(each) is None for point in (first, second) for each in point.coordinates):
        raise RefusedError("rational_data")
    if first == second:
        raise RefusedError("same_point")
    if exact_value(first.coordinates[0]) == exact_value(second.coordinates[0]):
        answer = Relation("=", _X, first.coordinates[0])
        trace.add("vertical_equation", answer, value=first.coordinates[0])
        return answer
    quotient = slope_quotient(first, second)
    slope = worked_out_in(equals(symbol("m")), "slope_of_line", quotient, trace)
    return _through(first, slope, _X, trace)


def _through(point: Point, slope: Node, letter: Symbol, trace: Trace) -> Node:
    """From point and slope to `y = m x + b`."""
    a, b = point.coordinates
    if slope == _ZERO:
        flat = Relation("=", _Y, b)
        trace.add("horizontal_equation", flat)
        return flat
    run = Add((letter, negative(a))) if a != _ZERO else letter
    right: Node = Mul((grouped(slope), run)) if slope != Number("1") else run
    left: Node = Add((_Y, negative(b))) if b != _ZERO else _Y
    line = Relation("=", left, right)
    trace.note("point_slope_form", line, slope=slope, point=point)
    slope_value, x, y = (exact_value(each) for each in (slope, a, b))
    assert slope_value is not None and x is not None and y is not None
    moved = Relation("=", left, _linear(slope_value, -slope_value * x, letter))
    trace.add("expand_brackets", moved)
    answer = Relation("=", _Y, _linear(slope_value, y - slope_value * x, letter))
    rule = "subtract_from_both_sides" if y < 0 else "add_to_both_sides"
    trace.add(rule, answer, term=number(abs(y)))
    return answer


def _linear(slope: Fraction, constant: Fraction, letter: Symbol) -> Node:
    return total((term(slope, letter), number(constant)))


def _tangent(name: str, function: Function, place: Node, trace: Trace) -> Node:
    letter = symbol(function.variable)
    if exact_value(place) is None:
        raise RefusedError("rational_data")
    at = FunctionValue(name, place) if name != "y" else _Y
    height = value_at(function, place, at, trace)
    pending = Derivative(function.formula, letter)
    with trace.within(equals(FunctionValue(name, letter, 1))):
        trace.note("derivative_is_slope", pending)
        derivative = differentiate(pending, trace)
    slope = derivative
    if not is_numeric(derivative):
        slope = value_at(Function(function.variable, derivative), place, symbol("m"), trace)
    return _through(Point((place, height)), slope, letter, trace)
