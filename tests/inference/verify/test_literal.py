"""Equations in several letters, solved for one that the exercise names."""

from __future__ import annotations

import pytest

from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer, check_step

PROBLEM = "Solve 2x + 3y = 12 for y"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("y = 4 - \\frac{2}{3}x", "verified"),
        ("y = \\frac{12 - 2x}{3}", "verified"),
        ("4 - \\frac{2}{3}x = y", "verified"),
        ("y = 4 + \\frac{2}{3}x", "failed"),
        ("y = 4", "failed"),
        ("x = 6 - \\frac{3}{2}y", "not_checkable"),
        ("2x + 3y = 12", "not_checkable"),
        ("y = \\frac{24 - 4x}{6}", "not_checkable"),
        ("y = 12 - 2x - 2y", "not_checkable"),
        ("y = 4 - \\frac{2x^2}{3x}", "not_checkable"),
        ("\\text{no solution}", "not_checkable"),
    ],
)
def test_an_answer_is_verified_when_it_is_the_one_solution(answer: str, verdict: str) -> None:
    assert check_answer(PROBLEM, answer)["verdict"] == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("3y = 12 - 2x", "verified"),
        ("4x + 6y = 24", "verified"),
        ("3y = 12 + 2x", "failed"),
        ("0 = 0", "not_checkable"),
        ("y(2x + 3y - 12) = 0", "not_checkable"),
    ],
)
def test_a_line_is_verified_when_it_says_the_same(line: str, verdict: str) -> None:
    assert check_step(PROBLEM, [], [line])["verdict"] == verdict


@pytest.mark.parametrize(
    "text", [PROBLEM, "2x + 3y = 12", "Solve 5x - y = 6 for y", "Solve 3a + b = c for a"]
)
def test_what_the_rules_write_is_verified(text: str) -> None:
    solution = solve_problem(parse_problem(text), language="en")
    for step in solution.steps:
        assert check_step(text, [], [step.after])["verdict"] == "verified", step.after
    assert check_answer(text, solution.answer_latex)["verdict"] == "verified"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Solve a x = a b for x", "x = b"),  # where a is zero, every number is a solution
        ("Solve a x = a for x", "x = 1"),
        ("Solve A = \\pi r^2 for r", "r = \\sqrt{\\frac{A}{\\pi}}"),
        ("Solve a x = b for x", "x = \\frac{b c}{a c}"),
        ("Solve a x = b for x", "x = \\frac{b^2}{a b}"),
        ("Solve a x = b for x", "a x = b"),
        ("Solve \\frac{x^2 - a^2}{x - a} = 2a for x", "x = a"),
        ("Solve x^3 + a x = b for x", "x = \\frac{b}{a}"),
    ],
)
def test_what_depends_on_the_other_letters_is_left_unchecked(text: str, answer: str) -> None:
    assert check_answer(text, answer)["verdict"] == "not_checkable"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Solve a x = b for x", "x = \\frac{a}{b}"),
        ("Solve a x + b = c for x", "x = \\frac{c + b}{a}"),
        ("Solve x^2 + a x = b for x", "x = \\frac{b}{a}"),
        ("Solve A = \\pi r^2 for r", "r = \\pm \\sqrt{\\frac{\\pi}{A}}"),
        ("Solve A = \\frac{1}{2}(a + b)h for h", "h = \\frac{A}{2(a + b)}"),
    ],
)
def test_a_wrong_formula_fails(text: str, answer: str) -> None:
    assert check_answer(text, answer)["verdict"] == "failed"


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("Solve for R: I = V/R", "R = V/I", "not_checkable condition_missing"),
        ("Solve for R: I = V/R", r"R = V/I, V \ne 0", "verified substitution"),
        ("Solve for R: I = V/R", r"R = V/I, R \ne 0", "verified substitution"),
        ("Solve for R: I = V/R", r"R = V/I, V \ne 5", "not_checkable condition_missing"),
        ("Solve for R: I = V/R", r"R = V/I, V \ne 0, V \ne 5", "not_checkable narrower"),
        ("Solve for R: I = V/R", r"R = V/I, \frac{V}{I} \ne 0", "verified substitution"),
        ("Solve for R: I = V/R", r"R = V/I, \frac{V}{V-5} \ne 0", "not_checkable narrower"),
        ("Solve for R: I = V/R", r"R = V/I, \frac{V}{W} \ne 0", "not_checkable narrower"),
        ("Solve for R: I = V/R", r"R = V/I, \sqrt{V} \ne 0", "not_checkable unsupported"),
        ("Solve for R: I = V/R", r"R = V/I, V\ln V \ne 0", "not_checkable unsupported"),
        (
            r"Solve for x: \frac{x}{x-a} = b",
            r"x = \frac{ab}{b-1}",
            "not_checkable condition_missing",
        ),
        (
            r"Solve for x: \frac{x}{x-a} = b",
            r"x = \frac{ab}{b-1}, a \ne 0",
            "verified substitution",
        ),
        (
            r"Solve for v: \frac{1}{f} = \frac{1}{u} + \frac{1}{v}",
            r"v = \frac{fu}{u-f}",
            "verified substitution",
        ),
        (
            r"Solve for r: F = \frac{k}{r^2}",
            r"r = \pm \sqrt{\frac{k}{F}}",
            "not_checkable condition_missing",
        ),
    ],
)
def test_a_formula_has_to_say_where_it_is_no_solution(
    text: str, answer: str, expected: str
) -> None:
    check = check_answer(text, answer)
    assert isinstance(check, dict)
    assert f"{check['verdict']} {check['reason']}" == expected
