"""Whether an answer is right, by the same rule for both sides: SymPy compares values, the form is
looked at in the text. SymPy's own parser reads them, as they come from programs started here."""

from __future__ import annotations

import re
from typing import Any

import sympy
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    rationalize,
    standard_transformations,
)

_TRANSFORMATIONS = (
    *standard_transformations,
    rationalize,
    convert_xor,
    implicit_multiplication,
)
_OR = re.compile(r"\\;\\text\{or\}\\;")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:\s*/\s*\d+)?")
_LETTERS = {name: sympy.Symbol(name, real=True) for name in "xyC"}


def is_right(problem: dict[str, Any], answer: str, *, is_ours: bool) -> bool:
    """Whether `answer` is equal to what is asked, finished, and what the generator says."""
    formula = problem["formula"]
    if problem["task"] != "inverse":
        answer = _plain(answer) if is_ours else _without_nth_root(answer)
    match problem["task"]:
        case "evaluate" | "number":
            is_one_number = _NUMBER.fullmatch(answer.strip()) is not None
            return is_one_number and _value(answer) == _value(_plain(problem["truth"]))
        case "simplify":
            exponents = re.findall(r"x(?:\s*\^\s*\(?(\d+)|(?!\s*\^))", answer)
            is_collected = len(exponents) == len(set(exponents)) and "(" not in answer.replace(
                "^(", "^"
            ).replace(")", "")
            return is_collected and _same(answer, formula)
        case "expand":
            is_sum = re.search(r"\)\s*\*?\s*\(|[\dx]\s*\*?\s*\((?!\d)", answer) is None
            return is_sum and _same(answer, formula)
        case "factor":
            parts = sympy.factor_list(_value(formula))[1]
            written = [base for base, _ in sympy.factor_list(_value(answer))[1]]
            has_all = all(_occurs(base, answer) for base, _ in parts)
            return len(parts) == len(written) and has_all and _same(answer, formula)
        case "solve":
            return _roots(answer) == _true_roots(formula)
        case "system":
            # Of some of its systems the generator does not see that they have more solutions.
            equations = [_value(each) for each in _differences(problem["text"])]
            found = sympy.linsolve(equations, _LETTERS["x"], _LETTERS["y"])
            if any(solution.free_symbols for solution in found):
                return "infinitely many" in answer
            return _assignments(answer) == _assignments(_plain(problem["truth"]))
        case "primes":
            primes = re.findall(r"\d+", problem["truth"])
            return sorted(_prime_list(answer)) == sorted(map(int, primes))
        case "list":
            return re.findall(r"\d+", answer) == re.findall(r"\d+", problem["truth"])
        case "differentiate":
            return _same(answer, _plain(problem["truth"]))
        case "integrate":
            # What the generator calls the integral is not: it divides by the old exponent.
            found = _value(answer)
            has_constant = _LETTERS["C"] in found.free_symbols
            return has_constant and sympy.expand(found.diff(_LETTERS["x"]) - _value(formula)) == 0
        case "area":
            value = sympy.integrate(_value(formula), (_LETTERS["x"], 0, 1))
            return _NUMBER.fullmatch(answer.strip()) is not None and _value(answer) == value
        case "distance":
            first, second = _points(problem["text"])
            wanted = sympy.sqrt(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)))
            radicands = re.findall(r"sqrt\((\d+)\)", answer)
            is_drawn_out = all(
                sympy.ntheory.factor_.core(int(each)) == int(each) for each in radicands
            )
            return is_drawn_out and _value(answer) == wanted
        case "point":
            ends = _points(problem["text"])
            wanted = tuple((a + b) / sympy.Integer(2) for a, b in zip(*ends, strict=True))
            return _points(answer) == [wanted]
        case "line":
            x, y = _LETTERS["x"], _LETTERS["y"]
            left, _, right = answer.partition("=")
            difference = _value(left) - _value(right)
            ends = _points(problem["text"])
            return all(difference.subs({x: a, y: b}) == 0 for a, b in ends)
        case "inverse":
            product = _matrix(problem["text"]) * _matrix(answer)
            return bool(product == sympy.eye(product.rows))
        case "stationary":
            x = _LETTERS["x"]
            slope = sympy.diff(_value(formula.partition("=")[2]), x)
            found = {point[0] for point in _points(answer)}
            return found == set(sympy.solveset(slope, x, sympy.S.Reals))
    raise ValueError(problem["task"])


