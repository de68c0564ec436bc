"""Answers given before: the key of a question, what is worth keeping, and how it is shown again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from homework.pipeline.events import Event, LiveState
from homework.solutions.models import Solution

KEPT_FIELDS = ("reading", "text", "steps", "answer", "engine", "engine_changes")
"""Of a snapshot."""

# After these the rules' text is the answer for good; after any other the model would do better
# the next time.
_LASTING_REASONS = frozenset({"failed_check", "no_solution", "photos_only", "unsure_reading"})


def answer_key(solution: Solution, *, identity: str) -> str:
    """The key under which the answer to a question is kept.

    Args:
        solution: With its photo.
        identity: Of the engines: what else the answer depends on, see `PipelineEngine.identity`.
    """
    parts = {
        "photo": solution.photo.sha256 if solution.photo is not None else "",
        "crop": solution.crop,
        "rotation_deg": solution.rotation_deg,
        "text": solution.question_text,
        "is_correction": solution.corrects_id is not None,
        "language": solution.language,
        "identity": identity,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_lasting(state: LiveState, *, finish_reason: str) -> bool:
    """Whether the same question would get the same answer again."""
    return (
        state["state"] == "finished"
        and finish_reason in ("stop", "fallback")
        and state["answer"] is not None
        and all(change["reason"] in _LASTING_REASONS for change in state["engine_changes"])
    )


def replay(
    content: Mapping[str, Any],
    *,
    emit: Callable[[Event], None],
    on_solving: Callable[[Event | None], None],
) -> None:
    """Tell a kept answer as the events of a solution."""
    reading: Event | None = None
    if content["reading"] is not None:
        reading = {"type": "reading", **content["reading"]}
    on_solving(reading)
    emit(
        {
            "type": "cached",
            "engine": content["engine"],
            "engine_changes": content["engine_changes"],
        }
    )
    if reading is not None:
        emit(reading)
    emit({"type": "state", "state": "solving"})
    emit({"type": "delta", "offset": 0, "text": content["text"]})
    for step in content["steps"]:
        emit({"type": "step", **step})
    if content["answer"] is not None:
        emit({"type": "answer", **content["answer"]})
