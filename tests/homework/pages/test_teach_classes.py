"""A teacher's classes: the list, codes, rosters, co-teachers, archive."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from homework.accounts.models import AuditEvent, Classroom, Membership, User
from homework.accounts.selectors import user_may_see_student
from homework.accounts.services import classroom_get_open
from homework.common.errors import ClassClosedError, UnknownJoinCodeError
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db
CLASSES = "/teach/classes/"


def test_a_teacher_sees_own_classes_with_code_and_size(client: Client, people: People) -> None:
    client.force_login(people.terry)
    page = client.get(CLASSES).content.decode()

    mine = Classroom.objects.get(members=people.terry)
    theirs = Classroom.objects.get(members=people.dora)
    assert mine.join_code in page
    assert "2 students" in page
    assert theirs.join_code not in page


def test_the_code_of_a_closed_class_is_not_shown(client: Client, people: People) -> None:
    Classroom.objects.filter(members=people.terry).update(is_open=False)
    client.force_login(people.terry)
    page = client.get(CLASSES).content.decode()

    assert Classroom.objects.get(members=people.terry).join_code not in page
    assert "Closed for new students" in page


def test_a_teacher_without_a_class_is_told_what_to_do(client: Client, people: People) -> None:
    Classroom.objects.get(members=people.terry).memberships.all().delete()
    client.force_login(people.terry)

    assert "You have no class yet" in client.get(CLASSES).content.decode()


def test_an_archived_class_stands_apart(client: Client, people: People) -> None:
    Classroom.objects.filter(members=people.terry).update(archived_at=timezone.now())
    client.force_login(people.terry)
    page = client.get(CLASSES).content.decode()

    assert "1 archived class" in page
    assert Classroom.objects.get(members=people.terry).join_code not in page


@pytest.fixture
def as_terry(client: Client, people: People) -> Client:
    client.force_login(people.terry)
    return client


@pytest.fixture
def classroom(people: People) -> Classroom:
    return people.terry.classrooms.get()


def told(response: HttpResponse) -> str:
    """What the page that follows says at its top."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))  # type: ignore[attr-defined]


def change(client: Client, classroom: Classroom, what: str, **data: str) -> HttpResponse:
    response = client.post(f"{CLASSES}{classroom.pk}/{what}/", data)
    assert response.status_code == 302
    return response  # type: ignore[return-value]


def test_a_teacher_makes_a_class_and_teaches_it(as_terry: Client, people: People) -> None:
    response = as_terry.post(f"{CLASSES}new/", {"name": "  Maths   group 2 "})

    classroom = Classroom.objects.get(name="Maths group 2")
    assert response["Location"] == f"{CLASSES}{classroom.pk}/"
    assert list(classroom.members.all()) == [people.terry]
    assert classroom.school == people.terry.school
    assert AuditEvent.objects.get().action == "class.created"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "bell\x07"])
def test_a_class_needs_a_name(as_terry: Client, name: str) -> None:
    before = Classroom.objects.count()
    response = as_terry.post(f"{CLASSES}new/", {"name": name})

    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert Classroom.objects.count() == before


def test_the_page_of_a_class_shows_roster_code_and_teachers(
    as_terry: Client, classroom: Classroom
) -> None:
    page = as_terry.get(f"{CLASSES}{classroom.pk}/").content.decode()

    for text in (classroom.join_code, "alice", "bob", "terry", "Show on the board"):
        assert text in page


