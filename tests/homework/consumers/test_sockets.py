"""The sockets of a real server, as docs/stream-protocol.md describes them."""

from __future__ import annotations

import contextlib
import json
import socket as sockets
import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from homework.accounts.models import Membership, User
from homework.pipeline.events import snapshot_of
from homework.solutions.models import Solution
from homework.solutions.services import solution_create, solution_request_stop
from tests.homework.people import People
from tests.live import Follower, LiveSite, close_code, next_frame, sign_in

State = Solution.State
FAST = "20+0"
SLOW = "2000+20"


def ask(student: User, text: str = FAST) -> Solution:
    return solution_create(student=student, question_text=text)


def path_of(solution: Solution) -> str:
    return f"/ws/solutions/{solution.pk}/"


def watch(site: LiveSite, solution: Solution, user: User) -> ClientConnection:
    return site.socket(path_of(solution), session=sign_in(user))


def stored(solution: Solution) -> dict[str, Any]:
    snapshot = snapshot_of(Solution.objects.get(pk=solution.pk))
    return {name: value for name, value in snapshot.items() if name != "type"}


def until_solving(socket: ClientConnection) -> Follower:
    follower = Follower()
    while not (follower.state.get("state") == "solving" and follower.state["text"]):
        follower.take(next_frame(socket))
    return follower


