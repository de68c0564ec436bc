"""The numbers of this process, for Prometheus and for the panel of the administrators.

What the engines count themselves is asked of them at each look.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from homework.pipeline import counts, process
from homework.pipeline.engine import EngineStats
from homework.solutions.selectors import num_waiting

_COUNTED = {
    "finished": "Requests that ended as they should",
    "failed": "Requests that failed",
    "aborted": "Requests that were given up",
    "tokens": "Tokens written",
    "prefill_tokens": "Prompt tokens computed",
    "cached_tokens": "Prompt tokens taken over from an earlier request",
    "feature_hits": "Photos whose features were known",
    "feature_misses": "Photos whose features were computed",
    "decode_steps": "Decode steps",
}
_SECONDS = {"prefill_s": "prefill_seconds", "decode_s": "decode_seconds"}


class _EngineCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        pipeline = process.current()
        stats = {} if pipeline is None else pipeline.engine.stats()
        states = {} if pipeline is None else pipeline.engine.states()
        waiting = GaugeMetricFamily("homework_queue_depth", "Questions that wait for a worker")
        waiting.add_metric([], num_waiting(with_batches=True))
        yield waiting
        if pipeline is not None:
            active = GaugeMetricFamily("homework_workers_active", "Questions that are worked on")
            active.add_metric([], pipeline.runner.num_active)
            yield active
        up = GaugeMetricFamily("homework_engine_up", "Whether it answers", labels=["engine"])
        for name, state in states.items():
            up.add_metric([name], float(state == "ready"))
        yield up
        for field, text in (
            ("queue_depth", "Requests that wait for a slot"),
            ("active", "Requests that are written"),
            ("slots", "Requests that could be written at once"),
        ):
            yield _family(GaugeMetricFamily, f"homework_engine_{field}", text, stats, field)
        for field, text in _COUNTED.items():
            yield _family(CounterMetricFamily, f"homework_engine_{field}", text, stats, field)
        for field, name in _SECONDS.items():
            text = f"Time spent on {field.removesuffix('_s')}"
            yield _family(CounterMetricFamily, f"homework_engine_{name}", text, stats, field)


def _family(
    kind: type[GaugeMetricFamily] | type[CounterMetricFamily],
    name: str,
    text: str,
    stats: dict[str, EngineStats],
    field: str,
) -> Metric:
    family = kind(name, text, labels=["engine"])
    for engine, values in stats.items():
        family.add_metric([engine], float(getattr(values, field)))
    return family


counts.registry.register(_EngineCollector())


def exposition() -> bytes:
    """All of it in the text format of Prometheus."""
    return generate_latest(counts.registry)


def panel() -> dict[str, Any]:
    """What the panel shows, as JSON values. Counters are totals; the page makes rates of them."""
    pipeline = process.current()
    stats = {} if pipeline is None else pipeline.engine.stats()
    states = {} if pipeline is None else pipeline.engine.states()
    ended = _totals(counts.endings, "engine")
    hits = _totals(counts.recalls, "outcome")
    return {
        "is_serving": pipeline is not None and pipeline.runner.is_running,
        "queue_depth": num_waiting(with_batches=True),
        "workers": {
            "active": 0 if pipeline is None else pipeline.runner.num_active,
            "all": 0 if pipeline is None else pipeline.runner.num_workers,
        },
        "engines": [
            {
                "name": name,
                "state": states.get(name, "failed"),
                "queue_depth": values.queue_depth,
                "active": values.active,
                "slots": values.slots,
                "tokens": values.tokens,
                "finished": values.finished,
                "failed": values.failed,
                "prefill_s": round(values.prefill_s, 3),
                "decode_s": round(values.decode_s, 3),
                "feature_hits": values.feature_hits,
                "feature_misses": values.feature_misses,
                "cached_tokens": values.cached_tokens,
                "prefill_tokens": values.prefill_tokens,
            }
            for name, values in stats.items()
        ],
        "ended": ended,
        "changes": _totals(counts.engine_changes, "reason"),
        "answer_cache": {"hits": hits.get("hit", 0), "misses": hits.get("miss", 0)},
        "ttft": _ttft_buckets(),
    }


def _totals(counter: Counter, label: str) -> dict[str, int]:
    totals: dict[str, int] = {}
    for metric in counter.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                key = sample.labels[label]
                totals[key] = totals.get(key, 0) + int(sample.value)
    return totals


def _ttft_buckets() -> list[dict[str, Any]]:
    """How many answers began within each bound, over all engines; bounds in seconds."""
    cumulative: dict[float, float] = {}
    for metric in counts.ttft.collect():
        for sample in metric.samples:
            if sample.name.endswith("_bucket"):
                bound = float(sample.labels["le"])
                cumulative[bound] = cumulative.get(bound, 0.0) + sample.value
    buckets, below = [], 0.0
    for bound in sorted(cumulative):
        count, below = cumulative[bound] - below, cumulative[bound]
        buckets.append({"le": None if bound == float("inf") else bound, "count": int(count)})
    return buckets
