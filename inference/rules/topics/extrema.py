"""Maxima and minima of polynomials, by the zeros of the derivative and the second derivative."""

from __future__ import annotations

from inference.rules.bounds import exact_value
from inference.rules.build import symbol
from inference.rules.nodes import (
    Alternatives,
    Derivative,
    FunctionValue,
    Listing,
    Node,
    Number,
    Phrase,
    Point,
    Quantity,
    Relation,
    is_numeric,
)
from inference.rules.polynomial import to_polynomial
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.substitution import put_in
from inference.rules.topics.calculus import differentiate
from inference.rules.topics.functions import demand_function
from inference.rules.topics.graphs import equals, worked_out_in
from inference.rules.topics.quadratics import solve_relation

_ZERO = Number("0")


def covers(problem: Problem) -> bool:
    """Whether it asks for maxima and minima."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind == "extrema"


def solve(problem: Problem, trace: Trace) -> Node:
    """Find the maxima and minima.

    Raises:
        UnsupportedProblemError: The function is no polynomial, or a zero of its derivative is not
            rational or zero of the second derivative as well.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    name, function = demand_function(quantity.operands[0])
    if to_polynomial(function.formula) is None:
        raise RefusedError("graph_kind")
    return _Pen(name, function.variable, function.formula, trace).find()


class _Pen:
    """Writes the steps for one function."""

    def __init__(self, name: str, letter: str, formula: Node, trace: Trace) -> None:
        self._name = name if name != "y" else "f"
        self._letter = letter
        self._formula = formula
        self._trace = trace

    def find(self) -> Node:
        slope = self._derivative(self._formula, 1, "differentiate_for_extrema")
        zeros = self._zeros(slope)
        if not zeros:
            answer: Node = Phrase("no_extrema")
            self._trace.note("derivative_never_zero", answer)
            return answer
        bend = self._derivative(slope, 2, "second_derivative")
        found = tuple(self._extremum(zero, bend) for zero in zeros)
        answer = found[0] if len(found) == 1 else Listing(found)
        self._trace.add("state_extrema", answer)
        return answer

    def _named(self, argument: Node, order: int) -> FunctionValue:
        return FunctionValue(self._name, argument, order)

    def _derivative(self, formula: Node, order: int, rule: str) -> Node:
        letter = symbol(self._letter)
        pending = Derivative(formula, letter)
        with self._trace.within(equals(self._named(letter, order))):
            self._trace.note(rule, pending)
            return differentiate(pending, self._trace)

    def _zeros(self, slope: Node) -> list[Node]:
        if is_numeric(slope):
            if exact_value(slope) == 0:
                raise RefusedError("extrema_kind")
            return []
        relation = Relation("=", slope, _ZERO)
        self._trace.note("derivative_is_zero", relation)
        if relation.left == symbol(self._letter):
            return [_ZERO]
        solved = solve_relation(relation, self._letter, self._trace)
        options = solved.options if isinstance(solved, Alternatives) else (solved,)
        zeros = [each.right for each in options if isinstance(each, Relation)]
        if any(exact_value(zero) is None for zero in zeros):
            raise RefusedError("extrema_kind")
        return sorted(zeros, key=lambda zero: exact_value(zero) or 0)

    def _extremum(self, zero: Node, bend: Node) -> Node:
        size = worked_out_in(
            equals(self._named(zero, 2)),
            "second_derivative_at",
            put_in(bend, self._letter, zero),
            self._trace,
            value=zero,
        )
        sign = exact_value(size)
        if not sign:
            raise RefusedError("extrema_kind")
        is_maximum = sign < 0
        height = worked_out_in(
            equals(self._named(zero, 0)),
            "value_of_maximum" if is_maximum else "value_of_minimum",
            put_in(self._formula, self._letter, zero),
            self._trace,
            value=zero,
        )
        return Quantity("maximum" if is_maximum else "minimum", (Point((zero, height)),))