def send(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


class TestFollowing:
    @pytest.mark.parametrize("viewer", ["alice", "terry"])
    def test_a_solution_is_followed_to_the_end_that_the_database_holds(
        self, site: LiveSite, people: People, viewer: str
    ) -> None:
        solution = ask(people.alice)
        with watch(site, solution, getattr(people, viewer)) as socket:
            final = Follower().follow(socket)
        assert final == stored(solution)
        assert (final["state"], len(final["steps"])) == ("finished", 2)

    def test_many_pieces_come_in_few_frames(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, "3000+0")
        follower = Follower()
        with watch(site, solution, people.alice) as socket:
            final = follower.follow(socket)
        assert "word 2999" in final["text"]
        assert follower.num_frames < 300

    def test_who_comes_in_the_middle_ends_with_the_same(
        self, site: LiveSite, people: People
    ) -> None:
        solution = ask(people.alice, "60+10")
        with watch(site, solution, people.alice) as first:
            until_solving(first)
            with watch(site, solution, people.alice) as second:
                final = Follower().follow(second)
        assert final == stored(solution)

    def test_who_comes_late_gets_it_all_at_once(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice)
        with watch(site, solution, people.alice) as socket:
            Follower().follow(socket)
        late = Follower()
        with watch(site, solution, people.alice) as socket:
            assert late.follow(socket) == stored(solution)
        assert late.num_snapshots == 1

    def test_one_that_never_ran_is_told_from_the_database(
        self, site: LiveSite, people: People
    ) -> None:
        solution = ask(people.alice)
        Solution.objects.filter(pk=solution.pk).update(
            state=State.FAILED, error_code="gave_up", finish_reason="error"
        )
        with watch(site, solution, people.alice) as socket:
            final = Follower().follow(socket)
        assert final["error"]["code"] == "gave_up"
        assert final["error"]["message"]

    def test_a_resync_brings_a_snapshot(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, SLOW)
        with watch(site, solution, people.alice) as socket:
            follower = until_solving(socket)
            before = follower.num_snapshots
            send(socket, type="resync")
            while follower.num_snapshots == before:
                follower.take(next_frame(socket))
            solution_request_stop(solution_id=solution.pk)

    def test_closing_the_page_does_not_stop_the_solution(
        self, site: LiveSite, people: People
    ) -> None:
        solution = ask(people.alice, "40+10")
        with watch(site, solution, people.alice) as socket:
            until_solving(socket)
        with watch(site, solution, people.alice) as socket:
            assert Follower().follow(socket)["state"] == "finished"


class TestStop:
    def test_its_student_stops_it(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, SLOW)
        with watch(site, solution, people.alice) as socket:
            follower = until_solving(socket)
            send(socket, type="stop")
            final = follower.follow(socket)
        assert (final["state"], final["finish_reason"]) == ("stopped", "aborted")
        assert final == stored(solution)

    def test_a_teacher_does_not(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, "40+10")
        with watch(site, solution, people.terry) as socket:
            follower = until_solving(socket)
            send(socket, type="stop")
            assert follower.follow(socket)["state"] == "finished"


class TestRefusals:
    @pytest.mark.parametrize("viewer", ["bob", "charlie", "tina", "dora", "ada"])
    def test_others_learn_nothing(self, site: LiveSite, people: People, viewer: str) -> None:
        solution = ask(people.alice)
        with (
            watch(site, solution, getattr(people, viewer)) as socket,
            pytest.raises(ConnectionClosed) as closed,
        ):
            socket.recv(timeout=30)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4404

    @pytest.mark.parametrize(
        "path", [f"/ws/solutions/{uuid.UUID(int=7)}/", "/ws/solutions/1/", "/ws/"]
    )
    def test_what_is_not_there_is_not_found(
        self, site: LiveSite, people: People, path: str
    ) -> None:
        with site.socket(path, session=sign_in(people.alice)) as socket:
            assert close_code(socket) == 4404

    @pytest.mark.parametrize("path", ["solution", "list"])
    @pytest.mark.parametrize("session", ["", "invented"])
    def test_an_anonymous_socket_is_refused(
        self, site: LiveSite, people: People, session: str, path: str
    ) -> None:
        where = path_of(ask(people.alice)) if path == "solution" else "/ws/solutions/"
        with site.socket(where, session=session) as socket:
            assert close_code(socket) == 4401

    def test_somebody_who_was_deactivated_is_refused(self, site: LiveSite, people: People) -> None:
        key = sign_in(people.alice)
        User.objects.filter(pk=people.alice.pk).update(is_active=False)
        with site.socket(path_of(ask(people.alice)), session=key) as socket:
            assert close_code(socket) == 4401

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "null",
            "https://evil.example.org",
            "http://127.0.0.1:1",
            "http://127.0.0.1.evil.example.org",
            "https://school.example.org.evil.example.org",
            "http://school.example.org",
        ],
    )
    def test_a_foreign_or_missing_origin_is_refused(
        self, site: LiveSite, people: People, origin: str | None
    ) -> None:
        solution = ask(people.alice)
        key = sign_in(people.alice)
        with site.socket(path_of(solution), session=key, origin=origin) as socket:
            assert close_code(socket) == 4403

    def test_a_listed_origin_is_allowed(self, site: LiveSite, people: People) -> None:
        key = sign_in(people.alice)
        origin = "https://school.example.org"
        with site.socket(path_of(ask(people.alice)), session=key, origin=origin) as socket:
            assert Follower().follow(socket)["state"] == "finished"

    def test_a_host_that_only_points_here_is_refused(self, site: LiveSite, people: People) -> None:
        """DNS rebinding: the page's own host, but not one of ours."""
        port = int(site.host.rsplit(":", 1)[1])
        with sockets.create_connection(("127.0.0.1", port), timeout=30) as raw:
            lines = (
                f"GET {path_of(ask(people.alice))} HTTP/1.1",
                "Host: evil.example.org",
                "Origin: http://evil.example.org",
                "Upgrade: websocket",
                "Connection: Upgrade",
                f"Cookie: sessionid={sign_in(people.alice)}",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            )
            raw.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
            received = b""
            while b"\x88" not in received.partition(b"\r\n\r\n")[2]:
                received += raw.recv(4096)
        body = received.partition(b"\r\n\r\n")[2]
        assert body[:4] == bytes([0x88, 2]) + (4403).to_bytes(2, "big")

    def test_too_many_sockets_of_one_person_are_refused(
        self, site: LiveSite, people: People
    ) -> None:
        solution = ask(people.alice, SLOW)
        with contextlib.ExitStack() as open_ones:
            for _ in range(3):
                next_frame(open_ones.enter_context(watch(site, solution, people.alice)))
            with watch(site, solution, people.alice) as socket:
                assert close_code(socket) == 4429
            with watch(site, solution, people.terry) as socket:
                next_frame(socket)
        with watch(site, solution, people.alice) as socket:
            follower = until_solving(socket)
            send(socket, type="stop")
            follower.follow(socket)


