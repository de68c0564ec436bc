"""Plain notation for whatever a recogniser or a keyboard writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.reader.normalise import normalise_text, strip_question_number


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("３ｘ＋５＝２０", "3x + 5 = 20"),
        ("x²-5x+6=0", "x^2 - 5x + 6 = 0"),
        ("x⁻¹", "x^(-1)"),
        ("2¹²", "2^12"),
        ("√2x+1=5", "√2x + 1 = 5"),
        ("∫x²dx", "∫x^2dx"),
        ("3×4÷2·5−1", "3 × 4 ÷ 2 × 5 - 1"),
        ("6 — 2 – 1", "6 - 2 - 1"),
        ("2*3", "2 × 3"),
        ("解方程：x＋1＝2。", "解方程: x + 1 = 2"),
        ("Solve:3x+5=20", "Solve: 3x + 5 = 20"),
        ("Find 15% of 80.", "Find 15% of 80"),
        ("（x＋1）（x－2）＝0", "(x + 1)(x - 2) = 0"),
    ],
)
def test_it_writes_signs_and_punctuation_in_one_form(written: str, plain: str) -> None:
    assert normalise_text(written) == plain


@pytest.mark.parametrize("ending", ["=", " = ?", "=？", "?", " = ____", "=( )", "=□"])
def test_it_drops_the_place_for_the_answer(ending: str) -> None:
    assert normalise_text(f"12-5{ending}") == "12 - 5"


@pytest.mark.parametrize("text", ["x = -3", "-x + 1", "-(-3)", "2 × -3", "计算: -2 + 3"])
def test_a_sign_of_a_number_stays_at_the_number(text: str) -> None:
    assert normalise_text(text) == text


@pytest.mark.parametrize(
    "number",
    [
        "3) ",
        "3)",
        "（2）",
        "(2) ",
        "12. ",
        "4.",
        "1、",
        "Q4: ",
        "Question 5. ",
        "第3题 ",
        "①",
        "a) ",
        "d. ",
        "d.",
    ],
)
def test_it_takes_the_number_of_the_question_away(number: str) -> None:
    assert normalise_text(f"{number}x+1=4") == "x + 1 = 4"


@pytest.mark.parametrize(
    "text",
    ["(2)^2+1", "(2)(x+1)", "12.5+6", "2(x+1)=3", "(2+x)=3", "3)", "(x+1)(x-2)", "f(x)=2", "a.m."],
)
def test_mathematics_is_not_mistaken_for_a_question_number(text: str) -> None:
    assert strip_question_number(text) == text


# Without what numbers a question: of two numbers only the first is one.
@given(st.text(alphabet="0123456789xyab([+-*/=×÷²³^√ ,:?：，！％Solve解方程", max_size=40))
def test_plain_notation_stays_as_it_is(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once


@given(st.text(max_size=60))
def test_it_takes_any_text(text: str) -> None:
    assert isinstance(normalise_text(text), str)
