"""The AsyncAPI document: the websockets, their messages and how they close.

The events of a solution are the ones that the OpenAPI document has; what only sockets send stands
here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from homework.api.outputs.events import EVENTS, FrameOutput, event_type
from homework.api.schema.document import openapi_document
from homework.api.schema.shared import EXAMPLE_ID, SECURITY_SCHEMES, Schema
from homework.solutions.models import Solution

ASYNCAPI_FILE: Path = settings.BASE_DIR / "docs" / "asyncapi.yaml"

CLOSE_CODES = {
    1000: "The solution has ended, all was sent.",
    1009: "A message was larger than 16 KiB.",
    1011: "The server failed; come again later.",
    1012: "The server restarts; come again.",
    1013: "The client has not read for 20 seconds; come again.",
    4400: "Too many messages that make no sense.",
    4401: "Not signed in, no good token in time, or signed out in the meantime.",
    4403: "Foreign or missing origin, or no longer allowed.",
    4404: "There is no such thing for this person.",
    4429: "Too many sockets of one person, or too many messages; come again later.",
}

DESCRIPTION = """\
A program opens a socket without an origin and without a cookie, and says within 5 seconds who it
is: `auth` with an access token, or with a ticket of `POST /api/v1/socket-tickets`. Tokens never
stand in an address. A refused socket is accepted first and then closed with its code, because
browsers hide the reason of a refused handshake.

