"""Large bodies meet a really running Daphne: refused early, with an answer, in flat memory."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homework.common.body_turns import MAX_INSIDE, SMALL_BYTES

MEGABYTE = 1024 * 1024
LIMIT = 12 * MEGABYTE
BLOCK = bytes(MEGABYTE)


class RunningServer:
    def __init__(self, *, max_body_bytes: int = LIMIT, body_timeout_s: float = 60) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.homework.common.echo_server",
                str(max_body_bytes),
                str(body_timeout_s),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def peak_memory_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(timeout=20)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    running = RunningServer()
    yield running
    running.stop()


def read_answer(connection: socket.socket) -> tuple[http.client.HTTPResponse, bytes]:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response, response.read()


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def declared(num_bytes: int, *extra: str) -> bytes:
    lines = ["POST / HTTP/1.1", "Host: localhost", f"Content-Length: {num_bytes}", *extra]
    return "\r\n".join([*lines, "", ""]).encode()


def chunked(*extra: str) -> bytes:
    lines = ["POST / HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked", *extra]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_body_within_the_bound_arrives_whole(server: RunningServer) -> None:
    with server.connect() as connection:
        connection.sendall(declared(LIMIT))
        connection.sendall(bytes(LIMIT))
        response, body = read_answer(connection)

    assert (response.status, int(body)) == (200, LIMIT)


def test_a_chunked_body_within_the_bound_arrives_whole(server: RunningServer) -> None:
    with server.connect() as connection:
        connection.sendall(chunked())
        for _ in range(3):
            connection.sendall(b"100000\r\n" + BLOCK + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        response, body = read_answer(connection)

    assert (response.status, int(body)) == (200, 3 * MEGABYTE)


def test_a_multipart_form_reaches_the_application_untouched(server: RunningServer) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    with server.connect() as connection:
        connection.sendall(declared(len(form), "Content-Type: multipart/form-data; boundary=x"))
        connection.sendall(form)
        response, body = read_answer(connection)

    assert (response.status, int(body)) == (200, len(form))


def test_a_declared_length_above_the_bound_is_refused_before_the_body(
    server: RunningServer,
) -> None:
    with server.connect() as connection:
        connection.sendall(declared(LIMIT + 1, "Expect: 100-continue"))
        response, body = read_answer(connection)

    assert response.status == 413
    assert json.loads(body)["code"] == "body_too_large"


def test_200_megabytes_leave_the_memory_flat_and_the_sender_with_an_answer(
    server: RunningServer,
) -> None:
    before = server.peak_memory_bytes()
    with server.connect() as connection:
        connection.sendall(declared(200 * MEGABYTE))
        for _ in range(200):
            connection.sendall(BLOCK)
        response, _ = read_answer(connection)
        assert connection.recv(1) == b""  # closed, not reset

    assert response.status == 413
    assert server.peak_memory_bytes() - before < 8 * MEGABYTE


def test_a_chunked_body_is_cut_off_when_it_passes_the_bound(server: RunningServer) -> None:
    before = server.peak_memory_bytes()
    with server.connect() as connection:
        connection.sendall(chunked())
        for _ in range(200):
            connection.sendall(b"100000\r\n" + BLOCK + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        response, _ = read_answer(connection)

    assert response.status == 413
    assert server.peak_memory_bytes() - before < 8 * MEGABYTE


def test_the_refusal_speaks_the_language_and_format_of_the_sender(server: RunningServer) -> None:
    with server.connect() as connection:
        connection.sendall(
            declared(LIMIT + 1, "Accept: text/html", "Accept-Language: tlh, zh-CN;q=0.9")
        )
        response, body = read_answer(connection)

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert body.startswith(b"<!doctype html>")


def test_an_endless_header_ends_the_connection(server: RunningServer) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X-Filler: " + b"a" * 30_000)

        assert is_closed(connection)


def test_a_body_that_never_ends_is_dropped() -> None:
    server = RunningServer(body_timeout_s=0.5)
    try:
        with server.connect() as connection:
            connection.sendall(declared(1000))
            connection.sendall(b"only this")
            assert is_closed(connection)
    finally:
        server.stop()


def test_the_server_stops_cleanly_while_a_body_is_coming_in() -> None:
    server = RunningServer()
    with server.connect() as other, server.connect() as connection:
        connection.sendall(declared(1000))
        connection.sendall(b"the first part")
        # An answer on a second connection shows that the first one's bytes were taken.
        other.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(other)[0].status == 200

        assert server.stop() in {0, -15}


@pytest.mark.parametrize(
    ("path", "content_type", "code"),
    [
        ("/api/v1/photos", "application/problem+json", ("code",)),
        ("/v1/chat/completions", "application/json", ("error", "code")),
    ],
)
def test_a_program_is_refused_in_its_own_form(
    server: RunningServer, path: str, content_type: str, code: tuple[str, ...]
) -> None:
    head = declared(LIMIT + 1).replace(b"POST / ", f"POST {path} ".encode())
    with server.connect() as connection:
        connection.sendall(head)
        response, body = read_answer(connection)
    told = json.loads(body)
    for name in code:
        told = told[name]
    assert (response.status, response.headers["Content-Type"], told) == (
        413,
        content_type,
        "body_too_large",
    )


def test_a_form_of_which_nothing_can_be_made_reaches_the_application_untouched(
    server: RunningServer,
) -> None:
    """Twisted took forms apart by itself, on the reactor's thread, and hung up on this one."""
    form = b"--x--\r\n"
    with server.connect() as connection:
        connection.sendall(declared(len(form), "Content-Type: multipart/form-data; boundary=x"))
        connection.sendall(form)
        response, body = read_answer(connection)
    assert (response.status, int(body)) == (200, len(form))


def test_many_large_bodies_are_inside_a_few_at_a_time(server: RunningServer) -> None:
    """A thousand photos at one moment were a thousand photos in memory."""
    connections = [server.connect() for _ in range(3 * MAX_INSIDE)]
    head = declared(2 * SMALL_BYTES).replace(b"POST / ", b"POST /inside ")
    try:
        for connection in connections:
            connection.sendall(head + bytes(2 * SMALL_BYTES))
        answers = [read_answer(connection) for connection in connections]
    finally:
        for connection in connections:
            connection.close()
    assert {response.status for response, _body in answers} == {200}
    assert 1 < max(int(body) for _response, body in answers) <= MAX_INSIDE


def test_who_hangs_up_while_waiting_leaves_the_place_to_others(server: RunningServer) -> None:
    head = declared(2 * SMALL_BYTES).replace(b"POST / ", b"POST /inside ")
    for _ in range(3 * MAX_INSIDE):
        with server.connect() as connection:
            connection.sendall(head + bytes(2 * SMALL_BYTES))
    with server.connect() as connection:
        connection.sendall(head + bytes(2 * SMALL_BYTES))
        response, _body = read_answer(connection)
    assert response.status == 200


def test_a_header_with_control_characters_is_a_problem(server: RunningServer) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nAccept: \x0b\r\n\r\n")
        response, body = read_answer(connection)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status, json.loads(body)["code"]) == (400, "malformed_request")
