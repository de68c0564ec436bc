"""Text of the API's description in a page."""

from __future__ import annotations

import re

from django import template
from django.template.defaultfilters import linebreaks_filter
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_CODE = re.compile(r"`([^`\n]+)`")


@register.filter
def inline_code(text: str) -> SafeString:
    """`code` as code; all else as it stands."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", conditional_escape(text)))  # noqa: S308, escaped


@register.filter
def prose(text: str) -> SafeString:
    """The same in paragraphs, whatever lines the text was written in."""
    joined = re.sub(r"(?<!\n)\n(?!\n)", " ", text.strip())
    return inline_code(linebreaks_filter(joined, autoescape=True))
