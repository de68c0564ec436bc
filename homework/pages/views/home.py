"""The first page: where a student hands in a question; teachers are led to their area."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from homework.accounts.models import User
from homework.pages.answers import for_signed_in, viewer_of
from homework.pages.areas import teaching_start
from homework.pages.topics import TOPICS
from homework.pages.words import home_words
from homework.pipeline.disclosure import answers_disclosed
from homework.policy.selectors import policy_of_student
from homework.review.selectors import corrected_answers
from homework.solutions.selectors import solution_history

NUM_RECENT = 3


@require_safe
@for_signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Show the place to ask a question; lead a teacher to where their work begins."""
    viewer = viewer_of(request)
    if viewer.role == User.Role.TEACHER:
        return redirect(teaching_start())
    recent = list(solution_history(student=viewer)[:NUM_RECENT])
    return render(
        request,
        "pages/home.html",
        {
            "policy": policy_of_student(student=viewer),
            "answers": corrected_answers(
                answers=answers_disclosed(viewer=viewer, solutions=recent)
            ),
            "max_bytes": settings.UPLOAD_MAX_BYTES,
            "topics": TOPICS,
            "recent": recent,
            "words": home_words(),
        },
    )
