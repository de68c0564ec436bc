from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given as forall
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from homework.accounts.models import Classroom, Membership, User
from homework.review.queue import (
    Cursor,
    QueueFilter,
    queue_count,
    queue_next,
    queue_page,
)
from homework.review.selectors import unread_of
from homework.review.services import (
    queue_mark_seen,
    report_submit,
    review_approve,
    review_reject,
    reviews_mark_seen,
)
from homework.solutions.models import Solution
from tests.homework.people import People
from tests.homework.review.conftest import open_solution

ALL = QueueFilter()


def names(teacher: User, **given: Any) -> list[str]:
    """What the queue shows, by the questions."""
    page = queue_page(teacher=teacher, given=QueueFilter(**given))
    return [item.asked_text for item in page.items]


def test_the_doubtful_come_first_and_of_these_the_newest(
    alice: User, bob: User, terry: User
) -> None:
    open_solution(alice, asked_text="fine")
    open_solution(bob, asked_text="old doubt", doubt_score=80)
    open_solution(alice, asked_text="new doubt", doubt_score=80)
    open_solution(alice, asked_text="worst", doubt_score=200)

    assert names(terry) == ["worst", "new doubt", "old doubt", "fine"]


def test_a_teacher_sees_the_own_classes_only(people: People) -> None:
    open_solution(people.alice)
    open_solution(people.charlie, asked_text="south")

    assert len(names(people.terry)) == 1
    assert names(people.tina) == ["south"]
    for other in (people.dora, people.ada, people.alice):
        assert names(other) == []


def test_what_runs_or_was_stopped_is_not_in_the_queue(alice: User, terry: User) -> None:
    open_solution(alice, state=Solution.State.STOPPED, review_state="")
    open_solution(alice, state=Solution.State.SOLVING, review_state="")
    assert names(terry) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"topic": "factoring"}, ["beta"]),
        ({"engine": "local"}, ["beta"]),
        ({"verdict": "failed"}, ["beta"]),
        ({"verdict": "unsolved"}, ["c"]),
        ({"search": "BET"}, ["beta"]),
        ({"search": "bob"}, ["beta", "c"]),
        ({"search": "bob c"}, ["c"]),
        ({"search": "nothing"}, []),
        ({"review": "rejected"}, []),
        ({"since": date(2020, 1, 1), "until": date(2020, 1, 2)}, ["c"]),
        ({"until": date(2019, 12, 31)}, []),
        ({"student_id": -1}, []),
        ({"classroom_id": -1}, []),
    ],
)
def test_it_is_filtered(
    alice: User, bob: User, terry: User, given: dict[str, Any], shown: list[str]
) -> None:
    open_solution(alice, asked_text="a", doubt_score=3)
    open_solution(
        bob, asked_text="beta", topic="factoring", engine="local", verdict="failed", doubt_score=2
    )
    old = open_solution(bob, asked_text="c", verdict="", doubt_score=1)
    moment = timezone.make_aware(datetime(2020, 1, 2, 23, 59))
    Solution.objects.filter(pk=old.pk).update(created_at=moment)

    assert names(terry, **given) == shown


def test_it_is_filtered_by_class_and_student(alice: User, bob: User, terry: User) -> None:
    assert terry.school is not None
    club = Classroom.objects.create(school=terry.school, name="club")
    for member in (terry, bob):
        Membership.objects.create(user=member, classroom=club)
    open_solution(alice, asked_text="a")
    open_solution(bob, asked_text="b")

    assert names(terry, classroom_id=club.pk) == ["b"]
    assert names(terry, student_id=alice.pk) == ["a"]
    item = queue_page(teacher=terry, given=QueueFilter(student_id=bob.pk)).items[0]
    assert item.class_names == ["7a", "club"]  # type: ignore[attr-defined]


def test_the_filter_by_a_foreign_class_shows_nothing(people: People) -> None:
    open_solution(people.charlie)
    southern = people.charlie.classrooms.get()
    assert names(people.terry, classroom_id=southern.pk) == []
    assert names(people.terry, student_id=people.charlie.pk) == []


def test_what_is_reviewed_is_found_again_the_latest_first(alice: User, terry: User) -> None:
    first, second = open_solution(alice, asked_text="1"), open_solution(alice, asked_text="2")
    review_approve(teacher=terry, solution=second, version=0)
    review_reject(teacher=terry, solution=first, version=0, reason="no")

    assert names(terry) == []
    assert names(terry, review="reviewed") == ["1", "2"]
    assert names(terry, review="approved") == ["2"]


