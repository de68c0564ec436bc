"""Why an item was not asked, or not solved, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from homework.common.errors import (
    AppError,
    BatchExpiredError,
    BodyTooLargeError,
    InvalidInputError,
    NotFoundError,
    QuotaUsedUpError,
    UploadError,
)
from homework.pipeline.messages import error_message


def _with_subclasses(kind: type[AppError]) -> Iterator[type[AppError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from _with_subclasses(inner)


_REFUSALS: tuple[type[AppError], ...] = (
    *_with_subclasses(UploadError),
    BatchExpiredError,
    BodyTooLargeError,
    InvalidInputError,
    NotFoundError,
    QuotaUsedUpError,
)
_KINDS = {kind.code: kind for kind in _REFUSALS}
"""Errors with which an item may be refused, by their codes."""


def refusal_message(code: str, language: str) -> str:
    """The message of an item's code, in the language of whoever asks."""
    kind = _KINDS.get(code)
    if kind is None:
        return error_message(code, "zh" if language.startswith("zh") else "en")
    with translation.override(language):
        return str(kind.message)
