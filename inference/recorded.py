"""Passes of the model that run outside of the interpreter on the CPU.

An eager pass gives the interpreter's lock up and takes it back at each of its operations, some
hundred times a decode step. While other threads of the web process have work, each time may cost a
switch interval. A recorded pass is one call: PyTorch runs its operations, in their order and on the
same kernels, and the lock is free meanwhile. CUDA has its own way of recording, see `graphs`.

TorchScript's tracer does the recording. It is deprecated in favour of ahead-of-time compilation,
which needs a C++ compiler on the machine that serves and half a minute for each start
(docs/adr/0005-the-decode-step-runs-outside-the-interpreter.md).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.jit._trace import TracerWarning


class RecordedPass:
    """A function of tensors that is recorded at its first call and replayed from then on.

    Shapes may differ from call to call, as long as the function asks the tensors themselves for
    them. All that changes, also what is written in place, must come as an argument: what the
    function closes over is a constant of the recording, and equal constants become one tensor.

    Args:
        function: From tensors, or lists of them, to one tensor; may write to tensors in place.
    """

    def __init__(self, function: Callable[..., Tensor]) -> None:
        self._function = function
        self._recording: Callable[..., Tensor] | None = None

    def __call__(self, *arguments: Any) -> Tensor:
        if self._recording is None:
            self._recording = self._record(arguments)
        return self._recording(*arguments)

    def _record(self, arguments: tuple[Any, ...]) -> Callable[..., Tensor]:
        def function(*each: Any) -> Tensor:
            return self._function(*each)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", TracerWarning)
            trace: Callable[..., Callable[..., Tensor]] = torch.jit.trace
            return trace(function, arguments, check_trace=False)
