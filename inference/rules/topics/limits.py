"""Limits: by putting in, factoring, the conjugate, l'Hospital's rule, or the highest powers."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from inference.errors import UnsupportedProblemError
from inference.rules.bounds import exact_value
from inference.rules.build import grouped, negative, number, power, product, symbol, term, total
from inference.rules.instructions import Method
from inference.rules.known_values import settle_functions
from inference.rules.nodes import (
    Add,
    Constant,
    Derivative,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    Quantity,
    Relation,
    Root,
    Symbol,
    walk,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.substitution import put_in
from inference.rules.topics.algebraic_fractions import (
    divide_exactly,
    factored_node,
    factors_of,
)
from inference.rules.topics.arithmetic import evaluate
from inference.rules.topics.calculus import differentiate

_KINDS = frozenset({"limit", "limit_right", "limit_left"})
_ZERO, _ONE = Number("0"), Number("1")
_MAX_ROUNDS = 4
_Side = Literal[-1, 0, 1]


def covers(problem: Problem) -> bool:
    """Whether it asks for a limit."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Find the limit.

    Raises:
        UnsupportedProblemError: No way that is known here leads to it.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    function, place = quantity.operands
    assert isinstance(place, Relation) and isinstance(place.left, Symbol)
    pen = _Pen(quantity, place.left.name, place.right, trace, problem.method)
    if pen.is_at_infinity:
        return pen.at_infinity(function)
    return pen.at_point(function)


