"""Checks for inverses of matrices: cell by cell. Determinants are numbers like others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.convert import to_sympy
from inference.rules.matrix_questions import is_matrix_value
from inference.rules.nodes import Chain, Matrix, Node, Quantity, Relation, is_numeric, walk
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.algebra import is_zero
from inference.verify.final_form import is_final_number
from inference.verify.intervals import UndecidableError
from inference.verify.statements import is_true, statement_of
from inference.verify.verdicts import combine, failed, not_checkable, verified


class MatrixJudge:
    """Judges lines and answers against an inverse matrix."""

    def __init__(self, problem: Problem) -> None:
        """Raises UnsupportedProblemError when there is no inverse."""
        self._value = to_sympy(problem.node)

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        checks = [self._line(node) for node in nodes]
        # Another matrix alone may be one on the way, such as that of the cofactors.
        return combine(
            [
                not_checkable("unsupported")
                if check.verdict is Verdict.FAILED and is_matrix_value(node)
                else check
                for node, check in zip(nodes, checks, strict=True)
            ]
        )

    def answer(self, node: Node) -> Check:
        """Judge a final answer: the matrix with every cell worked out."""
        check = self._line(node)
        if check.verdict is not Verdict.VERIFIED or check.reason != "equal":
            return check if check.verdict is Verdict.FAILED else not_checkable("unsupported")
        is_final = isinstance(node, Matrix) and all(map(is_final_number, node.cells))
        return check if is_final else not_checkable("unfinished")

    def _line(self, node: Node) -> Check:
        try:
            if is_matrix_value(node):
                return self._matrix(to_sympy(node))
            if isinstance(node, Relation | Chain) and is_numeric_line(node):
                return self._numbers(node)
        except (UndecidableError, UnsupportedProblemError):
            pass
        return not_checkable("unsupported")

    def _matrix(self, given: Any) -> Check:
        if given.shape != self._value.shape:
            return failed("counterexample")
        if given.has(sympy.zoo, sympy.nan):
            return not_checkable("unsupported")
        truths = [is_zero(one - other) for one, other in zip(given, self._value, strict=True)]
        if False in truths:
            return failed("counterexample")
        return not_checkable("unsupported") if None in truths else verified("equal")

    def _numbers(self, node: Relation | Chain) -> Check:
        relations = node.relations if isinstance(node, Chain) else (node,)
        if all(each.left == each.right for each in relations):
            return not_checkable("trivial")
        is_right = all(is_true(statement_of(each)) for each in relations)
        return verified("identity") if is_right else failed("counterexample")


def is_numeric_line(node: Relation | Chain) -> bool:
    """Whether it is a calculation with numbers, determinants among them."""
    relations = node.relations if isinstance(node, Chain) else (node,)
    sides = [side for each in relations for side in (each.left, each.right)]
    has_other = any(
        isinstance(part, Quantity) and part.kind != "determinant"
        for side in sides
        for part in walk(side)
    )
    return all(map(is_numeric, sides)) and not any(map(is_matrix_value, sides)) and not has_other
