"""What else could be asked of a formula: each offer is a question that is understood and solved."""

from __future__ import annotations

import pytest

from inference.rules import other_ways, parse_problem
from inference.rules.solver import solve_problem
from inference.types import Language


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("x^2 - 5x + 6 = 0", ["completing_square", "formula"]),
        ("x^2 - 4x + 1 = 0", ["completing_square"]),
        ("Solve by completing the square: x^2 - 5x + 6 = 0", ["factoring", "formula"]),
        ("用公式法解方程：x^2 - 4x + 1 = 0", ["completing_square"]),
        ("x + y = 5, x - y = 1", ["substitution", "elimination"]),
        ("Solve by elimination: x + y = 5, x - y = 1", ["substitution"]),
        ("347 × 26", ["columns"]),
        ("847 ÷ 7", ["columns"]),
        ("347 + 586", ["columns"]),
        ("x^2 - 5x + 6", ["differentiate", "integrate"]),
        ("2(x+1)(x-3)", ["factor", "expand", "differentiate", "integrate"]),
        ("Expand (x + 2)(x - 5)", ["factor", "differentiate", "integrate"]),
        ("3x + 5 = 20", []),
        ("x^2 = 9", []),
        ("3/4 + 1/6", []),
        ("3 - 5", []),
        ("sin x = 1", []),
        ("the cat sat", []),
        ("", []),
        ("1" * 300, []),
    ],
)
def test_what_fits_the_formula_is_offered(question: str, names: list[str]) -> None:
    assert [way.name for way in other_ways(question)] == names


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "question",
    ["x^2 - 5x + 6 = 0", "2x^2 + 3x - 1 = 0", "x + y = 5, x - y = 1", "347 × 26", "x^2 - 4"],
)
def test_every_offer_is_understood_and_solved(question: str, language: Language) -> None:
    ways = other_ways(question, language)
    assert ways
    for way in ways:
        problem = parse_problem(way.text)
        asked = problem.method if way.kind == "method" else problem.intent
        assert str(asked) == way.name
        assert solve_problem(problem, language=language).steps
