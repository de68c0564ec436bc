"""The students of a class with their counts, as rows and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from homework.accounts.models import Classroom, User
from homework.insight.csv_table import csv_bytes
from homework.insight.selectors import Insight, Period, Tally


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student and what they asked."""

    student: User
    tally: Tally


def student_rows(
    found: Insight, students: Sequence[User], *, by_name: bool = False
) -> list[StudentRow]:
    """Every student with their counts; those who stumbled most first, or by username."""
    rows = [StudentRow(each, found.by_student.get(each.pk, Tally())) for each in students]
    if by_name:
        return sorted(rows, key=lambda row: row.student.username)
    return sorted(rows, key=lambda row: (-row.tally.stumbled, -row.tally.num, row.student.username))


def students_csv(found: Insight, students: Sequence[User]) -> bytes:
    """The table for a spreadsheet, in the language of whoever asks."""
    header = [
        _("Username"),
        _("First name"),
        _("Last name"),
        _("Questions"),
        _("Verified"),
        _("Reported"),
        _("Reviewed"),
        _("Stumbled"),
    ]
    rows = (
        [row.student.username, row.student.first_name, row.student.last_name, *row.tally.as_row()]
        for row in student_rows(found, students, by_name=True)
    )
    return csv_bytes(header, rows)


def students_file_name(classroom: Classroom, period: Period) -> str:
    """How the file of a class is called."""
    return f"insight-{slugify(classroom.name) or classroom.pk}-{period.last.isoformat()}.csv"
