"""What is demanded of every solution, whatever its topic: its lines are read back, each step and
the answer are proved by the checker, and a line with a slip of the pen is not."""

from __future__ import annotations

import re
from typing import Any

import sympy

from inference.rules import Node, parse_math, parse_problem
from inference.rules.convert import plus_minus_readings, to_symbol, to_sympy
from inference.rules.nodes import (
    Alternatives,
    Call,
    Chain,
    Div,
    Phrase,
    Relation,
    Root,
    System,
    symbols,
    walk,
)
from inference.rules.solver import solve_problem
from inference.rules.steps import Solution
from inference.solution_formulas import claims
from inference.types import Language
from inference.verify.tasks import check_answer, check_step

_DIGITS = re.compile(r"(?<![\d.^_])\d+(?![\d.])")
_SIGNS = re.compile(r"(?<=[\w})]) ([+-]) (?=[\w\\(])")


def solved(text: str, language: Language = "en") -> Solution:
    """The solution of a problem, after a look at every line of it."""
    solution = solve_problem(parse_problem(text), language=language)
    for step in solution.steps:
        parse_math(step.after)
        assert step.title and "{" not in re.sub(r"\$[^$]*\$", "", step.title)
        # A sentence with a relation is one more claim to be proved, and nobody can.
        assert not claims(step.title), step.title
    return solution


def proved(text: str) -> Solution:
    """The solution of a problem, after the checker proved every step and the answer."""
    solution = solved(text)
    prove(text, solution)
    return solution


def prove(text: str, solution: Solution) -> None:
    """Have the checker prove every step and the answer."""
    earlier: list[str] = []
    for step in solution.steps:
        check = check_step(text, earlier, [step.after])
        assert isinstance(check, dict)
        assert check["verdict"] == "verified", (text, step.rule, step.after, check)
        earlier.append(step.after)
    check = check_answer(text, solution.answer_latex)
    assert isinstance(check, dict)
    assert check["verdict"] == "verified", (text, solution.answer_latex, check)


def slips(line: str) -> list[str]:
    """A line with one number or one sign changed, in every place."""
    found = []
    for match in _DIGITS.finditer(line):
        value = int(match.group())
        for other in (value + 1, value + 7):
            found.append(line[: match.start()] + str(other) + line[match.end() :])
    for match in _SIGNS.finditer(line):
        other_sign = "-" if match.group(1) == "+" else "+"
        found.append(line[: match.start(1)] + other_sign + line[match.end(1) :])
    return found


def solutions_of(node: Node) -> Any:
    """The real solutions of a line in one letter, by SymPy alone."""
    match node:
        case System():
            return sympy.Intersection(*map(solutions_of, node.relations))
        case Chain():
            return sympy.Intersection(*map(solutions_of, node.relations))
        case Alternatives():
            return sympy.Union(*map(solutions_of, node.options))
        case Relation(operator="="):
            readings = plus_minus_readings(node)
            if len(readings) > 1:
                return sympy.Union(*map(solutions_of, readings))
            (letter,) = symbols(node)
            difference = to_sympy(node.left) - to_sympy(node.right)
            return sympy.solveset(difference, to_symbol(letter), sympy.S.Reals)
        case Relation():
            return to_sympy(node).as_set()
        case Phrase(kind="all_reals"):
            return sympy.S.Reals
    return sympy.S.EmptySet


def no_slip_is_proved(text: str, solution: Solution, place: int) -> bool:
    """Whether neither a step nor the answer is called right after a slip, chosen by `place`."""
    lines = [step.after for step in solution.steps]
    at = place % len(lines)
    wrong = slips(lines[at])
    if wrong:
        line = wrong[place % len(wrong)]
        is_proved = is_verified_step(text, lines[:at], line)
        if is_proved and not _says_the_same(line, lines[at], parse_problem(text).node):
            return False
    wrong = [*slips(solution.answer_latex), *without_an_option(solution.answer_latex)]
    return not wrong or not is_verified_answer(text, wrong[place % len(wrong)])


def _says_the_same(line: str, other: str, problem: Node) -> bool:
    """Whether two lines have the same solutions all the same, where the problem has a meaning:
    `2x = x` and `3x = x`, or where a condition was changed that excludes the same; or the same
    value: `a^{0 + 0 + 2}` and `a^{0 - 0 + 2}`, by SymPy alone."""
    nodes = [parse_math(each) for each in (line, other)]
    if not any(isinstance(each, Relation | System | Alternatives | Chain) for each in nodes):
        first, second = map(to_sympy, nodes)
        return bool(sympy.simplify(first - second) == 0)
    if not all(isinstance(each, Relation | System | Alternatives) for each in nodes):
        return False
    if not any(map(symbols, nodes)) and all(isinstance(each, Relation) for each in nodes):
        # `1 = 1 + 0` and `1 = 1 - 0`: either side has the value that it had.
        sides = [(to_sympy(each.left), to_sympy(each.right)) for each in nodes]
        return bool(sides[0] == sides[1])
    if any(len(symbols(each)) != 1 for each in nodes):
        return False
    domain = _domain_of(problem)
    one, two = (sympy.Intersection(solutions_of(each), domain) for each in nodes)
    return bool(one == two)


def _domain_of(problem: Node) -> Any:
    """Where square roots and fractions of one letter have a value, by SymPy alone."""
    found = [sympy.S.Reals]
    for part in walk(problem):
        if isinstance(part, Root) and part.index % 2 == 0 and symbols(part):
            found.append((to_sympy(part.radicand) >= 0).as_set())
        if isinstance(part, Div) and symbols(part.denominator):
            (letter,) = symbols(part.denominator)
            zeros = sympy.solveset(to_sympy(part.denominator), to_symbol(letter), sympy.S.Reals)
            found.append(sympy.S.Reals - zeros)
        if isinstance(part, Call) and part.name in ("ln", "log") and symbols(part.args[0]):
            found.append((to_sympy(part.args[0]) > 0).as_set())
    return sympy.Intersection(*found)


def without_an_option(line: str) -> list[str]:
    """A line of several solutions with one of them lost."""
    options = line.split(r" \;\text{or}\; ")
    if len(options) < 2:
        return []
    return [
        r" \;\text{or}\; ".join(options[:place] + options[place + 1 :])
        for place in range(len(options))
    ]


def is_verified_answer(text: str, answer: str) -> bool:
    """Whether the checker calls it right."""
    check = check_answer(text, answer)
    assert isinstance(check, dict)
    return bool(check["verdict"] == "verified")


def is_verified_step(text: str, earlier: list[str], line: str) -> bool:
    """Whether the checker calls it right, after these lines."""
    check = check_step(text, earlier, [line])
    assert isinstance(check, dict)
    return bool(check["verdict"] == "verified")
