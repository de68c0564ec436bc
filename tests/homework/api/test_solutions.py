"""Solutions by the API: asked for, listed in pages, read with ETags, stopped, tried again."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from homework.access.models import Scope
from homework.accounts.models import User
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.process import Pipeline
from homework.solutions.models import Solution
from homework.uploads.models import Photo
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People
from tests.homework.pipeline.scripted import make_engine
from tests.homework.uploads import pictures

pytestmark = pytest.mark.django_db
URL = "/api/v1/solutions"
State = Solution.State


class TestAsking:
    def test_a_text_is_accepted_at_once(self, api: Api, alice: User) -> None:
        response = api.post(URL, {"question": " 3x+5=20 ", "language": "zh"})
        assert response.status_code == 202, response.content
        body = response.json()
        assert response.headers["Location"] == body["url"] == f"{URL}/{body['id']}"
        stored = Solution.objects.get(pk=body["id"])
        assert (stored.student, stored.question_text, stored.language) == (alice, "3x+5=20", "zh")
        assert (body["state"], body["text"], body["steps"]) == ("queued", "", [])
        assert (body["answer"], body["finished_at"]) == (None, None)
        assert body["created_at"].endswith("Z")

    def test_a_photo_that_was_sent_before(self, api: Api, photo: Photo) -> None:
        crop = {"x": 0, "y": 0.25, "width": 1, "height": 0.5}
        body = api.post(URL, {"photo_id": str(photo.pk), "crop": crop, "rotation_deg": 90}).json()
        assert body["photo_id"] == str(photo.pk)
        stored = Solution.objects.get()
        assert (stored.crop, stored.rotation_deg) == (crop, 90)

    def test_a_photo_in_the_same_call(self, api: Api) -> None:
        file = SimpleUploadedFile("p.jpg", pictures.jpeg(), content_type="image/jpeg")
        crop = json.dumps({"x": 0, "y": 0, "width": 0.5, "height": 0.5})
        response = api.send_form(URL, {"image": file, "language": "en", "crop": crop})
        assert response.status_code == 202, response.content
        assert Solution.objects.get().photo == Photo.objects.get()
        assert Solution.objects.get().crop == {"x": 0, "y": 0, "width": 0.5, "height": 0.5}

    def test_the_language_is_the_caller_s_unless_given(self, api: Api) -> None:
        headers = {"Accept-Language": "zh-CN,zh;q=0.9"}
        assert api.post(URL, {"question": "1+1"}, **headers).json()["language"] == "zh"

    def test_another_s_photo_is_not_there(self, people: People, photo: Photo) -> None:
        for person in (people.bob, people.terry):
            response = api_of(person).post(URL, {"photo_id": str(photo.pk)})
            assert problem(response)["code"] == "not_found"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            None,
            "x",
            {"question": ""},
            {"question": "   "},
            {"question": 5},
            {"question": None},
            {"question": "x" * 501},
            {"question": "\x00"},
            {"question": "\ud800"},
            {"question": "1+1", "extra": 1},
            {"question": "1+1", "language": "fr"},
            {"question": "1+1", "language": ["en"]},
            {"question": "1+1", "crop": {"x": 0}},
            {"question": "1+1", "crop": {"x": 0, "y": 0, "width": 0, "height": 1}},
            {"question": "1+1", "crop": {"x": "0", "y": 0, "width": 1, "height": 1}},
            {"question": "1+1", "crop": [0, 0, 1, 1]},
            {"question": "1+1", "rotation_deg": "90"},
            {"question": "1+1", "rotation_deg": 1000},
            {"question": "1+1", "rotation_deg": True},
            {"photo_id": 5},
            {"photo_id": "5"},
            {"photo_id": f"urn:uuid:{uuid.uuid4()}"},
            {"photo_id": str(uuid.uuid4()), "image": "data:image/png;base64,AAAA"},
        ],
    )
    def test_nonsense_is_refused(self, api: Api, body: Any) -> None:
        response = api("POST", URL, json.dumps(body).encode())
        assert response.status_code == 422, response.content
        problem(response)
        assert not Solution.objects.exists()

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (b"", "application/json", 422),
            (b"{", "application/json", 400),
            (b"{'a': 1}", "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b'{"question": NaN}', "application/json", 400),
            (b"[" * 100_000, "application/json", 400),
            (b'{"a":' * 5000 + b"1" + b"}" * 5000, "application/json", 400),
            (b"[" + b"[]," * 50_000 + b"[]]", "application/json", 400),
            (b"9" * 10_000, "application/json", 400),
            (b"<x/>", "application/xml", 415),
            (b"question=1", "application/x-www-form-urlencoded", 415),
            (b"1+1", "text/plain", 415),
            (b"x", "multipart/form-data", 400),
            (b"x", "multipart/form-data; boundary=x", 422),
            (b"x", "nonsense", 415),
            (b"x", "", 415),
        ],
    )
    def test_a_body_that_cannot_be_read_is_refused(
        self, api: Api, body: bytes, kind: str, status: int
    ) -> None:
        response = api.client.generic("POST", URL, body, content_type=kind, headers=api.headers)
        assert response.status_code == status, response.content
        problem(response)

    @pytest.mark.parametrize("query", ["wait=31", "wait=-1", "wait=x", "wait=", "nonsense=1"])
    def test_a_wrong_parameter_is_refused(self, api: Api, query: str) -> None:
        response = api.post(f"{URL}?{query}", {"question": "1+1"})
        assert problem(response)["errors"][0]["field"] in {"wait", "nonsense"}
        assert not Solution.objects.exists()

    def test_a_token_that_only_reads_asks_nothing(self, alice: User) -> None:
        assert api_of(alice, Scope.READ).post(URL, {"question": "1"}).status_code == 403
        assert api_of(alice, Scope.WRITE).get(URL).status_code == 403


class TestReading:
    def test_all_of_a_finished_one(self, api: Api, solution: Solution) -> None:
        body = api.get(f"{URL}/{solution.pk}").json()
        assert body["state"] == "finished"
        assert body["answer"] == {
            "latex": "x = 5",
            "check": {"verdict": "verified", "reason": "substitution", "detail": {}},
        }
        assert [step["formulas"] for step in body["steps"]] == [["3x = 15"], ["x = 5"]]
        assert body["reading"]["text"] == "3x + 5 = 20"

    def test_only_the_fields_that_are_wanted(self, api: Api, solution: Solution) -> None:
        body = api.get(f"{URL}/{solution.pk}?fields=state,answer").json()
        assert set(body) == {"id", "state", "answer"}
        listed = api.get(f"{URL}?fields=state").json()["data"]
        assert listed == [{"id": str(solution.pk), "state": "finished"}]
        response = api.get(f"{URL}/{solution.pk}?fields=state,password")
        assert problem(response)["errors"][0]["field"] == "fields"

    def test_who_has_it_gets_304(self, api: Api, solution: Solution) -> None:
        first = api.get(f"{URL}/{solution.pk}")
        tag = first.headers["ETag"]
        assert "no-store" not in first.headers["Cache-Control"]
        again = api.get(f"{URL}/{solution.pk}", **{"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        Solution.objects.update(answer_latex="x = 6")
        changed = api.get(f"{URL}/{solution.pk}", **{"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag

    @pytest.mark.parametrize("part", ["", "/events"])
    def test_owner_and_teacher_only(self, people: People, solution: Solution, part: str) -> None:
        path = f"{URL}/{solution.pk}{part}"
        for person in (people.alice, people.terry):
            assert api_of(person).get(path).status_code == 200
        for person in (people.bob, people.charlie, people.tina, people.dora, people.ada):
            assert problem(api_of(person).get(path))["code"] == "not_found"
        assert problem(Api().get(path))["code"] == "not_signed_in"
        assert problem(api_of(people.alice, Scope.WRITE).get(path))["code"] == "permission_denied"


class TestListing:
    def test_pages_follow_each_other_whatever_comes_meanwhile(self, api: Api, alice: User) -> None:
        made = [str(make_solution(alice, question_text=str(n)).pk) for n in range(5)]
        seen, path = [], f"{URL}?limit=2&fields=id"
        for _ in range(3):
            response = api.get(path)
            page = response.json()
            seen += [found["id"] for found in page["data"]]
            make_solution(alice)
            if page["next"]:
                assert response.headers["Link"] == f'<{page["next"]}>; rel="next"'
                path = page["next"]
        assert page["next"] is None
        assert seen == made[::-1]

    def test_filters(self, api: Api, alice: User, photo: Photo) -> None:
        chinese = make_solution(alice, language="zh")
        failed = make_solution(alice, state=State.FAILED)
        pictured = make_solution(alice, photo=photo, question_text="unlike")
        waiting = make_solution(alice, state=State.QUEUED, text="")
        for query, wanted in {
            "language=zh": [chinese],
            "state=failed": [failed],
            "state=running": [waiting],
            f"photo_id={photo.pk}": [pictured],
            "q=unlike": [pictured],
            "created_after=2999-01-01T00:00:00Z": [],
            "created_before=2001-01-01T00:00:00Z": [],
        }.items():
            listed = api.get(f"{URL}?{query}").json()["data"]
            assert [found["id"] for found in listed] == [str(s.pk) for s in wanted], query

    @pytest.mark.parametrize(
        "query",
        [
            "cursor=x",
            "cursor=MTIz",
            "cursor=%00",
            "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ",
            "limit=0",
            "limit=101",
            "limit=x",
            "state=nonsense",
            "created_after=yesterday",
            "photo_id=1",
            "q=%00",
            "page=2",
        ],
    )
    def test_nonsense_is_refused(self, api: Api, query: str) -> None:
        response = api.get(f"{URL}?{query}")
        assert response.status_code == 422
        assert problem(response)["errors"][0]["field"] == query.partition("=")[0]


class TestChanging:
    def test_stop(self, people: People) -> None:
        waiting = make_solution(people.alice, state=State.QUEUED, text="")
        path = f"{URL}/{waiting.pk}/stop"
        for person in (people.bob, people.tina):
            assert problem(api_of(person).post(path))["code"] == "not_found"
        assert problem(api_of(people.terry).post(path))["code"] == "permission_denied"
        assert problem(api_of(people.alice, Scope.READ).post(path))["code"] == "permission_denied"
        assert problem(Api().post(path))["code"] == "not_signed_in"
        response = api_of(people.alice).post(path)
        assert (response.status_code, response.json()["state"]) == (200, "stopped")

    def test_retry_asks_the_same_anew(self, people: People, solution: Solution) -> None:
        path = f"{URL}/{solution.pk}/retry"
        for person in (people.bob, people.tina, people.terry):
            assert problem(api_of(person).post(path))["code"] == "not_found"
        body = api_of(people.alice).post(path).json()
        assert body["id"] != str(solution.pk)
        assert (body["question"], body["state"]) == (solution.question_text, "queued")

    def test_no_retry_while_it_runs(self, api: Api, alice: User) -> None:
        running = make_solution(alice, state=State.SOLVING)
        response = api.post(f"{URL}/{running.pk}/retry")
        assert (response.status_code, problem(response)["code"]) == (409, "conflict")

    def test_a_corrected_reading_is_solved(self, people: People, solution: Solution) -> None:
        path = f"{URL}/{solution.pk}/corrections"
        for person in (people.bob, people.tina, people.terry):
            assert problem(api_of(person).post(path, {"question": "1"}))["code"] == "not_found"
        body = api_of(people.alice).post(path, {"question": "3x+6=20"}).json()
        assert (body["question"], body["corrects_id"]) == ("3x+6=20", str(solution.pk))
        assert problem(api_of(people.alice).post(path, {}))["code"] == "validation_failed"


class TestOtherAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/api/",
            "/api/v2/solutions",
            "/api/v1/solutions/",
            "/api/v1/solutions/../me",
            "/api/v1//me",
            "/api/%2e%2e/admin/",
        ],
    )
    def test_nothing_else_is_here(self, api: Api, path: str) -> None:
        assert problem(api.get(path))["code"] == "not_found"

    def test_other_methods_are_refused_with_those_there_are(self, api: Api) -> None:
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"):
            response = api(method, URL)
            assert problem(response)["code"] == "method_not_allowed"
            assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"

    def test_a_foreign_host_gets_a_problem_too(self, api: Api) -> None:
        response = api.client.get(URL, headers={"Host": "evil.example.org"})
        assert problem(response)["status"] == 400

    def test_what_goes_wrong_inside_says_nothing_of_it(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(**_options: Any) -> None:
            raise RuntimeError("3x+5=20")

        monkeypatch.setattr("homework.api.views.solutions.solution_history", fail)
        response = api.get(URL)
        assert problem(response)["code"] == "internal_error"
        assert "3x" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
class TestWaiting:
    def test_a_call_that_waits_gets_the_solution(
        self, people: People, start: Callable[[PipelineEngine], Pipeline]
    ) -> None:
        start(make_engine())
        response = api_of(people.alice).post(f"{URL}?wait=30", {"question": "3x + 5 = 20"})
        assert response.status_code == 201, response.content
        body = response.json()
        assert body["state"] == "finished"
        assert body["answer"]["check"]["verdict"] == "verified"
        assert len(body["steps"]) == 2

    def test_and_202_when_it_takes_too_long(self, people: People) -> None:
        response = api_of(people.alice).post(f"{URL}?wait=1", {"question": "3x + 5 = 20"})
        assert (response.status_code, response.json()["state"]) == (202, "queued")
