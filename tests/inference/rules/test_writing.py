"""Whole solutions as they are read, in both languages, and the tables of sentences."""

from __future__ import annotations

import string

import pytest

from inference.rules import parse_problem
from inference.rules.explain import TABLES
from inference.rules.solver import solve_problem
from inference.rules.writing import write_solution
from inference.types import Language

LINEAR_ZH = r"""**题目。** $2(x - 1) = 8$

**第1步。** 去括号。
$2x - 2 = 8$

**第2步。** 两边同时加上 2。
$2x = 10$

**第3步。** 两边同时除以 2。
$x = 5$

**答案。** $x = 5$
"""

QUADRATIC_EN = r"""**Problem.** $x^{2} - 4x + 1 = 0$

**Step 1.** Use the quadratic formula. The coefficients are 1, -4 and 1.
$x = \frac{-(-4) \pm \sqrt{(-4)^{2} - 4 \times 1 \times 1}}{2 \times 1}$

**Step 2.** Work out the number under the root: it is 12.
$x = \frac{4 \pm \sqrt{12}}{2}$

**Step 3.** Simplify the root: $\sqrt{12}$ is $2\sqrt{3}$.
$x = \frac{4 \pm 2\sqrt{3}}{2}$

**Step 4.** Reduce the fraction.
$x = 2 \pm \sqrt{3}$

**Step 5.** Write the two solutions apart.
$x = 2 + \sqrt{3} \;\text{or}\; x = 2 - \sqrt{3}$

**Answer.** $x = 2 + \sqrt{3} \;\text{or}\; x = 2 - \sqrt{3}$
"""

QUADRATIC_ZH = r"""**题目。** $x^{2} - 5x + 6 = 0$

**第1步。** 找两个数，积为 6，和为 -5：这两个数是 -2 和 -3。
$(x - 2)(x - 3) = 0$

**第2步。** 乘积为零，则至少有一个因式为零。
$x - 2 = 0 \;\text{或}\; x - 3 = 0$

**第3步。** 分别解每个方程。
$x = 2 \;\text{或}\; x = 3$

**答案。** $x = 2 \;\text{或}\; x = 3$
"""

FRACTIONS_EN = r"""**Problem.** $\frac{2}{3} - \frac{1}{6}$

**Step 1.** Write the fractions with the common denominator 6.
$\frac{4}{6} - \frac{1}{6}$

**Step 2.** The denominators are equal, so add and subtract the numerators.
$\frac{3}{6}$

**Step 3.** Reduce the fraction.
$\frac{1}{2}$

**Answer.** $\frac{1}{2}$
"""

SYSTEM_EN = r"""**Problem.** $\begin{cases} x + y = 5 \\ x - y = 1 \end{cases}$

**Step 1.** Add the two equations. The terms with $y$ cancel.
$\begin{cases} 2x = 6 \\ x - y = 1 \end{cases}$

**Step 2.** Divide both sides by 2.
$\begin{cases} x = 3 \\ x - y = 1 \end{cases}$

**Step 3.** Put 3 in place of $x$ in the other equation.
$\begin{cases} x = 3 \\ 3 - y = 1 \end{cases}$

**Step 4.** Subtract 3 from both sides.
$\begin{cases} x = 3 \\ -y = -2 \end{cases}$

**Step 5.** Multiply both sides by -1.
$x = 3,\; y = 2$

**Answer.** $x = 3,\; y = 2$
"""

NO_SOLUTION_ZH = r"""**题目。** $x^{2} + x + 1 = 0$

**第1步。** 判别式 $1^{2} - 4 \times 1 \times 1$ 的值是 -3，小于零，所以没有实数解。
$\text{无实数解}$

**答案。** $\text{无实数解}$
"""

INTEGRAL_EN = r"""**Problem.** $\int (3x^{2} + 4x) \, dx$

**Step 1.** Integrate term by term.
$\int 3x^{2} \, dx + \int 4x \, dx$

**Step 2.** Use the power rule: an antiderivative of $x^n$ is $\frac{x^{n+1}}{n+1}$. Add the constant $C$.
$3 \cdot \frac{x^{3}}{3} + 4 \cdot \frac{x^{2}}{2} + C$

**Step 3.** Multiply the numbers in each term.
$x^{3} + 2x^{2} + C$

**Answer.** $x^{3} + 2x^{2} + C$
"""  # noqa: E501


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("2(x-1)=8", "zh", LINEAR_ZH),
        ("x^2-4x+1=0", "en", QUADRATIC_EN),
        ("x^2-5x+6=0", "zh", QUADRATIC_ZH),
        ("2/3 - 1/6", "en", FRACTIONS_EN),
        ("x+y=5, x-y=1", "en", SYSTEM_EN),
        ("x^2+x+1=0", "zh", NO_SOLUTION_ZH),
        ("∫ (3x^2+4x) dx", "en", INTEGRAL_EN),
    ],
)
def test_solutions_read_like_a_teachers(text: str, language: Language, written: str) -> None:
    assert write_solution(solve_problem(parse_problem(text), language=language)) == written


def test_every_rule_speaks_every_language_of_the_same_things() -> None:
    english, chinese = TABLES["en"], TABLES["zh"]
    assert english.keys() == chinese.keys()
    fields = {
        rule: [
            {name for _, name, _, _ in string.Formatter().parse(table[rule]) if name}
            for table in (english, chinese)
        ]
        for rule in english
    }
    assert not {rule: both for rule, both in fields.items() if both[0] != both[1]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentences_end_as_sentences_do(language: Language) -> None:
    fragments = {"work_item", "positive_on", "negative_on"}
    ending = "." if language == "en" else "。"
    sentences = {r: s for r, s in TABLES[language].items() if r not in fragments}
    assert not [rule for rule, text in sentences.items() if not text.endswith(ending)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_formulas_in_sentences_claim_nothing(language: Language) -> None:
    """What a sentence states with a relation sign would be checked as a line of the step."""
    stating = [
        rule
        for rule, text in TABLES[language].items()
        if any(sign in formula for formula in text.split("$")[1::2] for sign in "=<>≤≥≠")
    ]
    assert not stating
