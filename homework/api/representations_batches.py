"""What the API says of batches and webhooks; see `representations`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from homework.accounts.models import User
from homework.api.representations import solution_json, time_json
from homework.batches.models import Batch
from homework.batches.refusals import refusal_message
from homework.batches.selectors import batch_state, counts_of, items_of
from homework.insight.csv_table import csv_bytes
from homework.pipeline.disclosure import FULL, may_search_answers
from homework.webhooks.models import Delivery, Endpoint

CSV_HEADER = (
    "index",
    "name",
    "state",
    "error",
    "question",
    "answer",
    "verdict",
    "text",
    "engine",
    "photo_id",
    "solution_id",
)


def webhook_json(endpoint: Endpoint) -> dict[str, Any]:
    """A webhook, without its secret."""
    return {
        "id": str(endpoint.pk),
        "url": reverse("api:webhook", args=[endpoint.pk]),
        "target": endpoint.url,
        "created_at": time_json(endpoint.created_at),
    }


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """What an endpoint is told, and what came of each attempt. Fetch these along."""
    is_pending = delivery.state == Delivery.State.PENDING
    return {
        "id": str(delivery.pk),
        "event": delivery.event,
        "state": delivery.state,
        "payload": json.loads(delivery.body),
        "attempts": [
            {
                "started_at": time_json(attempt.started_at),
                "duration_ms": attempt.duration_ms,
                "status": attempt.status,
                "error": attempt.error or None,
            }
            for attempt in delivery.attempts.all()
        ],
        "next_attempt_at": time_json(delivery.next_at) if is_pending else None,
        "created_at": time_json(delivery.created_at),
    }


def batches_json(batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """Batches with what has become of their items, whatever their number in one query."""
    listed = list(batches)
    counts = counts_of(listed)
    return [_batch_json(batch, counts[batch.pk]) for batch in listed]


def batch_json(batch: Batch) -> dict[str, Any]:
    """A batch, without its items."""
    return batches_json([batch])[0]


def _batch_json(batch: Batch, counts: dict[str, int]) -> dict[str, Any]:
    url = reverse("api:batch", args=[batch.pk])
    return {
        "id": str(batch.pk),
        "url": url,
        "results_url": f"{url}/results",
        "csv_url": f"{url}/results.csv",
        "state": batch_state(batch),
        "language": batch.language,
        "num_items": batch.num_items,
        "counts": counts,
        "created_at": time_json(batch.created_at),
        "started_at": time_json(batch.started_at),
        "finished_at": time_json(batch.finished_at),
        "expires_at": time_json(batch.expires_at),
    }


def results_json(batch: Batch, *, viewer: User) -> list[dict[str, Any]]:
    """What has become of each item so far, as far as `viewer` may see it."""
    # One question about policies instead of one for each row, where nothing is hidden.
    disclosure = FULL if may_search_answers(viewer=viewer) else None
    items = (
        items_of([batch])
        .select_related("solution__photo", "solution__student")
        .prefetch_related("solution__steps")
    )
    results = []
    for item in items:
        solution = item.solution
        code = item.error_code
        if item.shown_state == "failed":
            code = solution.error_code if solution else "not_found"
        results.append(
            {
                "index": item.index,
                "name": item.name,
                "question": item.question_text,
                "photo_id": None if item.photo_id is None else str(item.photo_id),
                "state": item.shown_state,
                "error": {"code": code, "message": refusal_message(code, get_language() or "en")}
                if code
                else None,
                "solution": None
                if solution is None
                else solution_json(solution, viewer=viewer, disclosure=disclosure),
            }
        )
    return results


def results_csv(batch: Batch, *, viewer: User) -> bytes:
    """The same as a table for spreadsheets, which takes no cell for a formula."""
    return csv_bytes(CSV_HEADER, (_csv_row(row) for row in results_json(batch, viewer=viewer)))


def _csv_row(result: dict[str, Any]) -> list[object]:
    solution = result["solution"] or {}
    reading = solution.get("reading") or {}
    answer = solution.get("answer") or {}
    return [
        result["index"],
        result["name"],
        result["state"],
        (result["error"] or {}).get("code", ""),
        result["question"] or reading.get("text", ""),
        answer.get("latex", ""),
        (answer.get("check") or {}).get("verdict", ""),
        solution.get("text", ""),
        solution.get("engine", ""),
        result["photo_id"] or "",
        solution.get("id", ""),
    ]
