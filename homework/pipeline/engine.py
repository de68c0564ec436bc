"""The parts of `inference` that this site runs, made from its settings. Nothing else imports them.

What the other modules of the pipeline need of `inference` they take from here.
"""

from __future__ import annotations

import io
import json
import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from PIL import Image

from inference import (
    Check,
    Engine,
    EngineConfig,
    InferenceError,
    LocalConfig,
    Reading,
    RemoteConfig,
    Request,
    Stream,
    Verdict,
)
from inference.agreement import (
    LooksAgain,
    agreed_question,
    found_the_same,
    likelier_question,
    model_reading,
    other_looks,
    other_question,
    questioned,
)
from inference.chain import ChainEngine
from inference.confidence import Trace, joined
from inference.errors import EngineNotReadyError, MathSyntaxError, NoQuestionFoundError
from inference.identity import model_revision, release_digest
from inference.measure import Measurement
from inference.measure import measure as measure_engine
from inference.reader import Reader
from inference.solution_text import (
    AnswerParsed,
    ParsedEvent,
    ProblemParsed,
    SolutionTextParser,
    StepParsed,
    VisibleText,
)
from inference.types import (
    MAX_NEW_TOKENS,
    Box,
    Delta,
    Done,
    EngineChanged,
    EngineName,
    EngineStats,
    Failed,
    FinishReason,
    Language,
    PhotoRead,
    Priority,
    Queued,
    StepRule,
    Turn,
    UncertainSpan,
    Usage,
)
from inference.types import (
    Event as StreamEvent,
)

if TYPE_CHECKING:
    from inference.reader import RapidOcrReader
    from inference.verify.sandbox import SandboxPool

__all__ = [
    "MAX_NEW_TOKENS",
    "SEEING",
    "AnswerParsed",
    "Box",
    "Check",
    "Checks",
    "Delta",
    "Done",
    "Engine",
    "EngineChanged",
    "EngineName",
    "EngineNotReadyError",
    "EngineStats",
    "Failed",
    "FinishReason",
    "InferenceError",
    "Language",
    "MathSyntaxError",
    "Measurement",
    "NoQuestionFoundError",
    "ParsedEvent",
    "PhotoRead",
    "PipelineEngine",
    "Priority",
    "ProblemParsed",
    "Queued",
    "Reader",
    "Reading",
    "Request",
    "SolutionTextParser",
    "StepParsed",
    "StepRule",
    "Stream",
    "StreamEvent",
    "Trace",
    "Turn",
    "UncertainSpan",
    "Usage",
    "Verdict",
    "VisibleText",
    "agreed_question",
    "build_engine",
    "engine_names",
    "formula_latex",
    "formula_text",
    "found_the_same",
    "joined",
    "likelier_question",
    "make_model_engine",
    "measure_engine",
    "model_reading",
    "number_line_of",
    "other_question",
    "other_ways",
    "photo_for_model",
    "preview_typed",
    "questioned",
    "rule_sentences",
    "topic_of_question",
    "typed_reading",
]

logger = logging.getLogger(__name__)


class Checks(Protocol):
    """Says of steps and answers what can be proved. Methods may be called from any thread."""

    def check_step(
        self, problem: str, previous: Sequence[str], formulas: Sequence[str], timeout_s: float
    ) -> Check:
        """Whether the formulas of a step follow from the problem and the formulas before."""

    def check_answer(self, problem: str, answer: str, timeout_s: float) -> Check:
        """Whether the answer answers the problem."""


class Startable(Protocol):
    """Something with processes of its own."""

    def start(self) -> None:
        """Start it; returns when it is ready."""

    def stop(self) -> None:
        """End it. Idempotent."""


_LOOK_DEADLINE_S = 10.0

SEEING: frozenset[EngineName] = frozenset({"local", "remote"})
"""Engines that look at the photo themselves; the others need its question as text."""


