"""Words around a formula are passed over only where they cannot change what it says."""

from __future__ import annotations

import pytest

from inference.errors import MathSyntaxError
from inference.rules.parser import parse_math
from inference.verify.claims import merge_indexed, parse_answer, parse_claims, split_indexed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 5", ["x = 5"]),
        ("$x = 5$.", ["x = 5"]),
        ("\\text{So }x = 5", ["x = 5"]),
        ("so x = 5", ["x = 5"]),
        ("\\therefore x = 5", ["x = 5"]),
        ("\\text{所以}x = 5。", ["x = 5"]),
        ("\\text{The answer is }\\; x = 5", ["x = 5"]),
        ("= 14", ["14"]),
        ("3x = 15 \\Rightarrow x = 5", ["3x = 15", "x = 5"]),
        ("3x = 15 \\implies x = 5", ["3x = 15", "x = 5"]),
        ("3x = 15\\text{, so }x = 5", ["3x = 15", "x = 5"]),
        ("3x = 15\\text{，所以}x = 5", ["3x = 15", "x = 5"]),
        ("\\text{Subtract 5 from both sides: }3x = 15", ["3x = 15"]),
        ("\\text{Dividing by 3 we get }x = 5", ["x = 5"]),
        ("\\text{两边同时除以3，得}x = 5", ["x = 5"]),
        ("x = 2, 3", ["x = 2 \\text{or} x = 3"]),
        ("x \\in \\{2, 3\\}", ["x = 2 \\text{or} x = 3"]),
        ("(x, y) = (1, 2)", ["x = 1, y = 2"]),
    ],
)
def test_a_line_is_read_without_words_that_add_nothing(text: str, expected: list[str]) -> None:
    assert parse_claims(text) == [parse_math(piece) for piece in expected]


@pytest.mark.parametrize(
    "text",
    [
        "\\text{not }x = 5",
        "x = 5\\text{ is wrong}",
        "\\text{If }x = 5",
        "\\text{If so, we get }x = 5",
        "\\text{This is not so: }x = 5",
        "\\text{It isn't: }x = 5",
        "\\text{Suppose that we have }x = 5",
        "\\text{不是：}x = 5",
        "\\text{如果有}x = 5",
        "\\text{Let }u = x^2",
        "x = 1\\text{（舍去）}",
        "x = 5\\text{ unless }y = 2",
        "x = 1 \\mp 2",
        "x^10",
        "x^-1",
        "",
        "x = 5" * 1000,
    ],
)
def test_a_line_with_words_that_may_change_its_meaning_is_not_understood(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        assert not parse_claims(text), "nothing was read"
        raise MathSyntaxError("nothing there", position=0, reason="empty")


@pytest.mark.parametrize(
    "text",
    [
        "\\text{Try this: }x = 5",
        "\\text{The other solution: }x = 5",
        "\\text{Adding 5 we get }x = 5",
        "x = 5 \\Rightarrow x = 6",
        "",
    ],
)
def test_an_answer_is_one_statement_without_explanation(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        parse_answer(text)


def test_a_line_that_begins_with_an_equals_sign_goes_on_with_the_line_before() -> None:
    before = parse_math("3x = 20 - 5")
    assert parse_claims("= 15", before=before) == [parse_math("20 - 5 = 15")]
    assert parse_claims("= 10 + 5 = 15", before=before) == [parse_math("20 - 5 = 10 + 5 = 15")]
    assert parse_claims("= 15", before=parse_math("12 + 3")) == [parse_math("12 + 3 = 15")]
    assert parse_claims("= 15") == [parse_math("15")]
    with pytest.raises(MathSyntaxError):
        parse_claims("= 15", before=parse_math("x = 1 or x = 2"))


def test_values_with_an_index_are_values_of_one_letter() -> None:
    two = parse_math("x_1 = \\frac{6}{2} = 3, x_2 = 2")
    assert merge_indexed(two, "x") == parse_math("x = \\frac{6}{2} = 3 \\text{or} x = 2")
    assert merge_indexed(parse_math("x_1 = x_2 = 2"), "x") == parse_math("x = 2")
    assert split_indexed(parse_math("x_2 = 2"), "x") == parse_math("x = 2")
    for other in ("y_1 = 2 + 1 = 3, y_2 = 2", "x = 2", "x_1 = 2 + 0 = 2, x_3 = 3"):
        assert merge_indexed(parse_math(other), "x") == parse_math(other)
    assert split_indexed(parse_math("y_1 = 2"), "x") is None
