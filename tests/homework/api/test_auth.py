"""Signing in by name and password: tokens, their rotation, replays, signing out."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from homework.access.jwt import TokenStrategy
from homework.accounts.models import User
from tests.homework.api.conftest import Api, api_of, problem

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse 7"


@pytest.fixture
def alice(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def sign_in(**fields: str) -> Any:
    return Api().post("/api/auth/login", {"username": "alice", "password": PASSWORD} | fields)


def refresh(token: str) -> Any:
    return Api().post("/api/auth/refresh", {"refresh_token": token})


class TestLogin:
    def test_it_gives_tokens_that_work(self, alice: User) -> None:
        response = sign_in()
        assert response.status_code == 200, response.content
        tokens = response.json()
        assert set(tokens) == {"token_type", "access_token", "expires_in", "refresh_token"}
        assert tokens["expires_in"] == 300
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers
        me = Api(tokens["access_token"]).get("/api/v1/me").json()
        assert (me["username"], me["credential"]["kind"]) == ("alice", "session")

    def test_by_email(self, alice: User) -> None:
        response = Api().post(
            "/api/auth/login", {"email": "alice@example.org", "password": PASSWORD}
        )
        assert response.status_code == 200

    def test_a_stale_token_that_comes_along_does_not_matter(self, alice: User) -> None:
        body = {"username": "alice", "password": PASSWORD}
        assert Api("stale").post("/api/auth/login", body).status_code == 200

    def test_a_wrong_password_and_an_unknown_name_look_the_same(self, alice: User) -> None:
        wrong, unknown = sign_in(password="wrong"), sign_in(username="nobody")
        assert problem(wrong)["code"] == problem(unknown)["code"] == "wrong_password"
        assert wrong.status_code == unknown.status_code == 401

    def test_wrong_passwords_are_counted(self, alice: User) -> None:
        for _ in range(5):
            sign_in(password="wrong")
        response = sign_in()
        assert response.status_code == 429
        assert problem(response)["code"] == "too_many_requests"
        assert int(response.headers["Retry-After"]) > 0

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"username": "alice"},
            {"username": 5, "password": "x"},
            {"username": "alice", "password": None},
            {"username": "alice", "email": "alice@example.org", "password": "x"},
            {"username": "alice", "password": "x", "admin": True},
            {"username": "a\x00", "password": "x"},
            [],
            "text",
        ],
    )
    def test_nonsense_is_refused_field_by_field(self, alice: User, body: Any) -> None:
        response = Api()("POST", "/api/auth/login", json.dumps(body).encode())
        assert response.status_code == 422
        assert problem(response)["errors"]

    def test_nobody_signs_up_here(self) -> None:
        for path in ("/api/auth/signup", "/api/auth/app/v1/auth/signup"):
            assert problem(Api().post(path, {}))["code"] == "not_found"


class TestAccessTokens:
    @pytest.fixture
    def tokens(self, alice: User) -> dict[str, str]:
        tokens: dict[str, str] = sign_in().json()
        return tokens

    def claims(self, tokens: dict[str, str]) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            tokens["access_token"], options={"verify_signature": False}
        )
        return claims

    def assert_refused(self, token: str) -> None:
        response = Api(token).get("/api/v1/me")
        assert response.status_code == 401
        assert problem(response)["code"] == "invalid_token"

    def test_an_expired_one_is_refused(self, tokens: dict[str, str]) -> None:
        claims = self.claims(tokens) | {"exp": int(time.time()) - 1}
        key = settings.HEADLESS_JWT_PRIVATE_KEY
        self.assert_refused(jwt.encode(claims, key, algorithm="HS256"))

    def test_one_without_a_signature_is_refused(self, tokens: dict[str, str]) -> None:
        def part(value: dict[str, Any]) -> str:
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        for algorithm in ("none", "None", "NONE"):
            head = part({"alg": algorithm, "typ": "JWT"})
            self.assert_refused(f"{head}.{part(self.claims(tokens))}.")

    def test_a_forged_or_foreign_one_is_refused(self, tokens: dict[str, str]) -> None:
        claims = self.claims(tokens)
        self.assert_refused(jwt.encode(claims, "k" * 64, algorithm="HS256"))
        self.assert_refused(
            jwt.encode(claims, settings.HEADLESS_JWT_PRIVATE_KEY, algorithm="HS512")
        )
        head, _body, signature = tokens["access_token"].split(".")
        other = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "1"}).encode()).decode()
        self.assert_refused(f"{head}.{other.rstrip('=')}.{signature}")

    def test_a_refresh_token_is_none(self, tokens: dict[str, str]) -> None:
        self.assert_refused(tokens["refresh_token"])

    def test_a_session_key_is_none(self, tokens: dict[str, str]) -> None:
        self.assert_refused(Session.objects.get().session_key)

    @pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "Token x", "x"])
    def test_other_headers_are_none(self, alice: User, header: str) -> None:
        response = Client().get("/api/v1/me", headers={"Authorization": header})
        assert problem(response)["code"] == "invalid_token"

    def test_a_browsers_cookie_is_none(self, alice: User) -> None:
        client = Client()
        client.force_login(alice)
        assert problem(client.get("/api/v1/me"))["code"] == "not_signed_in"

    def test_it_ends_with_a_new_password(self, alice: User, tokens: dict[str, str]) -> None:
        alice.set_password("another one 8")
        alice.save()
        self.assert_refused(tokens["access_token"])


class TestRefresh:
    def test_it_gives_the_next_pair(self, alice: User) -> None:
        first = sign_in().json()
        response = refresh(first["refresh_token"])
        assert response.status_code == 200
        second = response.json()
        assert second["refresh_token"] != first["refresh_token"]
        assert Api(second["access_token"]).get("/api/v1/me").status_code == 200

    def test_a_replayed_one_ends_the_session(self, alice: User) -> None:
        """Somebody has copied it: neither the copy nor what came of the original goes on."""
        first = sign_in().json()
        second = refresh(first["refresh_token"]).json()
        replayed = refresh(first["refresh_token"])
        assert replayed.status_code == 401
        assert problem(replayed)["code"] == "invalid_token"
        assert refresh(second["refresh_token"]).status_code == 401
        assert Api(second["access_token"]).get("/api/v1/me").status_code == 401
        assert not Session.objects.exists()

    def test_other_sign_ins_go_on(self, alice: User) -> None:
        other = sign_in().json()
        first = sign_in().json()
        refresh(first["refresh_token"])
        refresh(first["refresh_token"])
        assert Api(other["access_token"]).get("/api/v1/me").status_code == 200

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "hht_x"])
    def test_an_invented_one_is_refused(self, alice: User, token: str) -> None:
        assert refresh(token).status_code in {401, 422}

    def test_an_access_token_is_none(self, alice: User) -> None:
        assert refresh(sign_in().json()["access_token"]).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_refreshes_at_once_one_wins_and_the_others_are_replays() -> None:
    from tests.homework.people import make_people

    alice = make_people().alice
    alice.set_password(PASSWORD)
    alice.save()
    token = sign_in().json()["refresh_token"]
    barrier = threading.Barrier(4)
    outcomes: list[bool] = []

    def exchange() -> None:
        barrier.wait(30)
        try:
            outcomes.append(TokenStrategy().refresh_token(token) is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=exchange) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [False, False, False, True]
    assert not Session.objects.exists()


class TestLogout:
    def test_it_counts_at_once(self, alice: User) -> None:
        tokens = sign_in().json()
        api = Api(tokens["access_token"])
        assert api("DELETE", "/api/auth/session").status_code == 204
        assert problem(api.get("/api/v1/me"))["code"] == "invalid_token"
        assert refresh(tokens["refresh_token"]).status_code == 401

    def test_a_personal_token_is_not_signed_out(self, alice: User) -> None:
        api = api_of(alice)
        assert problem(api("DELETE", "/api/auth/session"))["code"] == "permission_denied"
        assert api.get("/api/v1/me").status_code == 200

    def test_nobody_signs_out_nobody(self) -> None:
        assert problem(Api()("DELETE", "/api/auth/session"))["code"] == "not_signed_in"


def test_who_has_to_choose_a_password_first_does_nothing_else(alice: User) -> None:
    api = api_of(alice)
    User.objects.filter(pk=alice.pk).update(must_change_password=True)
    assert problem(api.get("/api/v1/me"))["code"] == "password_change_required"
