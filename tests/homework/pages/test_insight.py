"""The pages of insight: numbers with their tables, the sheet of the week, the CSV file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from homework.accounts.models import AuditEvent
from homework.solutions.models import Solution
from tests.homework.insight.test_selectors import asked
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_terry(client: Client, people: People) -> Client:
    for number in range(6):
        asked(people.alice, reported="confused" if number < 3 else "")
    client.force_login(people.terry)
    return client


def classroom_id(people: People) -> int:
    return people.terry.classrooms.get().pk


def test_every_number_of_a_chart_stands_in_a_table(as_terry: Client) -> None:
    response = as_terry.get("/teach/insight/")

    page = response.content.decode()
    assert "Common denominator" in page
    assert "50 %" in page
    charts = response.context["charts"]
    assert sum(charts["days"]["series"][0]["values"]) == 6
    assert charts["stumbling"]["series"][0]["values"][0] == 50
    assert page.count("<canvas") == page.count('role="img" data-chart') == 3


@pytest.mark.parametrize("days", ["7", "28", "90", "", "8", "-1", "x", "999999999999"])
def test_any_period_that_is_none_is_the_usual_one(as_terry: Client, days: str) -> None:
    response = as_terry.get("/teach/insight/", {"days": days})

    assert response.context["num_days"] == (int(days) if days in {"7", "28", "90"} else 28)


@pytest.mark.parametrize("day", ["", "2026-13-01", "x", "0001-01-01", "9999-12-31", "2026-W05-1"])
def test_any_week_that_is_none_is_this_one(as_terry: Client, people: People, day: str) -> None:
    response = as_terry.get(f"/teach/insight/classes/{classroom_id(people)}/week/", {"day": day})

    first = response.context["period"].first
    assert first.weekday() == 0
    if day != "2026-W05-1":
        assert first <= timezone.localdate() < first + timedelta(days=7)


def test_the_sheet_names_who_may_need_help(as_terry: Client, people: People) -> None:
    Solution.objects.update(created_at=timezone.now())
    page = as_terry.get(f"/teach/insight/classes/{classroom_id(people)}/week/").content.decode()

    assert "stumbled in 3 of 6 questions" in page
    assert "1 of 2 students asked nothing." in page


def test_the_file_cannot_carry_a_formula(as_terry: Client, people: People) -> None:
    people.alice.first_name = '=HYPERLINK("http://evil.example.org")'
    people.alice.save()

    response = as_terry.get(f"/teach/insight/classes/{classroom_id(people)}/students.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][:2] == ["alice", "'" + people.alice.first_name]
    assert rows[1][3:] == ["6", "6", "3", "0", "3"]


def test_looking_at_one_student_is_recorded(as_terry: Client, people: People) -> None:
    as_terry.get(f"/teach/insight/students/{people.alice.pk}/")

    assert AuditEvent.objects.get().action == "student.viewed"


@pytest.mark.parametrize("num", [1, 20])
def test_the_number_of_queries_is_the_same_for_any_class(
    as_terry: Client, people: People, num: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(num):
        asked(people.bob)

    with django_assert_max_num_queries(22):
        as_terry.get(f"/teach/insight/classes/{classroom_id(people)}/")


def test_a_class_that_asked_nothing_says_so(client: Client, people: People) -> None:
    client.force_login(people.dora)

    assert "Nobody has asked anything" in client.get("/teach/insight/").content.decode()
