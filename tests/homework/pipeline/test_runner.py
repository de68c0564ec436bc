"""From the queue to the end, with real threads, database and log; the engine follows a script."""

from __future__ import annotations

import io
import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.utils import timezone
from PIL import Image

from homework.common.errors import (
    PermissionDeniedError,
    QueueFullError,
    TooManyActiveError,
    TooManyRequestsError,
)
from homework.pipeline import work as work_module
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.events import LiveState, snapshot_of
from homework.pipeline.hub import hub
from homework.pipeline.messages import error_message
from homework.pipeline.process import Pipeline
from homework.pipeline.services import photo_locate, solution_stop, solution_submit
from homework.solutions.models import Solution
from homework.solutions.services import solution_claim_next, solution_create
from homework.uploads.models import Photo
from inference import Check, Reading, Verdict
from inference.errors import SandboxTimeoutError
from inference.types import Box, Delta, Done, EngineChanged, Failed, StepRule, UncertainSpan
from tests.homework.people import People
from tests.homework.pipeline.scripted import (
    SOLUTION,
    ScriptedChecks,
    ScriptedEngine,
    ScriptedReader,
    deltas,
    make_engine,
    solved,
)

Start = Callable[[PipelineEngine], Pipeline]
State = Solution.State
TIMEOUT_S = 30.0


def until(condition: Callable[[], Any]) -> Any:
    """Wait for something that other threads bring about."""
    deadline = time.monotonic() + TIMEOUT_S
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)
    return result


def ended(solution: Solution) -> Solution:
    """The solution when it has ended and its log says so."""

    def look() -> Solution | None:
        return Solution.objects.filter(pk=solution.pk, state__in=Solution.TERMINAL).first()

    found: Solution = until(look)
    return found


def watch(solution_id: uuid.UUID) -> list[dict[str, Any]]:
    """All events of a log from now to its end, after a snapshot."""
    reader = hub.subscribe(solution_id)
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + TIMEOUT_S
    while not reader.is_at_end():
        frame = reader.poll()
        events += frame.events if frame is not None else []
        assert time.monotonic() < deadline
        if frame is None:
            time.sleep(0.002)
    reader.close()
    return events


def make_photo(people: People) -> Photo:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "JPEG")
    photo = Photo(
        owner=people.alice,
        sha256=uuid.uuid4().hex * 2,
        phash="0" * 16,
        width=40,
        height=30,
        size_bytes=content.tell(),
        quality={"is_good": True, "issues": []},
    )
    photo.file.save(f"{photo.id}.jpg", ContentFile(content.getvalue()), save=False)
    photo.thumbnail.save(f"{photo.id}.thumb.jpg", ContentFile(content.getvalue()), save=False)
    photo.save()
    return photo


READING = Reading(
    text="3x + 5 = 20",
    latex="3x + 5 = 20",
    confidence=0.91,
    uncertain=(UncertainSpan(0, 1, 0.5, ("8",)),),
    box=Box(0.1, 0.2, 0.3, 0.4),
    rotation_deg=90.0,
)


