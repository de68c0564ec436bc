"""Follow-ups from the queue to the end, with real threads, database, log and rules; the model
follows a script."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from homework.access.models import SchoolAccess
from homework.common.errors import (
    AnswersClosedError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    QueueFullError,
    QuotaUsedUpError,
    TooManyActiveError,
    TooManyRequestsError,
)
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.events import LiveState, snapshot_of
from homework.pipeline.follow_ups import follow_up_stop, follow_up_submit
from homework.pipeline.hub import hub
from homework.pipeline.messages import error_message
from homework.pipeline.process import Pipeline
from homework.pipeline.services import solution_submit
from homework.policy.models import Mode
from homework.policy.services import class_policy_set
from homework.solutions.follow_ups import MAX_FOLLOW_UPS, follow_up_claim_next
from homework.solutions.models import FollowUp, Solution
from inference.types import Delta, Done, Failed, Turn
from tests.homework.pages.conftest import TEXT
from tests.homework.people import People
from tests.homework.pipeline.conversing import (
    SAID,
    make_asked_about,
    make_rules_only,
    make_talking_engine,
)
from tests.homework.pipeline.scripted import USAGE, deltas, solved
from tests.homework.pipeline.test_runner import TIMEOUT_S, make_photo, until, watch

Start = Callable[[PipelineEngine], Pipeline]
State = FollowUp.State


@pytest.fixture
def solution(people: People) -> Solution:
    return make_asked_about(people.alice)


def ask(solution: Solution, question: str = "Why did you subtract 5?") -> FollowUp:
    return follow_up_submit(student=solution.student, solution_id=solution.pk, question=question)


def ended(follow_up: FollowUp) -> FollowUp:
    def look() -> FollowUp | None:
        found = FollowUp.objects.filter(pk=follow_up.pk, state__in=FollowUp.TERMINAL)
        return found.select_related("solution").first()

    found: FollowUp = until(look)
    return found


class TestModel:
    def test_a_model_goes_on_from_the_conversation(self, solution: Solution, start: Start) -> None:
        engine, model = make_talking_engine()
        start(engine)
        first = ended(ask(solution))
        assert (first.state, first.finish_reason, first.text, first.engine) == (
            State.FINISHED,
            "stop",
            SAID,
            "local",
        )
        assert (first.number, first.attempt, first.written_under) == (1, 1, "full")
        assert first.usage == {"ttft_ms": 1.0, "tokens": 20, "tokens_per_s": 20.0}
        second = ended(ask(solution, "And why divide?"))
        assert second.number == 2
        asked = model.requests[-1]
        assert asked.prompt == "follow_up"
        assert asked.problem == "3x + 5 = 20"
        assert asked.history == (
            Turn("assistant", TEXT),
            Turn("user", "Why did you subtract 5?"),
            Turn("assistant", SAID),
            Turn("user", "And why divide?"),
        )
        assert asked.request_id == f"{second.pk}:1"

    def test_it_looks_at_the_photo_as_when_it_solved(self, people: People, start: Start) -> None:
        photo = make_photo(people)
        solution = make_asked_about(
            people.alice,
            photo=photo,
            question_text="",
            crop={"x": 0.0, "y": 0.0, "width": 0.5, "height": 1.0},
        )
        engine, model = make_talking_engine()
        start(engine)
        ended(ask(solution))
        [asked] = model.requests
        assert asked.problem == ""
        assert asked.image is not None
        assert asked.image != photo.file.open().read()

    def test_thoughts_are_not_shown(self, solution: Solution, start: Start) -> None:
        engine, _model = make_talking_engine(solved(f"<think>Hm, \0 is it?</think>{SAID}"))
        start(engine)
        assert ended(ask(solution)).text == SAID

    def test_what_a_reader_sees_is_a_snapshot_and_what_follows(
        self, solution: Solution, start: Start
    ) -> None:
        engine, model = make_talking_engine()
        model.pace = threading.Semaphore(0)
        start(engine)
        follow_up = ask(solution)
        until(lambda: model.requests)
        events: list[dict[str, Any]] = []
        watching = threading.Thread(target=lambda: events.extend(watch(follow_up.pk)))
        watching.start()
        model.pace.release(1000)
        watching.join(TIMEOUT_S)
        first, *rest = events
        state = LiveState(**{name: value for name, value in first.items() if name != "type"})
        for event in rest:
            state.apply(event)
        assert state.snapshot() == snapshot_of(ended(follow_up))
        assert rest[-1]["type"] == "done"

    def test_a_question_in_chinese_is_answered_in_chinese(
        self, solution: Solution, start: Start
    ) -> None:
        engine, model = make_talking_engine()
        start(engine)
        ended(ask(solution, "为什么减去 5？"))
        assert model.requests[-1].language == "zh"

    def test_a_model_that_is_away_leaves_it_to_the_rules(
        self, solution: Solution, start: Start
    ) -> None:
        engine, _model = make_talking_engine([Failed("engine_error", "It broke.", True)])
        start(engine)
        answered = ended(ask(solution))
        assert (answered.state, answered.engine, answered.finish_reason) == (
            State.FINISHED,
            "rules",
            "fallback",
        )
        assert answered.text.startswith("Step 1: Subtract $5$ from both sides.\n")
        [change] = answered.engine_changes
        assert (change["from"], change["to"]) == ("local", "rules")

    def test_a_model_that_says_nothing_leaves_it_to_the_rules(
        self, solution: Solution, start: Start
    ) -> None:
        engine, _model = make_talking_engine([Delta(" \n"), Done("stop", USAGE)])
        start(engine)
        answered = ended(ask(solution))
        assert (answered.finish_reason, answered.engine) == ("fallback", "rules")
        assert "scales" in answered.text

    def test_a_model_that_takes_too_long_fails_with_a_sentence(
        self, solution: Solution, start: Start
    ) -> None:
        # The rules have the last word in a chain; here there are none that could.
        engine, model = make_talking_engine([*deltas(SAID), Done("timeout", USAGE)])
        engine.solver = model
        start(engine)
        late = ended(ask(solution))
        assert (late.state, late.error_code, late.text) == (State.FAILED, "timeout", SAID)


class TestRulesOnly:
    def test_a_step_is_explained(self, solution: Solution, start: Start) -> None:
        start(make_rules_only())
        answered = ended(ask(solution, "explain step 2"))
        assert (answered.state, answered.engine) == (State.FINISHED, "rules")
        assert r"$\frac{3x}{3} = \frac{15}{3}$" in answered.text

    @pytest.mark.parametrize("question", ["Tell me a joke", "给我讲个笑话"])
    def test_anything_else_is_refused_plainly(
        self, solution: Solution, start: Start, question: str
    ) -> None:
        start(make_rules_only())
        refused = ended(ask(solution, question))
        language = "zh" if question != "Tell me a joke" else "en"
        assert (refused.state, refused.error_code) == (State.FAILED, "cannot_converse")
        snapshot = snapshot_of(refused)
        assert snapshot["error"]["message"] == error_message("cannot_converse", language)


class TestBounds:
    def test_one_at_a_time(self, solution: Solution) -> None:
        ask(solution)
        with pytest.raises(ConflictError):
            ask(solution)
        assert FollowUp.objects.count() == 1

    def test_not_of_a_solution_that_runs_or_says_nothing(self, people: People) -> None:
        waiting = solution_submit(student=people.alice, question_text="1+1")
        empty = make_asked_about(people.alice, state=Solution.State.FAILED, text="")
        for about in (waiting, empty):
            with pytest.raises(ConflictError):
                ask(about)

    @pytest.mark.parametrize("question", ["", "  \0 ", "why? " * 200])
    def test_not_nothing_and_not_everything(self, solution: Solution, question: str) -> None:
        with pytest.raises(InvalidInputError):
            ask(solution, question)

    def test_a_solution_has_an_upper_bound(self, solution: Solution) -> None:
        FollowUp.objects.bulk_create(
            FollowUp(solution=solution, number=number, question="why?", state=State.FINISHED)
            for number in range(1, MAX_FOLLOW_UPS + 1)
        )
        with pytest.raises(TooManyRequestsError):
            ask(solution)

    def test_only_of_ones_own(self, solution: Solution, people: People) -> None:
        for person, error in (
            (people.bob, NotFoundError),
            (people.tina, NotFoundError),
            (people.terry, PermissionDeniedError),
        ):
            with pytest.raises(error):
                follow_up_submit(student=person, solution_id=solution.pk, question="why?")

    def test_it_counts_as_a_question(
        self, solution: Solution, people: People, settings: Any
    ) -> None:
        assert people.alice.school is not None
        SchoolAccess.objects.create(school=people.alice.school, questions_per_day=1)
        ask(solution)
        with pytest.raises(QuotaUsedUpError):
            ask(make_asked_about(people.alice))
        assert FollowUp.objects.count() == 1
        settings.PIPELINE_MAX_PER_HOUR = 3  # two solutions and a follow-up
        with pytest.raises(TooManyRequestsError) as tired:
            solution_submit(student=people.alice, question_text="1+1")
        assert "break" in str(tired.value.message)
        settings.PIPELINE_MAX_PER_HOUR = 300
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 1
        with pytest.raises(TooManyActiveError):
            solution_submit(student=people.alice, question_text="1+1")
        settings.PIPELINE_MAX_QUEUED = 1
        with pytest.raises(QueueFullError):
            ask(make_asked_about(people.bob))

    def test_none_while_a_class_is_closed(self, solution: Solution, people: People) -> None:
        class_policy_set(classroom=people.terry.classrooms.get(), mode=Mode.CLOSED, by=people.terry)
        with pytest.raises(AnswersClosedError):
            ask(solution)


class TestEndings:
    def test_stop_ends_it_at_the_next_token(self, solution: Solution, start: Start) -> None:
        engine, model = make_talking_engine()
        model.pace = threading.Semaphore(2)
        start(engine)
        follow_up = ask(solution)
        until(model.has_begun.is_set)
        state = follow_up_stop(
            viewer=solution.student, solution_id=solution.pk, follow_up_id=follow_up.pk
        )
        assert state == State.SOLVING
        stopped = ended(follow_up)
        assert (stopped.state, stopped.finish_reason) == (State.STOPPED, "aborted")
        assert SAID.startswith(stopped.text)
        assert model.aborted == [f"{follow_up.pk}:1"]
        # And the next one may be asked.
        model.pace.release(1000)
        assert ended(ask(solution)).state == State.FINISHED

    def test_one_that_waits_stops_at_once_for_its_student_only(
        self, solution: Solution, people: People
    ) -> None:
        follow_up = ask(solution)
        which = {"solution_id": solution.pk, "follow_up_id": follow_up.pk}
        with pytest.raises(PermissionDeniedError):
            follow_up_stop(viewer=people.terry, **which)
        with pytest.raises(NotFoundError):
            follow_up_stop(viewer=people.bob, **which)
        assert follow_up_stop(viewer=people.alice, **which) == State.STOPPED

    def test_a_drain_gives_it_back_and_the_next_run_answers_it(
        self, solution: Solution, start: Start
    ) -> None:
        engine, model = make_talking_engine()
        model.pace = threading.Semaphore(2)
        pipeline = start(engine)
        follow_up = ask(solution)
        until(model.has_begun.is_set)
        assert pipeline.runner.drain(timeout_s=TIMEOUT_S)
        given_back = FollowUp.objects.get(pk=follow_up.pk)
        assert (given_back.state, given_back.attempt) == (State.QUEUED, 0)
        start(make_talking_engine()[0])
        assert (ended(follow_up).text, ended(follow_up).attempt) == (SAID, 1)

    def test_one_of_a_killed_run_is_taken_back_at_once(
        self, solution: Solution, start: Start
    ) -> None:
        follow_up = ask(solution)
        assert follow_up_claim_next(worker="test.killed.0") is not None
        start(make_talking_engine()[0])
        answered = ended(follow_up)
        assert (answered.state, answered.text, answered.attempt) == (State.FINISHED, SAID, 2)

    def test_one_that_kills_its_worker_again_and_again_is_given_up(
        self, solution: Solution, start: Start, settings: Any
    ) -> None:
        settings.PIPELINE_MAX_ATTEMPTS = 1
        follow_up = ask(solution)
        assert follow_up_claim_next(worker="test.killed.0") is not None
        start(make_talking_engine()[0])
        given_up = ended(follow_up)
        assert (given_up.state, given_up.error_code) == (State.FAILED, "gave_up")
        assert given_up.finished_at is not None

    def test_a_worker_that_lost_its_claim_stops_writing(
        self, solution: Solution, start: Start, settings: Any
    ) -> None:
        settings.PIPELINE_HEARTBEAT_S = 0.0
        engine, model = make_talking_engine()
        model.pace = threading.Semaphore(2)
        start(engine)
        follow_up = ask(solution)
        until(model.has_begun.is_set)
        FollowUp.objects.update(
            claimed_by="elsewhere.1.0", attempt=7, heartbeat_at=timezone.now() + timedelta(1)
        )
        until(lambda: model.aborted)
        until(lambda: hub.subscribe(follow_up.pk).poll() is None)
        taken = FollowUp.objects.get(pk=follow_up.pk)
        assert (taken.state, taken.claimed_by, taken.attempt) == (
            State.SOLVING,
            "elsewhere.1.0",
            7,
        )

    def test_a_follow_up_comes_before_the_questions_that_wait(
        self, solution: Solution, people: People, start: Start, settings: Any
    ) -> None:
        settings.PIPELINE_WORKERS = 1
        engine, model = make_talking_engine()
        waiting = solution_submit(student=people.bob, question_text="3x + 5 = 20")
        follow_up = ask(solution)
        start(engine)
        until(lambda: Solution.objects.get(pk=waiting.pk).state in Solution.TERMINAL)
        order = [request.request_id.partition(":")[0] for request in model.requests]
        assert order[:2] == [str(follow_up.pk), str(waiting.pk)]
