"""From where somebody comes, and whether that is allowed.

Behind proxies the address is what the outermost trusted one has seen: each appends to
`X-Forwarded-For` whom it talked to, so of n trusted proxies the n-th entry from the end counts.
Whatever stands before it the client may have made up.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of(request: HttpRequest) -> Address | None:
    """The address from which a request comes, or None where there is none (a unix socket)."""
    return _address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def address_of_scope(scope: dict[str, Any]) -> Address | None:
    """The address from which a socket comes."""
    peer = (scope.get("client") or ("",))[0]
    forwarded = [
        value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
    ]
    return _address(peer, ",".join(forwarded))


def _address(peer: str, forwarded: str) -> Address | None:
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    found = peer
    if proxies:
        seen = [part.strip() for part in forwarded.split(",") if part.strip()]
        # Fewer than there are proxies: one of them was passed by, and the peer is all there is.
        if len(seen) >= proxies:
            found = seen[-proxies]
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def neighbourhood(address: Address | None) -> str:
    """For whom an address is counted: in IPv6 one household has 2^64 addresses or more."""
    if address is None:
        return "-"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def parse_networks(texts: Iterable[str]) -> list[Network]:
    """Networks as `192.0.2.0/24` or `2001:db8::/32`, or single addresses.

    Raises:
        ValueError: Something else.
    """
    return [ipaddress.ip_network(text.strip()) for text in texts if text.strip()]


def is_within(address: Address | None, networks: Iterable[Network]) -> bool:
    """Whether the address is in one of the networks. No networks are no restriction."""
    listed = list(networks)
    if not listed:
        return True
    return address is not None and any(
        address in network for network in listed if network.version == address.version
    )


def server_networks() -> list[Network]:
    """Those of the whole server."""
    return parse_networks(settings.ALLOWED_NETWORKS)
