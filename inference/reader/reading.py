"""From decoded lines to the `Reading` that a student sees: one text, its marks, its confidence.

Nothing doubtful passes unmarked: a symbol of which the search was not sure, ink for which no symbol
was read, a question that was chosen among several.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from inference.errors import MathSyntaxError
from inference.reader.decode import UNCERTAIN_BELOW, Candidate, ReadSymbol
from inference.reader.normalise import normalise_text
from inference.reader.notation import bind_fractions
from inference.reader.question import Join, Question, ReadLine
from inference.reader.strip import Strip
from inference.rules import parse_problem, to_latex
from inference.types import Language, Reading, UncertainSpan

# Nats that a reading may lag behind the best one and still be taken because it parses.
_LAG_FOR_SENSE = 3.0
_NUM_COMBINATIONS = 24

_CAP_UNREAD_INK = 0.5
_CAP_NO_SENSE = 0.3
_SHARE_ONE_OF_SEVERAL = 0.8
_UNREAD_INK_CONFIDENCE = 0.4
_BARE_ONE_CONFIDENCE = 0.6
_BARE_ONE = re.compile(r"(?<![\d.,])1(?=[a-z](?![a-z]))")


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    confidence: float
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _LineText:
    text: str
    marks: tuple[_Mark, ...]


def assemble(
    question: Question,
    decoded: Sequence[Sequence[Candidate]],
    *,
    language: Language,
    has_stray_ink: bool = False,
) -> Reading | None:
    """Put a question together.

    Args:
        question: Its lines.
        decoded: Candidates for each of `question.all_lines`, the best first.
        language: For words in the LaTeX.
        has_stray_ink: Whether ink stands among the question's that belongs to none of its lines.

    Returns:
        The reading without box and rotation; None when no symbol was read.
    """
    lines = question.all_lines
    if not all(decoded[-len(question.lines) :]) or not decoded:
        return None
    options = [list(candidates[:6]) or [_NOTHING] for candidates in decoded]
    best = tuple(candidates[0] for candidates in options)
    chosen, problem_error = _first_that_parses(question, options)
    text, marks = _compose(question, lines, chosen)
    if not text:
        return None
    if has_stray_ink and not marks:
        # What it is and where it belongs is unknown: all of it deserves a second look.
        marks = [_Mark(0, len(text), _UNREAD_INK_CONFIDENCE, ())]
    latex, parse_error = _latex(text, language)
    confidence = math.exp(sum(candidate.log_prob for candidate in chosen))
    if chosen != best:
        confidence = min(confidence, 0.5)
    has_unread_ink = any(
        _unread(line.strip, candidate) for line, candidate in zip(lines, chosen, strict=True)
    )
    if has_unread_ink or has_stray_ink:
        confidence = min(confidence, _CAP_UNREAD_INK)
    if parse_error is not None or problem_error:
        confidence = min(confidence, _CAP_NO_SENSE)
    if question.num_others:
        confidence *= _SHARE_ONE_OF_SEVERAL
    confidence *= min(1.0, 0.25 + min(line.legibility for line in question.lines))
    return Reading(
        text=text,
        latex=latex,
        confidence=round(min(confidence, 0.99), 3),
        uncertain=tuple(
            UncertainSpan(mark.start, mark.end, round(mark.confidence, 3), mark.alternatives)
            for mark in marks
        ),
        parse_error=parse_error,
    )


_NOTHING = Candidate((), 0.0, 0.0, frozenset())


def _first_that_parses(
    question: Question, options: Sequence[Sequence[Candidate]]
) -> tuple[tuple[Candidate, ...], bool]:
    """The likeliest combination that the rules understand, if it is near the likeliest of all."""
    lines = question.all_lines
    combinations = sorted(
        islice(product(*options), 4000), key=lambda each: -sum(item.log_prob for item in each)
    )
    best = combinations[0]
    floor = sum(item.log_prob for item in best) - _LAG_FOR_SENSE
    for combination in combinations[:_NUM_COMBINATIONS]:
        if sum(item.log_prob for item in combination) < floor:
            break
        text, _ = _compose(question, lines, combination)
        try:
            parse_problem(text)
        except MathSyntaxError:
            continue
        return combination, False
    return best, True


def _latex(text: str, language: Language) -> tuple[str, str | None]:
    try:
        problem = parse_problem(text)
    except MathSyntaxError as error:
        escaped = "".join(_LATEX_ESCAPES.get(character, character) for character in text)
        return f"\\text{{{escaped}}}", error.message
    return to_latex(problem.node, language=language), None


_LATEX_ESCAPES = {
    "\\": "\\backslash ",
    "{": "\\{",
    "}": "\\}",
    "^": "\\char`\\^",
    "_": "\\_",
    "%": "\\%",
    "$": "\\$",
    "#": "\\#",
    "&": "\\&",
    "~": "\\sim ",
}


# ---- text and marks -----------------------------------------------------------------------------


def _compose(
    question: Question, lines: Sequence[ReadLine], candidates: Sequence[Candidate]
) -> tuple[str, list[_Mark]]:
    """The question's text, and marks with offsets into it."""
    texts = [
        _line_text(line.strip, candidate) for line, candidate in zip(lines, candidates, strict=True)
    ]
    if question.join is Join.COLUMN:
        texts = [_as_column_line(piece) for piece in texts]
    text = ""
    marks: list[_Mark] = []
    for index, piece in enumerate(texts):
        is_instruction = question.instruction is not None and index == 0
        offset = len(text)
        marks.extend(
            _Mark(mark.start + offset, mark.end + offset, mark.confidence, mark.alternatives)
            for mark in piece.marks
        )
        text += piece.text
        if is_instruction:
            text += " " if text.endswith((":", "：")) else ": "
        elif index + 1 < len(texts):
            text += _between(question.join, texts[index + 1].text)
    return text, marks


