"""The sandboxed half of an upload: turns the bytes of a stranger's file into a clean photo.

`homework.uploads.decode_zygote` forks one process of this module per photo: the file comes in on
stdin, a JSON line and two JPEGs go out on stdout. Nothing of Django and no setting or secret of the
site is in this process; whatever a decoder bug lets a file do, it does under the limits below.
"""

from __future__ import annotations

import importlib
import io
import json
import math
import os
import resource
import signal
import sys
from dataclasses import asdict, dataclass
from typing import Any, Final

# Before numpy: its BLAS would reserve address space for one thread per core.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pillow_heif
from PIL import Image, UnidentifiedImageError

from homework.uploads.limits import DecodeLimits
from homework.uploads.quality import assess_quality

JPEG_QUALITY: Final = 88
THUMBNAIL_LONG_SIDE_PX: Final = 320
THUMBNAIL_JPEG_QUALITY: Final = 80
MIN_SIDE_PX: Final = 16
MAX_OUTPUT_BYTES: Final = 32 * 1024 * 1024

_MODULES: Final = (
    "PIL.JpegImagePlugin",
    "PIL.MpoImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.TiffImagePlugin",  # reads EXIF
    "PIL.WebPImagePlugin",
    "numpy.ma",
)
"""What is else loaded when it is needed for the first time."""

_PLUGINS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
# Pillow calls a JPEG that carries further images (previews, depth, a stereo pair) MPO.
_FORMATS: Final = frozenset({"JPEG", "MPO", "PNG", "WEBP", "HEIF"})


