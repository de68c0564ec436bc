"""A school at work: many open streams, and new photos all the while, with the default engine.

    python -m benchmarks.load

`--streams` sockets are opened as pages do: one in twenty is a teacher's live view of the class, the
others are students' lists of their own questions; all stay open, and one that breaks is an error.
Meanwhile `--photos` photos a minute are handed in over the REST API, at random moments (a Poisson
process), each by the next student and none like another, and each one's solution is followed by
server-sent events to its end. Everything comes from this machine, and everything that is not as it
should be is an error: an answer's status, a solution that fails, a stream that ends early. Two
tables. The photos are drawn before the clock starts.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from PIL import Image
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from benchmarks.asking import Program, WrongAnswerError
from benchmarks.processes import free_port
from benchmarks.site import ROOT, Site

PHOTOS = (
    "print-linear-plain",
    "print-brackets",
    "print-fraction-sum",
    "print-quadratic-factors",
    "print-negative",
    "print-percent-of",
)
"""Of the corpus, all of which the default engine solves."""
MEMORY_EVERY_S = 5.0


@dataclass(slots=True)
class Findings:
    """What was seen. Times in seconds."""

    hand_in_s: list[float] = field(default_factory=list)
    ttft_s: list[float] = field(default_factory=list)
    solved_s: list[float] = field(default_factory=list)
    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    num_messages: int = 0
    num_open: int = 0


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code: 1 when there was an error."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--photos", type=float, default=50.0, help="a minute")
    parser.add_argument("--seconds", type=float, default=210.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="load-") as directory:
        return asyncio.run(_run(args, Path(directory)))


async def _run(args: argparse.Namespace, directory: Path) -> int:
    moments = list(_moments(random.Random(args.seed), args.photos / 60, args.seconds))
    photos = [_photo(number) for number in range(len(moments) + 1)]
    num_teachers = max(1, args.streams // 20)
    site = Site(
        None,
        directory / "site",
        port=free_port(),
        num_students=args.streams - num_teachers,
        num_teachers=num_teachers,
    )
    findings = Findings()
    try:
        site.await_ready()
        programs = [Program(site.port, token) for token in site.tokens[:-num_teachers]]
        # What is made at the first photo is no part of any.
        await programs[0].ask(await programs[0].hand_in(photos.pop()))
        begun = [asyncio.Event() for _session in site.sessions]
        watching = [
            asyncio.create_task(_watch(site.port, session, path, findings, has_begun))
            for (session, path), has_begun in zip(
                _sockets(site.sessions, num_teachers), begun, strict=True
            )
        ]
        for has_begun in begun:
            await has_begun.wait()
        measuring = asyncio.create_task(_measure(site, findings))
        began_cpu_s, began = site.process.cpu_s, time.perf_counter()
        asking = [
            asyncio.create_task(
                _ask(programs[number % len(programs)], photo, began + moment, findings)
            )
            for number, (photo, moment) in enumerate(zip(photos, moments, strict=True))
        ]
        await asyncio.gather(*asking)
        cpu_s, wall_s = site.process.cpu_s - began_cpu_s, time.perf_counter() - began
        await asyncio.sleep(1.0)
        num_open = findings.num_open
        for task in (*watching, measuring):
            task.cancel()
        await asyncio.gather(*watching, measuring, return_exceptions=True)
        for program in programs:
            await program.close()
    finally:
        site.process.stop()
    print(table(findings))
    print(
        f"\n{len(moments)} photos in {wall_s:.0f} s, {sum(findings.errors.values())} errors; "
        f"{num_open} of {args.streams} streams open at the end, which were sent "
        f"{findings.num_messages} messages; {100 * cpu_s / wall_s:.0f}% of a core, "
        f"{os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}."
    )
    for error, count in findings.errors.most_common():
        print(f"- {count} x {error}")
    return 1 if findings.errors else 0


def _moments(chance: random.Random, per_s: float, seconds: float) -> Iterator[float]:
    """When photos come: independent of each other and of how busy the site is."""
    moment = chance.expovariate(per_s)
    while moment < seconds:
        yield moment
        moment += chance.expovariate(per_s)


def _photo(number: int) -> bytes:
    """A photo of the corpus, taken once more: a little brighter and from a little further away."""
    path = ROOT / "tests" / "photos" / f"{PHOTOS[number % len(PHOTOS)]}.jpg"
    with Image.open(path) as original:
        width, height = original.size
        edge = number % 40
        taken = original.resize((width - edge, height - edge)).point(
            lambda value: min(255, value + number // 40)
        )
    out = io.BytesIO()
    taken.save(out, "JPEG", quality=90)
    return out.getvalue()


def _sockets(sessions: Sequence[str], num_teachers: int) -> Iterator[tuple[str, str]]:
    for number, session in enumerate(sessions):
        is_teacher = number >= len(sessions) - num_teachers
        yield session, "/ws/teach/live/" if is_teacher else "/ws/solutions/"


async def _watch(
    port: int, session: str, path: str, findings: Findings, has_begun: asyncio.Event
) -> None:
    """Keep a page's socket open and read what comes; `has_begun` once it is open or has failed."""
    try:
        async with connect(
            f"ws://127.0.0.1:{port}{path}",
            origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={session}"},
            compression=None,
            open_timeout=60,
        ) as socket:
            findings.num_open += 1
            has_begun.set()
            try:
                async for _message in socket:
                    findings.num_messages += 1
                findings.errors[f"stream closed with {socket.close_code}"] += 1
            finally:
                findings.num_open -= 1
    except (OSError, TimeoutError, WebSocketException) as error:
        findings.errors[f"stream: {type(error).__name__}"] += 1
    finally:
        has_begun.set()


