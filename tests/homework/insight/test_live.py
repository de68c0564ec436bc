"""What is in the live list, and what never is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from homework.common.errors import NotFoundError
from homework.insight.live import live_items
from homework.solutions.models import Solution
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db


def test_it_has_what_runs_and_what_has_just_ended(people: People) -> None:
    now = timezone.now()
    running = make_solution(people.alice, state=Solution.State.SOLVING, text="")
    ended = make_solution(people.bob, finished_at=now - timedelta(minutes=9))
    make_solution(people.bob, finished_at=now - timedelta(minutes=11))
    make_solution(people.charlie, state=Solution.State.SOLVING)

    items = live_items(teacher=people.terry)

    assert [item["id"] for item in items] == [str(ended.pk), str(running.pk)]


@pytest.mark.parametrize("name", ["dora", "tina"])
def test_a_class_of_somebody_else_is_not_there(people: People, name: str) -> None:
    with pytest.raises(NotFoundError):
        live_items(teacher=getattr(people, name), classroom_id=people.terry.classrooms.get().pk)


def test_it_takes_the_same_queries_for_any_number(
    people: People, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        make_solution(people.alice, state=Solution.State.SOLVING, text="")

    with django_assert_max_num_queries(3):
        assert len(live_items(teacher=people.terry)) == 20


def test_the_projector_shows_neither_names_nor_answers(client: Client, people: People) -> None:
    make_solution(people.alice, finished_at=timezone.now())
    client.force_login(people.terry)
    classroom = people.terry.classrooms.get()

    page = client.get(f"/teach/live/classes/{classroom.pk}/screen/").content.decode()

    assert "3x + 5 = 20" in page
    assert "alice" not in page
    assert "x = 5" not in page
