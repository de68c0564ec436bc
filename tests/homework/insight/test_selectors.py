"""What is counted, and that a stumble is what it is said to be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from homework.accounts.models import User
from homework.accounts.selectors import students_taught_by
from homework.insight.selectors import NUM_QUERIES, Insight, Period, insight_of
from homework.insight.skills import SKILL_OF_RULE, SKILLS
from homework.pipeline.engine import rule_sentences
from homework.policy.models import OwnAttempt
from homework.solutions.models import Solution, Step
from tests.homework.people import People

pytestmark = pytest.mark.django_db
RULES = ("subtract_from_both_sides", "common_denominator", "reduce_fraction")


def asked(student: User, text: str = "", *, hours_ago: float = 1, **fields: Any) -> Solution:
    """A finished solution with the three RULES as its steps."""
    solution = Solution.objects.create(
        student=student,
        asked_text=text or f"{Solution.objects.count()}x = 1",
        **{
            "state": Solution.State.FINISHED,
            "verdict": "verified",
            "topic": "fractions",
            "review_state": "open",
        }
        | fields,
    )
    moment = timezone.now() - timedelta(hours=hours_ago)
    Solution.objects.filter(pk=solution.pk).update(created_at=moment)
    Step.objects.bulk_create(
        Step(solution=solution, index=number, start=0, end=1, rule=rule, step_check={})
        for number, rule in enumerate(RULES, 1)
    )
    return solution


def attempt(solution: Solution, verdict: str, *, num_steps: int, counts: bool = True) -> None:
    OwnAttempt.objects.create(
        solution=solution,
        text="1",
        check_result={},
        verdict=verdict,
        counts=counts,
        num_steps=num_steps,
    )


def insight(people: People, num_days: int = 7) -> Insight:
    return insight_of(
        students=students_taught_by(teacher=people.terry), period=Period.last_days(num_days)
    )


def stumbling(people: People) -> dict[str, tuple[int, int, int, int, int]]:
    return {
        each.skill: (each.num, each.wrong, each.confused, each.again, each.stumbled)
        for each in insight(people).stumbling
    }


def test_it_counts_what_the_students_of_the_teacher_asked(people: People) -> None:
    asked(people.alice)
    asked(people.alice, verdict="failed", reported="wrong", topic="arithmetic")
    asked(people.bob, review_state="corrected")
    asked(people.charlie)
    asked(people.alice, state=Solution.State.QUEUED)

    found = insight(people)

    assert found.total.as_row() == [3, 2, 1, 1, 0]
    assert found.by_student[people.alice.pk].num == 2
    assert {code: tally.num for code, tally in found.by_topic.items()} == {
        "fractions": 2,
        "arithmetic": 1,
    }
    assert sum(tally.num for tally in found.by_day.values()) == 3
    assert found.total.share("verified") == pytest.approx(2 / 3)


def test_only_the_period_counts_and_every_day_of_it_is_there(people: People) -> None:
    asked(people.alice, hours_ago=24 * 9)

    assert insight(people).total.num == 0
    assert len(insight(people).by_day) == 7
    assert insight(people, 28).total.num == 1


def test_a_day_is_one_of_the_sites_time_zone(people: People, settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    solution = asked(people.alice)
    with timezone.override("Pacific/Auckland"):
        found = insight(people, 7)
        moment = Solution.objects.get(pk=solution.pk).created_at
        assert found.by_day[timezone.localtime(moment).date()].num == 1


def test_a_wrong_own_answer_points_at_the_step_that_was_next(people: People) -> None:
    solutions = [asked(people.alice) for _ in range(5)]
    attempt(solutions[0], "failed", num_steps=1)
    attempt(solutions[0], "failed", num_steps=1)
    attempt(solutions[1], "verified", num_steps=1)
    attempt(solutions[2], "not_checkable", num_steps=1)
    attempt(solutions[3], "failed", num_steps=1, counts=False)

    assert stumbling(people) == {"common_denominator": (5, 1, 0, 0, 1)}
    found = insight(people)
    assert (found.num_attempts, found.num_right_attempts) == (4, 1)
    assert found.total.stumbled == 1


def test_a_report_points_at_every_step_of_its_solution(people: People) -> None:
    for number in range(5):
        asked(people.alice, reported="confused" if number == 0 else "")
    asked(people.bob, reported="wrong")

    assert stumbling(people) == {SKILL_OF_RULE[rule]: (6, 0, 1, 0, 1) for rule in RULES}


def test_asking_the_same_within_a_day_is_a_stumble_of_the_first(people: People) -> None:
    for text, hours in (("a", 30), ("a", 20), ("b", 50), ("b", 20), ("c", 3), ("d", 2)):
        asked(people.alice, text, hours_ago=hours)
    asked(people.bob, "c", hours_ago=1)

    assert stumbling(people)["reducing"] == (7, 0, 0, 1, 1)


def test_what_occurs_in_few_solutions_is_left_out(people: People) -> None:
    for _ in range(4):
        asked(people.alice, reported="confused")

    assert insight(people).stumbling == []


def test_a_stumble_counts_once_however_it_showed(people: People) -> None:
    for number in range(5):
        solution = asked(people.alice, reported="confused" if number == 0 else "")
        if number == 0:
            attempt(solution, "failed", num_steps=1)

    assert stumbling(people)["common_denominator"] == (5, 1, 1, 0, 1)


@pytest.mark.parametrize("num", [1, 30])
def test_it_takes_the_same_queries_however_much_there_is(
    people: People, django_assert_num_queries: Any, num: int
) -> None:
    for _ in range(num):
        attempt(asked(people.alice), "failed", num_steps=0)

    with django_assert_num_queries(NUM_QUERIES):
        insight(people)


def test_every_rule_of_a_skill_is_one_and_belongs_to_one_skill_only() -> None:
    rules = [rule for skill in SKILLS for rule in skill.rules]

    assert len(rules) == len(set(rules))
    assert set(rules) - set(rule_sentences("en")) == set()
