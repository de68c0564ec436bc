"""What this process counts of its questions, see `metrics`. Numbers only, by names of Prometheus:
seconds, `_total` for what only grows."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from homework.solutions.follow_ups import FollowUpResult
from homework.solutions.services import SolutionResult

TTFT_BUCKETS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0)

disable_created_metrics()  # type: ignore[no-untyped-call]
registry = CollectorRegistry()
endings = Counter(
    "homework_solutions", "Questions that have ended", ["state", "engine"], registry=registry
)
follow_up_endings = Counter(
    "homework_follow_ups", "Follow-ups that have ended", ["state", "engine"], registry=registry
)
engine_changes = Counter(
    "homework_engine_changes",
    "Questions that another engine took over",
    ["origin", "target", "reason"],
    registry=registry,
)
ttft = Histogram(
    "homework_ttft_seconds",
    "From handing a question to an engine to its first word",
    ["engine"],
    buckets=TTFT_BUCKETS_S,
    registry=registry,
)
_tokens_per_s = Histogram(
    "homework_answer_tokens_per_second",
    "Pace at which one answer was written",
    ["engine"],
    buckets=(5, 10, 20, 40, 80, 160, 320, 640),
    registry=registry,
)
recalls = Counter(
    "homework_answer_cache",
    "Questions looked up among kept answers",
    ["outcome"],
    registry=registry,
)
_stage = Histogram(
    "homework_stage_seconds",
    "Time that a stage took",
    ["stage"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
    registry=registry,
)


def count_ending(result: SolutionResult) -> None:
    """A question has come to its end. Any thread."""
    endings.labels(result.state, result.engine).inc()
    if result.is_cached:
        return
    for change in result.engine_changes:
        engine_changes.labels(change["from"], change["to"], change["reason"]).inc()
    if result.usage.get("ttft_ms"):
        ttft.labels(result.engine).observe(result.usage["ttft_ms"] / 1000)
        _tokens_per_s.labels(result.engine).observe(result.usage["tokens_per_s"])
    for stage, ms in result.timings_ms.items():
        _stage.labels(stage).observe(ms / 1000)


def count_recall(*, is_hit: bool) -> None:
    """A question was looked up among the kept answers. Any thread."""
    recalls.labels("hit" if is_hit else "miss").inc()


def count_follow_up(result: FollowUpResult) -> None:
    """A follow-up has come to its end. Any thread."""
    follow_up_endings.labels(result.state, result.engine).inc()
    if result.usage.get("ttft_ms"):
        ttft.labels(result.engine).observe(result.usage["ttft_ms"] / 1000)
