"""What is composed once says the same as what the ORM composes anew."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from homework.accounts.models import User
from homework.common.prepared import Parameter, PreparedQuery, PreparedUpdate
from homework.solutions.models import Solution
from homework.solutions.services import solution_create
from tests.homework.people import People

OF_STUDENT = PreparedQuery(
    lambda: (
        Solution.objects.select_related("student")
        .filter(
            student=Parameter("student", Solution, "student"),
            created_at__gt=Parameter("since", Solution, "created_at"),
        )
        .order_by("created_at")
    )
)


def test_it_finds_the_rows_of_its_values_each_time(people: People) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    hers = [solution_create(student=people.alice, question_text="1+1") for _ in range(2)]
    his = solution_create(student=people.bob, question_text="2+2")
    assert OF_STUDENT(student=people.alice.pk, since=long_ago) == hers
    assert OF_STUDENT(student=people.bob.pk, since=long_ago) == [his]
    assert OF_STUDENT(student=people.alice.pk, since=hers[0].created_at) == hers[1:]
    assert OF_STUDENT.first(student=people.charlie.pk, since=long_ago) is None


def test_rows_are_whole_and_bring_what_was_joined(alice: User) -> None:
    crop = {"x": 0.0, "y": 0.0, "width": 0.5, "height": 0.5}
    solution_create(student=alice, question_text="1+1", crop=crop)
    (found,) = OF_STUDENT(student=alice.pk, since=timezone.now() - timedelta(hours=1))
    fresh = Solution.objects.get(pk=found.pk)
    for field in Solution._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(fresh, field.attname), field.attname
    with CaptureQueriesContext(connection) as captured:
        assert found.student == alice
    assert len(captured) == 0


def test_plain_values_keep_the_order_in_which_they_were_asked_for(alice: User) -> None:
    solution = solution_create(student=alice, question_text="1+1")
    values = PreparedQuery(
        lambda: Solution.objects.filter(pk=Parameter("pk", Solution, "pk")).values_list(
            "question_text", "pk", "student__username"
        )
    )
    for _ in range(2):
        assert values(pk=solution.pk) == [("1+1", solution.pk, alice.username)]
    assert values(pk=uuid.uuid4()) == []


@pytest.mark.parametrize(
    "value", [[], [{"from": "local", "text": 'a "b" \\ 第'}], {"deep": {"er": [1, None]}}, None]
)
def test_json_is_stored_as_the_orm_stores_it(alice: User, value: Any) -> None:
    update = PreparedUpdate(
        lambda: Solution.objects.filter(pk=Parameter("pk", Solution, "pk")),
        {"reading": Parameter("value", Solution, "reading", is_stored=True)},
    )
    ours, theirs = (solution_create(student=alice, question_text="1+1") for _ in range(2))
    assert update(pk=ours.pk, value={"any": "thing"}) == 1
    assert update(pk=ours.pk, value=value) == 1
    Solution.objects.filter(pk=theirs.pk).update(reading=value)
    assert Solution.objects.get(pk=ours.pk).reading == value
    raw = Solution.objects.filter(reading=None) if value is None else Solution.objects.none()
    is_null = set(Solution.objects.filter(reading__isnull=True).values_list("pk", flat=True))
    assert (ours.pk in is_null) == (theirs.pk in is_null) == (value is None)
    assert not raw.exists()  # that would be JSON's own null


def test_an_update_counts_its_rows_and_changes_no_other(people: People) -> None:
    update = PreparedUpdate(
        lambda: Solution.objects.filter(
            pk=Parameter("pk", Solution, "pk"), attempt=Parameter("attempt", Solution, "attempt")
        ),
        {
            "attempt": F("attempt") + 1,
            "text": Parameter("text", Solution, "text", is_stored=True),
        },
    )
    mine, other = (solution_create(student=people.alice, question_text="1") for _ in range(2))
    assert update(pk=mine.pk, attempt=0, text="first") == 1
    assert update(pk=mine.pk, attempt=0, text="too late") == 0
    assert update(pk=mine.pk, attempt=1, text="second") == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.attempt, mine.text) == (2, "second")
    assert (other.attempt, other.text) == (0, "")


@pytest.mark.django_db(transaction=True)
def test_a_thread_asks_over_its_own_connection(alice: User) -> None:
    solution = solution_create(student=alice, question_text="1+1")
    query = PreparedQuery(lambda: Solution.objects.filter(pk=Parameter("pk", Solution, "pk")))
    assert query(pk=solution.pk) == [solution]
    found: list[Solution] = []

    def ask() -> None:
        try:
            found.extend(query(pk=solution.pk))
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [solution]


def test_a_query_that_prefetches_is_refused(alice: User) -> None:
    query = PreparedQuery(lambda: Solution.objects.prefetch_related("steps"))
    with pytest.raises(ValueError, match="prefetches"):
        query()
