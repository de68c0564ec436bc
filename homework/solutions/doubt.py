"""How much a solution needs a teacher's look: a score to sort by, and the reasons behind it.

Computed once, when a solution ends or is reported, and stored; the queue only sorts. What a student
says weighs most, then what the checker has disproved, then what nobody could check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LOW_CONFIDENCE = 0.8
"""Below this a reading is in doubt, even where no single sign is."""
ATTENTION = 20
"""From this score on a solution counts as one that a teacher ought to see."""

WEIGHTS = {
    "reported_wrong": 200,
    "reported_confused": 150,
    "answer_failed": 100,
    "model_failed": 90,
    "step_failed": 80,
    "not_solved": 60,
    "fallback": 40,
    "cut_off": 30,
    "reading_unsure": 30,
    "answer_unchecked": 20,
    "step_unchecked": 5,
}
"""The reasons, the heaviest first. Their names are stored and stable."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A score, 0 for none, and the names of its reasons, the heaviest first."""

    score: int
    reasons: list[str]


def doubt_of(
    *,
    state: str,
    reading: Mapping[str, Any] | None,
    step_checks: Iterable[Mapping[str, Any] | None],
    answer_check: Mapping[str, Any] | None,
    has_answer: bool,
    fallback_reason: str = "",
    reported: str = "",
) -> Doubt:
    """Weigh a solution that has come to its end.

    Args:
        state: How it ended; one that was stopped is in doubt only when it is reported.
        reading: What was read, or None.
        step_checks: The check of each step.
        answer_check: The check of the answer.
        has_answer: Whether there is an answer.
        fallback_reason: Why another engine took over, or empty.
        reported: `wrong`, `confused` or empty, as the student said.
    """
    reasons: set[str] = set()
    if reported:
        reasons.add(f"reported_{reported}")
    if state == "failed":
        reasons.add("not_solved")
    elif state == "finished":
        reasons |= _doubts_of_checks(step_checks, answer_check, has_answer)
    if state != "stopped":
        if fallback_reason:
            # What the model wrote was proved wrong: perhaps it misread the question, too.
            is_wrong = fallback_reason == "failed_check"
            reasons.add("model_failed" if is_wrong else "fallback")
        if reading is not None and is_reading_unsure(reading):
            reasons.add("reading_unsure")
    return Doubt(
        score=sum(WEIGHTS[reason] for reason in reasons),
        reasons=[reason for reason in WEIGHTS if reason in reasons],
    )


def _doubts_of_checks(
    step_checks: Iterable[Mapping[str, Any] | None],
    answer_check: Mapping[str, Any] | None,
    has_answer: bool,
) -> set[str]:
    reasons = set()
    verdicts = {_verdict(check) for check in step_checks}
    if "failed" in verdicts:
        reasons.add("step_failed")
    if "not_checkable" in verdicts:
        reasons.add("step_unchecked")
    if not has_answer:
        reasons.add("cut_off")
    elif _verdict(answer_check) == "failed":
        reasons.add("answer_failed")
    elif _verdict(answer_check) == "not_checkable":
        reasons.add("answer_unchecked")
    return reasons


def is_reading_unsure(reading: Mapping[str, Any]) -> bool:
    """Whether what was read may not be what stands on the paper."""
    is_typed = reading.get("source") in {"typed", "corrected"}
    return not is_typed and (
        bool(reading.get("uncertain")) or float(reading.get("confidence", 1.0)) < LOW_CONFIDENCE
    )


def verdict_of(
    *,
    step_checks: Iterable[Mapping[str, Any] | None],
    answer_check: Mapping[str, Any] | None,
    has_answer: bool,
) -> str:
    """One verdict over a whole solution: `failed` if anything is, else that of the answer."""
    if not has_answer:
        return ""
    if "failed" in {_verdict(check) for check in step_checks}:
        return "failed"
    return _verdict(answer_check)


def _verdict(check: Mapping[str, Any] | None) -> str:
    # A solution that ended before a check did has no check, which proves as little.
    return "not_checkable" if check is None else str(check["verdict"])
