"""A circuit breaker: leaves alone what fails, and finds out by itself when it works again."""

from __future__ import annotations

import time
from collections.abc import Callable


class CircuitBreaker:
    """Counts failures in a row (Nygard, "Release It!", chapter on stability patterns).

    Closed, everything passes. After `failures` in a row it opens and nothing passes for
    `cooldown_s`; then it is half open: one probe passes, whose first sign of success closes it and
    whose failure opens it anew. One thread.

    Args:
        failures: Failures in a row that open it.
        cooldown_s: Seconds for which it stays open.
        clock: Seconds that only grow.
    """

    def __init__(
        self, *, failures: int, cooldown_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures = failures
        self._cooldown_s = cooldown_s
        self._clock = clock
        self._num_failed = 0
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Whether a request would be turned away now."""
        if self._opened_at is None:
            return False
        return self._is_probing or self._clock() - self._opened_at < self._cooldown_s

    def enter(self) -> None:
        """A request passes; in the half-open state it is the probe."""
        if self._opened_at is not None:
            self._is_probing = True

    def trust(self) -> None:
        """A request begins to be answered. If it is the probe, others may follow without waiting
        for its end; but one more failure opens the breaker again."""
        if self._opened_at is not None:
            self._opened_at = None
            self._is_probing = False
            self._num_failed = self._failures - 1

    def succeed(self) -> None:
        """It did what it should."""
        self._num_failed = 0
        self._opened_at = None
        self._is_probing = False

    def fail(self) -> None:
        """It did not."""
        self._num_failed += 1
        self._is_probing = False
        if self._opened_at is not None or self._num_failed >= self._failures:
            self._opened_at = self._clock()

    def forget(self) -> None:
        """It was given up for a reason that says nothing about the other side."""
        self._is_probing = False
