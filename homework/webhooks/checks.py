"""Misconfigurations of webhooks.

| id | meaning |
|---|---|
| webhooks.E001 | a network into which webhooks may go that is none |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from homework.access.networks import parse_networks


@register(Tags.security)
def check_webhooks(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Read the networks as they will be read later."""
    found: list[CheckMessage] = []
    for text in settings.WEBHOOK_NETWORKS:
        try:
            parse_networks([text])
        except ValueError:
            hint = "Write HH_WEBHOOK_NETWORKS like 10.1.2.0/24,fd00:1234::/48."
            found.append(Error(f"{text!r} is no network.", hint=hint, id="webhooks.E001"))
    return found
