"""Ratios in lowest terms and proportions; the answers are worked out by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import InferenceError
from inference.rules import parse_math, parse_problem, to_latex, to_text
from tests.inference.rules.laws import is_verified_answer, no_slip_is_proved, proved, solved

RELAXED = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("12 : 18", "2 : 3"),
        ("18:12", "3 : 2"),
        ("2:3", "2 : 3"),
        ("100 : 25", "4 : 1"),
        ("6:9:12", "2 : 3 : 4"),
        ("Simplify the ratio 45 : 60", "3 : 4"),
        ("Simplify the ratio 1/2 : 2/3", "3 : 4"),
        ("simplify the ratio 3/4 : 2", "3 : 8"),
        ("1.2 : 0.8", "3 : 2"),
        ("0.25 : 1", "1 : 4"),
        ("化简比：0.6 : 1.5", "2 : 5"),
        ("化简比 24：36", "2 : 3"),
        ("化成最简整数比 1/3 : 1/4", "4 : 3"),
        ("求比值：12 : 18", r"\frac{2}{3}"),
        ("求比值 24：8", "3"),
        ("Find the value of the ratio 3 : 4", r"\frac{3}{4}"),
    ],
)
def test_ratios_are_brought_to_lowest_terms(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x : 5 = 12 : 20", "x = 3"),
        ("3 : 4 = x : 20", "x = 15"),
        ("5 : x = 10 : 3", r"x = \frac{3}{2}"),
        ("2 : 3 = 8 : x", "x = 12"),
        ("(x+1) : 3 = 4 : 6", "x = 1"),
        ("(x - 2) : 4 = x : 6", "x = 6"),
        ("1.5 : x = 0.5 : 4", "x = 12"),
        ("x : 3 = 7", "x = 21"),
        ("解比例：2/x = 8 : 12", "x = 3"),
        ("解比例 x：4=9：12", "x = 3"),
        ("Solve the proportion x : 8 = 3 : 2", "x = 12"),
        ("x:2 = x:3", "x = 0"),
    ],
)
def test_proportions_are_solved(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize("text", ["x : y", "3 : 0", "2x : 3", "1 : 2 : 3 = x : 2", ": 3", "3 :"])
def test_what_is_no_ratio_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(InferenceError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("12 : 18", "6 : 9"),
        ("12 : 18", "3 : 2"),
        ("12 : 18", r"\frac{2}{3}"),
        ("6:9:12", "2 : 3"),
        ("6:9:12", "2 : 3 : 5"),
        ("1/2 : 2/3", "1 : 2"),
        ("x : 5 = 12 : 20", "x = 4"),
        ("5 : x = 10 : 3", "x = 6"),
    ],
)
def test_a_wrong_or_unfinished_ratio_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


@pytest.mark.parametrize("text", ["12 : 18", "x : 5 = 12 : 20", "6 : 9 : 12", "x + 1 : 2 = 3 : 4"])
def test_ratios_are_read_back_as_they_are_written(text: str) -> None:
    node = parse_math(text)
    assert parse_math(to_latex(node)) == node
    assert parse_math(to_text(node)) == node


def test_a_colon_after_an_instruction_is_no_ratio() -> None:
    assert parse_problem("Solve: 3x + 5 = 20").text == "3x + 5 = 20"
    assert parse_problem("解方程：2x=4").text == "2x = 4"


@RELAXED
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 12), st.integers(0, 99))
def test_multiples_of_a_ratio_come_down_to_it(a: int, b: int, times: int, place: int) -> None:
    text = f"{a * times} : {b * times}"
    solution = proved(text)
    common = math.gcd(a, b)
    assert solution.answer_latex == f"{a // common} : {b // common}"
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
def test_the_fourth_proportional_is_found(a: int, b: int, c: int, place: int) -> None:
    text = f"{a} : {b} = {c} : x"
    solution = proved(text)
    value = Fraction(b * c, a)
    wanted = (
        str(value)
        if value.denominator == 1
        else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    )
    assert solution.answer_latex == f"x = {wanted}"
    assert no_slip_is_proved(text, solution, place)
