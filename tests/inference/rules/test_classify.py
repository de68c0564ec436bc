from __future__ import annotations

import pytest

from inference.rules.classify import Topic, topic_of


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("12 + 3 * 4", Topic.ARITHMETIC),
        ("计算：12 ÷ 4", Topic.ARITHMETIC),
        ("1/2 + 3/4", Topic.FRACTIONS),
        ("15% of 80", Topic.PERCENTAGES),
        ("\\sqrt{16} + 2^3", Topic.POWERS_AND_ROOTS),
        ("3x + 5 = 20", Topic.LINEAR_EQUATIONS),
        ("x^2 + x = x^2 + 3", Topic.LINEAR_EQUATIONS),
        ("2x + y = 3", Topic.LINEAR_EQUATIONS),
        ("解方程：x^2 - 5x + 6 = 0", Topic.QUADRATIC_EQUATIONS),
        ("(x + 1)(x - 2) = 4", Topic.QUADRATIC_EQUATIONS),
        ("x^3 = 8", Topic.OTHER_EQUATIONS),
        ("(x + 1)^60 = 0", Topic.OTHER_EQUATIONS),
        ("sin(x) = 1", Topic.OTHER_EQUATIONS),
        ("\\sqrt{x + 1} = 3", Topic.OTHER_EQUATIONS),
        ("2/x = 4", Topic.FRACTION_EQUATIONS),
        ("x + y = 7; x - y = 1", Topic.SYSTEMS),
        ("2x + 1 < 7", Topic.INEQUALITIES),
        ("1 < 2x + 1 < 7", Topic.INEQUALITIES),
        ("Expand: (x + 3)(x - 2)", Topic.EXPRESSIONS),
        ("Simplify: 2x + 3x", Topic.EXPRESSIONS),
        ("Factor: x^2 - 9", Topic.FACTORING),
        ("Differentiate: x^3 - 4x", Topic.DERIVATIVES),
        ("Integrate: 3x^2 + 2x", Topic.INTEGRALS),
        ("2 + 2 = 5", Topic.TRUE_OR_FALSE),
    ],
)
def test_it_names_the_chapter_of_an_exercise(text: str, topic: Topic) -> None:
    assert topic_of(text) is topic


@pytest.mark.parametrize("text", ["", "Once upon a time", "x +", "(" * 200])
def test_what_is_not_understood_has_no_topic(text: str) -> None:
    assert topic_of(text) is None
