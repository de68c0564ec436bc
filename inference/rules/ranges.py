"""In which range the unknown is to be looked for: words and intervals become inequalities.

`2 sin x = 1 for 0 <= x < 2π` and `..., x ∈ [0, 2π)` say the same; the parser reads the first.
"""

from __future__ import annotations

import re

_COMPARES = r"(?:[<>≤≥⩽⩾]|\\[lg](?:e|t)(?:q|qslant)?(?![a-zA-Z]))"
_WORDS = re.compile(
    r"[,，]?\s*(?:\b(?:for|where|with|if|when|given(?:\s+that)?)\s|[在当其中]+)\s*"
    rf"(?=[^=]*{_COMPARES}[^=]*$|[a-zA-Z]\s*(?:∈|\\in(?![a-zA-Z])))"
)
_BRACKETED = re.compile(rf"(?<=[^\s(（])\s*[(（]([^()（）=]*{_COMPARES}[^()（）=]*)[)）]\s*$")
_MEMBER = re.compile(
    r"[,，]?\s*[(（]?\s*(?P<letter>[a-zA-Z])\s*(?:∈|\\in(?![a-zA-Z])|\bin\b)\s*"
    r"(?:\\left)?(?P<open>[(\[])(?P<low>[^,，;；()\[\]∞]+)[,，;；](?P<high>[^,，;；()\[\]∞]+?)"
    r"(?:\\right)?(?P<close>[)\]])\s*[)）]?"
)


def spell_out_range(text: str) -> str:
    """The text with its range as inequalities after a comma."""
    text = _BRACKETED.sub(r", \1", text)
    text = _WORDS.sub(_as_comma, text, count=1)
    return _MEMBER.sub(_as_chain, text, count=1)


def _as_comma(match: re.Match[str]) -> str:
    return ",".ljust(len(match.group()))


def _as_chain(match: re.Match[str]) -> str:
    below = "<=" if match["open"] == "[" else "<"
    above = "<=" if match["close"] == "]" else "<"
    return f", {match['low']} {below} {match['letter']} {above} {match['high']}"
