"""Handing in a photo: stored and judged, or refused in words; and where its question stands."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homework.pages.views import photos
from homework.solutions.models import Solution
from homework.uploads.images import PhotoDecoder, SanitisedPhoto
from homework.uploads.models import Photo
from homework.uploads.services import photo_set_located
from tests.homework.pages.conftest import JSON
from tests.homework.people import People

pytestmark = pytest.mark.django_db
LOCATED = {"box": {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.1}, "rotation_deg": 90.0}


@pytest.fixture
def decoded(clean: SanitisedPhoto, monkeypatch: pytest.MonkeyPatch) -> SanitisedPhoto:
    """Spares the tests below the decoder, which has its own."""
    monkeypatch.setattr(PhotoDecoder, "sanitise", lambda self, data: clean)
    return clean


def upload(client: Client, content: bytes = b"photo", **headers: str) -> Any:
    file = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")
    return client.post("/upload/", {"photo": file}, headers=headers or JSON)


def test_a_photo_is_stored_and_its_addresses_are_told(
    as_alice: Client, decoded: SanitisedPhoto
) -> None:
    response = upload(as_alice)
    photo = Photo.objects.get()

    assert response.status_code == 201
    assert response.json()["id"] == str(photo.id)
    assert as_alice.get(response.json()["image_url"]).status_code == 200
    assert as_alice.get(response.json()["thumbnail_url"]).status_code == 200


def test_the_same_photo_again_is_the_same_photo(as_alice: Client, decoded: SanitisedPhoto) -> None:
    first, second = upload(as_alice), upload(as_alice)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_each_issue_of_a_photo_comes_with_advice(
    as_alice: Client, photo: Photo, decoded: SanitisedPhoto
) -> None:
    photo.quality = {"is_good": False, "issues": [{"code": "blur"}, {"code": "of the future"}]}
    photo.save()
    quality = upload(as_alice).json()["quality"]

    assert quality["is_good"] is False
    assert quality["issues"] == [
        {"code": "blur", "advice": "This photo is blurred. Hold still and come closer."}
    ]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 422, "empty_file"), (b"<html>", 415, "unsupported_format")],
)
def test_what_is_no_photo_is_refused_in_words(
    as_alice: Client, content: bytes, status: int, code: str
) -> None:
    response = upload(as_alice, content)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.json()["message"]
    assert not Photo.objects.exists()


def test_the_refusal_speaks_the_readers_language(as_alice: Client) -> None:
    response = upload(as_alice, b"", **JSON, **{"Accept-Language": "zh-CN"})

    assert response.json()["message"] == "文件是空的，请重新选择照片。"


def test_a_form_without_a_photo_is_refused(as_alice: Client) -> None:
    response = as_alice.post("/upload/", headers=JSON)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")


def test_a_stranger_cannot_upload(client: Client) -> None:
    response = upload(client)

    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")


def test_an_upload_from_another_site_is_refused(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.alice)

    assert upload(client).status_code == 403
    assert not Photo.objects.exists()


def test_without_scripts_a_photo_becomes_a_question_at_once(
    as_alice: Client, decoded: SanitisedPhoto
) -> None:
    response = upload(as_alice, Accept="text/html")
    solution = Solution.objects.get()

    assert response["Location"] == f"/solutions/{solution.id}/"
    assert solution.photo == Photo.objects.get()


def test_the_question_on_a_photo_is_located(as_alice: Client, photo: Photo) -> None:
    photo_set_located(photo=photo, located=LOCATED)

    assert as_alice.post(f"/photos/{photo.id}/locate/", headers=JSON).json() == LOCATED


def test_a_photo_without_a_question_has_no_box(
    as_alice: Client, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "photo_locate", lambda photo: None)
    answer = as_alice.post(f"/photos/{photo.id}/locate/", headers=JSON).json()

    assert answer == {"box": None, "rotation_deg": 0.0}


@pytest.mark.parametrize("viewer", ["bob", "charlie", "tina"])
def test_others_cannot_have_a_photo_located(
    client: Client, people: People, photo: Photo, viewer: str
) -> None:
    client.force_login(getattr(people, viewer))

    assert client.post(f"/photos/{photo.id}/locate/", headers=JSON).status_code == 404


def test_a_photo_that_does_not_exist_is_not_found(as_alice: Client) -> None:
    response = as_alice.post(f"/photos/{uuid.uuid4()}/locate/", headers=JSON)

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
