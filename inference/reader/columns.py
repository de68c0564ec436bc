"""Finds written sums: figures set out below each other, the sign of operation before the last.

    2000
  - 1999
  ------

Such a column is found from what its lines hold, figures and nothing else, and from how they stand:
close below each other, their last figures in one column. The rule below it may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference.reader.question import ReadLine

# What the recogniser's first guess makes of figures in handwriting.
_FIGURE = r"[0-9OoQSsBbIlZzgq|]"
_NUMBER = re.compile(rf"{_FIGURE}+(?:\s*[.,·]?\s*{_FIGURE}+)*\.?")
_SIGN = re.compile(r"[-+\u2212\u2013\u2014\u4e00\u5341\u00d7\u2715xX*\u00f7÷]")
_QUESTION_NUMBER = re.compile(r"^\s*(?:\(?\d{1,2}\s*[).、]\s+|[①-⑳]\s*|\(?[a-h]\)\s*)")
_LEGIBLE = 0.6

# In heights of a character.
_WIDEST_GAP = 1.5
_FURTHEST_OUT = 1.6
# Lines of a sum stand about as far apart as each other.
_EVEN = 1.7
_MOST_ADDENDS = 8


def find_columns(lines: Sequence[ReadLine]) -> list[list[ReadLine]]:
    """The written sums among the lines of a sheet, each as its lines from top to bottom."""
    ordered = sorted(lines, key=lambda each: each.line.rect.top)
    columns: list[list[ReadLine]] = []
    for last in reversed(ordered):
        if any(last is each for column in columns for each in column):
            continue
        sign = _sign_of(last)
        if sign is None:
            continue
        column = [last]
        while len(column) < _MOST_ADDENDS and not (sign not in "+-" and len(column) == 2):
            above = _above(column[0], ordered)
            if above is None or not _continues_upwards(column, above, sign):
                break
            answered = _above(above, ordered)
            if answered is not None and answered.line.underlined and len(column) > 1:
                # What stands below the rule of another sum is the answer to that.
                break
            column.insert(0, above)
            if _sign_of(above) is None and not _is_plain_sum(column):
                break
        if len(column) > 1 and _sign_of(column[0]) is None:
            columns.append(column)
    return columns[::-1]


def begins_with_sign(line: ReadLine) -> bool:
    """Whether a line begins with a sign of operation, within a fraction or not."""
    return _SIGN.match(line.text.lstrip(" {")) is not None


def _sign_of(line: ReadLine) -> str | None:
    """The sign before the figures of a line that holds nothing else."""
    text = line.text.strip()
    if line.legibility < _LEGIBLE or _SIGN.match(text) is None:
        return None
    if _NUMBER.fullmatch(text[1:].strip()) is None:
        return None
    match text[0]:
        case "+" | "\u5341":
            return "+"
        case "\u00d7" | "\u2715" | "x" | "X" | "*":
            return "*"
        case "\u00f7":
            return "/"
        case _:
            return "-"


def _is_plain_sum(column: Sequence[ReadLine]) -> bool:
    """Whether more addends may stand above: nothing is taken away or multiplied so far."""
    return all(_sign_of(each) in ("+", None) for each in column)


def _is_figures(line: ReadLine) -> bool:
    text = _QUESTION_NUMBER.sub("", line.text).strip()
    return (
        line.legibility >= _LEGIBLE
        and _NUMBER.fullmatch(text) is not None
        and any(character.isdigit() for character in text)
    )


def _above(line: ReadLine, ordered: Sequence[ReadLine]) -> ReadLine | None:
    """The nearest line above that shares columns of the page with `line`."""
    rect = line.line.rect
    over = [
        each
        for each in ordered
        if each is not line
        and each.line.rect.centre_y < rect.top
        and each.line.rect.overlap_x(rect) > 0
    ]
    return max(over, key=lambda each: each.line.rect.bottom, default=None)


def _continues_upwards(column: Sequence[ReadLine], above: ReadLine, sign: str) -> bool:
    """Whether `above` is the next line up of the sum whose lower lines are `column`."""
    first = column[0]
    own_sign = _sign_of(above)
    if above.line.underlined or not (_is_figures(above) or (own_sign and sign in "+-")):
        return False
    height = max(first.line.char_height, above.line.char_height)
    if min(first.line.char_height, above.line.char_height) < 0.6 * height:
        return False
    gap = first.line.rect.top - above.line.rect.bottom
    out = abs(_right(first) - _right(above))
    if gap > _WIDEST_GAP * height or out > _FURTHEST_OUT * height * (1 + _has_point(first, above)):
        return False
    if len(column) == 1:
        return True
    pitch = column[1].line.rect.centre_y - first.line.rect.centre_y
    next_pitch = first.line.rect.centre_y - above.line.rect.centre_y
    return max(pitch, next_pitch) < _EVEN * min(pitch, next_pitch)


def _right(line: ReadLine) -> float:
    """Where the last figure ends, whatever stroke may hang on it."""
    last = line.line.nodes[-1].rect
    return last.left + min(last.width, line.line.char_height)


def _has_point(*lines: ReadLine) -> bool:
    return any(mark in line.text for line in lines for mark in ".,·")
