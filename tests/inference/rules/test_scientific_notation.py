"""Numbers in scientific notation; the answers are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math
from inference.rules.bounds import exact_value
from tests.inference.rules.laws import is_verified_answer, no_slip_is_proved, proved, solved

RELAXED = settings(max_examples=15, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Write 45000 in scientific notation", r"4.5 \times 10^{4}"),
        ("Express 123 in scientific notation", r"1.23 \times 10^{2}"),
        ("0.00032 in scientific notation", r"3.2 \times 10^{-4}"),
        ("0.5 in scientific notation", r"5 \times 10^{-1}"),
        ("7 in scientific notation", r"7 \times 10^{0}"),
        ("10 in standard form", r"1 \times 10^{1}"),
        ("-52000 in scientific notation", r"-5.2 \times 10^{4}"),
        ("602000000 in scientific notation", r"6.02 \times 10^{8}"),
        ("用科学记数法表示 1300000", r"1.3 \times 10^{6}"),
        ("把 0.0000501 用科学记数法表示", r"5.01 \times 10^{-5}"),
        ("用科学计数法表示：9600", r"9.6 \times 10^{3}"),
        ("45 × 10^3 in scientific notation", r"4.5 \times 10^{4}"),
        ("(3×10^4)(2×10^5) in scientific notation", r"6 \times 10^{9}"),
        ("(4×10^5)×(5×10^{-2}) in scientific notation", r"2 \times 10^{4}"),
        ("(6×10^8) ÷ (2×10^3) in scientific notation", r"3 \times 10^{5}"),
        ("(3×10^4)/(8×10^{-3}) in standard form", r"3.75 \times 10^{6}"),
        ("3×10^2 + 5 in scientific notation", r"3.05 \times 10^{2}"),
    ],
)
def test_scientific_notation(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


def test_a_quotient_is_taken_apart_as_a_quotient() -> None:
    first = solved("(6×10^8) ÷ (2×10^3) in scientific notation").steps[0]
    assert first.after == r"6 \div 2 \times (10^{8} \div 10^{3})"


@pytest.mark.parametrize("text", ["0 in scientific notation", "1/3 in scientific notation"])
def test_what_has_no_such_form_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    "wrong", ["45000", r"45 \times 10^{3}", r"4.5 \times 10^{5}", r"0.45 \times 10^{5}"]
)
def test_another_form_or_value_is_not_verified(wrong: str) -> None:
    assert not is_verified_answer("Write 45000 in scientific notation", wrong)


@RELAXED
@given(st.integers(1, 99999), st.integers(-6, 6), st.integers(0, 99))
def test_the_value_stays_what_it_is(digits: int, shift: int, place: int) -> None:
    value = Fraction(digits) * Fraction(10) ** shift
    assume(value.denominator <= 10**6)
    assume(not 1 <= value < 10)  # whatever the base is, its power 0 is 1
    text = f"{float(value):.6f}".rstrip("0").rstrip(".")
    assume(Fraction(text) == value)
    solution = proved(f"Write {text} in scientific notation")
    found = exact_value(parse_math(solution.answer_latex))
    assert found == value
    assert no_slip_is_proved(f"Write {text} in scientific notation", solution, place)
