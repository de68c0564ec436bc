"""Who calls, limits, tickets and tokens."""

from __future__ import annotations

from typing import ClassVar

from rest_framework import serializers

from homework.access.models import Scope
from homework.accounts.models import User
from homework.api.outputs.base import Output


class CredentialOutput(Output):
    """What the caller came with."""

    kind = serializers.ChoiceField(choices=("token", "session"))
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.values))
    name = serializers.CharField(allow_null=True, help_text="Of a personal access token.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Of a personal access token.")


class PersonOutput(Output):
    """Who calls, and what they may."""

    username = serializers.CharField()
    role = serializers.ChoiceField(choices=User.Role.values)
    locale = serializers.CharField(help_text="Language of the person's pages.")
    school = serializers.CharField(allow_null=True)
    credential = CredentialOutput()

    examples: ClassVar = {
        "by a personal access token": {
            "username": "alice",
            "role": "student",
            "locale": "en",
            "school": "Northside School",
            "credential": {
                "kind": "token",
                "scopes": ["solutions:read", "solutions:write"],
                "name": "My script",
                "expires_at": "2026-06-01T12:00:00.000000Z",
            },
        }
    }


class LimitOutput(Output):
    """So many calls within so many seconds."""

    name = serializers.CharField(help_text="The bucket, as in the `RateLimit` header.")
    limit = serializers.IntegerField(min_value=1)
    window_s = serializers.IntegerField(min_value=1)


class DayOutput(Output):
    """What one person used on one day (UTC)."""

    day = serializers.DateField()
    calls = serializers.IntegerField(min_value=0)
    errors_ = serializers.IntegerField(min_value=0, help_text="Calls with a status of 400 or more.")


class BatchLimitsOutput(Output):
    """What a batch may have, and a person of them."""

    max_items = serializers.IntegerField(min_value=1)
    max_bytes = serializers.IntegerField(min_value=1, help_text="Of its photos.")
    max_open = serializers.IntegerField(min_value=1, help_text="Batches that have not ended.")
    max_hours = serializers.FloatField(help_text="Until what was not begun is refused.")


class UsageOutput(Output):
    """The limits that hold, and what was used."""

    batches = BatchLimitsOutput()
    limits = LimitOutput(many=True)
    days = DayOutput(many=True, help_text="The latest first; days without a call are left out.")

    examples: ClassVar = {
        "one day": {
            "batches": {
                "max_items": 200,
                "max_bytes": 209715200,
                "max_open": 5,
                "max_hours": 24.0,
            },
            "limits": [{"name": "user", "limit": 600, "window_s": 60}],
            "days": [{"day": "2026-03-01", "calls": 42, "errors": 1}],
        }
    }


class TicketOutput(Output):
    """Opens one websocket."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(min_value=1, help_text="Seconds.")

    examples: ClassVar = {
        "a ticket": {"ticket": "9yBv0sXkq3TnE5o2cJm4RwZ1LhP7uQd8aVf6xGtKcEs", "expires_in": 30},
    }


class TokensOutput(Output):
    """The tokens of a sign-in (RFC 6749)."""

    token_type = serializers.ChoiceField(choices=("Bearer",))
    access_token = serializers.CharField()
    expires_in = serializers.IntegerField(
        min_value=1, help_text="Seconds until the access token ends."
    )
    refresh_token = serializers.CharField(help_text="Good once.")

    examples: ClassVar = {
        "signed in": {
            "token_type": "Bearer",
            "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.signature",
            "expires_in": 300,
            "refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.signature",
        }
    }
