"""The worst mistakes of a checkpoint on one sheet: what it saw, what stood there, what it read."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from inference.nano.evaluate import Outcome

_COLUMNS = 2
_COLUMN_PX = 760
_GAP_PX = 14
_LINE_PX = 20
_TEXT_PX = 15
_INK, _WRONG, _PAPER = "#1c2733", "#b3261e", "#f3f4f6"


def worst(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """The misread ones: those with a badge first, then those least like what stood there."""
    misread = [each for each in outcomes if not each.is_read]
    return sorted(
        misread,
        key=lambda each: (
            not (each.has_badge and not each.is_right_with_rules),
            SequenceMatcher(None, each.sample.latex, each.problem).ratio(),
        ),
    )[:count]


def draw_gallery(outcomes: Sequence[Outcome], path: Path, *, count: int = 30) -> None:
    """Draw the worst mistakes, in two columns, each with its number.

    Args:
        outcomes: Of an evaluation.
        path: Of the PNG to write.
        count: How many.
    """
    font = ImageFont.load_default(_TEXT_PX)
    tiles = [
        _tile(number, each, font) for number, each in enumerate(worst(outcomes, count), start=1)
    ]
    heights = [_GAP_PX] * _COLUMNS
    places = []
    for tile in tiles:
        column = heights.index(min(heights))
        places.append((_GAP_PX + column * (_COLUMN_PX + _GAP_PX), heights[column]))
        heights[column] += tile.height + _GAP_PX
    width = _COLUMNS * (_COLUMN_PX + _GAP_PX) + _GAP_PX
    sheet = Image.new("RGB", (width, max(heights)), _PAPER)
    for tile, place in zip(tiles, places, strict=True):
        sheet.paste(tile, place)
    sheet.quantize(64).save(path, optimize=True)


def _tile(
    number: int, outcome: Outcome, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> Image.Image:
    sample = outcome.sample
    picture = Image.fromarray(sample.drawing.canvas).convert("RGB")
    tile = Image.new("RGB", (_COLUMN_PX, picture.height + 2 * _LINE_PX + 2 * _GAP_PX), "white")
    tile.paste(picture, (_GAP_PX, _GAP_PX // 2))
    draw = ImageDraw.Draw(tile)
    top = picture.height + _GAP_PX
    truth = sample.latex or f"({sample.topic})"
    draw.text((_GAP_PX, top), f"{number}. {truth}   [{sample.face[0]}]", _INK, font)
    draw.text((_GAP_PX, top + _LINE_PX), f"    read: {outcome.problem or '-'}", _WRONG, font)
    return tile
