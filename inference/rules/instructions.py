"""The words around the formula of an exercise: its number, its instruction, its "= ?".

English and Chinese, before and after the formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What an exercise asks for. In a problem, `GCD` and `LCM` have become `EVALUATE`."""

    SOLVE = "solve"
    SOLVE_SYSTEM = "solve_system"
    EVALUATE = "evaluate"
    SIMPLIFY = "simplify"
    EXPAND = "expand"
    FACTOR = "factor"
    DIFFERENTIATE = "differentiate"
    INTEGRATE = "integrate"
    CHECK = "check"
    PRIME_FACTORS = "prime_factors"
    DIVISORS = "divisors"
    GCD = "gcd"
    LCM = "lcm"
    FIND = "find"


# What these ask is asked of whole numbers in a row.
OF_NUMBERS = frozenset({Intent.PRIME_FACTORS, Intent.DIVISORS, Intent.GCD, Intent.LCM})


class Method(StrEnum):
    """The way in which an exercise is to be solved, where it prescribes one."""

    FORMULA = "formula"
    FACTORING = "factoring"
    COMPLETING_SQUARE = "completing_square"
    SQUARE_ROOTS = "square_roots"
    SUBSTITUTION = "substitution"
    ELIMINATION = "elimination"
    HOSPITAL = "hospital"
    CONJUGATE = "conjugate"
    COLUMNS = "columns"
    SCIENTIFIC = "scientific"


_METHOD_NAMES: tuple[tuple[Method, str, str], ...] = (
    (Method.FORMULA, r"quadratic\s+formula|formula", r"(?:求根)?公式"),
    (Method.FACTORING, r"factori[sz]ing|factoring|factori[sz]ation", r"因式分解|十字相乘|分解因式"),
    (Method.COMPLETING_SQUARE, r"completing\s+the\s+square", r"配方"),
    (Method.SQUARE_ROOTS, r"(?:taking\s+)?square\s+roots?", r"(?:直接)?开平方"),
    (Method.SUBSTITUTION, r"substitution", r"代入(?:消元)?"),
    (
        Method.ELIMINATION,
        r"(?:gauss(?:ian)?(?:[-\s]jordan)?\s+)?elimination|gauss",
        r"(?:加减|消元|高斯)(?:消元)?",
    ),
    (Method.HOSPITAL, r"l['’]h(?:o|ô)s?pital(?:['’]s)?(?:\s+rule)?", r"洛必达(?:法则)?"),
    (Method.CONJUGATE, r"conjugates?", r"(?:分子|分母)?有理化"),
)
_METHOD_PATTERNS = tuple(
    (
        method,
        re.compile(
            rf"(?:[,，]\s*)?\b(?:by|using|with|use)\s+(?:the\s+)?(?:method\s+of\s+)?(?:{english})"
            rf"(?:\s+(?:method|formula))?(?:\s+to\b)?|[用以]\s*(?:{chinese})\s*法?(?=\s*[解求])",
            re.IGNORECASE,
        ),
    )
    for method, english, chinese in _METHOD_NAMES
)

_COLUMNS = re.compile(
    r"[,，]?\s*(?:\b(?:(?:add|subtract|multiply|divide|calculate|work\s+out)\s+)?(?:(?:written\s+out\s+)?in\s+columns|(?:(?:by|using|with|use)\s+)?long\s+"
    r"(?:multiplication|division|addition|subtraction)|(?:by|using)\s+the\s+column\s+method)\b"
    r"(?:\s+to\s+(?:work\s+out|calculate))?|[用列]{0,2}竖式(?:计算)?)\s*[:：]?",
    re.IGNORECASE,
)

_SCIENTIFIC = re.compile(
    r"[,，]?\s*(?:(?:and\s+)?(?:write|express|give)\s+(?:the\s+)?(?:answer|result)\s+)?"
    r"\b(?:in|using)\s+(?:scientific\s+notation|standard\s+(?:index\s+)?form)\b"
    r"|[，,]?\s*(?:(?:把|将)?结果)?用?科学[记计]数法表示(?:结果)?[:：]?",
    re.IGNORECASE,
)

