"""What people and attackers upload, through the page: a clear message, a 4xx code, no trace."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from homework.accounts.models import User
from homework.uploads.models import Photo
from tests.homework.uploads import pictures
from tests.homework.uploads.conftest import StoredFiles

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024

REFUSED: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "empty": (lambda: b"", 422, "empty_file"),
    "text": (lambda: b"3x + 5 = 20", 415, "unsupported_format"),
    "truncated": (lambda: pictures.jpeg()[:-900], 422, "damaged_image"),
    "100 megapixels": (lambda: pictures.png_of_megapixels(10_000), 413, "too_many_pixels"),
    "bomb": (lambda: pictures.png_of_megapixels(30_000), 413, "too_many_pixels"),
    "text bomb": (lambda: pictures.png_with_exploding_text(80_000_000), 422, "damaged_image"),
    "animated GIF": (lambda: pictures.animated("GIF"), 415, "unsupported_format"),
    "animated WebP": (lambda: pictures.animated("WEBP"), 422, "animated_image"),
    "animated PNG": (lambda: pictures.animated("PNG"), 422, "animated_image"),
    "over 12 MB": (lambda: bytes(12 * MEGABYTE + 1), 413, "body_too_large"),
    "200 MB": (lambda: bytes(200 * MEGABYTE), 413, "body_too_large"),
}
TAKEN: dict[str, Callable[[], bytes]] = {
    "CMYK": pictures.cmyk_jpeg,
    "16 bits of grey": pictures.grey_16_bit_png,
    "16 bits of colour": pictures.rgb_16_bit_png,
    "JPEG with HTML in it": pictures.html_polyglot,
    "JPEG with a zip behind it": pictures.zip_polyglot,
    "HEIC": lambda: pictures.encoded(pictures.quadrants(), "HEIF"),
    "named .exe": pictures.jpeg,
}


def send(client: Client, data: bytes, name: str = "photo.jpg") -> tuple[int, dict[str, object]]:
    response = client.post(
        reverse("pages:upload"),
        {"photo": SimpleUploadedFile(name, data, content_type="image/jpeg")},
        headers={"Accept": "application/json"},
    )
    return response.status_code, json.loads(response.content)


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_refused_with_a_reason_and_leaves_no_trace(
    client: Client, alice: User, stored_files: StoredFiles, kind: str
) -> None:
    make, status, code = REFUSED[kind]
    client.force_login(alice)

    answered_status, answer = send(client, make())

    assert (answered_status, answer["code"]) == (status, code)
    assert len(str(answer["message"])) > 20
    assert not Photo.objects.exists()
    assert not stored_files()


@pytest.mark.parametrize("kind", TAKEN)
def test_it_is_taken_as_the_picture_it_is(
    client: Client, alice: User, stored_files: StoredFiles, kind: str
) -> None:
    client.force_login(alice)

    status, answer = send(client, TAKEN[kind](), "photo.exe")

    assert status == 201
    shown = client.get(str(answer["image_url"]))
    assert pictures.opened(shown.content).mode == "RGB"
    assert b"script" not in shown.content
    assert b"payload" not in shown.content


def test_a_photo_just_below_the_bound_is_taken(client: Client, alice: User) -> None:
    """The bound is on the file; the form around it must not push it over."""
    client.force_login(alice)
    data = pictures.jpeg()
    filled = data + bytes(12 * MEGABYTE - len(data))

    assert send(client, filled)[0] == 201


def test_a_photo_just_over_the_bound_is_told_so_though_its_form_is_read_for_the_token(
    alice: User,
) -> None:
    """The check for the CSRF token takes the form apart before any view can catch an error."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    token = "a" * 32
    client.cookies["csrftoken"] = token
    response = client.post(
        reverse("pages:upload"),
        {"photo": SimpleUploadedFile("photo.jpg", bytes(12 * MEGABYTE + 1))},
        headers={"Accept": "application/json", "X-CSRFToken": token},
    )

    assert response.status_code == 413
    assert json.loads(response.content)["code"] == "body_too_large"
