"""What a teacher wants to have changed in a solution, held against what stands there.

Nothing is stored here; `services.review_correct` does that with what `corrections_of` makes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from homework.common.errors import InvalidInputError
from homework.review.models import Correction
from homework.review.parts import ANSWER, FIRST_ADDED, Part, place

TITLE_MAX_CHARACTERS = 500
FORMULA_MAX_CHARACTERS = 500
MAX_FORMULAS = 8
MAX_STEPS = 40
"""No step is added to a solution that has so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part as a teacher wants it, with what the checker says of it.

    Attributes:
        index: Of a part that the solution has; one that was removed is put back by it. A step to
            be added has an index below 0, any, by which those after it may say what they follow.
        title: The sentence of a step; the answer has none.
        formulas: LaTeX; the answer has one.
        check: `{"verdict", "reason", "detail"}`.
        follows: Of a step to be added: the part which it stands right behind, 0 for the head.
    """

    index: int
    title: str
    formulas: list[str]
    check: dict[str, Any]
    follows: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether it is a step to be added."""
        return self.index < 0

    @property
    def content(self) -> dict[str, Any]:
        """What it says, as corrections store it."""
        return {"title": self.title, "formulas": self.formulas}


def order_with(
    parts: Sequence[Part],
    *,
    added: Sequence[tuple[int, int | None]] = (),
    removed: Collection[int] = (),
) -> list[int]:
    """The indexes of the parts in the order in which they would stand.

    Args:
        parts: All parts, also those that were removed.
        added: Index and `follows` of each step to be added, as in `Change`.
        removed: Indexes that shall not stand there.

    Raises:
        InvalidInputError: A step is to follow one that is not there.
    """
    order = [part.index for part in parts]
    for index, follows in added:
        try:
            place(order, index, -1 if follows is None else follows)
        except ValueError:
            raise InvalidInputError(_("The new step has no place: it follows none.")) from None
    return [index for index in order if index not in removed]


def corrections_of(
    parts: Sequence[Part], changes: Sequence[Change], removed: Collection[int]
) -> list[Correction]:
    """Corrections that make of `parts` what is wanted, not stored and without their review.

    Args:
        parts: All parts as they stand, also those that were removed.
        changes: Each part once. What stands there already is left out.
        removed: Indexes of steps to be taken out.

    Raises:
        InvalidInputError: Something that the solution does not have, or cannot have.
    """
    present = {part.index: part for part in parts}
    standing = {part.index for part in parts if not part.is_removed}
    new = [change for change in changes if change.is_new]
    known = [change for change in changes if not change.is_new]
    if not {change.index for change in known} <= set(present) or not set(removed) <= standing:
        raise InvalidInputError(_("This solution has no such step."))
    if ANSWER in removed:
        raise InvalidInputError(_("The answer can be changed, but not removed."))
    if set(removed) & {change.index for change in known}:
        raise InvalidInputError
    for change in changes:
        _require_sound(change)
    if new and len(standing) + len(new) > MAX_STEPS:
        raise InvalidInputError(
            _("A solution has at most %(number)s steps.") % {"number": MAX_STEPS}
        )
    order_with(parts, added=[(change.index, change.follows) for change in new])
    corrections = [
        _correction(change, present[change.index])
        for change in known
        if present[change.index].is_removed or change.content != present[change.index].content
    ]
    corrections += [Correction(index=index, before=present[index].content) for index in removed]
    indexes = {index: index for index in present} | {ANSWER: ANSWER}
    for index, change in enumerate(new, max(FIRST_ADDED, *(one + 1 for one in present))):
        assert change.follows is not None, "order_with has asked"
        indexes[change.index] = index
        corrections.append(
            Correction(
                index=index,
                follows=indexes[change.follows],
                after=change.content,
                check_result=change.check,
            )
        )
    return corrections


def _correction(change: Change, present: Part) -> Correction:
    return Correction(
        index=change.index,
        before=None if present.is_removed else present.content,
        after=change.content,
        check_result=change.check,
    )


def _require_sound(change: Change) -> None:
    if change.index == ANSWER and (len(change.formulas) != 1 or change.title):
        raise InvalidInputError(_("The answer is one line."))
    if not change.title and not change.formulas:
        raise InvalidInputError(_("A step that says nothing is better removed."))
    if (
        len(change.title) > TITLE_MAX_CHARACTERS
        or len(change.formulas) > MAX_FORMULAS
        or any(len(formula) > 4 * FORMULA_MAX_CHARACTERS for formula in change.formulas)
    ):
        raise InvalidInputError
