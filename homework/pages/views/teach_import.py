"""Importing the students of a class: choose a file, read the report, confirm, print the slips."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homework.accounts.models import Classroom, User
from homework.accounts.roster_file import (
    ENCODINGS,
    FILE_MAX_BYTES,
    MAX_ROWS,
    RosterFile,
    roster_file_read,
)
from homework.accounts.roster_import import Report, roster_check, roster_import
from homework.accounts.selectors import classroom_get_managed
from homework.common.errors import ClassArchivedError, ConflictError, ImportFileError
from homework.pages.answers import for_staff, viewer_of
from homework.pages.teaching_forms import RosterForm, RosterTicket
from homework.pages.views.teach_classes import slips_page

TEMPLATE_FILE = "username,first name,last name\nmia.koch,Mia,Koch\nwang.fang,芳,王\n"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def class_import(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Take a file and report what would happen to each of its rows. Nothing is written."""
    viewer = viewer_of(request)
    classroom = classroom_get_managed(viewer=viewer, classroom_id=classroom_id)
    if classroom.archived_at is not None:
        raise ClassArchivedError
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if form.is_valid():
        # One byte beyond the bound is enough to be refused by it.
        data = form.cleaned_data["file"].read(FILE_MAX_BYTES + 1)
        try:
            file = roster_file_read(data=data, encoding=form.cleaned_data["encoding"])
        except ImportFileError as error:
            form.add_error("file", str(error.message))
        else:
            report = roster_check(by=viewer, classroom=classroom, rows=file.rows)
            return _report_page(request, viewer, classroom, file, report)
    return render(
        request,
        "teach/class_import.html",
        {
            "classroom": classroom,
            "school": classroom.school,
            "form": form,
            "max_rows": MAX_ROWS,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@for_staff
def class_import_confirm(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Import what the report said, if it is still true; else show what has changed."""
    viewer = viewer_of(request)
    classroom = classroom_get_managed(viewer=viewer, classroom_id=classroom_id)
    opened = RosterTicket.open(
        by=viewer, classroom=classroom, ticket=request.POST.get("ticket", "")
    )
    if opened is None:
        messages.error(request, _("This report is too old. Please choose the file again."))
        return redirect("teach:class_import", classroom.pk)
    rows, fates = opened
    report = roster_check(by=viewer, classroom=classroom, rows=rows)
    if [entry.fate.value for entry in report.entries] == fates and report.has_work:
        try:
            slips = roster_import(by=viewer, classroom=classroom, rows=rows, confirmed=report)
        except ClassArchivedError:
            raise
        except ConflictError:
            report = roster_check(by=viewer, classroom=classroom, rows=rows)
        else:
            return slips_page(request, classroom, slips, num_added=len(report.added))
    messages.warning(
        request,
        _("Something has changed since this report, so nothing was imported. Here it is anew."),
    )
    file = RosterFile(rows, "", "", {}, [])
    return _report_page(request, viewer, classroom, file, report, status=409)


@require_safe
@for_staff
def class_import_template(request: HttpRequest) -> HttpResponse:
    """A file to fill in; with the mark by which spreadsheets know that it is UTF-8."""
    return HttpResponse(
        "\ufeff" + TEMPLATE_FILE,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="students.csv"'},
    )


def _report_page(
    request: HttpRequest,
    viewer: User,
    classroom: Classroom,
    file: RosterFile,
    report: Report,
    *,
    status: int = 200,
) -> HttpResponse:
    ticket = RosterTicket.seal(by=viewer, classroom=classroom, rows=file.rows, report=report)
    return render(
        request,
        "teach/class_import_report.html",
        {
            "classroom": classroom,
            "school": classroom.school,
            "file": file,
            "encoding": ENCODINGS.get(file.encoding, ""),
            "report": report,
            "ticket": ticket,
        },
        status=status,
    )