class TestTyped:
    def test_a_typed_question_is_solved_checked_and_stored(
        self, people: People, start: Start
    ) -> None:
        checks = ScriptedChecks()
        engine = make_engine([StepRule(1, "subtract", ("5",)), *solved()], checks=checks)
        start(engine)
        solution = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert (solution.state, solution.finish_reason, solution.error_code) == (
            State.FINISHED,
            "stop",
            "",
        )
        assert solution.text == SOLUTION
        assert solution.answer_latex == "x = 5"
        assert solution.answer_check == {
            "verdict": "verified",
            "reason": "equal",
            "detail": {"x": "5"},
        }
        assert (solution.engine, solution.attempt) == ("rules", 1)
        assert solution.usage == {"ttft_ms": 1.0, "tokens": 20, "tokens_per_s": 20.0}
        assert set(solution.timings_ms) == {"read", "solve", "verify", "total"}
        assert solution.reading is not None
        assert (solution.reading["source"], solution.reading["latex"]) == ("typed", "3x + 5 = 20")
        steps = list(solution.steps.all())
        assert [(step.index, step.title) for step in steps] == [
            (1, "Subtract 5 from both sides"),
            (2, "Divide both sides by 3"),
        ]
        assert (steps[0].rule, steps[0].rule_inputs) == ("subtract", ["5"])
        assert solution.text[steps[0].start : steps[0].end].startswith("**Step 1.**")
        assert all(step.step_check["verdict"] == "verified" for step in steps)
        assert checks.steps == [
            ("3x + 5 = 20", [], ["3x = 15"]),
            ("3x + 5 = 20", ["3x = 15"], ["x = 5"]),
        ]
        assert checks.answers == [("3x + 5 = 20", "x = 5")]

    def test_what_cannot_be_understood_is_said_politely_and_kept(
        self, people: People, start: Start
    ) -> None:
        start(make_engine())
        solution = ended(solution_submit(student=people.alice, question_text="3x + ) = ("))
        assert (solution.state, solution.error_code) == (State.FAILED, "not_understood")
        assert solution.reading is not None
        assert solution.reading["text"] == "3x + ) = ("
        assert solution.reading["parse_error"]

    def test_a_correction_says_so(self, people: People, start: Start) -> None:
        start(make_engine())
        first = ended(solution_submit(student=people.alice, question_text="3x + 5 = 2O"))
        second = ended(
            solution_submit(student=people.alice, question_text="3x + 5 = 20", corrects=first)
        )
        assert second.reading is not None
        assert second.reading["source"] == "corrected"


