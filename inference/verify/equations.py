"""Checks for equations and inequalities in one unknown, by their exact real solutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from inference.errors import UnsupportedProblemError
from inference.rules.convert import plus_minus_readings, to_sympy
from inference.rules.nodes import (
    Alternatives,
    Call,
    Chain,
    Node,
    Phrase,
    Pow,
    Relation,
    Root,
    Symbol,
    System,
    is_numeric,
    symbols,
    walk,
)
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.claims import (
    DISCRIMINANT,
    has_plus_minus,
    is_approximate,
    merge_indexed,
    split_indexed,
)
from inference.verify.coefficients import COEFFICIENT_LETTERS, coefficients_of, is_general
from inference.verify.conditions import Conditions
from inference.verify.expressions import check_rounding
from inference.verify.final_form import is_final_number
from inference.verify.intervals import UndecidableError
from inference.verify.kinship import Kin
from inference.verify.solved_form import (
    cases_in,
    has_false_number,
    is_about_numbers,
    is_solved,
    relations_in,
    values_in,
)
from inference.verify.statements import (
    EVERYWHERE,
    NOWHERE,
    Any_,
    Statement,
    compare,
    domain_of,
    has_interval,
    holds_at,
    is_identity,
    is_true,
    letter_of,
    letters_of,
    statement_of,
    value_of,
)
from inference.verify.verdicts import combine, failed, not_checkable, verified

_MAX_CANDIDATES = 4


class EquationJudge:
    """Judges lines and answers against a statement in one letter."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the problem says nothing
        definite about one unknown."""
        if problem.variable is None:
            raise UndecidableError
        node = problem.node
        if any(map(_is_disputed, walk(node))):
            raise UndecidableError
        parts = node.relations if isinstance(node, System | Chain) else ()
        self._begin(problem.variable, node, statement_of(node), tuple(map(statement_of, parts)))

    def _begin(
        self, name: str, node: Node, statement: Statement, parts: tuple[Statement, ...]
    ) -> None:
        self._name = name
        self._letter = letter_of(name)
        self._node = node
        self._statement = statement
        if letters_of(statement) - {self._letter}:
            raise UndecidableError
        self._domain = domain_of(statement)
        self._parts = parts
        self._is_equation = isinstance(node, Relation) and node.operator == "="
        self._earlier: list[Node] = [node]
        self._conditions = Conditions(node, self._letter) if self._is_equation else None
        self._kin = Kin(node, self._letter)

    def learn(self, node: Node) -> None:
        """Take note of an earlier line."""
        self._earlier.append(node)
        if not self._has_solutions:
            self._kin.admit(node)

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step. Lines that give one case each are judged together."""
        checks = []
        cases = []
        for node in self._single_lines(nodes):
            one_of_several = split_indexed(node, self._name)
            node = one_of_several or node
            check = self._line(node)
            self.learn(node)
            if one_of_several and check.reason == "lost_solution":
                check = not_checkable("partial_solution", **check.detail)
            if check.reason in ("lost_solution", "partial_solution"):
                cases.append((node, check))
            else:
                checks.append(check)
        if cases and self._are_all_cases([node for node, _ in cases]):
            return combine([*checks, verified("same_solutions")])
        return combine([*checks, *(check for _, check in cases)])

    def _single_lines(self, nodes: Sequence[Node]) -> Iterator[Node]:
        """Of one equation, lines that stand together are steps and not a system."""
        for node in nodes:
            node = merge_indexed(node, self._name)
            if isinstance(node, System) and self._is_equation and not _has_condition(node):
                yield from self._single_lines(node.relations)
            else:
                yield node

    def answer(self, node: Node) -> Check:
        """Judge a final answer: solved for the unknown, all solutions and no others."""
        try:
            if is_approximate(node):
                return self._approximate_answer(node)
            node = self._with_letter(merge_indexed(node, self._name))
            if not is_solved(self._name, node):
                if node == self._node:
                    return not_checkable("restated")
                check = self._line(node)
                is_wrong = check.verdict is Verdict.FAILED
                return check if is_wrong else not_checkable("unfinished")
            if isinstance(node, Phrase) and node.kind == "infinitely_many":
                return self._infinitely_many()
            return self._solved_answer(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    # -- answers ---------------------------------------------------------------------------

    def _solved_answer(self, node: Node) -> Check:
        if has_false_number(node):
            return failed("counterexample")
        statement = statement_of(node)
        try:
            comparison = compare(self._statement, statement, self._letter)
        except UndecidableError:
            return self._by_substitution(node)
        check = self._verdict_on(comparison.lost, comparison.extraneous)
        if check is not None:
            return check
        if not self._are_links_sound(node, EVERYWHERE):
            return not_checkable("unsupported")
        values = [
            reading
            for value in values_in(self._name, node)
            for reading in plus_minus_readings(value)
        ]
        if not all(map(is_final_number, values)):
            return not_checkable("unfinished")
        return verified("substitution" if self._is_equation else "same_solutions")

    def _by_substitution(self, node: Node) -> Check:
        """Where completeness is out of reach: an answer that does not fit is wrong all the same."""
        for value in values_in(self._name, node):
            if isinstance(node, Relation | Alternatives | Chain) and self._is_equation:
                for reading in plus_minus_readings(value):
                    number = value_of(reading)
                    if not holds_at(self._statement, {self._letter: number}):
                        return failed("extraneous_solution", **{self._name: number})
        return not_checkable("unsupported")

    def _infinitely_many(self) -> Check:
        if not self._is_equation:
            return not_checkable("unfinished")  # so has nearly every inequality
        if has_interval(self._statement, self._letter):
            return verified("same_solutions")
        return failed("extraneous_solution")

    def _approximate_answer(self, node: Node) -> Check:
        """`x = \\sqrt{2} ≈ 1.41`: the exact part is the answer, the rest has to be its rounding."""
        if not isinstance(node, Chain) or node.operators[-1] != "≈" or "≈" in node.operators[:-1]:
            return not_checkable("approximate")
        *_, exact, rounded = node.operands
        check = check_rounding(exact, rounded)
        if check.verdict is not Verdict.VERIFIED:
            return check
        if len(node.operands) == 3:
            return self.answer(Relation(node.operators[0], node.operands[0], exact))
        return self.answer(Chain(node.operands[:-1], node.operators[:-1]))

    def _with_letter(self, node: Node) -> Node:
        """A bare number as the answer means the unknown."""
        is_number = not isinstance(node, Relation | Chain | Alternatives | System | Phrase)
        if is_number and is_numeric(node) and self._is_equation:
            return Relation("=", Symbol(self._name), node)
        return node

    # -- lines -----------------------------------------------------------------------------

    @cached_property
    def _has_solutions(self) -> bool:
        try:
            return not self._is_same(NOWHERE)
        except UndecidableError:
            return True

    def _line(self, node: Node) -> Check:
        if not isinstance(node, Relation | Chain | Alternatives | System | Phrase):
            # An expression alone claims nothing of an equation, or who knows what.
            return not_checkable("no_claim")
        try:
            if is_approximate(node):
                return self._approximate_line(node)
            if isinstance(node, System) and self._is_equation and not _has_condition(node):
                return self.step(node.relations)
            names = set(symbols(node))
            if not names and not isinstance(node, Phrase):
                return self._numbers(node)
            if names <= {self._name}:
                return self._about_unknown(node)
            return self._with_other_letters(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _approximate_line(self, node: Node) -> Check:
        relations = list(relations_in(node))
        if isinstance(node, Relation | Chain) and all(map(is_about_numbers, relations)):
            return combine(
                [
                    check_rounding(each.left, each.right)
                    if each.operator == "≈"
                    else self._numbers(each)
                    for each in relations
                ]
            )
        check = self._approximate_answer(node)
        return verified("same_solutions") if check.verdict is Verdict.VERIFIED else check

    def _numbers(self, node: Node) -> Check:
        """A statement about numbers alone: a computation on the side, or `0 = 5` as the end of an
        equation without solutions."""
        if has_plus_minus(node):
            return not_checkable("unsupported")
        relations = list(relations_in(node))
        is_bare = len(relations) == 1 and all(
            map(is_final_number, (relations[0].left, relations[0].right))
        )
        truth = is_true(statement_of(node))
        if is_bare:
            comparison = compare(
                self._statement, EVERYWHERE if truth else NOWHERE, self._letter, within=self._domain
            )
            if comparison.is_same:
                is_kin = truth or self._kin.admit(node)
                return verified("same_solutions") if is_kin else not_checkable("unsupported")
        if not truth:
            # Without solutions the problem itself comes down to a wrong statement about numbers.
            return failed("counterexample") if self._has_solutions else not_checkable("unsupported")
        if all(relation.left == relation.right for relation in relations):
            return not_checkable("trivial")
        return verified("identity")

    def _about_unknown(self, node: Node) -> Check:
        if has_false_number(node):
            return failed("counterexample")
        if isinstance(node, Phrase) and node.kind == "infinitely_many":
            return self._infinitely_many()
        statement = statement_of(node)
        # A line on the way inherits where the problem has a meaning; a result stands for itself.
        within = EVERYWHERE if is_solved(self._name, node) else self._domain
        comparison = compare(self._statement, statement, self._letter, within=within)
        if comparison.is_same:
            # Without solutions, any other equation without solutions would do: that is no proof.
            is_proof = isinstance(node, Phrase) or self._has_solutions or self._kin.admit(node)
            is_proof = is_proof or self._matches_parts(node)
            is_proof = is_proof and self._are_links_sound(node, within)
            if is_proof and self._conditions is not None:
                is_proof = self._conditions.are_fair(node, self._earlier)
            return verified("same_solutions") if is_proof else not_checkable("unsupported")
        if is_identity(statement):
            is_empty = all(relation.left == relation.right for relation in relations_in(node))
            return not_checkable("trivial") if is_empty else verified("identity")
        if self._is_condition(node):
            is_domain = compare(self._domain, statement, self._letter).is_same
            return verified("domain") if is_domain else not_checkable("unsupported")
        for part in self._parts:
            if compare(part, statement, self._letter).is_same:
                return verified("implied")
        if comparison.extraneous is None and self._is_one_case(statement):
            return not_checkable("partial_solution", **{self._name: comparison.lost})
        if (
            comparison.lost is None
            and not is_solved(self._name, node)
            and self._may_add_solutions()
        ):
            return not_checkable("extraneous_possible", **{self._name: comparison.extraneous})
        check = self._verdict_on(comparison.lost, comparison.extraneous)
        assert check is not None
        return check

    def _matches_parts(self, node: Node) -> bool:
        """Whether a list of inequalities has in each place the solutions of the problem's own."""
        if not isinstance(node, System) or len(node.relations) != len(self._parts):
            return False
        return all(
            compare(part, statement_of(each), self._letter).is_same
            for part, each in zip(self._parts, node.relations, strict=True)
        )

    def _are_links_sound(self, node: Node, within: Statement) -> bool:
        """Whether each `=` in a chain is true for all values or an equation with the solutions of
        the problem: `x^2 - 4 = x(x^2 - 4) = 0` as a whole has them, and is wrong."""
        if not isinstance(node, Chain):
            return True
        for relation in node.relations:
            if relation.operator != "=" or is_about_numbers(relation):
                continue
            statement = statement_of(relation)
            if not is_identity(statement):
                comparison = compare(self._statement, statement, self._letter, within=within)
                if not comparison.is_same:
                    return False
        return True

    def _verdict_on(self, lost: Any | None, extraneous: Any | None) -> Check | None:
        if lost is None and extraneous is None:
            return None
        if extraneous is None:
            return failed("lost_solution", **{self._name: lost})
        if lost is None:
            return failed("extraneous_solution", **{self._name: extraneous})
        return failed("counterexample", **{self._name: extraneous})

    def _is_condition(self, node: Node) -> bool:
        return (
            self._is_equation
            and isinstance(node, Relation | Chain)
            and not any(relation.operator == "=" for relation in relations_in(node))
        )

    def _may_add_solutions(self) -> bool:
        """Whether squaring was called for: then a line may have more solutions than the problem."""
        return bool(self._parts) or any(
            isinstance(part, Root | Call) and not is_numeric(part) for part in walk(self._node)
        )

    def _is_one_case(self, statement: Statement) -> bool:
        """Whether an earlier line had split the problem into cases of which this is one."""
        for earlier in reversed(self._earlier):
            for case in cases_in(earlier):
                try:
                    if compare(statement_of(case), statement, self._letter).is_same:
                        return True
                except (UndecidableError, UnsupportedProblemError):
                    continue
        return False

    def _are_all_cases(self, lines: Sequence[Node]) -> bool:
        """Whether lines that each lose solutions give one case each, and together all of them."""
        if len(lines) < 2 or not all(is_solved(self._name, line) for line in lines):
            return False
        try:
            statements = [statement_of(line) for line in lines]
            for place, statement in enumerate(statements):
                for other in statements[:place]:
                    if compare(other, statement, self._letter).is_same:
                        return False
            union = Any_(tuple(statements))
            return compare(self._statement, union, self._letter).is_same
        except (UndecidableError, UnsupportedProblemError):
            return False

    # -- letters of the quadratic formula --------------------------------------------------

    def _with_other_letters(self, node: Node) -> Check:
        """Lines about a, b, c and the discriminant of a quadratic equation."""
        if has_false_number(node):
            return failed("counterexample")
        if not set(symbols(node)) <= {*COEFFICIENT_LETTERS, self._name} or not self._is_equation:
            return not_checkable("unsupported")
        for relation in relations_in(node):
            is_of_discriminant = Symbol(DISCRIMINANT) in (relation.left, relation.right)
            if relation.operator != "=" and symbols(relation) and not is_of_discriminant:
                return not_checkable("unsupported")
            if not is_general(relation, self._letter):
                return not_checkable("unsupported")
        for bindings in self._coefficients():
            statement = statement_of(node, bindings)
            if not letters_of(statement):
                if is_true(statement) and not has_plus_minus(node):
                    return verified("definition")
            elif self._has_solutions and self._is_same(statement):
                return verified("same_solutions")
        return not_checkable("unsupported")

    def _coefficients(self) -> Iterator[dict[Any, Any]]:
        """What the letters mean by each line that has the solutions of the problem."""
        if set(COEFFICIENT_LETTERS) & set(symbols(self._node)):
            return
        seen: list[dict[Any, Any]] = []
        for earlier in self._earlier:
            bindings = coefficients_of(earlier, self._letter)
            if bindings is None or bindings in seen or not self._is_same(statement_of(earlier)):
                continue
            seen.append(bindings)
            yield bindings
            if len(seen) >= _MAX_CANDIDATES:
                return

    def _is_same(self, statement: Statement) -> bool:
        return compare(self._statement, statement, self._letter).is_same


def _is_disputed(node: Node) -> bool:
    """Whether schools disagree about it: `x^{1/3}` below zero, where `\\sqrt[3]{x}` has a value."""
    if not isinstance(node, Pow) or is_numeric(node.base):
        return False
    exponent = to_sympy(node.exponent)
    return bool(exponent.is_Rational and exponent.q != 1 and exponent.q % 2)


def _has_condition(node: System) -> bool:
    """Whether it is an equation with a condition beside it: `x = (x - 2)^2, x >= 2`."""
    return any(relation.operator != "=" for relation in relations_in(node))
