"""What the parser takes, how it reads it, and what it refuses."""

from __future__ import annotations

import sys
import time

import pytest

from inference.errors import MathSyntaxError
from inference.rules import parse_math, to_text
from inference.rules.nodes import (
    Add,
    Alternatives,
    Call,
    Chain,
    Derivative,
    Div,
    Evaluated,
    FunctionValue,
    Integral,
    MixedNumber,
    Mul,
    Neg,
    Number,
    Percent,
    Phrase,
    PlusMinus,
    Pow,
    Relation,
    Root,
    Symbol,
    System,
)

X, Y = Symbol("x"), Symbol("y")


def number(text: str) -> Number:
    return Number(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("3x^2-5x=2", "3x^2 - 5x = 2"),
        ("3 x ^ 2 + 4", "3x^2 + 4"),
        ("x**2", "x^2"),
        ("x²-5x+6=0", "x^2 - 5x + 6 = 0"),
        ("x⁻¹", "x^-1"),
        ("2(x+1)(x-3)", "2(x + 1)(x - 3)"),
        ("2·3", "2 × 3"),
        ("3 x 4 + 2", "3 × 4 + 2"),
        ("６÷２", "6 ÷ 2"),
        ("4−1", "4 - 1"),
        ("½ + ¼", "1/2 + 1/4"),
        ("2½", "2 1/2"),
        ("1 1/2 + 2 2/3", "1 1/2 + 2 2/3"),
        ("√(2x+1)=5", "sqrt(2x + 1) = 5"),
        ("2√3 + √12", "2sqrt(3) + sqrt(12)"),
        ("∛27", "root(3, 27)"),
        ("25% of 80", "25% × 80"),
        ("80的25%", "80 × 25%"),
        ("1,234 + 5", "1234 + 5"),
        (".5x", "0.5x"),
        ("x ≤ 3", "x <= 3"),
        ("x≠1", "x != 1"),
        ("{[(2+3)×4]-5}÷3", "((2 + 3) × 4 - 5) ÷ 3"),
        ("2sinxcosx", "2sin(x)cos(x)"),
        ("sin^2 x", "sin(x)^2"),
        ("log_2 8", "log_2(8)"),
        ("||x|-1|", "abs(abs(x) - 1)"),
        ("|x|-|y|", "abs(x) - abs(y)"),
        ("5!=", None),
        ("5!=120", "5! = 120"),
        ("𝑥 + 1", "x + 1"),
        ("х + 1", "x + 1"),
        ("x + y = 3\nx - y = 1", "x + y = 3; x - y = 1"),
        ("3x + 5\n= 20", "3x + 5 = 20"),
        ("x\u200b+ 1", "x + 1"),
    ],
)
def test_it_reads_plain_and_unicode_notation(text: str, plain: str | None) -> None:
    if plain is None:
        with pytest.raises(MathSyntaxError):
            parse_math(text)
    else:
        assert to_text(parse_math(text)) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"$x^{2}$", "x^2"),
        (r"\(x+1\)", "x + 1"),
        (r"\[ x+1 \]", "x + 1"),
        (r"\dfrac{1}{2} + \tfrac{3}{4}", "1/2 + 3/4"),
        (r"\frac12", "1/2"),
        (r"1\frac{1}{2}", "1 1/2"),
        (r"\sqrt[3]{8}", "root(3, 8)"),
        (r"\sqrt2 x", "sqrt(2)x"),
        (r"\left( x+1 \right) \cdot 2", "(x + 1) × 2"),
        (r"3 \times 4 \div 2", "3 × 4 ÷ 2"),
        (r"25\% \times 80", "25% × 80"),
        (r"\begin{cases} x+y=3 \\ x-y=1 \end{cases}", "x + y = 3; x - y = 1"),
        (r"\left\{\begin{array}{l} x+y=3 \\ x-y=1 \end{array}\right.", "x + y = 3; x - y = 1"),
        (r"\begin{aligned} x &= 3 \\ y &= 1 \end{aligned}", "x = 3, y = 1"),
        (r"\int_0^1 x^2 \, dx", "∫_0^1 x^2 dx"),
        (r"\int \frac{dx}{x}", "∫ 1/x dx"),
        (r"\int x \,\mathrm{d}x", "∫ x dx"),
        (r"\frac{d}{dx}\left(x^3\right)", "d/dx(x^3)"),
        (r"\frac{\mathrm{d}}{\mathrm{d}x} x^3", "d/dx(x^3)"),
        (r"\frac{dy}{dx} = 2x", "y' = 2x"),
        (r"\log_{2}(8)", "log_2(8)"),
        (r"\pi r^2", "pi r^2"),
        (r"\left|x\left|y\right|\right|", "abs(x abs(y))"),
        (r"\lvert x - 1 \rvert", "abs(x - 1)"),
    ],
)
def test_it_reads_latex(text: str, plain: str) -> None:
    assert to_text(parse_math(text)) == plain


