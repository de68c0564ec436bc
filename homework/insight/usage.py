"""What a school uses, for its administrator: by day, and by person and token. Days are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncDate

from homework.access.models import DailyUse
from homework.accounts.models import School, User
from homework.solutions.models import Solution

NUM_DAYS = 14


@dataclass(frozen=True, slots=True)
class DayUse:
    """What a school used on one day.

    Attributes:
        day: Which.
        questions: Asked, by whatever way.
        calls: Of programs.
        errors: Of which were refused or failed.
    """

    day: date
    questions: int
    calls: int
    errors: int


def last_days() -> list[date]:
    """The days that are told of, the latest first."""
    today = datetime.now(UTC).date()
    return [today - timedelta(days=number) for number in range(NUM_DAYS)]


def usage_by_day(*, school: School) -> list[DayUse]:
    """Every day of the last NUM_DAYS, the latest first: three queries."""
    days = last_days()
    people = list(User.objects.filter(school=school).values_list("pk", flat=True))
    questions = dict(
        Solution.objects.filter(
            student__in=people,
            created_at__gte=datetime.combine(days[-1], time.min, tzinfo=UTC),
        )
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .order_by()
        .values("day")
        .annotate(num=Count("pk"))
        .values_list("day", "num")
    )
    calls = {
        day: (num_calls, num_errors)
        for day, num_calls, num_errors in DailyUse.objects.filter(
            user__school=school, day__gte=days[-1]
        )
        .order_by()
        .values("day")
        .annotate(calls=Sum("num_calls"), errors=Sum("num_errors"))
        .values_list("day", "calls", "errors")
    }
    return [DayUse(day, questions.get(day, 0), *calls.get(day, (0, 0))) for day in days]


def usage_by_token(
    *, school: School, day: date | None = None
) -> QuerySet[DailyUse, Mapping[str, Any]]:
    """What came in by each token, or by signing in, within the last NUM_DAYS or on one of them.

    Rows have `user_id`, `user__username`, `token_id`, `token__name`, `token__prefix`, `calls`,
    `errors`, `last_day`; the most used first.
    """
    found = DailyUse.objects.filter(user__school=school, day__gte=last_days()[-1])
    if day is not None:
        found = found.filter(day=day)
    return (
        found.values("user_id", "user__username", "token_id", "token__name", "token__prefix")
        .annotate(calls=Sum("num_calls"), errors=Sum("num_errors"), last_day=Max("day"))
        .order_by("-calls", "user__username", "token_id")
    )
