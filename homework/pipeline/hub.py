"""One log in memory for each running solution, and cursors for whoever watches it.

A worker thread appends events; each socket holds a position and takes all that is new when it is
ready to send. So a slow reader gets fewer and larger frames, and memory is that of one log however
many watch. This is the only place where the site crosses from threads to the event loop.

A log for several processes (Redis Streams) fits behind the same few methods: `open`, `append`,
`finish`, `discard` on one side, `subscribe`, `poll`, `wait` on the other.
"""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from homework.pipeline.events import Event, LiveState, joined

KEEP_ENDED_S = 60.0
"""How long the log of a solution that has ended is kept; then the database answers."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What happened in `[start, end)` of a log. A snapshot's `start` equals its `end`."""

    start: int
    end: int
    events: list[Event]


class SolutionLog:
    """All events of one attempt at a solution. One thread appends; any thread reads."""

    def __init__(self, solution_id: uuid.UUID, state: LiveState, topic: _Topic) -> None:
        self.solution_id = solution_id
        self._lock = topic.lock
        self._topic = topic
        self._state = state
        self._events: list[Event] = []
        self.ended_at: float | None = None  # monotonic

    def append(self, *events: Event) -> None:
        """Add events, as one: no reader sees a part of them."""
        with self._lock:
            for event in events:
                self._state.apply(event)
                self._events.append(event)
            self._topic.changed()

    @property
    def text_length(self) -> int:
        """Code points of the text so far."""
        return self._state.text_length

    def state(self) -> LiveState:
        """A copy of the state of this moment."""
        with self._lock:
            return self._state.copy()

    def text(self) -> tuple[str, str]:
        """The text so far and the engine that writes it."""
        with self._lock:
            return self._state.text, str(self._state["engine"])

    @property
    def attempt(self) -> int:
        """Which attempt at the solution this is."""
        return int(self._state["attempt"])

    # For subscriptions, under the lock.

    def reaches(self, position: int) -> bool:
        return 0 <= position <= len(self._events)

    def snapshot_frame(self) -> Frame:
        position = len(self._events)
        events = [self._state.snapshot()]
        if self._events and self._events[-1]["type"] == "done":
            # Who comes after the end must hear of it all the same.
            events.append(self._events[-1])
        return Frame(position, position, events)

    def has_after(self, position: int) -> bool:
        return len(self._events) > position

    def frame_after(self, position: int) -> Frame | None:
        if not self.has_after(position):
            return None
        end = len(self._events)
        return Frame(position, end, joined(self._events[position:end]))


_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


@dataclass(eq=False, slots=True)
class _Topic:
    """What concerns one solution: its log if it runs, and who waits for news. Guarded by `lock`."""

    lock: threading.Lock
    log: SolutionLog | None = None
    queued: tuple[int, float] | None = None
    num_subscriptions: int = 0
    num_watchers: int = 0
    version: int = 0
    waiters: list[_Waiter] = field(default_factory=list)
    end_waiters: list[_Waiter] = field(default_factory=list)  # of the end alone

    @property
    def is_over(self) -> bool:
        return self.log is not None and self.log.ended_at is not None

    def changed(self) -> None:
        self.version += 1
        waiters, self.waiters = self.waiters, []
        if self.is_over:
            waiters += self.end_waiters
            self.end_waiters = []
        loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for loop, future in waiters:
            loops.setdefault(loop, []).append(future)
        for loop, futures in loops.items():
            try:
                loop.call_soon_threadsafe(_resolve, futures)
            except RuntimeError:
                continue  # a loop that is closed has no readers left