_LABEL = re.compile(
    r"""\s*(?:
        (?:Q|Question|Problem|Exercise|Example|Ex|No|练习|例|习题)\.?\s*\d{1,3}\s*[.:)、．：）]\s*
      | (?:Q|No\.?|练习|例|习题)\d{1,3}\s+
      | (?:Question|Problem|Exercise|Example)\s+\d{1,3}\s+(?=[A-Za-z]{3})
      | 第\s*[\d一二三四五六七八九十]{1,3}\s*题\s*[.:、：]?\s*
      | (?:Q|Problem|Question|Exercise|Example|题目|问题|例题|练习)\s*[.:：]\s*
      | \d{1,3}\s*[)）]\s*
      | \d{1,3}\s*、(?!\s*\d{1,9}\s*(?:[、和与]|的))\s*
      | [1-9]\d{0,2}[.．](?![\d.])\s*
      | [①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳]\s*
      | (?:[a-h]|i{1,3}|iv|vi{0,3})[)）]\s*
      | [a-h][.．]\s+
      | [(（](?:\d{1,2}|[a-h]|i{1,3}|iv|v)[)）](?=\s|\d|[^\x00-\x7f²³]|[A-Za-z]{3})
        (?!\s*[+*/=^×÷·<>≤≥!%,)＝＋]|\s*[-−]\s)\s*
    )""",
    re.VERBOSE | re.IGNORECASE,
)

# "3. (1) ..." has two; more are no labels.
_MAX_LABELS = 2

_VERB = r"(?:find|calculate|compute|determine|evaluate|work\s+out|what\s+is|give)"
_KIND = (
    r"(?:simultaneous\s+|linear\s+|quadratic\s+|algebraic\s+|system\s+of\s+(?:linear\s+)?"
    r"|pair\s+of\s+)*"
    r"(?:equations?|inequalit(?:y|ies)|systems?|problems?|expressions?|sums?|questions?|polynomials?"
    r"|trinomials?|binomials?|quadratics?|brackets|parentheses|fractions?|functions?)"
)
_OBJECT = (
    rf"(?:\s+(?:(?:the|this|these|each|all)\s+)?(?:of\s+the\s+)?(?:following\s+)?{_KIND}"
    r"|\s+the\s+following)?"
    r"(?:\s+(?:completely|fully|simultaneously))?"
)


def _for_letter(group: str) -> str:
    """`for x`, `for x and y`, `for the unknown`."""
    return (
        rf"(?:\s+for\s+(?:the\s+(?:unknowns?|variables?)|(?P<{group}>[a-zA-Z])\b"
        r"(?:\s*(?:,|and)\s*[a-zA-Z]\b)*))?"
    )


_ZH_THESE = (
    r"(?:\s*(?:下列|下面|以下|下述)(?:的)?)?(?:\s*(?:各式|各题|各数|式子|题目|算式|各小题))?"
)

_FIND_ALL = (
    r"(?:(?:find|list|write(?:\s+down)?|determine|calculate|compute|give|what\s+(?:is|are))\s+)?"
    r"(?:all\s+)?(?:of\s+)?(?:the\s+)?"
)

