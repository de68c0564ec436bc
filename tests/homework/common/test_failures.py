"""An expected failure that no view has caught still ends in an answer that says what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import translation

from homework.common import errors
from homework.common.errors import AppError
from tests.homework.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise getattr(errors, name)()


urlpatterns = [path("fail/<str:name>/", fail), path("", include("homework.urls"))]


def every_error() -> list[type[AppError]]:
    found = [AppError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.code)
def test_a_program_gets_the_code_and_a_message(client: Client, kind: type[AppError]) -> None:
    response = client.get(f"/fail/{kind.__name__}/", headers={"Accept": "application/json"})

    assert response.status_code == kind.http_status
    answer = json.loads(response.content)
    assert answer["code"] == kind.code
    assert len(answer["message"]) > 10
    assert answer["retryable"] is kind.retryable


@pytest.mark.parametrize("name", ["NotFoundError", "DamagedImageError", "QueueFullError"])
def test_a_person_gets_a_page(client: Client, name: str) -> None:
    kind: type[AppError] = getattr(errors, name)
    response = client.get(f"/fail/{name}/", headers={"Accept": "text/html"})

    assert response.status_code == kind.http_status
    assert b"site-header" in response.content


def test_a_person_who_is_not_signed_in_is_asked_to(client: Client) -> None:
    response: Any = client.get("/fail/NotSignedInError/", headers={"Accept": "text/html"})

    assert response["Location"] == "/accounts/login/?next=/fail/NotSignedInError/"


def test_the_message_is_in_the_readers_language(client: Client) -> None:
    response = client.get(
        "/fail/EmptyFileError/",
        headers={"Accept": "application/json", "Accept-Language": "zh-CN"},
    )
    with translation.override("zh-hans"):
        expected = str(errors.EmptyFileError.message)

    assert json.loads(response.content)["message"] == expected


def test_a_body_over_the_bound_is_refused_by_any_server(
    client: Client, people: People, settings: Any
) -> None:
    settings.BODY_MAX_BYTES = 1000
    client.force_login(people.alice)
    response = client.post(
        "/upload/",
        data=bytes(1001),
        content_type="application/octet-stream",
        headers={"Accept": "application/json"},
    )

    assert response.status_code == 413
    assert json.loads(response.content)["code"] == "body_too_large"


def test_a_stranger_sends_no_more_than_a_form(client: Client, people: People) -> None:
    """Else the photo is taken apart in memory before anybody asks who sends it."""
    photo = SimpleUploadedFile("photo.jpg", bytes(2 * 1024 * 1024))
    response = client.post("/upload/", {"photo": photo}, headers={"Accept": "application/json"})

    assert response.status_code == 401
    assert "_post" not in response.wsgi_request.__dict__


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in every_error()]

    assert len(codes) == len(set(codes))
