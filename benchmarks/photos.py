"""Runs the command line over photos and counts what was read and answered right.

    python -m benchmarks.photos
    python -m benchmarks.photos --dir some/folder --only handwriting --details

The folder holds pictures and a `truth.json` (see `tests/photos/NOTICE.md`). What is measured is the
product: `python manage.py solve PHOTO... --json` in a process of its own, timed from outside. Exits
with 1 when a wrong answer carried a verified badge.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.photos.judge import Expected, load_truth
from tests.photos.outcome import Outcome, Result, judge

ROOT = Path(__file__).resolve().parents[1]
Event = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--dir", type=Path, default=ROOT / "tests/photos")
    parser.add_argument("--only", help="a kind (print) or a topic (linear), or part of a file name")
    parser.add_argument("--details", action="store_true", help="list what was not right")
    parser.add_argument("--jsonl", type=Path, help="write one line for each photo to this file")
    args = parser.parse_args(argv)

    expected = [e for e in load_truth(args.dir) if not args.only or _is_named(e, args.only)]
    if not expected:
        parser.error("no photo of that name, kind or topic")
    outcomes = []
    for outcome in run(expected):
        outcomes.append(outcome)
        _progress(len(outcomes), len(expected))
    print(table("kind", outcomes, lambda o: o.expected.kind))
    print()
    print(table("topic", outcomes, lambda o: o.expected.topic))
    if args.details:
        print()
        for outcome in outcomes:
            if outcome.result is not Result.RIGHT or not outcome.is_reading_exact:
                print(_details(outcome))
    if args.jsonl:
        args.jsonl.write_text("".join(_json_line(o) + "\n" for o in outcomes), encoding="utf-8")
    return 1 if any(o.is_wrong_with_badge for o in outcomes) else 0


def run(expected: list[Expected]) -> Iterator[Outcome]:
    """Solve all photos with one call of the command line; yield each when it is done."""
    by_path = {str(each.file): each for each in expected}
    command = [sys.executable, "manage.py", "solve", *by_path, "--json"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        events: list[Event] = []
        started = time.perf_counter()
        for line in process.stdout:
            event: Event = json.loads(line)
            if not events:
                # The first event of a photo says that work on it has begun; loading the models
                # is no part of any photo.
                started = time.perf_counter()
            events.append(event)
            if event["type"] == "done":
                truth = by_path.pop(event["file"])
                yield judge(truth, events, time.perf_counter() - started)
                events = []
    if by_path:
        raise SystemExit(
            f"the command ended with {process.returncode} and said nothing of {len(by_path)} photos"
        )


def table(title: str, outcomes: list[Outcome], group: Callable[[Outcome], str]) -> str:
    """A Markdown table with a row for each group and one for all."""
    rows = defaultdict(list)
    for outcome in outcomes:
        rows[group(outcome)].append(outcome)
    lines = [
        f"| {title} | photos | read exactly | right | wrong, marked | wrong, unmarked | refused "
        "| **wrong with badge** | right with badge | median s | p95 s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, members in [*sorted(rows.items()), ("all", outcomes)]:
        count = len(members)
        seconds = sorted(o.seconds for o in members)
        cells = [
            str(count),
            _share(sum(o.is_reading_exact for o in members), count),
            _share(_count(members, Result.RIGHT), count),
            str(_count(members, Result.MARKED)),
            str(_count(members, Result.UNMARKED)),
            str(_count(members, Result.REFUSED)),
            str(sum(o.is_wrong_with_badge for o in members)),
            str(sum(o.result is Result.RIGHT and o.is_verified for o in members)),
            f"{median(seconds):.1f}",
            f"{seconds[min(count - 1, int(0.95 * count))]:.1f}",
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _count(outcomes: Iterable[Outcome], result: Result) -> int:
    return sum(o.result is result for o in outcomes)


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f}%)"


def _is_named(expected: Expected, word: str) -> bool:
    return word in {expected.kind, expected.topic} or word in expected.file.name


def _details(outcome: Outcome) -> str:
    badge = " WITH BADGE" if outcome.is_wrong_with_badge else ""
    return (
        f"{outcome.expected.file.name}: {outcome.result}{badge}\n"
        f"  truth   {outcome.expected.text!r} -> {outcome.expected.answer!r}\n"
        f"  read    {outcome.reading!r} ({outcome.confidence:.2f}, "
        f"{outcome.num_uncertain} uncertain)\n"
        f"  answer  {outcome.answer!r} {outcome.error}"
    )


def _json_line(outcome: Outcome) -> str:
    values = vars(outcome) | {"expected": None, "file": outcome.expected.file.name}
    del values["expected"]
    return json.dumps(values, ensure_ascii=False)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
