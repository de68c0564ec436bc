"""Which parts of a line differ from the line before it, so that a page can mark them.

The lines are compared sign by sign, as LaTeX. A part is widened until it is a formula by itself:
braces and brackets closed, no command without its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Span = tuple[int, int]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S")
_OPENING = {"{": "}", "(": ")", "[": "]", "\\left": "\\right", "\\begin": "\\end"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}
# What belongs to the sign before it, or to the one after it.
_HOLDS_ON = ("^", "_")
_TAKES_ARGUMENTS = (
    "\\frac",
    "\\sqrt",
    "\\binom",
    "\\text",
    "\\begin",
    "\\end",
    "\\left",
    "\\right",
)


def changed_spans(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The parts of `before` that are gone or different, and the parts of `after` that are new or
    different, each as (start, end)."""
    old, new = list(_TOKEN.finditer(before)), list(_TOKEN.finditer(after))
    old_texts, new_texts = [t.group() for t in old], [t.group() for t in new]
    matcher = SequenceMatcher(None, old_texts, new_texts, autojunk=False)
    gone: list[Span] = []
    added: list[Span] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        if i < j:
            gone.append(_widened(old_texts, i, j))
        if k < m:
            added.append(_widened(new_texts, k, m))
    return (
        tuple((old[i].start(), old[j - 1].end()) for i, j in _merged(gone)),
        tuple((new[i].start(), new[j - 1].end()) for i, j in _merged(added)),
    )


def _widened(tokens: Sequence[str], start: int, end: int) -> Span:
    """The smallest whole formula around some tokens."""
    while (start, end) != (0, len(tokens)):
        left, right = _missing(tokens[start:end])
        if left and start > 0:
            start = _opening_before(tokens, start, left)
        elif right and end < len(tokens):
            end = _closing_after(tokens, end, right)
        elif _cuts_a_table(tokens[start:end]):
            start = _opening_before(tokens, start, "\\begin")
            end = _closing_after(tokens, end, "\\end")
        elif start > 0 and (
            tokens[start] in _HOLDS_ON
            or tokens[start - 1] in _HOLDS_ON
            or tokens[start - 1] in _TAKES_ARGUMENTS
            or (tokens[start] == "{" and tokens[start - 1] == "}")
        ):
            start -= 1
        elif end < len(tokens) and (
            tokens[end - 1] in (*_HOLDS_ON, *_TAKES_ARGUMENTS)
            or tokens[end] in _HOLDS_ON
            or tokens[end] == "{"
        ):
            end += 1
        else:
            break
    return start, end


def _missing(tokens: Sequence[str]) -> tuple[str, str]:
    """The opening that is missing on the left, or the closing that is missing on the right."""
    open_ones: list[str] = []
    for token in tokens:
        if token in _OPENING:
            open_ones.append(token)
        elif token in _CLOSING:
            if not open_ones:
                return _CLOSING[token], ""
            open_ones.pop()
    return ("", _OPENING[open_ones[-1]]) if open_ones else ("", "")


def _cuts_a_table(tokens: Sequence[str]) -> bool:
    """Whether a border of cells or rows is among them, but not the table that it belongs to."""
    depth = 0
    for sign in tokens:
        depth += (sign == "\\begin") - (sign == "\\end")
        if sign in ("&", "\\\\") and not depth:
            return True
    return False


def _opening_before(tokens: Sequence[str], start: int, opening: str) -> int:
    depth = 1
    while start > 0:
        start -= 1
        if tokens[start] == _OPENING[opening]:
            depth += 1
        elif tokens[start] == opening:
            depth -= 1
            if not depth:
                return start
    return 0


def _closing_after(tokens: Sequence[str], end: int, closing: str) -> int:
    depth = 1
    while end < len(tokens):
        if tokens[end] == _CLOSING[closing]:
            depth += 1
        elif tokens[end] == closing:
            depth -= 1
            if not depth:
                return end + 1
        end += 1
    return len(tokens)


def _merged(spans: list[Span]) -> list[Span]:
    """Parts that touch or overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
