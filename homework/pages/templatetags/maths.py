"""Template filters for what a solution says: formulas within sentences, verdicts in words.

Formulas become elements with their LaTeX in `data-tex`; a script renders them, and without one the
LaTeX itself can be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from homework.pages.words import engine_change_word as word_of_change
from homework.pages.words import follow_up_note as note_of_follow_up
from homework.pages.words import state_words
from homework.pages.words import verdict_reason as reason_in_words
from homework.pages.words import verdict_word as word_of_verdict
from homework.pipeline.engine import number_line_of

register = template.Library()

_FORMULA = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$"
    r"|\\\[(?P<bracket>.+?)\\\]|\\\((?P<paren>.+?)\\\)",
    re.DOTALL,
)


@register.filter
def number_line(latex: str) -> str:
    """An answer as JSON for its drawing; empty where it is no range of numbers."""
    found = number_line_of(latex)
    return "" if found is None else json.dumps(found)


@register.filter
def maths(text: str) -> SafeString:
    """Escaped text with each closed `$...$`, `$$...$$`, `\\(...\\)`, `\\[...\\]` as a formula."""
    pieces: list[SafeString] = []
    position = 0
    for match in _FORMULA.finditer(text):
        pieces.append(format_html("{}", text[position : match.start()]))
        tex = next(group for group in match.groups() if group is not None).strip()
        pieces.append(format_html('<span class="math" data-tex="{}">{}</span>', tex, tex))
        position = match.end()
    pieces.append(format_html("{}", text[position:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def verdict_word(check: Mapping[str, Any] | None) -> str:
    """`Checked`, `This is wrong`, ...; `Checking…` while there is no check."""
    return word_of_verdict(check)


@register.filter
def verdict_reason(check: Mapping[str, Any] | None) -> str:
    """The ground of a verdict as part of a sentence, or nothing."""
    return reason_in_words(check)


@register.filter
def plain_number(value: float | None) -> str:
    """A number as scripts read it, whatever the language of the page; None is empty."""
    return "" if value is None else f"{value:g}"


@register.filter
def state_word(state: str) -> str:
    """The word for a state of a solution."""
    return state_words()[state]


@register.filter
def engine_change_word(changes: Sequence[Mapping[str, Any]]) -> str:
    """Why another engine wrote the answer, or nothing."""
    return word_of_change(changes[-1] if changes else None)


@register.filter
def follow_up_note(snapshot: Mapping[str, Any]) -> str:
    """What stands below the answer to a question about a solution."""
    return note_of_follow_up(snapshot)


@register.filter
def of(values: Mapping[Any, str], key: Any) -> str:
    """The value of a key, or nothing."""
    return values.get(key, "")
