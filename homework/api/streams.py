"""Server-sent events: the frames of the stream protocol over HTTP, resumable by `Last-Event-ID`."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import StreamingHttpResponse

from homework.access.credentials import Credential, credential_user
from homework.common.errors import AppError, TooManyRequestsError
from homework.pipeline.following import Load, Mark, Sight, follow, sight_of
from homework.solutions.follow_ups import follow_up_get_visible
from homework.solutions.models import FollowUp, Solution
from homework.solutions.selectors import solution_get_visible

_open: Counter[int] = Counter()
"""Streams and held lines by person. Guarded by the lock below."""
_open_lock = threading.Lock()


class HeldLine:
    """One of the connections that a person may keep open at once."""

    def __init__(self, user_id: int) -> None:
        """Take one.

        Raises:
            TooManyRequestsError: The person has WEBSOCKET_MAX_PER_USER of them.
        """
        self._user_id: int | None = user_id
        with _open_lock:
            if _open[user_id] >= settings.WEBSOCKET_MAX_PER_USER:
                raise TooManyRequestsError(None, retry_after_s=1)
            _open[user_id] += 1

    def close(self) -> None:
        """Give it back. Idempotent."""
        with _open_lock:
            if self._user_id is not None:
                _open[self._user_id] -= 1
                if _open[self._user_id] <= 0:
                    del _open[self._user_id]
                self._user_id = None


@contextmanager
def held_line(user_id: int) -> Iterator[None]:
    """A line that is held for as long as the block runs."""
    line = HeldLine(user_id)
    try:
        yield
    finally:
        line.close()


def load_for(
    credential: Credential, solution_id: uuid.UUID, follow_up_id: uuid.UUID | None = None
) -> Load:
    """Asks the database for a solution, or a follow-up of it, on behalf of a credential, and
    whether both are still good.

    In the request's own thread, whose connection is given back at once: a stream may stay open for
    minutes, and a database has not so many connections.
    """

    def load() -> Sight:
        try:
            viewer = credential_user(credential)
            row: Solution | FollowUp = (
                solution_get_visible(viewer=viewer, solution_id=solution_id)
                if follow_up_id is None
                else follow_up_get_visible(
                    viewer=viewer, solution_id=solution_id, follow_up_id=follow_up_id
                )
            )
            return sight_of(viewer=viewer, row=row)
        finally:
            _give_back_connections()

    return sync_to_async(load)


def _give_back_connections() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def events_response(
    *,
    credential: Credential,
    solution_id: uuid.UUID,
    follow_up_id: uuid.UUID | None = None,
    after: Mark | None,
) -> StreamingHttpResponse:
    """The stream of a solution, or of a follow-up of it, that the caller may see, after the mark
    of an earlier stream.

    Raises:
        TooManyRequestsError: The caller has very many streams open.
    """
    line = HeldLine(credential.user_id)
    response = StreamingHttpResponse(
        _events(
            load_for(credential, solution_id, follow_up_id), follow_up_id or solution_id, after
        ),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
    # Django closes the response however the connection ends.
    response._resource_closers.append(line.close)  # type: ignore[attr-defined]
    return response


async def _events(load: Load, row_id: uuid.UUID, after: Mark | None) -> AsyncIterator[bytes]:
    try:
        async for marked in follow(row_id, load=load, after=after):
            if marked is None:
                yield b": nothing new\n\n"
                continue
            data = json.dumps(marked.as_json(), ensure_ascii=False, separators=(",", ":"))
            yield f"id: {marked.mark}\ndata: {data}\n\n".encode()
    except AppError as error:
        # Signed out, revoked, or no longer theirs to see. No id: there is nothing to resume.
        event = {
            "type": "error",
            "code": error.code,
            "message": str(error.message),
            "retryable": error.retryable,
        }
        data = json.dumps({"from": 0, "to": 0, "events": [event]}, ensure_ascii=False)
        yield f"data: {data}\n\n".encode()
