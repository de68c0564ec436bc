"""A teacher's verdict on its way from what was typed to what is stored: read, checked, kept as a
draft, given, and told to those who wait for it. Pages and programs share it.

Whatever is refused is kept as the teacher's draft first: a line that is no mathematics, a part that
the checker disproves and that is not meant to overrule it, a colleague who was faster.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from homework.accounts.models import User
from homework.common.errors import (
    ConflictError,
    DisprovedCorrectionError,
    InvalidInputError,
    UnreadableCorrectionError,
)
from homework.pipeline.corrections import (
    CheckedPart,
    correction_check,
    formulas_as_typed,
    problem_values,
    solution_resolve,
)
from homework.pipeline.hub import hub
from homework.pipeline.notices import notify, notify_teachers
from homework.review.changes import Change, order_with
from homework.review.models import Draft, Review
from homework.review.parts import ANSWER, Part, all_parts_of
from homework.review.selectors import draft_of, solutions_get_for_approval
from homework.review.services import (
    Approvals,
    draft_discard,
    draft_save,
    review_approve,
    review_correct,
    review_reject,
    review_reread,
    reviews_approve,
)
from homework.solutions.models import Solution

_KEPT: Final = {"note": 2000, "reading": 500}
"""Characters of a draft, whatever is typed."""


@dataclass(frozen=True, slots=True)
class TypedPart:
    """A part as it was typed: its sentence and its lines.

    A step to be added has an index below 0 and says by `follows` which part it stands right
    behind, 0 for the head; see `review.changes.Change`.
    """

    index: int
    title: str
    lines: list[str]
    follows: int | None = None

    @property
    def is_new(self) -> bool:
        """Whether it is a step to be added."""
        return self.index < 0

    @property
    def content(self) -> dict[str, Any]:
        """As drafts keep it."""
        place = {"follows": self.follows} if self.is_new else {}
        return {"title": self.title, "lines": self.lines} | place


@dataclass(frozen=True, slots=True)
class Work:
    """What a teacher has typed that differs from what stands there, and what the checker says."""

    typed: list[TypedPart]
    checked: list[CheckedPart]
    removed: list[int]

    def lines_of(self, index: int) -> list[str]:
        """The lines of a part as they were typed."""
        return next(part.lines for part in self.typed if part.index == index)


def work_check(
    *,
    teacher: User,
    solution: Solution,
    version: int,
    typed: Sequence[TypedPart],
    removed: Collection[int] = (),
    note: str = "",
    reading: str = "",
) -> tuple[Work, Draft | None]:
    """Read and check what is typed, and keep it as a draft. Blocks while it checks.

    Args:
        teacher: Who types.
        solution: As `solution_get_for_review` gives it.
        version: Of the reviews that the teacher saw.
        typed: Parts that the solution has, each once, and steps to be added. One that was removed
            is put back; a new one that says nothing is left out.
        removed: Indexes of steps to be taken out, whatever is typed in them.
        note: To the student.
        reading: What really stands on the paper.

    Raises:
        InvalidInputError: A part that the solution does not have, a new step that follows none, or
            an answer of several lines.
    """
    parts = all_parts_of(solution)
    changed = _changed(parts, typed, removed)
    gone = {part.index for part in parts if part.is_removed} | set(removed)
    order = order_with(
        parts,
        added=[(part.index, part.follows) for part in changed if part.is_new],
        removed=gone - {part.index for part in changed},
    )
    formulas = {part.index: part.formulas for part in parts}
    checked = correction_check(
        question=str((solution.reading or {}).get("text") or solution.question_text),
        formulas={index: formulas.get(index, []) for index in order},
        changed={part.index: part.lines for part in changed},
    )
    removed_now = [part.index for part in parts if part.index in removed and not part.is_removed]
    work = Work(changed, checked, removed_now)
    if not changed and not removed_now and not note and not reading:
        draft_discard(teacher=teacher, solution=solution)
        return work, None
    return work, draft_save(
        teacher=teacher,
        solution=solution,
        version=version,
        content=_draft_content(changed, removed_now, note, reading),
        problems=[value for part in checked for value in problem_values(part)],
    )


def _changed(
    parts: Sequence[Part], typed: Sequence[TypedPart], removed: Collection[int]
) -> list[TypedPart]:
    """What of the typed parts says something else than what stands there."""
    present = {part.index: part for part in parts}
    if any(not part.is_new and part.index not in present for part in typed):
        raise InvalidInputError(_("This solution has no such step."))
    changed: list[TypedPart] = []
    stands_for: dict[int | None, int | None] = {}
    for part in typed:
        if part.is_new:
            follows = stands_for.get(part.follows, part.follows)
            if part.title or part.lines:
                changed.append(replace(part, follows=follows))
            else:
                # What was to follow it follows what it would have followed.
                stands_for[part.index] = follows
        elif part.index not in removed and _says_anew(part, present[part.index]):
            changed.append(part)
    if any(part.index == ANSWER and len(part.lines) != 1 for part in changed):
        raise InvalidInputError(_("The answer is one line."))
    return changed


def _says_anew(typed: TypedPart, present: Part) -> bool:
    return (
        present.is_removed
        or typed.title != present.title
        or typed.lines != formulas_as_typed(present.formulas)
    )


def approval_give(*, teacher: User, solution: Solution, version: int, note: str = "") -> Review:
    """`review.services.review_approve`, told to who waits for it; the note is kept if refused."""
    with _kept_as_draft(teacher, solution, version, note=note):
        given = review_approve(teacher=teacher, solution=solution, version=version, note=note)
    _tell_of(given)
    return given


def approvals_give(*, teacher: User, items: Sequence[tuple[uuid.UUID, int]]) -> Approvals:
    """`review.services.reviews_approve` for those of the solutions that this teacher may see."""
    found = solutions_get_for_approval(
        teacher=teacher, solution_ids=[solution_id for solution_id, _version in items]
    )
    done = reviews_approve(teacher=teacher, items=items, solutions=found)
    for solution in found:
        if solution.pk in done.approved:
            _tell(solution, kind="review", verdict="approved")
    return done


def rejection_give(*, teacher: User, solution: Solution, version: int, reason: str) -> Review:
    """`review.services.review_reject`, told to who waits for it; the reason is kept if refused."""
    with _kept_as_draft(teacher, solution, version, note=reason):
        given = review_reject(teacher=teacher, solution=solution, version=version, reason=reason)
    _tell_of(given)
    return given


def correction_give(
    *,
    teacher: User,
    solution: Solution,
    version: int,
    work: Work,
    note: str = "",
    overrules: bool = False,
) -> Review:
    """Put a teacher's words in the place of steps or of the answer, add steps, take some out.

    Args:
        teacher: Who corrects.
        solution: As `solution_get_for_review` gives it.
        version: Of the reviews that the teacher saw.
        work: Of `work_check`, which has kept it as a draft.
        note: To the student.
        overrules: Also what the checker disproves.

    Raises:
        UnreadableCorrectionError: A line is no mathematics.
        DisprovedCorrectionError: A part is disproved, and that is not meant.
        AppError: What `review_correct` raises.
    """
    if any(part.problems for part in work.checked):
        raise UnreadableCorrectionError
    if not overrules and any(part.check["verdict"] == "failed" for part in work.checked):
        raise DisprovedCorrectionError
    typed = {part.index: part for part in work.typed}
    given = review_correct(
        teacher=teacher,
        solution=solution,
        version=version,
        changes=[
            Change(
                index=part.index,
                title=typed[part.index].title,
                formulas=part.formulas,
                check=part.check,
                follows=typed[part.index].follows,
            )
            for part in work.checked
        ],
        removed=work.removed,
        note=note,
    )
    _tell_of(given)
    return given


def reading_give(
    *, teacher: User, solution: Solution, version: int, reading: str, note: str = ""
) -> Review:
    """Say what really stands on the paper and have that solved for the student.

    Returns:
        The review; its `replacement` is the new solution.

    Raises:
        AppError: What `solution_resolve` and `review_reread` raise; what was typed is a draft.
    """
    with (
        _kept_as_draft(teacher, solution, version, note=note, reading=reading),
        transaction.atomic(),
    ):
        replacement = solution_resolve(solution=solution, question_text=reading)
        given = review_reread(
            teacher=teacher,
            solution=solution,
            version=version,
            reading=replacement.question_text,
            replacement=replacement,
            note=note,
        )
    _tell_of(given)
    return given


@contextmanager
def _kept_as_draft(teacher: User, solution: Solution, version: int, **words: str) -> Iterator[None]:
    """Put words into the teacher's draft, beside what it holds, if the block is refused."""
    try:
        yield
    except (ConflictError, InvalidInputError):
        draft = draft_of(teacher=teacher, solution=solution)
        held = draft.content if draft is not None else _draft_content([], [], "", "")
        new = {name: text[: _KEPT[name]] for name, text in words.items() if text}
        if new:
            draft_save(
                teacher=teacher,
                solution=solution,
                version=version,
                content=held | new,
                problems=draft.problems if draft is not None else (),
            )
        raise


def _draft_content(
    typed: Sequence[TypedPart], removed: Sequence[int], note: str, reading: str
) -> dict[str, Any]:
    return {
        "parts": {str(part.index): part.content for part in typed},
        "removed": list(removed),
        "note": note[: _KEPT["note"]],
        "reading": reading[: _KEPT["reading"]],
    }


def _tell_of(given: Review) -> None:
    """Tell the student's page, and the queues of the colleagues."""
    _tell(
        given.solution,
        kind="review",
        verdict=str(given.verdict),
        parts=[correction.index for correction in given.corrections.all()],
    )


def _tell(solution: Solution, **notice: Any) -> None:
    student = solution.student
    transaction.on_commit(lambda: notify(hub, [student.pk], solution=str(solution.pk), **notice))
    transaction.on_commit(lambda: notify_teachers(hub, student))
