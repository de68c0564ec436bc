"""The page of one item of the queue: look, approve, reject, have the reading solved anew.

Every address answers a script with JSON and a form with a page, so that a lost script costs a
teacher comfort and no work.
"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from homework.accounts.audit import AuditAction, audit_view
from homework.common.errors import ConflictError, InvalidInputError
from homework.judging.services import approval_give, reading_give, rejection_give
from homework.pages.answers import for_teachers, viewer_of
from homework.pages.review_answers import done, refused, review_url, solution_of
from homework.pages.review_forms import QueueForm, posted_version
from homework.pages.review_parts import BLANK, parts_to_edit
from homework.pages.review_words import engine_words, review_script_words, stage_words
from homework.pages.views.follow_ups import follow_up_values
from homework.pipeline.disclosure import FULL
from homework.pipeline.follow_ups import follow_ups_of
from homework.review.parts import all_parts_of
from homework.review.queue import queue_next
from homework.review.selectors import draft_of, solution_attempts, solution_get_for_review
from homework.solutions.models import Solution


@require_safe
@for_teachers
def review(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """One solution with everything that helps to judge it."""
    teacher = viewer_of(request)
    solution = solution_get_for_review(teacher=teacher, solution_id=solution_id)
    audit_view(
        viewer=teacher,
        action=AuditAction.SOLUTION_VIEWED,
        target=solution,
        owner=solution.student,
    )
    form = QueueForm(request.GET)
    draft = draft_of(teacher=teacher, solution=solution)
    return render(
        request,
        "teach/review.html",
        {
            "solution": solution,
            "report": getattr(solution, "report", None),
            "lang": "zh-hans" if solution.language == "zh" else "en",
            "parts": parts_to_edit(all_parts_of(solution), draft.content if draft else {}),
            "blank": BLANK,
            "draft": draft,
            "draft_value": None
            if draft is None
            else {"content": draft.content, "problems": draft.problems},
            "reviews": list(reversed(solution.reviews.all())),
            "follow_ups": [
                follow_up_values(each) for each in follow_ups_of(solution=solution, disclosure=FULL)
            ],
            "attempts": solution_attempts(solution=solution),
            "engine_name": engine_words().get(solution.engine, solution.engine),
            "timings": [
                (name, solution.timings_ms[stage] / 1000)
                for stage, name in stage_words().items()
                if stage in solution.timings_ms
            ],
            "query": form.query(),
            "next_id": queue_next(teacher=teacher, given=form.filter(), solution=solution),
            "is_running": solution.state not in Solution.TERMINAL,
            "is_reviewed": solution.review_state in Solution.REVIEWED,
            "words": review_script_words(),
        },
    )


@require_POST
@for_teachers
def approve(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """The solution is right as it stands; a note to the student may go with it."""
    solution = solution_of(request, solution_id)
    try:
        given = approval_give(
            teacher=viewer_of(request),
            solution=solution,
            version=posted_version(request.POST),
            note=request.POST.get("note", ""),
        )
    except ConflictError as error:
        return refused(request, solution, error)
    return done(request, given, _("Approved"))


@require_POST
@for_teachers
def reject(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """The solution is of no use, and the student is told why."""
    solution = solution_of(request, solution_id)
    try:
        given = rejection_give(
            teacher=viewer_of(request),
            solution=solution,
            version=posted_version(request.POST),
            reason=request.POST.get("reason", ""),
        )
    except (ConflictError, InvalidInputError) as error:
        return refused(request, solution, error)
    return done(request, given, _("Rejected"))


@require_POST
@for_teachers
def reread(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Say what really stands on the paper and have that solved for the student."""
    solution = solution_of(request, solution_id)
    version = posted_version(request.POST)
    try:
        given = reading_give(
            teacher=viewer_of(request),
            solution=solution,
            version=version,
            reading=request.POST.get("reading", ""),
            note=request.POST.get("note", ""),
        )
    except (ConflictError, InvalidInputError) as error:
        return refused(request, solution, error)
    return done(
        request,
        given,
        _("The question is being solved anew."),
        url=review_url(request, given.replacement_id),
    )
