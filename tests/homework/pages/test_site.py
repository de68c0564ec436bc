"""The site as a whole: language, home screen, error pages, and what templates may not contain."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from homework.accounts.models import User

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.mark.django_db
def test_the_language_can_be_switched_and_is_remembered(as_alice: Client, alice: User) -> None:
    response = as_alice.post("/language/", {"language": "zh-hans", "next": "/solutions/"})
    alice.refresh_from_db()

    assert response["Location"] == "/solutions/"
    assert alice.locale == "zh-hans"
    assert '<html lang="zh-hans">' in as_alice.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["xx", "de", "de-aaaaaaaaaaaaaaaaaaaa", ""])
def test_a_language_that_is_not_there_changes_nothing(
    as_alice: Client, alice: User, code: str
) -> None:
    as_alice.post("/language/", {"language": code})
    alice.refresh_from_db()

    assert alice.locale == "en"


@pytest.mark.django_db
def test_the_switch_leads_to_no_other_site(as_alice: Client) -> None:
    response = as_alice.post("/language/", {"language": "en", "next": "https://evil.example/"})

    assert "evil" not in response["Location"]


def test_a_phone_may_put_it_on_the_home_screen(client: Client) -> None:
    response = client.get("/manifest.webmanifest")

    assert response["Content-Type"] == "application/manifest+json"
    assert response.json()["start_url"] == "/"


def test_a_bare_image_has_an_icon_too(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith(".svg")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "500"])
def test_error_pages_need_nothing_but_themselves(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert "<h1>" in page


@pytest.mark.django_db
def test_an_unknown_address_gets_our_page(client: Client) -> None:
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_failed_view_gets_our_page(client: Client, rf: RequestFactory) -> None:
    from django.views.defaults import server_error

    response = server_error(rf.get("/"))

    assert response.status_code == 500
    assert "Nothing that you handed in is lost" in response.content.decode()


def test_the_page_for_failures_does_not_fail_where_static_files_are_missing(
    rf: RequestFactory, settings: Any
) -> None:
    """Their hashed names are looked up in a file; while it is missing, every page is a failure."""
    from django.views.defaults import server_error

    backend = {"BACKEND": "homework.common.static.StaticStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}
    with pytest.raises(ValueError, match="manifest"):
        render_to_string("404.html")

    assert "/static/css/tokens.css" in server_error(rf.get("/")).content.decode()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_that_the_policy_refuses(path: Path) -> None:
    source = path.read_text()

    assert not re.search(r"\sstyle\s*=", source), "inline style"
    assert not re.search(r"<style", source), "inline style sheet"
    assert not re.search(r"\son\w+\s*=\s*[\"']", source), "inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "inline script"
    assert not re.search(r"(src|href|action)=\"(https?:)?//", source), "another host"
