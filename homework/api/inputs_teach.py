"""What the calls of teachers take in, checked for its shape."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from rest_framework import serializers

from homework.accounts.classrooms import NAME_MAX_CHARACTERS
from homework.accounts.models import User
from homework.accounts.roster_file import MAX_ROWS
from homework.api.fields import (
    DayField,
    IdField,
    MomentField,
    OneOfField,
    StrictSerializer,
    TextField,
    TruthField,
    WholeNumberField,
)
from homework.api.inputs import FieldsQuery, PageQuery
from homework.insight.selectors import PERIODS
from homework.policy.models import Mode
from homework.review.changes import (
    FORMULA_MAX_CHARACTERS,
    MAX_FORMULAS,
    MAX_STEPS,
    TITLE_MAX_CHARACTERS,
)
from homework.review.models import Review
from homework.review.queue import REVIEWED
from homework.review.services import MAX_AT_ONCE, NOTE_MAX_CHARACTERS
from homework.solutions.models import Solution
from homework.solutions.services import QUESTION_MAX_CHARACTERS
from homework.solutions.topics import Topic

_MAX_KEY = 2**62
_CELL_MAX = 200
MAX_PARTS = 100
_PARTS_EXAMPLES = {
    "a step": {
        "version": 0,
        "parts": [{"index": 2, "title": "Divide by 3", "lines": ["x = 15/3", "x = 5"]}],
    },
    "one step added, one removed": {
        "version": 0,
        "parts": [{"index": -1, "follows": 1, "title": "Divide by 3", "lines": ["x = 15/3"]}],
        "removed": [2],
    },
}
ENGINES = ("rules", "local", "remote")
VERDICTS = ("verified", "failed", "not_checkable", "unsolved")


# Classes.


class ClassInput(StrictSerializer):
    """A new class."""

    name = TextField(max_length=NAME_MAX_CHARACTERS)
    school_id = WholeNumberField(required=False, min_value=1, max_value=_MAX_KEY)

    examples: ClassVar = {"a class": {"name": "8A"}}


class ClassChangeInput(StrictSerializer):
    """What of a class is to be changed."""

    name = TextField(required=False, max_length=NAME_MAX_CHARACTERS)
    is_open = TruthField(required=False)
    is_archived = TruthField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Something to change.", code="required")
        return attrs

    rules: ClassVar = StrictSerializer.rules | {"minProperties": 1}
    examples: ClassVar = {"closed": {"is_open": False}, "renamed": {"name": "8B"}}


class EmptyInput(StrictSerializer):
    """Nothing so far."""

    examples: ClassVar = {"nothing": {}}


class TeacherInput(StrictSerializer):
    """A teacher of the school."""

    username = TextField(max_length=150)

    examples: ClassVar = {"a colleague": {"username": "dora"}}


class StudentInput(StrictSerializer):
    """A student."""

    username = TextField(max_length=_CELL_MAX)
    first_name = TextField(required=False, max_length=_CELL_MAX, allow_blank=True)
    last_name = TextField(required=False, max_length=_CELL_MAX, allow_blank=True)
    email = TextField(required=False, max_length=254, allow_blank=True)


class StudentsInput(StrictSerializer):
    """Students, by the usernames that they have or are to get."""

    students = serializers.ListField(child=StudentInput(), min_length=1, max_length=MAX_ROWS)
    is_trial = TruthField(required=False, default=False)

    examples: ClassVar = {
        "two": {
            "students": [
                {"username": "mia.koch", "first_name": "Mia", "last_name": "Koch"},
                {"username": "wang.fang", "first_name": "芳", "last_name": "王"},
            ]
        }
    }


class MoveInput(StrictSerializer):
    """Where to."""

    class_id = WholeNumberField(min_value=1, max_value=_MAX_KEY)

    examples: ClassVar = {"to another class": {"class_id": 8}}


class PolicyInput(StrictSerializer):
    """What a class sees."""

    mode = OneOfField(choices=Mode.choices)

    examples: ClassVar = {"hints first": {"mode": "hints_first"}}


class WindowInput(StrictSerializer):
    """A time at which another rule holds."""

    mode = OneOfField(choices=Mode.choices)
    starts_at = MomentField()
    ends_at = MomentField()
    time_zone = TextField(required=False, max_length=64)

    def validate_time_zone(self, name: str) -> str:
        if name not in available_timezones():
            raise serializers.ValidationError("No time zone, such as Europe/Berlin.")
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"time_zone": settings.TIME_ZONE} | attrs

    examples: ClassVar = {
        "a test": {
            "mode": "closed",
            "starts_at": "2026-03-02T09:00:00+01:00",
            "ends_at": "2026-03-02T09:45:00+01:00",
            "time_zone": "Europe/Berlin",
        }
    }


# Reviews.


class PartInput(StrictSerializer):
    """A step, or with index 0 the answer, as one types it.

    A step to be added has an index below 0 and says by `follows` what it stands right behind.
    """

    index = WholeNumberField(min_value=-MAX_STEPS, max_value=9999)
    title = TextField(required=False, max_length=TITLE_MAX_CHARACTERS, allow_blank=True)
    lines = serializers.ListField(
        child=TextField(max_length=FORMULA_MAX_CHARACTERS), max_length=MAX_FORMULAS
    )
    follows = WholeNumberField(
        required=False,
        min_value=-MAX_STEPS,
        max_value=9999,
        help_text="Of a step to be added: the index of another part, 0 for the head.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("follows" in attrs) != (attrs["index"] < 0):
            error = "With a step to be added, whose index is below 0, and only with that."
            raise serializers.ValidationError({"follows": error})
        return attrs

    rules: ClassVar = StrictSerializer.rules | {
        "if": {"properties": {"index": {"maximum": -1}}},
        "then": {"required": ["follows"]},
        "else": {"not": {"required": ["follows"]}},
    }


class VersionInput(StrictSerializer):
    version = WholeNumberField(required=False, min_value=0, max_value=10**9 - 1)


class ApprovalInput(VersionInput):
    """A verdict's version and a note to the student."""

    note = TextField(required=False, max_length=NOTE_MAX_CHARACTERS, allow_blank=True, default="")

    examples: ClassVar = {"with a note": {"version": 0, "note": "Well done."}}


