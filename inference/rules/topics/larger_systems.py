"""Systems of three or more linear equations, by elimination from the top down (Gauss)."""

from __future__ import annotations

import math
from fractions import Fraction

from inference.rules.build import grouped, number, symbol
from inference.rules.nodes import Add, Mul, Neg, Node, Phrase, Relation, System
from inference.rules.polynomial import Polynomial, monomial_node, polynomial_node
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.equations import flatten, solve_flat_linear

MAX_EQUATIONS = 4
_Row = tuple[Polynomial, Polynomial]


def covers(problem: Problem) -> bool:
    """Whether it is a system of more than two equations in as many unknowns."""
    return (
        problem.intent is Intent.SOLVE_SYSTEM
        and len(problem.variables) > 2
        and len(problem.expressions) == len(problem.variables)
    )


def solve(problem: Problem, trace: Trace) -> Node:
    """Make the unknowns vanish one after the other, then put the values back.

    Raises:
        UnsupportedProblemError: There are too many equations, or one is not linear.
    """
    equations = problem.expressions
    if len(equations) > MAX_EQUATIONS:
        raise RefusedError("two_by_two")
    if not all(isinstance(each, Relation) and each.operator == "=" for each in equations):
        raise RefusedError("two_by_two")
    return _GaussPen(equations, tuple(sorted(problem.variables)), trace).solve()


