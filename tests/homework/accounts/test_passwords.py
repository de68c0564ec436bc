"""Forgotten and changed passwords."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from homework.accounts.models import User
from tests.homework.accounts.conftest import PASSWORD, is_signed_in
from tests.homework.people import People

pytestmark = pytest.mark.django_db

NEW = "a brand new passphrase"


def ask(client: Client, email: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": email}, follow=True)


def link_in_mail() -> str:
    body = str(mail.outbox[-1].body)
    return next(word for word in body.split() if "/password/reset/key/" in word)


def choose(client: Client, link: str, password: str = NEW) -> Any:
    form = client.get(link, follow=True)
    return client.post(
        form.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True
    )


def test_a_link_by_mail_leads_to_a_new_password(client: Client, cast: People) -> None:
    ask(client, "alice@example.org")
    assert mail.outbox[0].to == ["alice@example.org"]
    assert "alice" in mail.outbox[0].body

    response = choose(client, link_in_mail())

    assert response.status_code == 200
    alice = User.objects.get(username="alice")
    assert alice.check_password(NEW)


def test_the_link_works_once(client: Client, cast: People) -> None:
    ask(client, "alice@example.org")
    link = link_in_mail()
    choose(client, link)

    second = Client().get(link, follow=True)

    assert b"no longer works" in second.content


def test_a_made_up_link_does_not_work(client: Client, cast: People) -> None:
    url = reverse("account_reset_password_from_key", args=["1", "abc-0123456789"])

    assert b"no longer works" in client.get(url, follow=True).content


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(
    client: Client, cast: People
) -> None:
    known = ask(client, "alice@example.org").content
    mail.outbox.clear()
    unknown = ask(Client(), "nobody@example.org").content

    assert b"Look into your mail" in known
    assert b"Look into your mail" in unknown
    assert not mail.outbox


def test_asking_again_and_again_is_limited(client: Client, cast: People) -> None:
    statuses = [ask(client, "alice@example.org").status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    assert len(mail.outbox) == 5


def test_the_host_of_the_link_cannot_be_forged(cast: People) -> None:
    response = Client().post(
        reverse("account_reset_password"),
        {"email": "alice@example.org"},
        headers={"Host": "evil.example"},
    )

    assert response.status_code == 400
    assert not mail.outbox


def test_the_link_leads_to_the_address_that_the_school_set(
    client: Client, cast: People, settings: Any
) -> None:
    settings.SITE_URL = "https://homework.school.example"
    client.post(
        reverse("account_reset_password"), {"email": "alice@example.org"}, HTTP_HOST="localhost:666"
    )
    assert link_in_mail().startswith("https://homework.school.example/accounts/password/reset/key/")


def test_a_new_password_ends_every_session_of_the_account(client: Client, cast: People) -> None:
    thief = Client()
    thief.force_login(cast.alice)
    ask(client, "alice@example.org")
    choose(client, link_in_mail())

    page = thief.get(reverse("account_change_password"))

    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))


def test_changing_the_password_takes_the_old_one(client: Client, cast: People) -> None:
    client.force_login(cast.alice)
    url = reverse("account_change_password")

    wrong = client.post(url, {"oldpassword": "guess", "password1": NEW, "password2": NEW})
    assert set(wrong.context["form"].errors) == {"oldpassword"}

    client.post(url, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert User.objects.get(username="alice").check_password(NEW)
    assert is_signed_in(client)


def test_changing_the_password_is_for_who_is_signed_in(client: Client) -> None:
    response = client.get(reverse("account_change_password"))

    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_logout",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_email_verification_sent",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_one_of_ours(client: Client, name: str, language: str) -> None:
    response = client.get(reverse(name), follow=True, headers={"Accept-Language": language})

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert b"site-header" in response.content
