"""Numbers, products and quotients in scientific notation: `4.5 × 10^4`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import decimal_text, number
from inference.rules.nodes import Div, Mul, Neg, Node, Number, Pow, ungrouped
from inference.rules.problem import Intent, Method, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

_TEN = Number("10")
MAX_EXPONENT = 60


def covers(problem: Problem) -> bool:
    """Whether a number is asked for in scientific notation."""
    return problem.intent is Intent.EVALUATE and problem.method is Method.SCIENTIFIC


def solve(problem: Problem, trace: Trace) -> Node:
    """Move the point; of products and quotients, take the numbers and the powers of 10 apart.

    Raises:
        UnsupportedProblemError: The number is 0, has no finite decimal, or is too long.
    """
    node = problem.expressions[0]
    parts = _parts(node) if _num_powers(node) > 1 else None
    if parts is not None:
        trace.add("powers_of_ten_apart", parts.node)
        value, exponent = parts.value, parts.exponent
    else:
        found = exact_value(node)
        if found is None:
            raise RefusedError("calculation")
        value, exponent = found, 0
    if not value:
        raise RefusedError("calculation")
    if parts is not None:
        trace.add("work_out_each", _written(value, exponent))
    places = 0
    while abs(value) >= 10:
        value, places = value / 10, places + 1
    while abs(value) < 1:
        value, places = value * 10, places - 1
    if abs(exponent + places) > MAX_EXPONENT:
        raise RefusedError("numbers_too_long")
    answer = _written(value, exponent + places)
    if places:
        rule = "point_to_the_left" if places > 0 else "point_to_the_right"
        trace.add(rule, answer, places=number(abs(places)))
    else:
        trace.add("power_of_ten_zero", answer)
    if not trace.steps:
        trace.note("already_simple", answer)
    return answer


def _num_powers(node: Node) -> int:
    if isinstance(node, Mul):
        return sum(map(_num_powers, node.factors))
    if isinstance(node, Div):
        return _num_powers(node.numerator) + _num_powers(node.denominator)
    return int(_is_power_of_ten(node))


def _is_power_of_ten(node: Node) -> bool:
    return isinstance(node, Pow) and node.base == _TEN


@dataclass(frozen=True, slots=True)
class _Parts:
    """The numbers and the exponents of 10 of a product, and those that it is divided by."""

    numbers: tuple[Fraction, ...] = ()
    exponents: tuple[int, ...] = ()
    divisors: tuple[Fraction, ...] = ()
    divisor_exponents: tuple[int, ...] = ()

    def times(self, other: _Parts) -> _Parts:
        return _Parts(
            self.numbers + other.numbers,
            self.exponents + other.exponents,
            self.divisors + other.divisors,
            self.divisor_exponents + other.divisor_exponents,
        )

    @property
    def inverse(self) -> _Parts:
        return _Parts(self.divisors, self.divisor_exponents, self.numbers, self.exponents)

    @property
    def value(self) -> Fraction:
        above = math.prod(self.numbers, start=Fraction(1))
        return above / math.prod(self.divisors, start=Fraction(1))

    @property
    def exponent(self) -> int:
        return sum(self.exponents) - sum(self.divisor_exponents)

    @property
    def node(self) -> Node:
        """`(3 × 2) × (10^4 × 10^5)`"""
        numbers = _chain([*map(_decimal, self.numbers)], [*map(_decimal, self.divisors)])
        powers = _chain([*map(_power, self.exponents)], [*map(_power, self.divisor_exponents)])
        return Mul((numbers, powers), "×")


def _parts(node: Node) -> _Parts | None:
    node = ungrouped(node)
    if isinstance(node, Mul):
        result = _Parts()
        for factor in node.factors:
            inner = _parts(factor)
            if inner is None:
                return None
            result = result.times(inner)
        return result
    if isinstance(node, Div):
        above, below = _parts(node.numerator), _parts(node.denominator)
        if above is None or below is None or 0 in below.numbers:
            return None
        return above.times(below.inverse)
    if _is_power_of_ten(node):
        assert isinstance(node, Pow)
        exponent = exact_value(node.exponent)
        if exponent is None or exponent.denominator != 1:
            return None
        return _Parts(exponents=(int(exponent),))
    value = exact_value(node)
    return None if value is None else _Parts(numbers=(value,))


def _power(exponent: int) -> Node:
    return Pow(_TEN, number(exponent))


def _chain(above: list[Node], below: list[Node]) -> Node:
    node: Node = Number("1")
    if above:
        node = above[0] if len(above) == 1 else Mul(tuple(above), "×")
    for each in below:
        node = Div(node, each, "÷")
    return node


def _decimal(value: Fraction) -> Node:
    text = decimal_text(abs(value))
    if text is None:
        raise RefusedError("calculation")
    node: Node = Number(text)
    return Neg(node, is_grouped=True) if value < 0 else node


def _written(value: Fraction, exponent: int) -> Node:
    text = decimal_text(abs(value))
    if text is None:
        raise RefusedError("calculation")
    product = Mul((Number(text), Pow(_TEN, number(exponent))), "×")
    return Neg(product) if value < 0 else product
