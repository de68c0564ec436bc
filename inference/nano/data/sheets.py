"""Sheets of exercises as books and web pages show them: KaTeX or MathML, set by Chromium.

    python -m inference.nano.data.sheets FACES

sets sheets in the fonts that `faces` put into FACES, photographs them with the browser and cuts
them into single exercises with the place of every sign, FACES/sheets/train and FACES/sheets/test.
`sample.Maker` draws from them when they are there.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.nano.data.camera import Cover
from inference.nano.data.drawing import Drawing, Placed, draw_printed
from inference.nano.data.faces import DIGIT_PX, Split, names_of, style_of
from inference.nano.data.forms import make_exercise
from inference.nano.data.wording import words_after, words_before
from inference.types import Language

_A_SHEET = 36
_PIXELS_PER_PX = 3
_SEEDS: dict[Split, int] = {"train": 0, "test": 1 << 40}
_INDEX = "crops.jsonl"


@dataclass(frozen=True, slots=True)
class Crop:
    """One exercise of a sheet.

    Attributes:
        file: The picture, black on white, a digit `faces.DIGIT_PX` tall.
        topic, problem, latex, language: As of `sample.Sample`.
        face: Of the words and, in MathML, of the formula.
        placed: The signs with the middles of their places, in pixels.
    """

    file: Path
    topic: str
    problem: str
    latex: str
    language: Language
    face: str
    placed: tuple[Placed, ...]

    def draw(self, rng: random.Random) -> Drawing:
        """The exercise as it comes out of a photo of the sheet."""
        gray = cv2.imread(str(self.file), cv2.IMREAD_GRAYSCALE)
        if gray is None:
            raise FileNotFoundError(self.file)
        return draw_printed(np.asarray(255 - gray, np.uint8), self.placed, rng)


def load_crops(faces_dir: Path, split: Split) -> list[Crop]:
    """What `make` left in a folder of faces; empty when it was not run."""
    folder = faces_dir / "sheets" / split
    index = folder / _INDEX
    if not index.is_file():
        return []
    crops = []
    for line in index.read_text(encoding="utf-8").splitlines():
        entry: dict[str, Any] = json.loads(line)
        placed = tuple(Placed(**each) for each in entry.pop("placed"))
        crops.append(Crop(**entry | {"file": folder / entry["file"], "placed": placed}))
    return crops


def _exercises(split: Split, rng: random.Random, *, output: str) -> list[Crop]:
    """What a sheet asks, without pictures yet.

    In MathML nothing has a root: Chromium draws no root sign in a font that has none, and hardly a
    font of words has.
    """
    language: Language = rng.choice(("en", "en", "zh"))
    made: list[Crop] = []
    while len(made) < _A_SHEET:
        topic, problem, latex = make_exercise(split, rng)
        if output == "html" or r"\sqrt" not in latex:
            made.append(Crop(Path(), topic, problem, latex, language, "", ()))
    return made


def _page(
    exercises: list[Crop], fonts: list[tuple[Path, str]], *, output: str, rng: random.Random
) -> str:
    """The sheet as a page of HTML in a folder beside `node_modules`.

    Args:
        exercises: What is asked.
        fonts: Style sheets and names of the fonts, the first one first.
        output: What KaTeX writes, `html` or `mathml`.
        rng: Decides the setting.
    """
    times = rng.choices((r"\times", r"\cdot", "*"), (0.75, 0.15, 0.1))[0]
    is_display = rng.random() < 0.5
    items = []
    for exercise in exercises:
        latex = exercise.latex.replace(r"\times", times)
        before = words_before(exercise.topic, exercise.language, rng)
        after = words_after(exercise.topic, rng)
        items.append(
            f"<li><span>{html.escape(before)} </span>"
            f'<span class="formula" data-latex="{html.escape(latex)}"></span>'
            f"<span>{html.escape(after and ' ' + after)}</span></li>"
        )
    styles = [path for path, _ in fonts] + [Path("node_modules/katex/dist/katex.min.css")]
    links = "".join(f'<link rel="stylesheet" href="../{path}">' for path in styles)
    family = ", ".join(f"'{name}'" for _, name in fonts)
    gap = rng.uniform(0.8, 2)
    return f"""<!doctype html><meta charset="utf-8">{links}
<script src="../node_modules/katex/dist/katex.min.js"></script>
<style>
  body {{ margin: 24px; background: white; color: black; font: {rng.randint(15, 20)}px {family} }}
  ol {{ columns: {rng.choice((1, 2))}; column-gap: 40px; list-style: none; padding: 0 }}
  li {{ break-inside: avoid; margin-bottom: {gap:.2f}em; line-height: {rng.uniform(1.6, 2.2):.2f} }}
  math {{ font-family: {family} }}
  .katex {{ font-size: {rng.uniform(1.0, 1.25):.2f}em }}
</style><ol>{"".join(items)}</ol>
<script>
  for (const place of document.querySelectorAll(".formula"))
    katex.render(place.dataset.latex, place, {{
      output: {json.dumps(output)}, displayMode: false,
      macros: {json.dumps({chr(92) + "frac": chr(92) + "dfrac{#1}{#2}"} if is_display else {})},
    }});
