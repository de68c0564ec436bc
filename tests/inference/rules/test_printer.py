"""Both notations are read back to the tree they were written from."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError
from inference.rules import parse_math, to_latex, to_text
from inference.rules.bounds import exact_value
from inference.rules.nodes import (
    Add,
    Call,
    Div,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    Relation,
    Root,
    Symbol,
)

NUMBERS = st.one_of(
    st.integers(0, 99).map(lambda n: Number(str(n))),
    st.decimals(0, 99, places=2, allow_nan=False).map(lambda d: Number(str(d))),
)
TWO_AND_A_THIRD = MixedNumber(Number("2"), Number("1"), Number("3"))
LETTERS = st.sampled_from(["x", "y", "a", "n", "o", "r", "x_1", "alpha"]).map(Symbol)


def _combine(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        inner.map(Neg),
        inner.map(lambda node: Neg(node, is_grouped=True)),
        several.map(Add),
        several.map(Mul),
        several.map(lambda factors: Mul(factors, "×")),
        st.builds(Div, inner, inner),
        st.builds(Div, inner, inner, st.just("÷")),
        st.builds(Pow, inner, st.integers(0, 5).map(lambda n: Number(str(n)))),
        st.builds(Root, inner, st.sampled_from([2, 3])),
        inner.map(lambda node: Call("abs", (node,))),
        inner.map(lambda node: Call("sin", (node,))),
        inner.map(Percent),
        st.just(TWO_AND_A_THIRD),
    )


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, LETTERS), _combine, max_leaves=8)


@given(EXPRESSIONS)
@settings(max_examples=300)
def test_what_was_read_once_is_read_back_the_same(node: Node) -> None:
    """A built tree may differ from a read one in brackets that writing adds or drops; a tree that
    was read must survive both notations unchanged."""
    try:
        read = parse_math(to_latex(node))
    except MathSyntaxError as error:
        assert error.reason in {"ambiguous", "too_deep", "too_long", "number_too_large"}
        return
    assert parse_math(to_latex(read)) == read
    assert parse_math(to_text(read)) == read


@given(st.recursive(NUMBERS, _combine, max_leaves=6))
@settings(max_examples=200)
def test_writing_and_reading_keeps_the_value(node: Node) -> None:
    try:
        read = parse_math(to_latex(node))
        before, after = exact_value(node), exact_value(read)
    except MathSyntaxError:
        return
    assert before == after


@pytest.mark.parametrize(
    ("node", "latex"),
    [
        (Mul((Number("2"), Div(Number("1"), Number("2")))), r"2 \times \frac{1}{2}"),
        (Mul((Symbol("x"), Number("2"))), r"x \cdot 2"),
        (Add((Number("5"), Neg(Number("3"), is_grouped=True))), "5 + (-3)"),
        (Pow(Div(Number("2"), Number("3")), Number("2")), r"\left(\frac{2}{3}\right)^{2}"),
        (Pow(Call("sin", (Symbol("x"),)), Number("2")), r"\sin^{2} x"),
        (Mul((Call("sin", (Symbol("x"),)), Symbol("y"))), r"\sin x \cdot y"),
        (Mul((Call("sin", (Symbol("x"),)), Call("cos", (Symbol("x"),)))), r"\sin x\cos x"),
        (Mul((Call("sin", (Number("2"),)), TWO_AND_A_THIRD)), r"\sin 2 \times 2\frac{1}{3}"),
        (Call("sin", (TWO_AND_A_THIRD,)), r"\sin\left(2\frac{1}{3}\right)"),
        (Symbol("x_1"), "x_{1}"),
        (Relation("<=", Symbol("x"), Number("1")), r"x \le 1"),
    ],
)
def test_latex_is_what_a_book_would_print(node: Node, latex: str) -> None:
    assert to_latex(node) == latex


def test_words_follow_the_language() -> None:
    either = parse_math("x = 2 or x = 3")
    assert to_latex(either, language="zh") == r"x = 2 \;\text{或}\; x = 3"
    assert to_text(parse_math("no real solution"), language="zh") == "无实数解"


def test_exact_values_are_fractions() -> None:
    assert exact_value(parse_math("1 1/2 + 0.25")) == Fraction(7, 4)
    assert exact_value(parse_math("√2")) is None
