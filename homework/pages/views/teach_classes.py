"""A teacher's classes: the list, one class with its code and roster, and what changes them.

Administrators of the school use the page of a class, too. Whoever it is not for does not learn
that it exists.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from homework.accounts.classrooms import (
    classroom_add_teacher,
    classroom_create,
    classroom_move_student,
    classroom_remove_member,
    classroom_rename,
    classroom_rotate_code,
    classroom_set_archived,
    classroom_set_open,
)
from homework.accounts.models import Classroom, User
from homework.accounts.passwords import Slip, passwords_give
from homework.accounts.selectors import (
    classroom_get_managed,
    classrooms_managed_by,
    classrooms_taught_by,
    students_in_class,
    with_num_students,
)
from homework.common.errors import ClassArchivedError, InvalidInputError, NotAMemberError
from homework.pages.answers import carry_out, for_staff, for_teachers, viewer_of
from homework.pages.teaching_forms import ClassForm


@require_safe
@for_teachers
def classes(request: HttpRequest) -> HttpResponse:
    """Show the classes with their codes and sizes, and archived ones beneath."""
    every = with_num_students(
        classrooms=classrooms_taught_by(teacher=viewer_of(request), include_archived=True)
    ).order_by(Lower("name"), "pk")
    return render(
        request,
        "teach/classes.html",
        {
            "classrooms": [each for each in every if each.archived_at is None],
            "archived": [each for each in every if each.archived_at is not None],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_teachers
def class_new(request: HttpRequest) -> HttpResponse:
    """Make a class."""
    viewer = viewer_of(request)
    if viewer.school is None:
        raise InvalidInputError(_("Your account belongs to no school. Please ask for help."))
    form = ClassForm(request.POST) if request.method == "POST" else ClassForm()
    if form.is_valid():
        try:
            classroom = classroom_create(
                by=viewer, school=viewer.school, name=form.cleaned_data["name"]
            )
        except InvalidInputError as error:
            form.add_error("name", str(error.message))
        else:
            return redirect("teach:class", classroom.pk)
    return render(
        request, "teach/class_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
@for_staff
def class_page(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Show one class: its code, its students and its teachers."""
    viewer = viewer_of(request)
    classroom = classroom_get_managed(viewer=viewer, classroom_id=classroom_id)
    members = list(
        User.objects.filter(memberships__classroom=classroom).order_by(
            Lower("last_name"), Lower("first_name"), Lower("username")
        )
    )
    students = [person for person in members if person.role == User.Role.STUDENT]
    others = classrooms_managed_by(viewer=viewer).filter(school=classroom.school, archived_at=None)
    return render(
        request,
        "teach/class.html",
        {
            "classroom": classroom,
            "school": classroom.school,
            "students": students,
            "num_never_seen": sum(_may_get_slip(student) for student in students),
            "teachers": [person for person in members if person.role == User.Role.TEACHER],
            "other_classes": others.exclude(pk=classroom.pk).order_by(Lower("name"), "pk"),
            "form": ClassForm(initial={"name": classroom.name}),
        },
    )


