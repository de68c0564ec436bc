"""Which symbols the reader knows, and which of the recogniser's many classes mean each of them.

The recogniser tells thousands of characters apart; a line of school mathematics needs about a
hundred. Several classes are one sign in different dress (a full-width slash, five widths of dash):
their probabilities belong together, and are added up here before anything is decided.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BLANK = ""
"""The separator of connectionist temporal classification: no symbol begins at this step."""

OTHER = "\ufffd"
"""All classes that are no symbol of ours, together."""

DIGITS = string.digits
LETTERS = string.ascii_letters
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻⁺"
SIGNS = "+-*×·÷/=()[]{}|<>≤≥≠±^_√∫∂∑∞π°%!?.,:;'\"~&#$@\\∠△⊥∥θαβγλ∴∵→½¼¾"
INSTRUCTION_CHARACTERS = (
    "解方程组计算化简因式分开展求导数积等于的值和与或得把下列各题运用法第小号个是多少已知若则不定"
    "元一二三四五六七八九十两次项根系合并同类去括移脱先再后比例百最大公约倍加减乘除"
)

SYMBOLS: tuple[str, ...] = (
    BLANK,
    " ",
    *DIGITS,
    *LETTERS,
    *SIGNS,
    *SUPERSCRIPTS,
    *dict.fromkeys(INSTRUCTION_CHARACTERS),
    OTHER,
)
"""The alphabet of a lattice, in the order of its columns; the blank first, `OTHER` last."""

SYMBOL_INDEX: dict[str, int] = {symbol: column for column, symbol in enumerate(SYMBOLS)}

# The same sign in another code point. The two are never told apart again.
_SAME_SIGN: dict[str, str] = {
    "+": "＋➕",
    "-": "−–—―－ー➖˗﹣‐‑‒",
    "*": "＊∗",
    "×": "✕✖╳✗ⅹⅩメ㐅",
    "·": "•∙⋅・‧",
    "÷": "➗",
    "/": "／∕⁄⧸",
    "=": "＝ニ",
    "(": "（﹙",
    ")": "）﹚",
    "[": "［【〔",
    "]": "］】〕",
    "{": "｛",
    "}": "｝",
    "|": "｜丨│∣¦ㅣ",
    "<": "＜〈‹",
    ">": "＞〉›",
    "≤": "≦⩽",
    "≥": "≧⩾",
    "^": "＾ˆ",
    "_": "＿",
    "√": "✓",
    "π": "Π",
    "°": "˚º",
    "%": "％",
    "!": "！",
    "?": "？",
    ".": "．。",
    ",": "，、",
    ":": "：",
    ";": "；",
    "'": "′’‘`´",
    '"': "″“”",
    "~": "～∼〜",
    "&": "＆",
    "$": "＄￥¥",
    "\\": "＼",
}

# Foreign characters that a written sign is taken for. Weights are the share of the class's mass
# that the sign gets; the rest stays with `OTHER`.
_LOOKALIKE: dict[str, str] = {
    "x": "χΧκЖ乂",
    "+": "十†ナ",
    "-": "一",
    "=": "二",
    "/": "丿ノ",
    "2": "乙",
    "3": "ろ",
    "5": "ら",
    "7": "フ",
    "0": "〇口ロ",
    "1": "ι亅",
    "4": "Ч",
    "u": "υ",
    "v": "ν",
    "p": "ρ",
    "w": "ω",
    "n": "η",
    "o": "οΟ",
    "a": "а",
}
_LOOKALIKE_SHARE = 0.7


def characters_to_symbol() -> dict[str, str]:
    """Map every recogniser character that is exactly one of our symbols to that symbol."""
    table = {symbol: symbol for symbol in SYMBOLS if symbol not in (BLANK, OTHER)}
    for symbol, others in _SAME_SIGN.items():
        if symbol in SYMBOL_INDEX:
            table.update(dict.fromkeys(others, symbol))
    for offset in range(ord("!"), ord("~") + 1):
        full_width = chr(offset - 0x21 + 0xFF01)
        table.setdefault(full_width, table.get(chr(offset), chr(offset)))
    table["\u3000"] = " "
    return table


class Folding:
    """Folds the recogniser's class probabilities onto `SYMBOLS`. Immutable, any thread.

    Args:
        characters: The character of each class, the blank's class first.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        table = characters_to_symbol()
        weights: list[tuple[int, int, float]] = []
        lookalikes = {
            character: symbol for symbol, group in _LOOKALIKE.items() for character in group
        }
        for class_index, character in enumerate(characters):
            if class_index == 0:
                weights.append((0, 0, 1.0))
            elif character in table and character not in lookalikes:
                weights.append((class_index, SYMBOL_INDEX[table[character]], 1.0))
            elif character in lookalikes:
                own = table.get(character, OTHER)
                target = SYMBOL_INDEX[lookalikes[character]]
                weights.append((class_index, target, _LOOKALIKE_SHARE))
                weights.append((class_index, SYMBOL_INDEX[own], 1.0 - _LOOKALIKE_SHARE))
        weights.sort(key=lambda entry: entry[1])
        self._classes = np.array([entry[0] for entry in weights], dtype=np.intp)
        self._shares = np.array([entry[2] for entry in weights], dtype=np.float32)
        columns, starts = np.unique([entry[1] for entry in weights], return_index=True)
        self._columns, self._starts = columns, starts

    def fold(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fold (T, classes) to (T, len(SYMBOLS)); rows keep their sum, unknown classes go to
        `OTHER`."""
        # Sums over stretches: a matrix product of this size waits for threads that others hold.
        parts = probabilities[:, self._classes] * self._shares
        folded = np.zeros((len(probabilities), len(SYMBOLS)), dtype=np.float32)
        folded[:, self._columns] = np.add.reduceat(parts, self._starts, axis=1)
        folded[:, -1] += np.clip(probabilities.sum(axis=1) - folded.sum(axis=1), 0.0, None)
        return folded
