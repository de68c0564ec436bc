"""Several engines in the order in which they are preferred: when one cannot, the next one answers.

A request falls over when its engine is not loaded, is full, fails, dies or goes silent; the stream
then says `EngineChanged` with the reason and begins anew. Every request starts with the first
engine that is ready, so recovery needs nothing: an engine that is back is simply chosen again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from inference.breaker import CircuitBreaker
from inference.engine import Engine
from inference.errors import EngineFailingError, EngineNotReadyError, InferenceError
from inference.streams import Stream
from inference.types import (
    MAX_NEW_TOKENS,
    Delta,
    Done,
    EngineChanged,
    EngineName,
    EngineStats,
    Event,
    Failed,
    Queued,
    Request,
)

logger = logging.getLogger(__name__)

EngineState = Literal["loading", "ready", "away", "failed"]
"""`away` is an engine that runs and reaches none of its servers; `failed` one that has died or
could not be loaded, and is tried again."""

_LOOK_S = 1.0
_BREAKER_FAILURES = 3
_MIN_DEADLINE_S = 10.0
_STOP_TIMEOUT_S = 5.0
# What is the request's own fault, or passes by itself, says nothing about an engine's health.
_HARMLESS = frozenset({"queue_full", "bad_image", "request_too_long", "remote_refused"})


class ChainEngine(Engine):
    """The engines of a site, most wanted first, the rules last.

    Args:
        engines: At least one. All are started by `start`, all but the last in the background.
        stall_s: Silence after which a running request is taken from an engine; waiting in its
            queue is not silence.
        wait_s: How long a request may wait in an engine's queue before the next one is asked.
        restart_s: Seconds between attempts to start an engine that has died or could not load;
            also how long one is left alone after three failures in a row.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        stall_s: float = 20.0,
        wait_s: float = 30.0,
        restart_s: float = 60.0,
    ) -> None:
        if not engines:
            raise ValueError("a chain needs an engine")
        self.engines = tuple(engines)
        self._stall_s = stall_s
        self._wait_s = wait_s
        self._restart_s = restart_s
        self._members = [_Member(engine, restart_s) for engine in engines]
        self._stopping = threading.Event()
        self._supervisors: list[threading.Thread] = []
        self._streams: dict[str, _ChainStream] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> EngineName:  # type: ignore[override]
        """The engine that would be asked now."""
        return next((m.engine.name for m in self._members if m.is_ready), "rules")

    @property
    def preferred(self) -> EngineName:
        """The engine that is asked when all is well."""
        return self.engines[0].name

    def states(self) -> dict[EngineName, EngineState]:
        """How each engine fares, most wanted first."""
        return {member.engine.name: member.state for member in self._members}

    def start(self) -> None:
        """Start the last engine now and the others in the background, again and again if need be.

        Raises:
            InferenceError: The last engine cannot be started; nobody could answer.
        """
        self._members[-1].start()
        self._stopping.clear()
        self._supervisors = [
            threading.Thread(
                target=self._supervise,
                args=(member,),
                name=f"{member.engine.name}-supervisor",
                daemon=True,
            )
            for member in self._members[:-1]
        ]
        for supervisor in self._supervisors:
            supervisor.start()

    def _supervise(self, member: _Member) -> None:
        while not self._stopping.is_set():
            if member.is_due(self._restart_s):
                try:
                    member.engine.stop()
                    member.start()
                    logger.info("engine started", extra={"engine": member.engine.name})
                except Exception:
                    logger.exception(
                        "engine could not be started", extra={"engine": member.engine.name}
                    )
            self._stopping.wait(min(_LOOK_S, self._restart_s))
        member.engine.stop()

    @property
    def is_ready(self) -> bool:
        """Whether anybody answers."""
        return any(engine.is_ready for engine in self.engines)

    def submit(self, request: Request) -> Stream:
        """See `Engine.submit`; refuses only when every engine does."""
        with self._lock:
            self._streams = {
                key: stream for key, stream in self._streams.items() if stream.terminal is None
            }
            if request.request_id in self._streams:
                raise ValueError(f"request {request.request_id} is in flight")
            stream = _ChainStream(
                request, self._members, self._stopping, stall_s=self._stall_s, wait_s=self._wait_s
            )
            self._streams[request.request_id] = stream
        try:
            stream.begin()
        except BaseException:
            with self._lock:
                del self._streams[request.request_id]
            raise
        return stream

    def abort(self, request_id: str) -> bool:
        """See `Engine.abort`."""
        with self._lock:
            stream = self._streams.get(request_id)
        return stream is not None and stream.abort()

    def stats(self) -> EngineStats:
        """Those of the engine that would be asked now."""
        return next((m.engine.stats() for m in self._members if m.is_ready), EngineStats())

    def all_stats(self) -> dict[EngineName, EngineStats]:
        """Those of each engine, most wanted first."""
        return {engine.name: engine.stats() for engine in self.engines}

    def stop(self) -> None:
        """See `Engine.stop`. An engine that is being loaded is stopped when it has loaded."""
        self._stopping.set()
        for supervisor in self._supervisors:
            supervisor.join(_STOP_TIMEOUT_S)
        loading = {thread.name for thread in self._supervisors if thread.is_alive()}
        self._supervisors = []
        for engine in self.engines:
            if f"{engine.name}-supervisor" not in loading:
                engine.stop()


