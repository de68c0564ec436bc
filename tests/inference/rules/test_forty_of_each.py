"""At least forty problems of every chapter, with answers that were known before the question was.

Most are made the other way round: the roots before the equation, the factors before the product,
the function before its derivative; the rest are in tables worked out by hand in the other modules.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from inference.rules.classify import Topic, topic_of
from inference.rules.convert import plus_minus_readings, to_sympy
from inference.rules.nodes import Alternatives, Relation
from inference.rules.parser import parse_line
from inference.rules.solver import TOPICS, solve
from tests.inference.rules.laws import prove

GOLDEN = Path(__file__).parent / "golden"
FOLDER = Path(__file__).parent
X = sympy.Symbol("x", real=True)
Made = tuple[str, object]


def _draws(seed: int) -> random.Random:
    return random.Random(seed)


def _sum(*terms: int, letter: str = "x") -> str:
    """Coefficients of falling powers as plain text, in brackets where they are negative."""
    degree = len(terms) - 1
    parts = [
        f"({value}){letter}^{degree - place}"
        if degree - place > 1
        else f"({value}){letter}"
        if degree - place
        else f"({value})"
        for place, value in enumerate(terms)
        if value
    ]
    return " + ".join(parts)


def quadratics(draw: random.Random) -> Made:
    p, q, a = draw.randint(-9, 9), draw.randint(-9, 9), draw.choice([1, 1, 1, 2, 3])
    return f"{_sum(a, -a * (p + q), a * p * q)} = 0", {Fraction(p), Fraction(q)}


def linear(draw: random.Random) -> Made:
    x, a, b, c = draw.randint(-9, 9), draw.randint(2, 9), draw.randint(-9, 9), draw.randint(-9, 1)
    return f"{a}x + ({b}) = {c}x + ({a * x + b - c * x})", {Fraction(x)}


def with_fractions(draw: random.Random) -> Made:
    x, a, b = draw.randint(2, 9), draw.randint(1, 9), draw.randint(1, 5)
    return rf"\frac{{{a * (x + b)}}}{{x + {b}}} = {a}", {Fraction(x)}


def factored(draw: random.Random) -> Made:
    p, q = draw.randint(1, 9), draw.randint(-9, 9) or 1
    return f"Factor {_sum(1, p + q, p * q)}", (X + p) * (X + q)


def percentages(draw: random.Random) -> Made:
    percent, base = draw.randint(1, 19) * 5, draw.randint(1, 40) * 20
    return f"{percent}% of {base}", sympy.Rational(percent * base, 100)


def fractions(draw: random.Random) -> Made:
    a, b, c, d = (draw.randint(1, 9) for _ in range(4))
    sign = draw.choice(["+", "-", "×"])
    left, right = Fraction(a, b + 1), Fraction(c, d + 1)
    value = {"+": left + right, "-": left - right, "×": left * right}[sign]
    return f"{a}/{b + 1} {sign} {c}/{d + 1}", sympy.Rational(value.numerator, value.denominator)


def powers_and_roots(draw: random.Random) -> Made:
    a, b = draw.randint(2, 9), draw.choice([2, 3, 5, 6, 7])
    return f"√({a * a * b}) + {a}^2", a * sympy.sqrt(b) + a * a


def derivatives(draw: random.Random) -> Made:
    a, b, c, n = draw.randint(1, 9), draw.randint(-9, 9), draw.randint(1, 9), draw.randint(2, 5)
    return f"d/dx({a}x^{n} + ({b})x + {c})", a * n * X ** (n - 1) + b


def integrals(draw: random.Random) -> Made:
    a, b, low, high = (
        draw.randint(1, 6),
        draw.randint(-6, 6),
        draw.randint(-2, 1),
        draw.randint(2, 4),
    )
    value = a * (high**3 - low**3) + b * (high - low)
    return rf"\int_{{{low}}}^{{{high}}} ({3 * a}x^2 + ({b})) dx", sympy.Integer(value)


def limits(draw: random.Random) -> Made:
    p, q = draw.randint(1, 9), draw.randint(-9, 9)
    return rf"\lim_{{x \to {p}}} \frac{{{_sum(1, -(p + q), p * q)}}}{{x - {p}}}", sympy.Integer(
        p - q
    )


def determinants(draw: random.Random) -> Made:
    a, b, c, d = (draw.randint(-9, 9) for _ in range(4))
    return f"det [[{a}, {b}], [{c}, {d}]]", sympy.Integer(a * d - b * c)


def statistics(draw: random.Random) -> Made:
    values = [draw.randint(1, 20) for _ in range(5)]
    if draw.random() < 0.5:
        return f"median of {', '.join(map(str, values))}", sympy.Integer(sorted(values)[2])
    return f"mean of {', '.join(map(str, values))}", sympy.Rational(sum(values), 5)


def counting(draw: random.Random) -> Made:
    n = draw.randint(3, 12)
    k = draw.randint(1, n - 1)
    return f"C({n}, {k})", sympy.binomial(n, k)


def coordinates(draw: random.Random) -> Made:
    x, y, size = draw.randint(-9, 9), draw.randint(-9, 9), draw.randint(1, 5)
    text = f"distance between ({x}, {y}) and ({x + 3 * size}, {y - 4 * size})"
    return text, sympy.Integer(5 * size)


def word_problems(draw: random.Random) -> Made:
    base, percent = draw.randint(1, 30) * 20, draw.randint(1, 18) * 5
    text = f"Increase {base} by {percent}%"
    return text, sympy.Rational(base * (100 + percent), 100)


def statements(draw: random.Random) -> Made:
    a, b = draw.randint(2, 30), draw.randint(2, 30)
    return f"{a} + {b} = {a + b}", True


def expressions(draw: random.Random) -> Made:
    a, b, c = draw.randint(2, 9), draw.randint(-9, 9), draw.randint(2, 9)
    return f"Expand {a}(x + ({b})) + {c}x", (a + c) * X + a * b


def functions(draw: random.Random) -> Made:
    a, b, at = draw.randint(2, 9), draw.randint(-9, 9), draw.randint(-5, 5)
    return f"f(x) = {a}x^2 + ({b}), find f({at})", sympy.Integer(a * at * at + b)


MAKERS: dict[Topic, Callable[[random.Random], Made]] = {
    Topic.QUADRATIC_EQUATIONS: quadratics,
    Topic.LINEAR_EQUATIONS: linear,
    Topic.FRACTION_EQUATIONS: with_fractions,
    Topic.FACTORING: factored,
    Topic.PERCENTAGES: percentages,
    Topic.FRACTIONS: fractions,
    Topic.POWERS_AND_ROOTS: powers_and_roots,
    Topic.DERIVATIVES: derivatives,
    Topic.INTEGRALS: integrals,
    Topic.LIMITS: limits,
    Topic.MATRICES: determinants,
    Topic.STATISTICS: statistics,
    Topic.COUNTING: counting,
    Topic.COORDINATES: coordinates,
    Topic.WORD_PROBLEMS: word_problems,
    Topic.TRUE_OR_FALSE: statements,
    Topic.EXPRESSIONS: expressions,
    Topic.FUNCTIONS: functions,
}
_WANTED = 40


def in_tables() -> Counter[Topic]:
    """How many problems with an answer the tables of the other modules hold, by chapter."""
    texts: set[str] = set()
    for path in FOLDER.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("parametrize"):
                continue
            names = ast.unparse(node.args[0])
            if "text" in names and "answer" in names and len(node.args) > 1:
                texts |= _texts_in(node.args[1])
    return Counter(topic for text in texts if (topic := topic_of(text)) is not None)


def _texts_in(table: ast.expr) -> set[str]:
    return {
        row.elts[0].value
        for row in ast.walk(table)
        if isinstance(row, ast.Tuple)
        and len(row.elts) == 2
        and isinstance(row.elts[0], ast.Constant)
        and isinstance(row.elts[0].value, str)
    }


def made(topic: Topic, count: int) -> Iterator[Made]:
    """Different problems of one chapter."""
    draw = _draws(list(MAKERS).index(topic))
    seen: set[str] = set()
    while len(seen) < count:
        text, answer = MAKERS[topic](draw)
        if text not in seen and topic_of(text) is topic:
            seen.add(text)
            yield text, answer


TABLES = in_tables()


@pytest.mark.parametrize("topic", list(MAKERS), ids=str)
def test_problems_made_from_their_answers_are_solved(topic: Topic) -> None:
    for text, wanted in made(topic, max(5, _WANTED - TABLES[topic])):
        solution = solve(text)
        prove(text, solution)
        found = parse_line(solution.answer_latex)
        if isinstance(wanted, set):
            assert _values(found) == wanted, text
        elif isinstance(wanted, bool):
            assert "true" in repr(found), text
        else:
            assert sympy.expand(to_sympy(found) - wanted) == 0, text


def _values(answer: object) -> set[Fraction]:
    options = answer.options if isinstance(answer, Alternatives) else (answer,)
    values = [
        to_sympy(reading.right)
        for option in options
        if isinstance(option, Relation)
        for reading in plus_minus_readings(option)
        if isinstance(reading, Relation)
    ]
    return {Fraction(int(value.p), int(value.q)) for value in values}


def test_every_chapter_has_forty_problems() -> None:
    counts = {topic: TABLES[topic] for topic in Topic}
    short = {topic for topic, count in counts.items() if count < _WANTED} - set(MAKERS)
    assert not short


def test_every_topic_of_the_solver_has_approved_texts() -> None:
    names = {module.__name__.rpartition(".")[2] for module in TOPICS}  # type: ignore[attr-defined]
    approved = {path.stem for path in GOLDEN.iterdir()}
    assert names - approved == set(_APPROVED_ELSEWHERE)


_APPROVED_ELSEWHERE = {
    "calculus": "derivatives, integrals",
    "bar_inequalities": "inequalities",
    "compound_inequalities": "inequalities",
    "sign_charts": "inequalities",
    "mixed_systems": "systems",
}
"""Modules whose texts are approved under the names of what they solve."""
