"""What browsers and proxies are told to keep: nothing that was made for one person."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["pages:home", "pages:history"])
def test_a_page_of_a_person_is_not_kept(client: Client, people: People, name: str) -> None:
    """On a shared computer, Back after a sign-out showed the last person's questions."""
    client.force_login(people.alice)

    assert client.get(reverse(name))["Cache-Control"] == "private, no-store"


def test_an_answer_that_is_an_error_is_not_kept_either(client: Client, people: People) -> None:
    client.force_login(people.alice)
    response = client.get("/solutions/00000000-0000-0000-0000-000000000000/")

    assert response.status_code == 404
    assert response["Cache-Control"] == "private, no-store"


def test_the_answer_that_ends_a_session_is_not_kept(client: Client, people: People) -> None:
    client.force_login(people.alice)

    assert "no-store" in client.post(reverse("account_logout"))["Cache-Control"]


def test_an_answer_may_say_itself_how_it_is_kept(client: Client, people: People) -> None:
    client.force_login(people.alice)

    assert "no-cache" in client.get("/healthz")["Cache-Control"]


def test_what_is_the_same_for_everybody_is_left_alone(client: Client) -> None:
    assert "Cache-Control" not in client.get("/manifest.webmanifest")
