"""How limits are written and asked for: `\\lim_{x \\to 2} ...`, `limit of ... as x goes to 2`."""

from __future__ import annotations

import re

from inference.errors import MathSyntaxError
from inference.rules.nodes import (
    Constant,
    Neg,
    Node,
    QuantityKind,
    Relation,
    Symbol,
    is_numeric,
    symbols,
)
from inference.rules.parser import parse_math
from inference.rules.question_forms import ASK, Form, first_of, make_form, parsed

_ARROW = (
    r"(?:\\to|\\rightarrow|->|→|⟶|\\longrightarrow|approaches|tends to|goes to|趋于|趋近于|趋向于?)"
)
_INFINITE = re.compile(r" ?([+\-−]?) ?(?:\\infty|∞|infinity|无穷大?|inf|oo) ?")
_SIDE = r"(?P<side>\^ ?\{? ?[+\-−] ?\}?|⁺|⁻| from the (?:right|left))?"
_TARGET = r"(?P<target>[^{}]+?|\\frac ?\{[^{}]+\} ?\{[^{}]+\})"
_TO = rf"(?P<letter>[a-zA-Z]) ?{_ARROW} ?{_TARGET}{_SIDE}"
_SIGN = r"(?:\\lim(?:\\limits)?|lim) ?_? ?"


def infinity(text: str) -> Node | None:
    """`\\infty` or `-\\infty`, else None."""
    match = _INFINITE.fullmatch(text)
    if match is None:
        return None
    return Constant("infinity") if match[1] in ("", "+") else Neg(Constant("infinity"))


def _limit(match: re.Match[str]) -> tuple[Node, ...]:
    offset = match.start("target")
    target = infinity(match["target"]) or parsed(match["target"], offset, parse_math)
    if not is_numeric(target):
        raise MathSyntaxError("A number was expected.", position=offset, reason="unexpected")
    function = parsed(match["function"], match.start("function"), parse_math)
    letter = match["letter"]
    if isinstance(function, Relation):
        raise MathSyntaxError(
            "A function was expected.", position=match.start("function"), reason="unexpected"
        )
    if set(symbols(function)) - {letter}:
        raise MathSyntaxError(
            "Only limits with one letter are understood.",
            position=match.start("function"),
            reason="unexpected",
        )
    return function, Relation("=", Symbol(letter), target)


def _kind(match: re.Match[str]) -> QuantityKind:
    side = match["side"] or ""
    if "+" in side or "⁺" in side or "right" in side:
        return "limit_right"
    return "limit_left" if side.strip() else "limit"


LIMIT_NOTATIONS: tuple[Form, ...] = tuple(
    make_form(_kind, rf"{lead}{_SIGN}{place} ?(?P<function>.+?)", _limit)
    for lead in (ASK + r"(?:limit ?[:：]? ?)?", "求? ?极限 ?[:：]? ?", "求 ?")
    for place in (rf"\{{ ?{_TO} ?\}}", rf"\( ?{_TO} ?\)", rf"{_TO}(?=[ (\\])")
)
LIMIT_FORMS: tuple[Form, ...] = (
    *LIMIT_NOTATIONS,
    make_form(_kind, rf"{ASK}limit of (?P<function>.+?) (?:as|when|for) {_TO}", _limit),
    make_form(_kind, rf"当 ?{_TO} ?时[,，]? ?(?:求 ?)?(?P<function>.+?) ?的极限", _limit),
)


def find_infinity_or_limit(text: str) -> Node | None:
    """For the lines of a solution: an infinity or a limit; None when it is neither."""
    found = infinity(" ".join(text.split()))
    if found is not None or "lim" not in text:
        return found
    return first_of(LIMIT_NOTATIONS, text)
