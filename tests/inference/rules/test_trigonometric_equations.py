"""Equations between sines, cosines and tangents; the answers are worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math
from inference.rules.convert import to_sympy
from inference.rules.nodes import Alternatives, Phrase, Relation
from inference.verify.tasks import check_step
from tests.inference.rules.laws import is_verified_answer, proved, slips, solved

OR = r" \;\text{or}\; "
K = r",\; k \in \mathbb{Z}"
NONE = r"\text{no real solution}"
RELAXED = settings(max_examples=12, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sin x = 1/2", rf"x = \frac{{\pi}}{{6}} + 2k\pi{OR}x = \frac{{5\pi}}{{6}} + 2k\pi{K}"),
        ("2 sin x = √3", rf"x = \frac{{\pi}}{{3}} + 2k\pi{OR}x = \frac{{2\pi}}{{3}} + 2k\pi{K}"),
        ("sin x = -1/2", rf"x = -\frac{{\pi}}{{6}} + 2k\pi{OR}x = \frac{{7\pi}}{{6}} + 2k\pi{K}"),
        ("sin x = 0", rf"x = k\pi{K}"),
        ("sin x = 1", rf"x = \frac{{\pi}}{{2}} + 2k\pi{K}"),
        ("sin x = -1", rf"x = -\frac{{\pi}}{{2}} + 2k\pi{K}"),
        ("cos x = 0", rf"x = \frac{{\pi}}{{2}} + k\pi{K}"),
        ("cos x = 1", rf"x = 2k\pi{K}"),
        ("cos x = -1", rf"x = \pi + 2k\pi{K}"),
        ("2 cos x + 1 = 0", rf"x = \pm \frac{{2\pi}}{{3}} + 2k\pi{K}"),
        ("2cos x - √2 = 0", rf"x = \pm \frac{{\pi}}{{4}} + 2k\pi{K}"),
        ("cos x = -√2/2", rf"x = \pm \frac{{3\pi}}{{4}} + 2k\pi{K}"),
        ("tan x = 1", rf"x = \frac{{\pi}}{{4}} + k\pi{K}"),
        ("tan x = 0", rf"x = k\pi{K}"),
        ("tan x = -√3", rf"x = -\frac{{\pi}}{{3}} + k\pi{K}"),
        ("√3 tan x = 1", rf"x = \frac{{\pi}}{{6}} + k\pi{K}"),
        ("sin 2x = √3/2", rf"x = \frac{{\pi}}{{6}} + k\pi{OR}x = \frac{{\pi}}{{3}} + k\pi{K}"),
        ("2cos 3x = -1", rf"x = \pm \frac{{2\pi}}{{9}} + \frac{{2k\pi}}{{3}}{K}"),
        ("tan(x/2) = 1", rf"x = \frac{{\pi}}{{2}} + 2k\pi{K}"),
        ("sin(x + π/3) = 1", rf"x = \frac{{\pi}}{{6}} + 2k\pi{K}"),
        ("cos(2x - π/3) = 1/2", rf"x = \frac{{\pi}}{{3}} + k\pi{OR}x = k\pi{K}"),
        ("2cos^2 x - cos x - 1 = 0", rf"x = 2k\pi{OR}x = \pm \frac{{2\pi}}{{3}} + 2k\pi{K}"),
        (
            "2 sin^2 x - 5 sin x + 2 = 0",
            rf"x = \frac{{\pi}}{{6}} + 2k\pi{OR}x = \frac{{5\pi}}{{6}} + 2k\pi{K}",
        ),
        ("tan^2 x = 3", rf"x = \frac{{\pi}}{{3}} + k\pi{OR}x = -\frac{{\pi}}{{3}} + k\pi{K}"),
        ("2sin^2 x + 3cos x = 0", rf"x = \pm \frac{{2\pi}}{{3}} + 2k\pi{K}"),
        (
            "sin^2 x = cos^2 x",
            rf"x = \pm \frac{{\pi}}{{4}} + 2k\pi{OR}x = \pm \frac{{3\pi}}{{4}} + 2k\pi{K}",
        ),
        ("sin x = cos x", rf"x = \frac{{\pi}}{{4}} + k\pi{K}"),
        ("sin x + cos x = 0", rf"x = -\frac{{\pi}}{{4}} + k\pi{K}"),
        ("3 sin x = 2 cos x", rf"x = \arctan\left(\frac{{2}}{{3}}\right) + k\pi{K}"),
        ("sin 2x = sin x", rf"x = k\pi{OR}x = \pm \frac{{\pi}}{{3}} + 2k\pi{K}"),
        ("cos 2x = cos x", rf"x = 2k\pi{OR}x = \pm \frac{{2\pi}}{{3}} + 2k\pi{K}"),
        ("sin x cos x = 0", rf"x = \frac{{\pi}}{{2}} + k\pi{OR}x = k\pi{K}"),
        ("tan x = 2", rf"x = \arctan 2 + k\pi{K}"),
        ("cos x = -1/4", rf"x = \pm \arccos\left(-\frac{{1}}{{4}}\right) + 2k\pi{K}"),
        (
            "sin x = 1/3",
            r"x = \arcsin\left(\frac{1}{3}\right) + 2k\pi"
            rf"{OR}x = \pi - \arcsin\left(\frac{{1}}{{3}}\right) + 2k\pi{K}",
        ),
        ("sin x = 2", NONE),
        ("2 sin x = 5", NONE),
        ("cos^2 x = 2 + sin x", NONE),
    ],
)
def test_all_angles_are_found(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2 sin x = 1, 0 <= x < 2π", rf"x = \frac{{\pi}}{{6}}{OR}x = \frac{{5\pi}}{{6}}"),
        ("cos 2x = 1/2, 0 <= x <= π", rf"x = \frac{{\pi}}{{6}}{OR}x = \frac{{5\pi}}{{6}}"),
        ("sin x = 0, 0 <= x <= π", rf"x = 0{OR}x = \pi"),
        ("sin x = 0, 0 <= x < π", "x = 0"),
        ("cos x = 1/2, -π < x < π", rf"x = -\frac{{\pi}}{{3}}{OR}x = \frac{{\pi}}{{3}}"),
        ("tan x = 2, x ∈ [0, π]", r"x = \arctan 2"),
        ("解方程 2sin x = 1 (x ∈ [0, 2π))", rf"x = \frac{{\pi}}{{6}}{OR}x = \frac{{5\pi}}{{6}}"),
        (
            "sin x = 0.5 for 0° ≤ x < 360°",
            rf"x = 30^{{\circ}}{OR}x = 150^{{\circ}}",
        ),
        ("cos x = 0 where 0° ≤ x ≤ 180°", r"x = 90^{\circ}"),
        (
            "sin(x + 30°) = 1/2, 0° <= x <= 360°",
            rf"x = 0^{{\circ}}{OR}x = 120^{{\circ}}{OR}x = 360^{{\circ}}",
        ),
        ("sin x = -1, 0 <= x <= π", NONE),
        ("cos x = 3/2, 0 <= x < π", NONE),
    ],
)
def test_within_a_range_only_its_angles_are_given(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("sin 30°", r"\frac{1}{2}"),
        ("cos 120°", r"-\frac{1}{2}"),
        (r"\sin 45^\circ \cos 45^\circ", r"\frac{1}{2}"),
        (r"2\sin 60^{\circ}", r"\sqrt{3}"),
    ],
)
def test_degrees_are_understood_in_calculations(text: str, answer: str) -> None:
    assert solved(text).answer_latex == answer


@pytest.mark.parametrize(
    "text",
    [
        "sin 3x = sin x",
        "tan x = sin x",
        "sin x = x",
        "sin(x^2) = 1",
        "sin x = 1/2, 3 <= x <= 4",
        "sin^2 x + cos^2 x = 1",
        "sin x + cos y = 1",
    ],
)
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("sin x = 1/2", rf"x = \frac{{\pi}}{{6}} + 2k\pi{K}"),
        ("sin x = 1/2", rf"x = \frac{{\pi}}{{6}} + k\pi{K}"),
        ("sin x = 1/2", r"x = \frac{\pi}{6}"),
        ("sin x = 1/2", rf"x = \frac{{\pi}}{{6}} + 4k\pi{OR}x = \frac{{5\pi}}{{6}} + 4k\pi{K}"),
        ("sin x = 1/2", rf"x = \frac{{\pi}}{{3}} + 2k\pi{OR}x = \frac{{2\pi}}{{3}} + 2k\pi{K}"),
        ("tan x = 1", rf"x = \frac{{\pi}}{{4}} + 2k\pi{K}"),
        ("tan x = 1", rf"x = \frac{{\pi}}{{4}} + \frac{{k\pi}}{{2}}{K}"),
        ("cos x = 1/2", rf"x = \frac{{\pi}}{{3}} + 2k\pi{K}"),
        ("sin 3x = 0", rf"x = \frac{{2k\pi}}{{3}}{K}"),
        ("tan(x/2) = 1", rf"x = \frac{{\pi}}{{2}} + k\pi{K}"),
        ("2 sin x = 1, 0 <= x < 2π", r"x = \frac{\pi}{6}"),
        ("2 sin x = 1, 0 <= x < 4π", rf"x = \frac{{\pi}}{{6}}{OR}x = \frac{{5\pi}}{{6}}"),
        ("sin x = 0, 0 <= x < π", rf"x = 0{OR}x = \pi"),
        ("sin x = 0.5 for 0° ≤ x < 360°", rf"x = 30{OR}x = 150"),
        ("sin x = 2", rf"x = \frac{{\pi}}{{2}} + 2k\pi{K}"),
        ("sin x = 1", NONE),
    ],
)
def test_a_wrong_answer_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("sin x = 1/2", r"x = (-1)^k \frac{\pi}{6} + k\pi, k \in Z"),
        ("sin x = 1/2", r"x = 30° + 360°k \text{ or } x = 150° + 360°k \text{ (k为整数)}"),
        ("cos x = 0", r"x = \frac{\pi}{2} + n\pi, n ∈ ℤ"),
        ("cos 2x = 1", r"x = k\pi\;(k \in \mathbb{Z})"),
    ],
)
def test_other_ways_to_write_a_general_solution_are_understood(text: str, right: str) -> None:
    if "(-1)" in right:
        step = check_step(text, [], [right])
        assert isinstance(step, dict)
        assert step["verdict"] == "verified"
    else:
        assert is_verified_answer(text, right)


def test_in_an_equation_without_solutions_not_every_line_is_a_step() -> None:
    for line, verdict in ((r"\sin x = \frac{5}{2}", "verified"), (r"\sin x = 7", "not_checkable")):
        step = check_step("2 sin x = 5", [], [line])
        assert isinstance(step, dict)
        assert step["verdict"] == verdict


def _values(latex: str) -> list[float]:
    node = parse_math(latex)
    if isinstance(node, Phrase):
        return []
    options = node.options if isinstance(node, Alternatives) else (node,)
    return sorted(float(to_sympy(each.right)) for each in options if isinstance(each, Relation))


@RELAXED
@given(
    st.sampled_from(["sin", "cos"]),
    st.integers(1, 3),
    st.integers(-3, 3),
    st.sampled_from([1, 2, 3]),
    st.integers(0, 99),
)
def test_in_a_range_as_many_angles_are_found_as_the_curve_crosses_the_line(
    name: str, slope: int, top: int, bottom: int, place: int
) -> None:
    text = f"{name}({slope}x) = {top}/{bottom}, 0 <= x < 2π"
    solution = proved(text)
    values = _values(solution.answer_latex)
    level, function = top / bottom, getattr(math, name)
    assert all(math.isclose(function(slope * x), level, abs_tol=1e-9) for x in values)
    if abs(level) > 1:
        assert not values
    else:
        assert len(values) == slope * (1 if abs(level) == 1 else 2)
    wrong = slips(solution.answer_latex)
    if wrong:
        assert not is_verified_answer(text, wrong[place % len(wrong)])
