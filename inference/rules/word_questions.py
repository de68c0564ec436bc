"""Word problems of fixed wording: percentages, interest, units, chances. English and Chinese.

Any other story is not for this module, and is refused as text that is no mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from inference.errors import MathSyntaxError
from inference.rules.nodes import Measure, Node, Number, Percent, QuantityKind, is_numeric
from inference.rules.parser import parse_math
from inference.rules.question_forms import ASK, Form, make_form, parsed
from inference.rules.units import UNIT_PATTERN, unit_of

_COUNT = r"[-−]?[\d.,/]+"


_CURRENCY = r"(?:元|dollars?|euros?|pounds?|yuan|rupees?)"


def _money(name: str) -> str:
    return rf"(?:rs\.? ?|[$€£¥￥])?(?P<{name}>\d[\d.,]*)(?: ?{_CURRENCY})?"


def _amount(name: str) -> str:
    return rf"(?:[$€£¥￥])?(?P<{name}>{_COUNT})(?: ?元)?"


def _rate(name: str) -> str:
    return rf"(?P<{name}>[\d.]+ ?(?:\\?%|percent))"


_PER_YEAR = r"(?: ?(?:interest )?(?:per year|per annum|a year|p\.a\.|annually|yearly))?"
_YEARS = r"(?P<years>\d{1,2}) ?years?"
_ZH_YEARS = r"(?P<years>\d{1,2}) ?年"
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def _number(match: re.Match[str], name: str) -> Node:
    text, offset = match[name], match.start(name)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if "percent" in text or "%" in text:
        digits = text.replace("percent", "").replace("\\", "").replace("%", "").strip()
        return Percent(parsed(digits, offset, parse_math))
    node = parsed(text, offset, parse_math)
    if not is_numeric(node):
        raise MathSyntaxError("Only numbers may stand here.", position=offset, reason="unexpected")
    return node


def _numbers(*names: str) -> Callable[[re.Match[str]], tuple[Node, ...]]:
    return lambda match: tuple(_number(match, name) for name in names)


def _change(match: re.Match[str]) -> QuantityKind:
    """A decrease is asked for without its sign."""
    return "percent_decrease" if match["less"] else "percent_change"


def _form(
    kind: QuantityKind | Callable[[re.Match[str]], QuantityKind], pattern: str, *names: str
) -> Form:
    return make_form(kind, pattern, _numbers(*names))


# -- percentages -------------------------------------------------------------------------------


def _percent_forms() -> list[Form]:
    old, new, rate = _amount("old"), _amount("new"), _rate("rate")
    change = ("old", "rate")
    asked = r"(?:change|increase|(?P<less>decrease)|growth)"
    percent = r"(?:percent(?:age)?|per cent|relative)"
    return [
        _form(
            _change,
            rf"{ASK}{percent} {asked} (?:from|when) {old} to {new}",
            *("old", "new"),
        ),
        _form(
            _change,
            rf"(?:an? |the )?[a-z ]{{1,24}} (?:rises|rose|falls|fell|increases|increased|decreases"
            r"|decreased|goes|went|drops|dropped|grows|grew|changes|changed)(?: up| down)? "
            rf"from {old} to {new}[.,;] ?{ASK}{percent} {asked}",
            *("old", "new"),
        ),
        _form(
            _change,
            rf"(?:求)?从 ?{old} ?(?:增加|增长|上升|涨|减少|下降|降低|降|变)?(?:到|为) ?{new} ?"
            r"(?:的变化百分比|[,，]? ?(?:的)?(?:增加|增长|上升|(?P<less>减少|下降|降低)|变化)了?"
            r"(?:百分之几|率))",
            *("old", "new"),
        ),
        _form("percent_share", rf"what percent(?:age)? of {new} is {old}", "old", "new"),
        _form("percent_share", rf"{old} is what percent(?:age)? of {new}", "old", "new"),
        _form("percent_share", rf"{old} ?(?:是|占) ?{new} ?的 ?百分之(?:几|多少)", "old", "new"),
        _form(
            "decreased",
            rf"(?:an? |the )?[a-z ]{{1,24}} (?:costs?|is priced at) {old}(?: and|,)? (?:is )?"
            rf"(?:discounted|reduced|on sale)(?: by| at| for)? {rate}(?: off)?[.;,] ?{ASK}"
            r"(?:sale|new|final|reduced|discounted) price",
            *change,
        ),
        _form("increased", rf"increase {old} by {rate}", *change),
        _form("increased", rf"{ASK}{old} increased by {rate}", *change),
        _form(
            "increased", rf"(?:把)? ?{old} ?(?:增加|提高|上涨|增长)了? ?{rate}(?: ?后)?", *change
        ),
        _form("decreased", rf"(?:decrease|reduce) {old} by {rate}", *change),
        _form("decreased", rf"{ASK}{old} (?:decreased|reduced) by {rate}", *change),
        _form("decreased", rf"(?:把)? ?{old} ?(?:减少|降低|下降|降)了? ?{rate}(?: ?后)?", *change),
    ]


# -- interest ----------------------------------------------------------------------------------


def _interest_forms() -> list[Form]:
    money, rate = _money("money"), _rate("rate")
    names = ("money", "rate", "years")
    yearly = r"(?:,? ?compounded (?:annually|yearly))?"
    invested = rf"{money} (?:is|are) (?:invested|deposited|borrowed|lent)"
    chinese = rf"本金 ?{money}[,，] ?年利率(?:是|为)? ?{rate}[,，] ?"
    saved = rf"{chinese}(?:存)? ?{_ZH_YEARS}[,，]? ?(?:求)?(?:的)?"
    return [
        _form(
            "simple_interest",
            rf"{ASK}simple interest on {money} at {rate}{_PER_YEAR} for {_YEARS}",
            *names,
        ),
        _form(
            "simple_interest",
            rf"{ASK}simple interest (?:on|for) (?:an? |the )?princip(?:al|le)(?: amount)? of "
            rf"{money},? (?:and )?(?:an? )?{rate} rate(?: of interest)?,? (?:and )?(?:for )?(?:a )?"
            rf"(?:time )?(?:period )?of {_YEARS}",
            *names,
        ),
        _form(
            "compound_interest",
            rf"{ASK}compound interest on {money} at {rate}{_PER_YEAR} for {_YEARS}{yearly}",
            *names,
        ),
        _form(
            "simple_interest",
            rf"{invested} at {rate}{_PER_YEAR} simple interest(?: per year)? for {_YEARS}[.,;] ?"
            rf"{ASK}(?:simple )?interest",
            *names,
        ),
        _form(
            "compound_amount",
            rf"{ASK}amount after {_YEARS} of {money} at {rate} compound interest{_PER_YEAR}",
            *names,
        ),
        _form(
            "compound_amount",
            rf"{invested} at {rate}{_PER_YEAR}(?: compound interest)?(?: per year)?{yearly}"
            rf"(?: for {_YEARS}[.,;] ?{ASK}(?:total |final )?amount)",
            *names,
        ),
        _form("simple_interest", rf"{saved}单利利息", *names),
        _form("simple_interest", rf"{chinese}按单利(?:计算)?[,，]? ?{_ZH_YEARS}的利息", *names),
        _form("compound_interest", rf"{saved}复利利息", *names),
        _form(
            "compound_amount",
            rf"{chinese}按复利(?:计算)?[,，]? ?{_ZH_YEARS}后?的?(?:本利和|本息和)",
            *names,
        ),
    ]


# -- units -------------------------------------------------------------------------------------


def _conversion(match: re.Match[str]) -> tuple[Node, ...]:
    from_unit, to_unit = unit_of(match["unit"]), unit_of(match["target"])
    if from_unit is None or to_unit is None:
        raise MathSyntaxError(
            "This unit is not known.", position=match.start("unit"), reason="unexpected"
        )
    if from_unit.dimension != to_unit.dimension:
        raise MathSyntaxError(
            "These units do not measure the same thing.",
            position=match.start("target"),
            reason="unexpected",
        )
    return Measure(_number(match, "value"), from_unit.symbol), Measure(Number("1"), to_unit.symbol)


def _conversion_forms() -> list[Form]:
    value = rf"(?P<value>\d[\d.,/ ]*?) ?(?P<unit>{UNIT_PATTERN})"
    target = rf"(?:1 ?)?(?P<target>{UNIT_PATTERN})"
    return [
        make_form("conversion", pattern, _conversion)
        for pattern in (
            rf"(?:convert|change|express) {value} (?:to|into|in) {target}",
            rf"how many {target} (?:are|is) (?:there )?(?:in )?{value}",
            rf"{value} ?= ?(?:\?|\( ?\)|（ ?）|_+) ?{target}",
            rf"(?:把)? ?{value} ?(?:换算成|化成|化为|转换为) ?{target}",
            rf"{value} ?(?:等于|是) ?(?:多少|几)个? ?{target}",
        )
    ]


# -- chances -----------------------------------------------------------------------------------

_PRIMES = frozenset({2, 3, 5})
_FACES = range(1, 7)
_DIE: dict[str, Callable[[int, int], bool]] = {
    "even": lambda face, _: face % 2 == 0,
    "odd": lambda face, _: face % 2 == 1,
    "prime": lambda face, _: face in _PRIMES,
    "more": lambda face, bound: face > bound,
    "less": lambda face, bound: face < bound,
    "exactly": lambda face, bound: face == bound,
}
_COLOUR = "[红白黑蓝绿黄]"
_ZH_BALL = rf"\d{{1,3}} ?个{_COLOUR}色?球"
_BALLS = re.compile(rf"(\d{{1,3}}) ?(?:个)? ?([a-z]+|{_COLOUR})")


def _cases(favourable: int, total: int) -> tuple[Node, ...]:
    return Number(str(favourable)), Number(str(total))


def _die(match: re.Match[str]) -> tuple[Node, ...]:
    found = match.groupdict()
    name = next(name for name in _DIE if found.get(name) is not None)
    bound = int(found[name]) if found[name].isdigit() else 0
    return _cases(sum(_DIE[name](face, bound) for face in _FACES), len(_FACES))


def _ball(match: re.Match[str]) -> tuple[Node, ...]:
    counts: dict[str, int] = {}
    for count, colour in _BALLS.findall(match["balls"].lower()):
        if colour in counts:
            raise MathSyntaxError(
                "A colour is named twice.", position=match.start("balls"), reason="ambiguous"
            )
        counts[colour] = int(count)
    wanted = match["colour"].lower()
    if wanted not in counts:
        raise MathSyntaxError(
            "This colour is not there.", position=match.start("colour"), reason="unexpected"
        )
    favourable, total = counts[wanted], sum(counts.values())
    return _cases(total - favourable if match["other"] else favourable, total)


def _chance_forms() -> list[Form]:
    face = (
        r"(?:an? |the )?(?:(?P<even>even)(?: number)?|(?P<odd>odd)(?: number)?"
        r"|(?P<prime>prime)(?: number)?|number (?:greater|more|higher|larger) than (?P<more>[0-6])"
        r"|number (?:less|smaller|lower) than (?P<less>[1-7])|(?:number )?(?P<exactly>[1-6]))"
    )
    chinese_face = (
        r"(?:(?P<even>偶)数|(?P<odd>奇)数|(?P<prime>质)数|大于(?P<more>[0-6])的数"
        r"|小于(?P<less>[1-7])的数|(?P<exactly>[1-6])点?)"
    )
    die = r"a (?:fair )?(?:six-sided )?(?:die|dice)"
    ball = r"\d{1,3} [a-z]+(?: (?:balls?|marbles?|beads?))?"
    drawn = r"(?:one|a) (?:ball|marble|bead) is (?:drawn|picked|taken|chosen|selected) at random"
    return [
        make_form(
            "probability",
            rf"{ASK}probability of (?:rolling|getting|throwing) {face}"
            rf"(?: (?:with|on|when rolling) {die})",
            _die,
        ),
        make_form(
            "probability",
            rf"{die} is (?:rolled|thrown)(?: once)?[.;,] ?{ASK}probability of (?:rolling|getting"
            rf"|throwing) {face}",
            _die,
        ),
        make_form(
            "probability",
            rf"{ASK}probability of (?:getting|tossing|throwing) (?:a )?(?:head|tail)s?"
            r" (?:with|on|when (?:tossing|flipping|throwing)) a (?:fair )?coin",
            lambda match: _cases(1, 2),
        ),
        make_form(
            "probability",
            r"(?:掷|抛)一(?:枚|个)(?:质地均匀的)?硬币[,，] ?(?:求)?"
            r"(?:正面|反面)(?:朝上|向上)的概率",
            lambda match: _cases(1, 2),
        ),
        make_form(
            "probability",
            rf"(?:掷|抛)一(?:枚|个|颗)(?:质地均匀的)?骰子[,，] ?(?:求)?(?:掷出|点数为|点数是|出现)"
            rf"{chinese_face}的概率",
            _die,
        ),
        make_form(
            "probability",
            rf"a (?:bag|box|jar|urn) (?:contains|holds|has) (?P<balls>{ball}(?:(?:, | and |, and )"
            rf"{ball}){{1,5}})[.;,] ?{drawn}[.;,] ?{ASK}probability (?:that it is|of drawing an?) "
            r"(?P<other>not )?(?P<colour>[a-z]+)(?: (?:ball|marble|bead))?",
            _ball,
        ),
        make_form(
            "probability",
            r"(?:一个)?(?:不透明的)?(?:袋子|口袋|盒子)(?:中|里)?(?:装)?有 ?"
            rf"(?P<balls>{_ZH_BALL}(?:(?:和|、|，|,) ?{_ZH_BALL}){{1,5}})[,，。] ?"
            r"(?:从中)?(?:任意|随机)(?:摸出|取出)(?:一|1)个球?[,，] ?"
            r"(?:求)?(?:摸到|摸出|取出|取到|它)"
            rf"(?P<other>不是)?(?P<colour>{_COLOUR})色?球的概率",
            _ball,
        ),
        _form(
            "probability",
            r"probability of (?P<some>\d{1,9}) out of (?P<all>\d{1,9}) equally likely cases",
            *("some", "all"),
        ),
    ]


WORD_FORMS: tuple[Form, ...] = (
    *_percent_forms(),
    *_interest_forms(),
    *_conversion_forms(),
    *_chance_forms(),
)
