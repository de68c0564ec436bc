"""Calculating with numbers in the order of operations.

The tree is worked from the inside out. In one line all operations of the same kind that are ready
are done together, as on paper: innermost brackets, then powers and roots, then products, then sums.
"""

from __future__ import annotations

from collections.abc import Callable

from inference.errors import MathSyntaxError
from inference.rules.bounds import check_bounds
from inference.rules.build import number
from inference.rules.cursor import MAX_DEPTH
from inference.rules.expansion import uses_decimals
from inference.rules.known_values import settle_functions
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Div,
    MixedNumber,
    Neg,
    Node,
    Number,
    Percent,
    children,
    walk,
)
from inference.rules.number_operations import TIMES, Kind, Pass, with_children
from inference.rules.number_values import (
    fraction_node,
    settled_rational,
    settled_value,
    written_fraction,
)
from inference.rules.printer import to_latex
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

MAX_PASSES = 60
MAX_RESULT_DIGITS = 60


def covers(problem: Problem) -> bool:
    """Whether it is a calculation with numbers only."""
    return problem.intent is Intent.EVALUATE


def solve(problem: Problem, trace: Trace) -> Node:
    """Work out the value.

    Raises:
        UnsupportedProblemError: It holds something other than rational numbers and square roots,
            divides by zero, or is a plain number, with nothing to work out.
    """
    node = problem.expressions[0]
    if isinstance(node.operand if isinstance(node, Neg) else node, Number):
        raise RefusedError("just_a_number")
    settled = settle_functions(node)
    if settled != node:
        node = settled
        trace.add("known_values", node)
    _demand_known(node)
    is_decimal = wants_decimals(node)
    has_mixed = any(isinstance(each, MixedNumber) for each in walk(node))
    node = evaluate(node, trace, is_decimal=is_decimal)
    if has_mixed:
        node = as_mixed(node, trace)
    if not trace.steps:
        trace.note("already_simple", node)
    return node


def evaluate(node: Node, trace: Trace, *, is_decimal: bool) -> Node:
    """Reduce a tree of numbers to one number, writing every line.

    Raises:
        UnsupportedProblemError: As `solve`.
    """
    node = _rewrite_forms(node, trace, is_decimal=is_decimal)
    for _ in range(MAX_PASSES):
        node = _settle_mixture(node, trace)
        plan = Pass(is_decimal)
        plan.look(node, 0)
        if plan.key is None:
            break
        before, node = node, plan.apply(node, 0)
        _demand_small(node)
        _write(plan, before, node, trace)
    if settled_value(node) is None:
        raise RefusedError("calculation")
    return node


def _demand_known(node: Node) -> None:
    for each in walk(node):
        if isinstance(each, Constant) or (
            isinstance(each, Call) and each.name not in {"abs", "log"}
        ):
            raise RefusedError("functions")


def _demand_small(node: Node) -> None:
    """Results grow; what would be longer than a line is refused."""
    try:
        check_bounds(node, max_depth=MAX_DEPTH)
    except MathSyntaxError:
        raise RefusedError("numbers_too_long") from None
    if any(isinstance(n, Number) and len(n.text) > MAX_RESULT_DIGITS for n in walk(node)):
        raise RefusedError("numbers_too_long")


def wants_decimals(node: Node) -> bool:
    """Whether the result is best written as a decimal, as the numbers in `node` are."""
    has_percent = any(isinstance(each, Percent) for each in walk(node))
    has_fraction = any(
        isinstance(each, MixedNumber) or (isinstance(each, Div) and each.sign == "/")
        for each in walk(node)
    )
    return not has_fraction and (has_percent or uses_decimals(node))


# -- forms of numbers --------------------------------------------------------------------------


def _rewrite_forms(node: Node, trace: Trace, *, is_decimal: bool) -> Node:
    """Mixed numbers become improper fractions, percentages decimals or fractions."""
    if any(isinstance(each, MixedNumber) for each in walk(node)):
        node = _map(node, _improper)
        trace.add("mixed_to_improper", node)
    if any(isinstance(each, Percent) for each in walk(node)):
        node = _map(node, _percent_as_decimal if is_decimal else _percent_as_fraction)
        trace.add("percent_as_decimal" if is_decimal else "percent_as_fraction", node)
    return node


