"""What is asked about solutions, told of them, and tried on the way to an answer."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.api.outputs.events import (
    FINISH_REASONS,
    SOLUTION_ID,
    FailureOutput,
    SolutionUsageOutput,
)
from homework.solutions.models import FollowUp, Solution

_FOLLOW_UP_ID = "5d3f0f2a-3c57-4a3e-9d86-0f6b8f8b4a11"
_URL = f"/api/v1/solutions/{SOLUTION_ID}/follow-ups/{_FOLLOW_UP_ID}"
_ANSWERED: dict[str, Any] = {
    "id": _FOLLOW_UP_ID,
    "url": _URL,
    "events_url": f"{_URL}/events",
    "solution_id": SOLUTION_ID,
    "number": 1,
    "question": "Why did you subtract 5?",
    "state": "finished",
    "attempt": 1,
    "language": "en",
    "text": "Step 1: Subtract 5 from both sides.\n…\n$3x + 5 - 5 = 20 - 5$\n$3x = 15$\n",
    "hidden": False,
    "engine": "rules",
    "finish_reason": "stop",
    "error": None,
    "usage": {"ttft_ms": 2.1, "tokens": 61, "tokens_per_s": 412.5},
    "created_at": "2026-03-01T12:05:00.000000Z",
    "started_at": "2026-03-01T12:05:00.050000Z",
    "finished_at": "2026-03-01T12:05:00.250000Z",
}
_WAITING = _ANSWERED | {
    "state": "queued",
    "attempt": 0,
    "text": "",
    "engine": "",
    "finish_reason": "",
    "usage": None,
    "started_at": None,
    "finished_at": None,
}


class FollowUpOutput(Output):
    """What a student asks about a solution, and the answer as it stands this moment."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    events_url = serializers.CharField()
    solution_id = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1, help_text="Counts those of the solution.")
    question = serializers.CharField()
    state = serializers.ChoiceField(choices=FollowUp.State.values)
    attempt = serializers.IntegerField(min_value=0)
    language = serializers.ChoiceField(choices=("en", "zh"))
    text = serializers.CharField(help_text="Markdown with LaTeX.")
    hidden = serializers.BooleanField(help_text="An answer policy holds the answer back.")
    engine = serializers.CharField(help_text="`local`, `remote`, `rules`; empty before the start.")
    finish_reason = serializers.ChoiceField(choices=("", *FINISH_REASONS))
    error = FailureOutput(allow_null=True)
    usage = SolutionUsageOutput(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    examples: ClassVar = {"answered": _ANSWERED, "waiting": _WAITING}


class StudentReportOutput(Output):
    """What a student has told the teachers of a solution."""

    solution_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Solution.Reported.values)
    comment = serializers.CharField()
    updated_at = serializers.DateTimeField()

    examples: ClassVar = {
        "told": {
            "solution_id": SOLUTION_ID,
            "kind": "confused",
            "comment": "Why is it negative?",
            "updated_at": "2026-03-01T12:06:00.000000Z",
        }
    }


class AttemptOutput(Output):
    """An answer of a student's own, and what the checker says of it. Without the numbers that
    prove it: they can be the answer that is missing."""

    id = serializers.IntegerField()
    answer = serializers.CharField()
    verdict = serializers.ChoiceField(choices=("verified", "failed", "not_checkable"))
    reason = serializers.CharField(help_text="A stable code, such as `substitution`.")
    counts = serializers.BooleanField(
        help_text="It was an answer, right or wrong; from then on ours may be shown."
    )
    created_at = serializers.DateTimeField()

    examples: ClassVar = {
        "wrong": {
            "id": 7,
            "answer": "x = 4",
            "verdict": "failed",
            "reason": "counterexample",
            "counts": True,
            "created_at": "2026-03-01T12:04:00.000000Z",
        }
    }