def test_the_tree_keeps_the_written_form() -> None:
    assert parse_math("3 ÷ 4") == Div(number("3"), number("4"), "÷")
    assert parse_math(r"\frac{3}{4}") == Div(number("3"), number("4"))
    assert parse_math("2(x+1)") == Mul((number("2"), Add((X, number("1")))))
    assert parse_math("2×x") == Mul((number("2"), X), "×")
    assert parse_math("5-3") == Add((number("5"), Neg(number("3"))))
    assert parse_math("5+(-3)") == Add((number("5"), Neg(number("3"), is_grouped=True)))
    assert parse_math("1.50") == number("1.50")
    assert parse_math("3 1/2") == MixedNumber(number("3"), number("1"), number("2"))


def test_signs_and_powers_bind_as_in_school() -> None:
    assert parse_math("-3^2") == Neg(Pow(number("3"), number("2")))
    assert parse_math("(-3)^2") == Pow(Neg(number("3"), is_grouped=True), number("2"))
    assert parse_math("12÷4×3") == Mul((Div(number("12"), number("4"), "÷"), number("3")), "×")


def test_a_slash_between_numbers_is_a_fraction_beside_a_division_sign() -> None:
    half = Div(number("1"), number("2"))
    assert parse_math("3/4 ÷ 1/2") == Div(Div(number("3"), number("4")), half, "÷")


def test_brackets_around_a_divisor_settle_what_it_includes() -> None:
    text = "6 ÷ (2(1 + 2))"
    assert to_text(parse_math(text)) == text
    assert to_text(parse_math("6 ÷ (2 × 3)")) == "6 ÷ (2 × 3)"
    assert to_text(parse_math("6 ÷ (x/2)")) == "6 ÷ (x/2)"


def test_answers_have_forms_of_their_own() -> None:
    two, three = Relation("=", X, number("2")), Relation("=", X, number("3"))
    either = Alternatives((two, three))
    assert parse_math(r"x = 2 \;\text{or}\; x = 3") == either
    assert parse_math(r"x = 2 \;\text{或}\; x = 3") == either
    assert parse_math("x = 2, x = 3") == either
    assert parse_math("x_1 = 2, x_2 = 3") == either
    assert parse_math(r"x = 1,\; y = 2") == System(
        (Relation("=", X, number("1")), Relation("=", Y, number("2")))
    )
    assert parse_math(r"x = 5 \pm \sqrt{2}") == Relation(
        "=", X, PlusMinus(number("5"), Root(number("2")))
    )
    assert parse_math("1 < x <= 3") == Chain((number("1"), X, number("3")), ("<", "<="))


def test_two_formulas_for_one_letter_are_a_system_not_a_choice() -> None:
    assert isinstance(parse_math("y = x + 1, y = 3x - 5"), System)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no solution", "no_solution"),
        (r"\text{no real solution}", "no_real_solution"),
        ("无实数根。", "no_real_solution"),
        ("无解", "no_solution"),
        ("all real numbers", "all_reals"),
        ("infinitely many solutions", "infinitely_many"),
    ],
)
def test_answers_in_words_are_known(text: str, kind: str) -> None:
    node = parse_math(text)
    assert isinstance(node, Phrase)
    assert node.kind == kind


def test_calculus_is_read() -> None:
    assert parse_math("d/dx(x^2)") == Derivative(Pow(X, number("2")), X)
    assert parse_math("(x^2)'") == Derivative(Pow(X, number("2")), X)
    assert parse_math("f'(x)") == FunctionValue("f", X, 1)
    assert parse_math("∫₀¹ x dx") == Integral(X, X, number("0"), number("1"))
    assert parse_math("integrate(x, x, 0, 1)") == Integral(X, X, number("0"), number("1"))
    assert parse_math("∫ x dx + 1") == Add((Integral(X, X), number("1")))
    assert parse_math(r"\left[x\right]_0^1") == Evaluated(X, number("0"), number("1"))


