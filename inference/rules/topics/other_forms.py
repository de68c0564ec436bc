"""The same number in another form (percent, fraction, decimal), and a number divided in a ratio."""

from __future__ import annotations

import math
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import decimal_text, number
from inference.rules.nodes import (
    Add,
    Div,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    Quantity,
    Ratio,
    Relation,
)
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

_KINDS = frozenset({"as_percent", "as_fraction", "as_decimal", "shares"})
_HUNDRED = Number("100")
_MAX_DIGITS = 30


def covers(problem: Problem) -> bool:
    """Whether a number is to be written otherwise, or divided in a ratio."""
    return isinstance(problem.node, Quantity) and problem.node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Write it so.

    Raises:
        UnsupportedProblemError: There is no such form, or the number is in it already.
    """
    asked = problem.node
    assert isinstance(asked, Quantity)
    if asked.kind == "shares":
        return _shares(asked, trace)
    value = exact_value(asked.operands[0])
    if value is None:
        raise RefusedError("calculation")
    given = asked.operands[0]
    given = given.operand if isinstance(given, Neg) else given
    if asked.kind == "as_percent":
        answer = _percent(given, value, trace)
    elif asked.kind == "as_fraction":
        answer = _fraction(given, value, trace)
    else:
        answer = _decimal(given, value, trace)
    if not trace.steps:
        raise RefusedError("has_this_form")
    return answer


def _signed(node: Node, value: Fraction) -> Node:
    return Neg(node) if value < 0 else node


def _finite(value: Fraction) -> Number:
    """The decimal of a size.

    Raises:
        UnsupportedProblemError: It does not end.
    """
    text = decimal_text(abs(value))
    if text is None or len(text) > _MAX_DIGITS:
        raise RefusedError("decimal_without_end")
    return Number(text)


def _percent(given: Node, value: Fraction, trace: Trace) -> Node:
    if isinstance(given, Percent):
        raise RefusedError("has_this_form")
    answer = _signed(Percent(_finite(value * 100)), value)
    if not isinstance(given, Number):
        decimal = _signed(_finite(value), value)
        trace.add("divide_to_decimal", decimal)
    trace.add("write_as_percent", answer)
    return answer


def _fraction(given: Node, value: Fraction, trace: Trace) -> Node:
    top, bottom = abs(value).numerator, abs(value).denominator
    if isinstance(given, Percent):
        inner = exact_value(given.operand)
        assert inner is not None, "the whole has a value"
        trace.add(
            "percent_over_hundred",
            _signed(Div(number(abs(inner), is_decimal=True), _HUNDRED), value),
        )
        places = _places(number(abs(inner), is_decimal=True))
        line = Div(number(abs(inner) * 10**places), number(100 * 10**places))
        if places:
            trace.add("whole_numbers_by_tens", _signed(line, value))
    elif isinstance(given, Number) and given.is_decimal:
        places = _places(given)
        line = Div(number(abs(value) * 10**places), number(10**places))
        trace.add("decimal_over_power_of_ten", _signed(line, value), places=number(places))
    else:
        line = Div(number(top), number(bottom))
    answer = _signed(number(abs(value)), value)
    if trace.steps and _signed(line, value) != answer:
        assert isinstance(line.numerator, Number) and isinstance(line.denominator, Number)
        divisor = math.gcd(int(line.numerator.text), int(line.denominator.text))
        trace.add("reduce_by", answer, divisor=number(divisor))
    return answer


def _places(node: Node) -> int:
    return len(node.text.partition(".")[2]) if isinstance(node, Number) else 0


def _decimal(given: Node, value: Fraction, trace: Trace) -> Node:
    answer = _signed(_finite(value), value)
    exponent = _exponent_of_ten(given)
    if isinstance(given, Percent):
        trace.add("percent_moves_point", answer)
    elif exponent is not None:
        rule = "point_right_for_power" if exponent >= 0 else "point_left_for_power"
        trace.add(rule, answer, places=number(abs(exponent)))
    elif not isinstance(given, Number):
        trace.add("divide_to_decimal", answer)
    return answer


def _exponent_of_ten(node: Node) -> int | None:
    """Of `4.5 × 10^4` the 4."""
    if not isinstance(node, Mul) or len(node.factors) != 2:
        return None
    size, power = node.factors
    if not isinstance(size, Number) or not isinstance(power, Pow) or power.base != Number("10"):
        return None
    exponent = exact_value(power.exponent)
    return int(exponent) if exponent is not None and exponent.denominator == 1 else None


def _shares(asked: Quantity, trace: Trace) -> Node:
    total, ratio = asked.operands
    assert isinstance(ratio, Ratio)
    whole = exact_value(total)
    parts = [exact_value(each) for each in ratio.items]
    known = [part for part in parts if part]
    if not whole or len(known) < len(parts):
        raise RefusedError("ratio_of_nothing")
    count = sum(known)
    unit = whole / count
    trace.add("count_parts", Relation("=", Add(tuple(ratio.items)), number(count, is_decimal=True)))
    one = number(unit, is_decimal=True)
    trace.add(
        "one_part",
        Relation("=", Div(total, number(count, is_decimal=True), "÷"), one),
        total=total,
        count=number(count, is_decimal=True),
    )
    products = tuple(Mul((each, one), "×") for each in ratio.items)
    trace.add("parts_times_one", Listing(products), one=one)
    answer = Listing(tuple(number(part * unit, is_decimal=True) for part in known))
    trace.add("work_out_each_share", answer)
    return answer
