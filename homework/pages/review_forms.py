"""What the review pages take in. What is malformed in an address counts as not given."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from homework.common.errors import InvalidInputError
from homework.judging.services import TypedPart
from homework.pages.review_words import engine_words, review_choices, verdict_choices
from homework.review.changes import (
    FORMULA_MAX_CHARACTERS,
    MAX_FORMULAS,
    MAX_STEPS,
    TITLE_MAX_CHARACTERS,
)
from homework.review.queue import QueueFilter
from homework.review.services import MAX_AT_ONCE
from homework.solutions.models import Solution
from homework.solutions.topics import Topic

_FIELDS = (
    "classroom",
    "student",
    "topic",
    "since",
    "until",
    "engine",
    "verdict",
    "review",
    "q",
)
_MAX_KEY = 2**62


class QueueForm(forms.Form):
    """The filters of the queue as they stand in its address."""

    classroom = forms.IntegerField(required=False, min_value=1, max_value=_MAX_KEY)
    student = forms.IntegerField(required=False, min_value=1, max_value=_MAX_KEY)
    topic = forms.ChoiceField(required=False, choices=Topic.choices)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    engine = forms.ChoiceField(required=False, choices=lambda: list(engine_words().items()))
    verdict = forms.ChoiceField(required=False, choices=lambda: list(verdict_choices().items()))
    review = forms.ChoiceField(required=False, choices=lambda: list(review_choices().items()))
    q = forms.CharField(required=False, max_length=100)

    def filter(self) -> QueueFilter:
        """The filter, whatever of it makes sense."""
        self.is_valid()
        given = self.cleaned_data
        # The last days of the calendar have no day after.
        until = given.get("until")
        return QueueFilter(
            classroom_id=given.get("classroom"),
            student_id=given.get("student"),
            topic=given.get("topic") or "",
            since=given.get("since"),
            until=until if until is not None and until.year < 9000 else None,
            engine=given.get("engine") or "",
            verdict=given.get("verdict") or "",
            review=given.get("review") or Solution.ReviewState.OPEN.value,
            search=given.get("q") or "",
        )

    def query(self) -> str:
        """The filter as the query of an address, without what is not given."""
        self.is_valid()
        return urlencode(
            {name: value for name in _FIELDS if (value := self.cleaned_data.get(name))}
        )


_PART = re.compile(r"(?:title|formulas)-(?:new)?\d{1,4}|follows-new\d{1,4}")
_INDEX = re.compile(r"(new)?(\d{1,4})")


def typed_parts(data: QueryDict) -> list[TypedPart]:
    """The parts of a posted correction, `title-2` and `formulas-2` for step 2, 0 for the answer.

    A step to be added is `title-new1`, `formulas-new1`, and says by `follows-new1` which one it
    stands behind: `2`, `0` for the head, or `new1` for one that is added as well.

    Raises:
        InvalidInputError: One of them is too long.
    """
    names = {name.partition("-")[2] for name in data if _PART.fullmatch(name)}
    parts = []
    for name in sorted(names, key=lambda name: (name[0] == "n", int(name.removeprefix("new")))):
        title = data.get(f"title-{name}", "").strip()
        lines = [line.strip() for line in data.get(f"formulas-{name}", "").splitlines()]
        lines = [line for line in lines if line]
        if (
            len(title) > TITLE_MAX_CHARACTERS
            or len(lines) > MAX_FORMULAS
            or any(len(line) > FORMULA_MAX_CHARACTERS for line in lines)
        ):
            raise InvalidInputError
        index = _posted_index(name)
        follows = _posted_index(data.get(f"follows-{name}", "")) if index < 0 else None
        parts.append(TypedPart(index, title, lines, follows))
    return parts


def removed_parts(data: QueryDict) -> list[int]:
    """The steps that a posted correction takes out, each a field `remove`.

    Raises:
        InvalidInputError: One of them is none.
    """
    return [_posted_index(name) for name in data.getlist("remove")[:MAX_STEPS]]


def _posted_index(name: str) -> int:
    """`2` is the part 2, `new1` the first that is added: -1."""
    found = _INDEX.fullmatch(name)
    if found is None or (found[1] and not int(found[2])):
        raise InvalidInputError
    return -int(found[2]) if found[1] else int(found[2])


def posted_version(data: QueryDict) -> int:
    """The version that a form was made from.

    Raises:
        InvalidInputError: There is none.
    """
    text = data.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise InvalidInputError
    return int(text)


def posted_items(data: QueryDict) -> list[tuple[uuid.UUID, int]]:
    """The items of a bulk approval, each as `<id>:<version>`.

    Raises:
        InvalidInputError: There are none or too many, or one is malformed.
    """
    items = []
    for text in data.getlist("item")[: MAX_AT_ONCE + 1]:
        key, _colon, version = text.partition(":")
        try:
            if not version.isdecimal() or len(version) > 9:
                raise InvalidInputError
            items.append((uuid.UUID(key), int(version)))
        except ValueError:
            raise InvalidInputError from None
    if not items:
        raise InvalidInputError
    return items
