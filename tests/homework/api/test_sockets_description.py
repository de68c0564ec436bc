"""The description of the websockets: as committed, whole, and with every event that the code has.

That real frames are as described, `tests.live.Follower` checks with each frame that any test gets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from homework.api.schema.document import as_yaml
from homework.api.schema.sockets import (
    ASYNCAPI_FILE,
    CHANNELS,
    CLOSE_CODES,
    MESSAGES,
    asyncapi_document,
    event_kinds,
)
from homework.common import errors
from homework.consumers.routing import websocket_urlpatterns
from homework.pipeline.events import LiveState
from homework.settings import BASE_DIR
from tests.frames import faults_of

INNER = ("homework/pipeline/notices.py", "homework/pipeline/training.py")
"""What is written there is for other parts of the site, or for a training file."""
BY_CHANCE = frozenset({"policy", "hidden", "follow_up"})
"""What is in some events only, and told of in the text of the protocol."""


def events_in_code() -> Iterator[tuple[str, frozenset[str], str]]:
    """Each event that is written down as a dict: its type, its other fields, and where."""
    for folder in ("pipeline", "consumers"):
        for path in sorted((BASE_DIR / "homework" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Dict):
                    members = {
                        str(key.value): value
                        for key, value in zip(node.keys, node.values, strict=True)
                        if isinstance(key, ast.Constant)
                    }
                    kind = members.get("type")
                    if isinstance(kind, ast.Constant):
                        yield str(kind.value), frozenset(members), _place(path, node)


def _place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(BASE_DIR)}:{getattr(node, 'lineno', 0)}"


def known() -> dict[str, dict[str, Any]]:
    """The schema of all that a socket sends, by type."""
    return {name: schema for name, (schema, _examples) in MESSAGES.items()} | event_kinds()


def test_the_committed_document_is_what_the_code_says() -> None:
    assert ASYNCAPI_FILE.read_text() == as_yaml(asyncapi_document()), "run describe_api"


def test_every_event_of_the_code_is_described_with_all_its_fields() -> None:
    found = list(events_in_code())
    assert {"snapshot", "delta", "engine", "done", "queued", "live"} <= {kind for kind, *_ in found}
    unknown = [
        (kind, sorted(fields - known().get(kind, {"properties": {}})["properties"].keys()), place)
        for kind, fields, place in found
        if "." not in kind and not place.startswith(INNER)
    ]
    assert [entry for entry in unknown if entry[1]] == []


def test_every_field_of_a_snapshot_is_described() -> None:
    snapshot = LiveState().snapshot()
    assert snapshot.keys() == event_kinds()["snapshot"]["properties"].keys() - BY_CHANCE


def test_every_event_stands_in_the_protocol() -> None:
    protocol = (BASE_DIR / "docs" / "stream-protocol.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", protocol, re.MULTILINE))
    for kind, schema in event_kinds().items():
        named = set(re.findall(r"`(\w+)`", rows[kind]))
        assert named == schema["properties"].keys() - {"type"} - BY_CHANCE, kind


def test_every_address_has_a_channel() -> None:
    addresses = {
        "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in websocket_urlpatterns
        if str(pattern.pattern)
    }
    assert addresses == {channel["address"] for channel in CHANNELS.values()}


def test_every_close_code_is_told() -> None:
    codes = {
        kind.close_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.AppError)
    }
    assert codes - {errors.ConflictError.close_code} <= set(CLOSE_CODES)
    protocol = (BASE_DIR / "docs" / "stream-protocol.md").read_text()
    assert {int(code) for code in re.findall(r"^\| (\d{4}) \|", protocol, re.MULTILINE)} == set(
        CLOSE_CODES
    )


@pytest.mark.parametrize("name", sorted(asyncapi_document()["components"]["messages"]))
def test_every_example_is_as_its_schema_says(name: str) -> None:
    message = asyncapi_document()["components"]["messages"][name]
    assert message["examples"]
    for example in message["examples"]:
        assert faults_of(f"/components/messages/{name}/payload", example["payload"]) == []


@pytest.mark.django_db
def test_the_site_serves_it(client: Client) -> None:
    answer = client.get("/api/asyncapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert answer.content.decode() == ASYNCAPI_FILE.read_text()


class TestTheCheckOfFrames:
    """What holds every frame of the tests against the description."""

    def test_it_refuses_a_field_of_which_nothing_is_said(self) -> None:
        event = {"type": "delta", "offset": 0, "text": "x", "colour": "red"}
        assert faults_of("/components/schemas/Frame", {"from": 0, "to": 1, "events": [event]})

    def test_it_refuses_an_event_of_which_nothing_is_said(self) -> None:
        event = {"type": "weather"}
        assert faults_of("/components/schemas/Frame", {"from": 0, "to": 1, "events": [event]})
