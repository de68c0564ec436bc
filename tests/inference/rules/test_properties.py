"""Laws that hold for every problem of a kind, tried on random ones."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math, parse_problem
from inference.rules.bounds import exact_value
from inference.rules.convert import to_symbol, to_sympy
from inference.rules.nodes import Alternatives, Node, Phrase, Relation, System
from inference.rules.solver import solve_problem
from inference.rules.steps import Solution

X, Y = to_symbol("x"), to_symbol("y")
SMALL = st.integers(-9, 9)
RELAXED = settings(max_examples=25)


def solve_and_look(text: str) -> Node:
    """Solve, and demand of every line what is demanded of all: it parses, and it moves on."""
    solution: Solution = solve_problem(parse_problem(text), language="en")
    line = solution.problem_latex
    for step in solution.steps:
        assert step.before == line or step.before == solution.steps[0].before
        assert step.after != step.before
        parse_math(step.after)
        is_put_in = step.rule in ("substitute", "substitute_back")
        assert is_put_in or not _is_awkward(step.after, step.before), step.after
        line = step.after
    return parse_math(solution.answer_latex)


def _is_awkward(latex: str, before: str) -> bool:
    """What no teacher writes; a zero that the problem adds, or that was put in, has to stand."""
    signs = ("+ -", "- -", "--", "\\cdot -", "\\times -", "\\div -")
    plain = latex.replace(" ", "")
    zero = re.compile(r"\+ 0 (?!\\times|\\div)")  # `0 + 0 \times 3` adds a product
    adds_zero = zero.search(latex) is not None and zero.search(before) is None
    return (
        adds_zero or any(sign in latex for sign in signs) or plain.startswith(("1x", "0x", "-1x"))
    )


@RELAXED
@given(SMALL, SMALL, SMALL, SMALL)
def test_linear_equations_are_solved(a: int, b: int, c: int, d: int) -> None:
    assume(a or c)
    answer = solve_and_look(f"Solve for x: {a}x + ({b}) = {c}x + ({d})")
    if a == c:
        assert isinstance(answer, Phrase)
        assert answer.kind == ("all_reals" if b == d else "no_solution")
    else:
        assert isinstance(answer, Relation)
        assert exact_value(answer.right) == Fraction(d - b, a - c)


@RELAXED
@given(SMALL, SMALL, SMALL, st.integers(1, 9), st.integers(1, 9))
def test_linear_equations_with_brackets_and_fractions_are_solved(
    a: int, b: int, c: int, p: int, q: int
) -> None:
    text = rf"Solve for x: \frac{{x + ({a})}}{{{p}}} + {q}(x - ({b})) = {c}"
    answer = solve_and_look(text)
    assert isinstance(answer, Relation)
    value = exact_value(answer.right)
    assert value is not None
    assert (value + a) / p + q * (value - b) == c


@RELAXED
@given(SMALL.filter(bool), SMALL, SMALL)
def test_quadratics_have_all_their_roots(a: int, b: int, c: int) -> None:
    answer = solve_and_look(f"Solve: {a}x^2 + ({b})x + ({c}) = 0")
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        assert isinstance(answer, Phrase)
        return
    options = answer.options if isinstance(answer, Alternatives) else (answer,)
    assert len(options) == (1 if discriminant == 0 else 2)
    for option in options:
        assert isinstance(option, Relation)
        root = to_sympy(option.right)
        assert sympy.expand(a * root**2 + b * root + c) == 0


@RELAXED
@given(SMALL, SMALL, SMALL, SMALL, SMALL, SMALL)
def test_systems_are_solved(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    assume((a or b) and (d or e))
    assume((a or d) and (b or e))
    answer = solve_and_look(f"Solve: {a}x + ({b})y = {c}; {d}x + ({e})y = {f}")
    if a * e != b * d:
        assert isinstance(answer, System)
        values = {}
        for each in answer.relations:
            assert isinstance(each, Relation)
            values[to_sympy(each.left)] = to_sympy(each.right)
        x, y = values[X], values[Y]
        assert (a * x + b * y, d * x + e * y) == (c, f)
    else:
        assert isinstance(answer, Phrase)
        has_solutions = a * f == c * d and b * f == c * e
        assert answer.kind == ("infinitely_many" if has_solutions else "no_solution")


def _arithmetic() -> st.SearchStrategy[str]:
    numbers = st.one_of(
        st.integers(0, 20).map(str),
        st.integers(1, 9).map(lambda n: f"(-{n})"),
        st.tuples(st.integers(1, 9), st.integers(2, 9)).map(
            lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"
        ),
    )
    return st.recursive(
        numbers,
        lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "×", "÷"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        max_leaves=5,
    )


@settings(max_examples=60)
@given(_arithmetic())
def test_arithmetic_keeps_the_value_in_every_line(text: str) -> None:
    wanted = exact_value(parse_math(text))
    try:
        solution = solve_problem(parse_problem(f"Calculate: {text}"), language="en")
    except UnsupportedProblemError:
        assert wanted is None or len(text) < 20
        return
    for step in solution.steps:
        assert step.after != step.before or step.rule == "already_simple"
        assert not _is_awkward(step.after, step.before), step.after
        assert exact_value(parse_math(step.after)) == wanted


@RELAXED
@given(st.lists(st.tuples(SMALL, st.integers(0, 3)), min_size=2, max_size=5), SMALL, SMALL)
def test_simplifying_keeps_the_value(terms: list[tuple[int, int]], a: int, b: int) -> None:
    total = " + ".join(f"({c})x^{n}" for c, n in terms)
    text = f"Simplify: {total} - ({a})(x - ({b}))(x + 1)"
    try:
        answer = solve_and_look(text)
    except UnsupportedProblemError:
        return
    wanted = sum(c * X**n for c, n in terms) - a * (X - b) * (X + 1)
    assert sympy.expand(to_sympy(answer) - wanted) == 0


@RELAXED
@given(SMALL.filter(bool), SMALL.filter(bool), SMALL, SMALL.filter(bool), SMALL)
def test_factoring_undoes_multiplying(k: int, a: int, b: int, c: int, d: int) -> None:
    assume(b or d)  # a single term is a product already
    product = sympy.expand(k * (a * X + b) * (c * X + d))
    answer = solve_and_look(f"Factor: {sympy.sstr(product)}".replace("*x", "x"))
    assert sympy.expand(to_sympy(answer) - product) == 0
    _, factors = sympy.factor_list(to_sympy(answer))
    assert sum(power for _, power in factors) == 2


@RELAXED
@given(st.lists(SMALL, min_size=2, max_size=5))
def test_derivatives_and_integrals_of_polynomials(coefficients: list[int]) -> None:
    assume(any(coefficients[1:]))
    polynomial = sum(c * X**n for n, c in enumerate(coefficients))
    text = sympy.sstr(sympy.expand(polynomial)).replace("**", "^").replace("*", "")
    derivative = solve_and_look(f"d/dx({text})")
    assert sympy.expand(to_sympy(derivative) - sympy.diff(polynomial, X)) == 0
    integral = solve_and_look(f"∫ ({text}) dx")
    assert sympy.expand(sympy.diff(to_sympy(integral), X) - polynomial) == 0


@pytest.mark.parametrize("value", [0, 1, 2, 4, 8, 12, 49, 50, 72, 97, 180, 9999])
def test_squares_are_drawn_out_of_roots_completely(value: int) -> None:
    from inference.rules.surd import square_part

    outside, inside = square_part(value)
    assert outside * outside * inside == value
    assert all(inside % (d * d) for d in range(2, math.isqrt(max(inside, 1)) + 1))
