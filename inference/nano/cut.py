"""From a photo to the canvas of the model: the reader finds and cleans, `canvas` scales."""

from __future__ import annotations

import io

from PIL import Image

from inference.nano.canvas import encode_canvas, to_canvas
from inference.reader.photo_reader import RapidOcrReader


class CanvasCutter:
    """Cuts questions out of photos. Any thread, once started.

    Args:
        reader: The site's reader of photos, which remembers what is cut out until it reads it
            itself; None for one of its own.
    """

    def __init__(self, reader: RapidOcrReader | None = None) -> None:
        self._reader = reader or RapidOcrReader(num_threads=1)

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
        with Image.open(io.BytesIO(photo)) as opened:
            ink, digit_px = self._reader.cut_out(opened.convert("RGB"))
        return encode_canvas(to_canvas(ink, digit_px))
