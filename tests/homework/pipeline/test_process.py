"""What the serving process tells of itself, and that there is one of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client

from homework.common import health
from homework.pipeline import process
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.process import AlreadyRunningError, InstanceLock, Pipeline
from homework.solutions.services import solution_create
from tests.homework.people import People
from tests.homework.pipeline.scripted import make_engine
from tests.homework.pipeline.test_runner import make_photo

Start = Callable[[PipelineEngine], Pipeline]


@pytest.fixture(autouse=True)
def _unwatched() -> Iterator[None]:
    yield
    health.unwatch()


def missing(client: Client) -> tuple[int, set[str]]:
    response = client.get("/readyz")
    return response.status_code, {
        name for name, is_well in response.json()["parts"].items() if not is_well
    }


def test_readiness_follows_the_life_of_the_process(
    people: People, start: Start, client: Client
) -> None:
    pipeline = start(make_engine())
    health.watch(**pipeline.probes())
    assert missing(client) == (200, set())
    pipeline.is_draining = True
    assert missing(client) == (503, {"not_draining"})
    pipeline.drain(timeout_s=30)
    assert missing(client) == (503, {"not_draining", "engine"})


def test_a_process_that_still_loads_is_not_ready(people: People, client: Client) -> None:
    pipeline = Pipeline(make_engine(), instance="test")
    health.watch(**pipeline.probes())
    assert missing(client) == (503, {"engine"})


def test_a_full_queue_makes_it_not_ready(
    people: People, start: Start, client: Client, settings: Any
) -> None:
    pipeline = start(make_engine())
    pipeline.runner.drain(timeout_s=30)
    settings.PIPELINE_MAX_QUEUED = 1
    solution_create(student=people.alice, question_text="1+1")
    health.watch(**pipeline.probes())
    assert missing(client) == (503, {"engine", "queue"})


def test_files_that_a_killed_run_left_of_no_photo_are_deleted(
    people: People, start: Start, settings: Any
) -> None:
    kept = make_photo(people)
    orphan = kept.file.storage.save("orphan.jpg", ContentFile(b"x"))
    os.utime(kept.file.storage.path(orphan), (0, 0))

    start(make_engine())

    assert not kept.file.storage.exists(orphan)
    assert kept.file.storage.exists(kept.file.name)


def test_a_storage_that_cannot_be_swept_is_no_reason_not_to_start(
    people: People, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise PermissionError

    monkeypatch.setattr(process, "photo_files_sweep", fail)

    assert start(make_engine()).runner.is_running


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", ""])
def test_a_demo_is_served_to_this_machine_only(settings: Any, host: str) -> None:
    """Its passwords are public, and who reaches it may name any host in the request."""
    settings.DEMO = True

    with pytest.raises(CommandError, match="HH_DEMO"):
        call_command("serve", host=host, skip_checks=True)


def test_the_lock_is_held_once_and_its_name_lasts(tmp_path: Path) -> None:
    first, second = InstanceLock(tmp_path), InstanceLock(tmp_path)
    name = first.acquire()
    with pytest.raises(AlreadyRunningError):
        second.acquire()
    first.release()
    first.release()
    assert second.acquire() == name
    second.release()


def test_two_installations_have_two_names(tmp_path: Path) -> None:
    first, second = InstanceLock(tmp_path / "a"), InstanceLock(tmp_path / "b")
    assert first.acquire() != second.acquire()
    first.release()
    second.release()