@require_safe
@for_staff
def class_board(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Show the join code alone, for the projector. No names."""
    classroom = classroom_get_managed(viewer=viewer_of(request), classroom_id=classroom_id)
    if not classroom.is_open or classroom.archived_at is not None:
        return redirect("teach:class", classroom.pk)
    address = request.build_absolute_uri(reverse("account_signup"))
    return render(
        request,
        "teach/class_board.html",
        {"classroom": classroom, "school": classroom.school, "address": address},
    )


@require_POST
@for_staff
def class_rename(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Give the class another name."""
    by, classroom = _managed(request, classroom_id)
    name = request.POST.get("name", "")
    return _carry_out(
        request,
        classroom,
        lambda: classroom_rename(by=by, classroom=classroom, name=name),
        _("The class has its new name."),
    )


@require_POST
@for_staff
def class_code(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Give the class a new join code."""
    by, classroom = _managed(request, classroom_id)
    return _carry_out(
        request,
        classroom,
        lambda: classroom_rotate_code(by=by, classroom=classroom),
        _("The class has a new code. The old one no longer works."),
    )


@require_POST
@for_staff
def class_open(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Let students join by the code (`open=1`), or no longer (`open=0`)."""
    by, classroom = _managed(request, classroom_id)
    is_open = _flag(request, "open")
    return _carry_out(
        request,
        classroom,
        lambda: classroom_set_open(by=by, classroom=classroom, is_open=is_open),
        _("Students can join now.") if is_open else _("Nobody can join any more."),
    )


@require_POST
@for_staff
def class_archive(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Archive the class (`archived=1`) or restore it (`archived=0`)."""
    by, classroom = _managed(request, classroom_id)
    is_archived = _flag(request, "archived")
    return _carry_out(
        request,
        classroom,
        lambda: classroom_set_archived(by=by, classroom=classroom, is_archived=is_archived),
        _("The class is archived.") if is_archived else _("The class is back."),
    )


@require_POST
@for_staff
def class_teacher(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """Let another teacher of the school teach the class, too."""
    by, classroom = _managed(request, classroom_id)
    username = request.POST.get("username", "")
    return _carry_out(
        request,
        classroom,
        lambda: classroom_add_teacher(by=by, classroom=classroom, username=username),
        _("The class has one more teacher."),
    )


@require_POST
@for_staff
def class_remove(request: HttpRequest, classroom_id: int, user_id: int) -> HttpResponse:
    """Take somebody out of the class."""
    by, classroom = _managed(request, classroom_id)
    response = _carry_out(
        request,
        classroom,
        lambda: classroom_remove_member(by=by, classroom=classroom, user_id=user_id),
        _("Removed from the class. The account stays."),
    )
    # Who has removed themselves does not see the class any more.
    is_left = user_id == by.pk and not classrooms_managed_by(viewer=by).filter(pk=classroom.pk)
    return redirect("teach:classes") if is_left else response


@require_POST
@for_staff
def class_move(request: HttpRequest, classroom_id: int, user_id: int) -> HttpResponse:
    """Move a student to another class that the same person may change."""
    by, classroom = _managed(request, classroom_id)
    wanted = request.POST.get("to", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        raise InvalidInputError(_("Please choose another class of your school."))
    to = classroom_get_managed(viewer=by, classroom_id=int(wanted))
    return _carry_out(
        request,
        classroom,
        lambda: classroom_move_student(by=by, classroom=classroom, user_id=user_id, to=to),
        _("Moved to %(name)s.") % {"name": to.name},
    )


@require_POST
@for_staff
def class_password(request: HttpRequest, classroom_id: int, user_id: int) -> HttpResponse:
    """Give a student a one-time password, shown on this answer and never again."""
    by, classroom = _managed(request, classroom_id)
    _require_active(classroom)
    student = students_in_class(classroom=classroom).filter(pk=user_id).first()
    if student is None:
        raise NotAMemberError
    return slips_page(
        request, classroom, passwords_give(by=by, people=[student], school=classroom.school)
    )


@require_POST
@for_staff
def class_slips(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """New slips for all who have never signed in, when the first ones were lost."""
    by, classroom = _managed(request, classroom_id)
    _require_active(classroom)
    people = [student for student in _students(classroom) if _may_get_slip(student)]
    return slips_page(
        request, classroom, passwords_give(by=by, people=people, school=classroom.school)
    )


def slips_page(
    request: HttpRequest, classroom: Classroom, slips: list[Slip], *, num_added: int = 0
) -> HttpResponse:
    """Slips to print and cut. The only place where these passwords ever stand."""
    response = render(
        request,
        "teach/slips.html",
        {
            "classroom": classroom,
            "school": classroom.school,
            "slips": slips,
            "num_added": num_added,
            "address": request.build_absolute_uri(reverse("account_login")),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _may_get_slip(student: User) -> bool:
    return student.last_login is None and student.must_change_password and student.is_active


def _students(classroom: Classroom) -> QuerySet[User]:
    return students_in_class(classroom=classroom).order_by(
        Lower("last_name"), Lower("first_name"), Lower("username")
    )


def _require_active(classroom: Classroom) -> None:
    if classroom.archived_at is not None:
        raise ClassArchivedError


def _managed(request: HttpRequest, classroom_id: int) -> tuple[User, Classroom]:
    viewer = viewer_of(request)
    return viewer, classroom_get_managed(viewer=viewer, classroom_id=classroom_id)


def _flag(request: HttpRequest, name: str) -> bool:
    value = request.POST.get(name)
    if value not in {"0", "1"}:
        raise InvalidInputError
    return value == "1"


def _carry_out(
    request: HttpRequest, classroom: Classroom, change: Callable[[], object], success: str
) -> HttpResponse:
    """Make the change and go back to the class."""
    return carry_out(
        request, change, success=success, url=reverse("teach:class", args=[classroom.pk])
    )
