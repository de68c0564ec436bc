"""Simplify and expand: expressions with letters, as sums, products and whole powers."""

from __future__ import annotations

from inference.rules.expansion import (
    Expander,
    collect,
    flat_terms,
    multiply_monomials_in,
    uses_decimals,
)
from inference.rules.nodes import Add, Node, Symbol
from inference.rules.polynomial import Polynomial, polynomial_node
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

MAX_PASSES = 30


def covers(problem: Problem) -> bool:
    """Whether the problem asks to simplify or expand."""
    return problem.intent in {Intent.SIMPLIFY, Intent.EXPAND}


def solve(problem: Problem, trace: Trace) -> Node:
    """Simplify or expand. What is simple already is the answer, with a sentence that says so.

    Raises:
        UnsupportedProblemError: The expression is no polynomial, or a letter alone.
    """
    node = problem.expressions[0]
    if isinstance(node, Symbol):
        raise RefusedError("just_a_letter")
    answer = simplify(node, trace)
    if not trace.steps:
        trace.note(nothing_to_do(answer), answer)
    return answer


def nothing_to_do(node: Node) -> str:
    """The rule that says why an expression is left as it is."""
    return "no_like_terms" if isinstance(node, Add) else "already_simple"


def simplify(node: Node, trace: Trace) -> Node:
    """Remove brackets layer by layer and collect like terms, a line each."""
    is_decimal = uses_decimals(node)
    for _ in range(MAX_PASSES):
        multiplied = multiply_monomials_in(node, is_decimal=is_decimal)
        if multiplied != node:
            node = multiplied
            trace.add("multiply_monomials", node)
        collected = collect(node, is_decimal=is_decimal)
        if collected != node:
            node = collected
            trace.add("collect_like_terms", node)
        expander = Expander(is_decimal=is_decimal)
        expanded = expander.expand(node)
        if not expander.rules:
            break
        node = expanded
        if expander.detail is not None and len(expander.rules) == 1:
            trace.add(expander.rule, node, factor=expander.detail)
        else:
            trace.add(_plural(expander), node)
    terms = flat_terms(node)
    if terms is None:
        raise RefusedError("whole_powers")
    return _in_usual_order(node, trace, is_decimal=is_decimal)


def _plural(expander: Expander) -> str:
    """Laws whose sentence names a factor cannot speak of several at once."""
    return (
        "expand_brackets" if expander.rule in {"distribute", "divide_each_term"} else expander.rule
    )


def _in_usual_order(node: Node, trace: Trace, *, is_decimal: bool) -> Node:
    """After brackets were removed, the answer is written with falling powers."""
    terms = flat_terms(node)
    if terms is None or not trace.steps:
        return node
    result = Polynomial()
    for monomial, value in terms:
        result += Polynomial({monomial: value} if value else {})
    if len(result.letters) > 1:
        return node
    ordered = polynomial_node(result, is_decimal=is_decimal)
    if ordered != node:
        trace.add("order_terms", ordered)
    return ordered
