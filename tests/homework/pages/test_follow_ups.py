"""Questions about a solution on the pages: who sees what, and how asking is answered."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from homework.policy.models import Mode
from homework.policy.services import class_policy_set
from homework.solutions.models import FollowUp, Solution
from tests.homework.pages.conftest import JSON
from tests.homework.people import People
from tests.homework.pipeline.conversing import make_asked_about

pytestmark = pytest.mark.django_db


def answered(solution: Solution, **fields: Any) -> FollowUp:
    values = {
        "number": solution.follow_ups.count() + 1,
        "question": "Why <b>5</b>?",
        "text": "Since $5 - 5 = 0$.\n$3x = 15$\n",
        "state": "finished",
        "engine": "local",
        "finish_reason": "stop",
        "written_under": "full",
    }
    return FollowUp.objects.create(solution=solution, **values | fields)


def page_of(client: Client, solution: Solution) -> str:
    response = client.get(f"/solutions/{solution.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def values_in(html: str) -> list[dict[str, Any]]:
    found = re.search(r'<script id="follow-ups"[^>]*>(.*?)</script>', html)
    assert found is not None
    values: list[dict[str, Any]] = json.loads(found[1])
    return values


def test_what_was_asked_stands_on_the_page_with_its_formulas(
    as_alice: Client, people: People
) -> None:
    solution = make_asked_about(people.alice)
    follow_up = answered(solution)
    html = page_of(as_alice, solution)
    assert "Why &lt;b&gt;5&lt;/b&gt;?" in html
    assert 'data-tex="5 - 5 = 0"' in html
    assert "By the AI model on this server. Not checked." in html
    [values] = values_in(html)
    assert values["socket"] == f"/ws/solutions/{solution.pk}/follow-ups/{follow_up.pk}/"
    assert html.count('class="chip"') == 2
    assert "data-talk-own" in html


def test_a_teacher_reads_it_and_is_offered_no_field(client: Client, people: People) -> None:
    solution = make_asked_about(people.alice)
    answered(solution)
    client.force_login(people.terry)
    html = page_of(client, solution)
    assert "Since" in html
    assert "data-talk-own" not in html
    review = client.get(f"/teach/queue/{solution.pk}/").content.decode()
    assert "What the student asked about it" in review
    assert 'data-tex="5 - 5 = 0"' in review


def test_what_a_policy_hides_is_not_on_the_page(as_alice: Client, people: People) -> None:
    solution = make_asked_about(people.alice)
    answered(solution, text="It is SECRET.")
    answered(solution, text="The idea.", written_under="hints_only")
    class_policy_set(classroom=people.terry.classrooms.get(), mode=Mode.HINTS_ONLY, by=people.terry)
    html = page_of(as_alice, solution)
    assert "SECRET" not in html
    assert "Your teacher has closed this answer for now." in html
    assert "The idea." in html


def test_a_closed_class_is_offered_no_field(as_alice: Client, people: People) -> None:
    solution = make_asked_about(people.alice)
    class_policy_set(classroom=people.terry.classrooms.get(), mode=Mode.CLOSED, by=people.terry)
    assert re.search(r'<section class="talk[^>]* hidden>', page_of(as_alice, solution))
    response = as_alice.post(
        f"/solutions/{solution.pk}/follow-ups/", {"question": "Why?"}, headers=JSON
    )
    assert (response.status_code, response.json()["code"]) == (403, "answers_closed")


def test_a_script_is_answered_with_what_it_shows(as_alice: Client, people: People) -> None:
    solution = make_asked_about(people.alice)
    url = f"/solutions/{solution.pk}/follow-ups/"
    response = as_alice.post(url, {"question": " Why? "}, headers=JSON)
    assert response.status_code == 201
    values = response.json()
    assert values["snapshot"]["state"] == "queued"
    assert values["snapshot"]["follow_up"]["question"] == "Why?"
    again = as_alice.post(url, {"question": "Why?"}, headers=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert again.json()["message"] == "Your last question is still being answered."
    stopped = as_alice.post(values["stop_url"], headers=JSON)
    assert stopped.json() == {"state": "stopped"}


def test_the_history_counts_them(as_alice: Client, people: People) -> None:
    solution = make_asked_about(people.alice)
    answered(solution)
    assert "1 question about it" in as_alice.get("/solutions/").content.decode()
