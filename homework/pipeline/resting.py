"""What the process does when it has nothing to answer any more."""

from __future__ import annotations

import threading

from homework.common.memory import return_free_memory
from homework.pipeline.process import current

_LOOK_S = 1.0


class Resting:
    """Returns memory once after work, when nobody waits for the CPU. A background task."""

    def __init__(self) -> None:
        self._has_worked = True  # loading has

    def work(self, _halt: threading.Event) -> float:
        """Look whether it is time. Returns the seconds until the next look."""
        pipeline = current()
        if pipeline is not None and pipeline.runner.num_active:
            self._has_worked = True
        elif self._has_worked:
            self._has_worked = False
            return_free_memory()
        return _LOOK_S
