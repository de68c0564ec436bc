"""From a line of LaTeX, as an engine or a model wrote it, to the statements that it makes.

Words are taken off only where they add nothing ("so", "the answer is"; in a step also an
explanation that ends in a colon or in "we get"). Any other word could turn the meaning around, so a
line that contains one is not understood.
"""

from __future__ import annotations

import re

from inference.errors import MathSyntaxError
from inference.rules.matrix_questions import find_matrix
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Measure,
    Node,
    Phrase,
    PlusMinus,
    Relation,
    RelationOperator,
    Symbol,
    System,
    walk,
)
from inference.rules.parser import parse_line
from inference.rules.questions import find_notation
from inference.rules.units import split_measure

DISCRIMINANT = "D_0"
"""The letter that stands for \\Delta in what this module returns."""

_LEAD_INS = (
    *("so", "hence", "therefore", "thus", "then", "and so", "so that", "this gives", "giving"),
    *("we get", "we have", "we obtain", "so we get", "so we have", "it follows that", "we find"),
    *("the answer is", "the final answer is", "answer", "final answer", "that is", "i.e."),
    *("the solution is", "the solutions are", "solution", "solutions", "the roots are", "which is"),
    *("the result is", "the derivative is", "the integral is", "the value is", "this is", "it is"),
    *("the equation has", "the system has", "the equation becomes", "simplifying", "gives"),
    *("所以", "因此", "故", "得", "即", "解得", "可得", "于是", "则", "有", "答案是", "答案为"),
    *(
        "原方程的解为",
        "方程的解为",
        "方程的解是",
        "解为",
        "解是",
        "原式",
        "答案",
        "结果为",
        "结果是",
    ),
    *("不等式的解集为", "解集为", "方程组的解为", "方程组的解是", "那么", "整理得", "化简得"),
)
_LEAD_IN = re.compile(
    r"\s*(?:"
    + "|".join(
        rf"\\(?:text|mathrm|textbf|textrm)\s*\{{\s*{re.escape(words)}\s*[:：,，]?\s*\}}"
        rf"|{re.escape(words)}(?![a-zA-Z])\s*[:：,，]?"
        for words in sorted(_LEAD_INS, key=len, reverse=True)
    )
    + r"|\\therefore(?![a-zA-Z])|∴|\\(?:Rightarrow|implies|Longrightarrow|iff)(?![a-zA-Z])|⇒|⟹"
    + r"|\\(?:quad|qquad|[,;:! ])|~)\s*",
    re.IGNORECASE,
)
# "Subtract 5 from both sides: ", "两边同时减去5，得".
_EXPLANATION = re.compile(
    r"\s*\\text\{[^{}]*(?:[:：]|(?:\b(?:get|gets|gives?|obtain|have|yields|becomes)|得|得到|即|有)"
    r"[,，]?)\s*\}"
)
# What must not occur in an explanation that is passed over: it may take back what follows.
_DOUBT = re.compile(
    r"\b(?:no|not|never|cannot|nor|neither|wrong|false|incorrect\w*|mistake\w*|if|unless|except|but"
    r"|suppose|assum\w*|let|when|would|could|should|might|either|without|reject\w*|discard\w*"
    r"|impossib\w*|contradict\w*|approximat\w*|about|check\w*|guess\w*|try\w*)\b|n['’]t\b"
    r"|[不非没未否错误若舍当设假约试]|如果",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"\\text\{[\s,，;；.。]*(?:and\s+)?(?:so|then|thus|hence|therefore|which\s+gives|giving"
    r"|so\s+that|i\.e\.|所以|因此|故|解得|得|即|则|于是)\s*[:：,，]?\s*\}",
    re.IGNORECASE,
)
_LEAD_IN_WITH_EQUALS = re.compile(r"\s*(?:原式)\s*=")
_ARROW = re.compile(
    r"\\(?:Rightarrow|Longrightarrow|implies|iff|Leftrightarrow|to|rightarrow)(?![a-zA-Z])|[⇒⟹⇔→]"
)
# The arrow below a limit is no step from one line to the next.
_ARROW_OF_LIMIT = re.compile(
    r"(lim(?:\\limits)?\s*_?\s*[{(]\s*[a-zA-Z]\s*)(?:\\(?:to|rightarrow)(?![a-zA-Z])|→)"
)
# What says that a letter stands for whole numbers.
_INTEGER_WORDS = re.compile(
    r"[,，;；]?\s*[(（]?\s*(?:\\text\s*\{\s*[(（]?)?\s*(?:where\s+|for\s+(?:all|any|every)\s+|其中\s*)?\$?"
    r"([a-zA-Z])\$?(?:\s+is\s+an?\s+integer|\s*(?:为|是|取)?(?:任意)?整数)\s*[)）]?\s*\}?\s*[)）]?\s*$"
)
_SET = re.compile(
    r"\s*([a-zA-Z])\s*(?:\\in(?![a-zA-Z])|∈|=)\s*\\?\\(?:l?brace|\{)(.*)\\(?:r?brace|\})\s*"
)
_PAIR = re.compile(
    r"\s*\\?(?:left)?\s*\(\s*([a-zA-Z](?:\s*,\s*[a-zA-Z])+)\s*(?:\\right)?\s*\)\s*=\s*"
    r"(?:\\left)?\s*\((.*?)(?:\\right)?\s*\)\s*"
)
_MEMBER = re.compile(r"\s*([a-zA-Z])\s*(?:\\in(?![a-zA-Z])|∈)\s*(.+)", re.DOTALL)
_OF_INTEGERS = re.compile(r"(?:∈|\\in)\s*(?:\\mathbb\s*\{?\s*Z|ℤ|Z)")
_CUP = re.compile(r"\s*(?:\\cup(?![a-zA-Z])|∪)\s*")
_INTERVAL = re.compile(
    r"(?:\\left)?\s*([(\[])([^,;，()\[\]]+)[,;，]([^,;，()\[\]]+?)(?:\\right)?\s*([)\]])"
)
_INFINITY = re.compile(r"\s*[+-]?\s*(?:\\infty|∞)\s*")
_SET_BUILDER = re.compile(r"\s*\\\{\s*([a-zA-Z])\s*(?:\\mid|\||:|｜)\s*(.+?)\s*\\\}\s*", re.DOTALL)
_SHORT_LIST = re.compile(r"\s*([a-zA-Z])\s*=(.*)", re.DOTALL)
_LIST_SEPARATOR = re.compile(
    r"\s*(?:,\s|，|、|;|\\(?:text|mathrm)\s*\{\s*(?:or|and|或|和)\s*\}|\bor\b|\band\b|或|和)\s*"
)
_RELATION = re.compile(r"[=<>≤≥≠≈⩽⩾∈]|\\(?:[lg]e(?:q|qslant)?|[lg]t|neq?|approx|in)(?![a-zA-Z])")
_EQUALS_FIRST = re.compile(r"^\s*&?\s*=\s*")
_BARE_EXPONENT = re.compile(r"\^\s*(?:\d\s*[\d.]|[-+])")
_MAX_CHARACTERS = 2000
_MAX_INDEX = 9


