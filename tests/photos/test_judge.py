"""The judge of readings and answers is strict where a teacher is, and only there."""

from __future__ import annotations

import pytest

from tests.photos.judge import is_answer_right, is_reading_exact
from tests.photos.questions import SHOTS, Shot

QUESTIONS = [shot for shot in SHOTS if shot.kind != "none"]


@pytest.mark.parametrize("shot", QUESTIONS, ids=lambda shot: shot.name)
def test_the_truth_is_exact_and_right_by_its_own_measure(shot: Shot) -> None:
    assert is_reading_exact(shot.reading, shot.reading)
    assert is_answer_right(shot.topic, shot.answer, shot.answer)


@pytest.mark.parametrize(
    ("truth", "reading"),
    [
        ("Solve: 3x + 5 = 20", "3x+5=20"),
        ("48 ÷ 6 - 2 × 3", "48/6-2*3"),
        ("(x + 1)/(2) = 5", r"\frac{x+1}{2}=5"),
        ("x + y = 5; x - y = 1", "x + y = 5\nx - y = 1"),
        ("25 - 36 ÷ 4 × 2 =", "25 - 36 ÷ 4 × 2"),
    ],
)
def test_the_same_question_in_another_dress_is_exact(truth: str, reading: str) -> None:
    assert is_reading_exact(truth, reading)


@pytest.mark.parametrize(
    ("truth", "reading"),
    [
        ("3x + 5 = 20", "3x + 5 = 26"),
        ("x^2 - 49", "x2 - 49"),
        ("Factor x^2 - 49", "Expand x^2 - 49"),
        ("Expand (x + 1)(x + 2)", "Factor (x + 1)(x + 2)"),
        ("2 1/3 + 1 1/2", "21/3 + 11/2"),
        ("3x + 5 = 20", "3x + 5 ="),
        ("3x + 5 = 20", ""),
    ],
)
def test_another_question_is_not_exact(truth: str, reading: str) -> None:
    assert not is_reading_exact(truth, reading)


@pytest.mark.parametrize(
    ("topic", "truth", "answer"),
    [
        ("quadratic", "x = 2 or x = 3", r"x = 3 \text{ or } x = 2"),
        ("quadratic", "x = 2 + sqrt(3) or x = 2 - sqrt(3)", r"x = 2 \pm \sqrt{3}"),
        ("system", "x = 3; y = 2", "x = 3, y = 2"),
        ("fractions", "23/6", r"3\frac{5}{6}"),
        ("decimals", "0.9", r"\frac{9}{10}"),
        ("integral", "x^2 + C", "x^{2} + C"),
        ("factor", "(x - 7)(x + 7)", "(x + 7)(x - 7)"),
        ("linear", "x = 5", r"x=5"),
    ],
)
def test_the_right_answer_in_another_dress_is_right(topic: str, truth: str, answer: str) -> None:
    assert is_answer_right(topic, truth, answer)


@pytest.mark.parametrize(
    ("topic", "truth", "answer"),
    [
        ("quadratic", "x = 2 or x = 3", "x = 2"),
        ("quadratic", "x = 2", "x = 2 or x = 3"),
        ("system", "x = 3; y = 2", "x = 3"),
        ("linear", "x = 5", "5"),
        ("linear", "x = 5", "y = 5"),
        ("linear", "x = 5", "2x = 10"),
        ("factor", "(x - 7)(x + 7)", "x^2 - 49"),
        ("expand", "x^2 - 2x - 15", "(x + 3)(x - 5)"),
        ("fractions", "11/12", r"\frac{8}{12} + \frac{3}{12}"),
        ("integral", "x^2 + C", "x^2"),
        ("arithmetic", "21", "x = 21"),
        ("arithmetic", "21", ""),
    ],
)
def test_a_wrong_or_unfinished_answer_is_not_right(topic: str, truth: str, answer: str) -> None:
    assert not is_answer_right(topic, truth, answer)
