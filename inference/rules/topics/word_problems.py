"""Word problems of fixed wording: percentages, interest, units, chances."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import decimal_text, grouped, number
from inference.rules.nodes import (
    Add,
    Div,
    Measure,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    Quantity,
)
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.arithmetic import evaluate
from inference.rules.units import UNITS

_KINDS = frozenset(
    {
        *("percent_change", "percent_decrease", "percent_share"),
        *("increased", "decreased", "conversion"),
        *("simple_interest", "compound_interest", "compound_amount", "probability"),
    }
)
_ONE = Number("1")
_MAX_YEARS = 12
# Up to here a fraction of a unit says more than a rounded decimal.
_MAX_DENOMINATOR = 60


def covers(problem: Problem) -> bool:
    """Whether it is one of these stories."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Say what the story comes down to, and work it out.

    Raises:
        UnsupportedProblemError: The numbers make no sense, or the result is too long.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    match quantity.kind:
        case "percent_change" | "percent_decrease" | "percent_share":
            return _ratio(quantity, trace)
        case "increased" | "decreased":
            return _changed(quantity, trace)
        case "conversion":
            return _converted(quantity, trace)
        case "probability":
            return _probability(quantity, trace)
        case _:
            return _interest(quantity, trace)


# -- percentages -------------------------------------------------------------------------------


def _ratio(quantity: Quantity, trace: Trace) -> Node:
    first, second = quantity.operands
    old = second if quantity.kind == "percent_share" else first
    if not exact_value(old):
        raise RefusedError("percent_of_nothing")
    if quantity.kind == "percent_change":
        line = Div(Add((second, Neg(grouped(first)))), old)
        trace.add("change_over_old", line, old=old, new=second)
    elif quantity.kind == "percent_decrease":
        line = Div(Add((first, Neg(grouped(second)))), old)
        if not _is_less(second, first):
            raise RefusedError("no_decrease")
        trace.add("decrease_over_old", line, old=old, new=second)
    else:
        line = Div(first, second)
        trace.add("part_over_whole", line, part=first, whole=second)
    return _as_percent(evaluate(line, trace, is_decimal=False), trace)


def _is_less(one: Node, other: Node) -> bool:
    first, second = exact_value(one), exact_value(other)
    return first is not None and second is not None and first < second and second > 0


def _as_percent(node: Node, trace: Trace) -> Node:
    value = exact_value(node)
    if value is None or decimal_text(abs(value) * 100) is None:
        return node
    size = Percent(number(abs(value) * 100, is_decimal=True))
    answer: Node = size if value >= 0 else Neg(size)
    trace.add("write_as_percent", answer)
    return answer


def _changed(quantity: Quantity, trace: Trace) -> Node:
    old, rate = quantity.operands
    is_more = quantity.kind == "increased"
    factor = Add((_ONE, rate if is_more else Neg(rate)))
    line = Mul((grouped(old), factor), "×")
    trace.add("more_by_percent" if is_more else "less_by_percent", line, rate=rate, old=old)
    return evaluate(line, trace, is_decimal=True)


# -- interest ----------------------------------------------------------------------------------


def _interest(quantity: Quantity, trace: Trace) -> Node:
    money, rate, years = quantity.operands
    count = exact_value(years)
    if count is None or count > _MAX_YEARS:
        raise RefusedError("lines_too_long")
    if quantity.kind == "simple_interest":
        line: Node = Mul((money, rate, years), "×")
        trace.add("simple_interest", line, money=money, rate=rate, years=years)
        return evaluate(line, trace, is_decimal=True)
    growth = Pow(Add((_ONE, rate)), years)
    amount = Mul((money, growth), "×")
    if quantity.kind == "compound_amount":
        trace.add("compound_amount", amount, money=money, rate=rate, years=years)
        return evaluate(amount, trace, is_decimal=True)
    line = Add((amount, Neg(money)))
    trace.add("compound_interest", line, money=money, rate=rate, years=years)
    return evaluate(line, trace, is_decimal=True)


# -- units -------------------------------------------------------------------------------------


def _converted(quantity: Quantity, trace: Trace) -> Node:
    given, wanted = quantity.operands
    assert isinstance(given, Measure) and isinstance(wanted, Measure)
    from_unit, to_unit = UNITS[given.unit], UNITS[wanted.unit]
    if from_unit is to_unit:
        raise RefusedError("same_unit")
    factor = from_unit.size / to_unit.size
    is_larger = factor > 1 and decimal_text(factor) is not None
    size = factor if is_larger else 1 / factor
    if decimal_text(size) is None:
        raise RefusedError("numbers_too_long")
    written = number(size, is_decimal=True)
    line = Mul((given.value, written), "×") if is_larger else Div(given.value, written, "÷")
    large, small = (from_unit, to_unit) if is_larger else (to_unit, from_unit)
    with trace.within(lambda part: Measure(part, to_unit.symbol)):
        trace.note(
            "times_units" if is_larger else "by_units",
            line,
            large=Measure(_ONE, large.symbol),
            small=Measure(written, small.symbol),
        )
        value = evaluate(line, trace, is_decimal=not _has_fraction(given.value))
    worth = exact_value(value)
    if worth is None or (decimal_text(abs(worth)) is None and worth.denominator > _MAX_DENOMINATOR):
        raise RefusedError("unit_not_exact")
    return Measure(value, to_unit.symbol)


def _has_fraction(node: Node) -> bool:
    return not isinstance(node, Number)


# -- chances -----------------------------------------------------------------------------------


def _probability(quantity: Quantity, trace: Trace) -> Node:
    favourable, total = quantity.operands
    some, cases = exact_value(favourable), exact_value(total)
    if some is None or not cases or not Fraction(0) <= some <= cases:
        raise RefusedError("no_chances")
    line = Div(favourable, total)
    trace.add("favourable_over_all", line, favourable=favourable, total=total)
    return evaluate(line, trace, is_decimal=False)
