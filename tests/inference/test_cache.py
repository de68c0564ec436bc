"""The cache of photo features and its budget."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.cache import FeatureCache, SlotCache


def features(size_bytes: int) -> torch.Tensor:
    return torch.zeros(size_bytes, dtype=torch.uint8)


def test_the_least_recently_used_goes_first() -> None:
    cache = FeatureCache(30)
    cache.put("a", features(10))
    cache.put("b", features(10))
    cache.put("c", features(10))
    assert cache.get("a") is not None
    cache.put("d", features(10))
    assert cache.get("b") is None
    assert cache.get("a") is not None
    assert (cache.hits, cache.misses) == (2, 1)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 60))))
def test_the_budget_holds_whatever_is_kept(puts: list[tuple[str, int]]) -> None:
    cache = FeatureCache(50)
    for key, size in puts:
        cache.put(key, features(size))
        held = [found.numel() for name in "abcdef" if (found := cache.get(name)) is not None]
        assert sum(held) == cache.size_bytes <= 50


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def test_slots_take_no_memory_before_something_is_written_to_them() -> None:
    before = _resident_bytes()
    cache = SlotCache(
        num_layers=4, num_slots=16, num_kv_heads=2, head_dim=64, max_len=4096,
        dtype=torch.float32, device=torch.device("cpu"),
    )  # fmt: skip
    assert cache.size_bytes == 4 * 16 * 4 * 4096 * 64 * 4
    for layer in cache.layers:
        layer[3, :, :10] = 1.0
    cache.copy(3, 0, 10)
    assert all(float(layer[0].sum()) == 4 * 10 * 64 for layer in cache.layers)
    assert _resident_bytes() - before < cache.size_bytes // 4
