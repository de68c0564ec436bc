"""What a question costs the site, in CPU time of each part of it.

    python -m benchmarks.web_cost
    python -m benchmarks.web_cost --way api

Students ask one question after the other, as in `benchmarks.peers`; the server's threads say what
CPU they used (`benchmarks.costed_server`). CPU time depends little on what else the machine does,
so small gains show on a busy one. Medians of the rounds, milliseconds a question.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.asking import Program, Student
from benchmarks.checkpoint import make_photo
from benchmarks.processes import free_port
from benchmarks.scripted import make_scripted_checkpoint
from benchmarks.site import Site

ENGINE = ("engine", "engine-photos")
"""Threads that are no part of the web."""


@dataclass(frozen=True, slots=True)
class Used:
    """What the server had used at a moment."""

    cpu_s: dict[str, float]
    process_cpu_s: float
    statements: dict[str, int]
    connections: dict[str, int]
    work_s: float
    all_cpu_s: float

    @classmethod
    def ask(cls, port: int, site: Site) -> Used:
        """Ask the server now."""
        with socket.create_connection(("127.0.0.1", port)) as connection:
            told = b""
            while piece := connection.recv(65536):
                told += piece
        return cls(**json.loads(told), all_cpu_s=site.process.cpu_s)


@dataclass(frozen=True, slots=True)
class Phase:
    """What so many questions or photos took."""

    count: int
    seconds: float
    before: Used
    after: Used

    def ms(self, kind: str) -> float:
        """CPU of a kind of thread for each."""
        used_s = self.after.cpu_s.get(kind, 0.0) - self.before.cpu_s.get(kind, 0.0)
        return 1000 * used_s / self.count

    @property
    def kinds(self) -> list[str]:
        """Kinds of threads that did something."""
        return [kind for kind in self.after.cpu_s if self.ms(kind) >= 0.005]

    @property
    def web_ms(self) -> float:
        """All but the engine, of this process."""
        return sum(self.ms(kind) for kind in self.kinds if kind not in ENGINE)

    @property
    def rest_ms(self) -> float:
        """Threads that Python knows nothing of: the kernels' own."""
        process_s = self.after.process_cpu_s - self.before.process_cpu_s
        return 1000 * process_s / self.count - sum(self.ms(kind) for kind in self.after.cpu_s)

    @property
    def others_ms(self) -> float:
        """Other processes: photos decoded, checks."""
        process_s = self.after.process_cpu_s - self.before.process_cpu_s
        return 1000 * (self.after.all_cpu_s - self.before.all_cpu_s - process_s) / self.count

    def counted(self, what: str, kind: str) -> float:
        """Statements or connections of a kind of thread for each."""
        after, before = getattr(self.after, what), getattr(self.before, what)
        number: float = (after.get(kind, 0) - before.get(kind, 0)) / self.count
        return number


def main(argv: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    description, _, _ = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--way", choices=("page", "api"), default="page")
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--each", type=int, default=4, help="questions a stream asks in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=150, help="of each answer")
    parser.add_argument("--text", choices=("prose", "worked"), default="prose", help="see peers")
    parser.add_argument("--checkpoint", type=Path, help="where it is written, or is already")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds before it begins")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="web-cost-") as directory:
        return asyncio.run(_run(args, Path(directory)))


async def _run(args: argparse.Namespace, directory: Path) -> int:
    checkpoint = args.checkpoint or directory / "checkpoint"
    if not (checkpoint / "config.json").exists():
        make_scripted_checkpoint(checkpoint, kind=args.text, num_tokens=args.tokens)
    port = free_port()
    site = Site(
        checkpoint,
        directory / "site",
        port=free_port(),
        num_students=args.streams,
        max_new_tokens=args.tokens + 1,
        env={"HH_COST_PORT": str(port)},
        command=(sys.executable, "-m", "benchmarks.costed_server"),
    )
    uploads: list[Phase] = []
    questions: list[Phase] = []
    try:
        site.await_ready()
        await Student(site.port, site.sessions[0]).await_model(make_photo(20_000_000))
        people: list[Any] = (
            [Student(site.port, session) for session in site.sessions]
            if args.way == "page"
            else [Program(site.port, token) for token in site.tokens]
        )
        await asyncio.sleep(args.pause)
        for turn in range(args.rounds + 1):
            handed_in, asked = await _round(people, args.each, turn, port, site)
            if turn:  # what is made at the first question is no part of any
                uploads.append(handed_in)
                questions.append(asked)
        for person in people:
            await person.close()
    finally:
        site.process.stop()
    print(table(uploads, questions))
    rate = median(args.tokens * each.count / each.seconds for each in questions)
    work_ms = 1000 * median(each.after.work_s for each in questions)
    print(
        f"\nAsked by {args.way}, {args.streams} at once, {args.tokens} tokens: {rate:.0f} "
        f"tokens/s. A hundred thousand squares take {work_ms:.1f} ms of CPU; "
        f"{os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}."
    )
    return 0


async def _round(
    people: list[Any], each: int, turn: int, port: int, site: Site
) -> tuple[Phase, Phase]:
    """Hand in all photos, then ask all questions."""
    photos: list[list[str]] = [[] for _ in people]
    count = each * len(people)

    async def hand_in(number: int) -> None:
        for index in range(each):
            photo = make_photo((turn * len(people) + number) * each + index)
            photos[number].append(await people[number].hand_in(photo))

    async def ask(number: int) -> None:
        for photo in photos[number]:
            await people[number].ask(photo)

    phases = []
    for stage in (hand_in, ask):
        before, began = Used.ask(port, site), time.perf_counter()
        await asyncio.gather(*(stage(number) for number in range(len(people))))
        seconds = time.perf_counter() - began
        # What is done after the last word belongs to the question, too.
        await asyncio.sleep(0.3)
        phases.append(Phase(count, seconds, before, Used.ask(port, site)))
    return phases[0], phases[1]


def table(uploads: list[Phase], questions: list[Phase]) -> str:
    """A row for each kind of thread."""
    kinds = sorted(
        {kind for phase in (*uploads, *questions) for kind in phase.kinds},
        key=lambda kind: (kind in ENGINE, -median(phase.ms(kind) for phase in questions)),
    )
    lines = [
        "| ms of CPU | a photo handed in | statements | a question | statements | connections |",
        "|---|---|---|---|---|---|",
    ]
    for kind in kinds:
        cells = [
            f"{median(phase.ms(kind) for phase in uploads):.2f}",
            f"{median(phase.counted('statements', kind) for phase in uploads):.1f}",
            f"{median(phase.ms(kind) for phase in questions):.2f}",
            f"{median(phase.counted('statements', kind) for phase in questions):.1f}",
            f"{median(phase.counted('connections', kind) for phase in questions):.1f}",
        ]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    for name, attribute in (
        ("**all but the engine**", "web_ms"),
        ("other processes", "others_ms"),
        ("threads of the kernels", "rest_ms"),
    ):
        handed_in = median(getattr(phase, attribute) for phase in uploads)
        asked = median(getattr(phase, attribute) for phase in questions)
        lines.append(f"| {name} | {handed_in:.2f} | | {asked:.2f} | | |")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
