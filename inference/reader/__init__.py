"""From a photo to the question on it: `Reader`, and `RapidOcrReader` that fulfils it.

Importing this package loads no model and no image library; the reader's own modules come with
`RapidOcrReader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.reader.interface import Located, Reader

if TYPE_CHECKING:
    from inference.reader.photo_reader import RapidOcrReader

__all__ = ["Located", "RapidOcrReader", "Reader"]


def __getattr__(name: str) -> object:
    if name == "RapidOcrReader":
        from inference.reader.photo_reader import RapidOcrReader

        return RapidOcrReader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
