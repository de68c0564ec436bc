"""The second step of signing in: optional, unless the school wants it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from homework.accounts.mfa import MFAAdapter, mfa_is_on
from homework.accounts.models import AuditEvent, School, User
from homework.consumers.sockets import gate_of
from tests.homework.accounts.conftest import PASSWORD, is_signed_in
from tests.homework.people import People

pytestmark = pytest.mark.django_db
SETUP = "/accounts/2fa/totp/activate/"
OFF = "/accounts/2fa/totp/deactivate/"
STEP = "/accounts/2fa/authenticate/"
RECOVERY = "/accounts/2fa/recovery-codes/generate/"


def code_of(secret: str, *, steps_later: int = 0) -> str:
    """The code of an authenticator app, by RFC 6238; written anew here, so that both must agree."""
    counter = int(time.time() // 30) + steps_later
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_in(client: Client, username: str) -> str:
    """Give the password; returns where it leads."""
    answer = client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    return answer["Location"]


def confirm(client: Client, page: str) -> None:
    """Before something that matters the password is asked for once more."""
    asked = client.get(page)["Location"]
    assert asked.startswith("/accounts/reauthenticate/?next=")
    assert client.post(asked, {"password": "not it"}).status_code == 200
    assert client.post(asked, {"password": PASSWORD})["Location"] == page


def set_up(client: Client, capture: Any) -> str:
    """Scan and confirm, as a person who is signed in; returns the secret in the app."""
    confirm(client, SETUP)
    page = client.get(SETUP).content.decode()
    shown = re.search(r'class="mfa-secret">([A-Z2-7]+)<', page)
    assert shown
    with capture(execute=True):
        answer = client.post(SETUP, {"code": code_of(shown[1])})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return shown[1]


@pytest.fixture
def secret(client: Client, cast: People, django_capture_on_commit_callbacks: Any) -> str:
    """terry's, who has set it up and signed out again."""
    sign_in(client, "terry")
    secret = set_up(client, django_capture_on_commit_callbacks)
    client.post("/accounts/logout/")
    return secret


@pytest.fixture
def school(cast: People) -> School:
    """terry's, which wants a second step of everybody."""
    assert cast.terry.school is not None
    School.objects.filter(pk=cast.terry.school_id).update(requires_mfa=True)
    return cast.terry.school


def test_it_is_set_up_with_a_picture_that_holds_what_the_app_needs(
    client: Client, cast: People
) -> None:
    sign_in(client, "terry")
    confirm(client, SETUP)
    response = client.get(SETUP)

    assert response.context["totp_url"].startswith("otpauth://totp/terry%40example.org?")
    assert "issuer=Homework%20Helper" in response.context["totp_url"]
    assert "data:image/svg+xml;base64," in response.content.decode()


def test_a_wrong_first_code_turns_nothing_on(client: Client, cast: People) -> None:
    sign_in(client, "terry")
    confirm(client, SETUP)
    client.get(SETUP)
    page = client.post(SETUP, {"code": "000000"}).content.decode()

    assert "This code is not correct" in page
    assert not mfa_is_on(user=cast.terry)


def test_the_password_alone_is_no_longer_enough(client: Client, secret: str) -> None:
    assert sign_in(client, "terry") == STEP
    assert not is_signed_in(client)
    assert client.get("/teach/classes/")["Location"].startswith("/accounts/login/")

    wrong = client.post(STEP, {"code": "000000"})
    assert "This code is not correct" in wrong.content.decode()
    assert not is_signed_in(client)

    # Each code works once.
    right = client.post(STEP, {"code": code_of(secret, steps_later=1)})
    assert right["Location"] == "/"
    assert is_signed_in(client)


def test_a_code_that_was_used_is_of_no_use_to_who_looked_over_a_shoulder(
    client: Client, secret: str
) -> None:
    code = code_of(secret, steps_later=1)
    sign_in(client, "terry")
    client.post(STEP, {"code": code})
    onlooker = Client()
    sign_in(onlooker, "terry")
    onlooker.post(STEP, {"code": code})

    assert not is_signed_in(onlooker)


def test_nor_to_confirm_something_that_matters(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(secret, steps_later=1)
    sign_in(client, "terry")
    client.post(STEP, {"code": code})
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)
    again = client.post("/accounts/2fa/reauthenticate/", {"code": f"{code[:3]}-{code[3:]}"})

    assert "This code is not correct" in again.content.decode()


def test_guessing_codes_is_stopped(client: Client, secret: str) -> None:
    sign_in(client, "terry")
    for _ in range(6):
        client.post(STEP, {"code": "000000"})
    page = client.post(STEP, {"code": code_of(secret, steps_later=1)}).content.decode()

    assert not is_signed_in(client)
    assert "Too many" in page


