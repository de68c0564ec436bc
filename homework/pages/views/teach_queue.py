"""The teachers' queue: its page, and approving many of its items at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from homework.common.failures import wants_json
from homework.judging.services import approvals_give
from homework.pages.answers import for_teachers, viewer_of
from homework.pages.review_answers import queue_url
from homework.pages.review_forms import QueueForm, posted_items
from homework.pages.review_words import (
    engine_words,
    queue_script_words,
    review_choices,
    verdict_choices,
)
from homework.review.queue import (
    MAX_COUNTED,
    Cursor,
    queue_classes,
    queue_count,
    queue_page,
    queue_students,
)
from homework.review.services import queue_mark_seen
from homework.solutions.topics import Topic


@require_safe
@for_teachers
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a look, the doubtful first; or what was reviewed, the latest first."""
    teacher = viewer_of(request)
    form = QueueForm(request.GET)
    given = form.filter()
    cursor = Cursor.parse(request.GET.get("after", ""))
    page = queue_page(teacher=teacher, given=given, cursor=cursor)
    context = {
        "page": page,
        "given": given,
        "query": form.query(),
        "is_first_page": cursor is None,
    }
    if request.headers.get("X-Part") == "items":
        return render(request, "teach/queue_items.html", context)
    if cursor is None and request.method == "GET":
        queue_mark_seen(teacher=teacher)
    num_found = queue_count(teacher=teacher, given=given)
    return render(
        request,
        "teach/queue.html",
        context
        | {
            "num_found": num_found,
            "is_more": num_found > MAX_COUNTED,
            "max_counted": MAX_COUNTED,
            "classrooms": queue_classes(teacher=teacher),
            "students": queue_students(teacher=teacher),
            "topics": Topic.choices,
            "engines": engine_words().items(),
            "verdicts": verdict_choices().items(),
            "reviews": review_choices().items(),
            "num_filters": sum(
                bool(value)
                for value in (
                    given.classroom_id,
                    given.student_id,
                    given.topic,
                    given.since,
                    given.until,
                    given.engine,
                    given.verdict,
                    given.search,
                )
            ),
            "words": queue_script_words(),
        },
    )


@require_POST
@for_teachers
def approve_many(request: HttpRequest) -> HttpResponse:
    """Approve what is selected. What somebody else was faster with is skipped and counted."""
    done = approvals_give(teacher=viewer_of(request), items=posted_items(request.POST))
    if wants_json(request):
        return JsonResponse(
            {
                "approved": [str(key) for key in done.approved],
                "skipped": [str(key) for key in done.skipped],
            }
        )
    messages.success(request, _("Approved: %(number)s") % {"number": len(done.approved)})
    if done.skipped:
        messages.warning(
            request,
            _("Somebody else was faster with: %(number)s") % {"number": len(done.skipped)},
        )
    return redirect(queue_url(request))
