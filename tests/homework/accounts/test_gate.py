"""What a person has to do first: nothing else opens before it is done."""

from __future__ import annotations

import pytest
from django.test import Client

from homework.accounts.models import User
from homework.accounts.passwords import passwords_give
from tests.homework.accounts.conftest import PASSWORD
from tests.homework.people import People

pytestmark = pytest.mark.django_db
CHANGE = "/accounts/password/change/"


@pytest.fixture
def slip(people: People) -> str:
    """alice's one-time password."""
    assert people.terry.school is not None
    return passwords_give(by=people.terry, people=[people.alice], school=people.terry.school)[
        0
    ].password


def sign_in(client: Client, password: str) -> None:
    client.post("/accounts/login/", {"login": "alice", "password": password})


def test_a_slip_leads_to_a_password_of_ones_own_and_then_to_the_site(
    client: Client, slip: str
) -> None:
    sign_in(client, slip)
    assert client.get("/")["Location"] == CHANGE
    page = client.get(CHANGE).content.decode()
    assert "your slip was for the first time only" in page

    answer = client.post(
        CHANGE, {"oldpassword": slip, "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200
    assert not User.objects.get(username="alice").must_change_password


def test_the_slips_password_does_not_do_as_ones_own(client: Client, slip: str) -> None:
    sign_in(client, slip)
    client.post(CHANGE, {"oldpassword": slip, "password1": slip, "password2": slip})

    assert client.get("/")["Location"] == CHANGE


def test_what_is_posted_and_what_programs_ask_is_refused(client: Client, slip: str) -> None:
    sign_in(client, slip)
    posted = client.post("/solutions/", {"text": "x = 1"}, headers={"Accept": "application/json"})

    assert posted.status_code == 403
    assert posted.json()["code"] == "password_change_required"
    assert client.post("/upload/").status_code == 403
    assert client.get("/nothing/here/")["Location"] == CHANGE


def test_signing_out_and_the_language_work_all_the_same(client: Client, slip: str) -> None:
    sign_in(client, slip)

    assert client.post("/language/", {"language": "zh-hans"}).status_code == 302
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_people_with_a_password_of_their_own_notice_nothing(client: Client, people: People) -> None:
    client.force_login(people.alice)

    assert client.get("/").status_code == 200