async def _ask(program: Program, photo: bytes, due: float, findings: Findings) -> None:
    """Hand a photo in at its moment, ask for its solution and follow that to the end."""
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    try:
        began = time.perf_counter()
        photo_id = await program.hand_in(photo)
        handed_in = time.perf_counter()
        sample = await program.ask(photo_id)
    except (OSError, EOFError, TimeoutError, WrongAnswerError) as error:
        findings.errors[f"{type(error).__name__} {error}"[:200]] += 1
        return
    findings.hand_in_s.append(handed_in - began)
    findings.ttft_s.append(sample.ttft_s)
    findings.solved_s.append(sample.ended_at - began)


async def _measure(site: Site, findings: Findings) -> None:
    began = time.perf_counter()
    while True:
        memory_bytes = await asyncio.to_thread(lambda: site.process.memory_bytes)
        findings.memory_mb.append((time.perf_counter() - began, memory_bytes / 1024**2))
        await asyncio.sleep(MEMORY_EVERY_S)


def table(findings: Findings) -> str:
    """Percentiles of the times, and the memory over time."""
    lines = ["| ms | p50 | p95 | p99 | longest |", "|---|---|---|---|---|"]
    for name, values in (
        ("photo handed in", findings.hand_in_s),
        ("first text after asking", findings.ttft_s),
        ("photo to the end of its solution", findings.solved_s),
    ):
        cells = [f"{1000 * value:.0f}" for value in _percentiles(values)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    picked = _spread(findings.memory_mb, 8)
    lines += [
        "",
        "| seconds | " + " | ".join(f"{moment:.0f}" for moment, _mb in picked) + " |",
        "|---" * (len(picked) + 1) + "|",
        "| memory of all its processes, MB | "
        + " | ".join(f"{megabytes:.0f}" for _moment, megabytes in picked)
        + " |",
    ]
    return "\n".join(lines)


def _percentiles(values: Sequence[float]) -> tuple[float, float, float, float]:
    if not values:
        return (float("nan"),) * 4
    ordered = sorted(values)
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.95, 0.99)]
    return median(ordered), at[0], at[1], ordered[-1]


def _spread(points: list[tuple[float, float]], number: int) -> list[tuple[float, float]]:
    """So many of the points, from the first to the last."""
    if len(points) <= number:
        return points
    step = (len(points) - 1) / (number - 1)
    return [points[round(index * step)] for index in range(number)]


if __name__ == "__main__":
    raise SystemExit(main())
