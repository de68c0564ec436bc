"""Limits with proof.

Near a point, numerator and denominator are power series if their form shows that they are smooth
there; the first coefficients that are not zero decide (this is what l'Hospital's rule comes to). At
infinity only quotients of polynomials are decided, by their degrees.
"""

from __future__ import annotations

from typing import Any, Literal

import sympy

from inference.rules.convert import to_symbol, to_sympy
from inference.rules.nodes import Chain, Constant, Neg, Node, Phrase, Quantity, Relation
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.algebra import is_zero, sign_of
from inference.verify.expressions import verdict_on
from inference.verify.intervals import UndecidableError
from inference.verify.quantities import QuantityJudge
from inference.verify.statements import LIMIT_KINDS, conditions_of, value_of
from inference.verify.verdicts import failed, not_checkable, verified

Side = Literal[-1, 0, 1]
_SIDES: dict[str, Side] = {"limit": 0, "limit_right": 1, "limit_left": -1}
_MAX_ORDER = 8
_INFINITE = (sympy.oo, -sympy.oo)
NO_LIMIT = sympy.nan
"""What `limit_of` gives where the two sides do not agree."""


class LimitJudge(QuantityJudge):
    """Judges lines and answers against a limit, which may be infinite."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the limit is not known."""
        super().__init__(problem)
        self._is_plain = self._value not in (*_INFINITE, NO_LIMIT)

    def answer(self, node: Node) -> Check:
        """Judge a final answer."""
        if isinstance(node, Relation) and node.operator == "=":
            is_asked = isinstance(node.left, Quantity) and self._is_same(node.left, self._node)
            node = node.right if is_asked else node
        if isinstance(node, Quantity):
            return not_checkable("restated" if node == self._node else "unfinished")
        if self._is_plain and node != Phrase("no_limit") and _infinity_in(node) is None:
            return super().answer(node)
        return self._special(node)

    def _line(self, node: Node) -> Check:
        if node == Phrase("no_limit") or _infinity_in(node) is not None:
            return self._special(node)
        if isinstance(node, Relation | Chain):
            operands = node.operands if isinstance(node, Chain) else (node.left, node.right)
            if any(_infinity_in(each) is not None for each in operands):
                return not_checkable("unsupported")
        return super()._line(node)

    def _special(self, node: Node) -> Check:
        given = NO_LIMIT if node == Phrase("no_limit") else _infinity_in(node)
        if given is None:
            return not_checkable("unsupported")
        is_same = given is self._value or (given == self._value and given is not NO_LIMIT)
        if given is NO_LIMIT and self._value in _INFINITE:
            return not_checkable("unsupported")  # many books say so of an infinite one
        return verified("equal") if is_same else failed("counterexample")

    def _is_same(self, one: Node, other: Node) -> bool:
        return bool(self._evaluate(one) == self._evaluate(other))

    def _evaluate(self, node: Node) -> Any:
        if isinstance(node, Quantity) and node.kind in LIMIT_KINDS:
            function, place = node.operands
            assert isinstance(place, Relation)
            letter = to_symbol(str(getattr(place.left, "name", "")))
            target = to_sympy(place.right)
            if not _has_values_near(function, letter, target):
                raise UndecidableError
            return limit_of(value_of(function), letter, target, _SIDES[node.kind])
        return value_of(node)

    def _compare(self, left: Node, right: Node) -> Check:
        first, second = self._evaluate(left), self._evaluate(right)
        if first in (*_INFINITE, NO_LIMIT) or second in (*_INFINITE, NO_LIMIT):
            is_same = (first == second and first in _INFINITE) or _is_same_function(left, right)
            return verified("equal") if is_same else not_checkable("unsupported")
        conditions = (condition for side in (left, right) for condition in conditions_of(side))
        if any(not condition.expression.free_symbols for condition in conditions):
            return not_checkable("unsupported")
        check = verdict_on(first - second)
        # A function before the limit is taken is not what was asked for, and not wrong either.
        is_open = bool(first.free_symbols or second.free_symbols)
        is_wrong = check.verdict is Verdict.FAILED
        return not_checkable("unsupported") if is_wrong and is_open else check

    def _is_part(self, node: Node) -> bool:
        return False


def _has_values_near(function: Node, letter: Any, target: Any) -> bool:
    """Whether a function has values on both sides of a place, as far as its form shows: SymPy makes
    `x` of `(\\sqrt{x})^2`, which has none below zero."""
    for condition in conditions_of(function):
        if condition.operator == "!=":
            if is_zero(condition.expression) is not False:
                return False
        elif target in _INFINITE or sign_of(condition.expression.subs(letter, target)) != 1:
            return False
    return True