def _settle_mixture(node: Node, trace: Trace) -> Node:
    """Decimals beside fractions become fractions."""
    has_decimal = any(isinstance(each, Number) and each.is_decimal for each in walk(node))
    has_fraction = any(
        isinstance(each, Div)
        and each.sign == "/"
        and not any(isinstance(n, Number) and n.is_decimal for n in walk(each))
        for each in walk(node)
    )
    if has_decimal and has_fraction:
        node = _map(node, _decimal_as_fraction)
        trace.add("decimals_as_fractions", node)
    return node


def _map(node: Node, change: Callable[[Node], Node | None]) -> Node:
    changed = change(node)
    if changed is not None:
        return changed
    parts = children(node)
    return with_children(node, [_map(part, change) for part in parts]) if parts else node


def _improper(node: Node) -> Node | None:
    if not isinstance(node, MixedNumber):
        return None
    bottom = int(node.denominator.value)
    return fraction_node(int(node.whole.value) * bottom + int(node.numerator.value), bottom)


def _percent_as_decimal(node: Node) -> Node | None:
    if not isinstance(node, Percent):
        return None
    value = settled_rational(node.operand)
    return None if value is None else number(value / 100, is_decimal=True)


def _percent_as_fraction(node: Node) -> Node | None:
    if not isinstance(node, Percent):
        return None
    value = settled_rational(node.operand)
    if value is None:
        return Div(node.operand, Number("100"))
    return fraction_node(int(value), 100) if value.denominator == 1 else number(value / 100)


def _decimal_as_fraction(node: Node) -> Node | None:
    return number(node.value) if isinstance(node, Number) and node.is_decimal else None


def as_mixed(node: Node, trace: Trace) -> Node:
    """Write an improper fraction as a mixed number, as a step."""
    value = settled_rational(node)
    if value is None or value.denominator == 1 or abs(value) < 1:
        return node
    whole, rest = divmod(abs(value.numerator), value.denominator)
    mixed: Node = MixedNumber(Number(str(whole)), Number(str(rest)), Number(str(value.denominator)))
    if value < 0:
        mixed = Neg(mixed)
    trace.add("improper_to_mixed", mixed)
    return mixed


# -- sentences ---------------------------------------------------------------------------------

_SPOKEN_WITH_WORK = frozenset(
    {
        *("add_and_subtract", TIMES, "evaluate_powers", "evaluate_roots"),
        *("simplify_roots", "absolute_value", "evaluate_factorial", "logarithm"),
    }
)


def _write(plan: Pass, before: Node, node: Node, trace: Trace) -> None:
    """A rule that makes up the whole line is named; a part of a line is spelled out."""
    assert plan.key is not None
    level, kind, rule = plan.key
    operands = [old for old, _ in plan.work]
    is_whole_line = len(plan.work) == 1 and plan.work[0][1] == node
    if rule == "common_denominator":
        trace.add(rule, node, denominator=_common_denominator(plan.work[0][1]))
        return
    if rule not in _SPOKEN_WITH_WORK:
        trace.write(rule, node, {}, operands=operands)
        return
    if is_whole_line:
        operation = plan.work[0][0]
        operation = operation.operand if isinstance(operation, Neg) else operation
        if rule == TIMES:
            rule = "divide" if isinstance(operation, Div) else "multiply"
        elif isinstance(operation, Add) and len(operation.terms) == 2:
            rule = "subtract" if isinstance(operation.terms[1], Neg) else "add"
        trace.write(rule, node, {}, operands=operands)
        return
    items = [trace.phrase("work_item", task=old, result=new) for old, new in plan.work]
    if rule == "add_and_subtract" and level == 0:
        trace.write(rule, node, {}, operands=operands)
        return
    work = (", " if trace.language == "en" else "，").join(items)
    if kind is Kind.POWER:
        trace.write(f"{rule}_first", node, {"work": work}, operands=operands)
    elif level < 0:
        has_brackets = "(" in to_latex(before)
        rule = "work_out_brackets" if has_brackets else "work_out_part"
        trace.write(rule, node, {"work": work}, operands=operands)
    elif kind is Kind.PRODUCT:
        trace.write("multiply_and_divide_first", node, {"work": work}, operands=operands)
    else:
        trace.write(rule, node, {}, operands=operands)


def _common_denominator(node: Node) -> Node:
    assert isinstance(node, Add)
    written = written_fraction(node.terms[0])
    return number(written[1] if written else 1)
