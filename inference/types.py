"""The words that every part of `inference` shares: readings, checks, requests and stream events.

Everything here is a frozen value: it may cross threads and processes freely. No torch, no SymPy,
no Django; importing this module costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

MAX_NEW_TOKENS = 4096
"""Bound of an answer where nothing else is said; more than any solution by rules."""

Language = Literal["en", "zh"]
EngineName = Literal["local", "remote", "rules"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a photo, as fractions of its width and height (origin top left, 0..1)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class UncertainSpan:
    """A stretch of `Reading.text` that the reader is not sure of.

    Attributes:
        start: First character, as an offset into `Reading.text`.
        end: One past the last character.
        confidence: 0..1, the reader's own probability of what stands there.
        alternatives: Other readings of the same ink, the likeliest first.
    """

    start: int
    end: int
    confidence: float
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from a photo or typed by a person.

    Attributes:
        text: The question in the plain notation that `inference.rules.parse_problem` takes,
            instruction included ("Solve: 3x + 5 = 20"). This is what a student edits.
        latex: The same question for display, without delimiters.
        confidence: 0..1, for the whole reading. 1.0 when typed.
        uncertain: Stretches of `text` that deserve a mark.
        source: Who read it.
        box: Where on the (upright) photo the question stands, if it came from a photo.
        rotation_deg: Clockwise degrees by which the photo had to be turned to stand upright.
        parse_error: Why `text` is no question that the rules understand, else None. The text is
            still shown, so that the student can mend it.
    """

    text: str
    latex: str
    confidence: float
    uncertain: tuple[UncertainSpan, ...] = ()
    source: Literal["ocr", "typed", "model", "corrected"] = "ocr"
    box: Box | None = None
    rotation_deg: float = 0.0
    parse_error: str | None = None


class Verdict(StrEnum):
    """What the checker can say of a step or an answer."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict and the ground for it.

    Attributes:
        verdict: `VERIFIED` only on a proof, `FAILED` only on a proof or a counterexample.
        reason: A stable code for programs and translations, such as `equal`, `same_solutions`,
            `substitution`, `counterexample`, `lost_solution`, `extraneous_solution`,
            `unparsable`, `unsupported`, `timeout`.
        detail: Values that make the reason concrete, as plain strings (`{"x": "2"}`).
    """

    verdict: Verdict
    reason: str
    detail: Mapping[str, str] = field(default_factory=dict)


class Priority(IntEnum):
    """Lower runs first."""

    INTERACTIVE = 0
    BATCH = 1


PromptKind = Literal["solve", "read", "hint", "follow_up", "describe", "moderate"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingParams:
    """How the next token is chosen; the defaults are greedy.

    Attributes:
        temperature: 0 for greedy; else logits are divided by it.
        top_k: Only the k likeliest tokens, 0 for all.
        top_p: Only the likeliest tokens that together reach this probability (nucleus sampling).
        repetition_penalty: Logits of tokens already seen are divided (if positive) or multiplied
            by it, as in CTRL.
        seed: The same seed gives the same text, whatever else runs. None for a new one.
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.temperature < 0 or self.top_k < 0 or self.repetition_penalty <= 0:
            raise ValueError("temperature and top_k must not be negative, the penalty is positive")
        if not 0 < self.top_p <= 1:
            raise ValueError("top_p must be in (0, 1]")

    @property
    def is_greedy(self) -> bool:
        """Whether the likeliest token is taken as it is."""
        return self.temperature == 0 and self.repetition_penalty == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question for an engine.

    Attributes:
        request_id: Unique among the requests in flight; `Engine.abort` takes it.
        problem: `Reading.text`; empty when the engine is to read the photo itself.
        language: In which language the explanation is written.
        image: The sanitised photo, encoded, for engines that look at it themselves.
        priority: Interactive questions run before batch ones.
        deadline_s: Seconds from submission after which the request ends with `timeout`.
        max_new_tokens: Upper bound on the tokens written; past it the request ends with `length`.
        fairness_key: Requests with the same key share one turn in the queue (a student's id).
        prompt: What is asked of the model; the rules know `solve`, and `follow_up` about a step.
        history: Earlier messages about the same photo, oldest first.
        rules: Which rules made the steps of the solution in `history`, where that is known: by them
            the rules answer a follow-up.
        sampling: How tokens are chosen.
        stop: The text ends before the first of these strings.
    """

    request_id: str
    problem: str
    language: Language = "en"
    image: bytes | None = None
    priority: Priority = Priority.INTERACTIVE
    deadline_s: float = 60.0
    max_new_tokens: int = MAX_NEW_TOKENS
    fairness_key: str = ""
    prompt: PromptKind = "solve"
    history: tuple[Turn, ...] = ()
    rules: tuple[StepRule, ...] = ()
    sampling: SamplingParams = field(default_factory=SamplingParams)
    stop: tuple[str, ...] = ()


FinishReason = Literal["stop", "length", "aborted", "timeout", "fallback", "error"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request cost: time to first token in ms, tokens written, tokens per second."""

    ttft_ms: float = 0.0
    tokens: int = 0
    tokens_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits: `position` requests stand before it, `eta_s` seconds is the guess."""

    position: int
    eta_s: float


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of text. Never splits a character.

    Attributes:
        text: The piece.
        tokens: Of each token in it how many characters it brought, in order, and its probability;
            empty where the engine does not tell.
    """

    text: str
    tokens: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoRead:
    """The engine has read the photo, as the request named no problem. Only engines that read apart
    from writing send it, before any text; a model writes what it read into its text."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class StepRule:
    """Which rule made a step (1-based index). Only engines that know their rules send it, before
    the step's own text. `inputs` are the rule's operands as LaTeX."""

    index: int
    rule: str
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineChanged:
    """Another engine goes on with the request, from the beginning; discard the text so far."""

    origin: EngineName
    target: EngineName
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """Terminal: the request ended as it should, or was stopped."""

    finish_reason: FinishReason
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Failed:
    """Terminal: the request ended in an error that the person may be told of.

    `code` is stable (`unsupported_problem`, `no_solution_found`, `engine_error`, ...)."""

    code: str
    message: str
    retryable: bool


Event = Queued | PhotoRead | Delta | StepRule | EngineChanged | Done | Failed
TerminalEvent = Done | Failed


@dataclass(frozen=True, slots=True)
class EngineStats:
    """Counters of an engine since its start; `queue_depth` and `active` are of this moment, and
    `slots` is how many can be active, 0 when there is no such bound.

    Prompt tokens are split into those computed and those copied from another slot; the seconds are
    those spent on photos (beside the rest, in a thread of its own), prompts and decode steps.
    """

    queue_depth: int = 0
    active: int = 0
    slots: int = 0
    finished: int = 0
    failed: int = 0
    aborted: int = 0
    tokens: int = 0
    prefill_tokens: int = 0
    cached_tokens: int = 0
    feature_hits: int = 0
    feature_misses: int = 0
    decode_steps: int = 0
    encode_s: float = 0.0
    prefill_s: float = 0.0
    decode_s: float = 0.0
