from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from homework.accounts.models import User
from homework.review.changes import Change
from homework.review.parts import answer_content_of
from homework.review.services import review_approve, review_correct, review_reread
from homework.review.training import corrections_for_export
from homework.solutions.models import Solution
from inference.solution_text import SolutionTextParser, StepParsed
from tests.homework.people import People
from tests.homework.review.conftest import open_solution

VERIFIED = {"verdict": "verified", "reason": "same_solutions", "detail": {}}
CORRECTED_TEXT = (
    "**Problem.** $3x + 5 = 20$\n\n"
    "**Step 1.** Subtract $5$ from both sides.\n$3x = 15$\n\n"
    "**Step 2.** Divide.\n$x = \\frac{15}{3}$\n$x = 5$\n\n"
    "**Answer.** $x = 5$\n"
)


def correct(teacher: User, solution: Solution, check: dict[str, object] = VERIFIED) -> None:
    review_correct(
        teacher=teacher,
        solution=solution,
        version=0,
        changes=[
            Change(index=2, title="Divide.", formulas=["x = \\frac{15}{3}", "x = 5"], check=check)
        ],
    )


def test_corrected_and_approved_pairs_of_one_school(people: People) -> None:
    assert people.alice.school is not None
    approved, corrected = open_solution(people.alice), open_solution(people.bob)
    open_solution(people.alice)
    foreign = open_solution(people.charlie)
    review_approve(teacher=people.terry, solution=approved, version=0)
    correct(people.terry, corrected)
    review_approve(teacher=people.tina, solution=foreign, version=0)

    pairs = list(corrections_for_export(school=people.alice.school))
    assert [pair.solution.pk for pair in pairs] == [approved.pk, corrected.pk]
    assert pairs[0].text == pairs[0].engine_text == approved.text
    assert pairs[1].text == CORRECTED_TEXT
    assert pairs[1].engine_text == corrected.text
    assert pairs[1].corrected_parts == (2,)
    assert [pair.verdict for pair in pairs] == ["approved", "corrected"]
    assert pairs[1].question == "3x + 5 = 20"

    only = corrections_for_export(
        school=people.alice.school, students=User.objects.filter(username="bob")
    )
    assert [pair.solution.pk for pair in only] == [corrected.pk]
    only = corrections_for_export(school=people.alice.school, include_approved=False)
    assert [pair.solution.pk for pair in only] == [corrected.pk]
    later = timezone.now() + timedelta(hours=1)
    assert list(corrections_for_export(school=people.alice.school, since=later)) == []


def test_chinese_solutions_stay_chinese(people: People) -> None:
    assert people.alice.school is not None
    correct(people.terry, open_solution(people.alice, language="zh"))
    pair = next(corrections_for_export(school=people.alice.school))
    assert pair.text.startswith("**题目。** $3x + 5 = 20$\n\n**第1步。** ")
    assert pair.text.endswith("**答案。** $x = 5$\n")


def test_what_a_checker_disproved_trains_nobody(people: People) -> None:
    assert people.alice.school is not None
    failed = {"verdict": "failed", "reason": "counterexample", "detail": {}}
    correct(people.terry, open_solution(people.alice), failed)
    assert list(corrections_for_export(school=people.alice.school)) == []


def test_a_misread_question_trains_nobody(people: People) -> None:
    assert people.alice.school is not None
    misread = open_solution(people.alice)
    review_reread(
        teacher=people.terry,
        solution=misread,
        version=0,
        reading="3x + 6 = 20",
        replacement=open_solution(people.alice, corrects=misread),
    )
    assert list(corrections_for_export(school=people.alice.school)) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_corrected_solution_is_written_as_engines_write(people: People, language: str) -> None:
    solution = open_solution(people.alice, language=language)
    correct(people.terry, solution)
    content = answer_content_of(Solution.objects.get(pk=solution.pk))

    parser = SolutionTextParser()
    parsed = parser.feed(content["text"]) + parser.close()
    steps = [item for item in parsed if isinstance(item, StepParsed)]
    assert [(step.index, step.start, step.end) for step in steps] == [
        (step["index"], step["start"], step["end"]) for step in content["steps"]
    ]
    assert [list(step.formulas) for step in steps] == [
        step["formulas"] for step in content["steps"]
    ]
    assert content["steps"][1]["check"] == VERIFIED
    assert content["answer"]["latex"] == "x = 5"
