"""Bodies larger than a photo, of the few addresses that take them: on disk from the first byte to
the last, for people who are known only, and a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

_CHUNK_BYTES: Final = 64 * 1024
_FILE = "homework.large_body"
"""Where in an application's scope the file of the body stands."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[..., Awaitable[None]]


def max_body_bytes(method: str, path: str) -> int:
    """How many bytes may be sent to an address."""
    large: Mapping[str, int] = settings.LARGE_BODIES
    return large.get(path, settings.BODY_MAX_BYTES) if method == "POST" else settings.BODY_MAX_BYTES


@dataclass(frozen=True, slots=True)
class LargeBodies:
    """What the server has to know of them.

    Attributes:
        paths: The largest body that may be posted to each.
        folder: Where they lie while they come in, in files without names.
        may_send: Whether the `Authorization` header is somebody's. Blocks; called in a thread.
        timeout_s: One that takes longer to arrive is dropped.
        max_at_once: More are told to come back.
    """

    paths: Mapping[str, int] = field(default_factory=dict)
    folder: Path | None = None
    may_send: Callable[[str], bool] = lambda authorization: True
    timeout_s: float = 1200.0
    max_at_once: int = 8


def with_file(scope: dict[str, Any], file: IO[bytes]) -> None:
    """Put the body of a request into its scope, for `handing_out`."""
    scope[_FILE] = file


def handing_out(application: Application) -> Application:
    """The application, which is given a large body piece by piece as it asks for it.

    Daphne reads a body whole into its queue before the application sees the first piece.
    """

    async def handing(scope: dict[str, Any], receive: Receive, send: Any) -> None:
        file = scope.pop(_FILE, None)
        await application(
            scope=scope, receive=receive if file is None else _reading(file, receive), send=send
        )

    return handing


def _reading(file: IO[bytes], receive: Receive) -> Receive:
    is_read = False

    async def next_message() -> dict[str, Any]:
        nonlocal is_read
        if is_read:
            return await receive()
        await asyncio.sleep(0)  # other requests have their turn between two pieces
        chunk = file.read(_CHUNK_BYTES)
        if len(chunk) < _CHUNK_BYTES:
            is_read = True
            file.close()
            await receive()  # of Daphne, which takes the body for empty
        return {"type": "http.request", "body": chunk, "more_body": not is_read}

    return next_message
