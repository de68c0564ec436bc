"""Instructions, question numbers and inferred tasks."""

from __future__ import annotations

import contextlib
import time

import pytest

from inference.errors import MathSyntaxError
from inference.rules import Intent, parse_problem


@pytest.mark.parametrize(
    ("text", "intent", "plain"),
    [
        ("Solve: 3x + 5 = 20", Intent.SOLVE, "3x + 5 = 20"),
        ("Solve 3x+5=20.", Intent.SOLVE, "3x + 5 = 20"),
        ("Solve the equation 2x = 8", Intent.SOLVE, "2x = 8"),
        ("Find x: 3x=6", Intent.SOLVE, "3x = 6"),
        ("Find x if 3x=6", Intent.SOLVE, "3x = 6"),
        ("解方程：3x+5=20。", Intent.SOLVE, "3x + 5 = 20"),
        ("解不等式 2x-1>3", Intent.SOLVE, "2x - 1 > 3"),
        ("求x的值：3x=9", Intent.SOLVE, "3x = 9"),
        ("解方程组：x+y=3，x-y=1", Intent.SOLVE_SYSTEM, "x + y = 3; x - y = 1"),
        (
            "Solve the following system of equations: 2x+y=7, x-y=2",
            Intent.SOLVE_SYSTEM,
            "2x + y = 7; x - y = 2",
        ),
        ("Simplify 3x+2x", Intent.SIMPLIFY, "3x + 2x"),
        ("化简：3a+2a", Intent.SIMPLIFY, "3a + 2a"),
        ("Calculate 3 + 4 × 2", Intent.EVALUATE, "3 + 4 × 2"),
        ("What is 25% of 80?", Intent.EVALUATE, "25% × 80"),
        ("计算：(1) 3+4×2", Intent.EVALUATE, "3 + 4 × 2"),
        ("Simplify 6/8", Intent.EVALUATE, "6/8"),
        ("Expand (x+1)^2", Intent.EXPAND, "(x + 1)^2"),
        ("展开 (x+1)(x+2)", Intent.EXPAND, "(x + 1)(x + 2)"),
        ("Factorise x^2 + 5x + 6.", Intent.FACTOR, "x^2 + 5x + 6"),
        ("Factor completely: x^2-9", Intent.FACTOR, "x^2 - 9"),
        ("把 x^2-4 因式分解", Intent.FACTOR, "x^2 - 4"),
        ("因式分解：x^2-4", Intent.FACTOR, "x^2 - 4"),
        ("Differentiate x^3+2x with respect to x", Intent.DIFFERENTIATE, "d/dx(x^3 + 2x)"),
        ("Find the derivative of f(x) = x^2+3x", Intent.DIFFERENTIATE, "d/dx(x^2 + 3x)"),
        ("求函数 y = x^3 的导数", Intent.DIFFERENTIATE, "d/dx(x^3)"),
        ("f(x) = 3x^2, find f'(x)", Intent.DIFFERENTIATE, "d/dx(3x^2)"),
        ("Integrate x^2", Intent.INTEGRATE, "∫ x^2 dx"),
        ("计算定积分 ∫_0^1 x dx", Intent.INTEGRATE, "∫_0^1 x dx"),
    ],
)
def test_written_instructions_are_understood(text: str, intent: Intent, plain: str) -> None:
    problem = parse_problem(text)
    assert (problem.intent, problem.text) == (intent, plain)
    assert problem.is_intent_written
    assert problem.instruction


