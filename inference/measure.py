"""How fast an engine is on this machine: tokens a second and time to the first token, by width."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inference.engine import Engine
from inference.types import Delta, Done, Failed, Request


@dataclass(frozen=True, slots=True)
class Measurement:
    """One width: so many requests begun at the same moment, and read to their ends.

    Attributes:
        width: Requests at the same time.
        num_failed: Of them, how many did not end as they should.
        tokens_per_s: Over all requests, from the moment they are handed over to the last token.
        ttft_ms: Time to the first piece of text of each request, ascending.
        prefill_s: Seconds that the engine's thread spent on prompts.
        decode_s: Seconds that it spent on decode steps.
    """

    width: int
    num_failed: int
    tokens_per_s: float
    ttft_ms: tuple[float, ...]
    prefill_s: float
    decode_s: float

    def ttft_at(self, share: float) -> float:
        """The time within which this share of the requests had their first text, in ms."""
        if not self.ttft_ms:
            return float("nan")
        return self.ttft_ms[min(len(self.ttft_ms) - 1, int(share * len(self.ttft_ms)))]


def measure(
    engine: Engine, make_request: Callable[[int], Request], widths: Sequence[int]
) -> list[Measurement]:
    """Measure one width after the other. The engine is started, warm and has nothing else to do.

    Args:
        engine: What is measured.
        make_request: Makes a request from a number that no other request has.
        widths: Requests at the same time.
    """
    results: list[Measurement] = []
    number = 0
    for width in widths:
        requests = [make_request(number + i) for i in range(width)]
        number += width
        results.append(_measure_one(engine, requests))
    return results


def _measure_one(engine: Engine, requests: Sequence[Request]) -> Measurement:
    ttft_ms: list[float] = []
    tokens: list[int] = []
    barrier = threading.Barrier(len(requests) + 1)
    before = engine.stats()

    def run(request: Request) -> None:
        barrier.wait()
        started = time.perf_counter()
        is_first = True
        for event in engine.submit(request):
            if isinstance(event, Delta) and is_first:
                is_first = False
                ttft_ms.append(1000 * (time.perf_counter() - started))
            elif isinstance(event, Done) and event.finish_reason in ("stop", "length"):
                tokens.append(event.usage.tokens)
            elif isinstance(event, Failed):
                return

    threads = [threading.Thread(target=run, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed_s = time.perf_counter() - started
    after = engine.stats()
    return Measurement(
        width=len(requests),
        num_failed=len(requests) - len(tokens),
        tokens_per_s=sum(tokens) / elapsed_s,
        ttft_ms=tuple(sorted(ttft_ms)),
        prefill_s=after.prefill_s - before.prefill_s,
        decode_s=after.decode_s - before.decode_s,
    )
