"""Memory of the local engine: keys and values of what is being decoded, and features of photos
seen.

`SlotCache` is tensors only; which sequence owns which slot is decided by `scheduler`.
`FeatureCache` is an LRU with a budget in bytes.
"""

from __future__ import annotations

import math
import mmap
import threading
from collections import OrderedDict

import torch
from torch import Tensor


class SlotCache:
    """Keys and values of every layer, one row a slot, allocated once. On a CPU a slot takes memory
    as it fills for the first time.

    Shape of each layer's tensor: (slots, 2 * kv_heads, max_len, head_dim), the keys before the
    values, so that a token's are written by one operation. The active sequences are kept in the
    first slots, so that attention reads the view `[:B, :, :T]` without gathering; a sequence that
    ends changes places with the last one.
    """

    def __init__(
        self,
        *,
        num_layers: int,
        num_slots: int,
        num_kv_heads: int,
        head_dim: int,
        max_len: int,
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        shape = (num_slots, 2 * num_kv_heads, max_len, head_dim)
        self.num_slots = num_slots
        self.max_len = max_len
        self.layers = [_zeros(shape, dtype, device) for _ in range(num_layers)]

    @property
    def size_bytes(self) -> int:
        """Bytes held on the device."""
        return sum(t.numel() * t.element_size() for t in self.layers)

    def copy(self, source: int, target: int, num_tokens: int) -> None:
        """Copy the first `num_tokens` tokens of slot `source` over those of slot `target`."""
        for tensor in self.layers:
            tensor[target, :, :num_tokens] = tensor[source, :, :num_tokens]


def _zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Zeros. `torch.zeros` writes them at once; on a CPU these are pages of the system, which are
    none before something is written to them."""
    if device.type != "cpu":
        return torch.zeros(shape, dtype=dtype, device=device)
    pages = mmap.mmap(-1, math.prod(shape) * dtype.itemsize)
    return torch.frombuffer(pages, dtype=dtype).view(shape)


class FeatureCache:
    """Features of photos by their content hash, least recently used out first. Any thread.

    Args:
        budget_bytes: What the features may take together. One larger than that is not kept.
    """

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._entries: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = threading.Lock()
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0

    def get(self, key: str, *, is_last_look: bool = True) -> Tensor | None:
        """The features under `key`, or None.

        Args:
            key: The hash of the photo.
            is_last_look: Whether a miss counts; not when the caller will look again.
        """
        with self._lock:
            features = self._entries.get(key)
            if features is None:
                self.misses += is_last_look
                return None
            self.hits += 1
            self._entries.move_to_end(key)
            return features

    def put(self, key: str, features: Tensor) -> None:
        """Keep `features`, dropping the least recently used ones to stay within the budget."""
        size_bytes = features.numel() * features.element_size()
        if size_bytes > self._budget_bytes:
            return
        with self._lock:
            replaced = self._entries.pop(key, None)
            if replaced is not None:
                self.size_bytes -= replaced.numel() * replaced.element_size()
            self._entries[key] = features
            self.size_bytes += size_bytes
            while self.size_bytes > self._budget_bytes:
                _, dropped = self._entries.popitem(last=False)
                self.size_bytes -= dropped.numel() * dropped.element_size()
