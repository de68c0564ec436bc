"""What decoding one photo may cost. Shared by the site and the confined process, so it imports
neither Django nor a decoder."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """Bounds of one decode.

    Attributes:
        max_pixels: Width times height, checked before any pixel is decoded.
        long_side_px: The sanitised photo is shrunk to this.
        timeout_s: CPU seconds of the process.
        memory_mb: Address space of the process.
    """

    max_pixels: int
    long_side_px: int
    timeout_s: float
    memory_mb: int

    @property
    def whole_s(self) -> int:
        """`timeout_s` for limits that the kernel counts in whole seconds."""
        return math.ceil(self.timeout_s)

    @property
    def wall_s(self) -> float:
        """Wall-clock seconds of the process: a busy machine is not the photo's fault."""
        return 3 * self.timeout_s
