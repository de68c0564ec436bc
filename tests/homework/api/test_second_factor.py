"""Signing in with a second factor: in one call or in two, and nothing learnt by trying."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session

from homework.accounts.models import School, User
from tests.homework.accounts.test_mfa import code_of
from tests.homework.api.conftest import Api, problem
from tests.homework.people import People

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 7"
WRONG = "000000"


@pytest.fixture
def terry(people: People) -> User:
    for person in (people.terry, people.dora):
        person.set_password(PASSWORD)
        person.save()
    return people.terry


@pytest.fixture
def secret(terry: User) -> str:
    """In terry's authenticator app."""
    secret: str = generate_totp_secret()
    TOTP.activate(terry, secret)
    return secret


def sign_in(**fields: str) -> Any:
    return Api().post("/api/auth/login", {"username": "terry", "password": PASSWORD} | fields)


def answer(challenge: str, code: str) -> Any:
    return Api().post("/api/auth/second-factor", {"challenge": challenge, "code": code})


def challenge_of(response: Any) -> str:
    found = problem(response)
    assert (response.status_code, found["code"]) == (401, "second_factor_needed")
    assert found["types"] == ["totp", "recovery_codes"] or found["types"] == ["totp"]
    assert found["expires_in"] == 900
    challenge: str = found["challenge"]
    return challenge


def works(response: Any) -> bool:
    assert response.status_code == 200, response.content
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    me = Api(response.json()["access_token"]).get("/api/v1/me")
    return bool(me.status_code == 200 and me.json()["username"] == "terry")


