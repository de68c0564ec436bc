"""Batches by the API: archives, files and lists taken in, results in JSON and as a table."""

from __future__ import annotations

import csv
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homework.access.models import Scope
from homework.accounts.models import User
from homework.batches.models import Batch, BatchItem
from homework.batches.services import NewItem, batch_create
from homework.pipeline.messages import error_message
from homework.policy.models import ClassPolicy, Mode
from homework.solutions.models import Solution
from homework.uploads.models import Photo
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.batches import zips
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db
URL = "/api/v1/batches"
JPEG = b"\xff\xd8\xff of which nobody asks here whether it is a photo"


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.BATCH_DIR = tmp_path / "batches"
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.SPOOL_DIR.mkdir()


def archive(content: bytes, name: str = "photos.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/zip")


def send(api: Api, fields: dict[str, Any], **headers: str) -> Any:
    response = api.client.post(URL, fields, headers=api.headers | headers)
    return response


def files_on_disk(settings: Any) -> dict[str, bytes]:
    root = Path(settings.BATCH_DIR).parent
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


class TestTakingIn:
    def test_an_archive(self, api: Api, alice: User, settings: Any) -> None:
        content = zips.packed({"7a/一.jpg": JPEG, "7a/2.jpg": JPEG + b"2", "readme.txt": b"hello"})
        response = send(api, {"archive": archive(content), "language": "zh"})
        assert response.status_code == 202, response.content
        body = response.json()
        assert response.headers["Location"] == body["url"] == f"{URL}/{body['id']}"
        assert (body["state"], body["num_items"], body["language"]) == ("queued", 3, "zh")
        assert body["counts"] == {
            "queued": 3,
            "running": 0,
            "done": 0,
            "failed": 0,
            "refused": 0,
            "cancelled": 0,
        }
        batch = Batch.objects.get()
        assert batch.student == alice
        assert list(batch.items.values_list("name", "has_file", "size_bytes")) == [
            ("7a/一.jpg", True, len(JPEG)),
            ("7a/2.jpg", True, len(JPEG) + 1),
            ("readme.txt", True, 5),
        ]
        # Under numbers, and nothing but the photos.
        assert files_on_disk(settings) == {
            f"batches/{batch.pk}/0": JPEG,
            f"batches/{batch.pk}/1": JPEG + b"2",
            f"batches/{batch.pk}/2": b"hello",
        }

    def test_many_files(self, api: Api, settings: Any) -> None:
        images = [SimpleUploadedFile("image.jpg", JPEG + bytes([n])) for n in range(120)]
        images.append(SimpleUploadedFile("../../large.jpg", bytes(settings.UPLOAD_MAX_BYTES + 1)))
        response = send(api, {"images": images})
        assert response.status_code == 202, response.content
        batch = Batch.objects.get()
        assert batch.num_items == 121
        found = files_on_disk(settings)
        assert found == {f"batches/{batch.pk}/{n}": JPEG + bytes([n]) for n in range(120)}
        large = batch.items.get(index=120)
        assert (large.name, large.state, large.error_code) == (
            "large.jpg",
            BatchItem.State.REFUSED,
            "body_too_large",
        )

    def test_a_list(self, api: Api, photo: Photo) -> None:
        items = [
            {"question": "3x+5=20", "name": "first"},
            {"photo_id": str(photo.pk)},
            {"photo_id": str(photo.pk), "question": "1+1"},
        ]
        response = api.post(URL, {"items": items}, **{"Accept-Language": "zh"})
        assert response.status_code == 202, response.content
        assert response.json()["language"] == "zh"
        assert list(BatchItem.objects.values_list("name", "question_text", "photo")) == [
            ("first", "3x+5=20", None),
            ("", "", photo.pk),
            ("", "1+1", photo.pk),
        ]

    def test_a_file_is_not_asked_to_be_a_photo_before_its_turn_but_an_archive_is_told(
        self, api: Api
    ) -> None:
        inner = zips.packed({"1.jpg": JPEG})
        send(api, {"archive": archive(zips.packed({"in.zip": inner, "1.jpg": JPEG}))})
        (nested, _photo) = api.get(f"{URL}/{Batch.objects.get().pk}/results").json()["data"]
        assert (nested["state"], nested["error"]["code"]) == ("refused", "nested_archive")

    def test_the_same_archive_again_by_its_key(self, api: Api, settings: Any) -> None:
        content = zips.packed({"1.jpg": JPEG})
        key = {"Idempotency-Key": "one"}
        first, again = (send(api, {"archive": archive(content)}, **key) for _ in range(2))
        assert first.json() == again.json()
        assert again.headers["Idempotency-Replayed"] == "true"
        assert Batch.objects.count() == 1 and len(files_on_disk(settings)) == 1
        other = send(api, {"archive": archive(zips.packed({"1.jpg": b"other"}))}, **key)
        assert problem(other)["code"] == "idempotency_key_reused"


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"no archive", 422, "bad_archive"),
            (zips.symlink(), 422, "archive_link"),
            (zips.packed({"../../../tmp/x.jpg": JPEG}), 422, "archive_bad_name"),
            (zips.with_flag(zips.packed({"1.jpg": JPEG}), 1), 422, "archive_encrypted"),
            (zips.packed([("1.jpg", b"a"), ("1.jpg", b"b")]), 422, "archive_duplicate_name"),
            (zips.packed({f"{n}": bytes(1000) for n in range(3)}, 8), 413, "archive_too_large"),
            (zips.packed({}), 422, "empty_batch"),
            (zips.packed({str(n): b"" for n in range(5)}), 422, "too_many_items"),
            (zips.packed({"good.jpg": JPEG, "x": b"y" * 300})[:-200], 422, "bad_archive"),
        ],
        ids=[
            "none",
            "link",
            "path",
            "password",
            "twice",
            "bomb",
            "empty",
            "many",
            "cut",
        ],
    )
    def test_a_trick_refuses_all_of_it_and_leaves_nothing(
        self, api: Api, settings: Any, content: bytes, status: int, code: str
    ) -> None:
        settings.BATCH_MAX_ITEMS, settings.BATCH_MAX_BYTES = 4, 2500
        response = send(api, {"archive": archive(content)})
        found = problem(response)
        assert (response.status_code, found["code"]) == (status, code)
        if code == "too_many_items":
            assert found["max_items"] == 4
        if code == "archive_too_large":
            assert found["max_bytes"] == 2500
        assert not Batch.objects.exists() and files_on_disk(settings) == {}

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            "x",
            {"items": 5},
            {"items": [5]},
            {"items": [{}]},
            {"items": [{"name": "only"}]},
            {"items": [{"question": ""}]},
            {"items": [{"question": "x" * 501}]},
            {"items": [{"question": "1", "extra": 1}]},
            {"items": [{"question": "1"}], "language": "fr"},
            {"items": [{"question": "1"}], "archive": "x"},
            {"items": [{"photo_id": "x"}]},
            {"items": [{"photo_id": str(uuid.UUID(int=5))}]},
            {"items": [{"question": "1", "name": "x" * 256}]},
        ],
    )
    def test_nonsense_in_a_list(self, api: Api, body: Any) -> None:
        response = api("POST", URL, json.dumps(body).encode())
        assert response.status_code == 422, response.content
        assert problem(response)["code"] == "validation_failed"
        assert not Batch.objects.exists()

    def test_empty_lists_and_long_ones(self, api: Api, settings: Any) -> None:
        assert problem(api.post(URL, {"items": []}))["code"] == "empty_batch"
        settings.BATCH_MAX_ITEMS = 2
        found = problem(api.post(URL, {"items": [{"question": "1"}] * 3}))
        assert (found["code"], found["max_items"]) == ("too_many_items", 2)
        settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
        images = [SimpleUploadedFile("p.jpg", b"x") for _ in range(3)]
        assert problem(send(api, {"images": images}))["code"] == "too_many_items"

    def test_another_s_photo_is_named_in_the_error(self, people: People, photo: Photo) -> None:
        items = [{"question": "1"}, {"photo_id": str(photo.pk)}]
        for person in (people.bob, people.terry):
            found = problem(api_of(person).post(URL, {"items": items}))
            assert found["errors"][0]["field"] == "items.1.photo_id"

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"language": "en"},
            {"archive": "text"},
            {"images": "text"},
            {"image": SimpleUploadedFile("p.jpg", b"x")},
            {"archive": archive(b"x"), "images": [SimpleUploadedFile("p.jpg", b"x")]},
            {"items": '[{"question": "1"}]'},
        ],
        ids=["nothing", "language", "text", "texts", "unknown", "both", "items"],
    )
    def test_nonsense_in_a_form(self, api: Api, fields: Any) -> None:
        response = send(api, fields)
        assert (response.status_code, problem(response)["code"]) == (422, "validation_failed")

    def test_a_closed_class(self, api: Api, alice: User) -> None:
        ClassPolicy.objects.create(classroom=alice.classrooms.get(), mode=Mode.CLOSED)
        response = api.post(URL, {"items": [{"question": "1"}]})
        assert (response.status_code, problem(response)["code"]) == (403, "answers_closed")

    def test_scopes_and_rates(self, api: Api, alice: User, settings: Any) -> None:
        asked = {"items": [{"question": "1+1"}]}
        assert api_of(alice, Scope.READ).post(URL, asked).status_code == 403
        assert api_of(alice, Scope.WRITE).get(URL).status_code == 403
        settings.API_RATES = settings.API_RATES | {"batch": "1/h"}
        assert api.post(URL, asked).status_code == 202
        assert problem(api.post(URL, asked))["limit"] == "batch"

    def test_a_declared_body_above_the_bound_of_this_address(self, api: Api, settings: Any) -> None:
        settings.LARGE_BODIES = {URL: settings.BODY_MAX_BYTES + 10}
        body = b"x" * (settings.BODY_MAX_BYTES + 11)
        response = api.client.generic(
            "POST", URL, body, content_type="multipart/form-data; boundary=x", headers=api.headers
        )
        found = problem(response)
        assert (response.status_code, found["code"]) == (413, "body_too_large")
        assert found["max_bytes"] == settings.BODY_MAX_BYTES + 10


