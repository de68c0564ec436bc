"""The stages of a question: read, solve, verify, finish. No database and no sockets in here.

`answer_question` runs them one after the other and tells what happens as events. The server's
runner lets those events go to a log and the database, the command line prints them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from homework.pipeline.engine import (
    MAX_NEW_TOKENS,
    SEEING,
    Box,
    Delta,
    Done,
    Engine,
    EngineChanged,
    Failed,
    FinishReason,
    InferenceError,
    Language,
    PhotoRead,
    PipelineEngine,
    Priority,
    Queued,
    Reading,
    Request,
    StepRule,
    Stream,
    StreamEvent,
    Usage,
    joined,
    photo_for_model,
    questioned,
    topic_of_question,
    typed_reading,
)
from homework.pipeline.events import (
    Event,
    LiveState,
    closing_events,
    done_event,
    error_event,
    result_of,
)
from homework.pipeline.recall import KEPT_FIELDS, is_lasting, replay
from homework.pipeline.writing import POLL_S, Emit, Writing, reading_event
from homework.solutions.services import SolutionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: in to the stages.

    Attributes:
        request_id: Unique among the questions in flight.
        language: Of the explanation.
        text: The question as typed, or empty; then the photo is read.
        is_correction: The text mends a reading.
        image: The sanitised photo, if there is one.
        crop: The part of the photo to read.
        rotation_deg: By how much to turn the photo first; None to find out.
        fairness_key: Whose question it is.
        deadline_s: Seconds for the engine.
        is_of_batch: Nobody waits for it; the engine takes others first.
        kept: An answer that was given to the same question before, as `recall.replay` takes it.
    """

    request_id: str
    language: Language = "en"
    text: str = ""
    is_correction: bool = False
    image: bytes | None = None
    crop: Box | None = None
    rotation_deg: float | None = None
    fairness_key: str = ""
    deadline_s: float = 60.0
    is_of_batch: bool = False
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How it ended: out of the stages.

    Attributes:
        finish_reason: As the engine said, or `error`.
        usage: What the engine counted.
        error: The `error` event, if it failed.
        timings_ms: Milliseconds of each stage that ran.
    """

    finish_reason: FinishReason
    usage: Usage = field(default_factory=Usage)
    error: Event | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)


class Control:
    """The way in which other threads end a question that is being answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_aborted = False
        self._abort_request: Callable[[], object] | None = None

    @property
    def is_aborted(self) -> bool:
        """Whether somebody wants it to end."""
        return self._is_aborted

    def abort(self) -> None:
        """End it at the next token boundary. Any thread, any number of times."""
        with self._lock:
            self._is_aborted = True
            abort_request = self._abort_request
        if abort_request is not None:
            abort_request()

    def attach(self, abort_request: Callable[[], object]) -> None:
        """From now on `abort` also calls this; at once, if it has been called already."""
        with self._lock:
            self._abort_request = abort_request
            is_aborted = self._is_aborted
        if is_aborted:
            abort_request()

    def detach(self) -> None:
        """The request is over."""
        with self._lock:
            self._abort_request = None