class _Pen:
    """Writes the steps of one limit."""

    def __init__(
        self,
        quantity: Quantity,
        letter: str,
        target: Node,
        trace: Trace,
        method: Method | None,
    ) -> None:
        self._quantity = quantity
        self._method = method
        self._letter = letter
        self._target = target
        self._trace = trace
        bare = target.operand if isinstance(target, Neg) else target
        self.is_at_infinity = bare == Constant("infinity")

    def _limit(self, function: Node) -> Node:
        return Quantity(self._quantity.kind, (function, self._quantity.operands[1]))

    def _write(self, rule: str, function: Node, **values: Node) -> None:
        self._trace.add(rule, self._limit(function), **values)

    # -- at a point ------------------------------------------------------------------------

    def at_point(self, function: Node) -> Node:
        if exact_value(self._target) is None:
            raise RefusedError("limit_kind")
        for _ in range(_MAX_ROUNDS):
            if not isinstance(function, Div) or self._value(function.denominator) != 0:
                return self._put_in(function)
            if self._value(function.numerator) != 0:
                return self._infinite(function)
            changed = self._step_from_zero_over_zero(function)
            if changed is None:
                raise RefusedError("method_fails")
            function = changed
        raise RefusedError("limit_kind")

    def _step_from_zero_over_zero(self, function: Div) -> Node | None:
        """By the method that is asked for, else by the first that works."""
        match self._method:
            case None:
                return (
                    self._by_factoring(function)
                    or self._by_conjugate(function)
                    or self._by_derivatives(function)
                )
            case Method.FACTORING:
                return self._by_factoring(function)
            case Method.CONJUGATE:
                return self._by_conjugate(function)
            case Method.HOSPITAL:
                return self._by_derivatives(function)
        return None

    def _value(self, node: Node) -> Fraction | None:
        """The value at the place, where it is a rational number."""
        scratch = Trace(_ZERO, "en")
        try:
            line = put_in(node, self._letter, self._target)
            return exact_value(evaluate(settle_functions(line), scratch, is_decimal=False))
        except UnsupportedProblemError:
            return None

    def _put_in(self, function: Node) -> Node:
        line = put_in(function, self._letter, self._target)
        self._trace.note("put_in_place", line, value=self._target, letter=symbol(self._letter))
        settled = settle_functions(line)
        self._trace.add("known_values", settled)
        return evaluate(settled, self._trace, is_decimal=False)

    def _by_factoring(self, function: Div) -> Node | None:
        above, below = to_polynomial(function.numerator), to_polynomial(function.denominator)
        if above is None or below is None or not above or not below:
            return None
        target = exact_value(self._target)
        assert target is not None
        factor = Polynomial.of({1: 1, 0: -target}, self._letter)
        factor = factor.scaled(1 / factor.content)
        shown = Div(factored_node(above), factored_node(below))
        self._write("zero_over_zero_factor", shown)
        above, below = divide_exactly(above, factor), divide_exactly(below, factor)
        while factor in factors_of(above).factors and factor in factors_of(below).factors:
            above, below = divide_exactly(above, factor), divide_exactly(below, factor)
        left: Node = Div(factored_node(above), factored_node(below))
        if below.is_constant:
            left = polynomial_node(above.scaled(1 / below.constant_term))
        self._write("cancel_near_place", left, factor=polynomial_node(factor))
        return left

    def _by_conjugate(self, function: Div) -> Node | None:
        """A difference with a root becomes a difference of squares."""
        above, below = function.numerator, function.denominator
        is_above = _is_root_difference(above)
        part, other = (above, below) if is_above else (below, above)
        if not _is_root_difference(part) or not isinstance(part, Add):
            return None
        first, second = part.terms
        conjugate = Add((first, negative(second)))
        squares = [_square(first), _square(second)]
        if None in squares or to_polynomial(other) is None:
            return None
        rest = to_polynomial(other)
        assert squares[0] is not None and squares[1] is not None and rest is not None
        top = Mul((grouped(above), conjugate)), Mul((grouped(below), conjugate))
        self._write("multiply_by_conjugate", Div(*top), conjugate=conjugate)
        difference = squares[0] - squares[1]
        opened = polynomial_node(difference)
        pair = (opened, product((polynomial_node(rest), conjugate)))
        self._write("difference_of_squares_under_limit", Div(*(pair if is_above else pair[::-1])))
        shared = factors_of(difference), factors_of(rest)
        target = exact_value(self._target)
        assert target is not None
        factor = Polynomial.of({1: 1, 0: -target}, self._letter)
        factor = factor.scaled(1 / factor.content)
        if factor not in shared[0].factors or factor not in shared[1].factors:
            return None
        difference, rest = divide_exactly(difference, factor), divide_exactly(rest, factor)
        kept = product((polynomial_node(rest), conjugate))
        pair = (polynomial_node(difference), kept)
        left = Div(*(pair if is_above else pair[::-1]))
        self._write("cancel_near_place", left, factor=polynomial_node(factor))
        return left if left.denominator != _ONE else left.numerator

    def _by_derivatives(self, function: Div) -> Node:
        letter = symbol(self._letter)
        scratch = Trace(_ZERO, "en")
        above, below = (
            differentiate(Derivative(part, letter), scratch)
            for part in (function.numerator, function.denominator)
        )
        pending = Div(
            Derivative(function.numerator, letter), Derivative(function.denominator, letter)
        )
        self._write("hospital", pending)
        left: Node = above if below == _ONE else Div(above, below)
        self._write("inner_derivatives", left)
        return left

    def _infinite(self, function: Div) -> Node:
        above, below = self._value(function.numerator), to_polynomial(function.denominator)
        target = exact_value(self._target)
        if above is None or below is None or target is None:
            raise RefusedError("limit_kind")
        factor = Polynomial.of({1: 1, 0: -target}, self._letter)
        factor = factor.scaled(1 / factor.content)
        order, rest = 0, below
        while factor in factors_of(rest).factors:
            order, rest = order + 1, divide_exactly(rest, factor)
        value = rest.substitute(self._letter, Polynomial.constant(target)).constant_term
        right = 1 if above * value > 0 else -1
        left = right * (-1) ** order
        kind = self._quantity.kind
        if kind == "limit" and left != right:
            answer: Node = Phrase("no_limit")
            self._trace.note("sides_disagree", answer, value=number(above))
            return answer
        answer = _infinity(left if kind == "limit_left" else right)
        self._trace.note("grows_beyond_bounds", answer, value=number(above))
        return answer

    # -- at infinity -----------------------------------------------------------------------

    def at_infinity(self, function: Node) -> Node:
        if not isinstance(function, Div):
            return self._of_polynomial(function)
        above, below = to_polynomial(function.numerator), to_polynomial(function.denominator)
        if above is None or below is None or not above or not below:
            raise RefusedError("limit_kind")
        degree = below.degree()
        if degree == 0:
            return self._of_polynomial(polynomial_node(above.scaled(1 / below.constant_term)))
        divided = Div(self._divided(above, degree), self._divided(below, degree))
        self._write("divide_by_highest_power", divided, power=power(symbol(self._letter), degree))
        bottom = below.numeric_coefficient(self._letter, degree)
        if above.degree() > degree:
            lead = above.numeric_coefficient(self._letter, above.degree())
            answer = self._direction(lead / bottom, above.degree() - degree)
            self._trace.note("numerator_grows_faster", answer)
            return answer
        top = above.numeric_coefficient(self._letter, degree)
        line = Div(number(top), number(bottom))
        self._trace.note("small_terms_vanish", line)
        return evaluate(line, self._trace, is_decimal=False)

    def _of_polynomial(self, function: Node) -> Node:
        polynomial = to_polynomial(function)
        if polynomial is None or polynomial.degree() < 1:
            raise RefusedError("limit_kind")
        degree = polynomial.degree()
        lead = polynomial.numeric_coefficient(self._letter, degree)
        answer = self._direction(lead, degree)
        highest = term(lead, power(symbol(self._letter), degree))
        self._trace.note("highest_power_decides", answer, term=highest)
        return answer

    def _direction(self, factor: Fraction, degree: int) -> Node:
        is_negative = isinstance(self._target, Neg)
        sign = (1 if factor > 0 else -1) * ((-1) ** degree if is_negative else 1)
        return _infinity(sign)

    def _divided(self, polynomial: Polynomial, degree: int) -> Node:
        """Each term divided by the power."""
        letter = symbol(self._letter)
        terms: list[Node] = []
        for monomial, value in polynomial:
            exponent = dict(monomial).get(self._letter, 0) - degree
            if exponent >= 0:
                terms.append(term(value, power(letter, exponent)))
                continue
            below = product((number(value.denominator), power(letter, -exponent)))
            size = Div(number(abs(value.numerator)), below)
            terms.append(Neg(size) if value < 0 else size)
        return total(terms)


def _infinity(sign: int) -> Node:
    return Constant("infinity") if sign > 0 else Neg(Constant("infinity"))


def _is_root_difference(node: Node) -> bool:
    return (
        isinstance(node, Add)
        and len(node.terms) == 2
        and any(isinstance(each, Root) and each.index == 2 for each in walk(node))
    )


def _square(node: Node) -> Polynomial | None:
    bare = node.operand if isinstance(node, Neg) else node
    if isinstance(bare, Root) and bare.index == 2:
        return to_polynomial(bare.radicand)
    inside = to_polynomial(bare)
    return None if inside is None else inside * inside
