"""Tells the words of an instruction from the mathematics beside them.

The decoder reads mathematics against its alphabet and words as the recogniser gives them: a line
such as "Solve: 3x + 5 = 20" is both. Words are found in the recogniser's first guess.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

_VOCABULARY = """
a add all an and answer answers approximate as at attempt be between both by calculate cm common
complete compute convert decimal denominator derivative determine difference differentiate
discriminant divide divided divisor each equal equals equation equations evaluate exercise expand
express expression expressions factor factorial factorise factorize factors find five following
for form formula four fraction from given graph greatest half has have hence highest how if in
inequality integer integral integrate into is it its least let lowest many maximum mean median
minimum minus mode model multiple multiply near nearest number numbers of off one or out over part
parts per percent percentage perimeter plus polynomial possible power prime problem product
question quotient ratio real remainder respect result root roots round section show simplest
simplify simultaneous simultaneously solution solutions solve square standard step steps subject
subtract sum system term terms that the then there these this three times to triangle two use
using value values variable what when where which with work write your zero
"""
# Chinese instructions that can still be told when a character inside them was misread.
_CHINESE_WORDS = ("解方程", "方程组", "因式分解")
_FUNCTION_NAMES = """
arccos arcsin arctan cos cot csc exp lg lim ln log sec sin sqrt tan
"""
_WORDS = frozenset(_VOCABULARY.split())
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_SHORT_WORDS = frozenset({"of", "is", "by", "to", "in", "as", "or", "if", "it", "at", "be"})
_LETTER_RUN = re.compile(r"[A-Za-z][A-Za-z0-9|]*")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
# Chinese characters that the recogniser makes of signs; alone they are not a word.
_SIGN_LIKE = frozenset("一二十丨丿口〇乙乂又义亅人入八七丁了工日目田三小个火米")
# "Solve for x:" names the unknown: that letter and its colon are no mathematics of their own.
_NAMED_UNKNOWN = re.compile(
    r"(?:for|to|find)\s*([A-Za-z](?:\s*(?:,|and|&)\s*[A-Za-z])*\s*[:：])", re.IGNORECASE
)
_CLOSE_ENOUGH = 0.74
# Greek and Cyrillic letters that the recogniser makes of Latin ones, and what they are then.
_LOOKALIKE_LETTERS = str.maketrans(
    "αβγεικμνορστυχωηΑΒΕΗΙΚΜΝΟΡΤΧΥΖасеорухіѕк\u0412\u0415\u041c\u041d\u041e\u0420\u0421",
    "abyeikuvopotuxwnABEHIKMNOPTXYZaceopyxiskBEMHOPC",
)
_MIXED_RUN = re.compile(r"[A-Za-z\u0370-\u03ff\u0400-\u04ff]{4,}")
_UNKNOWN_WORD_LETTERS = 5
_JOINING_PUNCTUATION = ":：.。,，;；?？!！'’\"“”、 "


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch `[start, end)` of a line's first guess. `words` is its text, None for
    mathematics."""

    start: int
    end: int
    words: str | None


def _as_word(run: str) -> str | None:
    """The word that `run` is or nearly is, in its own capitalisation; None for mathematics."""
    lower = run.lower()
    if lower in _FUNCTIONS:
        return lower
    if len(lower) == 2:
        return run if lower in _SHORT_WORDS else None
    if len(lower) < 2:
        return None
    if lower in _WORDS:
        return run
    if len(lower) >= 4 and sum(character.isalpha() for character in lower) >= 3:
        close = difflib.get_close_matches(lower, _WORDS, n=1, cutoff=_CLOSE_ENOUGH)
        if close and len(close[0]) >= 4:
            return close[0].capitalize() if run[0].isupper() else close[0]
    if len(run) >= _UNKNOWN_WORD_LETTERS and run.isalpha():
        return run
    return None


def _with_known_words(text: str) -> str:
    """Chinese words of an instruction with one character inside them misread ("解÷程")."""
    for word in _CHINESE_WORDS:
        for start in range(len(text) - len(word) + 1):
            read = text[start : start + len(word)]
            num_wrong = sum(one != other for one, other in zip(read, word, strict=True))
            if num_wrong == 1 and read[0] == word[0] and read[-1] == word[-1]:
                text = text[:start] + word + text[start + len(word) :]
    return text


def with_latin_words(text: str) -> str:
    """A first guess with the words in Latin letters alone ("Simρlify" is Simplify).

    Every character keeps its place. A foreign letter counts as the Latin one that it looks like
    only among others that are Latin: α by itself is an unknown.
    """

    def in_latin(match: re.Match[str]) -> str:
        run = match.group()
        num_foreign = sum(not character.isascii() for character in run)
        return run.translate(_LOOKALIKE_LETTERS) if 2 * num_foreign < len(run) else run

    return _MIXED_RUN.sub(in_latin, text)


def split_words(text: str) -> list[Piece]:
    """Cut a first guess into words and mathematics, in order and without gaps.

    Punctuation after a word belongs to the word.
    """
    text = _with_known_words(with_latin_words(text))
    found: list[Piece] = []
    for match in _LETTER_RUN.finditer(text):
        word = _as_word(match.group())
        if word is not None:
            found.append(Piece(match.start(), match.end(), word))
    for match in _CHINESE.finditer(text):
        run = match.group()
        if all(character in _SIGN_LIKE for character in run):
            continue
        found.append(Piece(match.start(), match.end(), run))
    taken = {index for piece in found for index in range(piece.start, piece.end)}
    for match in _NAMED_UNKNOWN.finditer(text):
        start, end = match.span(1)
        if match.start() in taken and start not in taken:
            found = [piece for piece in found if not start <= piece.start < end]
            found.append(Piece(start, end, text[start:end]))
    found.sort(key=lambda piece: piece.start)
    merged: list[Piece] = []
    for piece in found:
        end = piece.end
        while end < len(text) and text[end] in _JOINING_PUNCTUATION:
            end += 1
        words = (piece.words or "") + text[piece.end : end]
        if merged and merged[-1].end == piece.start:
            last = merged[-1]
            merged[-1] = Piece(last.start, end, (last.words or "") + words)
        else:
            merged.append(Piece(piece.start, end, words))
    pieces: list[Piece] = []
    at = 0
    for piece in merged:
        if piece.start > at:
            pieces.append(Piece(at, piece.start, None))
        pieces.append(piece)
        at = piece.end
    if at < len(text):
        pieces.append(Piece(at, len(text), None))
    return pieces
