"""What a student does under `hints_first`: open the next step, enter an answer of their own, and
after that see ours."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User
from homework.common.errors import (
    AttemptNeededError,
    ConflictError,
    EngineBusyError,
    InvalidInputError,
    PermissionDeniedError,
    StepWithheldError,
    TooManyRequestsError,
)
from homework.pipeline import process
from homework.pipeline.disclosure import disclosure_for, solution_snapshot
from homework.pipeline.engine import InferenceError
from homework.pipeline.writing import check_value
from homework.policy.models import Mode, OwnAttempt
from homework.policy.services import (
    attempt_record,
    progress_show_answer,
    progress_show_step,
)
from homework.solutions.models import Solution
from homework.solutions.selectors import solution_get_visible

ATTEMPT_MAX_CHARACTERS: Final = 200
MAX_ATTEMPTS: Final = 20

_NO_ATTEMPT: Final = frozenset({"unfinished", "restated", "no_claim", "trivial", "unparsable"})
"""Grounds on which what was entered is no answer at all."""
_UNCHECKABLE: Final = frozenset({"unparsable", "unsupported", "timeout", "math_syntax"})


def step_show(*, viewer: User | AnonymousUser, solution_id: uuid.UUID, number: int) -> Solution:
    """Open the next step of one's own solution.

    Args:
        viewer: Who asks.
        solution_id: Whose.
        number: The step that is wanted, from 1; that it is the next one shows that no other tab
            has opened it already.

    Raises:
        NotFoundError: There is no such solution for this person.
        PermissionDeniedError: It is somebody else's, or the policy opens no steps.
        StepWithheldError: The answer would be in it, or there is none left.
        ConflictError: It is not the next one.
    """
    solution = _own(viewer, solution_id)
    snapshot = _restricted(viewer, solution)
    if snapshot is None:
        return solution
    policy = snapshot["policy"]
    if policy["mode"] != Mode.HINTS_FIRST:
        raise PermissionDeniedError(_("Your teacher allows only hints right now."))
    if policy["next_step"] is None:
        raise StepWithheldError
    if policy["next_step"] != number or not progress_show_step(
        solution=solution, expected=number - 1
    ):
        raise ConflictError
    return solution


def attempt_submit(
    *, viewer: User | AnonymousUser, solution_id: uuid.UUID, text: str
) -> OwnAttempt:
    """Have an answer of the student's own checked, and keep it.

    Right or wrong, from then on ours may be shown. What is no answer (the question again, an
    unfinished step, letters at random) is kept, too, and opens nothing.

    Raises:
        NotFoundError: There is no such solution for this person.
        PermissionDeniedError: It is somebody else's, or the policy takes no answers.
        InvalidInputError: Nothing was entered, or too much.
        TooManyRequestsError: MAX_ATTEMPTS have been made.
        EngineBusyError: The checker is not running.
    """
    solution = _own(viewer, solution_id)
    snapshot = _restricted(viewer, solution)
    if snapshot is not None and not snapshot["policy"]["may_attempt"]:
        raise PermissionDeniedError(_("Your teacher allows only hints right now."))
    text = text.strip()
    if not text:
        raise InvalidInputError(_("Please enter your answer."))
    if len(text) > ATTEMPT_MAX_CHARACTERS:
        raise InvalidInputError(_("This answer is too long."))
    if solution.own_attempts.count() >= MAX_ATTEMPTS:
        raise TooManyRequestsError(_("You have tried very often. Look at the solution now."))
    check = _checked(solution, text)
    return attempt_record(
        solution=solution, text=text, check=check, counts=_counts(solution, text, check)
    )


def answer_show(*, viewer: User | AnonymousUser, solution_id: uuid.UUID) -> Solution:
    """See the whole solution after an attempt.

    Raises:
        NotFoundError: There is no such solution for this person.
        PermissionDeniedError: It is somebody else's, or the policy shows no answers.
        AttemptNeededError: There was no attempt yet.
    """
    solution = _own(viewer, solution_id)
    snapshot = _restricted(viewer, solution)
    if snapshot is None:
        return solution
    if snapshot["policy"]["mode"] != Mode.HINTS_FIRST:
        raise PermissionDeniedError(_("Your teacher allows only hints right now."))
    if not snapshot["policy"]["may_show_answer"] or not progress_show_answer(solution=solution):
        raise AttemptNeededError
    return solution


def _own(viewer: User | AnonymousUser, solution_id: uuid.UUID) -> Solution:
    solution = solution_get_visible(viewer=viewer, solution_id=solution_id)
    if solution.student_id != viewer.pk:
        raise PermissionDeniedError
    return solution


def _restricted(viewer: User | AnonymousUser, solution: Solution) -> dict[str, Any] | None:
    """The snapshot as disclosed; None when everything is."""
    disclosure = disclosure_for(viewer=viewer, solution=solution)
    if disclosure.is_full:
        return None
    return solution_snapshot(viewer=viewer, solution=solution, disclosure=disclosure)


def _checked(solution: Solution, text: str) -> dict[str, Any]:
    pipeline = process.current()
    if pipeline is None or not pipeline.engine.is_ready:
        raise EngineBusyError
    problem = (solution.reading or {}).get("text") or solution.question_text
    try:
        check = pipeline.engine.checks.check_answer(
            problem, text, timeout_s=pipeline.engine.check_timeout_s
        )
    except InferenceError as error:
        raise EngineBusyError from error
    return check_value(check)


def _counts(solution: Solution, text: str, check: dict[str, Any]) -> bool:
    """Whether it was an answer, be it right, wrong or beyond the checker."""
    if not any(character.isalnum() for character in text):
        return False
    ours = (solution.answer_check or {}).get("reason", "unparsable")
    if ours in _UNCHECKABLE and check["verdict"] == "not_checkable":
        # The question itself is beyond the checker (a text problem): it can refuse nothing.
        return True
    return not (check["verdict"] == "not_checkable" and check["reason"] in _NO_ATTEMPT)
