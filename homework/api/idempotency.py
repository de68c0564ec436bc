"""`Idempotency-Key`: a creating call that is sent again, since its answer was lost, creates nothing
more and is answered as before (draft-ietf-httpapi-idempotency-key-header).

A call that fails has created nothing; its key is free again.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from homework.accounts.models import User
from homework.api.models import IdempotentCall
from homework.api.negotiation import wants_events
from homework.api.views.base import ApiView
from homework.common.errors import (
    CallInFlightError,
    IdempotencyKeyReusedError,
    ValidationFailedError,
)

KEPT: Final = timedelta(hours=24)
ABANDONED: Final = timedelta(minutes=10)
"""A call without an answer for so long died with its server."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z", re.ASCII)

P = ParamSpec("P")
V = TypeVar("V", bound=ApiView)
Post = Callable[Concatenate[V, Request, P], HttpResponseBase]


class OnceResponse(Response):
    """An answer with secrets that exist in it alone. `kept` is what the same call is answered when
    it comes again."""

    def __init__(self, data: Any, *, kept: Any, status: int) -> None:
        super().__init__(data, status=status, headers={"Cache-Control": "no-store"})
        self.kept = kept


def idempotent(post: Post[V, P]) -> Post[V, P]:
    """Heed the key of a call whose answer is JSON."""

    @functools.wraps(post)
    def heeding(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return post(view, request, *args, **kwargs)
        if not _KEY.match(key) or wants_events(request):
            raise ValidationFailedError(
                None,
                errors=[
                    {
                        "field": "Idempotency-Key",
                        "code": "invalid",
                        "message": "1 to 255 visible characters, and not for a stream.",
                    }
                ],
            )
        call, is_new = _claim(view.caller, key, _fingerprint(request))
        if not is_new:
            return _answer_again(call)
        try:
            response = post(view, request, *args, **kwargs)
        except BaseException:
            call.delete()
            raise
        assert isinstance(response, Response)
        call.status = response.status_code
        call.location = response.headers.get("Location", "")
        call.body = response.kept if isinstance(response, OnceResponse) else response.data
        call.save(update_fields=["status", "location", "body"])
        return response

    heeding.is_idempotent = True  # type: ignore[attr-defined]
    return heeding


def _claim(user: User, key: str, fingerprint: str) -> tuple[IdempotentCall, bool]:
    now = timezone.now()
    IdempotentCall.objects.filter(
        Q(created_at__lt=now - KEPT) | Q(created_at__lt=now - ABANDONED, status=None), user=user
    ).delete()
    try:
        with transaction.atomic():
            created = IdempotentCall.objects.create(user=user, key=key, fingerprint=fingerprint)
            return created, True
    except IntegrityError:
        found = IdempotentCall.objects.filter(user=user, key=key).first()
    if found is None:
        raise CallInFlightError(None, retry_after_s=1)  # it failed this very moment
    if found.fingerprint != fingerprint:
        raise IdempotencyKeyReusedError
    return found, False


def _answer_again(call: IdempotentCall) -> Response:
    if call.status is None:
        raise CallInFlightError(None, retry_after_s=1)
    headers = {"Idempotency-Replayed": "true"}
    if call.location:
        headers["Location"] = call.location
    return Response(call.body, status=call.status, headers=headers)


def _fingerprint(request: Request) -> str:
    """What was asked, whatever the boundaries of a form or the order of an object."""
    data: Any = request.data
    if hasattr(data, "lists"):
        data = {name: [_value(value) for value in values] for name, values in data.lists()}
    asked = [request.method, request.path, sorted(request.query_params.lists()), data]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _value(value: Any) -> str:
    if not isinstance(value, UploadedFile):
        return f"text {value}"
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return f"file {digest.hexdigest()}"
