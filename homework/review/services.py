"""The only writer of reports, reviews, corrections and drafts. Each is one transaction.

Every verdict names the version of the solution's reviews that the teacher saw. The counter is
raised by one update that demands this very version, so of two teachers exactly one succeeds; the
other one is told who was first, and what they wrote is kept as their draft by the caller.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import User
from homework.accounts.selectors import teaches_student
from homework.common.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    ReviewConflictError,
)
from homework.review.changes import Change, corrections_of
from homework.review.models import Correction, Draft, NoticeSettings, Report, Review
from homework.review.parts import all_parts_of, answer_content_of, parts_of
from homework.solutions.cache import answer_correct, answer_forget
from homework.solutions.models import Solution
from homework.solutions.services import solution_set_reported, solution_set_reviewed

NOTE_MAX_CHARACTERS = 1000
MAX_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Approvals:
    """What became of several approvals at once."""

    approved: tuple[uuid.UUID, ...]
    skipped: tuple[uuid.UUID, ...]
    """Reviewed by somebody else meanwhile, or gone."""


# --- Students -------------------------------------------------------------------------------


@transaction.atomic
def report_submit(*, student: User, solution_id: uuid.UUID, kind: str, comment: str = "") -> Report:
    """A student says that their solution is wrong, or that they do not understand it.

    Saying it again replaces the words. It comes to the top of the teachers' queue, once more if
    it was reviewed before.

    Raises:
        NotFoundError: There is no such solution of this student.
        InvalidInputError: No kind of report, a comment that is too long, or a solution that is
            still being written.
    """
    solution = (
        Solution.objects.select_for_update(of=("self",))
        .filter(pk=solution_id, student=student)
        .first()
    )
    if solution is None:
        raise NotFoundError
    comment = _bounded(comment)
    if kind not in Solution.Reported.values:
        raise InvalidInputError
    if solution.state not in Solution.TERMINAL:
        raise InvalidInputError(_("Please wait until the solution is complete."))
    report, _created = Report.objects.update_or_create(
        solution=solution, defaults={"kind": kind, "comment": comment}
    )
    solution_set_reported(solution=solution, reported=kind)
    return report


def reviews_mark_seen(*, student: User, solution: Solution) -> int:
    """The student has seen what their teachers say of a solution; how much of it was new."""
    if solution.student_id != student.pk:
        return 0
    return Review.objects.filter(solution=solution, seen_at=None).update(seen_at=timezone.now())


# --- Teachers -------------------------------------------------------------------------------


@transaction.atomic
def review_approve(*, teacher: User, solution: Solution, version: int, note: str = "") -> Review:
    """Say that a solution is right as it stands.

    Raises:
        PermissionDeniedError: `teacher` does not teach the student.
        ReviewConflictError: Another verdict was given since `version`.
        InvalidInputError: The solution has not ended, or the note is too long.
    """
    return _review(teacher, solution, version, Review.Verdict.APPROVED, note=_bounded(note))


@transaction.atomic
def review_reject(*, teacher: User, solution: Solution, version: int, reason: str) -> Review:
    """Say that a solution is of no use, and why. The student is told.

    Raises:
        PermissionDeniedError: `teacher` does not teach the student.
        ReviewConflictError: Another verdict was given since `version`.
        InvalidInputError: No reason, or one that is too long.
    """
    reason = _bounded(reason)
    if not reason:
        raise InvalidInputError(_("Please say why, so that the student learns from it."))
    review = _review(teacher, solution, version, Review.Verdict.REJECTED, reason=reason)
    answer_forget(solution=solution)
    return review


@transaction.atomic
def review_correct(
    *,
    teacher: User,
    solution: Solution,
    version: int,
    changes: Sequence[Change] = (),
    removed: Collection[int] = (),
    note: str = "",
) -> Review:
    """Put a teacher's words in the place of steps or of the answer, add steps, take some out.

    Args:
        teacher: Who corrects.
        solution: Its engine's text stays as it is; the corrections lie over it.
        version: Of the reviews that the teacher saw.
        changes: Each part once. What equals the present part is left out.
        removed: Indexes of steps to be taken out.
        note: To the student.

    Raises:
        PermissionDeniedError: `teacher` does not teach the student.
        ReviewConflictError: Another verdict was given since `version`.
        InvalidInputError: Nothing is changed, or something that the solution does not have; a
            part is empty or too long, or there are too many of them.
    """
    corrections = corrections_of(all_parts_of(solution), changes, removed)
    if not corrections:
        raise InvalidInputError(_("Nothing has been changed yet."))
    review = _review(
        teacher,
        solution,
        version,
        Review.Verdict.CORRECTED,
        corrections=corrections,
        note=_bounded(note),
    )
    _replace_kept_answer(solution)
    return review


@transaction.atomic
def review_reread(
    *,
    teacher: User,
    solution: Solution,
    version: int,
    reading: str,
    replacement: Solution,
    note: str = "",
) -> Review:
    """Say what really stands on the paper; `replacement` is the solution of that.

    Raises:
        PermissionDeniedError: `teacher` does not teach the student.
        ReviewConflictError: Another verdict was given since `version`.
    """
    review = _review(
        teacher,
        solution,
        version,
        Review.Verdict.CORRECTED,
        note=_bounded(note),
        reading_before=solution.asked_text,
        reading_after=reading,
        replacement=replacement,
    )
    # It answers another question than the one on the photo.
    answer_forget(solution=solution)
    return review


def reviews_approve(
    *, teacher: User, items: Sequence[tuple[uuid.UUID, int]], solutions: Sequence[Solution]
) -> Approvals:
    """Approve many at once. Each stands for itself: one that somebody else was faster with is
    skipped and named, the others are approved.

    Args:
        teacher: Who approves.
        items: Solution and version as the page showed them; at most MAX_AT_ONCE.
        solutions: Those of them that this teacher may see.
    """
    if len(items) > MAX_AT_ONCE:
        raise InvalidInputError(_("Please approve fewer at once."))
    known = {solution.pk: solution for solution in solutions}
    approved, skipped = [], []
    for solution_id, version in items:
        solution = known.get(solution_id)
        try:
            if solution is None:
                raise NotFoundError
            review_approve(teacher=teacher, solution=solution, version=version)
        except (ConflictError, NotFoundError, PermissionDeniedError):
            skipped.append(solution_id)
        else:
            approved.append(solution_id)
    return Approvals(tuple(approved), tuple(skipped))


def draft_save(
    *,
    teacher: User,
    solution: Solution,
    version: int,
    content: dict[str, Any],
    problems: Sequence[dict[str, Any]] = (),
) -> Draft:
    """Keep what a teacher has written, whatever it is worth yet."""
    return Draft.objects.update_or_create(
        solution=solution,
        teacher=teacher,
        defaults={"version": version, "content": content, "problems": list(problems)},
    )[0]


def draft_discard(*, teacher: User, solution: Solution) -> None:
    """Forget it."""
    Draft.objects.filter(solution=solution, teacher=teacher).delete()


def _review(
    teacher: User,
    solution: Solution,
    version: int,
    verdict: Review.Verdict,
    *,
    corrections: Sequence[Correction] = (),
    **fields: Any,
) -> Review:
    if not teaches_student(teacher=teacher, student=solution.student):
        raise PermissionDeniedError
    if solution.state not in Solution.TERMINAL:
        raise InvalidInputError(_("Please wait until the solution is complete."))
    try:
        solution_set_reviewed(solution=solution, version=version, state=verdict)
    except ConflictError:
        raise _conflict(solution) from None
    review = Review.objects.create(
        solution=solution,
        teacher=teacher,
        teacher_name=teacher.get_full_name() or teacher.username,
        verdict=verdict,
        version=version + 1,
        **fields,
    )
    for correction in corrections:
        correction.review = review
    Correction.objects.bulk_create(corrections)
    Draft.objects.filter(solution=solution, teacher=teacher).delete()
    audit_record(
        actor=teacher,
        action=AuditAction.SOLUTION_REVIEWED,
        target=solution,
        target_name=solution.student.username,
        school=solution.student.school,
        detail={"verdict": str(verdict), "version": version + 1} | _told(corrections),
    )
    return review


def _told(corrections: Sequence[Correction]) -> dict[str, Any]:
    """What was done to which parts, for the log: `{"changed": [2], "added": 1, "removed": [3]}`."""
    if not corrections:
        return {}
    kind = Correction.Kind
    return {
        "changed": [one.index for one in corrections if one.kind in (kind.CHANGED, kind.RESTORED)],
        "added": sum(one.kind == kind.ADDED for one in corrections),
        "removed": [one.index for one in corrections if one.kind == kind.REMOVED],
    }


def _replace_kept_answer(solution: Solution) -> None:
    """Whoever at the school hands in the same photo gets the teacher's words from now on.

    Not if the checker disproves them: then the question is answered anew.
    """
    fresh = (
        Solution.objects.select_related("student")
        .prefetch_related("steps", "reviews__corrections")
        .get(pk=solution.pk)
    )
    if any(
        part.differs and (part.check or {}).get("verdict") == "failed" for part in parts_of(fresh)
    ):
        answer_forget(solution=fresh)
    else:
        answer_correct(solution=fresh, content=answer_content_of(fresh))


def _conflict(solution: Solution) -> ConflictError:
    """Who was first, in words."""
    last = Review.objects.filter(solution_id=solution.pk).order_by("-version").first()
    if last is None:
        # Nobody was: the solution went away, or the page names a version that never was.
        return ConflictError()
    return ReviewConflictError(
        _(
            "%(teacher)s was faster and has %(verdict)s this solution. Nothing that you wrote is "
            "lost. Look at it, then save yours if you still want to."
        )
        % {"teacher": last.teacher_name, "verdict": last.get_verdict_display()},
        by=last.teacher_name,
        verdict=last.verdict,
        version=last.version,
    )


def _bounded(text: str) -> str:
    text = text.strip()
    if len(text) > NOTE_MAX_CHARACTERS:
        raise InvalidInputError(
            _("Please write at most %(number)s characters.") % {"number": NOTE_MAX_CHARACTERS}
        )
    return text


# --- Notices --------------------------------------------------------------------------------


def queue_mark_seen(*, teacher: User) -> None:
    """The teacher has looked at the queue: what stands there now is no longer new."""
    NoticeSettings.objects.update_or_create(
        user=teacher, defaults={"queue_seen_at": timezone.now()}
    )


def digest_switch(*, user: User, wants_digest: bool) -> NoticeSettings:
    """Switch the daily e-mail on or off.

    Raises:
        InvalidInputError: It is to be switched on, and there is no address.
    """
    if wants_digest and not user.email:
        raise InvalidInputError(_("You have no e-mail address here to which it could be sent."))
    return NoticeSettings.objects.update_or_create(
        user=user, defaults={"wants_digest": wants_digest}
    )[0]
