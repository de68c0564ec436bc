"""Clients that ask questions and take the time: the site's own protocol, and OpenAI's.

Both are as light as they can be in Python, since they run beside the server that they measure.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import connect

TIMEOUT_S = 240.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One question. Times are of `time.perf_counter`.

    Attributes:
        asked_at: The request for an answer begins to be sent.
        first_at: The first piece of text has come.
        ended_at: The end has come.
        tokens: As the server counts them, not pieces on the wire.
    """

    asked_at: float
    first_at: float
    ended_at: float
    tokens: int

    @property
    def ttft_s(self) -> float:
        """Seconds from asking to the first text."""
        return self.first_at - self.asked_at


class WrongAnswerError(Exception):
    """A server did not do what was asked, so its figures mean nothing."""


async def ask_openai(port: int, body: bytes) -> Sample:
    """Ask an OpenAI-compatible server for a streamed chat completion."""
    async with asyncio.timeout(TIMEOUT_S):
        asked_at = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                b"Content-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body) + body
            )
            status = await reader.readline()
            if b" 200 " not in status:
                raise WrongAnswerError(f"{status!r} {await reader.read(2000)!r}")
            first_at = ended_at = 0.0
            usage = b""
            while line := await reader.readline():
                if not line.startswith(b"data:"):
                    continue
                if b'"content":"' in line and b'"content":""' not in line:
                    ended_at = time.perf_counter()
                    first_at = first_at or ended_at
                if b'"usage":{' in line:
                    usage = line
        finally:
            writer.close()
    if not usage:
        raise WrongAnswerError("the server counts no tokens")
    tokens = json.loads(usage.removeprefix(b"data:"))["usage"]["completion_tokens"]
    return Sample(asked_at, first_at, ended_at, tokens)


class Connection:
    """One HTTP connection to the site, opened when it is needed and again when it was closed.

    Args:
        port: Of the site.
        headers: Sent with every request, each ended by CRLF.
    """

    def __init__(self, port: int, headers: str) -> None:
        self._port = port
        self._headers = headers.encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(
        self, method: bytes, path: str, body: bytes = b"", headers: str = ""
    ) -> tuple[int, bytes]:
        """Status and body of an answer."""
        is_reused = self._streams is not None
        try:
            status, fields, reader = await self._begin(method, path, body, headers)
        except (asyncio.IncompleteReadError, ConnectionError):
            if not is_reused:
                raise
            await self.close()  # the server has closed it, as nobody used it
            return await self.request(method, path, body, headers)
        answer = b"".join([piece async for piece in _pieces(reader, fields)])
        if fields.get("connection", "").lower() == "close":
            await self.close()
        return status, answer

    async def stream(
        self, method: bytes, path: str, body: bytes, headers: str
    ) -> AsyncIterator[bytes]:
        """The pieces of an answer as they come, over a connection of its own."""
        own = Connection(self._port, self._headers.decode())
        try:
            status, fields, reader = await own._begin(method, path, body, headers)
            if status not in (200, 201, 202):
                answer = b"".join([piece async for piece in _pieces(reader, fields)])
                raise WrongAnswerError(f"{path}: {status} {answer[:500]!r}")
            async for piece in _pieces(reader, fields):
                yield piece
        finally:
            await own.close()

    async def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _begin(
        self, method: bytes, path: str, body: bytes, headers: str
    ) -> tuple[int, dict[str, str], asyncio.StreamReader]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(
            b"%b %b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\n%b%b\r\n"
            % (method, path.encode(), self._port, len(body), self._headers, headers.encode())
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:])
        }
        return int(lines[0].split()[1]), fields, reader


