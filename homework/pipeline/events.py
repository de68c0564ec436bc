"""The events of the stream protocol, and the state of a solution as the sum of its events.

Everything that a page or the database learns of a running solution is an event, applied here in
order. A snapshot is the sum so far; what the database stores at the end is the whole sum. Hence
the protocol's law, that a snapshot and all events after it make the final state.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from homework.pipeline.engine import number_line_of
from homework.pipeline.messages import error_message, is_retryable
from homework.solutions.follow_ups import FollowUpResult
from homework.solutions.models import FollowUp, Solution
from homework.solutions.services import SolutionResult, StepRecord

Event = dict[str, Any]
"""One event as it goes over the socket: JSON values and a `type`."""


def answer_fields(latex: str, check: Mapping[str, Any] | None) -> Event:
    """An answer as it goes to readers: with its drawing where it is a range of numbers."""
    line = number_line_of(latex)
    return {"latex": latex, "check": check, **({} if line is None else {"number_line": line})}


_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_UNCHECKED = {"verdict": "not_checkable", "reason": "not_checked", "detail": {}}


class LiveState:
    """A solution as the events so far make it. Has no lock; its owner serialises access."""

    def __init__(self, **fields: Any) -> None:
        """Start from a snapshot's fields; those not given are those of a new solution."""
        self._text_parts: list[str] = [fields.pop("text", "")]
        self._text_length = len(self._text_parts[0])
        steps = fields.pop("steps", ())
        self._steps: dict[int, Event] = {step["index"]: dict(step) for step in steps}
        self._fields: dict[str, Any] = {
            "id": "",
            "state": "queued",
            "attempt": 0,
            "language": "en",
            "reading": None,
            "answer": None,
            "engine": "",
            "engine_changes": [],
            "is_cached": False,
            "usage": {},
            "finish_reason": "",
            "error": None,
        }
        if "follow_up" in fields:
            self._fields["follow_up"] = None  # what is asked of which solution; has no steps
        fields.pop("offset", None)
        unknown = set(fields) - set(self._fields)
        if unknown:
            raise ValueError(f"no fields of a snapshot: {sorted(unknown)}")
        self._fields |= fields
        self.fallback_reason = ""
        """Why another engine took over. Of interest to teachers, hence no part of a snapshot."""

    @property
    def text(self) -> str:
        """All text so far."""
        if len(self._text_parts) > 1:
            self._text_parts = ["".join(self._text_parts)]
        return self._text_parts[0]

    @property
    def text_length(self) -> int:
        """Code points of `text`, without joining it."""
        return self._text_length

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def apply(self, event: Event) -> None:
        """Add one event.

        Raises:
            ValueError: A delta that does not begin where the text ends, or an unknown event.
        """
        match event["type"]:
            case "delta":
                if event["offset"] != self._text_length:
                    raise ValueError("a delta that leaves a gap")
                self._text_parts.append(event["text"])
                self._text_length += len(event["text"])
            case "step":
                self._steps[event["index"]] = _without_type(event)
            case "answer":
                self._fields["answer"] = _without_type(event)
            case "state":
                self._fields["state"] = event["state"]
            case "reading":
                self._fields["reading"] = _without_type(event)
            case "engine":
                self._fields["engine"] = event["to"]
                # A new list: snapshots share the old one.
                self._fields["engine_changes"] = [
                    *self._fields["engine_changes"],
                    _without_type(event) | {"text": self.text},
                ]
                self._fields["answer"] = None
                self.fallback_reason = event["reason"]
                self._text_parts, self._text_length = [""], 0
                self._steps = {}
            case "cached":
                self._fields |= {
                    "is_cached": True,
                    "engine": event["engine"],
                    "engine_changes": event["engine_changes"],
                }
            case "error":
                self._fields["error"] = _without_type(event)
            case "done":
                self._fields["finish_reason"] = event["finish_reason"]
                self._fields["usage"] = event["usage"]
            case "queued":
                pass  # of the moment, no part of the state
            case unknown:
                raise ValueError(f"no event: {unknown}")

    def snapshot(self) -> Event:
        """The `snapshot` event of this moment, sharing nothing that will change."""
        return {
            "type": "snapshot",
            **self._fields,
            "text": self.text,
            "offset": self._text_length,
            "steps": [self._steps[index] for index in sorted(self._steps)],
        }

    def copy(self) -> LiveState:
        """An independent state of the same sum."""
        copy = LiveState(**_without_type(self.snapshot()))
        copy.fallback_reason = self.fallback_reason
        return copy


def _without_type(event: Event) -> Event:
    return {name: value for name, value in event.items() if name != "type"}


def joined(events: Iterable[Event]) -> list[Event]:
    """The same events with neighbouring deltas made one."""
    result: list[Event] = []
    parts: list[str] = []
    for event in events:
        if event["type"] == "delta":
            if not parts:
                result.append(dict(event))
            parts.append(event["text"])
            continue
        if parts:
            result[-1]["text"] = "".join(parts)
            parts = []
        result.append(event)
    if parts:
        result[-1]["text"] = "".join(parts)
    return result