</script>"""


_MEASURE = """async () => {
  await document.fonts.ready;
  const pen = document.createElement("canvas").getContext("2d");
  return [...document.querySelectorAll("li")].map((item) => {
    const formula = item.querySelector(".katex");
    const style = getComputedStyle(formula.querySelector("math") ?? formula);
    pen.font = `${style.fontSize} ${style.fontFamily}`;
    const signs = [];
    const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
    let left = 1e9, top = 1e9, right = 0, bottom = 0;
    const hold = (box) => {
      left = Math.min(left, box.left); right = Math.max(right, box.right);
      top = Math.min(top, box.top); bottom = Math.max(bottom, box.bottom);
    };
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest("annotation")) continue;
      for (let i = 0; i < node.length; i += 1) {
        const range = document.createRange();
        range.setStart(node, i); range.setEnd(node, i + 1);
        const box = range.getBoundingClientRect();
        if (!box.width || !node.data[i].trim()) continue;
        hold(box);
        signs.push([node.data[i], (box.left + box.right) / 2, (box.top + box.bottom) / 2]);
      }
    }
    const strokes = [["frac", ".frac-line, mfrac"], ["sqrt", ".sqrt, msqrt, mroot"]];
    for (const [name, selector] of strokes)
      for (const each of item.querySelectorAll(selector)) {
        const box = each.getBoundingClientRect();
        hold(box);
        const x = name === "frac" ? (box.left + box.right) / 2 : box.left + 4;
        signs.push([name, x, (box.top + box.bottom) / 2]);
      }
    return {
      box: [left, top, right, bottom], signs,
      digit: pen.measureText("5").actualBoundingBoxAscent,
    };
  });
}"""
_AS_TYPED = {"−": "-", "⋅": "·", "∗": "*", "⎨": "{", "∣": "|"}
_MARGIN_PX = 4


def _cut(
    sheet: NDArray[np.uint8], found: dict[str, Any]
) -> tuple[Cover, tuple[Placed, ...]] | None:
    """One exercise out of the picture of a sheet; None where nothing was set."""
    digit_px = float(found["digit"]) * _PIXELS_PER_PX
    left, top, right, bottom = (round(side * _PIXELS_PER_PX) for side in found["box"])
    left, top = max(0, left - _MARGIN_PX), max(0, top - _MARGIN_PX)
    inside = sheet[top : bottom + _MARGIN_PX, left : right + _MARGIN_PX]
    if digit_px <= 0 or not inside.size or inside.min() > 100:
        return None
    scale = DIGIT_PX / digit_px
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = np.asarray(
        cv2.resize(inside, None, fx=scale, fy=scale, interpolation=method), np.uint8
    )
    placed = tuple(
        Placed(
            _AS_TYPED.get(sign, sign),
            (x * _PIXELS_PER_PX - left) * scale,
            (y * _PIXELS_PER_PX - top) * scale,
        )
        for sign, x, y in found["signs"]
    )
    return picture, placed


def _render(faces_dir: Path, split: Split, count: int) -> Iterator[tuple[Crop, Cover]]:
    """Exercises with their pictures, sheet after sheet."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    if executable is None:
        raise FileNotFoundError("chromium: `make setup-dev` installs it")
    faces, chinese = names_of("print", split)
    page_file = faces_dir.resolve() / "sheets" / "sheet.html"
    page_file.parent.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
        )
        page = browser.new_page(
            viewport={"width": 900, "height": 1200}, device_scale_factor=_PIXELS_PER_PX
        )
        made, number = 0, 0
        while made < count:
            rng = random.Random(_SEEDS[split] + number)
            number += 1
            face = rng.choice(faces)
            # KaTeX's own font is a face of the training split.
            output = rng.choice(("html", "mathml")) if split == "train" else "mathml"
            exercises = _exercises(split, rng, output=output)
            fonts = [style_of(faces_dir, name) for name in (face, rng.choice(chinese))]
            text = _page(exercises, fonts, output=output, rng=rng)
            page_file.write_text(text, encoding="utf-8")
            page.goto(page_file.as_uri())
            measured = page.evaluate(_MEASURE)
            shot = np.frombuffer(page.screenshot(full_page=True), np.uint8)
            sheet = np.asarray(cv2.imdecode(shot, cv2.IMREAD_GRAYSCALE), np.uint8)
            for exercise, found in zip(exercises, measured, strict=True):
                cut = _cut(sheet, found)
                if cut is not None and made < count:
                    made += 1
                    yield replace(exercise, face=face, placed=cut[1]), cut[0]
        browser.close()
    page_file.unlink()


def make(faces_dir: Path, counts: dict[Split, int]) -> None:
    """Set so many exercises for each split, in place of those that a folder of faces has.

    Raises:
        FileNotFoundError: There is no Chromium, or `faces` did not fill the folder.
    """
    for split, count in counts.items():
        folder = faces_dir / "sheets" / split
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        lines = []
        for number, (crop, picture) in enumerate(_render(faces_dir, split, count), 1):
            name = f"{number:05d}.png"
            cv2.imwrite(str(folder / name), picture)
            lines.append(json.dumps(asdict(crop) | {"file": name}, ensure_ascii=False))
            if sys.stderr.isatty():
                print(f"\r{split} {number}/{count}", end="", file=sys.stderr)
        (folder / _INDEX).write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{split}: {len(lines)} exercises in {folder}")


def main() -> None:
    """Set the sheets of both splits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path, help="the folder that `faces` filled")
    parser.add_argument("--count", type=int, default=2_000, help="exercises of the training split")
    parser.add_argument("--test-count", type=int, default=500, help="of the test split")
    arguments = parser.parse_args()
    make(arguments.faces, {"train": arguments.count, "test": arguments.test_count})


if __name__ == "__main__":
    main()
