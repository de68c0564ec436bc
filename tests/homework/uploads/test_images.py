"""The confined process: its limits hold, and whatever happens in it ends in a clear error."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from homework.common.errors import (
    DamagedImageError,
    DecodeTimeoutError,
    EmptyFileError,
    TooManyPixelsError,
    UploadsBusyError,
)
from homework.uploads import decode_processes, decode_zygote, images
from homework.uploads.images import PhotoDecoder
from homework.uploads.limits import DecodeLimits
from tests.homework.uploads import pictures


def decoder(
    *, timeout_s: float = 20, memory_mb: int = 768, max_concurrent: int = 2
) -> PhotoDecoder:
    limits = DecodeLimits(
        max_pixels=40_000_000, long_side_px=2048, timeout_s=timeout_s, memory_mb=memory_mb
    )
    return PhotoDecoder(limits, max_concurrent=max_concurrent)


def replace_worker(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> None:
    """Let the confined process run `program` instead: what a hostile file may make of it."""
    package = folder / "homework" / "uploads"
    package.mkdir(parents=True)
    shutil.copy(decode_zygote.__file__, package)
    (package / "decode_worker.py").write_text(
        "def load():\n    pass\n\ndef main(arguments):\n"
        + textwrap.indent(f"{program}\nsys.stdout.flush()\nreturn 0", "    ")
        + "\n\nimport os, signal, sys, time\n"
    )
    monkeypatch.setattr(decode_processes, "_PACKAGE_ROOT", folder)


def test_a_photo_comes_back_clean() -> None:
    photo = decoder().sanitise(pictures.encoded(pictures.quadrants(3000, 2000), "JPEG"))

    assert (photo.width, photo.height) == (2048, 1365)
    assert pictures.opened(photo.image).size == (2048, 1365)
    assert max(pictures.opened(photo.thumbnail).size) == 320
    assert len(photo.sha256) == 64
    assert len(photo.phash) == 16
    assert set(photo.quality) == {"is_good", "issues"}


@pytest.mark.parametrize("format", ["JPEG", "MPO", "PNG", "WEBP", "HEIF"])
def test_every_format_is_decoded_though_nothing_more_can_be_opened(format: str) -> None:
    photo = decoder().sanitise(
        pictures.encoded(pictures.quadrants(), format, exif=pictures.with_exif(orientation=6))
    )

    assert {photo.width, photo.height} == {160, 240}


@pytest.mark.parametrize("act", ["open('/etc/hostname')", "socket.socket()", "os.pipe()"])
def test_a_decoder_that_a_file_has_taken_over_reaches_nothing(act: str) -> None:
    program = (
        "import os, socket\n"
        "from homework.uploads import decode_worker\n"
        "decode_worker.load()\n"
        "decode_worker._shut_off()\n"
        f"{act}\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=decode_processes._PACKAGE_ROOT,
        capture_output=True,
        text=True,
    )

    assert "Too many open files" in ran.stderr


def test_an_empty_file_costs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")

    with pytest.raises(EmptyFileError):
        decoder().sanitise(b"")


@pytest.mark.parametrize(
    "make",
    [
        lambda: pictures.png_of_megapixels(10_000),
        lambda: pictures.webp_that_says_it_has(10_000, 10_000),
        lambda: pictures.encoded(Image.new("L", (10_000, 10_000)), "JPEG"),
    ],
    ids=["PNG", "WebP", "JPEG"],
)
def test_a_hundred_megapixels_are_refused_by_their_header(make: Callable[[], bytes]) -> None:
    with pytest.raises(TooManyPixelsError):
        decoder(memory_mb=256).sanitise(make())


def test_running_out_of_memory_is_the_photos_fault_and_not_the_sites() -> None:
    with pytest.raises(TooManyPixelsError):
        decoder(memory_mb=200).sanitise(pictures.png_of_megapixels(6_000))


def test_a_decode_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    replace_worker(monkeypatch, tmp_path, "time.sleep(600)")

    with pytest.raises(DecodeTimeoutError):
        decoder(timeout_s=0.5).sanitise(b"x")


def test_cpu_time_is_limited_by_the_kernel() -> None:
    """The limits hold in the process itself, should nobody be left to watch it."""
    import subprocess

    program = (
        "import json, sys\n"
        "from homework.uploads import decode_worker\n"
        "from homework.uploads.limits import DecodeLimits\n"
        "decode_worker._confine(DecodeLimits(max_pixels=1, long_side_px=1, timeout_s=1,"
        " memory_mb=512))\n"
        "while True: pass\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], timeout=60)

    assert ended.returncode in images._OUT_OF_TIME


@pytest.mark.parametrize(
    "program",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(3)",
        "print('no json')",
        "print('{}')",
        'print(\'{"error": "no_such_code"}\')',
        'print(\'{"width": 1, "height": 1, "phash": "0", "quality": {}, '
        '"image_bytes": 4, "thumbnail_bytes": 4}\'); print(\'<html><script>\')',
    ],
)
def test_a_process_taken_over_by_a_file_gets_nothing_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    replace_worker(monkeypatch, tmp_path, program)

    with pytest.raises(DamagedImageError):
        decoder().sanitise(b"x")


def test_the_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HH_SECRET_KEY", "the key of the school")
    seen = tmp_path / "environment"
    replace_worker(monkeypatch, tmp_path, f"open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")

    with pytest.raises(DamagedImageError):
        decoder().sanitise(b"x")

    assert "the key of the school" not in seen.read_text()
    assert "HH_" not in seen.read_text()


def test_no_more_photos_are_decoded_at_once_than_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = 0
    most = 0
    lock = threading.Lock()
    real = PhotoDecoder._decode

    def counted(self: PhotoDecoder, data: bytes) -> images.SanitisedPhoto:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return real(self, data)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(PhotoDecoder, "_decode", counted)
    shared = decoder(max_concurrent=2)
    data = pictures.jpeg()
    with ThreadPoolExecutor(6) as threads:
        photos = list(threads.map(shared.sanitise, [data] * 6))

    assert most <= 2
    assert len({photo.sha256 for photo in photos}) == 1


def test_who_waits_too_long_for_a_place_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_inside, may_leave = threading.Event(), threading.Event()

    def blocked(self: PhotoDecoder, data: bytes) -> images.SanitisedPhoto:
        is_inside.set()
        may_leave.wait()
        raise DamagedImageError

    monkeypatch.setattr(PhotoDecoder, "_decode", blocked)
    shared = decoder(timeout_s=0.05, max_concurrent=1)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(shared.sanitise, b"x")
        is_inside.wait()
        with pytest.raises(UploadsBusyError):
            shared.sanitise(b"y")
        may_leave.set()
        assert isinstance(first.exception(), DamagedImageError)


def test_a_decode_leaves_no_open_files_behind() -> None:
    shared = decoder()
    shared.sanitise(pictures.jpeg())
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        shared.sanitise(pictures.jpeg())
        with pytest.raises(DamagedImageError):
            shared.sanitise(pictures.jpeg()[:300])

    assert len(os.listdir("/proc/self/fd")) == before


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def zygote_of(shared: PhotoDecoder) -> subprocess.Popen[bytes]:
    zygote = shared._processes._zygote
    assert zygote is not None
    return zygote._process


def await_end(has_ended: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not has_ended():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_every_photo_has_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = tmp_path / "pids"
    replace_worker(monkeypatch, tmp_path, f"open({str(seen)!r}, 'a').write(f'{{os.getpid()}}\\n')")
    shared = decoder()
    for _ in range(3):
        with pytest.raises(DamagedImageError):
            shared.sanitise(b"x")

    assert len(set(seen.read_text().split())) == 3


def test_a_decoder_out_of_time_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    replace_worker(monkeypatch, tmp_path, "signal.alarm(0)\ntime.sleep(600)")
    shared = decoder(timeout_s=0.5)
    with pytest.raises(DecodeTimeoutError):
        shared.sanitise(b"x")

    await_end(lambda: not children_of(zygote_of(shared).pid))


def test_a_zygote_that_died_is_replaced_and_no_photo_is_lost() -> None:
    shared = decoder()
    first = shared.sanitise(pictures.jpeg())
    zygote_of(shared).send_signal(signal.SIGKILL)
    zygote_of(shared).wait()

    assert shared.sanitise(pictures.jpeg()) == first


def test_without_processes_the_student_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(decode_processes, "_PACKAGE_ROOT", tmp_path)  # no program is there

    with pytest.raises(UploadsBusyError):
        decoder().sanitise(b"x")


def test_after_a_crash_the_next_photo_meets_another_memory_layout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    replace_worker(monkeypatch, tmp_path, "os.kill(os.getpid(), signal.SIGSEGV)")
    shared = decoder()
    with pytest.raises(DamagedImageError):
        shared.sanitise(b"x")

    assert shared._processes._zygote is None


def test_the_zygote_ends_with_its_decoder() -> None:
    shared = decoder()
    shared.sanitise(pictures.jpeg())
    process = zygote_of(shared)
    del shared

    await_end(lambda: process.poll() is not None)


def test_a_decoder_cannot_write_to_the_file_that_it_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = tmp_path / "error"
    replace_worker(
        monkeypatch,
        tmp_path,
        "try:\n    os.write(0, b'more')\n"
        f"except OSError as error:\n    open({str(seen)!r}, 'w').write(type(error).__name__)",
    )
    with pytest.raises(DamagedImageError):
        decoder().sanitise(b"x")

    assert seen.read_text() == "PermissionError"
