"""Reads the question on a photo: the stages of this package in their order.

ink        lighting out, ink from paper            ink.py
geometry   quarter turn, tilt                      geometry.py
lines      pieces of ink                           lines.py
layout     rows, fractions, roots, exponents       layout.py
strip      each line set as one plain strip        strip.py
recognise  probabilities per position              recogniser.py
question   which lines are the question            question.py
decode     search under what mathematics allows    decode.py
reading    one text with marks and confidence      reading.py
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.errors import NoQuestionFoundError
from inference.reader.columns import begins_with_sign, find_columns
from inference.reader.decode import LineContext, decode_lines
from inference.reader.geometry import (
    Frame,
    crop_pixels,
    estimate_tilt,
    ink_tilted,
    ink_turned,
    on_photo,
    quarter_turned,
    split_rotation,
)
from inference.reader.ink import Ink, find_ink, remove_ruling, to_working_size, working_scales
from inference.reader.interface import Located
from inference.reader.layout import find_lines, unstacked
from inference.reader.lines import Parts, find_parts, union, without_surroundings
from inference.reader.nodes import TextLine, all_parts
from inference.reader.paper import find_sheet
from inference.reader.question import Join, Question, ReadLine, find_question, judge
from inference.reader.reading import assemble
from inference.reader.recent import Recent
from inference.reader.recogniser import LineLattice, LineRecogniser
from inference.reader.strip import Strip, script_texts, splice, typeset
from inference.types import Box, Language, Reading

if TYPE_CHECKING:
    from PIL import Image

_NOT_FOUND = "I could not find a question in this photo."

# The recogniser sees a line 48 pixels tall, of which a digit has a little more than half.
_TALL_ENOUGH_PX = 26
_MAX_LINES = 48
# More pieces than a full page of small print has. What compares pieces with each other takes time
# with their square: minutes for a carpet, or for a picture that is made to take them.
_MAX_PARTS = 3000
# So many of the longest lines tell whether a photo stands upright.
_NUM_PROBED = 4
_NUM_VIEWS = 2
# Photos that a model looks at while the reader is still to give its second opinion.
_NUM_SEEN = 32
# A photo that reads this well as it stands is not turned.
_UPRIGHT_LEGIBILITY = 0.9
# How much better it must read when turned.
_WORTH_TURNING = 0.1
_LEGIBLE_WITHOUT_SENSE = 0.72
# A reading of less confidence is none when half of its symbols are doubtful, or all of them.
_HARDLY_READ = 0.2
_HARDLY_READ_ALL = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """A photo, or a crop of it, upright and level.

    Attributes:
        ink: Its writing.
        parts: The pieces of it.
        lines: All lines that may be writing, top to bottom.
        probed: The longest of them, with first guesses.
        frame: Where the sheet lies on the upright photo.
        rotation_deg: Quarter turns that set the photo upright.
        tilt_deg: The turn that levelled it after that.
    """

    ink: Ink
    parts: Parts
    lines: tuple[TextLine, ...]
    probed: tuple[ReadLine, ...]
    frame: Frame
    rotation_deg: int
    tilt_deg: float

    @property
    def legibility(self) -> float:
        """How well the longest lines read, 0..1, less when little of the ink is in rows."""
        weights = [len(all_parts(each.line.nodes)) for each in self.probed]
        if not weights:
            return 0.0
        mean = sum(
            each.legibility * weight for each, weight in zip(self.probed, weights, strict=True)
        ) / sum(weights)
        if find_columns(self.probed):
            # The lines of a written sum are short.
            return mean
        in_rows = sum(
            weight
            for each, weight in zip(self.probed, weights, strict=True)
            if len(each.line.nodes) >= 3
        )
        return mean * (0.5 + 0.5 * in_rows / sum(weights))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What of a photo and the question on it is kept for a second look: all but the pixels.

    Attributes:
        question: Its lines, with first guesses.
        has_stray_ink: Whether ink stands among the question's that belongs to no line.
        box: Where the question stands on the upright photo.
        rotation_deg: How the photo had to be turned.
    """

    question: Question
    has_stray_ink: bool
    box: Box
    rotation_deg: float


def _found(sheet: _Sheet, question: Question) -> _Found:
    return _Found(
        question=question,
        has_stray_ink=_has_stray_ink(sheet.parts, question),
        box=_question_box(sheet, question),
        rotation_deg=_total_rotation(sheet),
    )


