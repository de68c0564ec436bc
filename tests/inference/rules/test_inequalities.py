"""Inequalities with bars, denominators, higher powers and in lists; answers worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math
from inference.rules.convert import to_symbol
from tests.inference.rules.laws import (
    is_verified_answer,
    no_slip_is_proved,
    proved,
    solutions_of,
    solved,
)

OR = r" \;\text{or}\; "
NONE = r"\text{no solution}"
ALL = r"\text{all real numbers}"
RELAXED = settings(max_examples=10, deadline=None)
X = to_symbol("x")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("|x - 3| < 5", "-2 < x < 8"),
        ("|x| < 2", "-2 < x < 2"),
        ("|x| >= 2", rf"x \le -2{OR}x \ge 2"),
        ("|2x + 1| >= 3", rf"x \le -2{OR}x \ge 1"),
        ("|3 - x| <= 1", r"2 \le x \le 4"),
        ("2|x - 1| + 3 <= 9", r"-2 \le x \le 4"),
        ("5 - |x| > 2", "-3 < x < 3"),
        ("|x| > -1", ALL),
        ("|x + 4| < -1", NONE),
        ("|x| < 0", NONE),
        ("|x - 1| >= 0", ALL),
        ("|x| <= 0", "x = 0"),
        ("|3 - x| > 0", r"x \ne 3"),
        ("|x - 2| < 2x - 1", "x > 1"),
        ("|x| >= x + 1", r"x \le -\frac{1}{2}"),
        ("|2x - 3| > x", f"x < 1{OR}x > 3"),
        ("|x + 1| <= 3 - x", r"x \le 1"),
        (r"\left|\frac{x - 1}{2}\right| < 3", "-5 < x < 7"),
        ("解不等式：|x - 5| < 2", "3 < x < 7"),
        ("x > 2 and x < 5", "2 < x < 5"),
        ("2x - 1 > 3, x + 2 < 7", "2 < x < 5"),
        ("解不等式组：2x - 1 > 3，x + 2 < 7", "2 < x < 5"),
        ("x + 2 < 3x and 2x - 5 <= 7", r"1 < x \le 6"),
        ("2x + 1 > 5, 3 - x > 4", NONE),
        ("x + 1 > 0, x + 3 > 0", "x > -1"),
        ("x >= 1, x <= 1", "x = 1"),
        ("x - 1 > 2 or x + 3 < 1", f"x < -2{OR}x > 3"),
        ("2x > 6 or x + 1 > 2", "x > 1"),
        ("x + 1 > 0 or x - 3 < 0", ALL),
        ("1 < 2x - 1 < 5, x + 1 > 3", "2 < x < 3"),
        ("x + 1 > x, 2x < 6", "x < 3"),
        ("x^3 - x > 0", f"-1 < x < 0{OR}x > 1"),
        ("x^3 + x > 0", "x > 0"),
        ("x^3 >= 8", r"x \ge 2"),
        ("-x^3 + 4x >= 0", rf"x \le -2{OR}0 \le x \le 2"),
        ("(x - 1)(x + 2)(x - 3) <= 0", rf"x \le -2{OR}1 \le x \le 3"),
        ("(x-1)^2(x+3) >= 0", r"x \ge -3"),
        ("(x-1)^2(x+3) > 0", f"-3 < x < 1{OR}x > 1"),
        ("(x-1)^2(x+3) <= 0", rf"x \le -3{OR}x = 1"),
        ("x^4 - 5x^2 + 4 < 0", f"-2 < x < -1{OR}1 < x < 2"),
        ("(x^2 - 2)(x + 1) > 0", rf"-\sqrt{{2}} < x < -1{OR}x > \sqrt{{2}}"),
        ("(x^2 + 1)(x^2 + 2) > 0", ALL),
        ("(x-1)/(x+2) > 0", f"x < -2{OR}x > 1"),
        ("(x-1)/(x+2) >= 3", r"-\frac{7}{2} \le x < -2"),
        ("1/x < 2", rf"x < 0{OR}x > \frac{{1}}{{2}}"),
        (r"\frac{3}{x} >= 1", r"0 < x \le 3"),
        (r"\frac{x^2 - 4}{x^2 - 1} <= 0", rf"-2 \le x < -1{OR}1 < x \le 2"),
        (r"\frac{1}{x - 1} > \frac{2}{x + 1}", f"x < -1{OR}1 < x < 3"),
        (r"\frac{x^2+1}{x-2} < 0", "x < 2"),
        (r"\frac{x + 1}{(x - 2)^2} > 0", f"-1 < x < 2{OR}x > 2"),
        (r"解不等式 \frac{2x - 1}{x + 3} \le 1", r"-3 < x \le 4"),
        (r"\frac{x}{x - 1} \le \frac{2}{x}", "0 < x < 1"),
    ],
)
def test_inequalities_are_solved(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    "text",
    [
        "|x - 1| + |x + 2| < 5",
        "|x^2 - 1| < 3",
        "x^5 - x - 1 > 0",
        "x^2 > 4, x < 5",
        "√x < 2",
        "|x| < x^2",
    ],
)
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("|x - 3| < 5", r"-2 \le x < 8"),
        ("|x - 3| < 5", "x < 8"),
        ("(x-1)/(x+2) >= 0", rf"x \le -2{OR}x \ge 1"),
        ("(x-1)^2(x+3) > 0", "x > -3"),
        ("(x-1)^2(x+3) <= 0", r"x \le -3"),
        ("2x + 1 > 5, 3 - x > 4", "x > 2"),
        ("x > 2 and x < 5", f"x > 2{OR}x < 5"),
    ],
)
def test_a_false_end_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


@RELAXED
@given(
    st.lists(st.integers(-5, 5), min_size=3, max_size=4),
    st.integers(0, 2),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(0, 99),
)
def test_signs_of_products_and_quotients_are_told_and_slips_are_seen(
    zeros: list[int], num_below: int, operator: str, place: int
) -> None:
    above = [f"(x - ({zero}))" for zero in zeros[num_below:]]
    below = [f"(x - ({zero}))" for zero in zeros[:num_below]]
    assume(not set(zeros[num_below:]) & set(zeros[:num_below]))
    side = rf"\frac{{{''.join(above)}}}{{{''.join(below)}}}" if below else "".join(above)
    assume(len(zeros) - num_below > 1 and (below or len(above) > 2))
    text = f"{side} {operator} 0"
    solution = proved(text)
    found = solutions_of(parse_math(solution.answer_latex))
    for twice in range(-13, 14):
        x = Fraction(twice, 2)
        value = Fraction(1)
        for zero in zeros[num_below:]:
            value *= x - zero
        is_defined = x not in zeros[:num_below]
        for zero in zeros[:num_below]:
            value = value / (x - zero) if is_defined else value
        is_true = {"<": value < 0, "<=": value <= 0, ">": value > 0, ">=": value >= 0}[operator]
        assert (sympy.Rational(twice, 2) in found) == (is_defined and is_true), x
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(
    st.integers(-5, 5).filter(bool),
    st.integers(-9, 9),
    st.integers(-3, 9),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(0, 99),
)
def test_bars_against_a_number_are_solved_and_slips_are_seen(
    a: int, b: int, c: int, operator: str, place: int
) -> None:
    assume(abs(a) != 1 or b)
    text = f"|{a}x + ({b})| {operator} {c}"
    solution = proved(text)
    found = solutions_of(parse_math(solution.answer_latex))
    for twice in range(-40, 41):
        value = abs(a * Fraction(twice, 2) + b)
        is_true = {"<": value < c, "<=": value <= c, ">": value > c, ">=": value >= c}[operator]
        assert (sympy.Rational(twice, 2) in found) == is_true
    assert no_slip_is_proved(text, solution, place)
