"""Determinants and inverses: answers by hand and by multiplying out, each line proved."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.bounds import exact_value
from inference.rules.matrix_questions import find_matrix
from inference.rules.nodes import Matrix
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

RELAXED = settings(max_examples=8)


def matrix(*rows: str) -> str:
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}", "-2"),
        ("determinant of [[1, 2], [3, 4]]", "-2"),
        (r"Find the determinant of \begin{pmatrix} 2 & -1 \\ 5 & 3 \end{pmatrix}", "11"),
        ("det [[2, 0], [0, 3]]", "6"),
        ("det [[2, 4], [1, 2]]", "0"),
        ("determinant of [[1/2, 3], [1, 4]]", "-1"),
        (r"计算行列式：\begin{vmatrix} 1 & -2 \\ 3 & 4 \end{vmatrix}", "10"),
        (r"\left|\begin{matrix} 5 & 1 \\ 2 & 1 \end{matrix}\right|", "3"),
        ("求矩阵[[7, 2], [3, 1]]的行列式", "1"),
        ("det [[-1, -2], [-3, -4]]", "-2"),
        (r"\begin{vmatrix} 1 & 2 & 3 \\ 0 & 4 & 5 \\ 1 & 0 & 6 \end{vmatrix}", "22"),
        ("det [[1,2,3],[4,5,6],[7,8,9]]", "0"),
        ("determinant of [[2, 0, 0], [0, 3, 0], [0, 0, 4]]", "24"),
        ("determinant of [[1, 1, 1], [1, 2, 3], [1, 4, 9]]", "2"),
        ("determinant of [[-1, 2, 0], [3, -4, 1], [0, 5, -2]]", "9"),
        ("Find the inverse of [[1, 2], [3, 5]]", matrix("-5 & 2", "3 & -1")),
        (
            "inverse of [[1, 2], [3, 4]]",
            matrix("-2 & 1", r"\frac{3}{2} & -\frac{1}{2}"),
        ),
        (
            r"inverse of the matrix A = \begin{pmatrix} 2 & 1 \\ 5 & 3 \end{pmatrix}",
            matrix("3 & -1", "-5 & 2"),
        ),
        (
            r"\begin{pmatrix} 2 & 0 \\ 0 & 4 \end{pmatrix}^{-1}",
            matrix(r"\frac{1}{2} & 0", r"0 & \frac{1}{4}"),
        ),
        ("求矩阵[[0, 1], [1, 0]]的逆矩阵", matrix("0 & 1", "1 & 0")),
        (
            "inverse of [[1, 2, 3], [0, 1, 4], [5, 6, 0]]",
            matrix("-24 & 18 & 5", "20 & -15 & -4", "-5 & 4 & 1"),
        ),
        (
            "inverse of [[1, 0, 0], [0, 2, 0], [0, 0, 4]]",
            matrix("1 & 0 & 0", r"0 & \frac{1}{2} & 0", r"0 & 0 & \frac{1}{4}"),
        ),
        (
            "inverse of [[1, 1, 0], [0, 1, 1], [0, 0, 1]]",
            matrix("1 & -1 & 1", "0 & 1 & -1", "0 & 0 & 1"),
        ),
    ],
)
def test_determinants_and_inverses(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


_A = r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}"
GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        _A,
        "en",
        [
            (
                "Multiply along the diagonal that falls, and subtract the product along the one "
                "that rises.",
                r"1 \times 4 - 2 \times 3",
            ),
            (
                r"Multiply and divide first: $1 \times 4$ is 4, $2 \times 3$ is 6.",
                "4 - 6",
            ),
            ("Subtract.", "-2"),
        ],
    ),
    (
        _A,
        "zh",
        [
            ("主对角线上两数之积，减去副对角线上两数之积。", r"1 \times 4 - 2 \times 3"),
            (r"先算乘除：$1 \times 4$ 得 4，$2 \times 3$ 得 6。", "4 - 6"),
            ("相减。", "-2"),
        ],
    ),
    (
        "inverse of [[1, 2], [3, 4]]",
        "en",
        [
            (
                "Multiply along the diagonal that falls, and subtract the product along the one "
                "that rises.",
                _A + r" = 1 \times 4 - 2 \times 3",
            ),
            (
                r"Multiply and divide first: $1 \times 4$ is 4, $2 \times 3$ is 6.",
                _A + " = 4 - 6",
            ),
            ("Subtract.", _A + " = -2"),
            (
                "Exchange the numbers on the diagonal, change the signs of the others, and divide "
                "by the determinant, -2.",
                r"\frac{1}{-2} " + matrix("4 & -2", "-3 & 1"),
            ),
            (
                r"Multiply each cell by $\frac{1}{-2}$.",
                matrix("-2 & 1", r"\frac{3}{2} & -\frac{1}{2}"),
            ),
        ],
    ),
    (
        "inverse of [[1, 2], [3, 5]]",
        "zh",
        [
            (
                "主对角线上两数之积，减去副对角线上两数之积。",
                r"\begin{vmatrix} 1 & 2 \\ 3 & 5 \end{vmatrix} = 1 \times 5 - 2 \times 3",
            ),
            (
                r"先算乘除：$1 \times 5$ 得 5，$2 \times 3$ 得 6。",
                r"\begin{vmatrix} 1 & 2 \\ 3 & 5 \end{vmatrix} = 5 - 6",
            ),
            ("相减。", r"\begin{vmatrix} 1 & 2 \\ 3 & 5 \end{vmatrix} = -1"),
            (
                "交换主对角线上的两数，副对角线上的两数变号，再除以行列式 -1。",
                r"\frac{1}{-1} " + matrix("5 & -2", "-3 & 1"),
            ),
            (r"每个元素乘以 $\frac{1}{-1}$。", matrix("-5 & 2", "3 & -1")),
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
    ["inverse of [[1, 2], [2, 4]]", "inverse of [[0, 0], [0, 0]]", "det [[sqrt(2), 1], [1, 3]]"],
)
def test_what_has_no_answer_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_problem(parse_problem(text), language="en")


@pytest.mark.parametrize(
    "text",
    [
        "determinant of [[1, 2, 3], [4, 5, 6]]",
        "determinant of [[1, 2], [3]]",
        "determinant of [[1]]",
        "det [[a, b], [c, d]]",
        "det [[1,2,3,4],[1,2,3,4],[1,2,3,4],[1,2,3,4]]",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    ],
)
def test_what_is_not_understood_says_so(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        parse_problem(text)


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        (_A, "-2", "verified"),
        (_A, "10", "failed"),
        (_A, "4 - 6", "not_checkable"),
        ("inverse of [[1, 2], [3, 5]]", "A^{-1} = " + matrix("-5 & 2", "3 & -1"), "verified"),
        ("inverse of [[1, 2], [3, 5]]", matrix("-5 & 2", "3 & 1"), "failed"),
        ("inverse of [[1, 2], [3, 5]]", matrix("-5 & 2 & 0", "3 & -1 & 0"), "failed"),
        ("inverse of [[1, 2], [3, 5]]", r"-1 " + matrix("5 & -2", "-3 & 1"), "not_checkable"),
        ("inverse of [[1, 2], [3, 5]]", "-1", "not_checkable"),
        (
            "inverse of [[1, 2], [3, 5]]",
            matrix("-5 & 2", "3 & -1").replace(r"\end{p", r"\end{b"),
            "not_checkable",
        ),
        ("x = 5", matrix("1 & 2", "3 & 4"), "not_checkable"),
    ],
)
def test_answers_of_others_are_judged(text: str, answer: str, verdict: str) -> None:
    assert verdict_on_answer(text, answer) == verdict


CELL = st.integers(-6, 6)
SQUARE = st.integers(2, 3).flatmap(
    lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=n, max_size=n)
)


def _leibniz(rows: list[list[int]]) -> int:
    """The determinant by its definition: a sum over all permutations."""
    total = 0
    for order in permutations(range(len(rows))):
        sign = 1
        for i, place in enumerate(order):
            sign *= (-1) ** sum(other > place for other in order[:i])
        product = sign
        for i, place in enumerate(order):
            product *= rows[i][place]
        total += product
    return total


def _plain(rows: list[list[int]]) -> str:
    return "[" + ", ".join(str(row) for row in rows) + "]"


@RELAXED
@given(SQUARE)
def test_determinants_are_those_of_the_definition(rows: list[list[int]]) -> None:
    assert solve_verified(f"det {_plain(rows)}").answer_latex == str(_leibniz(rows))


@RELAXED
@given(
    SQUARE,
    st.integers(0, 10**6),
)
def test_a_matrix_times_its_inverse_is_the_unit(rows: list[list[int]], seed: int) -> None:
    assume(_leibniz(rows))
    text = f"inverse of {_plain(rows)}"
    solution = solve_verified(text)
    inverse = _cells_of(solution.answer_latex)
    size = len(rows)
    for i in range(size):
        for j in range(size):
            entry = sum(rows[i][k] * inverse[k][j] for k in range(size))
            assert entry == (i == j)
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, seed + place)
        if wrong is None or verdict_on_step(text, [], wrong) != "verified":
            continue
        if "pmatrix" in wrong and not wrong.startswith(r"\begin{vmatrix}"):
            scalar, _, rest = wrong.partition(r"\begin{pmatrix}")
            factor = exact_value(parse_line(scalar)) if scalar.strip() else Fraction(1)
            assert factor is not None
            cells = _cells_of(r"\begin{pmatrix}" + rest)
            assert [[factor * cell for cell in row] for row in cells] == inverse, wrong
        else:
            assert "=" in wrong
            right = exact_value(parse_line(wrong.partition("=")[2]))
            changed = find_matrix(wrong.partition("=")[0])
            assert right is not None and changed is not None
            operands = getattr(changed, "operands", ())
            assert right == _leibniz(
                [[int(exact_value(cell) or 0) for cell in row] for row in operands[0].rows]
            ), wrong


def _cells_of(latex: str) -> list[list[Fraction]]:
    node = find_matrix(latex)
    assert isinstance(node, Matrix)
    return [[Fraction(exact_value(cell) or 0) for cell in row] for row in node.rows]
