"""Which policy holds for a student at a moment: the strictest of all their classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from homework.accounts.models import Classroom, Membership, User
from homework.common.prepared import Parameter, PreparedQuery
from homework.policy.models import Mode, PolicyWindow


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """What holds now.

    Attributes:
        mode: The strictest of the classes.
        classes: The names of the classes that ask for it; empty for FULL.
        until: When it ends by itself, if it comes from a window.
        changes_at: The next moment at which anything may be different.
    """

    mode: Mode = Mode.FULL
    classes: tuple[str, ...] = ()
    until: datetime | None = None
    changes_at: datetime | None = None


@dataclass(slots=True)
class _ClassRules:
    name: str
    default: Mode
    windows: list[PolicyWindow] = field(default_factory=list)

    def mode_at(self, now: datetime) -> tuple[Mode, datetime | None]:
        """The mode, and when it ends by itself. Of windows that overlap the strictest holds."""
        active = [window for window in self.windows if window.starts_at <= now < window.ends_at]
        if not active:
            return self.default, None
        mode = max((Mode(window.mode) for window in active), key=lambda mode: mode.strictness)
        return mode, max(window.ends_at for window in active if window.mode == mode)

    def boundaries_after(self, now: datetime) -> Iterable[datetime]:
        for window in self.windows:
            yield from (moment for moment in (window.starts_at, window.ends_at) if moment > now)


def classes_of_student(*, student: User) -> QuerySet[Classroom]:
    """The classes whose policies bind a student."""
    if student.school_id is None:
        return Classroom.objects.none()
    return Classroom.objects.filter(
        memberships__user=student, school_id=student.school_id, archived_at=None
    )


_USER = Parameter("student", Membership, "user")
_SCHOOL = Parameter("school", Classroom, "school")
_classes = PreparedQuery(
    lambda: (
        Classroom.objects.filter(memberships__user=_USER, school=_SCHOOL, archived_at=None)
        .order_by("name", "pk")
        .values_list("pk", "name", "answer_policy__mode")
    )
)
_windows = PreparedQuery(
    lambda: PolicyWindow.objects.filter(
        classroom__memberships__user=_USER,
        classroom__school=_SCHOOL,
        classroom__archived_at=None,
        ends_at__gt=Parameter("now", PolicyWindow, "ends_at"),
    )
)


def policy_of_student(*, student: User, now: datetime | None = None) -> ActivePolicy:
    """The policy that binds `student`; two queries.

    A window replaces its class's own policy while it lasts, be it stricter or not. Between
    classes the strictest holds, so that nobody walks around the rules of one class by joining
    another. Teachers and administrators are bound by none.
    """
    if student.role != User.Role.STUDENT or student.school_id is None:
        return ActivePolicy()
    now = now or timezone.now()
    rules = {
        pk: _ClassRules(name, Mode(mode) if mode else Mode.FULL)
        for pk, name, mode in _classes(student=student.pk, school=student.school_id)
    }
    if not rules:
        return ActivePolicy()
    for window in _windows(student=student.pk, school=student.school_id, now=now):
        if window.classroom_id in rules:  # not of one that was joined a moment ago
            rules[window.classroom_id].windows.append(window)
    modes = [(each.name, *each.mode_at(now)) for each in rules.values()]
    strictest = max((mode for _name, mode, _until in modes), key=lambda mode: mode.strictness)
    changes = [moment for each in rules.values() for moment in each.boundaries_after(now)]
    asking = [(name, until) for name, mode, until in modes if mode == strictest]
    ends = [until for _name, until in asking]
    return ActivePolicy(
        mode=strictest,
        classes=() if strictest is Mode.FULL else tuple(name for name, _until in asking),
        # Only if every class that asks for it stops asking at some time.
        until=None if None in ends else max(end for end in ends if end is not None),
        changes_at=min(changes, default=None),
    )


def classroom_mode(*, classroom: Classroom) -> Mode:
    """A class's own policy, outside of its windows."""
    policy = getattr(classroom, "answer_policy", None)
    return Mode(policy.mode) if policy is not None else Mode.FULL


def policy_windows(*, classroom: Classroom, now: datetime | None = None) -> QuerySet[PolicyWindow]:
    """The windows of a class that are open or still to come."""
    return PolicyWindow.objects.filter(classroom=classroom, ends_at__gt=now or timezone.now())
