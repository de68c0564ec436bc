"""Definite integrals: an antiderivative, the bounds put in, and what comes out as short as it
can be: `\\frac{1}{3}`, `e^{2} - 1`, `\\ln 3`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, number, total
from inference.rules.known_values import angle_over_pi, settle_functions
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Evaluated,
    Integral,
    Neg,
    Node,
    Number,
    Pow,
    Symbol,
    children,
    replaced,
    ungrouped,
    walk,
)
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.substitution import put_in
from inference.rules.topics.arithmetic import evaluate
from inference.rules.topics.expressions import simplify

_ZERO = Number("0")
_MAX_LETTERS = 4


def check_bounds(bounds: Sequence[Node]) -> None:
    """Raises UnsupportedProblemError unless both are rational, or rational multiples of pi or e."""
    for bound in bounds:
        is_known = exact_value(bound) is not None or angle_over_pi(bound) is not None
        if not is_known and ungrouped(bound) != Constant("e"):
            raise RefusedError("rational_bounds")


def between_bounds(primitive: Node, variable: str, lower: Node, upper: Node, trace: Trace) -> Node:
    """From an antiderivative to the value; the lines go to `trace`."""
    whole = Evaluated(primitive, lower, upper)
    if whole != trace.line:
        trace.add("find_antiderivative", whole)
    at_upper, at_lower = (put_in(primitive, variable, bound) for bound in (upper, lower))
    if exact_value(at_lower) == 0:
        line = at_upper
        trace.add("put_in_upper_bound", line)
    else:
        line = Add((at_upper, Neg(grouped(at_lower))))
        trace.add("put_in_bounds", line)
    settled = settle_functions(line)
    trace.add("known_values_at_bounds", settled)
    if not _has_function(settled):
        return evaluate(settled, trace, is_decimal=False)
    return _collected(settled, trace)


def with_bounds(line: Node, lower: Node, upper: Node) -> Node:
    """A line of an indefinite integral as one of the definite: what is found stands in square
    brackets, what is left gets the bounds, and no constant is needed."""
    terms = line.terms if isinstance(line, Add) else (line,)
    found: list[Node] = []
    left: list[Node] = []
    for each in terms:
        bare = each.operand if isinstance(each, Neg) else each
        if isinstance(bare, Integral):
            bounded = Integral(bare.expression, bare.variable, lower, upper)
            left.append(Neg(bounded) if isinstance(each, Neg) else bounded)
        elif each != Symbol("C"):
            found.append(each)
    pieces = [Evaluated(total(found), lower, upper)] if found else []
    return total((*pieces, *left))


def _has_function(node: Node) -> bool:
    return any(isinstance(each, Constant | Call) for each in walk(node))


def _collected(node: Node, trace: Trace) -> Node:
    """Powers of e, logarithms and the like are collected like letters."""
    node = _with_one_logarithm(node, trace)
    if isinstance(node, Call | Constant) or (isinstance(node, Pow) and _is_opaque(node)):
        return node
    opaque = list(dict.fromkeys(_opaque_parts(node)))
    if len(opaque) > _MAX_LETTERS:
        raise RefusedError("integral")
    letters = [Symbol(f"\0{i}") for i in range(len(opaque))]
    for part, letter in zip(opaque, letters, strict=True):
        node = replaced(node, part, letter)

    def shown(inner: Node) -> Node:
        for part, letter in zip(opaque, letters, strict=True):
            inner = replaced(inner, letter, part)
        return inner

    with trace.within(shown):
        return shown(simplify(node, trace))


def _is_opaque(node: Node) -> bool:
    is_power = isinstance(node, Pow) and node.base == Constant("e")
    return is_power or isinstance(node, Call | Constant)


def _opaque_parts(node: Node) -> Iterator[Node]:
    if _is_opaque(node):
        yield node
    else:
        for child in children(node):
            yield from _opaque_parts(child)


def _with_one_logarithm(node: Node, trace: Trace) -> Node:
    """`\\ln 4 - \\ln 2` is `\\ln 2`."""
    if not isinstance(node, Add) or len(node.terms) != 2:
        return node
    first, second = node.terms
    if not isinstance(first, Call) or not isinstance(second, Neg):
        return node
    other = second.operand
    if not isinstance(other, Call) or first.name != "ln" or other.name != "ln":
        return node
    above, below = exact_value(first.args[0]), exact_value(other.args[0])
    if above is None or not below:
        return node
    joined = Call("ln", (number(above / below),))
    trace.add("difference_of_logarithms", joined)
    return joined