class StageError(Exception):
    """A stage cannot go on, for a reason that the person is told by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def answer_question(
    engine: PipelineEngine,
    question: Question,
    *,
    emit: Emit,
    control: Control,
    on_solving: Callable[[Event | None], None] = lambda reading: None,
) -> Ending:
    """Read, solve and verify. Blocks until the end; call it from a thread of its own.

    Never raises for what a question may bring about; that becomes an `Ending` with an error.

    Args:
        engine: Started.
        question: What is asked.
        emit: Takes the events, in order, from this thread. It may raise to end everything.
        control: Ends it early, with `aborted`.
        on_solving: Called once before the first thing is written, with the `reading` event if
            there is one already, so that a caller can store it first. It may raise as well.
    """
    timings_ms: dict[str, float] = {}
    try:
        emit({"type": "state", "state": "reading"})
        if question.kept is not None:
            replay(question.kept, emit=emit, on_solving=on_solving)
            return Ending(finish_reason="stop")
        solving = Solving(engine, question, emit=emit, control=control, on_solving=on_solving)
        # An engine that sees reads while it writes; any other must be told what stands there.
        if question.text or not engine.sees:
            with _Timed(timings_ms, "read"):
                reading = read(engine, question)
            if reading.parse_error is not None and not engine.sees:
                emit(reading_event(reading))
                raise StageError("not_understood")
            solving.begin(reading)
            if control.is_aborted:
                return Ending(finish_reason="aborted", timings_ms=timings_ms)
        elif question.image is None:
            raise StageError("photo_missing")
        with _Timed(timings_ms, "solve"):
            ending = solving.run()
    except (StageError, InferenceError) as error:
        event = error_event(code=error.code, language=question.language)
        return Ending(finish_reason="error", error=event, timings_ms=timings_ms)
    # What was left to verify when the text was complete counts for itself.
    timings_ms["solve"] -= ending.timings_ms.get("verify", 0.0)
    return replace(ending, timings_ms=timings_ms | ending.timings_ms)


def read(engine: PipelineEngine, question: Question) -> Reading:
    """The reading stage for engines that do not see: a photo is read, a typed question parsed.

    Raises:
        InferenceError: There is no question on the photo, or the reader failed.
        StageError: There is nothing to read.
    """
    if question.text:
        return typed_reading(question.text, is_correction=question.is_correction)
    if question.image is None:
        raise StageError("photo_missing")
    return engine.read(
        question.image,
        crop=question.crop,
        rotation_deg=question.rotation_deg,
        language=question.language,
    )


class Solving:
    """The solving stage: stream the engine's text, cut it into steps and have them checked.

    Checks run in other threads while the text goes on; only the thread that calls `run` emits.
    """

    def __init__(
        self,
        engine: PipelineEngine,
        question: Question,
        *,
        emit: Emit,
        control: Control,
        on_solving: Callable[[Event | None], None],
    ) -> None:
        self._engine = engine
        self._question = question
        self._emit = emit
        self._control = control
        self._on_solving = on_solving
        self._has_begun = self._is_refused = False
        self._writer = engine.preferred_name
        self._request = Request(
            request_id=question.request_id,
            problem="",
            language=question.language,
            image=photo_for_model(
                question.image, crop=question.crop, rotation_deg=question.rotation_deg
            )
            if question.image is not None and engine.preferred_name in SEEING
            else question.image,
            deadline_s=question.deadline_s,
            max_new_tokens=engine.max_new_tokens
            if engine.preferred_name in SEEING
            else MAX_NEW_TOKENS,
            fairness_key=question.fairness_key,
            priority=Priority.BATCH if question.is_of_batch else Priority.INTERACTIVE,
        )
        self._writing = Writing(engine, emit, photo=self._request.image, language=question.language)

    def begin(self, reading: Reading | None = None) -> None:
        """From here on text is written, to a reading that was made before, if any. Idempotent."""
        if self._has_begun:
            return
        self._has_begun = True
        event = None if reading is None else reading_event(reading)
        self._on_solving(event)
        if reading is not None and event is not None:
            self._request = replace(self._request, problem=reading.text)
            self._writing.reading = reading
            self._emit(event)
        self._emit({"type": "state", "state": "solving"})

    def run(self) -> Ending:
        """Have it solved.

        Raises:
            InferenceError: No engine takes the request.
            StageError: What was read makes no sense.
        """
        try:
            ending = self._follow(self._engine.solver, self._request)
            if ending.finish_reason in ("stop", "length", "fallback"):
                return self._rescue(ending) or ending
            return ending
        finally:
            self._control.detach()
            self._writing.cancel_checks()

    def _follow(
        self, solver: Engine, request: Request, *, rescue: EngineChanged | None = None
    ) -> Ending:
        """Read a request's stream to its end. A rescue shows nothing before it has some text."""
        stream = solver.submit(request)
        self._control.attach(lambda: solver.abort(request.request_id))
        writing = self._writing
        gather_s = 0.0  # the first word is shown at once
        try:
            while True:
                for event in next_events(stream, gather_s):
                    match event:
                        case Delta():
                            gather_s = GATHER_S
                            self.begin()
                            if rescue is not None:
                                self._change(rescue)
                                rescue = None
                            writing.feed(event)
                        case StepRule():
                            writing.take_rule(event)
                        case PhotoRead(reading=reading):
                            if rescue is not None or self._is_refused:
                                reading = _doubted(reading)
                            self._take_reading(reading, is_rescue=rescue is not None)
                        case EngineChanged():
                            self._change(event)
                        case Queued():
                            pass  # a page counts its place in the queue that the database holds
                        case Done() | Failed():
                            return self._end(event)
                writing.emit_finished_checks()
        except BaseException:
            # Whatever ended this thread's interest, the engine must not write on for nobody.
            solver.abort(request.request_id)
            raise

    def _change(self, change: EngineChanged) -> None:
        self._writer = change.target
        self._is_refused = change.reason == "out_of_range"
        self._writing.begin_anew(change)

    def _take_reading(self, reading: Reading, *, is_rescue: bool) -> None:
        """The rules read the photo, as the engine before them wrote nothing of use."""
        if self._question.crop is not None or self._question.rotation_deg:
            reading = _on_whole_photo(reading, self._question)
        if is_rescue and reading.parse_error is not None:
            return  # what the model read stays
        self._writing.reading = reading
        self._emit(reading_event(reading))
        if reading.parse_error is not None:
            raise StageError("not_understood")

    def _end(self, end: Done | Failed) -> Ending:
        if isinstance(end, Failed):
            error = failure_event(end.code, end.message, self._question.language)
            return Ending(finish_reason="error", error=error)
        if end.finish_reason == "aborted":
            return Ending(finish_reason="aborted", usage=end.usage)
        started = time.perf_counter()
        self.begin()
        self._writing.close()
        self._writing.await_checks(lambda: self._control.is_aborted)
        timings = {"verify": 1000 * (time.perf_counter() - started)}
        is_late = end.finish_reason == "timeout"
        return Ending(
            finish_reason=end.finish_reason,
            usage=end.usage,
            error=error_event(code="timeout", language=self._question.language)
            if is_late
            else None,
            timings_ms=timings,
        )

    def _rescue(self, ending: Ending) -> Ending | None:
        """Let the rules answer where a model's text did not hold. None when they cannot, either:
        then it stands as it is, with its marks."""
        rules = self._engine.rules
        if rules is None or self._writer == rules.name:
            return None
        reason = self._writing.find_doubt()
        if reason is None:
            return None
        first, likelier = self._writing.reading, self._writing.likelier_reading()
        if likelier is not None:
            reason = "unsure_reading"
            self._take_reading(likelier, is_rescue=True)
        reading = self._writing.reading
        is_understood = reading is not None and reading.parse_error is None
        request = replace(
            self._request,
            request_id=f"{self._request.request_id}:rules",
            problem=self._writing.asked if is_understood else "",
            deadline_s=min(self._request.deadline_s, _RESCUE_DEADLINE_S),
            max_new_tokens=MAX_NEW_TOKENS,
        )
        change = EngineChanged(self._writer, rules.name, reason)
        try:
            rescue = self._follow(rules, request, rescue=change)
        except (InferenceError, StageError):
            rescue = None
        if self._writer != rules.name and likelier is not None and first is not None:
            self._take_reading(first, is_rescue=True)  # it belongs to the text that stays
        if rescue is None:
            return None
        if self._control.is_aborted:
            return replace(ending, finish_reason="aborted")
        if self._writer != rules.name:
            return None
        return replace(
            rescue,
            finish_reason="fallback" if rescue.finish_reason == "stop" else rescue.finish_reason,
            timings_ms={
                "verify": ending.timings_ms.get("verify", 0.0)
                + rescue.timings_ms.get("verify", 0.0)
            },
        )


