"""An exercise with its solution by the rule engine: what the model is to write."""

from __future__ import annotations

from inference.errors import InferenceError
from inference.rules.printer import to_latex
from inference.rules.problem import parse_problem
from inference.rules.solver import solve_problem
from inference.rules.writing import write_solution
from inference.types import Language


def reading_of(problem: str) -> str:
    """The question as its picture is set and as the model is to read it: LaTeX.

    Raises:
        MathSyntaxError: It is no exercise.
    """
    return to_latex(parse_problem(problem).node)


def solution_of(problem: str, language: Language) -> str | None:
    """The whole text of DESIGN.md 6, None where no rule solves the exercise."""
    try:
        return write_solution(solve_problem(parse_problem(problem), language=language))
    except InferenceError:
        return None


def reading_line(latex: str, language: Language) -> str:
    """The line that tells what was read, as every solution begins."""
    return f"**{'题目。' if language == 'zh' else 'Problem.'}** ${latex}$"
