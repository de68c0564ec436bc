"""What of a field's rules drf-spectacular cannot see."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from homework.api.fields import DayField, NumberField
from homework.api.inputs import PHOTO_SCHEMA, TINY_PHOTO

Schema = dict[str, Any]

CURSOR_FORMAT = "cursor"
WITHOUT_NUL = r"^[^\x00]*$"
"""No database keeps a NUL."""
NOT_BLANK = r"^[^\x00]*[^\s\x00\x1c-\x1f\x85][^\x00]*$"


def event_schema(refs: dict[str, Schema]) -> Schema:
    """One of the events, told apart by `type`."""
    return {
        "oneOf": list(refs.values()),
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: ref["$ref"] for name, ref in refs.items()},
        },
    }


def tightened(field: Any, schema: Schema) -> Schema:
    """The schema of an input's field, as tight as its checks."""
    if isinstance(field, NumberField):
        schema.pop("format", None)
    if isinstance(field, serializers.RegexField):
        (rule,) = (one for one in field.validators if isinstance(one, RegexValidator))
        schema["pattern"] = re.compile(rule.regex).pattern.replace(r"\Z", "$")
    if isinstance(field, DayField):
        schema.setdefault("description", "A day of this century.")
    is_free = "pattern" not in schema and "format" not in schema and "enum" not in schema
    if isinstance(field, serializers.CharField) and is_free:
        if field.field_name == "cursor":
            schema["format"] = CURSOR_FORMAT
        elif field.allow_blank:
            schema["pattern"] = WITHOUT_NUL
        else:
            schema["pattern"] = NOT_BLANK
            schema["minLength"] = 1
    return schema


def merged(schema: Schema, more: Schema) -> Schema:
    """A schema with more rules; those that both have are replaced, objects member by member."""
    result = dict(schema)
    for name, value in more.items():
        old = result.get(name)
        both = isinstance(old, dict) and isinstance(value, dict) and name == "properties"
        result[name] = {**old, **value} if both else value  # type: ignore[dict-item]
    return result


def form_schema(schema: Schema) -> Schema:
    """The same body as a form: photos are files, objects their JSON."""
    form = copy.deepcopy(schema)
    for name, value in form["properties"].items():
        if value.get("format") == PHOTO_SCHEMA["format"]:
            form["properties"][name] = {
                "type": "string",
                "format": "binary",
                "description": "JPEG, PNG, WebP or HEIC, at most 12 MB.",
            }
    return form


def form_encoding(schema: Schema) -> Schema:
    """The content types of the files in a form."""
    return {
        name: {"contentType": "image/jpeg, image/png, image/webp, image/heic"}
        for name, value in schema["properties"].items()
        if value.get("format") == PHOTO_SCHEMA["format"]
    }


def form_examples(examples: Mapping[str, Any]) -> Schema:
    """The examples that have a photo, as a form: with the name of a file."""
    return {
        title: {
            name: "photo.jpg" if value == TINY_PHOTO else value for name, value in example.items()
        }
        for title, example in examples.items()
        if TINY_PHOTO in example.values()
    }