class PipelineEngine:
    """Reader, solver and checker, started and stopped as one.

    Args:
        reader: Reads photos for engines that do not see, and as a second opinion on one that does.
        solver: Answers; often a `ChainEngine`.
        checks: Checks steps and answers.
        sandbox: The processes behind `checks` and the rules.
        rules: The rule engine within `solver`, which steps in when a model's step fails its check.
        model: The model within `solver` that can look at a photo again; None where there is none.
        num_workers: Questions that may be answered at the same time.
        num_readers: Photos that are read by `reader` at the same time.
        max_new_tokens: Bound on what a model writes.
        identity: Changes with whatever an answer depends on beside its question: models and their
            revisions, prompts, options, release. Empty when answers are not to be kept.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        solver: Engine,
        checks: Checks,
        sandbox: Startable | None = None,
        rules: Engine | None = None,
        model: LooksAgain | None = None,
        num_workers: int = 2,
        num_readers: int = 2,
        max_new_tokens: int = 4096,
        identity: str = "",
        num_check_threads: int = 2,
        check_timeout_s: float = 3.0,
    ) -> None:
        self.reader = reader
        self.solver = solver
        self.checks = checks
        self.rules = rules
        self._model = model
        self.num_workers = num_workers
        self.max_new_tokens = max_new_tokens
        self.identity = identity
        self.check_timeout_s = check_timeout_s
        self._reading = threading.BoundedSemaphore(num_readers)
        self._sandbox = sandbox
        self._num_check_threads = num_check_threads
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a question would be read and solved now."""
        return self._executor is not None and self.solver.is_ready

    @property
    def is_healthy(self) -> bool:
        """Ready, and no engine has died or could not be loaded, whoever answers in its place."""
        return self.is_ready and "failed" not in self.states().values()

    @property
    def preferred_name(self) -> EngineName:
        """The engine that answers when all is well."""
        return getattr(self.solver, "preferred", self.solver.name)

    @property
    def sees(self) -> bool:
        """Whether the engine that would be asked now looks at the photo itself."""
        return self.solver.name in SEEING

    def states(self) -> dict[str, str]:
        """How each engine fares, most wanted first; see `inference.chain.EngineState`."""
        if isinstance(self.solver, ChainEngine):
            return {str(name): str(state) for name, state in self.solver.states().items()}
        return {self.solver.name: "ready" if self.solver.is_ready else "loading"}

    def stats(self) -> dict[str, EngineStats]:
        """The counters of each engine, most wanted first."""
        if isinstance(self.solver, ChainEngine):
            return {str(name): stats for name, stats in self.solver.all_stats().items()}
        return {self.solver.name: self.solver.stats()}

    @property
    def executor(self) -> ThreadPoolExecutor:
        """The threads in which checks wait for their worker process.

        Raises:
            EngineNotReadyError: The engine is not started.
        """
        if self._executor is None:
            raise EngineNotReadyError("The engine is not running.")
        return self._executor

    def read(
        self,
        image: bytes,
        *,
        crop: Box | None = None,
        rotation_deg: float | None = None,
        language: Language = "en",
    ) -> Reading:
        """Read the question on a sanitised photo by OCR. Waits while many others are read.

        Raises:
            NoQuestionFoundError: There is none.
        """
        with self._reading, Image.open(io.BytesIO(image)) as opened:
            return self.reader.read(opened, crop=crop, rotation_deg=rotation_deg, language=language)

    def look_again(self, photo: bytes, *, language: Language) -> tuple[Reading, ...]:
        """What the model reads when it looks at a photo at other sizes.

        Args:
            photo: What it saw.
            language: In which it wrote.
        """
        if self._model is None:
            return ()
        request = Request(
            request_id=f"again:{uuid.uuid4()}",
            problem="",
            image=photo,
            language=language,
            deadline_s=_LOOK_DEADLINE_S,
        )
        return other_looks(self._model, request)

    def locate(self, image: bytes) -> dict[str, Any] | None:
        """Where on a sanitised photo the question stands, as JSON values, or None.

        Returns:
            `{"box": {"x", "y", "width", "height"}, "rotation_deg": ...}`, the box being one on
            the photo turned clockwise by `rotation_deg`.
        """
        try:
            with Image.open(io.BytesIO(image)) as opened:
                found = self.reader.locate(opened)
        except NoQuestionFoundError:
            return None
        return {"box": asdict(found.box), "rotation_deg": found.rotation_deg}

    def start(self) -> None:
        """Load everything; returns when it is ready. Idempotent.

        Raises:
            InferenceError: It cannot run on this machine.
        """
        with self._lock:
            if self._executor is not None:
                return
            if self._sandbox is not None:
                self._sandbox.start()
            self.reader.start()
            self.solver.start()
            self._executor = ThreadPoolExecutor(self._num_check_threads, thread_name_prefix="check")

    def stop(self) -> None:
        """Abort what runs and free everything. Idempotent."""
        with self._lock:
            executor, self._executor = self._executor, None
            self.solver.stop()
            if self._sandbox is not None:
                self._sandbox.stop()
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)


def typed_reading(text: str, *, is_correction: bool) -> Reading:
    """The reading of a question that a person typed: certain, if only it can be understood."""
    from inference.rules.problem import parse_problem

    latex, parse_error = "", None
    try:
        latex = parse_problem(text).latex
    except InferenceError as error:
        parse_error = error.message
    return Reading(
        text=text,
        latex=latex,
        confidence=1.0,
        source="corrected" if is_correction else "typed",
        parse_error=parse_error,
    )


