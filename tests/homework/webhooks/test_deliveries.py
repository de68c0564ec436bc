"""Telling endpoints: signed, again and again until it is heard, to nobody else and without end."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from homework.accounts.models import User
from homework.common.errors import InvalidInputError, NotFoundError
from homework.webhooks import sending
from homework.webhooks.models import Attempt, Delivery, Endpoint
from homework.webhooks.sending import deliver_due
from homework.webhooks.services import (
    MAX_ENDPOINTS,
    RETRY_AFTER_S,
    deliveries_claim,
    endpoint_create,
    endpoint_delete,
    event_announce,
)
from homework.webhooks.signing import secret_of
from tests.homework.people import People
from tests.homework.webhooks.receiver import Receiver, drip, flood, make_certificate, reply

pytestmark = pytest.mark.django_db
State = Delivery.State


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    receiver = Receiver()
    yield receiver
    receiver.close()


def announce(endpoint: Endpoint) -> Delivery:
    event_announce(endpoints=[endpoint], event="batch.finished", data={"batch": {"name": "七年级"}})
    return Delivery.objects.latest("created_at")


def deliver() -> None:
    deliver_due(threading.Event())


def make_due(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now())


class TestTelling:
    def test_what_is_put_down_is_sent_once_and_signed(
        self, alice: User, receiver: Receiver
    ) -> None:
        endpoint = endpoint_create(user=alice, url=receiver.url)
        secret = secret_of(endpoint.pk)
        delivery = announce(endpoint)
        deliver()
        deliver()
        (call,) = receiver.calls
        body = json.loads(call.body)
        assert body["id"] == str(delivery.pk) == call.headers["Homework-Delivery"]
        assert (body["type"], body["data"]) == ("batch.finished", {"batch": {"name": "七年级"}})
        assert call.headers["Homework-Event"] == "batch.finished"
        assert (call.path, call.headers["Host"]) == ("/hook?x=1", f"127.0.0.1:{receiver.port}")
        timestamp, signature = call.headers["Homework-Signature"].removeprefix("t=").split(",v1=")
        signed = timestamp.encode() + b"." + call.body
        assert signature == hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.num_attempts) == (State.DELIVERED, 1)
        assert [(one.status, one.error) for one in delivery.attempts.all()] == [(204, "")]

    def test_a_name_is_resolved_once_and_that_address_is_called(
        self, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A name that would resolve to something else a moment later changes nothing."""
        settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
        first, second = Receiver(host="127.0.0.2"), Receiver(host="127.0.0.3")
        answers = ["127.0.0.2", "127.0.0.3"]

        def resolver(host: Any, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            return [(2, 1, 6, "", (answers.pop(0), port))]

        monkeypatch.setattr("socket.getaddrinfo", resolver)
        url = f"http://school.example:{first.port}/hook"
        try:
            announce(endpoint_create(user=alice, url=url))
            deliver()
        finally:
            first.close()
            second.close()
        assert answers == ["127.0.0.3"]
        assert [call.headers["Host"] for call in first.calls] == [f"school.example:{first.port}"]
        assert second.calls == []

    def test_a_certificate_must_be_trusted_and_of_the_name(
        self, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
        context, certificate = make_certificate(tmp_path, "localhost")
        receiver = Receiver(context=context)
        outcomes = []
        try:
            for host, trusted in (
                ("localhost", ""),
                ("127.0.0.1", str(certificate)),
                ("localhost", str(certificate)),
            ):
                monkeypatch.setenv("SSL_CERT_FILE", trusted or "/dev/null")
                url = f"https://{host}:{receiver.port}/hook"
                delivery = announce(endpoint_create(user=alice, url=url))
                deliver()
                outcomes.append(delivery.attempts.get().error)
        finally:
            receiver.close()
        assert outcomes == ["tls_failed", "tls_failed", ""]
        assert len(receiver.calls) == 1

    def test_a_proxy_of_the_environment_is_not_asked(
        self, alice: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        announce(endpoint_create(user=alice, url=receiver.url))
        deliver()
        assert len(receiver.calls) == 1


class TestTrouble:
    @pytest.mark.parametrize(
        ("answer", "status", "error"),
        [
            (lambda handler: reply(handler, 500), 500, "status"),
            (lambda handler: reply(handler, 404), 404, "status"),
            (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), None, "broken_answer"),
            (lambda handler: None, None, "broken_answer"),
        ],
        ids=["500", "404", "nonsense", "nothing"],
    )
    def test_it_is_tried_again_later(
        self,
        alice: User,
        receiver: Receiver,
        answer: Callable[[Any], None],
        status: int | None,
        error: str,
    ) -> None:
        receiver.answer = answer
        delivery = announce(endpoint_create(user=alice, url=receiver.url))
        before = timezone.now()
        deliver()
        delivery.refresh_from_db()
        attempt = delivery.attempts.get()
        assert (attempt.status, attempt.error) == (status, error)
        assert delivery.state == State.PENDING
        wait_s = (delivery.next_at - before).total_seconds()
        assert 0.8 * RETRY_AFTER_S[0] <= wait_s <= 1.2 * RETRY_AFTER_S[0] + 20
        deliver()
        assert len(receiver.calls) == 1
        receiver.answer = lambda handler: reply(handler, 200)
        make_due(delivery)
        deliver()
        first, second = receiver.calls
        assert first.body == second.body
        delivery.refresh_from_db()
        assert (delivery.state, delivery.num_attempts) == (State.DELIVERED, 2)

    def test_a_redirect_is_not_followed(self, alice: User, receiver: Receiver) -> None:
        other = Receiver()
        receiver.answer = lambda handler: reply(handler, 307, Location=other.url)
        try:
            delivery = announce(endpoint_create(user=alice, url=receiver.url))
            deliver()
        finally:
            other.close()
        assert delivery.attempts.get().error == "redirect"
        assert (len(receiver.calls), other.calls) == (1, [])

    def test_a_redirect_to_no_address_ends_no_other_call(
        self, people: People, receiver: Receiver
    ) -> None:
        trap = Receiver()
        trap.answer = lambda handler: reply(handler, 302, Location="https://xn--a/")
        try:
            caught = announce(endpoint_create(user=people.alice, url=trap.url))
            other = announce(endpoint_create(user=people.bob, url=receiver.url))
            deliver()
        finally:
            trap.close()
        assert caught.attempts.get().error == "broken_answer"
        assert other.attempts.get().error == ""

    def test_the_pauses_grow_over_hours_and_then_it_is_given_up(
        self, alice: User, receiver: Receiver
    ) -> None:
        receiver.answer = lambda handler: reply(handler, 503)
        delivery = announce(endpoint_create(user=alice, url=receiver.url))
        pauses = []
        for _ in range(len(RETRY_AFTER_S) + 1):
            make_due(delivery)
            deliver()
            delivery.refresh_from_db()
            pauses.append((delivery.next_at - timezone.now()).total_seconds())
        assert (delivery.state, delivery.num_attempts) == (State.FAILED, 8)
        assert delivery.attempts.count() == 8
        assert pauses[:-1] == sorted(pauses[:-1])
        assert sum(pauses[:-1]) > 10 * 3600
        make_due(delivery)
        deliver()
        assert len(receiver.calls) == 8

    @pytest.mark.parametrize("kind", ["drip", "flood", "silence"])
    def test_an_answer_without_end_ends_the_attempt(
        self, alice: User, receiver: Receiver, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "TIMEOUT_S", 0.5)
        ended = threading.Event()
        receiver.answer = {
            "drip": lambda handler: drip(handler, ended),
            "flood": flood,
            "silence": lambda handler: ended.wait(30),
        }[kind]
        delivery = announce(endpoint_create(user=alice, url=receiver.url))
        deliver()
        ended.set()
        # Of a flood the head is all that is looked at.
        assert delivery.attempts.get().error == ("" if kind == "flood" else "timeout")

    def test_nobody_listens(self, alice: User, receiver: Receiver) -> None:
        receiver.close()
        delivery = announce(endpoint_create(user=alice, url=receiver.url))
        deliver()
        assert delivery.attempts.get().error == "not_connected"

    def test_an_address_that_was_allowed_once(
        self, alice: User, receiver: Receiver, settings: Any
    ) -> None:
        endpoint = endpoint_create(user=alice, url=receiver.url)
        settings.WEBHOOK_NETWORKS = []
        delivery = announce(endpoint)
        deliver()
        assert delivery.attempts.get().error == "address_not_allowed"
        assert receiver.calls == []


class TestClaims:
    def test_an_attempt_that_died_with_its_process_is_made_again(
        self, alice: User, receiver: Receiver
    ) -> None:
        delivery = announce(endpoint_create(user=alice, url=receiver.url))
        assert [one.pk for one in deliveries_claim(limit=10)] == [delivery.pk]
        assert deliveries_claim(limit=10) == []
        make_due(delivery)
        deliver()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.num_attempts) == (State.DELIVERED, 2)

    def test_one_person_is_called_once_at_a_time(self, people: People, receiver: Receiver) -> None:
        for person in (people.alice, people.alice, people.bob):
            announce(endpoint_create(user=person, url=receiver.url))
        whose = [delivery.endpoint.user for delivery in deliveries_claim(limit=10)]
        assert whose == [people.alice, people.bob]

    def test_who_has_put_down_very_much_keeps_nobody_waiting(
        self, people: People, receiver: Receiver
    ) -> None:
        endpoint = endpoint_create(user=people.alice, url=receiver.url)
        event_announce(endpoints=[endpoint] * 30, event="ping", data={})
        announce(endpoint_create(user=people.bob, url=receiver.url))
        whose = [delivery.endpoint.user for delivery in deliveries_claim(limit=2)]
        assert whose == [people.alice, people.bob]

    def test_a_person_who_may_not_sign_in_is_told_nothing(
        self, alice: User, receiver: Receiver
    ) -> None:
        announce(endpoint_create(user=alice, url=receiver.url))
        User.objects.update(is_active=False)
        deliver()
        assert receiver.calls == []

    def test_a_removed_endpoint_is_told_nothing_more(self, alice: User, receiver: Receiver) -> None:
        endpoint = endpoint_create(user=alice, url=receiver.url)

        def answer(handler: Any) -> None:
            reply(handler, 500)

        receiver.answer = answer
        announce(endpoint)
        claimed = deliveries_claim(limit=1)
        endpoint_delete(user=alice, endpoint_id=endpoint.pk)
        sending.delivery_note(
            delivery=claimed[0],
            outcome=sending.Outcome(started_at=timezone.now(), duration_ms=1, error="timeout"),
        )
        assert not Attempt.objects.exists()
        deliver()
        assert receiver.calls == []

    def test_what_is_old_is_forgotten(self, alice: User, receiver: Receiver) -> None:
        endpoint = endpoint_create(user=alice, url=receiver.url)
        old = announce(endpoint)
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=31))
        announce(endpoint)
        assert not Delivery.objects.filter(pk=old.pk).exists()


class TestEndpoints:
    def test_a_secret_is_each_endpoint_s_own_and_stands_nowhere(self, alice: User) -> None:
        first, second = (
            endpoint_create(user=alice, url="https://example.org/hook") for _ in range(2)
        )
        secret = secret_of(first.pk)
        assert secret != secret_of(second.pk)
        assert secret.startswith("whsec_") and len(secret) > 40
        assert secret not in str(Endpoint.objects.values())

    def test_there_are_ten_at_most_and_others_are_not_there(self, people: People) -> None:
        for _ in range(MAX_ENDPOINTS):
            endpoint = endpoint_create(user=people.alice, url="https://example.org/")
        with pytest.raises(InvalidInputError):
            endpoint_create(user=people.alice, url="https://example.org/")
        with pytest.raises(NotFoundError):
            endpoint_delete(user=people.bob, endpoint_id=endpoint.pk)
        endpoint_delete(user=people.alice, endpoint_id=endpoint.pk)
        endpoint_create(user=people.alice, url="https://example.org/")
