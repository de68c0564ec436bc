"""What a student says of a solution, what is new for a person, and how they want to be told."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homework.common.failures import wants_json
from homework.pages.answers import for_signed_in, viewer_of
from homework.pipeline.hub import hub
from homework.pipeline.notices import notify_teachers
from homework.review.selectors import notice_settings_of, unread_of
from homework.review.services import digest_switch, report_submit


@require_POST
@for_signed_in
def report(request: HttpRequest, solution_id: uuid.UUID) -> HttpResponse:
    """ "This is wrong" or "I do not understand", with a comment; it goes to the teachers."""
    viewer = viewer_of(request)
    made = report_submit(
        student=viewer,
        solution_id=solution_id,
        kind=request.POST.get("kind", ""),
        comment=request.POST.get("comment", ""),
    )
    transaction.on_commit(lambda: notify_teachers(hub, viewer))
    if wants_json(request):
        return JsonResponse({"kind": made.kind}, status=201)
    messages.success(request, _("Thank you. Your teacher will look at it."))
    return redirect(reverse("pages:solution", args=[solution_id]) + "#report")


@require_safe
@for_signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """The number on the badge: `{"unread"}`."""
    return JsonResponse({"unread": unread_of(viewer=viewer_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@for_signed_in
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Switch the daily e-mail on or off."""
    viewer = viewer_of(request)
    if request.method == "POST":
        digest_switch(user=viewer, wants_digest="wants_digest" in request.POST)
        messages.success(request, _("Saved."))
        return redirect("pages:notice_settings")
    return render(
        request, "pages/notice_settings.html", {"settings": notice_settings_of(user=viewer)}
    )
