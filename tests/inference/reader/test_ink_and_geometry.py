"""Ink apart from paper, light and table; turning a picture and finding the way back."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.reader.geometry import (
    Frame,
    crop_pixels,
    estimate_tilt,
    ink_tilted,
    on_photo,
    quarter_turned,
    split_rotation,
)
from inference.reader.ink import find_ink, remove_ruling, to_working_size, working_scales
from inference.reader.lines import Rect, without_surroundings
from inference.reader.notation import bind_fractions
from inference.reader.paper import find_sheet
from inference.types import Box
from tests.inference.reader.drawing import page, photographed, ruled, shadowed


def _pixels(sheet: Image.Image) -> np.ndarray:
    return np.asarray(sheet, dtype=np.uint8)


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / max((one | other).sum(), 1))


def test_a_shadow_changes_no_ink() -> None:
    sheet = page("7(x - 2) = 3x + 6")
    plain = find_ink(_pixels(sheet)).mask
    assert _overlap(plain, find_ink(_pixels(shadowed(sheet))).mask) > 0.8


@pytest.mark.parametrize("squared", [False, True])
def test_ruling_is_taken_away_and_writing_stays(squared: bool) -> None:
    sheet = page("3x - 7 = 11 + x")
    plain = find_ink(_pixels(sheet)).mask
    cleaned = remove_ruling(find_ink(_pixels(ruled(sheet, squared=squared)))).mask
    assert _overlap(plain, cleaned) > 0.75


def test_white_writing_on_black_is_ink_too() -> None:
    sheet = page("3x + 5 = 20")
    inverted = Image.eval(sheet, lambda value: 255 - value)
    assert _overlap(find_ink(_pixels(sheet)).mask, find_ink(_pixels(inverted)).mask) > 0.9


@pytest.mark.parametrize("tilt_deg", [-25.0, -6.0, 0.0, 3.0, 20.0])
def test_the_tilt_is_found(tilt_deg: float) -> None:
    sheet = photographed(page("Solve: 3x + 5 = 20 - 2x"), tilt_deg=tilt_deg)
    assert estimate_tilt(find_ink(_pixels(sheet)).mask) == pytest.approx(-tilt_deg, abs=1.6)


def test_a_point_finds_its_way_back_from_a_tilted_sheet() -> None:
    sheet = Image.new("RGB", (800, 600), (255, 255, 255))
    ImageDraw.Draw(sheet).rectangle((600, 100, 640, 140), fill=(0, 0, 0))
    ink, back = ink_tilted(find_ink(_pixels(sheet)), 12.0)
    rows, columns = np.nonzero(ink.mask)
    rect = Rect(int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
    box = Frame(np.diag([1 / 800, 1 / 600, 1.0]) @ back).box(rect)
    assert box.x < 600 / 800 < 640 / 800 < box.x + box.width
    assert box.y < 100 / 600 < 140 / 600 < box.y + box.height
    assert box.width < 0.1


def test_a_crop_keeps_its_place() -> None:
    cut, placed = crop_pixels(np.zeros((600, 800, 3), np.uint8), Box(0.25, 0.5, 0.5, 0.25))
    assert cut.shape == (150, 400, 3)
    assert (placed @ np.array([0.5, 0.5, 1.0]))[:2] == pytest.approx([0.5, 0.625])


@pytest.mark.parametrize(
    ("rotation", "quarter", "rest"),
    [(0.0, 0, 0.0), (90.0, 90, 0.0), (-90.0, 270, 0.0), (184.0, 180, 4.0), (359.0, 0, -1.0)],
)
def test_a_rotation_is_a_quarter_turn_and_a_rest(
    rotation: float, quarter: int, rest: float
) -> None:
    assert split_rotation(rotation) == (quarter, pytest.approx(rest))


def test_a_quarter_turn_is_clockwise() -> None:
    assert quarter_turned(np.array([[1, 2], [3, 4]]), 90).tolist() == [[3, 1], [4, 2]]


def test_the_sheet_is_told_from_the_table() -> None:
    table = Image.new("RGB", (1200, 900), (96, 62, 38))
    sheet = page("3x + 5 = 20", width=700, height=500, left=80, top=180)
    table.paste(sheet, (260, 180))
    inside = find_sheet(_pixels(shadowed(table)))
    assert inside is not None
    assert inside[430, 600]
    assert not inside[60, 60]
    assert not inside[850, 1150]


def test_a_shadow_or_dark_corners_are_no_table() -> None:
    sheet = page("3x + 5 = 20")
    assert find_sheet(_pixels(shadowed(sheet))) is None
    assert find_sheet(_pixels(photographed(sheet))) is None


def test_the_edge_of_the_picture_is_no_writing() -> None:
    sheet = page("3x + 5 = 20")
    ImageDraw.Draw(sheet).rectangle((0, 0, 1200, 60), fill=(20, 20, 20))
    ImageDraw.Draw(sheet).rectangle((0, 0, 6, 800), fill=(20, 20, 20))
    mask = without_surroundings(find_ink(_pixels(sheet))).mask
    assert not mask[:100].any()
    assert mask[200:300].any()


def test_squares_that_run_along_the_edge_keep_the_writing_that_touches_them() -> None:
    # The outermost line of the paper lies on the picture's edge, and a thick pen crosses others:
    # the two hang together, and once both were taken for the table.
    sheet = Image.new("RGB", (1200, 900), (250, 250, 248))
    draw = ImageDraw.Draw(sheet)
    for at in range(0, 1200, 80):
        draw.line((at, 0, at, 900), fill=(150, 170, 200), width=4)
        draw.line((0, at, 1200, at), fill=(150, 170, 200), width=4)
    draw.line((0, 898, 1200, 898), fill=(150, 170, 200), width=4)
    draw.line((500, 340, 600, 460), fill=(20, 20, 30), width=32)
    mask = without_surroundings(find_ink(_pixels(sheet))).mask
    assert mask[400, 550]


def test_a_paper_line_on_a_tilted_photo_is_taken_away() -> None:
    sheet = Image.new("RGB", (1200, 900), (250, 250, 248))
    draw = ImageDraw.Draw(sheet)
    draw.line((0, 300, 1200, 405), fill=(60, 60, 90), width=4)
    draw.line((300, 500, 700, 535), fill=(20, 20, 30), width=10)
    before = find_ink(_pixels(sheet))
    tilted, back = ink_tilted(before, -5.0)
    photo = on_photo(tilted.mask.shape, before.mask.shape, back)
    rest = remove_ruling(tilted, photo).mask
    rows = np.nonzero(tilted.mask.any(axis=1))[0]
    middle = int(rows.mean())
    assert tilted.mask[:middle].any()
    assert rest[:middle].sum() < 0.05 * tilted.mask[:middle].sum()
    assert rest[middle:].any()


def test_small_pictures_are_enlarged_and_large_ones_reduced() -> None:
    sides = []
    for shape in ((80, 300, 3), (3000, 2000, 3), (1200, 900, 3)):
        picture = np.zeros(shape, np.uint8)
        sides.append(
            [max(to_working_size(picture, scale).shape) for scale in working_scales(shape)]
        )
    assert sides == [[1100], [1000, 1600], [1000, 1200]]


@pytest.mark.parametrize(
    ("spliced", "bound"),
    [
        ("2(1)/(3) + 1(1)/(2)", "2 1/3 + 1 1/2"),
        ("(5)/(8) ÷ (15)/(16)", "(5)/(8) ÷ ((15)/(16))"),
        ("(a)/(b)^{2}", "((a)/(b))^{2}"),
        ("(d)/(dx)x^{2}", "d/dx x^{2}"),
        ("x(1)/(3)", "x(1)/(3)"),
        ("(x + 1)/(2) = 3", "(x + 1)/(2) = 3"),
    ],
)
def test_stacked_fractions_bind_as_on_paper(spliced: str, bound: str) -> None:
    assert bind_fractions(spliced) == bound
