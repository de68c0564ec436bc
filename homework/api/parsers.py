"""Reading bodies: JSON that cannot cost more than its bytes, and forms with a photo."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from rest_framework.parsers import BaseParser, MultiPartParser

from homework.batches.parts import PartsUploadHandler
from homework.common.errors import BodyTooLargeError, MalformedRequestError, TooManyItemsError

MAX_PARTS = 10_000
"""Commas and brackets of a body. Twelve megabytes of `[[],[],` would be a quarter gigabyte of
lists; a photo as a data URL has one comma."""


def parse_json(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        MalformedRequestError: No JSON in UTF-8, too deep, too many parts, or NaN and infinities.
    """
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_PARTS:
        raise MalformedRequestError
    try:
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MalformedRequestError from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN."""

    media_type = "application/json"
    max_bytes: int | None = 64 * 1024

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        max_bytes = self.max_bytes or settings.BODY_MAX_BYTES
        body = stream.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise BodyTooLargeError
        return parse_json(body)


class PhotoJSONParser(StrictJSONParser):
    """JSON that may hold a photo as a data URL."""

    max_bytes = None


class ListJSONParser(StrictJSONParser):
    """JSON that may hold many questions."""

    max_bytes = 1024 * 1024


class BatchFormParser(MultiPartParser):
    """A form with many photos or an archive, which stay on disk."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        parser_context["request"]._request.upload_handlers = [PartsUploadHandler()]
        try:
            return super().parse(stream, media_type, parser_context)
        except TooManyFilesSent:
            raise TooManyItemsError(None, max_items=settings.BATCH_MAX_ITEMS) from None


__all__ = [
    "BatchFormParser",
    "ListJSONParser",
    "MultiPartParser",
    "PhotoJSONParser",
    "StrictJSONParser",
    "parse_json",
]
