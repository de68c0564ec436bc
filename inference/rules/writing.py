"""Writes a solution in the format that every engine uses: one page and one checker serve all."""

from __future__ import annotations

from inference.rules.steps import Solution, Step
from inference.types import Language


def write_opening(solution: Solution) -> str:
    """The problem line, with the blank line after it."""
    word = "题目。" if solution.language == "zh" else "Problem."
    return f"**{word}** ${solution.problem_latex}$\n\n"


def write_step(step: Step, language: Language) -> str:
    """One step: its sentence and its line."""
    word = f"第{step.index}步。" if language == "zh" else f"Step {step.index}."
    return f"**{word}** {step.title}\n${step.after}$\n\n"


def write_answer(solution: Solution) -> str:
    """The last line."""
    word = "答案。" if solution.language == "zh" else "Answer."
    return f"**{word}** ${solution.answer_latex}$\n"


def write_solution(solution: Solution) -> str:
    """The whole text."""
    steps = "".join(write_step(step, solution.language) for step in solution.steps)
    return write_opening(solution) + steps + write_answer(solution)
