"""Signing in and out: by name or address, with limits that tell nothing about who exists."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from homework.accounts.models import User
from tests.homework.accounts.conftest import PASSWORD, is_signed_in
from tests.homework.people import People

pytestmark = pytest.mark.django_db


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


def told(response: Any) -> list[str]:
    return [str(error) for error in response.context["form"].non_field_errors()]


@pytest.mark.parametrize("login", ["alice", "ALICE", " alice ", "alice@example.org"])
def test_a_person_signs_in_by_name_or_address(client: Client, cast: People, login: str) -> None:
    response = sign_in(client, login)

    assert response.status_code == 302
    assert response.url == reverse("pages:home")
    assert is_signed_in(client)


@pytest.mark.parametrize("login", ["alice", "nobody"])
def test_a_wrong_password_and_an_unknown_name_look_the_same(
    client: Client, cast: People, login: str
) -> None:
    response = sign_in(client, login, "wrong password")

    assert response.status_code == 200
    assert told(response) == ["The username or the password is not correct."]
    assert not is_signed_in(client)


@pytest.mark.parametrize("login", ["alice@example.org", "nobody@example.org"])
def test_the_same_for_addresses(client: Client, cast: People, login: str) -> None:
    response = sign_in(client, login, "wrong password")

    assert told(response) == ["The username or the password is not correct."]


@pytest.mark.parametrize("login", ["alice", "nobody", "alice@example.org", "nobody@example.org"])
def test_after_five_wrong_passwords_the_name_has_to_wait_whether_it_exists_or_not(
    client: Client, cast: People, login: str
) -> None:
    for _ in range(5):
        assert "Too many" not in told(sign_in(client, login, "wrong password"))[0]

    response = sign_in(client, login, PASSWORD)

    assert told(response) == ["Too many wrong passwords. Please try again in 5 minutes."]
    assert not is_signed_in(client)


def test_changing_case_or_address_does_not_give_new_attempts(client: Client, cast: People) -> None:
    for login in ("alice", "Alice", "ALICE", "aLICE", "alicE"):
        sign_in(Client(REMOTE_ADDR="192.0.2.1"), login, "wrong password")

    response = sign_in(Client(REMOTE_ADDR="198.51.100.7"), "alice", PASSWORD)

    assert "Too many" in told(response)[0]


def test_another_port_in_the_host_does_not_give_new_attempts(client: Client, cast: People) -> None:
    for port in range(5):
        sign_in(client, "alice", "wrong password", headers={"Host": f"localhost:{8000 + port}"})

    response = sign_in(client, "alice", PASSWORD, headers={"Host": "localhost:9000"})
    assert "Too many" in told(response)[0]


def test_one_persons_wrong_passwords_do_not_lock_the_class_out(
    client: Client, cast: People
) -> None:
    for _ in range(6):
        sign_in(client, "alice", "wrong password")

    assert sign_in(client, "bob").status_code == 302


def test_right_passwords_are_not_counted(client: Client, cast: People) -> None:
    for _ in range(8):
        assert sign_in(Client(), "alice").status_code == 302


def test_guessing_many_names_from_one_address_is_limited(
    client: Client, cast: People, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "4/m/ip,5/5m/key"}
    for number in range(4):
        sign_in(client, f"name{number}", "wrong password")

    assert "Too many" in told(sign_in(client, "alice", PASSWORD))[0]


def test_the_address_cannot_be_made_up(client: Client, cast: People, settings: Any) -> None:
    """Without a trusted proxy, X-Forwarded-For is what the attacker likes to write."""
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    statuses = [
        sign_in(client, f"n{n}", "x", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(4)
    ]

    assert statuses == [200, 200, 200, 429]


def test_behind_a_proxy_the_limit_is_on_the_visitor(
    client: Client, cast: People, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def attempt(visitor: str) -> int:
        forwarded = {"X-Forwarded-For": f"made-up, {visitor}"}
        return int(sign_in(client, "nobody", "x", headers=forwarded).status_code)

    assert [attempt("192.0.2.1") for _ in range(3)] == [200, 200, 429]
    assert attempt("192.0.2.2") == 200


def test_a_closed_account_stays_out(client: Client, cast: People) -> None:
    User.objects.filter(username="alice").update(is_active=False)
    response = sign_in(client, "alice")

    assert response.url == reverse("account_inactive")
    assert not is_signed_in(client)
    assert b"closed" in client.get(response.url).content


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: Client, cast: People) -> None:
    url = f"{reverse('account_login')}?next=/solutions/"
    response = client.post(url, {"login": "alice", "password": PASSWORD, "next": "/solutions/"})

    assert response["Location"] == "/solutions/"


def test_signing_in_never_leads_to_another_site(client: Client, cast: People) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = Client().post(
            reverse("account_login"), {"login": "alice", "password": PASSWORD, "next": target}
        )
        assert response["Location"] == reverse("pages:home")


def test_the_language_follows_the_person(client: Client, cast: People) -> None:
    User.objects.filter(username="alice").update(locale="zh-hans")
    response = sign_in(client, "alice", headers={"Accept-Language": "en"})

    assert response.cookies["django_language"].value == "zh-hans"
    page = client.get(reverse("account_change_password"), headers={"Accept-Language": "en"})
    assert b'lang="zh-hans"' in page.content


def test_the_session_ends_with_the_browser_unless_asked_otherwise(
    client: Client, cast: People
) -> None:
    sign_in(client, "alice")
    assert client.session.get_expire_at_browser_close()

    other = Client()
    other.post(reverse("account_login"), {"login": "alice", "password": PASSWORD, "remember": "on"})
    assert not other.session.get_expire_at_browser_close()


def test_signing_out_takes_a_deliberate_click(client: Client, cast: People) -> None:
    client.force_login(cast.alice)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)

    response = client.post(reverse("account_logout"))

    assert response["Location"] == reverse("account_login")
    assert not is_signed_in(client)


def test_a_form_from_another_site_is_refused(cast: People) -> None:
    response = sign_in(Client(enforce_csrf_checks=True), "alice")

    assert response.status_code == 403


def test_the_form_helps_password_managers(client: Client) -> None:
    page = client.get(reverse("account_login")).content.decode()

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert '<label for="id_login">' in page


def test_an_unconfirmed_address_that_another_account_confirmed_signs_in_the_right_one(
    client: Client, cast: People
) -> None:
    """bob claimed alice's address without owning it; his password must not open her account."""
    EmailAddress.objects.create(user=cast.bob, email="alice@example.org", verified=False)
    EmailAddress.objects.create(user=cast.alice, email="alice@example.org", verified=True)
    cast.bob.set_password("another password of bob")
    cast.bob.save()

    sign_in(client, "alice@example.org")

    assert client.session["_auth_user_id"] == str(cast.alice.pk)
