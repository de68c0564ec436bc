"""Equality of expressions with roots of letters, for each way in which the letters may have signs.

`\\sqrt{12x^3}` is `2x\\sqrt{3x}` because x cannot be negative there. With `x = ±p^n` for a positive
p the roots of powers of letters disappear, and what is left is decided like any other expression.
Both sides are continuous where they have a value, so where a letter is zero they are equal, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import sympy

from inference.verify.algebra import is_zero
from inference.verify.intervals import UndecidableError
from inference.verify.statements import Atom

_MAX_LETTERS = 3
_MAX_INDEX = 12


def is_zero_for_all_signs(difference: Any, conditions: Sequence[Atom]) -> bool:
    """Whether an expression is zero wherever the conditions hold; False if that is not proved."""
    letters = sorted(difference.free_symbols, key=str)
    if not 0 < len(letters) <= _MAX_LETTERS:
        return False
    index = _common_index(difference)
    if index > _MAX_INDEX:
        return False
    is_defined = False
    for signs in product((1, -1), repeat=len(letters)):
        values = {
            letter: sign * sympy.Symbol(f"p{place}", positive=True) ** index
            for place, (letter, sign) in enumerate(zip(letters, signs, strict=True))
        }
        holds = _hold(conditions, values)
        if holds is None:
            return False
        if not holds:
            continue
        is_defined = True
        try:
            if is_zero(sympy.expand(difference.subs(values))) is not True:
                return False
        except (UndecidableError, ZeroDivisionError):
            return False
    return is_defined


def _common_index(expression: Any) -> int:
    found = [
        int(power.exp.q)
        for power in expression.atoms(sympy.Pow)
        if power.exp.is_Rational and power.base.free_symbols
    ]
    return math.lcm(*found) if found else 1


def _hold(conditions: Sequence[Atom], values: dict[Any, Any]) -> bool | None:
    """Whether the conditions hold for letters of these signs; None when that is not known. That
    something is not zero fails in single places only, which does not matter here."""
    for condition in conditions:
        if condition.operator == "!=":
            continue
        value = condition.expression.subs(values)
        if value.is_negative or (condition.operator == ">" and value.is_zero):
            return False
        if not (value.is_positive or (value.is_zero and condition.operator == ">=")):
            return None
        if condition.operator not in (">", ">="):
            return None
    return True
