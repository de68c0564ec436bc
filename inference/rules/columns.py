"""Calculations written out in columns, as on squared paper: how they look, and reading them back.

What is read has to be, row by row, what the calculation gives; then it claims its result. Any other
rows are not understood, so that nothing wrong in between is ever called checked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inference.errors import MathSyntaxError
from inference.rules.nodes import Add, Chain, Columns, Div, Mul, Neg, Node, Number, Relation

MAX_DIGITS = 6
_ARRAY = re.compile(r"\s*\\begin\{array\}\{r\}(?P<rows>.*)\\end\{array\}\s*", re.DOTALL)
_DIVISION = re.compile(r"(\d+)\\overline\{\)(\d+)\}")
_SIGNED = re.compile(r"(\\times|\+|-)(\d+)")


@dataclass(frozen=True, slots=True)
class Partial:
    """One row of a written product: `number * digit * 10^shift`."""

    digit: int
    shift: int
    value: int


def partial_products(left: int, right: int) -> list[Partial]:
    """The rows of a written product, one for each digit of the second number that is not 0."""
    digits = [int(digit) for digit in reversed(str(right))]
    return [Partial(each, place, left * each) for place, each in enumerate(digits) if each]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a written division: `part = divisor * digit + rest`; `place` counts the digits of
    the dividend still to come."""

    part: int
    digit: int
    rest: int
    place: int


def division_turns(dividend: int, divisor: int) -> list[Turn]:
    """The turns of a written division, from the first part that the divisor goes into."""
    found: list[Turn] = []
    part = 0
    digits = str(dividend)
    for at, digit in enumerate(digits):
        part = part * 10 + int(digit)
        if part >= divisor or found:
            found.append(Turn(part, part // divisor, part % divisor, len(digits) - at - 1))
            part %= divisor
    return found or [Turn(dividend, 0, dividend, 0)]


def product_in_columns(left: int, right: int) -> Columns:
    """`347 × 26` with a row for each digit of the second number."""
    partials = partial_products(left, right)
    rows = [str(left), f"\\times\\; {right}"]
    rows += [
        f"{_rule(place == 0)}{each.value}{_shift(each.shift)}"
        for place, each in enumerate(partials)
    ]
    total = Number(str(left * right))
    product = Mul((Number(str(left)), Number(str(right))), "×")
    if len(partials) < 2 and not (partials and partials[0].shift):
        rows = [*rows[:2], f"{_rule(True)}{left * right}"]
        return Columns(tuple(rows), Relation("=", product, total))
    rows.append(f"{_rule(True)}{left * right}")
    parts = tuple(Number(str(each.value * 10**each.shift)) for each in partials)
    middle: Node = parts[0] if len(parts) == 1 else Add(parts)
    return Columns(tuple(rows), Chain((product, middle, total), ("=", "=")))


def sum_in_columns(left: int, right: int, *, is_difference: bool) -> Columns:
    """`347 + 26` or `347 - 26`, the second number not the larger one."""
    sign = "-" if is_difference else "+"
    total = left - right if is_difference else left + right
    rows = (str(left), f"{sign}\\; {right}", f"{_rule(True)}{total}")
    second: Node = Number(str(right))
    claim = Add((Number(str(left)), Neg(second) if is_difference else second))
    return Columns(rows, Relation("=", claim, Number(str(total))))


def quotient_in_columns(dividend: int, divisor: int) -> Columns:
    """`847 ÷ 7` turn by turn, down to the rest."""
    turns = division_turns(dividend, divisor)
    rows = [str(dividend // divisor), f"{divisor}\\overline{{)\\,{dividend}}}"]
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        rows.append(f"{turn.part - turn.rest}{_shift(turn.place)}")
        if following is None:
            rows.append(f"{_rule(True)}{turn.rest}")
        else:
            rows.append(f"{_rule(True)}{following.part}{_shift(following.place)}")
    whole, rest = divmod(dividend, divisor)
    quotient, below = Number(str(whole)), Number(str(divisor))
    if not rest:
        claim = Relation("=", Div(Number(str(dividend)), below, "÷"), quotient)
    else:
        parts = (Mul((below, quotient), "×"), Number(str(rest)))
        claim = Relation("=", Number(str(dividend)), Add(parts))
    return Columns(tuple(rows), claim)


def _rule(is_drawn: bool) -> str:
    return "\\hline " if is_drawn else ""


def _shift(places: int) -> str:
    return f"\\phantom{{{'0' * places}}}" if places else ""


def find_columns(text: str) -> Columns | None:
    """A calculation in columns as it is read back; None when the text is no such array.

    Raises:
        MathSyntaxError: It is one, but its rows are not those of the calculation.
    """
    match = _ARRAY.fullmatch(text.strip().strip("$"))
    if match is None:
        return None
    rows = [_plain(row) for row in match["rows"].split("\\\\")]
    found = _expected(rows)
    if found is None or [_plain(row) for row in found.rows] != rows:
        raise MathSyntaxError(
            "These rows are not those of the calculation.", position=0, reason="unexpected"
        )
    return found


def _expected(rows: list[str]) -> Columns | None:
    if len(rows) < 3:
        return None
    division, signed = _DIVISION.fullmatch(rows[1]), _SIGNED.fullmatch(rows[1])
    digits = re.findall(r"\d+", f"{rows[0]} {rows[1]}")
    if any(len(each) > MAX_DIGITS for each in digits):
        return None
    if division is not None:
        divisor, dividend = map(int, division.groups())
        return quotient_in_columns(dividend, divisor) if divisor else None
    if signed is None or not rows[0].isdigit():
        return None
    sign, second = signed.groups()
    left, right = int(rows[0]), int(second)
    if sign == "\\times":
        return product_in_columns(left, right)
    return sum_in_columns(left, right, is_difference=sign == "-")


def _plain(row: str) -> str:
    """A row without what only moves it: spaces and thin spaces; the shift counts."""
    return re.sub(r"\s|\\[,;:!]", "", row)
