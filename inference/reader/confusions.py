"""How a written symbol is mistaken for another, and what that makes of the recogniser's word.

The recogniser was trained on words, seldom on mathematics: it reads a written x as k or ×, a slash
as 1, a small raised 2 as 2. Here its probabilities are turned into probabilities of the symbol that
was meant: a share of each class leaks to the symbols it is mistaken for, a small share where the
recogniser is certain and a larger one where it wavers. The prior in `inference.reader.grammar`
then decides among them.
"""

from __future__ import annotations

import string

import numpy as np
from numpy.typing import NDArray

from inference.reader.alphabet import BLANK, DIGITS, OTHER, SUPERSCRIPTS, SYMBOL_INDEX, SYMBOLS

MATHS_SYMBOLS: tuple[str, ...] = (
    BLANK,
    *DIGITS,
    *string.ascii_lowercase,
    *"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    *"+-*/=()[]{}|<>≤≥≠±^√∫π°%!?.,:;",
    *SUPERSCRIPTS,
    "½",
    "¼",
    "¾",
)
"""What a stretch of mathematics may hold. `*` stands for × and · too, `/` for ÷."""

MATHS_INDEX: dict[str, int] = {symbol: column for column, symbol in enumerate(MATHS_SYMBOLS)}

# The recogniser's symbol -> the symbol as mathematics writes it: one meaning, one column.
_SAME_MEANING: dict[str, str] = {"×": "*", "·": "*", "÷": "/", "~": "-", "_": "-", "\\": "/"}

# What was recognised -> what may have been meant, with the chance of it when the recogniser
# wavers. Chances are relative to the recognised symbol's own weight of 1.
_CONFUSED: dict[str, dict[str, float]] = {
    "k": {"x": 0.25, "h": 0.1},
    "K": {"x": 0.6, "k": 0.3, "*": 0.05},
    "X": {"x": 1.5, "*": 0.5},
    "x": {"*": 0.4, "y": 0.03, "n": 0.02, "²": 0.02},
    "×": {"x": 0.4, "+": 0.06},
    "*": {"x": 0.2, "+": 0.15, "-": 0.03},
    "·": {"*": 0.3, ".": 0.2, "-": 0.1},
    "n": {"x": 0.15, "m": 0.05},
    "r": {"x": 0.15, "√": 0.05},
    "a": {"x": 0.15, "9": 0.05, "2": 0.03},
    "c": {"x": 0.15, "(": 0.3},
    "C": {"(": 0.6, "c": 0.8},
    "u": {"x": 0.05, "4": 0.05, "y": 0.1},
    "v": {"y": 0.1, "√": 0.2, "x": 0.05},
    "V": {"√": 0.4, "v": 0.8, "y": 0.1},
    "w": {"x": 0.03},
    "g": {"9": 0.5, "y": 0.25, "q": 0.1},
    "q": {"9": 0.5, "y": 0.05, "g": 0.1},
    "y": {"4": 0.1, "x": 0.03, "9": 0.03, "7": 0.02},
    "Y": {"y": 1.5, "4": 0.2, "x": 0.05},
    "A": {"4": 0.4},
    "H": {"4": 0.2},
    "4": {"y": 0.06, "9": 0.04, "+": 0.02, "7": 0.02, "1": 0.01},
    "9": {"y": 0.05, "g": 0.03, "q": 0.03, "4": 0.03, "7": 0.02, "a": 0.02},
    "1": {"/": 0.15, "7": 0.08, "(": 0.03, ")": 0.03, "l": 0.02, "2": 0.01, "¹": 0.02, "|": 0.01},
    "l": {"1": 1.5, "/": 0.3, "(": 0.1, ")": 0.1},
    "I": {"1": 1.5, "/": 0.3, "|": 0.05},
    "i": {"1": 0.5, "/": 0.03},
    "j": {"y": 0.1, ")": 0.1, "1": 0.05},
    "|": {"1": 1.0, "/": 0.5},
    "/": {"1": 0.12, "7": 0.01, ")": 0.02, "(": 0.02},
    "÷": {"+": 0.05, "=": 0.05},
    "0": {"6": 0.02, "o": 0.01, "°": 0.03, "9": 0.01, "8": 0.01, "⁰": 0.01},
    "o": {"0": 1.5},
    "O": {"0": 2.0},
    "D": {"0": 0.5},
    "Q": {"0": 0.4, "9": 0.2},
    "s": {"5": 0.7},
    "S": {"5": 1.5, "8": 0.1},
    "5": {"s": 0.02, "3": 0.02, "6": 0.02, "8": 0.01},
    "z": {"2": 0.2, "7": 0.03},
    "Z": {"2": 0.8, "z": 0.8, "7": 0.05},
    "2": {"z": 0.15, "²": 0.12, "7": 0.03, "3": 0.01, "a": 0.01},
    "3": {"³": 0.06, "5": 0.02, "8": 0.01, "2": 0.01},
    "b": {"6": 0.4},
    "G": {"6": 0.9, "9": 0.1},
    "6": {"b": 0.05, "0": 0.02, "8": 0.02},
    "t": {"+": 0.8, "4": 0.02},
    "T": {"7": 0.2, "+": 0.2, "1": 0.05},
    "f": {"+": 0.3, "/": 0.1},
    "F": {"7": 0.1},
    "7": {"1": 0.06, ">": 0.02, "2": 0.03, ")": 0.02, "9": 0.02},
    "B": {"8": 0.8},
    "8": {"3": 0.02, "6": 0.02, "0": 0.02, "9": 0.01},
    "E": {"8": 0.1, "=": 0.1},
    "J": {"3": 0.2, "7": 0.2, ")": 0.2, "1": 0.1},
    "L": {"1": 0.2, "(": 0.3, "2": 0.1},
    "(": {"c": 0.03, "1": 0.03, "<": 0.02, "[": 0.01},
    ")": {"1": 0.03, ">": 0.03, "7": 0.02, "]": 0.01},
    "<": {"(": 0.2, "=": 0.05},
    ">": {")": 0.2, "7": 0.2, "=": 0.03},
    "+": {"*": 0.15, "t": 0.12, "4": 0.01, "/": 0.02, "f": 0.01},
    "-": {"=": 0.05, ".": 0.01, "/": 0.01, "*": 0.01},
    "~": {"=": 0.1, "x": 0.03},
    "_": {"=": 0.1},
    "=": {"-": 0.04, "/": 0.02, "≠": 0.005, "≤": 0.01, "≥": 0.01},
    "≤": {"=": 0.5, "<": 0.1},
    "≥": {"=": 0.5, ">": 0.1},
    "≠": {"=": 0.3},
    ":": {"/": 0.3, "=": 0.3, ";": 0.05},
    ";": {":": 0.3},
    ".": {"*": 0.1, ",": 0.1, "-": 0.05, BLANK: 0.6},
    ",": {".": 0.3, BLANK: 0.5},
    "'": {BLANK: 2.0, "¹": 0.1},
    '"': {BLANK: 2.0, "=": 0.2, "²": 0.1},
    "^": {BLANK: 0.2},
    "²": {"2": 0.15, "³": 0.05, "*": 0.03},
    "³": {"3": 0.15, "²": 0.08},
    "¹": {"1": 0.5},
    "⁰": {"0": 0.3, "°": 0.3, "²": 0.1},
    "°": {"0": 0.4, "⁰": 0.2, "²": 0.1},
    "%": {"/": 0.05},
    "?": {"7": 0.1, "2": 0.1},
    "!": {"1": 0.5},
    "&": {"8": 0.5},
    "$": {"5": 0.5, "8": 0.2},
    "@": {"0": 0.1, "2": 0.1},
    "#": {"+": 0.2, "*": 0.2},
    "α": {"x": 0.5, "2": 0.1, "a": 0.5},
    "β": {"8": 0.3, "3": 0.2, "b": 0.2},
    "γ": {"y": 1.0, "r": 0.1},
    "θ": {"0": 0.5, "8": 0.2},
    "λ": {"x": 0.4},
    "∂": {"2": 0.3, "d": 0.5},
    "∞": {"8": 0.3, "x": 0.2},
    "∠": {"2": 0.1, "<": 0.5, "/": 0.2},
    "⊥": {"1": 0.3, "+": 0.2},
    "∥": {"=": 0.5, "1": 0.2},
    "∴": {"/": 0.3},
    "∵": {"/": 0.3},
    "一": {"-": 3.0},
    "二": {"=": 3.0},
    "十": {"+": 3.0},
}

