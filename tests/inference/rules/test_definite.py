"""Definite integrals and areas: answers by hand and by sums of thin strips, each line proved."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.bounds import exact_value
from inference.rules.parser import parse_line
from inference.rules.solver import solve_problem
from inference.types import Language
from tests.inference.rules.whole_solutions import (
    solve_verified,
    spoiled,
    verdict_on_answer,
    verdict_on_step,
    written,
)


@pytest.mark.parametrize(
    ("text", "answer", "value"),
    [
        (r"\int_0^2 (x^2+1) dx", r"\frac{14}{3}", 14 / 3),
        (r"\int_0^{\pi} \sin x dx", "2", 2),
        (r"\int_0^{\pi} \cos x dx", "0", 0),
        (r"\int_0^{\frac{\pi}{2}} \cos x dx", "1", 1),
        (r"\int_0^{\frac{\pi}{6}} \cos x dx", r"\frac{1}{2}", 0.5),
        (r"\int_0^1 e^x dx", "e - 1", math.e - 1),
        (
            r"\int_0^2 e^{2x} dx",
            r"\frac{1}{2}e^{4} - \frac{1}{2}",
            (math.e**4 - 1) / 2,
        ),
        (r"\int_1^3 \frac{1}{x} dx", r"\ln 3", math.log(3)),
        (r"\int_2^4 \frac{1}{x} dx", r"\ln 2", math.log(2)),
        (r"\int_1^e \frac{1}{x} dx", "1", 1),
        (r"\int_{-2}^{-1} \frac{1}{x} dx", r"-\ln 2", -math.log(2)),
        (r"\int_1^3 \frac{5}{x^2} dx", r"\frac{10}{3}", 10 / 3),
        (r"\int_0^1 (x + e^x) dx", r"e - \frac{1}{2}", math.e - 0.5),
        (r"\int_0^1 x e^x dx", "1", 1),
        (r"\int_0^1 2x(x^2+1)^3 dx", r"\frac{15}{4}", 15 / 4),
        (r"\int_0^{\pi} x \sin x dx", r"\pi", math.pi),
        (r"\int_1^2 \ln x dx", r"2\ln 2 - 1", 2 * math.log(2) - 1),
        (r"\int_0^{\pi} \sin(2x) dx", "0", 0),
        ("area between y = x^2 and y = x", r"\frac{1}{6}", 1 / 6),
        ("Find the area enclosed by y = x^2 and y = 2x", r"\frac{4}{3}", 4 / 3),
        ("area between y = x^2 - 4 and y = 0", r"\frac{32}{3}", 32 / 3),
        ("area between y = x^3 and y = x", r"\frac{1}{2}", 0.5),
        ("area between y = x^2 and y = x from x = 0 to x = 2", "1", 1),
        ("求曲线y=x^2和直线y=x+2围成的面积", r"\frac{9}{2}", 4.5),
        ("area between y = 4 - x^2 and the line y = 3", r"\frac{4}{3}", 4 / 3),
        ("area between y = x and y = 2x from 0 to 3", r"\frac{9}{2}", 4.5),
    ],
)
def test_definite_integrals_and_areas(text: str, answer: str, value: float) -> None:
    assert solve_verified(text).answer_latex == answer
    # The expected value was worked out by hand; a float far from it would say that it is not.
    assert verdict_on_answer(text, answer) == "verified"
    assert verdict_on_answer(text, f"{value + 1:.6f}") != "verified"


GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        r"\int_0^{\pi} \sin x dx",
        "en",
        [
            ("Find an antiderivative.", r"\left[-\cos x\right]_{0}^{\pi}"),
            (
                "Put in the upper bound and subtract what the lower bound gives.",
                r"-\cos \pi - (-\cos 0)",
            ),
            (
                r"Put in the values that are known, such as 0 for $\sin \pi$, 1 for $e^0$ and 0 "
                r"for $\ln 1$.",
                "-(-1) - (-1)",
            ),
            (
                "Adding a negative number is subtracting; subtracting a negative number is adding.",
                "1 + 1",
            ),
            ("Add.", "2"),
        ],
    ),
    (
        r"\int_0^1 x e^x dx",
        "zh",
        [
            (
                "分部积分：$u v'$ 的积分等于 $u v$ 减去 $u' v$ 的积分。取 $u$ 为 $x$，$v'$ 为 "
                "$e^{x}$，则 $u'$ 为 1，$v$ 为 $e^{x}$。",
                r"\left[xe^{x}\right]_{0}^{1} - \int_{0}^{1} e^{x} \, dx",
            ),
            ("求出剩下的积分。", r"\left[xe^{x} - e^{x}\right]_{0}^{1}"),
            (
                "代入上限，减去代入下限的值。",
                r"(1 \times e^{1} - e^{1}) - (0 \times e^{0} - e^{0})",
            ),
            (
                r"代入已知的值，例如 $\sin \pi$ 是 0，$e^0$ 是 1，$\ln 1$ 是 0。",
                r"(1 \times e - e) - (0 \times 1 - 1)",
            ),
            ("系数相乘，同底数幂相乘。", "e - e + 1"),
            ("合并同类项。", "1"),
        ],
    ),
    (
        "area between y = x and y = 2x from 0 to 3",
        "en",
        [
            ("The curves meet where they have the same height.", "x = 2x"),
            ("Subtract $2x$ from both sides.", "-x = 0"),
            ("Multiply both sides by -1.", "x = 0"),
            (
                "The area is the integral of the upper curve minus the lower one, from 0 to 3.",
                r"\int_{0}^{3} x \, dx",
            ),
            ("Find an antiderivative.", r"\left[\frac{x^{2}}{2}\right]_{0}^{3}"),
            ("Put in the upper bound; the lower bound gives 0.", r"\frac{3^{2}}{2}"),
            ("Work out the powers first: $3^{2}$ is 9.", r"\frac{9}{2}"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("text", "language", "steps"),
    GOLDEN,
    ids=[f"{language}-{i}" for i, (_, language, _) in enumerate(GOLDEN)],
)
def test_the_steps_read_like_a_teachers(
    text: str, language: Language, steps: list[tuple[str, str]]
) -> None:
    assert written(text, language) == steps


@pytest.mark.parametrize(
    "text",
    [
        r"\int_{-1}^1 \frac{1}{x} dx",
        r"\int_0^1 \frac{1}{x^2} dx",
        r"\int_0^1 \ln x dx",
        r"\int_{-2}^{2} \frac{2x}{x^2-1} dx",
        "area between y = x^2 and y = x - 5",
        "area between y = x^2 and y = x^2",
        r"area between y = \sin x and y = x",
    ],
)
def test_what_has_no_value_is_refused(text: str) -> None:
    with pytest.raises((UnsupportedProblemError, MathSyntaxError)):
        solve_problem(parse_problem(text), language="en")


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        (r"\int_1^3 \frac{1}{x} dx", r"\ln 3 - \ln 1", "not_checkable"),
        (r"\int_1^4 \frac{1}{x} dx", r"\ln 4", "not_checkable"),
        (r"\int_1^4 \frac{1}{x} dx", r"2\ln 2", "verified"),
        (r"\int_1^3 \frac{1}{x} dx", r"\ln 2", "failed"),
        (r"\int_0^1 e^x dx", "e", "failed"),
        (r"\int_{-1}^1 \frac{1}{x} dx", "0", "not_checkable"),
        ("area between y = x^2 and y = x", r"-\frac{1}{6}", "failed"),
        ("area between y = x^3 and y = x", "0", "failed"),
        ("area between y = x^2 and y = x", r"x = 0 \text{ or } x = 1", "not_checkable"),
    ],
)
def test_answers_of_others_are_judged(text: str, answer: str, verdict: str) -> None:
    assert verdict_on_answer(text, answer) == verdict


@settings(max_examples=5)
@given(st.integers(-4, 4), st.integers(-4, 4), st.integers(1, 3), st.integers(0, 10**6))
def test_an_area_is_that_of_the_strips(p: int, q: int, k: int, seed: int) -> None:
    """Between k(x - p)(x - q) and the axis: k |p - q|^3 / 6."""
    assume(p != q)
    text = f"area between y = {k}x^2 + ({-k * (p + q)})x + ({k * p * q}) and y = 0"
    solution = solve_verified(text)
    wanted = Fraction(k * abs(p - q) ** 3, 6)
    assert exact_value(parse_line(solution.answer_latex)) == wanted
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, seed + place)
        if wrong is None or "x" in wrong or verdict_on_step(text, [], wrong) != "verified":
            continue
        assert exact_value(parse_line(wrong)) == wanted, wrong
