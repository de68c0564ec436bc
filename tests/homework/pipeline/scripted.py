"""Engines and parts that write what a test tells them, through the real `Stream`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from PIL import Image

from homework.pipeline.engine import PipelineEngine
from inference import Check, Engine, Reading, Request, Stream, Verdict
from inference.agreement import LooksAgain
from inference.chain import ChainEngine
from inference.errors import EngineNotReadyError, NoQuestionFoundError
from inference.reader import Located
from inference.types import (
    Box,
    Delta,
    Done,
    EngineName,
    EngineStats,
    Event,
    Language,
    Usage,
)

SOLUTION = """**Problem.** $3x + 5 = 20$

**Step 1.** Subtract 5 from both sides.
$3x = 15$

**Step 2.** Divide both sides by 3.
$x = 5$

**Answer.** $x = 5$
"""
USAGE = Usage(ttft_ms=1.0, tokens=20, tokens_per_s=20.0)
VERIFIED = Check(Verdict.VERIFIED, "equal", {"x": "5"})


def deltas(text: str = SOLUTION, size: int = 5) -> list[Event]:
    """The text in pieces."""
    return [Delta(text[start : start + size]) for start in range(0, len(text), size)]


def solved(text: str = SOLUTION) -> list[Event]:
    """All events of a request that ends as it should."""
    return [*deltas(text), Done("stop", USAGE)]


class OtherLooks:
    """A model that reads these questions when it looks again, each with its probability; `requests`
    are what it was asked."""

    def __init__(self, *questions: tuple[str, float]) -> None:
        self._questions = questions
        self.requests: list[Request] = []

    def look_again(self, request: Request) -> list[Stream]:
        self.requests.append(request)
        streams = []
        for latex, probability in self._questions:
            stream = Stream(request.request_id)
            text = f"**Problem.** ${latex}$\n"
            stream.put(Delta(text, ((len(text), probability),)))
            stream.put(Done("stop"))
            streams.append(stream)
        return streams


class ScriptedEngine(Engine):
    """Plays events; waits before each one for `pace`, a semaphore, if there is one."""

    def __init__(
        self,
        events: Sequence[Event] | Callable[[Request], Iterable[Event]],
        name: EngineName = "rules",
    ) -> None:
        self.name = name
        self._events = events
        self.pace: threading.Semaphore | None = None
        self.requests: list[Request] = []
        self.aborted: list[str] = []
        self._is_running = False
        self._streams: dict[str, Stream] = {}
        self.has_begun = threading.Event()

    def start(self) -> None:
        self._is_running = True

    @property
    def is_ready(self) -> bool:
        return self._is_running

    def submit(self, request: Request) -> Stream:
        if not self._is_running:
            raise EngineNotReadyError("The engine is not running.")
        if request.request_id in self._streams:
            raise ValueError("in flight")
        stream = self._streams[request.request_id] = Stream(request.request_id)
        self.requests.append(request)
        threading.Thread(target=self._play, args=(request, stream), daemon=True).start()
        return stream

    def _play(self, request: Request, stream: Stream) -> None:
        events = self._events if isinstance(self._events, Sequence) else self._events(request)
        for event in events:
            if self.pace is not None:
                self.pace.acquire()
            if not stream.put(event):
                break
            self.has_begun.set()
        self._streams.pop(request.request_id, None)

    def abort(self, request_id: str) -> bool:
        self.aborted.append(request_id)
        stream = self._streams.pop(request_id, None)
        return stream is not None and stream.put(Done("aborted", USAGE))

    def stats(self) -> EngineStats:
        return EngineStats(active=len(self._streams))

    def stop(self) -> None:
        self._is_running = False
        for request_id in list(self._streams):
            self.abort(request_id)


@dataclass
class ScriptedReader:
    """Reads the same from every photo, once `gate` is open, and remembers what it was asked."""

    reading: Reading | None = None
    gate: threading.Event | None = None
    calls: list[tuple[Box | None, float | None]] = field(default_factory=list)

    def start(self) -> None:
        pass

    def read(
        self,
        image: Image.Image,
        *,
        crop: Box | None = None,
        rotation_deg: float | None = None,
        language: Language = "en",
    ) -> Reading:
        image.load()
        self.calls.append((crop, rotation_deg))
        if self.gate is not None:
            assert self.gate.wait(30)
        if self.reading is None:
            raise NoQuestionFoundError("I could not find a question in this photo.")
        return self.reading

    def locate(self, image: Image.Image) -> Located:
        image.load()
        if self.reading is None:
            raise NoQuestionFoundError("I could not find a question in this photo.")
        return Located(box=Box(0.1, 0.2, 0.3, 0.4), rotation_deg=90, tilt_deg=1.0)


class ScriptedChecks:
    """Gives every step and answer the same verdict, or raises; may be held up by an event."""

    def __init__(self, outcome: Check | Exception = VERIFIED) -> None:
        self.outcome = outcome
        self.gate: threading.Event | None = None
        self.steps: list[tuple[str, list[str], list[str]]] = []
        self.answers: list[tuple[str, str]] = []

    def check_step(
        self, problem: str, previous: Sequence[str], formulas: Sequence[str], timeout_s: float
    ) -> Check:
        self.steps.append((problem, list(previous), list(formulas)))
        return self._decide()

    def check_answer(self, problem: str, answer: str, timeout_s: float) -> Check:
        self.answers.append((problem, answer))
        return self._decide()

    def _decide(self) -> Check:
        if self.gate is not None:
            assert self.gate.wait(30)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def make_engine(
    events: Sequence[Event] | Callable[[Request], Iterable[Event]] | None = None,
    *,
    reading: Reading | None = None,
    checks: ScriptedChecks | None = None,
) -> PipelineEngine:
    """A pipeline engine of scripted parts, not started."""
    return PipelineEngine(
        reader=ScriptedReader(reading),
        solver=ScriptedEngine(solved() if events is None else events),
        checks=checks or ScriptedChecks(),
    )


def make_seeing_engine(
    model: ScriptedEngine,
    rules: ScriptedEngine,
    *,
    reading: Reading | None = None,
    checks: ScriptedChecks | None = None,
    looks: LooksAgain | None = None,
    **options: float,
) -> PipelineEngine:
    """One in which `model` looks at photos itself and `rules` step in, not started; `looks`
    is what `model` reads when it looks again."""
    return PipelineEngine(
        reader=ScriptedReader(reading),
        solver=ChainEngine([model, rules], **options),
        checks=checks or ScriptedChecks(),
        rules=rules,
        model=looks,
        max_new_tokens=100,
    )