def test_a_recovery_code_signs_in_once(client: Client, secret: str, cast: People) -> None:
    codes = Authenticator.objects.get(user=cast.terry, type="recovery_codes").wrap()
    first = codes.get_unused_codes()[0]
    sign_in(client, "terry")
    client.post(STEP, {"code": first})
    assert is_signed_in(client)

    again = Client()
    sign_in(again, "terry")
    again.post(STEP, {"code": first})
    assert not is_signed_in(again)


def test_secrets_are_not_readable_in_the_database(secret: str, cast: People, settings: Any) -> None:
    stored = Authenticator.objects.get(user=cast.terry, type="totp").data["secret"]

    assert secret not in stored
    assert MFAAdapter().decrypt(stored) == secret
    settings.SECRET_KEY = "another key"
    unreadable = {MFAAdapter().decrypt(stored) for _ in range(2)}
    assert secret not in unreadable
    assert len(unreadable) == 2, "codes of a fixed secret could be computed by anybody"


def test_it_is_turned_off_again_and_both_are_in_the_log(
    client: Client, secret: str, cast: People, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(client, "terry")
    client.post(STEP, {"code": code_of(secret, steps_later=1)})
    confirm(client, OFF)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(OFF)

    assert not mfa_is_on(user=cast.terry)
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
        "mfa.added", "mfa.removed"
    ]  # fmt: skip


def test_a_school_that_wants_it_leads_every_teacher_to_it(
    client: Client, school: School, cast: People, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(client, "terry")
    assert client.get("/teach/classes/")["Location"] == SETUP
    posted = client.post("/teach/classes/new/", {"name": "9z"})
    assert posted.status_code == 403
    asked = client.get("/teach/classes/", headers={"Accept": "application/json"})
    assert asked.json()["code"] == "mfa_required"
    refusal = gate_of(user=User.objects.get(pk=cast.terry.pk))
    assert refusal is not None
    assert refusal.close_code == 4403

    set_up(client, django_capture_on_commit_callbacks)
    assert client.get("/teach/classes/").status_code == 200
    assert gate_of(user=User.objects.get(pk=cast.terry.pk)) is None


def test_there_it_cannot_be_turned_off(
    client: Client, secret: str, school: School, cast: People
) -> None:
    sign_in(client, "terry")
    client.post(STEP, {"code": code_of(secret, steps_later=1)})
    confirm(client, OFF)
    page = client.post(OFF).content.decode()

    assert "Your school wants two-step sign-in" in page
    assert mfa_is_on(user=cast.terry)


def test_its_administrator_needs_it_too_and_its_students_do_not(
    client: Client, school: School, cast: People
) -> None:
    client.force_login(cast.ada)
    assert client.get(f"/schools/{school.pk}/people/")["Location"] == SETUP

    client.force_login(cast.alice)
    assert client.get("/").status_code == 200


def test_other_schools_decide_for_themselves(client: Client, school: School, cast: People) -> None:
    client.force_login(cast.tina)

    assert client.get("/teach/classes/").status_code == 200


def test_recovery_codes_are_for_who_has_a_second_step(
    client: Client, cast: People, django_capture_on_commit_callbacks: Any
) -> None:
    sign_in(client, "terry")
    assert client.get(RECOVERY).status_code == 404
    assert client.post(RECOVERY).status_code == 404
    assert not Authenticator.objects.exists()

    set_up(client, django_capture_on_commit_callbacks)
    before = Authenticator.objects.get(user=cast.terry, type="recovery_codes").wrap()
    assert client.get(RECOVERY).status_code == 200
    assert client.post(RECOVERY)["Location"] == "/accounts/2fa/recovery-codes/"
    after = Authenticator.objects.get(user=cast.terry, type="recovery_codes").wrap()
    assert set(before.get_unused_codes()).isdisjoint(after.get_unused_codes())


def test_students_have_no_second_step(client: Client, cast: People) -> None:
    client.force_login(cast.alice)

    assert client.get(SETUP).status_code == 403


def test_an_administrator_takes_it_off_for_who_has_lost_the_phone(
    client: Client, secret: str, cast: People
) -> None:
    client.force_login(cast.ada)
    client.post(f"/schools/{cast.ada.school_id}/people/{cast.terry.pk}/second-step/")

    assert not mfa_is_on(user=cast.terry)
    assert AuditEvent.objects.latest("pk").action == "mfa.reset"
    terry = Client()
    assert sign_in(terry, "terry") == "/"


def test_the_console_takes_it_off_an_administrator(secret: str, cast: People) -> None:
    call_command("reset_mfa", "terry", verbosity=0)

    assert not mfa_is_on(user=cast.terry)
    with pytest.raises(CommandError):
        call_command("reset_mfa", "terry")
    with pytest.raises(CommandError):
        call_command("reset_mfa", "nobody")
