"""Limits as a program meets them: headers on every answer, refusals, quotas, usage."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from homework.access.models import DailyUse, SchoolAccess, Scope
from homework.access.services import token_create
from homework.accounts.models import User
from homework.solutions.models import Solution
from tests.homework.api.conftest import Api, api_of, problem
from tests.homework.people import People, make_people
from tests.live import LiveSite

pytestmark = pytest.mark.django_db
URL = "/api/v1/solutions"


def left(response: Any) -> dict[str, int]:
    """What is left of each bucket, by the header."""
    return {
        name: int(remaining)
        for name, remaining in re.findall(r'"(\w+)";r=(\d+)', response.headers["RateLimit"])
    }


def set_rate(settings: Any, **rates: str) -> None:
    settings.API_RATES = settings.API_RATES | rates


class TestHeaders:
    def test_every_answer_says_what_is_left(self, api: Api) -> None:
        first, second = api.get("/api/v1/me"), api.get("/api/v1/me")
        assert set(left(first)) == {"all", "address", "user", "token"}
        assert left(second)["token"] == left(first)["token"] - 1
        assert '"user";q=600;w=60' in first.headers["RateLimit-Policy"]
        for response in (api.get("/api/v1/nothing"), api.post(URL, {}), Api().get(URL)):
            assert left(response)

    def test_an_unset_rate_is_none(self, api: Api, settings: Any) -> None:
        set_rate(settings, all="", address="", user="", token="")
        assert "RateLimit" not in api.get("/api/v1/me").headers


class TestRefusals:
    def test_a_used_up_token(self, api: Api, alice: User, settings: Any) -> None:
        set_rate(settings, token="2/h")
        for _ in range(2):
            assert api.get("/api/v1/me").status_code == 200
        response = api.get("/api/v1/me")
        found = problem(response)
        assert (response.status_code, found["code"], found["limit"]) == (
            429,
            "rate_limited",
            "token",
        )
        assert 0 < int(response.headers["Retry-After"]) <= 3600
        assert left(response)["token"] == 0
        assert api_of(alice).get("/api/v1/me").status_code == 200, "another token of theirs"

    def test_a_used_up_person(self, alice: User, bob: User, settings: Any) -> None:
        set_rate(settings, user="2/h")
        assert [api_of(alice).get("/api/v1/me").status_code for _ in range(3)] == [200, 200, 429]
        assert api_of(bob).get("/api/v1/me").status_code == 200

    def test_strangers_by_their_address(self, settings: Any) -> None:
        set_rate(settings, address="2/h")
        assert [Api().get("/api/v1/me").status_code for _ in range(3)] == [401, 401, 429]

    def test_looking_and_asking_are_counted_apart(self, api: Api, settings: Any) -> None:
        set_rate(settings, solve="1/h", upload="1/h", login="1/h")
        assert api.post(URL, {"question": "1+1"}).status_code == 202
        assert problem(api.post(URL, {"question": "1+1"}))["limit"] == "solve"
        assert api.get(URL).status_code == 200
        assert api.post("/api/v1/photos", {"image": "x"}).status_code == 422
        assert problem(api.post("/api/v1/photos", {"image": "x"}))["limit"] == "upload"
        body = {"username": "alice", "password": "x"}
        assert Api().post("/api/auth/login", body).status_code == 401
        assert problem(Api().post("/api/auth/login", body))["limit"] == "login"

    def test_too_many_waiting_and_a_full_queue_say_when_to_come_back(
        self, api: Api, settings: Any
    ) -> None:
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 1
        api.post(URL, {"question": "1+1"})
        assert api.post(URL, {"question": "1+1"}).headers["Retry-After"] == "10"
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 10
        settings.PIPELINE_MAX_QUEUED = 1
        full = api.post(URL, {"question": "1+1"})
        assert (full.status_code, problem(full)["code"]) == (503, "queue_full")
        assert full.headers["Retry-After"] == "30"


class TestAtTheSameTime:
    """Questions of one person that wait or are worked on, by whatever way they come."""

    @pytest.fixture
    def one_runs(self, api: Api, settings: Any) -> None:
        settings.PIPELINE_MAX_ACTIVE_PER_STUDENT = 1
        assert api.post(URL, {"question": "1+1"}).status_code == 202
        Solution.objects.update(state=Solution.State.SOLVING)

    def test_by_the_api(self, api: Api, one_runs: None) -> None:
        refused = api.post(URL, {"question": "1+1"})
        assert (refused.status_code, problem(refused)["code"]) == (429, "too_many_active")
        assert refused.headers["Retry-After"] == "10"

    def test_by_the_article_s_script(self, api: Api, one_runs: None) -> None:
        refused = api.post("/api/predict", {"data": ["1+1"]})
        assert (refused.status_code, problem(refused)["code"]) == (429, "too_many_active")
        assert refused.headers["Retry-After"] == "10"

    def test_by_openai_s_clients(self, api: Api, one_runs: None) -> None:
        body = {"messages": [{"role": "user", "content": "1+1"}]}
        refused = api.post("/v1/chat/completions", body)
        found = refused.json()["error"]
        assert (refused.status_code, found["code"]) == (429, "too_many_active")
        assert (found["type"], refused.headers["Retry-After"]) == ("rate_limit_error", "10")

    def test_by_the_page(self, one_runs: None, alice: User, client: Any) -> None:
        client.force_login(alice)
        json = {"Accept": "application/json"}
        refused = client.post("/solutions/", {"text": "1+1"}, headers=json)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_active")
        assert refused.headers["Retry-After"] == "10"

    def test_others_are_not_held_up(self, one_runs: None, bob: User) -> None:
        assert api_of(bob).post(URL, {"question": "1+1"}).status_code == 202


class TestQuota:
    def test_a_school_has_so_many_questions_a_day(self, people: People) -> None:
        assert people.alice.school is not None
        SchoolAccess.objects.create(school=people.alice.school, questions_per_day=2)
        assert api_of(people.alice).post(URL, {"question": "1+1"}).status_code == 202
        assert api_of(people.bob).post(URL, {"question": "1+1"}).status_code == 202
        refused = api_of(people.alice).post(URL, {"question": "1+1"})
        assert problem(refused)["code"] == "quota_used_up"
        assert 0 < int(refused.headers["Retry-After"]) <= 86401
        assert api_of(people.charlie).post(URL, {"question": "1+1"}).status_code == 202
        assert Solution.objects.count() == 3


class TestUsage:
    def test_calls_are_counted_by_token_and_day(self, api: Api, alice: User) -> None:
        api.get("/api/v1/me")
        api.get("/api/v1/nothing")
        use = DailyUse.objects.get()
        assert (use.user, use.num_calls, use.num_errors) == (alice, 2, 1)
        assert use.token == alice.api_tokens.get()
        found = api.get("/api/v1/usage").json()
        assert found["days"][0]["calls"] == 2
        assert {limit["name"] for limit in found["limits"]} >= {"user", "token", "solve", "upload"}

    def test_everybody_sees_their_own(self, api: Api, bob: User) -> None:
        api.get("/api/v1/me")
        assert api_of(bob).get("/api/v1/usage").json()["days"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["database", "redis"])
def test_of_200_calls_at_once_exactly_50_pass(where: str) -> None:
    """Against a running server, over real connections."""
    from tests.homework.access.test_limits import REDIS, redis_is_there

    if where == "redis" and not redis_is_there():
        pytest.skip("no Redis on 127.0.0.1:6379")
    alice = make_people().alice
    secret = token_create(user=alice, name="x", scopes=Scope.values, days=1)[1]
    site = LiveSite(HH_LIMIT_TOKEN="50/h", HH_REDIS_URL=REDIS if where == "redis" else "")
    try:
        with (
            httpx.Client(
                base_url=site.url,
                headers={"Authorization": f"Bearer {secret}"},
                limits=httpx.Limits(max_connections=40),
                timeout=60,
            ) as client,
            ThreadPoolExecutor(40) as pool,
        ):
            statuses = list(pool.map(lambda _: client.get("/api/v1/me").status_code, range(200)))
    finally:
        site.kill()
    assert (statuses.count(200), statuses.count(429)) == (50, 150)
