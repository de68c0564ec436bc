"""Where the parts of a form go while Django takes it apart."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler


class PhotoUploadHandler(MemoryFileUploadHandler):
    """Keeps a photo in memory: a named file on disk would survive a crash as a stray original.

    Django's own handler steps aside for bodies above FILE_UPLOAD_MAX_MEMORY_SIZE, and the photo
    would silently be missing from the form. Here that setting only says when the raw body moves
    to an unnamed file.

    Of a photo over the bound it keeps one byte too many, by which whoever reads it can tell. It
    raises nothing itself: Django takes the form apart while it looks for the CSRF token, and what
    is raised there reaches no view and ends in a 500.
    """

    _num_bytes = 0

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._num_bytes = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        room = settings.UPLOAD_MAX_BYTES + 1 - self._num_bytes
        self._num_bytes += len(raw_data)
        return super().receive_data_chunk(raw_data[: max(room, 0)], start)