class Student:
    """Somebody signed in, with one connection for pages and a socket for each question.

    Args:
        port: Of the site.
        session: The key of the session.
    """

    def __init__(self, port: int, session: str) -> None:
        self._port = port
        self._origin = f"http://127.0.0.1:{port}"
        token = secrets.token_hex(16)
        self._cookie = f"sessionid={session}; csrftoken={token}"
        self._connection = Connection(
            port, f"Cookie: {self._cookie}\r\nX-CSRFToken: {token}\r\nOrigin: {self._origin}\r\n"
        )

    async def hand_in(self, photo: bytes) -> str:
        """Upload a photo; returns its id."""
        body, kind = _photo_form("photo", photo)
        uploaded = await self._post("/upload/", body, kind)
        return str(uploaded["id"])

    async def ask(self, photo_id: str) -> Sample:
        """Ask for the solution of a photo and follow it to the end, as the page does."""
        async with asyncio.timeout(TIMEOUT_S):
            asked_at = time.perf_counter()
            solution = await self._post(
                "/solutions/",
                f"photo={photo_id}&language=en".encode(),
                "application/x-www-form-urlencoded",
            )
            return await self._follow(solution["id"], asked_at)

    async def await_model(self, photo: bytes, *, timeout_s: float = 120.0) -> None:
        """Ask until the model itself answers: while it is loading, the rules do."""
        deadline = time.perf_counter() + timeout_s
        while True:
            try:
                await self.ask(await self.hand_in(photo))
                return
            except WrongAnswerError:
                if time.perf_counter() > deadline:
                    raise
                await asyncio.sleep(1.0)

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        return await self._connection.request(b"GET", path, headers="Accept: text/html\r\n")

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _follow(self, solution_id: str, asked_at: float) -> Sample:
        watch = _Watch(asked_at)
        async with connect(
            f"ws://127.0.0.1:{self._port}/ws/solutions/{solution_id}/",
            origin=self._origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookie},
            compression=None,
            max_size=None,
        ) as socket:
            async for message in socket:
                if (sample := watch.see(json.loads(message)["events"])) is not None:
                    return sample
        raise WrongAnswerError("the socket was closed before the end")

    async def _post(self, path: str, body: bytes, kind: str) -> dict[str, Any]:
        headers = f"Accept: application/json\r\nContent-Type: {kind}\r\n"
        status, answer = await self._connection.request(b"POST", path, body, headers)
        if status not in (200, 201):
            raise WrongAnswerError(f"{path}: {status} {answer[:500]!r}")
        parsed: dict[str, Any] = json.loads(answer)
        return parsed


class Program:
    """A script with a personal access token, which asks over the REST API and follows the
    server-sent events of the answer.

    Args:
        port: Of the site.
        token: With the scopes `solutions:read` and `solutions:write`.
    """

    def __init__(self, port: int, token: str) -> None:
        self._connection = Connection(port, f"Authorization: Bearer {token}\r\n")

    async def hand_in(self, photo: bytes) -> str:
        """Upload a photo; returns its id."""
        body, kind = _photo_form("image", photo)
        status, answer = await self._connection.request(
            b"POST", "/api/v1/photos", body, f"Content-Type: {kind}\r\n"
        )
        if status not in (200, 201):  # 200 for one that is there already
            raise WrongAnswerError(f"{status} {answer[:500]!r}")
        return str(json.loads(answer)["id"])

    async def ask(self, photo_id: str) -> Sample:
        """Ask for the solution of a photo and follow it to the end."""
        async with asyncio.timeout(TIMEOUT_S):
            watch = _Watch(time.perf_counter())
            events = self._connection.stream(
                b"POST",
                "/api/v1/solutions",
                json.dumps({"photo_id": photo_id, "language": "en"}).encode(),
                "Content-Type: application/json\r\nAccept: text/event-stream\r\n",
            )
            unread = b""
            async with aclosing(events):
                async for piece in events:
                    *lines, unread = (unread + piece).split(b"\n")
                    for line in lines:
                        if line.startswith(b"data:"):
                            frame = json.loads(line.removeprefix(b"data:"))
                            if (sample := watch.see(frame["events"])) is not None:
                                return sample
        raise WrongAnswerError("the stream ended before the end")

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()


class _Watch:
    """Takes the times of one solution from the events of its frames."""

    def __init__(self, asked_at: float) -> None:
        self._asked_at = asked_at
        self._first_at = 0.0

    def see(self, events: list[dict[str, Any]]) -> Sample | None:
        """The sample, once the end has come."""
        now = time.perf_counter()
        for event in events:
            kind = event["type"]
            if kind in ("delta", "snapshot") and event["text"]:
                self._first_at = self._first_at or now
            elif kind == "engine":
                raise WrongAnswerError(f"another engine took over: {event}")
            elif kind == "error":
                raise WrongAnswerError(f"{event}")
            elif kind == "done":
                return Sample(self._asked_at, self._first_at, now, event["usage"]["tokens"])
        return None


def _photo_form(field: str, photo: bytes) -> tuple[bytes, str]:
    """A form with a photo, and its content type."""
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; '
        'filename="photo.png"\r\nContent-Type: image/png\r\n\r\n'
    ).encode()
    body = head + photo + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


async def _pieces(reader: asyncio.StreamReader, fields: dict[str, str]) -> AsyncIterator[bytes]:
    """The body of an answer, in pieces."""
    if fields.get("transfer-encoding") != "chunked":
        yield await reader.readexactly(int(fields.get("content-length", 0)))
        return
    while size := int((await reader.readline()).split(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
