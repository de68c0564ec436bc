"""The engine alone: no web, no sockets, no database. What is left of it through the site is the
cost of the site.

    python -m benchmarks.peers.bare CHECKPOINT PORT

A POST with `{"streams", "each", "tokens", "photo"}` runs one measurement and is answered with its
samples; the questions themselves never leave the process.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, HTTPServer

from benchmarks.asking import Sample
from benchmarks.checkpoint import make_photo
from inference.config import EngineConfig, LocalConfig
from inference.local import LocalEngine
from inference.types import Delta, Done, Request

MAX_LEN = 4096
"""As the site has it unless told otherwise."""


def measure(
    engine: LocalEngine, *, streams: int, each: int, tokens: int, photo: int
) -> list[Sample]:
    """Ask `each` questions one after the other in each of `streams` threads."""
    samples: list[Sample] = []
    photos = [make_photo(photo + number) for number in range(streams * each)]

    def ask_some(stream: int) -> None:
        for number in range(stream * each, (stream + 1) * each):
            samples.append(_ask(engine, photos[number], f"{photo}-{number}", tokens))

    threads = [threading.Thread(target=ask_some, args=(stream,)) for stream in range(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples


def _ask(engine: LocalEngine, photo: bytes, name: str, tokens: int) -> Sample:
    asked_at = time.perf_counter()
    first_at = 0.0
    request = Request(request_id=name, problem="", image=photo, max_new_tokens=tokens)
    for event in engine.submit(request):
        if isinstance(event, Delta):
            first_at = first_at or time.perf_counter()
        elif isinstance(event, Done):
            return Sample(asked_at, first_at, time.perf_counter(), event.usage.tokens)
    raise AssertionError("a stream ends in an event")


def main() -> None:
    """Serve until killed."""
    engine = LocalEngine(EngineConfig(), LocalConfig(model=sys.argv[1], max_len=MAX_LEN))
    engine.start()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"ready")

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            samples = measure(engine, **asked)
            self._answer(json.dumps([asdict(sample) for sample in samples]).encode())

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()


if __name__ == "__main__":
    main()
