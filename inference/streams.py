"""The pipe between an engine's thread and the one consumer of a request.

Every engine writes to it and the pipeline reads from it, so all of them look the same from outside.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

from inference.types import Delta, Done, Event, Failed, TerminalEvent


class Stream:
    """Events of one request, in order, ending in exactly one terminal event.

    The engine's thread calls `put`; one other thread iterates. Whatever is put after the terminal
    event is dropped, so that an abort and a natural end may race.
    """

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self._events: deque[Event] = deque()
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._terminal: TerminalEvent | None = None
        self.is_abort_asked = False  # also before the engine's thread has heard of the request

    @property
    def terminal(self) -> TerminalEvent | None:
        """The event that ended the stream, or None while it runs. Any thread."""
        return self._terminal

    def put(self, event: Event) -> bool:
        """Append an event. Returns False when the stream had already ended. Any thread."""
        with self._changed:
            if self._terminal is not None:
                return False
            if isinstance(event, Done | Failed):
                self._terminal = event
                self._ended.set()
            self._events.append(event)
            self._changed.notify_all()
            return True

    def get(self, timeout_s: float | None = None) -> Event | None:
        """Take the next event, waiting for it.

        Returns:
            The event, or None when `timeout_s` seconds passed or the stream has been read to its
            terminal event.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while not self._events:
                if self._terminal is not None:
                    return None
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    return None
                self._changed.wait(remaining)
            return self._events.popleft()

    def take_text(self) -> list[Delta]:
        """Take the text that is there, up to the next event of another kind; waits for nothing."""
        pieces: list[Delta] = []
        with self._changed:
            while self._events and isinstance(event := self._events[0], Delta):
                pieces.append(event)
                self._events.popleft()
        return pieces

    def await_end(self, timeout_s: float) -> None:
        """Sleep until the engine has put the terminal event, whatever else it puts, or until
        `timeout_s` seconds have passed. Takes nothing."""
        self._ended.wait(timeout_s)

    def __iter__(self) -> Iterator[Event]:
        """Yield events up to and including the terminal one."""
        while (event := self.get()) is not None:
            yield event
