"""What teachers and students may read of reviews. Every selector asks who is looking."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.accounts.selectors import students_taught_by
from homework.common.errors import NotFoundError
from homework.review.models import Correction, Draft, NoticeSettings, Report, Review
from homework.review.queue import Viewer, name_classes, solutions_for_review, walked
from homework.solutions.models import Solution

# --- One item -------------------------------------------------------------------------------


def solution_get_for_review(*, teacher: Viewer, solution_id: uuid.UUID) -> Solution:
    """One solution with all that a teacher looks at: photo, steps, report, reviews. Also one that
    is still being written, as a reading that was mended is; it can be seen and not judged yet.

    Raises:
        NotFoundError: It is gone, or not of this teacher's students.
    """
    found = (
        Solution.objects.filter(student__in=students_taught_by(teacher=teacher).values("pk"))
        .select_related("student", "photo", "report")
        .prefetch_related("steps", *_reviews())
        .filter(pk=solution_id)
        .first()
    )
    if found is None:
        raise NotFoundError(_("This question is no longer there, or it is not of your classes."))
    name_classes([found], teacher)
    return found


def _reviews() -> tuple[Prefetch[Any], ...]:
    return (
        Prefetch("reviews", Review.objects.order_by("version").prefetch_related("corrections")),
    )


def solutions_get_for_approval(
    *, teacher: Viewer, solution_ids: Sequence[uuid.UUID]
) -> list[Solution]:
    """Those of the given solutions that this teacher may review."""
    return list(
        solutions_for_review(teacher=teacher)
        .select_related("student__school")
        .filter(pk__in=solution_ids)
    )


def solution_attempts(*, solution: Solution) -> list[Solution]:
    """Other tries at the same question: of the same photo, or one that mends the other's reading.

    The newest first, at most ten.
    """
    related = Q(corrects=solution)
    if solution.corrects_id is not None:
        related |= Q(pk=solution.corrects_id) | Q(corrects=solution.corrects_id)
    if solution.photo_id is not None:
        related |= Q(photo=solution.photo_id)
    return list(
        Solution.objects.filter(related, student=solution.student_id)
        .exclude(pk=solution.pk)
        .defer("text", "usage", "timings_ms")
        .order_by("-created_at")[:10]
    )


def draft_of(*, teacher: User, solution: Solution) -> Draft | None:
    """What this teacher has begun to write."""
    return Draft.objects.filter(teacher=teacher, solution=solution).first()


# --- Students -------------------------------------------------------------------------------


def reviews_for_student(*, solution: Solution) -> list[Review]:
    """What the teachers say of a solution, in their order, with the corrections."""
    return list(
        Review.objects.filter(solution=solution)
        .select_related("replacement", "solution")
        .prefetch_related("corrections")
        .order_by("version")
    )


def corrected_answers(*, answers: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    """Answers as a list may show them, by the solution's key, with every correction in its place.

    What `answers` leaves out stays out.
    """
    corrections = (
        Correction.objects.filter(index=Correction.ANSWER, review__solution__in=list(answers))
        .order_by("review__version")
        .values_list("review__solution", "after")
    )
    return dict(answers) | {
        key: after["formulas"][0] for key, after in corrections if after is not None
    }


def report_of(*, solution: Solution) -> Report | None:
    """What the student has said of a solution."""
    return Report.objects.filter(solution=solution).first()


def with_reviews(*, solutions: QuerySet[Solution]) -> QuerySet[Solution]:
    """The same solutions with what `parts_of` needs."""
    return solutions.prefetch_related("steps", *_reviews())


# --- Notices --------------------------------------------------------------------------------


def unread_of_teacher(*, teacher: User) -> int:
    """How many doubtful solutions came up since the teacher last looked at the queue; up to 100."""
    seen_at = (
        NoticeSettings.objects.filter(user=teacher).values_list("queue_seen_at", flat=True).first()
    )
    found = walked(teacher).filter(
        review_state=Solution.ReviewState.OPEN,
        doubt_at__gt=seen_at or teacher.date_joined,
    )
    return len(found.order_by().values_list("pk", flat=True)[:100])


def unread_of_student(*, student: User) -> int:
    """How many solutions have words of a teacher that the student has not seen."""
    return (
        Review.objects.filter(solution__student=student, seen_at=None)
        .exclude(verdict=Review.Verdict.APPROVED, note="")
        .values("solution")
        .distinct()
        .count()
    )


def unread_of(*, viewer: Viewer) -> int:
    """The number on the badge of whoever looks."""
    if not isinstance(viewer, User) or not viewer.is_active:
        return 0
    if viewer.role == User.Role.TEACHER:
        return unread_of_teacher(teacher=viewer)
    return unread_of_student(student=viewer)


def notice_settings_of(*, user: User) -> NoticeSettings:
    """How a person wants to be told, stored or not."""
    return NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user)
