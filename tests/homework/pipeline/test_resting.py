"""The process returns memory when its work is done, and only then."""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from homework.common.memory import return_free_memory
from homework.pipeline import resting
from homework.pipeline.resting import Resting


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_returned_once_after_work_and_never_during_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    returned: list[int] = []
    runner = SimpleNamespace(num_active=0)
    monkeypatch.setattr(resting, "current", lambda: SimpleNamespace(runner=runner))
    monkeypatch.setattr(resting, "return_free_memory", lambda: returned.append(runner.num_active))
    task, halt = Resting(), threading.Event()
    for active, expected in ((0, 1), (0, 1), (2, 1), (1, 1), (0, 2), (0, 2)):
        runner.num_active = active
        assert task.work(halt) > 0
        assert len(returned) == expected
    assert returned == [0, 0]


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not glibc")
def test_what_is_free_below_a_block_in_use_goes_back() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    size = 100_000  # below the threshold from which a block is a mapping of its own
    blocks = [libc.malloc(size) for _ in range(1000)]
    for block in blocks:
        ctypes.memset(block, 1, size)
    for block in blocks[:-1]:
        libc.free(block)
    before = _resident_bytes()
    return_free_memory()
    assert before - _resident_bytes() > 50_000_000
    libc.free(blocks[-1])
