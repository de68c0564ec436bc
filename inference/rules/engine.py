"""The engine that solves by rules: always there, on any machine, and the fallback of the others.

    submit -> FairQueue -> worker thread -> sandbox (parse, solve, check) -> Delta, ... -> Done

A request that names no problem has its photo read first, by OCR, in the same thread. Solving
happens in the sandbox, in one call; the worker thread then writes the text piece by piece into the
request's stream, as a neural engine would. A follow-up about a step is answered from the rule that
made the step (`follow_up.py`); any other is refused.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from inference.config import EngineConfig
from inference.engine import Engine
from inference.errors import (
    CannotConverseError,
    EngineNotReadyError,
    InferenceError,
    MathSyntaxError,
    QueueFullError,
)
from inference.fair_queue import FairQueue
from inference.rules.follow_up import answer_follow_up, has_steps, rules_as_solved
from inference.streams import Stream
from inference.types import (
    Delta,
    Done,
    EngineName,
    EngineStats,
    Failed,
    FinishReason,
    Language,
    PhotoRead,
    Queued,
    Reading,
    Request,
    StepRule,
    TerminalEvent,
    Usage,
)

logger = logging.getLogger(__name__)

SOLVE_TASK = "inference.rules.tasks:solve"

# Words, numbers, LaTeX commands and single signs, each with the white space before it.
_PIECE = re.compile(r"\s*(?:\\[A-Za-z]+|[A-Za-z]+|\d+|\S)|\s+")
_STOP_TIMEOUT_S = 2.0
_SMOOTHING = 0.2


class TaskRunner(Protocol):
    """The sandbox as this engine sees it."""

    def run(self, task: str, *args: Any, timeout_s: float, wait_s: float = ...) -> Any:
        """Compute an allowed task in a worker process.

        Raises:
            InferenceError: What the task raised, or that it took too long or crashed.
        """


def split_pieces(text: str) -> Iterator[str]:
    """Cut a text into the pieces that are streamed. Joined they are the text again."""
    return (match.group() for match in _PIECE.finditer(text))


class _Job:
    """One request on its way. `is_over` is set exactly when the terminal event has been put."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.stream = Stream(request.request_id)
        self.is_over = threading.Event()
        self.submitted_at = time.monotonic()
        self.deadline = self.submitted_at + request.deadline_s
        self.position = -1
        self.num_tokens = 0
        self._first_token_at: float | None = None

    def write(self, piece: str) -> None:
        if self._first_token_at is None:
            self._first_token_at = time.monotonic()
        if self.stream.put(Delta(piece)):
            self.num_tokens += 1

    @property
    def usage(self) -> Usage:
        if self._first_token_at is None:
            return Usage()
        elapsed_s = max(time.monotonic() - self._first_token_at, 1e-6)
        return Usage(
            ttft_ms=(self._first_token_at - self.submitted_at) * 1000,
            tokens=self.num_tokens,
            tokens_per_s=self.num_tokens / elapsed_s,
        )


