"""The state machine: each change from allowed states only, and only by who holds the claim."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homework.common.errors import ClaimLostError, InvalidInputError, NotFoundError
from homework.solutions import services
from homework.solutions.claims import (
    Claim,
    claim_checkpoint_text,
    claim_heartbeat,
    claim_of,
    claim_requeue,
    stale_before,
)
from homework.solutions.models import Solution
from homework.solutions.services import (
    SolutionResult,
    StepRecord,
    solution_claim_next,
    solution_create,
    solution_fail,
    solution_finish,
    solution_request_stop,
    solution_set_reading,
    solution_sweep,
)
from homework.uploads.models import Photo
from tests.homework.people import People

State = Solution.State
CHECK = {"verdict": "verified", "reason": "equal", "detail": {}}
STEP = StepRecord(
    index=1,
    start=0,
    end=4,
    title="Subtract 5",
    formulas=["3x = 15"],
    rule="subtract",
    rule_inputs=["5"],
    check=CHECK,
)
FINISHED = SolutionResult(
    state="finished",
    finish_reason="stop",
    reading={"text": "3x + 5 = 20"},
    text="text",
    steps=(STEP,),
    answer_latex="x = 5",
    answer_check=CHECK,
    engine="rules",
    usage={"tokens": 3},
    timings_ms={"read": 1.0},
)


def make_photo(people: People) -> Photo:
    return Photo.objects.create(
        owner=people.alice,
        file="a.jpg",
        thumbnail="a.thumb.jpg",
        sha256="0" * 64,
        phash="0" * 16,
        width=10,
        height=10,
        size_bytes=10,
        quality={"is_good": True, "issues": []},
    )


def ask(people: People, text: str = "3x+5=20", **fields: Any) -> Solution:
    return solution_create(
        student=fields.pop("student", people.alice), question_text=text, **fields
    )


def claim(worker: str = "w1") -> Claim:
    solution = solution_claim_next(worker=worker)
    assert solution is not None
    return claim_of(solution)


def state_of(claim: Claim) -> str:
    return Solution.objects.get(pk=claim.row_id).state


def solving(people: People) -> Claim:
    ask(people)
    held = claim()
    solution_set_reading(claim=held, reading={"text": "3x+5=20"})
    return held


class TestCreate:
    def test_a_typed_question_waits(self, people: People) -> None:
        solution = ask(people, "  3x+5=20 ", language="zh")
        assert (solution.state, solution.question_text) == (State.QUEUED, "3x+5=20")
        assert solution.language == "zh"

    def test_a_correction_keeps_the_photo(self, people: People) -> None:
        photo = make_photo(people)
        first = solution_create(student=people.alice, photo=photo)
        second = ask(people, "x=1", corrects=first)
        assert (second.photo, second.corrects) == (photo, first)

    def test_nobody_asks_with_the_photo_of_another(self, people: People) -> None:
        with pytest.raises(NotFoundError):
            solution_create(student=people.bob, photo=make_photo(people))

    def test_nobody_corrects_the_solution_of_another(self, people: People) -> None:
        with pytest.raises(NotFoundError):
            ask(people, student=people.bob, corrects=ask(people))

    @pytest.mark.parametrize(
        "fields",
        [
            {"text": ""},
            {"text": "   "},
            {"text": "1" * 501},
            {"language": "fr"},
            {"rotation_deg": 361.0},
            {"rotation_deg": math.nan},
            {"crop": {"x": 0.5, "y": 0.0, "width": 0.6, "height": 1.0}},
            {"crop": {"x": 0.0, "y": 0.0, "width": 0.0, "height": 1.0}},
            {"crop": {"x": math.nan, "y": 0.0, "width": 0.5, "height": 1.0}},
            {"crop": {"x": 1.0005, "y": 0.0, "width": 0.0004, "height": 1.0}},
            {"crop": {"x": 10**400, "y": 0.0, "width": 0.5, "height": 1.0}},
            {"crop": {"x": 0.0}},
            {"crop": {"x": "a", "y": 0.0, "width": 0.5, "height": 1.0}},
        ],
    )
    def test_bad_input_is_refused_and_nothing_stored(
        self, people: People, fields: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidInputError):
            ask(people, **fields)
        assert not Solution.objects.exists()

    def test_a_crop_that_sticks_out_by_a_rounding_error_is_trimmed(self, people: People) -> None:
        crop = {"x": -1e-9, "y": 0.25, "width": 1.0 + 1e-9, "height": 0.75 + 1e-9}
        stored = ask(people, crop=crop).crop
        assert stored == {"x": 0.0, "y": 0.25, "width": 1.0, "height": 0.75}


class TestQueue:
    def test_the_oldest_goes_first(self, people: People) -> None:
        first, second = ask(people), ask(people, student=people.bob)
        assert claim().row_id == first.pk
        assert claim().row_id == second.pk
        assert solution_claim_next(worker="w1") is None

    def test_many_questions_of_one_student_do_not_stand_before_the_first_of_another(
        self, people: People
    ) -> None:
        mine = [ask(people) for _ in range(3)]
        yours = ask(people, student=people.bob)
        order = [claim().row_id for _ in range(4)]
        assert order == [mine[0].pk, yours.pk, mine[1].pk, mine[2].pk]

    def test_a_claim_clears_what_an_earlier_attempt_left(self, people: People) -> None:
        held = solving(people)
        claim_checkpoint_text(claim=held, text="half", engine="rules")
        solution_sweep(stale_before=timezone.now() + timedelta(1), max_attempts=3)
        again = solution_claim_next(worker="w2")
        assert again is not None
        assert (again.attempt, again.text, again.reading) == (2, "", None)


class TestWork:
    def test_a_solution_is_read_solved_and_finished(self, people: People) -> None:
        held = solving(people)
        assert state_of(held) == State.SOLVING
        claim_checkpoint_text(claim=held, text="te", engine="rules")
        solution_finish(claim=held, result=FINISHED)
        solution = Solution.objects.get(pk=held.row_id)
        assert (solution.state, solution.text, solution.answer_latex) == (
            State.FINISHED,
            "text",
            "x = 5",
        )
        assert solution.finished_at is not None
        [step] = solution.steps.all()
        assert (step.index, step.rule, step.rule_inputs, step.step_check) == (
            1,
            "subtract",
            ["5"],
            CHECK,
        )

    def test_text_and_steps_are_stored_together_or_not_at_all(
        self, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = solving(people)

        def fail(*args: object, **kwargs: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(services.Step.objects, "bulk_create", fail)
        with pytest.raises(OSError, match="disk full"):
            solution_finish(claim=held, result=FINISHED)
        solution = Solution.objects.get(pk=held.row_id)
        assert (solution.state, solution.text) == (State.SOLVING, "")

    def test_it_cannot_finish_before_it_was_read(self, people: People) -> None:
        ask(people)
        with pytest.raises(ClaimLostError):
            solution_finish(claim=claim(), result=FINISHED)

    def test_a_failure_keeps_the_reading(self, people: People) -> None:
        held = solving(people)
        solution_fail(claim=held, code="internal_error", message="")
        solution = Solution.objects.get(pk=held.row_id)
        assert (solution.state, solution.error_code) == (State.FAILED, "internal_error")
        assert solution.reading == {"text": "3x+5=20"}

    @pytest.mark.parametrize(
        "write",
        [
            lambda held: claim_heartbeat(claim=held),
            lambda held: solution_set_reading(claim=held, reading={}),
            lambda held: claim_checkpoint_text(claim=held, text="x", engine="rules"),
            lambda held: solution_finish(claim=held, result=FINISHED),
            lambda held: solution_fail(claim=held, code="x", message=""),
            lambda held: claim_requeue(claim=held),
        ],
    )
    @pytest.mark.parametrize("loss", ["swept", "taken over", "finished", "deleted"])
    def test_a_worker_that_lost_its_claim_writes_nothing(
        self, people: People, write: Any, loss: str
    ) -> None:
        held = solving(people)
        if loss == "deleted":
            Solution.objects.all().delete()
        elif loss == "finished":
            solution_finish(claim=held, result=FINISHED)
        else:
            solution_sweep(stale_before=timezone.now() + timedelta(1), max_attempts=3)
            if loss == "taken over":
                claim("w2")
        before = list(Solution.objects.values())
        with pytest.raises(ClaimLostError):
            write(held)
        assert list(Solution.objects.values()) == before


class TestStop:
    def test_a_waiting_solution_stops_at_once(self, people: People) -> None:
        solution = ask(people)
        assert solution_request_stop(solution_id=solution.pk) == State.STOPPED
        assert solution_claim_next(worker="w1") is None

    def test_a_running_one_is_told_by_its_heartbeat(self, people: People) -> None:
        held = solving(people)
        assert claim_heartbeat(claim=held) is False
        assert solution_request_stop(solution_id=held.row_id) == State.SOLVING
        assert claim_heartbeat(claim=held) is True

    def test_one_that_has_ended_stays_as_it_is(self, people: People) -> None:
        held = solving(people)
        solution_finish(claim=held, result=FINISHED)
        assert solution_request_stop(solution_id=held.row_id) == State.FINISHED

    def test_a_requeue_heeds_it(self, people: People) -> None:
        held = solving(people)
        solution_request_stop(solution_id=held.row_id)
        assert claim_requeue(claim=held) == State.STOPPED


class TestRequeueAndSweep:
    def test_a_requeue_costs_no_attempt(self, people: People) -> None:
        held = solving(people)
        assert claim_requeue(claim=held) == State.QUEUED
        assert claim("w2").attempt == 1

    def test_fresh_claims_are_left_alone(self, people: People) -> None:
        held = solving(people)
        assert solution_sweep(stale_before=stale_before(30), max_attempts=3).requeued == ()
        assert state_of(held) == State.SOLVING

    def test_stale_ones_are_queued_again_until_their_attempts_are_used_up(
        self, people: People
    ) -> None:
        ask(people)
        later = timezone.now() + timedelta(1)
        for _ in range(2):
            held = claim()
            swept = solution_sweep(stale_before=later, max_attempts=3)
            assert swept.requeued == (held.row_id,)
        held = claim()
        swept = solution_sweep(stale_before=later, max_attempts=3)
        assert (swept.requeued, swept.failed) == ((), (held.row_id,))
        assert Solution.objects.get().error_code == "gave_up"

    def test_one_that_was_to_stop_is_stopped(self, people: People) -> None:
        held = solving(people)
        solution_request_stop(solution_id=held.row_id)
        swept = solution_sweep(stale_before=timezone.now() + timedelta(1), max_attempts=3)
        assert swept.stopped == (held.row_id,)

    def test_the_claims_of_an_earlier_run_are_swept_and_those_of_this_run_are_not(
        self, people: People
    ) -> None:
        for student in (people.alice, people.bob, people.charlie):
            ask(people, student=student)
        old, new, other = claim("site.run1.0"), claim("site.run2.0"), claim("elsewhere.run1.0")
        swept = solution_sweep(
            stale_before=timezone.now() + timedelta(1),
            max_attempts=3,
            workers="site.",
            except_workers="site.run2",
        )
        assert swept.requeued == (old.row_id,)
        assert {state_of(new), state_of(other)} == {State.READING}


ACTIONS = st.lists(
    st.sampled_from(
        ["claim", "read", "checkpoint", "finish", "fail", "stop", "requeue", "sweep", "beat"]
    ),
    max_size=12,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions=ACTIONS)
def test_no_order_of_calls_leaves_the_state_machine(people: People, actions: list[str]) -> None:
    """Whatever is called in whatever order: an ended solution never changes, a claim is held by
    at most one, and an error changes nothing."""
    Solution.objects.all().delete()
    solution = ask(people)
    held = Claim(solution.pk, "nobody", 0)
    for action in actions:
        before = Solution.objects.values().get()
        try:
            match action:
                case "claim":
                    claimed = solution_claim_next(worker="w")
                    held = claim_of(claimed) if claimed else held
                case "read":
                    solution_set_reading(claim=held, reading={})
                case "checkpoint":
                    claim_checkpoint_text(claim=held, text="t", engine="rules")
                case "finish":
                    solution_finish(claim=held, result=FINISHED)
                case "fail":
                    solution_fail(claim=held, code="c", message="m")
                case "stop":
                    solution_request_stop(solution_id=solution.pk)
                case "requeue":
                    claim_requeue(claim=held)
                case "sweep":
                    solution_sweep(stale_before=timezone.now() + timedelta(1), max_attempts=2)
                case "beat":
                    claim_heartbeat(claim=held)
        except ClaimLostError:
            assert Solution.objects.values().get() == before
        after = Solution.objects.values().get()
        if before["state"] in Solution.TERMINAL:
            assert after == before
        if after["state"] in Solution.RUNNING:
            assert after["claimed_by"]
            assert after["attempt"] == held.attempt
        if after["state"] == State.QUEUED:
            assert after["claimed_by"] == ""
        assert after["attempt"] <= 2
        assert (after["finished_at"] is not None) == (after["state"] in Solution.TERMINAL)
