"""Settings that are dangerous together are told of at every start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from homework.common.checks import check_site, is_local_host


def ids() -> set[str | None]:
    return {message.id for message in check_site(None)}


@pytest.fixture(autouse=True)
def _sound(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    settings.DEMO = False
    settings.HTTPS = True
    settings.SITE_URL = "https://homework.school.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def test_a_site_on_this_machine_may_be_a_demo_without_anything(settings: Any) -> None:
    settings.DEMO = True
    settings.HTTPS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.SITE_URL = "http://127.0.0.1:8000"

    assert ids() == set()


@pytest.mark.parametrize("host", ["homework.school.example", ".school.example", "192.168.1.4"])
def test_a_demo_that_others_can_reach_does_not_start(settings: Any, host: str) -> None:
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", host]

    assert ids() == {"homework.E001"}


@pytest.mark.parametrize(
    ("name", "value", "id"),
    [
        ("HTTPS", False, "homework.W001"),
        ("SITE_URL", "http://127.0.0.1:8000", "homework.W002"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "homework.W003"),
    ],
)
def test_a_public_site_is_warned(settings: Any, name: str, value: object, id: str) -> None:
    settings.ALLOWED_HOSTS = ["homework.school.example"]
    setattr(settings, name, value)

    assert ids() == {id}


def test_a_site_that_answers_to_every_host_does_not_start(settings: Any) -> None:
    """Its mails for resetting a password would link to the host that an attacker names."""
    settings.ALLOWED_HOSTS = ["*"]

    assert ids() == {"homework.E003"}


def test_a_public_site_in_order_passes(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["homework.school.example"]

    assert ids() == set()


def test_a_data_directory_that_cannot_be_written_is_an_error(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"

    assert ids() == {"homework.E002"}


def test_a_data_directory_that_others_may_read_is_told_of(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)
    assert ids() == {"homework.W004"}

    tmp_path.chmod(0o700)
    assert ids() == set()


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("*", False),
        ("localhost.evil.example", False),
    ],
)
def test_only_this_machine_is_local(host: str, is_local: bool) -> None:
    assert is_local_host(host) is is_local
