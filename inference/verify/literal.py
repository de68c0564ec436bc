"""Checks for an equation in several letters that is to be solved for one of them.

The other letters are numbers that are not known. Where the equation comes down to one power of the
letter, `a x^n + b = 0`, it has the same solutions whatever they are, save where a is zero: then
what the answer divides by is zero, too, as a and b have no factor in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.convert import plus_minus_readings
from inference.rules.nodes import (
    Alternatives,
    Div,
    Mul,
    Neg,
    Node,
    Relation,
    Root,
    Symbol,
    System,
    is_numeric,
    symbols,
)
from inference.rules.problem import Problem
from inference.types import Check
from inference.verify.algebra import is_zero, to_fraction
from inference.verify.claims import has_plus_minus
from inference.verify.final_form import is_collected, is_reduced
from inference.verify.intervals import UndecidableError
from inference.verify.statements import Atom, conditions_of, letter_of, value_of
from inference.verify.verdicts import combine, failed, not_checkable, verified

_MAX_DEGREE = 4


@dataclass(frozen=True, slots=True)
class _Form:
    """`slope * letter^degree + rest = 0`, and what must not be zero for that to mean anything."""

    degree: int
    slope: Any
    rest: Any
    divisors: tuple[Any, ...]


class LiteralJudge:
    """Judges lines and answers against `2x + 3y = 12`, solved for `y`, or `E = m c^2`, for `c`."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the equation is of another
        kind."""
        if problem.variable is None:
            raise UndecidableError
        self._node = problem.node
        self._name = problem.variable
        self._letter = letter_of(self._name)
        self._form = self._form_of(self._node)
        common = sympy.gcd(self._form.slope, self._form.rest)
        if common.free_symbols:
            raise UndecidableError
        self._demands = self._demands_on_letters()

    def _demands_on_letters(self) -> frozenset[Any]:
        """What must not be zero for the solution to be one: where it is, the equation would divide
        by zero. `I = V / R` has the solution `V / I` only where V is not 0."""
        found: set[Any] = set()
        for divisor in self._form.divisors:
            if divisor.has(self._letter):
                found |= self._factors_at_solution(divisor)
        return frozenset(factor for factor in found if not self._is_known(factor))

    def _factors_at_solution(self, expression: Any) -> set[Any]:
        """The factors of an expression in the letter, once the solution is put in."""
        above = sympy.fraction(sympy.together(expression))[0]
        if not above.has(self._letter):
            pass
        elif self._form.degree == 1:
            value = -self._form.rest / self._form.slope
            above = sympy.fraction(sympy.together(above.subs(self._letter, value)))[0]
        elif len(sympy.Poly(above, self._letter).terms()) == 1:
            above = sympy.fraction(sympy.together(self._form.rest))[0]  # zero where the letter is
        else:
            raise UndecidableError
        if above == 0:
            raise UndecidableError
        return {
            _primitive(factor) for factor, _ in sympy.factor_list(above)[1] if factor.free_symbols
        }

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: the letter alone on one side, the right value on the other."""
        try:
            node, stated = self._without_conditions(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        values = values_given(self._name, node)
        if values is None:
            is_equation = isinstance(node, Relation) and node.operator == "="
            return not_checkable("unfinished" if is_equation else "unsupported")
        try:
            check = self._judge_values(values)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        check = check or self._judge_conditions(stated)
        if check is not None:
            return check
        if node == self._node:
            return not_checkable("restated")
        is_finished = all(map(_is_finished, values))
        return verified("substitution") if is_finished else not_checkable("unfinished")

    def _without_conditions(self, node: Node) -> tuple[Node, frozenset[Any]]:
        """An answer without the conditions beside it, and what those say is not zero."""
        if not isinstance(node, System):
            return node, frozenset()
        equations = [each for each in node.relations if not _is_unequal(each)]
        if len(equations) != 1:
            raise UndecidableError
        stated: set[Any] = set()
        for each in node.relations:
            if isinstance(each, Relation) and each.operator == "!=":
                stated |= self._factors_stated(each)
        return equations[0], frozenset(stated)

    def _factors_stated(self, condition: Relation) -> set[Any]:
        """What a condition beside an answer says is not zero. It says so of what it divides by,
        too: `V / W != 0` excludes more than `V != 0` does."""
        difference = value_of(condition.left) - value_of(condition.right)
        expressions = [difference]
        for atom in conditions_of(condition):
            if atom.operator != "!=":
                raise UndecidableError
            expressions.append(atom.expression)
        # A root or a logarithm has no value everywhere, and is no product of known factors.
        if not all(each.is_rational_function(*each.free_symbols) for each in expressions):
            raise UndecidableError
        return set[Any]().union(*map(self._factors_at_solution, expressions))

    def _judge_conditions(self, stated: frozenset[Any]) -> Check | None:
        """None when an answer excludes what has to be excluded, and nothing else."""
        if not self._demands <= stated:
            return not_checkable("condition_missing")
        if any(each not in self._demands and not self._is_known(each) for each in stated):
            return not_checkable("narrower")
        return None

    def _judge_values(self, values: Sequence[Node]) -> Check | None:
        """None when these are the solutions."""
        found = []
        for node in values:
            conditions, value = conditions_of(node), value_of(node)
            is_right = is_zero(self._form.slope * value**self._form.degree + self._form.rest)
            if is_right is None:
                return not_checkable("unsupported")
            if not is_right:
                return failed("counterexample")
            if any(map(self._is_new, conditions)):
                return not_checkable("narrower")
            found.append(value)
        num_solutions = 2 if self._form.degree % 2 == 0 else 1
        if len(found) < num_solutions:
            return not_checkable("partial_solution")
        if len(found) > num_solutions or (
            num_solutions == 2 and is_zero(found[0] + found[1]) is not True
        ):
            return not_checkable("unsupported")
        return None

    def _is_new(self, condition: Atom) -> bool:
        """Whether an answer demands more than the problem: it may divide by what stands before the
        letter and by what the problem divides by, and draw the roots that it has to."""
        if condition.operator == ">=":
            return self._form.degree % 2 != 0 or not self._is_demanded(condition.expression)
        return condition.operator != "!=" or not self._is_known(condition.expression)

    def _is_demanded(self, radicand: Any) -> bool:
        """Whether this has the sign of the power that the letter is a root of: `b / a` and `ab`
        have the same, while `\\sqrt{b} / \\sqrt{a}` has no value where both are negative."""
        plain = sympy.Dummy(positive=True)
        ratio = (radicand * -self._form.slope / self._form.rest).subs(sympy.pi, plain)
        content, factors = sympy.factor_list(sympy.cancel(ratio * sympy.denom(ratio) ** 2))
        are_squares = all(times % 2 == 0 for factor, times in factors if factor != plain)
        return bool(content > 0) and are_squares

    def _is_known(self, expression: Any) -> bool:
        """Whether this is zero only where what stands before the letter is, or what the problem
        divides by."""
        known = self._form.slope
        for divisor in self._form.divisors:
            known *= sympy.fraction(sympy.together(divisor))[0]
        demanded = sympy.fraction(sympy.together(expression))[0]
        return not any(
            factor.free_symbols and sympy.rem(known, factor, *sorted(factor.free_symbols, key=str))
            for factor, _ in sympy.factor_list(demanded)[1]
        )

    def _line(self, node: Node) -> Check:
        """An equation is as good as the problem when it comes down to the same power with
        coefficients in the same ratio."""
        try:
            node, stated = self._without_conditions(node)
            values = values_given(self._name, node)
            if values is not None:
                check = self._judge_values(values) or self._judge_conditions(stated)
                return check or verified("same_solutions")
            if stated:
                return not_checkable("unsupported")
            form = self._form_of(node)
            if form.degree != self._form.degree:
                return not_checkable("unsupported")
            is_same = is_zero(form.slope * self._form.rest - form.rest * self._form.slope)
            # Multiplied or divided by a letter, it says less where that is zero.
            is_plain = all(map(self._is_known, (form.slope, *form.divisors)))
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")
        if is_same is None or (is_same and not is_plain):
            return not_checkable("unsupported")
        return verified("same_solutions") if is_same else failed("counterexample")

    def _form_of(self, node: Node) -> _Form:
        if not isinstance(node, Relation) or node.operator != "=" or has_plus_minus(node):
            raise UndecidableError
        conditions = conditions_of(node)
        if any(condition.operator != "!=" for condition in conditions):
            raise UndecidableError
        fraction = to_fraction(value_of(node.left) - value_of(node.right))
        meaning = {kernel.generator: kernel.expression for kernel in fraction.kernels}
        if any(value.has(self._letter) for value in meaning.values()):
            raise UndecidableError
        powers = sympy.Poly(fraction.numerator, self._letter).as_dict()
        degree = max(powers, default=(0,))[0]
        if not 1 <= degree <= _MAX_DEGREE or not set(powers) <= {(0,), (degree,)}:
            raise UndecidableError
        slope = powers[(degree,)].xreplace(meaning)
        rest = powers.get((0,), sympy.Integer(0)).xreplace(meaning)
        return _Form(degree, slope, rest, tuple(each.expression for each in conditions))


def values_given(name: str, node: Node) -> list[Node] | None:
    """What a line gives to a letter, if it does; both readings of a sign."""
    if isinstance(node, Alternatives):
        found = [values_given(name, each) for each in node.options]
        return [v for each in found if each for v in each] if all(found) else None
    if not isinstance(node, Relation) or node.operator != "=":
        return None
    unknown = Symbol(name)
    value = node.right if node.left == unknown else node.left
    if unknown not in (node.left, node.right) or name in symbols(value):
        return None
    readings = plus_minus_readings(Relation("=", unknown, value))
    return [each.right for each in readings if isinstance(each, Relation)]


def _is_unequal(node: Node) -> bool:
    return isinstance(node, Relation) and node.operator == "!="


def _primitive(factor: Any) -> Any:
    """A factor up to a number before it."""
    part = factor.primitive()[1]
    return -part if part.could_extract_minus_sign() else part


def _is_finished(node: Node) -> bool:
    """Collected or one reduced fraction, or a root of such with a number before it."""
    if isinstance(node, Neg):
        return _is_finished(node.operand)
    match node:
        case Root():
            return is_reduced(node.radicand)
        case Mul(factors=(first, Root() as root)) if is_numeric(first):
            return is_collected(first) and is_reduced(root.radicand)
        case Div(numerator=Root() as root) if is_numeric(node.denominator):
            return is_collected(node.denominator) and is_reduced(root.radicand)
    return is_collected(node) or is_reduced(node)
