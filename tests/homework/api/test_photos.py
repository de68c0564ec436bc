"""Photos by the API: sent as a form and within JSON, listed, looked at, kept private."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from homework.access.models import Scope
from homework.accounts.models import User
from homework.uploads.models import Photo
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People
from tests.homework.uploads import pictures

pytestmark = pytest.mark.django_db


def data_url(data: bytes, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


class TestSending:
    def test_as_a_form_and_as_json_is_the_same_photo(self, api: Api, alice: User) -> None:
        picture = pictures.jpeg()
        file = SimpleUploadedFile("p.jpg", picture, content_type="image/jpeg")
        first = api.send_form("/api/v1/photos", {"image": file})
        assert first.status_code == 201, first.content
        again = api.post("/api/v1/photos", {"image": data_url(picture)})
        assert again.status_code == 200
        assert again.json() == first.json()
        assert first.headers["Location"] == first.json()["url"]
        assert Photo.objects.get().owner == alice
        found = first.json()
        assert found["created_at"].endswith("Z")
        assert found["quality"]["is_good"] in {True, False}
        assert api.get(found["image_url"]).headers["Content-Type"] == "image/jpeg"
        assert api.get(found["thumbnail_url"]).status_code == 200
        assert set(api.get(f"{found['url']}/location").json()) == {"box", "rotation_deg"}

    @pytest.mark.parametrize(
        ("image", "status", "code"),
        [
            ("https://example.org/photo.jpg", 422, "invalid_image_url"),
            ("http://169.254.169.254/latest/meta-data", 422, "invalid_image_url"),
            ("file:///etc/passwd", 422, "invalid_image_url"),
            ("data:image/jpeg;base64,%%%", 422, "invalid_image_url"),
            ("data:image/jpeg;base64,aGVsbG8", 422, "invalid_image_url"),
            ("data:image/jpeg,hello", 422, "invalid_image_url"),
            ("data:image/jpeg;base64,", 422, "empty_file"),
            ("data:image/jpeg;base64,aGVsbG8=", 415, "unsupported_format"),
            ("data:text/html;base64,aGVsbG8=", 415, "unsupported_format"),
            ("data:image/svg+xml;base64,aGVsbG8=", 415, "unsupported_format"),
            ("data:;base64,aGVsbG8=", 415, "unsupported_format"),
            ("", 422, "invalid_image_url"),
            ("data:" + "a" * 300, 422, "invalid_image_url"),
        ],
    )
    def test_what_is_no_photo_is_refused(
        self, api: Api, image: str, status: int, code: str
    ) -> None:
        response = api.post("/api/v1/photos", {"image": image})
        assert (response.status_code, problem(response)["code"]) == (status, code)

    @pytest.mark.parametrize("image", [None, 5, [], {}, True])
    def test_another_type_is_refused(self, api: Api, image: Any) -> None:
        response = api.post("/api/v1/photos", {"image": image})
        assert problem(response)["errors"][0]["field"] == "image"

    def test_a_text_in_a_form_is_no_file(self, api: Api) -> None:
        response = api.send_form("/api/v1/photos", {"image": "hello"})
        assert problem(response)["code"] == "validation_failed"

    def test_a_token_that_only_reads_sends_nothing(self, alice: User) -> None:
        response = api_of(alice, Scope.READ).post("/api/v1/photos", {"image": "x"})
        assert response.status_code == 403
        assert problem(response)["missing_scope"] == "solutions:write"

    def test_nobody_sends_nothing(self) -> None:
        assert problem(Api().post("/api/v1/photos", {}))["code"] == "not_signed_in"

    def test_a_stranger_s_large_body_is_not_even_read(self) -> None:
        response = Api().post("/api/v1/photos", {"image": "x" * 2_000_000})
        assert problem(response)["code"] == "not_signed_in"


class TestReading:
    @pytest.mark.parametrize("part", ["", "/image", "/thumbnail", "/location"])
    def test_owner_and_teacher_only(self, people: People, photo: Photo, part: str) -> None:
        path = f"/api/v1/photos/{photo.pk}{part}"
        for person in (people.alice, people.terry):
            assert api_of(person).get(path).status_code == 200
        for person in (people.bob, people.charlie, people.tina, people.dora, people.ada):
            assert problem(api_of(person).get(path))["code"] == "not_found"
        assert problem(Api().get(path))["code"] == "not_signed_in"

    def test_the_list_holds_one_s_own(self, people: People, photo: Photo) -> None:
        listed = api_of(people.alice).get("/api/v1/photos").json()
        assert [found["id"] for found in listed["data"]] == [str(photo.pk)]
        assert listed["next"] is None
        for person in (people.bob, people.terry):
            assert api_of(person).get("/api/v1/photos").json()["data"] == []

    def test_what_is_not_there_is_not_found(self, api: Api) -> None:
        for name in (uuid.uuid4(), "1", "../../etc/passwd", "%00"):
            assert problem(api.get(f"/api/v1/photos/{name}"))["code"] == "not_found"