def parse_claims(text: str, *, before: Node | None = None, has_units: bool = False) -> list[Node]:
    """Understand one line of a step.

    Args:
        text: LaTeX without delimiters.
        before: The line before it, whose right side a line that begins with "=" goes on with.
        has_units: Whether numbers may have units: then `m` is no letter.

    Returns:
        What it states, arrow by arrow: most often one node. `x \\in \\{2, 3\\}`, `x = 2, 3` and
        `(x, y) = (1, 2)` come out as if spelled out.

    Raises:
        MathSyntaxError: It says something that is not understood completely.
    """
    if len(text) > _MAX_CHARACTERS:
        raise MathSyntaxError("The line is too long.", position=0, reason="too_long")
    text = _ARROW_OF_LIMIT.sub(r"\1->", text)
    explanation = _EXPLANATION.match(text)
    if explanation is not None and not _DOUBT.search(explanation.group()):
        text = text[explanation.end() :]
    pieces = [
        _tidy(piece) for part in _CONSEQUENCE.split(_tidy(text)) for piece in _ARROW.split(part)
    ]
    nodes: list[Node] = []
    for piece in pieces:
        if not piece:
            continue
        goes_on = _EQUALS_FIRST.match(piece)
        node = _parse(_spell_out(piece[goes_on.end() :] if goes_on else piece), has_units)
        if goes_on and before is not None:
            node = _go_on(before, node)
        nodes.append(node)
        before = node
    if len(nodes) > 1 and not all(
        isinstance(node, Relation | Chain | System) for node in nodes[1:]
    ):
        raise MathSyntaxError("Nothing is stated after an arrow.", position=0, reason="unexpected")
    return nodes


