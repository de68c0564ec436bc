"""Inequalities of higher degree or with the unknown in a denominator, by the signs of factors."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from inference.rules.build import symbol, total
from inference.rules.nodes import (
    Constant,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Point,
    Pow,
    Relation,
    RelationOperator,
)
from inference.rules.polynomial import Polynomial, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.real_sets import RealSet, sort_values
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import RootSum, Surd
from inference.rules.topics.algebraic_fractions import (
    OneFraction,
    factors_of,
    has_letters_below,
    single_fraction,
    write_factored,
)
from inference.rules.topics.expressions import simplify
from inference.rules.topics.factoring import Factorizer

_ZERO = Number("0")
_INFINITY = Constant("infinity")
_INEQUALITIES = ("<", ">", "<=", ">=")
MAX_ZEROS = 6


def covers(problem: Problem) -> bool:
    """Whether it is an inequality in one letter with that letter below a bar, or to the third or a
    higher power."""
    node = problem.expressions[0]
    if problem.intent is not Intent.SOLVE or not isinstance(node, Relation):
        return False
    if node.operator not in _INEQUALITIES or len(problem.variables) != 1:
        return False
    if has_letters_below(node):
        return True
    left, right = to_polynomial(node.left), to_polynomial(node.right)
    return left is not None and right is not None and (left - right).degree() > 2


def solve(problem: Problem, trace: Trace) -> Node:
    """Bring everything to one side, factor, tell the sign between the zeros.

    Raises:
        UnsupportedProblemError: It does not factor, or is not made of polynomials.
    """
    relation = problem.expressions[0]
    assert isinstance(relation, Relation) and problem.variable is not None
    operator = relation.operator
    side = relation.left
    if relation.right != _ZERO:
        side = total((relation.left, Neg(relation.right)))
        trace.add("bring_to_one_side", Relation(operator, side, _ZERO))
    trace.wrap = lambda node: Relation(operator, node, _ZERO)
    fraction = _one_fraction(side, trace)
    if not fraction.top:
        raise RefusedError("holds_where_defined")
    _write_factors(fraction, trace)
    trace.wrap = lambda node: node
    return _tell_signs(operator, fraction, problem.variable, trace)


def _one_fraction(side: Node, trace: Trace) -> OneFraction:
    polynomial = to_polynomial(side)
    if polynomial is None:
        return single_fraction(side, trace)
    if not isinstance(side, Mul | Pow):
        side = simplify(side, trace)
    return OneFraction(polynomial, Polynomial.constant(1), side, Number("1"))


def _write_factors(fraction: OneFraction, trace: Trace) -> None:
    if fraction.bottom == Polynomial.constant(1):
        if not isinstance(fraction.top_node, Mul | Pow):
            Factorizer(trace).factor(fraction.top)
        return
    write_factored(fraction, trace)


def _tell_signs(
    operator: RelationOperator, fraction: OneFraction, variable: str, trace: Trace
) -> Node:
    above, below = _zeros(fraction.top, variable), _zeros(fraction.bottom, variable)
    points = sort_values([*above, *below])
    if len(points) > MAX_ZEROS:
        raise RefusedError("high_degree")
    signs = _signs(fraction, above, below, points, variable)
    wanted = 1 if operator in (">", ">=") else -1
    has_zeros = operator in ("<=", ">=")
    found = RealSet.of_cells(
        points,
        lambda place: has_zeros and points[place] in above and points[place] not in below,
        lambda place: signs[place] == wanted,
    )
    letter = symbol(variable)
    answer = found.to_node(letter)
    if not points:
        rule = "always_positive_factors" if signs[0] > 0 else "always_negative_factors"
        trace.note(rule, answer)
        return answer
    chart = _chart(points, signs, trace)
    excluded = [point for point in points if point in below]
    zeros = Listing(tuple(point.to_node() for point in points))
    if excluded:
        poles = Listing(tuple(point.to_node() for point in excluded))
        trace.note("sign_chart_with_poles", answer, zeros=zeros, chart=chart, poles=poles)
    else:
        trace.note("sign_chart", answer, zeros=zeros, chart=chart)
    return answer


def _chart(points: list[RootSum], signs: list[int], trace: Trace) -> str:
    ends = [Neg(_INFINITY), *(point.to_node() for point in points), _INFINITY]
    pieces = []
    for place, sign in enumerate(signs):
        rule = "positive_on" if sign > 0 else "negative_on"
        pieces.append(trace.phrase(rule, piece=Point((ends[place], ends[place + 1]))))
    return ("; " if trace.language == "en" else "；").join(pieces)


def _zeros(polynomial: Polynomial, variable: str) -> Counter[RootSum]:
    """The real zeros with their multiplicities."""
    found: Counter[RootSum] = Counter()
    for factor, count in Counter(factors_of(polynomial).factors).items():
        for root in _roots(factor, variable):
            found[root] += count
    return found


def _roots(factor: Polynomial, variable: str) -> list[RootSum]:
    if factor.degree() == 1:
        slope = factor.numeric_coefficient(variable, 1)
        return [RootSum.of(-factor.constant_term / slope)]
    if factor.degree() > 2:
        raise RefusedError("high_degree")
    a, b, c = (factor.numeric_coefficient(variable, k) for k in (2, 1, 0))
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    root = Surd.root_of(discriminant)
    size = RootSum.of(root.factor / (2 * a), root.radicand)
    middle = RootSum.of(-b / (2 * a))
    return [middle + size, middle + -size]


def _signs(
    fraction: OneFraction,
    above: Counter[RootSum],
    below: Counter[RootSum],
    points: list[RootSum],
    variable: str,
) -> list[int]:
    """The sign before each of the points, then after the last one."""
    sign = 1
    for polynomial in (fraction.top, fraction.bottom):
        leading: Fraction = polynomial.numeric_coefficient(variable, polynomial.degree())
        sign *= 1 if leading > 0 else -1
    signs = [sign]
    for point in reversed(points):
        if (above[point] + below[point]) % 2:
            sign = -sign
        signs.insert(0, sign)
    return signs
