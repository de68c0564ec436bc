"""Checks for ratios: whether the parts are in the same proportion, and in lowest terms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import Chain, Div, Node, Ratio, Relation, is_numeric
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.algebra import is_zero
from inference.verify.intervals import UndecidableError
from inference.verify.statements import conditions_of, value_of
from inference.verify.verdicts import combine, failed, not_checkable, verified


class RatioJudge:
    """Judges lines and answers against a ratio of numbers."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when a part has no value or is 0."""
        self._node = problem.node
        self._parts = self._values(self._node)

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: the same ratio, of whole numbers without a common divisor."""
        check = self._line(node)
        last = node.right if isinstance(node, Relation) else node
        last = last.operands[-1] if isinstance(last, Chain) else last
        if check.verdict is not Verdict.VERIFIED:
            return check
        if not isinstance(last, Ratio):
            return not_checkable("unfinished")
        values = self._values(last)
        are_whole = all(value.is_Integer and value > 0 for value in values)
        is_lowest = are_whole and math.gcd(*map(int, values)) == 1
        is_plain = all(not isinstance(each, Div) for each in last.items)
        return check if is_lowest and is_plain else not_checkable("unfinished")

    def _line(self, node: Node) -> Check:
        sides: tuple[Node, ...] = (node,)
        if isinstance(node, Relation | Chain):
            relations = node.relations if isinstance(node, Chain) else (node,)
            if any(relation.operator != "=" for relation in relations):
                return not_checkable("unsupported")
            sides = node.operands if isinstance(node, Chain) else (node.left, node.right)
        try:
            for side in sides:
                if not isinstance(side, Ratio):
                    return not_checkable("no_claim")
                values = self._values(side)
                if len(values) != len(self._parts):
                    return not_checkable("unsupported")
                for place in range(1, len(values)):
                    cross = values[place] * self._parts[0] - values[0] * self._parts[place]
                    is_same = is_zero(cross)
                    if is_same is None:
                        return not_checkable("unsupported")
                    if not is_same:
                        return failed("counterexample")
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        return verified("equal")

    def _values(self, node: Node) -> list[Any]:
        if not isinstance(node, Ratio) or not all(map(is_numeric, node.items)):
            raise UndecidableError
        if any(conditions_of(item) for item in node.items):
            raise UndecidableError
        values = [value_of(item) for item in node.items]
        if any(is_zero(value) is not False for value in values):
            raise UndecidableError
        return values
