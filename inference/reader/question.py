"""Which of the lines on a photo are the question.

A page may hold headings, prose, an instruction, several exercises, worked steps, a system over two
lines. Lines are sorted by what the recogniser first makes of them; the most prominent mathematics
is the question, with the lines that belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from inference.errors import MathSyntaxError
from inference.reader.alphabet import characters_to_symbol
from inference.reader.columns import find_columns
from inference.reader.nodes import TextLine, all_parts, has_structure
from inference.reader.normalise import normalise_text
from inference.reader.recogniser import LineLattice
from inference.reader.strip import Strip
from inference.reader.words import split_words, with_latin_words
from inference.rules import parse_problem

_OPERATORS = frozenset("+-*×·÷/=<>≤≥≠^√∫±%!²³⁴⁵")
_RELATIONS = frozenset("=<>≤≥≠")
_SIGN_LIKE = frozenset("一二十〇口丨丿")
_KNOWN = frozenset(characters_to_symbol()) | _SIGN_LIKE
_LETTER_RUN = re.compile(r"[A-Za-z]{3,}")
_FUNCTIONS = frozenset({"sin", "cos", "tan", "cot", "log", "lim", "exp", "sqrt"})
_NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}\s*[).、]|[①-⑳]|\(?[a-h]\))")

# Below this the recogniser sees no characters, only strokes.
_LEGIBLE = 0.45


# In heights of a character; on ruled paper two equations stand well apart.
_SYSTEM_GAP = 3.2


class Kind(Enum):
    """What a line is."""

    MATHS = auto()
    INSTRUCTION = auto()
    PROSE = auto()
    JUNK = auto()


@dataclass(frozen=True, slots=True, eq=False)
class ReadLine:
    """A line with the recogniser's first guess.

    Attributes:
        line: Its layout.
        strip: How it was shown to the recogniser.
        lattice: What the recogniser said, structure spliced in.
        kind: What it is.
        legibility: 0..1, how much the recogniser saw characters in it.
    """

    line: TextLine
    strip: Strip
    lattice: LineLattice
    kind: Kind
    legibility: float

    @property
    def text(self) -> str:
        """The first guess."""
        return self.lattice.greedy_text


class Join(Enum):
    """How the lines of a question are put together."""

    SINGLE = auto()
    SYSTEM = auto()
    CONTINUED = auto()
    COLUMN = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """The lines that make up the question.

    Attributes:
        lines: Mathematics, top to bottom.
        instruction: A line of words that stands before them, if any.
        join: How the lines are put together.
        num_others: Further exercises on the photo that were left alone.
    """

    lines: tuple[ReadLine, ...]
    instruction: ReadLine | None
    join: Join
    num_others: int

    @property
    def all_lines(self) -> tuple[ReadLine, ...]:
        """Instruction and mathematics."""
        return (*((self.instruction,) if self.instruction else ()), *self.lines)


def judge(line: TextLine, strip: Strip, lattice: LineLattice) -> ReadLine:
    """Decide what a line is from the recogniser's first guess."""
    legibility = _legibility(line, lattice)
    kind = _kind(line, lattice.greedy_text, legibility)
    return ReadLine(line, strip, lattice, kind, legibility)


def find_question(lines: Sequence[ReadLine], width: int, height: int) -> Question | None:
    """Choose the question on a sheet of `width` x `height` pixels; None when there is none."""
    columns = find_columns(lines)
    in_columns = {id(line) for column in columns for line in column}
    maths = [line for line in lines if line.kind is Kind.MATHS and id(line) not in in_columns]
    blocks = [(column, Join.COLUMN) for column in columns] + _blocks(maths)
    if not blocks:
        return None
    best = max(blocks, key=lambda block: _prominence(block[0], width, height))
    chosen, join = best
    return Question(
        lines=tuple(chosen),
        instruction=_instruction(chosen[0], lines),
        join=join,
        num_others=len(blocks) - 1,
    )


# ---- what a line is -----------------------------------------------------------------------------


def _legibility(line: TextLine, lattice: LineLattice) -> float:
    """Mean confidence of known characters, less for ink that was not read as any."""
    seen = [
        (character, confidence)
        for character, confidence in zip(
            lattice.greedy_text, lattice.greedy_confidence, strict=True
        )
        if not character.isspace()
    ]
    if not seen:
        return 0.0
    sure = sum(confidence for character, confidence in seen if _is_known(character))
    num_parts = sum(
        part.rect.height > 0.35 * line.char_height or part.is_flat for part in all_parts(line.nodes)
    )
    return sure / max(len(seen), 0.5 * num_parts)


def _is_known(character: str) -> bool:
    return character in _KNOWN or "\u4e00" <= character <= "\u9fff"


def _kind(line: TextLine, text: str, legibility: float) -> Kind:
    pieces = split_words(text)
    maths = "".join(text[piece.start : piece.end] for piece in pieces if piece.words is None)
    words = "".join(piece.words or "" for piece in pieces).strip(" :：.,，。;；")
    num_digits = sum(character.isdigit() for character in maths)
    num_letters = sum(character.isascii() and character.isalpha() for character in maths)
    num_operators = sum(character in _OPERATORS or character in _SIGN_LIKE for character in maths)
    if legibility < _LEGIBLE:
        return Kind.JUNK
    prose = [run for run in _LETTER_RUN.findall(maths) if run.lower() not in _FUNCTIONS]
    word_letters = sum(character.isalnum() for character in words) + sum(map(len, prose))
    if words and not _has_formula(num_digits, num_letters, num_operators):
        return Kind.INSTRUCTION if is_instruction(text) else Kind.PROSE
    if word_letters > 2 * (num_digits + num_operators + num_letters - sum(map(len, prose))):
        if is_instruction(text):
            return Kind.INSTRUCTION
        return Kind.MATHS if _parses(text) else Kind.PROSE
    if num_digits == 0 and (num_letters == 0 or num_operators == 0):
        return Kind.JUNK
    if num_digits + num_letters < 2 and not has_structure(line.nodes):
        return Kind.JUNK
    return Kind.MATHS


