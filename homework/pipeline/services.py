"""What pages and programs may ask of the pipeline: submit, stop, and where on a photo to look."""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.access.schools import question_count
from homework.accounts.models import User
from homework.common.errors import (
    PermissionDeniedError,
    QueueFullError,
    TooManyActiveError,
    TooManyRequestsError,
)
from homework.pipeline import process
from homework.pipeline.disclosure import require_open
from homework.pipeline.engine import preview_typed
from homework.pipeline.hub import hub
from homework.pipeline.notices import announce
from homework.solutions.models import Solution
from homework.solutions.selectors import num_active, num_asked, num_waiting, solution_get_visible
from homework.solutions.services import solution_create, solution_request_stop
from homework.uploads.models import Photo
from homework.uploads.services import photo_set_located

logger = logging.getLogger(__name__)

_locating = threading.BoundedSemaphore(1)
"""Looking at photos in web requests may take one core, no more."""
_LOCATE_WAIT_S = 5.0
_NOT_LOCATED_S = 3600
"""How long a photo on which nothing was found is not looked at again."""


def solution_submit(
    *,
    student: User,
    photo: Photo | None = None,
    question_text: str = "",
    language: str = "en",
    crop: dict[str, float] | None = None,
    rotation_deg: float | None = None,
    corrects: Solution | None = None,
    is_fresh: bool = False,
) -> Solution:
    """Ask a question. It is answered once the surrounding transaction is committed.

    The arguments are those of `solutions.services.solution_create`.

    Raises:
        AnswersClosedError: The answer policy of a class takes no questions now.
        QuotaUsedUpError: The student's school has used up its day.
        QueueFullError: PIPELINE_MAX_QUEUED questions wait already.
        TooManyActiveError: PIPELINE_MAX_ACTIVE_PER_STUDENT of the student's wait or are worked on.
        TooManyRequestsError: The student asked PIPELINE_MAX_PER_HOUR questions within an hour.
        InvalidInputError: Neither photo nor text, or a value out of its range.
        NotFoundError: The photo or the corrected solution is somebody else's.
    """
    require_open(student=student)
    with transaction.atomic():
        require_patience(student=student)
        solution = solution_enqueue(
            student=student,
            photo=photo,
            question_text=question_text,
            language=language,
            crop=crop,
            rotation_deg=rotation_deg,
            corrects=corrects,
            is_fresh=is_fresh,
        )
        # Last, since Redis undoes nothing: what is refused before has cost the school nothing.
        question_count(student=student)
    return solution


def solution_enqueue(*, student: User, **fields: Any) -> Solution:
    """The same without the bounds that hold for one student, for what a teacher asks for them.

    Args:
        student: Whose solution it will be.
        **fields: The other arguments of `solutions.services.solution_create`.

    Raises:
        QueueFullError: PIPELINE_MAX_QUEUED questions wait already.
        InvalidInputError: Neither photo nor text, or a value out of its range.
        NotFoundError: The photo or the corrected solution is somebody else's.
    """
    require_room()
    solution = solution_create(student=student, **fields)
    transaction.on_commit(lambda: _submitted(solution))
    return solution


def solution_submit_idle(*, student: User, **fields: Any) -> Solution:
    """Ask a question for which nobody waits: it is answered when a worker has nothing else to do,
    and takes no place in the queue from those who wait.

    Args:
        student: Whose solution it will be.
        **fields: The other arguments of `solutions.services.solution_create`.

    Raises:
        AnswersClosedError: The answer policy of a class takes no questions now.
        QuotaUsedUpError: The student's school has used up its day.
        TooManyRequestsError: The student asked PIPELINE_MAX_PER_HOUR questions within an hour.
        InvalidInputError: Neither photo nor text, or a value out of its range.
    """
    require_open(student=student)
    with transaction.atomic():
        _alone(student)
        _require_hour(student)
        solution = solution_create(student=student, priority=Solution.Priority.BATCH, **fields)
        transaction.on_commit(lambda: _submitted(solution))
        question_count(student=student)
    return solution


