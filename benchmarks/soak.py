"""An hour of a school in some minutes: 10,000 questions to one engine, many of them broken off.

    python -m benchmarks.soak
    python -m benchmarks.soak --requests 2000 --streams 8

Questions with new photos, with photos seen before and without, short and long, greedy and sampled;
a fifth is aborted at a random moment, some have a deadline that they cannot hold. Every stream must
end with exactly one terminal event. At the end nothing may be left: no slot, no thread, no stream,
and the process must not have grown since its first tenth. Exits with 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from benchmarks.checkpoint import make_photo
from inference.config import EngineConfig, LocalConfig
from inference.local import LocalEngine
from inference.types import Delta, Done, Failed, Priority, Request, SamplingParams
from tests.inference.tiny_checkpoint import make_tiny_checkpoint

ALLOWED_GROWTH_MB = 16


class Soak:
    """Asks `requests` questions from `streams` threads and watches the process."""

    def __init__(self, engine: LocalEngine, *, requests: int, streams: int, seed: int) -> None:
        self._engine = engine
        self._requests = requests
        self._streams = streams
        self._seed = seed
        self._lock = threading.Lock()
        self._started = 0
        self.ends: Counter[str] = Counter()
        self.faults: list[str] = []
        self.curve: list[tuple[int, float]] = []  # (requests started, MB)

    def run(self) -> None:
        """Returns when every question has its end."""
        threads = [
            threading.Thread(target=self._ask_all, args=(number,))
            for number in range(self._streams)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask_all(self, stream: int) -> None:
        rng = random.Random(f"{self._seed}.{stream}")
        while True:
            with self._lock:
                number = self._started
                if number >= self._requests:
                    return
                self._started += 1
                if number % max(1, self._requests // 20) == 0:
                    self.curve.append((number, resident_mb()))
            self._ask(number, rng)

    def _ask(self, number: int, rng: random.Random) -> None:
        photo = rng.choice([None, rng.randrange(20), 1000 + number])
        request = Request(
            request_id=str(number),
            problem=rng.choice(["3x + 5 = 20", "x^2 = 9", ""]),
            language=rng.choice(["en", "zh"]),
            image=None if photo is None else make_photo(photo, rng.choice([(224, 84), (168, 112)])),
            priority=rng.choice([Priority.INTERACTIVE, Priority.INTERACTIVE, Priority.BATCH]),
            deadline_s=0.01 if rng.random() < 0.05 else 60.0,
            max_new_tokens=rng.choice([1, 4, 16, 48]),
            fairness_key=str(number % 7),
            sampling=SamplingParams(
                temperature=rng.choice([0.0, 0.0, 0.8]), top_p=0.9, seed=number
            ),
        )
        abort_at = rng.randrange(20) if rng.random() < 0.2 else None
        stream = self._engine.submit(request)
        if abort_at == 0:
            self._engine.abort(request.request_id)
        pieces, terminals = 0, 0
        for event in stream:
            pieces += isinstance(event, Delta)
            if pieces == abort_at:
                self._engine.abort(request.request_id)
            if isinstance(event, Done | Failed):
                terminals += 1
                self.ends[event.finish_reason if isinstance(event, Done) else event.code] += 1
        if terminals != 1:
            self.faults.append(f"request {number} had {terminals} terminal events")


def main(argv: list[str] | None = None) -> int:
    """Run, print the curve of the memory, and say what is left over."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--streams", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = make_tiny_checkpoint(Path(folder))
        threads_before = threading.active_count()
        engine = LocalEngine(
            EngineConfig(),
            LocalConfig(
                model=str(checkpoint), num_slots=8, max_len=1024, feature_cache_bytes=1024 * 1024
            ),
        )
        engine.start()
        soak = Soak(engine, requests=args.requests, streams=args.streams, seed=args.seed)
        started = time.perf_counter()
        soak.run()
        elapsed_s = time.perf_counter() - started
        stats = engine.stats()
        soak.curve.append((args.requests, resident_mb()))
        faults = [*soak.faults]
        if stats.active or stats.queue_depth:
            faults.append(f"{stats.active} slots and {stats.queue_depth} places in the queue")
        if left := engine.num_streams:
            faults.append(f"{left} streams")
        engine.stop()
    if (left := threading.active_count() - threads_before) > 0:
        faults.append(f"{left} threads")
    after_warm_up = [mb for number, mb in soak.curve if number >= args.requests // 10]
    growth_mb = soak.curve[-1][1] - after_warm_up[0]
    if growth_mb > ALLOWED_GROWTH_MB:
        faults.append(f"{growth_mb:.0f} MB")
    print(f"{args.requests} requests in {elapsed_s:.0f} s, {stats.tokens} tokens")
    print("ends: " + ", ".join(f"{reason} {count}" for reason, count in soak.ends.most_common()))
    print("MB:   " + ", ".join(f"{number}: {mb:.0f}" for number, mb in soak.curve))
    print(f"growth since the first tenth: {growth_mb:+.1f} MB")
    print("left over: " + (", ".join(faults) or "nothing"))
    return 1 if faults else 0


def resident_mb() -> float:
    """Memory of this process that is in RAM."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


if __name__ == "__main__":
    raise SystemExit(main())
