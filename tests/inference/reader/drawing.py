"""Draws questions the way textbooks print them, and does to the picture what a phone does.

Expressions are nested tuples: a string is text, `("frac", top, bottom)`, `("sup", base, exponent)`,
`("sqrt", inside)` and `("row", a, b, ...)`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Expression = str | tuple["str | tuple[object, ...]", ...]

_FONTS = Path("/usr/share/fonts")
_INK = 25


def font(size: int, *, cjk: bool = False, serif: bool = False) -> ImageFont.FreeTypeFont:
    """A font that every machine of ours has."""
    name = "DejaVuSerif.ttf" if serif else "DejaVuSans.ttf"
    if cjk:
        name = "NotoSansCJK-Regular.ttc"
    path = next(_FONTS.rglob(name))
    return ImageFont.truetype(str(path), size)


class _Box:
    """A drawn piece: its picture and how far its axis lies below its top."""

    def __init__(self, image: Image.Image, axis: float) -> None:
        self.image, self.axis = image, axis


def _text(text: str, size: int, *, serif: bool) -> _Box:
    cjk = any(ord(character) > 0x2E80 for character in text)
    face = font(size, cjk=cjk, serif=serif)
    ascent, descent = face.getmetrics()
    width = max(1, int(face.getlength(text)) + 2)
    image = Image.new("L", (width, ascent + descent), 255)
    ImageDraw.Draw(image).text((1, 0), text, font=face, fill=_INK)
    return _Box(image, ascent - 0.33 * size)


def _row(boxes: list[_Box]) -> _Box:
    axis = max(box.axis for box in boxes)
    below = max(box.image.height - box.axis for box in boxes)
    image = Image.new("L", (sum(box.image.width for box in boxes), round(axis + below)), 255)
    x = 0
    for box in boxes:
        image.paste(box.image, (x, round(axis - box.axis)))
        x += box.image.width
    return _Box(image, axis)


def _trim(image: Image.Image) -> Image.Image:
    ink = Image.eval(image, lambda value: 255 - value).getbbox()
    return image.crop((0, ink[1], image.width, ink[3])) if ink else image


def _box(expression: object, size: int, *, serif: bool) -> _Box:
    if isinstance(expression, str):
        return _text(expression, size, serif=serif)
    assert isinstance(expression, tuple)
    kind, *arguments = expression
    thick = max(2, size // 16)
    if kind == "row":
        return _row([_box(argument, size, serif=serif) for argument in arguments])
    if kind == "frac":
        inner = max(14, int(size * 0.9))
        top, bottom = (_trim(_box(part, inner, serif=serif).image) for part in arguments)
        gap = max(3, size // 6)
        width = max(top.width, bottom.width) + size // 3
        image = Image.new("L", (width + 8, top.height + bottom.height + 2 * gap + thick), 255)
        image.paste(top, ((image.width - top.width) // 2, 0))
        bar = top.height + gap
        ImageDraw.Draw(image).rectangle((4, bar, 4 + width, bar + thick - 1), fill=_INK)
        image.paste(bottom, ((image.width - bottom.width) // 2, bar + thick + gap))
        return _Box(image, bar + thick / 2)
    if kind == "sup":
        base = _box(arguments[0], size, serif=serif)
        raised = _box(arguments[1], int(size * 0.65), serif=serif)
        lift = base.axis - 0.48 * size - raised.axis
        top = max(0.0, -lift)
        height = round(max(base.image.height + top, lift + top + raised.image.height))
        image = Image.new("L", (base.image.width + raised.image.width, height), 255)
        image.paste(base.image, (0, round(top)))
        image.paste(raised.image, (base.image.width, round(lift + top)))
        return _Box(image, base.axis + top)
    if kind == "sqrt":
        inside = _box(arguments[0], size, serif=serif)
        body = _trim(inside.image)
        gap, tick = max(4, size // 6), int(size * 0.6)
        image = Image.new("L", (tick + body.width + gap, body.height + 2 * gap), 255)
        draw = ImageDraw.Draw(image)
        bottom = image.height - 2
        line = [(1, bottom * 0.6), (tick * 0.3, bottom * 0.55), (tick * 0.55, bottom)]
        line += [(tick * 0.9, thick), (image.width - 1, thick)]
        draw.line(line, fill=_INK, width=thick)
        image.paste(body, (tick, 2 * gap - gap // 2))
        return _Box(image, image.height - 0.35 * size - gap // 2)
    raise ValueError(kind)


def expression(what: Expression, *, size: int = 48, serif: bool = False) -> Image.Image:
    """One expression, tightly on white."""
    return _box(what, size, serif=serif).image


def page(
    *rows: Expression,
    size: int = 48,
    serif: bool = False,
    width: int = 1200,
    height: int = 800,
    left: int = 120,
    top: int = 200,
    spacing: float = 0.9,
) -> Image.Image:
    """Rows below each other on a sheet of white paper."""
    sheet = Image.new("L", (width, height), 255)
    y = float(top)
    for row in rows:
        image = expression(row, size=size, serif=serif)
        sheet.paste(image, (left, round(y)))
        y += image.height + spacing * size * 0.5
    return sheet.convert("RGB")


def written_sum(*column: str, is_ruled: bool, answer: str) -> Image.Image:
    """Figures set out below each other, right ends in line, a rule and the answer below."""
    sheet = Image.new("L", (1200, 800), 255)
    right, y = 700, 160
    for index, row in enumerate((*column, answer) if answer else column):
        image = expression(row, size=56)
        if is_ruled and index == len(column):
            y += 20
        sheet.paste(image, (right - image.width, y))
        y += image.height + 30
        if is_ruled and index + 1 == len(column):
            ImageDraw.Draw(sheet).line((right - 180, y - 8, right + 10, y - 8), fill=30, width=5)
    return sheet.convert("RGB")


def photographed(sheet: Image.Image, *, tilt_deg: float = 0.0, seed: int = 7) -> Image.Image:
    """The sheet under a lamp from one side, with grain, a little soft, perhaps askew."""
    generator = np.random.default_rng(seed)
    turned = sheet.rotate(-tilt_deg, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    height, width = pixels.shape[:2]
    light = np.linspace(0.95, 0.62, width)[None, :] * np.linspace(1.0, 0.85, height)[:, None]
    pixels = pixels * 0.9 * light[..., None] + generator.normal(0, 3.0, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def shadowed(sheet: Image.Image) -> Image.Image:
    """A hard shadow falls across the sheet."""
    pixels = np.asarray(sheet, dtype=np.float32).copy()
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    edge = 1 / (1 + np.exp(-(columns + 0.6 * rows - 0.75 * width) / 12))
    pixels *= (1.0 - 0.55 * edge)[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def ruled(sheet: Image.Image, *, step: int = 52, squared: bool = False) -> Image.Image:
    """The sheet printed with the blue lines of an exercise book."""
    lines = Image.new("RGB", sheet.size, (255, 255, 255))
    draw = ImageDraw.Draw(lines)
    for y in range(step // 2, sheet.height, step):
        draw.line((0, y, sheet.width, y), fill=(150, 175, 215), width=2)
    if squared:
        for x in range(step // 2, sheet.width, step):
            draw.line((x, 0, x, sheet.height), fill=(150, 175, 215), width=2)
    product = np.asarray(sheet, np.float32) * np.asarray(lines, np.float32) / 255
    return Image.fromarray(product.astype(np.uint8))
