"""What the API says of things: one function for each kind, whatever call answers with it.

Times are UTC with a Z, ids are UUIDs, addresses are paths on this host.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse

from homework.access.credentials import Credential
from homework.access.limits import Rate
from homework.access.models import ApiToken, DailyUse
from homework.accounts.models import User
from homework.common.errors import ValidationFailedError
from homework.pipeline.disclosure import Disclosure, disclosed_snapshot, disclosure_for
from homework.pipeline.following import live_snapshot
from homework.policy.models import OwnAttempt
from homework.review.models import Report
from homework.solutions.models import FollowUp, Solution
from homework.uploads.models import Photo

FOLLOW_UP_FIELDS = (
    "state",
    "attempt",
    "language",
    "text",
    "engine",
    "finish_reason",
    "error",
)
"""Those of its snapshot."""


def time_json(moment: datetime | None) -> str | None:
    """As `2026-03-01T12:00:00.123456Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def solution_json(
    solution: Solution, *, viewer: User, disclosure: Disclosure | None = None
) -> dict[str, Any]:
    """A solution as it stands this moment, as far as `viewer` may see it. Fetch its steps along."""
    snapshot = disclosed_snapshot(
        live_snapshot(solution), disclosure or disclosure_for(viewer=viewer, solution=solution)
    )
    url = reverse("api:solution", args=[solution.pk])
    return {
        "id": str(solution.pk),
        "url": url,
        "events_url": f"{url}/events",
        "question": solution.question_text,
        "photo_id": None if solution.photo_id is None else str(solution.photo_id),
        "corrects_id": None if solution.corrects_id is None else str(solution.corrects_id),
        "created_at": time_json(solution.created_at),
        "started_at": time_json(solution.started_at),
        "finished_at": time_json(solution.finished_at),
        "usage": snapshot["usage"] or None,
        "policy": snapshot.get("policy"),
        **{
            name: snapshot[name]
            for name in (
                "state",
                "attempt",
                "language",
                "reading",
                "text",
                "steps",
                "answer",
                "engine",
                "finish_reason",
                "error",
            )
        },
    }


def follow_up_json(
    follow_up: FollowUp, *, viewer: User, disclosure: Disclosure | None = None
) -> dict[str, Any]:
    """A follow-up as it stands this moment, as far as `viewer` may see it. Fetch its solution
    along."""
    solution = follow_up.solution
    snapshot = disclosed_snapshot(
        live_snapshot(follow_up), disclosure or disclosure_for(viewer=viewer, solution=solution)
    )
    url = reverse("api:follow_up", args=[solution.pk, follow_up.pk])
    return {
        "id": str(follow_up.pk),
        "url": url,
        "events_url": f"{url}/events",
        "solution_id": str(solution.pk),
        "number": follow_up.number,
        "question": follow_up.question,
        **{name: snapshot[name] for name in FOLLOW_UP_FIELDS},
        "hidden": bool(snapshot.get("hidden")),
        "usage": snapshot["usage"] or None,
        "created_at": time_json(follow_up.created_at),
        "started_at": time_json(follow_up.started_at),
        "finished_at": time_json(follow_up.finished_at),
    }


def report_json(report: Report) -> dict[str, Any]:
    """What a student has told the teachers of a solution."""
    return {
        "solution_id": str(report.solution_id),
        "kind": report.kind,
        "comment": report.comment,
        "updated_at": time_json(report.updated_at),
    }


def attempt_json(attempt: OwnAttempt) -> dict[str, Any]:
    """An answer of the student's own. Without the numbers that prove what the checker says: they
    can be the solution that is missing."""
    return {
        "id": attempt.pk,
        "answer": attempt.text,
        "verdict": attempt.verdict,
        "reason": attempt.check_result["reason"],
        "counts": attempt.counts,
        "created_at": time_json(attempt.created_at),
    }


def photo_json(photo: Photo) -> dict[str, Any]:
    """A photo; its image is behind `image_url`."""
    url = reverse("api:photo", args=[photo.pk])
    return {
        "id": str(photo.pk),
        "url": url,
        "image_url": f"{url}/image",
        "thumbnail_url": f"{url}/thumbnail",
        "width": photo.width,
        "height": photo.height,
        "size_bytes": photo.size_bytes,
        "sha256": photo.sha256,
        "quality": {
            "is_good": photo.quality["is_good"],
            "issues": [
                issue if isinstance(issue, str) else issue["code"]
                for issue in photo.quality["issues"]
            ],
        },
        "created_at": time_json(photo.created_at),
    }


def person_json(user: User, credential: Credential) -> dict[str, Any]:
    """Who calls, and what their credential allows."""
    token = ApiToken.objects.filter(pk=credential.token_id).first() if credential.token_id else None
    return {
        "username": user.username,
        "role": user.role,
        "locale": user.locale,
        "school": None if user.school is None else user.school.name,
        "credential": {
            "kind": credential.kind,
            "scopes": sorted(credential.scopes),
            "name": token.name if token else None,
            "expires_at": time_json(token.expires_at) if token else None,
        },
    }


def usage_json(user: User) -> dict[str, Any]:
    """The limits that hold for a person, and what they have used."""
    since = datetime.now(UTC).date() - timedelta(days=30)
    days = (
        DailyUse.objects.filter(user=user, day__gt=since)
        .values("day")
        .annotate(calls=Sum("num_calls"), errors=Sum("num_errors"))
        .order_by("-day")
    )
    rates = {name: Rate.parse(text) for name, text in settings.API_RATES.items()}
    return {
        "batches": {
            "max_items": settings.BATCH_MAX_ITEMS,
            "max_bytes": settings.BATCH_MAX_BYTES,
            "max_open": settings.BATCH_MAX_OPEN,
            "max_hours": settings.BATCH_MAX_HOURS,
        },
        "limits": [
            {"name": name, "limit": rate.limit, "window_s": rate.window_s}
            for name, rate in rates.items()
            if rate is not None
        ],
        "days": [
            {"day": row["day"].isoformat(), "calls": row["calls"], "errors": row["errors"]}
            for row in days
        ],
    }


def require_fields(fields: str, known: Iterable[str]) -> None:
    """Refuse a list of fields that names another.

    Raises:
        ValidationFailedError: One that is none.
    """
    if unknown := sorted(set(fields.split(",")) - set(known)):
        raise ValidationFailedError(
            None,
            errors=[
                {"field": "fields", "code": "unknown", "message": f"There is no field {name[:40]}."}
                for name in unknown[:5]
            ],
        )


def sparse(value: dict[str, Any], fields: str) -> dict[str, Any]:
    """Only the fields that were asked for, `id` always among them; all if none were."""
    names = fields.split(",") if fields else []
    return {name: value[name] for name in value if name in names or name == "id" or not names}
