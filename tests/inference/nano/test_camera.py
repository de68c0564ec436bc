"""What photographing and cleaning do to drawn ink."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from inference.nano.data import drawing as drawing_module
from inference.nano.data.camera import photographed, worn
from inference.nano.data.drawing import Placed, draw_printed, draw_question
from inference.nano.data.faces import Face


def _cross(height: int = 140, width: int = 420) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Blots at known places."""
    cover = np.zeros((height, width), np.uint8)
    places = [(60, 60), (210, 90), (360, 50)]
    for place in places:
        cv2.circle(cover, place, 9, 255, -1)
    return cover, places


@pytest.mark.parametrize("has_ruling", [False, True])
def test_ink_is_where_the_homography_says_and_the_paper_is_white(has_ruling: bool) -> None:
    cover, places = _cross()
    kept, bare = [], []
    for seed in range(24):
        ink, moved = photographed(
            cover, random.Random(seed), np.random.default_rng(seed), has_ruling=has_ruling
        )
        for place in places:
            x, y, depth = moved @ (*place, 1.0)
            column, row = round(x / depth), round(y / depth)
            kept.append(int(ink[row - 2 : row + 3, column - 2 : column + 3].mean()))
        bare.append(float(np.median(ink)))
    assert np.median(kept) < 60
    assert np.mean([shade < 150 for shade in kept]) > 0.95
    assert np.median(bare) > 235


def test_all_paper_but_the_ruled_is_plain_where_print_stands() -> None:
    """No long line is left of a page of print, whatever the light."""
    cover, _ = _cross()
    for seed in range(12):
        ink, _moved = photographed(
            cover, random.Random(seed), np.random.default_rng(seed), has_ruling=False
        )
        assert ((ink < 128).mean(axis=1) < 0.4).all()


def test_the_same_seed_takes_the_same_photo() -> None:
    cover, _ = _cross()
    first, second = (
        photographed(cover, random.Random(3), np.random.default_rng(3), has_ruling=True)
        for _ in range(2)
    )
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])


def test_worn_ink_stays_dark_on_white() -> None:
    cover, places = _cross()
    for seed in range(12):
        ink = worn(cover, random.Random(seed), np.random.default_rng(seed))
        assert ink.shape == cover.shape
        assert all(ink[y, x] < 140 for x, y in places)
        assert np.median(ink) > 240


def test_a_photographed_sign_keeps_its_place(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_module, "_PHOTOGRAPHED_SHARE", 1.0)
    found = 0
    for seed in range(20):
        drawing = draw_question("x = 1", face, random.Random(seed))
        one = drawing.placed[-1]
        dark = 255.0 - drawing.canvas
        window = dark[:, max(0, round(one.x) - 6) : round(one.x) + 7]
        found += int(window.sum() > 5 * 255)
    assert found >= 19


def test_a_pen_may_be_thinner_or_thicker_and_breaks_no_stroke() -> None:
    cover = np.zeros((120, 300), np.uint8)
    cv2.line(cover, (20, 60), (280, 60), 255, 7)
    cv2.line(cover, (150, 20), (150, 100), 255, 3)
    thin, thick = (drawing_module._with_pen_of(width, cover) for width in (1.5, 15.0))
    assert (thin > 127).sum() < 0.9 * (cover > 127).sum() < 0.9 * (thick > 127).sum()
    assert (thin[60, 25:275] > 127).all()
    assert (thin[25:95, 150] > 60).all()


def test_what_was_set_elsewhere_is_drawn_with_its_signs() -> None:
    cover = np.zeros((60, 200), np.uint8)
    cv2.putText(cover, "7", (20, 50), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 4)
    cv2.putText(cover, "3", (150, 50), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 4)
    placed = [Placed("7", 38, 30), Placed("3", 168, 30)]
    for seed in range(8):
        drawing = draw_printed(cover, placed, random.Random(seed))
        assert [each.sign for each in drawing.placed] == ["7", "3"]
        for each in drawing.placed:
            near = drawing.canvas[
                max(0, round(each.y) - 8) : round(each.y) + 9,
                max(0, round(each.x) - 8) : round(each.x) + 9,
            ]
            assert near.min() < 120
    with pytest.raises(ValueError, match="nothing is drawn"):
        draw_printed(np.zeros((60, 60), np.uint8), [], random.Random(1))
