"""Writing policies, and what students open or enter under them.

Who may do it is asked by the callers: teachers of the class for the former, the student of the
solution for the latter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import Classroom, User
from homework.common.errors import InvalidInputError, NotFoundError
from homework.policy.models import ClassPolicy, Mode, OwnAttempt, PolicyWindow, Progress
from homework.solutions.models import Solution

MAX_WINDOWS = 50
MAX_WINDOW = timedelta(days=366)
MAX_AHEAD = timedelta(days=3660)
"""The last days of the calendar have no day after, whatever the time zone."""


def class_policy_set(*, classroom: Classroom, mode: Mode, by: User) -> ClassPolicy:
    """Set what holds for a class outside of its windows."""
    with transaction.atomic():
        policy, _created = ClassPolicy.objects.update_or_create(
            classroom=classroom, defaults={"mode": mode, "updated_by": by}
        )
        _record(by, classroom, mode=str(mode))
    return policy


def policy_window_create(
    *,
    classroom: Classroom,
    mode: Mode,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    by: User,
) -> PolicyWindow:
    """Add a window.

    Args:
        classroom: Whose.
        mode: What holds meanwhile.
        starts_at: Aware.
        ends_at: Aware; the first moment that is no longer in it.
        time_zone: In which the teacher sees it.
        by: Who adds it.

    Raises:
        InvalidInputError: It ends before it starts, is over, is longer than a year or ten years
            away, or the class has too many.
    """
    if ends_at <= starts_at:
        raise InvalidInputError(_("The end must lie after the beginning."))
    if ends_at <= timezone.now():
        raise InvalidInputError(_("This time is over already."))
    if ends_at - starts_at > MAX_WINDOW:
        raise InvalidInputError(_("This is longer than a year. Set the rule of the class instead."))
    if ends_at - timezone.now() > MAX_AHEAD:
        raise InvalidInputError(_("This is more than ten years away."))
    with transaction.atomic():
        # Locked, so that two teachers together stay below the bound.
        Classroom.objects.select_for_update().get(pk=classroom.pk)
        open_windows = PolicyWindow.objects.filter(classroom=classroom, ends_at__gt=timezone.now())
        if open_windows.count() >= MAX_WINDOWS:
            raise InvalidInputError(_("This class has very many times already. Delete some."))
        _record(
            by,
            classroom,
            mode=str(mode),
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
        )
        return PolicyWindow.objects.create(
            classroom=classroom,
            mode=mode,
            starts_at=starts_at,
            ends_at=ends_at,
            time_zone=time_zone,
            created_by=by,
        )


def policy_window_delete(*, classroom: Classroom, window_id: int, by: User) -> None:
    """Delete a window of a class.

    Raises:
        NotFoundError: The class has no such window.
    """
    with transaction.atomic():
        if not PolicyWindow.objects.filter(classroom=classroom, pk=window_id).delete()[0]:
            raise NotFoundError
        _record(by, classroom, deleted_window=window_id)


def _record(by: User, classroom: Classroom, **detail: Any) -> None:
    audit_record(actor=by, action=AuditAction.POLICY_CHANGED, target=classroom, detail=detail)


def local_moment(naive: datetime, time_zone: ZoneInfo, *, is_end: bool) -> datetime:
    """The moment that a clock on the wall means.

    In autumn one hour comes twice: a window then begins with the first and ends with the second.

    Raises:
        InvalidInputError: In spring one hour is left out, and this moment lies in it.
    """
    aware = naive.replace(tzinfo=time_zone, fold=1 if is_end else 0)
    back = aware.astimezone(ZoneInfo("UTC")).astimezone(time_zone).replace(tzinfo=None)
    if back != naive:
        raise InvalidInputError(
            _("At this time the clocks are put forward: there is no such moment.")
        )
    return aware.astimezone(ZoneInfo("UTC"))


def progress_of(*, solution: Solution) -> Progress:
    """What the student has opened so far; an unsaved, empty one if nothing."""
    return Progress.objects.filter(solution=solution).first() or Progress(solution=solution)


def progress_show_step(*, solution: Solution, expected: int) -> bool:
    """Open one more step, if `expected` are open. False when another tab was faster."""
    Progress.objects.get_or_create(solution=solution)
    opened = Progress.objects.filter(solution=solution, num_steps=expected).update(
        num_steps=F("num_steps") + 1
    )
    return opened == 1


def progress_show_answer(*, solution: Solution) -> bool:
    """Open the whole solution, if an attempt was made. False otherwise."""
    shown = Progress.objects.filter(solution=solution, has_attempt=True).update(shows_answer=True)
    return shown == 1


@transaction.atomic
def attempt_record(
    *, solution: Solution, text: str, check: Mapping[str, Any], counts: bool
) -> OwnAttempt:
    """Store an answer that the student entered, with what the checker said."""
    attempt = OwnAttempt.objects.create(
        solution=solution,
        text=text,
        check_result=dict(check),
        verdict=check["verdict"],
        counts=counts,
        num_steps=progress_of(solution=solution).num_steps,
    )
    if counts:
        Progress.objects.get_or_create(solution=solution)
        Progress.objects.filter(solution=solution).update(has_attempt=True)
    return attempt
