"""The remote engine against real sockets: a small OpenAI-compatible server with faults to order."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from inference.breaker import CircuitBreaker
from inference.config import EngineConfig, RemoteConfig
from inference.errors import EngineNotReadyError, QueueFullError
from inference.remote import RemoteEngine
from inference.solution_text import SolutionTextParser
from inference.types import Delta, Done, Event, Failed, Request, SamplingParams


class Server:
    """Streams what `script` yields; counts who came and whose connection broke."""

    def __init__(self) -> None:
        self.script: Callable[[], Iterator[Any]] = lambda: iter(["Hello", " you", "stop"])
        self.status = 200
        self.refuses = ""
        self.bodies: list[dict[str, Any]] = []
        self.disconnected = threading.Event()
        self.release = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.bodies.append(body)
                self.send_response(422 if outer.refuses in body else outer.status)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    for item in outer.script():
                        self._send(item)
                    self.wfile.write(b"data: [DONE]\n\n")
                except OSError:
                    outer.disconnected.set()

            def _send(self, item: Any) -> None:
                if isinstance(item, bytes):
                    self.wfile.write(item)
                else:
                    delta = item if isinstance(item, dict) else {"content": item}
                    choice: dict[str, Any] = {"delta": delta, "finish_reason": None}
                    if item in ("stop", "length", "content_filter"):
                        choice = {"delta": {}, "finish_reason": item}
                    self.wfile.write(
                        b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"
                    )
                self.wfile.flush()

            def log_message(self, *args: object) -> None:
                pass

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._httpd.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._httpd.server_port}/v1"
        threading.Thread(target=self._httpd.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.release.set()
        self._httpd.shutdown()
        self._httpd.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def start() -> Iterator[Callable[..., RemoteEngine]]:
    engines: list[RemoteEngine] = []

    def make(*urls: str, config: EngineConfig | None = None, **options: Any) -> RemoteEngine:
        engine = RemoteEngine(
            config or EngineConfig(max_active=4),
            RemoteConfig(endpoints=urls, model="glm", **options),
        )
        engine.start()
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.stop()


def request(name: str = "a", **options: Any) -> Request:
    return Request(request_id=name, problem="3x+5=20", **options)


def read(engine: RemoteEngine, what: Request) -> tuple[str, Event]:
    events = list(engine.submit(what))
    return "".join(event.text for event in events if isinstance(event, Delta)), events[-1]


def await_ready(engine: RemoteEngine) -> None:
    """Until the cooldown of its breaker is over."""
    deadline = time.monotonic() + 10
    while not engine.is_ready:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_streams_text_and_the_reason_of_the_end(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    text, end = read(start(server.url), request())
    assert text == "Hello you"
    assert isinstance(end, Done)
    assert end.finish_reason == "stop"
    assert end.usage.tokens == 2


def test_the_photo_travels_in_the_body_and_the_sampling_with_it(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    sampling = SamplingParams(temperature=0.5, top_k=4, seed=3)
    read(start(server.url), request(image=b"\xff\xd8photo", sampling=sampling, stop=("!",)))
    body = server.bodies[0]
    urls = [
        part["image_url"]["url"]
        for message in body["messages"]
        for part in message["content"]
        if part["type"] == "image_url"
    ]
    assert len(urls) == 1
    assert urls[0].startswith("data:image/jpeg;base64,")
    assert (body["temperature"], body["top_k"], body["seed"], body["stop"]) == (0.5, 4, 3, ["!"])


def test_an_abort_closes_the_connection(server: Server, start: Callable[..., RemoteEngine]) -> None:
    def endless() -> Iterator[Any]:
        while not server.release.wait(0.01):
            yield "more "

    server.script = endless
    engine = start(server.url)
    stream = engine.submit(request())
    assert isinstance(stream.get(timeout_s=10), Delta)
    assert engine.abort("a")
    assert list(stream)[-1].finish_reason == "aborted"  # type: ignore[union-attr]
    assert server.disconnected.wait(timeout=10)
    assert engine.stats().active == 0


def test_before_the_first_token_another_endpoint_is_tried(
    server: Server, other: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.status = 503
    text, end = read(start(server.url, other.url), request())
    assert text == "Hello you"
    assert isinstance(end, Done)
    assert len(server.bodies) == len(other.bodies) == 1


def test_after_the_first_token_nothing_is_tried_again(
    server: Server, other: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.script = lambda: iter(["Hel", b"data: {broken\n\n"])
    _, end = read(start(server.url, other.url), request())
    assert isinstance(end, Failed)
    assert end.retryable
    assert not other.bodies


def test_silence_before_and_after_the_first_token_has_its_own_bound(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    def silent() -> Iterator[Any]:
        server.release.wait(30)
        yield "late"

    server.script = silent
    engine = start(server.url, first_token_timeout_s=0.1, max_attempts=1)
    assert isinstance(read(engine, request())[1], Failed)

    def stops_talking() -> Iterator[Any]:
        yield "Hel"
        server.release.wait(30)

    server.script = stops_talking
    engine = start(server.url, inter_token_timeout_s=0.1)
    text, end = read(engine, request())
    assert text == "Hel"
    assert isinstance(end, Failed)


def test_a_refusal_is_not_carried_to_the_next_endpoint(
    server: Server, other: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.status = 400
    _, end = read(start(server.url, other.url), request())
    assert end == Failed("remote_refused", "The model server refuses this question.", False)
    assert not other.bodies


def test_a_dead_server_is_left_alone_and_found_again(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.status = 500
    engine = start(server.url, breaker_failures=2, breaker_cooldown_s=0.2, max_attempts=1)
    for number in range(2):
        assert isinstance(read(engine, request(str(number)))[1], Failed)
    assert not engine.is_ready
    with pytest.raises(EngineNotReadyError):
        engine.submit(request("refused"))
    assert len(server.bodies) == 2
    server.status = 200
    await_ready(engine)
    assert isinstance(read(engine, request("probe"))[1], Done)
    assert engine.is_ready


def test_the_least_busy_endpoint_is_asked(
    server: Server, other: Server, start: Callable[..., RemoteEngine]
) -> None:
    def held() -> Iterator[Any]:
        yield "Hel"
        server.release.wait(30)
        yield "stop"

    server.script = held
    engine = start(server.url, other.url)
    first = engine.submit(request("first"))
    assert isinstance(first.get(timeout_s=10), Delta)
    for number in range(3):
        read(engine, request(str(number)))
    assert len(other.bodies) == 3
    server.release.set()
    list(first)


def test_the_queue_is_bounded_and_a_deadline_holds_in_it(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    def held() -> Iterator[Any]:
        yield "Hel"
        server.release.wait(30)
        yield "stop"

    server.script = held
    engine = start(server.url, config=EngineConfig(max_active=1, max_queued=1))
    first = engine.submit(request("first"))
    assert isinstance(first.get(timeout_s=10), Delta)
    waiting = engine.submit(request("waiting", deadline_s=0.1))
    with pytest.raises(QueueFullError):
        engine.submit(request("refused"))
    assert list(waiting)[-1].finish_reason == "timeout"  # type: ignore[union-attr]
    server.release.set()
    assert list(first)[-1].finish_reason == "stop"  # type: ignore[union-attr]


def test_stop_ends_what_runs(server: Server, start: Callable[..., RemoteEngine]) -> None:
    def held() -> Iterator[Any]:
        yield "Hel"
        server.release.wait(30)

    server.script = held
    engine = start(server.url)
    stream = engine.submit(request())
    assert isinstance(stream.get(timeout_s=10), Delta)
    engine.stop()
    assert list(stream)[-1].finish_reason == "aborted"  # type: ignore[union-attr]
    with pytest.raises(EngineNotReadyError):
        engine.submit(request("b"))


def test_a_breaker_opens_probes_once_and_closes() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=2, cooldown_s=10, clock=lambda: now[0])
    breaker.fail()
    assert not breaker.is_open
    breaker.fail()
    assert breaker.is_open
    now[0] = 11
    assert not breaker.is_open
    breaker.enter()
    assert breaker.is_open, "one probe at a time"
    breaker.fail()
    assert breaker.is_open
    now[0] = 22
    breaker.enter()
    breaker.succeed()
    assert not breaker.is_open


def test_a_trusted_probe_lets_others_pass_but_one_more_failure_opens_again() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=3, cooldown_s=10, clock=lambda: now[0])
    for _ in range(3):
        breaker.fail()
    now[0] = 11
    breaker.enter()
    breaker.trust()
    assert not breaker.is_open
    breaker.fail()
    assert breaker.is_open


def test_others_pass_as_soon_as_the_probe_is_being_answered(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.status = 500
    engine = start(server.url, breaker_failures=1, breaker_cooldown_s=0.2, max_attempts=1)
    assert isinstance(read(engine, request("fails"))[1], Failed)
    server.status = 200

    def held() -> Iterator[Any]:
        yield "Hel"
        server.release.wait(30)
        yield "stop"

    server.script = held
    await_ready(engine)
    probe = engine.submit(request("probe"))
    assert isinstance(probe.get(timeout_s=10), Delta)
    server.script = lambda: iter(["Hello", "stop"])
    assert isinstance(read(engine, request("next"))[1], Done)
    server.release.set()
    assert list(probe)[-1].finish_reason == "stop"  # type: ignore[union-attr]


def test_signs_of_life_are_not_text(server: Server, start: Callable[..., RemoteEngine]) -> None:
    """A proxy that sends comments, and a server that sends empty chunks, kept a question waiting
    until its own deadline."""

    def busy() -> Iterator[Any]:
        while not server.release.wait(0.01):
            yield b": still here\n\n"
            yield ""

    server.script = busy
    engine = start(server.url, first_token_timeout_s=0.2, max_attempts=1)
    assert isinstance(read(engine, request())[1], Failed)

    def then_busy() -> Iterator[Any]:
        yield "Hel"
        yield from busy()

    server.script = then_busy
    engine = start(server.url, inter_token_timeout_s=0.2)
    text, end = read(engine, request())
    assert (text, type(end)) == ("Hel", Failed)


def test_a_server_that_does_not_even_answer_is_silent(
    start: Callable[..., RemoteEngine], other: Server
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"
        engine = start(url, other.url, first_token_timeout_s=0.2)
        text, end = read(engine, request())
    assert text == "Hello you"
    assert isinstance(end, Done)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_that_comes_apart_is_put_back_where_the_model_wrote_it(
    field: str, server: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.script = lambda: iter(
        [
            {"role": "assistant", "content": ""},
            {field: "Let me "},
            {field: "see."},
            {"content": "**Answer.** $x = 5$"},
            "stop",
        ]
    )
    text, end = read(start(server.url), request())
    assert text == "<think>Let me see.</think>**Answer.** $x = 5$"
    assert isinstance(end, Done)
    parser = SolutionTextParser()
    parser.feed(text)
    parser.close()
    assert parser.thinking_text == "Let me see."
    assert parser.visible_text == "**Answer.** $x = 5$"


def test_special_tokens_are_asked_for_where_the_server_can_keep_them(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    read(start(server.url), request())
    assert server.bodies[0]["skip_special_tokens"] is False


def test_a_server_without_extensions_is_asked_in_plain_openai(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.refuses = "skip_special_tokens"
    engine = start(server.url)
    for number in range(2):
        text, end = read(engine, request(str(number), sampling=SamplingParams(top_k=4)))
        assert text == "Hello you"
        assert isinstance(end, Done)
    assert ["top_k" in body for body in server.bodies] == [True, False, False]
    assert "skip_special_tokens" not in server.bodies[-1]


@pytest.mark.parametrize(
    ("image", "kind"), [(b"\xff\xd8photo", "jpeg"), (b"\x89PNG\r\n\x1a\nphoto", "png")]
)
def test_a_photo_travels_under_its_own_type(
    image: bytes, kind: str, server: Server, start: Callable[..., RemoteEngine]
) -> None:
    read(start(server.url), request(image=image))
    assert f"data:image/{kind};base64," in json.dumps(server.bodies[0])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_server_that_is_busy_or_broken_is_not_the_questions_fault(
    status: int, server: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.status = status
    _, end = read(start(server.url, max_attempts=1), request())
    assert isinstance(end, Failed)
    assert end.retryable


def test_what_another_filter_ends_is_no_answer_and_no_fault_of_the_server(
    server: Server, start: Callable[..., RemoteEngine]
) -> None:
    server.script = lambda: iter(["Hel", "content_filter"])
    engine = start(server.url, breaker_failures=1)
    _, end = read(engine, request())
    assert isinstance(end, Failed)
    assert not end.retryable
    assert engine.is_ready
