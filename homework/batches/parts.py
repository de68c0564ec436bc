"""The files of a form on disk, all in one file without a name: a hundred photos are too much for
memory, and a hundred open files for a process."""

from __future__ import annotations

import errno
import io
import tempfile
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class PartsUploadHandler(FileUploadHandler):
    """Writes all files of a form one after the other, and hands out a view of each."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self._file = tempfile.TemporaryFile(dir=settings.SPOOL_DIR)  # noqa: SIM115, ends with the form

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._start = self._file.tell()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        return UploadedFile(
            file=cast(IO[bytes], _Part(self._file, self._start, file_size)),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )


class _Part(io.RawIOBase):
    """A part of a file, to be read. Parts of one file are read by one thread at a time."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size = file, start, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")  # as of any file
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), max(self._size - self._position, 0))
        self._file.seek(self._start + self._position)
        data = self._file.read(wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
