"""Serializer fields that take a value of their own type and nothing that merely looks like it.

DRF's are made for forms: they take `5` for a text and `"1"` for a number. A program that sends the
wrong type has a bug, and is told.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.utils import html

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII | re.IGNORECASE)


class TextField(serializers.CharField):
    """A string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdField(serializers.UUIDField):
    """A UUID in its usual form."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str) or not _UUID.match(data):
            self.fail("invalid", value="")
        return uuid.UUID(data)


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction; `5.0` is the same number as `5`."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class MomentField(serializers.DateTimeField):
    """A moment with its offset from UTC: a clock without a place says nothing."""

    default_error_messages = {"naive": "With its offset from UTC, as 2026-03-01T12:00:00Z."}

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="2026-03-01T12:00:00Z")
        return super().to_internal_value(value)


class DayField(serializers.DateField):
    """A day of this century, so that the days around it exist, too."""

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not 2000 <= day.year < 2100:
            self.fail("invalid", format="2026-03-01")
        return day


class NumberField(serializers.FloatField):
    """A finite JSON number; in a form, its text."""

    def to_internal_value(self, data: Any) -> float:
        is_text = isinstance(data, str) and html.is_html_input(self.root.initial_data)
        if isinstance(data, bool) or not (is_text or isinstance(data, (int, float))):
            self.fail("invalid")
        try:
            value = float(data)
        except (ValueError, OverflowError):
            self.fail("invalid")
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class TruthField(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


class OneOfField(serializers.ChoiceField):
    """One of a few strings."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return str(super().to_internal_value(data))


class StrictSerializer(serializers.Serializer[Any]):
    """Fields that are not known are refused: a misspelt option must not go unnoticed.

    For the API's description: `examples` by title, of a body, and `rules`, a JSON schema of what
    `validate` asks for.
    """

    examples: ClassVar[Mapping[str, Any]] = {}
    rules: ClassVar[dict[str, Any]] = {"additionalProperties": False}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                error = serializers.ErrorDetail("There is no such field.", code="unknown")
                raise serializers.ValidationError({name[:80]: [error] for name in unknown[:20]})
        return super().to_internal_value(data)
