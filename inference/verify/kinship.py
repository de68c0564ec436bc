"""Which equations and inequalities come from one another by doing the same to both sides.

For an equation without solutions, having the same solutions proves nothing: `1 = 25` has them, too.
There a line has to be kin of the problem: its two sides differ by as much, or by a multiple.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import Node, Relation
from inference.verify.algebra import is_zero, to_fraction
from inference.verify.claims import has_plus_minus
from inference.verify.intervals import UndecidableError
from inference.verify.statements import conditions_of, value_of

_MAX_KIN = 12


@dataclass(frozen=True, slots=True)
class _Sides:
    """Of a relation, turned so that its sign is `=`, `>` or `>=`."""

    left: Any
    right: Any
    operator: str


class Kin:
    """The lines so far that come from the problem, as the differences of their sides."""

    def __init__(self, problem: Node, letter: Any) -> None:
        self._letter = letter
        self._sides: list[_Sides] = []
        self._denominator: Any = sympy.Integer(1)
        sides = self._sides_of(problem)
        if sides is not None:
            self._sides.append(sides)
            for condition in conditions_of(problem):
                if condition.operator == "!=":
                    self._denominator *= condition.expression

    def admit(self, node: Node) -> bool:
        """Whether a line is kin; if so, it will count for those to come."""
        try:
            sides = self._sides_of(node)
            if sides is None or not any(self._are_kin(sides, other) for other in self._sides):
                return False
        except (UndecidableError, UnsupportedProblemError):
            return False
        if len(self._sides) < _MAX_KIN:
            self._sides.append(sides)
        return True

    def _sides_of(self, node: Node) -> _Sides | None:
        if not isinstance(node, Relation) or node.operator in ("!=", "≈") or has_plus_minus(node):
            return None
        left, right = value_of(node.left), value_of(node.right)
        if node.operator in ("<", "<="):
            return _Sides(right, left, node.operator.replace("<", ">"))
        return _Sides(left, right, node.operator)

    def _are_kin(self, sides: _Sides, other: _Sides) -> bool:
        if sides.operator != other.operator:
            return False
        difference, other_difference = sides.left - sides.right, other.left - other.right
        if is_zero(difference) is not False or is_zero(other_difference) is not False:
            return False
        fraction = to_fraction(difference / other_difference)
        both = (fraction.numerator, fraction.denominator)
        if any(part.has(kernel.generator) for part in both for kernel in fraction.kernels):
            return False
        ratio = fraction.numerator / fraction.denominator
        if sides.operator != "=" and not (ratio.is_Rational and ratio > 0):
            return False
        if difference.has(self._letter) and other_difference.has(self._letter):
            return self._is_harmless(fraction.numerator) and self._is_harmless(fraction.denominator)
        # Where the letter has cancelled, any number would be a multiple of any other.
        powers = [self._denominator**times for times in (-2, -1, 0, 1, 2)]
        if any(is_zero(ratio**2 - power**2) for power in powers):
            return True
        slopes = [each.left.diff(self._letter) for each in (sides, other)]
        return slopes[0] != 0 and is_zero(slopes[0] - ratio * slopes[1]) is True

    def _is_harmless(self, factor: Any) -> bool:
        """Whether multiplying by this changes no solution: a number, or what the problem has below
        a fraction bar."""
        if factor.is_Rational:
            return True
        below = to_fraction(self._denominator)
        if below.kernels or not below.numerator.has(self._letter):
            return False
        divisor = sympy.Poly(factor, self._letter)
        power = sympy.Poly(below.numerator, self._letter) ** divisor.degree()
        return bool(power.rem(divisor).is_zero)
