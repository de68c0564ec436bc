"""The sockets' way to the database: in the one thread that asgiref keeps for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")


async def in_database_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a blocking function; when the caller is cancelled, the call ends by itself.

    asgiref's own coroutine swallows a cancellation that arrives while its thread is at work and
    returns as if nothing had happened, so a loop around it would never end. Hence the shield.
    """
    task: asyncio.Task[T] = asyncio.ensure_future(database_sync_to_async(call)(*args, **kwargs))
    task.add_done_callback(_retrieve)
    return await asyncio.shield(task)


def _retrieve(task: asyncio.Task[T]) -> None:
    """Mark its error as seen: whoever was cancelled will not come for it."""
    if not task.cancelled():
        task.exception()