class RejectionInput(VersionInput):
    """Why the solution is of no use."""

    reason = TextField(max_length=NOTE_MAX_CHARACTERS)

    examples: ClassVar = {"a reason": {"version": 0, "reason": "See page 12."}}


class ReadingInput(ApprovalInput):
    """What really stands on the paper."""

    reading = TextField(max_length=QUESTION_MAX_CHARACTERS)

    examples: ClassVar = {"a six": {"version": 0, "reading": "3x + 6 = 20"}}


class PartsInput(ApprovalInput):
    """Parts as they are to be."""

    parts = serializers.ListField(child=PartInput(), max_length=MAX_PARTS)

    removed = serializers.ListField(
        child=WholeNumberField(min_value=1, max_value=9999),
        required=False,
        max_length=MAX_STEPS,
        default=list,
        help_text="Indexes of steps to be taken out.",
    )

    def validate_parts(self, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({part["index"] for part in parts}) < len(parts):
            raise serializers.ValidationError("Each part once.", code="ambiguous")
        return parts


class PartsCorrectionInput(PartsInput):
    """Parts as they are to be, and whether that outranks the checker."""

    overrules = TruthField(required=False, default=False)

    examples: ClassVar = _PARTS_EXAMPLES


class DraftInput(PartsInput):
    """What is written so far."""

    reading = TextField(
        required=False, max_length=QUESTION_MAX_CHARACTERS, allow_blank=True, default=""
    )

    examples: ClassVar = _PARTS_EXAMPLES


class ItemInput(StrictSerializer):
    """A solution and the version of it that was seen."""

    id = IdField()
    version = WholeNumberField(min_value=0, max_value=10**9 - 1)


class ApprovalsInput(StrictSerializer):
    """Several to approve."""

    items = serializers.ListField(child=ItemInput(), min_length=1, max_length=MAX_AT_ONCE)

    examples: ClassVar = {
        "one": {"items": [{"id": "aab833ae-7d4b-4b9c-a2fc-6851ebad00b7", "version": 0}]}
    }


# Queries.


class ClassListQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=100, default="", allow_blank=True)
    state = OneOfField(choices=("active", "archived", "all"), required=False, default="active")
    school_id = serializers.IntegerField(
        required=False, min_value=1, max_value=_MAX_KEY, default=None
    )


class MemberListQuery(PageQuery):
    role = OneOfField(
        choices=(User.Role.STUDENT.value, User.Role.TEACHER.value), required=False, default=""
    )


class ReviewListQuery(PageQuery):
    class_id = serializers.IntegerField(
        required=False, min_value=1, max_value=_MAX_KEY, default=None
    )
    student_id = serializers.IntegerField(
        required=False, min_value=1, max_value=_MAX_KEY, default=None
    )
    topic = OneOfField(choices=Topic.values, required=False, default="")
    since = DayField(required=False, default=None)
    until = DayField(required=False, default=None)
    engine = OneOfField(choices=ENGINES, required=False, default="")
    verdict = OneOfField(choices=VERDICTS, required=False, default="")
    review = OneOfField(
        choices=(Solution.ReviewState.OPEN.value, REVIEWED, *Review.Verdict.values),
        required=False,
        default=Solution.ReviewState.OPEN.value,
    )
    q = serializers.CharField(required=False, max_length=100, default="", allow_blank=True)


class PeriodQuery(StrictSerializer):
    days = serializers.IntegerField(required=False, default=None)
    week = DayField(required=False, default=None)

    def validate_days(self, days: int | None) -> int | None:
        if days is not None and days not in PERIODS:
            raise serializers.ValidationError(f"One of {PERIODS}.", code="invalid_choice")
        return days

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["days"] is not None and attrs["week"] is not None:
            raise serializers.ValidationError("Either days or week.", code="ambiguous")
        return attrs

    rules: ClassVar = {"properties": {"days": {"type": "integer", "enum": list(PERIODS)}}}


class InsightQuery(FieldsQuery, PeriodQuery):
    """A period, and what of its numbers is wanted."""
