"""A Redis that goes away: the site goes on, with limits, and comes back to it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import redis

from homework.access.limits import Bucket, DatabaseCounters, Rate, RedisCounters, SafeCounters
from homework.access.models import Counter, Scope
from homework.access.services import token_create
from homework.common.cache import SafeRedisCache, redis_outage
from homework.common.errors import RateLimitedError
from tests.homework.people import make_people
from tests.live import LiveSite

pytestmark = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="no redis-server on this machine"
)


class PrivateRedis:
    """A Redis of this test alone."""

    def __init__(self, directory: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        for _ in range(200):
            try:
                client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PrivateRedis]:
    server = PrivateRedis(tmp_path)
    yield server
    server.end()
    redis_outage.end()


def bucket(limit: int) -> Bucket:
    return Bucket("test", uuid.uuid4().hex, Rate(limit, 3600))


@pytest.mark.django_db
class TestCounters:
    def counters(self, server: PrivateRedis) -> SafeCounters:
        return SafeCounters(RedisCounters(server.url), DatabaseCounters())

    def test_the_database_counts_while_it_is_away(self, server: PrivateRedis) -> None:
        counters, one = self.counters(server), bucket(2)
        counters.spend([one])
        assert not Counter.objects.exists()
        server.end()
        assert counters.spend([one])[0].remaining == 1
        assert Counter.objects.get().key == one.key
        counters.spend([one])
        with pytest.raises(RateLimitedError):
            counters.spend([one])

    def test_it_is_asked_again_when_it_is_back(self, server: PrivateRedis) -> None:
        counters, one = self.counters(server), bucket(9)
        server.end()
        counters.spend([one])
        server.start()
        assert redis_outage.is_on
        redis_outage.end()
        assert counters.spend([one])[0].remaining == 8
        assert Counter.objects.get().count == 1

    def test_one_that_hangs_costs_one_wait(self, server: PrivateRedis) -> None:
        """Whoever comes after the first does not wait, too."""
        counters, one = self.counters(server), bucket(9)
        server.process.send_signal(signal.SIGSTOP)
        try:
            counters.spend([one])
            assert redis_outage.is_on
            assert counters.spend([one])[0].remaining == 7
            assert Counter.objects.get().count == 2
        finally:
            server.process.send_signal(signal.SIGCONT)

    def test_a_connection_that_was_closed_is_no_outage(self, server: PrivateRedis) -> None:
        """As Redis does with those that lie idle."""
        counters, one = self.counters(server), bucket(9)
        counters.spend([one])
        redis.Redis.from_url(server.url).client_kill_filter(_type="normal", skipme=True)
        assert counters.spend([one])[0].remaining == 7
        assert not redis_outage.is_on


def test_the_cache_remembers_by_itself(server: PrivateRedis) -> None:
    cache = SafeRedisCache(server.url, {})
    cache.set("shared", 1)
    server.end()
    assert cache.get("shared", "gone") == "gone"
    assert cache.add("passwords", [1], 60)
    assert not cache.add("passwords", [2], 60)
    # Django makes another one for another request.
    assert SafeRedisCache(server.url, {}).get("passwords") == [1]
    cache.set("number", 1)
    assert cache.incr("number") == 2
    assert cache.has_key("number")
    assert cache.touch("number", 60)
    assert cache.get_many(["number", "other"]) == {"number": 2}
    assert cache.set_many({"other": 3}) == []
    cache.delete_many(["number"])
    assert not cache.delete("number")
    cache.clear()
    assert cache.get("other") is None


@pytest.mark.django_db(transaction=True)
def test_a_site_goes_on_without_it(server: PrivateRedis) -> None:
    people = make_people()
    people.alice.set_password("correct horse 7")
    people.alice.save()
    secret = token_create(user=people.alice, name="x", scopes=Scope.values, days=1)[1]
    site = LiveSite(HH_REDIS_URL=server.url, HH_LIMIT_SOLVE="2/h")
    try:
        with httpx.Client(
            base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=60
        ) as client:
            assert client.get("/api/v1/me").status_code == 200
            server.end()
            assert client.get("/api/v1/me").status_code == 200
            asked = client.post("/api/v1/solutions?wait=30", json={"question": "3x + 5 = 20"})
            assert asked.json()["answer"]["latex"] == "x = 5"
            again = [client.post("/api/v1/solutions", json={"question": "1+1"}) for _ in range(2)]
            assert [response.status_code for response in again] == [202, 429]
            body = {"username": "alice", "password": "correct horse 7"}
            assert client.post("/api/auth/login", json=body).status_code == 200
            wrong = [
                client.post("/api/auth/login", json=body | {"password": "x"}).status_code
                for _ in range(6)
            ]
            assert wrong == [401] * 5 + [429]
            assert site.get("/readyz")[0] == 200
    finally:
        site.kill()
    told = [line for line in site.log if "redis does not answer" in line]
    assert told
    assert not [line for line in site.log if '"status": 500' in line]
