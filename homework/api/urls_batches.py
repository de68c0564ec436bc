"""Addresses of batches, and of webhooks that tell when one has ended."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from homework.api.views import batches, webhooks

_BATCH = "api/v1/batches/<uuid:batch_id>"
_WEBHOOK = "api/v1/webhooks/<uuid:webhook_id>"

patterns: list[URLPattern | URLResolver] = [
    path("api/v1/batches", batches.BatchesView.as_view(), name="batches"),
    path(_BATCH, batches.BatchView.as_view(), name="batch"),
    path(f"{_BATCH}/cancel", batches.BatchCancelView.as_view(), name="batch_cancel"),
    path(f"{_BATCH}/results", batches.BatchResultsView.as_view(), name="batch_results"),
    path(f"{_BATCH}/results.csv", batches.BatchTableView.as_view(), name="batch_table"),
    path("api/v1/webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
    path(_WEBHOOK, webhooks.WebhookView.as_view(), name="webhook"),
    path(f"{_WEBHOOK}/ping", webhooks.WebhookPingView.as_view(), name="webhook_ping"),
    path(
        f"{_WEBHOOK}/deliveries",
        webhooks.WebhookDeliveriesView.as_view(),
        name="webhook_deliveries",
    ),
]