_RESCUE_DEADLINE_S = 20.0
GATHER_S = 0.08


def next_events(stream: Stream, gather_s: float) -> list[StreamEvent]:
    """Let events gather for a moment, though not beyond the end, then wait for the first of them;
    neighbouring text is joined.

    A thread that woke for every token would take the interpreter from the engine each time, and
    readers get a frame each 50 ms at most, with many of them fewer.
    """
    if gather_s:
        stream.await_end(gather_s)
    event = stream.get(timeout_s=POLL_S)
    events: list[StreamEvent] = []
    while event is not None:
        if isinstance(event, Delta):
            event = joined([event, *stream.take_text()])
        events.append(event)
        event = stream.get(timeout_s=0)
    return events


def _doubted(reading: Reading) -> Reading:
    """A reading of a photo on which a model found no question: two readers disagree, and the person
    is asked whether it is what stands there."""
    if reading.uncertain or reading.parse_error is not None:
        return reading
    return questioned(reading, reading.confidence)


def _on_whole_photo(reading: Reading, question: Question) -> Reading:
    """Where the reading of a part of a photo stands on the photo that the person framed it on."""
    crop = question.crop or Box(0.0, 0.0, 1.0, 1.0)
    box = reading.box
    if box is not None:
        box = Box(
            x=crop.x + box.x * crop.width,
            y=crop.y + box.y * crop.height,
            width=box.width * crop.width,
            height=box.height * crop.height,
        )
    turned = (question.rotation_deg or 0.0) + reading.rotation_deg
    return replace(reading, box=box, rotation_deg=turned % 360)


