"""What the engine asks of a sandbox worker. JSON in, JSON out."""

from __future__ import annotations

from typing import Any

from inference.rules.problem import parse_problem
from inference.rules.solver import solve_problem
from inference.rules.writing import write_answer, write_opening, write_step
from inference.types import Language


def solve(problem: str, language: Language) -> dict[str, Any]:
    """Solve an exercise and write the solution down.

    Args:
        problem: The exercise, as `parse_problem` takes it.
        language: "en" or "zh".

    Returns:
        `{"opening": text, "steps": [{"rule", "inputs", "text"}], "closing": text}`. The texts in
        this order are the whole solution.

    Raises:
        MathSyntaxError: The exercise is not understood.
        UnsupportedProblemError: No rule covers it.
    """
    solution = solve_problem(parse_problem(problem), language=language)
    return {
        "opening": write_opening(solution),
        "steps": [
            {
                "rule": step.rule,
                "inputs": list(step.inputs),
                "text": write_step(step, language),
            }
            for step in solution.steps
        ],
        "closing": write_answer(solution),
    }


def warm_up() -> None:
    """Load what SymPy loads late, once for all workers."""
    for problem in ("Solve: 2x^2 - 3x - 1 = 0", "Solve: 2x + 1 > 3", "d/dx(x^2)", "∫ x dx"):
        solve(problem, "en")
