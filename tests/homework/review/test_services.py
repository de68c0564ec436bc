from __future__ import annotations

import uuid
from typing import Any

import pytest

from homework.accounts.models import AuditEvent, User
from homework.common.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    ReviewConflictError,
)
from homework.review.changes import Change
from homework.review.models import Draft, Report, Review
from homework.review.parts import parts_of
from homework.review.services import (
    digest_switch,
    draft_save,
    report_submit,
    review_approve,
    review_correct,
    review_reject,
    review_reread,
    reviews_approve,
    reviews_mark_seen,
)
from homework.solutions.cache import answer_keep, content_of
from homework.solutions.models import CachedAnswer, Solution
from tests.homework.people import People
from tests.homework.review.conftest import open_solution

VERIFIED = {"verdict": "verified", "reason": "same_solutions", "detail": {}}


def change(**fields: Any) -> Change:
    values: dict[str, Any] = {
        "index": 2,
        "title": "Divide both sides by $3$.",
        "formulas": ["x = 5"],
        "check": VERIFIED,
    }
    return Change(**(values | fields))


# Reports


def test_a_report_brings_a_solution_to_the_top(alice: User, waiting: Solution) -> None:
    report = report_submit(
        student=alice, solution_id=waiting.pk, kind="wrong", comment=" Step 2 puzzles me. "
    )

    waiting.refresh_from_db()
    assert report.comment == "Step 2 puzzles me."
    assert waiting.reported == "wrong"
    assert waiting.doubt_reasons == ["reported_wrong", "reading_unsure", "step_unchecked"]


def test_saying_it_again_replaces_the_words(alice: User, waiting: Solution) -> None:
    report_submit(student=alice, solution_id=waiting.pk, kind="wrong")
    report_submit(student=alice, solution_id=waiting.pk, kind="confused", comment="Why 3?")

    assert Report.objects.get().kind == "confused"
    waiting.refresh_from_db()
    assert waiting.doubt_reasons[0] == "reported_confused"
    assert "reported_wrong" not in waiting.doubt_reasons


@pytest.mark.parametrize("name", ["bob", "charlie", "terry"])
def test_only_the_student_reports(people: People, waiting: Solution, name: str) -> None:
    with pytest.raises(NotFoundError):
        report_submit(student=getattr(people, name), solution_id=waiting.pk, kind="wrong")


@pytest.mark.parametrize(("kind", "comment"), [("rude", ""), ("wrong", "x" * 1001)])
def test_a_report_makes_sense(alice: User, waiting: Solution, kind: str, comment: str) -> None:
    with pytest.raises(InvalidInputError):
        report_submit(student=alice, solution_id=waiting.pk, kind=kind, comment=comment)
    waiting.refresh_from_db()
    assert waiting.reported == ""


def test_what_is_still_written_is_not_reported(alice: User) -> None:
    running = open_solution(alice, state=Solution.State.SOLVING)
    with pytest.raises(InvalidInputError):
        report_submit(student=alice, solution_id=running.pk, kind="wrong")


# Verdicts


def test_approving_is_kept_with_who_and_when(terry: User, waiting: Solution) -> None:
    review = review_approve(teacher=terry, solution=waiting, version=0, note="Well asked!")

    waiting.refresh_from_db()
    assert waiting.review_state == "approved"
    assert waiting.review_version == review.version == 1
    assert review.teacher_name == "terry"
    assert review.note == "Well asked!"
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id) == ("solution.reviewed", str(waiting.pk))


def test_every_verdict_is_kept(terry: User, waiting: Solution) -> None:
    review_approve(teacher=terry, solution=waiting, version=0)
    review_reject(teacher=terry, solution=waiting, version=1, reason="Use the other method.")

    assert [review.verdict for review in waiting.reviews.all()] == ["approved", "rejected"]


