from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import path


def _fails(request: HttpRequest, name: str) -> None:
    raise ValueError("secret 3x + 5")


urlpatterns = [path("fails/<str:name>/", _fails)]


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the site's own handler writes."""
    out = StringIO()
    logging.config.dictConfig(settings.LOGGING)
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    yield out


def test_an_unforeseen_error_is_logged_by_type_and_place_without_content(
    lines: StringIO, client: Client
) -> None:
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        response = client.get("/fails/alice/?q=secret")
    assert response.status_code == 500
    written = lines.getvalue()
    records = [json.loads(line) for line in written.splitlines()]
    [error] = [record for record in records if record["levelname"] == "ERROR"]
    assert error["error"] == "ValueError"
    assert "_fails" in error["where"]
    assert error["request_id"] == response["X-Request-Id"] or error["request_id"]
    for content in ("secret", "alice", "3x"):
        assert content not in written


def test_exceptions_of_our_own_loggers_lose_their_message(lines: StringIO) -> None:
    try:
        raise KeyError("secret")
    except KeyError:
        logging.getLogger("homework.x").exception("it failed", extra={"solution_id": "1"})
    record = json.loads(lines.getvalue())
    assert (record["message"], record["error"], record["solution_id"]) == (
        "it failed",
        "KeyError",
        "1",
    )
    assert "secret" not in lines.getvalue()


def test_arguments_of_foreign_loggers_are_dropped(lines: StringIO) -> None:
    logging.getLogger("elsewhere").warning("%s of %s", "secret", "alice")
    assert json.loads(lines.getvalue())["message"] == "%s of %s"


def test_of_a_foreign_message_only_the_first_line_stays(lines: StringIO) -> None:
    """asyncio tells of a failed task with its exception, text and all, on a second line."""
    logging.getLogger("asyncio").error("Task failed\nfuture: <Task exception=KeyError('secret')>")
    assert json.loads(lines.getvalue())["message"] == "Task failed"
