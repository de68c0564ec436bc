"""Refuses trees whose evaluation would be costly, before anything evaluates them.

`9^{9^{9^{9}}}` and `100000000!` are short to write and take for ever to compute. One pass from
the leaves up follows the exact value of every part that has one, and an upper bound on the digits
of the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from inference.errors import MathSyntaxError
from inference.rules.nodes import (
    Add,
    Div,
    Factorial,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    children,
    depth,
    walk,
)

MAX_EXPONENT = 100
MAX_FACTORIAL = 200
MAX_VALUE_DIGITS = 4000


@dataclass(frozen=True, slots=True)
class _Size:
    digits: float
    value: Fraction | None = None


def check_bounds(node: Node, *, max_depth: int) -> None:
    """Check depth, exponents, factorials and the size of numbers.

    Raises:
        MathSyntaxError: With reason `too_deep` or `number_too_large`.
    """
    if depth(node) > max_depth:
        raise MathSyntaxError("The expression is nested too deeply.", position=0, reason="too_deep")
    _measure(node)


def exact_value(node: Node) -> Fraction | None:
    """The rational value of a tree of numbers within bounds, else None.

    Raises:
        MathSyntaxError: The value or a part of it exceeds the bounds.
    """
    return _measure(node).value


def _measure(node: Node) -> _Size:
    if isinstance(node, Number):
        return _Size(float(len(node.text)), node.value)
    if isinstance(node, MixedNumber):
        value = node.whole.value + node.numerator.value / node.denominator.value
        return _Size(float(len(node.whole.text) + len(node.denominator.text)), value)
    sizes = [_measure(child) for child in children(node)]
    if isinstance(node, Pow):
        return _measure_power(node, sizes[0], sizes[1])
    if isinstance(node, Factorial):
        return _measure_factorial(sizes[0])
    digits = sum(size.digits for size in sizes) + 1.0
    _demand_digits(digits)
    return _Size(digits, _combine(node, [size.value for size in sizes]))


def _combine(node: Node, values: list[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    if isinstance(node, Neg):
        return -known[0]
    if isinstance(node, Percent):
        return known[0] / 100
    if isinstance(node, Add):
        return sum(known, Fraction(0))
    if isinstance(node, Mul):
        return math.prod(known, start=Fraction(1))
    if isinstance(node, Div):
        return known[0] / known[1] if known[1] else None
    return None


def _measure_power(node: Pow, base: _Size, exponent: _Size) -> _Size:
    too_large = any(
        isinstance(each, Number) and each.value > MAX_EXPONENT for each in walk(node.exponent)
    )
    if too_large or (exponent.value is not None and abs(exponent.value) > MAX_EXPONENT):
        raise MathSyntaxError(
            f"An exponent is larger than {MAX_EXPONENT}.", position=0, reason="number_too_large"
        )
    times = abs(float(exponent.value)) if exponent.value is not None else 1.0
    digits = base.digits * max(1.0, times) + exponent.digits
    _demand_digits(digits)
    value: Fraction | None = None
    if base.value is not None and exponent.value is not None and exponent.value.denominator == 1:
        power = int(exponent.value)
        value = base.value**power if base.value or power > 0 else None
    return _Size(digits, value)


def _measure_factorial(operand: _Size) -> _Size:
    value = operand.value
    if value is None:
        return _Size(operand.digits)
    if value > MAX_FACTORIAL:
        raise MathSyntaxError(
            f"A factorial is larger than {MAX_FACTORIAL}!.", position=0, reason="number_too_large"
        )
    if value.denominator != 1 or value < 0:
        return _Size(operand.digits)
    return _Size(400.0, Fraction(math.factorial(int(value))))


def _demand_digits(digits: float) -> None:
    if digits > MAX_VALUE_DIGITS:
        raise MathSyntaxError(
            f"A value here has more than {MAX_VALUE_DIGITS} digits.",
            position=0,
            reason="number_too_large",
        )
