"""The socket of notices on a real server."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from homework.pipeline import notices
from homework.pipeline.hub import Hub
from homework.solutions.services import solution_create
from tests.homework.people import People
from tests.live import LiveSite, close_code, next_frame, sign_in

NOTICES = "/ws/notices/"


def test_a_teacher_hears_that_a_student_has_something_new(site: LiveSite, people: People) -> None:
    with site.socket(NOTICES, session=sign_in(people.terry)) as socket:
        assert next_frame(socket) == {"type": "ready"}
        solution_create(student=people.alice, question_text="20+0")
        assert next_frame(socket) == {"type": "notice", "kind": "queue"}


def test_nobody_hears_anything_without_signing_in(site: LiveSite, people: People) -> None:
    with site.socket(NOTICES) as socket:
        assert close_code(socket) == 4401


def test_a_page_of_another_site_hears_nothing(site: LiveSite, people: People) -> None:
    session = sign_in(people.terry)
    with site.socket(NOTICES, session=session, origin="https://evil.example") as socket:
        assert close_code(socket) == 4403


def test_only_the_teachers_of_the_student_are_told(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(notices, "notify", lambda hub, user_ids, **notice: told.extend(user_ids))
    notices.notify_teachers(Hub(), people.alice)
    assert told == [people.terry.pk]


def test_a_database_that_is_away_undoes_nothing(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: object) -> None:
        raise OperationalError

    monkeypatch.setattr(notices, "teacher_ids_of_student", fail)
    notices.notify_teachers(Hub(), people.alice)
