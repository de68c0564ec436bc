"""Made-up schools: consistent, the same for a seed, and not where they would be a nuisance."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from homework.accounts.models import Classroom, School, User
from homework.review.models import Review
from homework.solutions.models import Solution, Step

pytestmark = pytest.mark.django_db


def make(**options: Any) -> None:
    call_command("make_demo_data", **{"solutions": 120, "examples": 12, "verbosity": 0} | options)


def test_it_makes_what_was_asked_for(settings: Any) -> None:
    settings.DEMO = True
    make()

    assert Solution.objects.count() == 120
    assert School.objects.get().name == "Demo school 1"
    assert Classroom.objects.count() == 12
    assert User.objects.get(username="teacher-1-1").check_password("demo-teacher-1-1")
    assert len({solution.created_at.date() for solution in Solution.objects.all()}) > 20
    finished = Solution.objects.filter(state="finished").annotate(num=Count("steps"))
    assert all(solution.num and solution.answer_latex for solution in finished)
    reviewed = Solution.objects.filter(review_version=1)
    assert Review.objects.count() == reviewed.count() > 0
    assert not Step.objects.filter(rule="").exists()


def test_a_seed_makes_the_same_again(settings: Any) -> None:
    settings.DEMO = True
    drawn = []
    for _ in range(2):
        make()
        drawn.append(sorted(Solution.objects.values_list("pk", "asked_text", "verdict")))
        Solution.objects.all().delete()
        User.objects.all().delete()
        Classroom.objects.all().delete()
        School.objects.all().delete()

    assert drawn[0] == drawn[1]


def test_a_site_that_is_no_demo_is_left_alone(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="no demo site"):
        make()
    assert not School.objects.exists()


def test_unless_forced_and_then_nobody_can_sign_in(settings: Any) -> None:
    settings.DEMO = False
    make(force=True)

    assert not User.objects.get(username="teacher-1-1").has_usable_password()


@pytest.mark.parametrize("options", [{"solutions": 0}, {"solutions": -1}, {"examples": 0}])
def test_numbers_out_of_range_are_refused(settings: Any, options: dict[str, int]) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError):
        make(**options)
