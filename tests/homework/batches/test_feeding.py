"""How batches are worked off: in turns, within every limit, and not at anybody's expense."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from homework.access.models import SchoolAccess
from homework.accounts.models import User
from homework.batches import feeding
from homework.batches.feeding import Feeder, ask_next, decode_next
from homework.batches.models import Batch, BatchItem
from homework.batches.selectors import batch_state, counts_of, items_of
from homework.batches.services import (
    NewItem,
    batch_cancel,
    batch_create,
    batches_expire,
    batches_finish,
)
from homework.batches.spool import spool_sweep, spool_write
from homework.common.errors import (
    ArchiveError,
    ArchiveTooLargeError,
    EmptyBatchError,
    QueueFullError,
    TooManyBatchesError,
    TooManyItemsError,
    TooManyRequestsError,
)
from homework.pipeline import process
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.process import Pipeline
from homework.pipeline.services import solution_submit
from homework.policy.models import ClassPolicy, Mode
from homework.solutions.models import Solution
from homework.solutions.services import solution_claim_next
from homework.uploads import services as uploads
from homework.uploads.models import Photo
from homework.webhooks.models import Delivery, Endpoint
from tests.homework.people import People
from tests.homework.pipeline.scripted import ScriptedEngine, make_engine
from tests.homework.pipeline.test_runner import READING, until
from tests.homework.uploads import pictures

Start = Callable[[PipelineEngine], Pipeline]
State = Solution.State


def texts(*questions: str) -> list[NewItem]:
    return [NewItem(question_text=question) for question in questions]


def file_of(content: bytes, name: str = "p.jpg") -> NewItem:
    return NewItem(name=name, pieces=lambda: iter([content]), size_bytes=len(content))


def make(student: User, items: list[NewItem]) -> Batch:
    return batch_create(student=student, language="en", items=items)


def states(batch: Batch) -> list[str]:
    return [item.shown_state for item in items_of([batch])]


def spooled(settings: Any) -> list[Path]:
    return sorted(path for path in Path(settings.BATCH_DIR).rglob("*") if path.is_file())


def ended(batch: Batch) -> Batch:
    found: Batch = until(
        lambda: Batch.objects.filter(pk=batch.pk, finished_at__isnull=False).first()
    )
    return found


class TestToTheEnd:
    def test_each_item_has_its_own_fate(self, people: People, start: Start, settings: Any) -> None:
        endpoint = Endpoint.objects.create(user=people.alice, url="https://127.0.0.1:9/hook")
        Endpoint.objects.create(user=people.bob, url="https://127.0.0.1:9/hook")
        batch = make(
            people.alice,
            [
                *texts("3x + 5 = 20"),
                file_of(pictures.jpeg(), "7a/photo.jpg"),
                file_of(b"not a photo at all", "notes.txt"),
                file_of(b"", "empty.jpg"),
                NewItem(name="large.jpg", error_code="body_too_large"),
                *texts("x" * 501),
            ],
        )
        assert batch_state(batch) == "queued"
        assert len(spooled(settings)) == 3
        assert {oct(path.stat().st_mode & 0o777) for path in spooled(settings)} == {"0o600"}
        start(make_engine(reading=READING))
        done = ended(batch)
        assert states(batch) == ["done", "done", "refused", "refused", "refused", "refused"]
        codes = list(batch.items.values_list("error_code", flat=True))
        assert codes[2:] == ["unsupported_format", "empty_file", "body_too_large", "invalid_input"]
        assert batch_state(done) == "finished" and done.started_at is not None
        solutions = Solution.objects.order_by("created_at")
        assert {solution.student for solution in solutions} == {people.alice}
        assert {solution.priority for solution in solutions} == {Solution.Priority.BATCH}
        assert Photo.objects.get().owner == people.alice
        assert not Path(settings.BATCH_DIR, str(batch.pk)).exists()
        # Told to alice's endpoint, once, and without a word of what is in it.
        delivery = Delivery.objects.get()
        assert (delivery.endpoint, delivery.event) == (endpoint, "batch.finished")
        told = json.loads(delivery.body)["data"]
        assert told == {
            "batch_id": str(batch.pk),
            "state": "finished",
            "num_items": 6,
            "counts": counts_of([batch])[batch.pk],
        }
        assert told["counts"] == {
            "queued": 0,
            "running": 0,
            "done": 2,
            "failed": 0,
            "refused": 4,
            "cancelled": 0,
        }

    def test_whoever_waits_is_answered_in_the_middle_of_it(
        self, people: People, start: Start
    ) -> None:
        engine = make_engine()
        assert isinstance(engine.solver, ScriptedEngine)
        pace = engine.solver.pace = threading.Semaphore(0)
        start(engine)
        batch = make(people.alice, texts(*(f"{n}+1" for n in range(8))))
        until(lambda: engine.solver.requests)  # type: ignore[attr-defined]
        waiting = solution_submit(student=people.bob, question_text="9+9")
        until(lambda: len(engine.solver.requests) == 2)  # type: ignore[attr-defined]
        assert engine.solver.requests[1].problem == "9+9"
        # Not more than a few of the batch stand in the pipeline's queue.
        assert Solution.objects.filter(priority=Solution.Priority.BATCH).count() <= 4
        pace.release(100_000)
        ended(batch)
        assert states(batch) == ["done"] * 8
        waiting.refresh_from_db()
        assert waiting.state == State.FINISHED


class TestLimits:
    def test_batches_take_turns_and_few_are_asked_at_once(self, people: People) -> None:
        make(people.alice, texts("1+1", "1+2", "1+3"))
        make(people.bob, texts("2+1", "2+2"))
        while ask_next(4):
            pass
        asked = list(
            Solution.objects.order_by("created_at").values_list("question_text", flat=True)
        )
        assert asked == ["1+1", "2+1", "1+2", "2+2"]

    def test_photos_wait_while_somebody_waits(self, people: People) -> None:
        batch = make(people.alice, [file_of(pictures.jpeg())])
        waiting = solution_submit(student=people.bob, question_text="1+1")
        assert not decode_next()
        Solution.objects.filter(pk=waiting.pk).update(state=State.FINISHED)
        assert decode_next()
        item = batch.items.get()
        assert (item.photo, item.has_file, item.attempts) == (Photo.objects.get(), False, 0)

    def test_a_photo_of_a_batch_is_in_nobody_s_way(self, people: People) -> None:
        with uploads._one_at_a_time(people.alice):
            with pytest.raises(TooManyRequestsError):
                uploads.photo_create(owner=people.alice, data=pictures.jpeg())
            uploads.photo_create(owner=people.alice, data=pictures.jpeg(), is_background=True)

    @pytest.mark.parametrize("limit", ["hour", "closed"])
    def test_what_is_over_for_now_waits(self, people: People, settings: Any, limit: str) -> None:
        batch = make(people.alice, texts("1+1", "1+2"))
        other = make(people.charlie, texts("2+1"))
        if limit == "hour":
            settings.PIPELINE_MAX_PER_HOUR = 1
        else:
            assert ask_next(10) and ask_next(10)  # one of each
            ClassPolicy.objects.create(classroom=people.alice.classrooms.get(), mode=Mode.CLOSED)
        while ask_next(10):
            pass
        assert (states(batch), states(other)) == (["queued", "queued"], ["queued"])
        assert Solution.objects.count() == 2
        batch.refresh_from_db()
        assert batch.resume_at is not None and batch.resume_at > timezone.now()
        assert set(BatchItem.objects.filter(solution=None).values_list("attempts", "state")) == {
            (0, BatchItem.State.WAITING)
        }
        settings.PIPELINE_MAX_PER_HOUR = 300
        ClassPolicy.objects.all().delete()
        assert not ask_next(10)
        Batch.objects.update(resume_at=timezone.now())
        assert ask_next(10)
        assert Solution.objects.count() == 3

    def test_a_school_s_day_refuses(self, people: People) -> None:
        assert people.alice.school is not None
        SchoolAccess.objects.create(school=people.alice.school, questions_per_day=1)
        batch = make(people.alice, texts("1+1", "1+2"))
        while ask_next(10):
            pass
        assert states(batch) == ["queued", "refused"]
        assert batch.items.get(index=1).error_code == "quota_used_up"

    def test_photos_of_an_hour_hold_up_the_batch(self, people: People, settings: Any) -> None:
        settings.UPLOAD_MAX_PER_HOUR = 0
        batch = make(people.alice, [file_of(pictures.jpeg())])
        assert decode_next() and not decode_next()
        assert states(batch) == ["queued"]
        assert len(spooled(settings)) == 1

    def test_somebody_who_may_not_sign_in_asks_nothing(self, people: People) -> None:
        make(people.alice, [*texts("1+1"), file_of(pictures.jpeg())])
        User.objects.filter(pk=people.alice.pk).update(is_active=False)
        assert not ask_next(10) and not decode_next()


class TestIntake:
    def test_bounds(self, people: People, settings: Any) -> None:
        settings.BATCH_MAX_ITEMS, settings.BATCH_MAX_BYTES = 2, 1000
        settings.BATCH_MAX_OPEN, settings.BATCH_MAX_WAITING_BYTES = 2, 1500
        with pytest.raises(EmptyBatchError):
            make(people.alice, [])
        with pytest.raises(TooManyItemsError):
            make(people.alice, texts("1", "2", "3"))
        with pytest.raises(ArchiveTooLargeError):
            make(people.alice, [file_of(bytes(600)), file_of(bytes(600))])
        make(people.alice, [file_of(bytes(1000))])
        with pytest.raises(QueueFullError):
            make(people.bob, [file_of(bytes(1000))])
        make(people.alice, texts("1+1"))
        with pytest.raises(TooManyBatchesError):
            make(people.alice, texts("1+1"))
        Batch.objects.update(finished_at=timezone.now())
        make(people.alice, texts("1+1"))
        assert len(spooled(settings)) == 1

    def test_one_that_fails_half_way_leaves_nothing(self, people: People, settings: Any) -> None:
        def broken() -> Any:
            yield b"so far so good"
            raise ArchiveError

        with pytest.raises(ArchiveError):
            make(people.alice, [file_of(b"x"), NewItem(pieces=broken, size_bytes=5)])
        assert not Batch.objects.exists()
        assert list(Path(settings.BATCH_DIR).iterdir()) == []


class TestEndings:
    def test_a_cancelled_one_begins_nothing_more(self, people: People, settings: Any) -> None:
        batch = make(people.alice, [*texts("1+1", "1+2", "1+3"), file_of(pictures.jpeg())])
        assert ask_next(10) and ask_next(10)
        running = solution_claim_next(worker="w")
        assert running is not None
        batch_cancel(batch=batch)
        batch.refresh_from_db()
        assert batch_state(batch) == "cancelling"
        assert states(batch) == ["running", "cancelled", "cancelled", "cancelled"]
        assert spooled(settings) == []
        assert not ask_next(10) and not decode_next()
        running.refresh_from_db()
        assert running.stop_requested
        batches_finish()
        assert not Batch.objects.filter(finished_at__isnull=False).exists()
        Solution.objects.filter(pk=running.pk).update(state=State.STOPPED)
        batches_finish()
        batch.refresh_from_db()
        assert batch_state(batch) == "cancelled"
        moment = batch.cancelled_at
        batch_cancel(batch=batch)
        batch.refresh_from_db()
        assert batch.cancelled_at == moment

    def test_one_that_is_cancelled_while_it_is_asked_asks_nothing(
        self, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = make(people.alice, texts("1+1"))
        submit = feeding.solution_submit_idle

        def cancel_meanwhile(**fields: Any) -> Solution:
            BatchItem.objects.update(state=BatchItem.State.CANCELLED)
            return submit(**fields)

        monkeypatch.setattr(feeding, "solution_submit_idle", cancel_meanwhile)
        ask_next(10)
        assert not Solution.objects.exists()
        assert batch.items.get().solution is None

    def test_what_was_not_begun_in_a_day_is_refused(self, people: People, settings: Any) -> None:
        batch = make(people.alice, [*texts("1+1", "1+2"), file_of(pictures.jpeg())])
        assert ask_next(1)
        Batch.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert not ask_next(10) and not decode_next()
        batches_expire()
        assert states(batch) == ["queued", "refused", "refused"]
        assert batch.items.get(index=2).error_code == "batch_expired"
        assert spooled(settings) == []

    def test_what_takes_the_process_down_is_given_up(
        self, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        batch = make(people.alice, [file_of(pictures.jpeg())])

        class Killed(BaseException):
            pass

        def die(*args: Any, **kwargs: Any) -> Any:
            raise Killed

        monkeypatch.setattr(feeding, "photo_create", die)
        for _ in range(3):
            with pytest.raises(Killed):
                decode_next()
        assert decode_next()
        assert (states(batch), batch.items.get().error_code) == (["refused"], "gave_up")

    def test_a_deleted_solution_ends_its_item(self, people: People) -> None:
        batch = make(people.alice, texts("1+1"))
        ask_next(1)
        Solution.objects.all().delete()
        assert states(batch) == ["failed"]
        batches_finish()
        batch.refresh_from_db()
        assert batch_state(batch) == "finished"

    def test_a_photo_whose_file_is_gone(self, people: People, settings: Any) -> None:
        batch = make(people.alice, [file_of(pictures.jpeg())])
        for path in spooled(settings):
            path.unlink()
        assert decode_next()
        assert batch.items.get().error_code == "photo_missing"


class TestSweep:
    def test_folders_of_no_open_batch_go_after_an_hour(self, people: People, settings: Any) -> None:
        kept = make(people.alice, [file_of(b"x")])
        orphan, fresh = uuid.uuid4(), uuid.uuid4()
        for batch_id in (orphan, fresh):
            spool_write(batch_id, 0, [b"y"])
        hours_ago = time.time() - 7200
        for batch_id in (kept.pk, orphan):
            os.utime(Path(settings.BATCH_DIR, str(batch_id)), (hours_ago, hours_ago))
        assert spool_sweep() == 1
        left = {path.name for path in Path(settings.BATCH_DIR).iterdir()}
        assert left == {str(kept.pk), str(fresh)}

    def test_a_process_without_a_pipeline_does_nothing(self, people: People) -> None:
        make(people.alice, texts("1+1"))
        assert process.current() is None
        Feeder().work(threading.Event())
        assert not Solution.objects.exists()
