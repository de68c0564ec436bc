"""The interface that every engine fulfils and the only one that the web side knows."""

from __future__ import annotations

from abc import ABC, abstractmethod

from inference.streams import Stream
from inference.types import EngineName, EngineStats, Request


class Engine(ABC):
    """Answers requests with streams of text. All methods may be called from any thread."""

    name: EngineName

    @abstractmethod
    def start(self) -> None:
        """Load what is needed and begin to serve. Returns when ready.

        Raises:
            InferenceError: The engine cannot serve on this machine.
        """

    @property
    @abstractmethod
    def is_ready(self) -> bool:
        """Whether `submit` would take a request now, a full queue aside."""

    @abstractmethod
    def submit(self, request: Request) -> Stream:
        """Queue a request; returns at once.

        Raises:
            QueueFullError: Too many requests wait.
            EngineNotReadyError: The engine is not running.
            ValueError: A request of this id is in flight.
        """

    @abstractmethod
    def abort(self, request_id: str) -> bool:
        """End a request at the next token boundary with `Done("aborted")`.

        Returns False when no such request is in flight.
        """

    @abstractmethod
    def stats(self) -> EngineStats:
        """Counters and gauges of this moment."""

    @abstractmethod
    def stop(self) -> None:
        """Abort what runs, free all resources. Idempotent."""
