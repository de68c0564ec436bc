"""The page of one solution, as the server writes it: complete without any script."""

from __future__ import annotations

import json
import re
import uuid
from html import unescape

import pytest
from django.test import Client

from homework.solutions.models import Solution
from homework.uploads.models import Photo
from tests.homework.pages.conftest import JSON, TEXT, make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db


def page_of(client: Client, solution: Solution) -> str:
    response = client.get(f"/solutions/{solution.id}/")
    assert response.status_code == 200
    return response.content.decode()


def json_of(page: str, name: str) -> object:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def test_a_finished_solution_can_be_read_without_scripts(
    as_alice: Client, solution: Solution
) -> None:
    page = unescape(page_of(as_alice, solution))

    assert "Subtract" in page
    assert '<span class="math" data-tex="5">5</span> from both sides.' in page
    assert 'data-tex="3x = 15"' in page
    assert 'data-tex="x = 5"' in page
    assert "Checked" in page
    assert "Could not be checked" in page
    assert "checking took too long" in page
    assert "Written by the rule engine" in page


def test_the_page_carries_the_snapshot_that_the_socket_would_send(
    as_alice: Client, solution: Solution
) -> None:
    snapshot = json_of(page_of(as_alice, solution), "snapshot")

    assert isinstance(snapshot, dict)
    assert (snapshot["state"], snapshot["text"]) == ("finished", TEXT)
    assert snapshot["offset"] == len(TEXT)


def test_what_was_read_cannot_break_out_of_the_page(as_alice: Client, people: People) -> None:
    evil = "</script><script>alert(1)</script>"
    reading = {"text": evil, "latex": evil, "uncertain": [], "confidence": 0.1}
    page = page_of(
        as_alice, make_solution(people.alice, reading=reading, text=evil, question_text=evil)
    )

    assert "<script>alert" not in page


def test_a_waiting_solution_says_so(as_alice: Client, people: People) -> None:
    page = page_of(
        as_alice,
        make_solution(
            people.alice, state="queued", reading=None, text="", answer_latex="", answer_check=None
        ),
    )

    assert "Waiting" in page
    assert f"/ws/solutions/{Solution.objects.get().id}/" in page


def test_a_failed_solution_says_why_and_what_to_do(
    as_alice: Client, people: People, photo: Photo
) -> None:
    page = page_of(
        as_alice,
        make_solution(
            people.alice,
            photo=photo,
            state="failed",
            text="",
            answer_latex="",
            answer_check=None,
            error_code="no_question_found",
        ),
    )

    assert "I could not find a question in this photo." in page
    assert "Take another photo" in page


def test_other_ways_to_ask_are_offered_and_lead_to_another_question(
    as_alice: Client, people: People
) -> None:
    question = "x^2 - 5x + 6 = 0"
    solution = make_solution(people.alice, question_text=question, reading=None)
    page = unescape(page_of(as_alice, solution))
    assert "by completing the square" in page
    text = "Solve by completing the square: x^2 - 5x + 6 = 0"
    assert f'value="{text}"' in page

    response = as_alice.post("/solutions/", {"text": text, "language": "en"})
    assert response.status_code == 302
    assert Solution.objects.filter(question_text=text, student=people.alice).exists()


def test_where_there_is_no_other_way_none_is_offered(as_alice: Client, people: People) -> None:
    solution = make_solution(people.alice, question_text="3x + 5 = 20")
    assert "data-ways" not in page_of(as_alice, solution)


def test_a_teacher_may_look_but_finds_nothing_to_press(
    client: Client, people: People, solution: Solution
) -> None:
    client.force_login(people.terry)
    page = page_of(client, solution)

    assert "Subtract" in page
    for button in ("data-stop-form", "data-edit-open", "data-again", "data-ways"):
        assert button not in page


@pytest.mark.parametrize("viewer", ["bob", "charlie", "tina", "dora", "ada"])
def test_others_learn_nothing(
    client: Client, people: People, solution: Solution, viewer: str
) -> None:
    client.force_login(getattr(people, viewer))
    response = client.get(f"/solutions/{solution.id}/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/solutions/", "/solutions/{id}/"])
def test_pages_are_kept_by_no_browser(as_alice: Client, solution: Solution, path: str) -> None:
    response = as_alice.get(path.format(id=solution.id))

    assert response["Cache-Control"] == "private, no-store"


def test_a_solution_that_does_not_exist_is_not_found(as_alice: Client) -> None:
    assert as_alice.get(f"/solutions/{uuid.uuid4()}/").status_code == 404


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client, solution: Solution) -> None:
    response = client.get(f"/solutions/{solution.id}/")

    assert response.status_code == 302
    assert response["Location"].endswith(f"?next=/solutions/{solution.id}/")


def test_stop_without_a_socket(as_alice: Client, people: People) -> None:
    waiting = make_solution(people.alice, state="queued", reading=None, text="")
    response = as_alice.post(f"/solutions/{waiting.id}/stop/", headers=JSON)
    waiting.refresh_from_db()

    assert response.json() == {"state": "stopped"}
    assert waiting.state == Solution.State.STOPPED


def test_stop_without_scripts_leads_back_to_the_page(as_alice: Client, people: People) -> None:
    waiting = make_solution(people.alice, state="queued", reading=None, text="")

    response = as_alice.post(f"/solutions/{waiting.id}/stop/")
    assert response["Location"] == f"/solutions/{waiting.id}/"


@pytest.mark.parametrize(
    ("viewer", "status"), [("terry", 403), ("bob", 404), ("charlie", 404), ("tina", 404)]
)
def test_nobody_else_can_stop_it(client: Client, people: People, viewer: str, status: int) -> None:
    waiting = make_solution(people.alice, state="queued", reading=None, text="")
    client.force_login(getattr(people, viewer))

    assert client.post(f"/solutions/{waiting.id}/stop/", headers=JSON).status_code == status
    waiting.refresh_from_db()
    assert waiting.state == Solution.State.QUEUED
