"""Frames held against the description of the websockets: nothing may be in them that it lacks."""

from __future__ import annotations

import copy
import functools
from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator, Registry, validator_for

from homework.api.schema.sockets import asyncapi_document


@functools.cache
def _closed() -> dict[str, Any]:
    document = copy.deepcopy(asyncapi_document())
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


@functools.cache
def _validator(pointer: str) -> Draft202012Validator:
    return validator_for(
        {"$ref": f"urn:sockets#{quote(pointer)}"},
        registry=Registry([("urn:sockets", _closed())]),
        validate_formats=True,
    )


def faults_of(pointer: str, value: Any) -> list[str]:
    """What is wrong with a value, by the schema at a place of the document."""
    return [error.message[:400] for error in _validator(pointer).iter_errors(value)]


def check_frame(frame: Any) -> None:
    """Fail unless a frame is as described; one that was polled has more members besides."""
    frame = {name: frame[name] for name in ("from", "to", "events")}
    faults = faults_of("/components/schemas/Frame", frame)
    if faults:  # one says which event, where "none of all these" would not
        for event in frame["events"]:
            name = f"{event['type'].capitalize()}Event"
            faults += faults_of(f"/components/schemas/{name}", event)
    assert not faults, faults
