"""ZIP archives, honest ones and others, made in memory."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Mapping


def packed(
    files: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]],
    compression: int = zipfile.ZIP_STORED,
) -> bytes:
    """An archive with these files, in this order."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that come twice
        with zipfile.ZipFile(out, "w", compression) as archive:
            for name, content in files.items() if isinstance(files, Mapping) else files:
                archive.writestr(name, content, compress_type=compression)
    return out.getvalue()


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """The same archive with another name of the same length, also one that no packer writes."""
    assert len(old) == len(new)
    assert content.count(old) == 2
    return content.replace(old, new)


def symlink(target: str = "/etc/passwd") -> bytes:
    """A link, as `zip -y` packs it."""
    info = zipfile.ZipInfo("photo.jpg")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed([(info, target.encode())])


def device() -> bytes:
    info = zipfile.ZipInfo("photo.jpg")
    info.create_system = 3
    info.external_attr = (stat.S_IFCHR | 0o666) << 16
    return packed([(info, b"")])


def with_flag(content: bytes, flag: int) -> bytes:
    """The same, with a bit set in every header, such as that of encryption."""
    data = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", data, at + offset, flags | flag)
            at = data.find(magic, at + 4)
    return bytes(data)


def with_size(content: bytes, size: int) -> bytes:
    """The same archive of one file, whose headers say another unpacked size."""
    data = bytearray(content)
    struct.pack_into("<I", data, data.find(b"PK\x03\x04") + 22, size)
    struct.pack_into("<I", data, data.find(b"PK\x01\x02") + 24, size)
    return bytes(data)


def overlapping(num_entries: int, content: bytes) -> bytes:
    """One file's data, which many entries of the directory claim for their own."""
    data = packed({"0000.jpg": content}, zipfile.ZIP_DEFLATED)
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    entry = data[start:end]
    directory = b"".join(
        entry.replace(b"0000.jpg", f"{index:04}.jpg".encode()) for index in range(num_entries)
    )
    tail = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, num_entries, num_entries, len(directory), start, 0
    )
    return data[:start] + directory + tail


def directory_of(num_bytes: int) -> bytes:
    """An archive that is nearly all directory: names and comments without end."""
    entry = packed({"x": b""})
    start, end = entry.find(b"PK\x01\x02"), entry.find(b"PK\x05\x06")
    one = bytearray(entry[start:end])
    struct.pack_into("<H", one, 32, 60_000)
    one += b"c" * 60_000
    number = num_bytes // len(one) + 1
    directory = bytes(one) * number
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, len(directory), start, 0)
    return entry[:start] + directory + tail
