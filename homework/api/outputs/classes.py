"""Classes, who is in them, and what they see."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.accounts.models import User
from homework.api.outputs.base import Output
from homework.policy.models import Mode

_URL = "/api/v1/classes/7"
_TERRY = {"id": 12, "username": "terry", "name": "Terry Novak"}
_WINDOW: dict[str, Any] = {
    "id": 3,
    "url": f"{_URL}/policy/windows/3",
    "mode": "closed",
    "starts_at": "2026-03-02T08:00:00.000000Z",
    "ends_at": "2026-03-02T08:45:00.000000Z",
    "time_zone": "Europe/Berlin",
    "is_on": False,
}


class NamedPersonOutput(Output):
    """A person and what to call them."""

    id = serializers.IntegerField(min_value=1)
    username = serializers.CharField()
    name = serializers.CharField(help_text="The full name, or the username.")


class ClassOutput(Output):
    """A class."""

    id = serializers.IntegerField(min_value=1)
    url = serializers.CharField()
    name = serializers.CharField()
    school_id = serializers.IntegerField(min_value=1)
    join_code = serializers.CharField(help_text="With which students join while it is open.")
    is_open = serializers.BooleanField()
    is_archived = serializers.BooleanField(help_text="Nobody sees its students' work any more.")
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    num_students = serializers.IntegerField(min_value=0)
    teachers = NamedPersonOutput(many=True)
    members_url = serializers.CharField()
    policy_url = serializers.CharField()

    examples: ClassVar = {
        "a class": {
            "id": 7,
            "url": _URL,
            "name": "8A",
            "school_id": 1,
            "join_code": "K7PXW2MD",
            "is_open": True,
            "is_archived": False,
            "archived_at": None,
            "created_at": "2026-03-01T12:00:00.000000Z",
            "num_students": 28,
            "teachers": [_TERRY],
            "members_url": f"{_URL}/members",
            "policy_url": f"{_URL}/policy",
        }
    }


class MemberOutput(Output):
    """Somebody in a class."""

    id = serializers.IntegerField(min_value=1)
    username = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    role = serializers.ChoiceField(choices=(User.Role.STUDENT.value, User.Role.TEACHER.value))
    is_active = serializers.BooleanField(help_text="Whether they may sign in.")
    has_signed_in = serializers.BooleanField(help_text="Ever.")
    joined_at = serializers.DateTimeField()

    examples: ClassVar = {
        "a student": {
            "id": 31,
            "username": "mia.koch",
            "first_name": "Mia",
            "last_name": "Koch",
            "role": "student",
            "is_active": True,
            "has_signed_in": False,
            "joined_at": "2026-03-01T12:00:00.000000Z",
        }
    }


class AddedStudentOutput(Output):
    """What became of one student of a list."""

    username = serializers.CharField()
    name = serializers.CharField()
    result = serializers.ChoiceField(choices=("created", "added", "unchanged"))
    one_time_password = serializers.CharField(
        allow_null=True, help_text="Of a new account; told once, and stored nowhere."
    )


class AddedStudentsOutput(Output):
    """What became of each of them, in their order."""

    data = AddedStudentOutput(many=True)  # type: ignore[assignment]

    examples: ClassVar = {
        "a new one and one of another class": {
            "data": [
                {
                    "username": "mia.koch",
                    "name": "Mia Koch",
                    "result": "created",
                    "one_time_password": "tavu-moki-se73",
                },
                {
                    "username": "wang.fang",
                    "name": "王芳",
                    "result": "added",
                    "one_time_password": None,
                },
            ]
        }
    }


class OneTimePasswordOutput(Output):
    """Good for one sign-in, then replaced by one's own."""

    username = serializers.CharField()
    one_time_password = serializers.CharField()

    examples: ClassVar = {
        "a password": {"username": "mia.koch", "one_time_password": "tavu-moki-se73"}
    }


class WindowOutput(Output):
    """A time at which another rule holds."""

    id = serializers.IntegerField(min_value=1)
    url = serializers.CharField()
    mode = serializers.ChoiceField(choices=Mode.values)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="The first moment that is no longer in it.")
    time_zone = serializers.CharField(help_text="In which its teacher sees it.")
    is_on = serializers.BooleanField()

    examples: ClassVar = {"a test": _WINDOW}


class ClassPolicyOutput(Output):
    """What a class sees of its solutions."""

    mode = serializers.ChoiceField(choices=Mode.values, help_text="Outside of the windows.")
    windows = WindowOutput(many=True, help_text="Those that are on or to come.")

    examples: ClassVar = {"hints first": {"mode": "hints_first", "windows": [_WINDOW]}}
