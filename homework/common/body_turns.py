"""Bodies of photos reach the application a few at a time.

A body that is complete lies in a file without a name. Handed over, it is in memory, and so is what
Django makes of it: a thousand photos sent at one moment would be a thousand photos in memory, long
before any limit is asked. So only as many are inside as have a place; the others wait where they
lie.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SMALL_BYTES: Final = 64 * 1024
"""Bodies up to this wait for nobody."""
MAX_INSIDE: Final = 8
"""Large bodies in the application at once: those that are decoded, and a few that come next."""


@dataclass(eq=False, slots=True)
class Turn:
    """One large body's turn: `start` is called when it comes. End it with `BodyTurns.leave`."""

    num_bytes: int
    start: Callable[[], None]
    is_inside: bool = False


class BodyTurns:
    """Who is inside, and who waits. Lives on the reactor's thread.

    Args:
        max_inside: Large bodies in the application at once.
        max_waiting_bytes: What may wait; it takes room on the disk.
    """

    def __init__(self, *, max_inside: int, max_waiting_bytes: int) -> None:
        self._max_inside = max_inside
        self._max_waiting_bytes = max_waiting_bytes
        self._num_inside = 0
        self._waiting: deque[Turn] = deque()
        self._waiting_bytes = 0

    def enter(self, turn: Turn) -> bool:
        """Start it, at once or when there is a place.

        Returns:
            False when too much waits already; then it never starts.
        """
        if self._num_inside < self._max_inside:
            self._let_in(turn)
            return True
        if self._waiting_bytes + turn.num_bytes > self._max_waiting_bytes:
            return False
        self._waiting.append(turn)
        self._waiting_bytes += turn.num_bytes
        return True

    def leave(self, turn: Turn) -> None:
        """The turn is over, or will never be taken. Idempotent."""
        if turn.is_inside:
            turn.is_inside = False
            self._num_inside -= 1
        elif turn in self._waiting:
            self._waiting.remove(turn)
            self._waiting_bytes -= turn.num_bytes
        while self._waiting and self._num_inside < self._max_inside:
            following = self._waiting.popleft()
            self._waiting_bytes -= following.num_bytes
            self._let_in(following)

    def _let_in(self, turn: Turn) -> None:
        turn.is_inside = True
        self._num_inside += 1
        turn.start()
