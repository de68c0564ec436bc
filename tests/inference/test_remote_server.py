"""The remote engine against a server that others wrote, `transformers serve`.

What `test_remote` proves against faults made to order is held here against a real server with a
tiny checkpoint: its own chunks, its own silence about fields that it does not know, its own death.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from inference.chain import ChainEngine
from inference.config import EngineConfig, LocalConfig, RemoteConfig
from inference.local import LocalEngine
from inference.remote import RemoteEngine
from inference.rules.engine import RulesEngine
from inference.streams import Stream
from inference.types import Delta, Done, EngineChanged, Event, Failed, Request
from inference.verify.sandbox import SandboxPool
from tests.inference.tiny_checkpoint import Sizes, make_tiny_checkpoint

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 90.0
TIMEOUT_S = 60.0
LONG = 3000
"""Tokens of an answer that is not over before it is stopped."""


class TransformersServe:
    """The server's process, which may be killed and started again at the same address."""

    def __init__(self, checkpoint: Path, log: Path) -> None:
        self.checkpoint = checkpoint
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port: int = taken.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._log = log
        self.start()

    def start(self) -> None:
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.peers.serve_transformers"),
                    *(str(self.checkpoint), "--host", "127.0.0.1", "--port", str(self.port)),
                ],
                cwd=ROOT,
                env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
                stdout=log,
                stderr=log,
            )

    def await_listening(self) -> None:
        """Raises `TimeoutError` when it does not come up."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError(self._log.read_text()[-2000:])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def has_connections(self) -> bool:
        """Whether anybody is connected to it."""
        local = f"0100007F:{self.port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        established = "01"
        return any(row[1] == local and row[3] == established for row in rows)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sizes = Sizes(writes_words_only=True)  # what ends in half a character is up to the server
    return make_tiny_checkpoint(tmp_path_factory.mktemp("tiny-glm"), sizes=sizes)


@pytest.fixture(scope="module")
def server(
    checkpoint: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TransformersServe]:
    server = TransformersServe(checkpoint, tmp_path_factory.mktemp("serve") / "log.txt")
    try:
        server.await_listening()
    except TimeoutError as error:
        server.kill()
        pytest.skip(f"TRANSFORMERS SERVE DOES NOT START, THE REMOTE ENGINE IS UNTESTED: {error}")
    yield server
    server.kill()


@pytest.fixture
def engine(server: TransformersServe) -> Iterator[RemoteEngine]:
    engine = RemoteEngine(
        EngineConfig(max_active=4),
        RemoteConfig(
            endpoints=(server.url,),
            model=str(server.checkpoint),
            first_token_timeout_s=TIMEOUT_S,
            inter_token_timeout_s=TIMEOUT_S,
            breaker_failures=1,
            breaker_cooldown_s=0.2,
        ),
    )
    engine.start()
    yield engine
    engine.stop()


def photo(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((112, 56)).point(lambda v: (v + shade) % 256).convert(
        "RGB"
    ).save(buffer, "PNG")
    return buffer.getvalue()


def ask(name: str, max_new_tokens: int = 12, shade: int = 0) -> Request:
    return Request(
        request_id=name,
        problem="3x + 5 = 20",
        image=photo(shade),
        max_new_tokens=max_new_tokens,
        deadline_s=2 * TIMEOUT_S,
    )


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


def await_text(stream: Stream) -> None:
    """Until a piece of text has come."""
    while (event := stream.get(timeout_s=TIMEOUT_S)) is not None:
        if isinstance(event, Delta):
            return
    raise AssertionError("no text came")


def await_ready(engine: RemoteEngine) -> None:
    """Until its breaker lets a probe pass."""
    deadline = time.monotonic() + TIMEOUT_S
    while not engine.is_ready:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_streams_what_the_same_model_writes_in_process(
    server: TransformersServe, engine: RemoteEngine
) -> None:
    events = list(engine.submit(ask("a")))
    end = events[-1]
    assert isinstance(end, Done)
    assert (end.finish_reason, end.usage.tokens) == ("length", 12)
    local = LocalEngine(
        EngineConfig(), LocalConfig(model=str(server.checkpoint), dtype="float32", num_slots=2)
    )
    local.start()
    try:
        same = text_of(list(local.submit(ask("a"))))
        other = text_of(list(local.submit(ask("b", shade=90))))
    finally:
        local.stop()
    assert text_of(events) == same
    assert other != same, "the photo makes no difference, so it proves nothing"


def test_an_abort_closes_the_connection_and_frees_the_server(
    server: TransformersServe, engine: RemoteEngine
) -> None:
    stream = engine.submit(ask("long", LONG))
    await_text(stream)
    assert server.has_connections()
    assert engine.abort("long")
    end = list(stream)[-1]
    assert isinstance(end, Done)
    assert end.finish_reason == "aborted"
    deadline = time.monotonic() + TIMEOUT_S
    while server.has_connections():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    # It answers one after the other: this one would wait for the end of the other.
    assert isinstance(list(engine.submit(ask("next")))[-1], Done)


def test_a_server_that_dies_is_left_and_found_again(
    server: TransformersServe, engine: RemoteEngine
) -> None:
    pool = SandboxPool(workers=1, memory_bytes=512 * 1024 * 1024, max_tasks_per_worker=200)
    pool.start()
    rules = RulesEngine(EngineConfig(), pool)
    chain = ChainEngine([engine, rules])
    rules.start()
    try:
        stream = engine.submit(ask("alone", LONG))
        await_text(stream)
        # Only now, as the server answers one after the other and this one is to wait for its death.
        falling = chain.submit(ask("chained", LONG))
        server.kill()

        events = list(stream)
        assert [type(event) for event in events if not isinstance(event, Delta)] == [Failed]
        assert isinstance(events[-1], Failed)
        assert (events[-1].code, events[-1].retryable) == ("remote_error", True)

        events = list(falling)
        assert EngineChanged("remote", "rules", "remote_error") in events
        assert events[-1] == Done("fallback", events[-1].usage)  # type: ignore[union-attr]
        assert "x = 5" in text_of(events)

        await_ready(engine)
        assert isinstance(list(engine.submit(ask("probe too early")))[-1], Failed)
        server.start()
        server.await_listening()
        await_ready(engine)
        assert isinstance(list(chain.submit(ask("probe")))[-1], Done)
        assert list(chain.submit(ask("after")))[-1].finish_reason == "length"
        assert engine.is_ready
    finally:
        rules.stop()
        pool.stop()
