"""What a school has set about access: networks from which its people come, questions a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from homework.access.limits import Bucket, Rate, counters, spend
from homework.access.models import SchoolAccess
from homework.access.networks import Address, is_within, parse_networks
from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import School, User
from homework.common.errors import (
    InvalidInputError,
    NetworkNotAllowedError,
    QuotaUsedUpError,
    RateLimitedError,
)
from homework.common.prepared import Parameter, PreparedQuery

MAX_NETWORKS = 100
MAX_QUESTIONS_PER_DAY = 1_000_000
NO_QUOTA = 2**31 - 1


_school = PreparedQuery(
    lambda: School.objects.select_related("access").filter(pk=Parameter("pk", School, "pk"))
)
_questions_per_day = PreparedQuery(
    lambda: SchoolAccess.objects.filter(
        school=Parameter("school", SchoolAccess, "school")
    ).values_list("questions_per_day", flat=True)
)


def require_network(*, user: User, address: Address | None) -> None:
    """Refuse somebody of a school who comes from outside of its networks.

    Raises:
        NetworkNotAllowedError: They do.
    """
    if user.school_id is None:
        return
    # The school comes with it: nearly every page asks for it, too.
    (user.school,) = _school(pk=user.school_id)
    access = getattr(user.school, "access", None)
    listed = access.networks if access is not None else []
    if listed and not is_within(address, parse_networks(listed)):
        raise NetworkNotAllowedError


def question_count(*, student: User) -> None:
    """Count a question against the day of the student's school (UTC).

    It is counted without a quota, too, so that one that is set at noon knows of the morning.

    Raises:
        QuotaUsedUpError: The school has asked all that it may today; nothing was counted.
    """
    if student.school_id is None:
        return
    quota = questions_allowed(school_id=student.school_id)
    now = datetime.now(UTC)
    try:
        spend([_day_of(student.school_id, now, NO_QUOTA if quota is None else quota)])
    except RateLimitedError:
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise QuotaUsedUpError(
            None, retry_after_s=int((midnight - now).total_seconds()) + 1
        ) from None


def questions_allowed(*, school_id: int) -> int | None:
    """How many questions a school may ask a day; None for as many as it likes."""
    return _questions_per_day.first(school=school_id)


def questions_today(*, school: School) -> int:
    """How many of them were asked today (UTC)."""
    return counters().count(_day_of(school.pk, datetime.now(UTC), NO_QUOTA))


def _day_of(school_id: int, now: datetime, quota: int) -> Bucket:
    return Bucket("school_day", f"{school_id}:{now:%Y-%m-%d}", Rate(quota, 86400))


@transaction.atomic
def school_quota_set(*, school: School, questions_per_day: int | None, by: User) -> None:
    """Set how many questions a school may ask a day; None for as many as it likes.

    Raises:
        InvalidInputError: Below 0 or above MAX_QUESTIONS_PER_DAY.
    """
    if questions_per_day is not None and not 0 <= questions_per_day <= MAX_QUESTIONS_PER_DAY:
        raise InvalidInputError
    School.objects.select_for_update().get(pk=school.pk)
    access, _created = SchoolAccess.objects.get_or_create(school=school)
    if access.questions_per_day == questions_per_day:
        return
    change = {"from": access.questions_per_day, "to": questions_per_day}
    access.questions_per_day = questions_per_day
    access.save(update_fields=["questions_per_day"])
    audit_record(
        actor=by,
        action=AuditAction.SCHOOL_QUOTA_CHANGED,
        target=school,
        school=school,
        detail=change,
    )


def school_access_set(
    *,
    school: School,
    networks: Sequence[str],
    questions_per_day: int | None,
    by: User,
    address: Address | None,
) -> SchoolAccess:
    """Set both.

    Raises:
        InvalidInputError: What is no network, too many, or who sets it would be shut out.
    """
    given = [network.strip() for network in networks if network.strip()]
    try:
        parsed = parse_networks(given)
    except ValueError:
        raise InvalidInputError(_("One of these is no network.")) from None
    if len(given) > MAX_NETWORKS:
        raise InvalidInputError(_("These are too many networks."))
    if by.school_id == school.pk and not is_within(address, parsed):
        raise InvalidInputError(_("You would shut yourself out: your own address is not in these."))
    with transaction.atomic():
        access, _created = SchoolAccess.objects.update_or_create(
            school=school,
            defaults={
                "networks": [str(network) for network in parsed],
                "questions_per_day": questions_per_day,
            },
        )
        audit_record(
            actor=by,
            action=AuditAction.SCHOOL_CHANGED,
            target=school,
            school=school,
            detail={"networks": access.networks, "questions_per_day": questions_per_day},
        )
    return access