class _Member:
    """An engine of the chain and what was seen of it. Any thread."""

    def __init__(self, engine: Engine, cooldown_s: float) -> None:
        self.engine = engine
        self._breaker = CircuitBreaker(failures=_BREAKER_FAILURES, cooldown_s=cooldown_s)
        self._lock = threading.Lock()
        self._begun_at: float | None = None
        self._is_loading = False
        self._was_started = False

    @property
    def is_ready(self) -> bool:
        """Whether it would be asked now."""
        with self._lock:
            return self.engine.is_ready and not self._breaker.is_open

    @property
    def state(self) -> EngineState:
        with self._lock:
            is_failing = self._breaker.is_open
        if self.engine.is_ready and not is_failing:
            return "ready"
        if self._is_away:
            return "away"
        if is_failing:
            return "failed"
        is_first_time = self._begun_at is None or (self._is_loading and not self._was_started)
        return "loading" if is_first_time else "failed"

    @property
    def _is_away(self) -> bool:
        # A remote engine that was started looks after its servers itself.
        return self._was_started and self.engine.name == "remote"

    def is_due(self, restart_s: float) -> bool:
        """Whether it should be started now."""
        if self.engine.is_ready or self._is_away:
            return False
        return self._begun_at is None or time.monotonic() - self._begun_at >= restart_s

    def start(self) -> None:
        self._begun_at = time.monotonic()
        self._is_loading = True
        try:
            self.engine.start()
            self._was_started = True
        finally:
            self._is_loading = False

    def submit(self, request: Request) -> Stream:
        """See `Engine.submit`.

        Raises:
            EngineFailingError: It failed several times in a row a moment ago.
        """
        with self._lock:
            if self._breaker.is_open:
                raise EngineFailingError("The engine has failed several times in a row.")
            self._breaker.enter()
        try:
            return self.engine.submit(request)
        except BaseException:
            self.forget()
            raise

    def succeed(self) -> None:
        with self._lock:
            self._breaker.succeed()

    def fail(self) -> None:
        with self._lock:
            self._breaker.fail()

    def forget(self) -> None:
        with self._lock:
            self._breaker.forget()


