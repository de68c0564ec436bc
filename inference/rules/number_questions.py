"""Questions about numbers and points by their fixed wording: measures of data, ways to choose, the
slope, distance and midpoint of two points. English and Chinese.
"""

from __future__ import annotations

import re

from inference.errors import MathSyntaxError
from inference.rules.nodes import Node, Number, QuantityKind, is_numeric
from inference.rules.parser import parse_math
from inference.rules.question_forms import (
    ASK,
    PAIR_OF_POINTS,
    Form,
    make_form,
    parsed,
    two_points,
)

_DATA_NAMES: tuple[tuple[QuantityKind, str, str], ...] = (
    ("sample_variance", r"sample\s+variance", "样本方差"),
    ("sample_deviation", r"sample\s+standard\s+deviation", "样本标准差"),
    ("variance", r"(?:population\s+)?variance", "(?:总体)?方差"),
    ("deviation", r"(?:population\s+)?standard\s+deviation", "(?:总体)?标准差"),
    ("mean", r"(?:arithmetic\s+)?(?:mean|average)(?:\s+value)?", "(?:算术)?平均(?:数|值)"),
    ("median", r"median", "中位数"),
    ("mode", r"modes?", "众数"),
    ("range", r"range", "极差"),
)
_DATA = r"(?:the\s+)?(?:following\s+)?(?:(?:numbers?|values?|data(?:\s+set)?|scores?)\s*)?[:：]?\s*"
_ZH_DATA = r"(?:求|计算)?\s*(?:下列|这组|一组)?\s*(?:数据|各数|数)?\s*[:：]?\s*"


# -- operands ----------------------------------------------------------------------------------

_SEPARATOR = re.compile(r"\s*(?:[,，、;；]|\band\b|和)(?:\s*and\b)?\s*")
_LATEX_SPACE = re.compile(r"\\[,;:! ]|\\q?quad|[$]")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3},\d{3}(?!\d)")


def _data(match: re.Match[str]) -> tuple[Node, ...]:
    """Numbers in a row. A comma between digits separates, unless others do so more clearly."""
    text = _LATEX_SPACE.sub(lambda found: " " * len(found.group()), match.group("data"))
    offset = match.start("data")
    thousands = _THOUSANDS.search(text)
    if thousands is not None and re.search(r",\s|[，、;；]", text):
        raise MathSyntaxError(
            "This can be read in two ways: whether a comma parts two numbers.",
            position=offset + thousands.start(),
            reason="ambiguous",
        )
    items: list[Node] = []
    at = 0
    for separator in [*_SEPARATOR.finditer(text), None]:
        end = len(text) if separator is None else separator.start()
        items.append(_number(text[at:end], offset + at))
        at = end if separator is None else separator.end()
    return tuple(items)


def _number(text: str, offset: int) -> Node:
    node = parsed(text, offset, parse_math)
    if not is_numeric(node):
        raise MathSyntaxError("Only numbers may stand here.", position=offset, reason="unexpected")
    return node


def _selection(match: re.Match[str]) -> tuple[Node, ...]:
    """How many there are, then how many are taken."""
    found = match.groupdict()
    n = found.get("n") or found["all"]
    k = found.get("k") or n
    return Number(str(int(n))), Number(str(int(k)))


# -- wordings ----------------------------------------------------------------------------------


def _data_forms() -> list[Form]:
    forms: list[Form] = []
    for kind, english, chinese in _DATA_NAMES:
        forms += [
            make_form(kind, rf"{ASK}{english}\s*(?:of|for|[:：])\s*{_DATA}(?P<data>.+?)", _data),
            make_form(kind, rf"{_ZH_DATA}(?P<data>.+?)\s*的\s*{chinese}", _data),
            make_form(kind, rf"(?:求|计算)?\s*{chinese}\s*[:：]\s*(?P<data>.+?)", _data),
        ]
    return forms


_N, _K = r"(?P<n>\d{1,3})", r"(?P<k>\d{1,3})"
_THINGS = r"(?:\s+(?:(?:different|distinct)\s+)?[a-z]{2,20})?"
_ZH_THING = r"\s*[个名位本人张支只件种]?\s*(?:不同的)?\s*[\u4e00-\u9fff]{0,4}?"
_WAYS = r"(?:in\s+)?how\s+many\s+(?:different\s+)?ways\s+(?:are\s+there\s+to|can\s+(?:you|we|one))"
_ZH_WAYS = r"[,，]?\s*(?:共|一共)?有?\s*(?:多少|几)\s*种\s*(?:不同的?)?\s*"