class RulesEngine(Engine):
    """Solves school problems by rules.

    Its threads only wait and write: one per request that is worked on, and one that keeps
    deadlines.
    """

    name: EngineName = "rules"

    def __init__(
        self,
        config: EngineConfig,
        pool: TaskRunner,
        read_photo: Callable[[bytes, Language], Reading] | None = None,
    ) -> None:
        """Make an engine; nothing is started yet.

        Args:
            config: Limits and pace.
            pool: The sandbox. Whoever made it starts it before this engine and stops it after.
            read_photo: Reads an encoded photo; without it, requests must name their problem. Called
                in this engine's threads, at most `max_active` at a time.
        """
        self._config = config
        self._pool = pool
        self._read_photo = read_photo
        # Guards everything below; also signals "something to do" to the threads.
        self._changed = threading.Condition()
        self._generation = 0
        self._is_running = False
        self._threads: list[threading.Thread] = []
        self._queue: FairQueue[_Job] = FairQueue()
        self._jobs: dict[str, _Job] = {}
        self._deadlines: list[tuple[float, int, _Job]] = []
        self._ids = itertools.count()
        self._active = 0
        self._finished = 0
        self._failed = 0
        self._aborted = 0
        self._tokens = 0
        self._mean_duration_s = 0.5

    # -- the interface -----------------------------------------------------------------------

    def start(self) -> None:
        """Start the threads. Idempotent."""
        with self._changed:
            if self._is_running:
                return
            self._is_running = True
            self._generation += 1
            targets = [self._work] * self._config.max_active + [self._keep_deadlines]
            self._threads = [
                threading.Thread(
                    target=target, args=(self._generation,), name=f"rules-{i}", daemon=True
                )
                for i, target in enumerate(targets)
            ]
            for thread in self._threads:
                thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether the engine takes requests."""
        return self._is_running

    def submit(self, request: Request) -> Stream:
        """Queue a request; see `Engine.submit`."""
        job = _Job(request)
        with self._changed:
            if not self._is_running:
                raise EngineNotReadyError("The rule engine is not running.")
            if request.request_id in self._jobs:
                raise ValueError(f"request {request.request_id!r} is in flight already")
            if len(self._queue) >= self._config.max_queued:
                raise QueueFullError("Too many questions are waiting. Try again in a moment.")
            self._jobs[request.request_id] = job
            self._queue.push(
                request.request_id, job, priority=request.priority, key=request.fairness_key
            )
            heapq.heappush(self._deadlines, (job.deadline, next(self._ids), job))
            if self._active + len(self._queue) > self._config.max_active:
                self._tell_positions()
            self._changed.notify_all()
        return job.stream

    def abort(self, request_id: str) -> bool:
        """End a request; see `Engine.abort`. A computation in the sandbox that was under way for it
        still runs to its end or its time limit, unseen."""
        with self._changed:
            job = self._jobs.get(request_id)
            return job is not None and self._finish(job, "aborted")

    def stats(self) -> EngineStats:
        """Counters and gauges of this moment."""
        with self._changed:
            return EngineStats(
                queue_depth=len(self._queue),
                active=self._active,
                finished=self._finished,
                failed=self._failed,
                aborted=self._aborted,
                tokens=self._tokens,
            )

    def stop(self) -> None:
        """Abort everything and end the threads. Idempotent."""
        with self._changed:
            self._is_running = False
            for job in list(self._jobs.values()):
                self._finish(job, "aborted")
            self._deadlines.clear()
            self._changed.notify_all()
            threads, self._threads = self._threads, []
        for thread in threads:
            # One that waits for the sandbox ends by itself as soon as that answers.
            thread.join(_STOP_TIMEOUT_S)

    # -- threads -----------------------------------------------------------------------------

    def _work(self, generation: int) -> None:
        while (job := self._next(generation)) is not None:
            started_at = time.monotonic()
            try:
                self._answer(job)
            finally:
                with self._changed:
                    self._active -= 1
                    duration_s = time.monotonic() - started_at
                    self._mean_duration_s += _SMOOTHING * (duration_s - self._mean_duration_s)

    def _next(self, generation: int) -> _Job | None:
        """Wait for the next job, None when this thread is to end."""
        with self._changed:
            while self._is_running and self._generation == generation:
                job = self._queue.pop()
                if job is not None:
                    self._active += 1
                    self._tell_positions()
                    return job
                self._changed.wait()
        return None

    def _answer(self, job: _Job) -> None:
        try:
            texts = self._texts_for(job)
            if not job.is_over.is_set():
                self._write(job, texts)
        except InferenceError as error:
            self._finish(job, Failed(error.code, error.message, error.retryable))
        except Exception:
            logger.exception("the rule engine failed on a request")
            self._finish(job, Failed("engine_error", "Something went wrong while solving.", True))

    def _texts_for(self, job: _Job) -> list[tuple[StepRule | None, str]]:
        """What is written, piece by piece, each with the rule that made it."""
        match job.request.prompt:
            case "solve":
                return self._solution_of(job)
            case "follow_up":
                return [(None, answer_follow_up(self._with_rules(job)))]
            case _:
                raise CannotConverseError("The rule engine solves problems and explains them.")

    def _with_rules(self, job: _Job) -> Request:
        """What is asked about a solution, with the rules of those steps of a model that the rules
        would have made, too."""
        request = job.request
        if request.rules or not request.history or not has_steps(request.history[0].text):
            return request
        try:
            solution = self._solution_of(job)
        except InferenceError:
            return request
        own_text = "".join(text for _, text in solution)
        own_rules = [rule for rule, _ in solution if rule is not None]
        rules = rules_as_solved(request.history[0].text, own_text, own_rules)
        return replace(request, rules=rules)

    def _solution_of(self, job: _Job) -> list[tuple[StepRule | None, str]]:
        solution = self._solve(job)
        steps = [
            (StepRule(i, step["rule"], tuple(step["inputs"])), step["text"])
            for i, step in enumerate(solution["steps"], start=1)
        ]
        return [(None, solution["opening"]), *steps, (None, solution["closing"])]

    def _solve(self, job: _Job) -> Any:
        problem = job.request.problem or self._read(job)
        remaining_s = max(job.deadline - time.monotonic(), 0.001)
        return self._pool.run(
            SOLVE_TASK,
            problem,
            job.request.language,
            timeout_s=min(self._config.solve_timeout_s, remaining_s),
            wait_s=remaining_s,
        )

    def _read(self, job: _Job) -> str:
        if job.request.image is None or self._read_photo is None:
            return ""
        reading = self._read_photo(job.request.image, job.request.language)
        job.stream.put(PhotoRead(reading))
        if reading.parse_error is not None:
            raise MathSyntaxError(reading.parse_error, position=0, reason="unexpected")
        return reading.text

    def _write(self, job: _Job, texts: list[tuple[StepRule | None, str]]) -> None:
        for rule, text in texts:
            if rule is not None:
                job.stream.put(rule)
            for piece in split_pieces(text):
                if job.num_tokens >= job.request.max_new_tokens:
                    self._finish(job, "length")
                    return
                if self._pause(job):
                    return
                job.write(piece)
        self._finish(job, "stop")

    def _pause(self, job: _Job) -> bool:
        """Keep the pace. Returns whether the job is over meanwhile."""
        pace = self._config.tokens_per_s
        if pace is None or job.num_tokens == 0:
            return job.is_over.is_set()
        return job.is_over.wait(1 / pace)

    def _keep_deadlines(self, generation: int) -> None:
        with self._changed:
            while self._is_running and self._generation == generation:
                while self._deadlines and self._deadlines[0][2].is_over.is_set():
                    heapq.heappop(self._deadlines)
                if not self._deadlines:
                    self._changed.wait()
                    continue
                deadline, _, job = self._deadlines[0]
                remaining_s = deadline - time.monotonic()
                if remaining_s > 0:
                    self._changed.wait(remaining_s)
                else:
                    self._finish(job, "timeout")

    # -- endings -----------------------------------------------------------------------------

    def _finish(self, job: _Job, ending: FinishReason | Failed) -> bool:
        """Put the terminal event, once. Any thread, with or without the lock."""
        with self._changed:
            event: TerminalEvent = ending if isinstance(ending, Failed) else Done(ending, job.usage)
            if not job.stream.put(event):
                return False
            job.is_over.set()
            self._jobs.pop(job.request.request_id, None)
            if self._queue.remove(job.request.request_id) is not None:
                self._tell_positions()
            self._tokens += job.num_tokens
            if isinstance(ending, Failed):
                self._failed += 1
            elif ending == "aborted":
                self._aborted += 1
            else:
                self._finished += 1
            return True

    def _tell_positions(self) -> None:
        """Tell those who wait where they stand, when that has changed. Holds the lock."""
        for position, job in enumerate(self._queue):
            if job.position != position:
                job.position = position
                turns = (position + self._config.max_active) // self._config.max_active
                job.stream.put(Queued(position, turns * self._mean_duration_s))
