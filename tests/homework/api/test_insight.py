"""Numbers of classes by programs: those of the pages, and none of anybody else's students."""

from __future__ import annotations

import csv
import io

import pytest

from homework.accounts.audit import AuditAction
from homework.accounts.models import AuditEvent
from homework.solutions.models import Solution
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People
from tests.homework.review.conftest import open_solution

pytestmark = pytest.mark.django_db


@pytest.fixture
def terrys(people: People) -> Api:
    for student, fields in (
        (people.alice, {}),
        (people.alice, {"verdict": "failed", "reported": "confused"}),
        (people.bob, {"topic": "fractions"}),
        (people.charlie, {}),
    ):
        open_solution(student, **fields)
    return api_of(people.terry)


def class_url(people: People) -> str:
    return f"/api/v1/classes/{people.terry.classrooms.get().pk}/insight"


def test_the_numbers_of_a_class(terrys: Api, people: People) -> None:
    found = terrys.get(class_url(people)).json()
    assert found["total"] == {
        "questions": 3,
        "verified": 2,
        "reported": 1,
        "reviewed": 0,
        "stumbled": 2,
    }
    assert len(found["days"]) == 28
    assert found["days"][-1]["questions"] == 3
    assert {row["topic"] for row in found["topics"]} == {"linear_equations", "fractions"}
    assert [row["username"] for row in found["students"]] == ["alice", "bob"]


def test_the_numbers_of_all_classes_and_of_a_student(terrys: Api, people: People) -> None:
    assert terrys.get("/api/v1/insight").json()["total"]["questions"] == 3
    url = f"/api/v1/students/{people.alice.pk}/insight"
    assert terrys.get(f"{url}?days=7&fields=total").json() == {
        "id": f"student-{people.alice.pk}",
        "total": terrys.get(f"{url}?days=90").json()["total"],
    }
    event = AuditEvent.objects.get()
    assert (event.action, event.target_name) == (AuditAction.STUDENT_VIEWED, "alice")


def test_a_week(terrys: Api, people: People) -> None:
    day = Solution.objects.latest("created_at").created_at.date()
    found = terrys.get(f"{class_url(people)}?week={day}").json()
    assert len(found["days"]) == 7
    assert found["total"]["questions"] == 3
    assert terrys.get(f"{class_url(people)}?week=2001-05-05").json()["first_day"] == "2001-04-30"


def test_the_students_as_a_table(terrys: Api, people: People) -> None:
    url = f"{class_url(people)}/students.csv"
    response = terrys.get(url)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "insight-7a-" in response.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Username"
    assert [row[0] for row in rows[1:]] == ["alice", "bob"]
    assert terrys.get(url, **{"If-None-Match": response.headers["ETag"]}).status_code == 304
    chinese = terrys.get(url, **{"Accept-Language": "zh-Hans"})
    assert chinese.content.decode("utf-8-sig").startswith("用户名")


@pytest.mark.parametrize(
    "query", ["days=1", "days=x", "week=x", "week=9999-12-31", "days=7&week=2026-01-01", "day=1"]
)
def test_nonsense_is_refused(terrys: Api, people: People, query: str) -> None:
    assert problem(terrys.get(f"{class_url(people)}?{query}"))["code"] == "validation_failed"
