"""Says whether a reading is the true one and an answer the right one, form and all.

Parses with the project's parser, because that defines the notation, and compares with SymPy,
without the project's checker: what is measured must not measure itself.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

import sympy

from inference.errors import InferenceError
from inference.rules.convert import plus_minus_readings, to_sympy
from inference.rules.nodes import (
    Add,
    Alternatives,
    Derivative,
    Div,
    FunctionValue,
    Integral,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    Relation,
    Symbol,
    System,
    children,
    walk,
)
from inference.rules.parser import parse_math
from inference.rules.problem import parse_problem

_NUMERIC_TOPICS = frozenset({"arithmetic", "fractions", "decimals", "percent"})


@dataclass(frozen=True)
class Expected:
    """One picture of a `truth.json`: see `NOTICE.md` beside it for the notation."""

    file: Path
    kind: str
    topic: str
    language: str
    text: str
    answer: str


def load_truth(folder: Path) -> list[Expected]:
    """Read `truth.json` of a folder.

    It is a list of objects with `file`, `text` and `answer`, and possibly `kind`, `topic` and
    `language`.
    """
    import json

    entries = json.loads((folder / "truth.json").read_text("utf-8"))
    return [
        Expected(
            file=folder / entry["file"],
            kind=entry.get("kind", "handwriting"),
            topic=entry.get("topic", "unknown"),
            language=entry.get("language", "en"),
            text=entry["text"],
            answer=entry["answer"],
        )
        for entry in entries
    ]


def is_reading_exact(truth: str, reading: str) -> bool:
    """Whether both texts ask the same thing of the same formula.

    The signs of multiplication and division and the words of the instruction do not matter, what
    the instruction asks for does.
    """
    try:
        first, second = parse_problem(truth), parse_problem(reading)
    except InferenceError:
        return False
    return first.intent == second.intent and [_plain(n) for n in first.expressions] == [
        _plain(n) for n in second.expressions
    ]


def _plain(node: Node) -> Node:
    """The tree without the choices that do not change what is written: signs and grouping."""
    changes: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changes[field.name] = _plain(value)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(_plain(v) if isinstance(v, Node) else v for v in value)
    node = cast("Node", replace(node, **changes))
    match node:
        case Neg():
            return Neg(node.operand)
        case Div():
            return Div(node.numerator, node.denominator)
        case Mul():
            flat = [f for each in node.factors for f in _factors_of(each)]
            return Mul(tuple(flat))
        case _:
            return node


def _factors_of(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Mul) else (node,)


def is_answer_right(topic: str, truth: str, answer: str) -> bool:
    """Whether `answer` (LaTeX or plain) is the true answer, in a form that a teacher would take.

    A factored answer must be factored, an expanded one expanded, a number one number. For an
    unknown topic only the value counts.
    """
    try:
        wanted, got = _strip_name(parse_math(truth)), _strip_name(parse_math(answer))
        if _is_statement(wanted) != _is_statement(got):
            return False
        if _is_statement(wanted):
            return _cases(wanted) == _cases(got)
        if sympy.simplify(to_sympy(wanted) - to_sympy(got)) != 0:
            return False
    except InferenceError:
        return False
    return _has_form(topic, wanted, got)


def _strip_name(node: Node) -> Node:
    """`y' = 2x` and `\\int 2x dx = x^2 + C` answer with their right side."""
    if isinstance(node, Relation) and isinstance(node.left, FunctionValue | Derivative | Integral):
        return node.right
    return node


def _is_statement(node: Node) -> bool:
    return isinstance(node, Relation | System | Alternatives)


def _cases(node: Node) -> set[frozenset[tuple[str, Any]]]:
    match node:
        case Alternatives():
            return set().union(*(_cases(option) for option in node.options))
        case System():
            pairs = [_assignment(each) for each in node.relations]
            return {frozenset(pairs)}
        case _:
            return {frozenset([_assignment(each)]) for each in plus_minus_readings(node)}


def _assignment(node: Node) -> tuple[str, Any]:
    if isinstance(node, Relation) and node.operator == "=" and isinstance(node.left, Symbol):
        return node.left.name, sympy.nsimplify(sympy.simplify(to_sympy(node.right)))
    # No assignment: equal to no truth.
    return "", node


def _has_form(topic: str, wanted: Node, got: Node) -> bool:
    if topic in _NUMERIC_TOPICS:
        return _is_one_number(got)
    if topic == "factor":
        return _num_factors(got) >= _num_factors(wanted)
    if topic in {"expand", "simplify", "derivative"}:
        is_short = sum(1 for _ in walk(got)) <= 1.5 * sum(1 for _ in walk(wanted)) + 2
        is_expanded = not any(
            isinstance(each, Mul) and any(isinstance(f, Add) for f in each.factors)
            for each in walk(got)
        )
        return is_short and (is_expanded or topic == "derivative")
    if topic == "integral":
        return not any(isinstance(each, Integral) for each in walk(got))
    return True


def _is_one_number(node: Node) -> bool:
    match node:
        case Number() | MixedNumber():
            return True
        case Neg():
            return _is_one_number(node.operand)
        case Percent():
            return isinstance(node.operand, Number)
        case Div():
            return all(isinstance(each, Number | Neg) for each in children(node))
        case _:
            return False


def _num_factors(node: Node) -> int:
    match node:
        case Mul():
            return sum(_num_factors(each) for each in node.factors)
        case Neg():
            return _num_factors(node.operand)
        case Pow(base=base, exponent=Number(text=text)) if text.isdigit():
            return int(text) * _num_factors(base)
        case Number():
            return 0
        case _:
            return 1
