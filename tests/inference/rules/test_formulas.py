"""Formulas solved for a letter; the answers are worked out by hand."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inference.errors import UnsupportedProblemError
from inference.rules import parse_math
from inference.rules.convert import to_symbol, to_sympy
from inference.rules.nodes import Relation
from tests.inference.rules.laws import no_slip_is_proved, proved, solved

RELAXED = settings(max_examples=20, deadline=None)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Solve for x: ax + b = c", r"x = \frac{c - b}{a}"),
        ("Solve for x: ax - b = 0", r"x = \frac{b}{a}"),
        ("Solve for x: a - bx = c", r"x = \frac{a - c}{b}"),
        ("Solve for x: -x + a = b", "x = a - b"),
        ("Solve for x: ax + bx = c", r"x = \frac{c}{a + b}"),
        ("Solve for x: ax - x = b", r"x = \frac{b}{a - 1}"),
        ("Solve for x: mx - n = px + q", r"x = \frac{n + q}{m - p}"),
        ("Solve for x: a(x - b) = c(x + d)", r"x = \frac{ab + cd}{a - c}"),
        (r"Solve for x: \frac{x}{a} + \frac{x}{b} = 1", r"x = \frac{ab}{a + b}"),
        (r"Solve for x: \frac{x}{a} - b = c", "x = ab + ac"),
        (r"Solve for x: \frac{a}{x} = b", r"x = \frac{a}{b},\; a \ne 0"),
        (r"Solve for x: \frac{a}{x} + b = c", r"x = \frac{a}{c - b},\; a \ne 0"),
        (r"Solve for x: \frac{a}{x + b} = c", r"x = \frac{a - bc}{c},\; a \ne 0"),
        (r"Solve for x: y = \frac{x+1}{x-1}", r"x = \frac{y + 1}{y - 1}"),
        (r"Solve for x: y = \frac{2x - 3}{x}", r"x = \frac{3}{2 - y}"),
        ("解关于x的方程 ax - b = c", r"x = \frac{b + c}{a}"),
        ("解关于 y 的方程：my + n = 2y", r"y = \frac{n}{2 - m}"),
        ("xy = 6", r"y = \frac{6}{x}"),
        ("Solve for r: C = 2πr", r"r = \frac{C}{2\pi}"),
        ("Solve for r: A = π r^2", r"r = \pm \sqrt{\frac{A}{\pi}}"),
        ("Solve for h: V = π r^2 h", r"h = \frac{V}{\pi r^{2}}"),
        (r"Solve for h: V = \frac{1}{3} π r^2 h", r"h = \frac{3V}{\pi r^{2}}"),
        (r"Solve for r: V = \frac{4}{3} π r^3", r"r = \sqrt[3]{\frac{3V}{4\pi}}"),
        ("Solve A = (1/2) b h for b", r"b = \frac{2A}{h}"),
        (r"Solve A = \frac{1}{2}(a + b)h for h", r"h = \frac{2A}{a + b}"),
        (r"Solve A = \frac{1}{2}(a + b)h for a", r"a = \frac{2A - bh}{h}"),
        ("Solve for l: P = 2l + 2w", r"l = \frac{1}{2}P - w"),
        ("Solve for F: C = 5/9 (F - 32)", r"F = \frac{9}{5}C + 32"),
        ("Solve for R: I = V/R", r"R = \frac{V}{I},\; V \ne 0"),
        ("Solve for V: I = V/R", "V = IR"),
        (r"Solve for v: \frac{1}{f} = \frac{1}{u} + \frac{1}{v}", r"v = \frac{fu}{u - f}"),
        ("Solve for c: E = mc^2", r"c = \pm \sqrt{\frac{E}{m}}"),
        (r"Solve for v: E = \frac{1}{2}mv^2", r"v = \pm \sqrt{\frac{2E}{m}}"),
        ("Solve for b: a^2 + b^2 = c^2", r"b = \pm \sqrt{c^{2} - a^{2}}"),
        (r"Solve for a: s = ut + \frac{1}{2}at^2", r"a = \frac{2s - 2tu}{t^{2}}"),
        ("Solve for a: v = u + at", r"a = \frac{v - u}{t}"),
        ("Solve for u: v^2 = u^2 + 2as", r"u = \pm \sqrt{v^{2} - 2as}"),
        ("Solve for s: v^2 = u^2 + 2as", r"s = \frac{v^{2} - u^{2}}{2a}"),
        ("Solve for t: A = P(1 + rt)", r"t = \frac{A - P}{Pr}"),
        ("Solve for P: A = P + Prt", r"P = \frac{A}{rt + 1}"),
        ("Solve for m: y = mx + b", r"m = \frac{y - b}{x}"),
        (r"Solve for n: S = \frac{n(a + l)}{2}", r"n = \frac{2S}{a + l}"),
        (r"Solve for m: F = \frac{G m M}{r^2}", r"m = \frac{Fr^{2}}{GM}"),
        (
            r"Solve for r: F = \frac{G m M}{r^2}",
            r"r = \pm \sqrt{\frac{GMm}{F}},\; G \ne 0,\; M \ne 0,\; m \ne 0",
        ),
        (r"Solve for x: \frac{x}{x - a} = b", r"x = \frac{ab}{b - 1},\; a \ne 0"),
    ],
)
def test_formulas_are_solved_for_any_letter(text: str, answer: str) -> None:
    assert proved(text).answer_latex == answer


@pytest.mark.parametrize(
    "text",
    [
        "Solve for x: ax = ab",
        "Solve for x: ax + b = ax + c",
        "Solve for x: ax = 0",
        r"Solve for x: \frac{a}{x} = 0",
        "Solve for x: ax^3 + bx = c",
        "Solve for x: ax^2 = abx",
        "Solve for x: a^x = b",
        "Solve for x: a sin x = b",
        "ax + b = c",
    ],
)
def test_what_depends_on_the_letters_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedProblemError):
        solved(text)


_COEFFICIENT = st.sampled_from(["a", "2b", "3", "m", "-c", "(a + b)", "(n - 2)", "ab"])


@RELAXED
@given(_COEFFICIENT, _COEFFICIENT, _COEFFICIENT, _COEFFICIENT, st.booleans(), st.integers(0, 99))
def test_a_random_formula_is_solved_proved_and_guarded(
    p: str, q: str, r: str, s: str, is_fraction: bool, place: int
) -> None:
    below = rf"\frac{{x}}{{{p}}}" if is_fraction else f"{p} x"
    text = f"Solve for x: {below} + {q} = {r} x + {s}"
    assume(len({p, q, r, s}) == 4)
    try:
        solution = proved(text)
    except UnsupportedProblemError:
        return
    node = parse_math(text.partition(": ")[2])
    answer = parse_math(solution.answer_latex)
    assert isinstance(node, Relation) and isinstance(answer, Relation)
    difference = to_sympy(node.left) - to_sympy(node.right)
    value = to_sympy(answer.right)
    assert sympy.simplify(difference.subs(to_symbol("x"), value)) == 0
    assert no_slip_is_proved(text, solution, place)
