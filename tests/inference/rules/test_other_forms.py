"""The same number in another form, and a number divided in a ratio: answers by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules.convert import to_sympy
from inference.rules.parser import parse_line
from inference.types import Language
from tests.inference.rules.whole_solutions import solve_verified, spoiled, verdict_on_answer

RELAXED = settings(max_examples=15)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Write 3/8 as a percent", r"37.5\%"),
        ("0.375 as a percentage", r"37.5\%"),
        (r"Express \frac{7}{20} as a percentage", r"35\%"),
        ("Convert 1.2 to a percentage", r"120\%"),
        ("2 1/4 as a percent", r"225\%"),
        ("把3/8化成百分数", r"37.5\%"),
        ("将0.06化为百分数", r"6\%"),
        ("Convert 45% to a fraction", r"\frac{9}{20}"),
        ("把12.5%化成分数", r"\frac{1}{8}"),
        ("150% as a fraction", r"\frac{3}{2}"),
        ("Write 0.125 as a fraction in its lowest terms", r"\frac{1}{8}"),
        ("-0.25 as a fraction", r"-\frac{1}{4}"),
        ("将0.75化为最简分数", r"\frac{3}{4}"),
        ("200% as a fraction", "2"),
        ("45% as a decimal", "0.45"),
        ("Change 7/4 into a decimal", "1.75"),
        ("把5/8化成小数", "0.625"),
        ("12.5% as a decimal", "0.125"),
        ("Write 4.5 × 10^4 as an ordinary number", "45000"),
        ("Write 3.2 × 10^{-3} in ordinary form", "0.0032"),
        ("Divide 60 in the ratio 2 : 3", r"24,\; 36"),
        ("Share $90 in the ratio 1:3:5", r"10,\; 30,\; 50"),
        ("把60按2:3分配", r"24,\; 36"),
        ("将100按照1:1:2的比例分配", r"25,\; 25,\; 50"),
        ("split 10.5 in the ratio 1 : 2", r"3.5,\; 7"),
    ],
)
def test_numbers_come_in_the_form_asked_for(text: str, answer: str) -> None:
    language: Language = "zh" if any(char > "\u4e00" for char in text) else "en"
    assert solve_verified(text, language).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1/3 as a decimal", "does not end"),
        ("1/7 as a percent", "does not end"),
        ("0.5 as a decimal", "written so already"),
        ("20% as a percentage", "written so already"),
        ("3/4 as a fraction", "written so already"),
        ("divide 10 in the ratio 0 : 2", "ratio with 0"),
    ],
)
def test_what_has_no_such_form_is_told(text: str, sentence: str) -> None:
    with pytest.raises(UnsupportedProblemError, match=sentence):
        solve_verified(text)


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        ("3/8 as a percent", "0.375", "not_checkable"),
        ("3/8 as a percent", "37.5", "not_checkable"),
        ("3/8 as a percent", r"38\%", "failed"),
        ("45% as a fraction", "45/100", "not_checkable"),
        ("45% as a fraction", "0.45", "not_checkable"),
        ("45% as a decimal", "9/20", "not_checkable"),
        ("Divide 60 in the ratio 2:3", "36, 24", "failed"),
        ("Divide 60 in the ratio 2:3", "24, 30", "failed"),
        ("Divide 60 in the ratio 2:3", "24, 36", "verified"),
        ("Divide 60 in the ratio 2:3", "48/2, 36", "not_checkable"),
        ("Divide 60 in the ratio 2:3", "24", "not_checkable"),
    ],
)
def test_only_the_form_asked_for_has_a_badge(text: str, answer: str, verdict: str) -> None:
    assert verdict_on_answer(text, answer) == verdict


@RELAXED
@given(st.integers(1, 500), st.sampled_from([2, 4, 5, 8, 10, 20, 25, 40, 50]), st.integers())
def test_every_form_has_the_value_and_spoiled_ones_have_no_badge(
    above: int, below: int, seed: int
) -> None:
    value = Fraction(above, below)
    if value.denominator == 1:
        return
    text = f"{above}/{below} as a percent"
    answer = solve_verified(text).answer_latex
    assert to_sympy(parse_line(answer)) == value
    wrong = spoiled(answer, seed)
    assert wrong is None or verdict_on_answer(text, wrong) != "verified"


@RELAXED
@given(st.integers(1, 900), st.lists(st.integers(1, 9), min_size=2, max_size=4))
def test_shares_add_up_and_stand_in_the_ratio(total: int, parts: list[int]) -> None:
    text = f"divide {total} in the ratio {':'.join(map(str, parts))}"
    answer = solve_verified(text).answer_latex
    shares = [Fraction(str(to_sympy(parse_line(each)))) for each in answer.split(r",\;")]
    assert sum(shares) == total
    assert [share * sum(parts) for share in shares] == [part * total for part in parts]
