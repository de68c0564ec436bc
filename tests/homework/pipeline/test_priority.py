"""What a batch asks waits: in the queue, for a worker, and at the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from homework.access.models import SchoolAccess
from homework.common.errors import (
    AnswersClosedError,
    QueueFullError,
    QuotaUsedUpError,
    TooManyRequestsError,
)
from homework.pipeline.engine import PipelineEngine, Priority
from homework.pipeline.process import Pipeline
from homework.pipeline.services import solution_submit, solution_submit_idle
from homework.policy.models import ClassPolicy, Mode
from homework.solutions.models import Solution
from homework.solutions.services import solution_claim_next
from tests.homework.people import People
from tests.homework.pipeline.scripted import ScriptedEngine, make_engine
from tests.homework.pipeline.test_runner import ended, until

Start = Callable[[PipelineEngine], Pipeline]
State = Solution.State


def texts_running() -> set[str]:
    return set(
        Solution.objects.filter(state__in=Solution.RUNNING).values_list("question_text", flat=True)
    )


class TestClaims:
    def test_whoever_waits_is_first_however_late(self, people: People) -> None:
        for text in ("1+1", "2+2"):
            solution_submit_idle(student=people.alice, question_text=text)
        # alice has had her turns, and still comes before what her batch asks
        for text in ("3+3", "4+4"):
            solution_submit(student=people.alice, question_text=text)
        solution_submit(student=people.bob, question_text="5+5")
        claimed: list[str] = []
        while (solution := solution_claim_next(worker="w")) is not None:
            claimed.append(solution.question_text)
        assert claimed == ["3+3", "5+5", "4+4", "1+1", "2+2"]

    def test_without_batches_only_they_are_taken(self, people: People) -> None:
        solution_submit_idle(student=people.alice, question_text="1+1")
        assert solution_claim_next(worker="w", with_batches=False) is None
        solution_submit(student=people.bob, question_text="2+2")
        claimed = solution_claim_next(worker="w", with_batches=False)
        assert claimed is not None and claimed.question_text == "2+2"


class TestWorkers:
    def test_batches_leave_a_worker_to_whoever_comes(self, people: People, start: Start) -> None:
        engine = make_engine()
        assert isinstance(engine.solver, ScriptedEngine)
        pace = engine.solver.pace = threading.Semaphore(0)
        assert engine.num_workers == 2
        start(engine)
        asked = [
            solution_submit_idle(student=people.alice, question_text=text)
            for text in ("1+1", "2+2", "3+3")
        ]
        until(lambda: engine.solver.requests)  # type: ignore[attr-defined]
        waiting = solution_submit(student=people.bob, question_text="4+4")
        until(lambda: len(engine.solver.requests) == 2)  # type: ignore[attr-defined]
        # One of alice's is at work, and the other worker had been kept free for bob.
        assert texts_running() == {"1+1", "4+4"}
        pace.release(10_000)
        for solution in (waiting, *asked):
            assert ended(solution).state == State.FINISHED
        priorities = {request.problem: request.priority for request in engine.solver.requests}
        assert priorities == {
            "1+1": Priority.BATCH,
            "2+2": Priority.BATCH,
            "3+3": Priority.BATCH,
            "4+4": Priority.INTERACTIVE,
        }

    def test_a_place_is_given_back_whatever_becomes_of_a_question(
        self, people: People, start: Start
    ) -> None:
        def fail(request: Any) -> Any:
            raise RuntimeError("an engine that breaks")

        engine = make_engine()
        start(engine)
        engine.solver.submit = fail  # type: ignore[method-assign]
        for text in ("1+1", "2+2", "3+3"):
            solution = solution_submit_idle(student=people.alice, question_text=text)
            assert ended(solution).state == State.FAILED


class TestBounds:
    def test_what_waits_of_a_batch_takes_nobody_s_place(
        self, people: People, settings: Any
    ) -> None:
        settings.PIPELINE_MAX_QUEUED = 1
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 1
        for _ in range(3):
            solution_submit_idle(student=people.alice, question_text="1+1")
        solution_submit(student=people.alice, question_text="2+2")
        with pytest.raises(TooManyRequestsError):
            solution_submit(student=people.alice, question_text="3+3")
        with pytest.raises(QueueFullError):
            solution_submit(student=people.bob, question_text="3+3")

    def test_the_hour_of_a_person_holds_for_both(self, people: People, settings: Any) -> None:
        settings.PIPELINE_MAX_PER_HOUR = 2
        solution_submit(student=people.alice, question_text="1+1")
        solution_submit_idle(student=people.alice, question_text="1+1")
        for submit in (solution_submit, solution_submit_idle):
            with pytest.raises(TooManyRequestsError):
                submit(student=people.alice, question_text="2+2")

    def test_so_do_the_day_of_a_school_and_a_closed_class(self, people: People) -> None:
        access = SchoolAccess.objects.create(school=people.alice.school, questions_per_day=1)
        solution_submit_idle(student=people.alice, question_text="1+1")
        with pytest.raises(QuotaUsedUpError):
            solution_submit_idle(student=people.alice, question_text="2+2")
        access.delete()
        ClassPolicy.objects.create(classroom=people.alice.classrooms.get(), mode=Mode.CLOSED)
        with pytest.raises(AnswersClosedError):
            solution_submit_idle(student=people.alice, question_text="2+2")
        assert Solution.objects.count() == 1
