"""Webhooks: endpoints registered and removed, and what became of every call to them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
from homework.api.describing import Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import FieldsQuery, NothingInput, PageQuery, WebhookInput, body_of
from homework.api.outputs.webhooks import DeliveryOutput, NewWebhookOutput, WebhookOutput
from homework.api.pagination import page_response
from homework.api.representations import sparse
from homework.api.representations_batches import (
    delivery_json,
    webhook_json,
)
from homework.api.views.base import READ, READ_WRITE, ApiView
from homework.common.errors import InvalidInputError, InvalidWebhookURLError
from homework.webhooks.models import Delivery, Endpoint
from homework.webhooks.services import (
    endpoint_create,
    endpoint_delete,
    endpoint_get,
    event_announce,
)
from homework.webhooks.signing import secret_of


class WebhooksView(ApiView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"GET": PageQuery}

    @describe(Answer(200, "A page.", page_of(WebhookOutput)))
    def get(self, request: Request) -> Response:
        """List your webhooks, the newest first."""
        return page_response(
            request,
            Endpoint.objects.filter(user=self.caller),
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda endpoint: sparse(webhook_json(endpoint), self.query["fields"]),
        )

    @describe(
        Answer(201, "It was registered.", NewWebhookOutput, has_location=True),
        body=WebhookInput,
        errors=(InvalidWebhookURLError, InvalidInputError),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Register an address that is told when your batches end.

        The secret by which its calls are signed is in this answer alone.
        """
        endpoint = endpoint_create(user=self.caller, url=body_of(request, WebhookInput)["target"])
        body = webhook_json(endpoint)
        return Response(body, status=201, headers={"Location": body["url"]})

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Adds the secret: what is kept for an Idempotency-Key is the answer without it."""
        if response.status_code == 201:
            secret = secret_of(uuid.UUID(response.data["id"]))
            response.data = {**response.data, "secret": secret}
        return super().finalize_response(request, response, *args, **kwargs)


class WebhookView(ApiView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"GET": FieldsQuery}

    @describe(Answer(200, "The webhook.", WebhookOutput))
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Get a webhook."""
        endpoint = endpoint_get(user=self.caller, endpoint_id=webhook_id)
        return Response(sparse(webhook_json(endpoint), self.query["fields"]))

    @describe(Answer(204, "It is gone."))
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Remove a webhook.

        It is told nothing more, not even what waits.
        """
        endpoint_delete(user=self.caller, endpoint_id=webhook_id)
        return Response(status=204)


class WebhookPingView(ApiView):
    scopes: ClassVar = {"POST": Scope.WRITE}

    @describe(
        Answer(202, "It will be called in a moment.", DeliveryOutput, has_location=True),
        body=NothingInput,
    )
    @idempotent
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Have a webhook called with a `ping`, to try it."""
        body_of(request, NothingInput)
        self.count("batch")
        endpoint = endpoint_get(user=self.caller, endpoint_id=webhook_id)
        (delivery,) = event_announce(endpoints=[endpoint], event="ping", data={})
        return Response(
            delivery_json(delivery),
            status=202,
            headers={"Location": f"{webhook_json(endpoint)['url']}/deliveries"},
        )


class WebhookDeliveriesView(ApiView):
    scopes: ClassVar = READ
    queries: ClassVar = {"GET": PageQuery}

    @describe(Answer(200, "A page.", page_of(DeliveryOutput)))
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """List what a webhook was told in the last 30 days, with every attempt."""
        endpoint = endpoint_get(user=self.caller, endpoint_id=webhook_id)
        return page_response(
            request,
            Delivery.objects.filter(endpoint=endpoint).prefetch_related("attempts"),
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda delivery: sparse(delivery_json(delivery), self.query["fields"]),
        )