def _point_forms() -> list[Form]:
    segment = (
        r"(?:(?:line\s+)?segment\s+)?(?:joining\s+|between\s+|from\s+|with\s+end\s*points\s+)?"
        r"(?:the\s+)?"
    )
    line = (
        r"(?:straight\s+)?line\s+(?:(?:passing|going|that\s+passes)\s+)?"
        r"(?:through|joining|between)\s+(?:the\s+)?"
    )
    asked: tuple[tuple[QuantityKind, str, str], ...] = (
        (
            "distance",
            rf"distance\s+(?:between|from)\s+(?:the\s+)?{PAIR_OF_POINTS}",
            rf"{PAIR_OF_POINTS}\s*(?:两点)?(?:之间|间)?的\s*距离",
        ),
        (
            "midpoint",
            rf"mid-?point\s+(?:of|between)\s+(?:the\s+)?{segment}{PAIR_OF_POINTS}",
            rf"(?:连接)?\s*{PAIR_OF_POINTS}\s*(?:两点)?(?:所连)?(?:线段|连线)?的\s*中点(?:坐标)?",
        ),
        (
            "slope",
            rf"(?:slope|gradient)\s+of\s+(?:the\s+)?{line}{PAIR_OF_POINTS}",
            rf"(?:经过|过)\s*(?:两点)?\s*{PAIR_OF_POINTS}\s*(?:两点)?的?\s*直线的\s*斜率",
        ),
    )
    return [
        make_form(kind, pattern, two_points)
        for kind, english, chinese in asked
        for pattern in (ASK + english, r"(?:求|计算)?\s*" + chinese)
    ]


def _notations() -> list[Form]:
    asked: tuple[tuple[QuantityKind, str], ...] = (
        ("combinations", rf"{ASK}\\[dt]?binom\s*\{{\s*{_N}\s*\}}\s*\{{\s*{_K}\s*\}}\s*=?"),
        ("combinations", rf"{ASK}{_N}\s*C\s*{_K}\s*=?"),
        ("combinations", rf"{ASK}C\s*[(（]\s*{_N}\s*[,，]\s*(?:\\;\s*)?{_K}\s*[)）]\s*=?"),
        ("combinations", rf"{ASK}C_\{{?{_N}\}}?\^\{{?{_K}\}}?\s*=?"),
        ("permutations", rf"{ASK}{_N}\s*P\s*{_K}\s*=?"),
        ("permutations", rf"{ASK}P\s*[(（]\s*{_N}\s*[,，]\s*(?:\\;\s*)?{_K}\s*[)）]\s*=?"),
        ("permutations", rf"{ASK}A_\{{?{_N}\}}?\^\{{?{_K}\}}?\s*=?"),
    )
    return [make_form(kind, pattern, _selection) for kind, pattern in asked]


def _counting_forms() -> list[Form]:
    at_a_time = (
        rf"(?:of|from|out\s+of)\s+{_N}{_THINGS},?\s+(?:picked|taken|chosen)\s+{_K}\s+at\s+a\s+time"
    )
    asked: tuple[tuple[QuantityKind, str], ...] = (
        ("combinations", rf"{ASK}(?:number\s+of\s+)?combinations\s+{at_a_time}"),
        (
            "permutations",
            rf"{ASK}(?:number\s+of\s+)?(?:arrangements|permutations)\s+{at_a_time}",
        ),
        (
            "combinations",
            rf"{ASK}(?:number\s+of\s+)?combinations\s+of\s+{_K}{_THINGS}\s+"
            rf"(?:out\s+of|from)\s+{_N}{_THINGS}",
        ),
        (
            "permutations",
            rf"{ASK}(?:number\s+of\s+)?(?:arrangements|permutations)\s+of\s+{_K}{_THINGS}\s+"
            rf"(?:out\s+of|from)\s+{_N}{_THINGS}",
        ),
        (
            "combinations",
            rf"{_WAYS}\s+(?:choose|select|pick)\s+{_K}{_THINGS}\s+(?:out\s+of|from)"
            rf"\s+(?:a\s+group\s+of\s+)?{_N}{_THINGS}",
        ),
        (
            "combinations",
            rf"(?:in\s+)?how\s+many\s+(?:different\s+)?ways\s+can\s+{_K}{_THINGS}\s+be\s+"
            rf"(?:chosen|selected|picked)\s+(?:out\s+of|from)\s+(?:a\s+group\s+of\s+)?{_N}{_THINGS}",
        ),
        (
            "permutations",
            rf"(?:in\s+)?how\s+many\s+(?:different\s+)?ways\s+can\s+{_K}\s+of\s+{_N}{_THINGS}\s+"
            r"be\s+arranged(?:\s+in\s+a\s+(?:row|line))?",
        ),
        (
            "permutations",
            r"(?:in\s+)?how\s+many\s+(?:different\s+)?ways\s+can\s+(?P<all>\d{1,3})(?:\s+[a-z]{2,20})?"
            r"\s+be\s+arranged\s+in\s+a\s+(?:row|line)",
        ),
        (
            "combinations",
            rf"从\s*{_N}{_ZH_THING}中\s*(?:任)?(?:选|选出|选取|取|取出|抽取)\s*(?:出)?\s*{_K}{_ZH_THING}"
            rf"(?:的组合数|{_ZH_WAYS}(?:选法|取法|方法))",
        ),
        (
            "permutations",
            rf"从\s*{_N}{_ZH_THING}中\s*(?:任)?(?:选|选出|选取|取|取出)\s*(?:出)?\s*{_K}{_ZH_THING}"
            rf"(?:的排列数|排成一[排列]{_ZH_WAYS}(?:排法|方法))",
        ),
        (
            "permutations",
            rf"(?P<all>\d{{1,3}}){_ZH_THING}排成一[排列]{_ZH_WAYS}(?:排法|方法)",
        ),
    )
    return [make_form(kind, pattern, _selection) for kind, pattern in asked]


NOTATIONS = tuple(_notations())
NUMBER_FORMS = (*_data_forms(), *_point_forms(), *NOTATIONS, *_counting_forms())
