"""What pages and programs may ask about a solution that has ended: a follow-up, and to stop it."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from homework.access.schools import question_count
from homework.accounts.models import User
from homework.common.errors import PermissionDeniedError
from homework.pipeline import process
from homework.pipeline.disclosure import Disclosure, disclosed_snapshot, require_open
from homework.pipeline.events import Event
from homework.pipeline.following import live_snapshot
from homework.pipeline.hub import hub
from homework.pipeline.services import require_patience, require_room, wake_workers
from homework.solutions.follow_ups import (
    follow_up_create,
    follow_up_get_visible,
    follow_up_request_stop,
)
from homework.solutions.models import FollowUp, Solution
from homework.solutions.selectors import solution_get_visible


def follow_up_submit(*, student: User, solution_id: uuid.UUID, question: str) -> FollowUp:
    """Ask about one's own solution. It counts as a question, and is answered once the surrounding
    transaction is committed.

    Raises:
        NotFoundError: There is no such solution of this student.
        PermissionDeniedError: It is somebody else's, whom the viewer may see.
        AnswersClosedError: The answer policy of a class takes no questions now.
        QuotaUsedUpError: The student's school has used up its day.
        QueueFullError: PIPELINE_MAX_QUEUED questions wait already.
        TooManyActiveError: The student has very many that wait or are worked on.
        TooManyRequestsError: The student has asked very many questions, or very many about this.
        InvalidInputError: Nothing was asked, or too much.
        ConflictError: The solution has not ended, or another follow-up of it waits or runs.
    """
    solution = solution_get_visible(viewer=student, solution_id=solution_id)
    if solution.student_id != student.pk:
        raise PermissionDeniedError
    require_open(student=student)
    with transaction.atomic():
        require_patience(student=student)
        require_room()
        follow_up = follow_up_create(solution=solution, question=question)
        transaction.on_commit(wake_workers)
        # Last, since Redis undoes nothing: what is refused before has cost the school nothing.
        question_count(student=student)
    return follow_up


def follow_up_stop(
    *, viewer: User | AnonymousUser, solution_id: uuid.UUID, follow_up_id: uuid.UUID
) -> str:
    """Stop a follow-up, for its student only. Nothing happens to one that has ended.

    Returns:
        The state afterwards. One that runs ends a moment later, at the next token.

    Raises:
        NotFoundError: There is no such follow-up for this person.
        PermissionDeniedError: The viewer may see it, but it is somebody else's.
    """
    follow_up = follow_up_get_visible(
        viewer=viewer, solution_id=solution_id, follow_up_id=follow_up_id
    )
    if follow_up.solution.student_id != viewer.pk:
        raise PermissionDeniedError
    state = follow_up_request_stop(follow_up_id=follow_up.pk)
    pipeline = process.current()
    if state in FollowUp.RUNNING and pipeline is not None:
        pipeline.runner.stop_work(follow_up.pk)
    elif state == FollowUp.State.STOPPED:
        hub.touch(follow_up.pk)
    return state


def follow_ups_of(*, solution: Solution, disclosure: Disclosure) -> list[Event]:
    """The snapshots of all follow-ups of a solution, in their order, as they stand this moment and
    as far as they may be seen."""
    found = list(FollowUp.objects.filter(solution=solution).order_by("number"))
    for follow_up in found:
        follow_up.solution = solution
    return [disclosed_snapshot(live_snapshot(each), disclosure) for each in found]
