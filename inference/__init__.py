"""Solve photographed school questions: engines, reading, rules and checking. No Django in here.

Importing this package loads neither torch nor SymPy nor the OCR models.
"""

from __future__ import annotations

import os
import platform

from inference.config import EngineConfig, LocalConfig, RemoteConfig
from inference.engine import Engine
from inference.errors import InferenceError
from inference.streams import Stream
from inference.types import Check, Event, Reading, Request, Verdict

__all__ = [
    "Check",
    "Engine",
    "EngineConfig",
    "Event",
    "InferenceError",
    "LocalConfig",
    "Reading",
    "RemoteConfig",
    "Request",
    "Stream",
    "Verdict",
]

if platform.machine() in {"x86_64", "AMD64"}:
    # Numpy's products are small here, and their threads would wait for cores that others hold: 16
    # ms for what takes 0.05. Torch has another library on these machines. To be set before numpy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
