"""Template filters of the review pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from homework.pages.review_words import (
    correction_headline,
    engine_words,
    part_name,
    review_headline,
    verdict_choices,
)
from homework.review.models import Correction, Review
from homework.review.words import doubt_words

register = template.Library()


@register.filter
def doubts(reasons: Iterable[str]) -> list[dict[str, str]]:
    """Reasons of doubt as `{"name", "words"}`, in their order."""
    words = doubt_words()
    return [{"name": name, "words": words[name]} for name in reasons if name in words]


@register.filter
def engine_word(engine: str) -> str:
    """Who wrote it, briefly."""
    return engine_words().get(engine, engine)


@register.filter
def overall_verdict(verdict: str) -> str:
    """What the checker says of a whole solution."""
    return verdict_choices()[verdict or "unsolved"]


@register.filter
def part_word(index: int) -> str:
    """`step 2` or `an added step`, within a sentence."""
    return part_name(index)


@register.filter
def named_correction(correction: Correction) -> str:
    """What a correction is of, above the difference."""
    return correction_headline(correction)


@register.filter
def headline(review: Review) -> str:
    """What a review says to the student, as a headline."""
    return review_headline(review)


@register.filter
def is_proved(check: Mapping[str, Any] | None) -> bool:
    """Whether the checker has verified it."""
    return check is not None and check["verdict"] == "verified"


@register.filter
def percent(share: float) -> int:
    """A share of one in percent, rounded down: nothing is surer than it is."""
    return int(share * 100)
