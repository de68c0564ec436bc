"""Draws school problems with PyPI's `mathgenerator`. Runs in the throwaway environment of
`__main__`, so it imports nothing of this project.

    python generate.py SEED EACH > problems.json

A problem is `{"kind", "text", "formula", "task", "truth"}`: the words as the generator wrote them,
the formula in them in plain notation, what is to be done, and the generator's own answer.

All its kinds of school mathematics with one exact answer are here: arithmetic, algebra, calculus,
whole numbers, points and lines, ways to choose, interest, determinants and inverses. Left out are
shapes and angles, sequences, sets, logic and computing, what no school of ours asks (vectors,
complex numbers, norms, distributions), questions answered by yes, no or a sign, answers that are
rounded, and formulas that it writes with two readings (`3/5x`, `tan(30)` of degrees, `9^{10^{2}}`
meant as a power of a power) or without their letter (`d/dx(cos)`).
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable

import mathgenerator

# What is asked, put before a bare formula; the generator gives most instructions in its titles.
KINDS: dict[str, tuple[str, str]] = {
    "addition": ("evaluate", ""),
    "subtraction": ("evaluate", ""),
    "multiplication": ("evaluate", ""),
    "division": ("evaluate", ""),
    "exponentiation": ("evaluate", ""),
    "square": ("evaluate", ""),
    "square_root": ("evaluate", ""),
    "absolute_difference": ("evaluate", ""),
    "factorial": ("evaluate", ""),
    "divide_fractions": ("evaluate", ""),
    "fraction_multiplication": ("evaluate", ""),
    "percentage": ("evaluate", ""),
    "log": ("evaluate", ""),
    "combine_like_terms": ("simplify", "Simplify "),
    "expanding": ("expand", "Expand "),
    "factoring": ("factor", "Factor "),
    "basic_algebra": ("solve", "Solve "),
    "complex_quadratic": ("solve", ""),
    "quadratic_equation": ("solve", ""),
    "system_of_equations": ("system", ""),
    "linear_equations": ("system", ""),
    "hcf": ("number", ""),
    "greatest_common_divisor": ("number", ""),
    "common_factors": ("list", ""),
    "lcm": ("number", ""),
    "prime_factors": ("primes", ""),
    "factors": ("list", ""),
    "power_rule_differentiation": ("differentiate", "Differentiate "),
    "power_rule_integration": ("integrate", "Integrate "),
    "definite_integral": ("area", ""),
    "stationary_points": ("stationary", "Find the stationary points of "),
    "midpoint_of_two_points": ("point", ""),
    "distance_two_points": ("distance", ""),
    "equation_of_line_from_two_points": ("line", ""),
    "combinations": ("number", ""),
    "permutation": ("number", ""),
    "simple_interest": ("number", ""),
    "int_matrix_22_determinant": ("number", ""),
    "invert_matrix": ("inverse", ""),
}
# The generator forgets the braces of `5^{10}`, and writes the percent sign outside of the formula.
_BARE_EXPONENT = re.compile(r"\^(\d\d+)")


def draw(kind: str) -> dict[str, str] | None:
    """One problem of a kind; None where the generator trips over its own numbers, or where
    nothing is to be done."""
    task, instruction = KINDS[kind]
    make: Callable[[], tuple[str, str]] = getattr(mathgenerator, kind)
    try:
        text, truth = make()
    except (IndexError, ZeroDivisionError):
        return None
    if kind == "combine_like_terms" and not _has_like_terms(text):
        return None
    text = _BARE_EXPONENT.sub(r"^{\1}", text)
    formula = plain(text)
    if task == "area":
        formula = formula.removeprefix("0 1").strip()
        text = rf"\int_0^1 ({formula}) dx"
    return {
        "kind": kind,
        "text": instruction + text,
        "formula": formula,
        "task": task,
        "truth": truth,
    }


def _has_like_terms(text: str) -> bool:
    exponents = re.findall(r"\^\{(\d+)\}", text)
    return len(set(exponents)) < len(exponents)


def plain(text: str) -> str:
    """The formulas of a text in plain notation, as mathsteps takes them."""
    if percent := re.search(r"\$(\d+)\$% of \$(\d+)\$", text):
        return f"{percent.group(1)}/100 * {percent.group(2)}"
    formula = " ".join(re.findall(r"\$([^$]*)\$", text)).strip()
    if formula.endswith("="):
        formula = formula[:-1]
    formula = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"(\1/\2)", formula)
    formula = re.sub(r"\\sqrt\{(\d+)\}", r"nthRoot(\1, 2)", formula)
    formula = re.sub(r"\|(.*)\|", r"abs(\1)", formula)
    formula = re.sub(r"--(\d+)", r"-(-\1)", formula)
    formula = formula.replace("\\cdot", " * ").replace("\\div", " / ").replace("\\times", " * ")
    return formula.replace("{", "").replace("}", "").strip()


def main() -> None:
    """Print the problems; the same for the same seed."""
    seed, each = map(int, sys.argv[1:])
    random.seed(seed)
    problems = []
    seen: set[str] = set()
    for kind in KINDS:
        drawn = 0
        for _ in range(each * 40):
            problem = draw(kind)
            if problem is not None and drawn < each and problem["text"] not in seen:
                seen.add(problem["text"])
                problems.append(problem)
                drawn += 1
    json.dump(problems, sys.stdout)


if __name__ == "__main__":
    main()
