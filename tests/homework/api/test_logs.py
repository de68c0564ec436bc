"""What the log tells of a call: id, route, status, duration, sizes, and nothing of its content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homework.access.models import Scope
from homework.access.services import token_create
from homework.api.views.account import MeView
from homework.pipeline import corrections
from homework.solutions.models import Solution
from tests.homework.api.conftest import Api
from tests.homework.common.test_logs import lines  # noqa: F401  (a fixture)
from tests.homework.people import People
from tests.homework.review.conftest import open_solution
from tests.homework.uploads import pictures

pytestmark = pytest.mark.django_db
SECRETS = ("zebra", "hht_", "7x", "aardvark", "Zeb", "swordfish", "okapi", "斑马")
"""Parts of everything that these calls carry: names, questions, notes, codes, tokens."""


@pytest.fixture
def log(lines: StringIO) -> Iterator[StringIO]:  # noqa: F811
    yield lines


def records(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def requests_of(log: StringIO) -> list[dict[str, Any]]:
    return [record for record in records(log) if record["message"] == "request"]


@pytest.fixture
def terrys(people: People) -> Api:
    secret = token_create(user=people.terry, name="zebra", scopes=Scope.values, days=1)[1]
    return Api(secret)


def test_a_call_is_told_by_its_facts(terrys: Api, log: StringIO) -> None:
    body = json.dumps({"name": "zebra 8a"}).encode()
    response = terrys("POST", "/api/v1/classes", body)
    assert response.status_code == 201
    [record] = requests_of(log)
    assert record["request_id"] == response.headers["X-Request-Id"]
    assert (record["method"], record["status"]) == ("POST", 201)
    assert record["route"] == "api/v1/classes"
    assert record["request_bytes"] == len(body)
    assert record["response_bytes"] == len(response.content)
    assert record["duration_ms"] > 0
    assert set(record) <= {
        "asctime",
        "levelname",
        "name",
        "message",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "request_bytes",
        "response_bytes",
    }


def test_nothing_of_what_a_call_carries_is_in_it(
    terrys: Api, people: People, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bodies, addresses, queries, headers, methods, files: of calls that work and that fail."""
    monkeypatch.setattr(corrections, "_check", lambda *_: {"verdict": "failed", "reason": "x"})
    waiting = open_solution(people.alice, asked_text="zebra 7x = 14")
    class_id = people.terry.classrooms.get().pk
    review, klass = f"/api/v1/reviews/{waiting.pk}", f"/api/v1/classes/{class_id}"
    headers = {"User-Agent": "zebra", "X-Request-Id": "zebra 7x", "Referer": "http://zebra/7x"}
    key = {"Idempotency-Key": "zebra-swordfish"}
    photo = SimpleUploadedFile("zebra.jpg", pictures.jpeg(), "image/jpeg")
    broken = SimpleUploadedFile("aardvark.jpg", b"zebra 7x", "image/zebra")
    statuses = [
        terrys.get("/api/v1/reviews?q=zebra", **headers).status_code,
        terrys.get("/api/v1/reviews?zebra=7x", **headers).status_code,
        terrys.get("/api/v1/zebra/7x?token=swordfish", **headers).status_code,
        terrys("ZEBRA", "/api/v1/me", **headers).status_code,
        terrys.post("/api/v1/solutions", {"question": "7x = 14 zebra"}, **key).status_code,
        terrys.post("/api/v1/solutions", {"question": "斑马 7x=1", "zebra": 1}).status_code,
        terrys.post("/api/predict", {"data": ["zebra 7x", "http://zebra/7x.jpg"]}).status_code,
        terrys("POST", "/api/v1/solutions", b'{"question": "zebra').status_code,
        terrys.send_form("/api/v1/photos", {"image": photo}).status_code,
        terrys.send_form("/api/v1/photos", {"image": broken}).status_code,
        terrys.post(f"{klass}/students", {"students": [{"username": "zebra.zeb"}]}).status_code,
        terrys("PATCH", klass, {"name": "aardvark okapi"}).status_code,
        terrys.post(f"{review}/reject", {"version": 7, "reason": "zebra"}).status_code,
        terrys.post(
            f"{review}/correct",
            {"version": 0, "parts": [{"index": 2, "lines": ["7x = + ("]}], "note": "okapi"},
        ).status_code,
        terrys.post(f"{review}/approve", {"version": 0, "note": "zebra"}).status_code,
        Api("hht_swordfish").get("/api/v1/me").status_code,
        Api()
        .post("/api/auth/login", {"username": "zebra", "password": "swordfish", "code": "okapi"})
        .status_code,
        Api()
        .post("/api/auth/second-factor", {"challenge": "zebra", "code": "swordfish"})
        .status_code,
        Api().post("/api/auth/refresh", {"refresh_token": "zebra.swordfish.okapi"}).status_code,
        Client(headers={"Host": "zebra.example"}).get("/api/v1/me").status_code,
    ]
    assert {200, 201, 202, 400, 401, 404, 405, 409, 422} <= set(statuses)
    assert Solution.objects.filter(question_text__contains="7x").exists()
    written = log.getvalue()
    assert len(requests_of(log)) == len(statuses)
    for secret in SECRETS:
        assert secret not in written, [line for line in written.splitlines() if secret in line]
    # Nor the ids of what was looked at.
    assert str(waiting.pk) not in written


def test_nor_when_a_call_breaks(
    terrys: Api, log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: Any) -> None:
        raise ValueError("zebra 7x = 14")

    monkeypatch.setattr(MeView, "get", breaks)
    assert terrys.get("/api/v1/me", **{"User-Agent": "zebra"}).status_code == 500
    [error] = [record for record in records(log) if record["message"] == "api call failed"]
    assert (error["levelname"], error["error"]) == ("ERROR", "ValueError")
    assert re.match(r"test_logs\.py:\d+ breaks", error["where"])
    for secret in SECRETS:
        assert secret not in log.getvalue()


def test_a_stream_has_no_length_yet(people: People, log: StringIO) -> None:
    from tests.homework.api.conftest import api_of

    solution = open_solution(people.alice)
    response = api_of(people.alice).get(
        f"/api/v1/solutions/{solution.pk}/events", Accept="text/event-stream"
    )
    assert response.streaming
    response.close()
    assert requests_of(log)[-1]["response_bytes"] is None
    assert "3x" not in log.getvalue()
