"""Solutions."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.api.outputs.events import (
    FINISH_REASONS,
    SOLUTION_ID,
    AnswerOutput,
    FailureOutput,
    PolicyOutput,
    ReadingOutput,
    SolutionUsageOutput,
    StepOutput,
)
from homework.solutions.models import Solution

_URL = f"/api/v1/solutions/{SOLUTION_ID}"
_VERIFIED = {"verdict": "verified", "reason": "same_solutions", "detail": {}}
_TEXT = """\
**Problem.** $3x + 5 = 20$

**Step 1.** Subtract 5 from both sides.
$3x = 15$

**Step 2.** Divide both sides by 3.
$x = 5$

**Answer.** $x = 5$
"""

_FINISHED: dict[str, Any] = {
    "id": SOLUTION_ID,
    "url": _URL,
    "events_url": f"{_URL}/events",
    "question": "3x + 5 = 20",
    "photo_id": None,
    "corrects_id": None,
    "created_at": "2026-03-01T12:00:00.000000Z",
    "started_at": "2026-03-01T12:00:00.050000Z",
    "finished_at": "2026-03-01T12:00:00.250000Z",
    "usage": {"ttft_ms": 16.9, "tokens": 66, "tokens_per_s": 412.5},
    "policy": None,
    "state": "finished",
    "attempt": 1,
    "language": "en",
    "reading": {
        "latex": "3x + 5 = 20",
        "text": "3x + 5 = 20",
        "confidence": 1.0,
        "uncertain": [],
        "source": "typed",
        "box": None,
        "rotation_deg": 0.0,
        "parse_error": None,
    },
    "text": _TEXT,
    "steps": [
        {
            "index": 1,
            "start": 28,
            "end": 77,
            "title": "Subtract 5 from both sides",
            "formulas": ["3x = 15"],
            "rule": "subtract_from_both_sides",
            "rule_inputs": ["5"],
            "check": _VERIFIED,
        },
        {
            "index": 2,
            "start": 79,
            "end": 122,
            "title": "Divide both sides by 3",
            "formulas": ["x = 5"],
            "rule": "divide_both_sides",
            "rule_inputs": ["3"],
            "check": _VERIFIED,
        },
    ],
    "answer": {"latex": "x = 5", "check": _VERIFIED | {"reason": "substitution"}},
    "engine": "rules",
    "finish_reason": "stop",
    "error": None,
}
_WAITING = _FINISHED | {
    "started_at": None,
    "finished_at": None,
    "usage": None,
    "state": "queued",
    "attempt": 0,
    "reading": None,
    "text": "",
    "steps": [],
    "answer": None,
    "engine": "",
    "finish_reason": "",
}


class SolutionOutput(Output):
    """A question and its solution, as it stands this moment."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    events_url = serializers.CharField()
    question = serializers.CharField(help_text="As typed or corrected; empty for a photo.")
    photo_id = serializers.UUIDField(allow_null=True)
    corrects_id = serializers.UUIDField(
        allow_null=True, help_text="The solution whose reading this one corrects."
    )
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    usage = SolutionUsageOutput(allow_null=True)
    policy = PolicyOutput(allow_null=True)
    state = serializers.ChoiceField(choices=Solution.State.values)
    attempt = serializers.IntegerField(min_value=0)
    language = serializers.ChoiceField(choices=("en", "zh"))
    reading = ReadingOutput(allow_null=True)
    text = serializers.CharField(help_text="Markdown with LaTeX.")
    steps = StepOutput(many=True)
    answer = AnswerOutput(allow_null=True)
    engine = serializers.CharField(help_text="`local`, `remote`, `rules`; empty before the start.")
    finish_reason = serializers.ChoiceField(choices=("", *FINISH_REASONS))
    error = FailureOutput(allow_null=True)

    examples: ClassVar = {"finished": _FINISHED, "waiting": _WAITING}
