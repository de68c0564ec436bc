"""Counting what is used, by person, token and day, for the pages that show it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from homework.access.credentials import Credential
from homework.access.models import DailyUse
from homework.common.prepared import Parameter, PreparedUpdate


def _counting(token: Parameter | None) -> PreparedUpdate:
    return PreparedUpdate(
        lambda: DailyUse.objects.filter(
            user=Parameter("user", DailyUse, "user"),
            token=token,
            day=Parameter("day", DailyUse, "day"),
        ),
        {
            "num_calls": F("num_calls") + 1,
            "num_errors": F("num_errors") + Parameter("errors", DailyUse, "num_errors"),
        },
    )


_of_token = _counting(Parameter("token", DailyUse, "token"))
_of_person = _counting(None)


def use_record(*, credential: Credential, is_error: bool) -> None:
    """Count a call. Blocks."""
    whose = {
        "user_id": credential.user_id,
        "token_id": credential.token_id or None,
        "day": datetime.now(UTC).date(),
    }
    errors = int(is_error)
    count_one = _of_token if credential.token_id else _of_person
    for _round in range(2):
        if count_one(
            user=credential.user_id, token=credential.token_id, day=whose["day"], errors=errors
        ):
            return
        try:
            with transaction.atomic():
                DailyUse.objects.create(**whose, num_calls=1, num_errors=errors)
            return
        except IntegrityError:
            continue  # another call was the first of the day
