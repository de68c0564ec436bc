"""What all answers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers


class Output(serializers.Serializer[Any]):
    """A JSON object that is answered.

    `examples` by title; a part of an answer needs none. A name that Python or DRF has taken has
    an underscore behind it.
    """

    examples: ClassVar[Mapping[str, Any]] = {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class ErrorOutput(Output):
    """What is wrong with one field."""

    field = serializers.CharField(
        help_text="`crop.width` is `width` within `crop`; empty for the whole."
    )
    code = serializers.CharField()
    message = serializers.CharField(help_text="For people.")


class ProblemOutput(Output):
    """A problem document (RFC 9457)."""

    type = serializers.CharField(help_text="`urn:homework-helper:problem:` and the code.")
    title = serializers.CharField(help_text="The phrase of the status.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Which error; never changes.")
    detail = serializers.CharField(help_text="For people, in the language of `Accept-Language`.")
    retryable = serializers.BooleanField(
        help_text="Whether the same call may succeed when it is sent again."
    )
    request_id = serializers.CharField(help_text="As in `X-Request-Id` and in the server's log.")
    errors_ = ErrorOutput(
        many=True, required=False, help_text="With `validation_failed`: what to mend."
    )


class OpenAIErrorDetailOutput(Output):
    message = serializers.CharField(help_text="For people.")
    type = serializers.CharField(help_text="OpenAI's kind of error.")
    param = serializers.CharField(allow_null=True, help_text="Always null.")
    code = serializers.CharField(help_text="The same codes as in problem documents.")


class OpenAIErrorOutput(Output):
    """An error in the form that OpenAI's clients expect."""

    error = OpenAIErrorDetailOutput()
