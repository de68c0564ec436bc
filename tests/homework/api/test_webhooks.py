"""Webhooks by the API: registered with a secret that is shown once, pinged, looked after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from homework.access.models import Scope
from homework.accounts.models import User
from homework.api.models import IdempotentCall
from homework.webhooks.models import Endpoint
from homework.webhooks.sending import deliver_due
from homework.webhooks.signing import secret_of
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.webhooks.receiver import Receiver, reply

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks"
TARGET = {"target": "https://school.example/hook"}


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    receiver = Receiver()
    yield receiver
    receiver.close()


def test_the_secret_is_in_the_first_answer_alone(api: Api, alice: User) -> None:
    response = api.post(URL, TARGET)
    assert response.status_code == 201, response.content
    made = response.json()
    assert response.headers["Location"] == made["url"] == f"{URL}/{made['id']}"
    endpoint = Endpoint.objects.get()
    assert (endpoint.user, endpoint.url) == (alice, TARGET["target"])
    assert made.pop("secret") == secret_of(endpoint.pk)
    assert api.get(made["url"]).json() == made
    assert api.get(URL).json() == {"data": [made], "next": None}
    assert api.get(f"{URL}?fields=target").json()["data"] == [{"id": made["id"], **TARGET}]


def test_the_same_call_again_has_the_same_secret_and_nothing_keeps_it(api: Api) -> None:
    first = api.post(URL, TARGET, **{"Idempotency-Key": "k"})
    again = api.post(URL, TARGET, **{"Idempotency-Key": "k"})
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Endpoint.objects.count() == 1
    assert first.json()["secret"] not in str(IdempotentCall.objects.values())


def test_a_removed_one_is_gone(api: Api) -> None:
    url = api.post(URL, TARGET).json()["url"]
    assert api("DELETE", url).status_code == 204
    assert problem(api.get(url))["code"] == "not_found"
    assert problem(api("DELETE", url))["code"] == "not_found"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "validation_failed"),
        ({"target": 5}, "validation_failed"),
        ({"target": ""}, "validation_failed"),
        ({"target": "https://x.example/" + "x" * 500}, "validation_failed"),
        (TARGET | {"secret": "mine"}, "validation_failed"),
        ({"target": "http://school.example/hook"}, "invalid_webhook_url"),
        ({"target": "https://127.0.0.1/hook"}, "invalid_webhook_url"),
        ({"target": "https://169.254.169.254/latest"}, "invalid_webhook_url"),
        ({"target": "https://[::1]/"}, "invalid_webhook_url"),
        ({"target": "javascript:alert(1)"}, "invalid_webhook_url"),
    ],
)
def test_what_cannot_be_called_is_refused(api: Api, body: Any, code: str) -> None:
    response = api.post(URL, body)
    assert (response.status_code, problem(response)["code"]) == (422, code)
    assert not Endpoint.objects.exists()


def test_scopes(alice: User) -> None:
    reads, writes = api_of(alice, Scope.READ), api_of(alice, Scope.WRITE)
    assert problem(reads.post(URL, TARGET))["missing_scope"] == Scope.WRITE
    url = writes.post(URL, TARGET).json()["url"]
    assert reads("DELETE", url).status_code == 403
    assert reads.post(f"{url}/ping", {}).status_code == 403
    assert writes.get(url).status_code == 403


def test_a_ping_is_delivered_and_every_attempt_is_told(api: Api, receiver: Receiver) -> None:
    receiver.answer = lambda handler: reply(handler, 500)
    url = api.post(URL, {"target": receiver.url}).json()["url"]
    pinged = api.post(f"{url}/ping", {})
    assert pinged.status_code == 202
    waiting = pinged.json()
    assert (waiting["event"], waiting["state"], waiting["attempts"]) == ("ping", "pending", [])
    deliver_due(threading.Event())
    (told,) = api.get(pinged.headers["Location"]).json()["data"]
    assert told["payload"] == waiting["payload"]
    assert told["payload"]["id"] == told["id"]
    assert told["state"] == "pending" and told["next_attempt_at"] > waiting["next_attempt_at"]
    (attempt,) = told["attempts"]
    assert (attempt["status"], attempt["error"]) == (500, "status")
    assert attempt["started_at"].endswith("Z")
    assert len(receiver.calls) == 1


def test_pings_are_counted(api: Api, settings: Any) -> None:
    settings.API_RATES = settings.API_RATES | {"batch": "1/h"}
    url = api.post(URL, TARGET).json()["url"]
    assert api.post(f"{url}/ping", {}).status_code == 202
    assert problem(api.post(f"{url}/ping", {}))["limit"] == "batch"