def preview_typed(text: str) -> dict[str, Any]:
    """`{"latex", "error", "position"}` of a typed question: understood, or why not and where.

    `error` is the stable code of the reason, as `MathSyntaxError` has it."""
    from inference.rules.problem import parse_problem

    try:
        return {"latex": parse_problem(text).latex, "error": None, "position": None}
    except MathSyntaxError as error:
        return {"latex": "", "error": error.reason, "position": error.position}
    except InferenceError as error:
        return {"latex": "", "error": error.code, "position": None}


def formula_latex(text: str) -> str:
    """One line of mathematics, plain or LaTeX, as LaTeX.

    Raises:
        MathSyntaxError: It is none.
    """
    from inference.rules.parser import parse_math
    from inference.rules.printer import to_latex

    return to_latex(parse_math(text))


def formula_text(latex: str) -> str:
    """A formula in the plain notation of the text field; the LaTeX itself where it has none."""
    from inference.rules.parser import parse_math
    from inference.rules.printer import to_text

    try:
        return to_text(parse_math(latex))
    except MathSyntaxError:
        return latex


def number_line_of(latex: str) -> dict[str, Any] | None:
    """The answer of an inequality as JSON values for a drawing; None for any other answer.

    Returns:
        `{"letter", "interval", "text", "marks": [{"latex", "value"}], "pieces": [{"low", "high",
        "has_low", "has_high"}]}`, see `inference.rules.number_line`.
    """
    from inference.rules.number_line import number_line_of as drawn

    found = drawn(latex)
    if found is None:
        return None
    return {
        "letter": found.letter,
        "interval": found.interval,
        "text": found.text,
        "marks": [asdict(mark) for mark in found.marks],
        "pieces": [asdict(piece) for piece in found.pieces],
    }


def other_ways(question: str, language: str) -> list[tuple[str, str]]:
    """What else could be asked of a formula: names of methods and tasks, each with its question."""
    from inference.rules.ways import other_ways as found

    return [(way.name, way.text) for way in found(question, "zh" if language == "zh" else "en")]


def folding_rules(language: str) -> dict[str, Any]:
    """What a page needs to tell a solution in fewer steps: the rules whose steps join the one
    before them at `normal` and at `brief`, and the sentence for calculations made one step."""
    from inference.rules.explain import sentence
    from inference.rules.steps import CALCULATION, ROUTINE

    title = sentence("work_it_out", "zh" if language == "zh" else "en", {})
    return {"normal": sorted(CALCULATION), "brief": sorted(ROUTINE), "title": title}


def topic_of_question(text: str) -> str:
    """What a question is about, a value of `solutions.topics.Topic`; empty when it is not
    understood."""
    from inference.rules.classify import topic_of

    topic = topic_of(text)
    return "" if topic is None else str(topic)


def photo_for_model(
    image: bytes, *, crop: Box | None = None, rotation_deg: float | None = None
) -> bytes:
    """The part of a sanitised photo that a person framed, upright, as JPEG.

    The same part gives the same bytes, by which the model's caches know it.
    """
    quarter = round((rotation_deg or 0.0) / 90.0) * 90 % 360
    if crop is None and quarter == 0:
        return image
    with Image.open(io.BytesIO(image)) as opened:
        upright = opened.rotate(-quarter, expand=True) if quarter else opened
        if crop is not None:
            width, height = upright.size
            left, top = int(crop.x * width), int(crop.y * height)
            right = max(left + 1, round((crop.x + crop.width) * width))
            bottom = max(top + 1, round((crop.y + crop.height) * height))
            upright = upright.crop((left, top, right, bottom))
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=95)
    return out.getvalue()


def engine_names() -> list[str]:
    """The engines that the settings ask for, most wanted first."""
    if settings.ENGINES:
        return list(settings.ENGINES)
    names = ["local"] if settings.MODEL else []
    if settings.REMOTE_URLS:
        names.append("remote")
    return [*names, "rules"]


def rule_sentences(language: str) -> Mapping[str, str]:
    """What the rule engine says at each of its rules, values as `{name}`; `en` or `zh`."""
    from inference.rules.explain import TABLES

    return TABLES["zh" if language == "zh" else "en"]