def _points(text: str) -> list[tuple[Any, ...]]:
    """Pairs of numbers in brackets, which may hold brackets themselves."""
    points = []
    opened: list[int] = []
    commas: dict[int, int] = {}
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == "," and opened:
            commas[opened[-1]] = place
        elif sign == ")" and opened:
            start = opened.pop()
            if start in commas:
                middle = commas[start]
                points.append((_value(text[start + 1 : middle]), _value(text[middle + 1 : place])))
    return points


def _matrix(text: str) -> Any:
    cells = text.partition("matrix}")[2].partition("\\end")[0]
    return sympy.Matrix(
        [[_value(_plain(cell)) for cell in row.split("&")] for row in cells.split("\\\\")]
    )


def _differences(text: str) -> list[str]:
    equations = [each.split("=") for each in re.findall(r"\$([^$]*=[^$]*)\$", text)]
    return [f"({left}) - ({right})" for left, right in equations]


def _plain(latex: str) -> str:
    """LaTeX as both sides write it, for SymPy's parser."""
    text = latex.replace("$", "").replace("\\left", "").replace("\\right", "")
    text = _OR.sub(" or ", text).replace("\\;", " ")
    text = text.replace("\\times", "*").replace("\\cdot", "*").replace("\\text", "")
    for _ in range(3):
        text = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", text)
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = re.sub(r"^\(\((-?\d+)\)/\((\d+)\)\)$", r"\1/\2", text.strip())
    return re.sub(r"^-\(\((\d+)\)/\((\d+)\)\)$", r"-\1/\2", text)


def _without_nth_root(text: str) -> str:
    return re.sub(r"nthRoot\(([^(),]*), 2\)", r"sqrt(\1)", text)


def _value(text: str) -> Any:
    return parse_expr(text, local_dict=dict(_LETTERS), transformations=_TRANSFORMATIONS)


def _same(first: str, second: str) -> bool:
    return bool(sympy.expand(_value(first) - _value(second)) == 0)


def _occurs(factor: Any, answer: str) -> bool:
    """Whether a factor stands in a product as one of its brackets, up to a number."""
    pieces = [piece for piece in re.split(r"[()]|\^\s*\d+", answer) if "x" in piece]
    values = [_value(piece.strip(" *")) for piece in pieces if piece.strip(" *")]
    return any(sympy.simplify(value / factor).is_number for value in values)


def _roots(answer: str) -> frozenset[Any]:
    text = answer.replace("[", "").replace("]", "")
    pieces = re.split(r"\s+or\s+|,", text)
    values = [_value(piece.rpartition("=")[2]) for piece in pieces]
    return frozenset(sympy.nsimplify(sympy.radsimp(value)) for value in values)


def _true_roots(formula: str) -> frozenset[Any]:
    left, right = map(_value, formula.split("="))
    found = sympy.solveset(left - right, _LETTERS["x"], sympy.S.Reals)
    return frozenset(sympy.nsimplify(sympy.radsimp(value)) for value in found)


def _assignments(answer: str) -> dict[str, Any]:
    return {name: _value(value) for name, value in re.findall(r"([xy])\s*=\s*([-\d/()]+)", answer)}


def _prime_list(answer: str) -> list[int]:
    primes: list[int] = []
    for factor in answer.split("*"):
        base, _, exponent = factor.partition("^")
        primes += [int(base)] * int(exponent.strip("() ") or 1)
    return primes
