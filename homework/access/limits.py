"""How often somebody may come in: counters that stay right however many ask at once.

Each bucket is one number with an end. It is raised by one conditional statement, a script in Redis
where that is configured and an update in the database otherwise, so of 200 calls against a limit
of 50 exactly 50 pass. What is refused costs nothing. While Redis is away the database counts.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import redis
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from homework.access.models import Counter
from homework.common.cache import PATIENCE, redis_outage
from homework.common.errors import RateLimitedError
from homework.common.prepared import Parameter, PreparedQuery, PreparedUpdate

_RATE = re.compile(r"(\d+)/(?:(\d*)([smhd]))\Z", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds."""

    limit: int
    window_s: int

    @classmethod
    def parse(cls, text: str) -> Rate | None:
        """The rate that is written as `600/m`, `200/h` or `50/10s`; None for an empty text.

        Raises:
            ValueError: Anything else.
        """
        if not text:
            return None
        match = _RATE.match(text)
        if match is None or int(match[1]) < 1 or match[2] == "0":
            raise ValueError(f"no rate: {text!r}")
        return cls(int(match[1]), int(match[2] or 1) * _SECONDS[match[3]])


@dataclass(frozen=True, slots=True)
class Bucket:
    """One counter: what is counted, whose, and how much of it there may be."""

    name: str
    subject: str
    rate: Rate

    @property
    def key(self) -> str:
        """Under which it is counted."""
        return f"{self.name}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a bucket."""

    bucket: Bucket
    remaining: int
    reset_s: int


def bucket(name: str, subject: object) -> list[Bucket]:
    """The bucket that the settings name, as a list of none or one: a rate may be unset."""
    rate = Rate.parse(settings.API_RATES[name])
    return [] if rate is None else [Bucket(name, str(subject), rate)]


def spend(buckets: Sequence[Bucket]) -> list[Standing]:
    """Count one call in all buckets, or in none.

    Returns:
        What is left of each.

    Raises:
        RateLimitedError: One is used up; its `standing` is that one, and nothing was counted.
    """
    return counters().spend(buckets)


class Counters(Protocol):
    """Where the counts are kept."""

    def spend(self, buckets: Sequence[Bucket]) -> list[Standing]: ...

    def count(self, one: Bucket) -> int:
        """How much of a bucket is spent now."""
        ...


_count_one = PreparedUpdate(
    lambda: Counter.objects.filter(
        key=Parameter("key", Counter, "key"),
        ends_at__gt=Parameter("now", Counter, "ends_at"),
        count__lt=Parameter("limit", Counter, "count"),
    ),
    {"count": F("count") + 1},
)
_counted = PreparedQuery(
    lambda: Counter.objects.filter(key=Parameter("key", Counter, "key")).values_list(
        "count", "ends_at"
    )
)


class DatabaseCounters:
    """One row a bucket. One transaction a call, so what is refused is undone as a whole."""

    def spend(self, buckets: Sequence[Bucket]) -> list[Standing]:
        if not buckets:
            return []
        now = time.time()
        with transaction.atomic():
            # In the same order everywhere, or two calls could wait for each other.
            return [self._spend(one, now) for one in sorted(buckets, key=lambda each: each.key)]

    def count(self, one: Bucket) -> int:
        rows = Counter.objects.filter(key=one.key, ends_at__gt=time.time())
        return rows.values_list("count", flat=True).first() or 0

    def _spend(self, one: Bucket, now: float) -> Standing:
        if one.rate.limit < 1:
            raise _refusal(_standing(one, 0, now + one.rate.window_s, now))
        rows = Counter.objects.filter(key=one.key)
        until = now + one.rate.window_s
        # The second round is for the row that another call made or renewed in between.
        for _round in range(3):
            if _count_one(key=one.key, now=now, limit=one.rate.limit):
                ((count, ends_at),) = _counted(key=one.key)
                return _standing(one, count, ends_at, now)
            if rows.filter(ends_at__lte=now).update(count=1, ends_at=until):
                return _standing(one, 1, until, now)
            found = rows.values_list("count", "ends_at").first()
            if found is not None and found[0] >= one.rate.limit and found[1] > now:
                raise _refusal(_standing(one, *found, now))
            if found is None:
                try:
                    with transaction.atomic():
                        Counter.objects.create(key=one.key, count=1, ends_at=until)
                    return _standing(one, 1, until, now)
                except IntegrityError:
                    continue
        raise _refusal(_standing(one, one.rate.limit, now + 1, now))


_SCRIPT = """
for i, key in ipairs(KEYS) do
  local count = tonumber(redis.call('GET', key) or '0')
  if count >= tonumber(ARGV[2 * i - 1]) then
    return {0, i, count, redis.call('PTTL', key)}
  end
end
local found = {1}
for i, key in ipairs(KEYS) do
  local count = redis.call('INCR', key)
  if count == 1 then redis.call('PEXPIRE', key, ARGV[2 * i]) end
  table.insert(found, count)
  table.insert(found, redis.call('PTTL', key))
end
return found
"""


class RedisCounters:
    """One key a bucket, which Redis forgets by itself; one script a call."""

    def __init__(self, url: str) -> None:
        self._connection = redis.Redis.from_url(url, **PATIENCE)
        self._script: Any = self._connection.register_script(_SCRIPT)

    def spend(self, buckets: Sequence[Bucket]) -> list[Standing]:
        if not buckets:
            return []
        arguments: list[int] = []
        for one in buckets:
            arguments += [one.rate.limit, 1000 * one.rate.window_s]
        passed, *rest = self._script([f"limit:{one.key}" for one in buckets], arguments)
        if not passed:
            index, count, left_ms = rest
            raise _refusal(_standing(buckets[index - 1], count, left_ms / 1000, 0))
        return [
            _standing(one, rest[2 * i], rest[2 * i + 1] / 1000, 0) for i, one in enumerate(buckets)
        ]

    def count(self, one: Bucket) -> int:
        found: Any = self._connection.get(f"limit:{one.key}")
        return int(found or 0)


class SafeCounters:
    """Redis, and the database while Redis does not answer.

    What Redis had counted is not known meanwhile, so a window may let through up to twice as much:
    better than to shut a school out, or to let everything in.
    """

    def __init__(self, redis_counters: Counters, database_counters: Counters) -> None:
        self._redis, self._database = redis_counters, database_counters

    def spend(self, buckets: Sequence[Bucket]) -> list[Standing]:
        if not redis_outage.is_on:
            try:
                return self._redis.spend(buckets)
            except redis.RedisError as error:
                redis_outage.begin(error)
        return self._database.spend(buckets)

    def count(self, one: Bucket) -> int:
        if not redis_outage.is_on:
            try:
                return self._redis.count(one)
            except redis.RedisError as error:
                redis_outage.begin(error)
        return self._database.count(one)


def _refusal(standing: Standing) -> RateLimitedError:
    error = RateLimitedError(None, limit=standing.bucket.name, retry_after_s=standing.reset_s)
    error.standing = standing
    return error


def _standing(one: Bucket, count: int, ends_at: float, now: float) -> Standing:
    reset_s = max(1, min(one.rate.window_s, round(ends_at - now + 0.5)))
    return Standing(one, max(0, one.rate.limit - count), reset_s)


@functools.cache
def counters() -> Counters:
    """Those of this process."""
    if not settings.REDIS_URL:
        return DatabaseCounters()
    return SafeCounters(RedisCounters(settings.REDIS_URL), DatabaseCounters())


def counters_sweep() -> int:
    """Forget counters that have ended, and return how many. Redis does so by itself."""
    return Counter.objects.filter(ends_at__lt=time.time()).delete()[0]
