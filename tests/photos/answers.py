"""A second opinion on the answers of the corpus, from SymPy itself.

Reads the plain notation with SymPy's own parser, not with the project's, so that an error in the
project's parser cannot hide behind itself. Our own strings only: that parser evaluates what it is
given.
"""

from __future__ import annotations

import re
from typing import Any

import sympy
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    standard_transformations,
)

_TRANSFORMATIONS = (*standard_transformations, convert_xor, implicit_multiplication)


def _parse(text: str) -> Any:
    for sign, plain in (("[", "("), ("]", ")"), ("×", "*"), ("÷", "/")):
        text = text.replace(sign, plain)
    text = re.sub(r"(\d+) (\d+)/(\d+)", r"(\1 + Rational(\2, \3))", text)
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"(Rational('\1')/100)", text)
    text = re.sub(r"(?<!['\d.])(\d+\.\d+)(?!')", r"Rational('\1')", text).replace(" of ", " * ")
    names = {name: sympy.Symbol(name) for name in "abxyC"}
    # Several unary rewritings of the same text keep implicit products such as 3x apart.
    return parse_expr(text, local_dict=names, transformations=_TRANSFORMATIONS)


def _equation(text: str) -> Any:
    left, right = text.split("=")
    return sympy.Eq(_parse(left), _parse(right), evaluate=False)


def _solutions(answer: str) -> set[frozenset[tuple[Any, Any]]]:
    """`x = 3; y = 2` and `x = 2 or x = 3` as sets of assignments."""
    cases = set()
    for case in answer.split(" or "):
        pairs = (part.split("=") for part in case.split(";"))
        cases.add(
            frozenset((_parse(name), sympy.nsimplify(_parse(value))) for name, value in pairs)
        )
    return cases


def is_right(topic: str, text: str, answer: str) -> bool:
    """Whether `answer` is the answer to `text`, a question of `topic` in plain notation."""
    x = sympy.Symbol("x")
    if topic in {"linear", "quadratic", "system"}:
        equations = [_equation(part) for part in text.split(";")]
        unknowns = sorted(set().union(*(e.free_symbols for e in equations)), key=str)
        found = sympy.solve(equations, unknowns, dict=True)
        return {frozenset(s.items()) for s in found} == _solutions(answer)
    expected = _parse(answer)
    if topic == "derivative":
        inner = _parse(text.removeprefix("d/dx").split("=")[-1])
        return bool(sympy.expand(sympy.diff(inner, x) - expected) == 0)
    if topic == "integral":
        match = re.fullmatch(r"int(?:_(\S+)\^(\S+))? (.*) dx", text)
        assert match is not None, text
        integrand = _parse(match[3])
        if match[1]:
            bounds = (x, _parse(match[1]), _parse(match[2]))
            return bool(sympy.integrate(integrand, bounds) == expected)
        has_constant = sympy.Symbol("C") in expected.free_symbols
        return has_constant and bool(sympy.expand(sympy.diff(expected, x) - integrand) == 0)
    value = _parse(text.rstrip("= "))
    if topic == "factor" and not (expected.is_Mul and expected == sympy.factor(value)):
        return False
    if topic == "expand" and expected != sympy.expand(expected):
        return False
    return bool(sympy.simplify(value - expected) == 0)
