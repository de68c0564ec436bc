"""The only writer of a solution's state, by the law of `claims`.

QUEUED -> READING -> SOLVING -> FINISHED
   ^         |          |
   +---------+----------+--> STOPPED, FAILED
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.errors import ConflictError, InvalidInputError, NotFoundError
from homework.common.prepared import Parameter, PreparedQuery
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
from homework.solutions.doubt import ATTENTION, doubt_of, verdict_of
from homework.solutions.models import Solution, Step
from homework.uploads.models import Photo

State = Solution.State
QUESTION_MAX_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A step as it is stored; see `models.Step`."""

    index: int
    start: int
    end: int
    title: str
    formulas: list[str]
    rule: str
    rule_inputs: list[str]
    check: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionResult:
    """How a solution ended, with all that was written until then."""

    state: Literal["finished", "stopped", "failed"]
    finish_reason: str
    reading: dict[str, Any] | None = None
    text: str = ""
    steps: tuple[StepRecord, ...] = ()
    answer_latex: str = ""
    answer_check: dict[str, Any] | None = None
    engine: str = ""
    engine_changes: list[dict[str, Any]] = field(default_factory=list)
    is_cached: bool = False
    answer_key: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    error_code: str = ""
    error_message: str = ""
    topic: str = ""
    fallback_reason: str = ""


def solution_create(
    *,
    student: User,
    photo: Photo | None = None,
    question_text: str = "",
    language: str = "en",
    crop: dict[str, float] | None = None,
    rotation_deg: float | None = None,
    corrects: Solution | None = None,
    is_fresh: bool = False,
    priority: Solution.Priority = Solution.Priority.INTERACTIVE,
) -> Solution:
    """Put a question into the queue: a photo to be read, or a typed or corrected text.

    Args:
        student: Who asks.
        photo: The student's own photo. With a text it is kept beside it and not read.
        question_text: The question as typed.
        language: `en` or `zh`, for the explanation.
        crop: The part of the upright photo to read, `{"x", "y", "width", "height"}` as fractions.
        rotation_deg: Clockwise degrees by which the photo is turned before it is read.
        corrects: The student's own solution whose reading `question_text` mends; its photo is
            taken over when none is given.
        is_fresh: Do not answer with a kept answer.
        priority: Whether somebody waits for it.

    Raises:
        InvalidInputError: Neither photo nor text, or a value out of its range.
        NotFoundError: The photo or the corrected solution is somebody else's.
    """
    question_text = question_text.strip()
    if corrects is not None:
        if corrects.student_id != student.pk:
            raise NotFoundError
        photo = photo or corrects.photo
    if photo is not None and photo.owner_id != student.pk:
        raise NotFoundError
    if photo is None and not question_text:
        raise InvalidInputError(_("Please choose a photo or type the question."))
    if len(question_text) > QUESTION_MAX_CHARACTERS:
        raise InvalidInputError(_("This question is too long."))
    if language not in {"en", "zh"}:
        raise InvalidInputError(_("This language is not available."))
    if rotation_deg is not None and not -360 <= rotation_deg <= 360:
        raise InvalidInputError
    return Solution.objects.create(
        student=student,
        photo=photo,
        question_text=question_text,
        asked_text=question_text,
        language=language,
        crop=None if crop is None else _clean_crop(crop),
        rotation_deg=rotation_deg,
        corrects=corrects,
        is_fresh=is_fresh,
        priority=priority,
    )


def _clean_crop(crop: dict[str, float]) -> dict[str, float]:
    try:
        x, y, width, height = (float(crop[key]) for key in ("x", "y", "width", "height"))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError from error
    # A frame dragged to the edge may stand a rounding error outside. NaN fails every comparison.
    slack = 1e-3
    fits = -slack <= x and -slack <= y and x + width <= 1 + slack and y + height <= 1 + slack
    x, y = max(x, 0.0), max(y, 0.0)
    # What lies in the slack alone is a frame of nothing.
    width, height = min(width, 1 - x), min(height, 1 - y)
    if not (fits and width > 0 and height > 0):
        raise InvalidInputError(_("This crop lies outside of the photo."))
    return {"x": x, "y": y, "width": width, "height": height}


def solution_queue() -> QuerySet[Solution]:
    """The waiting solutions in the order in which they will be claimed.

    What somebody waits for comes before what a batch asks. Else the oldest first, but each
    solution of the same student that was begun since this one was asked counts as a turn taken:
    fifty questions of one student do not stand before the first of another.
    """
    turns = (
        Solution.objects.filter(
            student=OuterRef("student"),
            started_at__gte=OuterRef("created_at"),
        )
        .exclude(pk=OuterRef("pk"))
        .order_by()
        .values("student")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        Solution.objects.filter(state=State.QUEUED)
        .annotate(turns_taken=Coalesce(Subquery(turns), Value(0)))
        .order_by("priority", "turns_taken", "created_at", "pk")
    )


_first_solution = first_of(solution_queue)
_first_awaited = first_of(lambda: solution_queue().filter(priority=Solution.Priority.INTERACTIVE))
_claimed = PreparedQuery(
    lambda: Solution.objects.select_related("photo", "student").filter(
        pk=Parameter("pk", Solution, "pk")
    )
)


def solution_claim_next(*, worker: str, with_batches: bool = True) -> Solution | None:
    """Take the next solution from the queue for a worker, or None when nothing waits.

    Without batches only what somebody waits for is taken.
    """
    first = _first_solution if with_batches else _first_awaited
    claimed = claim_first(Solution, first, worker=worker, state=State.READING, reading=None)
    if claimed is None:
        return None
    (solution,) = _claimed(pk=claimed)
    return solution


