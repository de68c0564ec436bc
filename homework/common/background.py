"""Work that goes on beside the pipeline in the serving process, each piece in a thread of its own.

An application registers what it has to do when it is loaded; the process that owns the engine runs
it. What there is to do stands in the database, so a process that dies loses none of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import close_old_connections, connection

from homework.common.logs import error_facts

logger = logging.getLogger(__name__)

_PAUSE_S: Final = 1.0
"""Rest after a failure: a database that is away must not be hammered."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work.

    Attributes:
        name: Of its thread.
        work: Does what is due, and says after how many seconds it wants to be called again. It is
            given an event that is set when it is to come to an end soon.
    """

    name: str
    work: Callable[[threading.Event], float]


_tasks: dict[str, Task] = {}


def register(task: Task) -> None:
    """Have it run by the serving process. A name stands for one task."""
    _tasks[task.name] = task


class Background:
    """The threads of all tasks. Made once in a process."""

    def __init__(self) -> None:
        self._halt = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        self._threads = [
            threading.Thread(target=self._run, args=(task,), name=task.name, daemon=True)
            for task in _tasks.values()
        ]
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """Tell all to end soon."""
        self._halt.set()

    def join(self, *, timeout_s: float) -> bool:
        """Wait for all, and say whether they came to their end in time."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self, task: Task) -> None:
        pause_s = 0.0
        try:
            while not self._halt.wait(pause_s):
                close_old_connections()
                try:
                    pause_s = task.work(self._halt)
                except Exception as error:
                    logger.error("task failed", extra={"task": task.name, **error_facts(error)})
                    connection.close()
                    pause_s = _PAUSE_S
        finally:
            connection.close()
