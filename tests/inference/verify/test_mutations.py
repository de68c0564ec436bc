"""The law above all others: what is wrong is never called verified.

Problems are made from solutions, so that the truth is known without any algebra. Right texts are
then spoiled by a sign, a digit, a lost root, another letter or another operator.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inference.verify.tasks import check_answer, check_step

SETTINGS = settings(
    max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
INTEGERS = st.integers(-12, 12)
NONZERO = INTEGERS.filter(bool)
LETTERS = st.sampled_from("xytn")


def verdict(check: Any) -> str:
    return str(check["verdict"])


def write(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return f"{sign}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def term(coefficient: int, letter: str) -> str:
    return {1: letter, -1: f"-{letter}"}.get(coefficient, f"{coefficient}{letter}")


def signed(value: int) -> str:
    return f"+ {value}" if value >= 0 else f"- {-value}"


def quadratic(a: int, first: int, second: int, letter: str) -> str:
    """a(x - first)(x - second) = 0, multiplied out."""
    middle, last = -a * (first + second), a * first * second
    return f"{term(a, letter + '^2')} {signed(middle)}{letter} {signed(last)} = 0"


@SETTINGS
@given(
    a=NONZERO,
    b=INTEGERS,
    c=INTEGERS,
    letter=LETTERS,
    other=st.fractions(-1000, 1000, max_denominator=9),
)
def test_only_the_solution_of_a_linear_equation_is_verified(
    a: int, b: int, c: int, letter: str, other: Fraction
) -> None:
    problem = f"Solve: {term(a, letter)} {signed(b)} = {c}"
    solution = Fraction(c - b, a)
    assert verdict(check_answer(problem, f"{letter} = {write(solution)}")) == "verified"
    assume(other != solution)
    assert verdict(check_answer(problem, f"{letter} = {write(other)}")) == "failed"
    both = f"{letter} = {write(solution)} \\text{{ or }} {letter} = {write(other)}"
    assert verdict(check_answer(problem, both)) == "failed"
    strange = "z" if letter != "z" else "w"
    assert verdict(check_answer(problem, f"{strange} = {write(solution)}")) != "verified"
    for operator in ("<", ">", "\\le", "\\ge", "\\ne"):
        assert verdict(check_answer(problem, f"{letter} {operator} {write(solution)}")) == "failed"


@SETTINGS
@given(a=NONZERO, b=INTEGERS, c=INTEGERS, change=NONZERO)
def test_only_right_steps_of_a_linear_equation_are_verified(
    a: int, b: int, c: int, change: int
) -> None:
    problem = f"{term(a, 'x')} {signed(b)} = {c}"
    assert verdict(check_step(problem, [], [f"{term(a, 'x')} = {c - b}"])) == "verified"
    wrong = f"{term(a, 'x')} = {c - b + change}"
    assert verdict(check_step(problem, [], [wrong])) == "failed"
    assert verdict(check_step(problem, [], [f"{term(a, 'x')} = {c - b}", wrong])) == "failed"
    computed = f"{term(a, 'x')} = {c} {signed(-b)} = {c - b + change}"
    assert verdict(check_step(problem, [], [computed])) == "failed"


@SETTINGS
@given(a=NONZERO, first=INTEGERS, second=INTEGERS, change=NONZERO, letter=LETTERS)
def test_only_all_roots_of_a_quadratic_are_verified(
    a: int, first: int, second: int, change: int, letter: str
) -> None:
    problem = quadratic(a, first, second, letter)

    def answer(*roots: int) -> str:
        return " \\;\\text{or}\\; ".join(f"{letter} = {root}" for root in roots)

    assert verdict(check_answer(problem, answer(first, second))) == "verified"
    assert verdict(check_answer(problem, answer(second, first))) == "verified"
    if first != second:
        assert verdict(check_answer(problem, answer(first))) == "failed"
    if {first, second} != {first, second + change}:
        assert verdict(check_answer(problem, answer(first, second + change))) == "failed"
    if {first, second} != {-first, -second}:
        assert verdict(check_answer(problem, answer(-first, -second))) == "failed"
    assert verdict(check_answer(problem, "\\text{no real solution}")) == "failed"


@SETTINGS
@given(
    matrix=st.tuples(INTEGERS, INTEGERS, INTEGERS, INTEGERS),
    x=INTEGERS,
    y=INTEGERS,
    change=st.tuples(INTEGERS, INTEGERS),
)
def test_only_the_solution_of_a_linear_system_is_verified(
    matrix: tuple[int, int, int, int], x: int, y: int, change: tuple[int, int]
) -> None:
    a, b, c, d = matrix
    assume(a and b and c and d and a * d != b * c)
    problem = (
        f"{term(a, 'x')} {signed(b)}y = {a * x + b * y}, "
        f"{term(c, 'x')} {signed(d)}y = {c * x + d * y}"
    )
    assert verdict(check_answer(problem, f"x = {x}, y = {y}")) == "verified"
    assume(any(change))
    wrong = f"x = {x + change[0]}, y = {y + change[1]}"
    assert verdict(check_answer(problem, wrong)) == "failed"
    for relation in wrong.split(", "):
        right = relation in (f"x = {x}", f"y = {y}")
        expected = "verified" if right else "failed"
        assert verdict(check_step(problem, [], [relation])) == expected
    assert verdict(check_answer(problem, f"x = {x}")) != "verified"


@SETTINGS
@given(numbers=st.lists(st.integers(1, 30), min_size=2, max_size=5), data=st.data())
def test_only_the_value_of_a_sum_is_verified(numbers: list[int], data: st.DataObject) -> None:
    signs = data.draw(
        st.lists(
            st.sampled_from(["+", "-", "\\times"]),
            min_size=len(numbers) - 1,
            max_size=len(numbers) - 1,
        )
    )
    text = str(numbers[0])
    for sign, number in zip(signs, numbers[1:], strict=True):
        text += f" {sign} {number}"
    value = eval(text.replace("\\times", "*"))
    problem = f"Calculate: {text}"
    assert verdict(check_answer(problem, str(value))) == "verified"
    assert verdict(check_answer(problem, f"{text} = {value}")) == "verified"
    wrong = value + data.draw(NONZERO)
    assert verdict(check_answer(problem, str(wrong))) == "failed"
    assert verdict(check_answer(problem, f"{text} = {value} = {wrong}")) == "failed"
    assert verdict(check_step(problem, [], [f"{value} = {wrong}"])) == "failed"


@SETTINGS
@given(
    coefficients=st.lists(INTEGERS, min_size=2, max_size=4).filter(lambda c: sum(map(bool, c)) > 1),
    place=st.integers(0, 3),
    change=NONZERO,
)
def test_only_right_derivatives_and_integrals_are_verified(
    coefficients: list[int], place: int, change: int
) -> None:
    def polynomial(values: list[Fraction]) -> str:
        terms = []
        for exponent, value in enumerate(values):
            size = "" if abs(value) == 1 and exponent else write(abs(value))
            power = f"x^{{{exponent}}}" if exponent > 1 else "x" * exponent
            if value:
                terms.append(f"{'-' if value < 0 else '+'} {size}{power}")
        return " ".join(terms).removeprefix("+ ") or "0"

    plain = [Fraction(c) for c in coefficients]
    derivative = [k * c for k, c in enumerate(plain)][1:]
    integral = [Fraction(0), *(c / (k + 1) for k, c in enumerate(plain))]
    place %= len(derivative)
    wrong = list(derivative)
    wrong[place] += change
    text = polynomial(plain)
    assert verdict(check_answer(f"Differentiate: {text}", polynomial(wrong))) != "verified"
    assert verdict(check_answer(f"Differentiate: {text}", polynomial(derivative))) == "verified"
    wrong = list(integral)
    wrong[place + 1] += change
    problem = f"\\int ({text}) dx"
    assert verdict(check_answer(problem, polynomial(wrong) + " + C")) != "verified"
    assert verdict(check_answer(problem, polynomial(integral))) != "verified"
    assert verdict(check_answer(problem, polynomial(integral) + " + C")) == "verified"


RIGHT: list[tuple[str, str, set[Fraction]]] = [
    ("3x + 5 = 20", "x = \\frac{15}{3} = 5", {Fraction(5)}),
    ("x^2 - 5x + 6 = 0", "x = 2 \\text{ or } x = 3", {Fraction(2), Fraction(3)}),
    ("2x^2 - 9x - 5 = 0", "x = 5 or x = -\\frac{1}{2}", {Fraction(5), Fraction(-1, 2)}),
    ("x^2 = 4", "x = \\pm 2", {Fraction(2), Fraction(-2)}),
    ("Calculate: 12 + 30 / 4", "\\frac{39}{2}", {Fraction(39, 2)}),
]
_VALUE = re.compile(r"(-?)\s*(?:\\frac\{(\d+)\}\{(\d+)\}|(\d+(?:\.\d+)?)(?:/(\d+))?)")


def values_in(answer: str) -> set[Fraction]:
    """The numbers that an answer in the notation of `RIGHT` gives, read independently."""
    values = set()
    answer = re.sub(r"\\text\s*\{[\s.,]*or[\s.,]*\}", "or", answer)
    answer = re.sub(r"\\frac\s*(\d)", r"\\frac{\1}", answer)
    answer = re.sub(r"\\frac\{(\d+)\}\s*(\d)", r"\\frac{\1}{\2}", answer)
    for piece in re.split(r"or|,", answer.replace("+", "")):
        body = piece.rpartition("=")[2].replace("\\pm", "").strip(" x.;:~$")
        match = _VALUE.fullmatch(body)
        if match is None:
            body = piece.partition("=")[0].strip()
            match = _VALUE.fullmatch(body)
        assert match, answer
        sign, above, below, plain, divisor = match.groups()
        value = Fraction(above or plain) / Fraction(below or divisor or 1)
        values.add(-value if sign else value)
        if "\\pm" in piece:
            values.add(-value)
    return values


@settings(max_examples=150, derandomize=True)
@given(
    case=st.sampled_from(RIGHT),
    edits=st.lists(
        st.tuples(
            st.sampled_from(["replace", "delete", "insert", "swap"]),
            st.integers(0, 60),
            st.sampled_from("0123456789-+=x./,"),
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_an_answer_with_a_slip_of_the_pen_is_verified_only_if_it_still_says_the_same(
    case: tuple[str, str, set[Fraction]], edits: list[tuple[str, int, str]]
) -> None:
    problem, answer, solutions = case
    for kind, place, character in edits:
        place %= len(answer)
        if kind == "replace":
            answer = answer[:place] + character + answer[place + 1 :]
        elif kind == "delete":
            answer = answer[:place] + answer[place + 1 :]
        elif kind == "insert":
            answer = answer[:place] + character + answer[place:]
        else:
            answer = answer[:place] + answer[place : place + 2][::-1] + answer[place + 2 :]
    if verdict(check_answer(problem, answer)) == "verified":
        assert values_in(answer) == solutions, answer
