"""Whole solutions as they are read, topic by topic, in both languages: `golden/<topic>.<language>`.

A file holds problems, each under a line of its own that begins with `## `, and what is written
about it. A sentence that changes changes here, too, after somebody has read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from inference.rules import parse_problem
from inference.rules.solver import solve_problem
from inference.rules.writing import write_solution
from inference.solution_formulas import claims
from inference.types import Language

FOLDER = Path(__file__).parent / "golden"


def written_in(path: Path) -> Iterator[tuple[str, str]]:
    """The problems of a file with their solutions."""
    for block in path.read_text(encoding="utf-8").split("## ")[1:]:
        problem, _, solution = block.partition("\n")
        yield problem, solution.strip("\n") + "\n"


CASES = [
    (path.suffix[1:], problem, solution)
    for path in sorted(FOLDER.iterdir())
    for problem, solution in written_in(path)
]


@pytest.mark.parametrize(("language", "problem", "solution"), CASES)
def test_the_solution_reads_as_it_was_approved(
    language: Language, problem: str, solution: str
) -> None:
    solved = solve_problem(parse_problem(problem), language=language)
    assert write_solution(solved) == solution
    assert not any(claims(step.title) for step in solved.steps)


def test_every_topic_has_five_problems_in_every_language() -> None:
    topics = {path.stem for path in FOLDER.iterdir()}
    for topic in topics:
        counts = [
            len(list(written_in(FOLDER / f"{topic}.{language}"))) for language in get_args(Language)
        ]
        assert min(counts) >= 5, topic
