from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from homework.accounts.models import User
from homework.pipeline import corrections
from homework.review.models import Correction, Draft, Review
from homework.review.services import review_approve
from homework.solutions.models import Solution
from tests.homework.pages.conftest import JSON
from tests.homework.review.conftest import open_solution

CHECK = {"verdict": "verified", "reason": "same_solutions", "detail": {}}


@pytest.fixture
def waiting(alice: User) -> Solution:
    return open_solution(alice)


@pytest.fixture
def as_terry(client: Client, terry: User) -> Client:
    client.force_login(terry)
    return client


@pytest.fixture(autouse=True)
def checker(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the checker says; the real one is asked in the flows, where a pipeline runs."""
    says: dict[str, Any] = dict(CHECK)
    monkeypatch.setattr(corrections, "_check", lambda question, formulas, index: dict(says))
    return says


def url(name: str, solution: Solution, query: str = "") -> str:
    return reverse(f"teach:{name}", args=[solution.pk]) + query


def edited(**fields: str) -> dict[str, str]:
    return {"version": "0", "title-2": "Divide both sides by 3.", "formulas-2": "x = 5"} | fields


# The queue


def test_the_queue_says_who_asked_what_and_why_it_is_here(as_terry: Client, alice: User) -> None:
    open_solution(alice, doubt_score=80, doubt_reasons=["step_failed"])
    page = as_terry.get(reverse("teach:queue")).content.decode()
    for words in ("alice", "7a", "Linear equations", "A step is wrong", "3x + 5 = 20"):
        assert words in page


def test_the_queue_costs_the_same_for_one_as_for_many(
    as_terry: Client, alice: User, bob: User, django_assert_max_num_queries: Any
) -> None:
    for student in (alice, bob) * 15:
        open_solution(student)
    as_terry.get(reverse("teach:queue"))
    # Session and user, the page (3), its count, two lists to choose from, and "seen" (4 with its
    # transaction).
    with django_assert_max_num_queries(14):
        as_terry.get(reverse("teach:queue"))


def test_more_comes_as_a_part_of_the_page(as_terry: Client, alice: User) -> None:
    for _ in range(27):
        open_solution(alice)
    first = as_terry.get(reverse("teach:queue"))
    after = str(first.context["page"].next)
    part = as_terry.get(reverse("teach:queue"), {"after": after}, headers={"X-Part": "items"})
    assert part.content.decode().count("data-item ") == 2
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?classroom=x&student=-1&topic=none&since=yesterday&engine=%00&verdict=1&review=all",
        "?after=nonsense",
        "?since=9999-12-31&until=9999-12-31",
        "?until=0001-01-01",
        "?classroom=99999999999999999999999",
        "?q=" + "a" * 500,
    ],
)
def test_a_malformed_address_shows_the_queue(
    as_terry: Client, waiting: Solution, query: str
) -> None:
    assert as_terry.get(reverse("teach:queue") + query).status_code == 200


def test_looking_at_the_queue_is_what_the_badge_counts_from(
    as_terry: Client, terry: User, alice: User
) -> None:
    from django.utils import timezone

    open_solution(alice, doubt_score=100, doubt_at=timezone.now())
    badge = reverse("pages:notices")
    assert as_terry.get(badge, headers=JSON).json() == {"unread": 1}
    as_terry.get(reverse("teach:queue"))
    assert as_terry.get(badge, headers=JSON).json() == {"unread": 0}


def test_several_are_approved_at_once(as_terry: Client, alice: User, terry: User) -> None:
    first, second = open_solution(alice), open_solution(alice)
    review_approve(teacher=terry, solution=second, version=0)
    answer = as_terry.post(
        reverse("teach:queue_approve"),
        {"item": [f"{first.pk}:0", f"{second.pk}:0"]},
        headers=JSON,
    )
    assert answer.json() == {"approved": [str(first.pk)], "skipped": [str(second.pk)]}


@pytest.mark.parametrize(
    "items", [[], ["nonsense"], [f"{uuid.uuid4()}:-1"], [f"{uuid.uuid4()}:1"] * 101]
)
def test_a_selection_makes_sense(as_terry: Client, items: list[str]) -> None:
    answer = as_terry.post(reverse("teach:queue_approve"), {"item": items}, headers=JSON)
    assert answer.status_code == 422


# Verdicts


def test_approving_leads_to_the_next_item_with_the_same_filters(
    as_terry: Client, alice: User
) -> None:
    worst = open_solution(alice, doubt_score=100)
    following = open_solution(alice)
    answer = as_terry.post(
        url("review_approve", worst, "?topic=linear_equations&x=1"),
        {"version": "0", "note": "Nice"},
        headers=JSON,
    )
    assert answer.json()["url"] == url("review", following, "?topic=linear_equations")
    assert Review.objects.get().note == "Nice"
    last = as_terry.post(url("review_approve", following), {"version": "0"})
    assert last.headers["Location"] == reverse("teach:queue")


def test_rejecting_needs_a_reason(as_terry: Client, waiting: Solution) -> None:
    refused = as_terry.post(url("review_reject", waiting), {"version": "0"}, headers=JSON)
    assert refused.status_code == 422
    as_terry.post(url("review_reject", waiting), {"version": "0", "reason": "No"}, headers=JSON)
    waiting.refresh_from_db()
    assert waiting.review_state == "rejected"


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 40])
def test_a_stale_form_without_a_version_is_refused(
    as_terry: Client, waiting: Solution, version: str
) -> None:
    answer = as_terry.post(url("review_approve", waiting), {"version": version}, headers=JSON)
    assert answer.status_code == 422


# Corrections


def test_a_corrected_step_is_stored_as_latex_with_its_check(
    as_terry: Client, waiting: Solution
) -> None:
    answer = as_terry.post(
        url("review_correct", waiting),
        edited(**{"formulas-2": "x = 15/3\nx = 5", "title-1": "Subtract $5$ from both sides."})
        | {"formulas-1": "3x = 15"},
        headers=JSON,
    )
    assert answer.status_code == 200
    correction = Correction.objects.get()
    assert correction.index == 2
    assert correction.after["formulas"] == ["x = \\frac{15}{3}", "x = 5"]
    assert correction.check_result == CHECK


def test_the_answer_can_be_corrected(as_terry: Client, waiting: Solution) -> None:
    as_terry.post(
        url("review_correct", waiting), {"version": "0", "formulas-0": "x = 6"}, headers=JSON
    )
    correction = Correction.objects.get()
    assert (correction.index, correction.after) == (0, {"title": "", "formulas": ["x = 6"]})


def test_what_is_no_mathematics_is_kept_as_a_draft_with_the_place(
    as_terry: Client, waiting: Solution
) -> None:
    answer = as_terry.post(
        url("review_correct", waiting),
        edited(**{"formulas-2": "x = 5\nx = + (", "note": "Look"}),
        headers=JSON,
    )
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "unreadable_correction"
    assert body["parts"][0]["problems"][0]["line"] == 2
    draft = Draft.objects.get()
    assert draft.content["parts"]["2"]["lines"] == ["x = 5", "x = + ("]
    assert draft.content["note"] == "Look"
    assert draft.problems[0]["line"] == 1
    assert not Review.objects.exists()

    page = as_terry.get(url("review", waiting)).content.decode()
    assert "x = + (" in page
    assert "data-drafted" in page


def test_a_disproved_part_is_saved_only_when_it_is_meant(
    as_terry: Client, waiting: Solution, checker: dict[str, Any]
) -> None:
    checker |= {"verdict": "failed", "reason": "counterexample"}
    sent = edited(**{"formulas-2": "x = 6"})
    refused = as_terry.post(url("review_correct", waiting), sent, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "disproved_correction")
    as_terry.post(url("review_correct", waiting), sent | {"overrule": "1"}, headers=JSON)
    assert Correction.objects.get().check_result["verdict"] == "failed"


def test_the_later_of_two_is_told_and_loses_nothing(
    as_terry: Client, terry: User, waiting: Solution
) -> None:
    review_approve(teacher=terry, solution=waiting, version=0)
    answer = as_terry.post(
        url("review_correct", waiting), edited(**{"formulas-2": "x = 10/2"}), headers=JSON
    )
    assert answer.status_code == 409
    body = answer.json()
    assert body["code"] == "review_conflict"
    assert "terry" in body["message"]
    assert body["version"] == 1
    assert "approved" in body["history"]
    assert Draft.objects.get().content["parts"]["2"]["lines"] == ["x = 10/2"]

    again = edited(**{"formulas-2": "x = 10/2", "version": "1"})
    assert as_terry.post(url("review_correct", waiting), again, headers=JSON).status_code == 200
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "0"},
        {"version": "0", "formulas-7": "x = 1"},
        {"version": "0", "formulas-2": "x = 5\n" * 9},
        {"version": "0", "formulas-2": "x" * 501},
        {"version": "0", "title-2": "x" * 501},
        {"version": "0", "formulas-0": ""},
        {"version": "0", "formulas-0": "x = 1\nx = 2"},
    ],
)
def test_a_correction_makes_sense(
    as_terry: Client, waiting: Solution, fields: dict[str, str]
) -> None:
    answer = as_terry.post(url("review_correct", waiting), fields, headers=JSON)
    assert answer.status_code == 422
    assert not Review.objects.exists()


def test_while_typing_every_changed_part_is_checked_and_drafted(
    as_terry: Client, waiting: Solution
) -> None:
    answer = as_terry.post(
        url("review_check", waiting),
        edited(**{"formulas-2": "1/2 x", "formulas-1": "3x = 15", "title-1": "other"}),
        headers=JSON,
    )
    parts = answer.json()["parts"]
    assert [part["index"] for part in parts] == [1, 2]
    assert parts[1]["formulas"] == ["\\frac{1}{2}x"]
    assert set(Draft.objects.get().content["parts"]) == {"1", "2"}
    as_terry.post(url("review_check", waiting), {"version": "0"}, headers=JSON)
    assert not Draft.objects.exists()


def test_a_form_without_scripts_keeps_the_draft_and_comes_back(
    as_terry: Client, waiting: Solution
) -> None:
    answer = as_terry.post(url("review_correct", waiting), edited(**{"formulas-2": "x ="}))
    assert answer.headers["Location"] == url("review", waiting)
    assert "x =" in as_terry.get(url("review", waiting)).content.decode()
    as_terry.post(url("review_discard", waiting))
    assert not Draft.objects.exists()


# The reading


def test_a_mended_reading_is_solved_for_the_student(
    as_terry: Client, alice: User, waiting: Solution
) -> None:
    answer = as_terry.post(
        url("review_reread", waiting), {"version": "0", "reading": "3x + 6 = 20"}, headers=JSON
    )
    fresh = Solution.objects.get(corrects=waiting)
    assert fresh.student == alice
    assert (fresh.state, fresh.question_text) == ("queued", "3x + 6 = 20")
    assert answer.json()["url"] == url("review", fresh)
    assert Review.objects.get().replacement == fresh


def test_the_new_solution_can_be_seen_while_it_is_written(
    as_terry: Client, waiting: Solution
) -> None:
    sent = {"version": "0", "reading": "3x + 6 = 20"}
    answer = as_terry.post(url("review_reread", waiting), sent, headers=JSON)
    page = as_terry.get(answer.json()["url"])
    assert "This is being solved." in page.content.decode()
    fresh = Solution.objects.get(corrects=waiting)
    refused = as_terry.post(url("review_approve", fresh), {"version": "0"}, headers=JSON)
    assert refused.status_code == 422


def test_a_reading_that_is_no_question_changes_nothing(as_terry: Client, waiting: Solution) -> None:
    answer = as_terry.post(
        url("review_reread", waiting), {"version": "0", "reading": "3x + ("}, headers=JSON
    )
    assert answer.status_code == 422
    assert Solution.objects.count() == 1
    assert Draft.objects.get().content["reading"] == "3x + ("


def test_a_reading_that_comes_too_late_asks_nothing(
    as_terry: Client, terry: User, waiting: Solution
) -> None:
    review_approve(teacher=terry, solution=waiting, version=0)
    answer = as_terry.post(
        url("review_reread", waiting), {"version": "0", "reading": "3x + 6 = 20"}, headers=JSON
    )
    assert answer.status_code == 409
    assert Solution.objects.count() == 1


# What is gone


@pytest.mark.parametrize(
    "name",
    [
        "review_approve",
        "review_reject",
        "review_check",
        "review_correct",
        "review_reread",
        "review_discard",
    ],
)
def test_a_deleted_solution_is_told_in_words(
    as_terry: Client, waiting: Solution, name: str
) -> None:
    address = url(name, waiting)
    waiting.delete()
    answer = as_terry.post(address, {"version": "0", "reason": "x", "reading": "x"}, headers=JSON)
    assert answer.status_code == 404
    assert "no longer there" in answer.json()["message"]


# The student's page


def test_the_student_sees_the_difference_and_the_note(
    as_terry: Client, alice: User, waiting: Solution
) -> None:
    as_terry.post(
        url("review_correct", waiting),
        edited(**{"formulas-2": "x = 10/2", "note": "Mind the fraction"}),
        headers=JSON,
    )
    as_terry.force_login(alice)
    assert as_terry.get(reverse("pages:notices")).json() == {"unread": 1}
    page = as_terry.get(reverse("pages:solution", args=[waiting.pk])).content.decode()
    assert "Your teacher corrected step 2" in page
    assert "Mind the fraction" in page
    assert "\\frac{10}{2}" in page
    assert as_terry.get(reverse("pages:notices")).json() == {"unread": 0}


def test_a_quiet_approval_says_nothing(
    client: Client, alice: User, terry: User, waiting: Solution
) -> None:
    review_approve(teacher=terry, solution=waiting, version=0)
    client.force_login(alice)
    page = client.get(reverse("pages:solution", args=[waiting.pk])).content.decode()
    assert "Your teacher approved" not in page


def test_a_student_reports_from_the_page(client: Client, alice: User, waiting: Solution) -> None:
    client.force_login(alice)
    address = reverse("pages:report", args=[waiting.pk])
    assert client.post(address, {"kind": "confused", "comment": "Why?"}).status_code == 302
    page = client.get(reverse("pages:solution", args=[waiting.pk])).content.decode()
    assert "You told your teacher: I do not understand." in page
    assert client.post(address, {"kind": "x"}, headers=JSON).status_code == 422
    client.force_login(User.objects.get(username="terry"))
    page = client.get(url("review", waiting)).content.decode()
    assert "Why?" in page


def test_the_review_page_costs_a_constant_number_of_queries(
    as_terry: Client, waiting: Solution, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    as_terry.get(url("review", waiting))
    with django_assert_max_num_queries(16):
        as_terry.get(url("review", waiting))


def test_the_digest_is_switched_on_by_its_person(client: Client, terry: User) -> None:
    client.force_login(terry)
    address = reverse("pages:notice_settings")
    client.post(address, {"wants_digest": "on"})
    assert terry.notice_settings.wants_digest
    client.post(address, {})
    terry.notice_settings.refresh_from_db()
    assert not terry.notice_settings.wants_digest


def test_a_corrected_answer_stands_in_the_list_of_questions(
    as_terry: Client, alice: User, waiting: Solution
) -> None:
    as_terry.post(
        url("review_correct", waiting), {"version": "0", "formulas-0": "x = 6"}, headers=JSON
    )
    as_terry.force_login(alice)
    page = as_terry.get(reverse("pages:history")).content.decode()
    assert "x = 6" in page
