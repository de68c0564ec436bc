"""Brings a read line into the plain notation that the parser takes and a student can edit.

Punctuation of Chinese and full-width keyboards, raised digits, dashes and crosses of several code
points, the number of the question, the "=?" at its end: one form for all. The words of an
instruction stay, because they say what is asked.
"""

from __future__ import annotations

import re

_SAME = {
    **{chr(code): chr(code - 0xFF01 + 0x21) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys("−–—―‐‑‒﹣－ー", "-"),
    **dict.fromkeys("∗﹡", "*"),
    **dict.fromkeys("✕✖⨯", "×"),
    **dict.fromkeys("•∙⋅・‧", "·"),
    **dict.fromkeys("∕⁄", "/"),
    **dict.fromkeys("〈‹", "<"),
    **dict.fromkeys("〉›", ">"),
    **dict.fromkeys("≦⩽", "≤"),
    **dict.fromkeys("≧⩾", "≥"),
    **dict.fromkeys("【〔", "["),
    **dict.fromkeys("】〕", "]"),
    **dict.fromkeys("′’‘", "'"),
    "。": ".",
    "〜": "~",
    "∶": ":",
    "\u3000": " ",
    "\xa0": " ",
}
_SCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣ", "0123456789+-()nx", strict=True))
_SCRIPT_RUN = re.compile(f"[{''.join(_SCRIPTS)}]+")

# "3)", "(2)", "12.", "a.", "Q4:", "Question 5.", "第3题", "①" at the beginning of a line.
_QUESTION_NUMBER = re.compile(
    r"""^\s*(?:
        (?:question|exercise|problem|ex|no|q)\s*\.?\s*\d{1,3}\s*[.):、]?\s*
      | 第?\s*\d{1,3}\s*题\s*[.):、]?\s*
      | \d{1,3}\s*\)\s*(?=\S)
      | \d{1,2}\s*\.\s+(?=\S)
      | \d{1,2}\.(?=[^\d\s])
      | \d{1,2}\s*、\s*(?=\S)
      | \(\s*\d{1,2}\s*\)\s*(?=[\w\-√∫])
      | [a-h]\s*\)\s*(?=\S)
      | [a-h]\s*\.\s*(?=[^\s.])(?![a-z]\.)
      | \(\s*(?:[a-h]|i{1,3}|iv|v)\s*\)\s+(?=\S)
      | [\u2460-\u2473]\s*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
# "=", "= ?", "= ____", "=( )" and a full stop: the place for the answer, and what ends a sentence.
_ENDING = re.compile(r"(?:\s*(?:=\s*\(\s*\)|[=?.,;:_□…]))+\s*$")


def strip_question_number(text: str) -> str:
    """Take "3)", "(2)", "12.", "第3题" and the like from the beginning of a line.

    A bracket that belongs to the mathematics stays: `(2) 3x = 6` is numbered, `(2)(x+1)`
    and `(2+x)` are not.
    """
    match = _QUESTION_NUMBER.match(text)
    if match is None:
        return text
    rest = text[match.end() :]
    if not rest.strip() or (_is_unbalanced(rest) and not _is_unbalanced(text)):
        return text
    return rest


def _is_unbalanced(text: str) -> bool:
    opened: list[str] = []
    for character in text:
        if character in "([{":
            opened.append(character)
        elif character in _CLOSERS and (not opened or opened.pop() != _CLOSERS[character]):
            return True
    return bool(opened)


def normalise_text(text: str) -> str:
    """Bring one line, as read or typed, into plain notation.

    `３ｘ＋５＝２０` becomes `3x + 5 = 20`, `x²` `x^2`, `3×4÷2` stays, `2*3` becomes `2 × 3`,
    `3) 2x = 6` loses its number, `12 - 5 = ?` its end. Instructions stay, with a colon and a
    space: `解方程：x+1=2` becomes `解方程: x + 1 = 2`. Plain notation stays as it is.
    """
    text = "".join(_SAME.get(character, character) for character in text)
    text = strip_question_number(text.strip()).replace("、", ",")
    text = _SCRIPT_RUN.sub(_plain_power, text)
    text = _ENDING.sub("", text)
    return _spaced(text)


def _plain_power(match: re.Match[str]) -> str:
    plain = "".join(_SCRIPTS[character] for character in match.group())
    return f"^{plain}" if plain.isdigit() or len(plain) == 1 else f"^({plain})"


_AROUND_SIGNS = re.compile(r"\s*(<=|>=|!=|[+\-*×·÷=<>≤≥≠±])\s*")
_OPERAND_END = re.compile(r"[\w)\]}%!°|²³]$")


def _spaced(text: str) -> str:
    """One space around signs between two operands, none after a sign of a number."""
    parts: list[str] = []
    at = 0
    for match in _AROUND_SIGNS.finditer(text):
        parts.append(text[at : match.start()])
        sign = {"*": "×", "·": "×"}.get(match.group(1), match.group(1))
        before = "".join(parts).rstrip()
        is_unary = sign in "+-±" and not _OPERAND_END.search(before)
        if is_unary:
            parts.append(text[match.start() : match.start(1)] + sign)
        else:
            parts.append(f" {sign} ")
        at = match.end()
    parts.append(text[at:])
    spaced = re.sub(r"\s+", " ", "".join(parts))
    spaced = re.sub(r"\s*:\s*(?=[^\d\s]|\d)", ": ", spaced) if _has_words(spaced) else spaced
    return spaced.strip()


def _has_words(text: str) -> bool:
    return re.search(r"[A-Za-z]{3,}|[\u4e00-\u9fff]", text) is not None
