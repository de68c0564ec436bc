"""Quadratic equations with letters as coefficients: made from their roots, or done by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.types import Language
from tests.inference.rules.whole_solutions import (
    solve_verified,
    spoiled,
    verdict_on_answer,
    verdict_on_step,
)

RELAXED = settings(max_examples=20, deadline=None)
GENERAL = "Solve for x: ax^2 + bx + c = 0"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (GENERAL, r"x = \frac{-b \pm \sqrt{b^{2} - 4ac}}{2a}"),
        ("Solve for x: kx^2 - 4x + 1 = 0", r"x = \frac{2 \pm \sqrt{4 - k}}{k}"),
        ("Solve for x: x^2 + 2px + q = 0", r"x = -p \pm \sqrt{p^{2} - q}"),
        ("Solve for x: x^2 + px = q", r"x = \frac{-p \pm \sqrt{p^{2} + 4q}}{2}"),
        ("Solve for x: x^2 - (a + b)x + ab = 0", r"x = a \;\text{or}\; x = b"),
        ("Solve for x: 2x^2 - 3ax - 2a^2 = 0", r"x = 2a \;\text{or}\; x = -\frac{a}{2}"),
        ("Solve for x: x^2 - 2ax + a^2 = 0", "x = a"),
        ("Solve for x: x^2 = ax", r"x = 0 \;\text{or}\; x = a"),
        ("解关于x的方程 x^2 - 2ax + a^2 - b^2 = 0", r"x = a + b \;\text{或}\; x = a - b"),
        (
            r"Solve for t: s = ut + \frac{1}{2} a t^2",
            r"t = \frac{-u \pm \sqrt{2as + u^{2}}}{a}",
        ),
        (
            "Solve for r: A = 2πr^2 + 2πrh",
            r"r = \frac{-\pi h \pm \sqrt{\pi^{2}h^{2} + 2\pi A}}{2\pi}",
        ),
        ("Solve for x: (a - 1)x^2 + 2x + 3 = 0", r"x = \frac{-1 \pm \sqrt{4 - 3a}}{a - 1}"),
    ],
)
def test_they_are_solved_and_every_line_is_proved(text: str, answer: str) -> None:
    language: Language = "zh" if "解" in text else "en"
    assert solve_verified(text, language).answer_latex == answer


@pytest.mark.parametrize("text", ["Solve for x: ax^2 - ax = 0", "Solve for x: x^2/a + x = b"])
def test_where_it_depends_on_the_letters_it_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_verified(text)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}", "verified"),
        (
            r"x = \frac{-b + \sqrt{b^2-4ac}}{2a} \text{ or } x = \frac{-b - \sqrt{b^2-4ac}}{2a}",
            "verified",
        ),
        (r"x = \frac{-b + \sqrt{b^2 - 4ac}}{2a}", "not_checkable"),
        (r"x = \frac{-2b \pm 2\sqrt{b^2 - 4ac}}{4a}", "not_checkable"),
        (r"x = \frac{-b \pm \sqrt{4b^2 - 16ac}/2}{2a}", "not_checkable"),
        (r"x = \frac{b \pm \sqrt{b^2 - 4ac}}{2a}", "failed"),
        (r"x = \frac{-b \pm \sqrt{b^2 + 4ac}}{2a}", "failed"),
        (r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{a}", "failed"),
        (r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2c}", "failed"),
        (r"x = -\frac{b}{2a}", "failed"),
    ],
)
def test_answers_are_both_solutions_and_finished(answer: str, verdict: str) -> None:
    assert verdict_on_answer(GENERAL, answer) == verdict


def test_a_narrower_answer_is_not_verified() -> None:
    """The root of each factor has a value only where both are positive."""
    question = "Solve for x: x^2 - 2x + 1 - ab = 0"
    assert verdict_on_answer(question, r"x = 1 \pm \sqrt{ab}") == "verified"
    assert verdict_on_answer(question, r"x = 1 \pm \sqrt{a}\sqrt{b}") != "verified"


def test_what_all_coefficients_share_may_be_zero() -> None:
    question = "Solve for x: kx^2 - 4kx + k = 0"
    assert verdict_on_answer(question, r"x = 2 \pm \sqrt{3}") == "not_checkable"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("2ax^2 + 2bx + 2c = 0", "verified"),
        ("ax^2 + bx = -c", "verified"),
        ("a^2x^2 + abx + ac = 0", "not_checkable"),
        ("ax^2 + bx - c = 0", "not_checkable"),
    ],
)
def test_a_line_is_proved_when_it_is_the_same_up_to_a_number(line: str, verdict: str) -> None:
    assert verdict_on_step(GENERAL, [], line) == verdict


@RELAXED
@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(1, 4), st.integers(0, 500))
def test_roots_in_a_letter_come_back_and_spoiled_ones_do_not(
    p: int, q: int, lead: int, seed: int
) -> None:
    total, times = -lead * (p + q), lead * p * q
    text = f"Solve for x: {lead}x^2 + ({total})ax + ({times})a^2 = 0"
    if not p or not q:
        return
    answer = solve_verified(text).answer_latex
    wrong = spoiled(answer, seed)
    assert wrong is None or verdict_on_answer(text, wrong) != "verified"
