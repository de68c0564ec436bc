"""The API's description, held against what the API really answers.

Every answer that a test of the API gets is checked here: its status, its content type, its code
and its shape must be as described, and nothing may be in it that is not.
"""

from __future__ import annotations

import copy
import functools
import json
import re
from typing import Any
from urllib.parse import quote

from django.urls import resolve
from jsonschema_rs import Draft202012Validator, Registry, validator_for

from homework.api.schema.document import openapi_document

OPEN = frozenset({"Problem"})
"""Kinds of which some have members besides."""


@functools.cache
def closed_document() -> dict[str, Any]:
    """The document, in which no kind of answer takes members that it does not name."""
    document = copy.deepcopy(openapi_document())
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object" and "properties" in schema and name not in OPEN:
            schema.setdefault("additionalProperties", False)
    return document


@functools.cache
def validator(pointer: str) -> Draft202012Validator:
    """The validator of the schema at a place of the closed document."""
    return validator_for(
        {"$ref": f"urn:openapi#{quote(pointer)}"},
        registry=Registry([("urn:openapi", closed_document())]),
        validate_formats=True,
    )


def problems_of(pointer: str, value: Any) -> list[str]:
    """What is wrong with a value."""
    return [
        f"{'/'.join(str(part) for part in error.instance_path)}: {error.message[:300]}"
        for error in validator(pointer).iter_errors(value)
    ]


def escaped(part: str) -> str:
    """A part of a JSON pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def followed(value: Any, pointer: str) -> tuple[Any, str]:
    """What a reference leads to, and where that is."""
    while "$ref" in value:
        pointer = value["$ref"].removeprefix("#")
        value = closed_document()
        for part in pointer.strip("/").split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
    return value, pointer


def path_of(address: str) -> str | None:
    """The path of the document to which an address belongs."""
    match = resolve(address)
    path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", match.route)
    return path if path in closed_document()["paths"] else None


def check_answer(method: str, address: str, response: Any) -> None:
    """Fail unless the answer is as described."""
    path = path_of(address.partition("?")[0])
    method = "get" if method == "HEAD" else method.lower()
    if path is None or method not in closed_document()["paths"][path]:
        return
    operation = closed_document()["paths"][path][method]
    status = str(response.status_code)
    assert status in operation["responses"], f"{method} {path} does not tell of {status}"
    pointer = f"/paths/{escaped(path)}/{method}/responses/{status}"
    described, pointer = followed(operation["responses"][status], pointer)
    content_type = response.headers.get("Content-Type", "").partition(";")[0]
    content = described.get("content")
    if content is None:
        assert not response.content, f"{method} {path} {status} has a body"
        return
    assert content_type in content, f"{method} {path} {status} does not tell of {content_type}"
    if "json" in content_type:
        found = problems_of(
            f"{pointer}/content/{escaped(content_type)}/schema", json.loads(response.content)
        )
        assert not found, f"{method} {path} {status}: {found}"