def _is_same_function(left: Node, right: Node) -> bool:
    """Whether both are limits of the same function at the same place."""
    if not isinstance(left, Quantity) or not isinstance(right, Quantity):
        return False
    (one, place), (other, other_place) = left.operands, right.operands
    is_there = left.kind == right.kind and place == other_place
    return is_there and is_zero(value_of(one) - value_of(other)) is True


def _infinity_in(node: Node) -> Any | None:
    if node == Constant("infinity"):
        return sympy.oo
    if isinstance(node, Neg) and node.operand == Constant("infinity"):
        return -sympy.oo
    return None


def limit_of(expression: Any, letter: Any, target: Any, side: Side) -> Any:
    """The limit: a number, an infinity, or `NO_LIMIT`.

    Raises:
        UndecidableError: The form does not show it.
    """
    if expression.free_symbols - {letter}:
        raise UndecidableError
    if target in _INFINITE:
        return _at_infinity(expression, letter, 1 if target is sympy.oo else -1)
    above, below = sympy.fraction(sympy.together(expression))
    for part in (above, below):
        if not _is_smooth(part, letter, target):
            raise UndecidableError
    if is_zero(above) is True:
        return sympy.Integer(0)
    low, bottom = _first_coefficient(below, letter, target)
    high, top = _first_coefficient(above, letter, target, up_to=low)
    if top is None or high > low:
        return sympy.Integer(0)
    if high == low:
        return sympy.simplify(top / bottom)
    right = sign_of(top / bottom)
    if not right:
        raise UndecidableError
    left = right * (-1) ** (low - high)
    if side == 0 and left != right:
        return NO_LIMIT
    return sympy.oo if (left if side < 0 else right) > 0 else -sympy.oo


def _first_coefficient(
    expression: Any, letter: Any, place: Any, *, up_to: int = _MAX_ORDER
) -> tuple[int, Any | None]:
    """The order and the value of the first coefficient of the series that is not zero; None where
    all up to the order `up_to` are.

    Raises:
        UndecidableError: It cannot be told which that is.
    """
    derivative = expression
    for order in range(up_to + 1):
        value = derivative.subs(letter, place)
        answer = is_zero(value)
        if answer is None:
            raise UndecidableError
        if not answer:
            return order, value / sympy.factorial(order)
        derivative = sympy.diff(derivative, letter)
    if up_to == _MAX_ORDER:
        raise UndecidableError
    return up_to + 1, None


def _is_smooth(expression: Any, letter: Any, place: Any) -> bool:
    """Whether an expression is a power series around a place, as far as its form shows."""
    if not expression.has(letter) or expression == letter:
        return True
    if isinstance(expression, sympy.Add | sympy.Mul | sympy.exp | sympy.sin | sympy.cos):
        return all(_is_smooth(each, letter, place) for each in expression.args)
    inner = expression.args[0] if expression.args else expression
    if isinstance(expression, sympy.log):
        return _is_smooth(inner, letter, place) and _sign_at(inner, letter, place) == 1
    if isinstance(expression, sympy.tan):
        cosine = _sign_at(sympy.cos(inner), letter, place)
        return _is_smooth(inner, letter, place) and cosine in (1, -1)
    if expression.is_Pow and expression.exp.is_Rational:
        sign = _sign_at(inner, letter, place)
        if not _is_smooth(inner, letter, place):
            return False
        if expression.exp.is_Integer:
            return bool(expression.exp > 0) or sign in (1, -1)
        return sign == 1
    return False


def _sign_at(expression: Any, letter: Any, place: Any) -> int | None:
    return sign_of(expression.subs(letter, place))


def _at_infinity(expression: Any, letter: Any, sign: int) -> Any:
    above, below = sympy.fraction(sympy.cancel(sympy.together(expression)))
    if not (above.is_polynomial(letter) and below.is_polynomial(letter)):
        raise UndecidableError
    top, bottom = sympy.Poly(above, letter), sympy.Poly(below, letter)
    if not all(each.domain.is_ZZ or each.domain.is_QQ for each in (top, bottom)):
        raise UndecidableError
    if top.is_zero or top.degree() < bottom.degree():
        return sympy.Integer(0)
    ratio = top.LC() / bottom.LC()
    if top.degree() == bottom.degree():
        return ratio
    direction = sympy.sign(ratio) * sign ** (top.degree() - bottom.degree())
    return sympy.oo if direction > 0 else -sympy.oo
