"""Asking: a typed text, a framed photo, a corrected reading."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client

from homework.solutions.models import Solution
from homework.uploads.models import Photo
from tests.homework.pages.conftest import JSON, make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db
CROP = {"x": 0.1, "y": 0.2, "width": 0.5, "height": 0.3}


def ask(client: Client, **fields: object) -> Solution:
    response = client.post("/solutions/", fields, headers=JSON)
    assert response.status_code == 201, response.content
    assert response.json()["url"] == f"/solutions/{response.json()['id']}/"
    return Solution.objects.get(pk=response.json()["id"])


def test_a_typed_question_waits_in_the_queue(as_alice: Client, people: People) -> None:
    solution = ask(as_alice, text="3x + 5 = 20", language="zh")

    assert solution.state == Solution.State.QUEUED
    assert (solution.student, solution.question_text) == (people.alice, "3x + 5 = 20")
    assert solution.language == "zh"


def test_a_framed_photo_keeps_its_frame(as_alice: Client, photo: Photo) -> None:
    solution = ask(as_alice, photo=photo.id, crop=json.dumps(CROP), rotation_deg="90")

    assert (solution.photo, solution.crop, solution.rotation_deg) == (photo, CROP, 90.0)


def test_without_a_choice_the_steps_are_in_the_language_of_the_page(as_alice: Client) -> None:
    assert ask(as_alice, text="x = 1").language == "en"
    as_alice.cookies["django_language"] = "zh-hans"
    assert ask(as_alice, text="x = 1").language == "zh"


def test_a_corrected_reading_is_a_new_question_about_the_same_photo(
    as_alice: Client, people: People, photo: Photo
) -> None:
    first = make_solution(people.alice, photo=photo)
    second = ask(as_alice, text="3x + 6 = 20", corrects=first.id)

    assert (second.corrects, second.photo) == (first, photo)
    assert second.question_text == "3x + 6 = 20"


def test_without_scripts_the_form_leads_to_the_solution(as_alice: Client) -> None:
    response = as_alice.post("/solutions/", {"text": "x = 1"})

    assert response["Location"] == f"/solutions/{Solution.objects.get().id}/"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "   "},
        {"text": "x" * 501},
        {"text": "x = 1", "language": "fr"},
        {"text": "x = 1", "rotation_deg": "361"},
        {"text": "x = 1", "rotation_deg": "nan"},
        {"text": "x = 1", "crop": "[1, 2]"},
        {"text": "x = 1", "crop": '{"x": 0'},
        {"text": "x = 1", "crop": "[" * 100_000},
        {"text": "x = 1", "crop": "9" * 5000},
        {"text": "x = 1", "crop": '{"x": 0, "y": 0, "width": NaN, "height": Infinity}'},
        {"text": "x = 1", "crop": '{"x": 0.9, "y": 0, "width": 0.5, "height": 0.5}'},
        {"photo": "7"},
        {"text": "x = 1", "corrects": "7"},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_queued(
    as_alice: Client, fields: dict[str, str]
) -> None:
    response = as_alice.post("/solutions/", fields, headers=JSON)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")
    assert not Solution.objects.exists()


def test_a_refusal_is_a_page_for_a_browser_without_scripts(as_alice: Client) -> None:
    response = as_alice.post("/solutions/", {"text": ""})

    assert response.status_code == 422
    assert "Please choose a photo or type the question." in response.content.decode()


@pytest.mark.parametrize("asker", ["bob", "charlie", "tina"])
def test_the_photo_of_somebody_else_is_not_found(
    client: Client, people: People, photo: Photo, asker: str
) -> None:
    client.force_login(getattr(people, asker))

    assert client.post("/solutions/", {"photo": photo.id}, headers=JSON).status_code == 404


def test_a_teacher_cannot_ask_with_a_students_photo_or_correct_their_reading(
    client: Client, people: People, photo: Photo
) -> None:
    theirs = make_solution(people.alice)
    client.force_login(people.terry)

    for fields in ({"photo": photo.id}, {"text": "x = 1", "corrects": theirs.id}):
        assert client.post("/solutions/", fields, headers=JSON).status_code == 404


def test_a_question_that_does_not_exist_cannot_be_corrected(as_alice: Client) -> None:
    fields = {"text": "x = 1", "corrects": uuid.uuid4()}

    assert as_alice.post("/solutions/", fields, headers=JSON).status_code == 404


def test_a_stranger_cannot_ask(client: Client) -> None:
    response = client.post("/solutions/", {"text": "x = 1"}, headers=JSON)

    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")


def test_asking_from_another_site_is_refused(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.alice)

    assert client.post("/solutions/", {"text": "x = 1"}, headers=JSON).status_code == 403


def test_a_form_sent_after_signing_out_leads_to_sign_in_and_then_to_the_start(
    client: Client,
) -> None:
    response = client.post("/solutions/", {"text": "x = 1"})

    assert response["Location"].endswith("/accounts/login/?next=/")