def build_engine() -> PipelineEngine:
    """The engine that the settings describe, not yet started."""
    # Their modules load OCR and computer algebra; only a process that solves pays for that.
    from inference.reader import RapidOcrReader
    from inference.verify.checker import Checker
    from inference.verify.sandbox import SandboxPool

    pool = SandboxPool(
        workers=settings.SANDBOX_WORKERS,
        memory_bytes=settings.SANDBOX_MEMORY_MB * 1024 * 1024,
        max_tasks_per_worker=200,
    )
    reader = RapidOcrReader()

    def read_photo(image: bytes, language: Language) -> Reading:
        return engine.read(image, language=language)

    engines = {
        name: _make_rules(pool, read_photo) if name == "rules" else make_model_engine(name, reader)
        for name in engine_names()
    }
    solver = ChainEngine(
        list(engines.values()),
        stall_s=settings.ENGINE_STALL_S,
        wait_s=settings.ENGINE_WAIT_S,
        restart_s=settings.ENGINE_RESTART_S,
    )
    engine = PipelineEngine(
        reader=reader,
        solver=solver if len(engines) > 1 else solver.engines[0],
        checks=Checker(pool),
        sandbox=pool,
        rules=engines.get("rules"),
        model=_who_looks_again(engines),
        num_workers=settings.PIPELINE_WORKERS or max(map(_num_useful_workers, engines)),
        num_readers=settings.RULES_WORKERS,
        max_new_tokens=settings.MAX_NEW_TOKENS,
        identity=_identity(),
        num_check_threads=settings.SANDBOX_WORKERS,
        check_timeout_s=settings.SANDBOX_TIMEOUT_S,
    )
    return engine


def _who_looks_again(engines: Mapping[str, Engine]) -> LooksAgain | None:
    """The model that wrote, if nobody but it can have written."""
    local = engines.get("local")
    return local if isinstance(local, LooksAgain) and "remote" not in engines else None


def _identity() -> str:
    """What an answer of these settings and this release depends on."""
    from inference.prompts import PROMPT_VERSION

    return json.dumps(
        {
            "engines": engine_names(),
            "model": model_revision(settings.MODEL, settings.MODEL_REVISION),
            "dtype": settings.MODEL_DTYPE,
            "remote": [settings.REMOTE_MODEL, settings.REMOTE_REVISION],
            "prompt": PROMPT_VERSION,
            "max_new_tokens": settings.MAX_NEW_TOKENS,
            "release": release_digest(),
        },
        sort_keys=True,
    )


_MAX_SLOTS = 32
_NUM_AHEAD = 4
"""Questions that are prepared while all slots write, so that a slot never waits for one."""


def _num_useful_workers(name: str) -> int:
    """How many questions the engine of this name can work on."""
    if name == "local":
        return (settings.MODEL_SLOTS or _MAX_SLOTS) + _NUM_AHEAD
    return settings.REMOTE_MAX_ACTIVE if name == "remote" else settings.RULES_WORKERS


def make_model_engine(name: str, reader: RapidOcrReader | None = None) -> Engine:
    """The `local` or `remote` engine that the settings describe, not yet started.

    Args:
        name: Which of them.
        reader: What cuts questions out for a model that needs it; None for a reader of its own.
    """
    return _make_local(reader) if name == "local" else _make_remote()


def _make_rules(pool: SandboxPool, read_photo: Callable[[bytes, Language], Reading]) -> Engine:
    from inference.rules.engine import RulesEngine

    config = EngineConfig(
        max_queued=settings.PIPELINE_MAX_QUEUED,
        max_active=settings.RULES_WORKERS,
        solve_timeout_s=settings.SANDBOX_TIMEOUT_S,
        tokens_per_s=settings.RULES_TOKENS_PER_S,
    )
    return RulesEngine(config, pool, read_photo)


def _make_local(reader: RapidOcrReader | None) -> Engine:
    # Loads torch, which only a process with a model pays for.
    from inference.local import LocalEngine

    config = EngineConfig(max_queued=settings.PIPELINE_MAX_QUEUED)
    return LocalEngine(config, local_config(), reader=reader)


def local_config() -> LocalConfig:
    """The local engine that the settings describe."""
    return LocalConfig(
        model=settings.MODEL,
        revision=settings.MODEL_REVISION or None,
        device=settings.MODEL_DEVICE,
        dtype=settings.MODEL_DTYPE,
        num_slots=settings.MODEL_SLOTS or None,
        max_len=settings.MODEL_MAX_LEN,
        prefill_budget=settings.MODEL_PREFILL_BUDGET,
        feature_cache_bytes=settings.MODEL_FEATURE_CACHE_MB * 1024 * 1024,
        num_threads=settings.MODEL_THREADS or None,
    )


def _make_remote() -> Engine:
    from inference.remote import RemoteEngine

    config = EngineConfig(
        max_queued=settings.PIPELINE_MAX_QUEUED, max_active=settings.REMOTE_MAX_ACTIVE
    )
    remote = RemoteConfig(
        endpoints=tuple(settings.REMOTE_URLS),
        model=settings.REMOTE_MODEL,
        api_key=settings.REMOTE_API_KEY,
        first_token_timeout_s=settings.REMOTE_FIRST_TOKEN_S,
        inter_token_timeout_s=settings.REMOTE_SILENCE_S,
    )
    return RemoteEngine(config, remote)
