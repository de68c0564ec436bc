"""What an archive may hold, and every trick that refuses it."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from homework.batches.archives import Archive, is_nested_archive
from homework.common.errors import ArchiveError, TooManyItemsError
from tests.homework.batches import zips

MEGABYTE = 1024 * 1024
JPEG = b"\xff\xd8\xff a photo"


def opened(content: bytes, *, max_items: int = 10, max_bytes: int = MEGABYTE) -> Archive:
    return Archive(io.BytesIO(content), max_items=max_items, max_bytes=max_bytes)


def unpacked(content: bytes, **bounds: int) -> dict[str, bytes]:
    archive = opened(content, **bounds)
    return {entry.name: b"".join(archive.unpack(entry)) for entry in archive.entries}


class TestHonest:
    @pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_folders_and_names_of_any_script(self, compression: int) -> None:
        files = {
            "1.jpg": JPEG,
            "七年级/第一题 😀.jpg": b"b" * 100_000,
            "a/b/ c .png": b"",
            "عربي.jpg": b"d",
        }
        assert unpacked(zips.packed(files, compression)) == files

    def test_what_systems_leave_behind_is_no_question(self) -> None:
        names = ["__MACOSX/._1.jpg", ".DS_Store", "a/Thumbs.db", "a/", "a/._2.jpg", "1.jpg"]
        assert list(unpacked(zips.packed(dict.fromkeys(names, b"")))) == ["1.jpg"]

    @pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
    def test_a_name_whose_encoding_is_not_said(self, encoding: str) -> None:
        """Windows in Chinese packs GBK, some tools UTF-8, and neither says so."""
        name = "第一题.jpg".encode(encoding)
        content = zips.renamed(zips.packed({"x" * len(name): JPEG}), b"x" * len(name), name)
        assert list(unpacked(content)) == ["第一题.jpg"]

    def test_a_name_in_no_known_encoding_is_still_a_name(self) -> None:
        content = zips.renamed(zips.packed({"caf_.jpg": JPEG}), b"caf_.jpg", b"caf\x82.jpg")
        assert list(unpacked(content)) == ["café.jpg"]  # of MS-DOS

    def test_the_folders_of_old_windows_packers(self) -> None:
        content = zips.renamed(zips.packed({"7a_1.jpg": JPEG}), b"7a_1.jpg", b"7a\\1.jpg")
        assert list(unpacked(content)) == ["7a/1.jpg"]

    def test_two_ways_to_write_one_letter_are_one(self) -> None:
        assert list(unpacked(zips.packed({"cafe\u0301.jpg": JPEG}))) == ["caf\u00e9.jpg"]


TRICKS = {
    "no zip": (b"GIF89a" + bytes(100), "bad_archive"),
    "empty": (b"", "bad_archive"),
    "cut off": (zips.packed({"1.jpg": JPEG})[:-30], "bad_archive"),
    "password": (zips.with_flag(zips.packed({"1.jpg": JPEG}), 0x1), "archive_encrypted"),
    "strong encryption": (zips.with_flag(zips.packed({"1.jpg": JPEG}), 0x41), "archive_encrypted"),
    "link": (zips.symlink(), "archive_link"),
    "device": (zips.device(), "archive_link"),
    "up": (zips.packed({"../1.jpg": JPEG}), "archive_bad_name"),
    "up within": (zips.packed({"a/../../1.jpg": JPEG}), "archive_bad_name"),
    "up with backslashes": (
        zips.renamed(zips.packed({"a/../1.jpg": JPEG}), b"a/../1.jpg", b"a\\..\\1.jpg"),
        "archive_bad_name",
    ),
    "absolute": (zips.packed({"/etc/cron.d/1": JPEG}), "archive_bad_name"),
    "drive": (zips.packed({"C:/1.jpg": JPEG}), "archive_bad_name"),
    "here": (zips.packed({"./1.jpg": JPEG}), "archive_bad_name"),
    "no name between": (zips.packed({"a//1.jpg": JPEG}), "archive_bad_name"),
    "NUL": (
        zips.renamed(zips.packed({"1.jpg_.exe": JPEG}), b"1.jpg_.exe", b"1.jpg\x00.exe"),
        "archive_bad_name",
    ),
    "line break": (zips.packed({"1\r\n.jpg": JPEG}), "archive_bad_name"),
    "escape": (zips.packed({"\x1b[31m.jpg": JPEG}), "archive_bad_name"),
    "backwards": (zips.packed({"1\u202egpj.exe": JPEG}), "archive_bad_name"),
    "very long": (zips.packed({"x" * 300: JPEG}), "archive_bad_name"),
    "twice": (zips.packed([("1.jpg", JPEG), ("1.jpg", JPEG)]), "archive_duplicate_name"),
    "twice by other letters": (
        zips.packed({"caf\u00e9.jpg": JPEG, "cafe\u0301.jpg": JPEG}),
        "archive_duplicate_name",
    ),
    "bomb": (
        zips.packed({"1.jpg": bytes(2 * MEGABYTE)}, zipfile.ZIP_DEFLATED),
        "archive_too_large",
    ),
    "many small ones": (
        zips.packed({f"{i}.jpg": bytes(MEGABYTE // 5) for i in range(6)}, zipfile.ZIP_DEFLATED),
        "archive_too_large",
    ),
    "overlapping": (zips.overlapping(9, bytes(100_000)), "bad_archive"),
    "LZMA": (zips.packed({"1.jpg": JPEG}, zipfile.ZIP_LZMA), "bad_archive"),
    "bzip2": (zips.packed({"1.jpg": JPEG}, zipfile.ZIP_BZIP2), "bad_archive"),
    "too many": (zips.packed({f"{i}.jpg": b"" for i in range(11)}), "too_many_items"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_refuses_the_archive_before_anything_is_unpacked(trick: str) -> None:
    content, code = TRICKS[trick]
    with pytest.raises((ArchiveError, TooManyItemsError)) as raised:
        opened(content)
    assert raised.value.code == code


@pytest.mark.parametrize("size", [10, 500_000])
def test_a_size_that_is_not_true_is_found_when_it_is_unpacked(size: int) -> None:
    content = zips.with_size(zips.packed({"1.jpg": b"x" * 1000}, zipfile.ZIP_DEFLATED), size)
    archive = opened(content)
    num_bytes = 0
    with pytest.raises(ArchiveError, match="bad_archive"):
        for piece in archive.unpack(archive.entries[0]):
            num_bytes += len(piece)
    assert num_bytes <= min(size, 1000)


def test_damage_is_found_when_it_is_unpacked() -> None:
    content = bytearray(zips.packed({"1.jpg": b"x" * 1000}))
    content[500] ^= 1
    archive = opened(bytes(content))
    with pytest.raises(ArchiveError):
        list(archive.unpack(archive.entries[0]))


def test_a_directory_without_end_takes_no_memory() -> None:
    content = zips.directory_of(30 * MEGABYTE)
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError):
            opened(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MEGABYTE


def test_a_bomb_is_unpacked_piece_by_piece() -> None:
    archive = opened(
        zips.packed({"1.jpg": bytes(30 * MEGABYTE)}, zipfile.ZIP_DEFLATED),
        max_bytes=40 * MEGABYTE,
    )
    tracemalloc.start()
    try:
        assert sum(map(len, archive.unpack(archive.entries[0]))) == 30 * MEGABYTE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTE


def test_archives_are_known_by_their_beginning() -> None:
    assert is_nested_archive(zips.packed({"1.jpg": JPEG}))
    assert is_nested_archive(zips.packed({}))
    assert is_nested_archive(b"\x1f\x8b\x08")
    assert not is_nested_archive(JPEG)
    assert not is_nested_archive(b"")
