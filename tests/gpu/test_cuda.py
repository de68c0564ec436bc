"""The local engine on a CUDA device: the same laws as on the CPU, in bfloat16 and with graphs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks.checkpoint import make_photo
from inference.config import EngineConfig, LocalConfig
from inference.local import LocalEngine
from inference.streams import Stream
from inference.types import Delta, Done, Request
from tests.inference.tiny_checkpoint import make_tiny_checkpoint

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_checkpoint(tmp_path_factory.mktemp("checkpoint"))


def answers(checkpoint: Path, num_slots: int, dtype: str) -> list[str]:
    engine = LocalEngine(
        EngineConfig(),
        LocalConfig(
            model=str(checkpoint), device="cuda", dtype=dtype, num_slots=num_slots, max_len=640
        ),
    )
    engine.start()
    try:
        streams = [
            engine.submit(Request(request_id=str(n), problem=f"{n}x=1", max_new_tokens=40))
            for n in range(6)
        ]
        texts = []
        for stream in streams:
            events = list(stream)
            assert isinstance(events[-1], Done)
            texts.append("".join(event.text for event in events if isinstance(event, Delta)))
        return texts
    finally:
        engine.stop()


def test_graphs_at_every_width_write_the_same_text(checkpoint: Path) -> None:
    assert answers(checkpoint, 1, "float32") == answers(checkpoint, 6, "float32")


def test_bfloat16_serves(checkpoint: Path) -> None:
    assert all(answers(checkpoint, 4, "bfloat16"))


def test_memory_does_not_grow_after_warm_up(checkpoint: Path) -> None:
    answers(checkpoint, 4, "float32")
    torch.cuda.synchronize()
    before = torch.cuda.memory_allocated()
    answers(checkpoint, 4, "float32")
    torch.cuda.synchronize()
    assert torch.cuda.memory_allocated() <= before


def test_photos_encoded_beside_the_decode_steps_give_the_same_text(checkpoint: Path) -> None:
    """The vision tower runs on a stream of its own while others decode."""
    local = LocalConfig(
        model=str(checkpoint), device="cuda", dtype="float32", num_slots=4, max_len=640
    )
    engine = LocalEngine(EngineConfig(), local)
    engine.start()
    try:

        def ask(name: str, seed: int) -> Stream:
            return engine.submit(
                Request(request_id=name, problem="", image=make_photo(seed), max_new_tokens=40)
            )

        def text(stream: Stream) -> str:
            return "".join(event.text for event in stream if isinstance(event, Delta))

        alone = [text(ask(str(seed), seed)) for seed in range(6)]
        engine.stop()
        engine.start()  # with empty caches
        assert [text(stream) for stream in [ask(str(seed), seed) for seed in range(6)]] == alone
    finally:
        engine.stop()
