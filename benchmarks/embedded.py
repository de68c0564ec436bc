"""The embedded model on real photos, from the photo to the last token, without a web server.

    python -m benchmarks.embedded
    python -m benchmarks.embedded --streams 1 16 --model DIR

Every stream is a thread that gives the engine a photo of tests/photos, reads the solution to its
end and takes the next one; no photo comes up twice in a row of the table. What a student waits for
is in it: finding the question, cutting it out, seeing, writing. Photos about which the model writes
nothing (it says that they are out of its range) count to their end and have no first text.
"""

from __future__ import annotations

import argparse
import os
import queue
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.engine import percentile
from inference.config import EngineConfig, LocalConfig
from inference.errors import NoQuestionFoundError
from inference.local import LocalEngine, cutter
from inference.types import Delta, Done, Request

ROOT = Path(__file__).resolve().parents[1]
_NUM_WARM = 8


@dataclass(slots=True)
class Row:
    """What was measured with so many streams; times in milliseconds."""

    streams: int
    firsts_ms: list[float] = field(default_factory=list)
    wholes_ms: list[float] = field(default_factory=list)
    tokens: int = 0
    elapsed_s: float = 0.0


def main(argv: list[str] | None = None) -> int:
    """Measure and print one table."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, default=ROOT / "inference/nano/checkpoint")
    parser.add_argument("--photos", type=Path, default=ROOT / "tests/photos")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 4, 16])
    args = parser.parse_args(argv)

    files = sorted(args.photos.glob("*.jpg"))
    photos, cut_ms = _with_questions(files)
    rows = []
    for streams in args.streams:
        # A new engine for every row: what it remembers of photos would flatter the next one.
        engine = LocalEngine(EngineConfig(), LocalConfig(model=str(args.model)))
        started = time.perf_counter()
        engine.start()
        load_s = time.perf_counter() - started
        try:
            measure(engine, photos[:_NUM_WARM], streams=4)
            rows.append(measure(engine, photos[_NUM_WARM:], streams=streams))
        finally:
            engine.stop()
    print(
        f"{len(photos) - _NUM_WARM} photos, loaded in {load_s:.1f} s; "
        f"cutting one out takes {cut_ms:.0f} ms"
    )
    print_table(rows)
    return 0


def _with_questions(files: list[Path]) -> tuple[list[bytes], float]:
    """The photos on which a question is found, and the median milliseconds that finding takes."""
    cut = cutter()
    photos, spent = [], []
    for file in files:
        photo = file.read_bytes()
        started = time.perf_counter()
        try:
            cut(photo)
        except NoQuestionFoundError:
            continue
        spent.append(1000 * (time.perf_counter() - started))
        photos.append(photo)
    return photos, median(spent)


def measure(engine: LocalEngine, photos: list[bytes], *, streams: int) -> Row:
    """Let `streams` threads share the photos."""
    row = Row(streams)
    waiting: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
    for numbered in enumerate(photos):
        waiting.put(numbered)

    def ask() -> None:
        while True:
            try:
                number, photo = waiting.get_nowait()
            except queue.Empty:
                return
            request = Request(request_id=f"{streams}.{number}", problem="", image=photo)
            asked_at = time.perf_counter()
            has_text = False
            for event in engine.submit(request):
                if isinstance(event, Delta) and not has_text:
                    has_text = True
                    row.firsts_ms.append(1000 * (time.perf_counter() - asked_at))
                if isinstance(event, Done):
                    row.tokens += event.usage.tokens
            row.wholes_ms.append(1000 * (time.perf_counter() - asked_at))

    threads = [threading.Thread(target=ask) for _ in range(streams)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row.elapsed_s = time.perf_counter() - started
    return row


def print_table(rows: list[Row]) -> None:
    """As Markdown, to be pasted into docs/performance.md."""
    print("| streams | photos/s | tokens/s | first text p50 ms | p99 | solution p50 ms | p99 |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        firsts, wholes = row.firsts_ms, row.wholes_ms
        print(
            f"| {row.streams} | {len(wholes) / row.elapsed_s:.1f} "
            f"| {row.tokens / row.elapsed_s:.0f} "
            f"| {percentile(firsts, 50):.0f} | {percentile(firsts, 99):.0f} "
            f"| {percentile(wholes, 50):.0f} | {percentile(wholes, 99):.0f} |"
        )


if __name__ == "__main__":
    raise SystemExit(main())
