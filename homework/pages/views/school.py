"""A school's administration: which school, its classes, its log, its settings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from homework.accounts.audit import AuditAction
from homework.accounts.classrooms import classroom_create
from homework.accounts.models import Classroom
from homework.accounts.schools import school_update
from homework.accounts.selectors import (
    audit_log,
    school_get_administered,
    schools_administered_by,
    with_num_students,
)
from homework.common.errors import InvalidInputError
from homework.pages.answers import for_administrators, viewer_of
from homework.pages.teaching_forms import ClassForm, LogSearch, SchoolForm

LOG_PAGE_SIZE = 50


@require_safe
@for_administrators
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the school, or let those choose who administer several."""
    viewer = viewer_of(request)
    schools = list(schools_administered_by(viewer=viewer).order_by(Lower("name"), "pk"))
    if len(schools) == 1:
        return redirect("school:people", schools[0].pk)
    return render(request, "school/start.html", {"schools": schools})


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def classes(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show all classes of the school, and make new ones."""
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    form = ClassForm(request.POST) if request.method == "POST" else ClassForm()
    if form.is_valid():
        try:
            made = classroom_create(by=viewer, school=school, name=form.cleaned_data["name"])
        except InvalidInputError as error:
            form.add_error("name", str(error.message))
        else:
            messages.success(request, _("The class is made. Now add its teacher."))
            return redirect("teach:class", made.pk)
    every = (
        with_num_students(classrooms=Classroom.objects.filter(school=school))
        .prefetch_related("members")
        .order_by(Lower("name"), "pk")
    )
    return render(
        request,
        "school/classes.html",
        {
            "school": school,
            "form": form,
            "classrooms": [each for each in every if each.archived_at is None],
            "archived": [each for each in every if each.archived_at is not None],
        },
        status=422 if form.errors else 200,
    )


@require_safe
@for_administrators
def log(request: HttpRequest, school_id: int) -> HttpResponse:
    """Show who looked at what and who changed what, page by page into the past."""
    school = school_get_administered(viewer=viewer_of(request), school_id=school_id)
    form = LogSearch(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    until = wanted.get("until")
    found = audit_log(
        school=school,
        search=wanted.get("q", ""),
        action=wanted.get("action", ""),
        since=_midnight(wanted["since"]) if wanted.get("since") else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
    )
    if wanted.get("before"):
        found = found.filter(pk__lt=wanted["before"])
    events = list(found[: LOG_PAGE_SIZE + 1])
    has_more = len(events) > LOG_PAGE_SIZE
    events = events[:LOG_PAGE_SIZE]
    names = dict(AuditAction.choices)
    query = urlencode(
        {
            name: value
            for name, value in request.GET.items()
            if name in {"q", "action", "since", "until"} and value
        }
    )
    return render(
        request,
        "school/log.html",
        {
            "school": school,
            "form": form,
            "events": [
                {"event": event, "action": names.get(event.action, event.action)}
                for event in events
            ],
            "older": f"{query}&before={events[-1].pk}".lstrip("&") if has_more else "",
            "newest": query if wanted.get("before") else None,
            "is_filtered": bool(query),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def settings(request: HttpRequest, school_id: int) -> HttpResponse:
    """What the school decides: its name, two-step sign-in, training of the model."""
    viewer = viewer_of(request)
    school = school_get_administered(viewer=viewer, school_id=school_id)
    form = SchoolForm(request.POST if request.method == "POST" else None, instance=school)
    if request.method == "POST" and form.is_valid():
        try:
            school_update(by=viewer, school=school, **form.cleaned_data)
        except InvalidInputError as error:
            form.add_error("name", str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("school:settings", school.pk)
    return render(
        request,
        "school/settings.html",
        {"school": school, "form": form},
        status=422 if form.errors else 200,
    )


def _midnight(day: datetime) -> datetime:
    """The beginning of a day where the school is."""
    return timezone.make_aware(datetime.combine(day, time.min))
