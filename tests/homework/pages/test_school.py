"""A school's administration: its people, invitations, classes, log and settings."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import AuditEvent, Classroom, Consent, Invitation, School, User
from homework.accounts.selectors import students_whose_work_may_train
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_ada(client: Client, people: People) -> Client:
    client.force_login(people.ada)
    return client


@pytest.fixture
def school(people: People) -> School:
    assert people.ada.school is not None
    return people.ada.school


@pytest.fixture
def url(school: School) -> str:
    return f"/schools/{school.pk}/"


def names_on(client: Client, address: str) -> set[str]:
    page = client.get(address).content.decode()
    return set(re.findall(r'roster__username">([^<]+)<', page))


def test_the_administrator_of_one_school_is_led_to_it(as_ada: Client, url: str) -> None:
    assert as_ada.get("/schools/")["Location"] == f"{url}people/"


def test_who_administers_all_chooses(client: Client, people: People) -> None:
    client.force_login(User.objects.create_user("otto", role=User.Role.ADMIN))
    page = client.get("/schools/").content.decode()

    assert "North" in page
    assert "South" in page


def test_people_of_the_school_and_of_no_other(as_ada: Client, url: str) -> None:
    assert names_on(as_ada, f"{url}people/") == {"alice", "bob", "terry", "dora", "ada"}
    assert names_on(as_ada, f"{url}people/?role=teacher") == {"terry", "dora"}
    assert names_on(as_ada, f"{url}people/?q=ALI") == {"alice"}
    assert names_on(as_ada, f"{url}people/?q=charlie") == set()
    assert len(names_on(as_ada, f"{url}people/?role=nonsense&page=x")) == 5


def test_a_teacher_who_left_is_shut_out_at_once(as_ada: Client, people: People, url: str) -> None:
    as_terry = Client()
    as_terry.force_login(people.terry)
    as_ada.post(f"{url}people/{people.terry.pk}/active/", {"active": "0"})

    assert as_terry.get("/teach/classes/")["Location"].startswith("/accounts/login/")
    as_ada.post(f"{url}people/{people.terry.pk}/active/", {"active": "1"})
    assert as_terry.get("/teach/classes/").status_code == 200
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "person.deactivated", "person.activated"
    ]  # fmt: skip


def test_an_administrator_shuts_out_no_administrator(
    as_ada: Client, people: People, url: str
) -> None:
    other = User.objects.create_user("olga", role=User.Role.ADMIN, school=people.ada.school)
    for person in (people.ada, other):
        as_ada.post(f"{url}people/{person.pk}/active/", {"active": "0"})
        as_ada.post(f"{url}people/{person.pk}/delete/", {"username": person.username})
        person.refresh_from_db()
        assert person.is_active


def test_a_superuser_is_not_among_a_schools_people(as_ada: Client, url: str) -> None:
    """Else an administrator could take the account over and become one."""
    root = User.objects.create_superuser("root", school=School.objects.get(name="North"))

    assert "root" not in names_on(as_ada, f"{url}people/")
    assert as_ada.post(f"{url}people/{root.pk}/password/").status_code == 404


def test_a_student_gets_a_new_password_and_a_teacher_does_not(
    as_ada: Client, people: People, url: str
) -> None:
    page = as_ada.post(f"{url}people/{people.alice.pk}/password/").content.decode()
    shown = re.search(r'slip__password">([^<]+)<', page)
    people.alice.refresh_from_db()

    assert shown
    assert people.alice.check_password(shown[1])
    assert as_ada.post(f"{url}people/{people.terry.pk}/password/").status_code == 422


def test_an_account_is_deleted_only_under_its_name(
    as_ada: Client, people: People, url: str
) -> None:
    make_solution(people.alice)
    as_ada.post(f"{url}people/{people.alice.pk}/delete/", {"username": "bob"})
    assert User.objects.filter(username="alice").exists()

    as_ada.post(f"{url}people/{people.alice.pk}/delete/", {"username": "alice"})
    assert not User.objects.filter(username="alice").exists()
    assert AuditEvent.objects.get().target_name == "alice"


def test_an_administrator_sees_no_homework(as_ada: Client, people: People, url: str) -> None:
    solution = make_solution(people.alice, question_text="a secret question")
    page = as_ada.get(f"{url}people/{people.alice.pk}/").content.decode()

    assert str(solution.id) not in page
    assert as_ada.get(f"/solutions/{solution.id}/").status_code == 404


def test_a_familys_no_outranks_the_schools_yes(
    as_ada: Client, people: People, school: School, url: str
) -> None:
    assert not students_whose_work_may_train(school=school)
    as_ada.post(f"{url}settings/", {"name": "North", "allows_training_export": "on"})
    school.refresh_from_db()
    assert set(students_whose_work_may_train(school=school)) == {people.alice, people.bob}

    as_ada.post(f"{url}people/{people.alice.pk}/consent/", {"given": "0"})
    assert set(students_whose_work_may_train(school=school)) == {people.bob}
    as_ada.post(f"{url}people/{people.alice.pk}/consent/", {"given": "1"})
    assert set(students_whose_work_may_train(school=school)) == {people.alice, people.bob}
    assert Consent.objects.count() == 3, "decisions are added, never changed"


def test_settings_are_changed_and_the_log_keeps_what_was(
    as_ada: Client, school: School, url: str
) -> None:
    assert as_ada.post(f"{url}settings/", {"name": " "}).status_code == 422
    as_ada.post(f"{url}settings/", {"name": " Northern  School ", "requires_mfa": "on"})
    school.refresh_from_db()

    assert (school.name, school.requires_mfa) == ("Northern School", True)
    assert AuditEvent.objects.get().detail == {
        "name": {"from": "North", "to": "Northern School"},
        "requires_mfa": {"from": False, "to": True},
    }


def test_a_teacher_is_invited_again_and_no_more(
    as_ada: Client, school: School, url: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        as_ada.post(f"{url}invitations/", {"email": "gina@example.org"})
        first = Invitation.objects.get()
        as_ada.post(f"{url}invitations/{first.pk}/again/")
    assert [message.to for message in mail.outbox] == [["gina@example.org"]] * 2
    links = [re.search(r"/invitation/\S+", str(message.body)) for message in mail.outbox]
    old, new = (found[0] for found in links if found)
    assert Client().get(f"/accounts{old}").status_code == 410
    assert Client().get(f"/accounts{new}").status_code == 200

    latest = Invitation.objects.latest("pk")
    as_ada.post(f"{url}invitations/{latest.pk}/withdraw/")
    assert Client().get(f"/accounts{new}").status_code == 410
    assert "No invitation is open." in as_ada.get(f"{url}invitations/").content.decode()


@pytest.mark.parametrize("email", ["", "nonsense", "terry@example.org"])
def test_an_invitation_that_is_refused_says_why(as_ada: Client, url: str, email: str) -> None:
    response = as_ada.post(f"{url}invitations/", {"email": email})

    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert not Invitation.objects.exists()


def test_a_class_is_made_and_gets_its_teacher(as_ada: Client, school: School, url: str) -> None:
    page = as_ada.post(f"{url}classes/", {"name": "9c"})["Location"]
    as_ada.post(f"{page}teachers/", {"username": "dora"})

    classroom = Classroom.objects.get(name="9c")
    assert [member.username for member in classroom.members.all()] == ["dora"]
    assert "9c" in as_ada.get(f"{url}classes/").content.decode()


def rows_on(client: Client, address: str) -> list[str]:
    page = client.get(address).content.decode()
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def test_the_log_is_searched_by_name_action_and_day(
    as_ada: Client, people: People, url: str
) -> None:
    solution = make_solution(people.alice)
    as_terry = Client()
    as_terry.force_login(people.terry)
    as_terry.get(f"/solutions/{solution.id}/")
    audit_record(actor=people.dora, action=AuditAction.CLASS_CREATED)
    audit_record(actor=people.tina, action=AuditAction.CLASS_CREATED)

    assert rows_on(as_ada, f"{url}log/") == ["dora", "terry"], "of another school"
    assert rows_on(as_ada, f"{url}log/?q=alice") == ["terry"]
    assert rows_on(as_ada, f"{url}log/?action=class.created") == ["dora"]
    assert rows_on(as_ada, f"{url}log/?since=2000-01-01&until=2000-01-02") == []
    assert len(rows_on(as_ada, f"{url}log/?since=2000-01-01")) == 2
    assert len(rows_on(as_ada, f"{url}log/?since=nonsense&before=-1&action=x")) == 2


def test_the_log_is_read_page_by_page_into_the_past(
    as_ada: Client, people: People, url: str, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        audit_record(actor=people.terry, action=AuditAction.CLASS_CREATED)
    with django_assert_max_num_queries(6):
        page = as_ada.get(f"{url}log/?q=terry").content.decode()
    older = re.search(r'rel="next" href="\?([^"]+)"', page)

    assert older
    assert len(rows_on(as_ada, f"{url}log/?q=terry")) == 50
    assert len(rows_on(as_ada, f"{url}log/?{older[1].replace('&amp;', '&')}")) == 10
