"""A face that needs no download: the font that Pillow brings."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from inference.nano.data.faces import DIGIT_PX, Face


@pytest.fixture(scope="session")
def face() -> Face:
    trial = ImageFont.load_default(100)
    assert isinstance(trial, ImageFont.FreeTypeFont)
    _, top, _, bottom = trial.getbbox("5", anchor="ls")
    font = ImageFont.load_default(100 * DIGIT_PX / (bottom - top))
    assert isinstance(font, ImageFont.FreeTypeFont)
    return Face("default", "hand", font, font)
