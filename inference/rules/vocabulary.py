"""Every character, command and word that may stand in mathematics here, and what it means."""

from __future__ import annotations

from typing import Literal

from inference.rules.nodes import FUNCTION_NAMES

TokenKind = Literal[
    "number",  # digits, perhaps with a point
    "fraction",  # a vulgar fraction in one character, text "1/2"
    "letter",  # one letter, or a Greek letter by name
    "constant",  # pi, e
    "function",  # sin, log, ...
    "keyword",  # or, and, of, int, diff, root, sqrt, frac
    "operator",  # one of the signs, canonical
    "separator",  # newline, \\, comma, semicolon
    "end",
]


# Bars of which LaTeX says whether they open or close.
LEFT_BAR, RIGHT_BAR = "|<", ">|"

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "φ": "phi",
    "ϕ": "phi",
    "ω": "omega",
    "χ": "x",
}
GREEK_COMMANDS = frozenset(name for name in GREEK.values() if len(name) > 1) | {"varphi"}

# Letters of other alphabets that look like Latin ones; only OCR and keyboards put them in maths.
LOOK_ALIKES = dict(zip("хуаеосрХУАЕОСРТМНКВ", "xyaeocpXYAEOCPTMHKB", strict=True))

CHARACTERS = {
    "−": "-",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "﹣": "-",
    "·": "×",
    "⋅": "×",
    "∙": "×",
    "•": "×",
    "∗": "×",
    "*": "×",
    "✕": "×",
    "✖": "×",
    "⨯": "×",
    "∕": "/",
    "⁄": "/",
    "≤": "<=",
    "⩽": "<=",
    "≦": "<=",
    "≥": ">=",
    "⩾": ">=",
    "≧": ">=",
    "≠": "!=",
    "∶": ":",
    "：": ":",
    "′": "'",
    "’": "'",
    "‘": "'",
    "。": ".",
    "、": ",",
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "∣": "|",
    "π": "pi",
    "∛": "cbrt",
    "∜": "root4",
}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣ", "0123456789+-()nx", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₓₙ", "0123456789+-axn", strict=True))
IGNORED = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad$")

# LaTeX commands that change nothing of the meaning.
SPACING_COMMANDS = frozenset(
    {
        *(",", ";", ":", "!", " ", "(", ")", "[", "]"),
        *("quad", "qquad", "displaystyle", "limits", "big", "Big", "bigg", "Bigg", "bigl", "bigr"),
        *("Bigl", "Bigr", "left", "right", "middle", "nonumber", "hline", "medspace", "thinspace"),
    }
)
OPERATOR_COMMANDS = {
    "cdot": "×",
    "times": "×",
    "ast": "×",
    "div": "÷",
    "pm": "±",
    "mp": "±",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "lt": "<",
    "gt": ">",
    "ne": "!=",
    "neq": "!=",
    "approx": "≈",
    "%": "%",
    "{": "{",
    "}": "}",
    "lbrace": "{",
    "rbrace": "}",
    "vert": "|",
    "lvert": LEFT_BAR,
    "rvert": RIGHT_BAR,
    "mid": "|",
    "prime": "'",
    "colon": ":",
    "circ": "°",
    "degree": "°",
}
KEYWORD_COMMANDS = {
    "frac": "frac",
    "dfrac": "frac",
    "tfrac": "frac",
    "cfrac": "frac",
    "sqrt": "√",
    "int": "int",
    "lor": "or",
    "land": "and",
}
TEXT_COMMANDS = frozenset({"text", "mathrm", "mathit", "mathbf", "textbf", "mbox", "operatorname"})
ENVIRONMENTS = frozenset({"cases", "aligned", "align", "align*", "array", "gathered", "split"})
WORDS: dict[str, tuple[TokenKind, str]] = {
    **{name: ("function", name) for name in FUNCTION_NAMES},
    "lg": ("function", "log"),
    "hcf": ("function", "gcd"),
    "asin": ("function", "arcsin"),
    "acos": ("function", "arccos"),
    "atan": ("function", "arctan"),
    "sqrt": ("keyword", "√"),
    "cbrt": ("keyword", "cbrt"),
    "root": ("keyword", "root"),
    "int": ("keyword", "int"),
    "integrate": ("keyword", "integrate"),
    "diff": ("keyword", "diff"),
    "pi": ("constant", "pi"),
    "or": ("keyword", "or"),
    "and": ("keyword", "and"),
    "of": ("keyword", "of"),
}
# Words that may stand glued to letters ("2sinx", "xsqrt2").
_NEVER_GLUED = {"or", "and", "of", "int", "root", "gcd", "hcf", "lcm"}
GLUED_WORDS = tuple(sorted((w for w in WORDS if w not in _NEVER_GLUED), key=len, reverse=True))
CHINESE_WORDS = {"或": "or", "和": "and", "且": "and", "与": "and", "的": "of"}
IN_INTEGERS = "∈ℤ"
"""The keyword that says that the letter before it is any whole number."""
DIGITS = frozenset("0123456789")
SIGNS = frozenset("+-×÷/:=<>^_!%°|()[]{}'±√∫≈&")
MAX_LETTERS_IN_A_ROW = 3
