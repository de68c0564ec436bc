"""Functions and their graphs: answers by hand, every line proved, and what is wrong never."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.bounds import exact_value
from inference.rules.nodes import FunctionValue, Phrase, Point, Relation, Symbol, replaced
from inference.rules.parser import parse_line, parse_math
from inference.rules.polynomial import Polynomial, to_polynomial
from inference.rules.solver import solve_problem
from inference.types import Language
from tests.inference.rules.whole_solutions import (
    solve_verified,
    spoiled,
    verdict_on_answer,
    verdict_on_step,
    written,
)

RELAXED = settings(max_examples=6)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("f(x) = 2x^2 - 1, find f(3)", "17"),
        ("已知f(x)=2x^2-1，求f(-3)", "17"),
        ("Find f(2) if f(x) = x^3 - 1", "7"),
        ("f(x)=3x, f(2)=?", "6"),
        ("If f(x)=2x+1 and g(x)=x^2, find f(g(x))", "2x^{2} + 1"),
        ("If f(x)=2x+1 and g(x)=x^2, find g(f(x))", "4x^{2} + 4x + 1"),
        ("Given f(x) = x^2 + 1, evaluate f(a+1)", "a^{2} + 2a + 2"),
        ("f(x)=2x+1, g(x)=x^2; find (f∘g)(2)", "9"),
        (r"f(x)=2x+1, g(x)=x^2-3; find (f\circ g)(2)", "3"),
        ("f(x)=2x, g(x)=3x, find f(1)+2g(4)", "26"),
        (r"f(x) = \frac{x+1}{x-2}, find f(5)", "2"),
        (r"f(x) = \sqrt{x+1}, find f(8)", "3"),
        ("f(t) = 5 - 2t, find f(1/2)", "4"),
        ("f(x) = |x - 4|, find f(1)", "3"),
        ("Find the inverse of f(x) = 2x + 3", r"f^{-1}(x) = \frac{1}{2}x - \frac{3}{2}"),
        ("求函数 y=5-3x 的反函数", r"f^{-1}(x) = \frac{5}{3} - \frac{1}{3}x"),
        (r"inverse of f(x) = \frac{x+1}{x-2}", r"f^{-1}(x) = \frac{2x + 1}{x - 1}"),
        ("inverse of g(x) = 4x", r"g^{-1}(x) = \frac{1}{4}x"),
        (r"Find the domain of f(x) = \sqrt{x-2}", r"x \ge 2"),
        ("domain of 1/(x-3)", r"x \ne 3"),
        (
            r"求函数 y=\frac{\sqrt{x-1}}{x-3} 的定义域",
            r"\begin{cases} x \ge 1 \\ x \ne 3 \end{cases}",
        ),
        (r"domain of \frac{1}{x^2-4}", r"\begin{cases} x \ne -2 \\ x \ne 2 \end{cases}"),
        (r"domain of \frac{1}{\sqrt{6-2x}}", "x < 3"),
        (r"domain of \ln(x+4)", "x > -4"),
        (r"domain of \sqrt{x^2-4}", r"x \le -2 \;\text{or}\; x \ge 2"),
        (r"domain of \sqrt{x-1} + \sqrt{5-x}", r"1 \le x \le 5"),
        (r"domain of \sqrt{x-1} + \sqrt{1-x}", "x = 1"),
        (r"domain of \frac{\sqrt{x-5}}{x}", r"x \ge 5"),
        ("domain of x^2 + 1", r"\text{all real numbers}"),
        ("Find the vertex of y = x^2 - 4x + 3", r"(2,\; -1)"),
        ("求抛物线 y=2(x-1)^2+3 的顶点坐标", r"(1,\; 3)"),
        ("vertex of y = -x^2+3x", r"\left(\frac{3}{2},\; \frac{9}{4}\right)"),
        ("Find the intercepts of y = 2x - 6", r"(3,\; 0),\; (0,\; -6)"),
        ("intercepts of y = x^2 - 4x + 3", r"(1,\; 0),\; (3,\; 0),\; (0,\; 3)"),
        ("直线y=3x与坐标轴的交点", r"(0,\; 0)"),
        ("Find the x-intercept of y = 2x - 6", r"(3,\; 0)"),
        ("x-intercepts of y = x^2 - 5x + 6", r"(2,\; 0),\; (3,\; 0)"),
        ("求直线 y=2x-6 与y轴的交点", r"(0,\; -6)"),
        ("Find f^{-1}(x) if f(x) = 2x + 3", r"f^{-1}(x) = \frac{1}{2}x - \frac{3}{2}"),
        ("已知f(x)=2x+3，求反函数", r"f^{-1}(x) = \frac{1}{2}x - \frac{3}{2}"),
        ("已知函数f(x)=2x-1，求f(3)的值", "5"),
        ("intercepts of y = x^2 + 1", r"(0,\; 1)"),
        ("Find the equation of the line through (1, 2) and (3, 8)", "y = 3x - 1"),
        ("过点(-2,-3)和(4,0)的直线方程", r"y = \frac{1}{2}x - 2"),
        ("line through (1, 5) and (1, 2)", "x = 1"),
        ("line through (1, 5) and (4, 5)", "y = 5"),
        ("line through (0, 0) and (3, -1)", r"y = -\frac{1}{3}x"),
        ("line through (1, 3) with slope 2", "y = 2x + 1"),
        (
            "Find the equation of the line with gradient -1/2 passing through (4, 0)",
            r"y = -\frac{1}{2}x + 2",
        ),
        ("求过点(0,5)且斜率为3的直线方程", "y = 3x + 5"),
        ("equation of the tangent line to y = x^2 at x = 3", "y = 6x - 9"),
        ("tangent to f(x) = x^3 - x at (2, 6)", "y = 11x - 16"),
        ("求曲线 y=x^2-2x 在 x=1 处的切线方程", "y = -1"),
        (r"tangent line to y = \frac{1}{x} at x = 2", r"y = -\frac{1}{4}x + 1"),
        ("tangent to y = 3x+1 at x=2", "y = 3x + 1"),
    ],
)
def test_functions_and_graphs(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        (
            "x^2 - 4x + 3",
            ["y = x^{2} - 4x + 4 - 4 + 3", "y = (x - 2)^{2} - 1", r"(2,\; -1)"],
        ),
        (
            "2x^2 + 4x + 5",
            [
                "y = 2(x^{2} + 2x) + 5",
                "y = 2(x^{2} + 2x + 1 - 1) + 5",
                "y = 2(x + 1)^{2} + 3",
                r"(-1,\; 3)",
            ],
        ),
        ("x^2 - 7", [r"(0,\; -7)"]),
    ],
)
def test_a_vertex_is_found_by_completing_the_square_when_asked(
    formula: str, lines: list[str]
) -> None:
    solution = solve_verified(f"Find the vertex of y = {formula} by completing the square")
    assert [step.after for step in solution.steps] == lines


GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        "f(x)=2x+1, g(x)=x^2-3; find f(g(2))",
        "en",
        [
            ("Put 2 in the place of $x$ in $g(x)$.", "f(2^{2} - 3)"),
            ("Work out the powers first: $2^{2}$ is 4.", "f(4 - 3)"),
            ("Subtract.", "f(1)"),
            ("Put 1 in the place of $x$ in $f(x)$.", r"2 \times 1 + 1"),
            (r"Multiply and divide first: $2 \times 1$ is 2.", "2 + 1"),
            ("Add.", "3"),
        ],
    ),
    (
        "f(x)=2x+1, g(x)=x^2-3; find f(g(2))",
        "zh",
        [
            ("在 $g(x)$ 中，用 2 代替 $x$。", "f(2^{2} - 3)"),
            ("先算乘方：$2^{2}$ 得 4。", "f(4 - 3)"),
            ("相减。", "f(1)"),
            ("在 $f(x)$ 中，用 1 代替 $x$。", r"2 \times 1 + 1"),
            (r"先算乘除：$2 \times 1$ 得 2。", "2 + 1"),
            ("相加。", "3"),
        ],
    ),
    (
        "inverse of f(x) = 2x + 3",
        "en",
        [
            ("Call the value of the function $y$, and solve for $x$.", "y = 2x + 3"),
            ("Swap the two sides.", "2x + 3 = y"),
            ("Subtract 3 from both sides.", "2x = y - 3"),
            ("Divide both sides by 2.", r"x = \frac{1}{2}y - \frac{3}{2}"),
            (
                "The inverse takes $y$ back to $x$. As its own letter it has $x$ again.",
                r"f^{-1}(x) = \frac{1}{2}x - \frac{3}{2}",
            ),
        ],
    ),
    (
        r"domain of \frac{\sqrt{x-1}}{x-3}",
        "zh",
        [
            (
                "写出每一部分的要求：分母不为零，偶次根号下不为负，对数的真数为正。",
                r"\begin{cases} x - 3 \ne 0 \\ x - 1 \ge 0 \end{cases}",
            ),
            ("解出不能取的值。", r"\begin{cases} x \ne 3 \\ x - 1 \ge 0 \end{cases}"),
            ("两边同时加上 1。", r"\begin{cases} x \ne 3 \\ x \ge 1 \end{cases}"),
            ("所有条件必须同时成立。", r"\begin{cases} x \ge 1 \\ x \ne 3 \end{cases}"),
        ],
    ),
    (
        r"domain of \sqrt{x-2}",
        "en",
        [
            ("What is under a square root must not be negative.", r"x - 2 \ge 0"),
            ("Add 2 to both sides.", r"x \ge 2"),
        ],
    ),
    (
        "intercepts of y = 2x - 6",
        "en",
        [
            ("Put 0 in the place of $x$.", r"y = 2 \times 0 - 6"),
            (r"Multiply and divide first: $2 \times 0$ is 0.", "y = 0 - 6"),
            ("Subtract.", "y = -6"),
            ("On the $x$-axis the value of the function is 0.", "2x - 6 = 0"),
            ("Add 6 to both sides.", "2x = 6"),
            ("Divide both sides by 2.", "x = 3"),
            ("Write down the points on the axes.", r"(3,\; 0),\; (0,\; -6)"),
        ],
    ),
    (
        "line through (0, 1) and (2, 5)",
        "en",
        [
            (
                "The slope $m$ is the difference of the $y$-coordinates over the difference of the "
                "$x$-coordinates.",
                r"m = \frac{5 - 1}{2 - 0}",
            ),
            ("Work out this part first: $5 - 1$ is 4, $2 - 0$ is 2.", r"m = \frac{4}{2}"),
            ("Divide.", "m = 2"),
            (
                r"Write the line through $(0,\; 1)$ with slope 2 in point-slope form.",
                "y - 1 = 2x",
            ),
            ("Add 1 to both sides.", "y = 2x + 1"),
        ],
    ),
    (
        "line through (0, 1) and (2, 5)",
        "zh",
        [
            ("斜率 $m$ 等于纵坐标之差除以横坐标之差。", r"m = \frac{5 - 1}{2 - 0}"),
            ("先算这一部分：$5 - 1$ 得 4，$2 - 0$ 得 2。", r"m = \frac{4}{2}"),
            ("相除。", "m = 2"),
            (r"用点斜式写出过 $(0,\; 1)$、斜率为 2 的直线。", "y - 1 = 2x"),
            ("两边同时加上 1。", "y = 2x + 1"),
        ],
    ),
    (
        "tangent to f(x) = x^2 at x = 3",
        "zh",
        [
            ("用 3 代替 $x$。", "f(3) = 3^{2}"),
            ("计算乘方。", "f(3) = 9"),
            ("切线的斜率等于导数值。", r"f'(x) = \frac{d}{dx}\left(x^{2}\right)"),
            ("用幂函数求导公式：$x^n$ 的导数是 $n x^{n-1}$。", "f'(x) = 2x"),
            ("用 3 代替 $x$。", r"m = 2 \times 3"),
            ("相乘。", "m = 6"),
            (r"用点斜式写出过 $(3,\; 9)$、斜率为 6 的直线。", "y - 9 = 6(x - 3)"),
            ("去括号。", "y - 9 = 6x - 18"),
            ("两边同时加上 9。", "y = 6x - 9"),
        ],
    ),
    (
        "vertex of y = x^2 - 4x",
        "zh",
        [
            (
                r"顶点处 $x$ 的值是 $-\frac{b}{2a}$，这里 $a$ 是 1，$b$ 是 -4。",
                r"x = -\frac{-4}{2 \times 1}",
            ),
            (r"先算这一部分：$2 \times 1$ 得 2。", r"x = -\frac{-4}{2}"),
            ("相除。", "x = 2"),
            ("用 2 代替 $x$。", r"y = 2^{2} - 4 \times 2"),
            ("先算乘方：$2^{2}$ 得 4。", r"y = 4 - 4 \times 2"),
            (r"先算乘除：$4 \times 2$ 得 8。", "y = 4 - 8"),
            ("相减。", "y = -4"),
            ("写出顶点坐标。", r"(2,\; -4)"),
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
        r"f(x) = \frac{1}{x}, find f(0)",
        r"f(x) = \sqrt{x}, find f(-4)",
        "Find the inverse of f(x) = x^2",
        "inverse of f(x) = 3",
        r"domain of \tan(x)",
        r"domain of \sqrt{x-3} + \sqrt{1-x}",
        "vertex of y = 2x + 1",
        "vertex of y = x^3",
        "line through (1, 2) and (1, 2)",
        r"tangent to y = \frac{1}{x} at x = 0",
        "intercepts of y = 7",
        "x-intercepts of y = x^2 + 1",
        "f(x) = \\frac{1}{x}, find f(a+1)",
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_problem(parse_problem(text), language="en")


@pytest.mark.parametrize(
    "text",
    [
        "f(x) = x, find h(2)",
        "f(x) = ax + b, find f(2)",
        "f(x) = f(x) + 1, find f(2)",
        "domain of x + y",
        "tangent to y = x^2 at x = a",
        "vertex of y = ",
    ],
)
def test_what_is_not_understood_says_so(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        parse_problem(text)


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        ("f(x) = 2x^2 - 1, find f(3)", "f(3) = 17", "verified"),
        ("f(x) = 2x^2 - 1, find f(3)", "f(2) = 17", "failed"),
        ("f(x) = 2x^2 - 1, find f(3)", "16", "failed"),
        ("f(x)=2x+1 and g(x)=x^2, find f(g(x))", "f(g(x)) = 2x^2 + 1", "verified"),
        ("f(x)=2x+1 and g(x)=x^2, find f(g(x))", "(2x+1)^2", "failed"),
        ("inverse of f(x) = 2x + 3", r"y = \frac{x - 3}{2}", "verified"),
        ("inverse of f(x) = 2x + 3", r"f^{-1}(x) = \frac{x - 3}{2}", "verified"),
        ("inverse of f(x) = 2x + 3", r"f^{-1}(x) = \frac{x + 3}{2}", "failed"),
        ("inverse of f(x) = 2x + 3", r"f(x) = \frac{x - 3}{2}", "not_checkable"),
        ("inverse of f(x) = 2x + 3", r"f^{-1}(9) = \frac{x - 3}{2}", "not_checkable"),
        ("inverse of f(x) = 2x + 3", r"f^{-8}(x) = \frac{x - 3}{2}", "not_checkable"),
        (r"domain of \sqrt{x-2}", "x > 2", "failed"),
        (r"domain of \sqrt{x-2}", r"x \in [2, \infty)", "verified"),
        ("domain of 1/(x-3)", r"x \ne 3", "verified"),
        ("domain of 1/(x-3)", r"\text{all real numbers}", "failed"),
        ("vertex of y = x^2 - 4x + 3", "(2, 1)", "not_checkable"),
        ("intercepts of y = 2x - 6", "(0, -6), (3, 0)", "verified"),
        ("intercepts of y = 2x - 6", "(3, 0)", "not_checkable"),
        ("line through (1, 2) and (3, 8)", "3x - y - 1 = 0", "not_checkable"),
        ("line through (1, 2) and (3, 8)", "y = 3x + 1", "not_checkable"),
        ("line through (1, 2) and (3, 8)", "y - 2 = 3(x - 1)", "not_checkable"),
        ("tangent to y = x^2 at x = 3", "y = 6x - 9", "verified"),
        ("tangent to y = x^2 at x = 3", "y = 6x + 9", "not_checkable"),
    ],
)
def test_answers_of_others_are_judged(text: str, answer: str, verdict: str) -> None:
    assert verdict_on_answer(text, answer) == verdict


NUMBER = st.integers(-9, 9)


@RELAXED
@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_the_line_goes_through_both_points(a: int, b: int, c: int, d: int) -> None:
    assume((a, b) != (c, d))
    text = f"line through ({a}, {b}) and ({c}, {d})"
    solution = solve_verified(text)
    for x, y in ((a, b), (c, d)):
        assert _holds(solution.answer_latex, x, y)
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, a + 10 * b + place)
        if wrong is None or verdict_on_step(text, [], wrong) != "verified":
            continue
        relation = parse_math(wrong)
        assert isinstance(relation, Relation)
        if relation.left == Symbol("m"):
            assert exact_value(relation.right) == Fraction(d - b, c - a)
        else:
            assert _holds(wrong, a, b) and _holds(wrong, c, d), wrong


def _holds(latex: str, x: int, y: int) -> bool:
    relation = parse_math(latex)
    assert isinstance(relation, Relation)
    for name, value in (("x", x), ("y", y)):
        node = parse_math(f"({value})")
        relation = replaced(relation, Symbol(name), node)
    return exact_value(relation.left) == exact_value(relation.right)


@RELAXED
@given(NUMBER.filter(bool), NUMBER, NUMBER, NUMBER)
def test_values_vertices_and_tangents_of_parabolas(a: int, b: int, c: int, at: int) -> None:
    formula = f"{a}x^2 + ({b})x + ({c})"
    value = a * at * at + b * at + c
    assert solve_verified(f"f(x) = {formula}, find f({at})").answer_latex == str(value)
    vertex = parse_line(solve_verified(f"vertex of y = {formula}").answer_latex)
    assert isinstance(vertex, Point)
    x, y = (exact_value(each) for each in vertex.coordinates)
    assert x == Fraction(-b, 2 * a) and y == Fraction(4 * a * c - b * b, 4 * a)
    tangent = solve_verified(f"tangent to f(x) = {formula} at x = {at}").answer_latex
    assert _holds(tangent, at, value)
    assert _holds(tangent, at + 1, value + 2 * a * at + b)


@RELAXED
@given(NUMBER.filter(bool), NUMBER, st.integers(-5, 5))
def test_an_inverse_undoes_its_function(a: int, b: int, at: int) -> None:
    assume((a, b) != (1, 0))
    text = f"inverse of f(x) = {a}x + ({b})"
    latex = solve_verified(text).answer_latex
    inverse = _inverse_in(latex)
    value = a * at + b
    assert inverse.numeric_coefficient("x", 1) * value + inverse.constant_term == at
    wrong = spoiled(latex.partition("=")[2], at)
    if wrong is not None and verdict_on_answer(text, wrong) == "verified":
        assert _inverse_in(wrong) == inverse


def _inverse_in(latex: str) -> Polynomial:
    polynomial = to_polynomial(parse_math(latex.rpartition("=")[2]))
    assert polynomial is not None
    return polynomial


@RELAXED
@given(NUMBER, NUMBER, NUMBER)
def test_a_domain_holds_just_where_the_function_has_a_value(a: int, b: int, at: int) -> None:
    answer = parse_line(
        solve_verified(rf"domain of \sqrt{{x + ({a})}} + \frac{{1}}{{x - ({b})}}").answer_latex
    )
    parts = getattr(answer, "relations", (answer,))
    assert not isinstance(answer, Phrase | FunctionValue)
    is_inside = True
    for part in parts:
        bound = exact_value(part.right)
        assert bound is not None
        is_inside &= {
            ">=": at >= bound,
            ">": at > bound,
            "!=": at != bound,
        }[part.operator]
    assert is_inside == (at + a >= 0 and at != b)
