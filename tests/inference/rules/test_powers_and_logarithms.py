"""Equations with the unknown in an exponent or a logarithm; the answers are worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math
from inference.rules.convert import to_sympy
from inference.rules.nodes import Alternatives, Phrase, Relation
from tests.inference.rules.laws import is_verified_answer, no_slip_is_proved, proved, solved

OR = r" \;\text{or}\; "
NONE = r"\text{no real solution}"
RELAXED = settings(max_examples=12, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2^x = 8", "x = 3"),
        ("2^{x+1} = 32", "x = 4"),
        ("4^x = 8", r"x = \frac{3}{2}"),
        ("9^{x-1} = 27^x", "x = -2"),
        ("(1/2)^x = 8", "x = -3"),
        ("0.5^x = 4", "x = -2"),
        ("(2/3)^x = 9/4", "x = -2"),
        ("1/2^x = 8", "x = -3"),
        ("3^{x^2-1} = 27", f"x = 2{OR}x = -2"),
        ("7^{x^2 - 3x} = 49^{x-3}", f"x = 2{OR}x = 3"),
        ("5^{2x-1} = 1", r"x = \frac{1}{2}"),
        ("8 = 2^x", "x = 3"),
        ("2^x = √2", r"x = \frac{1}{2}"),
        ("4^x = 8√2", r"x = \frac{7}{4}"),
        ("6^x = 36", "x = 2"),
        ("2^x*3^x = 36", "x = 2"),
        ("2^x*5^x = 0.01", "x = -2"),
        ("√(2^x) = 4", "x = 4"),
        ("2^x/4 = 8", "x = 5"),
        ("e^x = 1", "x = 0"),
        ("e^x = e^{2x-1}", "x = 1"),
        ("2^x = 7", r"x = \log_{2} 7"),
        ("10^x = 50", r"x = \log 50"),
        ("e^{2x} = 5", r"x = \frac{1}{2}\ln 5"),
        ("4^x = 9", r"x = \log_{2} 3"),
        ("2^{2x-1} = 7", r"x = \frac{1}{2}\log_{2} 7 + \frac{1}{2}"),
        ("5*3^{2x} = 7", r"x = \frac{1}{2}\log_{3}\left(\frac{7}{5}\right)"),
        ("3*2^x = 24", "x = 3"),
        ("3*2^x - 5 = 7", "x = 2"),
        ("2^{x+1} + 2^x = 12", "x = 2"),
        ("2^{x+2} - 2^x = 24", "x = 3"),
        ("4^x - 5*2^x + 4 = 0", f"x = 0{OR}x = 2"),
        ("9^x - 3^x - 6 = 0", "x = 1"),
        ("e^{2x} - 3e^x + 2 = 0", rf"x = 0{OR}x = \ln 2"),
        ("4^x - 2^x - 3 = 0", r"x = \log_{2}\left(\frac{1 + \sqrt{13}}{2}\right)"),
        ("2^x + 2^{-x} = 5/2", f"x = 1{OR}x = -1"),
        ("2^x = 3^{x-1}", r"x = \frac{\ln 3}{\ln 3 - \ln 2}"),
        ("3^{x+1} = 5^{2x}", r"x = \frac{\ln 3}{2\ln 5 - \ln 3}"),
        ("5*2^x = 3^x", r"x = \frac{\ln 5}{\ln 3 - \ln 2}"),
        ("2^x = -3", NONE),
        ("2^x = 0", NONE),
        ("4^x + 2^x + 1 = 0", NONE),
        ("2^x = 3*2^x", r"\text{no solution}"),
        ("解方程：3^{x-2} = 81", "x = 6"),
    ],
)
def test_exponential_equations(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("log_2(x) = 3", "x = 8"),
        ("log_2(x) = -1", r"x = \frac{1}{2}"),
        ("log_2(x) = 1/2", r"x = \sqrt{2}"),
        ("log_4(x) = 1/2", "x = 2"),
        ("log x = 2", "x = 100"),
        ("ln x = 1", "x = e"),
        ("ln x = 3/2", r"x = e^{\frac{3}{2}}"),
        ("2 ln x = 4", "x = e^{2}"),
        ("3 log x - 1 = 5", "x = 100"),
        ("1/2 log_2(x) = 3", "x = 64"),
        ("log_{1/2}(x) = -3", "x = 8"),
        ("log_2(x+1) = 3", "x = 7"),
        ("log_3(2x - 1) = 2", "x = 5"),
        ("ln(2x+1) = 3", r"x = \frac{1}{2}e^{3} - \frac{1}{2}"),
        ("log_5(x^2 - 4x) = 1", f"x = -1{OR}x = 5"),
        ("log_2(x^2) = 4", f"x = 4{OR}x = -4"),
        ("log_3(log_2(x)) = 1", "x = 8"),
        ("ln(ln x) = 0", "x = e"),
        ("log_x 8 = 3", "x = 2"),
        ("log_x(9) = 2", "x = 3"),
        ("log_2(x) + log_2(x-2) = 3", "x = 4"),
        ("log_2(x+1) + log_2(x-1) = 3", "x = 3"),
        ("log(x) + log(x+3) = 1", "x = 2"),
        ("lg(x) + lg(x-9) = 1", "x = 10"),
        ("ln x + ln(x+1) = ln 6", "x = 2"),
        ("ln(x+1) = ln(2x - 3)", "x = 4"),
        ("2log_3(x) = log_3(4x - 3)", f"x = 1{OR}x = 3"),
        ("log_2(x+3) - log_2(x) = 2", "x = 1"),
        ("ln(x) - ln(x-1) = ln 2", "x = 2"),
        ("2 ln x = ln 9", "x = 3"),
        ("log_2(x) = log_2(5)", "x = 5"),
        ("log_2(x) = log_2(5) + log_2(3)", "x = 15"),
        ("log_3(x) - log_3(2) = 2", "x = 18"),
        ("lg x = lg 2 + lg 3", "x = 6"),
        ("log_2(x-1) + log_2(x+1) = log_2(x+5)", "x = 3"),
        ("ln(3-x) + ln(x+1) = ln 3", f"x = 0{OR}x = 2"),
        ("log_2(x) + log_4(x) = 3", "x = 4"),
        ("(ln x)^2 - 3 ln x + 2 = 0", f"x = e{OR}x = e^{{2}}"),
        ("(log_2 x)^2 = 4", rf"x = 4{OR}x = \frac{{1}}{{4}}"),
        ("ln(x-5) = ln(2x - 3)", NONE),
        ("log_2(x+2) + log_2(x-3) = log_2(x-7)", NONE),
        ("解方程：log_2(x-1) = 3", "x = 9"),
    ],
)
def test_logarithmic_equations(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    "text",
    [
        "2^x = 5x",
        "3^x + 4^x = 5^x",
        "2^x + 3^x = 5",
        "2^{x^2} = 3",
        "log_2(x) = log_3(x)",
        "log_2 x + x = 3",
        "ln x + ln(x-3) = 3",
        "2^x + 2^y = 3",
    ],
)
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("log_2(x) + log_2(x-2) = 3", f"x = 4{OR}x = -2"),
        ("log_2(x) + log_2(x-2) = 3", "x = -2"),
        ("4^x - 5*2^x + 4 = 0", "x = 2"),
        ("4^x - 5*2^x + 4 = 0", f"x = 1{OR}x = 4"),
        ("9^x - 3^x - 6 = 0", f"x = 1{OR}x = -2"),
        ("log_2(x^2) = 4", "x = 4"),
        ("log_x(9) = 2", f"x = 3{OR}x = -3"),
        ("2^x = 7", r"x = \frac{\ln 2}{\ln 7}"),
        ("2^x = 7", r"x = \log_{7} 2"),
        ("e^{2x} = 5", r"x = \ln \frac{5}{2}"),
        ("ln x = 3/2", r"x = e^{\frac{2}{3}}"),
        ("2^x = 3^{x-1}", r"x = \frac{\ln 3}{\ln 2 - \ln 3}"),
        ("2^x = -3", "x = -3"),
    ],
)
def test_a_wrong_answer_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


@pytest.mark.parametrize(
    ("text", "unfinished"),
    [
        ("4^x = 8", r"x = \log_{4} 8"),
        ("2^x = 9", r"x = \log_{2} 9"),
        ("2^x = 8", r"x = \log_{2} 8"),
    ],
)
def test_a_logarithm_that_is_not_worked_out_is_no_finished_answer(
    text: str, unfinished: str
) -> None:
    assert not is_verified_answer(text, unfinished)


def _values(latex: str) -> list[float]:
    node = parse_math(latex)
    if isinstance(node, Phrase):
        return []
    options = node.options if isinstance(node, Alternatives) else (node,)
    return sorted(float(to_sympy(each.right)) for each in options if isinstance(each, Relation))


@RELAXED
@given(
    st.sampled_from([2, 3, 5, 6, 10]),
    st.integers(1, 4),
    st.integers(-5, 5),
    st.integers(1, 60),
    st.integers(0, 99),
)
def test_a_power_takes_the_value_asked_for(b: int, m: int, c: int, value: int, place: int) -> None:
    text = f"Solve for x: {b}^{{{m}x + ({c})}} = {value}"
    solution = proved(text)
    (x,) = _values(solution.answer_latex)
    assert math.isclose((m * x + c) * math.log(b), math.log(value), abs_tol=1e-9)
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(st.integers(1, 9), st.integers(-9, 9), st.sampled_from([2, 3, 5]), st.integers(0, 99))
def test_equations_quadratic_in_a_power_keep_positive_values_only(
    one: int, other: int, base: int, place: int
) -> None:
    assume(other not in (0, one))
    text = f"{base**2}^x + ({-one - other}) {base}^x + ({one * other}) = 0".replace(") ", ")*", 1)
    solution = proved(text)
    wanted = sorted(math.log(value, base) for value in (one, other) if value > 0)
    assert len(_values(solution.answer_latex)) == len(wanted)
    for found, expected in zip(_values(solution.answer_latex), wanted, strict=True):
        assert math.isclose(found, expected, abs_tol=1e-9)
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(0, 4), st.integers(0, 99))
def test_joined_logarithms_keep_what_lies_in_their_domain(
    a: int, b: int, exponent: int, place: int
) -> None:
    assume(a != b)
    text = f"Solve for x: log_2(x + ({a})) + log_2(x + ({b})) = {exponent}"
    solution = proved(text)
    root = math.sqrt((a - b) ** 2 + 4 * 2**exponent)
    wanted = (-a - b + root) / 2
    (x,) = _values(solution.answer_latex)
    assert math.isclose(x, wanted, abs_tol=1e-9)
    assert no_slip_is_proved(text, solution, place)