class _ChainStream(Stream):
    """Reads from one engine's stream after the other. Falling over happens in the reader's thread,
    in `get`, so that a request costs no thread of its own."""

    def __init__(
        self,
        request: Request,
        members: Sequence[_Member],
        stopping: threading.Event,
        *,
        stall_s: float,
        wait_s: float,
    ) -> None:
        super().__init__(request.request_id)
        self._request = request
        self._remaining = list(members)
        self._stopping = stopping
        self._stall_s = stall_s
        self._wait_s = wait_s
        self._begun_at = self._heard_at = time.monotonic()
        self._asked_at = self._begun_at
        self._member: _Member | None = None
        self._inner: Stream | None = None
        self._is_aborted = False
        self._has_fallen_over = False
        self._is_waiting = False  # in the engine's queue, where silence is normal

    def begin(self) -> None:
        """Ask the first engine that takes the request, noting why the ones before it did not."""
        preferred = self._remaining[0].engine.name
        refusal = self._next_engine()
        assert self._member is not None, "set by _next_engine, which raises otherwise"
        if refusal is not None and self._member.engine.name != preferred:
            self._has_fallen_over = True
            super().put(EngineChanged(preferred, self._member.engine.name, refusal.code))

    def abort(self) -> bool:
        """Any thread."""
        self._is_aborted = True
        member = self._member
        if member is None:
            return False
        member.forget()  # whoever gave up may read no further, and this may have been the probe
        return member.engine.abort(self.request_id)

    def get(self, timeout_s: float | None = None) -> Event | None:
        """See `Stream.get`."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            own = super().get(timeout_s=0)
            if own is not None or self._terminal is not None:
                return own
            assert self._inner is not None, "begun before it is read"
            # The last engine has all the time that the request has.
            patience_s = self._wait_s if self._is_waiting else self._stall_s
            since = self._asked_at if self._is_waiting else self._heard_at
            stalls_at = since + patience_s if self._remaining else float("inf")
            until = min(stalls_at, float("inf") if deadline is None else deadline)
            event = self._inner.get(
                None if until == float("inf") else max(0.0, until - time.monotonic())
            )
            now = time.monotonic()
            if event is None:
                if now >= stalls_at:
                    self._give_up_on_engine()
                elif deadline is not None and now >= deadline:
                    return None
                continue
            self._heard_at = now
            self._is_waiting = isinstance(event, Queued)
            if (reason := self._reason_to_leave(event)) is not None:
                self._fall_over(reason, ended=event)
                continue
            if isinstance(event, Done | Failed):
                self._judge(event)
                if (
                    self._has_fallen_over
                    and isinstance(event, Done)
                    and event.finish_reason == "stop"
                ):
                    event = replace(event, finish_reason="fallback")
                self._terminal = event
            return event

    def take_text(self) -> list[Delta]:
        """See `Stream.take_text`."""
        if self._events or self._terminal is not None or self._inner is None:
            return []  # what this stream has to say itself comes first
        pieces = self._inner.take_text()
        if pieces:
            self._heard_at = time.monotonic()
            self._is_waiting = False
        return pieces

    def await_end(self, timeout_s: float) -> None:
        """See `Stream.await_end`; it is the present engine's end that is waited for."""
        assert self._inner is not None, "begun before it is read"
        self._inner.await_end(timeout_s)

    def _reason_to_leave(self, event: Event) -> str | None:
        """Why the next engine should begin anew after this event, None to go on."""
        if not self._remaining or self._is_aborted or self._stopping.is_set():
            return None
        match event:
            case Failed(code=code):
                return code
            case Done(finish_reason="timeout"):
                return "timeout"
            case Done(finish_reason="aborted"):
                return "engine_died"  # nobody asked for the end
            case _:
                return None

    def _judge(self, end: Done | Failed) -> None:
        assert self._member is not None, "begun before it is read"
        if isinstance(end, Failed) and end.code not in _HARMLESS and end.retryable:
            if self._remaining:  # else nobody is left who could answer in its place
                self._member.fail()
        elif isinstance(end, Done) and end.finish_reason in ("stop", "length"):
            self._member.succeed()
        else:
            self._member.forget()

    def _give_up_on_engine(self) -> None:
        assert self._member is not None, "begun before it is read"
        member, was_waiting = self._member, self._is_waiting
        member.engine.abort(self.request_id)
        if was_waiting:
            member.forget()
        else:
            member.fail()
        self._fall_over("overloaded" if was_waiting else "stalled")

    def _fall_over(self, reason: str, ended: Event | None = None) -> None:
        """Go on with the next engine, or end where there is none."""
        assert self._member is not None, "begun before it is read"
        left = self._member
        if isinstance(ended, Done | Failed):
            self._judge(ended)
        try:
            self._next_engine()
        except InferenceError as error:
            if isinstance(ended, Failed):
                super().put(ended)
            else:
                super().put(Failed(error.code, error.message, error.retryable))
            return
        self._has_fallen_over = True
        logger.warning(
            "engine changed",
            extra={
                "origin": left.engine.name,
                "target": self._member.engine.name,
                "reason": reason,
            },
        )
        super().put(EngineChanged(left.engine.name, self._member.engine.name, reason))
        if self._is_aborted:
            self._member.engine.abort(self.request_id)

    def _next_engine(self) -> InferenceError | None:
        """Submit to the next engine that takes the request.

        Returns:
            Why the first one in between did not, if there was one.

        Raises:
            InferenceError: Nobody takes it.
        """
        refusal: InferenceError | None = None
        elapsed_s = time.monotonic() - self._begun_at
        remaining_s = max(self._request.deadline_s - elapsed_s, _MIN_DEADLINE_S)
        request = replace(self._request, deadline_s=min(self._request.deadline_s, remaining_s))
        while self._remaining:
            member = self._remaining.pop(0)
            if member.engine.name == "rules":
                # The bound is a model's; what the rules write ends by itself.
                request = replace(request, max_new_tokens=MAX_NEW_TOKENS)
            try:
                self._inner = member.submit(request)
            except InferenceError as error:
                refusal = refusal or error
                continue
            self._member = member
            self._is_waiting = False
            self._asked_at = self._heard_at = time.monotonic()
            return refusal
        raise refusal or EngineNotReadyError("no engine is running")
