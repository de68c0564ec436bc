"""Bounds of asking when many ask at once, and what a refused question costs."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from homework.access import limits
from homework.access.models import SchoolAccess
from homework.accounts.models import School
from homework.common.errors import AppError, QueueFullError, QuotaUsedUpError
from homework.pipeline.services import solution_submit
from homework.solutions.models import Solution
from tests.homework.access.test_limits import KINDS, make
from tests.homework.people import People, make_people


@pytest.mark.django_db(transaction=True)
def test_of_20_questions_at_once_exactly_as_many_pass_as_may_run(settings: Any) -> None:
    settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 5
    alice = make_people().alice
    barrier = threading.Barrier(20)

    def ask(_number: int) -> str:
        barrier.wait(60)
        try:
            solution_submit(student=alice, question_text="1+1")
        except AppError as error:
            return error.code
        finally:
            connection.close()
        return "passed"

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(ask, range(20)))
    assert outcomes == {"passed": 5, "too_many_active": 15}
    assert Solution.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_a_question_that_is_refused_costs_the_school_nothing(
    kind: str, people: People, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters = make(kind)
    monkeypatch.setattr(limits, "counters", lambda: counters)
    # Redis remembers the schools of earlier runs.
    school = School.objects.create(pk=random.randrange(2**32, 2**62), name="East")
    for student in (people.alice, people.bob):
        student.school = school
        student.save()
    SchoolAccess.objects.create(school=school, questions_per_day=1)
    settings.PIPELINE_MAX_QUEUED = 0
    for _ in range(3):
        with pytest.raises(QueueFullError):
            solution_submit(student=people.alice, question_text="1+1")
    settings.PIPELINE_MAX_QUEUED = 10
    with pytest.raises(AppError):
        solution_submit(student=people.alice, question_text="1+1", language="fr")
    solution_submit(student=people.alice, question_text="1+1")
    with pytest.raises(QuotaUsedUpError):
        solution_submit(student=people.bob, question_text="1+1")
    assert Solution.objects.count() == 1
