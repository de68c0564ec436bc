"""The cache of photo features and its budget."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.cache import FeatureCache


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