class RapidOcrReader:
    """Reads photos with the line recogniser of the RapidOCR wheel.

    Start it once; then any number of threads may read at the same time. Fulfils
    `inference.reader.Reader`.

    Args:
        num_threads: Threads of the recogniser's ONNX session.
    """

    def __init__(self, *, num_threads: int = 2) -> None:
        self._recogniser = LineRecogniser(num_threads=num_threads)
        self._seen: Recent[_Found] = Recent(_NUM_SEEN)

    def start(self) -> None:
        """Load the models. Idempotent.

        Raises:
            EngineNotReadyError: A model is missing.
        """
        self._recogniser.start()

    def read(
        self,
        image: Image.Image,
        *,
        crop: Box | None = None,
        rotation_deg: float | None = None,
        language: Language = "en",
    ) -> Reading:
        """Read a question; see `Reader.read`."""
        # What `cut_out` found on the same photo need not be found again.
        found = self._seen.take(image) if crop is None and rotation_deg is None else None
        if found is None:
            found = _found(*self._find(image, crop=crop, rotation_deg=rotation_deg))
        question = found.question
        lattices = self._recogniser.recognise(
            [line.strip.image for line in question.all_lines], num_views=_NUM_VIEWS
        )
        spliced = [
            _spliced(line.strip, lattice)
            for line, lattice in zip(question.all_lines, lattices, strict=True)
        ]
        context = LineContext(in_column=question.join is Join.COLUMN)
        decoded = decode_lines(spliced, context=context)
        reading = assemble(
            question,
            decoded,
            language=language,
            has_stray_ink=found.has_stray_ink,
        )
        if reading is None or not _is_credible(reading, question):
            raise NoQuestionFoundError(_NOT_FOUND)
        return replace(reading, box=found.box, rotation_deg=found.rotation_deg)

    def locate(self, image: Image.Image) -> Located:
        """Find the question; see `Reader.locate`."""
        sheet, question = self._find(image, crop=None, rotation_deg=None)
        return Located(
            box=_question_box(sheet, question),
            rotation_deg=sheet.rotation_deg,
            tilt_deg=sheet.tilt_deg,
        )

    def cut_out(self, image: Image.Image) -> tuple[NDArray[np.uint8], float]:
        """The ink of the question, for a model that reads it itself.

        Args:
            image: A sanitised RGB photo, or the part of it that a person framed.

        Returns:
            (H, W) uint8, dark on white, level, light and ruling taken out; and the height of a
            digit on it in pixels.

        Raises:
            NoQuestionFoundError: There is no readable question on the photo.
            EngineNotReadyError: `start` was not called.
        """
        sheet, question = self._find(image, crop=None, rotation_deg=None)
        self._seen.put(image, _found(sheet, question))
        rect = union(line.line.rect for line in question.all_lines)
        digit_px = max(line.line.char_height for line in question.lines)
        margin = 0.15 * digit_px
        top, left = max(0, round(rect.top - margin)), max(0, round(rect.left - margin))
        window = (slice(top, round(rect.bottom + margin)), slice(left, round(rect.right + margin)))
        return sheet.ink.part(window).as_gray(), float(digit_px)

    # ---- stages ---------------------------------------------------------------------------------

    def _find(
        self, image: Image.Image, *, crop: Box | None, rotation_deg: float | None
    ) -> tuple[_Sheet, Question]:
        rgb = np.asarray(image.convert("RGB"), dtype=np.uint8)
        placed, quarter = np.eye(3), None
        if rotation_deg is not None or crop is not None:
            quarter, _ = split_rotation(rotation_deg or 0.0)
            rgb = quarter_turned(rgb, quarter)
        if crop is not None:
            rgb, placed = crop_pixels(rgb, crop)
        found = None
        for scale in working_scales(rgb.shape):
            found = self._find_on(to_working_size(rgb, scale), quarter) or found
            if found is not None and _is_tall_enough(found[1]):
                break
        if found is None:
            raise NoQuestionFoundError(_NOT_FOUND)
        sheet, question = found
        return replace(sheet, frame=Frame(placed @ sheet.frame.to_photo)), question

    def _find_on(
        self, rgb: NDArray[np.uint8], quarter: int | None
    ) -> tuple[_Sheet, Question] | None:
        """The question on a picture of working size, or None. It was turned by `quarter` degrees
        already, or nobody knows which side is up."""
        ink = _find_writing(rgb)
        if quarter is None:
            sheet = self._upright(ink)
        else:
            sheet = replace(self._sheet(ink, 0), rotation_deg=quarter)
        height, width = sheet.ink.mask.shape
        guesses = self._with_sums_unstacked(self._all_guesses(sheet), sheet.parts, sheet.ink)
        question = find_question(guesses, width, height)
        return None if question is None else (sheet, question)

    def _upright(self, ink: Ink) -> _Sheet:
        """Turn by quarters until the writing reads well, the photo as it stands first."""
        best = self._sheet(ink, 0)
        best_value = best.legibility
        if best_value >= _UPRIGHT_LEGIBILITY:
            return best
        best_value += _WORTH_TURNING
        for quarter in (90, 270, 180):
            sheet = self._sheet(ink, quarter)
            if sheet.legibility > best_value:
                best, best_value = sheet, sheet.legibility
        return best

    def _sheet(self, ink: Ink, quarter: int) -> _Sheet:
        turned = ink_turned(ink, quarter)
        before_height, before_width = turned.mask.shape
        tilt = estimate_tilt(turned.mask)
        level, back = ink_tilted(turned, tilt)
        level = remove_ruling(level, on_photo(level.mask.shape, turned.mask.shape, back))
        parts = find_parts(level)
        if len(parts.parts) > _MAX_PARTS:
            raise NoQuestionFoundError(_NOT_FOUND)
        lines = _likely_lines(find_lines(parts))
        longest = sorted(lines, key=lambda line: -len(all_parts(line.nodes)))[:_NUM_PROBED]
        probed = self._with_sums_unstacked(self._first_guesses(longest, parts, level), parts, level)
        longest_ids = {id(line) for line in longest}
        rest = [line for line in lines if id(line) not in longest_ids]
        lines = sorted(
            [*rest, *(each.line for each in probed)], key=lambda line: line.rect.centre_y
        )
        to_fractions = np.diag([1.0 / before_width, 1.0 / before_height, 1.0])
        return _Sheet(
            ink=level,
            parts=parts,
            lines=tuple(lines),
            probed=tuple(probed),
            frame=Frame(to_fractions @ back),
            rotation_deg=quarter,
            tilt_deg=tilt,
        )

    def _all_guesses(self, sheet: _Sheet) -> list[ReadLine]:
        """First guesses of all lines of a sheet, top to bottom."""
        known = {id(each.line): each for each in sheet.probed}
        rest = [line for line in sheet.lines if id(line) not in known]
        for each in self._first_guesses(rest, sheet.parts, sheet.ink):
            known[id(each.line)] = each
        return [known[id(line)] for line in sheet.lines]

    def _with_sums_unstacked(
        self, guesses: list[ReadLine], parts: Parts, ink: Ink
    ) -> list[ReadLine]:
        """Take written sums with their answers apart, which look like fractions below figures."""
        for stacked in guesses:
            rows = unstacked(stacked.line)
            if rows is None or not begins_with_sign(stacked):
                continue
            upper, lower = self._first_guesses(rows, parts, ink)
            rest = [each for each in guesses if each is not stacked]
            if any(upper is each for column in find_columns([*rest, upper]) for each in column):
                guesses = sorted([*rest, upper, lower], key=lambda each: each.line.rect.centre_y)
        return guesses

    def _first_guesses(self, lines: Sequence[TextLine], parts: Parts, ink: Ink) -> list[ReadLine]:
        if not lines:
            return []
        gray = ink.as_gray()
        strips = [typeset(line, parts, gray) for line in lines]
        lattices = self._recogniser.recognise([strip.image for strip in strips], with_signs=False)
        return [
            judge(line, strip, _spliced(strip, lattice))
            for line, strip, lattice in zip(lines, strips, lattices, strict=True)
        ]


