"""Questions for another form of a number, and for a number divided in a ratio. Fixed wordings,
English and Chinese."""

from __future__ import annotations

import re

from inference.errors import MathSyntaxError
from inference.rules.nodes import Node, Number, QuantityKind, Ratio, is_numeric
from inference.rules.parser import parse_line, parse_math
from inference.rules.question_forms import Form, make_form, parsed

_VALUE = r"(?P<value>[^a-zA-Z\u4e00-\u9fff,;]{1,60}?|\$?\\[dt]?frac[^,;]{1,40}?)"
_WRITE = r"(?:please )?(?:write|express|convert|change|turn|give)"
_ENGLISH: tuple[tuple[QuantityKind, str], ...] = (
    ("as_percent", r"(?:a )?(?:percent(?:age)?|per cent)"),
    (
        "as_fraction",
        r"(?:a )?(?:common |simplified )?fraction"
        r"(?: in (?:its )?(?:lowest|simplest) (?:terms|form))?",
    ),
    (
        "as_decimal",
        r"(?:a )?decimal(?: number| fraction)?|an ordinary number|in ordinary (?:form|notation)",
    ),
)
_CHINESE: tuple[tuple[QuantityKind, str], ...] = (
    ("as_percent", r"百分数"),
    ("as_fraction", r"(?:最简)?分数"),
    ("as_decimal", r"小数|原数"),
)
_TOTAL = r"(?P<total>[$€£¥￥]?\d[\d.]*)"
_RATIO = r"(?P<ratio>\d[\d.]*(?: ?[:：∶] ?\d[\d.]*){1,3})"


def _value(match: re.Match[str]) -> tuple[Node, ...]:
    node = parsed(match["value"].replace("$", " "), match.start("value"), parse_math)
    if not is_numeric(node):
        raise MathSyntaxError(
            "Only numbers may stand here.", position=match.start("value"), reason="unexpected"
        )
    return (node,)


def _shares(match: re.Match[str]) -> tuple[Node, ...]:
    total = parsed(match["total"].lstrip("$€£¥￥"), match.start("total"), parse_math)
    ratio = parsed(re.sub("[：∶]", ":", match["ratio"]), match.start("ratio"), parse_line)
    assert isinstance(total, Number) and isinstance(ratio, Ratio), "the pattern has digits only"
    return total, ratio


def _forms() -> list[Form]:
    forms = []
    for kind, name in _ENGLISH:
        forms += [
            make_form(
                kind,
                rf"{_WRITE} (?:the (?:number|fraction|decimal|percentage) )?{_VALUE} "
                rf"(?:as |to |into |in )?(?:{name})",
                _value,
            ),
            make_form(kind, rf"{_VALUE} (?:as|to|into|in) (?:{name})", _value),
        ]
    for kind, name in _CHINESE:
        forms.append(
            make_form(
                kind,
                rf"(?:请)?(?:把|将)? ?{_VALUE} ?(?:化成|化为|写成|转化成|转化为|改写成|表示成)"
                rf"(?:{name})(?:形式)?",
                _value,
            )
        )
    forms += [
        make_form(
            "shares",
            rf"(?:divide|share|split) {_TOTAL} (?:in|into|by) (?:the )?ratio (?:of )?{_RATIO}",
            _shares,
        ),
        make_form(
            "shares",
            rf"(?:把|将)? ?{_TOTAL} ?按(?:照)? ?{_RATIO} ?(?:的比例?)?(?:来)?(?:进行)?"
            r"(?:分配|分成[两三四]份|分)",
            _shares,
        ),
    ]
    return forms


FORM_FORMS = tuple(_forms())