# Instructions before the formula, the longer ones first.
_BEFORE: tuple[tuple[Intent | None, str], ...] = (
    (
        Intent.GCD,
        rf"{_FIND_ALL}(?:(?:greatest|highest|largest)\s+common\s+(?:divisor|factor|denominator)"
        r"|g\.?c\.?[df]\.?|h\.?c\.?f\.?)(?:\s*\([a-z]{3}\))?(?:\s+of\b|\s*:)"
        r"(?:\s+the\s+numbers)?",
    ),
    (
        Intent.LCM,
        rf"{_FIND_ALL}(?:(?:least|lowest|smallest)\s+common\s+multiple|l\.?c\.?m\.?)"
        r"(?:\s*\([a-z]{3}\))?(?:\s+of\b|\s*:)(?:\s+the\s+numbers)?",
    ),
    (
        Intent.PRIME_FACTORS,
        rf"{_FIND_ALL}prime\s+(?:factori[sz]ation|decomposition|factors)(?:\s+of\b|\s*:)?",
    ),
    (
        Intent.PRIME_FACTORS,
        r"(?:factori[sz]e|factor|decompose|write|split)\s+into\s+(?:its\s+)?prime"
        r"(?:s|\s+factors|\s+numbers)\s*:?",
    ),
    (Intent.PRIME_FACTORS, rf"(?:把|将)?{_ZH_THESE}(?:分解质因数|质因数分解|分解素因数)"),
    (
        Intent.DIVISORS,
        rf"{_FIND_ALL}(?:positive\s+)?(?:common\s+)?(?:factors|divisors)\s+of\b",
    ),
    (Intent.GCD, rf"求?{_ZH_THESE}最大公(?:因数|约数|因子)(?=\s*[:：])"),
    (Intent.LCM, rf"求?{_ZH_THESE}最小公倍数(?=\s*[:：])"),
    (
        Intent.CHECK,
        r"(?:true\s+or\s+false|(?:check|decide|determine)\s+(?:whether|if)|is\s+it\s+true\s+that)",
    ),
    (Intent.CHECK, r"判断(?:\s*(?:对错|正误))?"),
    (
        Intent.DIFFERENTIATE,
        rf"{_VERB}\s+(?:dy/dx|\\frac\{{dy\}}\{{dx\}}|[fgy]'(?:\(x\))?)"
        r"\s*(?:if|for|when|given|where)?(?:\s+that)?",
    ),
    (
        Intent.DIFFERENTIATE,
        rf"(?:{_VERB}\s+)?(?:the\s+)?(?:first\s+)?derivative(?:\s+of)?(?:\s+the\s+function)?",
    ),
    (
        Intent.DIFFERENTIATE,
        r"(?:differentiate|derive)(?:\s+(?:the\s+)?(?:following\s+)?functions?)?"
        r"(?:\s+with\s+respect\s+to\s+(?P<wrt>[a-z])\b)?",
    ),
    (
        Intent.INTEGRATE,
        rf"(?:{_VERB}\s+)?(?:the\s+)?(?:definite\s+|indefinite\s+)?integral(?:\s+of)?",
    ),
    (Intent.INTEGRATE, rf"(?:{_VERB}\s+)?(?:the|an)\s+antiderivative(?:\s+of)?"),
    (Intent.INTEGRATE, r"integrate(?!\s*\()"),
    (Intent.EXPAND, rf"(?:expand|multiply\s+out|remove)(?:\s+and\s+simplify)?{_OBJECT}"),
    (Intent.FACTOR, rf"(?:factori[sz]e|factor)(?:\s+out)?{_OBJECT}"),
    (
        Intent.SIMPLIFY,
        r"rationali[sz]e(?:\s+the\s+denominators?)?(?:\s+(?:of|in))?",
    ),
    (Intent.EVALUATE, r"(?:find\s+)?(?:the\s+)?value\s+of\s+the\s+ratio(?:\s+of)?"),
    (Intent.SIMPLIFY, r"simplify\s+(?:the\s+)?(?:following\s+)?ratios?(?:\s+of)?"),
    (Intent.SOLVE, r"solve\s+(?:the\s+)?(?:following\s+)?proportions?"),
    (Intent.SIMPLIFY, rf"(?:simplify|collect\s+like\s+terms)(?:\s+in)?{_OBJECT}"),
    (
        Intent.SOLVE,
        r"(?:find|determine|what\s+are|what\s+is)\s+(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:real\s+)?"
        r"(?:solutions?|roots?|zeros|zeroes)\s+(?:of|to)(?:\s+(?:the\s+)?given)?"
        rf"{_OBJECT}{_for_letter('of')}",
    ),
    (
        Intent.SOLVE,
        r"(?:find|determine)\s+(?:the\s+)?(?:values?\s+of\s+)?(?P<find>[a-zA-Z])"
        r"(?:\s+and\s+[a-zA-Z]\b)?(?:\s+(?:if|when|in|given|such\s+that|where))?"
        r"(?=\s*[:,.]|\s+[^=+\-×÷*/^])",
    ),
    (Intent.SOLVE, rf"solve{_OBJECT}{_for_letter('solve')}"),
    (
        Intent.EVALUATE,
        rf"(?:{_VERB}|how\s+much\s+is)(?:\s+the\s+(?:exact\s+)?values?(?:\s+of)?|{_OBJECT})",
    ),
    (Intent.FACTOR, rf"(?:把|将)?{_ZH_THESE}(?:\s*多项式)?\s*(?:因式分解|分解因式)"),
    (
        Intent.SOLVE,
        rf"(?:求)?解{_ZH_THESE}\s*(?:关于\s*(?P<zh3>[a-z])\s*的\s*)?(?:[一二]元[一二]次)?"
        r"\s*(?:方程组|方程|不等式组|不等式)",
    ),
    (Intent.SOLVE, rf"求{_ZH_THESE}\s*(?:方程组|方程|不等式组|不等式)(?:\s*的\s*(?:解集|解|根))?"),
    (Intent.SOLVE, r"求\s*未知数\s*(?P<zh1>[a-z])?"),
    (Intent.SOLVE, r"求\s*(?P<zh2>[a-z])(?:\s*的\s*值)?(?=\s*[:：,，])"),
    (
        Intent.DIFFERENTIATE,
        rf"(?:求{_ZH_THESE}\s*(?:函数的)?\s*导数?|对\s*[a-z]\s*求导|求导数?)(?:\s*函数)?",
    ),
    (Intent.INTEGRATE, rf"(?:求|计算)?{_ZH_THESE}\s*(?:不定积分|定积分|积分)"),
    (Intent.EVALUATE, rf"求{_ZH_THESE}比值"),
    (Intent.SIMPLIFY, rf"(?:把|将)?{_ZH_THESE}(?:化简比|化成最简(?:整数)?比)"),
    (Intent.SOLVE, rf"解{_ZH_THESE}比例(?:式)?"),
    (Intent.SIMPLIFY, r"(?:把|将)?(?:分母有理化|化去分母中的根号)"),
    (Intent.SIMPLIFY, rf"(?:先)?(?:化简|合并同类项)(?:求值)?{_ZH_THESE}"),
    (Intent.EXPAND, rf"(?:展开|去括号){_ZH_THESE}(?:并化简|并合并同类项)?"),
    (
        Intent.EVALUATE,
        r"(?:(?:用)?(?:简便|脱式|列式|竖式|递等式|巧妙)?(?:方法)?(?:计算|运算)|求值|口算|直接写出?得数"
        rf"|算一算){_ZH_THESE}",
    ),
    (None, rf"given(?:\s+that)?{_OBJECT}(?=.*[,;]\s*(?:solve|find)\b)"),
    (None, r"(?:write|express)(?=.*\bas\s+(?:a|the)\s+product)"),
    (None, r"(?:factori[sz]e|factor|decompose)(?=.*\binto\s+(?:its\s+)?prime)"),
    (None, r"写出"),
    (None, r"(?:求\s*函数|把|将|(?:已知|若|如果)(?=.*[求则]))"),
    (None, r"(?:求解|解|求)(?![析答])"),
)
_BEFORE_PATTERNS = tuple(
    (intent, re.compile(rf"\s*(?:please\s+|请)?{pattern}\s*[:：,，.。]?\s*", re.IGNORECASE))
    for intent, pattern in _BEFORE
)

