"""What the addresses of a review answer with: done, or refused and why."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from homework.common.errors import AppError
from homework.common.failures import wants_json
from homework.judging.services import Work
from homework.pages.answers import viewer_of
from homework.pages.review_forms import QueueForm
from homework.pages.syntax import syntax_hint
from homework.pipeline.corrections import CheckedPart
from homework.review.models import Review
from homework.review.queue import queue_next
from homework.review.selectors import solution_get_for_review
from homework.solutions.models import Solution


def solution_of(request: HttpRequest, solution_id: uuid.UUID) -> Solution:
    """The solution of an address, if this teacher may review it."""
    return solution_get_for_review(teacher=viewer_of(request), solution_id=solution_id)


def checked_values(work: Work) -> list[dict[str, Any]]:
    """What the checker says of each part, for the script that shows it beside the fields."""
    return [_checked_value(part, work.lines_of(part.index)) for part in work.checked]


def _checked_value(part: CheckedPart, lines: list[str]) -> dict[str, Any]:
    return {
        "index": part.index,
        "formulas": part.formulas,
        "check": part.check,
        "problems": [
            {
                "line": problem.line + 1,
                "position": problem.position,
                "hint": syntax_hint(
                    text=lines[problem.line], error=problem.code, position=problem.position
                ),
            }
            for problem in part.problems
        ],
    }


def refused(
    request: HttpRequest, solution: Solution, error: AppError, work: Work | None = None
) -> HttpResponse:
    """Why it was not saved. The draft is; a page shows it again."""
    if not wants_json(request):
        messages.error(request, str(error.message))
        return redirect(review_url(request, solution.pk))
    # Of a conflict, the history tells what the other one has done.
    fresh = solution_get_for_review(teacher=viewer_of(request), solution_id=solution.pk)
    return JsonResponse(
        {
            "code": error.code,
            "message": str(error.message),
            "retryable": error.retryable,
            "version": fresh.review_version,
            "parts": checked_values(work) if work else [],
            "history": render_to_string(
                "teach/review_history.html",
                {"reviews": list(reversed(fresh.reviews.all()))},
                request,
            ),
        },
        status=error.http_status,
    )


def done(request: HttpRequest, given: Review, message: str, *, url: str = "") -> HttpResponse:
    """The verdict is stored: on to the next item of the queue, or back to the queue."""
    if not url:
        form = QueueForm(request.GET)
        next_id = queue_next(
            teacher=viewer_of(request), given=form.filter(), solution=given.solution
        )
        url = review_url(request, next_id) if next_id else queue_url(request)
    if wants_json(request):
        return JsonResponse({"verdict": given.verdict, "version": given.version, "url": url})
    messages.success(request, message)
    return redirect(url)


def queue_url(request: HttpRequest) -> str:
    """The queue, with the filters that the address of this request carries."""
    query = QueueForm(request.GET).query()
    return reverse("teach:queue") + (f"?{query}" if query else "")


def review_url(request: HttpRequest, solution_id: uuid.UUID | None) -> str:
    """The page of an item, with the same filters."""
    query = QueueForm(request.GET).query()
    return reverse("teach:review", args=[solution_id]) + (f"?{query}" if query else "")
