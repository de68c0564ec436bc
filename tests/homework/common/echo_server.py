"""A bounded server in a process of its own, for tests that look at its memory.

The application answers with the number of body bytes it was given, under /inside with how many
bodies it had at once, at most; `/large` takes 20 times as much as the others, two at once, with
`Bearer known`. Prints its port when ready.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homework.settings")
django.setup()

from homework.common.bounded_server import BoundedServer  # noqa: E402
from homework.common.large_bodies import LargeBodies  # noqa: E402

num_inside = most_inside = 0


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    global num_inside, most_inside
    num_bytes = 0
    while True:
        message = await receive()
        num_bytes += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    told = num_bytes
    if scope["path"] == "/inside":
        num_inside += 1
        most_inside = max(most_inside, num_inside)
        await asyncio.sleep(0.02)
        num_inside -= 1
        told = most_inside
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(told).encode()})


def main() -> None:
    def say_port() -> None:
        print(server.listening_addresses[0][1], flush=True)

    server = BoundedServer(
        application,
        endpoints=["tcp:port=0:interface=127.0.0.1"],
        max_body_bytes=int(sys.argv[1]),
        body_timeout_s=float(sys.argv[2]),
        large_bodies=LargeBodies(
            paths={"/large": 20 * int(sys.argv[1])},
            may_send=lambda authorization: authorization == "Bearer known",
            max_at_once=2,
        ),
        ready_callable=say_port,
    )
    server.run()


if __name__ == "__main__":
    main()
