"""Numbers of classes and students."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.solutions.topics import Topic

_TALLY = {"questions": 40, "verified": 36, "reported": 2, "reviewed": 5, "stumbled": 3}
_NUMBERS: dict[str, Any] = {
    "id": "class-7",
    "first_day": "2026-03-01",
    "last_day": "2026-03-01",
    "total": _TALLY,
    "days": [{"day": "2026-03-01", **_TALLY}],
    "topics": [{"topic": "linear_equations", **_TALLY}],
    "skills": [
        {
            "skill": "both_sides",
            "questions": 12,
            "stumbled": 3,
            "wrong": 2,
            "confused": 1,
            "asked_again": 0,
        }
    ],
    "attempts": {"entered": 10, "right": 8},
}


class TallyOutput(Output):
    """Counts of questions that have come to their end."""

    questions = serializers.IntegerField(min_value=0)
    verified = serializers.IntegerField(min_value=0, help_text="Whose answer was proved.")
    reported = serializers.IntegerField(min_value=0)
    reviewed = serializers.IntegerField(min_value=0)
    stumbled = serializers.IntegerField(
        min_value=0,
        help_text="In which the student entered a wrong answer, did not understand, or asked again "
        "within a day.",
    )


class DayTallyOutput(TallyOutput):
    """Of one day."""

    day = serializers.DateField()


class TopicTallyOutput(TallyOutput):
    """Of one topic."""

    topic = serializers.ChoiceField(
        choices=Topic.values, allow_null=True, help_text="null: not understood."
    )


class StudentTallyOutput(TallyOutput):
    """Of one student."""

    id = serializers.IntegerField(min_value=1)
    username = serializers.CharField()
    name = serializers.CharField()


class SkillOutput(Output):
    """How often students stumbled where a skill was asked for."""

    skill = serializers.CharField(help_text="A stable code.")
    questions = serializers.IntegerField(min_value=0)
    stumbled = serializers.IntegerField(min_value=0, help_text="For any of the reasons.")
    wrong = serializers.IntegerField(min_value=0)
    confused = serializers.IntegerField(min_value=0)
    asked_again = serializers.IntegerField(min_value=0)


class AttemptsOutput(Output):
    """Answers that students entered before they saw ours."""

    entered = serializers.IntegerField(min_value=0)
    right = serializers.IntegerField(min_value=0)


class InsightOutput(Output):
    """The numbers of a period."""

    id = serializers.CharField(help_text="Of what: `all`, `class-` or `student-` and its id.")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    total = TallyOutput()
    days = DayTallyOutput(many=True)
    topics = TopicTallyOutput(many=True, help_text="The most frequent first.")
    skills = SkillOutput(many=True, help_text="Where students stumbled most first.")
    attempts = AttemptsOutput()

    examples: ClassVar = {"a student": _NUMBERS | {"id": "student-31"}}


class ClassInsightOutput(InsightOutput):
    """The numbers of a period with those of each student."""

    students = StudentTallyOutput(many=True, help_text="Who stumbled most first.")

    examples: ClassVar = {
        "a class": _NUMBERS
        | {"students": [{"id": 31, "username": "mia.koch", "name": "Mia Koch", **_TALLY}]}
    }
