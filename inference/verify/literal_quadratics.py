"""Checks for a quadratic equation with letters as coefficients, solved for one letter:
`a x^2 + b x + c = 0`.

Where a is not zero, two values are all the solutions exactly when their sum is -b/a and their
product c/a (Vieta). Where the discriminant is negative there are none, and the answer has no value
either; where a is zero, the answer divides by zero and claims nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import Div, Neg, Node, Relation, Root, walk
from inference.rules.problem import Problem
from inference.types import Check
from inference.verify.algebra import is_zero
from inference.verify.claims import has_plus_minus
from inference.verify.final_form import has_pending_numbers, is_drawn_out
from inference.verify.intervals import UndecidableError
from inference.verify.literal import values_given
from inference.verify.statements import conditions_of, letter_of, value_of
from inference.verify.verdicts import combine, failed, not_checkable, verified

_SAMPLES = ((3, 7, 2, 5), (1, -5, 2, 3), (-2, 3, 4, -7), (5, 11, -3, 2), (2, -9, -1, 6))


class LiteralQuadraticJudge:
    """Judges lines and answers against `k x^2 - 4x + 1 = 0`, solved for `x`."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the equation is of another
        kind."""
        if problem.variable is None:
            raise UndecidableError
        self._node = problem.node
        self._name = problem.variable
        self._letter = letter_of(self._name)
        self._a, self._b, self._c = self._coefficients(problem.node)
        # Where what they have in common is zero, every number is a solution.
        if sympy.gcd(sympy.gcd(self._a, self._b), self._c).free_symbols:
            raise UndecidableError
        self._discriminant = sympy.expand(self._b**2 - 4 * self._a * self._c)

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: both solutions, finished."""
        if node == self._node:
            return not_checkable("restated")
        try:
            values = values_given(self._name, node)
            if values is None:
                is_equation = isinstance(node, Relation) and node.operator == "="
                return not_checkable("unfinished" if is_equation else "unsupported")
            check = self._judge(values)
            if check is not None:
                return check
            is_finished = all(map(_is_finished, values))
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        return verified("substitution") if is_finished else not_checkable("unfinished")

    def _line(self, node: Node) -> Check:
        try:
            values = values_given(self._name, node)
            if values is not None:
                return self._judge(values) or verified("same_solutions")
            found = self._coefficients(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        ratio = sympy.cancel(found[0] / self._a)
        wanted = (self._a, self._b, self._c)
        is_multiple = all(
            sympy.expand(mine * ratio - given) == 0
            for mine, given in zip(wanted, found, strict=True)
        )
        # Multiplied by a letter it says less where that is zero.
        is_same = is_multiple and ratio.is_number and ratio != 0
        return verified("same_solutions") if is_same else not_checkable("unsupported")

    def _coefficients(self, node: Node) -> tuple[Any, Any, Any]:
        if not isinstance(node, Relation) or node.operator != "=" or has_plus_minus(node):
            raise UndecidableError
        if conditions_of(node):
            raise UndecidableError
        difference = sympy.expand(value_of(node.left) - value_of(node.right))
        if not difference.is_polynomial(*difference.free_symbols):
            raise UndecidableError
        polynomial = sympy.Poly(difference, self._letter)
        if polynomial.degree() != 2:
            raise UndecidableError
        first, second, third = polynomial.all_coeffs()
        return first, second, third

    def _judge(self, nodes: Sequence[Node]) -> Check | None:
        """None when these are the solutions, both of them."""
        values = [value_of(node) for node in nodes]
        if any(map(self._is_refuted, values)):
            return failed("counterexample")
        if not all(map(self._has_value_where_it_must, nodes)):
            return not_checkable("narrower")
        if len(values) == 1:
            is_double = self._discriminant == 0
            values = values * 2 if is_double else values
        if len(values) < 2:
            return not_checkable("partial_solution")
        one, other, *more = values
        is_pair = (
            is_zero(self._a * (one + other) + self._b) is True
            and is_zero(self._a * one * other - self._c) is True
        )
        return None if is_pair and not more else not_checkable("unsupported")

    def _is_refuted(self, value: Any) -> bool:
        """Whether it is no solution at a place where the equation has some and it has a value."""
        equation = self._a * value**2 + self._b * value + self._c
        letters = sorted(equation.free_symbols | self._discriminant.free_symbols, key=str)
        for sample in _SAMPLES:
            at = {letter: sample[i % len(sample)] + i for i, letter in enumerate(letters)}
            leading, discriminant = (each.subs(at) for each in (self._a, self._discriminant))
            if leading == 0 or not discriminant.is_positive:
                continue
            found = sympy.N(equation.subs(at), 30)
            if found.is_finite and found.is_real and abs(found) > sympy.Float("1e-15"):
                return True
        return False

    def _has_value_where_it_must(self, node: Node) -> bool:
        """Whether it has a value wherever the equation is quadratic and has solutions."""
        for condition in conditions_of(node):
            ratio = (
                sympy.cancel(condition.expression / self._discriminant)
                if (condition.operator == ">=" and self._discriminant != 0)
                else None
            )
            if ratio is not None:
                if not _is_positive_square(ratio):
                    return False
            elif condition.operator != "!=" or not self._is_leading(condition.expression):
                return False
        return True

    def _is_leading(self, expression: Any) -> bool:
        """Whether this is zero only where the leading coefficient is."""
        above = sympy.fraction(sympy.together(expression))[0]
        return all(
            not factor.free_symbols or sympy.rem(self._a, factor, *factor.free_symbols) == 0
            for factor, _ in sympy.factor_list(above)[1]
        )


def _is_positive_square(ratio: Any) -> bool:
    """Whether a quotient of polynomials is a positive number times a square."""
    content, factors = sympy.factor_list(ratio * sympy.denom(ratio) ** 2)
    return bool(content > 0) and all(times % 2 == 0 for _, times in factors)


def _is_finished(node: Node) -> bool:
    """In lowest terms, with nothing left to draw out of the root."""
    roots = [part for part in walk(node) if isinstance(part, Root)]
    if has_pending_numbers(node) or not all(map(is_drawn_out, roots)):
        return False
    masks = {value_of(root): sympy.Dummy() for root in roots}
    inner = node.operand if isinstance(node, Neg) else node
    parts = (inner.numerator, inner.denominator) if isinstance(inner, Div) else (inner,)
    polynomials = [sympy.expand(value_of(part).subs(masks)) for part in parts]
    if not all(each.is_polynomial(*each.free_symbols) for each in polynomials):
        return False
    common = sympy.gcd_list([*polynomials]) if len(polynomials) > 1 else sympy.Integer(1)
    contents = [sympy.Poly(each, *each.free_symbols).content() for each in polynomials
                if each.free_symbols]  # fmt: skip
    is_reduced = len(contents) < 2 or sympy.gcd_list(contents) == 1
    return bool(not common.free_symbols) and is_reduced