def _find_writing(rgb: NDArray[np.uint8]) -> Ink:
    return without_surroundings(find_ink(rgb, find_sheet(rgb)))


def _is_tall_enough(question: Question) -> bool:
    """Whether more pixels would tell no more."""
    return min(line.line.char_height for line in question.all_lines) >= _TALL_ENOUGH_PX


def _likely_lines(lines: Sequence[TextLine]) -> list[TextLine]:
    """At most `_MAX_LINES` lines, the tallest ones, in their order on the page."""
    likely = [
        line
        for line in lines
        if line.char_height >= 8
        and (line.rect.width > 0.5 * line.char_height or _is_lone_figure(line, lines))
    ]
    if len(likely) <= _MAX_LINES:
        return likely
    by_size = sorted(likely, key=lambda line: -line.char_height)
    kept = {id(line) for line in by_size[:_MAX_LINES]}
    return [line for line in likely if id(line) in kept]


def _is_lone_figure(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a narrow upright stroke stands close below or above other writing: a 1 in a sum."""
    height = line.rect.height
    for other in lines:
        if other is line or other.rect.overlap_x(line.rect) <= 0:
            continue
        gap = -other.rect.overlap_y(line.rect)
        if -0.2 * height < gap < 1.5 * height and 0.6 < height / other.char_height < 1.5:
            return True
    return False


def _is_mere_rule(line: TextLine, usual: float) -> bool:
    """Whether a line holds strokes along paper lines and no writing."""
    pieces = [piece.rect for piece in all_parts(line.nodes)]
    if all(piece.is_flat for piece in all_parts(line.nodes)):
        return True
    widths = sorted(rect.width / rect.height for rect in pieces)
    tallest = max(rect.height for rect in pieces)
    return widths[len(widths) // 2] > 2.0 and tallest < 0.45 * usual


def _spliced(strip: Strip, lattice: LineLattice) -> LineLattice:
    """Put the layout's tokens in, except exponents that hold a sign and no exponent.

    A printed asterisk, a quotation mark or a degree sign stands as high as an exponent does.
    """
    texts = script_texts(lattice, strip)
    none = frozenset(
        number
        for number, text in texts.items()
        if not any(character.isalnum() for character in text) and text.strip()
    )
    return splice(lattice, strip, without=none)


def _has_stray_ink(parts: Parts, question: Question) -> bool:
    """Whether ink stands among the question's that the layout gave to none of its lines."""
    for each in question.lines:
        line = each.line
        own = {part.label for other in question.all_lines for part in all_parts(other.line.nodes)}
        height = line.char_height
        for part in parts.parts:
            rect = part.rect
            if part.label in own or part.is_flat or rect.height < 0.3 * height:
                continue
            # Beside a line of a written sum every figure counts as well.
            beside = height if question.join is Join.COLUMN else 0.0
            inside = line.rect.left - beside < rect.centre_x < line.rect.right + beside
            level = line.rect.top - 0.25 * height < rect.centre_y < line.rect.bottom + 0.25 * height
            if inside and level:
                return True
    return False


def _question_box(sheet: _Sheet, question: Question) -> Box:
    rect = union(line.line.rect for line in question.all_lines)
    margin = 0.6 * max(line.line.char_height for line in question.lines)
    return sheet.frame.box(rect, margin=margin)


def _total_rotation(sheet: _Sheet) -> float:
    total = (sheet.rotation_deg + sheet.tilt_deg) % 360.0
    return round(total, 1)


def _is_credible(reading: Reading, question: Question) -> bool:
    """Whether what was read is a question at all, rather than strokes that look like signs."""
    legibility = min(line.legibility for line in question.lines)
    num_symbols = sum(character.isalnum() for character in reading.text)
    if _is_doubted(reading, num_symbols):
        return False
    if reading.parse_error is not None:
        return legibility >= _LEGIBLE_WITHOUT_SENSE and num_symbols >= 3
    if reading.text.strip().replace(" ", "").isalnum():
        # A bare number or letter: a scribble reads as one easily.
        return legibility >= 0.8 and num_symbols >= 3
    return num_symbols >= 2 and (reading.confidence >= 0.45 or num_symbols >= 3)


def _is_doubted(reading: Reading, num_symbols: int) -> bool:
    """Whether hardly anything was read for sure: specks of a landscape that pass for figures."""
    num_doubtful = sum(
        character.isalnum()
        for span in reading.uncertain
        for character in reading.text[span.start : span.end]
    )
    limit = _HARDLY_READ_ALL if num_doubtful >= num_symbols else _HARDLY_READ
    return reading.confidence < limit and 2 * num_doubtful >= num_symbols
