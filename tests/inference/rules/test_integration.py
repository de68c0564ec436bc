"""Integrals by substitution and by parts: each line proved, what is wrong never."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_problem
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
    ("text", "rule", "answer"),
    [
        ("∫ 2x(x^2+1)^3 dx", "substitute_inner", r"\frac{(x^{2} + 1)^{4}}{4} + C"),
        ("∫ (2x+1)^5 dx", "substitute_inner", r"\frac{(2x + 1)^{6}}{12} + C"),
        ("∫ 5x^4 (x^5+2)^6 dx", "substitute_inner", r"\frac{(x^{5} + 2)^{7}}{7} + C"),
        ("∫ x e^{x^2} dx", "substitute_inner", r"\frac{e^{x^{2}}}{2} + C"),
        ("∫ x cos(x^2) dx", "substitute_inner", r"\frac{\sin\left(x^{2}\right)}{2} + C"),
        ("∫ x^2 sin(x^3) dx", "substitute_inner", r"-\frac{\cos\left(x^{3}\right)}{3} + C"),
        ("∫ sin(x) cos(x) dx", "substitute_inner", r"\frac{\sin^{2} x}{2} + C"),
        ("∫ (sin x)^2 cos x dx", "substitute_inner", r"\frac{\sin^{3} x}{3} + C"),
        (
            r"∫ \frac{2x}{x^2+1} dx",
            "substitute_inner",
            r"\ln\left(\left|x^{2} + 1\right|\right) + C",
        ),
        (
            r"∫ \frac{1}{2x+1} dx",
            "substitute_inner",
            r"\frac{\ln\left(\left|2x + 1\right|\right)}{2} + C",
        ),
        (
            r"∫ \frac{x^2}{x^3-1} dx",
            "substitute_inner",
            r"\frac{\ln\left(\left|x^{3} - 1\right|\right)}{3} + C",
        ),
        (r"∫ \frac{1}{(x+3)^2} dx", "substitute_inner", r"-\frac{1}{x + 3} + C"),
        (r"∫ \frac{x}{\sqrt{x^2+4}} dx", "substitute_inner", r"\sqrt{x^{2} + 4} + C"),
        (
            r"∫ x\sqrt{x^2+1} dx",
            "substitute_inner",
            r"\frac{(x^{2} + 1)^{\frac{3}{2}}}{3} + C",
        ),
        (r"∫ \frac{\ln x}{x} dx", "substitute_inner", r"\frac{\ln^{2} x}{2} + C"),
        (r"∫ t e^{t^2} dt", "substitute_inner", r"\frac{e^{t^{2}}}{2} + C"),
        ("∫ x e^x dx", "by_parts", "xe^{x} - e^{x} + C"),
        ("∫ x^2 e^x dx", "by_parts", "x^{2}e^{x} - 2xe^{x} + 2e^{x} + C"),
        ("∫ x e^{2x} dx", "by_parts", r"\frac{xe^{2x}}{2} - \frac{e^{2x}}{4} + C"),
        ("∫ x e^{-x} dx", "by_parts", "-xe^{-x} - e^{-x} + C"),
        ("∫ x sin x dx", "by_parts", r"-x\cos x + \sin x + C"),
        (
            "∫ x cos(2x) dx",
            "by_parts",
            r"\frac{x\sin\left(2x\right)}{2} + \frac{\cos\left(2x\right)}{4} + C",
        ),
        (r"∫ x^2 \sin x dx", "by_parts", r"-x^{2}\cos x + 2x\sin x + 2\cos x + C"),
        ("∫ (2x+1) e^x dx", "by_parts", "(2x + 1)e^{x} - 2e^{x} + C"),
        (r"∫ \ln x dx", "by_parts", r"x\ln x - x + C"),
        (r"∫ x \ln x dx", "by_parts", r"\frac{1}{2}x^{2}\ln x - \frac{1}{4}x^{2} + C"),
        (r"不定积分：∫ x cos x dx", "by_parts", r"x\sin x + \cos x + C"),
    ],
)
def test_the_method_is_found_and_every_line_is_right(text: str, rule: str, answer: str) -> None:
    solution = solve_verified(text)
    assert solution.answer_latex == answer
    assert rule in {step.rule for step in solution.steps}


GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        "∫ x e^x dx",
        "en",
        [
            (
                "Integrate by parts: the integral of $u v'$ is $u v$ minus the integral of "
                "$u' v$. Take $x$ for $u$ and $e^{x}$ for $v'$; then $u'$ is 1 and $v$ is "
                "$e^{x}$.",
                r"xe^{x} - \int e^{x} \, dx",
            ),
            ("Integrate what is left, and add the constant $C$.", "xe^{x} - e^{x} + C"),
        ],
    ),
    (
        "∫ x e^x dx",
        "zh",
        [
            (
                "分部积分：$u v'$ 的积分等于 $u v$ 减去 $u' v$ 的积分。取 $u$ 为 $x$，$v'$ 为 "
                "$e^{x}$，则 $u'$ 为 1，$v$ 为 $e^{x}$。",
                r"xe^{x} - \int e^{x} \, dx",
            ),
            ("求出剩下的积分，加上常数 $C$。", "xe^{x} - e^{x} + C"),
        ],
    ),
    (
        "∫ x e^{x^2} dx",
        "en",
        [
            (
                "Substitute $u$ for $x^{2}$: its derivative, $2x$, stands beside it.",
                r"\int \frac{1}{2} \cdot e^{x^{2}} \cdot 2x \, dx",
            ),
            (
                "Integrate with respect to $u$, and put back what $u$ stands for. Add the "
                "constant $C$.",
                r"\frac{1}{2} \cdot e^{x^{2}} + C",
            ),
            ("Multiply the numbers in each term.", r"\frac{e^{x^{2}}}{2} + C"),
        ],
    ),
    (
        "∫ 2x(x^2+1)^3 dx",
        "zh",
        [
            (
                "换元：用 $u$ 代替 $x^{2} + 1$，它的导数 $2x$ 就在旁边。",
                r"\int (x^{2} + 1)^{3} \cdot 2x \, dx",
            ),
            (
                "对 $u$ 积分，再把 $u$ 换回原来的式子，加上常数 $C$。",
                r"\frac{(x^{2} + 1)^{4}}{4} + C",
            ),
        ],
    ),
    (
        r"∫ \ln x dx",
        "en",
        [
            (
                "Integrate by parts: the integral of $u v'$ is $u v$ minus the integral of "
                r"$u' v$. Take $\ln x$ for $u$ and 1 for $v'$; then $u'$ is $\frac{1}{x}$ and "
                "$v$ is $x$.",
                r"x\ln x - \int 1 \, dx",
            ),
            ("Integrate what is left, and add the constant $C$.", r"x\ln x - x + C"),
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
    ["∫ e^{x^2} dx", r"∫ e^x \sin x dx", r"∫ x \tan x dx", "∫ a x e^{x} dx", "∫ x sin x sin x dx"],
)
def test_what_no_method_reaches_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_problem(parse_problem(text), language="en")


@settings(max_examples=6)
@given(
    st.integers(-5, 5).filter(bool),
    st.integers(-5, 5),
    st.integers(3, 5),
    st.sampled_from(["power", "sin", "exp", "log"]),
    st.integers(0, 10**6),
)
def test_only_right_lines_are_verified(a: int, b: int, n: int, kind: str, seed: int) -> None:
    text = {
        "power": f"∫ ({a}x + ({b}))^{n} dx",
        "sin": f"∫ ({a}x + ({b})) sin x dx",
        "exp": f"∫ ({a}x + ({b})) e^{{{n}x}} dx",
        "log": rf"∫ {abs(a)}x^{n} \ln x dx",
    }[kind]
    solution = solve_verified(text)
    assert verdict_on_answer(text, solution.answer_latex.removesuffix(" + C")) != "verified"
    # A changed digit or sign changes the function, save in what C takes up: there is none here.
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, seed + place)
        if wrong is None or "\\int" in wrong:
            continue
        if wrong.endswith("- C"):
            continue  # minus a constant is a constant, too
        assert verdict_on_step(text, [], wrong) != "verified", wrong
