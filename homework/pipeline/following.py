"""Following a solution or a follow-up by HTTP: the frames of the stream protocol, from any earlier
point on.

The websocket keeps a cursor of its own as long as it is open. Whoever comes by HTTP brings theirs
along: each frame has a mark, by which the next request goes on after it.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from homework.accounts.models import User
from homework.pipeline.disclosure import (
    DisclosedEvents,
    Disclosure,
    disclosure_for,
    is_current,
    revision,
)
from homework.pipeline.events import Event, done_event, snapshot_of
from homework.pipeline.hub import Frame, Subscription, hub
from homework.solutions.models import FollowUp, Solution

FRAME_INTERVAL_S = 0.05
FIRST_TEXT_INTERVAL_S = 0.01
"""Between the few frames before the first text, which else would wait for the pace of the text."""
DATABASE_POLL_S = 5.0
QUIET_S = 15.0
_MARK = re.compile(r"(\d{1,6})\.(\d{1,9}|end)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the database says of a solution or follow-up, and how much of it somebody may see."""

    snapshot: Event
    disclosure: Disclosure
    revision: int


Load = Callable[[], Awaitable[Sight]]
"""Asks the database on behalf of the one who follows; raises when they may not any more."""


def sight_of(*, viewer: User, row: Solution | FollowUp) -> Sight:
    """What `viewer`, who may see that it exists, is to be sent of it. Blocks."""
    number = revision.number  # first: a change that comes meanwhile is found
    solution = row if isinstance(row, Solution) else row.solution
    return Sight(live_snapshot(row), disclosure_for(viewer=viewer, solution=solution), number)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has followed: the position within the log of an attempt, None for all."""

    attempt: int
    position: int | None

    def __str__(self) -> str:
        return f"{self.attempt}.{'end' if self.position is None else self.position}"

    @classmethod
    def parse(cls, text: str) -> Mark | None:
        """The mark that was written so, or None."""
        match = _MARK.match(text)
        if match is None:
            return None
        return cls(int(match[1]), None if match[2] == "end" else int(match[2]))


@dataclass(frozen=True, slots=True)
class MarkedFrame:
    """A frame, and the mark after it."""

    mark: Mark
    frame: Frame

    def as_json(self) -> dict[str, Any]:
        """As the websocket would send it."""
        return {"from": self.frame.start, "to": self.frame.end, "events": self.frame.events}


async def follow(
    row_id: uuid.UUID, *, load: Load, after: Mark | None = None
) -> AsyncGenerator[MarkedFrame | None, None]:
    """All frames after a mark, until the one with `done`; None now and then while nothing happens.

    Nothing at all comes after the mark of an end.
    """
    subscription = hub.subscribe(row_id)
    try:
        sight = await load()
        asked_at = time.monotonic()
        disclosed = DisclosedEvents(sight.disclosure)
        position = 0
        # Of a stream with gaps, what comes next cannot be told from its middle.
        if (
            sight.disclosure.is_full
            and after is not None
            and after.position is not None
            and subscription.resume(attempt=after.attempt, position=after.position)
        ):
            position = after.position
        last: Event | None = None
        has_text = False
        while True:
            is_due = time.monotonic() - asked_at >= settings.WEBSOCKET_RECHECK_S
            if is_due or not is_current(sight.disclosure, sight.revision):
                sight = await load()
                asked_at = time.monotonic()
            if sight.disclosure != disclosed.disclosure:
                # More or less may be seen from now on: begin with what that is.
                disclosed = DisclosedEvents(sight.disclosure)
                subscription.resync()
                last = None
            frame = subscription.poll()
            if subscription.has_log:
                last = None
            elif frame is None or last is None:
                sight = await load()
                if sight.disclosure != disclosed.disclosure:
                    continue
                if sight.snapshot != last:
                    last = sight.snapshot
                    is_ended = last["state"] in Solution.TERMINAL
                    if is_ended and after == Mark(last["attempt"], None):
                        return
                    yield _stored(last, is_ended, disclosed)
                    if is_ended:
                        return
            if frame is not None:
                if after == Mark(subscription.attempt, None) and _is_last(frame):
                    return
                events = disclosed.take(frame.events)
                # What nothing may be seen of is not sent; the next frame begins where the last
                # one that was sent has ended.
                if events:
                    has_text = has_text or any(event["type"] == "delta" for event in events)
                    start = frame.start if frame.start == frame.end else position
                    position = frame.end
                    mark = Mark(subscription.attempt, None if _is_last(frame) else frame.end)
                    yield MarkedFrame(mark, Frame(start, frame.end, events))
            if subscription.is_at_end():
                return
            await subscription.pause(FRAME_INTERVAL_S if has_text else FIRST_TEXT_INTERVAL_S)
            try:
                async with asyncio.timeout(_patience_s(subscription, sight.disclosure)):
                    await subscription.wait()
            except TimeoutError:
                yield None
    finally:
        subscription.close()


def _patience_s(subscription: Subscription, disclosure: Disclosure) -> float:
    """How long to wait for news: until somebody should hear that there are none, or the policy
    of a class changes by itself."""
    timeout_s = min(
        QUIET_S if subscription.has_log else DATABASE_POLL_S, settings.WEBSOCKET_RECHECK_S
    )
    if (changes_at := disclosure.policy.changes_at) is not None:
        timeout_s = min(timeout_s, max(0.0, (changes_at - timezone.now()).total_seconds()))
    return timeout_s


def _is_last(frame: Frame) -> bool:
    return bool(frame.events) and frame.events[-1]["type"] == "done"


def _stored(snapshot: Event, is_ended: bool, disclosed: DisclosedEvents) -> MarkedFrame:
    events = [snapshot]
    if is_ended:
        events.append(
            done_event(
                finish_reason=snapshot["finish_reason"],
                usage=snapshot["usage"],
                text=snapshot["text"],
            )
        )
    mark = Mark(snapshot["attempt"], None if is_ended else 0)
    return MarkedFrame(mark, Frame(0, 0, disclosed.take(events)))


async def next_frame(
    row_id: uuid.UUID, *, load: Load, after: Mark | None, timeout_s: float
) -> MarkedFrame | None:
    """The next frame after a mark, or None when none comes in time."""
    # Without a mark there always is one at once.
    try:
        async with (
            asyncio.timeout(max(timeout_s, 0.0) if after is not None else None),
            aclosing(follow(row_id, load=load, after=after)) as frames,
        ):
            async for frame in frames:
                if frame is not None:
                    return frame
    except TimeoutError:
        pass
    return None


async def await_end(row_id: uuid.UUID, *, load: Load, timeout_s: float) -> bool:
    """Wait until a solution or follow-up has ended, at most so long, and say whether it has."""
    try:
        async with (
            asyncio.timeout(timeout_s),
            aclosing(follow(row_id, load=load)) as frames,
        ):
            async for frame in frames:
                if frame is not None and frame.mark.position is None:
                    return True
    except TimeoutError:
        pass
    return False


def live_snapshot(row: Solution | FollowUp) -> Event:
    """The whole snapshot of this moment: of the log while it runs here, else of the database.

    Not to be shown to anybody as it is; see `disclosure`.
    """
    subscription = hub.subscribe(row.pk)
    try:
        frame = subscription.poll()
    finally:
        subscription.close()
    if frame is not None and frame.events[0]["type"] == "snapshot":
        return frame.events[0]
    return snapshot_of(row)
