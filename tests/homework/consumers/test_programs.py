"""A running solution followed by programs: server-sent events, frames by offset, websockets.

Against a real server, with the clients that people use: `curl -N`, `http.client`, `websockets`.
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from homework.access.models import Scope
from homework.access.services import token_create, token_revoke
from homework.accounts.models import Membership, User
from homework.solutions.models import Solution
from homework.solutions.services import solution_request_stop
from tests.homework.people import People
from tests.live import TIMEOUT_S, Follower, LiveSite, close_code, next_frame

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/solutions"
QUICK, SLOW = "30 + 5", "400 + 50"


def secret_of(user: User, *scopes: str) -> str:
    return token_create(user=user, name="test", scopes=scopes or Scope.values, days=1)[1]


class Program:
    """A client with a token, over one connection a call."""

    def __init__(self, site: LiveSite, secret: str) -> None:
        self._site = site
        self._headers = {"Authorization": f"Bearer {secret}"}

    def open(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._site.host, timeout=TIMEOUT_S)
        content = None if body is None else json.dumps(body)
        sent = self._headers | headers
        if body is not None:
            sent["Content-Type"] = "application/json"
        connection.request(method, path, content, sent)
        return connection.getresponse()

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        response = self.open(method, path, body)
        content = response.read()
        assert response.status < 300, content
        return json.loads(content)


def events(response: http.client.HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    """The marks and frames of a stream, as a parser of server-sent events gives them."""
    mark, data = "", ""
    for raw in response:
        line = raw.decode().rstrip("\n")
        if line.startswith("id: "):
            mark = line[4:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line and data:
            yield mark, json.loads(data)
            data = ""


SSE = {"Accept": "text/event-stream"}


@pytest.fixture
def program(site: LiveSite, people: People) -> Program:
    return Program(site, secret_of(people.alice))


class TestEvents:
    def test_a_question_may_be_asked_and_followed_in_one_call(self, program: Program) -> None:
        response = program.open("POST", URL, {"question": QUICK}, **SSE)
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        follower = Follower()
        for _mark, frame in events(response):
            follower.take(frame)
        assert follower.is_done
        stored = program("GET", str(response.headers["Location"]))
        for name in ("state", "text", "steps", "answer", "reading", "finish_reason"):
            assert follower.state[name] == stored[name]

    def test_a_stream_that_was_cut_goes_on_where_it_ended(self, program: Program) -> None:
        """At every few frames the line is cut; nothing is missed and nothing comes twice."""
        solution = program("POST", URL, {"question": "60 + 20"})
        path = f"{URL}/{solution['id']}/events"
        follower, mark, num_cuts = Follower(), "", 0
        while not follower.is_done:
            headers = SSE | ({"Last-Event-ID": mark} if mark else {})
            response = program.open("GET", path, **headers)
            for number, (given, frame) in enumerate(events(response)):
                follower.take(frame)
                mark = given
                if number == 2:
                    num_cuts += 1
                    response.close()
                    break
        assert num_cuts >= 2
        assert follower.state["text"] == Solution.objects.get().text
        # One for each state without a log, and one when the log begins: none for the cuts.
        assert follower.num_snapshots <= 3

    def test_who_has_all_is_told_to_come_no_more(self, program: Program) -> None:
        solution = program("POST", f"{URL}?wait=30", {"question": QUICK})
        path = f"{URL}/{solution['id']}/events"
        marks = [mark for mark, _frame in events(program.open("GET", path, **SSE))]
        assert marks == ["1.end"]
        assert program.open("GET", path, **SSE, **{"Last-Event-ID": "1.end"}).status == 204

    def test_who_loses_the_right_is_cut_off(
        self,
        site: LiveSite,
        people: People,
    ) -> None:
        asked = Program(site, secret_of(people.alice))("POST", URL, {"question": SLOW})
        stream = events(
            Program(site, secret_of(people.terry)).open("GET", f"{URL}/{asked['id']}/events", **SSE)
        )
        next(stream)
        Membership.objects.filter(user=people.terry).delete()
        *_others, (_mark, last) = stream
        assert last["events"][0]["code"] == "not_found"
        solution_request_stop(solution_id=Solution.objects.get().pk)

    def test_a_revoked_token_is_cut_off(
        self,
        site: LiveSite,
        people: People,
    ) -> None:
        token, secret = token_create(
            user=people.alice, name="test", scopes=list(Scope.values), days=1
        )
        stream = events(Program(site, secret).open("POST", URL, {"question": SLOW}, **SSE))
        next(stream)
        token_revoke(user=people.alice, token_id=token.pk)
        *_others, (_mark, last) = stream
        assert last["events"][0]["code"] == "invalid_token"
        solution_request_stop(solution_id=Solution.objects.get().pk)

    def test_one_person_has_so_many_streams(self, program: Program) -> None:
        solution = program("POST", URL, {"question": SLOW})
        path = f"{URL}/{solution['id']}/events"
        streams = [program.open("GET", path, **SSE) for _ in range(3)]
        for stream in streams:
            next(events(stream))
        refused = program.open("GET", path, **SSE)
        assert refused.status == 429
        assert refused.headers["Retry-After"] == "1"
        program("POST", f"{URL}/{solution['id']}/stop")
        for stream in streams:
            *_others, (_mark, last) = events(stream)
            assert last["events"][-1]["finish_reason"] == "aborted"

    @pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
    def test_curl(self, site: LiveSite, people: People) -> None:
        printed = subprocess.run(
            [
                "curl",
                "-sN",
                f"{site.url}{URL}",
                "-H",
                f"Authorization: Bearer {secret_of(people.alice)}",
                "-H",
                "Accept: text/event-stream",
                "--json",
                json.dumps({"question": QUICK}),
            ],
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        ).stdout.decode()
        assert '"type":"done"' in printed.splitlines()[-2]


class TestOffsets:
    def test_frame_by_frame_to_the_end(self, program: Program) -> None:
        solution = program("POST", URL, {"question": "40 + 20"})
        path = f"{URL}/{solution['id']}/events?wait=10"
        follower, offset = Follower(), ""
        while not follower.is_done:
            page = program("GET", f"{path}&offset={offset}" if offset else path)
            if page["events"]:
                follower.take(page)
            offset = page["offset"]
        assert page["is_final"]
        assert follower.state["text"] == Solution.objects.get().text
        again = program("GET", f"{URL}/{solution['id']}/events?offset={offset}")
        assert (again["events"], again["is_final"], again["offset"]) == ([], True, offset)

    def test_nothing_new_is_an_empty_frame(self, program: Program) -> None:
        solution = program("POST", URL, {"question": SLOW})
        path = f"{URL}/{solution['id']}/events"
        page = program("GET", path)
        while page["offset"] == "0.0":
            page = program("GET", f"{path}?offset={page['offset']}&wait=5")
        ahead = program("GET", f"{path}?offset={page['offset']}")
        assert ahead["events"] == [] or ahead["from"] == page["to"]
        program("POST", f"{path.removesuffix('/events')}/stop")


class TestSockets:
    @contextmanager
    def open(self, site: LiveSite, solution: Any, **message: str) -> Iterator[ClientConnection]:
        with site.socket(f"/ws/solutions/{solution['id']}/", origin=None) as socket:
            socket.send(json.dumps(message))
            yield socket

    @pytest.mark.parametrize("kind", ["token", "ticket"])
    def test_the_first_message_says_who_it_is(
        self,
        site: LiveSite,
        people: People,
        kind: str,
    ) -> None:
        secret = secret_of(people.alice)
        program = Program(site, secret)
        solution = program("POST", URL, {"question": QUICK})
        shown = secret
        if kind == "ticket":
            shown = program("POST", "/api/v1/socket-tickets", {})["ticket"]
        with self.open(site, solution, type="auth", **{kind: shown}) as socket:
            assert Follower().follow(socket)["state"] == "finished"
        if kind == "ticket":
            with self.open(site, solution, type="auth", ticket=shown) as socket:
                assert close_code(socket) == 4401

    @pytest.mark.parametrize(
        "message",
        [
            "",
            "{",
            "[]",
            json.dumps({"type": "resync"}),
            json.dumps({"type": "auth"}),
            json.dumps({"type": "auth", "token": 5}),
            json.dumps({"type": "auth", "token": "hht_invented"}),
            json.dumps({"type": "auth", "ticket": "invented"}),
        ],
    )
    def test_any_other_first_message_closes(self, site: LiveSite, message: str) -> None:
        with site.socket("/ws/solutions/", origin=None) as socket:
            socket.send(message)
            assert close_code(socket) == 4401

    def test_who_says_nothing_is_closed(self, site: LiveSite) -> None:
        with site.socket("/ws/solutions/", origin=None) as socket:
            assert close_code(socket) == 4401

    def test_outsiders_see_nothing(self, site: LiveSite, people: People) -> None:
        solution = Program(site, secret_of(people.alice))("POST", URL, {"question": QUICK})
        for person in (people.bob, people.tina):
            with self.open(site, solution, type="auth", token=secret_of(person)) as socket:
                assert close_code(socket) == 4404
        write_only = secret_of(people.alice, Scope.WRITE)
        with self.open(site, solution, type="auth", token=write_only) as socket:
            assert close_code(socket) == 4403

    def test_a_token_that_only_reads_stops_nothing(
        self,
        site: LiveSite,
        people: People,
    ) -> None:
        solution = Program(site, secret_of(people.alice))("POST", URL, {"question": SLOW})
        only_reads = secret_of(people.alice, Scope.READ)
        with self.open(site, solution, type="auth", token=only_reads) as socket:
            next_frame(socket)
            socket.send(json.dumps({"type": "stop"}))
            frame = next_frame(socket)
            while frame["events"][0]["type"] != "error":
                frame = next_frame(socket)
            assert frame["events"][0]["code"] == "bad_message"
        solution_request_stop(solution_id=Solution.objects.get().pk)

    def test_a_revoked_token_is_cut_off(self, site: LiveSite, people: People) -> None:
        token, secret = token_create(
            user=people.alice, name="test", scopes=list(Scope.values), days=1
        )
        solution = Program(site, secret)("POST", URL, {"question": SLOW})
        with self.open(site, solution, type="auth", token=secret) as socket:
            next_frame(socket)
            token_revoke(user=people.alice, token_id=token.pk)
            assert close_code(socket) == 4401
        solution_request_stop(solution_id=Solution.objects.get().pk)
