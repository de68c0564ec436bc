"""Checks for "list the factors": the list has to hold all of them, in order, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import Chain, Listing, Node, Number, Relation, System, is_numeric
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.intervals import UndecidableError
from inference.verify.statements import is_true, statement_of
from inference.verify.verdicts import combine, failed, not_checkable, verified

_MAX_NUMBER = 10**9


class DivisorsJudge:
    """Judges lines and answers against the numbers that divide every number asked about."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError when these are no positive whole numbers of a size to factor."""
        node = problem.node
        numbers = _whole(node.items if isinstance(node, Listing) else (node,))
        if numbers is None or not all(1 <= each <= _MAX_NUMBER for each in numbers):
            raise UndecidableError
        self._divisors: list[Any] = sympy.divisors(sympy.igcd(0, *numbers))

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step: statements about numbers, and the list itself."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: every common divisor once, in order."""
        items = node.items if isinstance(node, Listing) else (node,)
        numbers = _whole(items)
        if numbers is None:
            return not_checkable("unsupported")
        wrong = next((each for each in numbers if each not in self._divisors), None)
        if wrong is not None:
            return failed("counterexample", number=wrong)
        missing = next((each for each in self._divisors if each not in numbers), None)
        if missing is not None:
            return failed("lost_solution", number=missing)
        return verified("equal") if numbers == self._divisors else not_checkable("unfinished")

    def _line(self, node: Node) -> Check:
        if isinstance(node, Listing):
            return self.answer(node)
        try:
            return self._numbers(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _numbers(self, node: Node) -> Check:
        if isinstance(node, System):
            return combine([self._numbers(each) for each in node.relations])
        if is_numeric(node):
            check = self.answer(node)
            return check if check.verdict is Verdict.VERIFIED else not_checkable("no_claim")
        relations = node.relations if isinstance(node, Chain) else (node,)
        for each in relations:
            if not isinstance(each, Relation) or each.operator != "=":
                return not_checkable("unsupported")
            if not is_numeric(each.left) or not is_numeric(each.right):
                return not_checkable("unsupported")
            if not is_true(statement_of(each)):
                return failed("counterexample")
            if each.left == each.right:
                return not_checkable("trivial")
        return verified("identity")


def _whole(nodes: Sequence[Node]) -> list[int] | None:
    """The whole numbers that stand there; None when there is anything else."""
    plain = [each for each in nodes if isinstance(each, Number) and not each.is_decimal]
    return [int(each.value) for each in plain] if len(plain) == len(nodes) else None