def _resolve(futures: Iterable[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


class Hub:
    """All logs of this process. Methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._topics: dict[uuid.UUID, _Topic] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # The pipeline's side.

    def open(self, solution_id: uuid.UUID, state: LiveState) -> SolutionLog:
        """Begin the log of an attempt; a log of an earlier one is forgotten."""
        with self._lock:
            topic = self._topic(solution_id)
            topic.log = SolutionLog(solution_id, state, topic)
            topic.queued = None
            topic.changed()
            return topic.log

    def finish(self, log: SolutionLog) -> None:
        """The solution has ended and the database knows it. The log stays a while."""
        with self._lock:
            log.ended_at = time.monotonic()
            log._topic.changed()

    def discard(self, log: SolutionLog) -> None:
        """The attempt was given up. Its readers wait for the next one."""
        with self._lock:
            if log._topic.log is log:
                log._topic.log = None
                log._topic.changed()
                self._forget_if_idle(log.solution_id)

    def touch(self, solution_id: uuid.UUID) -> None:
        """The database knows something new of a solution that has no log."""
        with self._lock:
            topic = self._topics.get(solution_id)
            if topic is not None:
                topic.changed()

    def wake_all(self) -> None:
        """Something changed that concerns every reader."""
        with self._lock:
            for topic in self._topics.values():
                topic.changed()

    def watched_in_queue(self) -> bool:
        """Whether anybody watches a solution that has no log here."""
        with self._lock:
            return any(topic.log is None for topic in self._topics.values())

    def set_queue(self, positions: dict[uuid.UUID, tuple[int, float]]) -> None:
        """Tell those who watch a waiting solution how many stand before it, and the seconds."""
        with self._lock:
            for solution_id, topic in self._topics.items():
                queued = positions.get(solution_id)
                if topic.log is None and queued is not None and queued != topic.queued:
                    topic.queued = queued
                    topic.changed()

    def expire(self, *, keep_s: float = KEEP_ENDED_S) -> None:
        """Forget the logs that ended more than `keep_s` seconds ago."""
        cutoff = time.monotonic() - keep_s
        with self._lock:
            for solution_id, topic in list(self._topics.items()):
                ended_at = topic.log.ended_at if topic.log is not None else None
                if ended_at is not None and ended_at < cutoff:
                    topic.log = None
                    topic.changed()
                self._forget_if_idle(solution_id)

    def run_on_loop(self, make: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine on the loop that serves the sockets; nothing, while there are none."""
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(lambda: self._keep(loop.create_task(make())))
        except RuntimeError:
            self._loop = None  # closed: the server has ended

    def _keep(self, task: asyncio.Task[None]) -> None:
        # The loop itself holds its tasks only weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # The sockets' side, on the event loop.

    def attach_loop(self) -> None:
        """Remember the running loop as the one that serves the sockets."""
        self._loop = asyncio.get_running_loop()

    def subscribe(self, solution_id: uuid.UUID) -> Subscription:
        """Watch a solution, whether it runs or not. Close the subscription at the end."""
        with self._lock:
            topic = self._topic(solution_id)
            topic.num_subscriptions += 1
            return Subscription(self, solution_id, topic)

    def unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            topic = subscription._topic
            topic.num_subscriptions -= 1
            if subscription.is_watching:
                topic.num_watchers -= 1
                topic.changed()
            self._forget_if_idle(subscription.solution_id)

    def num_topics(self) -> int:
        """How many solutions are remembered."""
        with self._lock:
            return len(self._topics)

    def _topic(self, solution_id: uuid.UUID) -> _Topic:
        topic = self._topics.get(solution_id)
        if topic is None:
            topic = self._topics[solution_id] = _Topic(self._lock)
        return topic

    def _forget_if_idle(self, solution_id: uuid.UUID) -> None:
        topic = self._topics.get(solution_id)
        if topic is not None and topic.log is None and topic.num_subscriptions == 0:
            del self._topics[solution_id]


class Subscription:
    """One reader's cursor. Belongs to one coroutine at a time; its state is a position."""

    def __init__(self, hub: Hub, solution_id: uuid.UUID, topic: _Topic) -> None:
        self.solution_id = solution_id
        self._hub = hub
        self._topic = topic
        self._log: SolutionLog | None = None
        self._position = 0
        self._seen_version = -1
        self._seen_queued: tuple[int, float] | None = None
        self._wants_snapshot = False
        self._waiting: asyncio.Future[None] | None = None
        self._is_nudged = False
        self.is_watching = False

    def watch(self) -> None:
        """Be seen by the others who read this solution: a teacher who looks on."""
        with self._topic.lock:
            if not self.is_watching:
                self.is_watching = True
                self._topic.num_watchers += 1
                self._topic.changed()

    @property
    def num_watchers(self) -> int:
        """How many look on."""
        return self._topic.num_watchers

    @property
    def has_log(self) -> bool:
        """Whether the last `poll` found a log; without one, the database is to be asked."""
        return self._log is not None

    def poll(self) -> Frame | None:
        """Everything new since the last call as one frame, or None.

        The first frame of a log is a snapshot, as is the one after `resync`.
        """
        with self._topic.lock:
            self._seen_version = self._topic.version
            if self._topic.log is not self._log and not self._has_rest():
                self._log = self._topic.log
                self._wants_snapshot = self._log is not None
                self._position = 0
            if self._log is None:
                return self._queued_frame()
            if self._wants_snapshot:
                self._wants_snapshot = False
                frame: Frame | None = self._log.snapshot_frame()
            else:
                frame = self._log.frame_after(self._position)
            if frame is not None:
                self._position = frame.end
            return frame

    def is_at_end(self) -> bool:
        """Whether all of a solution that has ended was taken."""
        with self._topic.lock:
            log = self._log
            return log is not None and log.ended_at is not None and not self._has_rest()

    @property
    def attempt(self) -> int:
        """Which attempt at the solution the log is of, which the last `poll` found; 0 for none."""
        return 0 if self._log is None else self._log.attempt

    def resume(self, *, attempt: int, position: int) -> bool:
        """Go on where an earlier reader stopped.

        Returns:
            Whether that is possible; if not, the first frame is a snapshot as ever.
        """
        with self._topic.lock:
            log = self._topic.log
            if log is None or log.attempt != attempt or not log.reaches(position):
                return False
            self._log, self._position = log, position
            self._wants_snapshot = False
            self._seen_version = -1
            return True

    def resync(self) -> None:
        """Make the next frame a snapshot."""
        self._wants_snapshot = True
        self._seen_version = -1

    async def wait(self, timeout_s: float | None = None) -> None:
        """Return when there is something new since the last `poll`, after a `nudge`, or when
        `timeout_s` seconds have passed."""
        with self._topic.lock:
            if self._topic.version != self._seen_version or self._is_nudged:
                self._is_nudged = False
                return
            waiters = self._topic.waiters
            future = self._register(waiters)
        try:
            await self._until(future, waiters, timeout_s)
        finally:
            self._is_nudged = False

    async def pause(self, seconds: float) -> None:
        """Let `seconds` pass before the next frame, though not beyond the end of the log, which
        nobody should hear of late, nor beyond a `nudge`."""
        with self._topic.lock:
            if self._topic.is_over or self._is_nudged:
                return
            waiters = self._topic.end_waiters
            future = self._register(waiters)
        await self._until(future, waiters, seconds)

    def _register(self, waiters: list[_Waiter]) -> asyncio.Future[None]:
        """One future and no tasks: with many readers, this is what a frame costs most."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        waiters.append((loop, future))
        return future

    async def _until(
        self, future: asyncio.Future[None], waiters: list[_Waiter], timeout_s: float | None
    ) -> None:
        loop = asyncio.get_running_loop()
        self._waiting = future
        timer = None if timeout_s is None else loop.call_later(timeout_s, _resolve, (future,))
        try:
            await future
        finally:
            self._waiting = None
            if timer is not None:
                timer.cancel()
            with self._topic.lock:
                if (loop, future) in waiters:
                    waiters.remove((loop, future))

    def nudge(self) -> None:
        """Make the wait that is going on, or else the next one, return. On the loop that waits."""
        self._is_nudged = True
        if self._waiting is not None:
            _resolve((self._waiting,))

    def close(self) -> None:
        """Stop watching."""
        self._hub.unsubscribe(self)

    def _has_rest(self) -> bool:
        """An ended log that was forgotten meanwhile is still read to its end."""
        log = self._log
        return log is not None and log.ended_at is not None and log.has_after(self._position)

    def _queued_frame(self) -> Frame | None:
        queued = self._topic.queued
        if queued is None or queued == self._seen_queued:
            return None
        self._seen_queued = queued
        event: Event = {"type": "queued", "position": queued[0], "eta_s": queued[1]}
        return Frame(self._position, self._position, [event])


hub = Hub()
"""The hub of this process."""
