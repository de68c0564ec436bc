"""Importing a class: the report first, then all of it or nothing."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password

from homework.accounts.classrooms import classroom_set_archived
from homework.accounts.models import AuditEvent, Classroom, Membership, User
from homework.accounts.roster_file import roster_file_read
from homework.accounts.roster_import import Fate, Report, roster_check, roster_import
from homework.common.errors import ClassArchivedError, ConflictError
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def classroom(people: People) -> Classroom:
    return people.terry.classrooms.get()


def check(people: People, classroom: Classroom, text: str, by: User | None = None) -> Report:
    rows = roster_file_read(data=text.encode()).rows
    return roster_check(by=by or people.terry, classroom=classroom, rows=rows)


def problems(report: Report) -> dict[int, str]:
    return {entry.line: " ".join(entry.problems) for entry in report.refused}


def test_every_bad_row_is_reported_with_its_line_and_all_its_reasons(
    people: People, classroom: Classroom
) -> None:
    report = check(
        people,
        classroom,
        "username,name,email\n"
        "mia,Mia,\n"
        ",Nobody,\n"
        "MIA,Again,\n"
        "no spaces allowed,X,\n"
        "terry,A teacher,\n"
        "charlie,Of another school,\n"
        "ben,Ben,not an address\n"
        "zoe,Zoe,terry@example.org\n"
        f"{'x' * 151},Long,\n"
        "eve,Eve,,more\n"
        "mia@home,Mia,wrong\n",
    )
    told = problems(report)

    assert [entry.username for entry in report.created] == ["mia"]
    assert sorted(told) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert "missing" in told[3]
    assert "line 2 already" in told[4]
    assert "only letters, digits" in told[5]
    assert "taken" in told[6]
    assert "taken" in told[7]
    assert "valid e-mail" in told[8]
    assert "already is an account with this e-mail" in told[9]
    assert "too long" in told[10]
    assert "more cells" in told[11]
    assert "only letters" in told[12]
    assert "valid e-mail" in told[12]


def test_the_report_writes_nothing(people: People, classroom: Classroom) -> None:
    before = User.objects.count(), Membership.objects.count()
    check(people, classroom, "username\nmia\nben\n")

    assert (User.objects.count(), Membership.objects.count()) == before


def test_it_makes_accounts_whose_passwords_stand_on_the_slips_only(
    people: People, classroom: Classroom
) -> None:
    rows = roster_file_read(
        data=b"username,first name,last name,email\nmia,Mia,Koch,m@example.org\nben,,,\n"
    ).rows
    report = roster_check(by=people.terry, classroom=classroom, rows=rows)
    slips = roster_import(by=people.terry, classroom=classroom, rows=rows, confirmed=report)

    mia = User.objects.get(username="mia")
    assert [slip.username for slip in slips] == ["mia", "ben"]
    assert slips[0].name == "Mia Koch"
    assert check_password(slips[0].password, mia.password)
    assert slips[0].password != slips[1].password
    assert mia.must_change_password
    assert (mia.role, mia.school) == (User.Role.STUDENT, classroom.school)
    assert mia.classrooms.get() == classroom
    assert not EmailAddress.objects.get(user=mia).verified
    event = AuditEvent.objects.get(action="students.imported")
    assert event.detail["created"] == ["mia", "ben"]
    assert slips[0].password not in str(event.detail)


def test_a_student_of_the_same_teacher_joins_a_second_class(
    people: People, classroom: Classroom
) -> None:
    second = Classroom.objects.create(school=classroom.school, name="club")
    Membership.objects.create(user=people.terry, classroom=second)
    rows = roster_file_read(data=b"username\nAlice\n").rows
    report = roster_check(by=people.terry, classroom=second, rows=rows)

    assert [entry.fate for entry in report.entries] == [Fate.ADD]
    assert roster_import(by=people.terry, classroom=second, rows=rows, confirmed=report) == []
    assert set(people.alice.classrooms.all()) == {classroom, second}


def test_a_teacher_does_not_get_at_students_of_others_by_an_import(people: People) -> None:
    """Whoever is in the class shows their work to its teacher, so that takes the student's code."""
    theirs = people.dora.classrooms.get()
    report = check(people, theirs, "username\nalice\n", by=people.dora)

    assert "join with the class code" in problems(report)[2]
    assert not check(people, theirs, "username\nalice\n", by=people.ada).refused


def test_who_is_in_the_class_already_is_left_in_peace(people: People, classroom: Classroom) -> None:
    report = check(people, classroom, "username\nalice\nBOB\n")

    assert [entry.fate for entry in report.entries] == [Fate.NOTHING, Fate.NOTHING]
    assert not report.has_work


def test_nothing_is_written_when_a_name_was_taken_in_the_meantime(
    people: People, classroom: Classroom
) -> None:
    rows = roster_file_read(data=b"username\nmia\nben\nzoe\n").rows
    report = roster_check(by=people.terry, classroom=classroom, rows=rows)
    User.objects.create_user("ben", school=people.tina.school)
    with pytest.raises(ConflictError):
        roster_import(by=people.terry, classroom=classroom, rows=rows, confirmed=report)

    assert not User.objects.filter(username__in=["mia", "zoe"]).exists()
    assert not AuditEvent.objects.filter(action="students.imported").exists()


def test_nothing_is_written_into_a_class_that_was_archived(
    people: People, classroom: Classroom
) -> None:
    rows = roster_file_read(data=b"username\nmia\n").rows
    report = roster_check(by=people.terry, classroom=classroom, rows=rows)
    classroom_set_archived(by=people.terry, classroom=classroom, is_archived=True)
    with pytest.raises(ClassArchivedError):
        roster_import(by=people.terry, classroom=classroom, rows=rows, confirmed=report)

    assert not User.objects.filter(username="mia").exists()


@pytest.mark.parametrize("num_rows", [1, 200])
def test_the_check_asks_the_database_as_often_for_many_as_for_one(
    people: People,
    classroom: Classroom,
    num_rows: int,
    django_assert_max_num_queries: object,
) -> None:
    text = "username,email\n" + "".join(f"s{n},s{n}@example.org\n" for n in range(num_rows))
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        check(people, classroom, text)


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("Mia", "Koch", "Mia Koch"),
        ("娜", "李", "李娜"),
        ("", "李", "李"),
        ("Anna 娜", "李", "Anna 娜 李"),
    ],
)
def test_a_name_stands_as_people_write_it(first: str, last: str, whole: str) -> None:
    assert User(first_name=first, last_name=last).get_full_name() == whole
