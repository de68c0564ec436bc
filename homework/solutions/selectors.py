"""What may be read of solutions, and by whom."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from homework.accounts.models import User
from homework.accounts.selectors import students_visible_to
from homework.common.errors import NotFoundError
from homework.common.prepared import Parameter, PreparedQuery
from homework.solutions.models import Claimable, FollowUp, Solution, Step


def solutions_visible_to(*, viewer: User | AnonymousUser) -> QuerySet[Solution]:
    """The solutions of everybody whose work `viewer` may see: their own, or their students'."""
    return Solution.objects.filter(student__in=students_visible_to(viewer=viewer))


_NO_STEPS = Step.objects.none()
_own = PreparedQuery(
    lambda: Solution.objects.select_related("photo").filter(
        pk=Parameter("pk", Solution, "pk"), student=Parameter("student", Solution, "student")
    )
)


def solution_get_visible(*, viewer: User | AnonymousUser, solution_id: uuid.UUID) -> Solution:
    """One solution with its photo and steps.

    Raises:
        NotFoundError: It does not exist, or `viewer` may not see it; outsiders learn no more.
    """
    if isinstance(viewer, User) and viewer.is_active:
        # Nearly always it is one's own, for which nobody else need be asked about.
        own = _own.first(pk=solution_id, student=viewer.pk)
        if own is not None:
            if own.state in Solution.TERMINAL:
                prefetch_related_objects([own], "steps")
            else:
                # They are stored with the end. So Django notes what was prefetched.
                vars(own)["_prefetched_objects_cache"] = {"steps": _NO_STEPS}
            return own
    found = (
        solutions_visible_to(viewer=viewer)
        .select_related("photo")
        .prefetch_related("steps")
        .filter(pk=solution_id)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found


def num_waiting(*, with_batches: bool = False) -> int:
    """How many solutions and follow-ups wait in the queue; with batches, also those for which
    nobody waits."""
    solutions = _solutions_waiting if with_batches else _solutions_awaited
    return _number(solutions) + _number(_follow_ups_waiting)


def _counted(rows: Callable[[], QuerySet[Any]]) -> PreparedQuery[int]:
    # One group for all rows, hence no row where there is nothing to count.
    return PreparedQuery(
        lambda: (
            rows()
            .order_by()
            .values(group=Value(1))
            .annotate(count=Count("pk"))
            .values_list("count", flat=True)
        )
    )


def _number(counted: PreparedQuery[int], **values: Any) -> int:
    return counted.first(**values) or 0


_QUEUED = Claimable.State.QUEUED
_AWAITED = Solution.Priority.INTERACTIVE
_ACTIVE = (_QUEUED, *Claimable.RUNNING)
_solutions_waiting = _counted(lambda: Solution.objects.filter(state=_QUEUED))
_solutions_awaited = _counted(lambda: Solution.objects.filter(state=_QUEUED, priority=_AWAITED))
_follow_ups_waiting = _counted(lambda: FollowUp.objects.filter(state=_QUEUED))
_solutions_active = _counted(
    lambda: Solution.objects.filter(
        student=Parameter("student", Solution, "student"), priority=_AWAITED, state__in=_ACTIVE
    )
)
_follow_ups_active = _counted(
    lambda: FollowUp.objects.filter(
        solution__student=Parameter("student", Solution, "student"), state__in=_ACTIVE
    )
)
_solutions_asked = _counted(
    lambda: Solution.objects.filter(
        student=Parameter("student", Solution, "student"),
        created_at__gt=Parameter("since", Solution, "created_at"),
    )
)
_follow_ups_asked = _counted(
    lambda: FollowUp.objects.filter(
        solution__student=Parameter("student", Solution, "student"),
        created_at__gt=Parameter("since", FollowUp, "created_at"),
    )
)


def num_active(*, student: User) -> int:
    """How many solutions and follow-ups of a student wait or are worked on, batches aside."""
    return _number(_solutions_active, student=student.pk) + _number(
        _follow_ups_active, student=student.pk
    )


def num_asked(*, student: User, since: datetime) -> int:
    """How many solutions and follow-ups a student has asked for after a moment."""
    return _number(_solutions_asked, student=student.pk, since=since) + _number(
        _follow_ups_asked, student=student.pk, since=since
    )


_follow_ups = FollowUp.objects.filter(solution=OuterRef("pk")).order_by().values("solution")
num_follow_ups = Coalesce(Subquery(_follow_ups.annotate(count=Count("pk")).values("count")), 0)
"""How many follow-ups a solution has, as an annotation."""


def solution_history(
    *, student: User, search: str = "", state: str = "", searches_answers: bool = True
) -> QuerySet[Solution]:
    """A student's questions, the newest first, each with `num_follow_ups`.

    Args:
        student: Whose.
        search: Words that stand in the question, as typed or as read, or in the answer.
        state: Only those in this state, or `running` for all that have not ended.
        searches_answers: Whether words may be found in answers; not while these are hidden.
    """
    found = (
        Solution.objects.filter(student=student)
        .select_related("photo")
        .annotate(num_follow_ups=num_follow_ups)
    )
    for word in search.split():
        read = Q(reading__text__icontains=word)
        if searches_answers:
            places = Q(question_text__icontains=word) | read | Q(answer_latex__icontains=word)
        else:
            # What a model read can hold the answer that its photo begged for.
            places = Q(question_text__icontains=word) | (read & ~Q(reading__source="model"))
        found = found.filter(places)
    if state == "running":
        found = found.filter(state__in=(Solution.State.QUEUED, *Solution.RUNNING))
    elif state:
        found = found.filter(state=state)
    return found.order_by("-created_at", "-pk")
