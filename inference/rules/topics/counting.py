"""In how many ways some of several things can be chosen or put in order."""

from __future__ import annotations

from inference.rules.bounds import MAX_FACTORIAL
from inference.rules.build import number
from inference.rules.nodes import Div, Factorial, Mul, Node, Number, Quantity
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.arithmetic import evaluate

_KINDS = frozenset({"combinations", "permutations"})
# Longer products than this are written with factorials.
_MAX_FACTORS = 8


def covers(problem: Problem) -> bool:
    """Whether it asks for a number of ways."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Count the ways.

    Raises:
        UnsupportedProblemError: More are taken than there are, or the numbers are too large.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    count, taken = (_whole(each) for each in quantity.operands)
    if taken > count:
        raise RefusedError("too_many_taken")
    if count > MAX_FACTORIAL:
        raise RefusedError("numbers_too_long")
    if quantity.kind == "permutations":
        return _permutations(count, taken, trace)
    return _combinations(count, taken, trace)


def _whole(node: Node) -> int:
    assert isinstance(node, Number)
    return int(node.text)


def _permutations(count: int, taken: int, trace: Trace) -> Node:
    if taken == 0:
        return _only_one(trace)
    if taken == count:
        line: Node = Factorial(number(count))
        trace.add("arrange_all", line, count=count)
    else:
        line = _falling(count, taken)
        trace.add("arrange_some", line, count=count, taken=taken)
    return evaluate(line, trace, is_decimal=False)


def _combinations(count: int, taken: int, trace: Trace) -> Node:
    few = min(taken, count - taken)
    if few == 0:
        return _only_one(trace)
    if few < taken:
        trace.add(
            "choose_the_rest",
            Quantity("combinations", (number(count), number(few))),
            count=count,
            taken=taken,
            rest=few,
        )
    if few == 1:
        trace.add("choose_one", number(count), count=count)
        return number(count)
    line = Div(_falling(count, few), _falling(few, few))
    trace.add("choose_some", line, count=count, taken=few)
    return evaluate(line, trace, is_decimal=False)


def _only_one(trace: Trace) -> Node:
    trace.add("only_one_way", Number("1"))
    return Number("1")


def _falling(start: int, length: int) -> Node:
    """`5 × 4 × 3`."""
    if length > _MAX_FACTORS:
        raise RefusedError("lines_too_long")
    factors = tuple(number(start - i) for i in range(length))
    return factors[0] if length == 1 else Mul(factors, "×")
