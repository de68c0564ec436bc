"""Counters that stay right: exactly so many pass, however many ask at once."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter as Count
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings
from django.db import connection

from homework.access.limits import (
    Bucket,
    Counters,
    DatabaseCounters,
    Rate,
    RedisCounters,
    counters_sweep,
)
from homework.access.models import Counter
from homework.common.errors import RateLimitedError

REDIS = "redis://127.0.0.1:6379/9"
HOUR = 3600


def redis_is_there() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS).ping())
    except redis.RedisError:
        return False


KINDS = [
    "database",
    pytest.param(
        "redis", marks=pytest.mark.skipif(not redis_is_there(), reason="no Redis on 127.0.0.1:6379")
    ),
]


def make(kind: str) -> Counters:
    return DatabaseCounters() if kind == "database" else RedisCounters(REDIS)


def some(limit: int, name: str = "test", window_s: int = HOUR) -> Bucket:
    return Bucket(name, uuid.uuid4().hex, Rate(limit, window_s))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db(transaction=True)
def test_of_200_at_once_exactly_50_pass(kind: str) -> None:
    counters, bucket = make(kind), some(50)
    num_threads = 20
    barrier = threading.Barrier(num_threads)

    def call(_number: int) -> int:
        barrier.wait(60)
        passed = 0
        try:
            for _ in range(200 // num_threads):
                try:
                    counters.spend([bucket])
                    passed += 1
                except RateLimitedError:
                    continue
        finally:
            connection.close()
        return passed

    with ThreadPoolExecutor(num_threads) as pool:
        assert sum(pool.map(call, range(num_threads))) == 50


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db
class TestCounting:
    def test_it_says_what_is_left(self, kind: str) -> None:
        counters, bucket = make(kind), some(2)
        left = [counters.spend([bucket])[0].remaining for _ in range(2)]
        assert left == [1, 0]
        with pytest.raises(RateLimitedError) as refused:
            counters.spend([bucket])
        assert 0 < refused.value.detail["retry_after_s"] <= HOUR  # type: ignore[operator]
        assert refused.value.standing.remaining == 0

    def test_what_is_refused_costs_nothing(self, kind: str) -> None:
        counters = make(kind)
        wide, narrow = some(10, "wide"), some(1, "narrow")
        counters.spend([wide, narrow])
        for _ in range(5):
            with pytest.raises(RateLimitedError):
                counters.spend([wide, narrow])
        assert counters.spend([wide])[0].remaining == 8

    def test_each_is_counted_by_itself(self, kind: str) -> None:
        counters, mine, yours = make(kind), some(1), some(1)
        counters.spend([mine])
        counters.spend([yours])

    def test_it_begins_anew_when_its_time_is_over(self, kind: str) -> None:
        counters, bucket = make(kind), some(1, window_s=1)
        counters.spend([bucket])
        begun = time.monotonic()
        num_refused: Count[str] = Count()
        while time.monotonic() - begun < 30:
            try:
                counters.spend([bucket])
                break
            except RateLimitedError:
                num_refused["refused"] += 1
                threading.Event().wait(0.05)
        else:
            pytest.fail("it never began anew")
        assert num_refused["refused"]

    def test_a_limit_of_nothing_lets_nothing_through(self, kind: str) -> None:
        counters, none = make(kind), some(0)
        for _ in range(2):
            with pytest.raises(RateLimitedError):
                counters.spend([none])
        assert counters.count(none) == 0

    def test_it_says_how_much_is_spent(self, kind: str) -> None:
        counters, bucket = make(kind), some(9)
        assert counters.count(bucket) == 0
        counters.spend([bucket])
        counters.spend([bucket])
        assert counters.count(bucket) == 2

    def test_no_buckets_are_no_limit(self, kind: str) -> None:
        assert make(kind).spend([]) == []


@pytest.mark.django_db
def test_ended_counters_are_swept() -> None:
    DatabaseCounters().spend([some(1)])
    Counter.objects.create(key="old", count=1, ends_at=time.time() - 1)
    assert counters_sweep() == 1
    assert Counter.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "rate"),
    [("600/m", Rate(600, 60)), ("50/10s", Rate(50, 10)), ("1/d", Rate(1, 86400)), ("", None)],
)
def test_rates_are_read(text: str, rate: Rate | None) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.parametrize("text", ["600", "x/m", "0/m", "1/w", "-1/m", "1/0s", "1/m "])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate.parse(text)


def test_the_settings_own_rates_are_rates() -> None:
    assert all(Rate.parse(text) for text in settings.API_RATES.values())
