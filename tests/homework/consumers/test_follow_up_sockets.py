"""The socket of a follow-up and its stream by HTTP: a real server, as in test_sockets."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from homework.access.models import Scope
from homework.access.services import token_create
from homework.pipeline.events import snapshot_of
from homework.policy.models import Mode
from homework.policy.services import class_policy_set
from homework.solutions.follow_ups import follow_up_create
from homework.solutions.models import FollowUp, Solution
from tests.homework.consumers.test_sockets import send, until_solving
from tests.homework.pages.conftest import READING, make_solution
from tests.homework.people import People
from tests.live import TIMEOUT_S, Follower, LiveSite, close_code, sign_in

FAST, SLOW = "20+0", "2000+20"


def asked(people: People, pace: str = FAST) -> FollowUp:
    """A follow-up whose answer is written at the pace of the question that was solved."""
    solution = make_solution(
        people.alice, question_text=pace, reading=READING | {"text": pace, "latex": pace}
    )
    return follow_up_create(solution=solution, question="Why?")


def path_of(follow_up: FollowUp) -> str:
    return f"/ws/solutions/{follow_up.solution_id}/follow-ups/{follow_up.pk}/"


def stored(follow_up: FollowUp) -> dict[str, Any]:
    fresh = FollowUp.objects.select_related("solution").get(pk=follow_up.pk)
    return {name: value for name, value in snapshot_of(fresh).items() if name != "type"}


@pytest.mark.parametrize("viewer", ["alice", "terry"])
def test_it_is_followed_to_the_end_that_the_database_holds(
    site: LiveSite, people: People, viewer: str
) -> None:
    follow_up = asked(people)
    session = sign_in(getattr(people, viewer))
    for _ in ("live", "afterwards"):
        with site.socket(path_of(follow_up), session=session) as socket:
            final = Follower().follow(socket)
        assert final == stored(follow_up)
        assert final["state"] == "finished"
        assert "word 19" in final["text"]


def test_its_student_may_stop_it_and_the_teacher_not(site: LiveSite, people: People) -> None:
    follow_up = asked(people, SLOW)
    with (
        site.socket(path_of(follow_up), session=sign_in(people.terry)) as teacher,
        site.socket(path_of(follow_up), session=sign_in(people.alice)) as student,
    ):
        until_solving(student)
        send(teacher, type="stop")
        while not any(
            event.get("code") == "bad_message"
            for event in json.loads(teacher.recv(timeout=TIMEOUT_S))["events"]
        ):
            pass
        assert FollowUp.objects.get(pk=follow_up.pk).state == FollowUp.State.SOLVING
        send(student, type="stop")
        close_code(student)
    assert stored(follow_up)["finish_reason"] == "aborted"


def test_nobody_else_learns_that_it_exists(site: LiveSite, people: People) -> None:
    follow_up = asked(people)
    elsewhere = make_solution(people.alice)
    wrong = f"/ws/solutions/{elsewhere.pk}/follow-ups/{follow_up.pk}/"
    for path, person in ((path_of(follow_up), people.bob), (wrong, people.alice)):
        with site.socket(path, session=sign_in(person)) as socket:
            assert close_code(socket) == 4404


def test_a_policy_that_comes_hides_what_runs(site: LiveSite, people: People) -> None:
    follow_up = asked(people, SLOW)
    with site.socket(path_of(follow_up), session=sign_in(people.alice)) as socket:
        follower = until_solving(socket)
        class_policy_set(
            classroom=people.terry.classrooms.get(), mode=Mode.HINTS_ONLY, by=people.terry
        )
        while not follower.state.get("hidden"):
            follower.take(json.loads(socket.recv(timeout=TIMEOUT_S)))
        assert follower.state["text"] == ""
        send(socket, type="stop")
        assert follower.follow(socket)["text"] == ""
    assert Solution.objects.get(pk=follow_up.solution_id).state == "finished"


def test_a_program_asks_and_follows_in_one_call(site: LiveSite, people: People) -> None:
    solution = asked(people).solution
    FollowUp.objects.update(state="stopped")
    _token, secret = token_create(user=people.alice, name="t", scopes=Scope.values, days=1)
    follower = Follower()
    with httpx.stream(
        "POST",
        f"{site.url}/api/v1/solutions/{solution.pk}/follow-ups",
        json={"question": "Why?"},
        headers={"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"},
        timeout=TIMEOUT_S,
    ) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        for line in response.iter_lines():
            if line.startswith("data: "):
                follower.take(json.loads(line.removeprefix("data: ")))
    assert follower.is_done
    follow_up = FollowUp.objects.get(number=2)
    assert response.headers["Location"].endswith(f"/follow-ups/{follow_up.pk}")
    assert follower.state == stored(follow_up)
