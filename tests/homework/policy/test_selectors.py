"""Which policy binds a student: the strictest of the classes, at each moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homework.accounts.models import Classroom, Membership, User
from homework.policy.models import Mode, PolicyWindow
from homework.policy.selectors import policy_of_student
from homework.policy.services import class_policy_set
from tests.homework.people import People

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def classroom_of(user: User) -> Classroom:
    return user.classrooms.get()


def window(classroom: Classroom, mode: Mode, start_h: float, end_h: float) -> PolicyWindow:
    """Hours are counted from NOON."""
    return PolicyWindow.objects.create(
        classroom=classroom,
        mode=mode,
        starts_at=NOON + timedelta(hours=start_h),
        ends_at=NOON + timedelta(hours=end_h),
        time_zone="UTC",
    )


def second_class(student: User, name: str = "8x") -> Classroom:
    assert student.school is not None
    classroom = Classroom.objects.create(school=student.school, name=name)
    Membership.objects.create(user=student, classroom=classroom)
    return classroom


def test_without_a_policy_everything_is_shown(people: People) -> None:
    policy = policy_of_student(student=people.alice, now=NOON)

    assert (policy.mode, policy.classes, policy.until, policy.changes_at) == (
        Mode.FULL,
        (),
        None,
        None,
    )


def test_the_policy_of_the_class_binds_its_students_and_nobody_else(people: People) -> None:
    class_policy_set(classroom=classroom_of(people.terry), mode=Mode.HINTS_FIRST, by=people.terry)

    for student in (people.alice, people.bob):
        policy = policy_of_student(student=student, now=NOON)
        assert (policy.mode, policy.classes) == (Mode.HINTS_FIRST, ("7a",))
    for other in (people.charlie, people.terry, people.ada):
        assert policy_of_student(student=other, now=NOON).mode is Mode.FULL


@pytest.mark.parametrize(
    ("hours", "mode"),
    [(-0.001, Mode.FULL), (0, Mode.CLOSED), (1.999, Mode.CLOSED), (2, Mode.FULL)],
)
def test_a_window_holds_from_its_beginning_until_before_its_end(
    people: People, hours: float, mode: Mode
) -> None:
    window(classroom_of(people.alice), Mode.CLOSED, 0, 2)

    policy = policy_of_student(student=people.alice, now=NOON + timedelta(hours=hours))

    assert policy.mode is mode


def test_it_says_until_when_and_when_to_ask_again(people: People) -> None:
    window(classroom_of(people.alice), Mode.HINTS_ONLY, -1, 2)
    window(classroom_of(people.alice), Mode.CLOSED, 1, 3)

    policy = policy_of_student(student=people.alice, now=NOON)

    assert policy.until == NOON + timedelta(hours=2)
    assert policy.changes_at == NOON + timedelta(hours=1)


def test_a_window_replaces_the_rule_of_its_class_be_it_stricter_or_not(people: People) -> None:
    classroom = classroom_of(people.alice)
    class_policy_set(classroom=classroom, mode=Mode.CLOSED, by=people.terry)
    window(classroom, Mode.FULL, -1, 1)

    assert policy_of_student(student=people.alice, now=NOON).mode is Mode.FULL
    later = NOON + timedelta(hours=1)
    assert policy_of_student(student=people.alice, now=later).mode is Mode.CLOSED


def test_of_windows_that_overlap_the_strictest_holds(people: People) -> None:
    window(classroom_of(people.alice), Mode.HINTS_ONLY, -1, 1)
    window(classroom_of(people.alice), Mode.FULL, -1, 1)

    assert policy_of_student(student=people.alice, now=NOON).mode is Mode.HINTS_ONLY


@pytest.mark.parametrize("first", list(Mode))
@pytest.mark.parametrize("second", list(Mode))
def test_of_several_classes_the_strictest_holds(people: People, first: Mode, second: Mode) -> None:
    class_policy_set(classroom=classroom_of(people.alice), mode=first, by=people.terry)
    other = second_class(people.alice)
    class_policy_set(classroom=other, mode=second, by=people.terry)

    policy = policy_of_student(student=people.alice, now=NOON)

    strictest = max(first, second, key=list(Mode).index)
    asking = tuple(n for n, m in (("7a", first), ("8x", second)) if m is strictest)
    assert policy.mode is strictest
    assert policy.classes == (() if strictest is Mode.FULL else asking)


def test_no_end_is_promised_while_another_class_asks_for_the_same(people: People) -> None:
    window(classroom_of(people.alice), Mode.CLOSED, -1, 1)
    class_policy_set(classroom=second_class(people.alice), mode=Mode.CLOSED, by=people.terry)

    assert policy_of_student(student=people.alice, now=NOON).until is None


def test_a_class_of_another_school_does_not_bind(people: People) -> None:
    Membership.objects.create(user=people.alice, classroom=classroom_of(people.charlie))
    class_policy_set(classroom=classroom_of(people.charlie), mode=Mode.CLOSED, by=people.tina)

    assert policy_of_student(student=people.alice, now=NOON).mode is Mode.FULL


def test_it_takes_two_queries_however_many_classes(
    people: People, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        window(second_class(people.alice, f"c{number}"), Mode.CLOSED, -1, 1)

    with django_assert_num_queries(2):
        policy_of_student(student=people.alice, now=NOON)
