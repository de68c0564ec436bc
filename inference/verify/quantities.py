"""Checks for questions that ask for something by its name: a mean, the modes, a midpoint."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.convert import to_sympy
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Div,
    FunctionValue,
    Listing,
    Measure,
    MixedNumber,
    Neg,
    Node,
    Number,
    Percent,
    Phrase,
    Point,
    Quantity,
    Relation,
    Symbol,
    System,
    is_numeric,
    walk,
)
from inference.rules.problem import Problem
from inference.rules.substitution import function_of, with_calls
from inference.rules.units import UNITS
from inference.types import Check, Verdict
from inference.verify.algebra import is_zero
from inference.verify.expressions import ExpressionJudge, verdict_on
from inference.verify.final_form import is_final_number
from inference.verify.intervals import UndecidableError
from inference.verify.statements import conditions_of, value_of
from inference.verify.verdicts import failed, not_checkable, verified


class QuantityJudge(ExpressionJudge):
    """Judges lines and answers against the value that a definition gives: a number, or a point, or
    several values."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when there is no such value."""
        asked = problem.node
        assert isinstance(asked, Quantity)
        self._unit = asked.operands[-1] if asked.kind == "conversion" else None
        self._definitions = asked.operands[:-1] if asked.kind == "function_value" else ()
        self._names = frozenset(
            found[0] for each in self._definitions if (found := function_of(each)) is not None
        )
        super().__init__(problem)
        self._value = self._evaluate(problem.node)
        self._is_point = isinstance(self._value, sympy.Tuple)
        self._is_set = isinstance(self._value, sympy.Set)

    def _evaluate(self, node: Node) -> Any:
        value = to_sympy(node)
        if isinstance(value, sympy.Tuple | sympy.Set):
            return value
        if self._unit is None:
            return value_of(node)
        # A bare number is taken to be in the unit that is asked for.
        return value if _has_unit(node) else value_of(node) * to_sympy(self._unit)

    def answer(self, node: Node) -> Check:
        """Judge a final answer."""
        node = self._with_meaning(node)
        try:
            if self._is_set:
                return self._values_as_answer(node)
            if self._is_point:
                return self._point_as_answer(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        check = super().answer(node)
        if check.verdict is Verdict.VERIFIED and not self._has_form_asked_for(node):
            return not_checkable("unfinished")
        if check.verdict is Verdict.FAILED and self._is_without_percent_sign(node):
            return not_checkable("unfinished")
        return check

    def _has_form_asked_for(self, node: Node) -> bool:
        """Whether a percentage, fraction or decimal is one, where the question was for that."""
        asked = self._node
        node = _side_of_name(node)
        node = node.operand if isinstance(node, Neg) else node
        match asked.kind if isinstance(asked, Quantity) else None:
            case "as_percent":
                return isinstance(node, Percent)
            case "as_fraction":
                return isinstance(node, Div | MixedNumber) or _is_whole(node)
            case "as_decimal":
                return isinstance(node, Number)
        return True

    def _is_without_percent_sign(self, node: Node) -> bool:
        """`40` for 40 %, where the question was how many percent."""
        asked = self._node
        is_share = isinstance(asked, Quantity) and asked.kind in ("percent_share", "as_percent")
        if not is_share or not is_numeric(node):
            return False
        return is_zero(value_of(node) / 100 - self._value) is True

    def _with_meaning(self, node: Node) -> Node:
        """The line with the functions of the question in the place of their names."""
        if isinstance(node, Relation):
            sides = map(self._with_meaning, (node.left, node.right))
            return Relation(node.operator, *sides)
        if isinstance(node, Chain):
            return Chain(tuple(map(self._with_meaning, node.operands)), node.operators)
        if isinstance(node, System | Alternatives | Listing | Phrase):
            return node
        node = with_calls(node, self._names) if self._names else node
        has_calls = any(isinstance(part, FunctionValue) for part in walk(node))
        if not has_calls or not self._names or isinstance(node, Quantity):
            return node
        return Quantity("function_value", (*self._definitions, node))

    def _is_name(self, node: Node) -> bool:
        """`f` is the function, and no name of its value."""
        is_function = isinstance(node, Symbol) and node.name in self._names
        return not is_function and super()._is_name(node)

    def _named(self, node: Node) -> Node | None:
        return node if isinstance(node, Quantity) else super()._named(node)

    # -- several values --------------------------------------------------------------------

    def _values_as_answer(self, node: Node) -> Check:
        given = _side_of_name(node)
        values = _values_of(given)
        if values is None:
            return not_checkable("unsupported")
        if sympy.FiniteSet(*values) != self._value:
            return failed("counterexample")
        items = given.items if isinstance(given, Listing) else (given,)
        is_finished = isinstance(given, Phrase) or all(map(is_final_number, items))
        return verified("equal") if is_finished else not_checkable("unfinished")

    # -- points ----------------------------------------------------------------------------

    def _point_as_answer(self, node: Node) -> Check:
        point = _side_of_name(node)
        if self._is_shares and isinstance(point, Listing):
            return self._shares_as_answer(point)
        if not isinstance(point, Point):
            return not_checkable("unsupported")
        check = self._compare(point, self._node)
        if check.verdict is not Verdict.VERIFIED:
            return check
        is_finished = all(map(is_final_number, point.coordinates))
        return check if is_finished else not_checkable("unfinished")

    @property
    def _is_shares(self) -> bool:
        return isinstance(self._node, Quantity) and self._node.kind == "shares"

    def _shares_as_answer(self, given: Listing) -> Check:
        check = self._compare_shares(given)
        if check.verdict is not Verdict.VERIFIED or all(map(is_final_number, given.items)):
            return check
        return not_checkable("unfinished")

    def _compare_shares(self, given: Listing) -> Check:
        """The parts of a number, in the order of its ratio."""
        if len(given.items) != len(self._value) or not all(map(is_numeric, given.items)):
            return not_checkable("unsupported")
        differences = [
            value_of(each) - part for each, part in zip(given.items, self._value, strict=True)
        ]
        return verified("equal") if all(map(is_zero, differences)) else failed("counterexample")

    # -- lines -----------------------------------------------------------------------------

    def _line(self, node: Node) -> Check:
        node = self._with_meaning(node)
        try:
            if isinstance(node, Listing):
                return self._list(node)
            if self._is_set:
                return self._line_about_values(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        return super()._line(node)

    def _list(self, node: Listing) -> Check:
        """The numbers of the question in order of size, or the values that are asked for."""
        if self._is_shares:
            return self._compare_shares(node)
        if any(isinstance(each, Point) for each in node.items):
            return not_checkable("unsupported")
        values = [value_of(each) for each in node.items]
        are_modes = self._is_set and _values_of(node) is not None
        if are_modes and sympy.FiniteSet(*values) == self._value:
            return verified("equal")
        asked = self._node
        assert isinstance(asked, Quantity)
        given = [value_of(each) for each in asked.operands if not isinstance(each, Point)]
        if all(value.is_Rational for value in (*values, *given)):
            is_in_order = values == sorted(values) or values == sorted(values, reverse=True)
            if Counter(values) == Counter(given) and is_in_order:
                return verified("identity")
        return not_checkable("unsupported")

    def _line_about_values(self, node: Node) -> Check:
        if isinstance(node, Relation | Chain) and is_numeric(node):
            return super()._line(node)
        values = _values_of(_side_of_name(node))
        if values is None:
            return not_checkable("unsupported")
        if sympy.FiniteSet(*values) == self._value:
            return verified("equal")
        return not_checkable("partial_solution")

    def _link(self, relation: Relation) -> Check:
        """A name may stand for something on the way, such as the mean that a variance needs."""
        if self._unit is not None and len({*map(_has_unit, (relation.left, relation.right))}) > 1:
            return not_checkable("unsupported")  # `5 km = 5000` lacks a unit
        check = super()._link(relation)
        is_named = self._is_name(relation.left) or self._is_name(relation.right)
        if is_named and check.verdict is Verdict.FAILED:
            return not_checkable("unsupported")
        return check

    def _compare(self, left: Node, right: Node) -> Check:
        first, second = self._evaluate(left), self._evaluate(right)
        if isinstance(first, sympy.Set) or isinstance(second, sympy.Set):
            return not_checkable("unsupported")
        if self._unit is not None:
            check = verdict_on(first - second)
            is_right = check.verdict is Verdict.VERIFIED
            is_about_nothing = is_right and not self._are_commensurable(left, right)
            return not_checkable("unsupported") if is_about_nothing else check
        if not isinstance(first, sympy.Tuple) and not isinstance(second, sympy.Tuple):
            check = super()._compare(left, right)
            strangers = (first.free_symbols | second.free_symbols) - self._value.free_symbols
            # A letter is a name that was given on the way: nobody knows for what.
            is_unknown = check.verdict is Verdict.FAILED and strangers
            return not_checkable("unsupported") if is_unknown else check
        if not isinstance(first, sympy.Tuple) or not isinstance(second, sympy.Tuple):
            return not_checkable("unsupported")
        if any(map(conditions_of, (left, right))) or len(first) != len(second):
            return not_checkable("unsupported")
        truths = [is_zero(one - other) for one, other in zip(first, second, strict=True)]
        if False in truths:
            return failed("counterexample")
        return not_checkable("unsupported") if None in truths else verified("equal")

    def _are_commensurable(self, *sides: Node) -> bool:
        """Whether every unit measures what is asked for: nothing is as much in kilograms as in
        metres, and yet no length."""
        assert isinstance(self._unit, Measure)
        dimension = UNITS[self._unit.unit].dimension
        return all(
            UNITS[part.unit].dimension == dimension
            for side in sides
            for part in walk(side)
            if isinstance(part, Measure)
        )

    def _is_finished(self, node: Node) -> bool:
        if isinstance(node, Measure):
            is_asked_for = isinstance(self._unit, Measure) and node.unit == self._unit.unit
            return is_asked_for and is_final_number(node.value)
        return super()._is_finished(node)

    def _is_part(self, node: Node) -> bool:
        if self._is_point or self._is_set or self._unit is not None:
            return False
        return super()._is_part(node)


def _is_whole(node: Node) -> bool:
    return isinstance(node, Number) and not node.is_decimal


def _has_unit(node: Node) -> bool:
    return any(isinstance(part, Measure) for part in walk(node))


def _side_of_name(node: Node) -> Node:
    """`(2, 5)` of `M = (2, 5)`; a small letter is a number and no point."""
    if isinstance(node, Relation) and node.operator == "=" and isinstance(node.left, Symbol):
        is_name = node.left.name.isupper() or not isinstance(node.right, Point)
        return node.right if is_name else node
    return node


def _values_of(node: Node) -> list[Any] | None:
    """Different rational numbers; None when they are not."""
    if node == Phrase("no_mode"):
        return []
    items = node.items if isinstance(node, Listing) else (node,)
    if any(isinstance(each, Relation | Chain | Phrase | Point) for each in items):
        return None
    values = [value_of(each) for each in items]
    is_distinct = len(set(values)) == len(values)
    return values if is_distinct and all(value.is_Rational for value in values) else None
