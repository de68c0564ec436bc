"""Who may see whom."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from homework.accounts.models import Classroom, Membership, User
from homework.accounts.selectors import students_visible_to, user_may_see_student
from homework.accounts.services import classroom_join
from homework.common.errors import PermissionDeniedError
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("viewer", "may"),
    [
        ("alice", True),
        ("terry", True),
        ("bob", False),
        ("charlie", False),
        ("dora", False),
        ("tina", False),
        ("ada", False),
    ],
)
def test_a_student_is_seen_by_themselves_and_their_teachers(
    people: People, viewer: str, may: bool
) -> None:
    assert user_may_see_student(viewer=getattr(people, viewer), student=people.alice) is may


def test_an_anonymous_person_sees_nobody(people: People) -> None:
    assert not students_visible_to(viewer=AnonymousUser()).exists()


def test_a_teacher_sees_a_student_of_two_shared_classes_once(people: People) -> None:
    second = Classroom.objects.create(school=people.terry.school, name="chess")
    for person in (people.terry, people.alice):
        Membership.objects.create(user=person, classroom=second)

    seen = students_visible_to(viewer=people.terry)

    assert sorted(user.username for user in seen) == ["alice", "bob", "terry"]


def test_a_closed_account_sees_nobody(people: People) -> None:
    people.terry.is_active = False

    assert not students_visible_to(viewer=people.terry).exists()


def test_joining_a_second_class_keeps_the_first(people: People) -> None:
    second = people.dora.classrooms.get()
    classroom_join(user=people.alice, join_code=second.join_code)
    classroom_join(user=people.alice, join_code=second.join_code)

    assert people.alice.classrooms.count() == 2
    assert user_may_see_student(viewer=people.dora, student=people.alice)


def test_nobody_joins_a_class_of_another_school(people: People) -> None:
    with pytest.raises(PermissionDeniedError):
        classroom_join(user=people.charlie, join_code=people.alice.classrooms.get().join_code)


def test_join_codes_avoid_what_is_misread_on_a_blackboard() -> None:
    from homework.accounts.models import make_join_code

    codes = "".join(make_join_code() for _ in range(200))

    assert not set(codes) & set("0O1IL")
    assert User.Role.STUDENT == "student"
