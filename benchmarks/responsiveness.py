"""Whether the site stays quick while the engine in the same process decodes for many.

    python -m benchmarks.responsiveness

Students ask one question after the other, so that `--streams` of them are always being written.
Meanwhile a probe in the server notes every 5 ms how late its event loop is, and one more student
opens pages, one every 0.2 s. Both are measured without any question, too. One table.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.asking import Sample, Student, WrongAnswerError
from benchmarks.checkpoint import make_photo
from benchmarks.processes import free_port
from benchmarks.scripted import make_scripted_checkpoint
from benchmarks.site import Site

PAGES = {"start page": "/", "list of questions": "/solutions/"}
PAGE_INTERVAL_S = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found during one phase."""

    lags_s: list[float]
    pages_s: dict[str, list[float]]
    tokens_per_s: float


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=40.0, help="of each phase")
    parser.add_argument("--tokens", type=int, default=150, help="of each answer")
    parser.add_argument("--text", choices=("prose", "worked"), default="prose", help="see peers")
    parser.add_argument("--port", type=int, default=0, help="0 for any")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="responsiveness-") as directory:
        return asyncio.run(_run(args, Path(directory)))


async def _run(args: argparse.Namespace, directory: Path) -> int:
    lag_log = directory / "lags.txt"
    site = Site(
        make_scripted_checkpoint(directory / "checkpoint", kind=args.text, num_tokens=args.tokens),
        directory / "site",
        port=args.port or free_port(),
        num_students=args.streams + 1,
        max_new_tokens=args.tokens + 1,
        env={"HH_LAG_LOG": str(lag_log)},
        command=(sys.executable, "-m", "benchmarks.probed_server"),
    )
    try:
        site.await_ready()
        *askers, visitor = [Student(site.port, session) for session in site.sessions]
        # What is made at the first request and the first question is no part of any.
        for path in PAGES.values():
            await visitor.get(path)
        await askers[0].await_model(make_photo(0))
        idle = await _observe(visitor, lag_log, args.seconds / 2, [])
        samples: list[Sample] = []
        tasks = [
            asyncio.create_task(_ask_on(student, 1_000 * (number + 1), samples))
            for number, student in enumerate(askers)
        ]
        await asyncio.sleep(3.0)
        busy = await _observe(visitor, lag_log, args.seconds, samples)
        for task in tasks:
            if task.done():
                task.result()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for student in (*askers, visitor):
            await student.close()
    finally:
        site.process.stop()
    print(table(idle, busy, args.streams))
    return 0


async def _ask_on(student: Student, photo: int, samples: list[Sample]) -> None:
    while True:
        samples.append(await student.ask(await student.hand_in(make_photo(photo))))
        photo += 1


async def _observe(
    visitor: Student, lag_log: Path, seconds: float, samples: list[Sample]
) -> Reading:
    began, began_perf, num_before = time.monotonic(), time.perf_counter(), len(samples)
    pages: dict[str, list[float]] = {name: [] for name in PAGES}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                for name, path in PAGES.items():
                    asked_at = time.perf_counter()
                    status, _ = await visitor.get(path)
                    pages[name].append(time.perf_counter() - asked_at)
                    if status != 200:
                        raise WrongAnswerError(f"{path} answers with {status}")
                    await asyncio.sleep(PAGE_INTERVAL_S)
    ended = time.monotonic()
    # A page that was under way is given up with its connection.
    await visitor.close()
    await asyncio.sleep(1.5)  # the probe writes about once a second
    lags = _lags(lag_log, began, ended)
    tokens = sum(sample.tokens for sample in samples[num_before:])
    return Reading(lags, pages, tokens / (time.perf_counter() - began_perf))


def _lags(log: Path, began: float, ended: float) -> list[float]:
    """What the probe noted between two moments of the monotonic clock."""
    probes = (map(float, line.split()) for line in log.read_text().splitlines())
    return [lag for due_at, lag in probes if began <= due_at < ended]


def table(idle: Reading, busy: Reading, streams: int) -> str:
    """Both phases side by side."""
    rows = [("event loop late by", sorted(idle.lags_s), sorted(busy.lags_s))]
    rows += [(name, sorted(idle.pages_s[name]), sorted(busy.pages_s[name])) for name in PAGES]
    lines = [
        f"| ms | idle: median | p99 | longest | {streams} students: median | p99 | longest |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, before, during in rows:
        cells = [f"{1000 * value:.1f}" for values in (before, during) for value in _three(values)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("")
    lines.append(
        f"{busy.tokens_per_s:.0f} tokens/s meanwhile, {len(busy.lags_s)} probes, "
        f"{os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}."
    )
    return "\n".join(lines)


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    return median(values), values[min(len(values) - 1, int(0.99 * len(values)))], values[-1]


if __name__ == "__main__":
    raise SystemExit(main())
