"""The audit log: complete, and never rewritten."""

from __future__ import annotations

import pytest
from django.test import Client

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import AuditEvent
from tests.homework.pages.conftest import make_solution
from tests.homework.people import People

pytestmark = pytest.mark.django_db


def test_an_event_keeps_who_did_what_to_whom_in_which_request(people: People) -> None:
    event = audit_record(
        actor=people.ada,
        action=AuditAction.PERSON_DEACTIVATED,
        target=people.terry,
        detail={"reason": "left"},
    )
    event.refresh_from_db()

    assert (event.actor, event.actor_name) == (people.ada, "ada")
    assert (event.target_type, event.target_id) == ("user", str(people.terry.pk))
    assert event.target_name == "terry"
    assert event.school == people.ada.school
    assert event.detail == {"reason": "left"}


def test_events_are_neither_changed_nor_deleted(people: People) -> None:
    event = audit_record(actor=people.ada, action=AuditAction.CLASS_CREATED)
    event.action = "something else"

    for attempt in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(action="something else"),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert AuditEvent.objects.get().action == "class.created"


def test_an_event_outlives_its_person(people: People) -> None:
    audit_record(actor=people.terry, action=AuditAction.CLASS_CREATED)
    people.terry.delete()

    event = AuditEvent.objects.get()
    assert event.actor is None
    assert event.actor_name == "terry"


def test_a_teachers_look_at_a_students_work_is_recorded_once(
    client: Client, people: People
) -> None:
    solution = make_solution(people.alice)
    client.force_login(people.terry)
    for _ in range(2):
        client.get(f"/solutions/{solution.id}/", headers={"X-Request-Id": "a-request-of-terry"})

    event = AuditEvent.objects.get()
    assert event.actor == people.terry
    assert event.action == AuditAction.SOLUTION_VIEWED
    assert event.target_id == str(solution.id)
    assert event.target_name == "alice"
    assert event.request_id == "a-request-of-terry"


def test_ones_own_work_is_nobodys_business(client: Client, people: People) -> None:
    solution = make_solution(people.alice)
    client.force_login(people.alice)
    client.get(f"/solutions/{solution.id}/")

    assert not AuditEvent.objects.exists()
