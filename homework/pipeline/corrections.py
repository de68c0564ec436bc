"""What the checker says of a teacher's words, while they are typed and when they are saved.

The same parser and the same checker as for engines: a line that it cannot read is marked at the
character where it stops making sense, and nothing is called right that is not proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from homework.accounts.models import User
from homework.common.errors import InvalidInputError
from homework.pipeline import process
from homework.pipeline.engine import (
    InferenceError,
    MathSyntaxError,
    formula_latex,
    formula_text,
    typed_reading,
)
from homework.pipeline.events import Event
from homework.pipeline.services import solution_enqueue
from homework.pipeline.writing import check_value
from homework.solutions.models import Solution

ANSWER = 0
MAX_CHECKED = 12
"""Changed parts that are checked at once, as each may take the checker's whole time limit; more
are taken, and say that they were not checked."""
_UNCHECKED: Event = {"verdict": "not_checkable", "reason": "not_checked", "detail": {}}


@dataclass(frozen=True, slots=True)
class Problem:
    """A place that is no mathematics: the line of a part, the character in it, and the code."""

    line: int
    position: int
    code: str


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """A changed part: its lines as LaTeX, where they can be read, and what the checker says.

    Attributes:
        index: Of the step, or `ANSWER`.
        formulas: As many as there are lines; empty where a line cannot be read.
        problems: The places that cannot be read; then `check` is `not_checkable`.
        check: `{"verdict", "reason", "detail"}`.
    """

    index: int
    formulas: list[str]
    check: Event
    problems: list[Problem] = field(default_factory=list)


def correction_check(
    *,
    question: str,
    formulas: Mapping[int, Sequence[str]],
    changed: Mapping[int, Sequence[str]],
) -> list[CheckedPart]:
    """Read and check changed parts of a solution against its question. Blocks while it checks.

    Args:
        question: The question in plain text, as read.
        formulas: The formulas of every part, by index and in the order in which they stand; the
            answer's by `ANSWER`, and none of a step that is new.
        changed: The lines as typed, of the parts that are changed.
    """
    read = {index: _read_lines(lines, formulas.get(index, ())) for index, lines in changed.items()}
    now = dict(formulas) | {index: latex for index, (latex, _problems) in read.items()}
    return [
        CheckedPart(
            index=index,
            formulas=latex,
            check=_UNCHECKED if problems or number >= MAX_CHECKED else _check(question, now, index),
            problems=problems,
        )
        for number, (index, (latex, problems)) in enumerate(read.items())
    ]


def _read_lines(lines: Sequence[str], before: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """Each line as LaTeX. What stood there before and is unchanged need not be readable."""
    known = {formula_text(formula): formula for formula in before}
    latex, problems = [], []
    for number, line in enumerate(lines):
        if line in known:
            latex.append(known[line])
            continue
        try:
            latex.append(formula_latex(line))
        except MathSyntaxError as error:
            latex.append("")
            problems.append(Problem(number, error.position, error.reason))
    return latex, problems


def _check(question: str, formulas: Mapping[int, Sequence[str]], index: int) -> Event:
    pipeline = process.current()
    if pipeline is None or not pipeline.engine.is_ready:
        return _UNCHECKED
    checks, timeout_s = pipeline.engine.checks, pipeline.engine.check_timeout_s
    try:
        if index == ANSWER:
            answer = formulas[ANSWER]
            if not answer:
                return _UNCHECKED
            return check_value(checks.check_answer(question, answer[0], timeout_s))
        earlier = [
            formula
            for other in takewhile(lambda other: other != index, formulas)
            if other != ANSWER
            for formula in formulas[other]
            if formula
        ]
        return check_value(checks.check_step(question, earlier, list(formulas[index]), timeout_s))
    except InferenceError as error:
        return {"verdict": "not_checkable", "reason": error.code, "detail": {}}


def solution_resolve(*, solution: Solution, question_text: str) -> Solution:
    """Solve what a teacher says stands on the paper, for the student, as a solution of its own.

    It does not count as one of the student's questions. Call it within a transaction.

    Raises:
        InvalidInputError: The text is no question that can be understood, or nothing new.
        QueueFullError: PIPELINE_MAX_QUEUED questions wait already.
    """
    text = question_text.strip()
    reading = typed_reading(text, is_correction=True)
    if not text or reading.parse_error is not None:
        raise InvalidInputError(reading.parse_error)
    student: User = solution.student
    return solution_enqueue(
        student=student, question_text=text, language=solution.language, corrects=solution
    )


def formulas_as_typed(formulas: Sequence[str]) -> list[str]:
    """Formulas in the notation in which a teacher types them."""
    return [formula_text(formula) for formula in formulas]


def problem_values(part: CheckedPart) -> list[dict[str, Any]]:
    """The problems of a part as JSON values."""
    return [
        {"index": part.index, "line": one.line, "position": one.position, "code": one.code}
        for one in part.problems
    ]
