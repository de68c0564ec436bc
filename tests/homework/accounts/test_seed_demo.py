"""The demo school: complete, repeatable, and never where others could sign in to it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from homework.accounts.management.commands.seed_demo import PEOPLE, demo_password
from homework.accounts.models import Classroom, Membership, School, User
from homework.accounts.selectors import user_may_see_student

pytestmark = pytest.mark.django_db


def seed() -> str:
    out = io.StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_it_refuses_without_the_demo_setting(settings: Any) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="HH_DEMO"):
        seed()
    assert not User.objects.exists()


def test_every_sign_in_it_prints_works(settings: Any) -> None:
    settings.DEMO = True
    printed = seed()

    for person in PEOPLE:
        password = demo_password(person.username)
        assert f"{person.username} " in printed
        assert password in printed
        response = Client().post(
            reverse("account_login"), {"login": person.username, "password": password}
        )
        assert response.status_code == 302, person.username


def test_it_makes_two_teachers_with_students(settings: Any) -> None:
    settings.DEMO = True
    seed()
    people = {user.username: user for user in User.objects.all()}

    assert {name for name, user in people.items() if user.role == "teacher"} == {"terry", "tina"}
    assert user_may_see_student(viewer=people["terry"], student=people["alice"])
    assert not user_may_see_student(viewer=people["tina"], student=people["alice"])
    assert people["charlie"].school != people["alice"].school


def test_again_changes_nothing_and_mends_what_was_changed(settings: Any) -> None:
    settings.DEMO = True
    seed()
    counts = [model.objects.count() for model in (User, School, Classroom, Membership)]
    alice = User.objects.get(username="alice")
    hash_before = alice.password
    bob = User.objects.get(username="bob")
    bob.set_password("something else")
    bob.save()
    seed()

    assert [model.objects.count() for model in (User, School, Classroom, Membership)] == counts
    assert User.objects.get(username="alice").password == hash_before
    assert User.objects.get(username="bob").check_password("demo-bob")
