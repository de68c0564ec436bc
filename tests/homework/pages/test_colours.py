"""The colours can be told apart, in light and in dark: WCAG 2.2, level AA."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEET = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
TEXT = [
    ("ink", "desk"),
    ("ink", "paper"),
    ("ink", "marker"),
    ("ink-soft", "desk"),
    ("ink-soft", "paper"),
    ("ink-soft", "rule"),
    ("ink-soft", "unsure-soft"),
    ("accent", "desk"),
    ("accent", "paper"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("good", "good-soft"),
    ("good", "paper"),
    ("bad", "bad-soft"),
    ("bad", "paper"),
    ("bad", "accent-soft"),
    ("unsure", "unsure-soft"),
    ("unsure", "paper"),
]
EDGES = [("rule-strong", "paper-raised"), ("rule-strong", "desk")]


def colours(scheme: str) -> dict[str, str]:
    light, dark = SHEET.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "wanted"),
    [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in EDGES],
)
def test_contrast(scheme: str, front: str, back: str, wanted: float) -> None:
    known = colours(scheme)
    darker, lighter = sorted((luminance(known[front]), luminance(known[back])))

    assert (lighter + 0.05) / (darker + 0.05) >= wanted