@dataclass(frozen=True, slots=True)
class Finish:
    """The last events of a solution, what the database stores with them, and what may be shown
    again to whoever asks the same: `content`, if the answer `is_lasting`."""

    events: tuple[Event, ...]
    result: SolutionResult
    is_lasting: bool
    content: dict[str, Any]


def finish(state: LiveState, ending: Ending) -> Finish:
    """The finishing stage: settle every check, say how it ended, and sum it all up.

    Args:
        state: Of all events so far; left as it is.
        ending: What `answer_question` returned.
    """
    state = state.copy()
    events = close(state, ending)
    reading = state["reading"]
    topic = topic_of_question(reading["text"]) if reading is not None else ""
    snapshot = state.snapshot()
    return Finish(
        tuple(events),
        result_of(state, timings_ms=ending.timings_ms, topic=topic),
        is_lasting=is_lasting(state, finish_reason=ending.finish_reason),
        content={name: snapshot[name] for name in KEPT_FIELDS},
    )


def close(state: LiveState, ending: Ending) -> list[Event]:
    """The last events of a solution or a follow-up; they are applied to `state`."""
    events = closing_events(state)
    if ending.error is not None:
        events.append(ending.error)
        outcome = "failed"
    else:
        outcome = "stopped" if ending.finish_reason == "aborted" else "finished"
    events.append({"type": "state", "state": outcome})
    usage = {
        "ttft_ms": round(ending.usage.ttft_ms, 1),
        "tokens": ending.usage.tokens,
        "tokens_per_s": round(ending.usage.tokens_per_s, 1),
    }
    events.append(done_event(finish_reason=ending.finish_reason, usage=usage, text=state.text))
    for event in events:
        state.apply(event)
    return events


def failure_event(code: str, message: str, language: Language) -> Event:
    """Why an engine failed, for the person who asked."""
    # What the engine says is more precise than our sentence for its code. Why it refuses a problem
    # it says in the language of the question, all else in English.
    is_understood = language == "en" or code == "unsupported_problem"
    return error_event(code=code, language=language, message=message if is_understood else "")


class _Timed:
    """Notes the milliseconds of its block, however it ends."""

    def __init__(self, timings_ms: dict[str, float], stage: str) -> None:
        self._timings_ms = timings_ms
        self._stage = stage

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *exc_info: object) -> None:
        self._timings_ms[self._stage] = 1000 * (time.perf_counter() - self._started)