@pytest.fixture
def batch(alice: User) -> Batch:
    """One that is done, and has a spreadsheet's nightmares in it."""
    batch = batch_create(
        student=alice,
        language="en",
        items=[
            NewItem(name="=cmd|' /C calc'!A0.jpg", question_text="3x + 5 = 20"),
            NewItem(name="@SUM(1+1)", question_text="-2 + 3"),
            NewItem(name="b.txt", error_code="unsupported_format"),
            NewItem(name="c", question_text="1+1"),
        ],
    )
    solution = make_solution(alice)
    BatchItem.objects.filter(index=0).update(solution=solution, state=BatchItem.State.ASKED)
    failed = make_solution(
        alice, state=Solution.State.FAILED, text="", answer_latex="", error_code="not_understood"
    )
    BatchItem.objects.filter(index=1).update(solution=failed, state=BatchItem.State.ASKED)
    return batch


class TestResults:
    def test_as_json(self, api: Api, batch: Batch) -> None:
        first, second, third, fourth = api.get(f"{URL}/{batch.pk}/results").json()["data"]
        assert (first["index"], first["state"], first["error"]) == (0, "done", None)
        assert first["solution"]["answer"]["latex"] == "x = 5"
        assert (second["state"], second["error"]["code"]) == ("failed", "not_understood")
        assert (third["state"], third["solution"]) == ("refused", None)
        assert third["error"] == {
            "code": "unsupported_format",
            "message": "Please choose a JPEG, PNG, WebP or HEIC photo.",
        }
        assert (fourth["state"], fourth["question"]) == ("queued", "1+1")

    def test_a_person_is_told_in_their_language(self, api: Api, batch: Batch) -> None:
        data = api.get(f"{URL}/{batch.pk}/results", **{"Accept-Language": "zh"}).json()["data"]
        assert data[1]["error"]["message"] == error_message("not_understood", "zh")
        assert "JPEG" in data[2]["error"]["message"] and "Please" not in data[2]["error"]["message"]

    def test_as_a_table_without_formulas(self, api: Api, batch: Batch) -> None:
        response = api.get(f"{URL}/{batch.pk}/results.csv")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith("attachment; ")
        text = response.content.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text))
        assert len(rows) == 4 and all(len(row) == len(header) for row in rows)
        found = [dict(zip(header, row, strict=True)) for row in rows]
        assert found[0]["name"] == "'=cmd|' /C calc'!A0.jpg"
        assert found[1]["name"] == "'@SUM(1+1)"
        assert found[1]["question"] == "'-2 + 3"
        assert (found[0]["answer"], found[0]["verdict"]) == ("x = 5", "verified")
        assert (found[2]["state"], found[2]["error"]) == ("refused", "unsupported_format")
        for row in rows:
            assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)

    @pytest.mark.parametrize("mode", [Mode.HINTS_FIRST, Mode.HINTS_ONLY])
    def test_what_a_policy_hides_is_in_neither(
        self, api: Api, alice: User, batch: Batch, mode: Mode
    ) -> None:
        ClassPolicy.objects.create(classroom=alice.classrooms.get(), mode=mode)
        for path in ("results", "results.csv"):
            content = api.get(f"{URL}/{batch.pk}/{path}").content.decode()
            assert "x = 5" not in content and "3x = 15" not in content
        first = api.get(f"{URL}/{batch.pk}/results").json()["data"][0]
        assert first["solution"]["policy"]["mode"] == mode

    def test_the_queries_do_not_grow_with_the_items(self, api: Api, alice: User) -> None:
        api.get(URL)  # counts what is counted by day and by minute for the first time
        counts = []
        for number in (1, 20):
            items = [NewItem(question_text="1")] * number
            batch = batch_create(student=alice, language="en", items=items)
            for item in batch.items.all():
                item.solution, item.state = make_solution(alice), BatchItem.State.ASKED
                item.save()
            with CaptureQueriesContext(connection) as queries:
                assert len(api.get(f"{URL}/{batch.pk}/results").json()["data"]) == number
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestLists:
    def test_pages_and_fields(self, api: Api, alice: User) -> None:
        made = [
            batch_create(student=alice, language="en", items=[NewItem(question_text="1")])
            for _ in range(3)
        ]
        page = api.get(f"{URL}?limit=2&fields=state,counts").json()
        assert [row["id"] for row in page["data"]] == [str(one.pk) for one in made[:0:-1]]
        assert set(page["data"][0]) == {"id", "state", "counts"}
        assert [row["id"] for row in api.get(page["next"]).json()["data"]] == [str(made[0].pk)]
        assert problem(api.get(f"{URL}?fields=secret"))["code"] == "validation_failed"

    def test_a_cancelled_one(self, api: Api, batch: Batch) -> None:
        body = api.post(f"{URL}/{batch.pk}/cancel", {}).json()
        assert body["state"] == "cancelling"
        assert body["counts"] == {
            "queued": 0,
            "running": 0,
            "done": 1,
            "failed": 1,
            "refused": 1,
            "cancelled": 1,
        }

    def test_the_limits_are_told(self, api: Api, settings: Any) -> None:
        assert api.get("/api/v1/usage").json()["batches"] == {
            "max_items": settings.BATCH_MAX_ITEMS,
            "max_bytes": settings.BATCH_MAX_BYTES,
            "max_open": settings.BATCH_MAX_OPEN,
            "max_hours": settings.BATCH_MAX_HOURS,
        }
