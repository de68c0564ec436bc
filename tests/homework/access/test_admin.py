"""The support pages of access: looked at by all who may, changed while changes are allowed."""

from __future__ import annotations

import pytest
from django.test import Client

from homework.access.models import SchoolAccess, Scope
from homework.access.services import token_create
from homework.access.use import use_record
from homework.accounts.models import User
from tests.homework.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", "root@example.org", "x"))
    return client


def test_usage_by_token_and_day(support: Client, people: People) -> None:
    from homework.access.credentials import bearer_authenticate

    _token, secret = token_create(user=people.alice, name="robot", scopes=[Scope.READ], days=1)
    use_record(credential=bearer_authenticate(secret)[1], is_error=False)
    page = support.get("/admin/access/dailyuse/").content.decode()
    assert "robot" in page
    assert "alice" in page
    listed = support.get("/admin/access/apitoken/").content.decode()
    assert "robot" in listed
    assert secret not in listed


def test_networks_and_quota_of_a_school(
    support: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homework.accounts.admin.changes_are_allowed", lambda request: True)
    assert people.alice.school is not None
    fields = {"school": people.alice.school.pk, "networks": "nonsense", "questions_per_day": "7"}
    refused = support.post("/admin/access/schoolaccess/add/", fields)
    assert "no network" in refused.content.decode()
    fields["networks"] = "192.0.2.0/24\n2001:db8::/32\n"
    assert support.post("/admin/access/schoolaccess/add/", fields).status_code == 302
    stored = SchoolAccess.objects.get()
    assert stored.networks == ["192.0.2.0/24", "2001:db8::/32"]
    assert stored.questions_per_day == 7


def test_a_teacher_sees_none_of_it(client: Client, people: People) -> None:
    client.force_login(people.terry)
    for kind in ("dailyuse", "apitoken", "schoolaccess"):
        assert client.get(f"/admin/access/{kind}/").status_code in {302, 403}
