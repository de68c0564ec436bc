"""Teachers come by invitation of an administrator: once, in time, to their own address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from homework.accounts.models import Invitation, School, User
from homework.accounts.services import (
    invitation_get_open,
    teacher_accept_invitation,
    teacher_invite,
)
from homework.common.errors import (
    ConflictError,
    InvalidInputError,
    InvitationInvalidError,
    PermissionDeniedError,
)
from tests.homework.accounts.conftest import PASSWORD, is_signed_in
from tests.homework.people import People

pytestmark = pytest.mark.django_db

EMAIL = "gina@example.org"


@pytest.fixture
def invite(people: People, django_capture_on_commit_callbacks: Any) -> Any:
    def send(email: str = EMAIL, by: User = people.ada, school: School | None = None) -> str:
        """Returns the token, which is in the mail only."""
        with django_capture_on_commit_callbacks(execute=True):
            teacher_invite(by=by, email=email, school=school or people.ada.school)
        link = next(word for word in mail.outbox[-1].body.split() if "/invitation/" in word)
        return link.rstrip("/").rsplit("/", 1)[1]

    return send


def page(token: str) -> str:
    return reverse("account_accept_invitation", args=[token])


def accept(client: Client, token: str, **changes: str) -> Any:
    fields = {"username": "gina", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(page(token), fields | changes)


def test_who_opens_the_link_becomes_a_teacher_of_the_school(
    client: Client, people: People, invite: Any
) -> None:
    token = invite()
    assert mail.outbox[0].to == [EMAIL]
    assert "North" in mail.outbox[0].body
    shown = client.get(page(token))
    assert EMAIL in shown.content.decode()

    response = accept(client, token)

    assert response.status_code == 302
    gina = User.objects.get(username="gina")
    assert (gina.role, gina.school, gina.email) == ("teacher", people.ada.school, EMAIL)
    assert gina.emailaddress_set.get().verified
    assert is_signed_in(client)


def test_the_secret_is_not_stored_and_does_not_travel(
    client: Client, people: People, invite: Any
) -> None:
    token = invite()
    invitation = Invitation.objects.get()

    assert token not in str(invitation.__dict__)
    assert len(invitation.token_sha256) == 64
    response = client.get(page(token))
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_a_link_works_once(client: Client, invite: Any) -> None:
    token = invite()
    accept(client, token)

    assert Client().get(page(token)).status_code == 410
    assert accept(Client(), token, username="second").status_code == 410
    assert not User.objects.filter(username="second").exists()


def test_a_link_ends_after_a_week(client: Client, invite: Any) -> None:
    token = invite()
    invitation = Invitation.objects.get()
    assert timedelta(days=6.9) < invitation.expires_at - timezone.now() <= timedelta(days=7)

    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get(page(token)).status_code == 410
    assert accept(client, token).status_code == 410


def test_a_newer_invitation_replaces_the_older_one(client: Client, invite: Any) -> None:
    older, newer = invite(), invite()

    assert client.get(page(older)).status_code == 410
    assert client.get(page(newer)).status_code == 200


def test_a_made_up_link_opens_nothing(client: Client, people: People) -> None:
    assert client.get(page("x" * 43)).status_code == 410


def test_guessing_links_is_limited(client: Client, people: People) -> None:
    statuses = [accept(client, "x" * 43).status_code for _ in range(21)]

    assert statuses == [410] * 20 + [429]


@pytest.mark.parametrize("name", ["alice", "terry", "tina"])
def test_only_administrators_invite(people: People, name: str) -> None:
    with pytest.raises(PermissionDeniedError):
        teacher_invite(by=getattr(people, name), email=EMAIL, school=people.ada.school)
    assert not Invitation.objects.exists()


def test_an_administrator_invites_to_their_own_school_only(people: People) -> None:
    with pytest.raises(PermissionDeniedError):
        teacher_invite(by=people.ada, email=EMAIL, school=people.tina.school)


def test_an_administrator_without_a_school_invites_to_any(people: People) -> None:
    root = User.objects.create_superuser("root")

    assert teacher_invite(by=root, email=EMAIL, school=people.tina.school).pk


@pytest.mark.parametrize("email", ["", "gina", "gina@", "terry@example.org", "TERRY@example.org"])
def test_a_bad_address_or_one_with_an_account_is_not_invited(people: People, email: str) -> None:
    with pytest.raises(InvalidInputError):
        teacher_invite(by=people.ada, email=email, school=people.ada.school)
    assert not Invitation.objects.exists()


def test_an_address_that_got_an_account_meanwhile_cannot_accept(
    client: Client, people: People, invite: Any
) -> None:
    token = invite()
    other = User.objects.create_user("other", email=EMAIL)
    EmailAddress.objects.create(user=other, email=EMAIL, verified=True)

    assert client.get(page(token)).status_code == 410


def test_a_student_who_claims_the_address_cannot_block_the_invitation(
    client: Client, people: People, invite: Any
) -> None:
    """An address that nobody has confirmed is what somebody typed on signing up."""
    token = invite()
    people.bob.email = EMAIL
    people.bob.save()
    EmailAddress.objects.create(user=people.bob, email=EMAIL, primary=True, verified=False)

    assert accept(client, token).status_code == 302
    assert invite("alice@example.org")
    # The address signs in, and resets the password of, the one who confirmed it.
    signed_in = Client()
    fields = {"login": EMAIL, "password": PASSWORD}
    signed_in.post(reverse("account_login"), fields)
    assert is_signed_in(signed_in)
    Client().post(reverse("account_reset_password"), {"email": EMAIL})
    assert [(sent.to, "gina" in sent.body) for sent in mail.outbox[2:]] == [([EMAIL], True)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "alice"}, "username"),
        ({"username": "gina@example.org"}, "username"),
        ({"username": ""}, "username"),
        ({"password1": "12345", "password2": "12345"}, "password1"),
        ({"password2": "something else"}, "password2"),
    ],
)
def test_bad_input_is_explained_and_the_invitation_stays_open(
    client: Client, invite: Any, changes: dict[str, str], field: str
) -> None:
    token = invite()
    response = accept(client, token, **changes)

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert invitation_get_open(token=token)


def test_a_name_taken_in_the_same_moment_leaves_the_invitation_open(
    people: People, invite: Any
) -> None:
    token = invite()

    with pytest.raises(ConflictError):
        teacher_accept_invitation(token=token, username="alice", password=PASSWORD, locale="en")
    assert invitation_get_open(token=token)


def test_of_two_who_accept_at_once_one_becomes_a_teacher(
    people: People, invite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen the invitation open; the second one's claim then finds it used."""
    from homework.accounts import services

    token = invite()
    invitation = invitation_get_open(token=token)
    teacher_accept_invitation(token=token, username="first", password=PASSWORD, locale="en")
    monkeypatch.setattr(services, "invitation_get_open", lambda *, token: invitation)

    with pytest.raises(InvitationInvalidError):
        teacher_accept_invitation(token=token, username="second", password=PASSWORD, locale="en")
    assert not User.objects.filter(username="second").exists()


def test_whoever_was_signed_in_is_not_any_more(client: Client, people: People, invite: Any) -> None:
    client.force_login(people.ada)
    accept(client, invite())

    assert client.session["_auth_user_id"] == str(User.objects.get(username="gina").pk)
