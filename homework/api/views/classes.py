"""Classes and who is in them, for their teachers and their school's administrators."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
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
from homework.accounts.models import Classroom, Membership, School
from homework.accounts.passwords import passwords_give
from homework.accounts.roster_file import RosterRow
from homework.accounts.roster_import import Entry, Report, roster_check, roster_import
from homework.accounts.selectors import (
    classroom_get_managed,
    classrooms_managed_by,
    school_get_administered,
    students_in_class,
)
from homework.api.authentication import IsStaff
from homework.api.describing import Answer, describe, page_of
from homework.api.idempotency import OnceResponse, idempotent
from homework.api.inputs import FieldsQuery, body_of
from homework.api.inputs_teach import (
    ClassChangeInput,
    ClassInput,
    ClassListQuery,
    EmptyInput,
    MemberListQuery,
    MoveInput,
    StudentsInput,
    TeacherInput,
)
from homework.api.outputs.classes import (
    AddedStudentsOutput,
    ClassOutput,
    MemberOutput,
    OneTimePasswordOutput,
)
from homework.api.pagination import page_response
from homework.api.preconditions import require_match
from homework.api.representations import sparse
from homework.api.representations_teach import (
    class_json,
    classes_with_facts,
    member_json,
)
from homework.api.views.base import ApiView
from homework.common.errors import (
    ClassArchivedError,
    ConflictError,
    InvalidInputError,
    LastTeacherError,
    NotAMemberError,
    NotFoundError,
    ValidationFailedError,
)

READ_WRITE = {
    "GET": Scope.CLASSES_READ,
    "POST": Scope.CLASSES_WRITE,
    "PATCH": Scope.CLASSES_WRITE,
    "DELETE": Scope.CLASSES_WRITE,
}


class StaffView(ApiView):
    permission_classes = (IsStaff,)
    scopes: ClassVar = READ_WRITE

    def classroom(self, class_id: int) -> Classroom:
        """A class that the caller may change, archived or not.

        Raises:
            NotFoundError: It is none.
        """
        return classroom_get_managed(viewer=self.caller, classroom_id=class_id)

    def facts(self, class_id: int) -> dict[str, Any]:
        """A class as it stands."""
        return class_json(classes_with_facts(Classroom.objects.filter(pk=class_id)).get())


class ClassesView(StaffView):
    queries: ClassVar = {"GET": ClassListQuery}

    @describe(Answer(200, "A page.", page_of(ClassOutput)))
    def get(self, request: Request) -> Response:
        """List the classes that you teach, or those of your school, the newest first."""
        return page_response(
            request,
            classes_with_facts(self._filtered()),
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda each: sparse(class_json(each), self.query["fields"]),
        )

    def _filtered(self) -> QuerySet[Classroom]:
        found = classrooms_managed_by(viewer=self.caller)
        if self.query["state"] != "all":
            found = found.filter(archived_at__isnull=self.query["state"] == "active")
        if self.query["school_id"] is not None:
            found = found.filter(school=self.query["school_id"])
        for word in self.query["q"].split():
            found = found.filter(name__icontains=word)
        return found

    @describe(
        Answer(201, "It is made.", ClassOutput, has_location=True),
        body=ClassInput,
        errors=(InvalidInputError, NotFoundError),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a class. A teacher teaches it; an administrator adds teachers to it."""
        given = body_of(request, ClassInput)
        school = self._school(given.get("school_id"))
        made = classroom_create(by=self.caller, school=school, name=given["name"])
        body = self.facts(made.pk)
        return Response(body, status=201, headers={"Location": body["url"]})

    def _school(self, school_id: int | None) -> School:
        if school_id is not None and school_id != self.caller.school_id:
            return school_get_administered(viewer=self.caller, school_id=school_id)
        if self.caller.school is None:
            raise InvalidInputError(_("Please say for which school, by school_id."))
        return self.caller.school


class ClassView(StaffView):
    queries: ClassVar = {"GET": FieldsQuery}

    @describe(Answer(200, "The class.", ClassOutput))
    def get(self, request: Request, class_id: int) -> Response:
        """Get a class."""
        self.classroom(class_id)
        return Response(sparse(self.facts(class_id), self.query["fields"]))

    @describe(
        Answer(200, "As it is now.", ClassOutput),
        body=ClassChangeInput,
        errors=(InvalidInputError, ClassArchivedError),
        heeds_match=True,
    )
    def patch(self, request: Request, class_id: int) -> Response:
        """Rename a class, open or close it, archive or restore it; all of it or nothing."""
        classroom = self.classroom(class_id)
        given = body_of(request, ClassChangeInput)
        by = self.caller
        with transaction.atomic():
            Classroom.objects.select_for_update().get(pk=classroom.pk)
            require_match(request, self.facts(class_id))
            # Restored before and archived after the rest, which an archived class does not take.
            if given.get("is_archived") is False:
                classroom_set_archived(by=by, classroom=classroom, is_archived=False)
            if "name" in given:
                classroom_rename(by=by, classroom=classroom, name=given["name"])
            if "is_open" in given:
                classroom_set_open(by=by, classroom=classroom, is_open=given["is_open"])
            if given.get("is_archived"):
                classroom_set_archived(by=by, classroom=classroom, is_archived=True)
        return Response(self.facts(class_id))


class JoinCodeView(StaffView):
    @describe(
        Answer(201, "The class with its new code.", ClassOutput),
        body=EmptyInput,
        errors=(ClassArchivedError,),
    )
    @idempotent
    def post(self, request: Request, class_id: int) -> Response:
        """Give a class a new join code; the old one no longer works."""
        classroom = self.classroom(class_id)
        body_of(request, EmptyInput)
        classroom_rotate_code(by=self.caller, classroom=classroom)
        return Response(self.facts(class_id), status=201)


