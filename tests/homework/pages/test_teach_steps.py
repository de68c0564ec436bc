"""Adding and removing steps on the review page, and what the student sees of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from homework.accounts.models import User
from homework.review.changes import Change
from homework.review.models import Correction, Draft, Review
from homework.review.parts import FIRST_ADDED, parts_of
from homework.review.services import review_correct
from homework.solutions.models import Solution
from tests.homework.pages.conftest import JSON
from tests.homework.review.conftest import open_solution

UNCHECKED = {"verdict": "not_checkable", "reason": "not_checked", "detail": {}}
"""What is said where no pipeline runs; the checker itself is asked in the flows."""


@pytest.fixture
def waiting(alice: User) -> Solution:
    return open_solution(alice)


@pytest.fixture
def as_terry(client: Client, terry: User) -> Client:
    client.force_login(terry)
    return client


def url(name: str, solution: Solution) -> str:
    return reverse(f"teach:{name}", args=[solution.pk])


def step(number: int, follows: str, **fields: str) -> dict[str, str]:
    values = {"title": "In between.", "formulas": "3x = 20 - 5"} | fields
    return {f"{name}-new{number}": value for name, value in values.items()} | {
        f"follows-new{number}": follows
    }


def indexes(solution: Solution) -> list[int]:
    return [part.index for part in parts_of(Solution.objects.get(pk=solution.pk))]


def test_steps_are_added_and_removed_in_one_go(as_terry: Client, waiting: Solution) -> None:
    answer = as_terry.post(
        url("review_correct", waiting),
        {"version": "0", "remove": "2"} | step(1, "1") | step(2, "new1", formulas="3x = 30/2"),
        headers=JSON,
    )
    assert answer.status_code == 200
    assert indexes(waiting) == [1, FIRST_ADDED, FIRST_ADDED + 1, 0]
    added = Correction.objects.filter(follows__isnull=False).order_by("index")
    assert [one.after["formulas"] for one in added if one.after] == [
        ["3x = 20 - 5"],
        ["3x = \\frac{30}{2}"],
    ]
    assert added[0].check_result == UNCHECKED


def test_a_removed_step_is_put_back_as_it_was(as_terry: Client, waiting: Solution) -> None:
    as_terry.post(url("review_correct", waiting), {"version": "0", "remove": "2"}, headers=JSON)
    page = as_terry.get(url("review", waiting)).content.decode()
    assert "removed by terry" in page
    back = {"version": "1", "title-2": "Divide both sides by 3.", "formulas-2": "x = 5"}
    assert as_terry.post(url("review_correct", waiting), back, headers=JSON).status_code == 200
    assert indexes(waiting) == [1, 2, 0]


def test_a_new_step_that_does_not_parse_stays_a_draft_in_its_place(
    as_terry: Client, waiting: Solution
) -> None:
    answer = as_terry.post(
        url("review_correct", waiting),
        {"version": "0", "remove": "2"} | step(1, "1", formulas="3x = 15\n3x = ("),
        headers=JSON,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_correction")
    part = answer.json()["parts"][0]
    assert part["index"] == -1
    assert part["problems"][0]["line"] == 2
    assert not Review.objects.exists()
    assert Draft.objects.get().content["removed"] == [2]

    page = as_terry.get(url("review", waiting)).content.decode()
    names = re.findall(r'name="formulas-(\w+)"', page)
    assert names[:4] == ["1", "new1", "2", "0"]
    assert "3x = (" in page
    assert "data-to-go" in page


def test_an_empty_new_step_is_left_out_and_its_followers_close_up(
    as_terry: Client, waiting: Solution
) -> None:
    as_terry.post(
        url("review_correct", waiting),
        {"version": "0"} | step(1, "1", title="", formulas=" \n") | step(2, "new1"),
        headers=JSON,
    )
    assert indexes(waiting) == [1, FIRST_ADDED, 2, 0]


def test_a_draft_outlives_a_colleague_who_adds_a_step_as_well(
    as_terry: Client, terry: User, waiting: Solution
) -> None:
    stale = {"version": "0"} | step(1, "1", title="Mine.")
    as_terry.post(url("review_check", waiting), stale, headers=JSON)
    theirs = Change(index=-1, follows=1, title="Theirs.", formulas=[], check=UNCHECKED)
    draft = Draft.objects.get()
    review_correct(teacher=terry, solution=waiting, version=0, changes=[theirs])
    draft.save(force_insert=True)  # the verdict was the colleague's, and takes theirs alone

    refused = as_terry.post(url("review_correct", waiting), stale, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "review_conflict")
    assert "Theirs." in refused.json()["history"]
    page = as_terry.get(url("review", waiting)).content.decode()
    assert "Mine." in page
    assert "Theirs." in page
    as_terry.post(url("review_correct", waiting), stale | {"version": "1"}, headers=JSON)
    titles = [part.title for part in parts_of(Solution.objects.get(pk=waiting.pk))]
    assert titles[1:3] == ["Mine.", "Theirs."]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"remove": "0"}, id="the answer"),
        pytest.param({"remove": "9"}, id="no such step"),
        pytest.param({"remove": "x"}, id="no number"),
        pytest.param(step(1, "9"), id="behind no step"),
        pytest.param(step(1, ""), id="nowhere"),
        pytest.param(step(0, "1"), id="numbers begin with 1"),
        pytest.param(step(1, "new2") | step(2, "1"), id="behind a later one"),
        pytest.param({"title-2": "", "formulas-2": ""}, id="an emptied step"),
    ],
)
def test_what_makes_no_sense_is_refused(
    as_terry: Client, waiting: Solution, fields: dict[str, str]
) -> None:
    answer = as_terry.post(url("review_correct", waiting), {"version": "0"} | fields, headers=JSON)
    assert answer.status_code == 422
    assert not Review.objects.exists()


def test_more_changes_than_are_checked_are_saved_all_the_same(
    as_terry: Client, waiting: Solution
) -> None:
    fields = {"version": "0"}
    for number in range(1, 15):
        fields |= step(number, f"new{number - 1}" if number > 1 else "1")
    assert as_terry.post(url("review_correct", waiting), fields, headers=JSON).status_code == 200
    assert Correction.objects.count() == 14


def test_the_student_is_told_and_shown_what_came_and_what_went(
    as_terry: Client, alice: User, waiting: Solution
) -> None:
    as_terry.post(
        url("review_correct", waiting), {"version": "0", "remove": "2"} | step(1, "1"), headers=JSON
    )
    as_terry.force_login(alice)
    page = as_terry.get(reverse("pages:solution", args=[waiting.pk])).content.decode()
    assert "Your teacher added a step and removed step 2" in page
    assert "New step after step 1" in page
    assert "Removed by your teacher" in page
    chinese = as_terry.get(
        reverse("pages:solution", args=[waiting.pk]), headers={"Accept-Language": "zh-CN"}
    ).content.decode()
    assert "老师" in chinese