def test_the_roster_asks_the_database_as_often_for_many_as_for_one(
    as_terry: Client, classroom: Classroom, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        student = User.objects.create(username=f"s{number}", school=classroom.school)
        Membership.objects.create(user=student, classroom=classroom)

    with django_assert_max_num_queries(8):
        as_terry.get(f"{CLASSES}{classroom.pk}/")


def test_the_board_shows_the_code_and_no_names(as_terry: Client, classroom: Classroom) -> None:
    page = as_terry.get(f"{CLASSES}{classroom.pk}/board/").content.decode()

    assert classroom.join_code in page
    assert "/accounts/signup/" in page
    assert "alice" not in page


def test_a_new_code_ends_the_old_one(as_terry: Client, classroom: Classroom) -> None:
    old = classroom.join_code
    change(as_terry, classroom, "code")
    classroom.refresh_from_db()

    assert classroom.join_code != old
    with pytest.raises(UnknownJoinCodeError):
        classroom_get_open(join_code=old)


def test_a_class_is_closed_and_opened(as_terry: Client, classroom: Classroom) -> None:
    change(as_terry, classroom, "open", open="0")
    with pytest.raises(ClassClosedError):
        classroom_get_open(join_code=classroom.join_code)
    change(as_terry, classroom, "open", open="1")

    assert classroom_get_open(join_code=classroom.join_code) == classroom
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "class.closed", "class.opened"
    ]  # fmt: skip


def test_pressing_twice_is_pressing_once(as_terry: Client, classroom: Classroom) -> None:
    for _ in range(2):
        change(as_terry, classroom, "open", open="0")

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("what", ["open", "archive"])
def test_half_a_form_changes_nothing(as_terry: Client, classroom: Classroom, what: str) -> None:
    assert as_terry.post(f"{CLASSES}{classroom.pk}/{what}/").status_code == 422
    assert not AuditEvent.objects.exists()


def test_a_class_is_renamed_and_the_log_keeps_both_names(
    as_terry: Client, classroom: Classroom
) -> None:
    change(as_terry, classroom, "rename", name="8a")
    classroom.refresh_from_db()

    assert classroom.name == "8a"
    assert AuditEvent.objects.get().detail == {"from": "7a", "to": "8a"}


