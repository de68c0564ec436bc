"""What a teacher says at the rules for functions and their graphs: English, Chinese."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "put_in_argument": (
        "Put {argument} in the place of {letter} in {function}.",
        "在 {function} 中，用 {argument} 代替 {letter}。",
    ),
    "put_in_place": (
        "Put {value} in the place of {letter}.",
        "用 {value} 代替 {letter}。",
    ),
    # inverses
    "call_value_y": (
        "Call the value of the function $y$, and solve for {letter}.",
        "把函数值记作 $y$，解出 {letter}。",
    ),
    "swap_letters": (
        "The inverse takes $y$ back to {letter}. As its own letter it has {letter} again.",
        "反函数由 $y$ 求出 {letter}；仍用 {letter} 表示自变量。",
    ),
    # domains
    "defined_everywhere": (
        "No fraction, root or logarithm sets a limit: the function is defined everywhere.",
        "没有分母、偶次根号和对数的限制，函数处处有定义。",
    ),
    "denominators_not_zero": (
        "A denominator must not be zero.",
        "分母不能为零。",
    ),
    "roots_not_negative": (
        "What is under a square root must not be negative.",
        "偶次根号下的数不能为负。",
    ),
    "demands_of_parts": (
        "Write down what each part demands: a denominator must not be zero, what is under a square "
        "root must not be negative, and a logarithm needs a positive number.",
        "写出每一部分的要求：分母不为零，偶次根号下不为负，对数的真数为正。",
    ),
    "factor_what_is_below": ("Factor.", "分解因式。"),
    "solve_unequal": ("Solve for the letter that must not have this value.", "解出不能取的值。"),
    "all_demands_together": (
        "All demands have to hold together.",
        "所有条件必须同时成立。",
    ),
    # graphs
    "vertex_place": (
        "At the vertex {letter} is $-\\frac{{b}}{{2a}}$; here $a$ is {a} and $b$ is {b}.",
        "顶点处 {letter} 的值是 $-\\frac{{b}}{{2a}}$，这里 $a$ 是 {a}，$b$ 是 {b}。",
    ),
    "factor_out_of_two_terms": (
        "Take {factor} out of the two terms with the letter.",
        "从含字母的两项中提出 {factor}。",
    ),
    "add_and_subtract_square": (
        "Complete the square: add and subtract the square of half the coefficient of {letter}, "
        "{square}.",
        "配方：加上再减去 {letter} 的系数一半的平方 {square}。",
    ),
    "vertex_form": ("Write the first three terms as a square.", "把前三项写成完全平方。"),
    "read_vertex": (
        "The square is 0 at the vertex; what is left is the height there.",
        "顶点处平方项为 0，剩下的就是函数值。",
    ),
    "state_vertex": ("Write down the vertex.", "写出顶点坐标。"),
    "height_is_zero": (
        "On the $x$-axis the value of the function is 0.",
        "在 $x$ 轴上，函数值为 0。",
    ),
    "state_intercepts": (
        "Write down the points on the axes.",
        "写出与坐标轴的交点。",
    ),
    "slope_of_line": (
        "The slope $m$ is the difference of the $y$-coordinates over the difference of the "
        "$x$-coordinates.",
        "斜率 $m$ 等于纵坐标之差除以横坐标之差。",
    ),
    "point_slope_form": (
        "Write the line through {point} with slope {slope} in point-slope form.",
        "用点斜式写出过 {point}、斜率为 {slope} 的直线。",
    ),
    "horizontal_equation": (
        "The slope is 0, so $y$ is the same everywhere.",
        "斜率为 0，所以 $y$ 处处相同。",
    ),
    "vertical_equation": (
        "Both points have {value} as their $x$-coordinate, so the line is vertical.",
        "两点的横坐标都是 {value}，所以直线垂直于 $x$ 轴。",
    ),
    "derivative_is_slope": (
        "The slope of the tangent is the value of the derivative.",
        "切线的斜率等于导数值。",
    ),
}
