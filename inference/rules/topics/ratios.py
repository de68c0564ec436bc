"""Ratios in lowest terms, and proportions: two ratios of which one number is not known."""

from __future__ import annotations

import math
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, number, symbol
from inference.rules.nodes import (
    Add,
    Div,
    Mul,
    Node,
    Number,
    Ratio,
    Relation,
    is_numeric,
    symbols,
    walk,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.guards import solve_inside


def covers(problem: Problem) -> bool:
    """Whether a ratio is to be simplified, or a proportion solved."""
    node = problem.node
    if problem.intent is Intent.SIMPLIFY:
        return isinstance(node, Ratio)
    is_equation = isinstance(node, Relation) and node.operator == "="
    return (
        problem.intent is Intent.SOLVE
        and is_equation
        and any(isinstance(part, Ratio) for part in walk(node))
    )


def solve(problem: Problem, trace: Trace) -> Node:
    """Simplify or solve.

    Raises:
        UnsupportedProblemError: The parts are no rational numbers, or a side is no ratio of two.
    """
    node = problem.node
    if isinstance(node, Ratio):
        return _lowest_terms(node, trace)
    assert isinstance(node, Relation)
    if problem.variable is None or len(problem.variables) != 1:
        raise RefusedError("which_letter")
    return _solve_proportion(node, problem.variable, trace)


def _lowest_terms(ratio: Ratio, trace: Trace) -> Ratio:
    values = [exact_value(each) if is_numeric(each) else None for each in ratio.items]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        raise RefusedError("calculation")
    if 0 in known:
        raise RefusedError("divides_by_zero")
    scale = _scale(ratio, known)
    if scale > 1:
        known = [value * scale for value in known]
        trace.add("multiply_ratio", _written(known), factor=number(scale))
    divisor = math.gcd(*(int(value) for value in known))
    known = [value / divisor for value in known]
    line = _written(known)
    if divisor > 1:
        trace.add("divide_ratio", line, divisor=number(divisor))
    if not trace.steps:
        trace.note("ratio_is_simplest", line)
    return line


def _scale(ratio: Ratio, values: list[Fraction]) -> int:
    """What makes whole numbers of all parts: a power of ten where they are decimals."""
    common = math.lcm(*(value.denominator for value in values))
    numbers = [part for part in walk(ratio) if isinstance(part, Number)]
    places = max((len(part.text.partition(".")[2]) for part in numbers), default=0)
    has_fractions = any(isinstance(part, Div) for part in walk(ratio))
    ten: int = 10**places
    return ten if places and not has_fractions and ten % common == 0 else common


def _written(values: list[Fraction]) -> Ratio:
    return Ratio(tuple(number(value) for value in values))


def _solve_proportion(relation: Relation, variable: str, trace: Trace) -> Node:
    (a, b), (c, d) = (_two_parts(side) for side in (relation.left, relation.right))
    means, extremes = _product(b, c), _product(a, d)
    sides = (extremes, means) if variable in symbols(extremes) else (means, extremes)
    line = Relation("=", *sides)
    trace.add("means_and_extremes", line)
    value = exact_value(line.right) if is_numeric(line.right) else None
    if line.left == symbol(variable) and value is not None:
        answer = Relation("=", line.left, number(value))
        trace.add("simplify_both_sides", answer)
        return answer
    return solve_inside(line, variable, trace)


def _two_parts(side: Node) -> tuple[Node, Node]:
    if isinstance(side, Ratio) and len(side.items) == 2:
        return side.items[0], side.items[1]
    if isinstance(side, Div):
        return side.numerator, side.denominator
    if isinstance(side, Number):
        return side, Number("1")
    raise RefusedError("fraction_in_equation")


def _product(one: Node, other: Node) -> Node:
    """Numbers with a sign between them; a number before a letter without."""
    if Number("1") in (one, other):
        return other if one == Number("1") else one
    if is_numeric(one) and is_numeric(other):
        return Mul((one, grouped(other)), "×")
    first, second = (other, one) if is_numeric(other) else (one, other)
    is_plain = isinstance(first, Number) and not isinstance(second, Number)
    sign = "" if (is_plain and not isinstance(second, Mul)) or isinstance(second, Add) else "×"
    return Mul((first, second), "" if sign == "" else "×")
