"""Quadratic inequalities: every kind of answer, every line verified, and no wrong one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer, check_step

OR = r" \;\text{or}\; "


def solve_and_check(text: str) -> str:
    """The answer, after every line was checked."""
    solution = solve_problem(parse_problem(text), language="en")
    earlier: list[str] = []
    for step in solution.steps:
        assert check_step(text, earlier, [step.after])["verdict"] == "verified", step.after
        earlier.append(step.after)
    assert check_answer(text, solution.answer_latex)["verdict"] == "verified"
    return solution.answer_latex


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x^2 - 5x + 6 > 0", f"x < 2{OR}x > 3"),
        ("x^2 - 5x + 6 <= 0", r"2 \le x \le 3"),
        ("x^2 > 4", f"x < -2{OR}x > 2"),
        ("0 < x^2 - 1", f"x < -1{OR}x > 1"),
        ("x^2 <= 5", r"-\sqrt{5} \le x \le \sqrt{5}"),
        ("-x^2 + 2x + 3 > 0", "-1 < x < 3"),
        ("2x^2 - 3x - 1 < 0", r"\frac{3 - \sqrt{17}}{4} < x < \frac{3 + \sqrt{17}}{4}"),
        ("(x - 2)(x + 3) > 0", f"x < -3{OR}x > 2"),
        ("x(x - 1) <= 6", r"-2 \le x \le 3"),
        ("x^2/2 - x > 3/2", f"x < -1{OR}x > 3"),
        ("x^2 + x + 1 > 0", r"\text{all real numbers}"),
        ("x^2 + x + 1 < 0", r"\text{no solution}"),
        ("x^2 - 4x + 4 > 0", r"x \ne 2"),
        ("x^2 - 4x + 4 <= 0", "x = 2"),
        ("x^2 - 4x + 4 >= 0", r"\text{all real numbers}"),
        ("解不等式：x^2 - 4x + 4 < 0", r"\text{no solution}"),
    ],
)
def test_a_quadratic_inequality_is_solved(text: str, answer: str) -> None:
    assert solve_and_check(text) == answer


@settings(max_examples=25)
@given(
    st.integers(-3, 3).filter(bool),
    st.integers(-6, 6),
    st.integers(-6, 6),
    st.integers(-6, 6),
    st.sampled_from(["<", ">", "<=", ">="]),
)
def test_any_quadratic_inequality_is_solved_and_verified(
    a: int, b: int, c: int, d: int, operator: str
) -> None:
    solve_and_check(f"({a})x^2 + ({b})x + ({c}) {operator} {d}")
