"""A ZIP that is sent while it is being written: no more than one file of it is in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast

from homework.export.corrections import ExportFile


class _Sink:
    """Takes what the archive writes, to be passed on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def zip_stream(files: Iterable[ExportFile]) -> Iterator[bytes]:
    """The bytes of an archive of these files, piece by piece. Photos are not compressed again."""
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive:
        for file in files:
            is_photo = file.path.endswith(".jpg")
            # A fixed date: when a file was made is nobody's business.
            entry = zipfile.ZipInfo(file.path, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if is_photo else zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content)
            yield sink.take()
    yield sink.take()
