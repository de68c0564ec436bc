"""Equations that stand beside a condition: whether they are right by themselves.

With `x >= 5` beside it, `(x - 3)(x - 9) = 0` has the one solution 9 of `\\sqrt{x + 7} = x - 5`, and
is no line that anybody could come to. Without its conditions a line has to have the solutions of
one before it, or what squaring makes of that; or else each of its cases has to be what the problem
says there once the bars are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import (
    Alternatives,
    Call,
    Div,
    Neg,
    Node,
    Number,
    Pow,
    Relation,
    Root,
    System,
    is_numeric,
    walk,
)
from inference.verify.intervals import UndecidableError
from inference.verify.statements import (
    EVERYWHERE,
    Any_,
    Statement,
    compare,
    domain_of,
    holds_at,
    statement_of,
    value_of,
)

_MAX_ALTERNATIVES = 8


class Conditions:
    """Judges the conditions in lines about one equation.

    Args:
        problem: The equation.
        letter: Its unknown.
    """

    def __init__(self, problem: Node, letter: Any) -> None:
        self._problem = problem
        self._letter = letter
        self._domain = domain_of(statement_of(problem))
        self._fair: list[Node] = [problem]
        self._num_seen = 0
        self._within = _where_lines_count(problem)

    def are_fair(self, node: Node, earlier: Sequence[Node]) -> bool:
        """Whether a line that, as a whole, has the solutions of the problem may be written.

        Args:
            node: The line.
            earlier: The lines before it, the problem first.
        """
        bare = without_conditions(node)
        if bare is node:
            return True
        for line in earlier[self._num_seen :]:
            self._learn(line)
        self._num_seen = len(earlier)
        return self._is_reached(node, bare)

    def _learn(self, line: Node) -> None:
        if not isinstance(line, Relation | System | Alternatives) or line in self._fair:
            return
        bare = without_conditions(line)
        try:
            has_solutions = self._is_same(statement_of(self._problem), line, self._domain)
        except (UndecidableError, UnsupportedProblemError):
            return
        if has_solutions and (bare is line or self._is_reached(line, bare)):
            self._fair.append(bare)

    def _is_reached(self, node: Node, bare: Node) -> bool:
        for earlier in reversed(self._fair):
            for statement in _from(earlier):
                try:
                    if self._is_same(statement, bare, self._within):
                        return True
                except (UndecidableError, UnsupportedProblemError):
                    continue
        try:
            return self._are_cases(node)
        except (UndecidableError, UnsupportedProblemError):
            return False

    def _are_cases(self, node: Node) -> bool:
        """`-(x + 1) - x = 6, x < -1 or ...`: the problem without its bars, case by case."""
        if not isinstance(node, Alternatives) or len(node.options) > _MAX_ALTERNATIVES:
            return False
        return all(map(self._is_case, node.options))

    def _is_case(self, option: Node) -> bool:
        if not isinstance(option, System):
            return False
        bare = without_conditions(option)
        conditions = tuple(
            each for each in option.relations if each is not bare and each not in _parts(bare)
        )
        point = self._point_in(conditions)
        if point is None:
            return False
        unbarred = self._without_bars(self._problem, point)
        return self._is_same(statement_of(unbarred), bare, _where_lines_count(unbarred))

    def _point_in(self, conditions: Sequence[Node]) -> Any | None:
        """A number for which the conditions hold, not on their border if there is another."""
        borders = sorted(
            {
                value_of(part)
                for condition in conditions
                for part in walk(condition)
                if is_numeric(part) and not isinstance(part, Relation)
            }
        )
        between = [(a + b) / 2 for a, b in pairwise(borders)]
        outside = [borders[0] - 1, borders[-1] + 1] if borders else []
        for point in [*between, *outside]:
            if all(
                holds_at(statement_of(condition), {self._letter: point}) for condition in conditions
            ):
                return point
        return None

    def _without_bars(self, node: Any, point: Any) -> Any:
        """The node with each bar taken away as it may be at `point`."""
        if isinstance(node, tuple):
            return tuple(self._without_bars(each, point) for each in node)
        if not is_dataclass(node) or isinstance(node, type):
            return node
        if isinstance(node, Call) and node.name == "abs" and not is_numeric(node):
            (inner,) = node.args
            value = value_of(inner, {self._letter: point})
            inner = self._without_bars(inner, point)
            return Neg(inner, is_grouped=True) if value < 0 else inner
        changed = {
            field.name: self._without_bars(getattr(node, field.name), point)
            for field in fields(node)
        }
        return replace(node, **changed)

    def _is_same(self, statement: Statement, node: Node, within: Statement) -> bool:
        return compare(statement, statement_of(node), self._letter, within=within).is_same


def without_conditions(node: Node) -> Node:
    """The equations of a line without the inequalities beside them; the same node when there are
    none."""
    if isinstance(node, Alternatives):
        options = tuple(map(without_conditions, node.options))
        return node if options == node.options else Alternatives(options)
    if not isinstance(node, System):
        return node
    equations = tuple(
        each for each in node.relations if isinstance(each, Relation) and each.operator == "="
    )
    if not equations or len(equations) == len(node.relations):
        return node
    return equations[0] if len(equations) == 1 else System(equations)


def _parts(node: Node) -> tuple[Node, ...]:
    return node.relations if isinstance(node, System) else (node,)


def _from(earlier: Node) -> Iterator[Statement]:
    """What may be written after an equation: the same, or its sides squared."""
    yield statement_of(earlier)
    if not isinstance(earlier, Relation):
        return
    left, right = earlier.left, earlier.right
    negated = Relation("=", left, Neg(right, is_grouped=True))
    yield Any_((statement_of(earlier), statement_of(negated)))
    yield statement_of(Relation("=", _squared(left), _squared(right)))


def _squared(side: Node) -> Node:
    if isinstance(side, Root) and side.index == 2:
        return side.radicand
    return Pow(side, Number("2"))


def _where_lines_count(equation: Node) -> Statement:
    """A logarithm or a denominator that goes may leave solutions where it had no value; without
    them a line has to agree everywhere."""
    narrows = any(
        (isinstance(part, Div) and not is_numeric(part.denominator))
        or (isinstance(part, Call) and part.name != "abs" and not is_numeric(part))
        for part in walk(equation)
    )
    return domain_of(statement_of(equation)) if narrows else EVERYWHERE
