"""Requests borrow threads that stay, and never one that is still at work."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from homework.common import request_threads
from homework.common.request_threads import RequestThreads


async def _nothing(*_args: Any) -> None:
    raise AssertionError("nothing is received or sent here")


async def test_one_request_after_the_other_has_the_same_thread() -> None:
    seen: list[int] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(2):
            seen.append(await sync_to_async(threading.get_ident)())

    threads = RequestThreads(application)
    for _ in range(3):
        await threads({}, _nothing, _nothing)
    assert len(seen) == 6
    assert len(set(seen)) == 1
    assert seen[0] != threading.get_ident()


async def test_requests_at_once_have_a_thread_each() -> None:
    barrier = threading.Barrier(3, timeout=30)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(barrier.wait)()  # breaks unless all three are at work at once

    threads = RequestThreads(application)
    await asyncio.gather(*(threads({}, _nothing, _nothing) for _ in range(3)))


async def test_a_thread_that_a_request_left_at_work_is_lent_to_nobody() -> None:
    began, may_end = threading.Event(), threading.Event()
    idents: list[int] = []

    def work() -> None:
        idents.append(threading.get_ident())
        began.set()
        may_end.wait(30)

    async def leaving(scope: Any, receive: Any, send: Any) -> None:
        # As a request whose client is gone: the call itself cannot be taken back.
        task = asyncio.ensure_future(sync_to_async(work)())
        await asyncio.to_thread(began.wait, 30)
        task.cancel()
        raise asyncio.CancelledError

    async def other(scope: Any, receive: Any, send: Any) -> None:
        idents.append(await sync_to_async(threading.get_ident)())

    given = leaving
    threads = RequestThreads(lambda *args: given(*args))
    with pytest.raises(asyncio.CancelledError):
        await threads({}, _nothing, _nothing)
    given = other
    try:
        await asyncio.wait_for(threads({}, _nothing, _nothing), 30)
        assert idents[0] != idents[1]
    finally:
        may_end.set()


async def test_no_more_than_the_bound_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_threads, "MAX_IDLE", 1)
    idents: list[int] = []
    barrier = threading.Barrier(2, timeout=30)

    def work() -> None:
        idents.append(threading.get_ident())
        barrier.wait()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(work)()

    threads = RequestThreads(application)
    await asyncio.gather(*(threads({}, _nothing, _nothing) for _ in range(2)))
    assert len(threads._idle) == 1
