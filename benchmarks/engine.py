"""The local engine alone, without a web server: how fast it writes and how long a student waits.

    python -m benchmarks.engine
    python -m benchmarks.engine --streams 1 16 --tokens 200 --model DIR

Every stream is a thread that asks, reads the answer to its end and asks again, each time with
another photo, so that no cache knows it. `generate` is transformers' own method on the same
checkpoint and questions, one after another, as it cannot do otherwise.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import torch

from benchmarks.checkpoint import make_benchmark_checkpoint, make_photo
from inference.checkpoint import load_model
from inference.config import EngineConfig, LocalConfig
from inference.local import LocalEngine
from inference.preprocess import Preprocessor
from inference.prompts import build_messages
from inference.types import Delta, Done, EngineStats, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured at one width."""

    name: str
    streams: int
    tokens_per_s: float
    ttft_p50_ms: float
    ttft_p99_ms: float
    step_ms: float | None = None
    prefill_ms: float | None = None
    photo_ms: float | None = None


def main(argv: list[str] | None = None) -> int:
    """Measure and print one table."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--model", help="a checkpoint; without it, one with random weights")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 4, 8, 16, 32])
    parser.add_argument("--tokens", type=int, default=100, help="length of an answer")
    parser.add_argument("--requests", type=int, default=4, help="questions that a stream asks")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--threads", type=int, help="CPU threads of torch")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or str(make_benchmark_checkpoint(Path(folder)))
        local = LocalConfig(
            model=model, dtype=args.dtype, num_slots=32, max_len=1024, num_threads=args.threads
        )
        rows = [measure_generate(local, args.tokens)]
        engine = LocalEngine(EngineConfig(), local)
        engine.start()
        try:
            photos = (make_photo(number) for number in count(1))
            measure(engine, 4, 2, args.tokens, photos)  # warm
            rows += [
                measure(engine, streams, args.requests, args.tokens, photos)
                for streams in args.streams
            ]
        finally:
            engine.stop()
    print_table(rows)
    return 0


def measure(
    engine: LocalEngine, streams: int, requests: int, tokens: int, photos: Iterator[bytes]
) -> Row:
    """Let `streams` threads ask `requests` questions each."""
    ttfts: list[float] = []
    written: list[int] = []
    questions = [[next(photos) for _ in range(requests)] for _ in range(streams)]

    def ask(stream: int) -> None:
        for number, photo in enumerate(questions[stream]):
            request = Request(
                request_id=f"{stream}.{number}",
                problem="",
                image=photo,
                max_new_tokens=tokens,
                fairness_key=str(stream),
            )
            asked_at = time.perf_counter()
            first_at = None
            for event in engine.submit(request):
                if first_at is None and isinstance(event, Delta):
                    first_at = time.perf_counter()
                if isinstance(event, Done):
                    written.append(event.usage.tokens)
            assert first_at is not None, "every answer has text"
            ttfts.append(1000 * (first_at - asked_at))

    before = engine.stats()
    threads = [threading.Thread(target=ask, args=(stream,)) for stream in range(streams)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed_s = time.perf_counter() - started
    after = engine.stats()
    return Row(
        name="engine",
        streams=streams,
        tokens_per_s=sum(written) / elapsed_s,
        ttft_p50_ms=percentile(ttfts, 50),
        ttft_p99_ms=percentile(ttfts, 99),
        step_ms=1000 * per(after, before, "decode_s", "decode_steps"),
        prefill_ms=1000 * (after.prefill_s - before.prefill_s) / (streams * requests),
        photo_ms=1000 * (after.encode_s - before.encode_s) / (streams * requests),
    )


@torch.inference_mode()
def measure_generate(local: LocalConfig, tokens: int, requests: int = 4) -> Row:
    """The same questions through `generate`, one at a time; one token alone gives the TTFT."""
    model: Any = load_model(local)
    preprocessor = Preprocessor(local.model, revision=local.revision)
    elapsed, ttfts = [], []
    for number in range(requests + 1):
        for new_tokens, into in ((1, ttfts), (tokens, elapsed)):
            started = time.perf_counter()
            request = Request(
                request_id="", problem="", image=(photo := make_photo(-number % 2**31))
            )
            prepared = preprocessor.prepare(build_messages(request), [photo])
            ids = torch.tensor([prepared.token_ids], device=model.device)
            output = model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                pixel_values=prepared.images[0].pixel_values.to(model.device, model.dtype),
                image_grid_thw=prepared.images[0].grid[None].to(model.device),
                mm_token_type_ids=(ids == model.config.image_token_id).int(),
                max_new_tokens=new_tokens,
                do_sample=False,
            )
            assert output.shape[1] == ids.shape[1] + new_tokens
            into.append(time.perf_counter() - started)
    ttfts_ms = [1000 * ttft for ttft in ttfts[1:]]
    step_ms = 1000 * (mean(elapsed[1:]) - mean(ttfts[1:])) / (tokens - 1)
    return Row(
        name="generate",
        streams=1,
        tokens_per_s=tokens / mean(elapsed[1:]),
        ttft_p50_ms=percentile(ttfts_ms, 50),
        ttft_p99_ms=percentile(ttfts_ms, 99),
        step_ms=step_ms,
    )


def per(after: EngineStats, before: EngineStats, total: str, number: str) -> float:
    """How much of `total` came to each of `number` between two readings."""
    steps = getattr(after, number) - getattr(before, number)
    return float(getattr(after, total) - getattr(before, total)) / steps if steps else 0.0


def percentile(values: list[float], percent: int) -> float:
    """By interpolation, from any number of values."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def print_table(rows: list[Row]) -> None:
    """As Markdown, to be pasted into docs/performance.md."""
    print("| | streams | tokens/s | TTFT p50 ms | TTFT p99 ms | step ms | photo ms | prefill ms |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.name} | {row.streams} | {row.tokens_per_s:.0f} | {row.ttft_p50_ms:.0f} "
            f"| {row.ttft_p99_ms:.0f} | {_cell(row.step_ms, 2)} | {_cell(row.photo_ms, 1)} "
            f"| {_cell(row.prefill_ms, 1)} |"
        )


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    raise SystemExit(main())
