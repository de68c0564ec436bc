"""Small repairs of the text that a spliced line gives, before it is brought into plain notation.

A stacked fraction arrives as `(1)/(2)` wherever it stood. In a row that binds otherwise than
on paper: beside a whole number it was a mixed number, after a division sign it was one operand.
"""

from __future__ import annotations

import re

_MIXED = re.compile(r"(?<![\d.,)}])(\d+) *\( *(\d+) *\)/\( *(\d+) *\)")
_LEIBNIZ = re.compile(r"\( *d *\)/\( *d *([a-z]) *\)")
_DIVISION_BEFORE = re.compile(r"[÷/:] *$")


def bind_fractions(text: str) -> str:
    """Write stacked fractions so that they bind in a row as they do on paper.

    `2(1)/(3)` becomes `2 1/3`, `÷ (a)/(b)` becomes `÷ ((a)/(b))`, `(a)/(b)^{2}` becomes
    `((a)/(b))^{2}`, `(d)/(dx)` becomes `d/dx`.
    """
    text = _LEIBNIZ.sub(r"d/d\1 ", text)
    text = _MIXED.sub(r"\1 \2/\3", text)
    return _bracketed(text)


def _bracketed(text: str) -> str:
    at = 0
    while (middle := text.find(")/(", at)) >= 0:
        start = _opening(text, middle)
        end = _closing(text, middle + 2)
        at = middle + 3
        if start is None or end is None:
            continue
        after_division = _DIVISION_BEFORE.search(text[:start]) is not None
        before_power = text[end + 1 : end + 2] == "^"
        if after_division or before_power:
            text = f"{text[:start]}({text[start : end + 1]}){text[end + 1 :]}"
            at += 1
    return text


def _opening(text: str, closing: int) -> int | None:
    """The bracket that `text[closing]` closes."""
    depth = 0
    for index in range(closing, -1, -1):
        depth += (text[index] == ")") - (text[index] == "(")
        if depth == 0:
            return index
    return None


def _closing(text: str, opening: int) -> int | None:
    """The bracket that closes `text[opening]`."""
    depth = 0
    for index in range(opening, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if depth == 0:
            return index
    return None
