"""What may be read of solutions, and by whom."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from homework.accounts.models import User
from homework.accounts.selectors import students_visible_to
from homework.common.errors import NotFoundError
from homework.solutions.models import Claimable, FollowUp, Solution


def solutions_visible_to(*, viewer: User | AnonymousUser) -> QuerySet[Solution]:
    """The solutions of everybody whose work `viewer` may see: their own, or their students'."""
    return Solution.objects.filter(student__in=students_visible_to(viewer=viewer))


def solution_get_visible(*, viewer: User | AnonymousUser, solution_id: uuid.UUID) -> Solution:
    """One solution with its photo and steps.

    Raises:
        NotFoundError: It does not exist, or `viewer` may not see it; outsiders learn no more.
    """
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
    solutions = Solution.objects.filter(state=Claimable.State.QUEUED)
    if not with_batches:
        solutions = solutions.filter(priority=Solution.Priority.INTERACTIVE)
    return solutions.count() + FollowUp.objects.filter(state=Claimable.State.QUEUED).count()


def num_active(*, student: User) -> int:
    """How many solutions and follow-ups of a student wait or are worked on, batches aside."""
    states = (Claimable.State.QUEUED, *Claimable.RUNNING)
    return (
        Solution.objects.filter(
            student=student, priority=Solution.Priority.INTERACTIVE, state__in=states
        ).count()
        + FollowUp.objects.filter(solution__student=student, state__in=states).count()
    )


def num_asked(*, student: User, since: datetime) -> int:
    """How many solutions and follow-ups a student has asked for after a moment."""
    return (
        Solution.objects.filter(student=student, created_at__gt=since).count()
        + FollowUp.objects.filter(solution__student=student, created_at__gt=since).count()
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
