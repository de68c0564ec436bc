"""Word problems of fixed wording: answers by hand or by Python; no other story is taken."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import Intent, parse_problem
from inference.rules.bounds import exact_value
from inference.rules.parser import parse_line
from inference.rules.solver import solve_problem
from inference.rules.units import UNITS
from inference.types import Language
from tests.inference.rules.whole_solutions import (
    solve_verified,
    spoiled,
    verdict_on_answer,
    verdict_on_step,
    written,
)

RELAXED = settings(max_examples=10)
_BAG = "A bag contains 3 red balls, 5 blue balls and 2 green balls. One ball is drawn at random. "


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Find the percent change from 80 to 100", r"25\%"),
        ("percentage decrease from 100 to 80", r"20\%"),
        ("从100下降到80，下降了百分之几？", r"20\%"),
        ("percent change from 100 to 80", r"-20\%"),
        ("The price of a book rises from $80 to $100. Find the percentage increase.", r"25\%"),
        ("percent change from 60 to 80", r"\frac{1}{3}"),
        ("从80增加到100，增长了百分之几？", r"25\%"),
        ("percent change from 40 to 41", r"2.5\%"),
        ("What percent of 80 is 20?", r"25\%"),
        ("20 is what percent of 80?", r"25\%"),
        ("20是80的百分之几", r"25\%"),
        ("What percentage of 40 is 50?", r"125\%"),
        ("Increase 80 by 15%", "92"),
        ("What is 80 increased by 12.5%?", "90"),
        ("80 decreased by 25%", "60"),
        ("Reduce 250 by 4%", "240"),
        ("把80增加15%是多少？", "92"),
        ("A shirt costs $40 and is discounted by 25%. Find the sale price.", "30"),
        ("Find the simple interest on $1000 at 5% per year for 3 years.", "150"),
        ("simple interest on 250 at 4% for 2 years", "20"),
        ("本金1000元，年利率5%，3年的单利利息", "150"),
        ("compound interest on 1,000 at 5% per year for 2 years", "102.5"),
        (
            "$1000 is invested at 5% per year compounded annually for 3 years. Find the amount.",
            "1157.625",
        ),
        ("本金1000元，年利率5%，按复利计算，3年后的本利和", "1157.625"),
        ("amount after 2 years of 500 at 10% compound interest", "605"),
        ("Convert 3.5 km to m", r"3500\,\text{m}"),
        ("How many metres are in 3.5 km?", r"3500\,\text{m}"),
        ("3.5千米等于多少米？", r"3500\,\text{m}"),
        ("convert 350 cm to m", r"3.5\,\text{m}"),
        ("Convert 90 minutes to hours", r"1.5\,\text{h}"),
        ("convert 2 1/2 h to min", r"150\,\text{min}"),
        ("convert 5 m^2 to cm^2", r"50000\,\text{cm}^{2}"),
        ("change 10 inches to cm", r"25.4\,\text{cm}"),
        ("3 km = ? m", r"3000\,\text{m}"),
        ("把36小时换算成天", r"1.5\,\text{d}"),
        ("convert 10 days to weeks", r"\frac{10}{7}\,\text{week}"),
        ("express 2500 g in kg", r"2.5\,\text{kg}"),
        ("convert 0.75 L to mL", r"750\,\text{mL}"),
        ("probability of rolling an even number with a die", r"\frac{1}{2}"),
        (
            "What is the probability of rolling a number greater than 4 on a fair six-sided die?",
            r"\frac{1}{3}",
        ),
        ("probability of rolling a 3 with a die", r"\frac{1}{6}"),
        ("probability of rolling a number less than 1 with a die", "0"),
        ("A die is rolled. What is the probability of getting a 5?", r"\frac{1}{6}"),
        ("probability of getting a head when tossing a coin", r"\frac{1}{2}"),
        ("掷一枚骰子，掷出质数的概率", r"\frac{1}{2}"),
        (_BAG + "What is the probability that it is red?", r"\frac{3}{10}"),
        (_BAG + "Find the probability that it is not blue.", r"\frac{1}{2}"),
        (
            "袋子里有3个红球和5个白球，从中任意摸出一个球，摸到红球的概率是多少？",
            r"\frac{3}{8}",
        ),
    ],
)
def test_stories_of_fixed_wording(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        "percent change from 80 to 100",
        "en",
        [
            (
                "The change is 100 minus 80. Divide it by the old value, 80.",
                r"\frac{100 - 80}{80}",
            ),
            ("Work out this part first: $100 - 80$ is 20.", r"\frac{20}{80}"),
            ("Reduce the fraction.", r"\frac{1}{4}"),
            ("Write it as a percentage: multiply by 100.", r"25\%"),
        ],
    ),
    (
        "percent change from 80 to 100",
        "zh",
        [
            ("变化量是 100 减 80，再除以原来的值 80。", r"\frac{100 - 80}{80}"),
            ("先算这一部分：$100 - 80$ 得 20。", r"\frac{20}{80}"),
            ("约分。", r"\frac{1}{4}"),
            ("写成百分数：乘以 100。", r"25\%"),
        ],
    ),
    (
        "Increase 80 by 15%",
        "en",
        [
            (
                r"The new value is all of 80 and $15\%$ more: multiply by 1 plus $15\%$.",
                r"80 \times (1 + 15\%)",
            ),
            (
                "Write the percentage as a decimal: percent means divided by 100.",
                r"80 \times (1 + 0.15)",
            ),
            ("Work out the brackets first: $1 + 0.15$ is 1.15.", r"80 \times 1.15"),
            ("Multiply.", "92"),
        ],
    ),
    (
        "simple interest on 1000 at 5% for 3 years",
        "zh",
        [
            (
                r"单利利息等于本金 1000 乘以年利率 $5\%$ 再乘以年数 3。",
                r"1000 \times 5\% \times 3",
            ),
            ("把百分数写成小数。", r"1000 \times 0.05 \times 3"),
            ("相乘。", "150"),
        ],
    ),
    (
        "convert 3.5 km to m",
        "en",
        [
            (
                r"$1\,\text{km}$ is $1000\,\text{m}$, so multiply.",
                r"3.5 \times 1000\,\text{m}",
            ),
            ("Multiply.", r"3500\,\text{m}"),
        ],
    ),
    (
        "convert 3.5 km to m",
        "zh",
        [
            (
                r"$1\,\text{千米}$ 等于 $1000\,\text{米}$，所以用乘法。",
                r"3.5 \times 1000\,\text{米}",
            ),
            ("相乘。", r"3500\,\text{米}"),
        ],
    ),
    (
        "probability of rolling an even number with a die",
        "en",
        [
            (
                "All cases are equally likely: divide the number of favourable cases, 3, by the "
                "number of all cases, 6.",
                r"\frac{3}{6}",
            ),
            ("Reduce the fraction.", r"\frac{1}{2}"),
        ],
    ),
    (
        "probability of rolling an even number with a die",
        "zh",
        [
            ("所有情况等可能：用符合条件的情况数 3 除以情况总数 6。", r"\frac{3}{6}"),
            ("约分。", r"\frac{1}{2}"),
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
        "Tom has 3 apples and buys 4 more. How many has he now?",
        "convert 3 kg to m",
        "A train travels 60 km in 2 hours. What is its speed?",
        "The price rises from 80 to 100 and then falls by 10%. Find the price.",
        "simple interest on 1000 for 3 years",
        "probability of rain tomorrow",
        _BAG + "What is the probability that it is yellow?",
        "A bag contains 3 red balls and 2 red balls. One ball is drawn at random. "
        "What is the probability that it is red?",
    ],
)
def test_any_other_story_is_refused(text: str) -> None:
    with pytest.raises(MathSyntaxError):
        parse_problem(text)


@pytest.mark.parametrize(
    "text",
    [
        "percent change from 0 to 5",
        "what percent of 0 is 5",
        "convert 5 km to km",
        "convert 5 km to miles",
        "compound interest on 1000 at 5% for 40 years",
        "probability of 5 out of 3 equally likely cases",
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solve_problem(parse_problem(text), language="en")


@pytest.mark.parametrize("text", ["2m = t", "5m = 10", "3h = d", "m + h = 3", "4g = 8"])
def test_letters_of_equations_are_no_units(text: str) -> None:
    assert parse_problem(text).intent is Intent.SOLVE


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        ("convert 3.5 km to m", "3500", "verified"),
        ("convert 3.5 km to m", r"3500\,\text{m}", "verified"),
        ("convert 3.5 km to m", "3500 m", "verified"),
        ("convert 3.5 km to m", r"3500\,\text{米}", "verified"),
        ("convert 3.5 km to m", r"3.5\,\text{km} = 3500\,\text{m}", "verified"),
        ("convert 3.5 km to m", r"3500\,\text{km}", "failed"),
        ("convert 3.5 km to m", r"3500\,\text{kg}", "failed"),
        ("convert 3.5 km to m", r"350000\,\text{cm}", "not_checkable"),
        ("convert 3.5 km to m", r"3.5\,\text{km}", "not_checkable"),
        ("convert 3.5 km to m", r"3.5 \times 1000\,\text{m}", "not_checkable"),
        ("convert 5 m^2 to cm^2", r"50000\,\text{cm}^2", "verified"),
        ("convert 5 m^2 to cm^2", r"500\,\text{cm}^2", "failed"),
        ("convert 3.5 km to m", r"3500, 0\,\text{m}", "not_checkable"),
        ("convert 3.5 km to m", r"3 < 4\,\text{m}", "not_checkable"),
        ("percent change from 80 to 100", "25%", "verified"),
        ("percent change from 80 to 100", "25", "failed"),
        ("percent change from 100 to 80", r"-20\%", "verified"),
        ("percent change from 100 to 80", r"20\%", "failed"),
        ("simple interest on 1000 at 5% for 3 years", r"I = 150", "verified"),
        ("2m = 10", r"m = 5", "verified"),
        ("Calculate: 1 + 2", r"3\,\text{km}", "not_checkable"),
    ],
)
def test_answers_of_others_are_judged_with_their_units(
    text: str, answer: str, verdict: str
) -> None:
    assert verdict_on_answer(text, answer) == verdict


@RELAXED
@given(st.integers(1, 400), st.integers(0, 400))
def test_a_percentage_change_undone_gives_the_new_value(old: int, new: int) -> None:
    answer = parse_line(solve_verified(f"percent change from {old} to {new}").answer_latex)
    change = exact_value(answer)
    assert change is not None
    assert old * (1 + change) == new


@RELAXED
@given(st.integers(1, 9000), st.integers(1, 20), st.integers(1, 4))
def test_interest_is_what_is_added_year_by_year(money: int, rate: int, years: int) -> None:
    amount = Fraction(money)
    for _ in range(years):
        amount += amount * Fraction(rate, 100)
    story = f"{money} at {rate}% for {years} years"
    compound = solve_verified(f"compound interest on {story}").answer_latex
    assert exact_value(parse_line(compound)) == amount - money
    simple = solve_verified(f"simple interest on {story}").answer_latex
    assert exact_value(parse_line(simple)) == Fraction(money * rate * years, 100)


@RELAXED
@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.integers(1, 500))
def test_a_conversion_there_and_back_changes_nothing(one: str, other: str, count: int) -> None:
    there, back = UNITS[one], UNITS[other]
    if there.dimension != back.dimension or one == other:
        return
    text = f"convert {count} {one} to {other}"
    try:
        answer = solve_verified(text).answer_latex
    except UnsupportedProblemError:
        return
    value = exact_value(parse_line(answer.partition("\\,")[0]))
    assert value is not None
    assert value * back.size == count * there.size


@RELAXED
@given(
    st.sampled_from(
        [
            "percent change from {0} to {1}",
            "{0} increased by {1}%",
            "simple interest on {0} at {1}% for 2 years",
            "convert {0} km to m",
            "probability of {1} out of {2} equally likely cases",
        ]
    ),
    st.integers(1, 90),
    st.integers(1, 90),
    st.integers(0, 10**6),
)
def test_a_spoiled_step_is_never_verified(story: str, one: int, other: int, seed: int) -> None:
    text = story.format(one, other, one + other)
    solution = solve_verified(text)
    wanted = exact_value(parse_line(solution.answer_latex.partition("\\,")[0]))
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, seed + place)
        if wrong is not None and verdict_on_step(text, [], wrong) == "verified":
            assert exact_value(parse_line(wrong.partition("\\,")[0])) == wanted, wrong
