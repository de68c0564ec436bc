"""Interval arithmetic: between which rational numbers a value lies, rounding included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import sympy
from mpmath import iv


class UndecidableError(Exception):
    """The methods here do not settle this question."""


def enclose(expression: Any, values: Mapping[Any, Any], precision: int) -> tuple[Any, Any] | None:
    """Rational bounds of the value, None when they are not finite.

    Raises:
        UndecidableError: The value is not real, or not known to be.
    """
    iv.prec = precision
    value = _evaluate(expression, values)
    low, high = value.a, value.b
    if not (_is_finite(low) and _is_finite(high)):
        return None
    return _exact(low), _exact(high)


def _evaluate(expression: Any, values: Mapping[Any, Any]) -> Any:
    if expression.is_Rational:
        return _evaluate_rational(expression)
    if expression.is_Symbol:
        if expression not in values:
            raise UndecidableError
        return _evaluate_rational(values[expression])
    if expression is sympy.pi:
        return iv.pi + 0
    if expression is sympy.E:
        return iv.exp(1)
    if isinstance(expression, sympy.CRootOf):
        width = sympy.Rational(1, 2 ** (iv.prec // 2))
        middle = expression.eval_rational(dx=width)
        low, high = _evaluate_rational(middle - width), _evaluate_rational(middle + width)
        return iv.mpf([low.a, high.b])
    args = [_evaluate(arg, values) for arg in expression.args]
    if expression.is_Add:
        return sum(args[1:], args[0])
    if expression.is_Mul:
        return math.prod(args[1:], start=args[0])
    if expression.is_Pow:
        return _evaluate_power(expression, args)
    if isinstance(expression, sympy.Abs):
        return abs(args[0])
    if isinstance(expression, sympy.log):
        return iv.log(_demand_positive(args[0]))
    if isinstance(expression, sympy.exp | sympy.sin | sympy.cos):
        return {sympy.exp: iv.exp, sympy.sin: iv.sin, sympy.cos: iv.cos}[expression.func](args[0])
    if isinstance(expression, sympy.atan):
        return iv.atan2(args[0], iv.mpf(1))
    if isinstance(expression, sympy.asin):
        return iv.atan2(args[0], iv.sqrt(_demand_positive(1 - args[0] ** 2)))
    if isinstance(expression, sympy.acos):
        return iv.atan2(iv.sqrt(_demand_positive(1 - args[0] ** 2)), args[0])
    if isinstance(expression, sympy.tan):
        return iv.sin(args[0]) / _demand_nonzero(iv.cos(args[0]))
    raise UndecidableError


def _evaluate_power(power: Any, args: list[Any]) -> Any:
    base, _ = args
    if power.exp.is_Integer:
        exponent = int(power.exp)
        return base**exponent if exponent >= 0 else 1 / _demand_nonzero(base) ** -exponent
    if power.exp.is_Rational and power.exp.q == 2:
        if base.a < 0:
            raise UndecidableError
        root = iv.sqrt(base)
        exponent = int(power.exp.p)
        return root**exponent if exponent >= 0 else 1 / _demand_nonzero(root) ** -exponent
    return iv.exp(iv.log(_demand_positive(base)) * args[1])


def _demand_positive(value: Any) -> Any:
    if not value.a > 0:
        raise UndecidableError
    return value


def _demand_nonzero(value: Any) -> Any:
    if value.a <= 0 <= value.b:
        raise UndecidableError
    return value


def _evaluate_rational(number: Any) -> Any:
    return iv.mpf(int(number.p)) / iv.mpf(int(number.q))


def _is_finite(bound: Any) -> bool:
    return bool(abs(bound) < iv.inf)


def _exact(bound: Any) -> Any:
    sign, mantissa, exponent, _ = bound._mpi_[0]
    value = sympy.Integer(int(mantissa)) * sympy.Integer(2) ** int(exponent)
    return -value if sign else value
