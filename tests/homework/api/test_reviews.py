"""The teachers' queue by programs: filters and pages, verdicts on versions, drafts."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from homework.access.models import Scope
from homework.accounts.audit import AuditAction
from homework.accounts.models import AuditEvent
from homework.pipeline import corrections
from homework.review.models import Correction, Draft, Review
from homework.review.services import report_submit, review_approve
from homework.solutions.models import Solution
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People
from tests.homework.review.conftest import open_solution

pytestmark = pytest.mark.django_db
URL = "/api/v1/reviews"
CHECK = {"verdict": "verified", "reason": "same_solutions", "detail": {}}


@pytest.fixture
def terrys(people: People) -> Api:
    return api_of(people.terry)


@pytest.fixture
def waiting(people: People) -> Solution:
    return open_solution(people.alice)


@pytest.fixture
def url(waiting: Solution) -> str:
    return f"{URL}/{waiting.pk}"


@pytest.fixture(autouse=True)
def checker(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the checker says; the real one is asked in the flows, where a pipeline runs."""
    says: dict[str, Any] = dict(CHECK)
    monkeypatch.setattr(corrections, "_check", lambda question, formulas, index: dict(says))
    return says


def part(index: int, *lines: str, **fields: Any) -> dict[str, Any]:
    return {"index": index, "lines": list(lines)} | fields


class TestQueue:
    def test_the_doubtful_first_in_pages(self, terrys: Api, people: People) -> None:
        made = [
            open_solution(student, doubt_score=score)
            for score, student in [(10, people.alice), (80, people.bob), (40, people.alice)]
        ]
        first = terrys.get(f"{URL}?limit=2")
        second = terrys.get(first.json()["next"]).json()
        ids = [item["id"] for item in [*first.json()["data"], *second["data"]]]
        assert ids == [str(made[index].pk) for index in (1, 2, 0)]
        assert second["next"] is None
        assert 'rel="next"' in first.headers["Link"]

    def test_an_item_says_who_asked_what_and_why_it_is_here(
        self, terrys: Api, waiting: Solution, people: People
    ) -> None:
        report_submit(student=people.alice, solution_id=waiting.pk, kind="wrong", comment="Why?")
        [item] = terrys.get(URL).json()["data"]
        assert (item["student"]["username"], item["classes"]) == ("alice", ["7a"])
        assert (item["question"], item["topic"]) == ("3x + 5 = 20", "linear_equations")
        assert item["doubt"]["reasons"]
        assert item["report"]["comment"] == "Why?"
        assert (item["review"], item["version"]) == ("open", 0)
        assert "answer" not in item

    def test_filters(self, terrys: Api, people: People, waiting: Solution) -> None:
        other = open_solution(
            people.bob, topic="fractions", verdict="failed", engine="local", asked_text="1/2 + 1/3"
        )
        class_id = people.terry.classrooms.get().pk
        for query, found in {
            "topic=fractions": [other],
            "verdict=failed": [other],
            "engine=rules": [waiting],
            f"student_id={people.bob.pk}": [other],
            f"class_id={class_id}": [other, waiting],
            f"class_id={people.dora.classrooms.get().pk}": [],
            "q=alice": [waiting],
            "q=1/2": [other],
            "since=2099-01-01": [],
            "until=2099-01-01": [other, waiting],
            "review=reviewed": [],
        }.items():
            ids = {item["id"] for item in terrys.get(f"{URL}?{query}").json()["data"]}
            assert ids == {str(each.pk) for each in found}, query

    def test_what_was_reviewed_the_latest_first(self, terrys: Api, people: People) -> None:
        made = [open_solution(people.alice) for _ in range(3)]
        for solution in made:
            review_approve(teacher=people.terry, solution=solution, version=0)
        first = terrys.get(f"{URL}?review=approved&limit=2&fields=version").json()
        second = terrys.get(first["next"]).json()
        assert [item["id"] for item in first["data"] + second["data"]] == [
            str(each.pk) for each in reversed(made)
        ]
        assert first["data"][0] == {"id": str(made[2].pk), "version": 1}

    @pytest.mark.parametrize(
        "query",
        [
            "cursor=x",
            "topic=x",
            "since=yesterday",
            "since=0001-01-01",
            "until=9999-12-31",
            "engine=",
            "class_id=x",
            "class_id=" + "9" * 30,
            "review=all",
            "fields=answer",
            "after=x",
        ],
    )
    def test_nonsense_is_refused(self, terrys: Api, query: str) -> None:
        assert problem(terrys.get(f"{URL}?{query}"))["code"] == "validation_failed"