# Instructions after the formula.
_AFTER: tuple[tuple[Intent | None, str], ...] = (
    (
        Intent.PRIME_FACTORS,
        r"\s*as\s+(?:a|the)\s+product\s+of\s+(?:its\s+)?(?:powers\s+of\s+)?(?:its\s+)?prime"
        r"(?:s|\s+factors|\s+numbers)",
    ),
    (Intent.PRIME_FACTORS, r"\s*(?:into\s+(?:its\s+)?prime(?:s|\s+factors))"),
    (Intent.PRIME_FACTORS, r"\s*(?:分解质因数|质因数分解|分解素因数)"),
    (Intent.GCD, r"\s*(?:这[两三]个数\s*)?(?:的\s*)?最大公(?:因数|约数|因子)(?:是(?:多少)?)?"),
    (Intent.LCM, r"\s*(?:这[两三]个数\s*)?(?:的\s*)?最小公倍数(?:是(?:多少)?)?"),
    (
        Intent.DIVISORS,
        r"\s*(?:的\s*)?(?:所有|全部)?的?正?公?[因约]数(?:有哪些|是)?",
    ),
    (
        Intent.CHECK,
        r"[,;，；.]?\s*(?:is\s+(?:it|this)\s+)?(?:true\s+or\s+false|true|correct)\s*[?？]",
    ),
    (Intent.CHECK, r"[,，]?\s*(?:是否(?:正确|成立)|正确吗|对吗|对不对)"),
    (
        Intent.DIFFERENTIATE,
        r"[,;，；.]?\s*(?:then\s+|则\s*|求\s*|find\s+)?[fgy]['′’](?:\(x\))?\s*(?:=\s*[?？]*)?",
    ),
    (
        Intent.DIFFERENTIATE,
        r"[,;，；.]?\s*(?:find\s+|求\s*)(?:the\s+derivative|dy/dx|\\frac\{dy\}\{dx\}|导数)",
    ),
    (Intent.DIFFERENTIATE, r"\s*(?:with\s+respect\s+to\s+(?P<wrt>[a-z]))"),
    (Intent.DIFFERENTIATE, r"\s*的\s*导数"),
    (Intent.INTEGRATE, r"\s*的\s*(?:不定)?积分"),
    (
        Intent.SOLVE,
        r"[,;，；.]?\s*(?:find|solve\s+for|求|what\s+is)\s*(?:the\s+values?\s+of\s+)?"
        r"\$?(?P<letter>[a-z])\$?(?:\s*(?:,|、|and|和)\s*\$?[a-z]\$?){0,3}(?:\s*的值)?",
    ),
    (Intent.SOLVE, r",?\s*for\s+(?P<letter>[a-zA-Z])"),
    (Intent.SOLVE, r"[,;，；]\s*(?:则|then|so)?\s*(?P<letter>[a-z])\s*[=＝]\s*(?:[?？]+|_+)"),
    (Intent.SOLVE, r"\s*的\s*(?:解集|解|根)"),
    (Intent.FACTOR, r"\s*(?:分解因式|因式分解)"),
    (None, r"\s*的\s*值"),
)
_AFTER_PATTERNS = tuple(
    (intent, re.compile(rf"{pattern}\s*[.。?？!]*\s*$", re.IGNORECASE))
    for intent, pattern in _AFTER
)
_BLANK = re.compile(
    r"\s*[=＝]\s*(?:[?？]+|_+|□|\(\s*\)|（\s*）|\\boxed\{\s*\}|\\square|[.…]+)?\s*$"
)
_FINAL_PUNCTUATION = re.compile(r"[\s.。,，;；?？:：!！]+$")
_FACTORIAL_AT_END = re.compile(r"[0-9a-zA-Z)]\s*[!！][\s.。,，;；?？:：]*$")
_SPACING_AT_END = re.compile(r"(?:\\[,;:! ]|\\q?quad)+\s*$")


