"""Equations with roots, absolute values and denominators whose way adds solutions; the answers are
worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math
from inference.rules.bounds import exact_value
from inference.rules.nodes import Alternatives, Phrase, Relation
from tests.inference.rules.laws import is_verified_answer, no_slip_is_proved, proved, solved

OR = r" \;\text{or}\; "
NONE = r"\text{no real solution}"
SMALL = st.integers(-9, 9)
RELAXED = settings(max_examples=12, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("√(x+6) = x", "x = 3"),
        ("√(2x+3) = x", "x = 3"),
        ("√(x+1) + 5 = x", "x = 8"),
        ("√(x+7) = x - 5", "x = 9"),
        ("√(3x+1) = x - 1", "x = 5"),
        ("√(x-1) = x - 1", f"x = 1{OR}x = 2"),
        ("√(4 - x) = x - 2", "x = 3"),
        ("√x = x - 2", "x = 4"),
        ("√x = x - 6", "x = 9"),
        ("x - √x = 6", "x = 9"),
        ("x + √x = 6", "x = 4"),
        ("2√x = x", f"x = 0{OR}x = 4"),
        ("√(x^2 + 5) = x + 1", "x = 2"),
        ("√(x^2 - 5) = 2", f"x = 3{OR}x = -3"),
        ("√(2x^2 - 7) = x", r"x = \sqrt{7}"),
        ("√x = x + 3", NONE),
        ("√(x+2) = x - 10/3 - 1", r"x = \frac{29 + \sqrt{237}}{6}"),
        ("√(x+1) = -2", NONE),
        ("√(x-4) + 3 = 1", NONE),
        ("√(x + 3) = -x", r"x = \frac{1 - \sqrt{13}}{2}"),
        ("√(x + 1) = √(2x - 3)", "x = 4"),
        ("√(x^2 - 3) = √(2x)", "x = 3"),
        ("√(x - 5) = √(2x - 3)", NONE),
        ("2√x = √(x+3)", "x = 1"),
        ("√(x+5) - √x = 1", "x = 4"),
        ("√(x+5) + √x = 5", "x = 4"),
        ("√(x-3) + √(x+2) = 5", "x = 7"),
        ("√(x+7) - √(x) = 1", "x = 9"),
        ("√(2x-1) - √(x-1) = 1", f"x = 1{OR}x = 5"),
        ("√(3x+1) - √(x+4) = 1", "x = 5"),
        ("√(x) + √(x+5) = 1", NONE),
        ("√(x+8) = √x + 2", "x = 1"),
        ("√(x+3) + √(x-2) = 5", "x = 6"),
        ("∛(x+1) = 2", "x = 7"),
        ("∛(2x - 3) = -1", "x = 1"),
        ("∛(x^3 + x) = x", "x = 0"),
        (r"\sqrt[4]{x} = 2", "x = 16"),
        (r"\sqrt[4]{x - 1} = -1", NONE),
        ("解方程：√(x+2) = x", "x = 2"),
        ("Solve: √(5x - 1) - √(x + 2) = 1", "x = 2"),
    ],
)
def test_equations_with_roots(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("|x| = 5", f"x = 5{OR}x = -5"),
        ("|x| = 0", "x = 0"),
        ("|x| = -2", NONE),
        ("|x - 3| = 4", f"x = 7{OR}x = -1"),
        ("|2x - 1| = 5", f"x = 3{OR}x = -2"),
        ("|3 - 2x| = 7", f"x = -2{OR}x = 5"),
        ("2|x-1| + 3 = 9", f"x = 4{OR}x = -2"),
        ("5 - |x| = 2", f"x = 3{OR}x = -3"),
        ("|x+2| = 0", "x = -2"),
        ("|x/2 + 1| = 3", f"x = 4{OR}x = -8"),
        ("|2x - 1| = x + 3", rf"x = 4{OR}x = -\frac{{2}}{{3}}"),
        ("|x+1| = 2x - 7", "x = 8"),
        ("|x+3| = 2x", "x = 3"),
        ("|x+1| = x - 5", NONE),
        ("|x| + x = 4", "x = 2"),
        ("|x| - x = 4", "x = -2"),
        ("3|x - 2| + 1 = 2x", rf"x = 5{OR}x = \frac{{7}}{{5}}"),
        ("|2x + 5| = -x", rf"x = -\frac{{5}}{{3}}{OR}x = -5"),
        ("|4 - x| = 2x + 1", "x = 1"),
        ("|x - 4| = 3x", "x = 1"),
        ("|x| = x", r"x \ge 0"),
        ("|x - 2| = 2 - x", r"x \le 2"),
        ("|x - 2| = x - 2", r"x \ge 2"),
        ("|x - 1| = |2x + 3|", rf"x = -4{OR}x = -\frac{{2}}{{3}}"),
        ("|x - 1| = |x + 3|", "x = -1"),
        ("|2x| = |x - 6|", f"x = -6{OR}x = 2"),
        ("|3x - 1| = |5 - x|", rf"x = \frac{{3}}{{2}}{OR}x = -2"),
        ("|x - 1| + |x + 2| = 5", f"x = -3{OR}x = 2"),
        ("|x - 1| + |x + 2| = 1", NONE),
        ("|x-2| - |x+1| = 1", "x = 0"),
        ("|x| + |x - 4| = 6", f"x = -1{OR}x = 5"),
        ("|x - 1| + |x - 3| = 2x", "x = 1"),
        ("2|x| - |x - 3| = 3", f"x = -6{OR}x = 2"),
        ("|x + 1| + |x| + |x - 1| = 6", f"x = -2{OR}x = 2"),
        ("|x^2 - 5| = 4", f"x = 3{OR}x = -3{OR}x = 1{OR}x = -1"),
        ("|x^2 - 4x| = 3", rf"x = 2 + \sqrt{{7}}{OR}x = 2 - \sqrt{{7}}{OR}x = 1{OR}x = 3"),
        ("|x^2 - 1| = x + 1", f"x = -1{OR}x = 2{OR}x = 0"),
        ("|x^2 + 2| = 1", NONE),
        ("解方程：|x - 5| = 2", f"x = 7{OR}x = 3"),
        (r"\left|\frac{x - 1}{2}\right| = 3", f"x = 7{OR}x = -5"),
    ],
)
def test_equations_with_absolute_values(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"\frac{x^2}{x-3} = \frac{9}{x-3}", "x = -3"),
        (r"\frac{x^2-5x+6}{x-2} = 0", "x = 3"),
        (r"\frac{x}{x-2} + \frac{1}{x+2} = \frac{8}{x^2-4}", "x = -5"),
        (r"\frac{x^2 - 3x}{x^2 - 9} = 0", "x = 0"),
        (r"\frac{x}{x-2} = \frac{2}{x-2}", r"\text{no solution}"),
        (r"\frac{x^2}{x^2-1} = \frac{1}{x^2-1}", r"\text{no solution}"),
    ],
)
def test_denominators_that_become_zero_are_noticed(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    "text",
    [
        "|x - 1| + |x + 2| = 3",
        "|x| + |x-1| + |x-2| + |x-3| = 9",
        "√x + √(x+1) + √(x+2) = 3",
        "√(√x + 1) = 2",
        "|√x - 1| = x",
        "|x| = √x",
    ],
)
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("√(x+6) = x", f"x = 3{OR}x = -2"),
        ("√(x+6) = x", "x = -2"),
        ("|2x - 1| = x + 3", "x = 4"),
        ("|x+1| = 2x - 7", f"x = 8{OR}x = 2"),
        ("|x| = x", r"x > 0"),
        ("|x| = x", "x = 0"),
        (r"\frac{x^2}{x-3} = \frac{9}{x-3}", f"x = 3{OR}x = -3"),
        ("√(x+6) = x", r"x = 3,\; x \ge 4"),
    ],
)
def test_an_answer_with_a_false_or_a_lost_solution_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


def _values(latex: str) -> list[Fraction]:
    node = parse_math(latex)
    if isinstance(node, Phrase):
        return []
    options = node.options if isinstance(node, Alternatives) else (node,)
    values = [exact_value(each.right) for each in options if isinstance(each, Relation)]
    assert None not in values
    return [value for value in values if value is not None]


@RELAXED
@given(st.integers(-6, 12), st.integers(-6, 6), st.integers(-5, 5), st.integers(0, 99))
def test_of_a_root_equation_all_solutions_are_found_and_only_those(
    root: int, a: int, c: int, place: int
) -> None:
    b = (root + c) ** 2 - a * root
    text = f"Solve for x: √({a}x + ({b})) = x + ({c})"
    assume(a)
    solution = proved(text)
    other = a - 2 * c - root
    wanted = {Fraction(x) for x in (root, other) if x + c >= 0}
    assert set(_values(solution.answer_latex)) == wanted
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(SMALL, SMALL, SMALL, SMALL, st.integers(0, 99))
def test_of_an_equation_with_bars_all_solutions_are_found_and_only_those(
    a: int, b: int, c: int, d: int, place: int
) -> None:
    assume(a and c and abs(a) != abs(c))
    text = f"Solve for x: |{a}x + ({b})| = {c}x + ({d})"
    solution = proved(text)
    candidates = [Fraction(d - b, a - c), Fraction(-d - b, a + c)]
    wanted = {x for x in candidates if c * x + d >= 0}
    assert set(_values(solution.answer_latex)) == wanted
    assert no_slip_is_proved(text, solution, place)
