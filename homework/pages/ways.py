"""Other ways to ask about the question of a solution, as a student is offered them below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from homework.pipeline.engine import other_ways
from homework.solutions.models import Solution

_NAMES: Mapping[str, str | Promise] = {
    "factoring": _("by factoring"),
    "completing_square": _("by completing the square"),
    "formula": _("by the formula"),
    "substitution": _("by substitution"),
    "elimination": _("by elimination"),
    "columns": _("in columns"),
    "factor": _("factor it"),
    "expand": _("expand it"),
    "differentiate": _("differentiate it"),
    "integrate": _("integrate it"),
}


@dataclass(frozen=True, slots=True)
class OfferedWay:
    """A button: what it says, and the question that it asks."""

    name: str | Promise
    text: str


def ways_for(solution: Solution, snapshot: Mapping[str, Any]) -> list[OfferedWay]:
    """The ways to ask again about what was read or typed; none where nothing is known yet."""
    reading = snapshot["reading"]
    question = reading["text"] if reading else solution.question_text
    found = other_ways(question, solution.language) if question else []
    return [OfferedWay(_NAMES[name], text) for name, text in found]
