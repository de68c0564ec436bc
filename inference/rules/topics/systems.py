"""Systems of two linear equations in two unknowns, by substitution or elimination."""

from __future__ import annotations

import math
from fractions import Fraction

from inference.rules.build import grouped, number, product, symbol
from inference.rules.expansion import uses_decimals
from inference.rules.instructions import Method
from inference.rules.nodes import (
    Add,
    Mul,
    Neg,
    Node,
    Phrase,
    Relation,
    System,
)
from inference.rules.polynomial import (
    Monomial,
    Polynomial,
    monomial_node,
    polynomial_node,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.equations import flatten, solve_flat_linear

_Sides = tuple[Polynomial, Polynomial]


def covers(problem: Problem) -> bool:
    """Whether it is a system."""
    return problem.intent is Intent.SOLVE_SYSTEM


def solve(problem: Problem, trace: Trace) -> Node:
    """Solve two linear equations in two unknowns.

    Raises:
        UnsupportedProblemError: The system is of another size or kind.
    """
    names = tuple(sorted(problem.variables))
    equations = problem.expressions
    is_fitting = len(equations) == 2 and len(names) == 2
    if not is_fitting or not all(isinstance(e, Relation) and e.operator == "=" for e in equations):
        raise RefusedError("two_by_two")
    return _SystemPen(equations, (names[0], names[1]), trace).solve(problem.method)


class _SystemPen:
    def __init__(self, equations: tuple[Node, ...], names: tuple[str, str], trace: Trace) -> None:
        self._names = names
        self._trace = trace
        self._is_decimal = any(map(uses_decimals, equations))
        self._lines: list[Node] = list(equations)
        self._sides: list[_Sides] = []

    def solve(self, method: Method | None) -> Node:
        for i in range(2):
            self._work_on(i)
            equation = self._lines[i]
            assert isinstance(equation, Relation)
            flat, left, right = flatten(equation, self._trace)
            self._lines[i] = flat
            self._sides.append((left, right))
        self._work_on(None)
        differences = [left - right for left, right in self._sides]
        if any(difference.degree() > 1 for difference in differences):
            raise RefusedError("linear_systems")
        if any(difference.is_constant and difference for difference in differences):
            return self._without_unique_solution(Phrase("no_solution"))
        if {name for difference in differences for name in difference.letters} != {*self._names}:
            raise RefusedError("unknown_drops_out")
        if not all(differences):
            return self._without_unique_solution(Phrase("all_reals"))
        isolated = None if method is Method.ELIMINATION else self._isolated()
        if isolated is not None:
            return self._substitute(*isolated)
        self._standardise()
        if any(len(left.letters) == 1 for left, _ in self._sides):
            return self._solve_single_letter_first()
        name = None if method is Method.SUBSTITUTION else self._matching_letter()
        if name is not None:
            return self._eliminate(name)
        unit = None if method is Method.ELIMINATION else self._unit()
        if method is Method.SUBSTITUTION and unit is None:
            unit = self._smallest()
        if unit is not None:
            self._isolate(*unit)
            return self._substitute(*unit)
        return self._eliminate(self._match_by_multiplying())

    # -- lines -----------------------------------------------------------------------------

    def _work_on(self, i: int | None) -> None:
        """Let the trace speak of equation `i` while the other one stays on the paper."""
        if i is None:
            self._trace.wrap = lambda node: node
        elif i == 0:
            self._trace.wrap = lambda node: System((node, self._lines[1]))
        else:
            self._trace.wrap = lambda node: System((self._lines[0], node))

    def _write(self, rule: str, **values: Node | int | Fraction | str) -> None:
        self._trace.add(rule, System(tuple(self._lines)), **values)

    def _set(self, i: int, left: Polynomial, right: Polynomial) -> None:
        self._sides[i] = (left, right)
        self._lines[i] = Relation("=", self._node(left), self._node(right))

    def _node(self, polynomial: Polynomial) -> Node:
        return polynomial_node(polynomial, is_decimal=self._is_decimal)

    # -- substitution ----------------------------------------------------------------------

    def _isolated(self) -> tuple[int, str] | None:
        """An equation that already says `y = ...`."""
        for i, (left, right) in enumerate(self._sides):
            for name in self._names:
                letter = Polynomial.letter(name)
                if left == letter and name not in right.letters:
                    return i, name
                if right == letter and name not in left.letters:
                    self._set(i, right, left)
                    self._write("swap_sides_of_equation", which=str(i + 1))
                    return i, name
        return None

    def _unit(self) -> tuple[int, str] | None:
        """A letter with coefficient 1 (better) or -1."""
        for wanted in (1, -1):
            for i in range(2):
                for name in self._names:
                    if self._coefficient(i, name) == wanted:
                        return i, name
        return None

    def _smallest(self) -> tuple[int, str]:
        """The letter with the coefficient of the smallest size."""
        places = [(i, name) for i in range(2) for name in self._names if self._coefficient(i, name)]
        return min(places, key=lambda place: abs(self._coefficient(*place)))

    def _isolate(self, i: int, name: str) -> None:
        left, right = self._sides[i]
        slope = left.linear_coefficient(name)
        rest = left - Polynomial.letter(name).scaled(slope)
        self._set(i, Polynomial.letter(name), (right - rest).scaled(1 / slope))
        value = self._node(self._sides[i][1])
        self._lines[i] = Relation("=", symbol(name), value)
        self._write("isolate", which=str(i + 1), letter=symbol(name))

    def _substitute(self, i: int, name: str) -> Node:
        other = 1 - i
        value = self._sides[i][1]
        left, right = self._sides[other]
        if value.is_constant and name not in (*left.letters, *right.letters):
            return self._finish_second(other, i)
        self._lines[other] = Relation(
            "=",
            self._with_value(left, name, value),
            self._with_value(right, name, value),
        )
        self._write("substitute", letter=symbol(name), value=self._node(value))
        remaining = self._solve_one(other)
        if isinstance(remaining, Phrase):
            return self._without_unique_solution(remaining)
        return self._finish(other, i, name)

    def _finish_second(self, other: int, i: int) -> Node:
        """Both equations have one letter each."""
        remaining = self._solve_one(other)
        if isinstance(remaining, Phrase):
            return self._without_unique_solution(remaining)
        return self._answer()

    def _finish(self, known: int, open_: int, name: str) -> Node:
        """Put the first value into the other equation and solve for the second."""
        solved = self._names[0] if name == self._names[1] else self._names[1]
        value = self._sides[known][1]
        left, right = self._sides[open_]
        self._lines[open_] = Relation(
            "=", self._with_value(left, solved, value), self._with_value(right, solved, value)
        )
        self._write("substitute_back", letter=symbol(solved), value=self._node(value))
        self._solve_one(open_)
        return self._answer()

    def _with_value(self, side: Polynomial, name: str, value: Polynomial) -> Node:
        """`side` with a bracket or a number in the place of a letter, nothing worked out."""
        pieces: list[Node] = []
        # In the order in which the side was written, so that the eye finds its place.
        for monomial, factor in _in_written_order(side):
            if dict(monomial).get(name):
                shown = self._node(value)
                pieces.append(_times_value(factor, shown, is_decimal=self._is_decimal))
            else:
                pieces.append(monomial_node(monomial, factor, is_decimal=self._is_decimal))
        if not pieces:
            return number(0)
        return pieces[0] if len(pieces) == 1 else Add(tuple(pieces))

    def _solve_one(self, i: int) -> Node:
        """Solve equation `i` for its only letter; the other equation stays beside it."""
        equation = self._lines[i]
        assert isinstance(equation, Relation)
        self._work_on(i)
        flat, left, right = flatten(equation, self._trace)
        difference = left - right
        if difference.is_constant:
            self._work_on(None)
            self._lines[i] = flat
            return Phrase("no_solution" if difference else "all_reals")
        letter = difference.letters[0]
        result = solve_flat_linear(
            "=", left, right, letter, self._trace, is_decimal=self._is_decimal
        )
        self._work_on(None)
        self._lines[i] = result
        value = -difference.constant_term / difference.linear_coefficient(letter)
        self._sides[i] = (Polynomial.letter(letter), Polynomial.constant(value))
        return result

    def _without_unique_solution(self, found: Phrase) -> Node:
        is_empty = found.kind == "no_solution"
        answer = Phrase("no_solution" if is_empty else "infinitely_many")
        self._trace.add("system_never_true" if is_empty else "system_always_true", answer)
        return answer

    def _answer(self) -> Node:
        values = {
            left.letters[0]: Relation("=", symbol(left.letters[0]), self._node(right))
            for left, right in self._sides
        }
        answer = System(tuple(values[name] for name in self._names))
        self._trace.add("state_solution", answer)
        return answer

    # -- elimination -----------------------------------------------------------------------

    def _standardise(self) -> None:
        """`a x + b y = c` in both equations."""
        for i, (left, right) in enumerate(self._sides):
            difference = left - right
            constant = Polynomial.constant(difference.constant_term)
            if left != difference - constant:
                self._set(i, difference - constant, -constant)
                self._write("standard_form", which=str(i + 1))

    def _coefficient(self, i: int, name: str) -> Fraction:
        return self._sides[i][0].linear_coefficient(name)

    def _matching_letter(self) -> str | None:
        """A letter whose coefficients are opposite or equal."""
        for sign in (-1, 1):
            for name in reversed(self._names):
                first, second = (self._coefficient(i, name) for i in range(2))
                if first and first == sign * second:
                    return name
        return None

    def _match_by_multiplying(self) -> str:
        """Multiply the equations so that the coefficients of one letter agree in size."""
        name = min(reversed(self._names), key=self._multiplying_cost)
        sizes = [abs(self._coefficient(i, name)) for i in range(2)]
        common = _least_common_multiple(sizes[0], sizes[1])
        for i in range(2):
            factor = common / sizes[i]
            if factor != 1:
                left, right = self._sides[i]
                self._set(i, left.scaled(factor), right.scaled(factor))
                self._write("multiply_equation", which=str(i + 1), factor=factor)
        return name

    def _multiplying_cost(self, name: str) -> Fraction:
        sizes = [abs(self._coefficient(i, name)) for i in range(2)]
        return _least_common_multiple(sizes[0], sizes[1])

    def _eliminate(self, name: str) -> Node:
        first, second = (self._coefficient(i, name) for i in range(2))
        is_sum = first == -second
        (left, right), (other_left, other_right) = self._sides
        if is_sum:
            combined = (left + other_left, right + other_right)
        else:
            combined = (left - other_left, right - other_right)
        kept = 1 if abs(self._coefficient(1, name)) <= abs(first) else 0
        self._set(1 - kept, *combined)
        self._write("add_equations" if is_sum else "subtract_equations", letter=symbol(name))
        if not combined[0]:
            phrase = Phrase("no_solution" if combined[1] else "all_reals")
            return self._without_unique_solution(phrase)
        self._solve_one(1 - kept)
        return self._finish(1 - kept, kept, name)

    def _solve_single_letter_first(self) -> Node:
        """One equation lacks a letter, so it gives the other one at once."""
        for i in range(2):
            letters = self._sides[i][0].letters
            if len(letters) == 1:
                remaining = self._solve_one(i)
                if isinstance(remaining, Phrase):
                    return self._without_unique_solution(remaining)
                solved = letters[0]
                other_name = next(n for n in self._names if n != solved)
                if solved not in self._sides[1 - i][0].letters:
                    self._solve_one(1 - i)
                    return self._answer()
                return self._finish(i, 1 - i, other_name)
        raise RefusedError("kind_of_system")


def _in_written_order(side: Polynomial) -> list[tuple[Monomial, Fraction]]:
    terms = list(side)
    if terms and terms[0][1] < 0:
        lead = next((term for term in terms if term[1] > 0), terms[0])
        terms.remove(lead)
        terms.insert(0, lead)
    return terms


def _times_value(factor: Fraction, value: Node, *, is_decimal: bool) -> Node:
    """A coefficient times what was put in for the letter, brackets where they are needed."""
    if factor in (1, -1):
        inner = value if isinstance(value, Add) else grouped(value)
        return inner if factor == 1 else Neg(inner)
    if isinstance(value, Add):
        return product((number(factor, is_decimal=is_decimal), value))
    size = number(abs(factor), is_decimal=is_decimal)
    written = Mul((size, grouped(value)), "×")
    return written if factor > 0 else Neg(written)


def _least_common_multiple(first: Fraction, second: Fraction) -> Fraction:
    bottom = math.lcm(first.denominator, second.denominator)
    return Fraction(math.lcm(int(first * bottom), int(second * bottom)), bottom)
