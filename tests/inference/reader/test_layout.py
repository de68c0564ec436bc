"""Where ink stands to other ink: fractions, exponents, roots, rows."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.reader.exponents import raise_scripts
from inference.reader.ink import find_ink, remove_ruling, to_working_size, working_scales
from inference.reader.layout import find_lines
from inference.reader.lines import Part, Rect, find_parts
from inference.reader.nodes import Fraction, Glyph, Node, Root, Script, TextLine
from tests.inference.reader.drawing import Expression, page, photographed, ruled


def _lines(sheet: Image.Image) -> list[TextLine]:
    pixels = np.asarray(sheet)
    ink = remove_ruling(find_ink(to_working_size(pixels, working_scales(pixels.shape)[-1])))
    return find_lines(find_parts(ink))


def _shape(nodes: tuple[Node, ...]) -> str:
    """A line as a word: `g` for a glyph, `F(..|..)`, `R(..)`, `S(..)`, signs as themselves."""
    shape = ""
    for node in nodes:
        if isinstance(node, Glyph):
            shape += node.sign or "g"
        elif isinstance(node, Fraction):
            shape += f"F({_shape(node.numerator)}|{_shape(node.denominator)})"
        elif isinstance(node, Root):
            shape += f"R({_shape(node.radicand)})"
        elif isinstance(node, Script):
            shape += f"S({_shape(node.nodes)})"
    return shape


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("3 - 5 = 2", "ggg=g"),
        ("12 ÷ 4", "gg÷g"),
        (("row", ("sup", "x", "2"), " + 1"), "gS(g)gg"),
        (("row", ("sup", "x", "10"), " + 1"), "gS(gg)gg"),
        (("row", ("sup", "y", "-3"), " + 1"), "gS(gg)gg"),
        (("row", ("frac", "x + 1", "2"), " = 5"), "F(ggg|g)=g"),
        (("row", "1 + ", ("frac", "1", ("row", "2 - ", ("frac", "3", "y")))), "ggF(g|ggF(g|g))"),
        (("row", ("sqrt", "2x + 1"), " = 5"), "R(gggg)=g"),
        (("row", ("sqrt", ("frac", "x", "4")), " = 3"), "R(F(g|g))=g"),
        (
            ("frac", ("row", "-b + ", ("sqrt", ("row", ("sup", "b", "2"), " - 4ac"))), "2a"),
            "F(gggR(gS(g)gggg)|gg)",
        ),
    ],
)
def test_structure_is_found(expression: Expression, shape: str) -> None:
    lines = _lines(page(expression))
    assert [_shape(line.nodes) for line in lines] == [shape]


def test_a_minus_between_two_lines_is_no_fraction_bar() -> None:
    lines = _lines(page("x + y = 5", "2 - y = 1", "x - 3 = 4", spacing=0.2))
    assert [_shape(line.nodes) for line in lines] == ["ggg=g"] * 3


def test_wide_gaps_do_not_tear_a_line() -> None:
    (line,) = _lines(page("3   4    +    1   2", size=60))
    assert len(line.nodes) == 5


def test_lines_are_found_on_squared_paper() -> None:
    sheet = photographed(ruled(page("3x - 7 = 11"), squared=True))
    assert [_shape(line.nodes) for line in _lines(sheet)] == ["gggg=gg"]


def test_a_brace_holds_two_lines_together() -> None:
    sheet = page("x + y = 5", "x - y = 1", left=220, spacing=0.3)
    draw = ImageDraw.Draw(sheet)
    points = [(200, 205), (188, 215), (188, 248), (176, 256), (188, 264), (188, 297), (200, 307)]
    draw.line(points, fill=(20, 20, 20), width=4)
    lines = _lines(sheet)
    assert len(lines) == 2
    assert lines[0].brace is not None
    assert lines[0].brace == lines[1].brace


def test_a_division_sign_may_have_a_ring_that_touches_its_bar() -> None:
    sheet = page("78         90", size=60)
    draw = ImageDraw.Draw(sheet)
    draw.line((230, 240, 310, 232), fill=(20, 20, 20), width=5)
    draw.ellipse((258, 205, 276, 222), outline=(20, 20, 20), width=5)
    draw.ellipse((260, 236, 280, 258), outline=(20, 20, 20), width=5)
    (line,) = _lines(sheet)
    assert _shape(line.nodes) == "gg÷gg"


def _raised(*boxes: tuple[int, int, int, int], is_flat: tuple[int, ...] = ()) -> str:
    nodes = [
        Glyph((Part(place, Rect(*box), 100, is_flat=place in is_flat),), Rect(*box))
        for place, box in enumerate(boxes)
    ]
    return _shape(tuple(raise_scripts(nodes, 0.0, 80.0)))


def test_an_exponent_ends_before_a_minus_that_stands_as_high() -> None:
    base, two, minus, nine = (
        (0, 40, 60, 100),
        (65, 0, 95, 50),
        (110, 50, 160, 58),
        (170, 20, 220, 100),
    )
    assert _raised(base, two, minus, nine, is_flat=(2,)) == "gS(g)gg"


def test_the_upper_dot_of_a_colon_is_no_exponent() -> None:
    letter, lower, upper, x = (
        (0, 40, 60, 100),
        (65, 82, 85, 102),
        (70, 38, 90, 64),
        (150, 40, 210, 100),
    )
    assert _raised(letter, lower, upper, x) == "gggg"