def done_event(*, finish_reason: str, usage: Mapping[str, Any], text: str) -> Event:
    """The last event. `text` is the whole text, whose digest a client may compare."""
    return {
        "type": "done",
        "finish_reason": finish_reason,
        "usage": dict(usage),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def error_event(*, code: str, language: str, message: str = "") -> Event:
    """Why a solution failed. Without a message, the one that belongs to the code."""
    return {
        "type": "error",
        "code": code,
        "message": message or error_message(code, language),
        "retryable": is_retryable(code),
    }


def snapshot_of(row: Solution | FollowUp) -> Event:
    """The snapshot that the database holds. Reads the steps of a solution and the solution of a
    follow-up, so fetch them along."""
    return (_of_solution(row) if isinstance(row, Solution) else follow_up_state(row)).snapshot()


def language_of_follow_up(follow_up: FollowUp) -> str:
    """In which language it is answered: Chinese, if it is asked so, else that of the solution."""
    return "zh" if _CHINESE.search(follow_up.question) else follow_up.solution.language


def follow_up_state(follow_up: FollowUp) -> LiveState:
    """A follow-up as the database holds it."""
    language = language_of_follow_up(follow_up)
    return LiveState(
        id=str(follow_up.id),
        state=str(follow_up.state),
        attempt=follow_up.attempt,
        language=language,
        text=follow_up.text,
        engine=follow_up.engine,
        engine_changes=follow_up.engine_changes,
        usage=follow_up.usage,
        finish_reason=follow_up.finish_reason,
        error=_stored_error(follow_up.error_code, language, follow_up.error_message),
        follow_up={
            "solution_id": str(follow_up.solution_id),
            "number": follow_up.number,
            "question": follow_up.question,
            "written_under": follow_up.written_under,
        },
    )


def _stored_error(code: str, language: str, message: str) -> Event | None:
    if not code:
        return None
    return _without_type(error_event(code=code, language=language, message=message))


def _of_solution(solution: Solution) -> LiveState:
    answer = None
    if solution.answer_latex:
        answer = answer_fields(solution.answer_latex, solution.answer_check)
    return LiveState(
        id=str(solution.id),
        state=str(solution.state),
        attempt=solution.attempt,
        language=solution.language,
        reading=solution.reading,
        text=solution.text,
        steps=[
            {
                "index": step.index,
                "start": step.start,
                "end": step.end,
                "title": step.title,
                "formulas": step.formulas,
                "rule": step.rule,
                "rule_inputs": step.rule_inputs,
                "check": step.step_check,
            }
            for step in solution.steps.all()
        ],
        answer=answer,
        engine=solution.engine,
        engine_changes=solution.engine_changes,
        is_cached=solution.is_cached,
        usage=solution.usage,
        finish_reason=solution.finish_reason,
        error=_stored_error(solution.error_code, solution.language, solution.error_message),
    )


def closing_events(state: LiveState) -> list[Event]:
    """What brings checks that never came to an end, so that each step is stored with one."""
    steps = [
        {"type": "step", **step, "check": _UNCHECKED}
        for step in state.snapshot()["steps"]
        if step["check"] is None
    ]
    answer = state["answer"]
    if answer is not None and answer["check"] is None:
        steps.append({"type": "answer", **answer, "check": _UNCHECKED})
    return steps


def result_of(
    state: LiveState, *, timings_ms: Mapping[str, float], topic: str = ""
) -> SolutionResult:
    """What the database stores of a solution that has come to its end."""
    final = state.snapshot()
    answer = final["answer"] or {"latex": "", "check": None}
    error = final["error"] or {"code": "", "message": ""}
    return SolutionResult(
        state=final["state"],
        finish_reason=final["finish_reason"],
        reading=final["reading"],
        text=final["text"],
        steps=tuple(StepRecord(**step) for step in final["steps"]),
        answer_latex=answer["latex"],
        answer_check=answer["check"],
        engine=final["engine"],
        engine_changes=final["engine_changes"],
        is_cached=final["is_cached"],
        usage=final["usage"],
        timings_ms={stage: round(ms, 1) for stage, ms in timings_ms.items()},
        error_code=error["code"],
        error_message=error["message"],
        topic=topic,
        fallback_reason=state.fallback_reason,
    )


def follow_up_result_of(state: LiveState) -> FollowUpResult:
    """What the database stores of a follow-up that has come to its end."""
    final = state.snapshot()
    error = final["error"] or {"code": "", "message": ""}
    return FollowUpResult(
        state=final["state"],
        finish_reason=final["finish_reason"],
        text=final["text"],
        engine=final["engine"],
        engine_changes=final["engine_changes"],
        usage=final["usage"],
        error_code=error["code"],
        error_message=error["message"],
    )
