"""A true answer that is not finished goes without its badge."""

from __future__ import annotations

import pytest

from inference.rules.parser import parse_math
from inference.verify.final_form import (
    has_pending_numbers,
    is_collected,
    is_factored,
    is_final_number,
    is_reduced,
)


@pytest.mark.parametrize(
    "text",
    [
        *("5", "-5", "0", "0.25", "\\frac{1}{2}", "-\\frac{1}{2}", "\\frac{-1}{2}", "1/2"),
        *(
            "2\\frac{1}{3}",
            "25\\%",
            "\\sqrt{2}",
            "2\\sqrt{3}",
            "-2\\sqrt{3}",
            "\\frac{\\sqrt{2}}{2}",
        ),
        *(
            "\\frac{1+\\sqrt{5}}{2}",
            "3 - \\sqrt{2}",
            "\\frac{\\sqrt{2}}{2}",
            "\\sqrt{2} + \\sqrt{3}",
            "\\sqrt[3]{2}",
        ),
        *("3\\pi", "\\frac{\\pi}{2}", "e^{2}", "2e"),
    ],
)
def test_these_numbers_are_finished(text: str) -> None:
    assert is_final_number(parse_math(text))


@pytest.mark.parametrize(
    "text",
    [
        *("1 + 2", "2 \\times 3", "10/2", "\\frac{2}{4}", "4/1", "2^3", "3!", "2\\frac{2}{4}"),
        *(
            "\\sqrt{4}",
            "\\sqrt{8}",
            "\\sqrt[3]{16}",
            "\\sqrt[4]{4}",
            "1/\\sqrt{2}",
            "0\\frac{1}{2}",
        ),
        *("\\frac{2+2\\sqrt{5}}{4}", "2\\sqrt{2} + \\sqrt{2}", "\\sqrt{2}\\sqrt{3}", "1\\sqrt{2}"),
        *(
            "-(-5)",
            "0\\frac{1}{2}",
            "x",
            "\\frac{1}{2} + \\frac{1}{3}",
            "|-3|",
            "\\sin(\\pi)",
            "6 \\div 2",
        ),
    ],
)
def test_these_numbers_are_not(text: str) -> None:
    assert not is_final_number(parse_math(text))


@pytest.mark.parametrize(
    ("text", "collected", "reduced"),
    [
        ("3x^2 - 5x + \\frac{1}{2}", True, True),
        ("\\frac{x^2 + x}{2}", True, True),
        ("\\frac{2x^2 + 4x}{2}", False, False),
        ("2 \\sin x + x", True, True),
        ("e^{2x} - \\frac{1}{x}", True, True),
        ("x + x", False, False),
        ("3xy + 2yx", False, False),
        ("x \\cdot x", False, False),
        ("-(x + 1)", False, True),
        ("2(x + 1)", False, True),
        ("(x + 1)(x + 2)", False, True),
        ("(x + 1)(x + 1)", False, False),
        ("\\frac{x + 2}{x - 2}", False, True),
        ("\\frac{x^2 - 4}{x - 2}", False, False),
        ("\\frac{2(x + 1)}{4(x - 1)}", False, False),
        ("x^1", False, False),
    ],
)
def test_like_terms_and_common_factors_are_seen(text: str, collected: bool, reduced: bool) -> None:
    assert is_collected(parse_math(text)) is collected
    assert is_reduced(parse_math(text)) is reduced


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x - 2)(x - 3)", True),
        ("(x + 1)^2", True),
        ("2(x + 1)(x + 2)", True),
        ("3(x + 2)", True),
        ("x(x + 1)", True),
        ("-(x + 1)(x - 1)", True),
        ("6xy(x + 2y)", True),
        ("\\frac{(x + 1)(x + 2)}{2}", True),
        ("(x - \\sqrt{2})(x + \\sqrt{2})", True),
        ("(x^2 + 1)(x - 1)", True),
        ("(2x + 2)(x + 2)", False),
        ("(x^2 - 1)(x + 2)", False),
        ("x^2 + x", False),
        ("x(x - 5) + 6", False),
        ("x^2", False),
        ("(x + 1)", False),
        ("2 \\times 3 (x + 1 + 1)", False),
    ],
)
def test_a_factorisation_is_complete_or_none(text: str, expected: bool) -> None:
    assert is_factored(parse_math(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3x^2 + 2", False),
        ("2x \\sin x + x^2 \\cos x", False),
        ("x^{3-1}", True),
        ("2 \\times 3x", True),
        ("x + 1 + 2", True),
        ("\\frac{2}{4}x", True),
        ("x^0", True),
    ],
)
def test_arithmetic_left_undone_is_seen(text: str, expected: bool) -> None:
    assert has_pending_numbers(parse_math(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, True) for text in ("x^2√x", "√x·x^2", "2x√(2x)", "√(x+2)", "√(x/2)", "√[3](x^2)")),
        *((text, False) for text in ("x√(x^3)", "x^2√(8x)", "2x√(2x^3)", "√(4x+8)", "√[4](x^2)")),
        *((text, False) for text in ("x^{1/2}·x^2", "√(x^2+2x+1)", "x√[3](x^4)", "√x·x√x")),
    ],
)
def test_all_is_drawn_out_of_roots_of_letters(text: str, expected: bool) -> None:
    assert is_collected(parse_math(text)) is expected
