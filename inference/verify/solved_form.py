"""The shape of lines about one unknown: what they give it, and into which cases they split."""

from __future__ import annotations

from collections.abc import Iterator

from inference.rules.convert import plus_minus_readings
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Mul,
    Node,
    Number,
    Phrase,
    Pow,
    Relation,
    Symbol,
    System,
    is_numeric,
)
from inference.verify.claims import has_plus_minus
from inference.verify.statements import is_true, statement_of


def is_solved(name: str, node: Node) -> bool:
    """Whether every relation about the unknown has it alone against numbers."""
    if isinstance(node, Phrase):
        return True
    about_unknown = [each for each in relations_in(node) if not is_about_numbers(each)]
    return bool(about_unknown) and all(
        _value_in(name, relation) is not None for relation in about_unknown
    )


def values_in(name: str, node: Node) -> list[Node]:
    """The numbers that a solved line gives to the unknown, of `x = 10/2 = 5` the last."""
    if isinstance(node, Chain) and set(node.operators) == {"="}:
        is_first = node.operands[0] == Symbol(name)
        return [node.operands[-1] if is_first else node.operands[0]]
    if isinstance(node, Alternatives | System):
        inner = node.options if isinstance(node, Alternatives) else node.relations
        return [value for each in inner for value in values_in(name, each)]
    values = [_value_in(name, relation) for relation in relations_in(node)]
    return [value for value in values if value is not None]


def _value_in(name: str, relation: Relation) -> Node | None:
    unknown = Symbol(name)
    if relation.left == unknown and is_numeric(relation.right):
        return relation.right
    if relation.right == unknown and is_numeric(relation.left):
        return relation.left
    return None


def relations_in(node: Node) -> Iterator[Relation]:
    """All relations that a line states, link by link."""
    match node:
        case Relation():
            yield node
        case Chain():
            yield from node.relations
        case System():
            for each in node.relations:
                yield from relations_in(each)
        case Alternatives():
            for each in node.options:
                yield from relations_in(each)


def is_about_numbers(relation: Relation) -> bool:
    """Whether no letter occurs."""
    return is_numeric(relation.left) and is_numeric(relation.right)


def has_false_number(node: Node) -> bool:
    """Whether a computation within the line is wrong, with either sign where there is a ±. One
    case of several may well be impossible: `2 = 0 or x = 1` has none."""
    if isinstance(node, Alternatives):
        return any(
            has_false_number(each)
            for each in node.options
            if not (isinstance(each, Relation) and is_about_numbers(each))
        )
    for relation in relations_in(node):
        if not is_about_numbers(relation):
            continue
        left, right = plus_minus_readings(relation.left), plus_minus_readings(relation.right)
        for sign in range(max(len(left), len(right))):
            reading = Relation(
                relation.operator,
                left[min(sign, len(left) - 1)],
                right[min(sign, len(right) - 1)],
            )
            if not is_true(statement_of(reading)):
                return True
    return False


def cases_in(node: Node) -> Iterator[Node]:
    """The cases into which a line splits: alternatives, signs, or a product that is zero."""
    if isinstance(node, Alternatives):
        yield from node.options
    if has_plus_minus(node) and isinstance(node, Relation):
        yield from plus_minus_readings(node)
    if isinstance(node, Relation) and node.right == Number("0") and isinstance(node.left, Mul):
        for factor in node.left.factors:
            yield Relation("=", factor, Number("0"))
    if isinstance(node, Relation) and isinstance(node.left, Pow) and node.right == Number("0"):
        yield Relation("=", node.left.base, Number("0"))
