"""Importing students on the pages: file, report, confirmation, slips."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from homework.accounts.models import Classroom, User
from homework.accounts.roster_file import roster_file_read
from homework.pages.views.teach_import import TEMPLATE_FILE
from tests.homework.people import People

pytestmark = pytest.mark.django_db
GOOD = "username,first name,last name\nmia,Mia,Koch\nben,Ben,Roy\n"


@pytest.fixture
def as_terry(client: Client, people: People) -> Client:
    client.force_login(people.terry)
    return client


@pytest.fixture
def url(people: People) -> str:
    return f"/teach/classes/{people.terry.classrooms.get().pk}/import/"


def send(client: Client, url: str, data: bytes, **more: str) -> tuple[int, str]:
    response = client.post(url, {"file": SimpleUploadedFile("students.csv", data), **more})
    return response.status_code, response.content.decode()


def ticket_on(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found
    return found[1]


def test_from_a_file_to_the_slips(as_terry: Client, people: People, url: str) -> None:
    status, page = send(as_terry, url, GOOD.encode())
    assert status == 200
    assert "Import them all" in page
    assert not User.objects.filter(username="mia").exists()

    response = as_terry.post(f"{url}confirm/", {"ticket": ticket_on(page)})
    slips = response.content.decode()
    assert response.status_code == 200
    assert slips.count("slip__password") == 2
    assert "Mia Koch" in slips
    assert response["Cache-Control"] == "private, no-store"
    assert people.terry.classrooms.get().members.filter(username="mia").exists()


def test_a_second_press_makes_no_second_account(as_terry: Client, url: str) -> None:
    ticket = ticket_on(send(as_terry, url, GOOD.encode())[1])
    as_terry.post(f"{url}confirm/", {"ticket": ticket})
    mia = User.objects.get(username="mia")
    response = as_terry.post(f"{url}confirm/", {"ticket": ticket})

    assert response.status_code == 409
    assert "all of them are in this class" in response.content.decode()
    assert User.objects.get(username="mia").password == mia.password


def test_bad_rows_stop_the_rest_unless_one_says_so(as_terry: Client, url: str) -> None:
    status, page = send(as_terry, url, (GOOD + "no good name,X,Y\n").encode())
    assert status == 200
    assert "Import them all" not in page
    assert "Import the others, leave these rows out" in page

    as_terry.post(f"{url}confirm/", {"ticket": ticket_on(page)})
    assert User.objects.filter(username__in=["mia", "ben"]).count() == 2
    assert not User.objects.filter(username="no good name").exists()


def test_a_file_without_a_usable_line_is_refused_on_the_form(as_terry: Client, url: str) -> None:
    status, page = send(as_terry, url, b"just,some,words\n1,2,3\n")

    assert status == 422
    assert "There is no column" in page
    assert "ticket" not in page


def test_fifty_thousand_rows_are_refused_at_once(as_terry: Client, url: str) -> None:
    rows = b"".join(b"student%d\n" % number for number in range(50_000))
    status, page = send(as_terry, url, b"username\n" + rows)

    assert status == 422
    assert "50,000 students" in page


def test_an_empty_form_and_an_empty_file_are_told_apart(as_terry: Client, url: str) -> None:
    assert "Please choose a file." in as_terry.post(url).content.decode()
    assert "This file is empty." in send(as_terry, url, b"")[1]


def test_the_encoding_can_be_chosen(as_terry: Client, url: str) -> None:
    page = send(as_terry, url, "username,name\nmuss,Müßig\n".encode("cp1252"), encoding="cp1252")

    assert "Müßig" in page[1]


@pytest.mark.parametrize("ticket", ["", "nonsense", "a:b:c"])
def test_a_report_that_is_not_ours_imports_nothing(as_terry: Client, url: str, ticket: str) -> None:
    response = as_terry.post(f"{url}confirm/", {"ticket": ticket})

    assert response["Location"] == url
    assert not User.objects.filter(username="mia").exists()


def test_a_report_of_another_class_or_person_imports_nothing(
    as_terry: Client, people: People, url: str
) -> None:
    ticket = ticket_on(send(as_terry, url, GOOD.encode())[1])
    theirs = f"/teach/classes/{people.dora.classrooms.get().pk}/import/"
    as_dora = Client()
    as_dora.force_login(people.dora)
    response = as_dora.post(f"{theirs}confirm/", {"ticket": ticket})

    assert response["Location"] == theirs
    assert not User.objects.filter(username="mia").exists()


def test_a_row_that_went_bad_in_the_meantime_stops_all(
    as_terry: Client, people: People, url: str
) -> None:
    ticket = ticket_on(send(as_terry, url, GOOD.encode())[1])
    User.objects.create_user("ben", school=people.tina.school)
    response = as_terry.post(f"{url}confirm/", {"ticket": ticket})

    assert response.status_code == 409
    assert "nothing was imported" in response.content.decode()
    assert not User.objects.filter(username="mia").exists()


def test_an_archived_class_takes_nobody(as_terry: Client, people: People, url: str) -> None:
    Classroom.objects.filter(members=people.terry).update(archived_at="2026-01-01T00:00Z")

    assert as_terry.get(url).status_code == 409


def test_markup_in_names_stays_text(as_terry: Client, url: str) -> None:
    page = send(as_terry, url, b"username,name\nmia,<script>alert(1)</script>\n")[1]

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_file_to_fill_in_is_one_that_is_taken(as_terry: Client) -> None:
    response = as_terry.get("/teach/classes/students.csv")

    assert response["Content-Disposition"] == 'attachment; filename="students.csv"'
    assert len(roster_file_read(data=response.content).rows) == TEMPLATE_FILE.count("\n") - 1
