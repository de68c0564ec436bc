"""What a school uses and may use, as its administrator sees and sets it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from homework.access.models import DailyUse, SchoolAccess
from homework.access.schools import questions_today
from homework.access.services import token_create
from homework.accounts.audit import AuditAction
from homework.accounts.models import AuditEvent, School, User
from homework.common.errors import QuotaUsedUpError
from homework.pipeline.services import solution_submit
from homework.solutions.models import Solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(people: People) -> School:
    assert people.ada.school is not None
    return people.ada.school


@pytest.fixture
def as_ada(client: Client, people: People) -> Client:
    client.force_login(people.ada)
    return client


@pytest.fixture
def url(school: School) -> str:
    return f"/schools/{school.pk}/usage/"


def use(user: User, *, calls: int, errors: int = 0, days_ago: int = 0, name: str = "") -> None:
    token = None
    if name:
        token = user.api_tokens.filter(name=name).first()
        token = token or token_create(user=user, name=name, scopes=["solutions:read"], days=1)[0]
    DailyUse.objects.create(
        user=user,
        token=token,
        day=datetime.now(UTC).date() - timedelta(days=days_ago),
        num_calls=calls,
        num_errors=errors,
    )


def rows(page: str, table: int) -> list[list[str]]:
    body = re.findall(r"<tbody>(.*?)</tbody>", page, re.S)[table]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


class TestQuota:
    def test_it_is_set_and_holds(
        self, as_ada: Client, people: People, school: School, url: str
    ) -> None:
        assert as_ada.post(url, {"questions_per_day": "1"})["Location"] == url
        solution_submit(student=people.alice, question_text="1+1")
        with pytest.raises(QuotaUsedUpError):
            solution_submit(student=people.bob, question_text="1+1")
        page = as_ada.get(url).content.decode()
        assert "<strong>1</strong> of 1" in page
        assert "used up" in page
        event = AuditEvent.objects.get()
        assert event.action == AuditAction.SCHOOL_QUOTA_CHANGED
        assert (event.actor_name, event.detail) == ("ada", {"from": None, "to": 1})
        assert (
            "changed how many questions"
            in as_ada.get(f"/schools/{school.pk}/log/").content.decode()
        )

    def test_one_that_is_set_at_noon_knows_of_the_morning(
        self, as_ada: Client, people: People, school: School, url: str
    ) -> None:
        for _ in range(2):
            solution_submit(student=people.alice, question_text="1+1")
        assert questions_today(school=school) == 2
        assert "<strong>2</strong>, without a limit" in as_ada.get(url).content.decode()
        as_ada.post(url, {"questions_per_day": "2"})
        with pytest.raises(QuotaUsedUpError):
            solution_submit(student=people.alice, question_text="1+1")

    def test_it_is_lifted_again(
        self, as_ada: Client, people: People, school: School, url: str
    ) -> None:
        SchoolAccess.objects.create(school=school, questions_per_day=0, networks=["127.0.0.0/8"])
        with pytest.raises(QuotaUsedUpError):
            solution_submit(student=people.alice, question_text="1+1")
        as_ada.post(url, {"questions_per_day": ""})
        solution_submit(student=people.alice, question_text="1+1")
        assert SchoolAccess.objects.get().networks == ["127.0.0.0/8"], "another matter"

    def test_the_same_again_is_no_event(self, as_ada: Client, url: str) -> None:
        for _ in range(2):
            as_ada.post(url, {"questions_per_day": "7"})
        assert AuditEvent.objects.count() == 1

    @pytest.mark.parametrize("number", ["-1", "x", "1000001", "1.5", "9" * 30])
    def test_nonsense_is_explained(self, as_ada: Client, url: str, number: str) -> None:
        answer = as_ada.post(url, {"questions_per_day": number})
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
        assert not SchoolAccess.objects.filter(questions_per_day__isnull=False).exists()


class TestUse:
    def test_by_day(self, as_ada: Client, people: People, url: str) -> None:
        use(people.alice, calls=10, errors=2)
        use(people.bob, calls=5, days_ago=1)
        use(people.charlie, calls=99)
        for student in (people.alice, people.charlie):
            Solution.objects.create(student=student, question_text="1+1")
        found = rows(as_ada.get(url).content.decode(), 0)
        assert len(found) == 14
        assert [row[1:] for row in found[:3]] == [
            ["1", "10", "2"],
            ["0", "5", "0"],
            ["0", "0", "0"],
        ]

    def test_by_token_the_most_used_first(self, as_ada: Client, people: People, url: str) -> None:
        use(people.alice, calls=3, name="class computer")
        use(people.alice, calls=4, errors=1, days_ago=1, name="class computer")
        use(people.bob, calls=9)
        use(people.charlie, calls=99, name="elsewhere")
        use(people.alice, calls=99, days_ago=14, name="class computer")
        page = as_ada.get(url).content.decode()
        found = rows(page, 1)
        assert [row[1:3] for row in found] == [["9", "0"], ["7", "1"]]
        assert "Signed in with a password bob" in found[0][0]
        assert re.fullmatch(r"class computer hht_[\w-]+… alice", found[1][0])
        assert "elsewhere" not in page

    def test_of_one_day(self, as_ada: Client, people: People, url: str) -> None:
        use(people.alice, calls=3, name="x")
        use(people.alice, calls=4, days_ago=1, name="x")
        day = datetime.now(UTC).date() - timedelta(days=1)
        found = rows(as_ada.get(f"{url}?day={day}").content.decode(), 1)
        assert [row[1] for row in found] == ["4"]

    @pytest.mark.parametrize("query", ["day=x", "day=1999-01-01", "page=x", "page=999", "day=%00"])
    def test_a_malformed_address_shows_all(self, as_ada: Client, url: str, query: str) -> None:
        assert as_ada.get(f"{url}?{query}").status_code == 200

    def test_it_costs_the_same_for_one_as_for_many(
        self, as_ada: Client, people: People, url: str, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(60):
            use(people.alice, calls=1, name=f"token {number % 40}", days_ago=number // 40)
        as_ada.get(url)
        with django_assert_max_num_queries(14):
            page = as_ada.get(url).content.decode()
        assert len(rows(page, 1)) == 40

    def test_it_has_a_link(self, as_ada: Client, school: School, url: str) -> None:
        assert f'href="{url}"' in as_ada.get(f"/schools/{school.pk}/people/").content.decode()