def _between(join: Join, following: str) -> str:
    match join:
        case Join.SYSTEM:
            return "; "
        case Join.COLUMN if following[:1].isdigit():
            # Of several numbers below each other the last alone has the sign.
            return " + "
        case _:
            return " "


def _as_column_line(piece: _LineText) -> _LineText:
    """`+45` as `+ 45`: the sign stands between two numbers."""
    if re.match(r"[-+×÷*/·−]\d", piece.text) is None:
        return piece
    marks = tuple(
        replace(mark, start=mark.start + (mark.start > 0), end=mark.end + (mark.end > 1))
        for mark in piece.marks
    )
    return _LineText(f"{piece.text[0]} {piece.text[1:]}", marks)


def _line_text(strip: Strip, candidate: Candidate) -> _LineText:
    candidate = _with_written_tokens(strip, candidate)
    raw = candidate.text
    text = normalise_text(bind_fractions(raw))
    doubts = _doubts(strip, candidate)
    places = _places(raw, text)
    marks = []
    for start, end, confidence, alternatives in doubts:
        found = [place for index in range(start, end) if (place := places[index]) is not None]
        if not found:
            continue
        first, last = min(place[0] for place in found), max(place[1] for place in found)
        marks.append(_Mark(first, last, confidence, alternatives))
    return _LineText(text, tuple(_merged(marks)))


def _with_written_tokens(strip: Strip, candidate: Candidate) -> Candidate:
    """Put what is to be written for a token in the place of what the search was shown."""
    written = {
        (round(mark.x, 4), mark.text): mark.written
        for mark in strip.marks
        if mark.written is not None
    }
    if not written:
        return candidate
    symbols = tuple(
        replace(symbol, text=written.get((round(symbol.x, 4), symbol.text), symbol.text))
        for symbol in candidate.symbols
    )
    return replace(candidate, symbols=symbols)