def solution_set_reading(*, claim: Claim, reading: dict[str, Any] | None) -> None:
    """Store what was read, None while an engine reads as it writes, and go on to solving.

    Raises:
        ClaimLostError: The solution is no longer this worker's.
    """
    claim_write(
        claim,
        (State.READING,),
        state=State.SOLVING,
        reading=reading,
        heartbeat_at=timezone.now(),
    )


def solution_finish(*, claim: Claim, result: SolutionResult) -> None:
    """Store how the solution ended, text, steps and all, in one transaction.

    Raises:
        ClaimLostError: The solution is no longer this worker's; nothing was stored.
    """
    allowed = (State.SOLVING,) if result.state == "finished" else Solution.RUNNING
    with transaction.atomic():
        claim_write(
            claim,
            allowed,
            state=result.state,
            finish_reason=result.finish_reason,
            reading=result.reading,
            text=result.text,
            answer_latex=result.answer_latex,
            answer_check=result.answer_check,
            engine=result.engine,
            engine_changes=result.engine_changes,
            is_cached=result.is_cached,
            answer_key=result.answer_key,
            usage=result.usage,
            timings_ms=result.timings_ms,
            error_code=result.error_code,
            error_message=result.error_message,
            **_for_review(result),
        )
        Step.objects.filter(solution_id=claim.row_id).delete()
        Step.objects.bulk_create(
            Step(
                solution_id=claim.row_id,
                index=step.index,
                start=step.start,
                end=step.end,
                title=step.title,
                formulas=step.formulas,
                rule=step.rule,
                rule_inputs=step.rule_inputs,
                step_check=step.check,
            )
            for step in result.steps
        )


def solution_fail(*, claim: Claim, code: str, message: str) -> None:
    """End a solution for a reason that has no result, keeping what was stored of it.

    Raises:
        ClaimLostError: The solution is no longer this worker's.
    """
    claim_write(
        claim,
        Solution.RUNNING,
        finish_reason="error",
        error_code=code,
        error_message=message,
        **_unsolved(),
    )


def solution_request_stop(*, solution_id: uuid.UUID) -> str:
    """Stop a solution, see `claims.request_stop`."""
    return request_stop(Solution, solution_id)


def solution_sweep(
    *, stale_before: datetime, max_attempts: int, workers: str = "", except_workers: str = ""
) -> Sweep:
    """Take solutions from workers that are gone, see `claims.sweep`."""
    return sweep(
        Solution,
        stale_before=stale_before,
        max_attempts=max_attempts,
        failed_values=lambda: GAVE_UP | _unsolved(),
        workers=workers,
        except_workers=except_workers,
    )


def solution_set_reported(*, solution: Solution, reported: str) -> None:
    """Note what the student says of a solution, which brings it to the top of the queue.

    Call it within a transaction, with the solution's row locked or fresh; `solution` is updated.
    """
    doubt = doubt_of(
        state=solution.state,
        reading=solution.reading,
        step_checks=[step.step_check for step in solution.steps.all()],
        answer_check=solution.answer_check,
        has_answer=bool(solution.answer_latex),
        fallback_reason=solution.fallback_reason,
        reported=reported,
    )
    solution.reported = reported
    solution.doubt_score = doubt.score
    solution.doubt_reasons = doubt.reasons
    solution.doubt_at = timezone.now()
    solution.review_state = Solution.ReviewState.OPEN
    solution.save(
        update_fields=[
            "reported",
            "doubt_score",
            "doubt_reasons",
            "doubt_at",
            "review_state",
        ]
    )


def solution_set_reviewed(*, solution: Solution, version: int, state: str) -> None:
    """Note a teacher's verdict, if nobody gave one since `version`.

    Raises:
        ConflictError: Another review was faster, or the solution is gone; nothing was stored.
    """
    now = timezone.now()
    if (
        Solution.objects.filter(pk=solution.pk, review_version=version).update(
            review_state=state, review_version=version + 1, reviewed_at=now
        )
        != 1
    ):
        raise ConflictError
    solution.review_state = state
    solution.review_version = version + 1
    solution.reviewed_at = now


def _for_review(result: SolutionResult) -> dict[str, Any]:
    """What lists and the queue of the teachers sort and filter by."""
    now = timezone.now()
    step_checks = [step.check for step in result.steps]
    has_answer = bool(result.answer_latex)
    doubt = doubt_of(
        state=result.state,
        reading=result.reading,
        step_checks=step_checks,
        answer_check=result.answer_check,
        has_answer=has_answer,
        fallback_reason=result.fallback_reason,
    )
    values: dict[str, Any] = {
        "finished_at": now,
        "topic": result.topic,
        "verdict": verdict_of(
            step_checks=step_checks, answer_check=result.answer_check, has_answer=has_answer
        ),
        "fallback_reason": result.fallback_reason[:40],
        "doubt_score": doubt.score,
        "doubt_reasons": doubt.reasons,
        "doubt_at": now if doubt.score >= ATTENTION else None,
        # Who stopped a question does not want it any more.
        "review_state": "" if result.state == "stopped" else Solution.ReviewState.OPEN,
    }
    if result.reading is not None and result.reading.get("text"):
        values["asked_text"] = str(result.reading["text"])[:QUESTION_MAX_CHARACTERS]
    return values


def _unsolved() -> dict[str, Any]:
    now = timezone.now()
    doubt = doubt_of(
        state="failed", reading=None, step_checks=(), answer_check=None, has_answer=False
    )
    return {
        "state": State.FAILED,
        "finished_at": now,
        "doubt_score": doubt.score,
        "doubt_reasons": doubt.reasons,
        "doubt_at": now,
        "review_state": Solution.ReviewState.OPEN,
    }