class TestItem:
    def test_everything_that_helps_to_judge_it(self, terrys: Api, url: str) -> None:
        response = terrys.get(url)
        found = response.json()
        assert found["solution"]["answer"]["latex"] == "x = 5"
        assert [each["index"] for each in found["parts"]] == [1, 2, 0]
        assert found["parts"][0]["lines"] == ["3x = 15"]
        assert (found["reviews"], found["draft"], found["other_attempts"]) == ([], None, [])
        assert response.headers["ETag"].startswith('"0-')
        event = AuditEvent.objects.get()
        assert (event.action, event.actor_name) == (AuditAction.SOLUTION_VIEWED, "terry")

    def test_its_etag_follows_all_of_it(self, terrys: Api, url: str, people: People) -> None:
        seen = terrys.get(url).headers["ETag"]
        assert terrys.get(url, **{"If-None-Match": seen}).status_code == 304
        terrys("PUT", f"{url}/draft", {"parts": [], "note": "Hm"})
        assert terrys.get(url, **{"If-None-Match": seen}).status_code == 200

    def test_other_tries_at_the_same_question(
        self, terrys: Api, url: str, waiting: Solution
    ) -> None:
        again = open_solution(waiting.student, corrects=waiting)
        assert terrys.get(f"{url}?fields=other_attempts").json() == {
            "id": str(waiting.pk),
            "other_attempts": [str(again.pk)],
        }


