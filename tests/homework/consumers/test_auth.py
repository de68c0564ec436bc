"""Origins, as the rule for them is written down. The real handshake is in `test_sockets.py`."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from homework.access.credentials import session_user
from homework.accounts.models import User
from homework.consumers.auth import origin_is_allowed, session_key_of
from tests.homework.people import People
from tests.live import sign_in


def scope(*origins: str, host: str = "school.example.org") -> dict[str, Any]:
    headers = [(b"host", host.encode("latin-1"))]
    return {"headers": headers + [(b"origin", origin.encode("latin-1")) for origin in origins]}


@pytest.fixture(autouse=True)
def _school(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["school.example.org", "[::1]", ".wild.example.org"]
    settings.WEBSOCKET_ORIGINS = ["https://pages.example.org"]
    settings.HTTPS = False


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://school.example.org", "school.example.org"),
        ("http://school.example.org", "school.example.org"),
        ("http://school.example.org:8000", "school.example.org:8000"),
        ("HTTPS://School.Example.Org", "school.example.org"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://a.wild.example.org", "a.wild.example.org"),
        ("https://pages.example.org", "school.example.org"),
    ],
)
def test_our_own_pages_and_listed_origins_are_allowed(origin: str, host: str) -> None:
    assert origin_is_allowed(scope(origin, host=host))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example.org", "school.example.org"),
        ("https://evil.example.org", "evil.example.org"),
        ("http://school.example.org:8001", "school.example.org:8000"),
        ("https://school.example.org.evil.example.org", "school.example.org"),
        ("https://school.example.org@evil.example.org", "school.example.org"),
        ("https://school.example.org/path", "school.example.org"),
        ("https://pages.example.org.evil.example.org", "school.example.org"),
        ("http://pages.example.org", "school.example.org"),
        ("file://school.example.org", "school.example.org"),
        ("school.example.org", "school.example.org"),
        ("null", "school.example.org"),
        ("", "school.example.org"),
        ("http://[", "school.example.org"),
        ("http://[::1", "[::1"),
    ],
)
def test_all_others_are_not(origin: str, host: str) -> None:
    assert not origin_is_allowed(scope(origin, host=host))


def test_none_or_two_origins_are_not_allowed() -> None:
    assert not origin_is_allowed(scope())
    assert not origin_is_allowed(scope("https://school.example.org", "https://evil.example.org"))


def test_a_site_with_https_takes_no_page_without(settings: Any) -> None:
    settings.HTTPS = True
    assert not origin_is_allowed(scope("http://school.example.org"))
    assert origin_is_allowed(scope("https://school.example.org"))


def test_the_session_is_found_among_other_cookies() -> None:
    assert session_key_of({"headers": [(b"cookie", b"a=1; sessionid=abc; b=2")]}) == "abc"
    assert session_key_of({"headers": [(b"cookie", b"csrftoken=abc")]}) == ""
    assert session_key_of({"headers": []}) == ""


class TestSession:
    def test_it_names_the_person(self, people: People) -> None:
        assert session_user(sign_in(people.alice)) == people.alice

    def test_a_changed_password_ends_it(self, people: People) -> None:
        key = sign_in(people.alice)
        people.alice.set_password("another one entirely")
        people.alice.save()
        assert session_user(key) is None

    def test_a_person_who_is_no_longer_active_has_none(self, people: People) -> None:
        key = sign_in(people.alice)
        User.objects.filter(pk=people.alice.pk).update(is_active=False)
        assert session_user(key) is None

    def test_an_empty_unknown_or_anonymous_one_names_nobody(self, people: People) -> None:
        anonymous = SessionStore()
        anonymous["cart"] = 1
        anonymous.save()
        assert anonymous.session_key is not None
        for key in ("", "unknown", anonymous.session_key):
            assert session_user(key) is None
