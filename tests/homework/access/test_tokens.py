"""Personal access tokens and tickets: made, used, ended."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from homework.access.credentials import Credential, bearer_authenticate, credential_user
from homework.access.models import ApiToken, Scope, SocketTicket
from homework.access.services import (
    MAX_TOKENS,
    ticket_issue,
    ticket_redeem,
    token_create,
    token_revoke,
)
from homework.accounts.models import User
from homework.common.errors import (
    InvalidInputError,
    InvalidTokenError,
    NotFoundError,
    PermissionDeniedError,
)
from tests.homework.people import People

pytestmark = pytest.mark.django_db


def make(user: User, **options: object) -> tuple[ApiToken, str]:
    values: dict[str, object] = {"name": "script", "scopes": list(Scope.values), "days": 30}
    return token_create(user=user, **(values | options))  # type: ignore[arg-type]


class TestMaking:
    def test_only_the_hash_of_the_secret_is_stored(self, alice: User) -> None:
        token, secret = make(alice)
        assert secret.startswith("hht_")
        assert len(secret) > 40
        stored = ApiToken.objects.values().get(pk=token.pk)
        assert secret not in str(stored)
        assert secret.startswith(stored["prefix"])

    @pytest.mark.parametrize(
        "options",
        [
            {"name": " "},
            {"name": "x" * 81},
            {"scopes": []},
            {"scopes": ["everything"]},
            {"days": 0},
            {"days": 366},
        ],
    )
    def test_nonsense_is_refused(self, alice: User, options: dict[str, object]) -> None:
        with pytest.raises(InvalidInputError):
            make(alice, **options)
        assert not ApiToken.objects.exists()

    def test_nobody_has_tokens_without_end(self, alice: User, bob: User) -> None:
        for _ in range(MAX_TOKENS):
            make(alice)
        with pytest.raises(InvalidInputError):
            make(alice)
        make(bob)


class TestUsing:
    def test_it_leads_to_its_owner_and_scopes(self, alice: User) -> None:
        token, secret = make(alice, scopes=[Scope.READ])
        user, credential = bearer_authenticate(secret)
        assert user == alice
        assert credential.scopes == {Scope.READ}
        credential.require(Scope.READ)
        with pytest.raises(PermissionDeniedError):
            credential.require(Scope.WRITE)
        assert credential_user(credential) == alice
        token.refresh_from_db()
        assert token.last_used_at is not None

    def test_an_expired_one_does_not(self, alice: User) -> None:
        token, secret = make(alice)
        ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
        with pytest.raises(InvalidTokenError):
            bearer_authenticate(secret)

    def test_a_revoked_one_does_not_at_once(self, alice: User) -> None:
        token, secret = make(alice)
        _user, credential = bearer_authenticate(secret)
        token_revoke(user=alice, token_id=token.pk)
        with pytest.raises(InvalidTokenError):
            bearer_authenticate(secret)
        with pytest.raises(InvalidTokenError):
            credential_user(credential)

    def test_one_of_somebody_who_was_deactivated_does_not(self, alice: User) -> None:
        _token, secret = make(alice)
        User.objects.filter(pk=alice.pk).update(is_active=False)
        with pytest.raises(InvalidTokenError):
            bearer_authenticate(secret)

    @pytest.mark.parametrize("secret", ["", "hht_", "hht_invented", "a.b.c", "x" * 5000, "哈"])
    def test_an_invented_one_does_not(self, alice: User, secret: str) -> None:
        with pytest.raises(InvalidTokenError):
            bearer_authenticate(secret)

    def test_only_its_owner_revokes_it(self, alice: User, bob: User) -> None:
        token, secret = make(alice)
        with pytest.raises(NotFoundError):
            token_revoke(user=bob, token_id=token.pk)
        bearer_authenticate(secret)


class TestTickets:
    def test_one_opens_once(self, alice: User) -> None:
        _token, secret = make(alice, scopes=[Scope.READ])
        bought_with = bearer_authenticate(secret)[1]
        ticket, seconds = ticket_issue(credential=bought_with)
        assert seconds == 30
        assert ticket_redeem(ticket=ticket) == bought_with
        with pytest.raises(InvalidTokenError):
            ticket_redeem(ticket=ticket)

    def test_one_is_good_for_seconds(self, alice: User) -> None:
        ticket, _seconds = ticket_issue(credential=Credential(alice.pk, session_key="s"))
        SocketTicket.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))
        with pytest.raises(InvalidTokenError):
            ticket_redeem(ticket=ticket)
        ticket_issue(credential=Credential(alice.pk, session_key="s"))
        assert SocketTicket.objects.count() == 1, "old ones are cleared away"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_with_one_ticket_one_gets_in() -> None:
    from tests.homework.people import make_people

    people: People = make_people()
    ticket, _seconds = ticket_issue(credential=Credential(people.alice.pk, session_key="s"))
    barrier = threading.Barrier(4)
    outcomes: list[bool] = []

    def redeem() -> None:
        barrier.wait(30)
        try:
            ticket_redeem(ticket=ticket)
            outcomes.append(True)
        except InvalidTokenError:
            outcomes.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=redeem) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [False, False, False, True]
