"""The life of the serving process: load, serve, and on a signal drain and stop within a bound.

Daphne has no lifespan events and ends abruptly, so the order is kept here: first nothing new is
claimed and what runs goes back to the queue, then the sockets are closed with "come again", then
the server stops.
"""

from __future__ import annotations

# First: it installs the reactor on which everything of Twisted depends.
from homework.common.paced_server import PacedServer  # isort: skip

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from daphne.server import twisted_loop
from django.conf import settings
from twisted.internet import reactor as _reactor

from homework.common import health
from homework.pipeline.engine import InferenceError
from homework.pipeline.process import Pipeline

logger = logging.getLogger(__name__)
reactor: Any = _reactor  # its own type lacks the methods of the reactor that is installed

SERVICE_RESTART = 1012
_CLOSE_TIMEOUT_S = 3.0
_CLOSE_POLL_S = 0.05


class Serving:
    """One run of the server. Made and run on the main thread."""

    def __init__(self, server: PacedServer, pipeline: Pipeline) -> None:
        self._server = server
        self._pipeline = pipeline
        self._error: Exception | None = None

    def run(self, *, on_listening: Callable[[list[tuple[str, int]]], None]) -> None:
        """Serve until a SIGTERM or SIGINT.

        Args:
            on_listening: Called with the addresses when connections are taken. The engine may
                still be loading then, as `/readyz` tells.

        Raises:
            InferenceError: The engine cannot run on this machine.
            OSError: The address cannot be bound.
        """
        health.watch(engines=self._pipeline.engine.states, **self._pipeline.probes())

        def ready() -> None:
            if self._server.has_listen_failed:
                return
            for number in (signal.SIGTERM, signal.SIGINT):
                twisted_loop.add_signal_handler(number, self._on_signal)
            on_listening(self._server.listening_addresses)
            threading.Thread(target=self._load, name="load", daemon=True).start()

        self._server.ready_callable = ready
        try:
            self._server.run()
        finally:
            health.unwatch()
        if self._server.has_listen_failed:
            raise OSError("The address cannot be bound.")
        if self._error is not None:
            raise self._error

    def _load(self) -> None:
        try:
            self._pipeline.start()
        except InferenceError as error:
            self._fail(error)
        except Exception as error:
            logger.exception("the engine could not be started")
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._error = error
        reactor.callFromThread(self._server.stop)

    def _on_signal(self) -> None:
        if self._pipeline.is_draining:
            # Asked twice: whoever asks does not want to wait.
            os._exit(1)
        self._pipeline.is_draining = True
        logger.info("draining")
        deadline = time.monotonic() + settings.DRAIN_TIMEOUT_S
        # A thread that hangs in foreign code must not keep the process; what it holds is swept
        # on the next start.
        guard = threading.Timer(settings.DRAIN_TIMEOUT_S + _CLOSE_TIMEOUT_S + 1.0, os._exit, (1,))
        guard.daemon = True
        guard.start()
        threading.Thread(target=self._drain, args=(deadline,), name="drain", daemon=True).start()

    def _drain(self, deadline: float) -> None:
        try:
            self._pipeline.drain(timeout_s=deadline - time.monotonic())
        except Exception:
            logger.exception("drain failed")
        reactor.callFromThread(self._close, time.monotonic() + _CLOSE_TIMEOUT_S)

    def _close(self, deadline: float) -> None:
        self._server.stop_listening()
        self._server.close_websockets(SERVICE_RESTART)
        self._stop_when_idle(deadline)

    def _stop_when_idle(self, deadline: float) -> None:
        if self._server.num_busy and time.monotonic() < deadline:
            reactor.callLater(_CLOSE_POLL_S, self._stop_when_idle, deadline)
        else:
            self._server.stop()
