"""Sockets under an answer policy, and a teacher who looks on. A real server, as in test_sockets."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from websockets.sync.client import ClientConnection

from homework.policy.models import Mode, PolicyWindow
from homework.policy.services import class_policy_set
from homework.solutions.models import Solution
from homework.solutions.services import solution_request_stop
from tests.homework.consumers.test_sockets import FAST, SLOW, ask, path_of, until_solving, watch
from tests.homework.people import People
from tests.live import Follower, LiveSite, next_frame

HIDDEN = re.compile(r"word \d|1 \+ 1|2 = 2|\$2\$")
"""All that the scripted engine writes besides its headings."""


def set_mode(people: People, mode: Mode) -> None:
    class_policy_set(classroom=people.terry.classrooms.get(), mode=mode, by=people.terry)


class Recorder:
    """A socket that remembers every byte that came."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.received: list[str] = []

    def recv(self, timeout: float) -> str:
        message = self._socket.recv(timeout=timeout)
        assert isinstance(message, str)
        self.received.append(message)
        return message


@pytest.mark.parametrize("mode", [Mode.HINTS_FIRST, Mode.HINTS_ONLY, Mode.CLOSED])
def test_no_frame_holds_what_is_hidden_live_or_afterwards(
    site: LiveSite, people: People, mode: Mode
) -> None:
    set_mode(people, mode)
    solution = ask(people.alice, FAST)
    received: list[str] = []
    for _ in ("live", "afterwards"):
        with watch(site, solution, people.alice) as socket:
            recorder: Any = Recorder(socket)
            final = Follower().follow(recorder)
            received += recorder.received
        assert (final["state"], final["text"], final["answer"]) == ("finished", "", None)
        assert final["policy"]["mode"] == mode
        assert len(final["steps"]) == (0 if mode is Mode.CLOSED else 2)

    assert not HIDDEN.search("".join(received))
    assert "第" not in "".join(received)


def test_the_teacher_is_sent_everything(site: LiveSite, people: People) -> None:
    set_mode(people, Mode.CLOSED)
    solution = ask(people.alice, FAST)
    with watch(site, solution, people.terry) as socket:
        assert "word 19" in Follower().follow(socket)["text"]


def test_a_window_that_begins_closes_an_open_socket_to_what_follows(
    site: LiveSite, people: People
) -> None:
    """Set behind the server's back, as by another process: found when it asks anew."""
    solution = ask(people.alice, SLOW)
    with watch(site, solution, people.alice) as socket:
        follower = until_solving(socket)
        assert "word" in follower.state["text"] or follower.state["steps"]
        PolicyWindow.objects.create(
            classroom=people.terry.classrooms.get(),
            mode=Mode.CLOSED,
            starts_at=timezone.now(),
            ends_at=timezone.now() + timedelta(hours=1),
            time_zone="UTC",
        )
        while not follower.state.get("policy"):
            follower.take(next_frame(socket))
        assert (follower.state["text"], follower.state["steps"]) == ("", [])
        solution_request_stop(solution_id=solution.pk)
        assert follower.follow(socket)["text"] == ""


def frames_until_watched(socket: ClientConnection, teachers: int) -> None:
    while True:
        for event in json.loads(socket.recv(timeout=30))["events"]:
            if event == {"type": "watched", "teachers": teachers}:
                return


def test_the_student_is_told_while_a_teacher_looks_on(site: LiveSite, people: People) -> None:
    solution = ask(people.alice, SLOW)
    with watch(site, solution, people.alice) as student:
        until_solving(student)
        with watch(site, solution, people.terry) as teacher:
            until_solving(teacher)
            frames_until_watched(student, 1)
        frames_until_watched(student, 0)
        solution_request_stop(solution_id=solution.pk)


def test_the_own_second_page_is_no_teacher(site: LiveSite, people: People) -> None:
    solution = ask(people.alice, "40+10")
    with watch(site, solution, people.alice) as first:
        received: Any = Recorder(first)
        with watch(site, solution, people.alice):
            Follower().follow(received)
    assert "watched" not in "".join(received.received)


def test_a_stranger_who_is_refused_is_not_announced(site: LiveSite, people: People) -> None:
    solution = ask(people.alice, "40+10")
    with site.socket(path_of(solution)), watch(site, solution, people.alice) as student:
        received: Any = Recorder(student)
        Follower().follow(received)
    assert "watched" not in "".join(received.received)
    assert Solution.objects.get(pk=solution.pk).state == "finished"
