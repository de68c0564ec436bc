"""Makes the photo corpus: `python -m tests.photos.make --modules DIR`.

Needs Chromium, the development requirements, and an npm folder with KaTeX and a few fonts, used
for drawing only and shipped nowhere:

    npm install --prefix build/corpus $(python -m tests.photos.make --list-packages)
    python -m tests.photos.make --modules build/corpus/node_modules

Every picture is drawn from its own name as the seed: made again with the same Chromium and fonts,
it is the same picture, whatever else was added or dropped. `--salt two --out build/fresh` draws the
same questions with other chances, for a measurement on pictures that nobody has looked at.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.photos import camera, pages
from tests.photos.answers import is_right
from tests.photos.questions import SHOTS, Shot

HERE = Path(__file__).parent
_ORIENTATION_TAG = 0x0112
_SIZES = ((1600, 1200), (1500, 1125), (1440, 1080), (1600, 900), (1280, 1280), (1200, 1500))


class Studio:
    """Lays pages out in Chromium and photographs them."""

    def __init__(self, browser: Browser, modules: Path, salt: str = "") -> None:
        self._browser = browser
        self._modules = modules
        self._salt = salt

    def picture(self, shot: Shot) -> Image.Image:
        """Make one picture, upright, before it is turned."""
        seed = zlib.crc32((shot.name + self._salt).encode())
        chance = random.Random(seed)
        rng = np.random.default_rng(seed)
        if shot.kind == "screenshot":
            html = pages.screenshot_page(shot, self._modules)
            wide, high = (860, 520) if shot.face != "quiz" else (760, 560)
            return self._render(html, wide, high, is_transparent=False)[0].convert("RGB")
        if shot.face == "landscape":
            return Image.fromarray(camera.landscape((1400, 1050), rng))
        html = self._page(shot, chance)
        ink, box = self._render(html, 1500, 1150, is_transparent=True)
        cover = np.asarray(ink.getchannel("A"), np.float32) / 255
        alpha, box = _on_large_sheet(cover, box)
        size = chance.choice(_SIZES)
        view, em_px = _frame(box, size, chance, is_hand=shot.kind == "handwriting")
        if "neighbours" in shot.conditions:
            self._add_neighbours(alpha, box, view, shot, chance)
        # A sheet on a desk ends where the view ends; any other reaches beyond what is framed.
        reach = 0.0 if "desk" in shot.conditions else 0.2
        alpha, view = _cut(alpha, view, reach)
        page = camera.sheet(alpha, shot.conditions, rng, em_px)
        return Image.fromarray(camera.photograph(page, view, size, shot.conditions, rng))

    def _page(self, shot: Shot, chance: random.Random) -> str:
        if shot.kind == "handwriting":
            return pages.hand_page(shot, self._modules, chance)
        if shot.kind == "print":
            return pages.print_page(shot, self._modules, instruction_above=chance.random() < 0.45)
        if shot.face.startswith("prose"):
            return pages.prose_page(self._modules, is_chinese=shot.face.endswith("zh"))
        if shot.face == "drawing":
            return pages.drawing_page(self._modules, chance)
        return '<div class="question" style="width: 900px; height: 500px"></div>'

    def _render(
        self, html: str, width: int, height: int, *, is_transparent: bool
    ) -> tuple[Image.Image, tuple[float, float, float, float]]:
        """Lay a page out. Returns the picture and the box of its question in device pixels."""
        page = self._browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=pages.DEVICE_SCALE
        )
        path = self._modules / "corpus-page.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready.then(() => document.fonts.size)")
        found = page.locator(".question")
        rect = found.first.bounding_box() if found.count() else None
        data = page.screenshot(omit_background=is_transparent)
        page.close()
        path.unlink()
        r = rect or {"x": 0, "y": 0, "width": width, "height": height}
        scale = pages.DEVICE_SCALE
        box = (r["x"] * scale, r["y"] * scale, r["width"] * scale, r["height"] * scale)
        return Image.open(io.BytesIO(data)), box

    def _add_neighbours(
        self,
        alpha: camera.FloatImage,
        box: tuple[float, float, float, float],
        view: camera.View,
        shot: Shot,
        chance: random.Random,
    ) -> None:
        """Write the questions before and after this one where the frame cuts through them."""
        for offset, is_above in ((-1, True), (1, False)):
            latex = SHOTS[(SHOTS.index(shot) + offset) % len(SHOTS)].latex
            neighbour = Shot(
                name="neighbour", kind="print", topic="none", latex=latex, face=shot.face
            )
            html = pages.print_page(neighbour, self._modules, instruction_above=False)
            ink, (x, y, w, h) = self._render(html, 1500, 500, is_transparent=True)
            cover = np.asarray(ink.getchannel("A"), np.float32) / 255
            piece = cover[int(y) : int(y + h), int(x) : int(x + w)]
            spill = (camera.growth(shot.conditions) - 1) / 2 * view.height
            edge = view.y - spill if is_above else view.y + view.height + spill
            top = int(edge - chance.uniform(0.5, 0.65) * h)
            left = int(box[0])
            target = alpha[top : top + piece.shape[0], left : left + piece.shape[1]]
            target[...] = np.maximum(target, piece[: target.shape[0], : target.shape[1]])


def _on_large_sheet(
    cover: camera.FloatImage, box: tuple[float, float, float, float]
) -> tuple[camera.FloatImage, tuple[float, float, float, float]]:
    """Centre the question's ink on a sheet large enough for every framing."""
    x, y, w, h = (int(v) for v in box)
    margin = 24
    piece = cover[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]
    sheet = np.zeros((3600, 4200), np.float32)
    top, left = (3600 - piece.shape[0]) // 2, (4200 - piece.shape[1]) // 2
    sheet[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
    ys, xs = np.nonzero(sheet > 0.2)
    if len(ys):
        return sheet, (xs.min(), ys.min(), xs.max() - xs.min(), ys.max() - ys.min())
    return sheet, (left, top, piece.shape[1], piece.shape[0])


def _frame(
    box: tuple[float, float, float, float],
    size: tuple[int, int],
    chance: random.Random,
    *,
    is_hand: bool,
) -> tuple[camera.View, float]:
    """Choose how close the camera comes. Returns the view and the em in sheet pixels."""
    x, y, w, h = box
    em_px = pages.EM_CSS * pages.DEVICE_SCALE * (1.3 if is_hand else 1.0)
    em_in_photo = chance.uniform(105, 170) if is_hand else chance.uniform(72, 122)
    width = size[0] * em_px / em_in_photo
    width = max(width, w * 1.22, h * 1.35 * size[0] / size[1])
    height = width * size[1] / size[0]
    slack_x, slack_y = width - w, height - h
    left = x - slack_x * chance.uniform(0.4, 0.6)
    top = y - slack_y * chance.uniform(0.42, 0.58)
    return camera.View(left, top, width, height), em_px


def _cut(
    alpha: camera.FloatImage, view: camera.View, reach: float
) -> tuple[camera.FloatImage, camera.View]:
    """Cut the sheet to the view and `reach` of it on every side. Returns the view on that."""
    left, right = view.x - reach * view.width, view.x + (1 + reach) * view.width
    top, bottom = view.y - reach * view.height, view.y + (1 + reach) * view.height
    x, y = max(0, int(left)), max(0, int(top))
    cut = alpha[y : int(bottom), x : int(right)].copy()
    return cut, camera.View(view.x - x, view.y - y, view.width, view.height)


def save(image: Image.Image, path: Path, conditions: tuple[str, ...]) -> None:
    """Turn as the conditions say and write a JPEG of a phone's usual quality.

    `rotN` turns the pixels clockwise; `exifN` does the same and leaves the note by which a viewer
    turns them back.
    """
    exif = Image.Exif()
    for condition in conditions:
        turns = {"90": Image.Transpose.ROTATE_270, "180": Image.Transpose.ROTATE_180,
                 "270": Image.Transpose.ROTATE_90}  # fmt: skip
        undo = {"90": 8, "180": 3, "270": 6}
        for kind in ("rot", "exif"):
            if condition.startswith(kind):
                degrees = condition.removeprefix(kind)
                image = image.transpose(turns[degrees])
                if kind == "exif":
                    exif[_ORIENTATION_TAG] = undo[degrees]
    quality = 80
    while True:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, exif=exif)
        if out.tell() < 140_000 or quality <= 62:
            break
        quality -= 6
    path.write_bytes(out.getvalue())


