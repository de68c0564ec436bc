"""Where a webhook may go: to the public internet, and nowhere inside unless the school says so."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any

import pytest

from homework.common.errors import InvalidWebhookURLError
from homework.webhooks.addresses import NotAllowedError, is_public, require_callable, resolve
from homework.webhooks.checks import check_webhooks

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "192.0.2.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["1.1.1.1", "9.9.9.9", "2606:4700:4700::1111", "::ffff:1.1.1.1"]


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    assert not is_public(getattr(parsed, "ipv4_mapped", None) or parsed)
    url = f"https://{literal(address)}/hook"
    with pytest.raises(InvalidWebhookURLError):
        require_callable(url)
    with pytest.raises(NotAllowedError):
        asyncio.run(resolve(url))


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_taken_and_connected_to_as_it_is(address: str) -> None:
    url = f"https://{literal(address)}:8443/hook?a=b"
    require_callable(url)
    target = asyncio.run(resolve(url))
    assert ipaddress.ip_address(target.url.host) == ipaddress.ip_address(address)
    assert (target.url.port, target.url.raw_path) == (8443, b"/hook?a=b")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "//example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://example.org/hook",
        "http://1.1.1.1/hook",
        "https://",
        "https:///hook",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://example.org:22/",
        "https://example.org:25/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org\\@127.0.0.1/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: inside",
        "https://example.org/\x00",
        "https://[::1/",
        "https://" + "a" * 600 + ".org/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidWebhookURLError):
        require_callable(url)
    with pytest.raises(NotAllowedError):
        asyncio.run(resolve(url))


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "127.1"])
def test_a_name_of_this_machine_is_refused_when_it_is_called(host: str) -> None:
    """A resolver takes numbers in forms that no parser of addresses does."""
    require_callable(f"https://{host}/")
    with pytest.raises(NotAllowedError):
        asyncio.run(resolve(f"https://{host}/"))


def test_one_address_inside_among_others_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["1.1.1.1", "10.0.0.1"]

    def resolver(host: Any, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, port)) for address in answers]

    monkeypatch.setattr("socket.getaddrinfo", resolver)
    with pytest.raises(NotAllowedError):
        asyncio.run(resolve("https://school.example/"))
    answers.pop()
    target = asyncio.run(resolve("https://school.example/"))
    assert (target.url.host, target.host, target.name) == (
        "1.1.1.1",
        "school.example",
        "school.example",
    )


def test_a_network_that_the_school_allows(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["10.1.2.0/24", "fd00:1::/32"]
    for url in ("http://10.1.2.3:8080/hook", "https://10.1.2.3/", "http://[fd00:1::1]/"):
        require_callable(url)
        asyncio.run(resolve(url))
    for url in ("http://10.1.3.3/", "https://10.1.3.3/", "http://1.1.1.1/", "https://127.0.0.1/"):
        with pytest.raises(InvalidWebhookURLError):
            require_callable(url)
    # A name may be one inside; where it leads is looked at when it is called.
    require_callable("http://lms.school.example/")
    with pytest.raises(NotAllowedError):
        asyncio.run(resolve("http://localhost/"))


def test_a_network_that_is_none_is_told_by_the_checks(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["10.1.2.0/24", "lms.school.example"]
    assert [found.id for found in check_webhooks(None)] == ["webhooks.E001"]
