"""Work beside the pipeline: it goes on after a failure, and ends when it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from homework.common import background

pytestmark = pytest.mark.django_db


def run(
    work: Callable[[threading.Event], float], monkeypatch: pytest.MonkeyPatch
) -> background.Background:
    monkeypatch.setattr(background, "_tasks", {})
    monkeypatch.setattr(background, "_PAUSE_S", 0.01)
    background.register(background.Task("test", work))
    running = background.Background()
    running.start()
    return running


def test_a_task_is_called_again_whatever_it_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    num_calls = 0
    is_enough = threading.Event()

    def work(halt: threading.Event) -> float:
        nonlocal num_calls
        num_calls += 1
        if num_calls == 3:
            is_enough.set()
        if num_calls % 2:
            raise RuntimeError("a bad day")
        return 0.001

    running = run(work, monkeypatch)
    assert is_enough.wait(30)
    running.halt()
    assert running.join(timeout_s=30)


def test_one_that_is_at_work_sees_that_it_is_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    has_begun = threading.Event()

    def work(halt: threading.Event) -> float:
        has_begun.set()
        assert halt.wait(30)
        return 3600.0

    running = run(work, monkeypatch)
    assert has_begun.wait(30)
    assert not running.join(timeout_s=0)
    running.halt()
    assert running.join(timeout_s=30)
