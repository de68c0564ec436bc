"""What programs do with a solution beside asking: follow-ups, reports, the way of hints first."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from homework.accounts.models import User
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.process import Pipeline
from homework.policy.models import Mode
from homework.policy.services import class_policy_set
from homework.review.models import Report
from homework.solutions.models import FollowUp, Solution
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People
from tests.homework.pipeline.conversing import (
    SAID,
    make_asked_about,
    make_rules_only,
    make_talking_engine,
)
from tests.homework.pipeline.scripted import make_engine

pytestmark = pytest.mark.django_db
Start = Callable[[PipelineEngine], Pipeline]
ASK = {"question": "Why did you subtract 5?"}


def url_of(solution: Solution, part: str = "follow-ups") -> str:
    return f"/api/v1/solutions/{solution.pk}/{part}"


@pytest.mark.django_db(transaction=True)
class TestAsking:
    def test_it_is_answered_while_the_line_is_held(self, people: People, start: Start) -> None:
        start(make_talking_engine()[0])
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        response = api.post(f"{url_of(solution)}?wait=30", ASK)
        assert response.status_code == 201, response.content
        body = response.json()
        assert (body["state"], body["text"], body["number"]) == ("finished", SAID, 1)
        assert body["question"] == ASK["question"]
        assert response.headers["Location"] == body["url"]
        assert api.get(body["url"]).json() == body
        assert api.get(url_of(solution)).json() == {"data": [body], "next": None}

    def test_its_frames_are_polled(self, people: People, start: Start) -> None:
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        accepted = api.post(url_of(solution), {"question": "explain step 1"})
        assert (accepted.status_code, accepted.json()["text"]) == (202, "")
        start(make_rules_only())  # only now: the rules may have answered before the call has
        offset, events = "", []
        while True:
            query = f"?wait=30&offset={offset}" if offset else ""
            frame = api.get(f"{accepted.json()['events_url']}{query}").json()
            events += frame["events"]
            offset = frame["offset"]
            if frame["is_final"]:
                break
        assert events[0]["follow_up"]["number"] == 1
        assert events[-1]["type"] == "done"
        last = api.get(accepted.json()["url"]).json()
        assert last["text"].startswith("Step 1")

    def test_what_the_rules_cannot_say_is_an_error_of_the_follow_up(
        self, people: People, start: Start
    ) -> None:
        start(make_rules_only())
        api = api_of(people.alice)
        solution = make_asked_about(people.alice)
        body = api.post(f"{url_of(solution)}?wait=30", {"question": "Sing!"}).json()
        assert (body["state"], body["error"]["code"]) == ("failed", "cannot_converse")
        assert body["error"]["retryable"] is False


class TestBounds:
    def test_a_call_that_is_sent_again_asks_once(self, people: People) -> None:
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        key = {"Idempotency-Key": "one"}
        first = api.post(url_of(solution), ASK, **key)
        again = api.post(url_of(solution), ASK, **key)
        assert again.json() == first.json()
        assert again.headers["Idempotency-Replayed"] == "true"
        assert FollowUp.objects.count() == 1

    def test_one_at_a_time_until_it_is_stopped(self, people: People) -> None:
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        first = api.post(url_of(solution), ASK).json()
        assert problem(api.post(url_of(solution), ASK))["code"] == "conflict"
        stopped = api.post(f"{first['url']}/stop")
        assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
        assert api.post(url_of(solution), ASK).status_code == 202

    @pytest.mark.parametrize(
        "body",
        [{}, {"question": ""}, {"question": 5}, {"question": "?" * 501}, ASK | {"x": 1}, []],
    )
    def test_nonsense_is_refused(self, people: People, body: Any) -> None:
        solution = make_asked_about(people.alice)
        refused = api_of(people.alice).post(url_of(solution), body)
        assert problem(refused)["code"] == "validation_failed"
        assert not FollowUp.objects.exists()

    def test_it_costs_a_solve(self, people: People, settings: Any) -> None:
        settings.API_RATES = settings.API_RATES | {"solve": "1/h"}
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        api.post(url_of(solution), ASK)
        assert problem(api.post("/api/v1/solutions", {"question": "1+1"}))["limit"] == "solve"

    def test_a_token_that_only_reads_asks_nothing(self, alice: User) -> None:
        api = api_of(alice, "solutions:read")
        solution = make_asked_about(alice)
        for part in ("follow-ups", "reports", "steps", "attempts", "answer"):
            assert problem(api.post(url_of(solution, part), {}))["missing_scope"] == (
                "solutions:write"
            )
        assert api.get(url_of(solution)).status_code == 200

    def test_one_of_another_solution_is_not_there(self, people: People) -> None:
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        asked = api.post(url_of(solution), ASK).json()
        other = make_asked_about(people.alice)
        for path in (f"{url_of(other)}/{asked['id']}", f"{url_of(solution)}/{uuid.uuid4()}"):
            assert problem(api.get(path))["code"] == "not_found"
            assert problem(api.get(f"{path}/events"))["code"] == "not_found"
            assert problem(api.post(f"{path}/stop"))["code"] == "not_found"


class TestPolicy:
    def test_what_is_hidden_is_not_sent(self, people: People) -> None:
        solution = make_asked_about(people.alice)
        FollowUp.objects.create(
            solution=solution,
            number=1,
            question="?",
            text="It is 5.",
            state="finished",
            written_under="full",
        )
        class_policy_set(
            classroom=people.terry.classrooms.get(), mode=Mode.HINTS_ONLY, by=people.terry
        )
        [seen] = api_of(people.alice).get(url_of(solution)).json()["data"]
        assert (seen["text"], seen["hidden"]) == ("", True)
        [whole] = api_of(people.terry).get(url_of(solution)).json()["data"]
        assert (whole["text"], whole["hidden"]) == ("It is 5.", False)

    def test_a_closed_class_asks_nothing(self, people: People) -> None:
        class_policy_set(classroom=people.terry.classrooms.get(), mode=Mode.CLOSED, by=people.terry)
        solution = make_asked_about(people.alice)
        assert problem(api_of(people.alice).post(url_of(solution), ASK))["code"] == (
            "answers_closed"
        )

    @pytest.mark.django_db(transaction=True)
    def test_the_way_of_hints_first(self, people: People, start: Start) -> None:
        start(make_engine())
        class_policy_set(
            classroom=people.terry.classrooms.get(), mode=Mode.HINTS_FIRST, by=people.terry
        )
        solution, api = make_asked_about(people.alice), api_of(people.alice)

        def post(part: str, body: Any = None) -> Any:
            return api.post(url_of(solution, part), body)

        assert problem(post("answer"))["code"] == "attempt_needed"
        assert problem(post("steps", {"number": 2}))["code"] == "conflict"
        opened = post("steps", {"number": 1}).json()
        assert [step.get("hidden", False) for step in opened["steps"]] == [False, True]
        assert opened["answer"] is None
        assert problem(post("steps", {"number": 2}))["code"] == "step_withheld"
        tried = post("attempts", {"answer": "x = 4"})
        assert tried.status_code == 201
        assert tried.json()["counts"] is True
        assert "detail" not in tried.json()
        assert api.get(url_of(solution, "attempts")).json()["data"] == [tried.json()]
        assert post("answer").json()["answer"]["latex"] == "x = 5"

    def test_without_a_checker_an_answer_waits(self, people: People) -> None:
        solution = make_asked_about(people.alice)
        refused = api_of(people.alice).post(url_of(solution, "attempts"), {"answer": "x = 5"})
        assert problem(refused)["code"] == "engine_not_ready"


class TestReports:
    def test_the_teacher_is_told_and_later_words_replace_the_earlier(self, people: People) -> None:
        solution, api = make_asked_about(people.alice), api_of(people.alice)
        told = api.post(url_of(solution, "reports"), {"kind": "wrong"})
        assert (told.status_code, told.json()["comment"]) == (201, "")
        api.post(url_of(solution, "reports"), {"kind": "confused", "comment": "Why?"})
        report = Report.objects.get()
        assert (report.kind, report.comment) == ("confused", "Why?")
        assert Solution.objects.get(pk=solution.pk).reported == "confused"

    @pytest.mark.parametrize(
        "body", [{}, {"kind": "bad"}, {"kind": "wrong", "comment": "x" * 1001}, {"kind": 1}]
    )
    def test_nonsense_is_refused(self, api: Api, alice: User, body: Any) -> None:
        solution = make_asked_about(alice)
        assert problem(api.post(url_of(solution, "reports"), body))["code"] == "validation_failed"

    def test_not_of_a_solution_that_runs(self, api: Api, alice: User) -> None:
        solution = make_asked_about(alice, state="solving")
        refused = api.post(url_of(solution, "reports"), {"kind": "wrong"})
        assert problem(refused)["code"] == "invalid_input"
