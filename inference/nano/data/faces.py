"""The fonts that exercises are drawn in: npm packages under free licences.

    python -m inference.nano.data.faces DIR

fetches them into DIR with npm. Those of the test split are drawn in nowhere else, so that what is
measured is reading, not remembering. `NOTICE.md` names the licences.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

Hand = Literal["print", "hand"]
Split = Literal["train", "test"]

DIGIT_PX = 44
"""Height of a digit in the pictures of glyphs that a face keeps."""

_VERSION = "~5.3.0"
_KATEX = "katex@0.19.1"
_NAMES: dict[tuple[Hand, Split], str] = {
    ("hand", "train"): "coming-soon crafty-girls just-another-hand schoolbell architects-daughter "
    "bad-script cedarville-cursive dawning-of-a-new-day gaegu give-you-glory gochi-hand handlee "
    "indie-flower la-belle-aurore loved-by-the-king nanum-pen-script neucha over-the-rainbow "
    "pangolin reenie-beanie short-stack sue-ellen-francisco waiting-for-the-sunrise zeyada "
    "rock-salt walter-turncoat the-girl-next-door sedgwick-ave grandstander itim sriracha mali "
    "playpen-sans edu-nsw-act-foundation edu-sa-beginner kristi rancho hi-melody gamja-flower "
    "poor-story single-day yomogi klee-one andika "
    "delius comic-neue marck-script nanum-brush-script kiwi-maru yusei-magic zen-kurenaido "
    "hachi-maru-pop mynerve gluten fuzzy-bubbles shantell-sans beth-ellen edu-tas-beginner "
    "edu-vic-wa-nt-beginner edu-qld-beginner edu-au-vic-wa-nt-hand playwrite-us-trad "
    "playwrite-de-grund playwrite-fr-moderne playwrite-it-moderna playwrite-es playwrite-pl "
    "playwrite-us-modern playwrite-in playwrite-cu playwrite-br playwrite-hr chilanka "
    "kavivanar sunshiney unkempt just-me-again-down-here love-ya-like-a-sister merienda "
    "courgette satisfy kaushan-script nerko-one oooh-baby vibur meddon east-sea-dokdo finger-paint "
    " ruluko",
    ("hand", "test"): "annie-use-your-telescope caveat covered-by-your-grace dekko "
    "gloria-hallelujah homemade-apple kalam mansalva nothing-you-could-do patrick-hand "
    "shadows-into-light swanky-and-moo-moo delicious-handrawn",
    ("print", "train"): "noto-serif noto-sans open-sans lato merriweather crimson-text lora "
    "eb-garamond libre-baskerville roboto-slab inter ibm-plex-sans ibm-plex-serif stix-two-text "
    "tinos arimo pt-sans source-serif-4 source-sans-3 old-standard-tt cardo work-sans",
    ("print", "test"): "pt-serif roboto gelasio spectral nunito libertinus-serif",
}
_CHINESE: dict[tuple[Hand, Split], str] = {
    ("hand", "train"): "long-cang zhi-mang-xing zcool-kuaile",
    ("hand", "test"): "ma-shan-zheng",
    ("print", "train"): "noto-sans-sc noto-serif-sc",
    ("print", "test"): "zcool-xiaowei",
}
_FIRST_CHINESE = "\u2e80"
_CHINESE_HEIGHT = 1.2
_OLD_STYLE = frozenset({"cardo", "eb-garamond"})
"""Faces whose digits hang below the line and differ in height."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character of a face at `DIGIT_PX`.

    Attributes:
        cover: (H, W) uint8, 255 where there is ink.
        left, top: Where the picture's corner is, in pixels from the origin on the baseline.
        advance: To the next character, in heights of a digit.
    """

    cover: NDArray[np.uint8]
    left: float
    top: float
    advance: float


class ChineseFont:
    """A Chinese font, which its package cuts into a hundred files by character.

    Args:
        package: The folder of the package.
    """

    def __init__(self, package: Path) -> None:
        self._files: list[tuple[list[tuple[int, int]], Path]] = []
        for key, ranges in json.loads((package / "unicode.json").read_text()).items():
            path = package / "files" / f"{package.name}-{key.strip('[]')}-400-normal.woff"
            spans = [part.removeprefix("U+").split("-") for part in ranges.split(",")]
            self._files.append(([(int(span[0], 16), int(span[-1], 16)) for span in spans], path))
        self._fonts: dict[Path, ImageFont.FreeTypeFont] = {}

    def font_of(self, character: str) -> ImageFont.FreeTypeFont | None:
        """The font that has `character`, a little taller than a digit is."""
        code = ord(character)
        for spans, path in self._files:
            if any(first <= code <= last for first, last in spans) and path.is_file():
                if path not in self._fonts:
                    size = round(_CHINESE_HEIGHT * DIGIT_PX)
                    self._fonts[path] = ImageFont.truetype(str(path), size)
                return self._fonts[path]
        return None


@dataclass(slots=True)
class Face:
    """A font, with what was drawn of it.

    Attributes:
        name: Of its package.
        hand: Whether it looks printed or written.
        upright, italic: The same face twice where books lean letters.
        chinese: The font that goes with it for Chinese.
        split: What it is for: to learn from, or to be tried on.
    """

    name: str
    hand: Hand
    upright: ImageFont.FreeTypeFont
    italic: ImageFont.FreeTypeFont
    chinese: ChineseFont | None = None
    split: Split = "train"
    _known: dict[tuple[str, bool], Glyph | None] = field(default_factory=dict)

    def glyph(self, character: str, *, is_italic: bool = False) -> Glyph | None:
        """A character, None when the face lacks it."""
        key = (character, is_italic)
        if key not in self._known:
            font: ImageFont.FreeTypeFont | None = self.italic if is_italic else self.upright
            if character >= _FIRST_CHINESE:
                font = self.chinese.font_of(character) if self.chinese else None
            self._known[key] = None if font is None else _draw(font, character)
        return self._known[key]


def _draw(font: ImageFont.FreeTypeFont, character: str) -> Glyph | None:
    mask, (left, top) = font.getmask2(character, mode="L", anchor="ls")
    width, height = mask.size
    if not width or not height:
        return None
    missing, _ = font.getmask2("\U0010ffff", mode="L", anchor="ls")
    if missing.size == mask.size and bytes(missing) == bytes(mask):
        return None
    cover = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
    return Glyph(cover, float(left), float(top), font.getlength(character) / DIGIT_PX)


def load_face(path: Path, name: str, hand: Hand, italic: Path | None = None) -> Face | None:
    """A font scaled to `DIGIT_PX`, None when it has no digits."""
    upright = _sized(path)
    if upright is None:
        return None
    leaning = _sized(italic) if italic is not None else None
    return Face(name, hand, upright, leaning or upright)


def _sized(path: Path) -> ImageFont.FreeTypeFont | None:
    trial = ImageFont.truetype(str(path), 200)
    _, top, _, bottom = trial.getbbox("5", anchor="ls")
    if bottom - top < 30:
        return None
    return ImageFont.truetype(str(path), 200 * DIGIT_PX / (bottom - top))


def load_faces(directory: Path, split: Split) -> list[Face]:
    """The faces of a split that `fetch` put into `directory`.

    Raises:
        FileNotFoundError: They are not there.
    """
    faces: list[Face] = []
    packages = directory / "node_modules" / "@fontsource"
    for (hand, its_split), names in _NAMES.items():
        if its_split != split:
            continue
        chinese = [ChineseFont(packages / name) for name in _CHINESE[hand, split].split()]
        for name in names.split():
            files = packages / name / "files"
            path = files / f"{name}-latin-400-normal.woff"
            italic = files / f"{name}-latin-400-italic.woff"
            if not path.is_file():
                raise FileNotFoundError(f"{path}: fetch the faces first")
            leaning = italic if hand == "print" and italic.is_file() else None
            face = load_face(path, name, hand, leaning)
            if face is not None and name not in _OLD_STYLE:
                face.chinese = chinese[len(faces) % len(chinese)]
                face.split = split
                faces.append(face)
    katex = directory / "node_modules" / "katex" / "dist" / "fonts"
    if split == "train":
        face = load_face(katex / "KaTeX_Main-Regular.ttf", "katex", "print",
                         katex / "KaTeX_Math-Italic.ttf")  # fmt: skip
        assert face is not None, "KaTeX's main font has digits"
        face.chinese = ChineseFont(packages / "noto-serif-sc")
        # What most books and web pages show: as often as four other faces.
        faces += [face] * 4
    return faces


def names_of(hand: Hand, split: Split) -> tuple[list[str], list[str]]:
    """The packages of a split: faces whose digits stand on the line, and Chinese ones."""
    names = [name for name in _NAMES[hand, split].split() if name not in _OLD_STYLE]
    return names, _CHINESE[hand, split].split()


def style_of(directory: Path, name: str) -> tuple[Path, str]:
    """The style sheet of a package, seen from `directory`, and the name it gives to the font."""
    path = Path("node_modules", "@fontsource", name, "400.css")
    found = re.search(r"font-family: '([^']+)'", (directory / path).read_text(encoding="utf-8"))
    assert found is not None, "a package of a font names it"
    return path, found[1]


def fetch(directory: Path) -> None:
    """Install the packages into `directory`, which is made."""
    directory.mkdir(parents=True, exist_ok=True)
    every = (*_NAMES.values(), *_CHINESE.values())
    names = sorted({name for names in every for name in names.split()})
    packages = [f"@fontsource/{name}@{_VERSION}" for name in names]
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]
    subprocess.run([*command, str(directory), *packages, _KATEX], check=True)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
