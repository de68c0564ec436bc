"""The engine's thread: schedule, run the model, hand out tokens, again and again.

One loop owns the runner and the scheduler; other threads reach it only through a locked inbox. Each
turn admits what waits, computes at most the prefill budget of prompt tokens and makes one decode
step for everybody, so nobody stalls while a newcomer's photo is looked at.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import islice
from math import exp, isfinite
from typing import NamedTuple

import torch
from torch import Tensor

from inference.cache import FeatureCache
from inference.detokenize import Decoder, Detokenizer, StopStrings
from inference.encoder import Encoded, Encoder
from inference.errors import EngineNotReadyError, InferenceError, OutOfRangeError
from inference.preprocess import ModelInput
from inference.runner import ModelRunner, PrefillChunk, most_likely
from inference.sampling import Sampler
from inference.scheduler import Chunk, Copy, Scheduler, Sequence
from inference.streams import Stream
from inference.types import Delta, Done, EngineStats, Failed, FinishReason, Queued, Request, Usage

logger = logging.getLogger(__name__)


_STEPS_TOGETHER = 4
"""Decode steps that are made as one while nobody waits. Each costs the interpreter's lock and the
hand-out's work once less; a newcomer or an abort waits for all of them."""


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A request on its way through the engine. Made by the submitting thread, then owned by the
    worker."""

    request: Request
    model_input: ModelInput
    stream: Stream
    sequence: Sequence
    sampler: Sampler | None
    detokenizer: Detokenizer
    stop: StopStrings
    submitted_at: float
    first_token_at: float | None = None
    num_tokens: int = 0
    probability: float = 1.0  # of the tokens whose text is still to come
    features: dict[str, Tensor] | None = None  # of its photos, by key
    is_ordered: bool = False  # whether the encoder has its photos
    embeddings: Tensor | None = None  # (P, H), while the prompt is prefilled
    positions: Tensor | None = None  # (3, P)
    rope_delta: int = 0
    position_told: int = -1

    def usage(self) -> Usage:
        if self.first_token_at is None:
            return Usage()
        writing_s = time.monotonic() - self.first_token_at
        return Usage(
            ttft_ms=1000 * (self.first_token_at - self.submitted_at),
            tokens=self.num_tokens,
            tokens_per_s=(self.num_tokens - 1) / writing_s if writing_s > 0 else 0.0,
        )


class _Choice(NamedTuple):
    """The next tokens of a job, their probabilities, and how many of them were chosen from logits
    that were numbers."""

    job: Job
    tokens: list[int]
    probabilities: list[float]
    num_finite: int


@dataclass(slots=True)
class _Inbox:
    jobs: deque[Job] = field(default_factory=deque)
    aborts: deque[Stream] = field(default_factory=deque)
    encoded: deque[Encoded] = field(default_factory=deque)
    fatal: BaseException | None = None
    is_stopping: bool = False
    is_closed: bool = False

    @property
    def has_content(self) -> bool:
        return bool(
            self.jobs or self.aborts or self.encoded or self.is_stopping or self.fatal is not None
        )


_DEAD = Failed("engine_not_ready", "The engine has stopped working.", retryable=True)


@dataclass(slots=True)
class _Counters:
    finished: int = 0
    failed: int = 0
    aborted: int = 0
    tokens: int = 0
    prefill_tokens: int = 0
    cached_tokens: int = 0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    decode_steps: int = 0


class Worker:
    """Runs jobs on a runner until stopped.

    Args:
        runner: The model; it needs one slot more than the scheduler, as swap space.
        scheduler: Decides what runs.
        tokenizer: Turns tokens into text.
        end_tokens: Tokens that end an answer.
        refusal_tokens: Tokens by which the model says that it has not learnt such a question.
        calibration: The exponent that makes the model's probabilities true.
        features: Cache of photo features.
        batch_patches: Bound on a batch of photos that are encoded together.
    """

    def __init__(
        self,
        *,
        runner: ModelRunner,
        scheduler: Scheduler,
        tokenizer: Decoder,
        end_tokens: frozenset[int],
        refusal_tokens: frozenset[int],
        calibration: float = 1.0,
        features: FeatureCache,
        batch_patches: int,
    ) -> None:
        self._runner = runner
        self._scheduler = scheduler
        self._tokenizer = tokenizer
        self._end_tokens = end_tokens
        self._refusal_tokens = refusal_tokens
        self._calibration = calibration
        self._features = features
        self._inbox = _Inbox()
        self.encoder = Encoder(runner, features, self._deliver, batch_patches=batch_patches)
        self._inbox_changed = threading.Condition()
        self._jobs: dict[str, Job] = {}  # every job that the worker knows, by request id
        self._counters = _Counters()
        self._finish_rate = 0.0  # jobs a second, smoothed, for the guess of a waiting time
        self._last_finish_at = 0.0

    # --- any thread ---------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Hand a job over; the loop takes it before its next step.

        Raises:
            EngineNotReadyError: The loop has ended or is about to.
        """
        with self._inbox_changed:
            if self._inbox.is_stopping or self._inbox.is_closed:
                raise EngineNotReadyError("the engine is not running")
            self._inbox.jobs.append(job)
            self._inbox_changed.notify()

    def abort(self, stream: Stream) -> None:
        """Ask for the end of a stream's job at the next token boundary; an ended one is ignored.

        A stream and not an id: a job may end while this is on its way, and the next one of the same
        id must not be mistaken for it.
        """
        with self._inbox_changed:
            self._inbox.aborts.append(stream)
            self._inbox_changed.notify()

    def stop(self) -> None:
        """Ask the loop to end every job with `aborted` and return."""
        with self._inbox_changed:
            self._inbox.is_stopping = True
            self._inbox_changed.notify()

    def _deliver(self, result: Encoded | BaseException) -> None:
        with self._inbox_changed:
            if isinstance(result, Encoded):
                self._inbox.encoded.append(result)
            else:
                self._inbox.fatal = result
            self._inbox_changed.notify()

    def stats(self) -> EngineStats:
        """Counters so far; read without a lock, each value is consistent in itself."""
        return EngineStats(
            queue_depth=len(self._scheduler.waiting) + len(self._inbox.jobs),
            active=self._scheduler.num_rows,
            encode_s=self.encoder.seconds,
            slots=self._scheduler.num_slots,
            feature_hits=self._features.hits,
            feature_misses=self._features.misses,
            **asdict(self._counters),
        )

    # --- the engine's thread ------------------------------------------------------------------

    @torch.inference_mode()
    def run(self) -> None:
        """The loop. Returns after `stop`. Whatever it raises means that the engine is dead; every
        stream has then ended with a retryable error."""
        ending: Done | Failed = _DEAD
        try:
            while self.turn():
                pass
            ending = Done("aborted")
        finally:
            self.encoder.stop()
            with self._inbox_changed:
                self._inbox.is_closed = True  # what comes from now on is answered by `submit`
                late, self._inbox.jobs = self._inbox.jobs, deque()
            for job in [*self._jobs.values(), *late]:
                job.stream.put(Done("aborted", job.usage()) if isinstance(ending, Done) else ending)
            self._jobs.clear()

    def turn(self) -> bool:
        """One round: take what came in, end what is over time, prefill, decode, hand out.

        Waits when there is nothing to do. Returns False when the engine was asked to stop.
        """
        if not self._scheduler.has_work:
            self.encoder.help()
        if not self._take_inbox():
            return False
        self._end_expired()
        if self._scheduler.has_work:
            self._run_plan()
        return True

    def _take_inbox(self) -> bool:
        """Take what other threads left, waiting for it when there is nothing to do. False to
        stop."""
        inbox = self._inbox
        with self._inbox_changed:
            if not (self._scheduler.has_work or inbox.has_content):
                self._inbox_changed.wait(self._until_deadline())
            if inbox.fatal is not None:
                raise RuntimeError("photos cannot be encoded any more") from inbox.fatal
            if inbox.is_stopping:
                return False
            jobs, inbox.jobs = inbox.jobs, deque()
            aborts, inbox.aborts = inbox.aborts, deque()
            encoded, inbox.encoded = inbox.encoded, deque()
        for newcomer in jobs:
            self._add(newcomer)
        for stream in aborts:
            job = self._jobs.get(stream.request_id)
            if job is not None and job.stream is stream:
                self._counters.aborted += 1
                self._end(job, Done("aborted", job.usage()))
        for result in encoded:
            self._take_features(result)
        if jobs or aborts or encoded:
            self._order_photos()
            self._tell_positions()
        return True

    def _until_deadline(self) -> float | None:
        """Seconds that may be slept, None for any time."""
        if not self._jobs:
            return None
        nearest = min(job.sequence.deadline_at for job in self._jobs.values())
        return None if nearest == float("inf") else max(0.0, nearest - time.monotonic())

    def _add(self, job: Job) -> None:
        job.sequence.is_ready = not job.model_input.images
        try:
            self._scheduler.add(job.sequence)
        except InferenceError as error:
            self._counters.failed += 1
            job.stream.put(Failed(error.code, error.message, error.retryable))
        else:
            self._jobs[job.request.request_id] = job

    def _order_photos(self) -> None:
        """Have the photos looked at of those who may soon get a slot."""
        for sequence in islice(self._scheduler.waiting, self._scheduler.num_slots):
            job = self._job(sequence)
            if sequence.is_ready or job.is_ordered:
                continue
            images = job.model_input.images
            known = {
                image.key: features
                for image in images
                if (features := self._features.get(image.key, is_last_look=False)) is not None
            }
            if all(image.key in known for image in images):
                job.features, sequence.is_ready = known, True
            else:
                job.is_ordered = True
                self.encoder.submit(job, images)

    def _take_features(self, result: Encoded) -> None:
        job = result.owner
        assert isinstance(job, Job), "the encoder works for jobs"
        if self._jobs.get(job.request.request_id) is not job:
            return  # it ended meanwhile
        if result.error is not None:
            self._fail(job, result.error)
            return
        job.features = result.features
        job.sequence.is_ready = True

    def _end_expired(self) -> None:
        now = time.monotonic()
        expired = [job for job in self._jobs.values() if job.sequence.deadline_at <= now]
        for job in expired:
            self._end(job, Done("timeout", job.usage()))
        if expired:
            self._order_photos()  # for those who have come nearer to a slot
            self._tell_positions()

    def _run_plan(self) -> None:
        plan = self._scheduler.plan()
        self._copy(plan.copies)
        started: list[_Choice] = []
        for group in plan.prefill:
            if not self._prefill(group, started):
                break  # slots have moved under the plan; what is left is planned anew
        # Only now: a request that ends with its first token gives up its slot, and another
        # sequence moves there. A group that has yet to run must find its sequences in place.
        self._hand_out(started)
        if plan.prefill and self._scheduler.waiting:
            self._order_photos()
            self._tell_positions()
        if self._scheduler.decoding:
            self._decode()

    def _prefill(self, chunks: list[Chunk], started: list[_Choice]) -> bool:
        """Run one group of chunks; adds the first tokens of the prompts that are complete.

        Returns:
            Whether every sequence is still in its slot.
        """
        begun = time.perf_counter()
        if not self._embed([self._job(chunk.sequence) for chunk in chunks]):
            return False
        try:
            logits = self._run_prefill(chunks)
        except Exception as error:
            if len(chunks) > 1:
                # One of them is at fault; find out which by running each alone.
                for chunk in chunks:
                    if chunk.sequence.slot is not None:
                        self._prefill([chunk], started)
            else:
                self._fail(self._job(chunks[0].sequence), error)
            return False
        for chunk in chunks:
            self._scheduler.prefilled(chunk)
            self._counters.prefill_tokens += chunk.stop - chunk.start
        complete = [
            (row, self._job(chunk.sequence))
            for row, chunk in enumerate(chunks)
            if chunk.sequence.is_prefilled
        ]
        if complete:
            choices = self._choose(
                logits[[row for row, _ in complete]], [job for _, job in complete]
            )
            for choice in choices:
                job = choice.job
                job.embeddings = job.positions = None
                self._counters.cached_tokens += job.sequence.num_cached_tokens
                self._runner.set_decoding(
                    _slot(job.sequence),
                    token=choice.tokens[-1],
                    length=job.sequence.num_prompt_tokens,
                    rope_delta=job.rope_delta,
                )
                job.first_token_at = time.monotonic()
            started += choices
        self._counters.prefill_s += time.perf_counter() - begun
        return True

    def _run_prefill(self, chunks: list[Chunk]) -> Tensor:
        inputs = []
        for chunk in chunks:
            job = self._job(chunk.sequence)
            assert job.embeddings is not None and job.positions is not None, "embedded before"
            inputs.append(
                PrefillChunk(
                    slot=_slot(chunk.sequence),
                    start=chunk.start,
                    embeddings=job.embeddings[chunk.start : chunk.stop],
                    positions=job.positions[:, chunk.start : chunk.stop],
                )
            )
        return self._runner.prefill(inputs)

    def _decode(self) -> None:
        started = time.perf_counter()
        for sequence in self._scheduler.active:
            if not sequence.is_prefilled:
                # The step computes this row, too: let what it writes fall behind the prompt so far.
                self._runner.set_decoding(
                    _slot(sequence), token=0, length=sequence.num_computed_tokens, rope_delta=0
                )
        jobs = [self._job(sequence) for sequence in self._scheduler.active]
        try:
            choices = self._decode_jobs(jobs)
        except Exception as error:
            # Memory, most likely. The youngest gives way, the others try again in the next turn.
            self._fail(max(jobs, key=lambda job: job.submitted_at), error)
            return
        self._counters.decode_steps += len(choices[0].tokens)
        self._hand_out([choice for choice in choices if choice.job.sequence.is_prefilled])
        self._counters.decode_s += time.perf_counter() - started

    def _decode_jobs(self, jobs: list[Job]) -> list[_Choice]:
        """The next tokens of each job, which are in the slots in this order."""
        longest = self._scheduler.longest
        if any(job.sampler is not None and job.sequence.is_prefilled for job in jobs):
            choices = self._choose(self._runner.decode(len(jobs), longest), jobs)
            self._runner.advance(torch.tensor([choice.tokens[0] for choice in choices]))
            return choices
        steps = self._runner.decode_greedily(len(jobs), longest, self._num_steps(longest)).tolist()
        choices = []
        for row, job in enumerate(jobs):
            tokens = [int(chosen[row]) for chosen, _, _ in steps]
            finite = [isfinite(highest[row]) for _, highest, _ in steps]
            probabilities = [probability[row] for _, _, probability in steps]
            num_finite = len(tokens) if all(finite) else finite.index(False)
            choices.append(_Choice(job, tokens, probabilities, num_finite))
        return choices

    def _num_steps(self, longest: int) -> int:
        """How many steps to make before anything else is looked at: several when nobody waits."""
        is_alone = not self._scheduler.waiting and not self._inbox.has_content
        has_room = longest + _STEPS_TOGETHER - 1 <= self._scheduler.max_len
        is_even = len(self._scheduler.decoding) == self._scheduler.num_rows
        return _STEPS_TOGETHER if is_alone and has_room and is_even else 1

    def _choose(self, logits: Tensor, jobs: list[Job]) -> list[_Choice]:
        """The next token of each row. One sync with the device."""
        tokens, highest, probabilities = most_likely(logits).tolist()
        choices = []
        for row, job in enumerate(jobs):
            token, is_finite = int(tokens[row]), isfinite(highest[row])
            probability = probabilities[row]
            if job.sampler is not None and job.sequence.is_prefilled and is_finite:
                token = job.sampler.choose(
                    logits[row], job.model_input.token_ids + self._written(job)
                )
                probability *= exp(float(logits[row, token]) - highest[row])
            choices.append(_Choice(job, [token], [probability], int(is_finite)))
        return choices

    def _hand_out(self, choices: list[_Choice]) -> None:
        # All first: when one ends below, the sequence that takes its slot must know what it holds.
        for choice in choices:
            choice.job.sequence.tokens += choice.tokens
        for choice in choices:
            self._write(*choice)

    def _write(
        self, job: Job, tokens: list[int], probabilities: list[float], num_finite: int
    ) -> None:
        """Send the text of a job's next tokens; what comes after its end is forgotten."""
        text = ""
        told: list[tuple[int, float]] = []
        for token, probability in zip(tokens[:num_finite], probabilities, strict=False):
            if token in self._end_tokens:
                self._finish(job, "stop", text, told)
                return
            if token in self._refusal_tokens:
                refusal = OutOfRangeError("The model has not learnt questions of this kind.")
                self._end(job, Failed(refusal.code, refusal.message, refusal.retryable))
                return
            job.num_tokens += 1
            self._counters.tokens += 1
            if job.num_tokens == 1:  # a reader cannot know how the chat template ends
                text = job.model_input.opening
            piece = job.stop.push(job.detokenizer.push(token))
            text += piece
            # What a token leaves behind of a character comes with a later one, which answers for
            # both.
            job.probability *= probability**self._calibration
            if piece:
                told.append((len(text) - sum(length for length, _ in told), job.probability))
                job.probability = 1.0
            if job.stop.is_stopped:
                self._tell(job, text, told)
                self._end(job, Done("stop", job.usage()))
                return
            if job.num_tokens >= job.sequence.max_new_tokens:
                self._finish(job, "length", text, told)
                return
        self._tell(job, text, told)
        if num_finite < len(tokens):
            self._fail(job, ArithmeticError("the model's logits are not finite"))

    @staticmethod
    def _tell(job: Job, text: str, told: list[tuple[int, float]]) -> None:
        if text:
            job.stream.put(Delta(text, tuple(told)))

    def _finish(
        self, job: Job, reason: FinishReason, text: str, told: list[tuple[int, float]]
    ) -> None:
        """End a job with what is left of its text behind `text`."""
        rest = job.stop.push(job.detokenizer.flush()) + job.stop.flush()
        self._tell(job, text + rest, told)
        self._end(job, Done(reason, job.usage()))

    def _fail(self, job: Job, error: Exception) -> None:
        """End one job for an error in its computation; the others are not touched."""
        is_memory = isinstance(error, MemoryError | torch.OutOfMemoryError)
        logger.warning(
            "request failed",
            extra={"request": job.request.request_id, "error": type(error).__name__},
            exc_info=error,
        )
        if is_memory and self._runner.device.type == "cuda":
            torch.cuda.empty_cache()
        code = "out_of_memory" if is_memory else "engine_error"
        self._end(job, Failed(code, "The model could not answer this question.", retryable=True))

    def _end(self, job: Job, event: Done | Failed) -> None:
        now = time.monotonic()
        if self._last_finish_at:
            rate = 1 / max(now - self._last_finish_at, 1e-3)
            self._finish_rate += 0.2 * (rate - self._finish_rate)
        self._last_finish_at = now
        if isinstance(event, Failed):
            self._counters.failed += 1
        elif event.finish_reason != "aborted":
            self._counters.finished += 1
        job.features = job.embeddings = job.positions = None
        self._copy(self._scheduler.finish(job.sequence))
        del self._jobs[job.request.request_id]
        job.stream.put(event)

    def _embed(self, jobs: list[Job]) -> bool:
        """Make the embeddings and positions of jobs that have none yet. False when one failed."""
        is_well = True
        for job in jobs:
            if job.embeddings is None:
                try:
                    self._embed_one(job)
                except Exception as error:
                    is_well = False
                    self._fail(job, error)
        return is_well

    def _embed_one(self, job: Job) -> None:
        model_input = job.model_input
        is_image = [key < 0 for key in model_input.cache_keys]
        job.positions, job.rope_delta = self._runner.rope_positions(
            model_input.token_ids, is_image, [image.grid for image in model_input.images]
        )
        embeddings = self._runner.embed(model_input.token_ids)
        if model_input.images:
            assert job.features is not None, "a job is ready only with its features"
            mask = torch.tensor(is_image, device=embeddings.device)
            embeddings[mask] = torch.cat([job.features[image.key] for image in model_input.images])
            job.features = None
        job.embeddings = embeddings

    def _copy(self, copies: list[Copy]) -> None:
        for copy in copies:
            self._runner.move(copy.source, copy.target, copy.num_tokens)

    def _tell_positions(self) -> None:
        for position, sequence in enumerate(self._scheduler.waiting):
            job = self._job(sequence)
            if job.position_told != position:
                job.position_told = position
                eta_s = (position + 1) / self._finish_rate if self._finish_rate else 0.0
                job.stream.put(Queued(position, round(eta_s, 1)))

    def _job(self, sequence: Sequence) -> Job:
        return self._jobs[sequence.request_id]

    @staticmethod
    def _written(job: Job) -> list[int]:
        return job.sequence.tokens[job.sequence.num_prompt_tokens :]


def _slot(sequence: Sequence) -> int:
    assert sequence.slot is not None, "only admitted sequences run"
    return sequence.slot