def test_of_two_teachers_the_later_one_is_told_who_was_first(
    terry: User, waiting: Solution
) -> None:
    seen_by_the_other = Solution.objects.get(pk=waiting.pk)
    review_approve(teacher=terry, solution=waiting, version=0)

    with pytest.raises(ReviewConflictError) as error:
        review_reject(teacher=terry, solution=seen_by_the_other, version=0, reason="No")
    assert error.value.detail == {"by": "terry", "verdict": "approved", "version": 1}
    assert "terry" in str(error.value.message)
    assert Review.objects.count() == 1


def test_a_version_that_never_was_is_a_conflict(terry: User, waiting: Solution) -> None:
    with pytest.raises(ConflictError):
        review_approve(teacher=terry, solution=waiting, version=7)
    assert not Review.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "tina", "dora", "ada"])
def test_only_a_teacher_of_the_student_reviews(
    people: People, waiting: Solution, name: str
) -> None:
    with pytest.raises(PermissionDeniedError):
        review_approve(teacher=getattr(people, name), solution=waiting, version=0)
    waiting.refresh_from_db()
    assert waiting.review_state == "open"


def test_what_is_still_written_is_not_reviewed(alice: User, terry: User) -> None:
    running = open_solution(alice, state=Solution.State.SOLVING, review_state="")
    with pytest.raises(InvalidInputError):
        review_approve(teacher=terry, solution=running, version=0)


def test_a_solution_that_was_deleted_is_not_reviewed(terry: User, waiting: Solution) -> None:
    gone = Solution.objects.get(pk=waiting.pk)
    waiting.delete()
    with pytest.raises(ConflictError):
        review_approve(teacher=terry, solution=gone, version=0)
    assert not Review.objects.exists()


def test_a_rejection_has_a_reason(terry: User, waiting: Solution) -> None:
    with pytest.raises(InvalidInputError):
        review_reject(teacher=terry, solution=waiting, version=0, reason="  ")
    waiting.refresh_from_db()
    assert waiting.review_version == 0


# Corrections


def test_a_correction_lies_over_what_the_engine_wrote(terry: User, waiting: Solution) -> None:
    review_correct(
        teacher=terry,
        solution=waiting,
        version=0,
        changes=[change(formulas=["3x / 3 = 15 / 3", "x = 5"])],
        note="One more line",
    )

    parts = parts_of(Solution.objects.get(pk=waiting.pk))
    assert [part.index for part in parts] == [1, 2, 0]
    assert parts[0].original is None
    assert parts[1].formulas == ["3x / 3 = 15 / 3", "x = 5"]
    assert parts[1].original == {"title": "Divide both sides by 3.", "formulas": ["x = 5"]}
    assert parts[1].corrected_by == "terry"
    assert waiting.steps.get(index=2).formulas == ["x = 5"]


def test_a_second_correction_knows_the_first_and_the_original(
    terry: User, waiting: Solution
) -> None:
    review_correct(teacher=terry, solution=waiting, version=0, changes=[change(title="First")])
    again = Solution.objects.get(pk=waiting.pk)
    review = review_correct(
        teacher=terry, solution=again, version=1, changes=[change(title="Second")]
    )

    assert (review.corrections.get().before or {})["title"] == "First"
    part = parts_of(Solution.objects.get(pk=waiting.pk))[1]
    assert part.title == "Second"
    assert part.original == {"title": "Divide both sides by 3.", "formulas": ["x = 5"]}


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [change(title="Divide both sides by 3.")],
        [change(index=9)],
    ],
)
def test_a_correction_changes_something_that_is_there(
    terry: User, waiting: Solution, changes: list[Change]
) -> None:
    with pytest.raises(InvalidInputError):
        review_correct(teacher=terry, solution=waiting, version=0, changes=changes)
    waiting.refresh_from_db()
    assert waiting.review_state == "open"


def test_a_mended_reading_points_to_its_replacement(
    alice: User, terry: User, waiting: Solution
) -> None:
    fresh = open_solution(alice, corrects=waiting)
    review = review_reread(
        teacher=terry, solution=waiting, version=0, reading="3x + 6 = 20", replacement=fresh
    )
    assert (review.reading_before, review.reading_after) == ("3x + 5 = 20", "3x + 6 = 20")
    assert review.replacement == fresh
    waiting.refresh_from_db()
    assert waiting.review_state == "corrected"


