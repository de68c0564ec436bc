"""The list of one's own questions: found by words and by state, page by page."""

from __future__ import annotations

import pytest
from django.test import Client

from homework.solutions.models import Solution
from homework.uploads.models import Photo
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db


def ids_on(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/solutions/{query}")
    assert response.status_code == 200
    return [str(solution.id) for solution in response.context["page"]]


def test_it_shows_own_questions_only_newest_first(as_alice: Client, people: People) -> None:
    first, second = make_solution(people.alice), make_solution(people.alice)
    make_solution(people.bob)

    assert ids_on(as_alice) == [str(second.id), str(first.id)]


def test_it_shows_thumbnail_question_answer_and_state(
    as_alice: Client, people: People, photo: Photo
) -> None:
    make_solution(people.alice, photo=photo)
    page = as_alice.get("/solutions/").content.decode()

    assert f"/photos/{photo.id}/thumbnail.jpg" in page
    assert 'data-tex="3x + 5 = 20"' in page
    assert 'data-tex="x = 5"' in page
    assert "Solved" in page


def test_it_finds_by_words_and_by_state(as_alice: Client, people: People) -> None:
    solved = make_solution(people.alice)
    failed = make_solution(
        people.alice, state="failed", question_text="7y = 1", reading=None, answer_latex="", text=""
    )
    waiting = make_solution(people.alice, state="queued", reading=None, question_text="9z = 1")

    assert ids_on(as_alice, "?q=20") == [str(solved.id)]
    assert ids_on(as_alice, "?q=7y") == [str(failed.id)]
    assert ids_on(as_alice, "?state=failed") == [str(failed.id)]
    assert ids_on(as_alice, "?state=running") == [str(waiting.id)]
    assert ids_on(as_alice, "?q=20&state=failed") == []


@pytest.mark.parametrize("query", ["?state=nonsense", "?page=999", "?page=x", f"?q={'x' * 300}"])
def test_nonsense_in_the_address_does_no_harm(
    as_alice: Client, solution: Solution, query: str
) -> None:
    assert ids_on(as_alice, query) == [str(solution.id)]


def test_it_turns_pages_and_keeps_the_filter(as_alice: Client, people: People) -> None:
    for _ in range(21):
        make_solution(people.alice)

    assert len(ids_on(as_alice, "?state=finished")) == 20
    assert len(ids_on(as_alice, "?state=finished&page=2")) == 1
    page = as_alice.get("/solutions/?state=finished").content.decode()
    assert "?state=finished&amp;page=2" in page


def test_an_empty_list_invites_to_ask(as_alice: Client) -> None:
    assert "Ask your first question" in as_alice.get("/solutions/").content.decode()
    assert "Nothing fits this search." in as_alice.get("/solutions/?q=no").content.decode()


def test_it_asks_the_database_as_often_for_many_as_for_one(
    as_alice: Client, people: People, django_assert_max_num_queries: object
) -> None:
    for _ in range(20):
        make_solution(people.alice)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        as_alice.get("/solutions/")


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get("/solutions/").status_code == 302
