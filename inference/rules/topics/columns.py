"""Sums, differences, products and quotients of whole numbers, written out in columns."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.build import number
from inference.rules.columns import (
    MAX_DIGITS,
    division_turns,
    partial_products,
    product_in_columns,
    quotient_in_columns,
    sum_in_columns,
)
from inference.rules.nodes import Add, Div, MixedNumber, Mul, Neg, Node, Number, Relation
from inference.rules.problem import Intent, Method, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace


def covers(problem: Problem) -> bool:
    """Whether a calculation is asked for in columns."""
    return problem.intent is Intent.EVALUATE and problem.method is Method.COLUMNS


def solve(problem: Problem, trace: Trace) -> Node:
    """Write the calculation out.

    Raises:
        UnsupportedProblemError: It is no calculation with two whole numbers, or they are too long.
    """
    match problem.expressions[0]:
        case Mul(factors=(left, right)):
            return _product(_whole(left), _whole(right), trace)
        case Div(numerator=above, denominator=below):
            return _quotient(_whole(above), _whole(below), trace)
        case Add(terms=(left, Neg(operand=right))):
            return _sum(_whole(left), _whole(right), trace, is_difference=True)
        case Add(terms=(left, right)):
            return _sum(_whole(left), _whole(right), trace, is_difference=False)
    raise RefusedError("columns_whole")


def _whole(node: Node) -> int:
    if not isinstance(node, Number) or node.is_decimal or len(node.text) > MAX_DIGITS:
        raise RefusedError("columns_whole")
    return int(node.text)


def _plain(value: int) -> Number:
    return Number(str(value))


def _product(left: int, right: int, trace: Trace) -> Node:
    if len(str(left)) < len(str(right)):
        left, right = right, left
    partials = partial_products(left, right)
    for each in partials if len(partials) > 1 else []:
        factor = each.digit * 10**each.shift
        line = Mul((_plain(left), _plain(factor)), "×")
        trace.note(
            "partial_product",
            Relation("=", line, _plain(left * factor)),
            factor=number(factor),
        )
    rule = "add_partial_products" if len(partials) > 1 else "multiply_digit_by_digit"
    trace.note(rule, product_in_columns(left, right))
    answer = _plain(left * right)
    trace.note("read_off_columns", answer)
    return answer


def _sum(left: int, right: int, trace: Trace, *, is_difference: bool) -> Node:
    if is_difference and right > left:
        raise RefusedError("columns_whole")
    rule = "subtract_in_columns" if is_difference else "add_in_columns"
    trace.note(rule, sum_in_columns(left, right, is_difference=is_difference))
    answer = _plain(left - right if is_difference else left + right)
    trace.note("read_off_columns", answer)
    return answer


def _quotient(dividend: int, divisor: int, trace: Trace) -> Node:
    if not divisor:
        raise RefusedError("divides_by_zero")
    turns = division_turns(dividend, divisor)
    for turn in turns:
        product = Mul((_plain(divisor), _plain(turn.digit)), "×")
        whole: Node = product if not turn.rest else Add((product, _plain(turn.rest)))
        trace.note(
            "division_turn" if turn.place else "last_division_turn",
            Relation("=", _plain(turn.part), whole),
            part=number(turn.part),
            digit=number(turn.digit),
            rest=number(turn.rest),
        )
    trace.note("division_in_columns", quotient_in_columns(dividend, divisor))
    quotient, rest = divmod(dividend, divisor)
    share = Fraction(rest, divisor)
    if not rest:
        answer: Node = _plain(quotient)
        trace.note("read_off_columns", answer)
        return answer
    answer = number(share)
    if quotient:
        answer = MixedNumber(_plain(quotient), _plain(share.numerator), _plain(share.denominator))
    trace.note("rest_as_fraction", answer, rest=number(rest))
    return answer
