"""Checks of steps and answers, and the worker processes in which all mathematics runs.

Importing this package does not load SymPy; only the workers do.
"""

from __future__ import annotations

from inference.verify.checker import Checker
from inference.verify.sandbox import SandboxPool

__all__ = ["Checker", "SandboxPool"]
