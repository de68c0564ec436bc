"""Steps and the answer as a teacher wants them: checked while they are typed, then saved.

What a teacher has typed is kept as a draft before it is judged.
"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homework.common.errors import ConflictError, InvalidInputError
from homework.common.failures import wants_json
from homework.judging.services import Work, correction_give, work_check
from homework.pages.answers import for_teachers, viewer_of
from homework.pages.review_answers import checked_values, done, refused, review_url, solution_of
from homework.pages.review_forms import posted_version, removed_parts, typed_parts
from homework.review.services import draft_discard
from homework.solutions.models import Solution


@require_POST
@for_teachers
def check(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Read and check what is typed, and keep it as a draft: `{"parts", "version", "by"}`."""
    solution = solution_of(request, solution_id)
    work = _work(request, solution)
    last = list(solution.reviews.all())[-1:]
    return JsonResponse(
        {
            "parts": checked_values(work),
            "version": solution.review_version,
            "by": last[0].teacher_name if last else "",
        }
    )


@require_POST
@for_teachers
def correct(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Save corrected, added and removed steps, a corrected answer and a note."""
    solution = solution_of(request, solution_id)
    work = _work(request, solution)
    try:
        given = correction_give(
            teacher=viewer_of(request),
            solution=solution,
            version=posted_version(request.POST),
            work=work,
            note=request.POST.get("note", ""),
            overrules=bool(request.POST.get("overrule")),
        )
    except (ConflictError, InvalidInputError) as error:
        return refused(request, solution, error, work)
    return done(request, given, _("Corrected"))


@require_POST
@for_teachers
def discard(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Throw the own draft away."""
    solution = solution_of(request, solution_id)
    draft_discard(teacher=viewer_of(request), solution=solution)
    if wants_json(request):
        return JsonResponse({})
    return redirect(review_url(request, solution.pk))


def _work(request: HttpRequest, solution: Solution) -> Work:
    work, _draft = work_check(
        teacher=viewer_of(request),
        solution=solution,
        version=posted_version(request.POST),
        typed=typed_parts(request.POST),
        removed=removed_parts(request.POST),
        note=request.POST.get("note", ""),
        reading=request.POST.get("reading", ""),
    )
    return work
