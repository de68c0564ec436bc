"""The one process that owns the engine: what it holds, and how it starts and drains.

A lock on the data directory keeps it the only one. With it comes a lasting name for all runs of
this installation, so that a run knows which claims an earlier, killed one has left behind.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings

from homework.access.limits import counters_sweep
from homework.common.background import Background
from homework.common.logs import error_facts
from homework.pipeline.engine import PipelineEngine, build_engine
from homework.pipeline.hub import Hub, hub
from homework.pipeline.runner import Runner
from homework.solutions.selectors import num_waiting
from homework.uploads.services import photo_files_sweep

logger = logging.getLogger(__name__)


class AlreadyRunningError(Exception):
    """Another process serves from this data directory."""


class InstanceLock:
    """The right to be the one that serves from a data directory, and its lasting name."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "instance.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> str:
        """Take the lock, which ends with the process however it dies.

        Returns:
            The name of this installation, the same on every start.

        Raises:
            AlreadyRunningError: Another process holds it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise AlreadyRunningError from None
        name = file.read().strip()
        if not name:
            name = secrets.token_hex(4)
            file.seek(0)
            file.write(name)
            file.flush()
        self._file = file
        return name

    def release(self) -> None:
        """Give the lock back. Idempotent."""
        if self._file is not None:
            self._file.close()
            self._file = None


class Pipeline:
    """Engine, runner and hub of this process, and the tasks beside them."""

    def __init__(self, engine: PipelineEngine, *, instance: str, hub: Hub = hub) -> None:
        self.engine = engine
        self.hub = hub
        self.runner = Runner(
            engine, hub, name=f"{instance}.{secrets.token_hex(4)}", instance=f"{instance}."
        )
        self._background = Background()
        self.is_draining = False

    def start(self) -> None:
        """Load the engine, then begin to work. Blocks for as long as loading takes.

        Raises:
            InferenceError: The engine cannot run on this machine.
        """
        self.engine.start()
        if not self.is_draining:
            self.runner.start()
            self._background.start()
            logger.info("pipeline started")
            _sweep_photo_files()
            counters_sweep()

    def probes(self) -> dict[str, Callable[[], bool]]:
        """What `common.health` is to ask of this process before it calls it ready."""
        return {
            "engine": lambda: self.engine.is_healthy and self.runner.is_running,
            "queue": _queue_has_room,
            "not_draining": lambda: not self.is_draining,
        }

    def drain(self, *, timeout_s: float) -> None:
        """Break off and requeue what runs, then stop the engine."""
        self.is_draining = True
        deadline = time.monotonic() + timeout_s
        self._background.halt()
        is_clean = self.runner.drain(timeout_s=timeout_s)
        is_clean &= self._background.join(timeout_s=deadline - time.monotonic())
        self.engine.stop()
        logger.info("pipeline stopped", extra={"is_clean": is_clean})


def _sweep_photo_files() -> None:
    """Delete what a killed run left half stored. No reason not to start, should it fail."""
    try:
        photo_files_sweep()
    except OSError as error:
        logger.warning("photo files could not be swept", extra=error_facts(error))


def _queue_has_room() -> bool:
    return num_waiting() < settings.PIPELINE_MAX_QUEUED


_current: Pipeline | None = None


def current() -> Pipeline | None:
    """The pipeline of this process, or None in one that only talks to the database."""
    return _current


def install(pipeline: Pipeline | None) -> None:
    """Make it the pipeline of this process, or forget it."""
    global _current
    _current = pipeline


def make_pipeline(*, instance: str) -> Pipeline:
    """The pipeline that the settings describe, not yet started."""
    return Pipeline(build_engine(), instance=instance)
