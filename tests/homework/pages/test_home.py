"""The first page: a student asks there, a teacher is led on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from homework.accounts.models import User
from homework.pages.topics import TOPICS
from homework.pipeline.services import question_preview
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db
HOME = "/"


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client) -> None:
    response = client.get(HOME)

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=/"


def test_a_student_finds_a_place_to_ask(as_alice: Client) -> None:
    page = as_alice.get(HOME).content.decode()

    assert 'capture="environment"' in page
    assert 'action="/upload/"' in page
    assert 'name="text"' in page


def test_a_student_sees_only_own_questions(people: People, as_alice: Client) -> None:
    mine = make_solution(people.alice)
    other = make_solution(people.bob)
    page = as_alice.get(HOME).content.decode()

    assert str(mine.id) in page
    assert str(other.id) not in page


def test_a_teacher_is_led_to_the_teachers_area(client: Client, people: People) -> None:
    client.force_login(people.terry)

    assert client.get(HOME)["Location"].startswith("/teach/")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.example)
def test_every_example_is_a_question_that_is_understood(topic: object) -> None:
    answer = question_preview(text=topic.example)  # type: ignore[attr-defined]

    assert answer["error"] is None


def test_the_page_allows_no_inline_code(as_alice: Client, alice: User) -> None:
    response = as_alice.get(HOME)
    policy = response["Content-Security-Policy"]

    assert "unsafe-inline" not in policy
    assert "default-src 'self'" in policy
