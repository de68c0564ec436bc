"""`If-Match` and versions: the later of two who change the same is told, and changes nothing."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from homework.common.errors import (
    PreconditionFailedError,
    PreconditionRequiredError,
    ValidationFailedError,
)

_VERSIONED = re.compile(r'"(\d{1,9})-[0-9a-f]{32}"', re.ASCII)


def etag_of(body: bytes) -> str:
    """The ETag of an answer."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def versioned_etag(value: Any, version: int) -> str:
    """The ETag of what counts its versions: `wanted_version` finds the version in it again."""
    return f'"{version}-{etag_of(JSONRenderer().render(value))[1:]}'


def require_match(request: Request, current: Any) -> None:
    """Refuse a change of what is no longer as the caller saw it, if they say how they saw it.

    Args:
        request: With `If-Match` or without.
        current: What a read of the same address answers now, without `fields`.

    Raises:
        PreconditionFailedError: It is not what they saw.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return
    if etag_of(JSONRenderer().render(current)) not in parse_etags(header):
        raise PreconditionFailedError


def wanted_version(request: Request, given: dict[str, Any]) -> int:
    """The version that the caller saw: by the ETag in `If-Match`, or by the field `version`.

    Raises:
        PreconditionRequiredError: They do not say.
        PreconditionFailedError: `If-Match` has no ETag of a versioned read.
        ValidationFailedError: They say both, and not the same.
    """
    header = request.headers.get("If-Match")
    if header is None:
        if "version" not in given:
            raise PreconditionRequiredError
        return int(given["version"])
    found = {int(match[1]) for tag in parse_etags(header) if (match := _VERSIONED.fullmatch(tag))}
    if len(found) != 1:
        raise PreconditionFailedError
    version = found.pop()
    if given.get("version", version) != version:
        raise ValidationFailedError(
            None,
            errors=[{"field": "version", "code": "ambiguous", "message": "If-Match says another."}],
        )
    return version
