"""What school mathematics looks like, as a cost per symbol that a left-to-right search can use.

Not a parser: a line may be torn or half written, and then something must still be read. Costs are
in nats (a cost of 3 wants a twentyfold better look on paper). The parser has the last word on whole
candidates, in `inference.reader.decode`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

# Kinds of symbols, by what may follow them.
_START = "start"
_COLUMN_START = "column start"
_DIGIT = "digit"
_LETTER = "letter"
_SUM = "sum"  # + - ±
_PRODUCT = "product"  # * /
_RELATION = "relation"
_OPEN = "open"
_CLOSE = "close"
_CARET = "caret"
_SCRIPT = "script"  # ² ³ ...
_ROOT = "root"
_INTEGRAL = "integral"
_POINT = "point"
_COMMA = "comma"
_PERCENT = "percent"
_FACTORIAL = "factorial"
_DEGREE = "degree"
_VULGAR = "vulgar"  # ½
_BAR = "bar"
_COLON = "colon"
_QUERY = "query"

_KINDS: dict[str, str] = {
    **dict.fromkeys("0123456789", _DIGIT),
    **dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZπ", _LETTER),
    **dict.fromkeys("+-±", _SUM),
    **dict.fromkeys("*/", _PRODUCT),
    **dict.fromkeys("=<>≤≥≠", _RELATION),
    **dict.fromkeys("([{", _OPEN),
    **dict.fromkeys(")]}", _CLOSE),
    **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻⁺", _SCRIPT),
    **dict.fromkeys("½¼¾", _VULGAR),
    "^": _CARET,
    "√": _ROOT,
    "∫": _INTEGRAL,
    ".": _POINT,
    ",": _COMMA,
    ";": _COMMA,
    "%": _PERCENT,
    "!": _FACTORIAL,
    "°": _DEGREE,
    "|": _BAR,
    ":": _COLON,
    "?": _QUERY,
}

_NEVER = 9.0
_OPERAND_START = {_DIGIT: 0.0, _LETTER: 0.0, _OPEN: 0.0, _ROOT: 0.5, _VULGAR: 1.5, _BAR: 2.5}
_AFTER_OPERAND = {
    _SUM: 0.0,
    _PRODUCT: 0.3,
    _RELATION: 0.0,
    _CLOSE: 0.0,
    _COMMA: 3.0,
    _COLON: 3.5,
    _BAR: 2.5,
    _QUERY: 5.0,
}

# kind -> kind that follows -> cost. A pair that is not listed costs `_NEVER`.
_PAIR_COSTS: dict[str, dict[str, float]] = {
    _START: {**_OPERAND_START, _SUM: 1.5, _INTEGRAL: 0.7, _POINT: 5.0, _PRODUCT: 7.0},
    _COLUMN_START: {_DIGIT: 0.0, _SUM: 0.0, _PRODUCT: 0.0, _POINT: 4.0, _OPEN: 2.0},
    _DIGIT: {
        **_AFTER_OPERAND,
        _DIGIT: 0.0,
        _LETTER: 0.1,
        _OPEN: 0.8,
        _POINT: 0.8,
        _COMMA: 2.5,
        _CARET: 0.3,
        _SCRIPT: 0.8,
        _ROOT: 1.0,
        _PERCENT: 0.7,
        _FACTORIAL: 2.5,
        _DEGREE: 2.0,
        _VULGAR: 1.0,
    },
    _LETTER: {
        **_AFTER_OPERAND,
        _DIGIT: 5.0,
        _LETTER: 1.2,
        _OPEN: 1.5,
        _CARET: 0.2,
        _SCRIPT: 0.0,
        _ROOT: 2.5,
        _FACTORIAL: 4.0,
        _DEGREE: 4.0,
    },
    _SUM: {**_OPERAND_START, _SUM: 5.0, _INTEGRAL: 2.0},
    _PRODUCT: {**_OPERAND_START, _LETTER: 0.6, _SUM: 2.5, _PRODUCT: 7.0},
    _RELATION: {**_OPERAND_START, _SUM: 0.7, _QUERY: 1.0, _INTEGRAL: 2.0},
    _OPEN: {**_OPERAND_START, _SUM: 0.5, _OPEN: 1.0},
    _CLOSE: {
        **_AFTER_OPERAND,
        _CLOSE: 0.2,
        _DIGIT: 3.5,
        _LETTER: 2.0,
        _OPEN: 0.5,
        _CARET: 0.0,
        _SCRIPT: 0.0,
        _ROOT: 3.0,
        _PERCENT: 5.0,
    },
    _CARET: {_DIGIT: 0.0, _LETTER: 1.5, _OPEN: 0.5, _SUM: 2.0},
    _SCRIPT: {**_AFTER_OPERAND, _LETTER: 0.6, _OPEN: 1.2, _SCRIPT: 2.5, _DIGIT: 4.0, _ROOT: 3.0},
    _ROOT: {_DIGIT: 0.0, _LETTER: 0.0, _OPEN: 0.2},
    _INTEGRAL: {**_OPERAND_START, _SUM: 1.5, _SCRIPT: 2.0},
    _POINT: {_DIGIT: 0.0},
    _COMMA: {**_OPERAND_START, _SUM: 2.0},
    _PERCENT: {**_AFTER_OPERAND},
    _FACTORIAL: {**_AFTER_OPERAND},
    _DEGREE: {**_AFTER_OPERAND},
    _VULGAR: {**_AFTER_OPERAND, _LETTER: 0.5, _OPEN: 1.0},
    _BAR: {**_AFTER_OPERAND, **_OPERAND_START, _SUM: 0.5},
    _COLON: {**_OPERAND_START},
    _QUERY: {},
}

_END_COSTS: dict[str, float] = {
    _SUM: 7.0,
    _PRODUCT: 7.0,
    _RELATION: 1.0,
    _OPEN: 9.0,
    _CARET: 9.0,
    _ROOT: 9.0,
    _INTEGRAL: 9.0,
    _POINT: 3.0,
    _COMMA: 3.0,
    _COLON: 4.0,
    _BAR: 1.0,
}

# What it costs that a letter is used at all. x and y are what schools ask for; letters that look
# like digits are avoided by whoever sets a question.
_LETTER_COSTS: dict[str, float] = {
    "x": 0.0,
    "y": 0.2,
    "z": 0.8,
    "a": 1.0,
    "b": 1.8,
    "n": 1.3,
    "t": 1.3,
    "m": 1.6,
    "c": 1.8,
    "k": 1.5,
    "p": 1.8,
    "r": 1.8,
    "h": 2.0,
    "d": 1.5,
    "w": 2.0,
    "u": 2.0,
    "v": 2.0,
    "f": 2.0,
    "e": 2.2,
    "π": 1.0,
    "s": 3.2,
    "q": 4.0,
    "g": 4.0,
    "j": 2.8,
    "i": 3.0,
    "l": 3.5,
    "o": 4.0,
}
_CAPITAL_COST = 3.0
# Every letter after the first costs this more than the one before it.
_ANOTHER_LETTER_COST = 0.4
_LETTER_BESIDE_TIMES_COST = 1.0
_LEADING_ZERO_COST = 1.0
_SECOND_POINT_COST = 6.0
_SECOND_EQUALS_COST = 5.0
_SECOND_INEQUALITY_COST = 1.5
_UNOPENED_COST = 8.0
_UNCLOSED_COST = 5.0
_NUMBERING = frozenset("abcdefgh")
_LETTER_NUMBERS_COST = 1.0
_POINT_NUMBERS_COST = 1.2
_LONG_NUMBER_DIGITS = 3
_LONGEST_COUNTED = 6
_LONG_NUMBER_COST = 0.7
_NO_UNKNOWN_COST = 2.0
_LETTER_IN_COLUMN_COST = 6.0
# The other lines of a question use this letter, this one does not.
_UNUSED_LETTER_COST = 0.6


@dataclass(frozen=True, slots=True)
class LineState:
    """What the cost of the next symbol depends on. Made by `start_state` and `advance` only."""

    kind: str = _START
    depth: int = 0
    num_relations: int = 0
    number: str = ""  # the number being written
    letters: frozenset[str] = frozenset()
    known_letters: frozenset[str] = frozenset()
    num_symbols: int = 0
    has_times: bool = False
    may_be_numbered: bool = True
    in_column: bool = False
    doubled: str = field(default="")  # the last symbol, where a pair of equal letters matters


def start_state(
    known_letters: frozenset[str] = frozenset(), *, in_column: bool = False
) -> LineState:
    """The state before the first symbol.

    Args:
        known_letters: The unknowns of the question.
        in_column: The line is one of a written sum, figures below figures: it may begin with any
            sign of operation, and holds no letters.
    """
    kind = _COLUMN_START if in_column else _START
    return LineState(kind=kind, known_letters=known_letters, in_column=in_column)


def letter_cost(letter: str, others: frozenset[str]) -> float:
    """What it costs to use `letter` beside the `others` used so far."""
    cost = _LETTER_COSTS.get(letter)
    if cost is None:
        cost = _CAPITAL_COST + _LETTER_COSTS.get(letter.lower(), 1.0) / 2
    return cost + _ANOTHER_LETTER_COST * len(others)


def advance(state: LineState, symbol: str) -> tuple[LineState, float]:
    """Append `symbol`: the new state and the cost in nats."""
    kind = _KINDS[symbol]
    numbered = _question_number_ends(state, symbol)
    if numbered is not None:
        return numbered
    cost = _PAIR_COSTS[state.kind].get(kind, _NEVER)
    depth, num_relations, number = state.depth, state.num_relations, ""
    letters, has_times = state.letters, state.has_times
    may_be_numbered = state.may_be_numbered and (
        kind in (_DIGIT, _OPEN, _POINT) or (kind is _LETTER and state.kind is _START)
    )
    if kind is _DIGIT:
        number = state.number + symbol
        if len(number) > 1 and number[0] == "0" and "." not in number:
            cost += _LEADING_ZERO_COST
        if _LONG_NUMBER_DIGITS < len(number) <= _LONGEST_COUNTED:
            cost += _LONG_NUMBER_COST
    elif kind is _POINT:
        if "." in state.number:
            cost += _SECOND_POINT_COST
        number = state.number + symbol
    elif kind is _LETTER:
        if state.in_column:
            cost += _LETTER_IN_COLUMN_COST
        if symbol not in letters:
            if symbol not in state.known_letters:
                cost += letter_cost(symbol, letters | state.known_letters)
            letters = letters | {symbol}
            if has_times:
                cost += _LETTER_BESIDE_TIMES_COST
        if state.doubled == symbol:
            cost += 1.5
    elif symbol == "*":
        if letters and not has_times:
            cost += _LETTER_BESIDE_TIMES_COST
        has_times = True
    elif kind is _OPEN:
        depth += 1
    elif kind is _CLOSE:
        if depth == 0:
            cost += _UNOPENED_COST
        depth = max(0, depth - 1)
    elif kind is _RELATION:
        num_relations += 1
        if num_relations > 1:
            cost += _SECOND_EQUALS_COST if symbol == "=" else _SECOND_INEQUALITY_COST
        cost += {"=": 0.0, "<": 1.5, ">": 1.5, "≤": 2.0, "≥": 2.0}.get(symbol, 4.0)
    new = LineState(
        kind=kind,
        depth=depth,
        num_relations=num_relations,
        number=number,
        letters=letters,
        known_letters=state.known_letters,
        num_symbols=state.num_symbols + 1,
        has_times=has_times,
        may_be_numbered=may_be_numbered,
        in_column=state.in_column,
        doubled=symbol if kind is _LETTER else "",
    )
    return new, cost


def _question_number_ends(state: LineState, symbol: str) -> tuple[LineState, float] | None:
    """`3)`, `(2)`, `a)`, `a.` and `3.` before anything else number the question; the line begins
    after them."""
    if not state.may_be_numbered:
        return None
    start = start_state(state.known_letters, in_column=state.in_column)
    start = replace(start, may_be_numbered=False)
    is_lettered = state.num_symbols == 1 and bool(state.letters) and state.letters <= _NUMBERING
    if is_lettered and symbol in (")", "."):
        return start, _LETTER_NUMBERS_COST
    if symbol == ")" and 1 <= len(state.number) <= 2:
        if state.num_symbols != len(state.number) + state.depth:
            return None
        return start, 2.5 if state.depth == 1 else 2.0
    is_pointed = state.kind is _POINT and state.number[:-1].isdigit() and len(state.number) <= 3
    if is_pointed and state.num_symbols == len(state.number) and _KINDS[symbol] is not _DIGIT:
        begun, cost = advance(start, symbol)
        return begun, cost + _POINT_NUMBERS_COST
    return None


def finish(state: LineState) -> float:
    """The cost of ending the line here."""
    cost = _END_COSTS.get(state.kind, 0.0) + _UNCLOSED_COST * state.depth
    if state.num_relations and not state.letters and state.kind not in (_RELATION, _QUERY):
        # An equation between bare numbers asks nothing; an unknown was probably misread.
        cost += _NO_UNKNOWN_COST
    return cost + _UNUSED_LETTER_COST * len(state.known_letters - state.letters)
