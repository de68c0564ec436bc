"""The teachers' queue and verdicts."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.api.outputs.classes import NamedPersonOutput
from homework.api.outputs.events import SOLUTION_ID, CheckOutput
from homework.api.outputs.solutions import SolutionOutput
from homework.review.models import Correction, Review
from homework.solutions.models import Solution
from homework.solutions.topics import Topic

_URL = f"/api/v1/reviews/{SOLUTION_ID}"
_CHECK = {"verdict": "verified", "reason": "same_solutions", "detail": {}}
_ITEM: dict[str, Any] = {
    "id": SOLUTION_ID,
    "url": _URL,
    "solution_url": f"/api/v1/solutions/{SOLUTION_ID}",
    "student": {"id": 31, "username": "mia.koch", "name": "Mia Koch"},
    "classes": ["8A"],
    "question": "3x + 5 = 20",
    "photo_id": None,
    "language": "en",
    "state": "finished",
    "engine": "rules",
    "topic": "linear_equations",
    "verdict": "verified",
    "doubt": {"score": 60, "reasons": ["reported_wrong"]},
    "report": {"kind": "wrong", "comment": "Why?", "created_at": "2026-03-01T12:05:00.000000Z"},
    "review": "open",
    "version": 0,
    "created_at": "2026-03-01T12:00:00.000000Z",
    "finished_at": "2026-03-01T12:00:01.000000Z",
    "reviewed_at": None,
}
_VERDICT: dict[str, Any] = {
    "version": 1,
    "verdict": "corrected",
    "teacher": "Terry Novak",
    "note": "See how the 3 is divided.",
    "reason": "",
    "reading_before": "",
    "reading_after": "",
    "replacement_id": None,
    "corrections": [
        {
            "index": 2,
            "kind": "changed",
            "follows": None,
            "before": {"title": "Divide both sides by 3", "formulas": ["x = 5"]},
            "after": {"title": "Divide by 3", "formulas": ["x = \\frac{15}{3}", "x = 5"]},
            "check": _CHECK,
        }
    ],
    "created_at": "2026-03-01T13:00:00.000000Z",
    "seen_at": None,
}
_DRAFT: dict[str, Any] = {
    "version": 0,
    "parts": [
        {"index": 2, "follows": None, "title": "Divide by 3", "lines": ["x = 15/3", "x = 5"]}
    ],
    "removed": [],
    "note": "",
    "reading": "",
    "updated_at": "2026-03-01T12:59:00.000000Z",
}
_CHECKED = [
    {"index": 2, "formulas": ["x = \\frac{15}{3}", "x = 5"], "check": _CHECK, "problems": []}
]


class DoubtOutput(Output):
    """How much it needs a look."""

    score = serializers.IntegerField(min_value=0, help_text="Higher stands before lower.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Stable codes.")


class ReportOutput(Output):
    """What the student says of it."""

    kind = serializers.ChoiceField(choices=Solution.Reported.values)
    comment = serializers.CharField()
    created_at = serializers.DateTimeField()


class ReviewItemOutput(Output):
    """An item of the queue."""

    id = serializers.UUIDField(help_text="Of the solution.")
    url = serializers.CharField()
    solution_url = serializers.CharField()
    student = NamedPersonOutput()
    classes = serializers.ListField(
        child=serializers.CharField(), help_text="Of yours, in which the student is."
    )
    question = serializers.CharField(help_text="As typed or read.")
    photo_id = serializers.UUIDField(allow_null=True)
    language = serializers.ChoiceField(choices=("en", "zh"))
    state = serializers.ChoiceField(choices=Solution.State.values)
    engine = serializers.CharField()
    topic = serializers.ChoiceField(choices=("", *Topic.values))
    verdict = serializers.ChoiceField(
        choices=("", "verified", "failed", "not_checkable"), help_text="Empty: not solved."
    )
    doubt = DoubtOutput()
    report = ReportOutput(allow_null=True)
    review = serializers.ChoiceField(
        choices=Solution.ReviewState.values, allow_null=True, help_text="null while it is written."
    )
    version = serializers.IntegerField(min_value=0, help_text="Counts the verdicts.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)

    examples: ClassVar = {"reported by the student": _ITEM}


class ContentOutput(Output):
    """What a part says."""

    title = serializers.CharField()
    formulas = serializers.ListField(child=serializers.CharField(), help_text="LaTeX.")


class PartOutput(ContentOutput):
    """A step, or with index 0 the answer, as it stands after all corrections."""

    index = serializers.IntegerField(min_value=0)
    lines = serializers.ListField(
        child=serializers.CharField(), help_text="The formulas as one types them."
    )
    check = CheckOutput(allow_null=True)
    original = ContentOutput(allow_null=True, help_text="The engine's, if it was corrected.")
    is_added = serializers.BooleanField(help_text="By a teacher.")
    is_removed = serializers.BooleanField(help_text="By a teacher; it may be put back.")
    corrected_by = serializers.CharField(allow_null=True)


class CorrectedPartOutput(Output):
    """One part as a teacher changed it."""

    index = serializers.IntegerField(min_value=0)
    kind = serializers.ChoiceField(choices=Correction.Kind.values)
    follows = serializers.IntegerField(
        allow_null=True, help_text="Of a step that was added: the one before it, 0 for the head."
    )
    before = ContentOutput(allow_null=True, help_text="null where it was added or put back.")
    after = ContentOutput(allow_null=True, help_text="null where it was removed.")
    check = CheckOutput(allow_null=True, help_text="Of `after`.")


class VerdictOutput(Output):
    """One verdict of a teacher."""

    version = serializers.IntegerField(min_value=1)
    verdict = serializers.ChoiceField(choices=Review.Verdict.values)
    teacher = serializers.CharField()
    note = serializers.CharField()
    reason = serializers.CharField()
    reading_before = serializers.CharField()
    reading_after = serializers.CharField(help_text="What really stands on the paper.")
    replacement_id = serializers.UUIDField(
        allow_null=True, help_text="The solution of the corrected reading."
    )
    corrections = CorrectedPartOutput(many=True)
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True, help_text="By the student.")

    examples: ClassVar = {"corrected": _VERDICT}


class TypedPartOutput(Output):
    """A part as it was typed."""

    index = serializers.IntegerField(help_text="Below 0: a step to be added.")
    follows = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())


class DraftOutput(Output):
    """What you have begun to write."""

    version = serializers.IntegerField(min_value=0)
    parts = TypedPartOutput(many=True)
    removed = serializers.ListField(child=serializers.IntegerField())
    note = serializers.CharField()
    reading = serializers.CharField()
    updated_at = serializers.DateTimeField()


class ReviewDetailsOutput(ReviewItemOutput):
    """An item with everything that helps to judge it."""

    solution = SolutionOutput()
    parts = PartOutput(many=True)
    reviews = VerdictOutput(many=True, help_text="The first one first.")
    draft = DraftOutput(allow_null=True, help_text="Yours.")
    other_attempts = serializers.ListField(
        child=serializers.UUIDField(), help_text="Solutions of the same question."
    )

    examples: ClassVar = {
        "corrected once": _ITEM
        | {
            "review": "corrected",
            "version": 1,
            "reviewed_at": "2026-03-01T13:00:00.000000Z",
            "solution": SolutionOutput.examples["finished"],
            "parts": [
                {
                    "index": 0,
                    "title": "",
                    "formulas": ["x = 5"],
                    "lines": ["x = 5"],
                    "check": _CHECK,
                    "original": None,
                    "is_added": False,
                    "is_removed": False,
                    "corrected_by": None,
                }
            ],
            "reviews": [_VERDICT],
            "draft": None,
            "other_attempts": [],
        }
    }


class PlaceOutput(Output):
    """A place that is no mathematics."""

    line = serializers.IntegerField(min_value=0)
    position = serializers.IntegerField(min_value=0, help_text="The character in the line.")
    code = serializers.CharField()


class CheckedPartOutput(Output):
    """A changed part, as it was read and checked."""

    index = serializers.IntegerField()
    formulas = serializers.ListField(child=serializers.CharField(), help_text="LaTeX.")
    check = CheckOutput()
    problems = PlaceOutput(many=True)


class CheckedDraftOutput(Output):
    """Your draft, and what the checker says of it."""

    version = serializers.IntegerField(min_value=0, help_text="Of the reviews there are now.")
    draft = DraftOutput(allow_null=True, help_text="null where nothing differs.")
    parts = CheckedPartOutput(many=True, help_text="Those that differ from what stands there.")

    examples: ClassVar = {"a step": {"version": 0, "draft": _DRAFT, "parts": _CHECKED}}


class ApprovalsOutput(Output):
    """What became of each."""

    approved = serializers.ListField(child=serializers.UUIDField())
    skipped = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Reviewed by somebody else meanwhile, or not yours.",
    )

    examples: ClassVar = {"one of one": {"approved": [SOLUTION_ID], "skipped": []}}
