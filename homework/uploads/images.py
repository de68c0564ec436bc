"""The site's side of the sandboxed decode: one confined process per photo, a few at a time."""

from __future__ import annotations

import hashlib
import json
import logging
import signal
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import IO, Any, Final

from homework.common.errors import (
    AnimatedImageError,
    AppError,
    DamagedImageError,
    DecodeTimeoutError,
    EmptyFileError,
    ImageTooSmallError,
    TooManyPixelsError,
    UnsupportedFormatError,
    UploadError,
    UploadsBusyError,
)
from homework.uploads.decode_processes import DecodeProcesses, ZygoteGoneError
from homework.uploads.limits import DecodeLimits

logger = logging.getLogger(__name__)

_REJECTIONS: Final[dict[str, type[UploadError]]] = {
    error.code: error
    for error in (
        AnimatedImageError,
        DamagedImageError,
        EmptyFileError,
        ImageTooSmallError,
        TooManyPixelsError,
        UnsupportedFormatError,
    )
}
_HEADER_MAX_BYTES: Final = 64 * 1024
_OUT_OF_TIME: Final = frozenset({-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL})
_JPEG_START: Final = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True, kw_only=True)
class SanitisedPhoto:
    """A photo of which only the pixels are left.

    Attributes:
        image: JPEG, RGB, upright, without any metadata.
        thumbnail: JPEG, longer side at most 320 px.
        width: Of `image`, in pixels.
        height: Of `image`, in pixels.
        sha256: Of `image`, hex. The same file always gives the same photo.
        phash: 64-bit perceptual hash, 16 hex digits.
        quality: The quality gate's verdict, as plain JSON values.
    """

    image: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str
    phash: str
    quality: dict[str, Any]


class PhotoDecoder:
    """Decodes photos in confined processes, at most `max_concurrent` at the same time.

    The bound is what keeps memory flat when a class uploads at once. Any thread may call it.
    """

    def __init__(self, limits: DecodeLimits, *, max_concurrent: int) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(max_concurrent)
        self._processes = DecodeProcesses()

    def sanitise(self, data: bytes) -> SanitisedPhoto:
        """Decode one file; blocks until it is done, refused or out of time.

        Raises:
            UploadError: The file is no photo that we take; the subclass says why.
            UploadsBusyError: No place became free within the time that one decode may take.
        """
        if not data:
            raise EmptyFileError
        if not self._places.acquire(timeout=self._limits.wall_s):
            raise UploadsBusyError
        started = time.perf_counter()
        outcome = "ok"
        try:
            return self._decode(data)
        except AppError as error:
            outcome = error.code
            raise
        finally:
            self._places.release()
            logger.info(
                "photo decoded",
                extra={
                    "outcome": outcome,
                    "size_bytes": len(data),
                    "duration_ms": round(1000 * (time.perf_counter() - started), 1),
                },
            )

    def _decode(self, data: bytes) -> SanitisedPhoto:
        # Into an unnamed file rather than a pipe: a process that a file has taken over could fill
        # the site's memory through a pipe, while its file size is limited.
        with tempfile.TemporaryFile() as out:
            try:
                exit_code = self._processes.run(data, self._limits, out)
            except ZygoteGoneError as error:
                raise UploadsBusyError from error
            return _read_result(out, exit_code)


def _read_result(out: IO[bytes], returncode: int) -> SanitisedPhoto:
    """Take the process's answer for what it is: written by somebody whom a file may have fooled."""
    if returncode in _OUT_OF_TIME:
        raise DecodeTimeoutError
    if returncode != 0:
        # A decoder that dies of a file, or is stopped by a limit, has met no sound photo.
        raise DamagedImageError
    out.seek(0)
    try:
        header = json.loads(out.readline(_HEADER_MAX_BYTES))
        if "error" in header:
            raise _REJECTIONS.get(header["error"], DamagedImageError)
        image = out.read(int(header["image_bytes"]))
        thumbnail = out.read(int(header["thumbnail_bytes"]))
        if not (image.startswith(_JPEG_START) and thumbnail.startswith(_JPEG_START)):
            raise ValueError("no JPEG")
        return SanitisedPhoto(
            image=image,
            thumbnail=thumbnail,
            width=int(header["width"]),
            height=int(header["height"]),
            sha256=hashlib.sha256(image).hexdigest(),
            phash=f"{int(header['phash'], 16):016x}",
            quality=dict(header["quality"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        logger.warning("decode worker gave no valid answer")
        raise DamagedImageError from error
