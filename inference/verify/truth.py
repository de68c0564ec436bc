"""Checks for statements about numbers alone, such as `19 + 21 - 35 = 42`: are they right, and what
should stand there instead?"""

from __future__ import annotations

from collections.abc import Sequence

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import (
    Chain,
    Node,
    Percent,
    Phrase,
    Relation,
    RelationOperator,
    is_numeric,
)
from inference.rules.problem import Problem
from inference.types import Check
from inference.verify.algebra import is_zero
from inference.verify.claims import has_plus_minus, is_approximate
from inference.verify.expressions import check_rounding
from inference.verify.final_form import is_final_number
from inference.verify.intervals import UndecidableError
from inference.verify.solved_form import relations_in
from inference.verify.statements import conditions_of, is_true, statement_of, value_of
from inference.verify.verdicts import combine, failed, not_checkable, verified


class TruthJudge:
    """Judges lines and answers against a statement that is true or false."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the truth is not known."""
        self._node = problem.node
        self._operands, self._operators = _parts(self._node)
        if has_plus_minus(self._node) or any(map(conditions_of, self._operands)):
            raise UndecidableError  # it says two things, divides by zero or the like
        self._is_true = is_true(statement_of(self._node))

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note: the statement stands alone."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: whether the statement is true, or what its result should be."""
        if node == self._node and self._is_true:
            return not_checkable("restated")
        try:
            if isinstance(node, Phrase):
                return self._phrase(node)
            if isinstance(node, Relation | Chain):
                return self._statement_as_answer(node)
            if is_numeric(node):
                return self._result(node)
        except (UndecidableError, UnsupportedProblemError):
            pass
        return not_checkable("unsupported")

    # -- answers ---------------------------------------------------------------------------

    def _phrase(self, node: Phrase) -> Check:
        if node.kind not in ("true", "false"):
            return not_checkable("unsupported")
        is_right = (node.kind == "true") is self._is_true
        return verified("identity") if is_right else failed("counterexample")

    def _statement_as_answer(self, node: Relation | Chain) -> Check:
        """`19 + 21 - 35 = 5`, perhaps with lines in between, or `19 + 21 - 35 \\ne 42`."""
        if has_plus_minus(node) or is_approximate(node) or not _is_numeric_statement(node):
            return not_checkable("unsupported")
        if not is_true(statement_of(node)):
            return failed("counterexample")
        operands, operators = _parts(node)
        if operands == self._operands and (operators, self._operators) == (("!=",), ("=",)):
            return verified("identity")
        asked = self._calculation()
        if self._is_true or asked is None or set(operators) != {"="}:
            return not_checkable("unfinished")
        if operands[-1] == asked:
            operands = operands[::-1]
        if operands[0] != asked or not is_final_number(operands[-1]):
            return not_checkable("unfinished")
        return verified("equal")

    def _result(self, node: Node) -> Check:
        """A number alone stands for the right result of a calculation."""
        asked = self._calculation()
        if asked is None:
            return not_checkable("unsupported")
        if not _are_equal(node, asked):
            return failed("counterexample")
        if self._is_true or not is_final_number(node):
            return not_checkable("unfinished")
        return verified("equal")

    def _calculation(self) -> Node | None:
        """The side that is to be worked out, where the other one is the plain number claimed."""
        if self._operators != ("=",):
            return None
        pending = [side for side in self._operands if not _is_plain(side)]
        return pending[0] if len(pending) == 1 else None

    # -- lines -----------------------------------------------------------------------------

    def _line(self, node: Node) -> Check:
        try:
            if isinstance(node, Phrase):
                return self._phrase(node)
            if isinstance(node, Relation | Chain):
                return self._links(node)
            if is_numeric(node) and any(_are_equal(node, side) for side in self._operands):
                return verified("equal")
            return not_checkable("no_claim")
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _links(self, node: Relation | Chain) -> Check:
        if has_plus_minus(node) or not _is_numeric_statement(node):
            return not_checkable("unsupported")
        if is_approximate(node):
            return combine([_link(each) for each in relations_in(node)])
        operands, operators = _parts(node)
        place = self._place_of(operands)
        if not is_true(statement_of(node)):
            # The statement in question, partly worked out, is no claim of the step.
            is_question = place is not None and (
                self._operators[place : place + len(operators)] == operators
            )
            return not_checkable("restated") if is_question else failed("counterexample")
        if place is not None:
            return verified("equal")
        is_empty = all(each.left == each.right for each in relations_in(node))
        return not_checkable("trivial") if is_empty else verified("identity")

    def _place_of(self, operands: tuple[Node, ...]) -> int | None:
        """Where in the problem sides of these values stand side by side."""
        for place in range(len(self._operands) - len(operands) + 1):
            sides = self._operands[place : place + len(operands)]
            if all(map(_are_equal, operands, sides)):
                return place
        return None


def _is_numeric_statement(node: Relation | Chain) -> bool:
    """Whether no letter occurs."""
    return all(map(is_numeric, _parts(node)[0]))


def _link(relation: Relation) -> Check:
    if relation.operator == "≈":
        return check_rounding(relation.left, relation.right)
    return verified("identity") if is_true(statement_of(relation)) else failed("counterexample")


def _are_equal(first: Node, second: Node) -> bool:
    """Raises UndecidableError when it is not known."""
    answer = is_zero(value_of(first) - value_of(second))
    if answer is None:
        raise UndecidableError
    return answer


def _is_plain(side: Node) -> bool:
    return is_final_number(side.operand if isinstance(side, Percent) else side)


def _parts(node: Node) -> tuple[tuple[Node, ...], tuple[RelationOperator, ...]]:
    match node:
        case Chain():
            return node.operands, node.operators
        case Relation():
            return (node.left, node.right), (node.operator,)
    raise UndecidableError
