"""Numbers for teachers: of all their classes, of one, of one student."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
from homework.accounts.audit import AuditAction, audit_view
from homework.accounts.models import User
from homework.accounts.selectors import (
    classroom_get_taught,
    student_get_taught,
    students_taught_by,
)
from homework.api.authentication import IsTeacher
from homework.api.describing import Answer, describe
from homework.api.inputs_teach import InsightQuery, PeriodQuery
from homework.api.outputs.insight import ClassInsightOutput, InsightOutput
from homework.api.representations import sparse
from homework.api.representations_teach import (
    insight_json,
    students_json,
)
from homework.api.views.base import ApiView
from homework.insight.selectors import PERIODS, Period, insight_of
from homework.insight.students_table import students_csv, students_file_name


class NumbersView(ApiView):
    permission_classes = (IsTeacher,)
    scopes: ClassVar = {"GET": Scope.INSIGHT_READ}
    queries: ClassVar = {"GET": InsightQuery}

    @property
    def period(self) -> Period:
        """The days that the caller asks of: the last 7, 28 or 90, or a week."""
        if (day := self.query["week"]) is not None:
            return Period.week_of(day)
        return Period.last_days(self.query["days"] or PERIODS[1])


class InsightView(NumbersView):
    @describe(Answer(200, "The numbers.", ClassInsightOutput))
    def get(self, request: Request) -> Response:
        """Get the numbers of all your classes together."""
        students = students_taught_by(teacher=self.caller)
        found = insight_of(students=students, period=self.period)
        body = insight_json(found, subject="all") | {
            "students": students_json(found, list(students))
        }
        return Response(sparse(body, self.query["fields"]))


class ClassInsightView(NumbersView):
    @describe(Answer(200, "The numbers.", ClassInsightOutput))
    def get(self, request: Request, class_id: int) -> Response:
        """Get the numbers of a class."""
        classroom = classroom_get_taught(teacher=self.caller, classroom_id=class_id)
        students = students_taught_by(teacher=self.caller, classroom=classroom)
        found = insight_of(students=students, period=self.period)
        body = insight_json(found, subject=f"class-{classroom.pk}") | {
            "students": students_json(found, list(students))
        }
        return Response(sparse(body, self.query["fields"]))


class ClassStudentsCSVView(NumbersView):
    queries: ClassVar = {"GET": PeriodQuery}

    @describe(Answer(200, "The table.", media={"text/csv": ""}))
    def get(self, request: Request, class_id: int) -> HttpResponse:
        """Get the students of a class with their counts, as CSV for a spreadsheet."""
        classroom = classroom_get_taught(teacher=self.caller, classroom_id=class_id)
        students = students_taught_by(teacher=self.caller, classroom=classroom)
        found = insight_of(students=students, period=self.period)
        name = students_file_name(classroom, found.period)
        return HttpResponse(
            students_csv(found, list(students)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class StudentInsightView(NumbersView):
    @describe(Answer(200, "The numbers.", InsightOutput))
    def get(self, request: Request, student_id: int) -> Response:
        """Get the numbers of a student."""
        student = student_get_taught(teacher=self.caller, student_id=student_id)
        audit_view(
            viewer=self.caller, action=AuditAction.STUDENT_VIEWED, target=student, owner=student
        )
        found = insight_of(students=User.objects.filter(pk=student.pk), period=self.period)
        body = insight_json(found, subject=f"student-{student.pk}")
        return Response(sparse(body, self.query["fields"]))