@dataclass(frozen=True, slots=True)
class Words:
    """The formula and what the words around it said."""

    formula: str
    offset: int
    intent: Intent | None
    instruction: str
    letter: str | None
    method: Method | None


def end_of_labels(text: str) -> int:
    """Where an exercise begins behind its number, such as `3. (1)`."""
    start = 0
    for _ in range(_MAX_LABELS):
        label = _LABEL.match(text, start)
        if label is None:
            break
        start = label.end()
    return start


def strip_words(text: str) -> Words:
    """Part an exercise into its words and its formula."""
    method, text = without_method(text)
    start, end = end_of_labels(text), len(text)
    intent: Intent | None = None
    instruction: list[str] = []
    letter: str | None = None
    for candidate, pattern in _BEFORE_PATTERNS:
        match = pattern.match(text, start, end)
        if match is not None and _ends_cleanly(text, match.end(), start):
            intent, letter = candidate, _letter_of(match)
            instruction.append(match.group().strip(" :：,，.。\n"))
            start = match.end()
            break
    # A number may also stand between instruction and formula: "Solve: 1) x + 2 = 3".
    label = _LABEL.match(text, start, end)
    if label is not None and instruction:
        start = label.end()
    for candidate, pattern in _AFTER_PATTERNS:
        match = pattern.search(text, start, end)
        if match is not None and match.start() > start:
            intent = intent or candidate
            letter = letter or _letter_of(match)
            instruction.append(match.group().strip(" :：,，.。?？\n"))
            end = match.start()
            break
    end = _strip_end(text, start, end)
    body = text[start:end].lstrip()
    if body.startswith("{") and "}" not in body:
        # The brace of a system, which opens on paper and never closes.
        start = end - len(body) + 1
    return Words(text[start:end], start, intent, " … ".join(instruction), letter, method)


