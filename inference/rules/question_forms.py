"""What the wordings of questions are made of, and how one is found in a text.

The patterns know single spaces only: `make_form` writes them so, and `first_of` reads texts so.
With more, there would be too many ways to match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inference.errors import MathSyntaxError
from inference.rules.instructions import end_of_labels
from inference.rules.nodes import Node, Point, Quantity, QuantityKind, is_numeric
from inference.rules.parser import parse_line

ASK = (
    r"(?:(?:please\s+)?(?:find|calculate|compute|evaluate|determine|work\s+out|give|state|what\s+(?:is|are))"
    r"\s+)?(?:the\s+)?"
)
_END = r"(?:\s*(?:(?:是|为|等于)\s*(?:多少|什么|几)|(?:is\s*)?[=:：]|is\s*=?))?"
_DELIMITERS = re.compile(r"\$\$?|\\[()\[\]]")
_POINT = r"(?:points?\s*|点\s*)?[A-Z]?\s*((?:\\left)?[(（][^;=]{1,80}?(?:\\right)?[)）])"
_AND = r"\s*(?:and|to|,|，|、|和|与|到|及)\s*"
PAIR_OF_POINTS = rf"{_POINT}{_AND}{_POINT}"
ONE_POINT = _POINT.replace("((?:", "(?P<point>(?:", 1)


@dataclass(frozen=True, slots=True)
class Form:
    """One wording: what it asks for, and which groups of it hold the operands."""

    kind: QuantityKind | Callable[[re.Match[str]], QuantityKind]
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], tuple[Node, ...]]


def make_form(
    kind: QuantityKind | Callable[[re.Match[str]], QuantityKind],
    pattern: str,
    read: Callable[[re.Match[str]], tuple[Node, ...]],
) -> Form:
    """Compile a wording. Its spaces are optional where it says `\\s*`."""
    spaced = (pattern + _END).replace(r"\s*", " ?").replace(r"\s+", " ")
    return Form(kind, re.compile(spaced, re.IGNORECASE), read)


def first_of(forms: Sequence[Form], text: str) -> Quantity | None:
    """What the first of some wordings that a text has asks for; None when it has none.

    A text is tried as it stands, then without the delimiters of the formulas in it: a `$` may be
    one, or dollars.

    Raises:
        MathSyntaxError: It has, but what it names is not understood.
    """
    bare = _DELIMITERS.sub(lambda match: " " * len(match.group()), text)
    variants = [_Plain.of(each) for each in dict.fromkeys((text, bare))]
    for form in forms:
        for plain in variants:
            match = form.pattern.fullmatch(plain.text, plain.start)
            if match is None:
                continue
            try:
                kind = form.kind(match) if callable(form.kind) else form.kind
                return Quantity(kind, form.read(match))
            except MathSyntaxError as error:
                place = plain.places[min(error.position, len(plain.places) - 1)]
                raise MathSyntaxError(error.message, position=place, reason=error.reason) from None
    return None


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text with single spaces and without its labels.

    Attributes:
        text: What is left.
        places: Where each of its characters stood, and the end.
        start: Where its words begin.
    """

    text: str
    places: list[int]
    start: int

    @classmethod
    def of(cls, text: str) -> _Plain:
        start = end_of_labels(text)
        kept = [i for i, char in enumerate(text) if not char.isspace() or text[i - 1 : i].strip()]
        plain = "".join(" " if text[i].isspace() else text[i] for i in kept if i >= start)
        places = [i for i in kept if i >= start] + [len(text)]
        plain = plain.rstrip(" .。?？")
        return cls(plain, places, len(plain) - len(plain.lstrip()))


def parsed(text: str, offset: int, parse: Callable[[str], Node]) -> Node:
    """What a part of a text says; errors name the place in the whole."""
    try:
        return parse(text)
    except MathSyntaxError as error:
        raise MathSyntaxError(
            error.message, position=offset + error.position, reason=error.reason
        ) from None


def two_points(match: re.Match[str]) -> tuple[Node, ...]:
    """The points of `PAIR_OF_POINTS`."""
    return point_in(match, 1), point_in(match, 2)


def point_in(match: re.Match[str], group: int | str) -> Point:
    """The point that a group holds: two numbers."""
    offset = match.start(group)
    node = parsed(match.group(group).replace("，", ","), offset, parse_line)
    if not isinstance(node, Point) or not is_numeric(node):
        raise MathSyntaxError(
            "A point has numbers as its coordinates.", position=offset, reason="unexpected"
        )
    if len(node.coordinates) != 2:
        raise MathSyntaxError("A point has two coordinates.", position=offset, reason="unexpected")
    return node
