"""An address that takes more than the others: on disk, of known senders, a few at a time."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.homework.common.test_bounded_server import (
    BLOCK,
    LIMIT,
    MEGABYTE,
    RunningServer,
    read_answer,
)

KNOWN = "Authorization: Bearer known"
LARGE = 20 * LIMIT


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    running = RunningServer()
    yield running
    running.stop()


def head(length: int | None, *extra: str, target: str = "POST /large") -> bytes:
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return "\r\n".join([f"{target} HTTP/1.1", "Host: localhost", framing, *extra, "", ""]).encode()


def send(connection: socket.socket, num_bytes: int) -> None:
    for _ in range(num_bytes // MEGABYTE):
        connection.sendall(BLOCK)


def test_all_of_it_arrives_and_memory_stays_flat(server: RunningServer) -> None:
    with server.connect() as connection:  # once first, so that what any body costs is not counted
        connection.sendall(head(LIMIT, KNOWN))
        send(connection, LIMIT)
        assert read_answer(connection)[1] == str(LIMIT).encode()
    before = server.peak_memory_bytes()
    with server.connect() as connection:
        connection.sendall(head(LARGE, KNOWN))
        send(connection, LARGE)
        response, body = read_answer(connection)
    assert (response.status, int(body)) == (200, LARGE)
    assert server.peak_memory_bytes() - before < 8 * MEGABYTE


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537])
def test_chunks_of_any_size_arrive_whole(server: RunningServer, size: int) -> None:
    with server.connect() as connection:
        connection.sendall(head(None, KNOWN))
        if size:
            connection.sendall(f"{size:x}\r\n".encode() + bytes(size) + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        response, body = read_answer(connection)
        assert (response.status, int(body)) == (200, size)
        # and the connection is good for the next request
        connection.sendall(head(2, KNOWN) + b"ab")
        assert read_answer(connection)[1] == b"2"


def test_a_stranger_is_refused_while_the_body_comes_in(server: RunningServer) -> None:
    for header in ("Authorization: Bearer forged", "X: y"):
        with server.connect() as connection:
            connection.sendall(head(LARGE, header))
            response, body = read_answer(connection)
        assert (response.status, json.loads(body)["code"]) == (401, "not_signed_in")
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("length", [LARGE + 1, None], ids=["declared", "chunked"])
def test_there_is_a_bound_here_too(server: RunningServer, length: int | None) -> None:
    with server.connect() as connection:
        connection.sendall(head(length, KNOWN))
        if length is None:
            for _ in range(LARGE // MEGABYTE):
                connection.sendall(b"100000\r\n" + BLOCK + b"\r\n")
            connection.sendall(b"1\r\nx\r\n")
        response, body = read_answer(connection)
    found = json.loads(body)
    assert (response.status, found["code"], found["max_bytes"]) == (413, "body_too_large", LARGE)


@pytest.mark.parametrize("target", ["PUT /large", "POST /large/", "POST /other", "POST //large"])
def test_other_addresses_and_methods_take_no_more_than_before(
    server: RunningServer, target: str
) -> None:
    with server.connect() as connection:
        connection.sendall(head(LIMIT + 1, KNOWN, target=target))
        response, _body = read_answer(connection)
    assert response.status == 413


def test_a_few_at_a_time_and_a_place_is_free_again_however_one_ended(
    server: RunningServer,
) -> None:
    for _ in range(3):
        with server.connect() as first, server.connect() as second, server.connect() as third:
            for connection in (first, second):
                connection.sendall(head(LARGE, KNOWN) + BLOCK)
            # an answer shows that the server has seen both
            await_busy(server)
            third.sendall(head(LARGE, KNOWN))
            response, body = read_answer(third)
            assert (response.status, json.loads(body)["code"]) == (503, "uploads_busy")
            assert response.headers["Retry-After"] == "30"
    statuses = {post_large(server) for _ in range(50)}  # all were broken off
    assert 200 in statuses


def test_strangers_who_linger_take_no_place(server: RunningServer) -> None:
    with server.connect() as first, server.connect() as second:
        for connection in (first, second):
            connection.sendall(head(LARGE))
            assert read_answer(connection)[0].status == 401
        # Both connections are still open.
        assert post_large(server) == 200


def post_large(server: RunningServer) -> int:
    with server.connect() as connection:
        connection.sendall(head(None, KNOWN) + b"1\r\nx\r\n0\r\n\r\n")
        return read_answer(connection)[0].status


def await_busy(server: RunningServer) -> None:
    """Until both places are taken: small requests come through meanwhile."""
    with server.connect() as other:
        for _ in range(20):
            other.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert read_answer(other)[0].status == 200
