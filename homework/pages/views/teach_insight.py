"""Numbers for teachers: of their classes, of one student, and a week on one sheet of paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from homework.accounts.audit import AuditAction, audit_view
from homework.accounts.models import User
from homework.accounts.selectors import (
    classroom_get_taught,
    classrooms_taught_by,
    student_get_taught,
    students_taught_by,
)
from homework.insight.selectors import (
    NEEDS_HELP,
    PERIODS,
    Insight,
    Period,
    insight_of,
    waiting_for_look,
)
from homework.insight.skills import SKILL_NAMES
from homework.insight.students_table import student_rows, students_csv, students_file_name
from homework.pages.answers import for_teachers, viewer_of
from homework.solutions.doubt import ATTENTION
from homework.solutions.topics import Topic

NUM_ON_SHEET = 6
NUM_STUDENTS_SHOWN = 15


@require_safe
@for_teachers
def insight(request: HttpRequest, classroom_id: int | None = None) -> HttpResponse:
    """The numbers of all of a teacher's classes, or of one."""
    teacher = viewer_of(request)
    classroom = None
    if classroom_id is not None:
        classroom = classroom_get_taught(teacher=teacher, classroom_id=classroom_id)
    num_days = _num_days(request)
    students = students_taught_by(teacher=teacher, classroom=classroom)
    found = insight_of(students=students, period=Period.last_days(num_days))
    rows = student_rows(found, list(students))
    return render(
        request,
        "teach/insight.html",
        {
            "classroom": classroom,
            "classrooms": classrooms_taught_by(teacher=teacher).order_by("name", "pk"),
            "periods": PERIODS,
            "num_days": num_days,
            "students_first": rows[:NUM_STUDENTS_SHOWN],
            "students_rest": rows[NUM_STUDENTS_SHOWN:],
            **_numbers(found),
        },
    )


@require_safe
@for_teachers
def student(request: HttpRequest, student_id: int) -> HttpResponse:
    """The numbers of one student."""
    teacher = viewer_of(request)
    found = student_get_taught(teacher=teacher, student_id=student_id)
    audit_view(viewer=teacher, action=AuditAction.STUDENT_VIEWED, target=found, owner=found)
    num_days = _num_days(request)
    numbers = insight_of(
        students=User.objects.filter(pk=found.pk), period=Period.last_days(num_days)
    )
    return render(
        request,
        "teach/insight_student.html",
        {"student": found, "periods": PERIODS, "num_days": num_days, **_numbers(numbers)},
    )


@require_safe
@for_teachers
def week(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """A week of a class on one sheet."""
    teacher = viewer_of(request)
    classroom = classroom_get_taught(teacher=teacher, classroom_id=classroom_id)
    period = Period.week_of(_day(request))
    students = students_taught_by(teacher=teacher, classroom=classroom)
    found = insight_of(students=students, period=period)
    numbers = _numbers(found)
    rows = student_rows(found, list(students))
    return render(
        request,
        "teach/insight_week.html",
        {
            "classroom": classroom,
            "before": (period.first - timedelta(days=7)).isoformat(),
            "after": (period.first + timedelta(days=7)).isoformat(),
            "is_current": period.last >= timezone.localdate(),
            "num_waiting": waiting_for_look(students=students, attention=ATTENTION),
            "need_help": [row for row in rows if row.tally.stumbled >= NEEDS_HELP][:NUM_ON_SHEET],
            "num_silent": sum(row.tally.num == 0 for row in rows),
            "num_students": len(rows),
            **numbers,
            "topics": numbers["topics"][:NUM_ON_SHEET],
            "stumbling": numbers["stumbling"][:NUM_ON_SHEET],
        },
    )


@require_safe
@for_teachers
def table(request: HttpRequest, classroom_id: int) -> HttpResponse:
    """The students' numbers as CSV."""
    teacher = viewer_of(request)
    classroom = classroom_get_taught(teacher=teacher, classroom_id=classroom_id)
    students = students_taught_by(teacher=teacher, classroom=classroom)
    found = insight_of(students=students, period=Period.last_days(_num_days(request)))
    response = HttpResponse(
        students_csv(found, list(students)), content_type="text/csv; charset=utf-8"
    )
    name = students_file_name(classroom, found.period)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _num_days(request: HttpRequest) -> int:
    given = request.GET.get("days", "")
    return int(given) if given in {str(each) for each in PERIODS} else PERIODS[1]


def _day(request: HttpRequest) -> date:
    try:
        given = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()
    return given if 2000 <= given.year < 2100 else timezone.localdate()


def _numbers(found: Insight) -> dict[str, Any]:
    """What all pages of insight show, and the same for their charts."""
    names = dict(Topic.choices)
    topics: list[dict[str, Any]] = [
        {"name": str(names.get(code, pgettext("topic", "Not recognised"))), "tally": tally}
        for code, tally in found.by_topic.items()
    ]
    stumbling = [
        {"name": str(SKILL_NAMES[each.skill]), "row": each, "percent": round(100 * each.rate)}
        for each in found.stumbling
    ]
    days: list[dict[str, Any]] = [
        {"day": day, "label": date_format(day, "DATE_FORMAT"), "tally": tally}
        for day, tally in found.by_day.items()
    ]
    total = found.total
    return {
        "period": found.period,
        "total": total,
        "shares": {
            name: round(100 * total.share(name))
            for name in ("verified", "reported", "reviewed", "stumbled")
        },
        "days": days,
        "topics": topics,
        "stumbling": stumbling,
        "num_attempts": found.num_attempts,
        "num_right_attempts": found.num_right_attempts,
        "charts": {
            "days": {
                "labels": [
                    date_format(row["day"], pgettext("date format of a day", "j M")) for row in days
                ],
                "series": [
                    {"name": _("Verified"), "values": [row["tally"].verified for row in days]},
                    {
                        "name": _("Not verified"),
                        "values": [row["tally"].num - row["tally"].verified for row in days],
                    },
                ],
            },
            "topics": {
                "labels": [row["name"] for row in topics[:10]],
                "series": [
                    {"name": _("Questions"), "values": [row["tally"].num for row in topics[:10]]}
                ],
            },
            "stumbling": {
                "labels": [row["name"] for row in stumbling[:8]],
                "unit": "%",
                "series": [
                    {"name": _("Stumbled"), "values": [row["percent"] for row in stumbling[:8]]}
                ],
            },
        },
    }
