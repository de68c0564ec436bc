from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from homework.access.models import Scope
from homework.access.services import token_create
from homework.accounts.models import User
from homework.pipeline import process
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.process import Pipeline
from homework.solutions.models import Solution
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.models import Photo
from homework.uploads.services import photo_create, photo_decoder
from tests.homework.api.contract import check_answer
from tests.homework.pages.conftest import make_solution
from tests.homework.uploads import pictures


class Api:
    """A program of one person."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call; a body other than bytes is sent as JSON."""
        options: dict[str, Any] = {"headers": self.headers | headers}
        if body is not None:
            options |= {"data": body, "content_type": "application/json"}
        response = self.client.generic(
            method,
            path,
            **(options if not isinstance(body, (dict, list)) else options | {"data": _json(body)}),
        )
        check_answer(method, path, response)
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def send_form(self, path: str, fields: dict[str, Any]) -> Any:
        response = self.client.post(path, fields, headers=self.headers)
        check_answer("POST", path, response)
        return response


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value).encode()


def api_of(user: User, *scopes: str) -> Api:
    """A program with a personal access token; with all scopes unless some are given."""
    return Api(token_create(user=user, name="test", scopes=scopes or Scope.values, days=1)[1])


def problem(response: Any) -> dict[str, Any]:
    """The problem document of an answer, whose shape is checked."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    found: dict[str, Any] = response.json()
    assert found["status"] == response.status_code
    assert found["type"] == f"urn:homework-helper:problem:{found['code']}"
    assert {"title", "detail", "retryable", "request_id"} <= set(found)
    assert "Traceback" not in response.content.decode()
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"] == "Bearer"
    return found


@pytest.fixture
def api(alice: User) -> Api:
    return api_of(alice)


@pytest.fixture(scope="session")
def clean() -> SanitisedPhoto:
    return photo_decoder().sanitise(pictures.jpeg())


@pytest.fixture
def photo(alice: User, clean: SanitisedPhoto, monkeypatch: pytest.MonkeyPatch) -> Photo:
    with monkeypatch.context() as patched:
        patched.setattr(PhotoDecoder, "sanitise", lambda self, data: clean)
        return photo_create(owner=alice, data=b"decoded once for all tests")[0]


@pytest.fixture
def solution(alice: User) -> Solution:
    return make_solution(alice)


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[[PipelineEngine], Pipeline]]:
    """Start this process's pipeline with an engine; it is drained at the end."""
    started: list[Pipeline] = []

    def start(engine: PipelineEngine) -> Pipeline:
        pipeline = Pipeline(engine, instance="test")
        started.append(pipeline)
        process.install(pipeline)
        pipeline.start()
        return pipeline

    yield start
    process.install(None)
    for pipeline in started:
        pipeline.drain(timeout_s=30)