class TestInTwoCalls:
    def test_password_then_code(self, secret: str) -> None:
        challenge = challenge_of(sign_in())
        assert works(answer(challenge, code_of(secret)))

    def test_a_code_as_one_reads_it(self, secret: str) -> None:
        code = code_of(secret)
        assert works(answer(challenge_of(sign_in()), f" {code[:3]} {code[3:]} "))

    def test_the_refresh_token_works_and_the_challenge_no_more(self, secret: str) -> None:
        challenge = challenge_of(sign_in())
        tokens = answer(challenge, code_of(secret)).json()
        again = answer(challenge, code_of(secret, steps_later=1))
        assert (again.status_code, problem(again)["code"]) == (401, "invalid_token")
        body = {"refresh_token": tokens["refresh_token"]}
        assert Api().post("/api/auth/refresh", body).status_code == 200

    def test_a_challenge_opens_nothing(self, secret: str) -> None:
        challenge = challenge_of(sign_in())
        for headers in ({"Authorization": f"Bearer {challenge}"}, {"X-Session-Token": challenge}):
            assert Api().get("/api/v1/me", **headers).status_code == 401

    def test_a_wrong_code_may_be_mended(self, secret: str) -> None:
        challenge = challenge_of(sign_in())
        refused = answer(challenge, WRONG)
        found = problem(refused)
        assert (refused.status_code, found["code"]) == (401, "wrong_code")
        assert found["challenge"] == challenge
        assert works(answer(challenge, code_of(secret)))

    def test_a_code_is_good_once(self, secret: str) -> None:
        code = code_of(secret)
        assert works(answer(challenge_of(sign_in()), code))
        again = answer(challenge_of(sign_in()), code)
        assert problem(again)["code"] == "wrong_code"

    def test_also_as_long_as_the_clock_of_a_phone_may_be_wrong(
        self, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A code is taken for a minute and a half, so it must be remembered for as long."""
        import time

        code = code_of(secret, steps_later=1)
        assert works(answer(challenge_of(sign_in()), code))
        for later_s in (31, 59):
            later = time.time() + later_s
            with monkeypatch.context() as patched:
                patched.setattr(time, "time", lambda later=later: later)
                again = answer(challenge_of(sign_in()), code)
            assert problem(again)["code"] == "wrong_code"

    def test_nor_is_it_another_one_when_it_is_written_with_a_dash(
        self, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import time

        code = code_of(secret, steps_later=1)
        assert works(answer(challenge_of(sign_in()), code))
        later = time.time() + 31
        monkeypatch.setattr(time, "time", lambda: later)
        again = answer(challenge_of(sign_in()), f"{code[:3]}-{code[3:]}")
        assert problem(again)["code"] == "wrong_code"

    def test_an_invented_challenge(self, secret: str) -> None:
        for challenge in ("x", "a" * 32, "../x"):
            refused = answer(challenge, code_of(secret))
            assert (refused.status_code, problem(refused)["code"]) == (401, "invalid_token")

    def test_the_session_of_a_sign_in_is_no_challenge(self, secret: str) -> None:
        answer(challenge_of(sign_in()), code_of(secret))
        key = Session.objects.latest("expire_date").session_key
        refused = answer(key, code_of(secret, steps_later=1))
        assert problem(refused)["code"] in {"invalid_token", "conflict"}

    def test_an_old_challenge(self, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
        import time

        challenge = challenge_of(sign_in())
        later = time.time() + 16 * 60
        code = code_of(secret)
        monkeypatch.setattr(time, "time", lambda: later)
        assert problem(answer(challenge, code))["code"] == "invalid_token"

    @pytest.mark.parametrize(
        "body", [{}, {"challenge": "x"}, {"challenge": 5, "code": "1"}, {"code": "1" * 33}, []]
    )
    def test_nonsense_is_refused(self, body: Any) -> None:
        assert problem(Api().post("/api/auth/second-factor", body))["code"] == "validation_failed"


class TestInOneCall:
    def test_password_and_code(self, secret: str) -> None:
        assert works(sign_in(code=code_of(secret)))

    def test_a_wrong_code_leaves_a_challenge(self, secret: str) -> None:
        found = problem(sign_in(code=WRONG))
        assert found["code"] == "wrong_code"
        assert works(answer(found["challenge"], code_of(secret)))

    def test_a_code_that_is_not_due_is_not_looked_at(self, terry: User) -> None:
        assert works(sign_in(code=WRONG))

    def test_a_recovery_code_works_once(self, terry: User, secret: str) -> None:
        codes = RecoveryCodes.activate(terry).get_unused_codes()
        assert works(sign_in(code=codes[0]))
        assert problem(sign_in(code=codes[0]))["code"] == "wrong_code"
        assert works(sign_in(code=codes[1]))


class TestNothingIsLearnt:
    def test_without_the_password_everybody_looks_the_same(self, secret: str) -> None:
        """Who has a second factor, who has none, and who does not exist."""
        bodies = [
            {"username": name, "password": "wrong", "code": code}
            for name, code in [("terry", code_of(secret)), ("dora", WRONG), ("nobody", WRONG)]
        ]
        answers = [problem(Api().post("/api/auth/login", body)) for body in bodies]
        for found in answers:
            del found["request_id"]
        assert answers[0]["code"] == "wrong_password"
        assert answers[0] == answers[1] == answers[2]

    def test_codes_cannot_be_guessed(self, secret: str) -> None:
        """Five wrong ones lock the person's second step, whatever the challenge."""
        codes = {problem(answer(challenge_of(sign_in()), f"00000{n}"))["code"] for n in range(5)}
        assert codes == {"wrong_code"}
        refused = answer(challenge_of(sign_in()), code_of(secret))
        assert (refused.status_code, problem(refused)["code"]) == (429, "too_many_requests")
        assert int(refused.headers["Retry-After"]) > 0

    def test_tries_are_counted_by_address(self, secret: str, settings: Any) -> None:
        settings.API_RATES = settings.API_RATES | {"login": "2/h"}
        challenge = challenge_of(sign_in())
        answer(challenge, WRONG)
        refused = answer(challenge, code_of(secret))
        assert (refused.status_code, problem(refused)["limit"]) == (429, "login")


class TestWhoHasSomethingToDoFirst:
    """Tokens that open nothing are not given out: the answer says what is missing."""

    def test_the_school_wants_a_second_factor_and_there_is_none(self, terry: User) -> None:
        School.objects.update(requires_mfa=True)
        refused = sign_in()
        assert (refused.status_code, problem(refused)["code"]) == (403, "mfa_required")
        assert not Session.objects.exists()

    def test_with_one_it_goes_on(self, secret: str) -> None:
        School.objects.update(requires_mfa=True)
        assert works(sign_in(code=code_of(secret)))

    def test_a_one_time_password_is_to_be_replaced(self, secret: str) -> None:
        User.objects.update(must_change_password=True)
        refused = sign_in(code=code_of(secret))
        assert (refused.status_code, problem(refused)["code"]) == (403, "password_change_required")
        assert not Session.objects.exists()

    def test_a_wrong_password_does_not_tell(self, terry: User) -> None:
        School.objects.update(requires_mfa=True)
        assert problem(sign_in(password="wrong"))["code"] == "wrong_password"


def test_nobody_without_one_is_asked(terry: User) -> None:
    assert not Authenticator.objects.exists()
    assert works(sign_in())
