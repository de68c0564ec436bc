"""`manage.py serve` with a probe in its event loop that notes how late the loop is.

    HH_LAG_LOG=lags.txt python -m benchmarks.probed_server --port 8001

Every 5 ms the probe asks to be woken and writes down when it should have been and how much later
it was; a line holds both, in seconds of the monotonic clock, which all processes share.
"""

from __future__ import annotations

# First: it installs the reactor on which everything of Twisted depends.
from homework.common.paced_server import PacedServer  # noqa: F401  # isort: skip

import asyncio
import os
import sys
import time
from pathlib import Path

from daphne.server import twisted_loop
from django.core.management import execute_from_command_line

INTERVAL_S = 0.005
_LINES_AT_ONCE = 200


async def _probe(log: Path) -> None:
    lines: list[str] = []
    with log.open("w") as file:
        while True:
            due_at = time.monotonic() + INTERVAL_S
            await asyncio.sleep(INTERVAL_S)
            lines.append(f"{due_at:.6f} {time.monotonic() - due_at:.6f}\n")
            if len(lines) >= _LINES_AT_ONCE:
                file.writelines(lines)
                file.flush()
                lines.clear()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homework.settings")
    probe = twisted_loop.create_task(_probe(Path(os.environ["HH_LAG_LOG"])))
    execute_from_command_line(["manage.py", "serve", *sys.argv[1:]])