def test_postfix_signs() -> None:
    assert parse_math("25%") == Percent(number("25"))
    assert parse_math("sin 2x") == Call("sin", (Mul((number("2"), X)),))


@pytest.mark.parametrize(
    "text",
    [
        "1/2x",
        "x/2y",
        "6÷2(1+2)",
        "8 ÷ x/2",
        "√2x+1=5",
        "√x^2",
        "x^2^3",
        "2^-3^2",
        "sin x/2",
        "d/dx x^2 + 3x",
        "3 5/2",
        "5!!",
    ],
)
def test_it_refuses_what_can_be_read_in_two_ways(text: str) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_math(text)
    assert caught.value.reason == "ambiguous"


@pytest.mark.parametrize(
    ("text", "reason", "position"),
    [
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("3 + ", "unexpected", 4),
        ("(3 + 4", "unbalanced", 0),
        ("3 + 4)", "unbalanced", 5),
        ("(3 + 4]", "unbalanced", 6),
        ("|x + 1", "unbalanced", 0),
        ("3 4", "unexpected", 2),
        ("x 2", "unexpected", 2),
        ("3 ** ** 2", "unexpected", 5),
        ("Tom has 3 apples", "unknown_symbol", 4),
        ("hello", "unknown_symbol", 0),
        ("3 § 4", "unknown_symbol", 2),
        (r"\input{x}", "unknown_symbol", 0),
        (r"\begin{verbatim}", "unknown_symbol", 0),
        (r"\text{apples}", "unknown_symbol", 0),
        (r"\frac{1}", "unexpected", 8),
        ("1 < 2, 3", "unexpected", 0),
        ("∫ x", "unexpected", 0),
        ("x = = 3", "unexpected", 4),
    ],
)
def test_errors_say_where_and_why(text: str, reason: str, position: int) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_math(text)
    assert (caught.value.reason, caught.value.position) == (reason, position)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1+" * 250 + "1", "too_long"),
        ("(" * 60 + "1" + ")" * 60, "too_deep"),
        ("-" * 60 + "1", "too_deep"),
        (r"\sqrt{" * 60 + "1" + "}" * 60, "too_deep"),
        ("÷".join("1" * 60), "too_deep"),
        ("|" * 100 + "x" + "|" * 100, "too_deep"),
        ("'" * 100, "unexpected"),
        ("9" * 31, "number_too_large"),
        ("x^101", "number_too_large"),
        ("2^{-101}", "number_too_large"),
        ("2^(50+51)", "number_too_large"),
        ("9^{9^{9^{9}}}", "number_too_large"),
        ("((9^99)^99)^99", "number_too_large"),
        ("201!", "number_too_large"),
        ("100000000!", "number_too_large"),
        ("(5!)!", None),
        ("(6!)!", "number_too_large"),
        ("(200!)^100", "number_too_large"),
        (r"\sqrt[101]{2}", "unexpected"),
    ],
)
def test_bounds_hold(text: str, reason: str | None) -> None:
    if reason is None:
        parse_math(text)
        return
    with pytest.raises(MathSyntaxError) as caught:
        parse_math(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "().__class__.__bases__[0]",
        "__import__('os').system('ls')",
        "lambda: 0",
        "exec(1)",
        "x; import os",
        "x if x else y",
        "{x: 1}",
        "x[0]",
        "f'{x}'",
        "\\x41",
        "\x00",
        "x\u202ey",
        "１２３٣",
        "＜script＞",
        "' OR 1=1 --",
        "{{7*7}}",
        "${7*7}",
        "%s%s%n",
    ],
)
def test_hostile_text_is_refused_or_harmless(text: str) -> None:
    try:
        node = parse_math(text)
    except MathSyntaxError:
        return
    assert set(to_text(node)) <= set("0123456789x×*()[] .=+-%y")


@pytest.mark.parametrize("piece", ["(", "|", "\\frac", "\\frac{", "√", "{", "x^", "-", "∫", "sin "])
def test_repetition_costs_no_more_than_a_moment(piece: str) -> None:
    text = (piece * 500)[:500]
    limit = sys.getrecursionlimit()
    started = time.process_time()
    with pytest.raises(MathSyntaxError):
        parse_math(text)
    assert time.process_time() - started < 5
    assert sys.getrecursionlimit() == limit
