"""Measures of numbers, ways to choose, points: answers from Python's `statistics` and `math`."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.bounds import exact_value
from inference.rules.nodes import Listing, Point
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

RELAXED = settings(max_examples=10)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Find the mean of 3, 5, 7, 9.", "6"),
        ("What is the average of 3, 5, 7 and 8?", "5.75"),
        ("mean: 1.5, 2.5, 4", r"\frac{8}{3}"),
        ("mean of 1/2, 3/4", r"\frac{5}{8}"),
        ("求数据 -3，5，-8 的平均数", "-2"),
        ("Calculate the mean of the numbers 100,200,300", "200"),
        ("mean of 0.2, 0.4", "0.3"),
        ("求3,4,4,5的平均数是多少？", "4"),
        ("median of 9, 3, 7, 5", "6"),
        ("Find the median of the following numbers: 7, -2, 3", "3"),
        ("数据2，8，5，4的中位数", "4.5"),
        ("median of 1.5, 2, 1", "1.5"),
        ("median of 1/2, 1/3, 1/4, 1/6", r"\frac{7}{24}"),
        ("mode of 3, 5, 3, 7", "3"),
        ("Find the mode of 3, 3, 5, 5, 7", r"3,\; 5"),
        ("mode of 1, 2, 3", r"\text{no mode}"),
        ("求一组数据1，1，2，4的众数", "1"),
        ("mode of 2, 2", "2"),
        ("range of 3, -5, 7", "12"),
        ("求数据 12, 9.5, 15 的极差", "5.5"),
        ("variance of 2, 4, 6, 8", "5"),
        ("population variance of 1, 2, 3", r"\frac{2}{3}"),
        ("sample variance of 2, 4, 6", "4"),
        ("求数据 1，3，5 的方差", r"\frac{8}{3}"),
        ("variance of 5, 5, 5", "0"),
        ("standard deviation of 2, 4, 4, 4, 5, 5, 7, 9", "2"),
        ("sample standard deviation of 1, 2, 3, 4", r"\frac{\sqrt{15}}{3}"),
        ("求1，2，4的标准差", r"\frac{\sqrt{14}}{3}"),
        ("5C2", "10"),
        ("C(8, 6)", "28"),
        ("C(7, 1)", "7"),
        ("C_{10}^{3}", "120"),
        (r"\binom{6}{6}", "1"),
        (r"\binom{9}{0}", "1"),
        ("P(5, 3)", "60"),
        ("6P6", "720"),
        ("A_6^2", "30"),
        ("In how many ways can 3 students be chosen from 8 students?", "56"),
        ("从8名同学中选出3名，有多少种不同的选法？", "56"),
        ("In how many ways can 5 people be arranged in a row?", "120"),
        ("6人排成一排，有多少种排法？", "720"),
        ("How many ways are there to choose 4 books from 6 books?", "15"),
        ("In how many ways can 2 of 7 people be arranged in a row?", "42"),
    ],
)
def test_measures_of_numbers_and_ways_to_choose(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Find the slope of the line through (1, 2) and (3, 8)", "3"),
        ("slope of the line passing through (-1, 4) and (3, -2)", r"-\frac{3}{2}"),
        ("gradient of the line joining (1, 4) and (3, 4)", "0"),
        ("过点(1,2)和(3,8)的直线的斜率", "3"),
        ("Find the distance between (1, 2) and (4, 6)", "5"),
        ("distance from A(-1, -2) to B(3, 0)", r"2\sqrt{5}"),
        ("求点A(1,2)与点B(1,7)之间的距离", "5"),
        ("distance between (0, 0) and (1/2, 0)", r"\frac{1}{2}"),
        ("Find the midpoint of the segment joining A(1, 2) and B(3, 8)", r"(2,\; 5)"),
        (
            "midpoint of (-1/2, 3) and (4, 0)",
            r"\left(\frac{7}{4},\; \frac{3}{2}\right)",
        ),
        ("midpoint of the line segment with endpoints (1, 2) and (5, 6)", r"(3,\; 4)"),
        ("求A(1,2)和B(3,-8)的中点坐标", r"(2,\; -3)"),
    ],
)
def test_two_points(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        "mean of 3, 5, 7, 8",
        "en",
        [
            (
                "Add all numbers and divide by how many there are, 4.",
                r"\frac{3 + 5 + 7 + 8}{4}",
            ),
            ("Work out this part first: $3 + 5 + 7 + 8$ is 23.", r"\frac{23}{4}"),
            ("Write the fraction as a decimal.", "5.75"),
        ],
    ),
    (
        "mean of 3, 5, 7, 8",
        "zh",
        [
            ("把所有数相加，再除以个数 4。", r"\frac{3 + 5 + 7 + 8}{4}"),
            ("先算这一部分：$3 + 5 + 7 + 8$ 得 23。", r"\frac{23}{4}"),
            ("把分数写成小数。", "5.75"),
        ],
    ),
    (
        "median of 9, 3, 7, 5",
        "en",
        [
            ("Put the numbers in order of size.", r"3,\; 5,\; 7,\; 9"),
            (
                "The two numbers in the middle are 5 and 7. The median is halfway between them.",
                r"\frac{5 + 7}{2}",
            ),
            ("Work out this part first: $5 + 7$ is 12.", r"\frac{12}{2}"),
            ("Divide.", "6"),
        ],
    ),
    (
        "median of 9, 3, 7, 5",
        "zh",
        [
            ("把这些数从小到大排列。", r"3,\; 5,\; 7,\; 9"),
            ("中间的两个数是 5 和 7，中位数是它们的平均数。", r"\frac{5 + 7}{2}"),
            ("先算这一部分：$5 + 7$ 得 12。", r"\frac{12}{2}"),
            ("相除。", "6"),
        ],
    ),
    (
        "mode of 3, 3, 5, 5, 7",
        "en",
        [
            ("Put the numbers in order of size.", r"3,\; 3,\; 5,\; 5,\; 7"),
            (
                r"The numbers that occur most often are $3,\; 5$: each is there 2 times.",
                r"3,\; 5",
            ),
        ],
    ),
    (
        "mode of 3, 3, 5, 5, 7",
        "zh",
        [
            ("把这些数从小到大排列。", r"3,\; 3,\; 5,\; 5,\; 7"),
            (r"出现次数最多的数是 $3,\; 5$，各出现了 2 次。", r"3,\; 5"),
        ],
    ),
    (
        "C(8, 6)",
        "en",
        [
            (
                "Choosing 6 out of 8 is the same as choosing the 2 that are left out.",
                r"\binom{8}{2}",
            ),
            (
                "The order does not count. Take 2 factors from 8 downwards, and divide by the "
                "number of orders of 2 things.",
                r"\frac{8 \times 7}{2 \times 1}",
            ),
            (
                r"Work out this part first: $8 \times 7$ is 56, $2 \times 1$ is 2.",
                r"\frac{56}{2}",
            ),
            ("Divide.", "28"),
        ],
    ),
    (
        "C(8, 6)",
        "zh",
        [
            ("从 8 个中选 6 个，等于选出剩下的 2 个。", "C_{8}^{2}"),
            (
                "与顺序无关：从 8 起往下乘 2 个数，再除以 2 个元素的排列数。",
                r"\frac{8 \times 7}{2 \times 1}",
            ),
            (r"先算这一部分：$8 \times 7$ 得 56，$2 \times 1$ 得 2。", r"\frac{56}{2}"),
            ("相除。", "28"),
        ],
    ),
    (
        "midpoint of (1, 2) and (4, 8)",
        "en",
        [
            (
                "Each coordinate of the midpoint is halfway between those of the two points.",
                r"\left(\frac{1 + 4}{2},\; \frac{2 + 8}{2}\right)",
            ),
            (
                "Work out this part first: $1 + 4$ is 5.",
                r"\left(\frac{5}{2},\; \frac{2 + 8}{2}\right)",
            ),
            (
                "Work out this part first: $2 + 8$ is 10.",
                r"\left(\frac{5}{2},\; \frac{10}{2}\right)",
            ),
            ("Divide.", r"\left(\frac{5}{2},\; 5\right)"),
        ],
    ),
    (
        "slope of the line through (1, 2) and (3, 8)",
        "zh",
        [
            ("斜率等于纵坐标之差除以横坐标之差。", r"\frac{8 - 2}{3 - 1}"),
            ("先算这一部分：$8 - 2$ 得 6，$3 - 1$ 得 2。", r"\frac{6}{2}"),
            ("相除。", "3"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("text", "language", "steps"),
    GOLDEN,
    ids=[f"{lang}-{i}" for i, (_, lang, _) in enumerate(GOLDEN)],
)
def test_the_steps_read_like_a_teachers(
    text: str, language: Language, steps: list[tuple[str, str]]
) -> None:
    assert written(text, language) == steps


@pytest.mark.parametrize(
    "text",
    [
        "mean of 5",
        "C(3, 5)",
        "P(300, 200)",
        "mean of sqrt(2), 3",
        "slope of the line through (1, 4) and (1, 2)",
        "slope of the line through (1, 4) and (1, 4)",
        "distance between (sqrt(2), 1) and (0, 0)",
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_problem(parse_problem(text), language="en")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("median of 1,200, 1,500", "ambiguous"),
        ("mean of x, 3", "unexpected"),
        ("mean of 3 5 7", "unexpected"),
        ("distance between (1, 2, 3) and (0, 0)", "unexpected"),
        ("midpoint of (x, 2) and (0, 0)", "unexpected"),
    ],
)
def test_what_is_not_understood_says_so(text: str, reason: str) -> None:
    with pytest.raises(MathSyntaxError) as caught:
        parse_problem(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        ("mean of 3, 5, 7", r"\frac{15}{3}", "not_checkable"),
        ("mean of 3, 5, 7", "6", "failed"),
        ("mean of 3, 5, 8", r"5\frac{1}{3}", "verified"),
        ("mean of 3, 5, 7", r"\bar{x} = 5", "not_checkable"),
        ("variance of 2, 4, 6", "s^2 = 4", "not_checkable"),
        ("mode of 3, 3, 5, 5", "3", "failed"),
        ("mode of 3, 3, 5, 5", r"\text{no mode}", "verified"),
        ("mode of 3, 3, 5, 5, 1", r"3,\; 3", "not_checkable"),
        ("mode of 3, 3, 5, 5, 1", r"5,\; 3", "verified"),
        ("midpoint of (1, 2) and (3, 8)", "(5, 2)", "failed"),
        ("midpoint of (1, 2) and (3, 8)", "M = (2, 5)", "verified"),
        ("midpoint of (1, 2) and (3, 8)", "1 = (2, 5)", "not_checkable"),
        ("midpoint of (1, 2) and (3, 8)", "2", "not_checkable"),
        ("midpoint of (1, 2) and (3, 8)", r"\left(\frac{4}{2}, 5\right)", "not_checkable"),
        ("distance between (1, 2) and (4, 6)", "(5, 5)", "not_checkable"),
        ("median of 9, 3, 7", "3, 7, 9", "not_checkable"),
        ("slope of the line through (1, 2) and (3, 8)", "m = 3", "verified"),
        ("3, 5", "3, 5", "not_checkable"),
        ("x^2 = 4", "(2, -2)", "not_checkable"),
        ("2x = 4", "2, 2", "not_checkable"),
    ],
)
def test_answers_of_others_are_judged(text: str, answer: str, verdict: str) -> None:
    assert verdict_on_answer(text, answer) == verdict


def test_only_the_numbers_of_the_question_count_as_put_in_order() -> None:
    text = "median of 9, 3, 7, 5"
    assert verdict_on_step(text, [], r"3,\; 5,\; 7,\; 9") == "verified"
    assert verdict_on_step(text, [], r"9,\; 7,\; 5,\; 3") == "verified"
    for wrong in (
        r"3,\; 5,\; 9,\; 7",
        r"3,\; 5,\; 7",
        r"3,\; 5,\; 7,\; 8",
        r"3,\; 3,\; 5,\; 7,\; 9",
    ):
        assert verdict_on_step(text, [], wrong) != "verified"


@RELAXED
@given(st.lists(st.integers(-20, 20), min_size=2, max_size=7))
def test_measures_are_those_of_pythons_statistics(data: list[int]) -> None:
    values = [Fraction(each) for each in data]
    text = ", ".join(map(str, data))
    wanted = {
        "mean": statistics.mean(values),
        "median": statistics.median(values),
        "range": max(values) - min(values),
        "variance": statistics.pvariance(values),
        "sample variance": statistics.variance(values),
    }
    for name, value in wanted.items():
        solution = solve_verified(f"{name} of {text}")
        assert exact_value(parse_line(solution.answer_latex)) == value
    modes = statistics.multimode(data)
    answer = parse_line(solve_verified(f"mode of {text}").answer_latex)
    if len(modes) == len(set(data)) > 1:
        assert answer == parse_line("no mode")
    else:
        items = answer.items if isinstance(answer, Listing) else (answer,)
        assert [exact_value(each) for each in items] == sorted(map(Fraction, modes))


@RELAXED
@given(st.integers(0, 14), st.integers(0, 14))
def test_ways_are_counted_as_python_counts_them(n: int, k: int) -> None:
    if k > n:
        with pytest.raises(UnsupportedProblemError):
            solve_problem(parse_problem(f"C({n}, {k})"), language="en")
        return
    assert solve_verified(f"C({n}, {k})").answer_latex == str(math.comb(n, k))
    if k <= 8:
        assert solve_verified(f"P({n}, {k})").answer_latex == str(math.perm(n, k))


COORDINATE = st.integers(-9, 9)


@RELAXED
@given(COORDINATE, COORDINATE, COORDINATE, COORDINATE)
def test_a_midpoint_is_as_far_from_both_ends(a: int, b: int, c: int, d: int) -> None:
    midpoint = parse_line(solve_verified(f"midpoint of ({a}, {b}) and ({c}, {d})").answer_latex)
    assert isinstance(midpoint, Point)
    x, y = (exact_value(each) for each in midpoint.coordinates)
    assert x is not None and y is not None
    assert (x - a, y - b) == (c - x, d - y)


@RELAXED
@given(
    st.sampled_from(["mean", "median", "range", "variance", "sample variance"]),
    st.lists(st.integers(-12, 12), min_size=2, max_size=5),
    st.integers(0, 10**6),
)
def test_a_spoiled_step_is_never_verified(name: str, data: list[int], seed: int) -> None:
    text = f"{name} of {', '.join(map(str, data))}"
    solution = solve_verified(text)
    wanted = exact_value(parse_line(solution.answer_latex))
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, seed + place)
        if wrong is None or verdict_on_step(text, [], wrong) != "verified":
            continue
        # It may still be true: the middle number of a sum of squares of zeros, or `-0`.
        node = parse_line(wrong.partition("=")[0])
        if "=" in wrong:
            assert exact_value(node) == exact_value(parse_line(wrong.partition("=")[2]))
        elif isinstance(node, Listing):
            assert sorted(map(str, map(exact_value, node.items))) == sorted(
                str(Fraction(each)) for each in data
            )
        else:
            assert exact_value(node) == wanted
