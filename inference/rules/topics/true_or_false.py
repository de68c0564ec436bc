"""Statements about numbers alone, such as `19 + 21 - 35 = 42`: work out the sides and compare."""

from __future__ import annotations

from inference.rules.bounds import exact_value
from inference.rules.nodes import (
    Chain,
    MixedNumber,
    Node,
    Percent,
    Phrase,
    Relation,
    RelationOperator,
    walk,
)
from inference.rules.number_values import settled_value
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import RootSum
from inference.rules.topics.arithmetic import as_mixed, evaluate, wants_decimals


def covers(problem: Problem) -> bool:
    """Whether it is a statement that has to be right or wrong."""
    return problem.intent is Intent.CHECK


def solve(problem: Problem, trace: Trace) -> Node:
    """Work out whether the statement is true.

    Returns:
        `Phrase("true")` or `Phrase("false")`; for a wrong result of a calculation the calculation
        with its right one, `19 + 21 - 35 = 5`.

    Raises:
        UnsupportedProblemError: A side has no value that is covered, or the statement is an
            approximation.
    """
    statement = problem.expressions[0]
    assert isinstance(statement, Relation | Chain)
    operands, operators = _parts(statement)
    if "≈" in operators:
        raise RefusedError("approximation")
    is_decimal = wants_decimals(statement)
    settled = [_evaluate(each, trace, is_decimal=is_decimal) for each in operands]
    values = [_value(each) for each in settled]
    for place, operator in enumerate(operators):
        actual = _comparison(values[place], values[place + 1], operator)
        if actual != operator and not _includes(operator, actual):
            return _wrong(statement, settled[place : place + 2], place, actual, trace)
    line = _statement(tuple(settled), operators)
    trace.note("sides_are_equal" if set(operators) == {"="} else "comparison_holds", line)
    return Phrase("true")


def _calculation_in(statement: Node) -> tuple[Node, Node] | None:
    """The side of an equation that is to be worked out and the plain number that is claimed for
    it; None when it is no calculation with its result."""
    if not isinstance(statement, Relation) or statement.operator != "=":
        return None
    is_left_plain, is_right_plain = _is_plain(statement.left), _is_plain(statement.right)
    if is_left_plain == is_right_plain:
        return None
    if is_left_plain:
        return statement.right, statement.left
    return statement.left, statement.right


def _wrong(
    statement: Relation | Chain,
    sides: list[Node],
    place: int,
    actual: RelationOperator,
    trace: Trace,
) -> Node:
    calculation = _calculation_in(statement)
    if calculation is not None:
        asked, claimed = calculation
        right = sides[0] if asked == _parts(statement)[0][place] else sides[1]
        trace.note("result_is_wrong", Relation("!=", right, claimed), value=right, claimed=claimed)
        return Relation("=", asked, right)
    is_equation = _parts(statement)[1][place] == "="
    trace.note(
        "sides_differ" if is_equation else "comparison_fails",
        Relation("!=" if is_equation else actual, sides[0], sides[1]),
    )
    return Phrase("false")


def _parts(statement: Relation | Chain) -> tuple[tuple[Node, ...], tuple[RelationOperator, ...]]:
    if isinstance(statement, Chain):
        return statement.operands, statement.operators
    return (statement.left, statement.right), (statement.operator,)


def _statement(operands: tuple[Node, ...], operators: tuple[RelationOperator, ...]) -> Node:
    if len(operators) == 1:
        return Relation(operators[0], operands[0], operands[1])
    return Chain(operands, operators)


def _is_plain(side: Node) -> bool:
    """A number with nothing to work out."""
    number = side.operand if isinstance(side, Percent) else side
    return isinstance(number, MixedNumber) or settled_value(number) is not None


def _evaluate(side: Node, trace: Trace, *, is_decimal: bool) -> Node:
    """Every line says that the side equals what it has become, so that it is true by itself."""
    if _is_plain(side):
        return side
    trace.line = side
    trace.wrap = lambda inner: Relation("=", side, inner)
    result = evaluate(side, trace, is_decimal=is_decimal or wants_decimals(side))
    if any(isinstance(each, MixedNumber) for each in walk(side)):
        result = as_mixed(result, trace)
    trace.wrap = lambda inner: inner
    return result


def _value(settled: Node) -> RootSum:
    rational = exact_value(settled)
    value = settled_value(settled) if rational is None else RootSum.of(rational)
    if value is None:
        raise RefusedError("calculation")
    return value


def _comparison(left: RootSum, right: RootSum, asked: RelationOperator) -> RelationOperator:
    """How two values stand to each other: `=`, `<`, `>`, or `!=` where no more is asked."""
    if left == right:
        return "="
    if asked in ("=", "!="):
        return "!="
    if left.rational is None or right.rational is None:
        raise RefusedError("comparing_roots")
    return "<" if left.rational < right.rational else ">"


def _includes(operator: RelationOperator, actual: RelationOperator) -> bool:
    return operator in ("<=", ">=") and actual in ("=", operator[0])
