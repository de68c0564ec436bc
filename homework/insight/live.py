"""What students of a teacher are asking right now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from homework.accounts.models import Membership, User
from homework.accounts.selectors import (
    classroom_get_taught,
    classrooms_taught_by,
    students_taught_by,
)
from homework.solutions.models import Solution

ENDED_WITHIN: Final = timedelta(minutes=10)
"""What has just ended stays in sight for so long."""
MAX_ITEMS: Final = 60


def live_items(
    *, teacher: User, classroom_id: int | None = None, with_names: bool = True
) -> list[dict[str, Any]]:
    """The questions that wait, run, or ended a moment ago; the newest first.

    Args:
        teacher: Who looks.
        classroom_id: Only this class.
        with_names: Else nothing in it says whose they are, and no answer is in it either way: a
            projector shows it to the whole class.

    Returns:
        JSON values: `id`, `state`, `question`, `latex`, `verdict`, `reported`, `created_at`, and
        with names `student`, `classes`.

    Raises:
        NotFoundError: The teacher does not teach this class.
    """
    classroom = None
    if classroom_id is not None:
        classroom = classroom_get_taught(teacher=teacher, classroom_id=classroom_id)
    students = students_taught_by(teacher=teacher, classroom=classroom)
    found = list(
        Solution.objects.filter(
            Q(state__in=(Solution.State.QUEUED, *Solution.RUNNING))
            | Q(finished_at__gt=timezone.now() - ENDED_WITHIN),
            student__in=list(students.values_list("pk", flat=True)),
            created_at__gt=timezone.now() - timedelta(days=1),
        )
        .select_related("student")
        .only(
            "id",
            "state",
            "asked_text",
            "question_text",
            "reading",
            "verdict",
            "reported",
            "created_at",
            "student__username",
            "student__first_name",
            "student__last_name",
        )
        .order_by("-created_at")[:MAX_ITEMS]
    )
    classes = _classes_of(teacher, found) if with_names else {}
    return [_item(solution, classes, with_names=with_names) for solution in found]


def _classes_of(teacher: User, solutions: list[Solution]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for user_id, name in (
        Membership.objects.filter(
            user__in={solution.student_id for solution in solutions},
            classroom__in=classrooms_taught_by(teacher=teacher).values("pk"),
        )
        .order_by("classroom__name")
        .values_list("user_id", "classroom__name")
    ):
        names.setdefault(user_id, []).append(name)
    return names


def _item(solution: Solution, classes: dict[int, list[str]], *, with_names: bool) -> dict[str, Any]:
    reading = solution.reading or {}
    if not with_names and reading.get("source") == "model":
        reading = {}  # whatever a photo begged a model to write is not for the class
    item: dict[str, Any] = {
        "id": str(solution.pk),
        "state": str(solution.state),
        "question": solution.question_text or str(reading.get("text", "")),
        "latex": str(reading.get("latex", "")),
        "verdict": solution.verdict,
        "reported": solution.reported,
        "created_at": solution.created_at.isoformat(),
    }
    if with_names:
        student = solution.student
        item["student"] = student.get_full_name() or student.username
        item["classes"] = classes.get(student.pk, [])
    return item
