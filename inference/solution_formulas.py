"""The mathematics within a stretch of a solution's text: which formulas it states, and as what.

Words between formulas stay, as `\\text{...}`: whoever checks a claim must see that it said "not".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENER = re.compile(r"\\\$|\\\\|\$\$|\$|\\\(|\\\[")
_RELATION = re.compile(r"[=<>≤≥≠≈]|\\(?:le|ge|lt|gt|leq|geq|neq?|approx|in|implies)(?![a-zA-Z])")
_WORD = re.compile(r"[^\W\d_]{2,}|[\u4e00-\u9fff]")
_CONNECTIVE = re.compile(r"\s*(or|and|或者?|且|和|与)\s*", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s,，;；、]*")
_EDGE_PUNCTUATION = " \t\r\n.。:：,，;；、*_#>"
_ESCAPES = {character: "\\" + character for character in "{}$%#_&"} | {
    "\\": "\\textbackslash ",
    "^": "\\textasciicircum ",
    "~": "\\textasciitilde ",
}
_PLAIN_WORDS = frozenset(("or", "and", "sqrt", "sin", "cos", "tan", "log", "ln", "exp", "pi"))
_BRACES = re.compile(r"\\boxed\s*\{|\\.|[{}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Segment:
    text: str
    is_formula: bool


def _segments(text: str) -> list[_Segment]:
    """Cut at LaTeX delimiters; a delimiter that is never closed is text like any other.

    `$` and `\\(` close on the same line, `$$` and `\\[` anywhere in the block.
    """
    segments = []
    start = position = 0
    missing: set[str] = set()  # closers that do not occur any more
    while match := _OPENER.search(text, position):
        opener = match.group()
        position = match.end()
        closer = {"$$": "$$", "$": "$", "\\(": "\\)", "\\[": "\\]"}.get(opener)
        if closer is None or closer in missing:
            continue
        end = text.find(closer, position)
        if end < 0:
            missing.add(closer)
            continue
        if opener in ("$", "\\(") and (newline := text.find("\n", position, end)) >= 0:
            position = newline
            continue
        segments.append(_Segment(text[start : match.start()], is_formula=False))
        segments.append(_Segment(text[position:end].strip(), is_formula=True))
        start = position = end + len(closer)
    segments.append(_Segment(text[start:], is_formula=False))
    return [segment for segment in segments if segment.text]


def _lines(segments: list[_Segment]) -> Iterator[list[_Segment]]:
    line: list[_Segment] = []
    for segment in segments:
        if segment.is_formula:
            line.append(segment)
            continue
        first, *others = segment.text.split("\n")
        line.append(_Segment(first, is_formula=False))
        for other in others:
            yield line
            line = [_Segment(other, is_formula=False)]
    yield line


def claims(body: str) -> tuple[str, ...]:
    """The lines of a step that assert something: formulas alone, or sentences with a relation."""
    claims = []
    for line in _lines(_segments(body)):
        formulas = [segment.text for segment in line if segment.is_formula]
        words = [segment.text for segment in line if not segment.is_formula]
        if formulas:
            is_alone = not any(_WORD.search(_CONNECTIVE.sub(" ", text)) for text in words)
            is_claim = is_alone or any(map(_RELATION.search, formulas))
        else:
            plain = "".join(words)
            is_claim = _RELATION.search(plain) is not None and _is_plain_mathematics(plain)
        if is_claim and (latex := _compose_segments(line)):
            claims.append(latex)
    return tuple(claims)


def compose(body: str) -> str:
    """Make one LaTeX formula of an answer or problem, with its words as `\\text{...}`.

    Where the model boxed something, that alone counts.
    """
    segments = _segments(body)
    boxed = [
        content
        for segment in segments
        if segment.is_formula
        for _, _, content in boxes(segment.text)
        if content
    ]
    return ", ".join(boxed) or _compose_segments(segments)


def _compose_segments(segments: list[_Segment]) -> str:
    if not any(segment.is_formula for segment in segments):
        return _compose_plain("".join(segment.text for segment in segments))
    parts: list[str] = []
    for number, segment in enumerate(segments):
        if segment.is_formula:
            parts.append(_unbox(segment.text))
            continue
        text = segment.text
        if number == 0:
            text = text.lstrip(_EDGE_PUNCTUATION)
        if number == len(segments) - 1:
            text = text.rstrip(_EDGE_PUNCTUATION)
        if text:
            parts.append(_compose_words(text))
    return "".join(parts).strip()


def _compose_words(text: str) -> str:
    if connective := _CONNECTIVE.fullmatch(text):
        return rf" \;\text{{{connective.group(1)}}}\; "
    if _SEPARATOR.fullmatch(text):
        return ", "
    words = " ".join(re.sub(r"\*{2,}|_{2,}", " ", text).split())
    words = "".join(_ESCAPES.get(character, character) for character in words)
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return rf"\text{{{before}{words}{after}}}"


def _compose_plain(text: str) -> str:
    """For an answer without any LaTeX delimiter."""
    text = text.strip(_EDGE_PUNCTUATION)
    if not text:
        return ""
    if _is_plain_mathematics(text) or "\\" in text:
        text = re.sub(r"(?<!\\)%", r"\\%", re.sub(r"\\?\$", "", text).strip())
        text = re.sub(r"\s*\b(or|and)\b\s*", r" \\;\\text{\1}\\; ", text)
        return re.sub(r"\s*([或且和])\s*", r" \\;\\text{\1}\\; ", " ".join(text.split()))
    return _compose_words(text)


def _unbox(formula: str) -> str:
    """Without `\\boxed{` and its brace."""
    parts = []
    position = 0
    for start, end, content in boxes(formula):
        parts += [formula[position:start], content]
        position = end
    return "".join([*parts, formula[position:]]).strip()


def _is_plain_mathematics(text: str) -> bool:
    words = (word.group().lower() for word in _WORD.finditer(text))
    return all(word in _PLAIN_WORDS or word in "或且和" for word in words)


def boxes(text: str) -> list[tuple[int, int, str]]:
    """Start, end and content of each `\\boxed{...}`, outermost only, in order."""
    found: list[tuple[int, int, str]] = []
    open_braces: list[tuple[bool, int, int]] = []
    for match in _BRACES.finditer(text):
        brace = match.group()
        if brace == "}":
            if open_braces:
                is_box, start, content_start = open_braces.pop()
                if is_box:
                    while found and found[-1][0] > start:
                        found.pop()
                    content = text[content_start : match.start()].replace("\\boxed", "")
                    found.append((start, match.end(), content.strip()))
        elif brace.endswith("{") and brace != "\\{":
            open_braces.append((brace != "{", match.start(), match.end()))
    return found
