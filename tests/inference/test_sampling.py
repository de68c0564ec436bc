"""Choosing tokens: each rule by what it must and must not let through."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.sampling import Sampler
from inference.types import SamplingParams

LOGITS = torch.tensor([2.0, 1.0, 0.0, -1.0])


def choices(seen: tuple[int, ...] = (), n: int = 200, **options: float) -> set[int]:
    sampler = Sampler(SamplingParams(seed=0, **options))  # type: ignore[arg-type]
    return {sampler.choose(LOGITS, seen) for _ in range(n)}


def test_top_k_keeps_the_k_likeliest() -> None:
    assert choices(temperature=5.0, top_k=2) == {0, 1}


def test_top_p_keeps_the_nucleus_and_at_least_one() -> None:
    probabilities = LOGITS.softmax(-1)
    assert choices(temperature=1.0, top_p=float(probabilities[0]) + 0.01) == {0, 1}
    assert choices(temperature=1.0, top_p=0.01) == {0}


def test_a_repetition_penalty_moves_a_greedy_choice_on() -> None:
    assert choices(repetition_penalty=3.0, n=1) == {0}
    assert choices(seen=(0,), repetition_penalty=3.0, n=1) == {1}


def test_the_logits_given_are_left_alone() -> None:
    before = LOGITS.clone()
    choices(seen=(0, 1), temperature=0.7, top_k=2, top_p=0.5, repetition_penalty=1.3)
    assert torch.equal(LOGITS, before)


def test_frequencies_follow_the_probabilities() -> None:
    sampler = Sampler(SamplingParams(temperature=1.0, seed=1))
    drawn = torch.tensor([sampler.choose(LOGITS, ()) for _ in range(4000)])
    frequencies = torch.bincount(drawn, minlength=4) / 4000
    torch.testing.assert_close(frequencies, LOGITS.softmax(-1), atol=0.03, rtol=0)


@given(seed=st.integers(0, 2**31), temperature=st.floats(0.1, 3))
def test_a_seed_decides(seed: int, temperature: float) -> None:
    params = SamplingParams(temperature=temperature, seed=seed)
    one, other = Sampler(params), Sampler(params)
    assert [one.choose(LOGITS, ()) for _ in range(8)] == [
        other.choose(LOGITS, ()) for _ in range(8)
    ]


@pytest.mark.parametrize(
    "bad", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_k": -1}, {"repetition_penalty": 0.0}]
)
def test_impossible_parameters_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        SamplingParams(**bad)  # type: ignore[arg-type]
