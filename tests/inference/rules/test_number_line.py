"""Answers of inequalities as intervals and as what is drawn; worked out by hand."""

from __future__ import annotations

import pytest

from inference.rules.number_line import NumberLine, number_line_of


def drawn(answer: str) -> NumberLine:
    line = number_line_of(answer)
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("answer", "interval"),
    [
        ("x > 3", r"\left(3, \infty\right)"),
        (r"x \le -\frac{1}{2}", r"\left(-\infty, -\frac{1}{2}\right]"),
        (r"1 < x \le 4", r"\left(1, 4\right]"),
        (r"x < -1 \;\text{or}\; x \ge 3", r"\left(-\infty, -1\right) \cup \left[3, \infty\right)"),
        (r"x \ne 2", r"\left(-\infty, 2\right) \cup \left(2, \infty\right)"),
        (r"x = 0 \;\text{或}\; x > 1", r"\{0\} \cup \left(1, \infty\right)"),
        (r"x < 1 - \sqrt{3}", r"\left(-\infty, 1 - \sqrt{3}\right)"),
    ],
)
def test_the_set_is_written_as_intervals(answer: str, interval: str) -> None:
    assert drawn(answer).interval == interval


def test_open_and_closed_ends_are_told_apart() -> None:
    line = drawn(r"x < -1 \;\text{or}\; 2 \le x < 5")
    assert [mark.latex for mark in line.marks] == ["-1", "2", "5"]
    assert [mark.value for mark in line.marks] == [-1.0, 2.0, 5.0]
    first, second = line.pieces
    assert (first.low, first.high, first.has_high) == (None, 0, False)
    assert (second.low, second.high, second.has_low, second.has_high) == (1, 2, True, False)
    assert line.letter == "x"
    assert line.text == "x < -1 or 2 <= x < 5"


@pytest.mark.parametrize(
    "answer",
    [
        "x = 3",
        r"x = 1 \;\text{or}\; x = 2",
        "5",
        r"\text{no solution}",
        r"\text{all real numbers}",
        "x > y",
        r"x = 1,\; y = 2",
        r"x = \frac{V}{I},\; V \ne 0",
        r"x = \frac{\pi}{6} + 2k\pi,\; k \in \mathbb{Z}",
        r"x > \ln 2",
        "x > ",
        "§",
        "",
    ],
)
def test_what_is_no_range_of_numbers_is_not_drawn(answer: str) -> None:
    assert number_line_of(answer) is None