class TestVerdicts:
    def test_approved_by_etag(self, terrys: Api, url: str, waiting: Solution) -> None:
        seen = terrys.get(url).headers["ETag"]
        response = terrys.post(f"{url}/approve", {"note": "Nice"}, **{"If-Match": seen})
        assert (response.status_code, response.json()["verdict"]) == (201, "approved")
        review = Review.objects.get()
        assert (review.note, review.version, review.teacher_name) == ("Nice", 1, "terry")
        reviewed = AuditEvent.objects.filter(action=AuditAction.SOLUTION_REVIEWED)
        assert reviewed.count() == 1
        [told] = terrys.get(url).json()["reviews"]
        assert told["note"] == "Nice"

    def test_rejected_by_version(self, terrys: Api, url: str, waiting: Solution) -> None:
        body = {"version": 0, "reason": "See page 12"}
        assert terrys.post(f"{url}/reject", body).status_code == 201
        waiting.refresh_from_db()
        assert waiting.review_state == "rejected"

    def test_sent_again_it_is_given_once(self, terrys: Api, url: str) -> None:
        key = {"Idempotency-Key": "k"}
        first = terrys.post(f"{url}/approve", {"version": 0}, **key)
        again = terrys.post(f"{url}/approve", {"version": 0}, **key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert Review.objects.count() == 1

    @pytest.mark.parametrize("call", ["approve", "reject", "reread", "correct"])
    def test_without_a_version_it_is_refused(self, terrys: Api, url: str, call: str) -> None:
        words = {"reason": "x"} if call == "reject" else {"reading": "1+1"}
        body: dict[str, Any] = {"approve": {}, "correct": {"parts": []}}.get(call, words)
        refused = terrys.post(f"{url}/{call}", body)
        assert (refused.status_code, problem(refused)["code"]) == (428, "precondition_required")
        for header in ("*", '"x"', '"0"', 'W/"0-0"', '"0-' + "0" * 31 + '"'):
            refused = terrys.post(f"{url}/{call}", body, **{"If-Match": header})
            assert (refused.status_code, problem(refused)["code"]) == (412, "precondition_failed")
        assert not Review.objects.exists()

    def test_two_versions_are_ambiguous(self, terrys: Api, url: str) -> None:
        seen = terrys.get(url).headers["ETag"]
        refused = terrys.post(f"{url}/approve", {"version": 1}, **{"If-Match": seen})
        assert problem(refused)["errors"][0]["field"] == "version"

    @pytest.mark.parametrize(
        ("call", "body"),
        [
            ("approve", {"version": "0"}),
            ("approve", {"version": -1}),
            ("approve", {"version": 0, "note": "x" * 1001}),
            ("approve", {"version": 10**9}),
            ("reject", {"version": 0}),
            ("reject", {"version": 0, "reason": " "}),
            ("reread", {"version": 0, "reading": ""}),
            ("correct", {"version": 0}),
            ("correct", {"version": 0, "parts": [part(1, "x"), part(1, "y")]}),
            ("correct", {"version": 0, "parts": [part(1, *["x"] * 9)]}),
            ("correct", {"version": 0, "parts": [part(1, "x" * 501)]}),
            ("correct", {"version": 0, "parts": [{"index": 1, "lines": "x"}]}),
            ("correct", {"version": 0, "parts": {"1": "x"}}),
            ("correct", {"version": 0, "parts": [part(-1, "x")]}),
            ("correct", {"version": 0, "parts": [part(1, "x", follows=0)]}),
            ("correct", {"version": 0, "parts": [part(-41, "x", follows=0)]}),
            ("correct", {"version": 0, "parts": [], "removed": [0]}),
            ("correct", {"version": 0, "parts": [], "removed": ["1"]}),
        ],
    )
    def test_nonsense_is_refused(self, terrys: Api, url: str, call: str, body: Any) -> None:
        assert problem(terrys.post(f"{url}/{call}", body))["code"] == "validation_failed"

    def test_what_is_still_written_cannot_be_judged(self, terrys: Api, people: People) -> None:
        running = open_solution(people.alice, state=Solution.State.SOLVING)
        refused = terrys.post(f"{URL}/{running.pk}/approve", {"version": 0})
        assert problem(refused)["code"] == "invalid_input"

    def test_many_at_once(self, terrys: Api, people: People) -> None:
        first, second = open_solution(people.alice), open_solution(people.bob)
        foreign = open_solution(people.charlie)
        review_approve(teacher=people.terry, solution=second, version=0)
        items = [{"id": str(each.pk), "version": 0} for each in (first, second, foreign)]
        done = terrys.post(f"{URL}/approvals", {"items": items}).json()
        assert done["approved"] == [str(first.pk)]
        assert done["skipped"] == [str(second.pk), str(foreign.pk)]

    @pytest.mark.parametrize(
        "items", [[], [{}], [{"id": "x", "version": 0}], "x", [{"id": None, "version": 0}] * 101]
    )
    def test_a_selection_makes_sense(self, terrys: Api, items: Any) -> None:
        refused = terrys.post(f"{URL}/approvals", {"items": items})
        assert problem(refused)["code"] == "validation_failed"


class TestTheLaterOfTwo:
    def other_was_faster(self, people: People, waiting: Solution) -> None:
        review_approve(teacher=people.terry, solution=waiting, version=0)

    def test_by_version_it_is_409_and_says_who(
        self, terrys: Api, people: People, url: str, waiting: Solution
    ) -> None:
        self.other_was_faster(people, waiting)
        refused = terrys.post(f"{url}/reject", {"version": 0, "reason": "See page 12"})
        found = problem(refused)
        assert (refused.status_code, found["code"]) == (409, "review_conflict")
        assert (found["by"], found["verdict"], found["version"]) == ("terry", "approved", 1)
        assert terrys.get(url).json()["draft"]["note"] == "See page 12"

    def test_by_etag_it_is_412_and_says_who(
        self, terrys: Api, people: People, url: str, waiting: Solution
    ) -> None:
        seen = terrys.get(url).headers["ETag"]
        self.other_was_faster(people, waiting)
        body = {"parts": [part(2, "x = 10/2")], "note": "Look"}
        refused = terrys.post(f"{url}/correct", body, **{"If-Match": seen})
        found = problem(refused)
        assert (refused.status_code, found["code"]) == (412, "precondition_failed")
        assert (found["by"], found["version"]) == ("terry", 1)
        item = terrys.get(url)
        draft = item.json()["draft"]
        assert (draft["parts"][0]["lines"], draft["note"]) == (["x = 10/2"], "Look")

        again = terrys.post(f"{url}/correct", body, **{"If-Match": item.headers["ETag"]})
        assert again.status_code == 201
        assert not Draft.objects.exists()

    def test_a_reading_is_kept_beside_the_steps_that_were_drafted(
        self, terrys: Api, people: People, url: str, waiting: Solution
    ) -> None:
        terrys("PUT", f"{url}/draft", {"parts": [part(2, "x = 10/2")]})
        refused = terrys.post(f"{url}/reread", {"version": 0, "reading": "= = ="})
        assert problem(refused)["code"] == "invalid_input"
        draft = terrys.get(url).json()["draft"]
        assert draft["reading"] == "= = ="
        assert draft["parts"][0]["lines"] == ["x = 10/2"]


@pytest.mark.django_db(transaction=True)
def test_of_two_teachers_at_once_one_wins_and_the_other_keeps_their_words() -> None:
    from homework.accounts.models import Membership
    from tests.homework.people import make_people

    people = make_people()
    classroom = people.terry.classrooms.get()
    Membership.objects.create(user=people.dora, classroom=classroom)
    solution = open_solution(people.alice)
    apis = {person.username: api_of(person) for person in (people.terry, people.dora)}
    barrier = threading.Barrier(2)
    statuses: dict[str, int] = {}

    def judge(name: str) -> None:
        barrier.wait(30)
        try:
            path = f"{URL}/{solution.pk}/reject"
            body = {"version": 0, "reason": f"says {name}"}
            statuses[name] = apis[name].post(path, body).status_code
        finally:
            connection.close()

    threads = [threading.Thread(target=judge, args=[name]) for name in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses.values()) == [201, 409]
    winner = Review.objects.get()
    [loser] = [name for name, status in statuses.items() if status == 409]
    assert winner.teacher_name != loser
    assert Draft.objects.get().content["note"] == f"says {loser}"


class TestCorrections:
    def test_a_step_and_the_answer(self, terrys: Api, url: str) -> None:
        body = {
            "version": 0,
            "parts": [part(2, "x = 15/3", title="Divide."), part(0, "x = 5.0"), part(1, "3x = 15")],
            "note": "See",
        }
        response = terrys.post(f"{url}/correct", body)
        assert response.status_code == 201, response.content
        changed = {each["index"]: each["after"] for each in response.json()["corrections"]}
        assert changed[2] == {"title": "Divide.", "formulas": ["x = \\frac{15}{3}"]}
        assert set(changed) == {0, 2}
        parts = {each["index"]: each for each in terrys.get(url).json()["parts"]}
        assert parts[2]["corrected_by"] == "terry"
        assert parts[2]["original"]["formulas"] == ["x = 5"]

    def test_steps_are_added_removed_and_put_back(self, terrys: Api, url: str) -> None:
        body = {
            "version": 0,
            "parts": [part(-1, "3x = 20 - 5", title="Write it out.", follows=0)],
            "removed": [2],
        }
        given = terrys.post(f"{url}/correct", body).json()
        assert {each["kind"] for each in given["corrections"]} == {"added", "removed"}
        parts = terrys.get(url).json()["parts"]
        added = parts[0]
        assert (added["title"], added["is_added"]) == ("Write it out.", True)
        assert [each["is_removed"] for each in parts if each["index"] == 2] == [True]
        back = {"version": 1, "parts": [part(2, "x = 5")], "removed": [added["index"]]}
        given = terrys.post(f"{url}/correct", back).json()
        assert {each["kind"] for each in given["corrections"]} == {"restored", "removed"}

    @pytest.mark.parametrize(
        "body",
        [
            {"parts": [part(-1, "x = 1", follows=7)]},
            {"parts": [], "removed": [7]},
        ],
    )
    def test_a_step_has_a_place(self, terrys: Api, url: str, body: Any) -> None:
        refused = terrys.post(f"{url}/correct", {"version": 0} | body)
        assert problem(refused)["code"] == "invalid_input"

    def test_a_title_that_is_not_given_stays(self, terrys: Api, url: str) -> None:
        terrys.post(f"{url}/correct", {"version": 0, "parts": [part(2, "x = 15/3")]})
        assert Correction.objects.get().after["title"] == "Divide both sides by 3."

    def test_what_is_no_mathematics_is_kept_with_the_place(self, terrys: Api, url: str) -> None:
        body = {"version": 0, "parts": [part(2, "x = 5", "x = + (")]}
        found = problem(terrys.post(f"{url}/correct", body))
        assert found["code"] == "unreadable_correction"
        assert found["parts"][0]["problems"][0]["line"] == 1
        assert terrys.get(url).json()["draft"]["parts"][0]["lines"] == ["x = 5", "x = + ("]
        assert not Review.objects.exists()

    def test_a_disproved_part_is_saved_only_when_it_is_meant(
        self, terrys: Api, url: str, checker: dict[str, Any]
    ) -> None:
        checker |= {"verdict": "failed", "reason": "counterexample"}
        body = {"version": 0, "parts": [part(2, "x = 6")]}
        found = problem(terrys.post(f"{url}/correct", body))
        assert found["code"] == "disproved_correction"
        assert found["parts"][0]["check"]["reason"] == "counterexample"
        assert terrys.post(f"{url}/correct", body | {"overrules": True}).status_code == 201

    @pytest.mark.parametrize("parts", [[], [part(7, "x = 1")], [part(0)], [part(2, "x = 5")]])
    def test_a_correction_makes_sense(self, terrys: Api, url: str, parts: Any) -> None:
        refused = terrys.post(f"{url}/correct", {"version": 0, "parts": parts})
        assert (refused.status_code, problem(refused)["code"]) == (422, "invalid_input")

    def test_a_mended_reading_is_solved_anew(
        self, terrys: Api, url: str, waiting: Solution, people: People
    ) -> None:
        body = {"version": 0, "reading": "3x + 6 = 20", "note": "A 6"}
        response = terrys.post(f"{url}/reread", body)
        found = response.json()
        assert (response.status_code, found["state"]) == (202, "queued")
        assert found["corrects_id"] == str(waiting.pk)
        assert response.headers["Location"] == found["url"]
        assert Solution.objects.get(pk=found["id"]).student == people.alice
        [told] = terrys.get(url).json()["reviews"]
        assert (told["reading_after"], told["replacement_id"]) == ("3x + 6 = 20", found["id"])


class TestDrafts:
    def test_it_is_checked_and_kept(self, terrys: Api, url: str) -> None:
        response = terrys("PUT", f"{url}/draft", {"parts": [part(2, "x = 15/3")], "note": "Hm"})
        found = response.json()
        assert found["parts"][0]["check"] == CHECK
        assert found["draft"] == terrys.get(url).json()["draft"]
        assert terrys("DELETE", f"{url}/draft").status_code == 204
        assert terrys.get(url).json()["draft"] is None

    def test_an_empty_one_is_none(self, terrys: Api, url: str) -> None:
        terrys("PUT", f"{url}/draft", {"parts": [], "note": "Hm"})
        assert terrys("PUT", f"{url}/draft", {"parts": []}).json()["draft"] is None

    def test_it_is_nobody_else_s(self, terrys: Api, people: People, url: str) -> None:
        from homework.accounts.models import Membership

        terrys("PUT", f"{url}/draft", {"parts": [], "note": "Hm"})
        Membership.objects.create(user=people.dora, classroom=people.terry.classrooms.get())
        assert api_of(people.dora).get(url).json()["draft"] is None


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "", Scope.REVIEWS_READ),
        ("POST", "/approve", Scope.REVIEWS_WRITE),
        ("POST", "/reject", Scope.REVIEWS_WRITE),
        ("POST", "/correct", Scope.REVIEWS_WRITE),
        ("POST", "/reread", Scope.REVIEWS_WRITE),
        ("PUT", "/draft", Scope.REVIEWS_WRITE),
        ("DELETE", "/draft", Scope.REVIEWS_WRITE),
    ],
)
def test_a_token_without_the_scope_is_refused(
    people: People, url: str, method: str, path: str, scope: Scope
) -> None:
    others = [each for each in Scope if each != scope]
    refused = problem(api_of(people.terry, *others)(method, url + path))
    assert (refused["code"], refused["missing_scope"]) == ("permission_denied", scope)
    assert api_of(people.terry, scope)(method, url + path).status_code != 403


def test_who_has_left_the_class_is_refused_at_once(terrys: Api, people: People, url: str) -> None:
    people.terry.memberships.all().delete()
    assert problem(terrys.get(url))["code"] == "not_found"
    assert problem(terrys.post(f"{url}/approve", {"version": 0}))["code"] == "not_found"
