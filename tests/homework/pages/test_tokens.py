"""The page of personal access tokens: made, shown once, revoked by their owner."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from homework.access.credentials import bearer_authenticate
from homework.access.models import ApiToken, Scope
from homework.access.services import token_create
from homework.accounts.models import User
from homework.common.errors import InvalidTokenError
from tests.homework.people import People

pytestmark = pytest.mark.django_db
FIELDS = {"name": "class computer", "scopes": [Scope.READ, Scope.WRITE], "days": "30"}


def test_a_new_token_is_shown_once(as_alice: Client, alice: User) -> None:
    response = as_alice.post("/tokens/", FIELDS)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    found = re.search(r"(hht_[\w-]{40,})<", response.content.decode())
    assert found is not None
    assert bearer_authenticate(found[1])[0] == alice
    listed = as_alice.get("/tokens/").content.decode()
    assert "class computer" in listed
    assert found[1] not in listed


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "1000"}, {"days": ""}]
)
def test_nonsense_is_explained(as_alice: Client, fields: dict[str, object]) -> None:
    response = as_alice.post("/tokens/", FIELDS | fields)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_ends(as_alice: Client, alice: User) -> None:
    token, secret = token_create(user=alice, name="x", scopes=[Scope.READ], days=1)
    response = as_alice.post(f"/tokens/{token.pk}/revoke/")
    assert response.headers["Location"] == "/tokens/"
    with pytest.raises(InvalidTokenError):
        bearer_authenticate(secret)
    assert "Nothing gets in" in as_alice.get("/tokens/").content.decode()


def test_it_is_nobody_else_s(client: Client, as_alice: Client, bob: User) -> None:
    token, secret = token_create(user=bob, name="bob's own", scopes=[Scope.READ], days=1)
    assert "bob&#x27;s own" not in as_alice.get("/tokens/").content.decode()
    assert as_alice.post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert as_alice.post(f"/tokens/{uuid.uuid4()}/revoke/").status_code == 404
    bearer_authenticate(secret)
    anonymous = Client()
    assert anonymous.get("/tokens/").headers["Location"].startswith("/accounts/login/")
    assert anonymous.post(f"/tokens/{token.pk}/revoke/").status_code == 302
    bearer_authenticate(secret)


def test_everybody_is_offered_what_is_of_use_to_them(client: Client, people: People) -> None:
    offered = {}
    for person in (people.alice, people.terry, people.ada):
        client.force_login(person)
        page = client.get("/tokens/").content.decode()
        offered[person.username] = set(re.findall(r'value="(\w+:\w+)"', page))
    own = {Scope.READ, Scope.WRITE}
    assert offered == {
        "alice": own,
        "terry": set(Scope),
        "ada": own | {Scope.CLASSES_READ, Scope.CLASSES_WRITE},
    }


def test_a_scope_that_is_of_no_use_is_refused(as_alice: Client) -> None:
    assert as_alice.post("/tokens/", FIELDS | {"scopes": ["reviews:read"]}).status_code == 422


def test_the_list_says_what_a_token_may(client: Client, terry: User) -> None:
    client.force_login(terry)
    token_create(user=terry, name="x", scopes=[Scope.REVIEWS_READ, Scope.INSIGHT_READ], days=1)
    page = client.get("/tokens/").content.decode()
    assert "May read the numbers of classes and students, read what waits" in page
