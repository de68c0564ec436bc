"""Which addresses a webhook may call: those of the public internet, and what the school allows.

Whoever registers an endpoint makes this server connect to an address of their choice. From inside
a school's network that could be its router, its printers or the metadata service of a cloud. So a
name is resolved once, all that it resolves to must be public, and the connection goes to that very
address: a name that resolves to something else a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Final

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from homework.access.networks import Address, is_within, parse_networks
from homework.common.errors import InvalidWebhookURLError
from homework.webhooks.models import URL_MAX_CHARACTERS

_IPV6_UNICAST = ipaddress.ip_network("2000::/3")
_NEVER: Final = parse_networks(
    [
        "192.0.0.0/24",  # special purposes, a cloud's metadata among them
        "192.88.99.0/24",
        "168.63.129.16",  # of a cloud's hosts, although public by its number
        "2001::/23",  # Teredo and its like, which carry another address within
        "2002::/16",  # 6to4, likewise
    ]
)


class NotAllowedError(Exception):
    """The address may not be called, or the name is nobody's: from outside the two look the same,
    or webhooks would tell what names there are inside."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect. `url` holds the very address, `host` and `name` are what was asked for."""

    url: httpx.URL
    host: str
    name: str


def require_callable(url: str) -> None:
    """Refuse what can be seen to be wrong when an endpoint is registered.

    Raises:
        InvalidWebhookURLError: No http(s) address, one with credentials or a fragment, http
            without a setting that allows it, or an address that is not public.
    """
    try:
        parsed = _parse(url)
    except ValueError:
        raise InvalidWebhookURLError from None
    try:
        address = ipaddress.ip_address(parsed.host)
    except ValueError:
        # A name: what it stands for is asked each time it is called.
        if parsed.scheme == "http" and not settings.WEBHOOK_NETWORKS:
            raise InvalidWebhookURLError(_("A webhook's address begins with https.")) from None
        return
    if not _is_allowed(address, parsed.scheme):
        raise InvalidWebhookURLError(_("A webhook cannot call this address."))


async def resolve(url: str) -> Target:
    """Find out where an endpoint is now.

    Raises:
        NotAllowedError: Nowhere, or somewhere that may not be called.
    """
    try:
        parsed = _parse(url)
        found = await asyncio.get_running_loop().getaddrinfo(
            parsed.raw_host, _port(parsed), type=socket.SOCK_STREAM
        )
        addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
    except (ValueError, OSError):
        raise NotAllowedError from None
    # One that is not allowed among others is a trick, not a mistake.
    if not addresses or not all(_is_allowed(address, parsed.scheme) for address in addresses):
        raise NotAllowedError
    return Target(
        url=parsed.copy_with(host=str(addresses[0])),
        host=parsed.netloc.decode("ascii"),
        name=parsed.raw_host.decode("ascii"),
    )


def _parse(url: str) -> httpx.URL:
    """A URL of the right shape.

    Raises:
        ValueError: Anything else.
    """
    if len(url) > URL_MAX_CHARACTERS or not url.isprintable() or " " in url or "\\" in url:
        raise ValueError(url)
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError(url) from None
    if (
        parsed.scheme not in {"http", "https"}
        or not parsed.host
        or parsed.userinfo
        or parsed.fragment
        # Below 1024 listens what was never meant to be spoken to by HTTP.
        or not (1024 <= _port(parsed) <= 65535 or _port(parsed) in {80, 443})
    ):
        raise ValueError(url)
    return parsed


def _port(url: httpx.URL) -> int:
    if url.port is not None:
        return url.port
    return 443 if url.scheme == "https" else 80


def _is_allowed(address: Address, scheme: str) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or address
    networks = parse_networks(settings.WEBHOOK_NETWORKS)
    if networks and is_within(mapped, networks):
        return True
    return scheme == "https" and is_public(mapped)


def is_public(address: Address) -> bool:
    """Whether anybody on the internet means the same machine by this address."""
    if is_within(address, _NEVER) or address.is_multicast or address.is_reserved:
        return False
    if address.version == 6 and address not in _IPV6_UNICAST:
        return False
    return address.is_global