# The answers that the school keeps


@pytest.fixture
def kept(waiting: Solution) -> CachedAnswer:
    waiting.answer_key = "k" * 64
    waiting.save(update_fields=["answer_key"])
    assert waiting.student.school_id is not None
    answer_keep(school_id=waiting.student.school_id, key="k" * 64, content=content_of(waiting))
    return CachedAnswer.objects.get()


def test_a_correction_replaces_what_the_next_one_gets(
    terry: User, waiting: Solution, kept: CachedAnswer
) -> None:
    review_correct(
        teacher=terry, solution=waiting, version=0, changes=[change(formulas=["x = 10 / 2"])]
    )
    kept.refresh_from_db()
    assert kept.is_corrected
    assert kept.content["steps"][1]["formulas"] == ["x = 10 / 2"]
    assert "$x = 10 / 2$" in kept.content["text"]
    assert kept.content["answer"]["latex"] == "x = 5"
    assert kept.content["reading"] == waiting.reading


def test_what_the_checker_disproves_is_given_to_nobody_else(
    terry: User, waiting: Solution, kept: CachedAnswer
) -> None:
    failed = VERIFIED | {"verdict": "failed"}
    review_correct(
        teacher=terry, solution=waiting, version=0, changes=[change(title="x", check=failed)]
    )
    assert not CachedAnswer.objects.exists()


def test_what_is_rejected_is_given_to_nobody_else(
    terry: User, waiting: Solution, kept: CachedAnswer
) -> None:
    review_reject(teacher=terry, solution=waiting, version=0, reason="No")
    assert not CachedAnswer.objects.exists()


def test_what_was_misread_is_given_to_nobody_else(
    alice: User, terry: User, waiting: Solution, kept: CachedAnswer
) -> None:
    review_reread(
        teacher=terry,
        solution=waiting,
        version=0,
        reading="x = 1",
        replacement=open_solution(alice, corrects=waiting),
    )
    assert not CachedAnswer.objects.exists()


# Many at once


def test_many_are_approved_and_what_others_did_is_skipped(
    alice: User, charlie: User, terry: User
) -> None:
    first, second, third = (open_solution(alice) for _ in range(3))
    foreign = open_solution(charlie)
    review_approve(teacher=terry, solution=second, version=0)

    items = [(one.pk, 0) for one in (first, second, third, foreign)] + [(uuid.uuid4(), 0)]
    done = reviews_approve(teacher=terry, items=items, solutions=[first, second, third, foreign])
    assert set(done.approved) == {first.pk, third.pk}
    assert len(done.skipped) == 3
    foreign.refresh_from_db()
    assert foreign.review_state == "open"


def test_a_hundred_at_most(terry: User) -> None:
    with pytest.raises(InvalidInputError):
        reviews_approve(teacher=terry, items=[(uuid.uuid4(), 0) for _ in range(101)], solutions=[])


# Drafts and notices


def test_a_draft_is_kept_until_the_verdict(terry: User, waiting: Solution) -> None:
    draft_save(teacher=terry, solution=waiting, version=0, content={"note": "a"})
    draft_save(teacher=terry, solution=waiting, version=0, content={"note": "b"})
    assert Draft.objects.get().content == {"note": "b"}
    review_approve(teacher=terry, solution=waiting, version=0)
    assert not Draft.objects.exists()


def test_a_student_sees_what_is_new_once(
    alice: User, bob: User, terry: User, waiting: Solution
) -> None:
    review_approve(teacher=terry, solution=waiting, version=0, note="Good")
    assert reviews_mark_seen(student=bob, solution=waiting) == 0
    assert reviews_mark_seen(student=alice, solution=waiting) == 1
    assert reviews_mark_seen(student=alice, solution=waiting) == 0


def test_a_digest_needs_an_address(alice: User) -> None:
    assert digest_switch(user=alice, wants_digest=True).wants_digest
    alice.email = ""
    with pytest.raises(InvalidInputError):
        digest_switch(user=alice, wants_digest=True)