def _go_on(before: Node, node: Node) -> Node:
    """`= 2 \\cdot 3 = 6` after `x = 12 / 2` states `12 / 2 = 2 \\cdot 3 = 6`."""
    match before:
        case Relation():
            last: Node = before.right
        case Chain():
            last = before.operands[-1]
        case System() | Alternatives() | Phrase():
            raise MathSyntaxError("It is not clear what goes on.", position=0, reason="ambiguous")
        case _:
            last = before
    match node:
        case Relation():
            return Chain((last, node.left, node.right), ("=", node.operator))
        case Chain():
            return Chain((last, *node.operands), ("=", *node.operators))
        case System() | Alternatives() | Phrase():
            raise MathSyntaxError("It is not clear what goes on.", position=0, reason="ambiguous")
    return Relation("=", last, node)


def parse_answer(text: str, *, has_units: bool = False) -> Node:
    """Understand an answer, which is one statement.

    Raises:
        MathSyntaxError: It says something that is not understood completely.
    """
    if len(text) > _MAX_CHARACTERS:
        raise MathSyntaxError("The answer is too long.", position=0, reason="too_long")
    return _parse(_spell_out(_EQUALS_FIRST.sub("", _tidy(text))), has_units)


def merge_indexed(node: Node, name: str) -> Node:
    """Read `x_1 = 2, x_2 = \\frac{6}{2} = 3` as two values of x, and `x_1 = x_2 = 2` as one."""
    if isinstance(node, Chain) and node.operands[:2] == (Symbol(f"{name}_1"), Symbol(f"{name}_2")):
        return _without_index(Chain(node.operands[1:], node.operators[1:]), name, 2) or node
    if not isinstance(node, System):
        return node
    options = [
        _without_index(each, name, place) for place, each in enumerate(node.relations, start=1)
    ]
    return Alternatives(tuple(option for option in options if option)) if all(options) else node


def split_indexed(node: Node, name: str) -> Node | None:
    """Read `x_2 = 3` alone as a value of x, one of several; None when it is nothing of the kind."""
    options = (_without_index(node, name, place) for place in range(1, _MAX_INDEX))
    return next((option for option in options if option), None)


def _without_index(node: Node, name: str, place: int) -> Node | None:
    indexed = Symbol(f"{name}_{place}")
    match node:
        case Relation(operator="=", left=left, right=right) if left == indexed:
            return Relation("=", Symbol(name), right)
        case Chain(operands=(left, right), operators=("=",)) if left == indexed:
            return Relation("=", Symbol(name), right)
        case Chain(operands=(left, *others), operators=operators) if left == indexed:
            return Chain((Symbol(name), *others), operators)
    return None


def is_approximate(node: Node) -> bool:
    """Whether something in it holds only nearly."""
    return any(
        (isinstance(part, Relation) and part.operator == "≈")
        or (isinstance(part, Chain) and "≈" in part.operators)
        for part in walk(node)
    )


def has_plus_minus(node: Node) -> bool:
    """Whether it says two things at once with ±."""
    return any(isinstance(part, PlusMinus) for part in walk(node))


