"""Django's cache on Redis that does without while Redis is away.

What is kept there are counts of wrong passwords, codes that were used, and who looked at what a
moment ago: things that a process can remember by itself for a while. Without this a sign-in would
end in an error as long as Redis is down.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Final

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

from homework.common.logs import error_facts

logger = logging.getLogger(__name__)

PATIENCE: Final[dict[str, Any]] = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    # Once more: a connection that lay idle may have been closed meanwhile.
    "retry": Retry(NoBackoff(), 1),
}
"""How long a request waits for Redis."""
ASK_AGAIN_AFTER_S: Final = 5.0


class Outage:
    """Whether Redis has just failed to answer: whoever comes next must not wait for it, too.

    One for the process, since Django makes a cache for every request. A race costs one wait more.
    """

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether Redis is not to be asked now."""
        return time.monotonic() < self._until

    def begin(self, error: redis.RedisError) -> None:
        """Redis has not answered."""
        self._until = time.monotonic() + ASK_AGAIN_AFTER_S
        logger.error("redis does not answer, going on without it", extra=error_facts(error))

    def end(self) -> None:
        """Ask Redis again at once."""
        self._until = 0.0


redis_outage = Outage()


class SafeRedisCache(RedisCache):
    """Redis, and this process's own memory while Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params | {"OPTIONS": PATIENCE | params.get("OPTIONS", {})})
        # Of this name there is one in the process, however many of us there are.
        self._own = LocMemCache("while-redis-is-away", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    def _safely(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not redis_outage.is_on:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except redis.RedisError as error:
                redis_outage.begin(error)
        return getattr(self._own, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._safely("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._safely("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._safely("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._safely("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._safely("delete", *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._safely("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._safely("has_key", *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._safely("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._safely("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._safely("delete_many", *args, **kwargs)

    def clear(self) -> None:
        self._safely("clear")
