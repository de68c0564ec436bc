"""The local engine against `model.generate`, and its behaviour when things end early or go
wrong."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoTokenizer

from inference.checkpoint import load_model
from inference.config import EngineConfig, LocalConfig
from inference.detokenize import Detokenizer
from inference.errors import (
    BadImageError,
    CheckpointError,
    EngineNotReadyError,
    QueueFullError,
    RequestTooLongError,
)
from inference.local import _MEMORY_SHARE, LocalEngine
from inference.preprocess import Preprocessor
from inference.prompts import build_messages
from inference.scheduler import BLOCK_SIZE
from inference.streams import Stream
from inference.types import (
    Delta,
    Done,
    Failed,
    Request,
    SamplingParams,
    TerminalEvent,
    Turn,
)
from tests.inference.tiny_checkpoint import make_tiny_checkpoint

SIZES = [(112, 112), (224, 56), (168, 84)]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_checkpoint(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="module")
def reference(checkpoint: Path) -> Reference:
    return Reference(checkpoint)


@pytest.fixture
def engine(checkpoint: Path) -> Iterator[LocalEngine]:
    engine = make_engine(checkpoint)
    engine.start()
    yield engine
    engine.stop()


def make_engine(checkpoint: Path, **options: Any) -> LocalEngine:
    local: dict[str, Any] = {
        "dtype": "float32",
        "num_slots": 4,
        "max_len": 640,
        "prefill_budget": 200,
    }
    queued = options.pop("max_queued", 100)
    return LocalEngine(
        EngineConfig(max_queued=queued),
        LocalConfig(model=str(checkpoint), device="cpu", **(local | options)),
    )


def photo(seed: int, size: tuple[int, int] = SIZES[0]) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def read(stream: Stream) -> tuple[str, TerminalEvent]:
    events = list(stream)
    terminal = [event for event in events if isinstance(event, Done | Failed)]
    assert len(terminal) == 1
    assert events[-1] is terminal[0]
    return "".join(event.text for event in events if isinstance(event, Delta)), terminal[0]


def ask_once(checkpoint: Path, request: Request) -> tuple[str, TerminalEvent]:
    """What an engine of its own answers."""
    engine = make_engine(checkpoint)
    engine.start()
    try:
        return read(engine.submit(request))
    finally:
        engine.stop()


class Reference:
    """What transformers' own `generate` writes, one request at a time. Greedy text of n tokens is
    the beginning of that of more, so each question is asked once."""

    longest = 33

    def __init__(self, checkpoint: Path) -> None:
        self.model = load_model(LocalConfig(model=str(checkpoint), device="cpu", dtype="float32"))
        self.preprocessor = Preprocessor(checkpoint)
        self._known: dict[Any, list[int]] = {}

    def text(self, request: Request) -> str:
        assert request.max_new_tokens <= self.longest
        tokens = self._tokens(request)[: request.max_new_tokens]
        if tokens[-1] in (0, 1):
            tokens = tokens[:-1]
        decoded: str = self.preprocessor.tokenizer.backend_tokenizer.decode(
            tokens, skip_special_tokens=False
        )
        return decoded

    @torch.inference_mode()
    def _tokens(self, request: Request) -> list[int]:
        key = (request.problem, request.language, request.image, request.prompt, request.history)
        if key in self._known:
            return self._known[key]
        photos = [request.image] if request.image else []
        prepared = self.preprocessor.prepare(build_messages(request), photos)
        ids = torch.tensor([prepared.token_ids])
        inputs: dict[str, Any] = {}
        if prepared.images:
            inputs = {
                "pixel_values": prepared.images[0].pixel_values,
                "image_grid_thw": prepared.images[0].grid[None],
                "mm_token_type_ids": (ids == self.model.config.image_token_id).int(),
            }
        output = self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=self.longest,
            do_sample=False,
            **inputs,
        )
        self._known[key] = output[0, ids.shape[1] :].tolist()
        return self._known[key]


def random_request(rng: random.Random, name: str) -> Request:
    return Request(
        request_id=name,
        problem=rng.choice(["3x+5=20", "Solve: x/2 = 7", "2(x+1)=x"]),
        language=rng.choice(["en", "zh"]),
        image=photo(rng.randrange(4), rng.choice(SIZES)) if rng.random() < 0.7 else None,
        max_new_tokens=rng.choice([1, 2, 7, 19, 33]),
        fairness_key=rng.choice("ab"),
    )


@pytest.mark.slow
def test_greedy_text_equals_generate_in_200_mixes(checkpoint: Path, reference: Reference) -> None:
    """Arrivals, lengths, aborts, photo sizes, slot reuse and prefix reuse, in float32."""
    for options in ({}, {"num_slots": 1}, {"num_slots": 7, "prefill_budget": 48}):
        engine = make_engine(checkpoint, **options)
        engine.start()
        try:
            for mix in range(67):
                check_mix(engine, reference, random.Random(1000 * len(options) + mix))
        finally:
            engine.stop()


def check_mix(engine: LocalEngine, reference: Reference, rng: random.Random) -> None:
    requests = [random_request(rng, str(number)) for number in range(rng.randrange(1, 9))]
    streams = []
    aborted = set()
    for request in requests:
        streams.append(engine.submit(request))
        if rng.random() < 0.3:
            streams[-1].get(timeout_s=30)  # let the engine run on before the next one arrives
        if rng.random() < 0.15 and engine.abort(request.request_id):
            aborted.add(request.request_id)
    for request, stream in zip(requests, streams, strict=True):
        text, end = read(stream)
        expected = reference.text(request)
        assert isinstance(end, Done)
        if request.request_id in aborted and end.finish_reason == "aborted":
            assert expected.startswith(text)
        else:
            assert text == expected
    assert engine.stats().active == engine.stats().queue_depth == 0


def test_the_same_seed_writes_the_same_text_whatever_else_runs(engine: LocalEngine) -> None:
    sampling = SamplingParams(temperature=1.5, top_p=0.95, top_k=50, seed=7)
    request = Request(request_id="a", problem="x+1=2", max_new_tokens=24, sampling=sampling)
    alone, _ = read(engine.submit(request))
    others = [
        engine.submit(random_request(random.Random(number), f"other{number}"))
        for number in range(3)
    ]
    again, _ = read(engine.submit(request))
    for other in others:
        read(other)
    assert again == alone
    different = Request(
        request_id="b",
        problem="x+1=2",
        max_new_tokens=24,
        sampling=SamplingParams(temperature=1.5, top_p=0.95, top_k=50, seed=8),
    )
    assert read(engine.submit(different))[0] != alone


def test_a_model_of_whole_photos_looks_once(engine: LocalEngine) -> None:
    assert engine.look_again(Request(request_id="a", problem="", image=photo(1))) == []
    engine.stop()
    with pytest.raises(EngineNotReadyError):
        engine.look_again(Request(request_id="a", problem="", image=photo(1)))


def test_a_photo_seen_before_is_not_encoded_again(engine: LocalEngine) -> None:
    for name in "ab":
        read(engine.submit(Request(request_id=name, problem="", image=photo(1), max_new_tokens=2)))
    assert engine.stats().feature_hits == 1


def test_it_ends_at_a_stop_string_and_shows_nothing_of_it(
    engine: LocalEngine, reference: Reference
) -> None:
    request = Request(request_id="a", problem="3x+5=20", max_new_tokens=30)
    whole = reference.text(request)
    stop = whole[6:9]
    text, end = read(
        engine.submit(Request(request_id="b", problem="3x+5=20", max_new_tokens=30, stop=(stop,)))
    )
    assert text == whole[: whole.index(stop)]
    assert isinstance(end, Done)
    assert end.finish_reason == "stop"


def test_a_cpu_with_instructions_for_it_looks_at_photos_in_bfloat16(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.checkpoint.multiplies_bfloat16", lambda: True)
    engine = make_engine(checkpoint, dtype="auto")
    engine.start()
    try:
        asked = Request(request_id="a", problem="", image=photo(1), max_new_tokens=5)
        assert isinstance(read(engine.submit(asked))[1], Done)
        assert engine._worker is not None
        runner = engine._worker._runner
        assert runner.model.model.visual.dtype is torch.bfloat16
        assert runner.dtype is torch.float32
    finally:
        engine.stop()


def test_thinking_that_the_chat_template_begins_is_part_of_the_text(
    checkpoint: Path, tmp_path: Path
) -> None:
    """So that what is thought is never shown as a solution, whichever template a model has."""
    shutil.copytree(checkpoint, tmp_path, dirs_exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    tokenizer.chat_template += "<think>\n"
    tokenizer.save_pretrained(tmp_path)
    text, _ = ask_once(tmp_path, Request(request_id="a", problem="1", max_new_tokens=5))
    assert text.startswith("<think>")
    assert text.count("<think>") == 1


def test_an_abort_frees_the_slot_at_once(checkpoint: Path) -> None:
    engine = make_engine(checkpoint, num_slots=1)
    engine.start()
    try:
        long = engine.submit(Request(request_id="long", problem="1", max_new_tokens=400))
        assert long.get(timeout_s=30) is not None
        waiting = engine.submit(Request(request_id="next", problem="2", max_new_tokens=2))
        assert engine.abort("long")
        assert isinstance(read(waiting)[1], Done)
        end = read(long)[1]
        assert isinstance(end, Done)
        assert end.finish_reason == "aborted"
        assert not engine.abort("long")
    finally:
        engine.stop()


def test_an_abort_that_comes_too_late_does_not_end_the_next_request_of_that_id(
    engine: LocalEngine, reference: Reference
) -> None:
    request = Request(request_id="a", problem="3x+5=20", max_new_tokens=33)
    first = engine.submit(request)
    read(first)
    second = engine.submit(request)
    assert engine._worker is not None
    engine._worker.abort(first)
    text, end = read(second)
    assert isinstance(end, Done)
    assert end.finish_reason != "aborted"
    assert text == reference.text(request)


def test_an_abort_while_the_photo_is_prepared_is_not_lost(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    preprocessor = engine._preprocessor
    assert preprocessor is not None
    prepare = preprocessor.prepare

    def prepare_and_be_stopped(messages: Any, photos: Any) -> Any:
        prepared = prepare(messages, photos)
        assert engine.abort("a")
        time.sleep(0.1)  # the engine's thread takes the abort, and knows no such job
        return prepared

    monkeypatch.setattr(preprocessor, "prepare", prepare_and_be_stopped)
    end = read(engine.submit(Request(request_id="a", problem="1", max_new_tokens=500)))[1]
    assert isinstance(end, Done)
    assert end.finish_reason == "aborted"


def test_a_deadline_ends_a_request_with_what_it_has(engine: LocalEngine) -> None:
    stream = engine.submit(
        Request(request_id="a", problem="1", max_new_tokens=500, deadline_s=0.001)
    )
    end = read(stream)[1]
    assert isinstance(end, Done)
    assert end.finish_reason == "timeout"


def test_a_bad_photo_or_a_long_question_is_refused_before_it_starts(engine: LocalEngine) -> None:
    with pytest.raises(BadImageError):
        engine.submit(Request(request_id="a", problem="", image=b"not a photo"))
    with pytest.raises(BadImageError):
        engine.submit(Request(request_id="a", problem="", image=photo(0, (2000, 8))))
    with pytest.raises(RequestTooLongError):
        engine.submit(Request(request_id="a", problem="9" * 2000))
    assert read(engine.submit(Request(request_id="a", problem="1", max_new_tokens=1)))[1]


def test_no_answer_is_longer_than_its_checkpoint_allows(tmp_path: Path) -> None:
    brief = make_tiny_checkpoint(tmp_path)
    config = tmp_path / "generation_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"max_new_tokens": 6}))
    _, end = ask_once(brief, Request(request_id="1", problem="2x = 6", max_new_tokens=12))
    assert isinstance(end, Done)
    assert (end.finish_reason, end.usage.tokens) == ("length", 6)


def test_a_full_queue_refuses(checkpoint: Path) -> None:
    engine = make_engine(checkpoint, num_slots=1, max_queued=1)
    engine.start()
    try:
        first = engine.submit(Request(request_id="0", problem="1", max_new_tokens=400))
        first.get(timeout_s=30)
        engine.submit(Request(request_id="1", problem="1", max_new_tokens=400))
        with pytest.raises(QueueFullError):
            engine.submit(Request(request_id="2", problem="1", max_new_tokens=1))
    finally:
        engine.stop()


def test_a_computation_that_fails_takes_only_its_own_request(
    engine: LocalEngine, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo whose features are not numbers; its neighbours in the batch go on."""
    worker = engine._worker
    assert worker is not None
    runner = worker._runner
    encode = runner.encode_images
    poisoned = photo(99)

    def encode_with_fault(pixels: Any, grids: Any) -> Any:
        return [features * float("nan") for features in encode(pixels, grids)]

    good = Request(request_id="good", problem="3x+5=20", max_new_tokens=33)
    stream = engine.submit(good)
    monkeypatch.setattr(runner, "encode_images", encode_with_fault)
    bad = engine.submit(Request(request_id="bad", problem="", image=poisoned, max_new_tokens=5))
    end = read(bad)[1]
    assert isinstance(end, Failed)
    assert end.retryable
    assert read(stream)[0] == reference.text(good)
    monkeypatch.undo()
    after = Request(request_id="after", problem="2(x+1)=x", max_new_tokens=19)
    assert read(engine.submit(after))[0] == reference.text(after)


