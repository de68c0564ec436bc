"""What was found on the pictures that were looked at last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from PIL import Image

Found = TypeVar("Found")


class Recent(Generic[Found]):
    """Findings by the pixels of a picture, kept until they are asked for, the last so many. Any
    thread may call any method.

    Args:
        capacity: How many pictures are remembered.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._findings: OrderedDict[tuple[str, tuple[int, int], int], Found] = OrderedDict()

    def put(self, image: Image.Image, finding: Found) -> None:
        """Remember what was found on a picture, in the place of the oldest."""
        key = _key(image)
        with self._lock:
            self._findings[key] = finding
            self._findings.move_to_end(key)
            if len(self._findings) > self._capacity:
                self._findings.popitem(last=False)

    def take(self, image: Image.Image) -> Found | None:
        """What was found on a picture with the same pixels, and forget it; None if nothing."""
        if not self._findings:
            return None  # a reader that nobody asks twice need not look at every pixel
        key = _key(image)
        with self._lock:
            return self._findings.pop(key, None)


def _key(image: Image.Image) -> tuple[str, tuple[int, int], int]:
    # Python's hash of bytes is keyed by a secret of the process: nobody can make two photos alike.
    return image.mode, image.size, hash(image.tobytes())
