"""Checks for systems of linear equations: by the rows of their matrix, in exact arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Node,
    Phrase,
    Relation,
    Symbol,
    System,
    is_numeric,
    symbols,
)
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.algebra import sign_of, to_fraction
from inference.verify.claims import has_plus_minus, is_approximate
from inference.verify.final_form import is_final_number
from inference.verify.intervals import UndecidableError
from inference.verify.statements import (
    conditions_of,
    is_true,
    letter_of,
    statement_of,
    value_of,
)
from inference.verify.verdicts import combine, failed, not_checkable, verified

_MAX_UNKNOWNS = 6


class SystemJudge:
    """Judges lines and answers against equations that hold together."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when these are no equations whose
        values can be computed."""
        self._node = problem.node
        self._names = tuple(problem.variables)
        self._letters = [letter_of(name) for name in self._names]
        if len(self._names) > _MAX_UNKNOWNS:
            raise UndecidableError
        self._relations = list(_equations(self._node))
        try:
            rows = [self._row(relation) for relation in self._relations]
        except UndecidableError:
            self._matrix = None
            return
        self._matrix = sympy.Matrix(rows)
        self._rank = self._matrix.rank()
        self._is_consistent = self._matrix[:, :-1].rank() == self._rank
        self._is_unique = self._is_consistent and self._rank == len(self._names)

    def learn(self, node: Node) -> None:
        """Take note of an earlier line. There is nothing to note for systems."""

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(node) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer: a value for every unknown, or that there is none or are many."""
        try:
            if isinstance(node, Phrase):
                return self._phrase(node)
            if is_approximate(node) or has_plus_minus(node):
                return not_checkable("unsupported")
            values = self._values(node)
            if values is None:
                if node == self._node:
                    return not_checkable("restated")
                check = self._line(node)
                is_wrong = check.verdict is Verdict.FAILED
                return check if is_wrong else not_checkable("unfinished")
            return self._substitute(values)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    # -- answers ---------------------------------------------------------------------------

    def _values(self, node: Node) -> dict[str, Node] | None:
        """What the answer gives to each unknown; None when it is of another form."""
        if isinstance(node, Alternatives):
            return None
        values: dict[str, Node] = {}
        for each in node.relations if isinstance(node, System) else (node,):
            if not isinstance(each, Relation | Chain):
                return None
            relations = each.relations if isinstance(each, Chain) else (each,)
            operands = [relations[0].left, *(relation.right for relation in relations)]
            if any(relation.operator != "=" for relation in relations):
                return None
            if not isinstance(operands[0], Symbol):
                operands.reverse()
            name, *numbers = operands
            if not isinstance(name, Symbol) or name.name in values:
                return None
            if not all(map(is_numeric, numbers)):
                return None
            for number in numbers[:-1]:
                if not is_true(statement_of(Relation("=", number, numbers[-1]))):
                    return None
            values[name.name] = numbers[-1]
        return values if set(values) <= set(self._names) else None

    def _substitute(self, values: dict[str, Node]) -> Check:
        numbers = {letter_of(name): value_of(node) for name, node in values.items()}
        detail = {name: numbers[letter_of(name)] for name in values}
        if set(values) == set(self._names):
            for relation in self._relations:
                statement = statement_of(relation, numbers)
                if not is_true(statement):
                    return failed("counterexample", **detail)
        else:
            for name, node in values.items():
                check = self._line(Relation("=", Symbol(name), node))
                if check.verdict is Verdict.FAILED:
                    return check
            return not_checkable("unfinished")
        if self._matrix is None:
            return not_checkable("unsupported")
        if not self._is_unique:
            return failed("lost_solution", **detail)
        if not all(map(is_final_number, values.values())):
            return not_checkable("unfinished")
        return verified("substitution")

    def _phrase(self, node: Phrase) -> Check:
        if self._matrix is None:
            return not_checkable("unsupported")
        if node.kind in ("no_solution", "no_real_solution"):
            return failed("lost_solution") if self._is_consistent else verified("same_solutions")
        if node.kind == "infinitely_many":
            if not self._is_consistent:
                return failed("extraneous_solution")
            return failed("extraneous_solution") if self._is_unique else verified("same_solutions")
        return not_checkable("unsupported")

    # -- lines -----------------------------------------------------------------------------

    def _line(self, node: Node) -> Check:
        if not isinstance(node, Relation | Chain | Alternatives | System | Phrase):
            return not_checkable("no_claim")
        try:
            if isinstance(node, Phrase):
                return self._phrase(node)
            if isinstance(node, Alternatives) or is_approximate(node) or has_plus_minus(node):
                return not_checkable("unsupported")
            return self._equations(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _equations(self, node: Node) -> Check:
        if self._matrix is not None and not self._is_consistent and _is_contradiction(node):
            is_proof = self._is_known_contradiction(node)
            return verified("same_solutions") if is_proof else not_checkable("unsupported")
        rows = []
        checks = []
        for relation in _equations(node):
            if not symbols(relation):
                is_link = isinstance(node, Chain) and bool(symbols(node))
                checks.append(self._numbers(relation, is_link=is_link))
                continue
            if not set(symbols(relation)) <= set(self._names):
                return not_checkable("unsupported")
            row = self._row(relation)
            if not any(row):
                is_empty = relation.left == relation.right
                checks.append(not_checkable("trivial") if is_empty else verified("identity"))
                continue
            rows.append(row)
            checks.append(self._implied(row))
        check = combine(checks)
        if check.verdict is not Verdict.VERIFIED or self._matrix is None or not rows:
            return check
        if sympy.Matrix(rows).rank() == self._rank and self._is_consistent:
            return verified("same_solutions")
        return check

    def _implied(self, row: list[Any]) -> Check:
        if self._matrix is None or not self._is_consistent:
            # Of a system without solutions everything follows; that would prove nothing.
            return not_checkable("unsupported")
        if self._matrix.col_join(sympy.Matrix([row])).rank() == self._rank:
            return verified("implied")
        detail = {}
        if self._is_unique:
            solution = self._matrix.rref()[0][: len(self._names), -1]
            detail = {name: solution[place] for place, name in enumerate(self._names)}
        return failed("counterexample", **detail)

    def _is_known_contradiction(self, node: Node) -> bool:
        """Whether the sides of `0 = 5` differ as two of the problem's equations do, brought to the
        same left side, and what stands beside it is one of them."""
        known = self._matrix.tolist() if self._matrix is not None else []
        distances = set()
        for row, other in itertools.permutations(known, 2):
            ratio = _ratio(row[:-1], other[:-1])
            if ratio is not None:
                distances.add(abs(row[-1] - ratio * other[-1]))
        for relation in _equations(node):
            if symbols(relation):
                written = self._row(relation)
                if all(_ratio(written, row) is None for row in known):
                    return False
            elif not is_true(statement_of(relation)):
                distance = abs(value_of(relation.left) - value_of(relation.right))
                if distance not in distances:
                    return False
        return True

    def _numbers(self, relation: Relation, *, is_link: bool) -> Check:
        if not is_true(statement_of(relation)):
            # A system without solutions comes down to a wrong statement about numbers, and whether
            # one that is not linear has solutions is not known.
            is_wrong = is_link or (self._matrix is not None and self._is_consistent)
            return failed("counterexample") if is_wrong else not_checkable("unsupported")
        is_dependent = self._matrix is not None and self._rank < len(self._relations)
        if relation.left == relation.right and not is_dependent:
            return not_checkable("trivial")
        return verified("identity")

    def _row(self, relation: Relation) -> list[Any]:
        """Coefficients of the unknowns, then the constant on the other side.

        Raises:
            UndecidableError: The relation is no linear equation with rational coefficients.
        """
        if relation.operator != "=" or conditions_of(relation):
            raise UndecidableError
        fraction = to_fraction(value_of(relation.left) - value_of(relation.right))
        if fraction.kernels or not fraction.denominator.is_Rational:
            raise UndecidableError
        polynomial = sympy.Poly(fraction.numerator / fraction.denominator, *self._letters)
        if polynomial.total_degree() > 1 or not polynomial.domain.is_ZZ | polynomial.domain.is_QQ:
            raise UndecidableError
        row = [polynomial.coeff_monomial(letter) for letter in self._letters]
        constant = -polynomial.coeff_monomial(1)
        assert all(sign_of(value) is not None for value in [*row, constant])
        return [*row, constant]


def _ratio(row: Sequence[Any], other: Sequence[Any]) -> Any | None:
    """By which number `other` has to be multiplied to give `row`; None when there is none."""
    ratios = {a / b for a, b in zip(row, other, strict=True) if b != 0}
    if len(ratios) != 1 or 0 in ratios or any(a for a, b in zip(row, other, strict=True) if b == 0):
        return None
    return ratios.pop()


def _is_contradiction(node: Node) -> bool:
    """Whether `0 = 5` stands there, and no computation that is wrong."""
    numbers = [relation for relation in _equations(node) if not symbols(relation)]
    wrong = [relation for relation in numbers if not is_true(statement_of(relation))]
    return bool(wrong) and all(
        is_final_number(side) for relation in wrong for side in (relation.left, relation.right)
    )


def _equations(node: Node) -> Iterator[Relation]:
    match node:
        case Relation():
            yield node
        case Chain() | System():
            for each in node.relations:
                yield from _equations(each)
        case _:
            raise UndecidableError
