"""Calculations written out in columns; the answers are worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_math, to_text
from inference.verify.tasks import check_step
from tests.inference.rules.laws import no_slip_is_proved, proved, solved

RELAXED = settings(max_examples=20, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Multiply in columns: 347 × 26", "9022"),
        ("347 × 26 in columns", "9022"),
        ("long multiplication: 48 × 6", "288"),
        ("long multiplication 25 × 16", "400"),
        ("48 × 20 in columns", "960"),
        ("408 × 305 in columns", "124440"),
        ("6 × 48 in columns", "288"),
        ("999 × 999 in columns", "998001"),
        ("列竖式计算 347×26", "9022"),
        ("用竖式计算：36×24", "864"),
        ("竖式计算 125×8", "1000"),
        ("347 + 586 in columns", "933"),
        ("Add in columns: 999 + 1", "1000"),
        ("列竖式计算 2050+950", "3000"),
        ("1000 - 387 in columns", "613"),
        ("Subtract in columns: 84 - 84", "0"),
        ("列竖式计算 503-78", "425"),
        ("long division 847 ÷ 7", "121"),
        ("long division: 8400 ÷ 7", "1200"),
        ("Divide in columns: 144 ÷ 12", "12"),
        ("long division 1206 ÷ 12", r"100\frac{1}{2}"),
        ("用竖式计算：850÷7", r"121\frac{3}{7}"),
        ("long division: 5 ÷ 7", r"\frac{5}{7}"),
        ("long division 100 ÷ 8", r"12\frac{1}{2}"),
        ("列竖式计算 936÷36", "26"),
    ],
)
def test_calculations_in_columns(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


def test_a_product_has_a_row_for_each_digit() -> None:
    steps = solved("347 × 26 in columns").steps
    assert [step.after for step in steps[:2]] == [r"347 \times 6 = 2082", r"347 \times 20 = 6940"]
    assert steps[2].after == (
        r"\begin{array}{r} 347 \\ \times\; 26 \\ \hline 2082 \\ 694\phantom{0} \\ "
        r"\hline 9022 \end{array}"
    )
    assert to_text(parse_math(steps[2].after)) == "347 × 26 = 2082 + 6940 = 9022"


def test_a_division_goes_turn_by_turn() -> None:
    steps = solved("long division 850 ÷ 7").steps
    assert [step.after for step in steps[:3]] == [
        r"8 = 7 \times 1 + 1",
        r"15 = 7 \times 2 + 1",
        r"10 = 7 \times 1 + 3",
    ]
    assert steps[3].after == (
        r"\begin{array}{r} 121 \\ 7\overline{)\,850} \\ 7\phantom{00} \\ \hline 15\phantom{0} \\ "
        r"14\phantom{0} \\ \hline 10 \\ 7 \\ \hline 3 \end{array}"
    )
    assert to_text(parse_math(steps[3].after)) == "850 = 7 × 121 + 3"


@pytest.mark.parametrize(
    "rows",
    [
        r"347 \\ \times 26 \\ \hline 2082 \\ 694 \\ \hline 9022",  # not shifted
        r"347 \\ \times 26 \\ \hline 2081 \\ 694\phantom{0} \\ \hline 9022",
        r"347 \\ \times 26 \\ \hline 2082 \\ 694\phantom{0} \\ \hline 9021",
        r"347 \\ \times 26 \\ \hline 9022",
        r"121 \\ 7\overline{)850} \\ 7\phantom{00} \\ \hline 15\phantom{0} \\ \hline 3",
        r"121 \\ 0\overline{)850} \\ \hline 3",
        r"347 \\ + 586 \\ \hline 943",
        r"1234567 \\ + 1 \\ \hline 1234568",
        r"x \\ + 1 \\ \hline 2",
        r"347",
        "",
    ],
)
def test_rows_that_are_not_those_of_the_calculation_are_not_understood(rows: str) -> None:
    line = rf"\begin{{array}}{{r}} {rows} \end{{array}}"
    with pytest.raises(MathSyntaxError):
        parse_math(line)
    step = check_step("347 × 26", [], [line])
    assert isinstance(step, dict)
    assert step["verdict"] == "not_checkable"


@pytest.mark.parametrize(
    "text",
    [
        "12.5 × 3 in columns",
        "3 + 4 + 5 in columns",
        "long division 5 ÷ 0",
        "1234567 + 1 in columns",
        "3 - 5 in columns",
        "long division 1/2 ÷ 3",
    ],
)
def test_what_does_not_go_in_columns_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@RELAXED
@given(
    st.integers(1, 9999),
    st.integers(1, 999),
    st.sampled_from(["+", "-", "×", "÷"]),
    st.integers(0, 99),
)
def test_the_result_in_columns_is_that_of_arithmetic(a: int, b: int, sign: str, place: int) -> None:
    a, b = max(a, b), min(a, b)
    text = f"{a} {sign} {b} in columns"
    solution = proved(text)
    wanted = {"+": a + b, "-": a - b, "×": a * b}.get(sign)
    if wanted is not None:
        assert solution.answer_latex == str(wanted)
    elif a % b == 0:
        assert solution.answer_latex == str(a // b)
    else:
        assert solution.answer_latex.startswith(str(a // b))
    assert no_slip_is_proved(text, solution, place)
