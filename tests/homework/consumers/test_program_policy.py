"""Programs under an answer policy: by no way do they get what a page would not show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from homework.accounts.models import User
from homework.policy.models import Mode
from homework.policy.services import class_policy_set
from homework.solutions.models import Solution
from tests.homework.consumers.test_policy_sockets import HIDDEN, set_mode
from tests.homework.consumers.test_programs import SLOW, SSE, URL, Program, events, secret_of
from tests.homework.people import People
from tests.live import Follower, LiveSite

pytestmark = pytest.mark.django_db(transaction=True)


class Listener(Program):
    """Remembers all that it was sent."""

    def __init__(self, site: LiveSite, user: User) -> None:
        super().__init__(site, secret_of(user))
        self.received = ""

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        answer = super().__call__(method, path, body)
        self.received += json.dumps(answer, ensure_ascii=False)
        return answer

    def stream(self, path: str, mark: str = "") -> tuple[Follower, str]:
        follower = Follower()
        headers = SSE | ({"Last-Event-ID": mark} if mark else {})
        for given, frame in events(self.open("GET", path, **headers)):
            self.received += json.dumps(frame, ensure_ascii=False)
            follower.take(frame)
            mark = given
        return follower, mark


@pytest.mark.parametrize("mode", [Mode.HINTS_FIRST, Mode.HINTS_ONLY])
def test_no_answer_holds_what_is_hidden(site: LiveSite, people: People, mode: Mode) -> None:
    set_mode(people, mode)
    listener = Listener(site, people.alice)
    asked = listener("POST", URL, {"question": "20 + 20"})
    path = f"{URL}/{asked['id']}"
    live, _mark = listener.stream(f"{path}/events")
    listener.stream(f"{path}/events")
    # Whoever claims to have seen a part already is not sent the rest of it.
    listener.stream(f"{path}/events", mark="1.8")
    offset = ""
    while not offset.endswith("end"):
        query = f"?offset={offset}&wait=5" if offset else ""
        offset = listener("GET", f"{path}/events{query}")["offset"]
    one = listener("GET", path)
    listed = listener("GET", URL)["data"]
    waited = listener("POST", f"{URL}?wait=30", {"question": "20 + 5"})

    assert not HIDDEN.search(listener.received)
    assert live.state["policy"]["mode"] == one["policy"]["mode"] == mode
    assert (one["text"], one["answer"], one["state"]) == ("", None, "finished")
    assert listed == [one]
    assert waited["answer"] is None
    # A search must not find the answer that it cannot show, word by word.
    assert [found["id"] for found in listener("GET", f"{URL}?q=2")["data"]] == [
        found["id"] for found in listener("GET", f"{URL}?q=20")["data"]
    ]


def test_a_closed_class_asks_nothing(site: LiveSite, people: People) -> None:
    set_mode(people, Mode.CLOSED)
    program = Program(site, secret_of(people.alice))
    response = program.open("POST", URL, {"question": "20 + 5"})
    assert (response.status, json.load(response)["code"]) == (403, "answers_closed")
    assert not Solution.objects.exists()


def test_a_policy_that_comes_in_the_midst_of_a_stream_closes_it_to_what_follows(
    site: LiveSite, people: People
) -> None:
    """Set behind the server's back, as by another process: found when it asks anew."""
    program = Program(site, secret_of(people.alice))
    stream = events(program.open("POST", URL, {"question": SLOW}, **SSE))
    follower = Follower()
    while "word" not in follower.state.get("text", ""):
        follower.take(next(stream)[1])
    class_policy_set(classroom=people.terry.classrooms.get(), mode=Mode.HINTS_ONLY, by=people.terry)
    while "policy" not in follower.state:
        follower.take(next(stream)[1])
    assert follower.state["text"] == ""
    program("POST", f"{URL}/{follower.state['id']}/stop")


def test_the_teacher_sees_everything(site: LiveSite, people: People) -> None:
    set_mode(people, Mode.HINTS_ONLY)
    asked = Program(site, secret_of(people.alice))("POST", URL, {"question": "20 + 5"})
    follower, _mark = Listener(site, people.terry).stream(f"{URL}/{asked['id']}/events")
    assert "word 19" in follower.state["text"]
    assert "policy" not in follower.state