def _parse(text: str, has_units: bool) -> Node:
    sides = text.split("=")
    measures = [split_measure(side) for side in sides] if has_units else []
    if any(measures):
        if any(found and _RELATION.search(found[0]) for found in measures):
            raise MathSyntaxError("Only = joins measures.", position=0, reason="ambiguous")
        nodes = [
            Measure(_parse(found[0], False), found[1].symbol) if found else _parse(side, False)
            for side, found in zip(sides, measures, strict=True)
        ]
        if len(nodes) <= 2:
            return nodes[0] if len(nodes) == 1 else Relation("=", nodes[0], nodes[1])
        equals: list[RelationOperator] = ["="] * (len(nodes) - 1)
        return Chain(tuple(nodes), tuple(equals))
    if _BARE_EXPONENT.search(text):
        # LaTeX shows `x^10` as x to the power of 1, times 0; what is checked must be what is shown.
        raise MathSyntaxError("An exponent needs braces.", position=0, reason="ambiguous")
    if "\\mp" in text or "∓" in text:
        raise MathSyntaxError(
            "± and ∓ together are not understood.", position=0, reason="ambiguous"
        )
    is_split = "lim" in text or ("matrix" in text and find_matrix(text) is None)
    if is_split and len(sides) > 1:
        # A limit reaches to the next equals sign.
        parts = [_parse(side, has_units) for side in sides]
        signs: list[RelationOperator] = ["="] * (len(parts) - 1)
        return Relation("=", *parts) if len(parts) == 2 else Chain(tuple(parts), tuple(signs))
    return find_notation(text) or parse_line(text)


def _tidy(text: str) -> str:
    text = text.strip().strip("$").strip()
    while match := _LEAD_IN_WITH_EQUALS.match(text) or _LEAD_IN.match(text):
        if not match.group() or match.end() == len(text):
            break
        text = text[match.end() :]
    text = _INTEGER_WORDS.sub(r", \1 \\in \\mathbb{Z}", text)
    text = re.sub(r"(?:\\[,;:! ]|\\quad|\\qquad|\s|[.。,，;；])+$", "", text)
    return text.replace("\\Delta", DISCRIMINANT).replace("Δ", DISCRIMINANT)


def _spell_out(text: str) -> str:
    if pair := _PAIR.fullmatch(text):
        names = [name.strip() for name in pair.group(1).split(",")]
        values = [value.strip() for value in pair.group(2).split(",")]
        if len(names) == len(values):
            return ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    if named_set := _SET.fullmatch(text):
        name, values_text = named_set.groups()
        values = [value.strip() for value in values_text.split(",")]
        return " \\text{or} ".join(f"{name} = {value}" for value in values)
    if builder := _SET_BUILDER.fullmatch(text):
        return builder.group(2)
    if (member := _MEMBER.fullmatch(text)) and not _OF_INTEGERS.search(text):
        name, intervals = member.groups()
        parts = [_spell_out_interval(name, part) for part in _CUP.split(intervals.strip())]
        if all(parts):
            return " \\text{or} ".join(parts)
    if named_list := _SHORT_LIST.fullmatch(text):
        name, values_text = named_list.groups()
        values = _LIST_SEPARATOR.split(values_text)
        is_list = len(values) > 1 and all(value.count("(") == value.count(")") for value in values)
        if is_list and not _RELATION.search(values_text):
            return " \\text{or} ".join(f"{name} = {value}" for value in values)
    return text


def _spell_out_interval(name: str, text: str) -> str:
    """`(-\\infty, 3]` as `x \\le 3`; empty when it is no interval with an end."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        return ""
    opening, low, high, closing = match.groups()
    has_low = not _INFINITY.fullmatch(low)
    has_high = not _INFINITY.fullmatch(high)
    if (not has_low and (opening == "[" or not low.strip().startswith("-"))) or (
        not has_high and (closing == "]" or high.strip().startswith("-"))
    ):
        return ""
    if not has_low and not has_high:
        return ""
    left = f"{low} {'<=' if opening == '[' else '<'} " if has_low else ""
    right = f" {'<=' if closing == ']' else '<'} {high}" if has_high else ""
    return f"{left}{name}{right}"