def test_an_archived_class_gives_no_sight_of_its_students(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    solution = make_solution(people.alice)
    change(as_terry, classroom, "archive", archived="1")

    assert as_terry.get(f"/solutions/{solution.id}/").status_code == 404
    with pytest.raises(ClassClosedError):
        classroom_get_open(join_code=classroom.join_code)
    page = as_terry.get(f"{CLASSES}{classroom.pk}/").content.decode()
    assert "Restore the class" in page
    change(as_terry, classroom, "archive", archived="0")
    assert as_terry.get(f"/solutions/{solution.id}/").status_code == 200


def test_a_stale_page_of_an_archived_class_changes_nothing(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    change(as_terry, classroom, "archive", archived="1")
    response = change(as_terry, classroom, f"members/{people.alice.pk}/remove")

    assert "archived" in told(response)
    assert people.alice.classrooms.get() == classroom


def test_a_student_is_removed_and_keeps_the_account(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    change(as_terry, classroom, f"members/{people.alice.pk}/remove")

    assert not people.alice.classrooms.exists()
    assert User.objects.filter(username="alice", is_active=True).exists()
    # The page of a colleague who was slower.
    again = change(as_terry, classroom, f"members/{people.alice.pk}/remove")
    assert "no longer in the class" in told(again)
    assert AuditEvent.objects.count() == 1


def test_a_student_moves_to_another_class_of_the_teacher(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    second = Classroom.objects.create(school=classroom.school, name="second")
    Membership.objects.create(user=people.terry, classroom=second)
    change(as_terry, classroom, f"members/{people.alice.pk}/move", to=str(second.pk))

    assert people.alice.classrooms.get() == second


@pytest.mark.parametrize("target", ["dora", "tina"])
def test_a_student_does_not_move_to_a_class_of_others(
    as_terry: Client, people: People, classroom: Classroom, target: str
) -> None:
    theirs = getattr(people, target).classrooms.get()
    response = as_terry.post(
        f"{CLASSES}{classroom.pk}/members/{people.alice.pk}/move/", {"to": str(theirs.pk)}
    )

    assert response.status_code == 404
    assert people.alice.classrooms.get() == classroom


@pytest.mark.parametrize("to", ["", "x", "-1", "٣", "9" * 30])
def test_a_student_does_not_move_to_nowhere(
    as_terry: Client, people: People, classroom: Classroom, to: str
) -> None:
    response = as_terry.post(f"{CLASSES}{classroom.pk}/members/{people.alice.pk}/move/", {"to": to})

    assert response.status_code in {404, 422}
    assert people.alice.classrooms.get() == classroom


def test_a_colleague_becomes_a_teacher_of_the_class(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    change(as_terry, classroom, "teachers", username=" Dora ")

    assert user_may_see_student(viewer=people.dora, student=people.alice)


@pytest.mark.parametrize("username", ["tina", "alice", "ada", "nobody", ""])
def test_nobody_else_becomes_one(
    as_terry: Client, people: People, classroom: Classroom, username: str
) -> None:
    response = change(as_terry, classroom, "teachers", username=username)

    assert "no teacher with this username" in told(response)
    assert classroom.members.count() == 3


def test_the_last_teacher_stays(as_terry: Client, people: People, classroom: Classroom) -> None:
    response = change(as_terry, classroom, f"members/{people.terry.pk}/remove")

    assert "at least one teacher" in told(response)
    assert people.terry.classrooms.exists()


def test_one_of_two_teachers_leaves(as_terry: Client, people: People, classroom: Classroom) -> None:
    Membership.objects.create(user=people.dora, classroom=classroom)
    response = change(as_terry, classroom, f"members/{people.terry.pk}/remove")

    assert response["Location"] == CLASSES
    assert not people.terry.classrooms.exists()


def test_a_student_gets_a_password_for_one_sign_in(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    as_alice = Client()
    as_alice.force_login(people.alice)
    response = as_terry.post(f"{CLASSES}{classroom.pk}/members/{people.alice.pk}/password/")
    page = response.content.decode()
    shown = re.search(r'slip__password">([^<]+)<', page)

    assert shown
    people.alice.refresh_from_db()
    assert people.alice.check_password(shown[1])
    assert people.alice.must_change_password
    assert response["Cache-Control"] == "private, no-store"
    assert as_alice.get("/solutions/").status_code == 302, "the old session lives on"
    assert shown[1] not in str(AuditEvent.objects.values_list("detail", flat=True))


@pytest.mark.parametrize("name", ["terry", "charlie"])
def test_nobody_but_a_student_of_the_class_gets_one(
    as_terry: Client, people: People, classroom: Classroom, name: str
) -> None:
    person = getattr(people, name)
    old = person.password
    response = as_terry.post(f"{CLASSES}{classroom.pk}/members/{person.pk}/password/")

    assert response.status_code == 409
    person.refresh_from_db()
    assert person.password == old


@pytest.mark.parametrize("address", ["members/{alice}/password/", "slips/"])
@pytest.mark.parametrize("case", ["archived", "gone"])
def test_no_password_of_who_is_no_longer_taught(
    as_terry: Client, people: People, classroom: Classroom, case: str, address: str
) -> None:
    """Whoever gives a password can sign in with it."""
    if case == "archived":
        as_terry.post(f"{CLASSES}{classroom.pk}/archive/", {"archived": "1"})
    else:
        User.objects.filter(pk=people.alice.pk).update(school=people.tina.school)
    User.objects.filter(pk=people.alice.pk).update(must_change_password=True)
    old = User.objects.get(pk=people.alice.pk).password
    as_terry.post(f"{CLASSES}{classroom.pk}/{address.format(alice=people.alice.pk)}")

    assert User.objects.get(pk=people.alice.pk).password == old


def test_lost_slips_are_made_anew_for_who_never_signed_in(
    as_terry: Client, people: People, classroom: Classroom
) -> None:
    User.objects.filter(pk=people.bob.pk).update(must_change_password=True)
    page = as_terry.post(f"{CLASSES}{classroom.pk}/slips/").content.decode()

    assert page.count("slip__password") == 1
    assert "<code>bob</code>" in page


def test_a_program_is_told_by_status(as_terry: Client, people: People) -> None:
    classroom = people.terry.classrooms.get()
    response = as_terry.post(
        f"{CLASSES}{classroom.pk}/teachers/",
        {"username": "nobody"},
        headers={"Accept": "application/json"},
    )

    assert response.status_code == 422
    assert response.json()["code"] == "invalid_input"
