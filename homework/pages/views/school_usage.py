"""What a school uses and may use: questions a day, and programs by token and day."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from homework.access.schools import questions_allowed, questions_today, school_quota_set
from homework.accounts.selectors import school_get_administered
from homework.insight.usage import last_days, usage_by_day, usage_by_token
from homework.pages.answers import for_administrators, viewer_of
from homework.pages.filters import query_prefix
from homework.pages.teaching_forms import QuotaForm

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def usage(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show both; set how many questions the school may ask a day."""
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    quota = questions_allowed(school_id=school.pk)
    if request.method == "POST":
        form = QuotaForm(request.POST)
        if form.is_valid():
            school_quota_set(
                school=school,
                questions_per_day=form.cleaned_data["questions_per_day"],
                by=viewer,
            )
            messages.success(request, _("Saved. It holds from now on."))
            return redirect("school:usage", school.pk)
    else:
        form = QuotaForm(initial={"questions_per_day": quota})
    day = _day(request)
    page = Paginator(usage_by_token(school=school, day=day), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "school/usage.html",
        {
            "school": school,
            "form": form,
            "quota": quota,
            "num_today": questions_today(school=school),
            "days": usage_by_day(school=school),
            "day": day,
            "page": page,
            "query": query_prefix(day=day.isoformat() if day else ""),
        },
        status=422 if form.errors else 200,
    )


def _day(request: HttpRequest) -> date | None:
    """The day that is asked for, if it is one of those that are told of."""
    given = request.GET.get("day", "")
    return next((day for day in last_days() if day.isoformat() == given), None)
