"""Calls that are sent again: they create nothing more."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from homework.accounts.models import User
from homework.api.models import IdempotentCall
from homework.solutions.models import Solution
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import make_people
from tests.homework.uploads import pictures

pytestmark = pytest.mark.django_db
URL = "/api/v1/solutions"
KEY = {"Idempotency-Key": "one-and-only"}
ASK = {"question": "1+1", "language": "en"}


def test_the_same_call_again_is_answered_as_before(api: Api) -> None:
    first = api.post(URL, ASK, **KEY)
    again = api.post(URL, dict(reversed(ASK.items())), **KEY)
    assert first.status_code == again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Solution.objects.count() == 1


def test_a_form_with_a_file_is_known_again(api: Api) -> None:
    def send() -> Any:
        file = SimpleUploadedFile("p.jpg", pictures.jpeg(), content_type="image/jpeg")
        return api.client.post(URL, {"image": file}, headers=api.headers | KEY)

    assert send().json() == send().json()
    assert Solution.objects.count() == 1


def test_another_body_or_address_with_the_same_key_is_refused(api: Api) -> None:
    api.post(URL, ASK, **KEY)
    for path, body in ((URL, ASK | {"language": "zh"}), (f"{URL}?wait=1", ASK)):
        refused = api.post(path, body, **KEY)
        assert refused.status_code == 422
        assert problem(refused)["code"] == "idempotency_key_reused"
    assert Solution.objects.count() == 1


def test_one_in_flight_is_a_conflict(api: Api) -> None:
    api.post(URL, ASK, **KEY)
    IdempotentCall.objects.update(status=None)
    refused = api.post(URL, ASK, **KEY)
    assert (refused.status_code, problem(refused)["code"]) == (409, "call_in_flight")
    assert refused.headers["Retry-After"] == "1"


def test_one_that_died_with_its_server_does_not_block_its_key(api: Api) -> None:
    api.post(URL, ASK, **KEY)
    IdempotentCall.objects.update(status=None, created_at=timezone.now() - timedelta(minutes=11))
    assert api.post(URL, ASK, **KEY).status_code == 202
    assert Solution.objects.count() == 2


def test_a_key_is_kept_for_a_day(api: Api) -> None:
    api.post(URL, ASK, **KEY)
    IdempotentCall.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert api.post(URL, ASK, **KEY).headers["Idempotency-Replayed"] == "true"
    IdempotentCall.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "Idempotency-Replayed" not in api.post(URL, ASK, **KEY).headers


def test_a_call_that_failed_leaves_its_key_free(api: Api) -> None:
    assert api.post(URL, {"question": ""}, **KEY).status_code == 422
    assert api.post(URL, ASK, **KEY).status_code == 202


def test_keys_are_each_person_s_own(api: Api, bob: User) -> None:
    api.post(URL, ASK, **KEY)
    assert "Idempotency-Replayed" not in api_of(bob).post(URL, ASK, **KEY).headers


@pytest.mark.parametrize("key", ["", " ", "with space", "x" * 256])
def test_what_is_no_key_is_refused(api: Api, key: str) -> None:
    response = api.post(URL, ASK, **{"Idempotency-Key": key})
    assert problem(response)["errors"][0]["field"] == "Idempotency-Key"


def test_a_stream_takes_none(api: Api) -> None:
    response = api.post(URL, ASK, **KEY, Accept="text/event-stream")
    assert response.status_code == 422
    assert not Solution.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_calls_at_once_one_creates() -> None:
    api = api_of(make_people().alice)
    barrier = threading.Barrier(4)
    statuses: list[int] = []

    def call() -> None:
        program = Api()
        program.headers = dict(api.headers)
        barrier.wait(30)
        try:
            statuses.append(program.post(URL, ASK, **KEY).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(statuses) <= {202, 409}
    assert 202 in statuses
    assert Solution.objects.count() == 1
