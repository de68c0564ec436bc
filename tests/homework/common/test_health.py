from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError
from django.test import Client

from homework.common import health


@pytest.fixture(autouse=True)
def _nothing_watched() -> Iterator[None]:
    health.unwatch()
    yield
    health.unwatch()


def watch_all_well() -> None:
    health.watch(engine=lambda: True, queue=lambda: True, not_draining=lambda: True)


def test_a_process_that_answers_is_alive(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_it_is_ready_when_every_part_is(client: Client, db: None) -> None:
    watch_all_well()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "parts": {"database": True, "engine": True, "queue": True, "not_draining": True},
        "engines": {},
    }


def test_an_engine_that_is_not_there_yet_degrades_a_process_that_answers(
    client: Client, db: None
) -> None:
    health.watch(
        engines=lambda: {"local": "loading", "rules": "ready"},
        engine=lambda: True,
        queue=lambda: True,
        not_draining=lambda: True,
    )
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["engines"] == {"local": "loading", "rules": "ready"}


@pytest.mark.parametrize("part", health.PARTS)
def test_one_missing_part_makes_it_not_ready(client: Client, db: None, part: str) -> None:
    watch_all_well()
    health.watch(**{part: lambda: False})
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [name for name, is_well in response.json()["parts"].items() if not is_well] == [part]


def test_a_process_without_an_engine_is_never_ready(client: Client, db: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"] == {
        "database": True,
        "engine": False,
        "queue": False,
        "not_draining": False,
    }


def test_a_probe_that_fails_counts_as_a_missing_part(client: Client, db: None) -> None:
    watch_all_well()

    def probe() -> bool:
        raise RuntimeError("gone")

    health.watch(engine=probe)
    assert client.get("/readyz").json()["parts"]["engine"] is False


def test_a_database_that_is_away_is_said(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_all_well()

    def cursor() -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as patched:
        patched.setattr(health.connection, "cursor", cursor)
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] is False


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(client: Client, db: None, path: str) -> None:
    assert client.post(path).status_code == 405


def test_unknown_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        health.watch(weather=lambda: True)
