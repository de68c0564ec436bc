"""The runner's decode step: graph-safe, and right at every shape."""

from __future__ import annotations

import pytest
import torch

from inference.checkpoint import load_model
from inference.config import LocalConfig
from inference.graphs import sizes_up_to
from inference.runner import ModelRunner, PrefillChunk, choose_most_likely
from tests.inference.tiny_checkpoint import make_tiny_checkpoint


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> ModelRunner:
    directory = make_tiny_checkpoint(tmp_path_factory.mktemp("checkpoint"))
    model = load_model(LocalConfig(model=str(directory), device="cpu", dtype="float32"))
    return ModelRunner(model, num_slots=5, max_len=200)


def prefill(runner: ModelRunner, slot: int, tokens: list[int]) -> torch.Tensor:
    chunk = PrefillChunk(
        slot=slot,
        start=0,
        embeddings=runner.embed(tokens),
        positions=torch.arange(len(tokens)).expand(3, -1),
    )
    return runner.prefill([chunk])[0]


@torch.inference_mode()
def test_the_decode_step_is_one_graph_without_breaks(runner: ModelRunner) -> None:
    """What CUDA graphs ask for: no data-dependent control flow, no sync, no Python in between."""
    prefill(runner, 0, [20, 21, 22])
    runner.set_decoding(0, token=23, length=3, rope_delta=0)
    compiled = torch.compile(runner._decode, fullgraph=True, backend="aot_eager")
    arguments = runner._decode_arguments(1, 64)
    torch.testing.assert_close(compiled(*arguments), runner._decode(*arguments))


@torch.inference_mode()
def test_a_wider_shape_gives_the_same_logits(runner: ModelRunner) -> None:
    """On CUDA, widths and windows are rounded up; the rows added are free slots."""
    for slot in range(3):
        prefill(runner, slot, [20 + slot, 21, 22])
        runner.set_decoding(slot, token=23, length=3, rope_delta=0)
    exact = runner.decode_step(2, 4)
    for num_rows, window in [(3, 4), (4, 64), (5, 200)]:
        torch.testing.assert_close(runner.decode_step(num_rows, window)[:2], exact)


@torch.inference_mode()
def test_a_recorded_pass_computes_what_the_eager_one_does_at_every_shape(
    runner: ModelRunner,
) -> None:
    """Recorded at one shape and with caches full of equal numbers, where a recording that takes a
    size or a cache for a constant goes wrong."""
    fresh = ModelRunner(runner.model, num_slots=5, max_len=200)
    fresh.decode_step(1, 64)
    prefill(fresh, 0, [20])
    for num_rows, longest in [(5, 3), (1, 40), (3, 7), (2, 1)]:
        chunks = [
            PrefillChunk(
                slot=5 - num_rows + row,
                start=row,
                embeddings=fresh.embed(list(range(20 + row, 20 + row + longest))),
                positions=torch.arange(longest).expand(3, -1),
            )
            for row in range(num_rows)
        ]
        recorded = fresh.prefill(chunks)
        for slot in range(num_rows):
            fresh.set_decoding(slot, token=30 + slot, length=4 + slot, rope_delta=slot)
        decoded = fresh.decode_step(num_rows, 64)
        assert torch.equal(decoded, fresh._decode(*fresh._decode_arguments(num_rows, 64)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fresh, "_prefill_pass", fresh._prefill)
            assert torch.equal(recorded, fresh.prefill(chunks))


def test_a_prompt_in_chunks_gives_the_same_logits(runner: ModelRunner) -> None:
    tokens = list(range(20, 60))
    whole = prefill(runner, 0, tokens)
    embeddings = runner.embed(tokens)
    positions = torch.arange(40).expand(3, -1)
    for start, stop in [(0, 7), (7, 33), (33, 40)]:
        logits = runner.prefill(
            [
                PrefillChunk(
                    slot=1,
                    start=start,
                    embeddings=embeddings[start:stop],
                    positions=positions[:, start:stop],
                )
            ]
        )
    torch.testing.assert_close(logits[0], whole, atol=1e-4, rtol=1e-4)


def test_graph_sizes_are_powers_of_two_ended_by_the_limit() -> None:
    assert sizes_up_to(33) == [1, 2, 4, 8, 16, 32, 33]
    assert sizes_up_to(2048, 256) == [256, 512, 1024, 2048]
    assert sizes_up_to(100, 256) == [100]


@pytest.mark.parametrize("num_steps", [1, 4])
def test_steps_made_together_choose_what_they_choose_one_by_one(
    runner: ModelRunner, num_steps: int
) -> None:
    together, apart = (ModelRunner(runner.model, num_slots=5, max_len=200) for _ in range(2))
    for each in (together, apart):
        for slot in range(2):
            prefill(each, slot, [20 + slot, 21, 22, 23][: 3 + slot])
            each.set_decoding(slot, token=24, length=3 + slot, rope_delta=slot)
    for _ in range(3):  # the first of them is recorded, too
        held = int(apart._lengths[:2].max())
        chosen = together.decode_greedily(2, held + 1, num_steps)
        for step in range(num_steps):
            best = choose_most_likely(apart.decode(2, held + 1 + step))
            apart.advance(best[0].long())
            torch.testing.assert_close(chosen[step], best)
        assert torch.equal(together._lengths, apart._lengths)
        assert torch.equal(together._tokens, apart._tokens)
