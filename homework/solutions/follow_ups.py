"""What a student asks about a solution that has ended: the only writer of follow-ups.

A follow-up waits, is claimed and ends like a solution, by the law of `claims`; one at a time of
each solution, which the database itself sees to.

    QUEUED -> SOLVING -> FINISHED
       ^         |
       +---------+--> STOPPED, FAILED
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
)
from homework.solutions.claims import (
    GAVE_UP,
    Claim,
    Sweep,
    claim_first,
    claim_write,
    first_of,
    request_stop,
    sweep,
)
from homework.solutions.models import FollowUp, Solution
from homework.solutions.selectors import solutions_visible_to
from homework.solutions.services import QUESTION_MAX_CHARACTERS

State = FollowUp.State
MAX_FOLLOW_UPS: Final = 20
"""Of one solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpResult:
    """How a follow-up ended, with all that was written until then."""

    state: Literal["finished", "stopped", "failed"]
    finish_reason: str
    text: str = ""
    engine: str = ""
    engine_changes: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, Any] = field(default_factory=dict)
    error_code: str = ""
    error_message: str = ""


def may_be_asked_about(solution: Solution) -> bool:
    """Whether there is something to ask about: it has ended, and a text is there."""
    return solution.state in Solution.TERMINAL and bool(solution.text)


def follow_up_create(*, solution: Solution, question: str) -> FollowUp:
    """Put a question about a solution into the queue. Whose it is, the callers have asked.

    Raises:
        InvalidInputError: Nothing was asked, or too much.
        ConflictError: The solution has not ended or has no text, or another follow-up of it
            waits or runs.
        TooManyRequestsError: It has MAX_FOLLOW_UPS.
    """
    question = question.replace("\0", "").strip()
    if not question:
        raise InvalidInputError(_("Please type your question."))
    if len(question) > QUESTION_MAX_CHARACTERS:
        raise InvalidInputError(_("This question is too long."))
    if not may_be_asked_about(solution):
        raise ConflictError(_("There is no solution yet that you could ask about."))
    num_asked = FollowUp.objects.filter(solution=solution).count()
    if num_asked >= MAX_FOLLOW_UPS:
        raise TooManyRequestsError(
            _("You have asked very often about this solution. Please ask your teacher.")
        )
    try:
        with transaction.atomic():
            return FollowUp.objects.create(
                solution=solution, number=num_asked + 1, question=question
            )
    except IntegrityError as error:
        raise ConflictError(_("Your last question is still being answered.")) from error


def follow_up_queue() -> QuerySet[FollowUp]:
    """The waiting follow-ups in the order in which they will be claimed: the oldest first, as no
    student has more than one of a solution there."""
    return FollowUp.objects.filter(state=State.QUEUED).order_by("created_at", "pk")


_first_follow_up = first_of(follow_up_queue)


def follow_up_claim_next(*, worker: str) -> FollowUp | None:
    """Take the next follow-up from the queue for a worker, or None when nothing waits."""
    claimed = claim_first(
        FollowUp, _first_follow_up, worker=worker, state=State.SOLVING, written_under=""
    )
    if claimed is None:
        return None
    return FollowUp.objects.select_related("solution__photo", "solution__student").get(pk=claimed)


def follow_up_begin(*, claim: Claim, written_under: str) -> None:
    """Say by which answer policy it will be written; nothing is written before.

    Raises:
        ClaimLostError: The follow-up is no longer this worker's.
    """
    claim_write(claim, (State.SOLVING,), written_under=written_under, heartbeat_at=timezone.now())


def follow_up_finish(*, claim: Claim, result: FollowUpResult) -> None:
    """Store how the follow-up ended.

    Raises:
        ClaimLostError: The follow-up is no longer this worker's; nothing was stored.
    """
    claim_write(
        claim,
        (State.SOLVING,),
        state=result.state,
        finish_reason=result.finish_reason,
        text=result.text,
        engine=result.engine,
        engine_changes=result.engine_changes,
        usage=result.usage,
        error_code=result.error_code,
        error_message=result.error_message,
        finished_at=timezone.now(),
    )


def follow_up_request_stop(*, follow_up_id: uuid.UUID) -> str:
    """Stop a follow-up, see `claims.request_stop`."""
    return request_stop(FollowUp, follow_up_id)


def follow_up_sweep(
    *, stale_before: datetime, max_attempts: int, workers: str = "", except_workers: str = ""
) -> Sweep:
    """Take follow-ups from workers that are gone, see `claims.sweep`."""
    return sweep(
        FollowUp,
        stale_before=stale_before,
        max_attempts=max_attempts,
        failed_values=lambda: GAVE_UP | {"state": State.FAILED, "finished_at": timezone.now()},
        workers=workers,
        except_workers=except_workers,
    )


def follow_up_get_visible(
    *, viewer: User | AnonymousUser, solution_id: uuid.UUID, follow_up_id: uuid.UUID
) -> FollowUp:
    """One follow-up with its solution.

    Raises:
        NotFoundError: It does not exist, or `viewer` may not see its solution.
    """
    found = (
        FollowUp.objects.filter(solution__in=solutions_visible_to(viewer=viewer).values("pk"))
        .select_related("solution__student")
        .filter(pk=follow_up_id, solution=solution_id)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def follow_ups_before(*, follow_up: FollowUp, at_most: int) -> list[FollowUp]:
    """The last ones that were answered before, in their order."""
    found = (
        FollowUp.objects.filter(
            solution=follow_up.solution_id, number__lt=follow_up.number, state=State.FINISHED
        )
        .exclude(text="")
        .order_by("-number")[:at_most]
    )
    return list(found)[::-1]
