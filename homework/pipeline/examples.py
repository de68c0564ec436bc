"""Worked examples by the rule engine, without reading, streaming or checking: for demo data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from homework.pipeline.engine import (
    InferenceError,
    Language,
    SolutionTextParser,
    StepParsed,
    topic_of_question,
    typed_reading,
)
from homework.pipeline.writing import reading_event


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its solution, as the pipeline would store them, but for the checks."""

    question: str
    language: Language
    topic: str
    reading: dict[str, Any]
    text: str
    answer_latex: str
    steps: tuple[dict[str, Any], ...]


def worked_example(question: str, language: Language) -> Example | None:
    """Solve a question by rules, in this thread; None when they do not cover it.

    For questions of our own only: what comes from people is solved in a sandbox.
    """
    from inference.rules.problem import parse_problem
    from inference.rules.solver import solve_problem
    from inference.rules.writing import write_solution

    try:
        solution = solve_problem(parse_problem(question), language=language)
    except InferenceError:
        return None
    text = write_solution(solution)
    parser = SolutionTextParser()
    parsed = [*parser.feed(text), *parser.close()]
    rules = {step.index: step for step in solution.steps}
    steps = tuple(
        {
            "index": step.index,
            "start": step.start,
            "end": step.end,
            "title": step.title,
            "formulas": list(step.formulas),
            "rule": rules[step.index].rule,
            "rule_inputs": list(rules[step.index].inputs),
        }
        for step in parsed
        if isinstance(step, StepParsed)
    )
    reading = reading_event(typed_reading(question, is_correction=False))
    return Example(
        question=question,
        language=language,
        topic=topic_of_question(question),
        reading={name: value for name, value in reading.items() if name != "type"},
        text=text,
        answer_latex=solution.answer_latex,
        steps=steps,
    )
