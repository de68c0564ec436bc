"""Misconfigurations that `manage.py check`, and with it every start, tells of.

| id | meaning |
|---|---|
| homework.E001 | demo accounts with public passwords on a host that others reach |
| homework.E002 | the data directory cannot be written |
| homework.E003 | the site answers to every host, so its mails link wherever a request says |
| homework.W001 | passwords travel in clear text: a public host without HTTPS |
| homework.W002 | mails would link to this machine instead of the site's public address |
| homework.W003 | mails go to the log: nobody can reset a password or accept an invitation |
| homework.W004 | other accounts of this machine may read the data directory |
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


def is_local_host(host: str) -> bool:
    """Whether a value of ALLOWED_HOSTS can only mean this machine."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost") or name == "testserver":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@register(Tags.security)
def check_site(app_configs: Iterable[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Compare settings that are fine alone and dangerous together."""
    public = [host for host in settings.ALLOWED_HOSTS if not is_local_host(host)]
    found: list[CheckMessage] = []
    if not _is_writable(settings.DATA_DIR):
        found.append(
            Error(
                "The data directory cannot be written.",
                hint="Set HH_DATA_DIR to a directory that belongs to the server's user.",
                id="homework.E002",
            )
        )
    elif _is_open_to_others(settings.DATA_DIR):
        found.append(
            Warning(
                "Other accounts of this machine may read the data directory.",
                hint=f"It holds questions, photos and sessions: chmod 700 {settings.DATA_DIR}",
                id="homework.W004",
            )
        )
    if not public:
        return found
    if "*" in settings.ALLOWED_HOSTS:
        # Who asks for another's password reset under a host of their own would get the link.
        found.append(
            Error(
                "Links in mails lead to whatever host a request names.",
                hint="List the site's own hosts in HH_ALLOWED_HOSTS instead of *.",
                id="homework.E003",
            )
        )
    if settings.DEMO:
        found.append(
            Error(
                f"The demo accounts have public passwords, but others can reach {public[0]!r}.",
                hint="Unset HH_DEMO, or keep HH_ALLOWED_HOSTS to this machine.",
                id="homework.E001",
            )
        )
    if not settings.HTTPS:
        found.append(
            Warning(
                f"Passwords and photos travel in clear text to {public[0]!r}.",
                hint="Put a proxy with a certificate before the site and set HH_HTTPS=1.",
                id="homework.W001",
            )
        )
    if is_local_host(urlsplit(settings.SITE_URL).hostname or ""):
        found.append(
            Warning(
                "Links in invitations lead to this machine.",
                hint="Set HH_SITE_URL to the address under which people open the site.",
                id="homework.W002",
            )
        )
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        found.append(
            Warning(
                "Mails are written to the log, so nobody receives them.",
                hint="Set HH_EMAIL_URL, for example smtp+tls://user:password@mail.school:587.",
                id="homework.W003",
            )
        )
    return found


def _is_open_to_others(path: os.PathLike[str]) -> bool:
    return os.path.isdir(path) and bool(os.stat(path).st_mode & 0o007)


def _is_writable(path: os.PathLike[str]) -> bool:
    """Of a directory that is still to be made, its nearest parent counts."""
    current = os.path.abspath(path)
    while not os.path.exists(current):
        current = os.path.dirname(current)
    return os.path.isdir(current) and os.access(current, os.W_OK | os.X_OK)
