"""What a class sees of its solutions: the rule, and the times at which another one holds."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from homework.accounts.models import Classroom
from homework.accounts.selectors import classroom_get_taught
from homework.common.errors import InvalidInputError
from homework.pages.answers import for_teachers, viewer_of
from homework.pages.forms_policy import ModeForm, WindowForm, mode_choices
from homework.pipeline.disclosure import policies_changed
from homework.policy.models import Mode, PolicyWindow
from homework.policy.selectors import classroom_mode, policy_windows
from homework.policy.services import (
    class_policy_set,
    local_moment,
    policy_window_create,
    policy_window_delete,
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_teachers
def policy(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Show the rule and its times; set the rule."""
    viewer = viewer_of(request)
    classroom = classroom_get_taught(teacher=viewer, classroom_id=classroom_id)
    if request.method == "POST":
        form = ModeForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError
        class_policy_set(classroom=classroom, mode=Mode(form.cleaned_data["mode"]), by=viewer)
        policies_changed()
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("teach:class_policy", classroom.pk)
    return _page(request, classroom, WindowForm(initial={"time_zone": settings.TIME_ZONE}))


@require_POST
@for_teachers
def add_window(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Add a time at which another rule holds."""
    viewer = viewer_of(request)
    classroom = classroom_get_taught(teacher=viewer, classroom_id=classroom_id)
    form = WindowForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        zone = ZoneInfo(given["time_zone"])
        try:
            policy_window_create(
                classroom=classroom,
                mode=Mode(given["mode"]),
                starts_at=local_moment(given["starts_at"], zone, is_end=False),
                ends_at=local_moment(given["ends_at"], zone, is_end=True),
                time_zone=given["time_zone"],
                by=viewer,
            )
        except InvalidInputError as error:
            form.add_error(None, str(error.message))
        else:
            policies_changed()
            messages.success(request, _("Added."))
            return redirect("teach:class_policy", classroom.pk)
    return _page(request, classroom, form, status=422)


@require_POST
@for_teachers
def delete_window(request: HttpRequest, classroom_id: int, window_id: int) -> HttpResponse:
    """Delete such a time."""
    viewer = viewer_of(request)
    classroom = classroom_get_taught(teacher=viewer, classroom_id=classroom_id)
    policy_window_delete(classroom=classroom, window_id=window_id, by=viewer)
    policies_changed()
    messages.success(request, _("Deleted."))
    return redirect("teach:class_policy", classroom.pk)


def _page(
    request: HttpRequest, classroom: Classroom, form: WindowForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    windows = [_row(window, now) for window in policy_windows(classroom=classroom, now=now)]
    return render(
        request,
        "teach/policy.html",
        {
            "classroom": classroom,
            "mode": classroom_mode(classroom=classroom),
            "modes": mode_choices(),
            "windows": windows,
            "form": form,
        },
        status=status,
    )


def _row(window: PolicyWindow, now: datetime) -> dict[str, object]:
    """A window in the time zone in which its teacher meant it. Templates would turn moments into
    the site's own zone, so these are texts."""
    starts_at, ends_at = (
        moment.astimezone(ZoneInfo(window.time_zone))
        for moment in (window.starts_at, window.ends_at)
    )
    return {
        "window": window,
        "mode": Mode(window.mode).label,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "start_text": date_format(starts_at, "DATETIME_FORMAT"),
        "end_text": date_format(ends_at, "DATETIME_FORMAT"),
        "is_open": window.starts_at <= now < window.ends_at,
    }
