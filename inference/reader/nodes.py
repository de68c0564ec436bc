"""What a line of writing is made of, once it is known how its pieces stand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inference.reader.lines import Part, Rect

LARGEST_DOT = 0.38
"""Dots are smaller than this, in heights of a character."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """Ink of one or more characters that touch or stand above each other (`i`, `=`, `÷`)."""

    parts: tuple[Part, ...]
    rect: Rect

    @property
    def sign(self) -> str | None:
        """The sign that its pieces form beyond doubt: `=`, `÷` or `:`, else None.

        The recogniser often takes an equals sign for a dash or a Chinese two, and loses a division
        sign whose dots are written as rings; their shape tells them.
        """
        pieces = sorted(self.parts, key=lambda part: part.rect.centre_y)
        if len(pieces) == 2:
            upper, lower = pieces
            if upper.is_flat and lower.is_flat:
                return "="
            if _is_dot(upper, self.rect) and _is_dot(lower, self.rect):
                return ":"
            for dot, bar in ((upper, lower), (lower, upper)):
                # The other ring of the sign touches its bar.
                small = max(dot.rect.width, dot.rect.height) < 0.62 * bar.rect.width
                middle = abs(dot.rect.centre_x - bar.rect.centre_x) < 0.3 * bar.rect.width
                if bar.is_barred and not dot.is_flat and small and middle:
                    return "÷"
        if len(pieces) == 3 and pieces[1].is_flat:
            bar = pieces[1]
            dots = (pieces[0], pieces[2])
            is_divided = all(
                max(dot.rect.width, dot.rect.height) < 0.62 * bar.rect.width
                and bar.rect.left <= dot.rect.centre_x <= bar.rect.right
                and dot.rect.overlap_y(bar.rect) <= 0.25 * dot.rect.height
                for dot in dots
            )
            if is_divided and not any(dot.is_flat for dot in dots):
                return "÷"
        return None


def _is_dot(part: Part, glyph: Rect) -> bool:
    """Whether a piece is one of two dots that make up `glyph`."""
    rect = part.rect
    round_enough = 0.4 < rect.width / rect.height < 2.5
    return (
        round_enough
        and max(rect.width, rect.height) < 0.4 * glyph.height
        and glyph.width < 0.7 * glyph.height
    )


@dataclass(frozen=True, slots=True)
class Fraction:
    """A bar with a numerator above it and a denominator below."""

    bar: Part
    numerator: tuple[Node, ...]
    denominator: tuple[Node, ...]
    rect: Rect


@dataclass(frozen=True, slots=True)
class Root:
    """A square root sign and what stands under its bar."""

    sign: Part
    radicand: tuple[Node, ...]
    rect: Rect


@dataclass(frozen=True, slots=True)
class Script:
    """A raised exponent."""

    nodes: tuple[Node, ...]
    rect: Rect


@dataclass(frozen=True, slots=True)
class Limits:
    """A tall sign with small writing at its upper and lower right: a definite integral."""

    sign: Glyph
    lower: tuple[Node, ...]
    upper: tuple[Node, ...]
    rect: Rect


Node = Glyph | Fraction | Root | Script | Limits


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of writing.

    Attributes:
        nodes: Its pieces, left to right.
        rect: Where it is.
        char_height: Typical height of a full character in it.
        slope: How much lower it gets per pixel to the right.
        brace: Number of the left brace that this line and its neighbours share, or None.
        underlined: Whether a lone bar stands below it, as under a column of figures.
    """

    nodes: tuple[Node, ...]
    rect: Rect
    char_height: float
    slope: float = 0.0
    brace: int | None = None
    underlined: bool = False


def all_parts(nodes: Sequence[Node]) -> list[Part]:
    """Every piece of ink in `nodes`, bars and root signs included."""
    found: list[Part] = []
    for node in nodes:
        if isinstance(node, Glyph):
            found.extend(node.parts)
        elif isinstance(node, Fraction):
            found.append(node.bar)
            found.extend(all_parts(node.numerator))
            found.extend(all_parts(node.denominator))
        elif isinstance(node, Root):
            found.append(node.sign)
            found.extend(all_parts(node.radicand))
        elif isinstance(node, Limits):
            found.extend(node.sign.parts)
            found.extend(all_parts(node.lower))
            found.extend(all_parts(node.upper))
        else:
            found.extend(all_parts(node.nodes))
    return found


def has_structure(nodes: Sequence[Node]) -> bool:
    """Whether anything but plain glyphs is among `nodes`."""
    return any(not isinstance(node, Glyph) for node in nodes)


def is_flat(node: Node) -> bool:
    """Whether a node is one or more horizontal strokes and nothing else."""
    return isinstance(node, Glyph) and all(part.is_flat for part in node.parts)
