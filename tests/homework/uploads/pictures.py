"""Files that people and attackers upload, made in memory."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, PngImagePlugin

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 30), (30, 30, 220), (255, 255, 255)


def quadrants(width: int = 240, height: int = 160) -> Image.Image:
    """Red, green / blue, white: shows how a picture has been turned."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def jpeg(**options: Any) -> bytes:
    return encoded(quadrants(), "JPEG", quality=90, **options)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def with_exif(*, orientation: int | None = None, gps: bool = False) -> Image.Exif:
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return exif


def animated(format: str) -> bytes:
    frames = [Image.new("RGB", (200, 200), colour) for colour in (RED, GREEN, BLUE)]
    return encoded(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def cmyk_jpeg() -> bytes:
    return encoded(quadrants().convert("CMYK"), "JPEG", quality=95)


def grey_16_bit_png() -> bytes:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)
    return encoded(Image.fromarray(np.tile(ramp, (100, 1))), "PNG")


def rgb_16_bit_png() -> bytes:
    """Pillow cannot write one, so by hand: 64 x 64, red at full level."""
    row = b"\0" + struct.pack(">HHH", 65535, 0, 0) * 64
    return _png(64, 64, bit_depth=16, colour_type=2, pixels=zlib.compress(row * 64))


def transparent_png() -> bytes:
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (50, 50, 150, 150))
    return encoded(image, "PNG")


def palette_png_with_transparency() -> bytes:
    image = Image.new("P", (200, 200), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (50, 50, 150, 150))
    return encoded(image, "PNG", transparency=0)


def png_of_megapixels(side_px: int) -> bytes:
    """A few kilobytes that unfold to `side_px` squared pixels of one bit."""
    row = b"\0" + bytes((side_px + 7) // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(side_px)) + packer.flush()
    return _png(side_px, side_px, bit_depth=1, colour_type=0, pixels=pixels)


def webp_that_says_it_has(width: int, height: int) -> bytes:
    """A small WebP whose header promises a canvas of another size."""
    data = bytearray(encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 9)), "WEBP", exif=b"Exif\0\0"))
    assert data[12:16] == b"VP8X"
    data[24:27] = (width - 1).to_bytes(3, "little")
    data[27:30] = (height - 1).to_bytes(3, "little")
    return bytes(data)


def png_with_exploding_text(size_bytes: int) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", " " * size_bytes, zip=True)
    return encoded(quadrants(), "PNG", pnginfo=info)


def html_polyglot() -> bytes:
    script = b"<html><script>alert(document.cookie)</script></html>"
    return jpeg(comment=script) + script


def zip_polyglot() -> bytes:
    import zipfile

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("payload.txt", "hidden payload")
    return jpeg() + archive.getvalue()


def _png(width: int, height: int, *, bit_depth: int, colour_type: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