def require_patience(*, student: User) -> None:
    """Refuse one more question or follow-up of somebody who has many. Within the transaction that
    makes it.

    Raises:
        TooManyActiveError: PIPELINE_MAX_ACTIVE_PER_STUDENT of theirs wait or are worked on.
        TooManyRequestsError: They asked PIPELINE_MAX_PER_HOUR within the last hour.
    """
    _alone(student)
    _require_hour(student)
    if num_active(student=student) >= settings.PIPELINE_MAX_ACTIVE_PER_STUDENT:
        raise TooManyActiveError(None, retry_after_s=10)


def require_room() -> None:
    """Refuse one more where PIPELINE_MAX_QUEUED wait.

    Of different students a few that arrive together may pass beyond the bound: it is there for the
    memory and patience of a school, not for exactness.

    Raises:
        QueueFullError: They do.
    """
    if num_waiting() >= settings.PIPELINE_MAX_QUEUED:
        raise QueueFullError(None, retry_after_s=30)


def _alone(student: User) -> None:
    """Let other questions of the same student wait until the transaction ends, so that of those
    that arrive together exactly as many pass as may."""
    User.objects.select_for_update().values_list("pk", flat=True).get(pk=student.pk)


def _require_hour(student: User) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    if num_asked(student=student, since=an_hour_ago) >= settings.PIPELINE_MAX_PER_HOUR:
        raise TooManyRequestsError(
            _("You have asked very many questions. Please take a break."), retry_after_s=600
        )


def _submitted(solution: Solution) -> None:
    announce(hub, solution, Solution.State.QUEUED)
    wake_workers()


def wake_workers() -> None:
    """Something new waits."""
    pipeline = process.current()
    if pipeline is not None:
        pipeline.runner.wake()


def solution_stop(*, viewer: User | AnonymousUser, solution_id: uuid.UUID) -> str:
    """Stop a solution, for its student only. Nothing happens to one that has ended.

    Returns:
        The state afterwards. One that runs ends a moment later, at the next token.

    Raises:
        NotFoundError: There is no such solution for this person.
        PermissionDeniedError: The viewer may see it, but it is somebody else's.
    """
    solution = solution_get_visible(viewer=viewer, solution_id=solution_id)
    if solution.student_id != viewer.pk:
        raise PermissionDeniedError
    state = solution_request_stop(solution_id=solution.pk)
    pipeline = process.current()
    if state in Solution.RUNNING and pipeline is not None:
        pipeline.runner.stop_work(solution.pk)
    elif state == Solution.State.STOPPED:
        hub.touch(solution.pk)
        announce(hub, solution, state)
    return state


def question_preview(*, text: str) -> dict[str, Any]:
    """How a typed question is understood, for the page to show while it is typed.

    Returns:
        `{"latex", "error", "position"}`: the LaTeX, or else why not, as a stable code, and at
        which character.
    """
    return preview_typed(text)


def photo_locate(*, photo: Photo) -> dict[str, Any] | None:
    """Find the question on a photo, for the page to preset its crop frame, and remember it.

    Returns:
        `{"box": {"x", "y", "width", "height"}, "rotation_deg": ...}`, or None when nothing was
        found or nobody here can look.
    """
    if photo.located is not None:
        known: dict[str, Any] = photo.located
        return known
    pipeline = process.current()
    if pipeline is None or not pipeline.engine.is_ready:
        return None
    # Else one person with a blank photo could keep that core busy by asking again and again.
    not_located = f"photo-not-located:{photo.pk}"
    if cache.get(not_located):
        return None
    # The frame is a convenience: a person who has to wait for it is better off without.
    if not _locating.acquire(timeout=_LOCATE_WAIT_S):
        return None
    try:
        with photo.file.open("rb") as file:
            located = pipeline.engine.locate(file.read())
    except FileNotFoundError:
        return None
    finally:
        _locating.release()
    if located is not None:
        photo_set_located(photo=photo, located=located)
    else:
        cache.set(not_located, True, _NOT_LOCATED_S)
    return located
