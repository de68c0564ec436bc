"""What a call says of itself for the API's description: see `homework.api.schema`.

A view's method carries what cannot be seen from its code: which answers it gives, what it takes
and which errors it may end with. What all calls share is added there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework import serializers

from homework.api.outputs.base import Output
from homework.common import errors

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which a call succeeds.

    Attributes:
        status: Of the HTTP answer.
        meaning: When it comes.
        kind: Of the JSON body; None for no JSON.
        media: Other content types, each with an example as text; empty for a file.
        has_location: Whether `Location` names what was made.
        is_kept: Whether a client may keep it, by its ETag; for reads only.
    """

    status: int
    meaning: str
    kind: type[Output] | None = None
    media: Mapping[str, str] = field(default_factory=dict)
    has_location: bool = False
    is_kept: bool = True

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True, slots=True)
class Description:
    """What `describe` was given."""

    answers: tuple[Answer, ...]
    body: type[serializers.Serializer[Any]] | None = None
    form: type[serializers.Serializer[Any]] | None = None
    errors: tuple[type[errors.AppError], ...] = ()
    heeds_match: bool = False


def describe(
    *answers: Answer,
    body: type[serializers.Serializer[Any]] | None = None,
    form: type[serializers.Serializer[Any]] | None = None,
    errors: tuple[type[errors.AppError], ...] = (),
    heeds_match: bool = False,
) -> Callable[[F], F]:
    """Describe a call.

    Its summary and its text are the method's docstring. Parameters come from the view's `queries`,
    scopes from its `scopes`.

    Args:
        *answers: The ways in which it succeeds.
        body: What it takes, in each of the view's content types; its `examples` are shown.
        form: What it takes as a form, where that is not the body with files for photos.
        errors: Those beside what any call may end with (`homework.api.schema.problems`).
        heeds_match: Whether it heeds `If-Match`.
    """

    def described(method: F) -> F:
        method.description = Description(  # type: ignore[attr-defined]
            answers, body, form, errors, heeds_match
        )
        return method

    return described


@functools.cache
def answered_fields(description: Description) -> tuple[str, ...]:
    """The fields of what a call answers, or of each thing on the page that it answers."""
    kind = description.answers[0].kind if description.answers else None
    fields = kind().fields if kind else {}
    listed = fields.get("data")
    if isinstance(listed, serializers.ListSerializer):
        assert isinstance(listed.child, Output)
        return tuple(listed.child.fields)
    return tuple(fields)


@functools.cache
def page_of(kind: type[Output]) -> type[Output]:
    """One page of such things."""
    name = kind.__name__.removesuffix("Output")
    members = {
        "__doc__": "A page of a list, and where the next one is.",
        "__module__": __name__,
        "data": kind(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="The next page's address; null on the last."
        ),
        "examples": {
            title: {"data": [example], "next": None} for title, example in kind.examples.items()
        },
    }
    return type(f"{name}PageOutput", (Output,), members)


# Errors that several calls share.

PHOTO_ERRORS = (
    errors.EmptyFileError,
    errors.UnsupportedFormatError,
    errors.InvalidImageURLError,
    errors.DamagedImageError,
    errors.TooManyPixelsError,
    errors.ImageTooSmallError,
    errors.AnimatedImageError,
    errors.DecodeTimeoutError,
    errors.UploadsBusyError,
    errors.TooManyRequestsError,
)
"""Of calls that take a photo."""

SOLVE_ERRORS = (
    errors.InvalidInputError,
    errors.AnswersClosedError,
    errors.QuotaUsedUpError,
    errors.TooManyActiveError,
    errors.TooManyRequestsError,
    errors.QueueFullError,
)
"""Of calls that ask a question."""

VERDICT_ERRORS = (
    errors.InvalidInputError,
    errors.ReviewConflictError,
    errors.ConflictError,
    errors.PreconditionRequiredError,
)
"""Of calls that give a verdict."""
