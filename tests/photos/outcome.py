"""What became of one picture: the events of its solution, judged against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.photos.judge import Expected, is_answer_right, is_reading_exact

Event = Mapping[str, Any]


class Result(StrEnum):
    """How a picture ended, from the view of the person who asked."""

    RIGHT = "right"
    """The right answer; of a picture without a question: it was refused."""
    REFUSED = "refused"
    """No answer, and the person was told so."""
    MARKED = "wrong, marked"
    """A wrong answer under a reading with uncertain spans, or one that is not verified."""
    UNMARKED = "wrong, unmarked"
    """A wrong answer with nothing that warns of it: no mark on the reading, and a badge."""


@dataclass(frozen=True)
class Outcome:
    """A judged picture.

    Attributes:
        expected: The truth.
        result: How it ended.
        is_reading_exact: Whether the question was read as it stands there.
        is_wrong_with_badge: Whether the answer is wrong and yet called verified, marked or not.
        is_verified: Whether the answer carries the badge.
        num_failed_steps: Steps that the checker disproved.
        reading: What was read.
        answer: What was answered, as LaTeX.
        num_uncertain: Uncertain spans of the reading.
        error: The code of the error, if there was one.
        seconds: From the photo to the last event.
    """

    expected: Expected
    result: Result
    is_reading_exact: bool
    is_wrong_with_badge: bool
    is_verified: bool
    num_failed_steps: int
    reading: str
    answer: str
    num_uncertain: int
    confidence: float
    error: str
    seconds: float


def judge(expected: Expected, events: Iterable[Event], seconds: float) -> Outcome:
    """Judge the events of one picture, in their order, as the stream protocol has them."""
    reading: Event = {}
    answer: Event = {}
    steps: dict[int, Event] = {}
    error = ""
    for event in events:
        match event["type"]:
            case "reading":
                reading = event
            case "step":
                steps[event["index"]] = event
            case "answer":
                answer = event
            case "engine":
                answer, steps = {}, {}
            case "error":
                error = event["code"]
    latex = "" if error else str(answer.get("latex", ""))
    is_verified = bool(latex) and _verdict(answer) == "verified"
    if expected.kind == "none":
        is_right, is_exact = not latex, not reading
    else:
        is_right = bool(latex) and is_answer_right(expected.topic, expected.answer, latex)
        is_exact = bool(reading) and is_reading_exact(expected.text, reading["text"])
    num_uncertain = len(reading.get("uncertain", ()))
    if is_right:
        result = Result.RIGHT
    elif not latex:
        result = Result.REFUSED
    else:
        result = Result.MARKED if num_uncertain or not is_verified else Result.UNMARKED
    return Outcome(
        expected=expected,
        result=result,
        is_reading_exact=is_exact,
        is_wrong_with_badge=is_verified and not is_right,
        is_verified=is_verified,
        num_failed_steps=sum(_verdict(step) == "failed" for step in steps.values()),
        reading=str(reading.get("text", "")),
        answer=latex,
        num_uncertain=num_uncertain,
        confidence=float(reading.get("confidence", 0.0)),
        error=error,
        seconds=seconds,
    )


def _verdict(event: Event) -> str:
    check = event.get("check") or {}
    return str(check.get("verdict", ""))
