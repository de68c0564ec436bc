"""The corpus itself: complete, small enough to ship, and right."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.photos import make
from tests.photos.answers import is_right
from tests.photos.questions import SHOTS, Shot

HERE = Path(__file__).parent
QUESTIONS = [shot for shot in SHOTS if shot.kind != "none"]


def test_every_picture_is_there_and_no_other() -> None:
    names = {f"{shot.name}.jpg" for shot in SHOTS}
    assert len(names) == len(SHOTS)
    assert {path.name for path in HERE.glob("*.jpg")} == names


def test_the_truth_file_says_what_the_maker_knows() -> None:
    assert json.loads((HERE / "truth.json").read_text("utf-8")) == make.truth(SHOTS)


def test_the_corpus_is_small_enough_to_ship_and_large_enough_to_tell() -> None:
    assert len(SHOTS) >= 60
    assert sum(path.stat().st_size for path in HERE.glob("*.jpg")) < 9_000_000
    kinds = Counter(shot.kind for shot in SHOTS)
    assert 0.5 <= kinds["print"] / len(SHOTS) <= 0.7
    assert 0.2 <= kinds["handwriting"] / len(SHOTS) <= 0.3
    assert min(kinds["none"], kinds["screenshot"]) >= 5


@pytest.mark.parametrize("shot", QUESTIONS, ids=lambda shot: shot.name)
def test_sympy_agrees_with_the_answer(shot: Shot) -> None:
    assert is_right(shot.topic, shot.text, shot.answer)


def test_sympy_disagrees_with_wrong_answers() -> None:
    assert not is_right("quadratic", "x^2 - 5x + 6 = 0", "x = 2")
    assert not is_right("factor", "x^2 - 49", "x^2 - 49")
    assert not is_right("integral", "int 2x dx", "x^2")
    assert not is_right("arithmetic", "2 + 3 × 4", "20")


@pytest.mark.parametrize("path", sorted(HERE.glob("*.jpg")), ids=lambda path: path.stem)
def test_a_picture_has_the_size_of_a_photo_and_stands_upright_after_exif(path: Path) -> None:
    with Image.open(path) as image:
        assert 1200 <= max(image.size) <= 1800
        upright = ImageOps.exif_transpose(image)
        shot = next(each for each in SHOTS if each.name == path.stem)
        is_turned = any(each.startswith("exif") for each in shot.conditions)
        assert is_turned == (upright.getexif() != image.getexif())
