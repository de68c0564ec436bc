"""Exact decisions: zero, sign, critical points, and solution sets cell by cell."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.rules.parser import parse_math
from inference.verify.algebra import (
    bounds_of,
    find_counterexample,
    is_zero,
    sign_of,
)
from inference.verify.intervals import UndecidableError
from inference.verify.statements import (
    EVERYWHERE,
    NOWHERE,
    compare,
    has_interval,
    is_identity,
    letter_of,
    statement_of,
    value_of,
)
from inference.verify.zeros import sort_points

X = letter_of("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x + 1)^2 - x^2 - 2x - 1", True),
        ("(x + 1)^2 - x^2 - 1", False),
        ("\\frac{x^2 - 1}{x - 1} - x - 1", True),
        ("\\sqrt{8} - 2\\sqrt{2}", True),
        ("\\sqrt{8} - 3", False),
        ("\\frac{1}{\\sqrt{2} - 1} - \\sqrt{2} - 1", True),
        ("\\sqrt[3]{16} - 2\\sqrt[3]{2}", True),
        ("\\sqrt{2} + \\sqrt{3} - \\sqrt{5 + 2\\sqrt{6}}", True),
        ("\\sqrt{2} + \\sqrt{3} + \\sqrt{5 + 2\\sqrt{6}}", False),
        ("\\sqrt{3 - 2\\sqrt{2}} - 1 + \\sqrt{2}", False),
        ("\\sqrt{3 - 2\\sqrt{2}} + 1 - \\sqrt{2}", True),
        ("\\sqrt{x^2} - x", False),
        ("\\sqrt{x^2} - |x|", True),
        ("\\sin(x)^2 + \\cos(x)^2 - 1", True),
        ("\\sin(2x) - 2\\sin(x)\\cos(x)", True),
        ("\\sin(2x) - 2\\sin(x)", False),
        ("\\tan(x) - \\frac{\\sin(x)}{\\cos(x)}", True),
        ("e^{2x} - (e^x)^2", True),
        ("2^{x+1} - 2 \\times 2^x", True),
        ("\\ln(8) - 3\\ln(2)", True),
        ("\\frac{\\ln(8)}{\\ln(2)} - 3", True),
        ("\\ln(x) - \\ln(2x)", False),
        ("\\pi - 3.14159265358979", False),
        ("\\pi - \\frac{22}{7}", False),
        ("0.1 + 0.2 - 0.3", True),
        ("a^2 - b^2 - (a + b)(a - b)", True),
        ("ab - ba", True),
        ("ab - ac", False),
    ],
)
def test_zero_is_told_from_what_is_not_or_left_open(text: str, expected: bool | None) -> None:
    assert is_zero(value_of(parse_math(text))) is expected


def test_a_difference_far_below_floating_point_is_seen() -> None:
    tiny = sympy.Rational(1, 10**60)
    assert is_zero(sympy.sqrt(2) + tiny - sympy.sqrt(2)) is False
    assert sign_of(sympy.sqrt(2) - sympy.sqrt(2 + tiny)) == -1
    assert is_zero(X + tiny - X) is False


def test_what_is_no_real_number_has_no_sign() -> None:
    assert sign_of(sympy.sqrt(-2) + 1) is None
    assert sign_of(sympy.log(-2)) is None
    assert sign_of(sympy.zoo) is None


def test_a_counterexample_is_one() -> None:
    expression = value_of(parse_math("x^2 - 4"))
    values = find_counterexample(expression)
    assert values is not None
    assert expression.subs(X, sympy.Rational(values["x"])) != 0
    assert find_counterexample(value_of(parse_math("x - x"))) is None


@settings(max_examples=80)
@given(
    first=st.lists(st.integers(-9, 9), min_size=1, max_size=4),
    second=st.lists(st.integers(-9, 9), min_size=1, max_size=4),
    change=st.integers(-3, 3),
)
def test_products_of_polynomials_are_compared_exactly(
    first: list[int], second: list[int], change: int
) -> None:
    a = sum(c * X**k for k, c in enumerate(first))
    b = sum(c * X**k for k, c in enumerate(second))
    product = [Fraction(0)] * (len(first) + len(second))
    for i, p in enumerate(first):
        for j, q in enumerate(second):
            product[i + j] += p * q
    c = sum(sympy.Rational(v) * X**k for k, v in enumerate(product))
    assert is_zero(sympy.sympify(a * b - c - change)) is (change == 0)


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 12)), max_size=6))
def test_points_are_sorted_without_duplicates(pairs: list[tuple[int, int]]) -> None:
    points = [a + sympy.sqrt(b) for a, b in pairs]
    ordered = sort_points(points)
    values = [float(point) for point in ordered]
    assert values == sorted(values)
    assert set(ordered) == set(points)


def test_bounds_enclose_closely() -> None:
    for number in (sympy.sqrt(2), sympy.pi, sympy.E, sympy.CRootOf(X**3 - X - 1, 0)):
        low, high = bounds_of(number)
        assert low <= high
        assert high - low < sympy.Rational(1, 10**20)
        assert abs(low - sympy.Rational(str(number.evalf(40)))) < sympy.Rational(1, 10**20)


@pytest.mark.parametrize(
    ("first", "second", "lost", "extraneous"),
    [
        ("x^2 = 4", "x = 2", "-2", None),
        ("x = 2", "x^2 = 4", None, "-2"),
        ("x^2 = 4", "x = \\pm 2", None, None),
        ("x^5 - x - 1 = 0", "x^5 = x + 1", None, None),
        ("x^2 < 2", "-\\sqrt{2} < x < \\sqrt{2}", None, None),
        ("x^2 \\le 2", "-\\sqrt{2} < x < \\sqrt{2}", "-sqrt(2)", None),
        ("x^2 < 2", "-1.41 < x < 1.41", "-sqrt(2)", None),
        ("\\frac{x - 1}{x + 2} > 0", "x < -2 or x > 1", None, None),
        ("\\frac{x}{x} = 1", "x \\ne 0", None, None),
        ("\\sqrt{x} = x - 2", "x = 1 or x = 4", None, "1"),
        ("\\sqrt{x + 1} + \\sqrt{x - 2} = 3", "x = 3", None, None),
        ("\\sqrt{x} \\ge 0", "x \\ge 0", None, None),
        ("|x - 1| < 2", "-1 < x < 3", None, None),
        ("2\\pi x = 1", "x = \\frac{1}{2\\pi}", None, None),
        ("x^2 + 1 = 0", "x = x + 1", None, None),
    ],
)
def test_statements_are_compared_on_the_whole_line(
    first: str, second: str, lost: str | None, extraneous: str | None
) -> None:
    comparison = compare(statement_of(parse_math(first)), statement_of(parse_math(second)), X)
    if lost == "-sqrt(2)":  # any number near the end of the interval will do
        assert comparison.lost is not None
    else:
        assert (None if comparison.lost is None else str(comparison.lost)) == lost
    assert (None if comparison.extraneous is None else str(comparison.extraneous)) == extraneous


@pytest.mark.parametrize(
    "text", ["\\sin(x) = 0", "2^x = 5x", "2^x + 3^x = 5", "x^x = 1", "x + y = 1", "x ≈ 1"]
)
def test_what_is_not_decided_says_so(text: str) -> None:
    with pytest.raises(UndecidableError):
        compare(statement_of(parse_math(text)), EVERYWHERE, X)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2^x = 8", "x = 3"),
        ("4^x - 5 \\cdot 2^x + 4 = 0", "x = 0 \\text{ or } x = 2"),
        ("2^x = 3^{x - 1}", "x = \\frac{\\ln 3}{\\ln 3 - \\ln 2}"),
        ("\\ln(x) + \\ln(x + 1) = \\ln 3", "x = \\frac{-1 + \\sqrt{13}}{2}"),
        ("(\\ln x)^2 - 3 \\ln x + 2 = 0", "x = e \\text{ or } x = e^2"),
        ("4^x - 2^x - 3 = 0", "x = \\log_2 \\frac{1 + \\sqrt{13}}{2}"),
        ("x e^x = 0", "x = 0"),
        ("2^x > 8", "x > 3"),
        ("\\ln(x) < 1", "0 < x < e"),
        ("2^{x^2} = 16", "x = 2 \\text{ or } x = -2"),
    ],
)
def test_powers_and_logarithms_of_the_unknown_are_decided(first: str, second: str) -> None:
    assert compare(statement_of(parse_math(first)), statement_of(parse_math(second)), X).is_same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2^x = 8", "x = 4"),
        ("4^x - 5 \\cdot 2^x + 4 = 0", "x = 2"),
        ("\\log_2(x) + \\log_2(x - 2) = 3", "x = 4 \\text{ or } x = -2"),
        ("2^x = 3^{x - 1}", "x = \\frac{\\ln 3}{\\ln 3 + \\ln 2}"),
        ("\\ln(x) < 1", "x < e"),
        ("\\ln(x^2) = 2", "x = e"),
    ],
)
def test_other_solutions_of_powers_and_logarithms_are_told_apart(first: str, second: str) -> None:
    statements = (statement_of(parse_math(first)), statement_of(parse_math(second)))
    assert not compare(*statements, X).is_same


def test_identities_and_intervals() -> None:
    assert is_identity(statement_of(parse_math("(x + 1)^2 = x^2 + 2x + 1")))
    assert not is_identity(statement_of(parse_math("(x + 1)^2 = x^2 + 1")))
    assert has_interval(statement_of(parse_math("x > 3")), X)
    assert not has_interval(statement_of(parse_math("x^2 = 3")), X)
    assert not has_interval(NOWHERE, X)


@settings(max_examples=60)
@given(
    roots=st.lists(st.integers(-6, 6), min_size=1, max_size=3),
    claimed=st.lists(st.integers(-6, 6), min_size=1, max_size=3),
)
def test_the_roots_of_a_product_are_exactly_its_solutions(
    roots: list[int], claimed: list[int]
) -> None:
    product = "".join(f"(x - ({root}))" for root in roots)
    problem = statement_of(parse_math(f"{product} = 0"))
    answer = statement_of(parse_math(" or ".join(f"x = {root}" for root in claimed)))
    comparison = compare(problem, answer, X)
    assert (comparison.lost is None) == (set(roots) <= set(claimed))
    assert (comparison.extraneous is None) == (set(claimed) <= set(roots))
