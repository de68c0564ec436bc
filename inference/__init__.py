"""Solve photographed school questions: engines, reading, rules and checking. No Django in here.

Importing this package loads neither torch nor SymPy nor the OCR models.
"""

from __future__ import annotations

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
