"""The parts of a solution as the review page shows them, each with what stands in its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homework.pipeline.corrections import formulas_as_typed
from homework.review.changes import order_with
from homework.review.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedPart:
    """A part and its fields.

    Attributes:
        name: In the names of its fields: `2` for part 2, `new1` for the first to be added.
        part: The part itself; None for a step that is only drafted yet.
        title: What stands in the field of its sentence.
        lines: What stands in the field of its formulas.
        original_lines: What would stand there without a draft.
        is_drafted: Whether its fields hold a draft.
        is_to_go: Whether the draft removes it.
        follows: Of a drafted step: the name of the one before it.
    """

    name: str
    part: Part | None = None
    title: str = ""
    lines: Sequence[str] = ()
    original_lines: Sequence[str] = ()
    is_drafted: bool = False
    is_to_go: bool = False
    follows: str = ""

    @property
    def text(self) -> str:
        """What stands in the field of its formulas, one a line."""
        return "\n".join(self.lines)

    @property
    def original(self) -> str:
        """The same without a draft."""
        return "\n".join(self.original_lines)


BLANK = EditedPart(name="new0")
"""A step to be added of which nothing is written yet."""


def parts_to_edit(parts: Sequence[Part], draft: Mapping[str, Any]) -> list[EditedPart]:
    """The parts in the order in which they stand, with a draft's new steps among them.

    Args:
        parts: All, also those that were removed.
        draft: `Draft.content`, or nothing.
    """
    typed = {int(index): content for index, content in draft.get("parts", {}).items()}
    new = sorted((index for index in typed if index < 0), reverse=True)
    present = {part.index: part for part in parts}
    order = order_with(parts, added=[(index, typed[index]["follows"]) for index in new])
    return [
        _known(present[index], typed.get(index), is_to_go=index in draft.get("removed", ()))
        if index in present
        else _new(index, typed[index])
        for index in order
    ]


def _known(part: Part, typed: Mapping[str, Any] | None, *, is_to_go: bool) -> EditedPart:
    original = formulas_as_typed(part.formulas)
    return EditedPart(
        name=_name(part.index),
        part=part,
        title=typed["title"] if typed else part.title,
        lines=typed["lines"] if typed else original,
        original_lines=original,
        is_drafted=typed is not None,
        is_to_go=is_to_go,
    )


def _new(index: int, typed: Mapping[str, Any]) -> EditedPart:
    return EditedPart(
        name=_name(index),
        title=typed["title"],
        lines=typed["lines"],
        is_drafted=True,
        follows=_name(typed["follows"]),
    )


def _name(index: int) -> str:
    return f"new{-index}" if index < 0 else str(index)
