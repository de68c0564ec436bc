"""The OpenAPI document, cut into what the page at /api/docs/ shows."""

from __future__ import annotations

import functools
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from homework.api.schema.document import openapi_document
from homework.api.schema.shared import JSON, Schema

METHODS_WITH_BODY = frozenset({"post", "put", "patch"})


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is: words, and the kind of which it is, if it has a name."""

    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of an object."""

    name: str
    type: Type
    is_required: bool
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A body or an answer as it looks."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent or answered in one content type."""

    media_type: str
    type: Type
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Success:
    """One way in which a call succeeds."""

    status: str
    meaning: str
    contents: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scopes: tuple[str, ...]
    is_public: bool
    parameters: tuple[Field, ...]
    bodies: tuple[Content, ...]
    successes: tuple[Success, ...]
    errors: tuple[tuple[str, tuple[str, ...]], ...]
    command: str


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of one area."""

    name: str
    text: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """An object that has a name."""

    name: str
    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Error:
    """An error that any call may end with, under a code."""

    code: str
    status: int
    text: str
    example: str


@dataclass(frozen=True, slots=True)
class Reference:
    """All that the page shows."""

    text: str
    groups: tuple[Group, ...]
    kinds: tuple[Kind, ...]
    errors: tuple[Error, ...]


@functools.cache
def reference() -> Reference:
    """The page's matter, in the order of the document."""
    document = openapi_document()
    calls: dict[str, list[Call]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            calls.setdefault(operation["tags"][0], []).append(_call(path, method, operation))
    return Reference(
        document["info"]["description"],
        tuple(
            Group(tag["name"], tag["description"], tuple(calls[tag["name"]]))
            for tag in document["tags"]
        ),
        tuple(_kinds(document)),
        tuple(_errors(document)),
    )


def _found(value: Schema) -> Schema:
    """The value, or that to which it refers."""
    while "$ref" in value:
        path = value["$ref"].removeprefix("#/").split("/")
        value = functools.reduce(lambda place, name: place[name], path, openapi_document())
    return value


def _call(path: str, method: str, operation: Schema) -> Call:
    responses = {status: _found(one) for status, one in operation["responses"].items()}
    security = {name: scopes for one in operation["security"] for name, scopes in one.items()}
    bodies = tuple(_contents(operation.get("requestBody", {})))
    return Call(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        text=operation.get("description", ""),
        scopes=tuple(security.get("personalToken", ())),
        is_public=not security,
        parameters=tuple(_parameter(_found(one)) for one in operation.get("parameters", ())),
        bodies=bodies,
        successes=tuple(
            Success(status, one["description"], tuple(_contents(one)))
            for status, one in responses.items()
            if status < "400"
        ),
        errors=tuple(
            (status, tuple(code for code in _examples_of(one)))
            for status, one in responses.items()
            if status >= "400"
        ),
        command=_command(path, method, operation, bodies),
    )


def _examples_of(response: Schema) -> Schema:
    (content,) = response["content"].values()
    examples: Schema = content["examples"]
    return examples


def _parameter(parameter: Schema) -> Field:
    return Field(
        name=parameter["name"],
        type=_type(parameter["schema"]),
        is_required=parameter.get("required", False),
        text=parameter.get("description", ""),
        place=parameter["in"],
    )


def _contents(holder: Schema) -> Iterator[Content]:
    for media_type, content in holder.get("content", {}).items():
        examples = [(name, _found(one)) for name, one in content.get("examples", {}).items()]
        yield Content(
            media_type,
            _type(content["schema"]),
            tuple(
                Example(one.get("summary", name), _as_text(one["value"])) for name, one in examples
            ),
        )


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def _type(schema: Schema) -> Type:
    """What values of a schema are, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Type(name, name)
    if "oneOf" in schema:
        parts = [_type(one) for one in schema["oneOf"]]
        kinds = [one.kind for one in parts if one.kind]
        words = " or ".join(one.words for one in parts)
        return Type(words, kinds[0] if len(kinds) == 1 else "")
    if "enum" in schema:
        return Type(" | ".join(json.dumps(value) for value in schema["enum"]))
    if "const" in schema:
        return Type(json.dumps(schema["const"]))
    if schema.get("type") == "array":
        inner = _type(schema.get("items", {}))
        return Type(f"array of {inner.words}", inner.kind)
    kinds = schema.get("type", "any value")
    words = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    bounds = [str(schema["format"])] if "format" in schema else []
    bounds += [
        f"{sign} {schema[name]}"
        for name, sign in (("minimum", "≥"), ("maximum", "≤"))
        if name in schema
    ]
    bounds += [f"at most {schema['maxLength']} characters"] if "maxLength" in schema else []
    bounds += [f"{json.dumps(schema['default'])} unless given"] if "default" in schema else []
    return Type(f"{words} ({', '.join(bounds)})" if bounds else words)


def _command(path: str, method: str, operation: Schema, bodies: tuple[Content, ...]) -> str:
    """The call as a command for a shell; `$SITE` and `$TOKEN` are the reader's."""
    for parameter in operation.get("parameters", ()):
        found = _found(parameter)
        if found["in"] == "path":
            path = path.replace(f"{{{found['name']}}}", str(found.get("example", "ID")))
    parts = ["curl"]
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if operation["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    body = next((one for one in bodies if one.media_type == JSON and one.examples), None)
    if body is not None:
        value = json.dumps(json.loads(body.examples[0].text), ensure_ascii=False)
        parts += [f'-H "Content-Type: {JSON}"', f"-d {shlex.quote(value)}"]
    parts.append(f'"$SITE{path}"')
    return " \\\n  ".join([" ".join(parts[:1] + parts[1:2]), *parts[2:]])


def _kinds(document: Schema) -> Iterator[Kind]:
    for name, schema in document["components"]["schemas"].items():
        required = schema.get("required", ())
        fields = tuple(
            Field(member, _type(one), member in required, one.get("description", ""))
            for member, one in schema.get("properties", {}).items()
        )
        yield Kind(name, schema.get("description", ""), fields)


def _errors(document: Schema) -> Iterator[Error]:
    for code, example in document["components"]["examples"].items():
        value = example["value"]
        if isinstance(value, dict) and value.get("code") == code:
            yield Error(code, value["status"], value["detail"], _as_text(value))