def _has_formula(num_digits: int, num_letters: int, num_operators: int) -> bool:
    return num_digits > 0 or (num_letters > 0 and num_operators > 0)


def is_instruction(text: str) -> bool:
    """Whether a line of words asks for something that a formula may follow."""
    try:
        problem = parse_problem(f"{normalise_text(with_latin_words(text))} x + 1 = 2")
    except MathSyntaxError:
        return False
    return bool(problem.instruction)


def _parses(text: str) -> bool:
    try:
        parse_problem(normalise_text(text))
    except MathSyntaxError:
        return False
    return True


# ---- which lines belong together ----------------------------------------------------------------


def _blocks(maths: Sequence[ReadLine]) -> list[tuple[list[ReadLine], Join]]:
    """Group lines into exercises, top to bottom."""
    ordered = sorted(maths, key=lambda each: each.line.rect.top)
    braces: dict[int, list[ReadLine]] = {}
    for each in ordered:
        if each.line.brace is not None:
            braces.setdefault(each.line.brace, []).append(each)
    blocks: list[tuple[list[ReadLine], Join]] = []
    taken: set[int] = set()
    for group in braces.values():
        if len(group) >= 2:
            blocks.append((group, Join.SYSTEM))
            taken.update(id(each) for each in group)
    rest = [each for each in ordered if id(each) not in taken]
    if _is_system(rest):
        blocks.append((rest, Join.SYSTEM))
        return blocks
    for each in rest:
        above = blocks[-1] if blocks else None
        if above is not None and _adjoins(above[0][-1], each):
            join = _joint(above[0], each)
            if join is not None and above[1] in (Join.SINGLE, join):
                blocks[-1] = ([*above[0], each], join)
                continue
        blocks.append(([each], Join.SINGLE))
    return blocks


def _is_system(lines: Sequence[ReadLine]) -> bool:
    """Two or three equations below each other in as many letters as there are lines."""
    if not 2 <= len(lines) <= 3:
        return False
    if any(_NUMBERED.match(each.text) for each in lines):
        return False
    if not all(_adjoins(one, other, _SYSTEM_GAP) for one, other in pairwise(lines)):
        return False
    if not all(_is_equation(each.text) for each in lines):
        return False
    letters = [_letters(each.text) for each in lines]
    return len(frozenset().union(*letters)) >= 2 and all(letters)


def _is_equation(text: str) -> bool:
    return any(sign in text for sign in "=＝二") and any(map(str.isdigit, text))


def _letters(text: str) -> frozenset[str]:
    maths = "".join(
        text[piece.start : piece.end] for piece in split_words(text) if piece.words is None
    )
    return frozenset(
        character.lower() for character in maths if character.isascii() and character.isalpha()
    )


def _adjoins(above: ReadLine, below: ReadLine, widest_gap: float = 2.2) -> bool:
    one, other = above.line.rect, below.line.rect
    gap = other.top - one.bottom
    tallest = max(above.line.char_height, below.line.char_height)
    ratio = above.line.char_height / below.line.char_height
    return gap < widest_gap * tallest and one.overlap_x(other) > 0 and 0.5 < ratio < 2.0


def _joint(above: Sequence[ReadLine], below: ReadLine) -> Join | None:
    """How `below` goes on from the line above it, if it does."""
    text = below.text.strip()
    if not text:
        return None
    if _NUMBERED.match(text):
        return None
    last = above[-1].text.strip()
    if text[0] in _RELATIONS and not any(sign in last for sign in _RELATIONS):
        return Join.CONTINUED
    if last[-1:] in ("+", "-", "×") and text[0] not in _RELATIONS:
        return Join.CONTINUED
    return None


def _prominence(block: Sequence[ReadLine], width: int, height: int) -> float:
    """Large, long, legible and near the middle."""
    size = max(each.line.char_height for each in block)
    length = sum(len(each.text.strip()) for each in block)
    legibility = min(each.legibility for each in block)
    x = sum(each.line.rect.centre_x for each in block) / len(block)
    y = sum(each.line.rect.centre_y for each in block) / len(block)
    off_centre = abs(x / width - 0.5) + abs(y / height - 0.5)
    top = min(each.line.rect.top for each in block)
    bottom = max(each.line.rect.bottom for each in block)
    if top <= 2 or bottom >= height - 2:
        # Cut off by the border: at best half of it can be read.
        legibility *= 0.3
    if len(block) == 1 and not _parses(block[0].text):
        legibility *= 0.6
    return float(legibility * size * min(length, 8) ** 0.7 * (1.25 - off_centre))


def _instruction(first: ReadLine, lines: Sequence[ReadLine]) -> ReadLine | None:
    """The nearest instruction above, or before on the same height."""
    best: ReadLine | None = None
    best_gap = float("inf")
    for each in lines:
        if each.kind is not Kind.INSTRUCTION:
            continue
        gap = first.line.rect.top - each.line.rect.bottom
        limit = 3.0 * max(first.line.char_height, each.line.char_height)
        if _NUMBERED.match(first.text):
            limit *= 4
        if -1.5 * first.line.char_height < gap < limit and gap < best_gap:
            best, best_gap = each, gap
    return best