@pytest.mark.parametrize("review", ["open", "reviewed"])
def test_pages_follow_each_other_without_gap_or_repetition(
    alice: User, terry: User, review: str
) -> None:
    made = []
    for i in range(11):
        solution = open_solution(alice, doubt_score=(i % 3) * 50)
        made.append(solution.pk)
        if review == "reviewed":
            review_approve(teacher=terry, solution=solution, version=0)
    moment = timezone.now()
    # Several of one moment: the key must tell them apart.
    Solution.objects.filter(pk__in=made[:6]).update(created_at=moment)
    if review == "reviewed":
        Solution.objects.filter(pk__in=made[:6]).update(reviewed_at=moment)

    given = QueueFilter(review=review)
    whole = queue_page(teacher=terry, given=given, num_items=50)
    assert whole.next is None
    seen, cursor = [], None
    while True:
        page = queue_page(teacher=terry, given=given, cursor=cursor, num_items=4)
        seen += [item.pk for item in page.items]
        if page.next is None:
            break
        cursor = Cursor.parse(str(page.next))
        assert cursor == page.next
    assert seen == [item.pk for item in whole.items]
    assert sorted(seen) == sorted(made)


def test_after_one_comes_the_next(alice: User, terry: User) -> None:
    low, high = open_solution(alice), open_solution(alice, doubt_score=100)
    following = queue_next(teacher=terry, given=ALL, solution=high)
    assert following == low.pk
    review_approve(teacher=terry, solution=high, version=0)
    assert queue_next(teacher=terry, given=ALL, solution=high) == low.pk
    assert queue_next(teacher=terry, given=ALL, solution=low) is None


@pytest.mark.parametrize("num_items", [1, 25])
def test_a_page_costs_four_queries_at_most(
    alice: User,
    bob: User,
    terry: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    num_items: int,
) -> None:
    for i in range(30):
        solution = open_solution((alice, bob)[i % 2])
        if i < 5:
            report_submit(student=solution.student, solution_id=solution.pk, kind="wrong")
    first = queue_page(teacher=terry, given=ALL, num_items=num_items)
    with django_assert_num_queries(3):
        queue_page(teacher=terry, given=ALL, num_items=num_items)
    with django_assert_num_queries(4 if num_items == 25 else 3):
        page = queue_page(teacher=terry, given=ALL, cursor=first.next, num_items=num_items)
        for item in page.items:
            assert item.student.username
            assert item.class_names == ["7a"]  # type: ignore[attr-defined]
            assert hasattr(item, "report") == bool(item.reported)
            assert item.doubt_reasons is not None


def test_counting_stops(alice: User, terry: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        open_solution(alice)
    monkeypatch.setattr("homework.review.queue.MAX_COUNTED", 1)
    assert queue_count(teacher=terry, given=ALL) == 2


@forall(st.text(max_size=60))
def test_nonsense_is_no_cursor(text: str) -> None:
    assert Cursor.parse(text) is None


@forall(st.integers(0, 2**15 - 1), st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_survives_its_address(score: int, moment: datetime, key: uuid.UUID) -> None:
    cursor = Cursor((score, moment, key))
    assert Cursor.parse(str(cursor)) == cursor


def test_the_badge_counts_what_is_doubtful_and_new(alice: User, terry: User, tina: User) -> None:
    assert unread_of(viewer=terry) == 0
    open_solution(alice)
    doubtful = open_solution(alice, doubt_score=100, doubt_at=timezone.now())
    assert unread_of(viewer=terry) == 1
    assert unread_of(viewer=tina) == 0
    queue_mark_seen(teacher=terry)
    assert unread_of(viewer=terry) == 0
    report_submit(student=alice, solution_id=doubtful.pk, kind="confused")
    assert unread_of(viewer=terry) == 1
    review_approve(teacher=terry, solution=Solution.objects.get(pk=doubtful.pk), version=0)
    assert unread_of(viewer=terry) == 0


def test_a_student_has_news_until_they_are_seen(alice: User, bob: User, terry: User) -> None:
    quiet, told = open_solution(alice), open_solution(alice)
    review_approve(teacher=terry, solution=quiet, version=0)
    assert unread_of(viewer=alice) == 0
    review_reject(teacher=terry, solution=told, version=0, reason="See page 12")
    assert unread_of(viewer=alice) == 1
    assert unread_of(viewer=bob) == 0
    reviews_mark_seen(student=alice, solution=told)
    assert unread_of(viewer=alice) == 0


def test_the_badge_is_old_after_a_while(alice: User, terry: User) -> None:
    terry.date_joined = timezone.now()
    terry.save()
    open_solution(alice, doubt_score=100, doubt_at=timezone.now() - timedelta(days=1))
    assert unread_of(viewer=terry) == 0
