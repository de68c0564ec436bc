"""Schemathesis against a running site: calls that are made up from the site's own description."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.live import ROOT, LiveSite

HERE = Path(__file__).resolve().parent
CONFIG = HERE / "schemathesis.toml"


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        is_good: No check has failed.
        report: What Schemathesis printed.
    """

    is_good: bool
    report: str


def fuzz(
    site: LiveSite,
    token: str,
    *,
    seed: int,
    num_examples: int,
    seconds: int,
    phases: str = "examples,coverage,fuzzing,stateful",
    more: tuple[str, ...] = (),
) -> Outcome:
    """Make up calls of every kind in the name of one person, with all checks on.

    Args:
        site: Where.
        token: Whose calls they are.
        seed: The same seed makes the same calls.
        num_examples: At most so many for each call of the description and phase.
        seconds: At most; then the run ends.
        phases: Which of Schemathesis' phases.
        more: Further options.
    """
    with tempfile.TemporaryDirectory() as folder:  # it keeps notes where it runs
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "schemathesis.cli",
                    "--config-file",
                    str(CONFIG),
                    "--no-color",
                ),
                *("run", f"{site.url}/api/openapi.json", "--checks", "all", "--phases", phases),
                *("--header", f"Authorization: Bearer {token}", "--seed", str(seed)),
                *("--max-examples", str(num_examples), "--max-time", str(seconds)),
                *more,
            ],
            cwd=folder,
            env=os.environ
            | {
                "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "PYTHONPATH": str(ROOT),
            },
            capture_output=True,
            text=True,
            timeout=seconds + 120,
        )
    return Outcome(done.returncode == 0, done.stdout + done.stderr)


def statuses(site: LiveSite) -> Counter[int]:
    """How many calls the site has answered with which status, by its own log."""
    found: Counter[int] = Counter()
    for line in site.log:
        if '"message": "request"' in line:
            found[json.loads(line[line.index("{") :])["status"]] += 1
    return found


def faults(site: LiveSite) -> list[str]:
    """What the site's log has of errors that it did not expect, and traces."""
    return [line for line in site.log if re.search(r'"levelname": "ERROR"|Traceback', line)]
