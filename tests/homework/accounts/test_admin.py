"""The support pages: who gets in, and that they only show until somebody says otherwise."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from homework.accounts.models import AuditEvent, Classroom, School, User
from tests.homework.people import People

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
KINDS = ("user", "school", "classroom", "invitation", "consent", "auditevent")


def change_page(row: Any) -> str:
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


def list_page(name: str) -> str:
    return reverse(f"admin:accounts_{name}_changelist")


@pytest.fixture
def root(people: People) -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


@pytest.mark.parametrize("name", ["alice", "terry", "ada"])
def test_a_schools_own_people_stay_out_whatever_their_flags_say(
    client: Client, people: People, name: str
) -> None:
    User.objects.filter(username=name).update(is_staff=True)
    client.force_login(getattr(people, name))

    assert client.get(INDEX, follow=True).status_code == 403
    assert client.get(list_page("user"), follow=True).status_code == 403


def test_strangers_are_sent_to_the_one_sign_in_page(client: Client, people: People) -> None:
    """Django's own has no limit on attempts."""
    response = client.get(INDEX, follow=True)

    assert response.request["PATH_INFO"] == reverse("account_login")
    assert client.post("/admin/login/", {"username": "ada", "password": "x"})[
        "Location"
    ].startswith(reverse("account_login"))


def test_who_runs_the_site_sees_every_school(as_root: Client, people: People) -> None:
    for name in KINDS:
        assert as_root.get(list_page(name)).status_code == 200
    page = as_root.get(list_page("user")).content.decode()
    assert "alice" in page
    assert "charlie" in page


def test_an_administrator_of_all_schools_looks_and_cannot_allow_changes(
    client: Client, people: People
) -> None:
    everywhere = User.objects.create_user("otto", role=User.Role.ADMIN)
    client.force_login(everywhere)

    assert client.get(change_page(people.alice)).status_code == 200
    assert client.post("/admin/allow-changes/").status_code == 403
    assert "Allow changes" not in client.get(INDEX).content.decode()


def test_who_was_dismissed_stays_out(as_root: Client, root: User) -> None:
    User.objects.filter(pk=root.pk).update(is_active=False)

    assert as_root.get(INDEX).status_code == 302


def test_nothing_can_be_changed_at_first(as_root: Client, people: People) -> None:
    page = as_root.get(change_page(people.alice)).content.decode()
    assert 'name="_save"' not in page
    for url in (
        change_page(people.alice),
        change_page(people.alice.school),
        reverse("admin:accounts_school_add"),
        reverse("admin:accounts_user_delete", args=[people.alice.pk]),
        reverse("admin:auth_user_password_change", args=[people.alice.pk]),
    ):
        assert as_root.post(url, {"name": "Mine", "post": "yes"}).status_code == 403

    assert School.objects.filter(name="North").exists()
    assert User.objects.filter(username="alice").exists()


def test_changes_are_allowed_for_a_while_and_each_is_in_the_schools_log(
    as_root: Client, people: People
) -> None:
    school = people.alice.school
    assert school is not None
    assert as_root.post("/admin/allow-changes/")["Location"] == INDEX
    assert "Changes are allowed until" in as_root.get(INDEX).content.decode()
    as_root.post(change_page(school), {"name": "Northern"})
    school.refresh_from_db()

    assert school.name == "Northern"
    event = AuditEvent.objects.get(school=school)
    assert (event.actor_name, event.action) == ("root", "support.changed")
    assert event.detail["what"] == "changed"


def test_the_while_ends(as_root: Client, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    as_root.post("/admin/allow-changes/")
    later = time.time() + 16 * 60
    monkeypatch.setattr("homework.accounts.admin_site.time.time", lambda: later)

    assert as_root.post(change_page(people.alice.school), {"name": "Late"}).status_code == 403


def test_a_deletion_is_in_the_log(as_root: Client, people: People) -> None:
    as_root.post("/admin/allow-changes/")
    as_root.post(reverse("admin:accounts_user_delete", args=[people.bob.pk]), {"post": "yes"})

    assert not User.objects.filter(username="bob").exists()
    event = AuditEvent.objects.get(target_name="bob")
    assert event.detail["what"] == "deleted"


@pytest.mark.parametrize("kind", ["auditevent", "consent", "invitation"])
def test_the_record_itself_is_never_changed(as_root: Client, kind: str) -> None:
    as_root.post("/admin/allow-changes/")

    assert as_root.get(reverse(f"admin:accounts_{kind}_add")).status_code == 403


def test_a_class_is_made_with_its_teacher(as_root: Client, people: People) -> None:
    as_root.post("/admin/allow-changes/")
    form = {
        "school": str(people.ada.school_id), "name": "9c", "is_open": "on",
        "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(people.terry.pk),
    }  # fmt: skip
    as_root.post(reverse("admin:accounts_classroom_add"), form)

    classroom = Classroom.objects.get(name="9c")
    assert list(classroom.members.all()) == [people.terry]
    assert len(classroom.join_code) == 8


def test_a_superuser_is_no_student(people: People) -> None:
    assert User.objects.create_superuser("root").role == User.Role.ADMIN
