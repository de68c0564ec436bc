"""Batches and webhooks: each is its owner's alone, whoever teaches them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from homework.batches.models import Batch
from homework.batches.services import NewItem, batch_create
from homework.webhooks.models import Endpoint
from tests.homework.permissions.matrix import Row, World
from tests.homework.permissions.rows_api import NOTHING_SENT, OWN, SENT_AS_FORM

ONLY_HERS = {"alice": 200, "bob charlie terry dora tina ada": 404, "anonymous": 401}
ONLY_HERS_GONE = {"alice": 204, "bob charlie terry dora tina ada": 404, "anonymous": 401}


def batch_args(world: World) -> Sequence[Any]:
    """A batch of alice's."""
    found = Batch.objects.first() or batch_create(
        student=world.people.alice, language="en", items=[NewItem(question_text="1+1")]
    )
    return (found.pk,)


def webhook_args(world: World) -> Sequence[Any]:
    """A webhook of alice's."""
    return (
        Endpoint.objects.get_or_create(user=world.people.alice, url="https://x.example/")[0].pk,
    )


ROWS = [
    Row("api:batches", OWN),
    Row("api:batches", NOTHING_SENT, method="POST"),
    Row("api:batch", ONLY_HERS, args=batch_args),
    Row("api:batch_results", ONLY_HERS, args=batch_args),
    Row("api:batch_table", ONLY_HERS, args=batch_args),
    Row("api:batch_cancel", SENT_AS_FORM, method="POST", args=batch_args),
    Row("api:webhooks", OWN),
    Row("api:webhooks", SENT_AS_FORM, method="POST"),
    Row("api:webhook", ONLY_HERS, args=webhook_args),
    Row("api:webhook", ONLY_HERS_GONE, method="DELETE", args=webhook_args),
    Row("api:webhook_ping", SENT_AS_FORM, method="POST", args=webhook_args),
    Row("api:webhook_deliveries", ONLY_HERS, args=webhook_args),
]
