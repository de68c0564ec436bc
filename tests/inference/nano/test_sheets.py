"""Sheets of exercises, set by the real KaTeX in the real browser."""

from __future__ import annotations

import random
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.nano.data import sheets
from inference.nano.data.faces import DIGIT_PX, Face, Split
from inference.nano.data.sample import Maker
from inference.nano.data.sheets import Crop, load_crops

MODULES = Path(__file__).resolve().parents[3] / "node_modules"


@pytest.fixture(scope="module")
def faces_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sheets in a font of this machine: the packages of the fonts are not part of the set-up."""
    folder = tmp_path_factory.mktemp("faces")
    package = folder / "node_modules" / "@fontsource" / "plain"
    package.mkdir(parents=True)
    (package / "400.css").write_text(
        "@font-face { font-family: 'Plain'; src: local('DejaVu Sans') }"
    )
    (folder / "node_modules" / "katex").symlink_to(MODULES / "katex")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "names_of", lambda *_: (["plain"], ["plain"]))
        sheets.make(folder, {"train": 80, "test": 20})
    return folder


def test_both_splits_hold_what_was_asked_for(faces_dir: Path) -> None:
    train, test = (load_crops(faces_dir, split) for split in _SPLITS)
    assert (len(train), len(test)) == (80, 20)
    assert len({crop.topic for crop in train}) > 8
    assert {crop.problem for crop in train} != {crop.problem for crop in test}
    assert load_crops(faces_dir / "elsewhere", "train") == []


def test_mathml_has_no_roots_which_most_fonts_could_not_draw() -> None:
    for output, has_roots in (("html", True), ("mathml", False)):
        rng = random.Random(2)
        asked = [
            one.latex for _ in range(20) for one in sheets._exercises("test", rng, output=output)
        ]
        assert any(r"\sqrt" in latex for latex in asked) is has_roots


def test_every_digit_of_the_question_stands_on_ink(faces_dir: Path) -> None:
    """In the order in which it is read, wherever fractions and powers put it."""
    on_ink = total = 0
    for crop in load_crops(faces_dir, "train"):
        signs = "".join(each.sign for each in crop.placed if len(each.sign) == 1)
        asked = re.sub(r"[^0-9]", "", crop.latex)
        assert asked in re.sub(r"[^0-9]", "", signs) or "frac" in crop.latex, crop.latex
        ink = 255 - _gray(crop)
        for each in crop.placed:
            if each.sign.isdigit():
                x, y, reach = round(each.x), round(each.y), DIGIT_PX // 3
                near = ink[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
                on_ink += int(near.size > 0 and near.max() > 150)
                total += 1
    assert total > 200 and on_ink == total


def test_digits_are_as_tall_as_glyphs_of_a_face(faces_dir: Path) -> None:
    heights = []
    for crop in load_crops(faces_dir, "train"):
        if re.fullmatch(r"[0-9+\-]+|[0-9]+ [-+] [0-9]+", crop.latex):
            dark = np.nonzero((_gray(crop) < 100).any(axis=1))[0]
            heights.append(int(dark.max() - dark.min()))
    assert heights and all(0.85 * DIGIT_PX < height < 2 * DIGIT_PX for height in heights)


def test_samples_are_drawn_from_them(
    faces_dir: Path, face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.nano.data.sample.load_faces", lambda *_: [face, _printed(face)])
    monkeypatch.setattr("inference.nano.data.sample._SHEET_SHARE", 1.0)
    maker = Maker(faces_dir, "test")
    asked = {crop.problem for crop in load_crops(faces_dir, "test")}
    samples = [maker.make(seed) for seed in range(30)]
    from_sheets = [sample for sample in samples if sample.face == ("plain", "print")]
    assert len(from_sheets) > 20
    assert {sample.problem for sample in from_sheets} <= asked
    assert np.array_equal(maker.make(3).drawing.canvas, maker.make(3).drawing.canvas)


def test_a_crop_whose_picture_is_gone_is_named(faces_dir: Path) -> None:
    crop = load_crops(faces_dir, "test")[0]
    gone = Crop(
        faces_dir / "gone.png", crop.topic, crop.problem, crop.latex, crop.language, crop.face, ()
    )
    with pytest.raises(FileNotFoundError, match=r"gone\.png"):
        gone.draw(random.Random(1))


_SPLITS: tuple[Split, Split] = ("train", "test")


def _gray(crop: Crop) -> np.ndarray:
    picture = cv2.imread(str(crop.file), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture


def _printed(face: Face) -> Face:
    return Face("default", "print", face.upright, face.italic)