class TestRecheck:
    def test_who_signs_out_is_cut_off(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, SLOW)
        with watch(site, solution, people.alice) as socket:
            until_solving(socket)
            Session.objects.all().delete()
            assert close_code(socket) == 4401
        assert Solution.objects.get().state == State.SOLVING, "cut off only at its end"
        solution_request_stop(solution_id=solution.pk)

    def test_a_teacher_who_leaves_the_class_is_cut_off(
        self, site: LiveSite, people: People
    ) -> None:
        solution = ask(people.alice, SLOW)
        with watch(site, solution, people.terry) as socket:
            until_solving(socket)
            Membership.objects.filter(user=people.terry).delete()
            assert close_code(socket) == 4403
        assert Solution.objects.get().state == State.SOLVING, "cut off only at its end"
        solution_request_stop(solution_id=solution.pk)


NONSENSE: list[str | bytes] = [
    "",
    "x",
    "[]",
    "1",
    '"stop"',
    "{}",
    '{"type": "snapshot"}',
    '{"type": ["stop"]}',
    "[" * 10_000,
    b"\x00\x01",
    '{"type": "resync"',
]


class TestMessages:
    @pytest.mark.parametrize("message", NONSENSE, ids=lambda message: repr(message[:20]))
    def test_nonsense_is_answered_and_the_stream_goes_on(
        self, site: LiveSite, people: People, message: str | bytes
    ) -> None:
        solution = ask(people.alice, "30+10")
        with watch(site, solution, people.alice) as socket:
            follower = Follower()
            socket.send(message)
            answered = 0
            while not follower.is_done:
                frame = next_frame(socket)
                if frame["events"][0].get("code") == "bad_message":
                    assert frame["from"] == frame["to"]
                    assert len(frame["events"]) == 1
                    answered += 1
                else:
                    follower.take(frame)
        assert answered == 1
        assert follower.state == stored(solution)

    def test_the_tenth_nonsense_closes(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, SLOW)
        with watch(site, solution, people.alice) as socket:
            for _ in range(10):
                socket.send("x")
            assert close_code(socket) == 4400
        solution_request_stop(solution_id=solution.pk)

    def test_too_many_messages_close(self, site: LiveSite, people: People) -> None:
        solution = ask(people.alice, SLOW)
        with watch(site, solution, people.alice) as socket:
            try:
                for _ in range(200):
                    send(socket, type="resync")
            except ConnectionClosed:
                pass
            assert close_code(socket) == 4429
        solution_request_stop(solution_id=solution.pk)

    @pytest.mark.parametrize("fragments", [1, 4])
    def test_a_message_above_16_kib_closes(
        self, site: LiveSite, people: People, fragments: int
    ) -> None:
        solution = ask(people.alice, SLOW)
        part = "x" * (17 * 1024 // fragments)
        with watch(site, solution, people.alice) as socket:
            until_solving(socket)
            socket.send(part if fragments == 1 else [part] * fragments)
            assert close_code(socket) == 1009
        solution_request_stop(solution_id=solution.pk)


class TestList:
    def test_a_list_is_told_of_its_own_solutions_only(self, site: LiveSite, people: People) -> None:
        with (
            site.socket("/ws/solutions/", session=sign_in(people.alice)) as alices,
            site.socket("/ws/solutions/", session=sign_in(people.bob)) as bobs,
        ):
            assert next_frame(alices) == next_frame(bobs) == {"type": "ready"}
            solution = ask(people.alice)
            states = []
            while not states or states[-1] != "finished":
                notice = next_frame(alices)
                assert notice["id"] == str(solution.pk)
                states.append(notice["state"])
            with pytest.raises(TimeoutError):
                bobs.recv(timeout=0.2)
        assert states == ["reading", "finished"]