def test_memory_running_out_in_a_step_ends_one_request_and_the_rest_goes_on(
    engine: LocalEngine, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = engine._worker
    assert worker is not None
    runner = worker._runner
    decode = runner.decode

    def decode_without_memory(num_rows: int, window: int) -> torch.Tensor:
        if num_rows > 1:
            raise torch.OutOfMemoryError("no memory for two")
        return decode(num_rows, window)

    monkeypatch.setattr(runner, "decode", decode_without_memory)
    requests = [
        Request(request_id=str(number), problem="3x+5=20", max_new_tokens=33) for number in range(2)
    ]
    ends = [read(stream) for stream in [engine.submit(request) for request in requests]]
    failed = [end for _, end in ends if isinstance(end, Failed)]
    assert len(failed) <= 1
    assert all(end.code == "out_of_memory" and end.retryable for end in failed)
    assert any(text == reference.text(requests[0]) for text, _ in ends)


def test_after_stop_nothing_is_left_running(checkpoint: Path) -> None:
    engine = make_engine(checkpoint)
    engine.start()
    stream = engine.submit(Request(request_id="a", problem="1", max_new_tokens=500))
    stream.get(timeout_s=30)
    engine.stop()
    assert isinstance(read(stream)[1], Done)
    assert not engine.is_ready
    with pytest.raises(EngineNotReadyError):
        engine.submit(Request(request_id="b", problem="1"))


def test_a_follow_up_computes_neither_the_photo_nor_the_conversation_again(
    engine: LocalEngine, reference: Reference
) -> None:
    first = Request(request_id="a", problem="3x+5=20", image=photo(5), max_new_tokens=4)
    read(engine.submit(first))
    before = engine.stats()
    follow_up = Request(
        request_id="b",
        problem="3x+5=20",
        image=photo(5),
        prompt="follow_up",
        history=(Turn("assistant", "$x = 5$"), Turn("user", "Why?")),
        max_new_tokens=19,
    )
    text, _ = read(engine.submit(follow_up))
    after = engine.stats()
    prompt = reference.preprocessor.prepare(build_messages(first), [photo(5)]).token_ids
    assert after.cached_tokens - before.cached_tokens >= len(prompt) - 2 * BLOCK_SIZE
    assert after.feature_hits - before.feature_hits == 1
    assert text == reference.text(follow_up)


def test_the_shared_instructions_are_computed_once(
    engine: LocalEngine, reference: Reference
) -> None:
    for name in "abc":
        problem = f"{name} + 1 = 2"
        read(engine.submit(Request(request_id=name, problem=problem, max_new_tokens=3)))
    system = build_messages(Request(request_id="", problem=""))[0]["content"][0]["text"]
    num_shared = len(reference.preprocessor.tokenizer(system)["input_ids"])
    assert engine.stats().cached_tokens >= 2 * (num_shared - BLOCK_SIZE)


def test_memory_running_out_at_a_prompt_ends_that_request_alone(
    engine: LocalEngine, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = engine._worker
    assert worker is not None
    prefill = worker._runner.prefill
    good = Request(request_id="good", problem="3x+5=20", max_new_tokens=33)
    long = Request(request_id="long", problem="7" * 60, max_new_tokens=5)
    num_tokens = len(reference.preprocessor.prepare(build_messages(long), []).token_ids)

    def prefill_without_memory(chunks: Any) -> torch.Tensor:
        if any(chunk.start + chunk.num_tokens == num_tokens for chunk in chunks):
            raise torch.OutOfMemoryError("none left")
        return prefill(chunks)

    monkeypatch.setattr(worker._runner, "prefill", prefill_without_memory)
    streams = [engine.submit(request) for request in (good, long)]
    assert read(streams[0])[0] == reference.text(good)
    end = read(streams[1])[1]
    assert isinstance(end, Failed)
    assert (end.code, end.retryable) == ("out_of_memory", True)
    assert engine.stats().active == 0


@pytest.mark.parametrize("error", [SystemExit(1), RuntimeError("bug in the loop")])
def test_an_engine_that_dies_ends_every_stream_and_can_be_started_again(
    checkpoint: Path,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    engine = make_engine(checkpoint, num_slots=1)
    engine.start()
    worker = engine._worker
    assert worker is not None
    running = engine.submit(Request(request_id="running", problem="1", max_new_tokens=300))
    running.get(timeout_s=30)
    waiting = engine.submit(Request(request_id="waiting", problem="2", max_new_tokens=3))

    def die() -> None:
        raise error

    monkeypatch.setattr(worker, "_end_expired", die)
    for stream in (running, waiting):
        end = read(stream)[1]
        assert isinstance(end, Failed)
        assert (end.code, end.retryable) == ("engine_not_ready", True)
    for thread in engine._threads:
        thread.join(30)
    assert not engine.is_ready
    with pytest.raises(EngineNotReadyError):
        engine.submit(Request(request_id="late", problem="1"))
    engine.stop()
    engine.start()
    try:
        assert engine.is_ready
        request = Request(request_id="after", problem="3x+5=20", max_new_tokens=19)
        assert read(engine.submit(request))[0] == reference.text(request)
    finally:
        engine.stop()


def test_slots_are_sized_from_free_memory_and_never_grow(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot_bytes = 2 * 2 * 2 * 16 * 640 * 4  # keys and values, layers, heads, width, length, float32
    free_bytes = int(6.5 * slot_bytes / _MEMORY_SHARE) * 4  # a quarter of what is free is used
    sysconf = os.sysconf
    answers = {"SC_AVPHYS_PAGES": free_bytes, "SC_PAGE_SIZE": 1}
    monkeypatch.setattr(os, "sysconf", lambda name: answers.get(name) or sysconf(name))
    engine = make_engine(checkpoint, num_slots=None)
    engine.start()
    monkeypatch.undo()
    try:
        worker = engine._worker
        assert worker is not None
        assert worker._scheduler.num_slots == 5  # and one as swap space
        cache = worker._runner.cache
        assert cache.size_bytes == 6 * slot_bytes
        places = [layer.data_ptr() for layer in cache.layers]
        streams = [
            engine.submit(random_request(random.Random(number), str(number))) for number in range(9)
        ]
        for stream in streams:
            read(stream)
        assert [layer.data_ptr() for layer in cache.layers] == places
        assert cache.size_bytes == 6 * slot_bytes
    finally:
        engine.stop()


def test_a_prompt_has_the_shape_of_glms_own_template(reference: Reference) -> None:
    request = Request(request_id="a", problem="3x+5=20", image=photo(0))
    prepared = reference.preprocessor.prepare(build_messages(request), [photo(0)])
    text = reference.preprocessor.tokenizer.decode(prepared.token_ids)
    assert text.startswith("[gMASK]<sop><|system|>\n")
    assert text.endswith("<|assistant|>\n")
    photo_part = "<|begin_of_image|>" + "<|image|>" * prepared.images[0].num_tokens
    assert f"<|user|>\n{photo_part}<|end_of_image|>" in text


def test_thoughts_and_boxes_reach_the_parser_as_they_were_written(reference: Reference) -> None:
    tokenizer = reference.preprocessor.tokenizer
    written = "<think>3x = 15</think>**Answer.** <|begin_of_box|>$x = 5$<|end_of_box|>"
    detokenizer = Detokenizer(tokenizer.backend_tokenizer, reference.preprocessor.pieces)
    pieces = [
        detokenizer.push(token)
        for token in tokenizer(written, add_special_tokens=False)["input_ids"]
    ]
    assert "".join(pieces) + detokenizer.flush() == written
    assert "<think>" in pieces


class TestCheckpoints:
    def test_it_refuses_weights_that_are_not_safetensors(self, tmp_path: Path) -> None:
        make_tiny_checkpoint(tmp_path)
        (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
        with pytest.raises(CheckpointError, match="safetensors"):
            load_model(LocalConfig(model=str(tmp_path)))

    def test_it_refuses_weights_that_do_not_match_their_checksum(self, tmp_path: Path) -> None:
        make_tiny_checkpoint(tmp_path)
        (tmp_path / "SHA256SUMS").write_text("0" * 64 + "  model.safetensors\n")
        with pytest.raises(CheckpointError, match="checksum"):
            load_model(LocalConfig(model=str(tmp_path)))

    def test_it_loads_weights_that_match_their_checksum(self, tmp_path: Path) -> None:
        make_tiny_checkpoint(tmp_path)
        digest = hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
        (tmp_path / "SHA256SUMS").write_text(f"{digest}  model.safetensors\n")
        assert load_model(LocalConfig(model=str(tmp_path))) is not None

    def test_it_refuses_another_architecture(self, tmp_path: Path) -> None:
        make_tiny_checkpoint(tmp_path)
        config = tmp_path / "config.json"
        config.write_text(
            config.read_text().replace("Glm46VForConditionalGeneration", "LlamaForCausalLM")
        )
        with pytest.raises(CheckpointError, match="LlamaForCausalLM"):
            load_model(LocalConfig(model=str(tmp_path)))

    def test_it_refuses_a_hub_id_without_a_revision(self) -> None:
        with pytest.raises(CheckpointError, match="revision"):
            load_model(LocalConfig(model="zai-org/GLM-4.6V-Flash"))
