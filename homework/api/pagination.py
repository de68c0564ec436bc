"""Pages by cursor: each goes on after the last row of the one before, whatever came meanwhile."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from homework.common.errors import ValidationFailedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
M = TypeVar("M", bound=Model)


def page_response(
    request: Request,
    found: QuerySet[M],
    *,
    cursor: str,
    limit: int,
    as_json: Callable[[M], dict[str, Any]],
) -> Response:
    """One page of rows with `created_at`, the newest first.

    Raises:
        ValidationFailedError: The cursor is none of ours.
    """
    if cursor:
        created_at, pk = _decode(cursor, found.model)
        found = found.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk))
    rows = list(found.order_by("-created_at", "-pk")[: limit + 1])
    following = _encode(rows[limit - 1]) if len(rows) > limit else None
    return cursor_response(request, [as_json(row) for row in rows[:limit]], following)


def cursor_response(request: Request, data: list[dict[str, Any]], cursor: str | None) -> Response:
    """A page of what is listed, with the address of the next one, which begins at `cursor`."""
    following = None
    if cursor is not None:
        query = {**request.query_params.dict(), "cursor": cursor}
        following = f"{request.path}?{urlencode(query)}"
    response = Response({"data": data, "next": following})
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def _encode(row: Any) -> str:
    microseconds = (row.created_at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{microseconds}.{row.pk}".encode()).decode().rstrip("=")


def _decode(cursor: str, model: type[Model]) -> tuple[datetime, Any]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        microseconds, _dot, pk = text.decode("ascii").partition(".")
        moment = _EPOCH + timedelta(microseconds=int(microseconds))
        return moment, model._meta.pk.to_python(pk)
    except (ValueError, OverflowError, binascii.Error, ValidationError):
        raise no_cursor() from None


def no_cursor() -> ValidationFailedError:
    """The answer to a cursor that is none of ours."""
    return ValidationFailedError(
        None, errors=[{"field": "cursor", "code": "invalid", "message": "This is no cursor."}]
    )
