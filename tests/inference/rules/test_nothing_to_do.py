"""Questions that are their own answer, and numbers and letters that are no question at all."""

from __future__ import annotations

import pytest

from inference.errors import UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer


@pytest.mark.parametrize(
    ("text", "answer", "rule"),
    [
        ("4x+3y", "4x + 3y", "no_like_terms"),
        ("5z+4y+14x", "5z + 4y + 14x", "no_like_terms"),
        ("x^2+1", "x^{2} + 1", "no_like_terms"),
        ("Simplify: 0.5x + y", "0.5x + y", "no_like_terms"),
        ("Expand: x^2 + x", "x^{2} + x", "no_like_terms"),
        ("Factor: x^2+1", "x^{2} + 1", "no_factors"),
        ("Factor: 2x+3x+1", "5x + 1", "no_factors"),
        ("化简：7x", "7x", "already_simple"),
        ("3/4", r"\frac{3}{4}", "already_simple"),
        ("1+√2", r"1 + \sqrt{2}", "already_simple"),
        (r"Simplify: \frac{x+1}{x+2}", r"\frac{x + 1}{x + 2}", "lowest_terms"),
    ],
)
def test_what_is_done_already_is_the_answer_and_is_verified(
    text: str, answer: str, rule: str
) -> None:
    solution = solve_problem(parse_problem(text), language="en")
    assert (solution.answer_latex, solution.steps[-1].rule) == (answer, rule)
    assert check_answer(text, answer)["verdict"] == "verified"


def test_it_is_said_in_both_languages() -> None:
    problem = parse_problem("4x+3y")
    english, chinese = (solve_problem(problem, language=each) for each in ("en", "zh"))
    assert english.steps[0].title == (
        "There are no like terms: it is already as simple as it gets."
    )
    assert chinese.steps[0].title == "没有同类项，已经是最简形式。"


@pytest.mark.parametrize("text", ["7", "05221859", "-3.5", "x"])
def test_a_number_or_a_letter_alone_is_no_question(text: str) -> None:
    with pytest.raises(UnsupportedProblemError, match="There is nothing to work out: this is just"):
        solve_problem(parse_problem(text), language="en")
    assert check_answer(text, text)["verdict"] != "verified"


@pytest.mark.parametrize(
    "text",
    [
        "Factor: x^2 - 1",
        "x^2 + 2x + 1",
        "4x + 2y",
        "Factor: 2x^2 + 2",
        "Factor: 7x",
        "Simplify: x + 2x",
        "Simplify: x(x + 1)",
        r"Simplify: \frac{2x + 4}{6}",
        r"Simplify: \frac{1}{x} + \frac{1}{y}",
        r"Simplify: \sqrt{x^2}",
        "Simplify: sin^2 x + cos^2 x",
        r"Simplify: \ln e^x",
        "Expand: (x + 1)^2",
        "2 + 3",
        r"\frac{6}{8}",
        r"\sqrt{8}",
        "7",
    ],
)
def test_a_question_that_is_not_done_is_never_verified_as_its_own_answer(text: str) -> None:
    formula = text.partition(": ")[2] or text
    assert check_answer(text, formula)["verdict"] != "verified"
