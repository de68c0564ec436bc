"""Rules of classes by programs."""

from __future__ import annotations

from typing import Any

import pytest

from homework.accounts.audit import AuditAction
from homework.accounts.models import AuditEvent
from homework.policy.models import Mode, PolicyWindow
from homework.policy.selectors import policy_of_student
from homework.policy.services import MAX_WINDOWS
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People

pytestmark = pytest.mark.django_db
TIMES = {"starts_at": "2000-01-01T00:00:00Z", "ends_at": "2000-06-01T00:00:00Z"}


@pytest.fixture
def terrys(people: People) -> Api:
    return api_of(people.terry)


@pytest.fixture
def url(people: People) -> str:
    return f"/api/v1/classes/{people.terry.classrooms.get().pk}/policy"


def soon(**fields: Any) -> dict[str, Any]:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    times = {"starts_at": now - timedelta(minutes=1), "ends_at": now + timedelta(hours=1)}
    return {"mode": "closed"} | {name: each.isoformat() for name, each in times.items()} | fields


def test_the_rule_is_set_and_holds(terrys: Api, people: People, url: str) -> None:
    assert terrys.get(url).json() == {"mode": "full", "windows": []}
    assert terrys("PUT", url, {"mode": "hints_only"}).json()["mode"] == "hints_only"
    assert policy_of_student(student=people.alice).mode is Mode.HINTS_ONLY
    assert AuditEvent.objects.get().action == AuditAction.POLICY_CHANGED


def test_a_student_s_program_gets_what_the_rule_allows(
    terrys: Api, people: People, url: str, solution: Any
) -> None:
    api = api_of(people.alice)
    assert api.get(f"/api/v1/solutions/{solution.pk}").json()["answer"] is not None
    terrys.post(f"{url}/windows", soon())
    assert api.get(f"/api/v1/solutions/{solution.pk}").json()["answer"] is None


def test_a_time_is_added_and_deleted(terrys: Api, people: People, url: str) -> None:
    response = terrys.post(f"{url}/windows", soon(time_zone="Asia/Shanghai"))
    made = response.json()
    assert (response.status_code, made["is_on"], made["time_zone"]) == (201, True, "Asia/Shanghai")
    assert made["starts_at"].endswith("Z")
    assert terrys.get(url).json()["windows"] == [made]
    assert terrys.get(made["url"]).json() == made
    assert policy_of_student(student=people.alice).mode is Mode.CLOSED
    assert terrys("DELETE", made["url"]).status_code == 204
    assert problem(terrys("DELETE", made["url"]))["code"] == "not_found"
    assert policy_of_student(student=people.alice).mode is Mode.FULL


def test_sent_again_a_time_is_added_once(terrys: Api, url: str) -> None:
    body, key = soon(), {"Idempotency-Key": "k"}
    first = terrys.post(f"{url}/windows", body, **key)
    again = terrys.post(f"{url}/windows", body, **key)
    assert first.json() == again.json()
    assert again.headers["Location"] == first.json()["url"]
    assert PolicyWindow.objects.count() == 1


def test_the_later_of_two_is_told(terrys: Api, url: str) -> None:
    seen = terrys.get(url).headers["ETag"]
    terrys("PUT", url, {"mode": "closed"})
    refused = terrys("PUT", url, {"mode": "full"}, **{"If-Match": seen})
    assert (refused.status_code, problem(refused)["code"]) == (412, "precondition_failed")
    assert terrys.get(url).json()["mode"] == "closed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "open"},
        {"mode": 1},
        {"mode": "full", "until": None},
    ],
)
def test_a_rule_makes_sense(terrys: Api, url: str, body: Any) -> None:
    assert problem(terrys("PUT", url, body))["code"] == "validation_failed"


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "x"},
        {"time_zone": "Mars/Base"},
        {"time_zone": "../../etc/passwd"},
        {"starts_at": "2026-03-01T12:00"},  # where?
        {"starts_at": "2026-03-01"},
        {"starts_at": 5},
        {"ends_at": "9999-12-31T23:59:59-14:00"},
        {"starts_at": "0001-01-01T00:00:00+14:00"},
        {"starts_at": "9999-12-31T00:00:00Z", "ends_at": "9999-12-31T23:00:00Z"},
        TIMES,
        {"starts_at": TIMES["starts_at"]},
    ],
)
def test_a_time_makes_sense(terrys: Api, url: str, fields: dict[str, Any]) -> None:
    refused = terrys.post(f"{url}/windows", soon(**fields))
    assert refused.status_code == 422
    assert problem(refused)["code"] in {"validation_failed", "invalid_input"}
    assert not PolicyWindow.objects.exists()


def test_there_are_only_so_many_times(terrys: Api, url: str) -> None:
    terrys.post(f"{url}/windows", soon())
    window = PolicyWindow.objects.get()
    PolicyWindow.objects.bulk_create(
        PolicyWindow(
            classroom=window.classroom,
            mode=window.mode,
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            time_zone="UTC",
        )
        for _ in range(MAX_WINDOWS - 1)
    )
    assert problem(terrys.post(f"{url}/windows", soon()))["code"] == "invalid_input"
