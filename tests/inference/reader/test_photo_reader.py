"""The whole way from a photo to a reading, on pictures drawn here."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.errors import EngineNotReadyError, NoQuestionFoundError
from inference.reader import RapidOcrReader, photo_reader
from inference.rules import parse_problem
from inference.types import Box, Reading
from tests.inference.reader import drawing
from tests.inference.reader.drawing import page, photographed, ruled, shadowed, written_sum
from tests.photos import camera

X_SQUARED = ("sup", "x", "2")


@pytest.fixture(scope="module")
def reader() -> RapidOcrReader:
    reader = RapidOcrReader()
    reader.start()
    return reader


def _same_question(reading: Reading, text: str) -> bool:
    read, wanted = parse_problem(reading.text), parse_problem(text)
    return (read.intent, read.text) == (wanted.intent, wanted.text)


PRINTS: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "instruction": (lambda: page("Solve: 3x + 5 = 20"), "Solve: 3x + 5 = 20"),
    "chinese": (lambda: page("解方程：3x + 5 = 20"), "解方程: 3x + 5 = 20"),
    "question_number": (lambda: page("3) 7(x - 2) = 3x + 6"), "7(x - 2) = 3x + 6"),
    "exponent": (
        lambda: page(("row", X_SQUARED, " - 5x + 6 = 0")),
        "x^2 - 5x + 6 = 0",
    ),
    "long_exponents": (
        lambda: page(("row", ("sup", "2", "10"), " + ", ("sup", "3", "4"))),
        "2^10 + 3^4",
    ),
    "fractions": (
        lambda: page(("row", ("frac", "x + 1", "2"), " + ", ("frac", "x", "3"), " = 5")),
        "(x + 1)/2 + x/3 = 5",
    ),
    "fraction_first": (
        lambda: page(("row", ("frac", "5", "6"), " - ", ("frac", "3", "8")), serif=True),
        "5/6 - 3/8",
    ),
    "nested_fraction": (
        lambda: page(("row", ("frac", ("row", "1 + ", ("frac", "1", "x")), "4"), " = 7")),
        "(1 + 1/x)/4 = 7",
    ),
    "mixed_number": (
        lambda: page(("row", "2", ("frac", "1", "3"), " + 1", ("frac", "1", "2"))),
        "2 1/3 + 1 1/2",
    ),
    "divided_by_fraction": (
        lambda: page(("row", ("frac", "5", "8"), " ÷ ", ("frac", "15", "16"))),
        "(5/8) ÷ (15/16)",
    ),
    "exponent_in_numerator": (
        lambda: page(("frac", ("row", X_SQUARED, " - 9"), "x - 3")),
        "(x^2 - 9)/(x - 3)",
    ),
    "percent": (lambda: page("What is 25% of 80?"), "What is 25% of 80"),
    "dark_mode": (
        lambda: Image.eval(page("5x - 3 = 12"), lambda value: 255 - value),
        "5x - 3 = 12",
    ),
    "root": (lambda: page(("row", ("sqrt", "2x + 1"), " = 5")), "√(2x + 1) = 5"),
    "system": (lambda: page("x + y = 5", "2x - y = 1"), "x + y = 5; 2x - y = 1"),
    "shadow": (lambda: shadowed(page("7(x - 2) = 3x + 6")), "7(x - 2) = 3x + 6"),
    "tilt": (
        lambda: photographed(page(("row", ("frac", "x + 1", "2"), " = 5")), tilt_deg=5),
        "(x + 1)/2 = 5",
    ),
    "ruled": (lambda: ruled(page("y - 4 = 13")), "y - 4 = 13"),
    "squared": (
        lambda: photographed(ruled(page("3x - 7 = 11 + x"), squared=True)),
        "3x - 7 = 11 + x",
    ),
    "between_rules": (lambda: _between_rules("29 × 11 + 9"), "29 × 11 + 9"),
}


def _between_rules(text: str) -> Image.Image:
    sheet = page(text)
    draw = ImageDraw.Draw(sheet)
    draw.line((60, 190, 800, 184), fill=(30, 30, 30), width=4)
    draw.line((60, 290, 800, 294), fill=(30, 30, 30), width=4)
    return sheet


@pytest.mark.parametrize("name", PRINTS)
def test_it_reads_a_clean_print(reader: RapidOcrReader, name: str) -> None:
    draw, text = PRINTS[name]
    reading = reader.read(draw())
    assert reading.parse_error is None, reading.text
    assert _same_question(reading, text), reading.text
    assert reading.source == "ocr"


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_it_turns_a_photo_upright(reader: RapidOcrReader, rotation_deg: int) -> None:
    sheet = photographed(page("Solve: 3x + 5 = 20"))
    # Turning it this far clockwise brings the sheet back.
    taken = sheet.rotate(rotation_deg, expand=True)
    reading = reader.read(taken)
    assert _same_question(reading, "Solve: 3x + 5 = 20"), reading.text
    assert abs((reading.rotation_deg - rotation_deg + 180) % 360 - 180) < 5
    located = reader.locate(taken)
    assert located.rotation_deg == rotation_deg
    assert 0.1 < located.box.x + located.box.width / 2 < 0.6


def test_the_box_surrounds_the_question(reader: RapidOcrReader) -> None:
    box = reader.read(page("3x + 5 = 20", left=600, top=500)).box
    assert box is not None
    assert 0.4 < box.x < 0.5
    assert 0.55 < box.y < 0.65
    assert box.x + box.width < 0.85
    assert box.y + box.height < 0.75


def test_a_crop_chooses_among_several_questions(reader: RapidOcrReader) -> None:
    sheet = page("1) 2x - 3 = 7", "2) 5(x + 1) = 30", "3) 12 - 4 = ?", spacing=3.0, top=100)
    whole = reader.read(sheet)
    reading = reader.read(sheet, crop=Box(x=0.0, y=0.06, width=1.0, height=0.16))
    assert _same_question(reading, "2x - 3 = 7"), reading.text
    assert reading.box is not None
    assert reading.box.y + reading.box.height < 0.25
    assert reading.confidence > whole.confidence


@pytest.mark.parametrize(
    ("column", "is_ruled", "answer", "expected"),
    [
        (("123", "+45"), True, "", "123 + 45"),
        (("2000", "-1999"), False, "", "2000 - 1999"),
        (("2000", "-1999"), True, "1", "2000 - 1999"),
        (("233", "-145"), True, "88", "233 - 145"),
        (("4590", "4475", "+8333"), True, "", "4590 + 4475 + 8333"),
        (("96", "+17", "+81"), True, "", "96 + 17 + 81"),
        (("1905", "×    6"), True, "", "1905 × 6"),
        (("9", "+7"), True, "", "9 + 7"),
    ],
    ids=["plain", "no_rule", "answered", "like_fraction", "three", "signs", "far_sign", "single"],
)
def test_figures_below_each_other_are_one_sum(
    reader: RapidOcrReader,
    column: tuple[str, ...],
    is_ruled: bool,
    answer: str,
    expected: str,
) -> None:
    reading = reader.read(written_sum(*column, is_ruled=is_ruled, answer=answer))
    assert _same_question(reading, expected), reading.text


@pytest.mark.parametrize("salt", ["nov1", "10"])
def test_specks_of_a_landscape_are_no_question(reader: RapidOcrReader, salt: str) -> None:
    """In two of the landscapes some specks were read as (1)/(54^0) and as (35)/(1)."""
    rng = np.random.default_rng(zlib.crc32(f"none-landscape{salt}".encode()))
    with pytest.raises(NoQuestionFoundError):
        reader.read(Image.fromarray(camera.landscape((1400, 1050), rng)))


def test_the_answer_to_a_sum_is_no_addend_of_the_next(reader: RapidOcrReader) -> None:
    sheet = written_sum("45", "+23", is_ruled=True, answer="68")
    other = written_sum("67", "+12", is_ruled=True, answer="")
    both = Image.new("RGB", (sheet.width, sheet.height + 100), (255, 255, 255))
    both.paste(other, (0, 320))
    both.paste(sheet.crop((0, 0, sheet.width, 480)), (0, 0))
    reading = reader.read(both)
    assert any(_same_question(reading, sum_) for sum_ in ("45 + 23", "67 + 12")), reading.text


@pytest.mark.parametrize(
    "sheet",
    [
        Image.new("RGB", (900, 700), (238, 236, 230)),
        photographed(Image.new("RGB", (900, 700), (255, 255, 255))),
        page("The quick brown fox jumps", "over the lazy dog and then", "goes home to sleep"),
        ruled(Image.new("RGB", (900, 700), (255, 255, 255)), squared=True),
        page("+"),
    ],
    ids=["plain", "grainy", "prose", "squared", "lone_sign"],
)
def test_it_finds_no_question_where_there_is_none(
    reader: RapidOcrReader, sheet: Image.Image
) -> None:
    with pytest.raises(NoQuestionFoundError):
        reader.read(sheet)
    with pytest.raises(NoQuestionFoundError):
        reader.locate(sheet)


def test_a_blot_makes_its_neighbours_doubtful(reader: RapidOcrReader) -> None:
    sheet = page("12 + 3   × 4")
    x = 120 + drawing.font(48).getlength("12 + 3 ")
    ImageDraw.Draw(sheet).ellipse((x, 212, x + 34, 246), fill=(30, 30, 30))
    assert reader.read(sheet).uncertain


def test_the_question_is_found_among_prose(reader: RapidOcrReader) -> None:
    sheet = page(
        "Chapter 3: Linear equations",
        "An equation is a statement that two",
        "expressions are equal.",
        "Solve the equation 4x - 7 = 2x + 9",
        "and check your answer.",
        size=34,
    )
    reading = reader.read(sheet)
    assert _same_question(reading, "Solve: 4x - 7 = 2x + 9"), reading.text


def test_worked_steps_are_no_system(reader: RapidOcrReader) -> None:
    reading = reader.read(page("3x + 5 = 20", "3x = 15", "x = 5"))
    assert _same_question(reading, "3x + 5 = 20"), reading.text


def test_uncertain_spans_lie_within_the_text(reader: RapidOcrReader) -> None:
    sheet = page("l2 + O5 - 7z = S", size=30)
    reading = reader.read(sheet)
    for span in reading.uncertain:
        assert 0 <= span.start < span.end <= len(reading.text)
        assert 0.0 <= span.confidence < 1.0


def test_it_must_be_started_first() -> None:
    with pytest.raises(EngineNotReadyError):
        RapidOcrReader().read(page("3x + 5 = 20"))


def test_a_picture_of_countless_pieces_is_refused_before_they_are_compared(
    reader: RapidOcrReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve thousand crosses kept a worker busy for minutes."""
    image = Image.new("RGB", (1600, 1600), "white")
    pen = ImageDraw.Draw(image)
    for y in range(10, 1590, 22):
        for x in range(10, 1590, 14):
            pen.line([(x, y), (x + 8, y + 14)], fill="black", width=2)

    def compare(*args: object) -> None:
        raise AssertionError("the pieces are compared")

    monkeypatch.setattr(photo_reader, "find_lines", compare)

    with pytest.raises(NoQuestionFoundError):
        reader.read(image)
