"""Joining a class: account and membership come into being together, and only with a code."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from homework.accounts import forms
from homework.accounts.models import Classroom, User
from tests.homework.accounts.conftest import PASSWORD, is_signed_in
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def classroom(people: People) -> Classroom:
    return people.alice.classrooms.get()


def sign_up(client: Client, join_code: str, **changes: str) -> Any:
    fields = {
        "join_code": join_code,
        "username": "erin",
        "email": "",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return client.post(reverse("account_signup"), fields | changes)


def errors(response: HttpResponse) -> dict[str, list[str]]:
    form: Any = response.context["form"]  # type: ignore[attr-defined]
    return {name: list(found) for name, found in form.errors.items()}


def test_a_student_joins_the_class_whose_code_they_have(
    client: Client, classroom: Classroom
) -> None:
    response = sign_up(client, classroom.join_code)

    assert response.status_code == 302
    erin = User.objects.get(username="erin")
    assert (erin.role, erin.school, erin.email) == ("student", classroom.school, "")
    assert list(erin.classrooms.all()) == [classroom]
    assert is_signed_in(client)
    assert not mail.outbox


@pytest.mark.parametrize("write", [str.lower, lambda code: f" {code[:4]}-{code[4:]} "])
def test_the_code_may_be_typed_as_one_writes_it(
    client: Client, classroom: Classroom, write: Any
) -> None:
    assert sign_up(client, write(classroom.join_code)).status_code == 302


def test_an_unknown_code_makes_no_account(client: Client, classroom: Classroom) -> None:
    response = sign_up(client, "WRONG234")

    assert errors(response) == {
        "join_code": ["There is no class with this code. Please check it with your teacher."]
    }
    assert not User.objects.filter(username="erin").exists()


def test_a_closed_class_says_so(client: Client, classroom: Classroom) -> None:
    Classroom.objects.update(is_open=False)
    response = sign_up(client, classroom.join_code)

    assert "takes no new students" in errors(response)["join_code"][0]
    assert not User.objects.filter(username="erin").exists()


def test_a_class_that_closes_in_the_last_moment_makes_no_account(
    client: Client, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form was valid, then the teacher closed the class."""
    real = forms.classroom_join

    def close_first(**arguments: Any) -> Any:
        Classroom.objects.update(is_open=False)
        return real(**arguments)

    monkeypatch.setattr(forms, "classroom_join", close_first)
    response = sign_up(client, classroom.join_code)

    assert response.status_code == 422
    assert not User.objects.filter(username="erin").exists()


def test_no_membership_no_account(
    client: Client, classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**arguments: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(forms, "classroom_join", fail)

    with pytest.raises(DatabaseError):
        sign_up(client, classroom.join_code)
    assert not User.objects.filter(username="erin").exists()


def test_without_a_code_one_learns_nothing_about_who_has_an_account(
    client: Client, classroom: Classroom
) -> None:
    response = sign_up(client, "WRONG234", username="alice", email="alice@example.org")

    assert set(errors(response)) == {"join_code"}


def test_a_taken_username_is_told_to_who_has_a_code(client: Client, classroom: Classroom) -> None:
    for name in ("alice", "ALICE"):
        assert set(errors(sign_up(client, classroom.join_code, username=name))) == {"username"}


@pytest.mark.parametrize("name", ["erin@example.org", "e", "erin smith", "<b>erin</b>"])
def test_a_username_cannot_look_like_an_address_or_markup(
    client: Client, classroom: Classroom, name: str
) -> None:
    assert set(errors(sign_up(client, classroom.join_code, username=name))) == {"username"}


def test_a_chinese_name_is_a_username(client: Client, classroom: Classroom) -> None:
    assert sign_up(client, classroom.join_code, username="小明").status_code == 302


@pytest.mark.parametrize("password", ["short", "12345678901", "password"])
def test_a_weak_password_is_refused(client: Client, classroom: Classroom, password: str) -> None:
    response = sign_up(client, classroom.join_code, password1=password, password2=password)

    assert set(errors(response)) == {"password1"}


def test_every_fault_of_a_password_is_told_in_chinese(client: Client, classroom: Classroom) -> None:
    """Django's own words on the length were English, in the middle of a Chinese page."""
    client.cookies["django_language"] = "zh-hans"
    response = sign_up(client, classroom.join_code, password1="123", password2="123")

    for error in errors(response)["password1"]:
        assert not any("a" <= letter <= "z" for letter in error.lower()), error


def test_nobody_makes_themselves_a_teacher(client: Client, classroom: Classroom) -> None:
    sign_up(client, classroom.join_code, role="teacher", is_staff="1", is_superuser="1", school="2")

    erin = User.objects.get(username="erin")
    assert (erin.role, erin.is_staff, erin.is_superuser) == ("student", False, False)
    assert erin.school == classroom.school


def test_an_address_is_asked_to_be_confirmed(client: Client, classroom: Classroom) -> None:
    sign_up(client, classroom.join_code, email="Erin@Example.org")

    [message] = mail.outbox
    assert message.to == ["erin@example.org"]
    link = next(word for word in message.body.split() if "/confirm-email/" in word)
    assert client.get(link).status_code == 200
    client.post(link)
    assert User.objects.get(username="erin").emailaddress_set.get().verified


def test_an_address_belongs_to_one_account(client: Client, classroom: Classroom) -> None:
    response = sign_up(client, classroom.join_code, email="alice@example.org")

    assert set(errors(response)) == {"email"}


def test_who_signs_up_in_chinese_is_answered_in_chinese(
    client: Client, classroom: Classroom
) -> None:
    response = client.post(
        reverse("account_signup"),
        {
            "join_code": classroom.join_code,
            "username": "erin",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
        headers={"Accept-Language": "zh-CN"},
    )

    assert User.objects.get(username="erin").locale == "zh-hans"
    assert response.cookies["django_language"].value == "zh-hans"


def test_signing_up_is_rate_limited(client: Client, classroom: Classroom, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": "3/m/ip"}
    statuses = [sign_up(client, "WRONG234").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_the_limit_leaves_room_for_a_class_behind_one_address(
    classroom: Classroom,
) -> None:
    names = [f"student{number}" for number in range(30)]

    for name in names:
        assert sign_up(Client(), classroom.join_code, username=name).status_code == 302


def test_the_form_can_be_used_with_a_screen_reader_and_a_password_manager(
    client: Client, classroom: Classroom
) -> None:
    page = sign_up(client, "WRONG234").content.decode()

    assert '<label for="id_join_code">' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_join_code_helptext id_join_code_error"' in page
    assert 'id="id_join_code_error"' in page
    assert 'id="id_join_code_helptext"' in page
    assert page.count('autocomplete="new-password"') == 2
    assert 'autocomplete="username"' in page
    assert "placeholder" not in page
