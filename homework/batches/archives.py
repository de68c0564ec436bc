"""ZIP archives of photos, looked at as a whole before anything is unpacked.

Nothing of an archive's own becomes a path: its names are told to whoever asks for the results, and
its photos lie under numbers. Still a name that plays tricks refuses the archive, for whoever packed
it meant no photo. Memory stays that of the directory, which is bounded, and of one piece.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from homework.batches.models import NAME_MAX_CHARACTERS
from homework.common.errors import (
    ArchiveDuplicateError,
    ArchiveEncryptedError,
    ArchiveError,
    ArchiveLinkError,
    ArchiveNameError,
    ArchiveTooLargeError,
    TooManyItemsError,
)

_MAX_READ_BYTES: Final = 1024 * 1024
"""At one time; the directory of an archive is read at once."""
_CHUNK_BYTES: Final = 64 * 1024
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
_LOCAL_HEADER_BYTES: Final = 30
_BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DRIVE = re.compile(r"[A-Za-z]:")
_LEFT_BY_SYSTEMS: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_NESTED: Final = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b")
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive. `size_bytes` is what it unpacks to, and never more."""

    name: str
    size_bytes: int
    info: zipfile.ZipInfo


class Archive:
    """An archive whose directory has been found to be sound. `file` stays the caller's."""

    def __init__(self, file: IO[bytes], *, max_items: int, max_bytes: int) -> None:
        """Look at all of its directory.

        Raises:
            ArchiveError: It is not one that we unpack; the subclass says why.
            TooManyItemsError: More than `max_items` files.
        """
        try:
            self._zip = zipfile.ZipFile(_BoundedReads(file))
        except _BROKEN:
            raise ArchiveError from None
        self.entries = tuple(self._checked(max_items, max_bytes))
        self._refuse_overlaps()

    def unpack(self, entry: Entry) -> Iterator[bytes]:
        """Its content, piece by piece.

        Raises:
            ArchiveError: It is damaged, or is not what the directory says.
        """
        num_bytes = 0
        try:
            with self._zip.open(entry.info) as source:
                while piece := source.read(_CHUNK_BYTES):
                    num_bytes += len(piece)
                    yield piece
        except _BROKEN:
            raise ArchiveError(None, name=entry.name) from None
        if num_bytes != entry.size_bytes:
            raise ArchiveError(None, name=entry.name)

    def _checked(self, max_items: int, max_bytes: int) -> Iterator[Entry]:
        names: set[str] = set()
        num_bytes = 0
        for info in self._zip.infolist():
            name = _name_of(info)
            if name.endswith("/") or _is_left_by_system(name):
                continue
            _require_plain(info, name)
            if name in names:
                raise ArchiveDuplicateError(None, name=name)
            names.add(name)
            if len(names) > max_items:
                raise TooManyItemsError(None, max_items=max_items)
            num_bytes += info.file_size
            if num_bytes > max_bytes:
                raise ArchiveTooLargeError(None, max_bytes=max_bytes)
            yield Entry(name=name, size_bytes=info.file_size, info=info)

    def _refuse_overlaps(self) -> None:
        """Entries that share their data unpack to far more than the archive holds."""
        end = 0
        for info in sorted(self._zip.infolist(), key=lambda each: each.header_offset):
            if info.header_offset < end:
                raise ArchiveError(None, name=_name_of(info))
            end = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size
        if end > self._zip.start_dir:
            raise ArchiveError


def is_nested_archive(head: bytes) -> bool:
    """Whether a file that begins so is an archive itself."""
    return head.startswith(_NESTED)


class _BoundedReads:
    """A file that never gives more than _MAX_READ_BYTES at once, whatever a header asks for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(_MAX_READ_BYTES + 1 if size < 0 else min(size, _MAX_READ_BYTES + 1))
        if len(data) > _MAX_READ_BYTES:
            raise zipfile.BadZipFile("a directory of this size")
        return data


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as whoever packed it saw it.

    Windows in Chinese writes GBK without saying so, others UTF-8; zipfile takes either for cp437.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name).replace("\\", "/")


def _is_left_by_system(name: str) -> bool:
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last.startswith("._") or last in _LEFT_BY_SYSTEMS


def _require_plain(info: zipfile.ZipInfo, name: str) -> None:
    """Refuse an entry that is no plain file with a plain name.

    Raises:
        ArchiveError: It is not.
    """
    shown = "".join(character if character.isprintable() else "?" for character in name[:200])
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveEncryptedError(None, name=shown)
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise ArchiveLinkError(None, name=shown)
    is_odd = any(
        unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI_CONTROLS
        for character in name
    )
    leads_out = _DRIVE.match(name) or not {"", ".", ".."}.isdisjoint(name.split("/"))
    if is_odd or leads_out or len(name) > NAME_MAX_CHARACTERS:
        raise ArchiveNameError(None, name=shown)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveError(None, name=shown)
