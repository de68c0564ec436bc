"""Checks for exercises that ask for another form of an expression: evaluate, simplify, expand,
factor, differentiate, integrate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Derivative,
    Div,
    Evaluated,
    FunctionValue,
    Integral,
    Neg,
    Node,
    Number,
    Phrase,
    Relation,
    Symbol,
    System,
    is_numeric,
    symbols,
    walk,
)
from inference.rules.problem import Intent, Method, Problem
from inference.types import Check, Verdict
from inference.verify.algebra import bounds_of, find_counterexample, is_zero
from inference.verify.final_form import (
    has_open_operations,
    has_pending_numbers,
    is_collected,
    is_factored,
    is_final_number,
    is_irreducible,
    is_prime_product,
    is_reduced,
    is_scientific,
    is_simplest,
    size,
)
from inference.verify.intervals import UndecidableError
from inference.verify.signs import is_zero_for_all_signs
from inference.verify.statements import (
    EVERYWHERE,
    All,
    Atom,
    Statement,
    compare,
    conditions_of,
    holds_at,
    is_true,
    letter_of,
    letters_of,
    statement_of,
    value_of,
)
from inference.verify.verdicts import combine, failed, not_checkable, verified

_MAX_PARTS = 40
_CONSTANT_LETTERS = ("C", "c", "K", "k", "C_1", "C_0")


class ExpressionJudge:
    """Judges lines and answers against one expression."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the problem has no value."""
        self._problem = problem
        self._node = problem.node
        self._evaluate(self._node)
        self._letters = frozenset(symbols(self._node))
        self._is_indefinite = isinstance(self._node, Integral) and self._node.lower is None
        self._conditions = conditions_of(self._node)
        if any(not condition.expression.free_symbols for condition in self._conditions):
            raise UndecidableError  # it divides by zero or the like

    def _evaluate(self, node: Node) -> Any:
        return value_of(node)

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note for expressions."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: everything it says, then whether it is finished."""
        if isinstance(node, Alternatives | System | Phrase):
            return not_checkable("unsupported")
        if node == self._node and not self._is_done_already():
            return not_checkable("restated")
        check = self._line(node)
        if check.reason == "missing_constant":
            return failed("missing_constant")
        if check.reason == "partial_solution":
            return failed("counterexample")
        if check.verdict is not Verdict.VERIFIED:
            return check
        if check.reason not in ("equal", "rounded"):
            return not_checkable("unsupported")
        if any(operator not in ("=", "≈") for operator in _operators(node)):
            return not_checkable("unsupported")
        operands = _operands(node)
        last = operands[-1]
        # `3x^2 = f'(x)` has its answer on the left.
        if self._is_name(last) and len(operands) == 2:
            last = operands[0]
        if check.reason == "rounded":
            is_exact_too = any(
                is_final_number(each) and each != last and self._is_asked_for(each)
                for each in operands
            )
            return check if is_exact_too else not_checkable("approximate")
        if self._is_name(last) or not self._is_asked_for(last):
            return not_checkable("unsupported")
        if last == self._node and not self._is_done_already():
            return not_checkable("restated")
        if not self._is_finished(last):
            return not_checkable("unfinished")
        return check if self._keeps_domain(last) else not_checkable("narrower")

    # -- lines -----------------------------------------------------------------------------

    def _line(self, node: Node) -> Check:
        try:
            if isinstance(node, Alternatives | Phrase):
                return not_checkable("unsupported")
            if isinstance(node, System):
                return combine([self._line(each) for each in node.relations])
            if isinstance(node, Relation | Chain):
                return self._links(node)
            return self._bare(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _bare(self, node: Node) -> Check:
        """An expression alone on its line stands for what was asked for."""
        check = self._compare(node, self._node)
        if check.verdict is Verdict.FAILED:
            return not_checkable("partial_solution") if self._is_part(node) else check
        return check

    def _links(self, node: Relation | Chain) -> Check:
        """Every link of a chain has to hold."""
        relations = node.relations if isinstance(node, Chain) else (node,)
        if all(relation.left == relation.right for relation in relations):
            return not_checkable("trivial")
        checks = [self._link(relation) for relation in relations]
        check = combine(checks)
        if check.verdict is not Verdict.VERIFIED:
            return check
        if any(each.reason == "rounded" for each in checks):
            is_about_problem = any(map(self._is_asked_for, _operands(node)))
            return verified("rounded") if is_about_problem else verified("identity")
        if any(map(self._is_asked_for, _operands(node))):
            return verified("equal")
        return verified("identity")

    def _link(self, relation: Relation) -> Check:
        left, right = self._named(relation.left), self._named(relation.right)
        is_named = self._is_name(relation.left) or self._is_name(relation.right)
        if left is None or right is None or (is_named and relation.operator not in ("=", "≈")):
            return not_checkable("unsupported")
        if relation.operator == "=":
            return self._compare(left, right)
        if relation.operator == "≈":
            return check_rounding(left, right)
        statement = statement_of(Relation(relation.operator, left, right))
        if not (is_numeric(left) and is_numeric(right)):
            return not_checkable("unsupported")
        return verified("identity") if is_true(statement) else failed("counterexample")

    def _compare(self, left: Node, right: Node) -> Check:
        first, second = value_of(left), value_of(right)
        conditions = [*conditions_of(left), *conditions_of(right)]
        if any(not condition.expression.free_symbols for condition in conditions):
            return not_checkable("unsupported")
        if not all(map(self._has_right_antiderivative, (left, right))):
            return not_checkable("unsupported")
        if self._is_indefinite and any(map(_is_open, (left, right))):
            if not all(map(self._is_in_letter, (left, right))):
                return not_checkable("unsupported")
            return self._compare_up_to_constant(first, second, left, right)
        return self._verdict_where_defined(first - second, conditions)

    def _verdict_where_defined(self, difference: Any, conditions: Sequence[Atom]) -> Check:
        """Whether two sides are equal where both have a value; elsewhere nothing is claimed."""
        check = verdict_on(difference)
        is_partial = any(condition.operator != "!=" for condition in conditions)
        if check.verdict is Verdict.VERIFIED or not is_partial:
            return check
        if is_zero_for_all_signs(difference, conditions):
            return verified("equal")
        if check.verdict is not Verdict.FAILED:
            return check
        domain = All(tuple(conditions))
        example = find_counterexample(difference, lambda values: _is_within(domain, values))
        return failed("counterexample", **example) if example else not_checkable("unsupported")

    def _is_in_letter(self, node: Node) -> bool:
        """Whether all open integrals go by the letter of the problem: by another one, nothing shows
        whether they are equal."""
        letter = Symbol(str(self._problem.variable))
        return all(
            part.variable == letter
            for part in walk(node)
            if isinstance(part, Integral) and part.lower is None
        )

    def _has_right_antiderivative(self, node: Node) -> bool:
        """Of `[F]_a^b` for the problem's integral, F has to be right and not only the number."""
        if not isinstance(node, Evaluated) or not isinstance(self._node, Integral):
            return True
        if (node.lower, node.upper) != (self._node.lower, self._node.upper):
            return True
        slope = value_of(node.expression).diff(letter_of(str(self._problem.variable)))
        return is_zero(slope - value_of(self._node.expression)) is True

    def _compare_up_to_constant(self, first: Any, second: Any, left: Node, right: Node) -> Check:
        letter = letter_of(str(self._problem.variable))
        check = verdict_on((first - second).diff(letter).doit(integrals=False))
        if check.verdict is not Verdict.VERIFIED:
            return check
        if all(_is_open(node) or self._has_constant(node) for node in (left, right)):
            return check
        return not_checkable("missing_constant")

    def _has_constant(self, node: Node) -> bool:
        """Whether just one letter that is not of the problem is added, with a number before it, and
        it is one that is used for a constant."""
        constants = [name for name in symbols(node) if name not in self._letters]
        if len(constants) != 1 or constants[0] not in _CONSTANT_LETTERS:
            return False
        slope = value_of(node).diff(letter_of(constants[0]))
        return bool(slope.is_Rational and slope != 0)

    def _named(self, node: Node) -> Node | None:
        """The expression that a name such as `f'(x)` or `y` stands for; None if it is unknown."""
        if not self._is_name(node):
            return node if not any(isinstance(part, FunctionValue) for part in walk(node)) else None
        order = node.order if isinstance(node, FunctionValue) else 0
        if isinstance(node, FunctionValue) and node.argument != Symbol(str(self._problem.variable)):
            return None
        if isinstance(self._node, Derivative):
            if order == self._node.order:
                return self._node
            return self._node.expression if order == 0 else None
        return self._node if order == 0 else None

    def _is_name(self, node: Node) -> bool:
        """`f(x)`, `y'`, or a letter that does not occur in the problem."""
        if isinstance(node, FunctionValue):
            return True
        return isinstance(node, Symbol) and node.name not in self._letters

    def _is_asked_for(self, node: Node) -> bool:
        """Whether this equals the problem. An undecided case counts as no."""
        named = self._named(node)
        if named is None:
            return False
        try:
            return named == self._node or self._compare(named, self._node).verdict is (
                Verdict.VERIFIED
            )
        except (UndecidableError, UnsupportedProblemError):
            return False

    def _is_part(self, node: Node) -> bool:
        """Whether this is the value of a part of the problem, computed on the side."""
        value = value_of(node)
        parts = [part for part in walk(self._node) if not isinstance(part, Symbol)]
        for part in parts[1:_MAX_PARTS]:
            try:
                if is_zero(value_of(part) - value):
                    return True
            except (UndecidableError, UnsupportedProblemError):
                continue
        return False

    def _keeps_domain(self, node: Node) -> bool:
        """Whether the answer has a value wherever the problem has one."""
        try:
            added = [
                each
                for each in conditions_of(node)
                if each not in self._conditions and not self._is_excluded_already(each)
            ]
            letters = letters_of(All((*self._conditions, *added)))
            if not added or len(letters) != 1:
                return not added
            given = self._conditions
            if isinstance(self._node, Derivative):
                # Where a root just begins to be real, there is no derivative.
                given = tuple(
                    replace(each, operator=">") if each.operator == ">=" else each for each in given
                )
            (letter,) = letters
            return compare(EVERYWHERE, All(tuple(added)), letter, within=All(given)).is_same
        except (UndecidableError, UnsupportedProblemError):
            return False

    def _is_excluded_already(self, condition: Atom) -> bool:
        """Whether what must not be zero is made of what the problem divides by."""
        if condition.operator == ">=":
            return any(_is_wider(condition.expression, each) for each in self._conditions)
        if condition.operator != "!=":
            return False
        known = sympy.Integer(1)
        for each in self._conditions:
            if each.operator == "!=":
                known *= sympy.fraction(sympy.together(each.expression))[0]
                known *= sympy.fraction(sympy.together(each.expression))[1]
        wanted = sympy.fraction(sympy.together(condition.expression))[0]
        letters = sorted(wanted.free_symbols, key=str)
        if not wanted.is_polynomial(*letters) or not known.is_polynomial(*known.free_symbols):
            return False
        return all(
            not factor.free_symbols or sympy.rem(known, factor, *letters) == 0
            for factor, _ in sympy.factor_list(wanted)[1]
        )

    # -- finished answers ------------------------------------------------------------------

    def _is_done_already(self) -> bool:
        """Whether the exercise is its own answer, there being nothing to do."""
        if self._problem.method is Method.SCIENTIFIC:
            return is_scientific(self._node)
        match self._problem.intent:
            case Intent.EVALUATE:
                # A number that is merely written down asks nothing, nor does a letter.
                number = self._node.operand if isinstance(self._node, Neg) else self._node
                return is_final_number(self._node) and not isinstance(number, Number)
            case Intent.SIMPLIFY | Intent.EXPAND:
                return is_simplest(self._node) and not isinstance(self._node, Symbol)
            case Intent.FACTOR:
                return is_irreducible(self._node)
            case Intent.PRIME_FACTORS:
                return self._node == Number("1") or is_prime_product(self._node)
        return False

    def _is_finished(self, node: Node) -> bool:
        if has_open_operations(node):
            return False
        if self._problem.method is Method.SCIENTIFIC:
            return is_scientific(node)
        match self._problem.intent:
            case Intent.EVALUATE:
                return is_final_number(node)
            case Intent.FIND:
                return is_final_number(node) if is_numeric(node) else is_collected(node)
            case Intent.EXPAND:
                return is_collected(node)
            case Intent.FACTOR:
                return is_factored(node) or is_irreducible(node)
            case Intent.PRIME_FACTORS:
                return node == Number("1") or is_prime_product(node)
            case Intent.SIMPLIFY:
                # Several fractions that have become one are simpler, however long that one is.
                is_joined = isinstance(node, Div) and not isinstance(self._node, Div)
                is_simpler = is_joined or node == self._node or size(node) < size(self._node)
                return is_collected(node) or (is_simpler and is_reduced(node))
            case Intent.DIFFERENTIATE | Intent.INTEGRATE:
                if is_numeric(node):
                    return is_final_number(node)
                return not has_pending_numbers(node)
        return False


def _is_within(domain: Statement, values: Mapping[Any, Any]) -> bool:
    try:
        return holds_at(domain, values)
    except UndecidableError:
        return False


def _is_wider(radicand: Any, given: Atom) -> bool:
    """Whether a radicand is not negative wherever the given one is not: that one is the same times
    squares, which are zero only where it is, too."""
    if given.operator not in (">", ">="):
        return False
    letters = sorted(given.expression.free_symbols | radicand.free_symbols, key=str)
    ratio = sympy.cancel(given.expression / radicand)
    if not letters or not ratio.is_polynomial(*letters):
        return False
    content, factors = sympy.factor_list(ratio, *letters)
    return bool(content > 0) and all(
        times % 2 == 0 and sympy.rem(radicand, factor, *letters) == 0 for factor, times in factors
    )


def check_rounding(exact: Node, rounded: Node) -> Check:
    """Whether a decimal is the rounded value of the other side.

    Raises:
        UndecidableError: The exact side has no value.
    """
    if isinstance(exact, Number) and not isinstance(rounded, Number):
        exact, rounded = rounded, exact
    digits = rounded.operand if isinstance(rounded, Neg) else rounded
    if not isinstance(digits, Number) or not is_numeric(exact):
        return not_checkable("approximate")
    places = len(digits.text.partition(".")[2])
    half = sympy.Rational(1, 2 * 10**places)
    low, high = bounds_of(value_of(exact) - value_of(rounded))
    if -half <= low and high <= half:
        return verified("rounded")
    if high < -10 * half or low > 10 * half:
        return failed("counterexample")
    return not_checkable("approximate")


def verdict_on(difference: Any) -> Check:
    """Whether two sides are equal, by their difference."""
    if difference.has(sympy.zoo, sympy.nan):
        return not_checkable("unsupported")
    answer = is_zero(difference)
    if answer is None:
        return not_checkable("unsupported")
    if answer:
        return verified("equal")
    return failed("counterexample", **(find_counterexample(difference) or {}))


def _is_open(node: Node) -> bool:
    return any(isinstance(part, Integral) and part.lower is None for part in walk(node))


def _operands(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Chain):
        return node.operands
    if isinstance(node, Relation):
        return node.left, node.right
    return (node,)


def _operators(node: Node) -> tuple[str, ...]:
    if isinstance(node, Chain):
        return node.operators
    return (node.operator,) if isinstance(node, Relation) else ()
