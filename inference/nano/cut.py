"""From a photo to the canvas of the model: the reader finds and cleans, `canvas` scales."""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict

from PIL import Image

from inference.nano.canvas import encode_canvas, to_canvas
from inference.reader.photo_reader import RapidOcrReader

_REMEMBERED = 64


class CanvasCutter:
    """Cuts questions out of photos. Any thread, once started. What was cut out last is remembered,
    as a model may be asked about one photo more than once.

    Args:
        reader: The site's reader of photos, which remembers what is cut out until it reads it
            itself; None for one of its own.
    """

    def __init__(self, reader: RapidOcrReader | None = None) -> None:
        self._reader = reader or RapidOcrReader(num_threads=1)
        self._lock = threading.Lock()
        self._canvases: OrderedDict[bytes, bytes] = OrderedDict()

    def start(self) -> None:
        """Load the reader's models.

        Raises:
            EngineNotReadyError: One is missing.
        """
        self._reader.start()

    def cut(self, photo: bytes) -> bytes:
        """The question on a photo as the model was trained on, a PNG.

        Args:
            photo: A sanitised photo, encoded.

        Raises:
            NoQuestionFoundError: There is no readable question on it.
        """
        key = hashlib.sha256(photo).digest()
        with self._lock:
            if key in self._canvases:
                self._canvases.move_to_end(key)
                return self._canvases[key]
        with Image.open(io.BytesIO(photo)) as opened:
            ink, digit_px = self._reader.cut_out(opened.convert("RGB"))
        canvas = encode_canvas(to_canvas(ink, digit_px))
        with self._lock:
            self._canvases[key] = canvas
            if len(self._canvases) > _REMEMBERED:
                self._canvases.popitem(last=False)
        return canvas
