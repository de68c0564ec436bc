"""Parts of the description to which all calls refer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

EXAMPLE_ID = "aab833ae-7d4b-4b9c-a2fc-6851ebad00b7"
JSON = "application/json"

HEADERS: dict[str, Schema] = {
    "RateLimit": {
        "description": "What is left of each bucket the call was counted in: `r` calls within "
        "the next `t` seconds.",
        "schema": {"type": "string"},
        "example": '"user";r=598;t=42, "token";r=598;t=42',
    },
    "RateLimit-Policy": {
        "description": "The buckets: `q` calls within `w` seconds.",
        "schema": {"type": "string"},
        "example": '"user";q=600;w=60, "token";q=600;w=60',
    },
    "X-Request-Id": {
        "description": "Stands in the server's log, too; a call may bring its own.",
        "schema": {"type": "string"},
        "example": "0c5e2c4fd0a24b5f8f6a7a2f4a3c2b1d",
    },
    "Retry-After": {
        "description": "Seconds after which the call may be sent again.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 42,
    },
    "ETag": {
        "description": "Of this answer; sent back as `If-None-Match`, it saves the body.",
        "schema": {"type": "string"},
        "example": '"e52649fd75da7047e4fc1db7ad032b0c"',
    },
    "Link": {
        "description": 'The next page, as `rel="next"`; missing on the last.',
        "schema": {"type": "string"},
        "example": '</api/v1/photos?cursor=MTc5NTY1>; rel="next"',
    },
    "Location": {
        "description": "The address of what was made or changed.",
        "schema": {"type": "string"},
        "example": f"/api/v1/solutions/{EXAMPLE_ID}",
    },
    "Idempotency-Replayed": {
        "description": "`true` where the answer is that of an earlier call with the same key.",
        "schema": {"type": "string", "const": "true"},
        "example": "true",
    },
    "WWW-Authenticate": {
        "description": "How to sign in.",
        "schema": {"type": "string", "const": "Bearer"},
        "example": "Bearer",
    },
}
EVENT_SCHEMA: Schema = {
    "type": "object",
    "description": "One server-sent event; `data` is JSON.",
    "properties": {
        "id": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["data"],
}
ALWAYS = ("RateLimit", "RateLimit-Policy", "X-Request-Id")

PARAMETERS: dict[str, Schema] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes the call safe to send again: for 24 hours the same call with the "
        "same key is answered as before and creates nothing more. Not for streams.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "example": "5b0c6e1e-2f43-4f6e-9f5e-0b8a4d3c2b1a",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "An `ETag`; an unchanged answer is then 304.",
        "schema": {"type": "string"},
        "example": '"e52649fd75da7047e4fc1db7ad032b0c"',
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the read that this was decided on, without `fields`; what "
        "has changed since is left as it is (412).",
        "schema": {"type": "string"},
        "example": '"e52649fd75da7047e4fc1db7ad032b0c"',
    },
    "LastEventID": {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The `id` of the last event that came; the stream goes on after it.",
        "schema": {"type": "string"},
        "example": "1.5",
    },
}

SECURITY_SCHEMES: dict[str, Schema] = {
    "personalToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "hht_...",
        "description": "A personal access token, made under *Access tokens* in the account menu.",
    },
    "signIn": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of `POST /api/auth/login`, good for 5 minutes.",
    },
}


def header_refs(*names: str) -> Schema:
    """Header objects that refer to the shared ones."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def parameter_ref(name: str) -> Schema:
    """A parameter that refers to a shared one."""
    return {"$ref": f"#/components/parameters/{name}"}


def named_examples(examples: Mapping[str, Any]) -> Schema:
    """OpenAPI's `examples`, of examples by title."""
    return {
        title.replace(" ", "_").replace(",", ""): {
            "summary": title[:1].upper() + title[1:],
            "value": value,
        }
        for title, value in examples.items()
    }
