"""What the calls in other people's words take in: the article's script, and OpenAI's request."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.asking import Asked
from homework.api.fields import StrictSerializer, TextField, TruthField
from homework.api.inputs import PHOTO_SCHEMA, TINY_PHOTO
from homework.common.errors import ValidationFailedError

MAX_TEXT = 20_000


class PredictInput(StrictSerializer):
    """The question, and beside it perhaps a photo as a data URL."""

    rules: ClassVar = StrictSerializer.rules | {
        "properties": {
            "data": {
                "type": "array",
                "prefixItems": [
                    {"type": "string", "maxLength": MAX_TEXT, "description": "The question."},
                    PHOTO_SCHEMA | {"type": ["string", "null"]},
                ],
                "minItems": 1,
                "maxItems": 2,
                "anyOf": [
                    {"prefixItems": [{"pattern": r"\S"}]},
                    {"prefixItems": [{}, {"type": "string"}], "minItems": 2},
                ],
            }
        }
    }
    examples: ClassVar = {
        "typed": {"data": ["3x + 5 = 20"]},
        "a photo": {"data": ["Please solve this.", TINY_PHOTO]},
    }

    data = serializers.ListField(min_length=1, max_length=2)  # type: ignore[assignment]

    def validate_data(self, data: list[Any]) -> list[Any]:
        text, image = (*data, None)[:2]
        if not isinstance(text, str) or len(text) > MAX_TEXT:
            raise serializers.ValidationError("First the question, a text.")
        if image is not None and not isinstance(image, str):
            raise serializers.ValidationError("Second the photo, a data URL, or nothing.")
        if not text.strip() and not image:
            raise serializers.ValidationError("A question, a photo, or both.")
        return [text, image or ""]


class StreamOptionsInput(serializers.Serializer[Any]):
    include_usage = TruthField(required=False, default=False)


_TEXT_SCHEMA = {"type": "string", "pattern": r"\S", "maxLength": MAX_TEXT}
_HAS_TEXT = {"properties": {"text": {"type": "string", "pattern": r"\S"}}, "required": ["text"]}
_HAS_IMAGE = {"properties": {"type": {"const": "image_url"}}, "required": ["type"]}
_PART_SCHEMAS = [
    {
        "type": "object",
        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
        "required": ["type", "text"],
    },
    {
        "type": "object",
        "properties": {
            "type": {"const": "image_url"},
            "image_url": {
                "type": "object",
                "properties": {"url": PHOTO_SCHEMA},
                "required": ["url"],
            },
        },
        "required": ["type", "image_url"],
    },
]
_MESSAGE_SCHEMAS = [
    {
        "type": "object",
        "description": "The last one is the question: a text, or parts with at most one image.",
        "properties": {
            "role": {"const": "user"},
            "content": {
                "oneOf": [
                    _TEXT_SCHEMA,
                    {
                        "type": "array",
                        "items": {"oneOf": _PART_SCHEMAS},
                        "minItems": 1,
                        "allOf": [
                            {"contains": {"anyOf": [_HAS_TEXT, _HAS_IMAGE]}},
                            {"contains": _HAS_IMAGE, "minContains": 0, "maxContains": 1},
                        ],
                    },
                ]
            },
        },
        "required": ["role", "content"],
    },
    {
        "type": "object",
        "description": "Of anybody else; not heeded.",
        "properties": {"role": {"enum": ["system", "developer", "assistant", "tool"]}},
        "required": ["role"],
    },
]


class ChatInput(serializers.Serializer[Any]):
    """What is heeded of OpenAI's request. Options that have no meaning here are ignored, as
    clients send them unasked."""

    model = TextField(required=False, max_length=200)
    messages = serializers.ListField(min_length=1, max_length=1000)
    stream = TruthField(required=False, default=False, allow_null=True)
    stream_options = StreamOptionsInput(required=False, allow_null=True, default=None)
    n = serializers.IntegerField(required=False, min_value=1, max_value=1, allow_null=True)

    rules: ClassVar = {
        "properties": {
            "messages": {
                "type": "array",
                "items": {"oneOf": _MESSAGE_SCHEMAS},
                "contains": {"properties": {"role": {"const": "user"}}, "required": ["role"]},
                "minItems": 1,
                "maxItems": 1000,
            }
        }
    }
    examples: ClassVar = {
        "typed": {
            "model": "homework-helper",
            "messages": [{"role": "user", "content": "3x + 5 = 20"}],
        },
        "a photo, as a stream": {
            "model": "homework-helper",
            "stream": True,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "Please solve this."},
                        {"type": "image_url", "image_url": {"url": TINY_PHOTO}},
                    ],
                }
            ],
        },
    }


def asked_in(messages: list[Any]) -> Asked:
    """The question in a conversation: the last message of the user.

    Raises:
        ValidationFailedError: There is none.
    """
    for message in reversed(messages):
        match message:
            case {"role": "user", "content": str(text)}:
                return _checked(text, [])
            case {"role": "user", "content": list(parts)}:
                return _asked_in_parts(parts)
            case {"role": str()}:
                continue
            case _:
                raise _refusal("messages")
    raise _refusal("messages")


def _asked_in_parts(parts: list[Any]) -> Asked:
    texts: list[str] = []
    images: list[str] = []
    for part in parts:
        match part:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case {"type": "image_url", "image_url": {"url": str(url)}}:
                images.append(url)
            case _:
                raise _refusal("messages.content")
    return _checked("\n".join(texts), images)


def _checked(text: str, images: list[str]) -> Asked:
    if len(images) > 1 or len(text) > MAX_TEXT or not (text.strip() or images):
        raise _refusal("messages.content")
    return Asked(text, images[0] if images else "")


def _refusal(field: str) -> ValidationFailedError:
    message = "A user's message with a text, or with text and at most one image_url."
    return ValidationFailedError(
        None, errors=[{"field": field, "code": "invalid", "message": message}]
    )
