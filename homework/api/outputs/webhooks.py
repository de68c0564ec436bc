"""Webhooks."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.api.outputs.batches import BATCH_ID
from homework.webhooks.models import Delivery

_ID = "51f2a1de-6b39-4d6b-8a0a-5f3c5f1d2e77"
_DELIVERY_ID = "0d6f6a54-9b0c-4b5f-8b8e-1c7c3a0f9d21"
_WEBHOOK: dict[str, Any] = {
    "id": _ID,
    "url": f"/api/v1/webhooks/{_ID}",
    "target": "https://school.example/homework-hook",
    "created_at": "2026-03-01T12:00:00.000000Z",
}


class WebhookOutput(Output):
    """An address that is told when a batch of yours ends."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    target = serializers.CharField()
    created_at = serializers.DateTimeField()

    examples: ClassVar = {"a webhook": _WEBHOOK}


class NewWebhookOutput(WebhookOutput):
    """A webhook that was just registered."""

    secret = serializers.CharField(help_text="By which its calls are signed. Not shown again.")

    examples: ClassVar = {
        "registered": _WEBHOOK | {"secret": "whsec_3q2-7wEBAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs"}
    }


class DeliveryAttemptOutput(Output):
    """One call of an endpoint."""

    started_at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField(min_value=0)
    status = serializers.IntegerField(allow_null=True, help_text="Of the answer, if there was one.")
    error = serializers.CharField(
        allow_null=True,
        help_text="null for success; else `status`, `redirect`, `timeout`, `not_connected`, "
        "`tls_failed`, `broken_answer` or `address_not_allowed`.",
    )


class DeliveryOutput(Output):
    """Something that an endpoint is told."""

    id = serializers.UUIDField()
    event = serializers.CharField()
    state = serializers.ChoiceField(choices=Delivery.State.values)
    payload = serializers.JSONField(help_text="The body that is sent.")
    attempts = DeliveryAttemptOutput(many=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    examples: ClassVar = {
        "tried once": {
            "id": _DELIVERY_ID,
            "event": "batch.finished",
            "state": "pending",
            "payload": {
                "id": _DELIVERY_ID,
                "type": "batch.finished",
                "created_at": "2026-03-01T12:01:00.000000Z",
                "data": {
                    "batch_id": BATCH_ID,
                    "state": "finished",
                    "num_items": 30,
                    "counts": {
                        "queued": 0,
                        "running": 0,
                        "done": 28,
                        "failed": 1,
                        "refused": 1,
                        "cancelled": 0,
                    },
                },
            },
            "attempts": [
                {
                    "started_at": "2026-03-01T12:01:00.500000Z",
                    "duration_ms": 120,
                    "status": 503,
                    "error": "status",
                }
            ],
            "next_attempt_at": "2026-03-01T12:01:16.000000Z",
            "created_at": "2026-03-01T12:01:00.000000Z",
        }
    }
