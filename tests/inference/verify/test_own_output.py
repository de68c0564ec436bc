"""What the rules write is right, so the checker must never call any of it wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from inference.errors import UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.verify.tasks import check_answer, check_step

_NUM_OF_EACH = 3


def _problems() -> Iterator[str]:
    """Exercises drawn at random, with many fractions and many that are impossible."""
    draw = random.Random(20)

    def nonzero(size: int = 9) -> int:
        return draw.choice([-1, 1]) * draw.randint(1, size)

    def fraction() -> str:
        return rf"\frac{{{nonzero()}}}{{{draw.randint(2, 9)}}}"

    def twice(template: str) -> str:
        """A template whose first value stands on both sides."""
        return template.replace("@", str(nonzero()))

    def sign() -> str:
        return draw.choice(["<", ">", "<=", ">="])

    kinds: tuple[Callable[[], str], ...] = (
        lambda: f"x + {fraction()} = x",
        lambda: f"x + {fraction()} {sign()} x",
        lambda: twice(f"@x + {fraction()} {sign()} @x + ({nonzero()})"),
        lambda: twice(f"@(x + ({nonzero()})) = @x + ({nonzero()})"),
        lambda: f"{fraction()}x + {fraction()} = {fraction()}x - {fraction()}",
        lambda: f"0.{draw.randint(1, 9)}x + 1.5 = 0.{draw.randint(1, 9)}x - 1",
        lambda: f"({nonzero()})x + ({nonzero()}) {sign()} ({nonzero()})x",
        lambda: f"({nonzero(4)})x^2 + ({nonzero()})x + ({nonzero()}) = 0",
        lambda: f"({nonzero(3)})x^2 + ({nonzero()})x + ({nonzero()}) {sign()} 0",
        lambda: f"{draw.randint(2, 5)}(x + ({nonzero()}))(x + ({nonzero()})) = 0",
        lambda: twice(f"@x + 2y = {nonzero()}, @x + 2y = {nonzero()}"),
        lambda: f"x/2 + y/3 = {nonzero()}, 3x + 2y = {nonzero()}",
        lambda: f"({nonzero(5)})x + y = {nonzero()}, x + ({nonzero(5)})y = {nonzero()}",
        lambda: twice(r"\frac{x}{x - (@)} = \frac{@}{x - (@)}"),
        lambda: rf"\frac{{{nonzero()}}}{{x + ({nonzero()})}} = {nonzero()}",
        lambda: rf"\sqrt{{2x + ({nonzero()})}} = {nonzero(4)}",
        lambda: f"|3x + ({nonzero()})| = {nonzero(4)}",
        lambda: f"{fraction()} + {fraction()} × {fraction()}",
        lambda: f"√{draw.randint(2, 99)} + √{draw.randint(2, 99)} - 2√2",
        lambda: f"{draw.randint(1, 30)} + {draw.randint(1, 30)} × 3 = {draw.randint(1, 99)}",
        lambda: f"{fraction()} + {fraction()} {draw.choice(['<', '=', '>='])} 1",
        lambda: f"Simplify: ({nonzero()})x - (({nonzero()})y - ({nonzero()})x)",
        lambda: f"Factor: ({nonzero(5)})x^2 + ({nonzero()})x + ({nonzero()})",
        lambda: rf"\frac{{{nonzero(5)}}}{{x}} + \frac{{{nonzero(5)}}}{{x + ({nonzero(5)})}}",
        lambda: rf"Differentiate: \frac{{x + ({nonzero(5)})}}{{x^2 + ({nonzero(5)})}}",
        lambda: f"∫ (({nonzero(5)})x^3 + √x + ({nonzero(5)})/x^2) dx",
        lambda: rf"\int_1^3 \frac{{{nonzero(5)}}}{{x^2}} dx",
    )
    for kind in kinds:
        for _ in range(_NUM_OF_EACH):
            yield kind()


@pytest.mark.parametrize("text", sorted(set(_problems())))
def test_no_line_of_the_rules_is_ever_called_wrong(text: str) -> None:
    try:
        solution = solve_problem(parse_problem(text), language="en")
    except UnsupportedProblemError:
        return
    earlier: list[str] = []
    for step in solution.steps:
        assert check_step(text, earlier, [step.after])["verdict"] != "failed", step.after
        earlier.append(step.after)
    assert check_answer(text, solution.answer_latex)["verdict"] == "verified"
