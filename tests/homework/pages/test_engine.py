"""The numbers of the engine: for Prometheus, and the panel."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from homework.accounts.models import User


def test_metrics_are_told_to_this_machine(client: Client, db: None) -> None:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert "homework_queue_depth 0.0" in response.content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.7"},
        {"HTTP_FORWARDED": "for=10.0.0.7"},
    ],
)
def test_metrics_are_not_told_to_others(client: Client, db: None, headers: Any) -> None:
    assert client.get("/metrics", **headers).status_code == 404


def test_behind_a_proxy_nobody_counts_as_this_machine(
    client: Client, db: None, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/metrics").status_code == 404


def test_a_token_opens_them_from_anywhere_and_nothing_else_does(
    client: Client, db: None, settings: Any
) -> None:
    settings.METRICS_TOKEN = "open sesame"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 404
    response = client.get(
        "/metrics", headers={"Authorization": "Bearer open sesame"}, REMOTE_ADDR="10.0.0.7"
    )
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/engine/", "/engine/numbers/"])
def test_the_panel_is_for_administrators(
    client: Client, alice: User, terry: User, admin: User, path: str
) -> None:
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 401
    for person, status in ((alice, 403), (terry, 403), (admin, 200)):
        client.force_login(person)
        assert client.get(path).status_code == status


def test_the_numbers_are_complete_where_nothing_runs(client: Client, admin: User) -> None:
    client.force_login(admin)
    numbers = client.get("/engine/numbers/").json()
    assert numbers["is_serving"] is False
    assert numbers["engines"] == []
    assert numbers["workers"] == {"active": 0, "all": 0}
    assert [bucket["le"] for bucket in numbers["ttft"]][-1:] in ([None], [])
