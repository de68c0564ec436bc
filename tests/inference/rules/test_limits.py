"""Limits and extrema: answers by hand, each line proved, and what is wrong never."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules import parse_problem
from inference.rules.bounds import exact_value
from inference.rules.nodes import Listing, Phrase, Point, Quantity
from inference.rules.parser import parse_line
from inference.rules.questions import find_notation
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
NO_LIMIT = r"\text{the limit does not exist}"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"\lim_{x \to 3} (x^2 - 2x + 1)", "4"),
        (r"\lim_{x \to 2} \frac{x^2-4}{x-2}", "4"),
        ("lim x->1 (x^2+x-2)/(x^2-1)", r"\frac{3}{2}"),
        (r"\lim_{h \to 0} \frac{(2+h)^2-4}{h}", "4"),
        (r"\lim_{x \to -1} \frac{x^2-1}{2x+2}", "-1"),
        (r"\lim_{x \to 1} \frac{x^3-1}{x-1}", "3"),
        (r"\lim_{x \to 2} \frac{x^2-4x+4}{x^2-4}", "0"),
        ("Find the limit of (x^2-1)/(x-1) as x approaches 1", "2"),
        (r"Evaluate the limit \lim_{x \to 3} \frac{x^2 - 9}{x - 3}", "6"),
        ("Find the maximum value of f(x) = -x^2 + 4x", r"\text{maximum at }(2,\; 4)"),
        ("当x→2时，(x^2-4)/(x-2)的极限", "4"),
        (r"\lim_{x \to \frac{1}{2}} 4x", "2"),
        (r"\lim_{x \to 2} \frac{1}{x+1}", r"\frac{1}{3}"),
        (r"\lim_{x \to 4} \sqrt{x}", "2"),
        (r"\lim_{x \to 0} \frac{\sqrt{x+1}-1}{x}", r"\frac{1}{2}"),
        (r"\lim_{x \to 4} \frac{\sqrt{x}-2}{x-4}", r"\frac{1}{4}"),
        (r"\lim_{x \to 4} \frac{x-4}{\sqrt{x}-2}", "4"),
        (r"\lim_{x \to 0} \frac{\sin x}{x}", "1"),
        (r"\lim_{x \to 0} \frac{\sin(3x)}{2x}", r"\frac{3}{2}"),
        (r"\lim_{x \to 0} \frac{1-\cos x}{x^2}", r"\frac{1}{2}"),
        (r"\lim_{x \to 0} \frac{e^x-1}{x}", "1"),
        (r"\lim_{x \to 1} \frac{\ln x}{x-1}", "1"),
        (r"\lim_{x \to 0} \frac{\tan x}{x}", "1"),
        (r"求极限：\lim_{x \to \infty} \frac{2x+1}{x-3}", "2"),
        (r"\lim_{x \to \infty} \frac{3x^2-x+1}{2x^2+5}", r"\frac{3}{2}"),
        (r"\lim_{x \to \infty} \frac{x+1}{x^2}", "0"),
        (r"\lim_{x \to -\infty} \frac{x^3+1}{x^2+1}", r"-\infty"),
        (r"\lim_{x \to \infty} \frac{x^3+1}{x^2+1}", r"\infty"),
        (r"\lim_{x \to -\infty} (x^3 - x)", r"-\infty"),
        (r"\lim_{x \to -\infty} (x^2 - x)", r"\infty"),
        (r"\lim_{x \to \infty} (5 - 2x^3)", r"-\infty"),
        (r"\lim_{x \to 0^+} \frac{1}{x}", r"\infty"),
        (r"\lim_{x \to 0^-} \frac{1}{x}", r"-\infty"),
        (r"\lim_{x \to 0} \frac{1}{x}", NO_LIMIT),
        (r"\lim_{x \to 0} \frac{1}{x^2}", r"\infty"),
        (r"\lim_{x \to 2} \frac{x+1}{x-2}", NO_LIMIT),
        (r"\lim_{x \to 0} \frac{x^2}{x^3}", NO_LIMIT),
        (
            "Find the extrema of f(x) = x^3 - 3x",
            r"\text{maximum at }(-1,\; 2),\; \text{minimum at }(1,\; -2)",
        ),
        ("求函数 y=x^2-4x+1 的极值", r"\text{minimum at }(2,\; -3)"),
        (
            "extrema of f(x) = 2x^3 - 3x^2 - 12x + 5",
            r"\text{maximum at }(-1,\; 12),\; \text{minimum at }(2,\; -15)",
        ),
        ("extrema of f(x) = 3x + 1", r"\text{no extrema}"),
        ("extrema of f(x) = x^3 + x", r"\text{no extrema}"),
        (
            "extrema of f(x) = x^4 - 2x^2",
            r"\text{minimum at }(-1,\; -1),\; \text{maximum at }(0,\; 0),\; "
            r"\text{minimum at }(1,\; -1)",
        ),
        ("extrema of f(t) = 6t - t^2", r"\text{maximum at }(3,\; 9)"),
    ],
)
def test_limits_and_extrema(text: str, answer: str) -> None:
    assert solve_verified(text).answer_latex == answer


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (r"\lim_{x \to 2} \frac{x^2-4}{x-2} by l'Hospital's rule", "hospital"),
        (r"\lim_{x \to 2} \frac{x^2-4}{x-2} using L'Hôpital", "hospital"),
        (r"用洛必达法则求极限：\lim_{x \to 2} \frac{x^2-4}{x-2}", "hospital"),
        (r"\lim_{x \to 2} \frac{x^2-4}{x-2} by factoring", "zero_over_zero_factor"),
        (r"\lim_{x \to 4} \frac{\sqrt{x}-2}{x-4} using the conjugate", "multiply_by_conjugate"),
        (r"\lim_{x \to 4} \frac{\sqrt{x}-2}{x-4} by l'Hospital's rule", "hospital"),
    ],
)
def test_a_prescribed_method_is_followed(text: str, rule: str) -> None:
    solution = solve_verified(text)
    assert rule in {step.rule for step in solution.steps}
    assert solution.answer_latex in ("4", r"\frac{1}{4}")


def test_a_method_that_does_not_help_is_said_to_fail() -> None:
    with pytest.raises(UnsupportedProblemError, match="method asked for"):
        solve_problem(parse_problem(r"\lim_{x \to 0} \frac{\sin x}{x} by factoring"), language="en")


_LIM2, _LIM0, _FAR = r"\lim_{x \to 2} ", r"\lim_{x \to 0} ", r"\lim_{x \to \infty} "
GOLDEN: list[tuple[str, Language, list[tuple[str, str]]]] = [
    (
        _LIM2 + r"\frac{x^2-4}{x-2}",
        "en",
        [
            (
                "Putting in gives 0 over 0, which says nothing yet. Factor above and below.",
                _LIM2 + r"\frac{(x + 2)(x - 2)}{x - 2}",
            ),
            (
                "Cancel the common factor $x - 2$. Near the place it is not 0, and only there the "
                "limit looks.",
                _LIM2 + r"\left(x + 2\right)",
            ),
            ("Put 2 in the place of $x$.", "2 + 2"),
            ("Add.", "4"),
        ],
    ),
    (
        _LIM2 + r"\frac{x^2-4}{x-2}",
        "zh",
        [
            (
                "直接代入得到零比零，还不能确定。把分子和分母分解因式。",
                _LIM2 + r"\frac{(x + 2)(x - 2)}{x - 2}",
            ),
            (
                "约去公因式 $x - 2$。在这一点附近（不含这一点）它不为 0，而极限只看附近。",
                _LIM2 + r"\left(x + 2\right)",
            ),
            ("用 2 代替 $x$。", "2 + 2"),
            ("相加。", "4"),
        ],
    ),
    (
        _LIM0 + r"\frac{\sin x}{x}",
        "en",
        [
            (
                "Putting in gives 0 over 0. By l'Hospital's rule the derivatives have the same "
                "limit.",
                _LIM0 + r"\frac{\frac{d}{dx}\left(\sin x\right)}{\frac{d}{dx}\left(x\right)}",
            ),
            ("Work out the derivatives that are left.", _LIM0 + r"\cos x"),
            ("Put 0 in the place of $x$.", r"\cos 0"),
            (
                r"Put in the values that are known, such as 0 for $\sin 0$ and 1 for $\cos 0$.",
                "1",
            ),
        ],
    ),
    (
        _LIM0 + r"\frac{\sin x}{x}",
        "zh",
        [
            (
                "直接代入得到零比零。由洛必达法则，分子分母求导后极限不变。",
                _LIM0 + r"\frac{\frac{d}{dx}\left(\sin x\right)}{\frac{d}{dx}\left(x\right)}",
            ),
            ("求出剩下的导数。", _LIM0 + r"\cos x"),
            ("用 0 代替 $x$。", r"\cos 0"),
            (r"代入已知的值，例如 $\sin 0$ 是 0，$\cos 0$ 是 1。", "1"),
        ],
    ),
    (
        _FAR + r"\frac{2x+1}{x-3}",
        "en",
        [
            (
                "Divide each term above and below by $x$, the highest power below.",
                _FAR + r"\frac{2 + \frac{1}{x}}{1 - \frac{3}{x}}",
            ),
            ("What has the letter below goes to 0.", r"\frac{2}{1}"),
            ("Divide.", "2"),
        ],
    ),
    (
        _FAR + r"\frac{2x+1}{x-3}",
        "zh",
        [
            (
                "分子分母的每一项都除以分母的最高次幂 $x$。",
                _FAR + r"\frac{2 + \frac{1}{x}}{1 - \frac{3}{x}}",
            ),
            ("分母中含有该字母的项趋于 0。", r"\frac{2}{1}"),
            ("相除。", "2"),
        ],
    ),
    (
        _LIM0 + r"\frac{1}{x}",
        "en",
        [
            (
                "Above stands 1, below comes close to 0: positive on one side, negative on the "
                "other. The two sides go to different infinities.",
                NO_LIMIT,
            )
        ],
    ),
    (
        _LIM0 + r"\frac{1}{x}",
        "zh",
        [
            (
                "分子趋于 1，分母趋于 0，一侧为正，一侧为负，两侧趋于不同的无穷。",
                r"\text{极限不存在}",
            )
        ],
    ),
    (
        "extrema of f(x) = x^2 - 2x",
        "en",
        [
            (
                "A function has its maxima and minima where the derivative is 0 and changes its "
                "sign. Find the derivative.",
                r"f'(x) = \frac{d}{dx}\left(x^{2} - 2x\right)",
            ),
            (
                "Differentiate term by term.",
                r"f'(x) = \frac{d}{dx}\left(x^{2}\right) - \frac{d}{dx}\left(2x\right)",
            ),
            (
                "Use the power rule: the derivative of $x^n$ is $n x^{n-1}$.",
                "f'(x) = 2x - 2",
            ),
            ("Find where the derivative is 0.", "2x - 2 = 0"),
            ("Add 2 to both sides.", "2x = 2"),
            ("Divide both sides by 2.", "x = 1"),
            ("Find the second derivative.", r"f''(x) = \frac{d}{dx}\left(2x - 2\right)"),
            (
                "Differentiate term by term.",
                r"f''(x) = \frac{d}{dx}\left(2x\right) - \frac{d}{dx}\left(2\right)",
            ),
            (
                "Use the power rule: the derivative of $x^n$ is $n x^{n-1}$. The derivative of a "
                "constant is 0.",
                "f''(x) = 2",
            ),
            ("Look at the sign of the second derivative at 1.", "f''(1) = 2"),
            (
                "It is positive, so there is a minimum at 1. Find the value of the function there.",
                r"f(1) = 1^{2} - 2 \times 1",
            ),
            ("Work out the powers first: $1^{2}$ is 1.", r"f(1) = 1 - 2 \times 1"),
            (r"Multiply and divide first: $2 \times 1$ is 2.", "f(1) = 1 - 2"),
            ("Subtract.", "f(1) = -1"),
            ("Write down what was found.", r"\text{minimum at }(1,\; -1)"),
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
        r"\lim_{x \to \infty} \sin x",
        r"\lim_{x \to 0} \sin(\frac{1}{x})",
        r"\lim_{x \to 0} \frac{|x|}{x}",
        "extrema of f(x) = x^3",
        "extrema of f(x) = 5",
        r"extrema of f(x) = \sin x",
    ],
)
def test_what_is_not_covered_is_refused(text: str) -> None:
    with pytest.raises((UnsupportedProblemError, MathSyntaxError)):
        solve_problem(parse_problem(text), language="en")


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        (_LIM2 + r"\frac{x^2-4}{x-2}", "4", "verified"),
        (_LIM2 + r"\frac{x^2-4}{x-2}", r"\lim_{x \to 2} \frac{x^2-4}{x-2} = 4", "verified"),
        (_LIM2 + r"\frac{x^2-4}{x-2}", r"\lim_{x \to 2} (x+2)", "not_checkable"),
        (_LIM2 + r"\frac{x^2-4}{x-2}", "0", "failed"),
        (_LIM2 + r"\frac{x^2-4}{x-2}", r"\infty", "failed"),
        (_LIM2 + r"\frac{x^2-4}{x-2}", "x + 2", "not_checkable"),
        (_LIM0 + r"\frac{1}{x}", r"\infty", "failed"),
        (_LIM0 + r"\frac{1}{x}", r"\text{does not exist}", "verified"),
        (_LIM0 + r"\frac{1}{x^2}", r"+\infty", "verified"),
        (_LIM0 + r"\frac{1}{x^2}", r"-\infty", "failed"),
        (_LIM0 + r"\frac{1}{x^2}", r"1000", "not_checkable"),
        ("x = 5", r"x = \infty", "not_checkable"),
        ("2x = 5", r"\infty", "not_checkable"),
        ("extrema of f(x) = x^2", r"\text{minimum at } (0, 0)", "verified"),
        ("extrema of f(x) = x^2", r"\text{local minimum: } (0, 0)", "verified"),
        ("extrema of f(x) = x^2", r"\text{maximum at } (0, 0)", "not_checkable"),
        ("extrema of f(x) = x^2", "(0, 0)", "not_checkable"),
        ("extrema of f(x) = x^2", r"\text{no extrema}", "not_checkable"),
        ("extrema of f(x) = x^3", r"\text{no extrema}", "verified"),
        ("extrema of f(x) = x^3 - 3x", r"\text{maximum at } (-1, 2)", "not_checkable"),
    ],
)
def test_answers_of_others_are_judged(text: str, answer: str, verdict: str) -> None:
    assert verdict_on_answer(text, answer) == verdict


SMALL = st.integers(-6, 6)


@RELAXED
@given(SMALL, SMALL, SMALL, SMALL.filter(bool), st.integers(0, 10**6))
def test_a_common_zero_cancels(root: int, a: int, b: int, c: int, seed: int) -> None:
    """(x - root)(a x + b) over (x - root) c: the limit is (a root + b) / c."""
    assume(a or b)
    above = f"{a}x^2 + ({b - a * root})x + ({-b * root})"
    text = rf"\lim_{{x \to {root}}} \frac{{{above}}}{{{c}x - ({c * root})}}"
    solution = solve_verified(text)
    wanted = Fraction(a * root + b, c)
    assert exact_value(parse_line(solution.answer_latex)) == wanted
    for place, step in enumerate(solution.steps):
        wrong = spoiled(step.after, seed + place)
        if wrong is None or verdict_on_step(text, [], wrong) != "verified":
            continue
        if "lim" not in wrong:
            assert exact_value(parse_line(wrong)) == wanted, wrong
            continue
        # Another function with the same limit: numbers close to the place say so, too.
        limit = find_notation(wrong)
        assert isinstance(limit, Quantity)
        again = solve_verified(wrong).answer_latex
        assert exact_value(parse_line(again)) == wanted, wrong


@RELAXED
@given(SMALL.filter(bool), SMALL, SMALL.filter(bool), SMALL)
def test_far_out_the_leading_terms_decide(a: int, b: int, c: int, d: int) -> None:
    text = rf"\lim_{{x \to \infty}} \frac{{{a}x^2 + ({b})}}{{{c}x^2 + ({d})x}}"
    assert exact_value(parse_line(solve_verified(text).answer_latex)) == Fraction(a, c)


@settings(max_examples=5)
@given(SMALL, SMALL, st.integers(-3, 3).filter(bool), st.integers(0, 10**6))
def test_extrema_lie_where_the_slope_changes_its_sign(p: int, q: int, k: int, seed: int) -> None:
    """f with f' = 6k (x - p)(x - q), so that all numbers stay whole."""
    assume(p != q)

    def value(x: int) -> int:
        return 2 * k * x**3 - 3 * k * (p + q) * x * x + 6 * k * p * q * x

    formula = f"{2 * k}x^3 + ({-3 * k * (p + q)})x^2 + ({6 * k * p * q})x"
    text = f"extrema of f(x) = {formula}"
    solution = solve_verified(text)
    low, high = min(p, q), max(p, q)
    kinds = ("maximum", "minimum") if k > 0 else ("minimum", "maximum")
    found = _extrema(solution.answer_latex)
    assert found == [(kinds[0], low, value(low)), (kinds[1], high, value(high))]
    wrong = spoiled(solution.answer_latex, seed)
    if wrong is not None and verdict_on_answer(text, wrong) == "verified":
        assert _extrema(wrong) == found


def _extrema(latex: str) -> list[tuple[str, Fraction | None, Fraction | None]]:
    node = find_notation(latex)
    assert node is not None and not isinstance(node, Phrase)
    found = []
    for item in node.items if isinstance(node, Listing) else (node,):
        assert isinstance(item, Quantity)
        (point,) = item.operands
        assert isinstance(point, Point)
        x, y = point.coordinates
        found.append((item.kind, exact_value(x), exact_value(y)))
    return found
