"""Fifty watch one solution, and one of them never reads. Memory stays that of one log."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from websockets.asyncio.client import connect

from homework.pipeline.events import snapshot_of
from homework.solutions.models import Solution
from homework.solutions.services import solution_create
from tests.homework.people import People
from tests.live import Follower, LiveSite, sign_in

NUM_WATCHERS = 50
STREAM = "1500+2+500"  # 1500 pieces of 500 characters: 0.8 MB of text
MAX_GROWTH_KB = 30_000


@pytest.fixture
def site(people: People) -> Iterator[LiveSite]:
    site = LiveSite(
        "-m",
        "tests.homework.consumers.scripted_site",
        HH_WEBSOCKET_STALL_S="8",
        HH_WEBSOCKET_MAX_PER_USER="100",
    )
    yield site
    site.kill()
    print("".join(line for line in site.log if "ERROR" in line))


def never_reading(site: LiveSite, path: str, session: str) -> sockets.socket:
    """A socket that shakes hands and is then left unread, with as little buffer as possible."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 2048)
    raw.connect(("127.0.0.1", int(site.host.rsplit(":", 1)[1])))
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {site.host}",
        f"Origin: {site.url}",
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    )
    raw.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    return raw


async def follow(site: LiveSite, path: str, session: str) -> list[str | bytes]:
    """All messages until the server closes. They are looked at later: these clients are quick."""
    messages: list[str | bytes] = []
    async with connect(
        f"ws://{site.host}{path}",
        origin=site.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"},
        compression=None,
        max_size=None,
        open_timeout=60,
        ping_interval=None,
    ) as socket:
        async for message in socket:
            messages.append(message)
        assert socket.close_code == 1000
    return messages


@pytest.mark.slow
async def test_memory_stays_flat_whoever_watches(site: LiveSite, people: People) -> None:
    session = await sync_to_async(sign_in)(people.alice)

    async def run(
        num_watchers: int, *, with_stuck_one: bool
    ) -> tuple[int, list[list[str | bytes]], Any]:
        solution = await sync_to_async(solution_create)(student=people.alice, question_text=STREAM)
        path = f"/ws/solutions/{solution.pk}/"
        stuck = never_reading(site, path, session) if with_stuck_one else None
        tasks = [asyncio.create_task(follow(site, path, session)) for _ in range(num_watchers)]
        async with asyncio.timeout(120):
            peak_kb = site.rss_kb
            while not all(task.done() for task in tasks):
                await asyncio.sleep(0.1)
                peak_kb = max(peak_kb, site.rss_kb)
        received = await asyncio.gather(*tasks)
        if stuck is not None:
            async with asyncio.timeout(60):
                while is_connected(stuck):
                    await asyncio.sleep(0.1)
            stuck.close()
        stored = await sync_to_async(stored_snapshot)(solution)
        return peak_kb, received, stored

    one_kb, _, _ = await run(1, with_stuck_one=False)  # also warms the server up
    many_kb, received, stored = await run(NUM_WATCHERS - 1, with_stuck_one=True)
    print(f"\npeak RSS with 1 watcher {one_kb} kB, with {NUM_WATCHERS} {many_kb} kB")
    for messages in received:
        follower = Follower()
        for message in messages:
            follower.take(json.loads(message))
        assert follower.state == stored
    assert len(stored["text"]) > 700_000
    assert many_kb - one_kb < MAX_GROWTH_KB


def is_connected(raw: sockets.socket) -> bool:
    """Whether the server has kept the connection."""
    tcp_established = 1
    return raw.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_INFO, 1)[0] == tcp_established


def stored_snapshot(solution: Solution) -> dict[str, Any]:
    snapshot = snapshot_of(Solution.objects.get(pk=solution.pk))
    return {name: value for name, value in snapshot.items() if name != "type"}
