"""Writing webhooks: endpoints registered and removed, events put down, attempts noted."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.errors import InvalidInputError, NotFoundError
from homework.webhooks.addresses import require_callable
from homework.webhooks.models import Attempt, Delivery, Endpoint

MAX_ENDPOINTS: Final = 10
KEPT: Final = timedelta(days=30)
RETRY_AFTER_S: Final = (15, 60, 300, 1800, 7200, 18_000, 36_000)
"""Seconds after each attempt that failed, give or take a fifth: eight attempts in 18 hours."""
_LEASE: Final = timedelta(minutes=1)
"""An attempt whose process died is made again after so long."""

_State = Delivery.State
_random = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt. `error` is empty for success, else a stable code."""

    started_at: datetime
    duration_ms: int
    status: int | None = None
    error: str = ""


def endpoint_create(*, user: User, url: str) -> Endpoint:
    """Register an address. Its secret is `signing.secret_of` it.

    Raises:
        InvalidWebhookURLError: It cannot be called.
        InvalidInputError: The person has 10 of them already.
    """
    require_callable(url)
    if Endpoint.objects.filter(user=user).count() >= MAX_ENDPOINTS:
        raise InvalidInputError(_("You have very many webhooks. Please remove some first."))
    return Endpoint.objects.create(user=user, url=url)


def endpoint_get(*, user: User, endpoint_id: uuid.UUID) -> Endpoint:
    """An endpoint of the person's own.

    Raises:
        NotFoundError: They have no such endpoint.
    """
    found = Endpoint.objects.filter(pk=endpoint_id, user=user).first()
    if found is None:
        raise NotFoundError
    return found


def endpoint_delete(*, user: User, endpoint_id: uuid.UUID) -> None:
    """Remove an endpoint, and with it all that it has not been told yet.

    Raises:
        NotFoundError: They have no such endpoint.
    """
    endpoint_get(user=user, endpoint_id=endpoint_id).delete()


def event_announce(
    *, endpoints: Sequence[Endpoint], event: str, data: dict[str, Any]
) -> list[Delivery]:
    """Put down that endpoints are to be told of an event. Call it in the transaction in which it
    happens; the serving process tells them afterwards, whatever comes between.

    Args:
        endpoints: Who.
        event: Its name, such as `batch.finished`.
        data: What is told. No content: an endpoint asks for that with a token.
    """
    now = timezone.now()
    Delivery.objects.filter(endpoint__in=endpoints, created_at__lt=now - KEPT).delete()
    deliveries = [Delivery(endpoint=endpoint, event=event, next_at=now) for endpoint in endpoints]
    for delivery in deliveries:
        content = {
            "id": str(delivery.pk),
            "type": event,
            "created_at": now.isoformat().replace("+00:00", "Z"),
            "data": data,
        }
        delivery.body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Delivery.objects.bulk_create(deliveries)


def deliveries_claim(*, limit: int) -> list[Delivery]:
    """Take what is due, at most one for each person, and count the attempt that now begins."""
    now = timezone.now()
    # Each person's first, however much one of them has put down before the others.
    due = (
        Delivery.objects.filter(
            state=_State.PENDING, next_at__lte=now, endpoint__user__is_active=True
        )
        .annotate(
            place=Window(RowNumber(), partition_by="endpoint__user", order_by=["next_at", "pk"])
        )
        .filter(place=1)
        .select_related("endpoint")
        .order_by("next_at", "pk")
    )
    claimed: list[Delivery] = []
    for delivery in due[:limit]:
        taken = Delivery.objects.filter(
            pk=delivery.pk, state=_State.PENDING, next_at=delivery.next_at
        ).update(next_at=now + _LEASE, num_attempts=delivery.num_attempts + 1)
        if taken:
            delivery.num_attempts += 1
            claimed.append(delivery)
    return claimed


def delivery_note(*, delivery: Delivery, outcome: Outcome) -> None:
    """Store what came of an attempt, and when there will be another."""
    values: dict[str, Any] = {}
    if not outcome.error:
        values = {"state": _State.DELIVERED}
    elif delivery.num_attempts > len(RETRY_AFTER_S):
        values = {"state": _State.FAILED}
    else:
        after_s = RETRY_AFTER_S[delivery.num_attempts - 1] * _random.uniform(0.8, 1.2)
        values = {"next_at": timezone.now() + timedelta(seconds=after_s)}
    with transaction.atomic():
        # The endpoint may have been removed meanwhile, and everything with it.
        held = Delivery.objects.filter(pk=delivery.pk, num_attempts=delivery.num_attempts)
        if held.update(**values):
            Attempt.objects.create(
                delivery_id=delivery.pk,
                started_at=outcome.started_at,
                duration_ms=outcome.duration_ms,
                status=outcome.status,
                error=outcome.error,
            )
