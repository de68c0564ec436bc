"""A site whose engine follows a script that the question tells: `n + ms` is n pieces of text, one
each ms milliseconds, and `n + ms + c` makes them longer by c characters. All else is real."""

from __future__ import annotations

# First: it installs the reactor.
from tests.scripted_server import serve  # isort: skip

import re
import time
from collections.abc import Iterator

from inference import Request
from inference.types import Delta, Done, Event


def script(request: Request) -> Iterator[Event]:
    numbers = [int(number) for number in re.findall(r"\d+", request.problem)]
    num_pieces, pause_ms = numbers[0], numbers[1]
    yield Delta("**Step 1.** Count.\n$1 + 1 = 2$\n\n**Step 2.** Go on.\n")
    padding = "x" * numbers[2] if len(numbers) > 2 else ""
    for number in range(num_pieces):
        time.sleep(pause_ms / 1000)
        yield Delta(f"word {number}{padding} 第 ")
    yield Delta("\n$2 = 2$\n\n**Answer.** $2$\n")
    yield Done("stop")


if __name__ == "__main__":
    from tests.homework.pipeline.scripted import make_engine

    serve(lambda: make_engine(script))
