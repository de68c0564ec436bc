"""What is remembered of pictures until somebody asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from inference.errors import NoQuestionFoundError
from inference.reader import RapidOcrReader
from inference.reader.recent import Recent

PHOTOS = Path(__file__).resolve().parents[2] / "photos"


def _picture(shade: int, size: tuple[int, int] = (8, 6)) -> Image.Image:
    return Image.new("RGB", size, (shade, shade, shade))


def test_a_finding_is_given_out_once_and_to_the_same_pixels_only() -> None:
    recent: Recent[str] = Recent(4)
    recent.put(_picture(1), "one")
    assert recent.take(_picture(2)) is None
    assert recent.take(_picture(1, (6, 8))) is None
    assert recent.take(_picture(1).convert("L")) is None
    assert recent.take(_picture(1)) == "one"
    assert recent.take(_picture(1)) is None


def test_the_oldest_are_forgotten() -> None:
    recent: Recent[int] = Recent(3)
    for shade in range(5):
        recent.put(_picture(shade), shade)
    assert [recent.take(_picture(shade)) for shade in range(5)] == [None, None, 2, 3, 4]


@pytest.mark.parametrize("name", ["hand-linear-ruled", "print-brackets"])
def test_a_photo_that_was_cut_out_is_read_without_being_searched_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = RapidOcrReader()
    reader.start()
    with Image.open(PHOTOS / f"{name}.jpg") as photo:
        plain = reader.read(photo)
        reader.cut_out(photo.convert("RGB"))
        with monkeypatch.context() as patch:
            patch.setattr(reader, "_find", _forbidden)
            assert reader.read(photo) == plain
            with pytest.raises(AssertionError, match="searched"):
                reader.read(photo)


def test_of_a_photo_without_a_question_nothing_is_remembered() -> None:
    reader = RapidOcrReader()
    reader.start()
    with Image.open(PHOTOS / "none-blank-plain.jpg") as photo:
        for _ in range(2):
            with pytest.raises(NoQuestionFoundError):
                reader.cut_out(photo.convert("RGB"))
        with pytest.raises(NoQuestionFoundError):
            reader.read(photo)


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("the photo was searched again")