How frames, resyncs and policies work together is told in docs/stream-protocol.md.
"""


def _object(properties: Schema, *, optional: tuple[str, ...] = (), text: str = "") -> Schema:
    made: Schema = {"type": "object", "description": text} if text else {"type": "object"}
    required = [name for name in properties if name not in optional]
    return made | {"properties": properties, "required": required, "additionalProperties": False}


def _typed(name: str, text: str, **properties: Schema) -> Schema:
    return _object({"type": {"const": name}, **properties}, text=text)


_TEXT: Schema = {"type": "string"}
_ID: Schema = {"type": "string", "format": "uuid"}
_LIVE_ITEM = _object(
    {
        "id": _ID,
        "state": {"enum": list(Solution.State.values)},
        "question": _TEXT,
        "latex": _TEXT,
        "verdict": {"enum": ["", "verified", "failed", "not_checkable"]},
        "reported": {"type": "boolean"},
        "created_at": {"type": "string", "format": "date-time"},
        "student": _TEXT,
        "classes": {"type": "array", "items": _TEXT},
    },
    optional=("student", "classes"),
    text="A question. On a screen for the class, without `student` and `classes`.",
)
_AUTH: Schema = {
    "type": "object",
    "description": "Who comes: the first message of a program.",
    "properties": {
        "type": {"const": "auth"},
        "token": {"type": "string", "description": "A personal access token or an access token."},
        "ticket": {"type": "string", "description": "Good once, for 30 seconds."},
    },
    "required": ["type"],
    "oneOf": [{"required": ["token"]}, {"required": ["ticket"]}],
    "additionalProperties": False,
}
_NOTICE = _object(
    {
        "type": {"const": "notice"},
        "kind": {"enum": ["review", "queue"]},
        "solution": _ID,
        "verdict": _TEXT,
        "parts": {"type": "array", "items": {"type": "integer"}},
    },
    optional=("solution", "verdict", "parts"),
    text="Something happened; it has no content, the page asks for what it needs.",
)

MESSAGES: dict[str, tuple[Schema, list[Schema]]] = {
    "auth": (_AUTH, [{"type": "auth", "token": "hht_..."}, {"type": "auth", "ticket": "9yBv0s"}]),
    "resync": (_typed("resync", "Asks for a snapshot."), [{"type": "resync"}]),
    "stop": (_typed("stop", "Stops the solution; its owner only."), [{"type": "stop"}]),
    "ready": (_typed("ready", "From here on nothing is missed."), [{"type": "ready"}]),
    "solution": (
        _typed(
            "solution",
            "A solution has changed its state.",
            id=_ID,
            state={"enum": list(Solution.State.values)},
        ),
        [{"type": "solution", "id": EXAMPLE_ID, "state": "finished"}],
    ),
    "notice": (_NOTICE, [{"type": "notice", "kind": "queue"}]),
    "live": (
        _typed(
            "live",
            "The whole list, again when something in it changes.",
            items={"type": "array", "items": {"$ref": "#/components/schemas/LiveItem"}},
        ),
        [
            {
                "type": "live",
                "items": [
                    {
                        "id": EXAMPLE_ID,
                        "state": "solving",
                        "question": "3x + 5 = 20",
                        "latex": "3x + 5 = 20",
                        "verdict": "",
                        "reported": False,
                        "created_at": "2026-03-01T12:00:00.000000+00:00",
                        "student": "Alice",
                        "classes": ["8A"],
                    }
                ],
            }
        ],
    ),
}
"""What sockets send and take beside frames: the schema of each, and examples."""

CHANNELS: dict[str, Schema] = {
    "solution": {
        "address": "/ws/solutions/{solution_id}/",
        "description": "One solution while it is written: a snapshot, then all that follows.",
        "sends": ["frame"],
        "takes": ["auth", "resync", "stop"],
        "parameters": {"solution_id": {"description": "Its UUID.", "examples": [EXAMPLE_ID]}},
    },
    "follow_up": {
        "address": "/ws/solutions/{solution_id}/follow-ups/{follow_up_id}/",
        "description": "The answer to a question about a solution, while it is written.",
        "sends": ["frame"],
        "takes": ["auth", "resync", "stop"],
        "parameters": {
            "solution_id": {"description": "Its UUID.", "examples": [EXAMPLE_ID]},
            "follow_up_id": {"description": "Its UUID.", "examples": [EXAMPLE_ID]},
        },
    },
    "solutions": {
        "address": "/ws/solutions/",
        "description": "When one of a person's own solutions changes its state.",
        "sends": ["ready", "solution"],
        "takes": ["auth"],
    },
    "notices": {
        "address": "/ws/notices/",
        "description": "When a teacher has judged a solution, or there is more to review.",
        "sends": ["ready", "notice"],
        "takes": ["auth"],
    },
    "live": {
        "address": "/ws/teach/live/",
        "description": "What a teacher's classes ask right now.",
        "sends": ["live"],
        "takes": ["auth"],
    },
    "class_live": {
        "address": "/ws/teach/live/{classroom_id}/",
        "description": "What one class asks right now.",
        "sends": ["live"],
        "takes": ["auth"],
        "parameters": {"classroom_id": {"description": "The number of the class."}},
    },
}


@functools.cache
def asyncapi_document() -> Schema:
    """The document, in English."""
    frame = {"frame": {"$ref": "#/components/schemas/Frame"}}
    payloads = frame | {name: schema for name, (schema, _examples) in MESSAGES.items()}
    examples = {"frame": list(FrameOutput.examples.values())} | {
        name: shown for name, (_schema, shown) in MESSAGES.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Homework Helper",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "site": {
                "host": "127.0.0.1:8000",
                "protocol": "ws",
                "description": "Behind a proxy with a certificate: `wss`.",
            }
        },
        "channels": {name: _channel(channel) for name, channel in CHANNELS.items()},
        "operations": dict(_operations()),
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "summary": payloads[name].get("description", "Events, in their order."),
                    "payload": payloads[name],
                    "examples": [{"payload": example} for example in examples[name]],
                }
                for name in payloads
            },
            "schemas": _event_schemas() | {"LiveItem": _LIVE_ITEM},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _channel(channel: Schema) -> Schema:
    made: Schema = {
        "address": channel["address"],
        "description": channel["description"],
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"}
            for name in (*channel["sends"], *channel["takes"])
        },
        "bindings": {"ws": {"method": "GET"}},
        "x-close-codes": {str(code): text for code, text in CLOSE_CODES.items()},
    }
    if "parameters" in channel:
        made["parameters"] = channel["parameters"]
    return made


def _operations() -> Iterator[tuple[str, Schema]]:
    """What the server does on each channel."""
    for name, channel in CHANNELS.items():
        for action, messages in (("send", channel["sends"]), ("receive", channel["takes"])):
            yield (
                f"{action}_{name}",
                {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{name}"},
                    "messages": [
                        {"$ref": f"#/channels/{name}/messages/{message}"} for message in messages
                    ],
                },
            )


def _event_schemas() -> dict[str, Schema]:
    """The frame, its events and all that they refer to, as OpenAPI has them."""
    known = openapi_document()["components"]["schemas"]
    frame = known["PolledFrame"]
    properties = {name: frame["properties"][name] for name in ("from", "to")}
    # AsyncAPI's discriminator is the bare name of the member.
    any_event = frame["properties"]["events"]["items"] | {"discriminator": "type"}
    properties["events"] = {"type": "array", "items": any_event}
    found: dict[str, Schema] = {
        "Frame": _object(properties, text="All that happened in `[from, to)` of the log.")
    }
    waiting = [found["Frame"]]
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", str(waiting.pop())):
            if name not in found:
                found[name] = known[name]
                waiting.append(known[name])
    return {"Frame": found.pop("Frame"), **dict(sorted(found.items()))}


def event_kinds() -> dict[str, Any]:
    """The schema of each event by its type."""
    schemas = asyncapi_document()["components"]["schemas"]
    return {event_type(kind): schemas[kind.__name__.removesuffix("Output")] for kind in EVENTS}
