"""A student's solutions: the list, one of them, and handing in a new question."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homework.accounts.audit import AuditAction, audit_view
from homework.common.errors import InvalidInputError
from homework.common.failures import wants_json
from homework.pages.answers import for_signed_in, viewer_of
from homework.pages.filters import query_prefix, state_filters
from homework.pages.forms import HistoryForm, QuestionForm
from homework.pages.review_words import student_script_words
from homework.pages.syntax import syntax_hint
from homework.pages.views.follow_ups import follow_up_values
from homework.pages.ways import ways_for
from homework.pages.words import solution_words
from homework.pipeline.attempts import answer_show, attempt_submit, step_show
from homework.pipeline.disclosure import (
    answers_disclosed,
    disclosure_for,
    may_search_answers,
    solution_snapshot,
)
from homework.pipeline.engine import folding_rules
from homework.pipeline.follow_ups import follow_ups_of
from homework.pipeline.services import question_preview, solution_stop, solution_submit
from homework.policy.models import Mode
from homework.review.parts import corrections_shown
from homework.review.selectors import corrected_answers, report_of, reviews_for_student
from homework.review.services import reviews_mark_seen
from homework.solutions.follow_ups import may_be_asked_about
from homework.solutions.models import Solution
from homework.solutions.selectors import solution_get_visible, solution_history
from homework.uploads.selectors import photo_get_visible

PAGE_SIZE = 20
MAX_CHIPS = 8
"""Steps for which the page suggests a question; its script has the same number."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_signed_in
def solutions(request: HttpRequest) -> HttpResponse:
    """List the questions of the person who is signed in, or take a new one."""
    return _submit(request) if request.method == "POST" else _history(request)


def _submit(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST)
    if not form.is_valid():
        raise InvalidInputError
    viewer = viewer_of(request)
    given = form.cleaned_data
    solution = solution_submit(
        student=viewer,
        photo=photo_get_visible(viewer=viewer, photo_id=given["photo"]) if given["photo"] else None,
        question_text=given["text"],
        language=given["language"] or ("zh" if get_language() == "zh-hans" else "en"),
        crop=given["crop"],
        rotation_deg=given["rotation_deg"],
        corrects=solution_get_visible(viewer=viewer, solution_id=given["corrects"])
        if given["corrects"]
        else None,
        is_fresh=given["fresh"],
    )
    url = reverse("pages:solution", args=[solution.id])
    if wants_json(request):
        return JsonResponse({"id": str(solution.id), "url": url}, status=201)
    return redirect(url)


def _history(request: HttpRequest) -> HttpResponse:
    form = HistoryForm(request.GET)
    search, state = form.value("q"), form.value("state")
    viewer = viewer_of(request)
    found = solution_history(
        student=viewer,
        search=search,
        state=state,
        searches_answers=not search or may_search_answers(viewer=viewer),
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "pages/history.html",
        {
            "page": page,
            "answers": corrected_answers(answers=answers_disclosed(viewer=viewer, solutions=page)),
            "search": search,
            "state": state,
            "filters": state_filters(search=search, current=state),
            "query": query_prefix(q=search, state=state),
        },
    )


@require_safe
@for_signed_in
def solution(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Show a solution as it stands; the socket brings what comes after."""
    viewer = viewer_of(request)
    found = solution_get_visible(viewer=viewer, solution_id=solution_id)
    audit_view(viewer=viewer, action=AuditAction.SOLUTION_VIEWED, target=found, owner=found.student)
    disclosure = disclosure_for(viewer=viewer, solution=found)
    snapshot = solution_snapshot(viewer=viewer, solution=found, disclosure=disclosure)
    said = reviews_for_student(solution=found)
    is_owner = found.student_id == viewer.pk
    if is_owner and any(review.seen_at is None for review in said):
        reviews_mark_seen(student=viewer, solution=found)
    follow_ups = [
        follow_up_values(each) for each in follow_ups_of(solution=found, disclosure=disclosure)
    ]
    talk_steps = [
        step["index"] for step in snapshot["steps"] if not step.get("hidden") or step["title"]
    ][:MAX_CHIPS]
    may_ask = may_be_asked_about(found) and disclosure.policy.mode is not Mode.CLOSED
    return render(
        request,
        "pages/solution.html",
        {
            "solution": found,
            "snapshot": snapshot,
            # Of the explanation, which need not be that of the page around it.
            "lang": "zh-hans" if found.language == "zh" else "en",
            "is_owner": is_owner,
            "is_terminal": found.state in Solution.TERMINAL,
            "policy": disclosure.policy,
            "restricted": snapshot.get("policy"),
            "hidden_steps": [step for step in snapshot["steps"] if step.get("hidden")],
            "attempts": found.own_attempts.all() if found.student_id == viewer.pk else (),
            "teacher_reviews": [review for review in reversed(said) if review.speaks_to_student],
            # What a policy hides, a correction must not tell.
            "shows_corrections": disclosure.is_full,
            "corrections": corrections_shown(found, said) if disclosure.is_full else [],
            "follow_ups": follow_ups,
            "ways": ways_for(found, snapshot) if is_owner else [],
            "talk_steps": talk_steps,
            "shows_talk": bool(follow_ups) or bool(is_owner and may_ask),
            "report": report_of(solution=found) if is_owner else None,
            "teacher_words": student_script_words(),
            "words": solution_words(),
            "routine": folding_rules(found.language),
        },
    )


@require_POST
@for_signed_in
def show_step(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Open the next step, where the class sees hints first."""
    number = request.POST.get("number", "")
    found = step_show(
        viewer=viewer_of(request),
        solution_id=solution_id,
        number=int(number) if number.isdecimal() and len(number) < 4 else 0,
    )
    return _opened(request, found, f"step-{number}")


@require_POST
@for_signed_in
def attempt(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Have an answer of the student's own checked: `{"verdict", "reason", "counts"}`."""
    made = attempt_submit(
        viewer=viewer_of(request), solution_id=solution_id, text=request.POST.get("text", "")
    )
    if wants_json(request):
        # Without the numbers that prove it: they can be the solution that is missing.
        return JsonResponse(
            {
                "verdict": made.verdict,
                "reason": made.check_result["reason"],
                "counts": made.counts,
            },
            status=201,
        )
    return redirect(reverse("pages:solution", args=[solution_id]) + "#own")


@require_POST
@for_signed_in
def show_answer(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Open the whole solution after an attempt."""
    found = answer_show(viewer=viewer_of(request), solution_id=solution_id)
    return _opened(request, found, "answer")


def _opened(request: HttpRequest, solution: Solution, place: str) -> HttpResponse:
    if wants_json(request):
        snapshot = solution_snapshot(viewer=viewer_of(request), solution=solution)
        return JsonResponse(snapshot)
    return redirect(reverse("pages:solution", args=[solution.pk]) + f"#{place}")


@require_POST
@for_signed_in
def stop(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """Stop a solution, for a page whose socket is not open."""
    state = solution_stop(viewer=viewer_of(request), solution_id=solution_id)
    if wants_json(request):
        return JsonResponse({"state": state})
    return redirect("pages:solution", solution_id)


@require_POST
@for_signed_in
def preview(request: HttpRequest) -> HttpResponse:
    """How the server understands a typed question: `{"latex", "error", "position", "hint"}`."""
    text = request.POST.get("text", "")
    answer = question_preview(text=text)
    hint = ""
    if answer["error"]:
        hint = syntax_hint(text=text, error=answer["error"], position=answer["position"])
    return JsonResponse(answer | {"hint": hint})