class Rejection(Exception):
    """The file is refused; `code` is that of an error in `homework.common.errors`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sanitised:
    """The clean photo and its thumbnail, both JPEG, with what was measured on the way."""

    image: bytes
    thumbnail: bytes
    width: int
    height: int
    phash: str
    quality: dict[str, Any]


def sanitise(data: bytes, limits: DecodeLimits) -> Sanitised:
    """Decode, turn upright, shrink and redraw one photo.

    Only pixels reach the result: EXIF, comments, profiles and whatever is appended to the file
    stay behind. Transparent parts become white paper.

    Args:
        data: The file as it was uploaded.
        limits: Bounds on pixels and on the size of the result; the process limits are the
            caller's to set.

    Raises:
        Rejection: The file is not one still photo of a format that we take.
    """
    if not data:
        raise Rejection("empty_file")
    try:
        opened = _open(data)
        if opened.width * opened.height > limits.max_pixels:
            raise Rejection("too_many_pixels")
        # The frames of an animation have no order of importance that we could know. An MPO's
        # first image is the photo, and a HEIC file names its primary one.
        if opened.format in {"PNG", "WEBP"} and getattr(opened, "is_animated", False):
            raise Rejection("animated_image")
        upright = _upright_rgb(opened, limits.long_side_px)
    except (Rejection, MemoryError):
        raise
    except Exception as error:
        # Decoders fail with anything from OSError to struct.error on what is not sound.
        raise Rejection("damaged_image") from error

    if min(upright.size) < MIN_SIDE_PX:
        raise Rejection("image_too_small")
    # Encoding a decoded image carries its comment and profile over; a new canvas has neither.
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright)
    thumbnail = canvas.copy()
    thumbnail.thumbnail((THUMBNAIL_LONG_SIDE_PX, THUMBNAIL_LONG_SIDE_PX))
    return Sanitised(
        image=_to_jpeg(canvas, JPEG_QUALITY),
        thumbnail=_to_jpeg(thumbnail, THUMBNAIL_JPEG_QUALITY),
        width=canvas.width,
        height=canvas.height,
        phash=perceptual_hash(canvas),
        quality=asdict(assess_quality(canvas)),
    )


def perceptual_hash(image: Image.Image) -> str:
    """64-bit DCT hash as 16 hex digits: similar pictures differ in few bits.

    The 8x8 lowest frequencies of the 32x32 grey picture, each 1 if above their median
    (C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010).
    """
    grey = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS), np.float64)
    k = np.arange(32)
    basis = np.cos(np.pi * np.outer(np.arange(8), 2 * k + 1) / 64)  # (8, 32)
    low = (basis @ grey @ basis.T).ravel()  # (64,)
    bits = low > np.median(low)
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def _open(data: bytes) -> Image.Image:
    """Read the header only. The content decides the format; names are never asked."""
    is_heif = _is_heif(data)
    try:
        image = Image.open(io.BytesIO(data), formats=_PLUGINS if is_heif else _PLUGINS[:3])
    except Image.DecompressionBombError:
        raise Rejection("too_many_pixels") from None
    except UnidentifiedImageError:
        raise Rejection(
            "damaged_image" if _claims_a_known_format(data) else "unsupported_format"
        ) from None
    if image.format not in _FORMATS:
        raise Rejection("unsupported_format")
    return image


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def _claims_a_known_format(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or (data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"hevc", b"mif1"})
    )


def _upright_rgb(image: Image.Image, long_side_px: int) -> Image.Image:
    """Decode to RGB, upright, with the longer side at most `long_side_px`."""
    scale = min(1.0, long_side_px / max(image.size))
    target = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft(None, target)  # a large JPEG is decoded at a half, quarter or eighth
    image.load()
    flat = _flatten(image)
    if flat.size != target:
        # Lanczos on what a box filter left: four times faster, and the eye sees no difference.
        flat = flat.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0)
    orientation = image.getexif().get(0x0112, 1)
    turn = _TURNS.get(orientation)
    return flat.transpose(turn) if turn is not None else flat


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _flatten(image: Image.Image) -> Image.Image:
    """To RGB from grey, palette, CMYK, 16 bits or transparency (on white)."""
    if image.mode.startswith("I") or image.mode == "F":
        # Pillow's own conversion clips 16 bits to the darkest 256 levels instead of scaling.
        levels = np.asarray(image)
        return Image.fromarray((levels >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        paper = Image.new("RGB", rgba.size, "white")
        paper.paste(rgba, mask=rgba.getchannel("A"))
        return paper
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _confine(limits: DecodeLimits) -> None:
    """Give up, for good, what decoding does not need."""
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory_mb * 1024 * 1024),
        (resource.RLIMIT_CPU, limits.whole_s),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),  # a core dump would hold the photo
    ):
        resource.setrlimit(kind, (value, value))
    # Should the server die, nobody is left to end this process.
    signal.alarm(math.ceil(limits.wall_s) + 1)
    # Pillow refuses at twice this number, and for WebP before it reserves the canvas.
    Image.MAX_IMAGE_PIXELS = limits.max_pixels // 2


def load() -> None:
    """Load everything that decoding may need, before the first file is there."""
    Image.preinit()
    for name in _MODULES:
        importlib.import_module(name)
    pillow_heif.register_heif_opener()


def _shut_off() -> None:
    """Open nothing from here on: neither the school's data nor a connection to anywhere.

    What is open stays open. Should a decoder miss a module after all, it finds the file damaged.
    """
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def main(arguments: list[str]) -> int:
    """Decode the file on stdin within the limits given as JSON, for good: the process is used up.

    Returns:
        The exit code; whatever became of the file, it is 0, and stdout tells.
    """
    limits = DecodeLimits(**json.loads(arguments[0]))
    _confine(limits)
    data = sys.stdin.buffer.read()
    _shut_off()
    try:
        result = sanitise(data, limits)
    except Rejection as rejection:
        header: dict[str, Any] = {"error": rejection.code}
        parts: tuple[bytes, ...] = ()
    except MemoryError:
        header, parts = {"error": "too_many_pixels"}, ()
    else:
        header = {
            "width": result.width,
            "height": result.height,
            "phash": result.phash,
            "quality": result.quality,
            "image_bytes": len(result.image),
            "thumbnail_bytes": len(result.thumbnail),
        }
        parts = (result.image, result.thumbnail)
    out = sys.stdout.buffer
    out.write(json.dumps(header).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()
    return 0
