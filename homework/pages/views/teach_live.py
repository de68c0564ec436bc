"""What the classes ask right now, for the teacher's eyes or, without names, for a projector."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from homework.accounts.models import Classroom
from homework.accounts.selectors import classroom_get_taught, classrooms_taught_by
from homework.insight.live import live_items
from homework.pages.answers import for_teachers, viewer_of
from homework.pages.words import request_words, state_words


@require_safe
@for_teachers
def live(request: HttpRequest, classroom_id: int | None = None) -> HttpResponse:
    """The list with names; opening one streams it."""
    return render(request, "teach/live.html", _context(request, classroom_id, with_names=True))


@require_safe
@for_teachers
def screen(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """The list of one class in large type, without names and answers."""
    return render(
        request, "teach/live_screen.html", _context(request, classroom_id, with_names=False)
    )


def _context(request: HttpRequest, classroom_id: int | None, *, with_names: bool) -> dict[str, Any]:
    teacher = viewer_of(request)
    classroom: Classroom | None = None
    if classroom_id is not None:
        classroom = classroom_get_taught(teacher=teacher, classroom_id=classroom_id)
    return {
        "classroom": classroom,
        "classrooms": classrooms_taught_by(teacher=teacher).order_by("name", "pk"),
        "items": live_items(teacher=teacher, classroom_id=classroom_id, with_names=with_names),
        "words": request_words()
        | {
            "states": state_words(),
            "photo": _("Photo"),
            "reported": {"wrong": _("says: wrong"), "confused": _("does not understand")},
            "verdicts": {
                "failed": _("a check failed"),
                "not_checkable": _("could not be checked"),
            },
        },
    }