@pytest.mark.parametrize(
    "text",
    [
        "Solve for x and y: x + y = 5, x - y = 1",
        "Solve the simultaneous equations x + y = 5 and x - y = 1",
        "Solve simultaneously: x + y = 5; x - y = 1",
        "Find x and y: x + y = 5, x - y = 1",
        "求下列方程组的解：x+y=5，x-y=1",
        "解下面的方程组\n{ x + y = 5\n  x - y = 1",
        "用加减消元法解方程组：x+y=5，x-y=1",
        "Solve by elimination: x + y = 5, x - y = 1",
    ],
)
def test_a_system_is_asked_for_in_many_ways(text: str) -> None:
    problem = parse_problem(text)
    assert problem.intent is Intent.SOLVE_SYSTEM
    assert problem.text == "x + y = 5; x - y = 1"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Solve this equation: 2x = 4", "2x = 4"),
        ("Solve each equation. 2x = 4", "2x = 4"),
        ("Solve for the unknown: 2x = 4", "2x = 4"),
        ("2x = 4, x = ?", "2x = 4"),
        ("若 2x=4，则x=？", "2x = 4"),
        ("已知 2x=4，求 x", "2x = 4"),
        ("Evaluate the following: 2 + 4", "2 + 4"),
        ("Calculate the value of 2 + 4", "2 + 4"),
        ("简便计算：2+4", "2 + 4"),
        ("直接写得数：2+4=", "2 + 4"),
        ("计算下面各题 2+4", "2 + 4"),
        ("What is the derivative of x^2?", "d/dx(x^2)"),
        ("Find the derivative: x^2", "d/dx(x^2)"),
        ("Expand the brackets: 2(x + 4)", "2(x + 4)"),
        ("Factor the polynomial x^2 - 4", "x^2 - 4"),
        ("先化简：2a+4a", "2a + 4a"),
    ],
)
def test_instructions_come_in_many_words(text: str, plain: str) -> None:
    assert parse_problem(text).text == plain


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("3x + 5 = 20", Intent.SOLVE),
        ("x + 3 > 5", Intent.SOLVE),
        ("x+y=5 and x-y=1", Intent.SOLVE_SYSTEM),
        ("3 + 4 × 2", Intent.EVALUATE),
        ("5! =", Intent.EVALUATE),
        ("9÷3＝", Intent.EVALUATE),
        ("12 ÷ 4 × 3 = ?", Intent.EVALUATE),
        ("3x + 2x", Intent.SIMPLIFY),
        ("2(x+3)-x", Intent.SIMPLIFY),
        ("x^2-5x+6", Intent.FACTOR),
        ("d/dx (x^2)", Intent.DIFFERENTIATE),
        ("∫ x dx", Intent.INTEGRATE),
    ],
)
def test_without_an_instruction_the_task_is_what_a_teacher_would_assume(
    text: str, intent: Intent
) -> None:
    problem = parse_problem(text)
    assert problem.intent is intent
    assert not problem.is_intent_written


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("3) 2x = 8", "2x = 8"),
        ("(2) x^2-5x+6=0", "x^2 - 5x + 6 = 0"),
        ("12. Simplify 3x+2x", "3x + 2x"),
        ("1. 3x = 5", "3x = 5"),
        ("1.3x = 5", "1.3x = 5"),
        ("12.5+3", "12.5 + 3"),
        ("Q4: 12 ÷ 4 = ?", "12 ÷ 4"),
        ("Question 7. x + 1 = 2", "x + 1 = 2"),
        ("① 3+4=", "3 + 4"),
        ("第3题：3+4=", "3 + 4"),
        ("a) x + 1 = 2", "x + 1 = 2"),
        ("(2)(x+1)", "2(x + 1)"),
        ("(3) + 4 =", "3 + 4"),
        ("(3) - 4 =", "3 - 4"),
        ("（1）3+4", "3 + 4"),
        ("Q3 x + 1 = 2", "x + 1 = 2"),
        ("Q. 3x = 9", "3x = 9"),
        ("a. 3x = 9", "3x = 9"),
        ("ii) 3x = 9", "3x = 9"),
        ("例1：2x = 4", "2x = 4"),
    ],
)
def test_question_numbers_are_told_from_numbers_in_the_question(text: str, plain: str) -> None:
    assert parse_problem(text).text == plain


def test_the_unknown_is_the_one_that_is_asked_for() -> None:
    assert parse_problem("Solve 2x + y = 4 for y").variable == "y"
    assert parse_problem("Solve for a: 2a + b = c").variable == "a"
    assert parse_problem("3t = 6").variable == "t"
    assert parse_problem("x+y=3, x-y=1").variables == ("x", "y")


def test_the_problem_is_shown_as_a_book_would() -> None:
    assert parse_problem("x+y=3, x-y=1").latex == (
        r"\begin{cases} x + y = 3 \\ x - y = 1 \end{cases}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Tom has 3 apples and buys 4 more. How many has he now?",
        "小明有3个苹果，又买了4个，一共有几个？",
        "I am 5",
        "Find the area of a circle",
        "已知 x = 3",
        "x = 2 or x = 3",
        "2x+1=7, x-1=4",
        "Solve for z: x + y = 2",
        "Solve:",
        "",
        "...",
        "what is the meaning of life",
        "the quick brown fox",
    ],
)
def test_prose_and_statements_are_refused(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        parse_problem(text)


@pytest.mark.parametrize(
    "piece",
    [" ", "(", "1)", "(1) ", "find ", "find the ", "solve for x and ", "的", "求", "= ?", "."],
)
def test_repeated_words_cost_no_more_than_a_moment(piece: str) -> None:
    started = time.process_time()
    with contextlib.suppress(MathSyntaxError):
        parse_problem((piece * 500)[:500])
    assert time.process_time() - started < 5


def test_positions_are_those_of_the_whole_text() -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_problem("Solve: 3x + § = 2")
    assert caught.value.position == "Solve: 3x + § = 2".index("§")


def test_an_equation_of_a_line_is_solved_for_y() -> None:
    assert parse_problem("3x + 6y = 5").variable == "y"
    assert parse_problem("Solve 3x + 6y = 5 for x").variable == "x"
    assert parse_problem("3x + 6 = 5").variable == "x"


@pytest.mark.parametrize(
    "text",
    [
        "Two dice are rolled. Find the probability that the sum is 7.",
        "A train leaves at 9 and travels 60 km in 2 hours. What is its speed?",
        "Tom has 3 apples and gives 2 of them to his sister. How many are left?",
        "小明有5个苹果，给了小红2个，还剩几个？",
    ],
)
def test_a_story_is_refused_as_one(text: str) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_problem(text)
    assert caught.value.reason == "story"
    assert "told in words" in caught.value.message


@pytest.mark.parametrize("text", ["Solve 3x § 2", "Slove 3x + 5 = 20", "解方程：3x § 5"])
def test_a_slip_in_an_instruction_is_told_by_its_place(text: str) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_problem(text)
    assert caught.value.reason == "unknown_symbol"
