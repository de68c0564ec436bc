"""Definite integrals with proof: by an antiderivative that was checked and is smooth everywhere."""

from __future__ import annotations

from typing import Any

import sympy

from inference.verify.algebra import is_zero, sign_of
from inference.verify.intervals import UndecidableError


def integrate_definite(expression: Any) -> Any:
    """Replace the definite integrals in an expression by their values.

    Raises:
        UndecidableError: No antiderivative that is smooth everywhere was found for one of them.
    """
    return expression.replace(_is_definite, _integrate)


def _is_definite(part: Any) -> bool:
    return isinstance(part, sympy.Integral) and len(part.limits) == 1 and len(part.limits[0]) == 3


def _integrate(integral: Any) -> Any:
    """By the fundamental theorem, with an antiderivative that was checked.

    Raises:
        UndecidableError: No antiderivative that is smooth everywhere was found.
    """
    letter, lower, upper = integral.limits[0]
    integrand = integral.function
    antiderivative = sympy.integrate(sympy.expand(integrand), letter)
    between = _Interval(letter, lower, upper)
    antiderivative = between.with_positive_logarithms(antiderivative)
    if not (between.is_smooth(integrand) and between.is_smooth(antiderivative)):
        raise UndecidableError
    if is_zero(antiderivative.diff(letter) - integrand) is not True:
        raise UndecidableError
    return antiderivative.subs(letter, upper) - antiderivative.subs(letter, lower)


class _Interval:
    """The numbers between two bounds, themselves included."""

    def __init__(self, letter: Any, lower: Any, upper: Any) -> None:
        self._letter = letter
        self._lower, self._upper = lower, upper

    def with_positive_logarithms(self, expression: Any) -> Any:
        """`log(-u)` for `log(u)` where u is negative: both have the same derivative."""
        return expression.replace(
            lambda part: (
                isinstance(part, sympy.log)
                and sign_of(part.args[0].subs(self._letter, self._lower)) == -1
            ),
            lambda part: sympy.log(-part.args[0]),
        )

    def is_smooth(self, expression: Any) -> bool:
        """Whether an expression has a derivative between the bounds and no jump at them, as far as
        its form shows."""
        if not expression.has(self._letter) or expression == self._letter:
            return True
        if isinstance(expression, sympy.Add | sympy.Mul | sympy.exp | sympy.sin | sympy.cos):
            return all(map(self.is_smooth, expression.args))
        if isinstance(expression, sympy.log):
            return self._is_positive(expression.args[0], is_closed=True)
        if not expression.is_Pow or not expression.exp.is_Rational:
            return False
        base, exponent = expression.args
        if exponent.is_Integer:
            return self.is_smooth(base) and (exponent > 0 or self._is_never_zero(base))
        return self._is_positive(base, is_closed=exponent < 0)

    def _is_positive(self, base: Any, *, is_closed: bool) -> bool:
        """For a polynomial; if not `is_closed`, it may be zero at the bounds themselves."""
        if not base.is_polynomial(self._letter):
            return False
        if sympy.degree(base, self._letter) == 1 and not self._has_rational_bounds():
            # A line that is positive at both ends is so between them.
            ends = (base.subs(self._letter, end) for end in (self._lower, self._upper))
            return all(sign_of(end) == 1 for end in ends)
        if not self._has_rational_bounds():
            return False
        low, high = sorted((self._lower, self._upper))
        polynomial = sympy.Poly(base, self._letter)
        if low == high or not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
            return False
        num_zeros = polynomial.count_roots(low, high)
        if not is_closed:
            num_zeros -= sum(polynomial.eval(bound) == 0 for bound in (low, high))
        return bool(num_zeros == 0 and polynomial.eval((low + high) / 2) > 0)

    def _is_never_zero(self, base: Any) -> bool:
        return self._is_positive(base, is_closed=True) or self._is_positive(-base, is_closed=True)

    def _has_rational_bounds(self) -> bool:
        return bool(self._lower.is_Rational and self._upper.is_Rational)
