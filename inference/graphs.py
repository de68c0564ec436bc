"""CUDA graphs of the decode step: one recorded launch instead of some thousand small ones."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

import torch
from torch import Tensor

_SMALLEST_WINDOW = 256


def sizes_up_to(limit: int, smallest: int = 1) -> list[int]:
    """Powers of two from `smallest` on, ended by `limit` itself."""
    sizes = []
    size = smallest
    while size < limit:
        sizes.append(size)
        size *= 2
    return [*sizes, limit]


class DecodeGraphs:
    """A graph for every pair of a batch width and an attention window.

    A graph replays fixed kernels on fixed addresses, so the step must read all that changes from
    the runner's own tensors; it does. All graphs share one memory pool, since only one runs at
    a time (see the PyTorch documentation, "CUDA semantics", section on CUDA graphs).

    Args:
        step: `ModelRunner.decode_step`.
        num_slots: The widest batch.
        max_len: The widest window.
    """

    def __init__(self, step: Callable[[int, int], Tensor], *, num_slots: int, max_len: int) -> None:
        self._widths = sizes_up_to(num_slots)
        self._windows = sizes_up_to(max_len, _SMALLEST_WINDOW)
        self._graphs: dict[tuple[int, int], torch.cuda.CUDAGraph] = {}
        self._logits: dict[tuple[int, int], Tensor] = {}
        pool = None
        # Widest first, so that the pool is large enough from the beginning.
        for shape in [(b, t) for b in reversed(self._widths) for t in reversed(self._windows)]:
            stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                step(*shape)  # kernels are chosen and workspaces allocated outside the capture
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                self._logits[shape] = step(*shape)
            pool = graph.pool()
            self._graphs[shape] = graph

    def shape_for(self, num_rows: int, longest: int) -> tuple[int, int]:
        """The smallest recorded shape that holds this one."""
        return (
            self._widths[bisect_left(self._widths, num_rows)],
            self._windows[bisect_left(self._windows, longest)],
        )

    def replay(self, shape: tuple[int, int]) -> Tensor:
        """Run the step; the logits returned are overwritten by the next replay of this shape."""
        self._graphs[shape].replay()
        return self._logits[shape]
