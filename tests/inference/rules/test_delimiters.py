"""Questions in words whose numbers stand between the delimiters of formulas."""

from __future__ import annotations

import pytest

from inference.errors import MathSyntaxError
from inference.rules import parse_problem
from tests.inference.rules.whole_solutions import solve_verified


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            r"The midpoint of $(-5,17)$ and $(14,-12) = $",
            r"\left(\frac{9}{2},\; \frac{5}{2}\right)",
        ),
        (r"Find the distance between \((0, 3)\) and \((4, 0)\).", "5"),
        (r"求点$(1, 2)$与点$(3, 8)$的距离", r"2\sqrt{10}"),
        (r"What is $31$% of $76$?", "23.56"),
        ("Find the number of combinations from $13$ objects picked $9$ at a time.", "715"),
        ("Number of permutations from $12$ objects taken $2$ at a time is:", "132"),
        (
            "Simple interest for a principal amount of $3717$ dollars, $3$% rate of interest and "
            "for a time period of $5$ years is $=$",
            "557.55",
        ),
        ("Find the simple interest on $1000 at 5% per year for 3 years.", "150"),
        (r"$\det \begin{bmatrix} 30 & 75 \\ 69 & 16 \end{bmatrix}= $", "-4695"),
        (
            "What is the equation of the line between points $(1,9)$ and $(-4,-1)$?",
            "y = 2x + 7",
        ),
    ],
)
def test_the_words_are_understood_around_them(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


def test_an_error_names_the_place_in_the_text_as_it_was() -> None:
    text = "distance between $(1, 2)$ and $(3, 4, 5)$"
    with pytest.raises(MathSyntaxError) as caught:
        parse_problem(text)
    assert text[caught.value.position :].startswith("(3")
