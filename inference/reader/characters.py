"""Which pieces of ink are one character: dots with their stem, both strokes of an equals sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.reader.lines import Part, union
from inference.reader.nodes import LARGEST_DOT, Glyph, is_flat


def group_characters(parts: Sequence[Part], char_height: float) -> list[Glyph]:
    """Join pieces of one character: dots with their stem, both strokes of an equals sign."""
    groups: list[list[Part]] = []
    for part in sorted(parts, key=lambda part: part.rect.left):
        home = None
        for group in reversed(groups[-6:]):
            if any(_same_glyph(part, other, char_height) for other in group):
                home = group
                break
        if home is None:
            groups.append([part])
        else:
            home.append(part)
    glyphs = [Glyph(tuple(group), union(part.rect for part in group)) for group in groups]
    return _with_percent_signs(glyphs, char_height)


def _with_percent_signs(glyphs: list[Glyph], char_height: float) -> list[Glyph]:
    """Join a slash, a ring high on its left and a ring low on its right.

    Alone the upper ring would pass for an exponent.
    """
    rights = np.array([glyph.rect.right for glyph in glyphs])
    lefts = np.array([glyph.rect.left for glyph in glyphs])
    candidates = list(glyphs)
    for slash in candidates:
        rect = slash.rect
        if rect.height < 0.7 * char_height or len(slash.parts) != 1 or slash.parts[0].is_flat:
            continue
        reach = 0.12 * char_height
        beside = np.nonzero((rights > rect.left - reach) & (lefts < rect.right + reach))[0]
        near = [
            glyph
            for glyph in (candidates[index] for index in beside)
            if glyph is not slash
            and 0.2 * rect.height < glyph.rect.height < 0.62 * rect.height
            and glyph.rect.overlap_y(rect) > 0.7 * glyph.rect.height
            and not is_flat(glyph)
        ]
        upper = [
            glyph
            for glyph in near
            if glyph.rect.centre_x < rect.centre_x
            and glyph.rect.bottom < rect.top + 0.62 * rect.height
        ]
        lower = [
            glyph
            for glyph in near
            if glyph.rect.centre_x > rect.centre_x
            and glyph.rect.top > rect.bottom - 0.62 * rect.height
        ]
        if len(upper) == 1 and len(lower) == 1:
            rings = (upper[0], lower[0])
            parts = (*slash.parts, *upper[0].parts, *lower[0].parts)
            joined = Glyph(parts, union(part.rect for part in parts))
            glyphs = [each for each in glyphs if each is not slash and each not in rings]
            glyphs.append(joined)
    return glyphs


def _same_glyph(one: Part, other: Part, char_height: float) -> bool:
    shared = one.rect.overlap_x(other.rect)
    narrower = min(one.rect.width, other.rect.width)
    largest = max(one.rect.width, one.rect.height, other.rect.width, other.rect.height)
    if largest < LARGEST_DOT * char_height and not (one.is_flat or other.is_flat):
        # Two dots are a colon, wider apart than a dot from its stem.
        beside = abs(one.rect.centre_x - other.rect.centre_x)
        gap = -one.rect.overlap_y(other.rect)
        return beside < 0.25 * char_height and gap < 0.75 * char_height
    if shared < 0.55 * narrower:
        return False
    gap = -one.rect.overlap_y(other.rect)
    longer = one if one.rect.width > other.rect.width else other
    if longer.is_flat and longer.rect.width > 1.8 * char_height:
        other_part = other if longer is one else one
        return (
            other_part.is_flat and gap < 1.1 * char_height and (narrower > 0.45 * longer.rect.width)
        )
    both = union((one.rect, other.rect))
    if one.is_flat and other.is_flat:
        wider = max(one.rect.width, other.rect.width)
        return narrower > 0.45 * wider and gap < 0.8 * wider and gap < 1.1 * char_height
    small = min(one.rect.height, other.rect.height)
    if small < 0.4 * char_height:
        return gap < 0.4 * char_height and both.height < 1.6 * char_height
    return gap < 0 and both.height < 1.4 * char_height and shared > 0.6 * narrower