def _doubts(
    strip: Strip, candidate: Candidate
) -> Iterator[tuple[int, int, float, tuple[str, ...]]]:
    """Stretches of `candidate.text` to mark: start, end, confidence, alternatives."""
    unread = _unread(strip, candidate)
    bare_ones = {match.start() for match in _BARE_ONE.finditer(candidate.text)}
    offset = 0
    for index, symbol in enumerate(candidate.symbols):
        end = offset + len(symbol.text)
        confidence = symbol.confidence
        if index in unread:
            confidence = min(confidence, _UNREAD_INK_CONFIDENCE)
        if offset in bare_ones:
            # Nobody writes 1x: the stroke is more likely a bar, a bracket or a slash.
            confidence = min(confidence, _BARE_ONE_CONFIDENCE)
        if confidence < UNCERTAIN_BELOW and not symbol.text.isspace():
            yield offset, end, confidence, symbol.alternatives
        offset = end


def _merged(marks: Sequence[_Mark]) -> list[_Mark]:
    """Marks in order, those that overlap as one."""
    merged: list[_Mark] = []
    for mark in sorted(marks, key=lambda each: (each.start, each.end)):
        if merged and mark.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = _Mark(
                last.start,
                max(last.end, mark.end),
                min(last.confidence, mark.confidence),
                last.alternatives or mark.alternatives,
            )
        else:
            merged.append(mark)
    return merged


def _places(raw: str, text: str) -> list[tuple[int, int] | None]:
    """Where each character of `raw` went in `text`; None when it was left out."""
    places: list[tuple[int, int] | None] = [None] * len(raw)
    matcher = difflib.SequenceMatcher(None, raw, text, autojunk=False)
    for tag, raw_start, raw_end, start, end in matcher.get_opcodes():
        for index in range(raw_start, raw_end):
            if tag == "equal":
                places[index] = (start + index - raw_start, start + index - raw_start + 1)
            elif tag == "replace":
                places[index] = (start, end)
    return places


# ---- ink that nobody read -----------------------------------------------------------------------


def _unread(strip: Strip, candidate: Candidate) -> frozenset[int]:
    """Indices of the symbols beside ink for which no symbol was read.

    The recogniser drops characters without a trace in its confidence: a slash that leans over its
    neighbour, a figure in a tight row. Every stretch of ink must be accounted for by as many
    symbols as it has pieces.
    """
    symbols = [
        (index, symbol)
        for index, symbol in enumerate(candidate.symbols)
        if not symbol.text.isspace()
    ]
    if not symbols or any(symbol.is_word for _, symbol in symbols):
        return frozenset()
    structural = {round(mark.x, 4) for mark in strip.marks}
    inked = [(index, symbol) for index, symbol in symbols if round(symbol.x, 4) not in structural]
    if not inked:
        return frozenset()
    given = [0] * len(strip.columns)
    for _, symbol in inked:
        nearest = min(
            range(len(strip.columns)),
            key=lambda place: _distance(
                symbol.x, strip.columns[place].start, strip.columns[place].end
            ),
        )
        given[nearest] += _num_signs(symbol)
    doubtful: set[int] = set()
    for mark in strip.marks:
        tokens = {_same_token(token) for token in mark.text}
        read = {
            _same_token(character)
            for _, symbol in symbols
            if abs(symbol.x - mark.x) < 1e-3
            for character in symbol.text
        }
        if mark.script is None and not tokens <= read:
            # The search went against what the layout is sure of.
            doubtful.add(min(inked, key=lambda item: abs(item[1].x - mark.x))[0])
    for place, column in enumerate(strip.columns):
        if column.num_glyphs == 0:
            continue
        around = sum(given[max(place - 1, 0) : place + 2])
        wanted = sum(
            max(each.num_glyphs, 1) for each in strip.columns[max(place - 1, 0) : place + 2]
        )
        if given[place] >= column.num_glyphs or around >= wanted:
            continue
        middle = (column.start + column.end) / 2
        doubtful.add(min(inked, key=lambda item: abs(item[1].x - middle))[0])
    return frozenset(doubtful)


def _same_token(token: str) -> str:
    return {"÷": "/", "{": "(", "}": ")"}.get(token, token)


def _num_signs(symbol: ReadSymbol) -> int:
    return max(1, sum(character not in "^() " for character in symbol.text))


def _distance(x: float, start: float, end: float) -> float:
    return max(start - x, x - end, 0.0)
