"""What every topic owes: each line proved right by the checker, and spoiled lines never."""

from __future__ import annotations

import random
from typing import Any

from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.rules.steps import Solution
from inference.solution_formulas import claims
from inference.types import Language
from inference.verify.tasks import check_answer, check_step
from tests.inference.rules.laws import prove


def solve_verified(text: str, language: Language = "en") -> Solution:
    """Solve, and have every step and the answer verified."""
    solution = solve_problem(parse_problem(text), language=language)
    # A sentence with a relation is one more claim to be proved, and nobody can.
    assert not any(claims(step.title) for step in solution.steps)
    prove(text, solution)
    return solution


def written(text: str, language: Language) -> list[tuple[str, str]]:
    """The steps as they are read: sentence and line."""
    return [(step.title, step.after) for step in solve_verified(text, language).steps]


def verdict_on_step(text: str, earlier: list[str], line: str) -> str:
    """What the checker says of one line."""
    check: Any = check_step(text, earlier, [line])
    return str(check["verdict"])


def verdict_on_answer(text: str, answer: str) -> str:
    """What the checker says of an answer."""
    check: Any = check_answer(text, answer)
    return str(check["verdict"])


def spoiled(latex: str, seed: int) -> str | None:
    """The line with one digit or sign changed; None when it has neither."""
    draw = random.Random(seed)
    places = [i for i, char in enumerate(latex) if char.isdigit() or char in "+-<>"]
    places += [i for i, char in enumerate(latex) if char == "=" and "\\" not in latex[i - 2 : i]]
    if not places:
        return None
    place = draw.choice(places)
    char = latex[place]
    if char.isdigit():
        other = draw.choice([digit for digit in "0123456789" if digit != char])
    else:
        other = {"+": "-", "-": "+", "<": ">", ">": "<", "=": "<"}[char]
    return latex[:place] + other + latex[place + 1 :]