_WRITE = re.compile(r"^\s*(?:write|express|give|convert|把|将)\s*", re.IGNORECASE)
_FORMS = ((Method.COLUMNS, _COLUMNS), (Method.SCIENTIFIC, _SCIENTIFIC))


def without_method(text: str) -> tuple[Method | None, str]:
    """Blank out "by factoring" and the like; positions stay what they were."""
    for method, pattern in (*_METHOD_PATTERNS, *_FORMS):
        match = pattern.search(text)
        if match is not None:
            blank = " " * (match.end() - match.start())
            text = text[: match.start()] + blank + text[match.end() :]
            if method is Method.SCIENTIFIC:
                text = _WRITE.sub(lambda found: " " * len(found.group()), text, count=1)
            return method, text
    return None, text


def _strip_end(text: str, start: int, end: int) -> int:
    """Leave out a final "= ?", punctuation and LaTeX spacing."""
    previous = -1
    while end != previous:
        previous = end
        body = text[start:end].rstrip()
        while body.endswith(("$", "\\)", "\\]")):
            cut = 1 if body.endswith("$") else 2
            body = body[:-cut].rstrip()
        for pattern in (_BLANK, _SPACING_AT_END, _FINAL_PUNCTUATION):
            if pattern is _FINAL_PUNCTUATION and _FACTORIAL_AT_END.search(body):
                body = body.rstrip(" .。,，;；?？:：")
                continue
            match = pattern.search(body)
            if match is not None:
                body = body[: match.start()]
        end = start + len(body)
    return end


def _ends_cleanly(text: str, at: int, start: int) -> bool:
    """An instruction ends before a space, a sign or another script, not inside a word."""
    if at == start or at >= len(text):
        return at > start
    before, after = text[at - 1], text[at]
    return not (before.isascii() and before.isalpha() and after.isascii() and after.isalpha())


def _letter_of(match: re.Match[str]) -> str | None:
    return next((value for value in match.groupdict().values() if value), None)