class TestPhoto:
    def test_a_photo_is_read_with_its_crop_and_rotation(self, people: People, start: Start) -> None:
        engine = make_engine(reading=READING)
        start(engine)
        solution = ended(
            solution_submit(
                student=people.alice,
                photo=make_photo(people),
                crop={"x": 0.0, "y": 0.0, "width": 0.5, "height": 0.5},
                rotation_deg=90,
            )
        )
        assert solution.state == State.FINISHED
        reader = engine.reader
        assert isinstance(reader, ScriptedReader)
        assert reader.calls == [(Box(0.0, 0.0, 0.5, 0.5), 90)]
        assert solution.reading == {
            "text": "3x + 5 = 20",
            "latex": "3x + 5 = 20",
            "confidence": 0.91,
            "uncertain": [{"start": 0, "end": 1, "confidence": 0.5, "alternatives": ["8"]}],
            "source": "ocr",
            "box": {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4},
            "rotation_deg": 90.0,
            "parse_error": None,
        }

    def test_an_answer_to_a_doubtful_reading_is_not_called_verified(
        self, people: People, start: Start
    ) -> None:
        """It fits the question as read; whether that is the question on the paper, nobody knows."""
        start(make_engine(reading=READING))
        doubtful = ended(solution_submit(student=people.alice, photo=make_photo(people)))
        assert doubtful.answer_check is not None
        assert doubtful.answer_check["verdict"] == "not_checkable"
        assert doubtful.answer_check["reason"] == "uncertain_reading"
        confirmed = ended(
            solution_submit(
                student=people.alice,
                photo=doubtful.photo,
                question_text=READING.text,
                corrects=doubtful,
            )
        )
        assert confirmed.answer_check is not None
        assert confirmed.answer_check["verdict"] == "verified"

    def test_a_photo_without_a_question_is_told_so_in_the_students_language(
        self, people: People, start: Start
    ) -> None:
        start(make_engine(reading=None))
        solution = ended(solution_submit(student=people.alice, photo=make_photo(people)))
        assert (solution.state, solution.error_code) == (State.FAILED, "no_question_found")
        assert solution.error_message == "I could not find a question in this photo."
        assert solution.text == ""

    def test_a_photo_whose_file_is_gone_fails_and_the_worker_goes_on(
        self, people: People, start: Start
    ) -> None:
        start(make_engine(reading=READING))
        photo = make_photo(people)
        photo.file.storage.delete(photo.file.name)
        solution = ended(solution_submit(student=people.alice, photo=photo))
        assert solution.error_code == "photo_missing"
        assert ended(solution_submit(student=people.alice, question_text="1+1")).text == SOLUTION

    def test_the_question_is_located_once(self, people: People, start: Start) -> None:
        pipeline = start(make_engine(reading=READING))
        photo = make_photo(people)
        expected = {
            "box": {"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4},
            "rotation_deg": 90,
        }
        assert photo_locate(photo=photo) == expected
        photo.refresh_from_db()
        assert photo.located == expected
        pipeline.engine.reader.reading = None  # type: ignore[attr-defined]
        assert photo_locate(photo=photo) == expected

    def test_nothing_is_located_without_a_question_or_an_engine(
        self, people: People, start: Start
    ) -> None:
        photo = make_photo(people)
        assert photo_locate(photo=photo) is None
        pipeline = start(make_engine(reading=None))
        assert photo_locate(photo=photo) is None
        # Whoever asks again and again does not have the photo looked at each time.
        pipeline.engine.reader.reading = READING  # type: ignore[attr-defined]
        assert photo_locate(photo=photo) is None


class TestStream:
    def test_the_log_and_the_database_end_in_the_same_state(
        self, people: People, start: Start
    ) -> None:
        """At every cut point: the snapshot of that moment and all events after it."""
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(0)
        start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        assert isinstance(solver, ScriptedEngine)
        until(lambda: solver.requests)
        readers = []
        num_events = len(solved())
        for _ in range(num_events):
            reader = hub.subscribe(solution.pk)
            first = until(reader.poll)
            readers.append((reader, [*first.events]))
            solver.pace.release()
        stored = snapshot_of(ended(solution))
        until(lambda: hub.subscribe(solution.pk).poll() is not None)
        for reader, events in readers:
            while not reader.is_at_end():
                frame = reader.poll()
                events += frame.events if frame else []
            state = LiveState(**{k: v for k, v in events[0].items() if k != "type"})
            for event in events[1:]:
                state.apply(event)
            assert state.snapshot() == stored
            assert events[-1]["type"] == "done"
            reader.close()

    def test_events_come_in_the_order_that_the_protocol_names(
        self, people: People, start: Start
    ) -> None:
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(0)
        start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        until(lambda: solver.requests)
        events: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: events.extend(watch(solution.pk)))
        thread.start()
        until(lambda: hub.subscribe(solution.pk).poll())
        solver.pace.release(1000)
        thread.join(TIMEOUT_S)
        kinds = [event["type"] for event in events]
        assert kinds[0] == "snapshot"
        assert kinds[-2:] == ["state", "done"]
        for index in (1, 2):
            checks = [
                event["check"]
                for event in events
                if event["type"] == "step" and event["index"] == index
            ]
            assert checks[0] is None
            assert checks[-1]["verdict"] == "verified"

    def test_checks_do_not_hold_up_the_text(self, people: People, start: Start) -> None:
        checks = ScriptedChecks()
        checks.gate = threading.Event()
        start(make_engine(checks=checks))
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        reader = hub.subscribe(solution.pk)
        text = ""

        def all_text() -> bool:
            nonlocal text
            frame = reader.poll()
            for event in frame.events if frame else []:
                text += event.get("text", "") if event["type"] in {"delta", "snapshot"} else ""
            return text == SOLUTION

        until(all_text)
        checks.gate.set()
        assert ended(solution).state == State.FINISHED
        reader.close()

    def test_another_engine_begins_anew(self, people: People, start: Start) -> None:
        checks = ScriptedChecks()
        wrong = SOLUTION.replace("15", "16")
        script = [
            *deltas(wrong[: len(wrong) // 2 + 30]),
            EngineChanged("rules", "remote", "failed_check"),
            *solved(),
        ]
        start(make_engine(script, checks=checks))
        solution = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert (solution.engine, solution.text) == ("remote", SOLUTION)
        assert [step.formulas for step in solution.steps.all()] == [["3x = 15"], ["x = 5"]]

    def test_the_text_so_far_is_stored_while_it_is_written(
        self, people: People, start: Start
    ) -> None:
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(4)
        start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        stored = until(lambda: Solution.objects.get(pk=solution.pk).text)
        assert SOLUTION.startswith(stored)
        solver.pace.release(1000)
        assert ended(solution).text == SOLUTION


class TestChecks:
    def test_a_failed_check_is_stored_and_never_shown_as_verified(
        self, people: People, start: Start
    ) -> None:
        failed = Check(Verdict.FAILED, "counterexample", {"x": "2"})
        start(make_engine(checks=ScriptedChecks(failed)))
        solution = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert solution.answer_check is not None
        assert solution.answer_check["verdict"] == "failed"
        assert {step.step_check["verdict"] for step in solution.steps.all()} == {"failed"}

    @pytest.mark.parametrize(
        ("error", "reason"),
        [(SandboxTimeoutError("too long"), "timeout"), (ValueError("3x"), "internal_error")],
    )
    def test_a_check_that_fails_itself_proves_nothing(
        self, people: People, start: Start, error: Exception, reason: str
    ) -> None:
        start(make_engine(checks=ScriptedChecks(error)))
        solution = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert solution.state == State.FINISHED
        assert solution.answer_check == {
            "verdict": "not_checkable",
            "reason": reason,
            "detail": {},
        }


class TestFailures:
    @pytest.mark.parametrize(
        ("script", "state", "code"),
        [
            (
                [Failed("unsupported_problem", "Only algebra.", False)],
                "failed",
                "unsupported_problem",
            ),
            ([*deltas(), Failed("engine_error", "Oops.", True)], "failed", "engine_error"),
            ([*deltas(), Done("timeout")], "failed", "timeout"),
            ([*deltas(), Done("length")], "finished", ""),
            ([*deltas(), Done("aborted")], "failed", "engine_error"),
        ],
    )
    def test_each_end_of_a_stream_has_its_state(
        self, people: People, start: Start, script: list[Any], state: str, code: str
    ) -> None:
        start(make_engine(script))
        solution = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert (solution.state, solution.error_code) == (state, code)
        assert bool(solution.error_message) == bool(code)
        assert solution.reading is not None

    @pytest.mark.parametrize(
        ("failure", "message"),
        [
            (Failed("unsupported_problem", "还不会做这类题目。", False), "还不会做这类题目。"),
            (Failed("engine_error", "Oops.", True), error_message("engine_error", "zh")),
        ],
    )
    def test_a_person_is_told_in_the_language_of_the_question(
        self, people: People, start: Start, failure: Failed, message: str
    ) -> None:
        start(make_engine([failure]))
        solution = ended(
            solution_submit(student=people.alice, question_text="3x + 5 = 20", language="zh")
        )
        assert solution.error_message == message

    def test_an_unforeseen_error_ends_one_solution_only_and_logs_no_content(
        self, people: People, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        engine = make_engine()
        calls = iter([ValueError("secret 3x"), None])

        def submit(request: Any) -> Any:
            error = next(calls)
            if error is not None:
                raise error
            return submit_really(request)

        submit_really = engine.solver.submit
        engine.solver.submit = submit  # type: ignore[method-assign]
        start(engine)
        with caplog.at_level(logging.INFO):
            first = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
            second = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert (first.state, first.error_code) == (State.FAILED, "internal_error")
        assert second.state == State.FINISHED
        said = "".join(str(record.__dict__) for record in caplog.records)
        assert "ValueError" in said
        assert str(first.pk) in said
        for content in ("secret", "3x", "alice", "x = 5"):
            assert content not in said

    def test_a_database_that_fails_at_the_end_costs_an_attempt_not_the_question(
        self,
        people: People,
        start: Start,
        monkeypatch: pytest.MonkeyPatch,
        settings: Any,
    ) -> None:
        settings.PIPELINE_STALE_AFTER_S = 0.0
        settings.PIPELINE_HEARTBEAT_S = 0.2
        really = work_module.solution_finish
        calls = iter([DatabaseError("disk full")])

        def finish(**kwargs: Any) -> None:
            error = next(calls, None)
            if error is not None:
                raise error
            really(**kwargs)

        monkeypatch.setattr(work_module, "solution_finish", finish)
        start(make_engine())
        solution = ended(solution_submit(student=people.alice, question_text="3x + 5 = 20"))
        assert (solution.state, solution.attempt) == (State.FINISHED, 2)
        assert solution.steps.count() == 2


class TestStop:
    def test_a_running_solution_stops_at_once_and_keeps_what_was_written(
        self, people: People, start: Start
    ) -> None:
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(12)
        start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        written = "".join(event.text for event in deltas()[:12] if isinstance(event, Delta))
        reader = hub.subscribe(solution.pk)
        seen: list[str] = []

        def all_seen() -> bool:
            frame = reader.poll()
            seen.extend(
                event["text"]
                for event in (frame.events if frame else [])
                if event["type"] in {"delta", "snapshot"}
            )
            return "".join(seen) == written

        until(all_seen)
        assert solution_stop(viewer=people.alice, solution_id=solution.pk) == State.SOLVING
        solution = ended(solution)
        assert (solution.state, solution.finish_reason) == (State.STOPPED, "aborted")
        assert solution.text == written
        assert solver.aborted == [f"{solution.pk}:1"]
        reader.close()

    def test_a_waiting_one_stops_without_a_worker(self, people: People) -> None:
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        assert solution_stop(viewer=people.alice, solution_id=solution.pk) == State.STOPPED

    def test_a_stop_by_another_process_is_heeded(
        self, people: People, start: Start, settings: Any
    ) -> None:
        settings.PIPELINE_HEARTBEAT_S = 0.0
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(1)
        start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        until(lambda: Solution.objects.get(pk=solution.pk).state == State.SOLVING)
        Solution.objects.update(stop_requested=True)
        assert ended(solution).state == State.STOPPED

    def test_a_teacher_may_watch_but_not_stop(self, people: People) -> None:
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        with pytest.raises(PermissionDeniedError):
            solution_stop(viewer=people.terry, solution_id=solution.pk)
        assert Solution.objects.get().state == State.QUEUED


class TestWhileReading:
    """A reader cannot be interrupted; what was wanted meanwhile is heeded when it is done."""

    def read_slowly(self, people: People, start: Start) -> tuple[Pipeline, Solution]:
        engine = make_engine(reading=READING)
        reader = engine.reader
        assert isinstance(reader, ScriptedReader)
        reader.gate = threading.Event()
        pipeline = start(engine)
        solution = solution_submit(student=people.alice, photo=make_photo(people))
        until(lambda: reader.calls)
        return pipeline, solution

    def go_on(self, pipeline: Pipeline) -> None:
        reader = pipeline.engine.reader
        assert isinstance(reader, ScriptedReader)
        assert reader.gate is not None
        reader.gate.set()

    def test_a_stop_ends_it_before_anything_is_solved(self, people: People, start: Start) -> None:
        pipeline, solution = self.read_slowly(people, start)
        solution_stop(viewer=people.alice, solution_id=solution.pk)
        self.go_on(pipeline)
        stopped = ended(solution)
        assert (stopped.state, stopped.finish_reason, stopped.text) == (
            State.STOPPED,
            "aborted",
            "",
        )
        solver = pipeline.engine.solver
        assert isinstance(solver, ScriptedEngine)
        assert solver.requests == []

    def test_a_drain_gives_it_back(self, people: People, start: Start) -> None:
        pipeline, solution = self.read_slowly(people, start)
        draining = threading.Thread(target=lambda: pipeline.drain(timeout_s=TIMEOUT_S))
        draining.start()
        until(lambda: not pipeline.runner.is_running)
        self.go_on(pipeline)
        draining.join(TIMEOUT_S)
        given_back = Solution.objects.get(pk=solution.pk)
        assert (given_back.state, given_back.attempt) == (State.QUEUED, 0)

    def test_a_drain_does_not_wait_for_ever(self, people: People, start: Start) -> None:
        pipeline, solution = self.read_slowly(people, start)
        assert pipeline.runner.drain(timeout_s=0.05) is False
        assert Solution.objects.get(pk=solution.pk).state == State.READING
        self.go_on(pipeline)


class TestQueue:
    def test_a_full_queue_refuses(self, people: People, settings: Any) -> None:
        settings.PIPELINE_MAX_QUEUED = 2
        for _ in range(2):
            solution_submit(student=people.alice, question_text="1+1")
        with pytest.raises(QueueFullError):
            solution_submit(student=people.alice, question_text="1+1")
        assert Solution.objects.count() == 2

    def test_one_student_cannot_fill_the_queue(self, people: People, settings: Any) -> None:
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 2
        for _ in range(2):
            solution_submit(student=people.alice, question_text="1+1")
        with pytest.raises(TooManyActiveError):
            solution_submit(student=people.alice, question_text="1+1")
        assert solution_submit(student=people.bob, question_text="1+1").state == State.QUEUED

    def test_what_is_worked_on_counts_until_it_has_ended(
        self, people: People, settings: Any
    ) -> None:
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 1
        first = solution_submit(student=people.alice, question_text="1+1")
        for state in (State.READING, State.SOLVING):
            Solution.objects.filter(pk=first.pk).update(state=state)
            with pytest.raises(TooManyActiveError):
                solution_submit(student=people.alice, question_text="1+1")
        Solution.objects.filter(pk=first.pk).update(state=State.FINISHED)
        solution_submit(student=people.alice, question_text="1+1")

    def test_nobody_asks_without_end(self, people: People, settings: Any) -> None:
        settings.PIPELINE_MAX_PER_HOUR = 2
        for _ in range(2):
            stopped = solution_submit(student=people.alice, question_text="1+1")
            solution_stop(viewer=people.alice, solution_id=stopped.pk)
        with pytest.raises(TooManyRequestsError):
            solution_submit(student=people.alice, question_text="1+1")
        solution_submit(student=people.bob, question_text="1+1")
        Solution.objects.filter(student=people.alice).update(
            created_at=timezone.now() - timedelta(hours=1)
        )
        solution_submit(student=people.alice, question_text="1+1")

    def test_who_waits_is_told_how_many_stand_before(
        self, people: People, start: Start, settings: Any
    ) -> None:
        settings.PIPELINE_WORKERS = 1
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(0)
        start(engine)
        first = solution_submit(student=people.alice, question_text="1+1")
        until(lambda: solver.requests)
        solution_submit(student=people.bob, question_text="1+1")
        third = solution_submit(student=people.charlie, question_text="1+1")
        reader = hub.subscribe(third.pk)
        frame = until(reader.poll)
        [event] = frame.events
        assert (event["type"], event["position"]) == ("queued", 1)
        assert event["eta_s"] > 0
        reader.close()
        solver.pace.release(1000)
        assert ended(third).state == ended(first).state == State.FINISHED

    def test_two_workers_share_the_queue_and_answer_everything_once(
        self, people: People, start: Start
    ) -> None:
        engine = make_engine()
        start(engine)
        asked = [
            solution_submit(student=student, question_text=f"{number}+1")
            for number in range(6)
            for student in (people.alice, people.bob)
        ]
        for solution in asked:
            assert ended(solution).attempt == 1
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        assert sorted(request.request_id for request in solver.requests) == sorted(
            f"{solution.pk}:1" for solution in asked
        )


class TestRestart:
    def test_a_drain_gives_back_what_runs_and_the_next_run_finishes_it(
        self, people: People, start: Start
    ) -> None:
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(5)
        pipeline = start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        until(solver.has_begun.is_set)
        assert pipeline.runner.drain(timeout_s=TIMEOUT_S)
        given_back = Solution.objects.get(pk=solution.pk)
        assert (given_back.state, given_back.attempt) == (State.QUEUED, 0)
        start(make_engine())
        finished = ended(solution)
        assert (finished.state, finished.text, finished.attempt) == (State.FINISHED, SOLUTION, 1)

    def test_claims_of_a_killed_run_of_this_site_are_taken_back_at_once(
        self, people: People, start: Start
    ) -> None:
        solution = solution_create(student=people.alice, question_text="3x + 5 = 20")
        assert solution_claim_next(worker="test.killed.0") is not None
        start(make_engine())
        finished = ended(solution)
        assert (finished.state, finished.attempt) == (State.FINISHED, 2)

    def test_a_worker_that_lost_its_claim_stops_writing(
        self, people: People, start: Start, settings: Any
    ) -> None:
        settings.PIPELINE_HEARTBEAT_S = 0.0
        engine = make_engine()
        solver = engine.solver
        assert isinstance(solver, ScriptedEngine)
        solver.pace = threading.Semaphore(3)
        start(engine)
        solution = solution_submit(student=people.alice, question_text="3x + 5 = 20")
        until(solver.has_begun.is_set)
        until(lambda: Solution.objects.get(pk=solution.pk).state == State.SOLVING)
        Solution.objects.update(
            claimed_by="elsewhere.1.0", attempt=7, heartbeat_at=timezone.now() + timedelta(1)
        )
        until(lambda: solver.aborted)
        until(lambda: hub.subscribe(solution.pk).poll() is None)
        taken = Solution.objects.get(pk=solution.pk)
        assert (taken.state, taken.claimed_by, taken.attempt) == (
            State.SOLVING,
            "elsewhere.1.0",
            7,
        )
