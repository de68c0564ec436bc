"""Puts a value in the place of a letter, and a function's formula in the place of its name."""

from __future__ import annotations

from dataclasses import dataclass

from inference.rules.build import grouped
from inference.rules.nodes import (
    FunctionValue,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Relation,
    Symbol,
    System,
    children,
    is_numeric,
    symbols,
    ungrouped,
    walk,
)
from inference.rules.number_operations import with_children


@dataclass(frozen=True, slots=True)
class Function:
    """What a name stands for: the formula and its letter."""

    variable: str
    formula: Node


# The letter of a function that has none in its formula.
_ONLY = "x"


def function_of(definition: Node) -> tuple[str, Function] | None:
    """The name and the meaning that `f(x) = ...` or `y = ...` gives; None when it is neither."""
    if not isinstance(definition, Relation) or definition.operator != "=":
        return None
    left, right = definition.left, definition.right
    names = symbols(right)
    if any(isinstance(each, FunctionValue | Relation) for each in walk(right)):
        return None
    if isinstance(left, FunctionValue) and left.order == 0 and isinstance(left.argument, Symbol):
        is_known = set(names) <= {left.argument.name}
        return (left.name, Function(left.argument.name, right)) if is_known else None
    if isinstance(left, Symbol) and left.name not in names and len(names) <= 1:
        return left.name, Function(names[0] if names else _ONLY, right)
    return None


def put_in(node: Node, name: str, value: Node) -> Node:
    """`node` with `value` in the place of a letter, nothing worked out.

    Raises:
        UnsupportedProblemError: It holds something that values are not put into.
    """
    if isinstance(node, Symbol):
        return grouped(value) if node.name == name else node
    if name not in symbols(node):
        return node
    parts = [put_in(each, name, value) for each in children(node)]
    if isinstance(node, Mul):
        is_signed = is_numeric(value) or node.sign == "×"
        return Mul(tuple(map(grouped, parts)), "×" if is_signed else "")
    if isinstance(node, Neg):
        return Neg(grouped(parts[0]), node.is_grouped)
    return with_children(node, parts)


def with_calls(node: Node, names: frozenset[str]) -> Node:
    """Read `f(x + 1)` as the function at that place, where f is known to be a function."""
    if isinstance(node, Mul) and node.sign == "":
        factors: list[Node] = []
        for factor in node.factors:
            before = factors[-1] if factors else None
            if isinstance(before, Symbol) and before.name in names:
                factors[-1] = FunctionValue(before.name, with_calls(ungrouped(factor), names))
            elif _is_inverse_name(before, names):
                assert isinstance(before, Pow) and isinstance(before.base, Symbol)
                factors[-1] = FunctionValue(before.base.name, ungrouped(factor), -1)
            else:
                factors.append(with_calls(factor, names))
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))
    if isinstance(node, FunctionValue):
        return FunctionValue(node.name, with_calls(node.argument, names), node.order)
    if isinstance(node, Relation):
        return Relation(node.operator, with_calls(node.left, names), with_calls(node.right, names))
    if isinstance(node, System):
        return System(tuple(with_calls(each, names) for each in node.relations))
    if not names & set(symbols(node)) or not children(node):
        return node
    return with_children(node, [with_calls(each, names) for each in children(node)])


def _is_inverse_name(node: Node | None, names: frozenset[str]) -> bool:
    """`f^{-1}`"""
    return (
        isinstance(node, Pow)
        and isinstance(node.base, Symbol)
        and node.base.name in names
        and node.exponent == Neg(Number("1"))
    )


def innermost_call(node: Node, names: frozenset[str]) -> FunctionValue | None:
    """The first function at a place that holds no other; None when there is none."""
    for child in children(node):
        found = innermost_call(child, names)
        if found is not None:
            return found
    return node if isinstance(node, FunctionValue) and node.name in names else None
