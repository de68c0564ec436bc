"""A student's own classes, and joining one more by its code."""

from __future__ import annotations

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from homework.accounts.models import User
from homework.accounts.services import classroom_join
from homework.common.errors import AppError, PermissionDeniedError
from homework.pages.answers import for_signed_in, viewer_of
from homework.pages.teaching_forms import JoinForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_signed_in
def classes(request: HttpRequest) -> HttpResponse:
    """Show the classes with their teachers, who see what the student asks; join another."""
    viewer = viewer_of(request)
    if viewer.role != User.Role.STUDENT:
        raise PermissionDeniedError(_("Only students join a class with its code."))
    form = JoinForm(request.POST) if request.method == "POST" else JoinForm()
    if form.is_valid():
        try:
            joined = classroom_join(user=viewer, join_code=form.cleaned_data["join_code"])
        except AppError as error:
            form.add_error("join_code", str(error.message))
        else:
            messages.success(
                request, _("You are in the class %(name)s.") % {"name": joined.classroom.name}
            )
            return redirect("pages:classes")
    mine = viewer.classrooms.filter(archived_at=None).prefetch_related("members")
    return render(
        request,
        "pages/classes.html",
        {
            "form": form,
            "classrooms": [
                {
                    "name": classroom.name,
                    "teachers": [
                        person
                        for person in classroom.members.all()
                        if person.role == User.Role.TEACHER and person.is_active
                    ],
                }
                for classroom in mine.order_by(Lower("name"), "pk")
            ],
        },
        status=422 if form.errors else 200,
    )
