"""Three equations in three unknowns, and a line with a curve; answers worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from tests.inference.rules.laws import is_verified_answer, no_slip_is_proved, proved, solved

OR = r" \;\text{or}\; "
NONE = r"\text{no solution}"
NOT_REAL = r"\text{no real solution}"
MANY = r"\text{infinitely many solutions}"
RELAXED = settings(max_examples=8, deadline=None)


def xyz(x: object, y: object, z: object) -> str:
    return rf"x = {x},\; y = {y},\; z = {z}"


def xy(x: object, y: object) -> str:
    return rf"x = {x},\; y = {y}"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x + y + z = 6, x - y + z = 2, 2x + y - z = 1", xyz(1, 2, 3)),
        ("2x + y - z = 8, -3x - y + 2z = -11, -2x + y + 2z = -3", xyz(2, 3, -1)),
        ("x + y = 3, y + z = 5, x + z = 4", xyz(1, 2, 3)),
        ("x + y + z = 3, 2x - y + z = 2, x + 2y - z = 2", xyz(1, 1, 1)),
        ("x + 2y + 3z = 14, 2x + y + z = 7, 3x + 2y - z = 4", xyz(1, 2, 3)),
        ("x - y = 1, y - z = 1, x + y + z = 6", xyz(3, 2, 1)),
        ("x = 2, y + z = 5, y - z = 1", xyz(2, 3, 2)),
        ("z = 3, x + y + z = 6, x - y = 1", xyz(2, 1, 3)),
        ("y + z = 3, x + z = 4, x + y = 5", xyz(3, 2, 1)),
        (
            "2x + 3y - z = 5, 4x - y + 2z = 6, x + y + z = 3",
            xyz(r"\frac{24}{17}", r"\frac{16}{17}", r"\frac{11}{17}"),
        ),
        ("x + y + z = 0, 4x + 2y + z = 5, 9x + 3y + z = 14", xyz(2, -1, -1)),
        (r"\frac{x}{2} + y + z = 4, x - y = 1, z = 2", xyz(2, 1, 2)),
        ("2(x + y) - z = 5, x + z = 3, y - z = 0", xyz(2, 1, 1)),
        ("3x = 9, 2y = 8, z - x = 2", xyz(3, 4, 5)),
        ("x + y + z = 1, 2x + 2y + 2z = 3, x - y = 0", NONE),
        ("x + y + z = 2, x + y + z = 5, x = 1", NONE),
        ("x - y + z = 1, x + y - z = 2, 2x = 5", NONE),
        ("x + y + z = 1, 2x + 2y + 2z = 2, x - y = 0", MANY),
        ("x + y = 2, y + z = 3, x - z = -1", MANY),
        ("a + b + c = 2, 4a + 2b + c = 3, 9a + 3b + c = 6", r"a = 1,\; b = -2,\; c = 3"),
        ("解方程组：x + y + z = 6，x - y = 1，z = 3", xyz(2, 1, 3)),
        ("Solve by Gaussian elimination: x + y = 3, y + z = 5, x + z = 4", xyz(1, 2, 3)),
        ("y = x^2, y = x + 2", f"{xy(-1, 1)}{OR}{xy(2, 4)}"),
        ("y = x^2, y = 4", f"{xy(2, 4)}{OR}{xy(-2, 4)}"),
        ("y = x^2 - 4x + 3, y = x - 1", f"{xy(1, 0)}{OR}{xy(4, 3)}"),
        ("y = x^2 + 1, y = 2x", xy(1, 2)),
        ("y = x^2 + 3, y = x", NOT_REAL),
        ("y = 2 - x^2, x + y = 0", f"{xy(-1, 1)}{OR}{xy(2, -2)}"),
        ("x^2 + y^2 = 25, x + y = 7", f"{xy(3, 4)}{OR}{xy(4, 3)}"),
        ("x^2 + y^2 = 4, x + y = 5", NOT_REAL),
        ("x^2 + y^2 = 2, x + y = 2", xy(1, 1)),
        ("x^2 + y^2 = 2, y = 2x - 1", f"{xy(1, 1)}{OR}" + xy(r"-\frac{1}{5}", r"-\frac{7}{5}")),
        ("x^2 + y^2 = 5, y = 2x", f"{xy(1, 2)}{OR}{xy(-1, -2)}"),
        ("x^2 + y^2 = 10, x - y = 2", f"{xy(-1, -3)}{OR}{xy(3, 1)}"),
        (
            "x^2 + y^2 = 3, y = x + 1",
            xy(r"\frac{-1 + \sqrt{5}}{2}", r"\frac{1 + \sqrt{5}}{2}")
            + OR
            + xy(r"\frac{-1 - \sqrt{5}}{2}", r"\frac{1 - \sqrt{5}}{2}"),
        ),
        ("x = 3, x^2 + y^2 = 25", f"{xy(3, 4)}{OR}{xy(3, -4)}"),
        ("xy = 6, x + y = 5", f"{xy(2, 3)}{OR}{xy(3, 2)}"),
        ("xy = 12, x - y = 1", f"{xy(-3, -4)}{OR}{xy(4, 3)}"),
        ("x - y = 1, x^2 - y^2 = 5", xy(3, 2)),
        ("x^2 - xy = 2, x - y = 1", xy(2, 1)),
        ("解方程组：x^2 + y^2 = 10，x - y = 2", f"{xy(-1, -3)}{OR}{xy(3, 1)}"),
        ("p + q = 3, pq = 2", r"p = 1,\; q = 2" + OR + r"p = 2,\; q = 1"),
    ],
)
def test_larger_and_mixed_systems_are_solved(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    "text",
    [
        "x + y + z = 6, x - y = 1",
        "x^2 + y^2 = 25, x^2 - y^2 = 7",
        "xyz = 6, x + y + z = 6, x = 1",
        "x + y = 3, x - y = 1, x + 2y = 4",
        "y = x^3 + x^2, y = x + 5",
    ],
)
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x + y = 3, y + z = 5, x + z = 4", xyz(1, 2, 4)),
        ("x + y = 2, y + z = 3, x - z = -1", xyz(1, 1, 2)),
        ("x + y + z = 1, 2x + 2y + 2z = 3, x - y = 0", MANY),
        ("y = x^2, y = x + 2", xy(2, 4)),
        ("y = x^2, y = x + 2", f"{xy(-1, 4)}{OR}{xy(2, 1)}"),
        ("y = x^2, y = x + 2", f"{xy(-1, 1)}{OR}{xy(2, 4)}{OR}{xy(0, 0)}"),
        ("y = x^2, y = x + 2", f"x = -1{OR}x = 2"),
        ("x^2 + y^2 = 4, x + y = 5", xy(2, 3)),
        ("xy = 6, x + y = 5", NOT_REAL),
    ],
)
def test_a_wrong_or_lost_pair_is_not_verified(text: str, wrong: str) -> None:
    assert not is_verified_answer(text, wrong)


SMALL = st.integers(-4, 4)


@RELAXED
@given(
    st.lists(SMALL, min_size=9, max_size=9),
    st.lists(SMALL, min_size=3, max_size=3),
    st.integers(0, 99),
)
def test_three_unknowns_are_found_and_slips_are_seen(
    factors: list[int], values: list[int], place: int
) -> None:
    assume(all(values))  # what stands before a zero does not matter
    a, b, c, d, e, f, g, h, i = factors
    assume(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))
    rows = [factors[:3], factors[3:6], factors[6:]]
    right = [sum(k * v for k, v in zip(row, values, strict=True)) for row in rows]
    text = "; ".join(
        f"({p})x + ({q})y + ({r})z = {s}" for (p, q, r), s in zip(rows, right, strict=True)
    )
    solution = proved(text)
    assert solution.answer_latex == xyz(*values)
    assert no_slip_is_proved(text, solution, place)


@RELAXED
@given(SMALL, SMALL, SMALL, st.integers(0, 99))
def test_a_line_and_a_parabola_meet_where_they_do_and_slips_are_seen(
    first: int, second: int, slope: int, place: int
) -> None:
    assume(first < second)
    # x^2 + p x + q - (slope x + 1) has the two zeros.
    p, q = slope - first - second, first * second + 1
    text = f"y = x^2 + ({p})x + ({q}); y = ({slope})x + 1"
    solution = proved(text)
    pairs = [xy(x, slope * x + 1) for x in (first, second)]
    assert sorted(solution.answer_latex.split(OR)) == sorted(pairs)
    assert no_slip_is_proved(text, solution, place)
