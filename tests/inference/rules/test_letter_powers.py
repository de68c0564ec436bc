"""Powers and roots of letters by the laws of exponents; the answers are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.verify.tasks import check_answer
from tests.inference.rules.laws import is_verified_answer, no_slip_is_proved, proved, solved

RELAXED = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x^3 · x^5", "x^{8}"),
        ("a^2 · a · a^4", "a^{7}"),
        ("x^5/x^2", "x^{3}"),
        ("(6x^5y^3)/(2x^2y)", "3x^{3}y^{2}"),
        ("(2x^2y)^3", "8x^{6}y^{3}"),
        ("(x^2)^3", "x^{6}"),
        ("(-2a^3)^2", "4a^{6}"),
        ("(-x^2)^3", "-x^{6}"),
        ("(x^2)^3/x^4", "x^{2}"),
        ("(3a^2b)^2 · 2ab", "18a^{5}b^{3}"),
        ("x^{-2}", r"\frac{1}{x^{2}}"),
        ("3x^{-2}", r"\frac{3}{x^{2}}"),
        ("x^{-2} · x^5", "x^{3}"),
        ("x^{-5} · x^2", r"\frac{1}{x^{3}}"),
        ("(x^{-2})^3", r"\frac{1}{x^{6}}"),
        ("(x^2y^{-1})^{-2}", r"\frac{y^{2}}{x^{4}}"),
        ("(x/y)^{-2}", r"\frac{y^{2}}{x^{2}}"),
        ("((2x)/(3y))^2", r"\frac{4x^{2}}{9y^{2}}"),
        ("a^0", "1"),
        ("5x^0", "5"),
        ("x^{1/2} · x^{3/2}", "x^{2}"),
        ("(4a^3)^{1/2}", r"2a^{\frac{3}{2}}"),
        ("(x^{1/3})^6", "x^{2}"),
        ("化简：(a^3)^2 · a", "a^{7}"),
        ("化简：(2ab^2)^3", "8a^{3}b^{6}"),
    ],
)
def test_laws_of_exponents(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("√(x^2)", r"\left|x\right|"),
        ("√(8x^2)", r"2\left|x\right|\sqrt{2}"),
        ("√(50a^4)", r"5a^{2}\sqrt{2}"),
        ("√(12x^3)", r"2x\sqrt{3x}"),
        ("√(12x^3y)", r"2\left|x\right|\sqrt{3xy}"),
        ("√(18a^5)", r"3a^{2}\sqrt{2a}"),
        ("√(x/4)", r"\frac{\sqrt{x}}{2}"),
        ("√(9x)", r"3\sqrt{x}"),
        ("√x · √(4x)", "2x"),
        ("3√(8x) · √(2x)", "12x"),
        ("√(2a) · √(3a)", r"a\sqrt{6}"),
        ("∛(8x^3)", "2x"),
        ("∛(16x^4)", r"2x\sqrt[3]{2x}"),
        ("2√x + 3√x", r"5\sqrt{x}"),
        ("√(9x) - √(4x)", r"\sqrt{x}"),
        ("√(8a) + √(2a)", r"3\sqrt{2a}"),
        ("化简：√(27x^3)", r"3x\sqrt{3x}"),
    ],
)
def test_roots_of_letters(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Rationalise the denominator: 1/(√3 - 1)", r"\frac{1 + \sqrt{3}}{2}"),
        ("Rationalize 5/√2", r"\frac{5\sqrt{2}}{2}"),
        ("分母有理化：3/(√5+√2)", r"\sqrt{5} - \sqrt{2}"),
    ],
)
def test_a_denominator_is_made_rational_when_asked(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


def test_each_law_is_named() -> None:
    rules = [step.rule for step in solved("(x^2)^3 · x^4").steps]
    assert rules == ["power_of_power", "add_exponents", "work_out_exponents"]
    assert solved("x^5/x^2").steps[0].after == "x^{5 - 2}"


@pytest.mark.parametrize("text", ["x^y · x", "√(x^2 + 1) · x", "√(-x^2)", "x^{1/50}"])
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("√(x^2)", "x"),
        ("√(8x^2)", r"2x\sqrt{2}"),
        ("√(x^2y)", r"x\sqrt{y}"),
        ("√(12x^3y)", r"2x\sqrt{3xy}"),
        ("x^3 · x^5", "x^{15}"),
        ("(2x^2y)^3", "2x^{6}y^{3}"),
        ("(x^2)^3", "x^{5}"),
        ("x^{-2}", "-x^2"),
        ("√x · √(4x)", "-2x"),
        ("2√x + 3√x", r"5\sqrt{2x}"),
    ],
)
def test_a_wrong_law_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


def test_what_differs_only_where_the_question_has_no_value_is_no_counterexample() -> None:
    check = check_answer("√x · √(4x)", "2|x|")
    assert isinstance(check, dict)
    assert check["verdict"] != "failed"


@RELAXED
@given(st.integers(-4, 6), st.integers(-4, 6), st.integers(1, 3), st.integers(0, 99))
def test_exponents_of_a_product_are_added(m: int, n: int, power: int, place: int) -> None:
    text = f"Simplify (a^{{{m}}})^{{{power}}} · a^{{{n}}} · a^2"
    solution = proved(text)
    total = Fraction(m * power + n + 2)
    wanted = {0: "1", 1: "a", -1: r"\frac{1}{a}"}.get(
        int(total), f"a^{{{total}}}" if total > 0 else rf"\frac{{1}}{{a^{{{-total}}}}}"
    )
    assert solution.answer_latex == wanted
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(st.integers(1, 60), st.integers(1, 6))
def test_a_root_of_a_power_is_drawn_as_far_as_it_goes(number: int, exponent: int) -> None:
    solution = proved(f"√({number}x^{{{exponent}}})") if number > 1 or exponent > 1 else None
    if solution is not None:
        assert solution.steps


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1/√x", r"\frac{\sqrt{x}}{x}"),
        ("Rationalise the denominator: 2/√(3x)", r"\frac{2\sqrt{3x}}{3x}"),
        ("分母有理化：x/√y", r"\frac{x\sqrt{y}}{y}"),
        ("-3/(2√x)", r"-\frac{3\sqrt{x}}{2x}"),
        ("6/√(2a)", r"\frac{3\sqrt{2a}}{a}"),
        ("x/√x", r"\sqrt{x}"),
    ],
)
def test_a_root_below_the_bar_goes_above(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


def test_unlike_roots_are_as_simple_as_they_get() -> None:
    assert solved("√(2a) + √(3a)").answer_latex == r"\sqrt{2a} + \sqrt{3a}"


@pytest.mark.parametrize("answer", [r"\frac{\sqrt{x}}{2x}", r"\frac{x}{\sqrt{x}}", r"\sqrt{x}"])
def test_another_fraction_is_not_verified(answer: str) -> None:
    assert not is_verified_answer("1/√x", answer)
