"""The socket of one solution or follow-up, by docs/stream-protocol.md: a snapshot, then all that
follows.

While the solution runs in this process everything comes from its log in memory. The database is
asked only at the beginning, when something happened that no log tells, and every few seconds for
a solution that has no log here.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from homework.access.models import Scope as TokenScope
from homework.accounts.models import User
from homework.common.errors import AppError
from homework.consumers.auth import Scope
from homework.consumers.database import in_database_thread
from homework.consumers.sockets import BadMessageError, Receive, Send, Socket
from homework.pipeline.disclosure import (
    FULL,
    DisclosedEvents,
    disclosure_for,
    is_current,
    revision,
)
from homework.pipeline.events import Event, done_event, snapshot_of
from homework.pipeline.follow_ups import follow_up_stop
from homework.pipeline.following import FIRST_TEXT_INTERVAL_S, FRAME_INTERVAL_S
from homework.pipeline.hub import Frame, hub
from homework.pipeline.services import solution_stop
from homework.solutions.follow_ups import follow_up_get_visible
from homework.solutions.models import FollowUp, Solution
from homework.solutions.selectors import solution_get_visible

MAX_FRAME_INTERVAL_S = 0.2
MAX_FRAMES_PER_S = 160.0
"""Of all these sockets together: with more than eight, each gets fewer and larger ones, so that
frames take neither the loop from pages nor the interpreter from the engine."""
DATABASE_POLL_S = 5.0


_pumping: set[SolutionSocket] = set()
"""The sockets that are open. Touched on the event loop only."""


class SolutionSocket(Socket):
    """Watches one solution for one person."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.solution_id: uuid.UUID = scope["url_route"]["kwargs"]["solution_id"]
        self._user: User | None = None
        # Before anything is read: what happens from now on is not missed.
        self._subscription = hub.subscribe(self._row_id)
        # Set by `authorise`, so before anything is sent.
        self._allowed = FULL
        self._revision = -1
        self._is_owner = False
        self._disclosed = DisclosedEvents(FULL)
        self._num_bad = 0
        self._wants_snapshot = False
        self._has_text = False

    @property
    def _row_id(self) -> uuid.UUID:
        """What is watched."""
        return self.solution_id

    def _find(self, user: User) -> Solution | FollowUp:
        """What is watched, asked of the database.

        Raises:
            NotFoundError: There is no such thing for this person.
        """
        return solution_get_visible(viewer=user, solution_id=self.solution_id)

    def _stop(self, user: User) -> None:
        solution_stop(viewer=user, solution_id=self.solution_id)

    async def run(self) -> None:
        hub.attach_loop()
        try:
            await super().run()
        finally:
            self._subscription.close()

    def authorise(self, user: User) -> None:
        self._user = user
        number = revision.number
        row = self._find(user)
        solution = row if isinstance(row, Solution) else row.solution
        self._is_owner = solution.student_id == user.pk
        self._allowed = disclosure_for(viewer=user, solution=solution)
        self._revision = number

    async def opened(self) -> None:
        if not self._is_owner:
            self._subscription.watch()

    async def handle(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "resync"}:
                self._wants_snapshot = True
                self._subscription.nudge()
            case {"type": "stop"}:
                assert self._user is not None
                assert self.credential is not None
                try:
                    self.credential.require(TokenScope.WRITE)
                    await in_database_thread(self._stop, self._user)
                except AppError as error:
                    # A teacher may watch and not stop.
                    raise BadMessageError from error
            case _:
                raise BadMessageError

    def bad_message(self) -> None:
        self._num_bad += 1
        self._subscription.nudge()

    async def pump(self) -> None:
        """Send frames, of text at most one each FRAME_INTERVAL_S, until `done` is sent."""
        _pumping.add(self)
        try:
            await self._pump()
        finally:
            _pumping.discard(self)

    async def _pump(self) -> None:
        last: Event | None = None
        position = 0
        num_watchers = 0
        self._disclosed = DisclosedEvents(self._allowed)
        while True:
            while self._num_bad:
                self._num_bad -= 1
                await self.send_json(_frame(Frame(position, position, [_BAD_MESSAGE])))
            if not is_current(self._allowed, self._revision):
                await self._authorise()
            if self._allowed != self._disclosed.disclosure:
                # More or less may be seen from now on: begin with what that is.
                self._disclosed = DisclosedEvents(self._allowed)
                self._wants_snapshot = True
            if self._wants_snapshot:
                self._wants_snapshot = False
                self._subscription.resync()
                last = None
            frame = self._subscription.poll()
            if self._subscription.has_log:
                last = None
            elif frame is None or last is None:
                snapshot = await self._ask_database()
                if snapshot != last:
                    position = 0
                    await self._send_stored(snapshot)
                    last = snapshot
                    if snapshot["state"] in Solution.TERMINAL:
                        return
            if frame is not None:
                position = await self._send_frame(frame, position)
            if self._is_owner and num_watchers != self._subscription.num_watchers:
                num_watchers = self._subscription.num_watchers
                watched: Event = {"type": "watched", "teachers": num_watchers}
                await self.send_json(_frame(Frame(position, position, [watched])))
            if self._subscription.is_at_end():
                return
            await self._subscription.pause(self._interval_s())
            await self._wait()

    def _interval_s(self) -> float:
        """Until the next frame. The first text is not kept waiting for what came before it, nor
        for the sake of others."""
        if not self._has_text:
            return FIRST_TEXT_INTERVAL_S
        return min(max(FRAME_INTERVAL_S, len(_pumping) / MAX_FRAMES_PER_S), MAX_FRAME_INTERVAL_S)

    async def _send_frame(self, frame: Frame, position: int) -> int:
        """Send what may be seen of it, and say where the reader stands then.

        What nothing may be seen of is not sent; the next frame begins where the last one that
        was sent has ended, so that the reader meets no gap.
        """
        events = self._disclosed.take(frame.events)
        if not events:
            return position
        self._has_text = self._has_text or any(event["type"] == "delta" for event in events)
        start = frame.start if frame.start == frame.end else position
        await self.send_json(_frame(Frame(start, frame.end, events)))
        return frame.end

    async def _wait(self) -> None:
        """Until the log grows, the client wants something, a policy changes, or it is time to
        ask the database."""
        timeout_s = None if self._subscription.has_log else DATABASE_POLL_S
        if (changes_at := self._allowed.policy.changes_at) is not None:
            left_s = max(0.0, (changes_at - timezone.now()).total_seconds())
            timeout_s = left_s if timeout_s is None else min(timeout_s, left_s)
        await self._subscription.wait(timeout_s)

    async def _ask_database(self) -> Event:
        return await in_database_thread(self._ask_database_now)

    def _ask_database_now(self) -> Event:
        assert self._user is not None
        return snapshot_of(self._find(self._user))

    async def _send_stored(self, snapshot: Event) -> None:
        events = [snapshot]
        if snapshot["state"] in Solution.TERMINAL:
            events.append(
                done_event(
                    finish_reason=snapshot["finish_reason"],
                    usage=snapshot["usage"],
                    text=snapshot["text"],
                )
            )
        await self._send_frame(Frame(0, 0, events), 0)


class FollowUpSocket(SolutionSocket):
    """Watches one follow-up of a solution for one person, by the same protocol."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.follow_up_id: uuid.UUID = scope["url_route"]["kwargs"]["follow_up_id"]
        super().__init__(scope, receive, send)

    @property
    def _row_id(self) -> uuid.UUID:
        return self.follow_up_id

    def _find(self, user: User) -> FollowUp:
        return follow_up_get_visible(
            viewer=user, solution_id=self.solution_id, follow_up_id=self.follow_up_id
        )

    def _stop(self, user: User) -> None:
        follow_up_stop(viewer=user, solution_id=self.solution_id, follow_up_id=self.follow_up_id)


_BAD_MESSAGE: Event = {
    "type": "error",
    "code": "bad_message",
    "message": "This message makes no sense here.",
    "retryable": False,
}


def _frame(frame: Frame) -> dict[str, Any]:
    return {"from": frame.start, "to": frame.end, "events": frame.events}