class MembersView(StaffView):
    queries: ClassVar = {"GET": MemberListQuery}

    @describe(Answer(200, "A page.", page_of(MemberOutput)))
    def get(self, request: Request, class_id: int) -> Response:
        """List who is in a class, who came last first."""
        found = Membership.objects.filter(classroom=self.classroom(class_id)).select_related("user")
        if self.query["role"]:
            found = found.filter(user__role=self.query["role"])
        return page_response(
            request,
            found,
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda each: sparse(member_json(each), self.query["fields"]),
        )


class StudentsView(StaffView):
    @describe(
        Answer(201, "They are in it.", AddedStudentsOutput),
        Answer(200, "With `is_trial`: what would become of them.", AddedStudentsOutput),
        body=StudentsInput,
        errors=(ClassArchivedError, ConflictError),
    )
    @idempotent
    def post(self, request: Request, class_id: int) -> Response:
        """Add students, all of them or none: new ones with an account and a one-time password, and
        those whom you teach already."""
        classroom = self.classroom(class_id)
        given = body_of(request, StudentsInput)
        if classroom.archived_at is not None:
            raise ClassArchivedError
        rows = [
            RosterRow(line=number, cells={name: value.strip() for name, value in student.items()})
            for number, student in enumerate(given["students"], start=1)
        ]
        report = roster_check(by=self.caller, classroom=classroom, rows=rows)
        _require_no_refusal(report)
        if given["is_trial"]:
            return Response({"data": [_entry_json(entry, None) for entry in report.entries]})
        slips = roster_import(by=self.caller, classroom=classroom, rows=rows, confirmed=report)
        passwords = {slip.username: slip.password for slip in slips}
        return OnceResponse(
            {"data": [_entry_json(each, passwords.get(each.username)) for each in report.entries]},
            kept={"data": [_entry_json(each, None) for each in report.entries]},
            status=201,
        )


def _require_no_refusal(report: Report) -> None:
    if not report.refused:
        return
    raise ValidationFailedError(
        None,
        errors=[
            {"field": f"students.{entry.line - 1}", "code": "refused", "message": problem}
            for entry in report.refused[:20]
            for problem in entry.problems
        ],
    )


def _entry_json(entry: Entry, password: str | None) -> dict[str, Any]:
    results = {"create": "created", "add": "added", "nothing": "unchanged"}
    return {
        "username": entry.username,
        "name": entry.name,
        "result": results[entry.fate.value],
        "one_time_password": password,
    }


class TeachersView(StaffView):
    @describe(
        Answer(201, "They teach it.", MemberOutput),
        body=TeacherInput,
        errors=(InvalidInputError, ClassArchivedError),
    )
    @idempotent
    def post(self, request: Request, class_id: int) -> Response:
        """Let another teacher of the school teach the class, too."""
        classroom = self.classroom(class_id)
        username = body_of(request, TeacherInput)["username"]
        teacher = classroom_add_teacher(by=self.caller, classroom=classroom, username=username)
        return Response(_member(classroom, teacher.pk), status=201)


class MemberView(StaffView):
    @describe(Answer(200, "Who it is.", MemberOutput))
    def get(self, request: Request, class_id: int, user_id: int) -> Response:
        """Get somebody in a class."""
        return Response(_member(self.classroom(class_id), user_id))

    @describe(Answer(204, "They are out of it."), errors=(LastTeacherError, ClassArchivedError))
    def delete(self, request: Request, class_id: int, user_id: int) -> Response:
        """Take somebody out of a class. The account stays."""
        classroom = self.classroom(class_id)
        try:
            classroom_remove_member(by=self.caller, classroom=classroom, user_id=user_id)
        except NotAMemberError:
            raise NotFoundError from None
        return Response(status=204)


class MemberMoveView(StaffView):
    @describe(
        Answer(200, "As a member of the other class.", MemberOutput),
        body=MoveInput,
        errors=(InvalidInputError, ClassArchivedError),
    )
    def post(self, request: Request, class_id: int, user_id: int) -> Response:
        """Move a student to another class of the school that you may change, too."""
        classroom = self.classroom(class_id)
        to = self.classroom(body_of(request, MoveInput)["class_id"])
        try:
            classroom_move_student(by=self.caller, classroom=classroom, user_id=user_id, to=to)
        except NotAMemberError:
            raise NotFoundError from None
        return Response(_member(to, user_id))


class MemberPasswordView(StaffView):
    @describe(
        Answer(200, "The password.", OneTimePasswordOutput),
        body=EmptyInput,
        errors=(ClassArchivedError,),
    )
    def post(self, request: Request, class_id: int, user_id: int) -> Response:
        """Give a student a one-time password, told in this answer and never again."""
        classroom = self.classroom(class_id)
        body_of(request, EmptyInput)
        if classroom.archived_at is not None:
            raise ClassArchivedError
        student = students_in_class(classroom=classroom).filter(pk=user_id).first()
        if student is None:
            raise NotFoundError
        [slip] = passwords_give(by=self.caller, people=[student], school=classroom.school)
        return Response(
            {"username": slip.username, "one_time_password": slip.password},
            headers={"Cache-Control": "no-store"},
        )


def _member(classroom: Classroom, user_id: int) -> dict[str, Any]:
    found = classroom.memberships.select_related("user").filter(user_id=user_id).first()
    if found is None:
        raise NotFoundError
    return member_json(found)