class _GaussPen:
    """The equations as they stand on the paper, with the unknowns on the left."""

    def __init__(self, equations: tuple[Node, ...], names: tuple[str, ...], trace: Trace) -> None:
        self._names = names
        self._trace = trace
        self._lines: list[Node] = list(equations)
        self._rows: list[_Row] = []

    def solve(self) -> Node:
        for place, line in enumerate(list(self._lines)):
            assert isinstance(line, Relation)
            self._work_on(place)
            flat, left, right = flatten(line, self._trace)
            if (left - right).degree() > 1:
                raise RefusedError("linear_systems")
            self._lines[place] = flat
            self._rows.append((left, right))
        self._work_on(None)
        contradiction = _contradiction([left - right for left, right in self._rows], self._names)
        if contradiction is not None:
            answer = Phrase("no_solution")
            self._trace.add("elimination_leads_to", answer, equation=contradiction)
            return answer
        self._standardise()
        for step, name in enumerate(self._names[:-1]):
            self._bring_up(step, name)
            if not self._rows[step][0].linear_coefficient(name):
                return self._many()
            for place in range(step + 1, len(self._rows)):
                self._eliminate(step, place, name)
        if not self._rows[-1][0]:
            return self._many()
        return self._back()

    def _work_on(self, place: int | None) -> None:
        if place is None:
            self._trace.wrap = lambda node: node
        else:
            self._trace.wrap = lambda node: System(
                (*self._lines[:place], node, *self._lines[place + 1 :])
            )

    def _write(self, rule: str, **values: Node | int | Fraction | str) -> None:
        self._trace.add(rule, System(tuple(self._lines)), **values)

    def _set(self, place: int, left: Polynomial, right: Polynomial) -> None:
        self._rows[place] = (left, right)
        self._lines[place] = Relation("=", polynomial_node(left), polynomial_node(right))

    def _many(self) -> Node:
        answer = Phrase("infinitely_many")
        self._trace.add("fewer_equations_than_unknowns", answer)
        return answer

    def _standardise(self) -> None:
        for place, (left, right) in enumerate(self._rows):
            difference = left - right
            constant = Polynomial.constant(difference.constant_term)
            scale = difference.denominator
            if left != difference - constant or scale != 1:
                self._set(place, (difference - constant).scaled(scale), (-constant).scaled(scale))
                self._write("standard_form", which=str(place + 1))

    def _bring_up(self, step: int, name: str) -> None:
        """The equation with the handiest coefficient comes first."""
        sizes = [
            (abs(self._rows[place][0].linear_coefficient(name)), place)
            for place in range(step, len(self._rows))
        ]
        usable = [pair for pair in sizes if pair[0]]
        if not usable:
            return
        size, best = min(usable)
        own = sizes[0][0]
        if best != step and (not own or (size == 1 and own != 1)):
            rows, lines = self._rows, self._lines
            rows[step], rows[best] = rows[best], rows[step]
            lines[step], lines[best] = lines[best], lines[step]
            self._write("swap_equations", first=str(step + 1), second=str(best + 1))

    def _eliminate(self, step: int, place: int, name: str) -> None:
        (top, top_value), (left, right) = self._rows[step], self._rows[place]
        a, b = top.linear_coefficient(name), left.linear_coefficient(name)
        if not b:
            return
        common = Fraction(math.lcm(int(a), int(b)))
        times, times_top = abs(common / b), common / a * (1 if b > 0 else -1)
        new_left = left.scaled(times) - top.scaled(times_top)
        new_right = right.scaled(times) - top_value.scaled(times_top)
        self._set(place, new_left, new_right)
        values: dict[str, Node | int | Fraction | str] = {
            "which": str(place + 1),
            "other": str(step + 1),
            "letter": symbol(name),
        }
        rule = "subtract_equation_from" if times_top > 0 else "add_equation_to"
        if times != 1:
            rule += "_multiplied"
            values["times"] = times
        if abs(times_top) != 1 or times != 1:
            values["factor"] = abs(times_top)
        else:
            rule += "_once"
        self._write(rule, **values)
        content = (new_left + new_right).content if new_left else Fraction(1)
        if content not in (1, 0):
            self._set(place, new_left.scaled(1 / content), new_right.scaled(1 / content))
            self._write("divide_equation", which=str(place + 1), divisor=content)

    def _back(self) -> Node:
        """From the last equation up: put in what is known, solve."""
        known: dict[str, Fraction] = {}
        for place in range(len(self._rows) - 1, -1, -1):
            left, right = self._rows[place]
            here = [name for name in left.letters if name in known]
            if here:
                self._lines[place] = Relation(
                    "=", _with_values(left, known), polynomial_node(right)
                )
                shown = System(tuple(Relation("=", symbol(n), number(known[n])) for n in here))
                self._write(
                    "put_values_into_equation",
                    which=str(place + 1),
                    values=shown.relations[0] if len(here) == 1 else shown,
                )
            line = self._lines[place]
            assert isinstance(line, Relation)
            self._work_on(place)
            _, left, right = flatten(line, self._trace)
            (name,) = (left - right).letters
            solved = solve_flat_linear("=", left, right, name, self._trace, is_decimal=False)
            self._work_on(None)
            self._lines[place] = solved
            difference = left - right
            known[name] = -difference.constant_term / difference.linear_coefficient(name)
        answer = System(tuple(Relation("=", symbol(n), number(known[n])) for n in self._names))
        self._trace.add("state_solution", answer)
        return answer


def _with_values(side: Polynomial, known: dict[str, Fraction]) -> Node:
    """`side` with numbers in place of the known letters, nothing worked out."""
    pieces: list[Node] = []
    for monomial, factor in side:
        name = monomial[0][0] if monomial else ""
        if name not in known:
            pieces.append(monomial_node(monomial, factor))
            continue
        value = number(known[name])
        if abs(factor) == 1:
            piece = grouped(value)
        else:
            piece = Mul((number(abs(factor)), grouped(value)), "×")
        pieces.append(piece if factor > 0 else Neg(piece))
    return pieces[0] if len(pieces) == 1 else Add(tuple(pieces))


def _contradiction(differences: list[Polynomial], names: tuple[str, ...]) -> Relation | None:
    """`0 = 5`, when the equations cannot hold together."""
    rows = list(differences)
    for name in names:
        pivot = next((row for row in rows if row.linear_coefficient(name)), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        slope = pivot.linear_coefficient(name)
        rows = [row - pivot.scaled(row.linear_coefficient(name) / slope) for row in rows]
    value = next((row.constant_term for row in rows if row), None)
    return None if value is None else Relation("=", number(0), number(-value))