# A share of any symbol's mass that a class keeps for its look-alikes even at full certainty, and
# how much more of it there is when the class holds half the mass of its step.
_CERTAIN_LEAK = 0.15
_WAVERING_LEAK = 1.7
# Any symbol may stand where there is ink, though the table does not know of it.
_ANY_SYMBOL = 3e-4
# Mass of characters that are no symbol of ours goes to all of ours alike.
_UNKNOWN_SPREAD = 0.3


def _tables() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The matrices (K, M) of what a class means at face value, and of what it leaks to."""
    own = np.zeros((len(SYMBOLS), len(MATHS_SYMBOLS)), dtype=np.float32)
    leak = np.zeros_like(own)
    for symbol, row in SYMBOL_INDEX.items():
        meant = _SAME_MEANING.get(symbol, symbol)
        confused = _CONFUSED.get(symbol, {})
        if symbol in (BLANK, " "):
            # A gap carries no symbol; mathematics is read without its spaces.
            own[row, 0] = 1.0
        elif meant in MATHS_INDEX:
            own[row, MATHS_INDEX[meant]] = 1.0
        elif not confused or symbol == OTHER:
            own[row, 1:] = _UNKNOWN_SPREAD / (len(MATHS_SYMBOLS) - 1)
            own[row, 0] = 1.0 - _UNKNOWN_SPREAD
        for target, chance in confused.items():
            leak[row, MATHS_INDEX[target]] += chance
        if meant not in MATHS_INDEX and symbol not in (BLANK, " ") and confused:
            # No such sign in mathematics: the look-alikes are all there is.
            own[row] = leak[row] / leak[row].sum()
    return own, leak


_OWN, _LEAK = _tables()


def meant_probabilities(probs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn what was recognised, (T, len(SYMBOLS)), into what was meant, (T, len(MATHS_SYMBOLS)).

    Rows sum to 1.
    """
    # The leak of a class falls with the class's share among the non-blank mass of its step.
    ink = np.clip(1.0 - probs[:, :1], 1e-6, 1.0)
    share = np.clip(probs / ink, 0.0, 1.0)
    leaking = probs * (_CERTAIN_LEAK + _WAVERING_LEAK * (1.0 - share))
    leaking[:, 0] = 0.0
    # A line holds few of the symbols; the others' columns need not be multiplied.
    seen = np.flatnonzero(probs.max(axis=0, initial=0.0) > 1e-6)
    meant = probs[:, seen] @ _OWN[seen] + leaking[:, seen] @ _LEAK[seen]
    meant[:, 1:] += _ANY_SYMBOL * ink
    result: NDArray[np.float32] = meant / np.maximum(meant.sum(axis=1, keepdims=True), 1e-9)
    return result
