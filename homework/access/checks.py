"""Misconfigurations of who may come in.

| id | meaning |
|---|---|
| access.E001 | a limit that is no rate |
| access.E002 | an allowed network that is none |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from homework.access.limits import Rate
from homework.access.networks import parse_networks


@register(Tags.security)
def check_access(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Read rates and networks as they will be read later."""
    found: list[CheckMessage] = []
    for name, text in settings.API_RATES.items():
        try:
            Rate.parse(text)
        except ValueError:
            hint = f"Set HH_LIMIT_{name.upper()} like 600/m, 200/h or 50/10s, or empty."
            found.append(Error(f"{text!r} is no rate.", hint=hint, id="access.E001"))
    for text in settings.ALLOWED_NETWORKS:
        try:
            parse_networks([text])
        except ValueError:
            hint = "Write HH_ALLOWED_NETWORKS like 192.0.2.0/24,2001:db8::/32."
            found.append(Error(f"{text!r} is no network.", hint=hint, id="access.E002"))
    return found
