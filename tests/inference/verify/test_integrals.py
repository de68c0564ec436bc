"""Definite integrals are verified where the function is fine between the bounds, and only there."""

from __future__ import annotations

import pytest

from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer


@pytest.mark.parametrize(
    ("problem", "answer", "verdict"),
    [
        ("\\int_1^2 1/x^2 dx", "\\frac{1}{2}", "verified"),
        ("\\int_2^1 1/x^2 dx", "-\\frac{1}{2}", "verified"),
        ("\\int_{-3}^{-1} 1/x^2 dx", "\\frac{2}{3}", "verified"),
        ("\\int_0^4 \\sqrt{x} dx", "\\frac{16}{3}", "verified"),
        ("\\int_0^4 \\sqrt{x} dx", "\\frac{17}{3}", "failed"),
        ("\\int_1^2 1/x^2 dx", "1", "failed"),
        ("\\int_1^1 1/x^2 dx", "0", "not_checkable"),
        # The fundamental theorem does not hold across a gap.
        ("\\int_{-1}^1 1/x^2 dx", "-2", "not_checkable"),
        ("\\int_{0}^2 1/(x-1)^2 dx", "-2", "not_checkable"),
        ("\\int_{0}^1 1/x^2 dx", "-1", "not_checkable"),
        ("\\int_{-1}^4 \\sqrt{x} dx", "\\frac{16}{3}", "not_checkable"),
        # Gaps that cancel are gaps all the same.
        ("\\int_{-1}^1 (\\sqrt{x})^2 dx", "0", "not_checkable"),
        ("\\int_{-1}^1 \\frac{x}{x} dx", "2", "not_checkable"),
        ("\\int_{-1}^1 (1/x - 1/x) dx", "0", "not_checkable"),
    ],
)
def test_a_gap_between_the_bounds_leaves_an_integral_unchecked(
    problem: str, answer: str, verdict: str
) -> None:
    assert check_answer(problem, answer)["verdict"] == verdict


def test_the_rules_write_an_integral_with_roots_as_the_checker_can_prove_it() -> None:
    answer = solve_problem(parse_problem("∫ √x dx"), language="en").answer_latex
    assert answer == "\\frac{2x\\sqrt{x}}{3} + C"
    assert check_answer("∫ √x dx", answer)["verdict"] == "verified"
