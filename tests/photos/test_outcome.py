"""Outcomes are judged from the view of the person who asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.photos.judge import Expected
from tests.photos.outcome import Outcome, Result, judge

LINEAR = Expected(Path("a.jpg"), "print", "linear", "en", "Solve: 3x + 5 = 20", "x = 5")
NOTHING = Expected(Path("b.jpg"), "none", "none", "en", "", "")


def outcome(
    expected: Expected = LINEAR,
    *,
    read: str = "3x + 5 = 20",
    uncertain: int = 0,
    answer: str = "x = 5",
    verdict: str = "verified",
    error: str = "",
) -> Outcome:
    events: list[dict[str, Any]] = [{"type": "state", "state": "reading"}]
    if read:
        spans = [{"start": 0, "end": 1}] * uncertain
        events.append({"type": "reading", "text": read, "uncertain": spans, "confidence": 0.9})
    if answer:
        events.append({"type": "answer", "latex": answer, "check": None})
        events.append({"type": "answer", "latex": answer, "check": {"verdict": verdict}})
    if error:
        events.append({"type": "error", "code": error})
    events.append({"type": "done"})
    return judge(expected, events, 1.5)


def test_the_right_answer_is_right() -> None:
    found = outcome()
    assert (found.result, found.is_reading_exact, found.is_verified) == (Result.RIGHT, True, True)


def test_an_error_is_a_refusal_whatever_was_written_before() -> None:
    assert outcome(error="timeout").result is Result.REFUSED
    assert outcome(answer="", error="unsupported_problem").result is Result.REFUSED


def test_a_wrong_answer_counts_as_marked_when_the_reading_is() -> None:
    found = outcome(read="3x + 5 = 26", answer="x = 7", uncertain=1)
    assert found.result is Result.MARKED
    assert found.is_wrong_with_badge


def test_a_wrong_answer_without_badge_is_marked_and_no_lie() -> None:
    found = outcome(answer="x = 7", verdict="not_checkable")
    assert found.result is Result.MARKED
    assert not found.is_wrong_with_badge


def test_a_wrong_answer_with_badge_and_nothing_marked_is_the_worst() -> None:
    found = outcome(read="3x + 5 = 26", answer="x = 7")
    assert found.result is Result.UNMARKED
    assert found.is_wrong_with_badge


def test_a_picture_without_a_question_is_right_when_refused() -> None:
    assert outcome(NOTHING, read="", answer="", error="no_question_found").result is Result.RIGHT
    assert outcome(NOTHING, read="1 + 1", answer="2").is_wrong_with_badge


def test_what_an_engine_wrote_before_another_took_over_is_forgotten() -> None:
    events = [
        {"type": "reading", "text": "3x + 5 = 20", "uncertain": [], "confidence": 1.0},
        {"type": "answer", "latex": "x = 7", "check": {"verdict": "failed"}},
        {"type": "engine", "from": "local", "to": "rules", "reason": "check_failed"},
        {"type": "answer", "latex": "x = 5", "check": {"verdict": "verified"}},
    ]
    assert judge(LINEAR, events, 0.0).result is Result.RIGHT
