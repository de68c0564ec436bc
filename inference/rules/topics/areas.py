"""The area between two curves that are polynomials: where they meet, then upper minus lower."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from inference.rules.bounds import exact_value
from inference.rules.build import number, symbol, total
from inference.rules.nodes import Alternatives, Integral, Node, Quantity, Relation
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.arithmetic import evaluate
from inference.rules.topics.calculus import integrate
from inference.rules.topics.functions import demand_function
from inference.rules.topics.quadratics import solve_relation


def covers(problem: Problem) -> bool:
    """Whether it asks for an area between curves."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind == "area"


def solve(problem: Problem, trace: Trace) -> Node:
    """Find the area.

    Raises:
        UnsupportedProblemError: The curves are no polynomials, or do not meet at rational places.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    first, second = (demand_function(each)[1] for each in quantity.operands[:2])
    one, other = to_polynomial(first.formula), to_polynomial(second.formula)
    if one is None or other is None or one == other:
        raise RefusedError("area_kind")
    letters = {*one.letters, *other.letters}
    if len(letters) > 1:
        raise RefusedError("calculus_letters")
    letter = letters.pop() if letters else "x"
    crossings = _crossings(Relation("=", first.formula, second.formula), letter, trace)
    bounds = [exact_value(each) for each in quantity.operands[2:]]
    if None in bounds:
        raise RefusedError("rational_bounds")
    known = [bound for bound in bounds if bound is not None]
    ends = known or ([crossings[0], crossings[-1]] if len(crossings) > 1 else [])
    if len(ends) != 2 or ends[0] >= ends[1]:
        raise RefusedError("area_kind")
    inside = [each for each in crossings if ends[0] < each < ends[1]]
    return _between(one - other, letter, [ends[0], *inside, ends[1]], trace)


def _crossings(relation: Relation, letter: str, trace: Trace) -> list[Fraction]:
    trace.note("curves_meet", relation)
    solved: Node = relation
    if relation.left != symbol(letter) or exact_value(relation.right) is None:
        solved = solve_relation(relation, letter, trace)
    options = solved.options if isinstance(solved, Alternatives) else (solved,)
    values = [exact_value(each.right) for each in options if isinstance(each, Relation)]
    if None in values:
        raise RefusedError("area_kind")
    return sorted(value for value in values if value is not None)


def _between(difference: Polynomial, letter: str, ends: Sequence[Fraction], trace: Trace) -> Node:
    pieces: list[Node] = []
    for low, high in pairwise(ends):
        middle = Polynomial.constant((low + high) / 2)
        is_above = difference.substitute(letter, middle).constant_term > 0
        height = polynomial_node(difference if is_above else -difference)
        pieces.append(Integral(height, symbol(letter), number(low), number(high)))
    rule = "upper_minus_lower" if len(pieces) == 1 else "upper_minus_lower_in_pieces"
    trace.note(rule, total(pieces), low=number(ends[0]), high=number(ends[-1]))
    for place, piece in enumerate(pieces):
        assert isinstance(piece, Integral)

        def within(inner: Node, place: int = place) -> Node:
            return total((*pieces[:place], inner, *pieces[place + 1 :]))

        with trace.within(within):
            pieces[place] = integrate(piece, trace)
    return evaluate(total(pieces), trace, is_decimal=False)
