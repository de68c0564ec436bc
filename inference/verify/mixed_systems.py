"""Checks for two equations in two unknowns of which one is linear: on its line the system comes
down to statements about one of the unknowns, and these are compared exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import Alternatives, Node, Phrase, Relation, Symbol, System, symbols
from inference.rules.problem import Problem
from inference.types import Check
from inference.verify.algebra import is_zero
from inference.verify.claims import has_plus_minus, is_approximate
from inference.verify.final_form import is_final_number
from inference.verify.intervals import UndecidableError
from inference.verify.statements import (
    NOWHERE,
    Statement,
    compare,
    conditions_of,
    is_true,
    letter_of,
    statement_of,
    value_of,
)
from inference.verify.verdicts import combine, failed, not_checkable, verified


class MixedSystemJudge:
    """Judges lines and answers against `y = x^2, y = x + 2`."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when it is no such system."""
        if len(problem.variables) != 2 or len(problem.expressions) != 2:
            raise UndecidableError
        self._node = problem.node
        self._names = tuple(problem.variables)
        linear = [each for each in problem.expressions if self._line_of(each) is not None]
        if len(linear) != 1:
            raise UndecidableError
        self._line = cast(Any, self._line_of(linear[0]))
        self._bound, self._free = (letter_of(name) for name in self._chosen_names())
        slope = self._line.coeff(self._bound)
        self._value = -(self._line - slope * self._bound) / slope
        self._statement = self._on_line(self._node)

    def _chosen_names(self) -> tuple[str, str]:
        first, second = self._names
        has_first = self._line.has(letter_of(first))
        return (first, second) if has_first else (second, first)

    def _line_of(self, node: Node) -> Any | None:
        """The difference of the sides of a linear equation, expanded; None for anything else."""
        if not isinstance(node, Relation) or node.operator != "=" or has_plus_minus(node):
            return None
        if not set(symbols(node)) <= set(self._names) or conditions_of(node):
            return None
        difference = (value_of(node.left) - value_of(node.right)).expand()
        letters = [letter_of(name) for name in self._names]
        slopes = [difference.coeff(letter) for letter in letters]
        if not all(slope.is_Rational for slope in slopes) or not any(slopes):
            return None
        rest = difference - sum(s * each for s, each in zip(slopes, letters, strict=True))
        return difference if rest.is_Rational else None

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._judge(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: all pairs of values and no others."""
        if node == self._node:
            return not_checkable("restated")
        check = self._judge(node)
        if not isinstance(node, Phrase) and check.reason == "same_solutions":
            options = node.options if isinstance(node, Alternatives) else (node,)
            if not all(map(self._is_pair, options)):
                return not_checkable("unfinished")
            return verified("substitution")
        return check

    def _judge(self, node: Node) -> Check:
        try:
            if isinstance(node, Phrase):
                if node.kind not in ("no_solution", "no_real_solution"):
                    return not_checkable("unsupported")
                is_empty = compare(self._statement, NOWHERE, self._free).is_same
                return verified("same_solutions") if is_empty else failed("lost_solution")
            if is_approximate(node) or not set(symbols(node)) <= set(self._names):
                return not_checkable("unsupported")
            if self._is_wrong_pair(node):
                return failed("counterexample")
            if not isinstance(node, System | Alternatives) or not self._stays_on_line(node):
                return not_checkable("unsupported")
            found = compare(self._statement, self._on_line(node), self._free)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        if found.is_same:
            return verified("same_solutions")
        if found.lost is not None:
            return failed("lost_solution", **{str(self._free.name): found.lost})
        return failed("extraneous_solution", **{str(self._free.name): found.extraneous})

    def _on_line(self, node: Node) -> Statement:
        """What a statement says of the free unknown where the linear equation holds."""
        return statement_of(node, {self._bound: self._value})

    def _stays_on_line(self, node: Node) -> bool:
        """Whether all that satisfies a statement satisfies the linear equation: because that is a
        part of it, or because it names a pair of numbers that do."""
        if isinstance(node, Alternatives):
            return all(map(self._stays_on_line, node.options))
        if not isinstance(node, System):
            return False
        if any(map(self._is_the_line, node.relations)):
            return True
        values = self._pair_of(node)
        return values is not None and is_zero(self._line.subs(values)) is True

    def _is_the_line(self, node: Node) -> bool:
        """Whether it is the linear equation, or that times a number."""
        line: Any = self._line_of(node)
        slope = line.coeff(self._bound) if line is not None else 0
        if not slope:
            return False
        return bool((line / slope - self._line / self._line.coeff(self._bound)).expand() == 0)

    def _pair_of(self, node: Node) -> dict[Any, Any] | None:
        if not isinstance(node, System) or len(node.relations) != 2:
            return None
        values: dict[Any, Any] = {}
        for each in node.relations:
            if not isinstance(each, Relation) or each.operator != "=" or has_plus_minus(each):
                return None
            if not isinstance(each.left, Symbol) or symbols(each.right):
                return None
            values[letter_of(each.left.name)] = value_of(each.right)
        return values if len(values) == 2 else None

    def _is_wrong_pair(self, node: Node) -> bool:
        """Whether it, or one of its cases, names a pair of numbers that is no solution."""
        if isinstance(node, Alternatives):
            return any(map(self._is_wrong_pair, node.options))
        values = self._pair_of(node)
        return values is not None and not is_true(statement_of(self._node, values))

    def _is_pair(self, node: Node) -> bool:
        """Whether it names a number for each unknown, with nothing left to work out."""
        return (
            self._pair_of(node) is not None
            and isinstance(node, System)
            and all(isinstance(e, Relation) and is_final_number(e.right) for e in node.relations)
        )
