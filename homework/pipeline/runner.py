"""Worker threads that claim questions and follow-ups from the database and have them answered.

Each worker holds one of them at a time. A keeper thread beside them stores the text so far and
the heartbeats, heeds stops requested elsewhere, sweeps stale claims and forgets old logs.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from homework.common.errors import ClaimLostError
from homework.common.logs import error_facts
from homework.pipeline.conversing import FollowUpWork
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.events import error_event
from homework.pipeline.hub import Hub, SolutionLog
from homework.pipeline.stages import Control, Ending
from homework.pipeline.work import SolutionWork, Work
from homework.solutions.cache import answers_trim
from homework.solutions.claims import (
    Claim,
    claim_checkpoint_text,
    claim_heartbeat,
    claim_is_held,
    claim_requeue,
    stale_before,
)
from homework.solutions.follow_ups import (
    follow_up_claim_next,
    follow_up_queue,
    follow_up_sweep,
)
from homework.solutions.selectors import num_waiting
from homework.solutions.services import solution_claim_next, solution_queue, solution_sweep

logger = logging.getLogger(__name__)

_PAUSE_S = 1.0
"""Rest after a failure: a database that is away must not be hammered."""
_KEEPER_S = 1.0
"""How often the keeper looks after all, and into the queue for questions of other processes."""
_FIRST_GUESS_S = 3.0
_TRIM_S = 60.0


@dataclass(eq=False)
class _Job:
    """What a worker holds. The keeper reads it; the flags only ever go up."""

    work: Work[Any]
    log: SolutionLog
    control: Control = field(default_factory=Control)
    is_stopped: bool = False
    is_drained: bool = False
    is_lost: bool = False
    num_stored_characters: int = 0
    heartbeat_at: float = field(default_factory=time.monotonic)

    @property
    def claim(self) -> Claim:
        return self.work.claim

    def stop(self) -> None:
        self.is_stopped = True
        self.control.abort()

    def drain(self) -> None:
        self.is_drained = True
        self.control.abort()

    def lose(self) -> None:
        self.is_lost = True
        self.control.abort()


class Runner:
    """The threads that answer questions. Made once in a process."""

    def __init__(
        self,
        engine: PipelineEngine,
        hub: Hub,
        *,
        name: str,
        instance: str = "",
        num_workers: int | None = None,
    ) -> None:
        """Make a runner; nothing is started yet.

        Args:
            engine: Started by the caller before `start`.
            hub: Takes the logs.
            name: Prefix of the workers' names, unlike that of any other run.
            instance: Prefix of this and all earlier runs of which at most one is alive. Claims
                of the others are swept at once on start.
            num_workers: PIPELINE_WORKERS unless given, or else what the engine can use.
        """
        self._engine = engine
        self._hub = hub
        self._name = name
        self._instance = instance
        self._num_workers = num_workers or settings.PIPELINE_WORKERS or engine.num_workers
        # One worker is left to whoever comes and waits, where there are several.
        self._batch_places = threading.Semaphore(max(1, self._num_workers - 1))
        self._wake = threading.Semaphore(0)
        self._halt = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()  # guards the two below
        self._jobs: dict[uuid.UUID, _Job] = {}
        self._mean_s = _FIRST_GUESS_S

    @property
    def is_running(self) -> bool:
        """Whether it claims questions."""
        return bool(self._threads) and not self._halt.is_set()

    @property
    def num_workers(self) -> int:
        """How many questions can be answered at the same time."""
        return self._num_workers

    @property
    def num_active(self) -> int:
        """How many questions are being answered."""
        with self._lock:
            return len(self._jobs)

    def start(self) -> None:
        """Take back what a killed run left behind, then begin to claim."""
        if self._threads:
            raise RuntimeError("the runner was started before")
        self._sweep(is_first=True)
        self._threads = [
            threading.Thread(
                target=self._work, args=(f"{self._name}.{index}",), name=f"worker-{index}"
            )
            for index in range(self._num_workers)
        ]
        self._threads.append(threading.Thread(target=self._keep, name="keeper"))
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is something in the queue. Any thread."""
        self._wake.release()

    def stop_work(self, row_id: uuid.UUID) -> None:
        """End a question or follow-up that is being answered here, as somebody asked for it. Any
        thread."""
        with self._lock:
            job = self._jobs.get(row_id)
        if job is not None:
            job.stop()

    def drain(self, *, timeout_s: float) -> bool:
        """Claim nothing more, break off what runs at a token boundary and queue it again.

        Returns:
            Whether all threads came to their end in time. What they still held is swept when the
            next run starts.
        """
        self._halt.set()
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.drain()
        for _thread in self._threads:
            self._wake.release()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    # Workers.

    def _work(self, worker: str) -> None:
        try:
            while not self._halt.is_set():
                self._wake.acquire()
                if self._engine.is_ready:
                    self._guarded(lambda: self._work_off(worker))
        finally:
            connection.close()

    def _guarded(self, work: Callable[[], None]) -> None:
        """A thread outlives whatever goes wrong, and takes a fresh connection afterwards."""
        close_old_connections()
        try:
            work()
        except Exception as error:
            logger.error("pipeline thread", extra=error_facts(error))
            connection.close()
            self._halt.wait(_PAUSE_S)

    def _work_off(self, worker: str) -> None:
        while not self._halt.is_set():
            has_place = self._batch_places.acquire(blocking=False)
            try:
                work = self._claim_next(worker, with_batches=has_place)
                if has_place and not (work is not None and work.is_of_batch):
                    self._batch_places.release()
                    has_place = False
                if work is None:
                    return
                self._answer(work)
            finally:
                if has_place:
                    self._batch_places.release()

    def _claim_next(self, worker: str, *, with_batches: bool) -> Work[Any] | None:
        """Follow-ups first: somebody sits before the solution and waits for a few sentences. They
        count among the questions of their student, so they keep nobody else from theirs."""
        if (follow_up := follow_up_claim_next(worker=worker)) is not None:
            return FollowUpWork(follow_up, self._engine)
        solution = solution_claim_next(worker=worker, with_batches=with_batches)
        return None if solution is None else SolutionWork(solution, self._engine)

    def _answer(self, work: Work[Any]) -> None:
        row_id = work.claim.row_id
        job = _Job(work, self._hub.open(row_id, work.first_state()))
        with self._lock:
            self._jobs[row_id] = job
        if self._halt.is_set():
            job.drain()  # the drain may have looked before this job was there
        started = time.monotonic()
        is_kept = False
        try:
            work.tell_begun(self._hub)
            is_kept = self._run(job)
        except ClaimLostError:
            logger.warning("claim lost", extra=_facts(job))
        finally:
            with self._lock:
                del self._jobs[row_id]
                if is_kept:
                    self._mean_s += 0.2 * (time.monotonic() - started - self._mean_s)
            if not is_kept:
                self._hub.discard(job.log)

    def _run(self, job: _Job) -> bool:
        """Have it answered and store how it ended. False when it is left to another attempt."""
        started = time.perf_counter()
        try:
            ending = job.work.answer(emit=job.log.append, control=job.control)
        except (ClaimLostError, DatabaseError):
            raise
        except Exception as error:
            logger.error("answering failed", extra=_facts(job) | error_facts(error))
            ending = Ending(
                finish_reason="error",
                error=error_event(code="internal_error", language=job.work.language),
            )
        if ending.finish_reason == "aborted" and not job.is_stopped:
            if job.is_lost:
                raise ClaimLostError
            if job.is_drained:
                self._requeue(job)
                return False
            # Nobody here wanted it: the engine itself was stopped under our hands.
            ending = Ending(
                finish_reason="error",
                error=error_event(code="engine_error", language=job.work.language),
                timings_ms=ending.timings_ms,
            )
        timings_ms = ending.timings_ms | {"total": 1000 * (time.perf_counter() - started)}
        self._store_ending(job, replace(ending, timings_ms=timings_ms))
        return True

    def _store_ending(self, job: _Job, ending: Ending) -> None:
        """First the database, then the log: who sees `done` finds the end stored."""
        stored = job.work.store(job.log.state(), ending)
        job.log.append(*stored.events)
        self._hub.finish(job.log)
        job.work.tell_ended(self._hub)
        logger.info("answering ended", extra=_facts(job) | stored.facts)

    def _requeue(self, job: _Job) -> None:
        state = claim_requeue(claim=job.claim)
        logger.info("requeued", extra=_facts(job) | {"state": state})

    # The keeper.

    def _keep(self) -> None:
        swept_at = time.monotonic()
        trimmed_at = float("-inf")
        try:
            while not self._halt.wait(_KEEPER_S):
                self._guarded(self._keep_jobs)
                self._guarded(self._look_into_queue)
                self._guarded(self._publish_queue)
                if settings.ANSWER_CACHE_BYTES and time.monotonic() - trimmed_at > _TRIM_S:
                    trimmed_at = time.monotonic()
                    self._guarded(_trim_answers)
                if time.monotonic() - swept_at > settings.PIPELINE_HEARTBEAT_S:
                    swept_at = time.monotonic()
                    self._guarded(self._sweep)
                self._guarded(self._hub.expire)
        finally:
            connection.close()

    def _keep_jobs(self) -> None:
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            try:
                self._keep_job(job)
            except ClaimLostError:
                with self._lock:
                    is_running = job.claim.row_id in self._jobs
                # A job that has just ended has no claim any more, and that is no loss.
                if is_running and not claim_is_held(claim=job.claim):
                    job.lose()

    def _keep_job(self, job: _Job) -> None:
        if job.work.is_writing and job.log.text_length != job.num_stored_characters:
            text, engine = job.log.text()
            claim_checkpoint_text(claim=job.claim, text=text, engine=engine)
            job.num_stored_characters = len(text)
        now = time.monotonic()
        if now - job.heartbeat_at >= settings.PIPELINE_HEARTBEAT_S:
            job.heartbeat_at = now
            if claim_heartbeat(claim=job.claim):
                job.stop()

    def _look_into_queue(self) -> None:
        """Wake as many workers as there are rows that nobody has told of, or that were left when
        the engine was not ready."""
        waiting = num_waiting(with_batches=True)
        for _ in range(min(waiting, self._num_workers - self.num_active)):
            self._wake.release()

    def _publish_queue(self) -> None:
        if not self._hub.watched_in_queue():
            return
        waiting = [
            *follow_up_queue().values_list("pk", flat=True),
            *solution_queue().values_list("pk", flat=True),
        ]
        with self._lock:
            mean_s = self._mean_s
        self._hub.set_queue(
            {
                row_id: (position, round((position + 1) * mean_s / self._num_workers, 1))
                for position, row_id in enumerate(waiting)
            }
        )

    def _sweep(self, *, is_first: bool = False) -> None:
        which: list[dict[str, Any]] = [
            {"stale_before": stale_before(settings.PIPELINE_STALE_AFTER_S)}
        ]
        if is_first and self._instance:
            which.append(
                {
                    "stale_before": stale_before(-1.0),
                    "workers": self._instance,
                    "except_workers": self._name,
                }
            )
        sweeps = [
            sweep_of(max_attempts=settings.PIPELINE_MAX_ATTEMPTS, **stale)
            for stale in which
            for sweep_of in (solution_sweep, follow_up_sweep)
        ]
        for sweep in sweeps:
            for row_id in (*sweep.requeued, *sweep.stopped, *sweep.failed):
                self._hub.touch(row_id)
            if sweep.requeued or sweep.stopped or sweep.failed:
                logger.warning(
                    "stale claims swept",
                    extra={
                        "requeued": [str(key) for key in sweep.requeued],
                        "stopped": [str(key) for key in sweep.stopped],
                        "failed": [str(key) for key in sweep.failed],
                    },
                )
            for _row_id in sweep.requeued:
                self._wake.release()


def _trim_answers() -> None:
    answers_trim(
        max_bytes=settings.ANSWER_CACHE_BYTES,
        max_age=timedelta(days=settings.ANSWER_CACHE_DAYS),
    )


def _facts(job: _Job) -> dict[str, object]:
    kind = "follow_up_id" if isinstance(job.work, FollowUpWork) else "solution_id"
    return {kind: str(job.claim.row_id), "attempt": job.claim.attempt}
