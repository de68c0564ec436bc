"""The live list over its socket, on a real server, and who may have it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from homework.solutions.services import solution_create
from tests.homework.consumers.test_sockets import FAST
from tests.homework.people import People
from tests.live import LiveSite, close_code, sign_in


def items_of(socket: ClientConnection) -> list[dict[str, Any]]:
    message = json.loads(socket.recv(timeout=30))
    assert message["type"] == "live"
    items: list[dict[str, Any]] = message["items"]
    return items


def path(people: People, query: str = "") -> str:
    return f"/ws/teach/live/{people.terry.classrooms.get().pk}/{query}"


def test_a_question_appears_and_ends_by_itself(site: LiveSite, people: People) -> None:
    with site.socket("/ws/teach/live/", session=sign_in(people.terry)) as socket:
        assert items_of(socket) == []
        solution = solution_create(student=people.alice, question_text=FAST)
        solution_create(student=people.charlie, question_text=FAST)
        while not (items := items_of(socket)) or items[0]["state"] != "finished":
            pass

    assert [item["id"] for item in items] == [str(solution.pk)]
    assert (items[0]["student"], items[0]["classes"]) == ("alice", ["7a"])


def test_the_screen_has_no_names_and_no_answers(site: LiveSite, people: People) -> None:
    solution_create(student=people.alice, question_text=FAST)
    with site.socket(path(people, "?screen=1"), session=sign_in(people.terry)) as socket:
        while not (items := items_of(socket)) or items[0]["state"] != "finished":
            pass

    assert "alice" not in json.dumps(items)
    assert not {"student", "classes", "answer", "text"} & set(items[0])


@pytest.mark.parametrize(
    ("name", "code"),
    [("alice", 4403), ("charlie", 4403), ("ada", 4403), ("dora", 4404), ("tina", 4404), ("", 4401)],
)
def test_only_the_teacher_of_the_class_gets_it(
    site: LiveSite, people: People, name: str, code: int
) -> None:
    session = sign_in(getattr(people, name)) if name else ""
    with site.socket(path(people), session=session) as socket:
        assert close_code(socket) == code


def test_a_foreign_page_is_refused(site: LiveSite, people: People) -> None:
    with site.socket(
        "/ws/teach/live/", session=sign_in(people.terry), origin="https://evil.example.org"
    ) as socket:
        assert close_code(socket) == 4403


def test_who_leaves_the_class_is_cut_off(site: LiveSite, people: People) -> None:
    with site.socket(path(people), session=sign_in(people.terry)) as socket:
        items_of(socket)
        people.terry.memberships.all().delete()
        assert close_code(socket) == 4403