def truth(shots: tuple[Shot, ...]) -> list[dict[str, object]]:
    """The corpus as it is written to `truth.json`."""
    return [
        {
            "file": f"{s.name}.jpg", "kind": s.kind, "topic": s.topic, "language": s.language,
            "text": s.reading, "answer": s.answer, "latex": s.latex,
            "conditions": list(s.conditions), "face": s.face,
        }
        for s in shots
    ]  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Make all pictures, or those whose name contains one of the words given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="make only pictures with one of these in the name")
    parser.add_argument("--modules", type=Path, help="a node_modules folder with the packages")
    parser.add_argument("--list-packages", action="store_true")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument(
        "--salt", default="", help="roll the dice anew: pictures that nothing was tuned on"
    )
    args = parser.parse_args(argv)
    if args.list_packages:
        print(" ".join(pages.packages_needed()))
        return 0
    if args.modules is None:
        parser.error("--modules is needed")
    wrong = [s.name for s in SHOTS if s.text and not is_right(s.topic, s.text, s.answer)]
    if wrong:
        print("answers that SymPy disputes:", ", ".join(wrong), file=sys.stderr)
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync", "--no-first-run"],
        )  # fmt: skip
        studio = Studio(browser, args.modules.resolve(), args.salt)
        made = []
        for shot in SHOTS:
            if not args.words or any(word in shot.name for word in args.words):
                made.append(shot)
                save(studio.picture(shot), args.out / f"{shot.name}.jpg", shot.conditions)
                print(shot.name)
        browser.close()
    listed = SHOTS if args.out == HERE else tuple(made)
    text = json.dumps(truth(listed), ensure_ascii=False, indent=1)
    (args.out / "truth.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
