"""HTML of worksheets, handwriting and textbook pages, for Chromium to lay out as black ink.

Prints use KaTeX; handwriting is laid out glyph by glyph, so that no two letters of a line are quite
alike, from a small part of LaTeX.
"""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass
from pathlib import Path

from tests.photos.questions import Shot

# CSS pixels per em of the question, and device pixels per CSS pixel. The camera scales from here.
EM_CSS = 44
DEVICE_SCALE = 2


@dataclass(frozen=True)
class PrintFace:
    """A family for words and how KaTeX writes the formula (`mathml` is set in that family too)."""

    family: str
    output: str = "html"
    packages: tuple[str, ...] = ()


PRINT_FACES = {
    "latex": PrintFace("KaTeX_Main, 'PT Serif'"),
    "serif": PrintFace("'PT Serif'", packages=("pt-serif",)),
    "times": PrintFace("'Liberation Serif'", output="mathml"),
    "sans": PrintFace("Roboto", output="mathml", packages=("roboto",)),
    "song": PrintFace("KaTeX_Main, 'Noto Serif SC'", packages=("noto-serif-sc",)),
    "hei": PrintFace("'Noto Sans SC'", packages=("noto-sans-sc",)),
}


@dataclass(frozen=True)
class HandFace:
    """A handwriting family, its size against the others, and its stroke width in em."""

    family: str
    package: str
    size: float = 1.0
    stroke: float = 0.06
    words: str = ""
    words_package: str = ""


HAND_FACES = {
    "kalam": HandFace("Kalam", "kalam", 1.05, 0.07),
    "patrick": HandFace("'Patrick Hand'", "patrick-hand", 1.15, 0.065),
    "indie": HandFace("'Indie Flower'", "indie-flower", 1.1, 0.055),
    "coming": HandFace("'Coming Soon'", "coming-soon", 1.0, 0.05),
    "architects": HandFace("'Architects Daughter'", "architects-daughter", 1.0, 0.055),
    "caveat": HandFace("Caveat", "caveat", 1.4, 0.05),
    "gochi": HandFace("'Gochi Hand'", "gochi-hand", 1.2, 0.075),
    "schoolbell": HandFace("Schoolbell", "schoolbell", 1.1, 0.055),
    "handlee": HandFace("Handlee", "handlee", 1.1, 0.06),
    "neucha": HandFace("Neucha", "neucha", 1.15, 0.065),
    "longcang": HandFace("Kalam", "kalam", 1.0, 0.065, "'Long Cang'", "long-cang"),
    "mashan": HandFace("'Patrick Hand'", "patrick-hand", 1.15, 0.07, "'Ma Shan Zheng'",
                       "ma-shan-zheng"),
}  # fmt: skip

_PROSE = (
    "The harbour lay quiet in the early light. Two gulls walked along the wall and looked into "
    "the empty boats, as if somebody had promised them breakfast. Anna closed the window, put "
    "the kettle on the stove and thought of the letter that she had not yet opened."
)
_PROSE_ZH = (
    "清晨的港口很安静。两只海鸥沿着堤岸走来走去，朝空空的小船里张望，好像有人答应过给它们准备早餐。"
    "安娜关上窗户，把水壶放到炉子上，想起了那封还没有拆开的信。"
)


def packages_needed() -> list[str]:
    """npm packages, as `@fontsource/name`, without which the corpus cannot be made."""
    names = {package for face in PRINT_FACES.values() for package in face.packages}
    for hand in HAND_FACES.values():
        names |= {hand.package, hand.words_package}
    return ["katex", *sorted(f"@fontsource/{name}" for name in names if name)]


def _document(body: str, packages: tuple[str, ...], modules: Path, style: str = "") -> str:
    sheets = [modules / "katex/dist/katex.min.css"]
    for package in packages:
        folder = modules / "@fontsource" / package
        sheets.append(folder / "400.css" if (folder / "400.css").exists() else folder / "index.css")
    links = "".join(f'<link rel="stylesheet" href="{sheet.as_uri()}">' for sheet in sheets)
    script = (modules / "katex/dist/katex.min.js").as_uri()
    return f"""<!doctype html><meta charset="utf-8">{links}<script src="{script}"></script>
<style>html, body {{ margin: 0; background: transparent; color: #000 }}
.katex {{ font-size: 1em; line-height: 1.2 }} .katex-display {{ margin: 0 }}
math {{ font-family: inherit; math-style: normal }} mfrac {{ padding: 0 .12em }}
.question {{ display: inline-block; white-space: nowrap }} {style}</style>
<body>{body}<script>for (const e of document.querySelectorAll("[data-tex]")) {{
katex.render(e.dataset.tex, e, {{displayMode: e.dataset.display === "1", output: e.dataset.output}})
}}</script>"""


def _tex(latex: str, output: str) -> str:
    # Display style inline keeps fractions at full size, as a worksheet sets them.
    source = html.escape(rf"\displaystyle {latex}", quote=True)
    return f'<span data-tex="{source}" data-output="{output}"></span>'


def print_page(shot: Shot, modules: Path, *, instruction_above: bool) -> str:
    """A question of a worksheet, alone on transparent paper, in an element `.question`."""
    face = PRINT_FACES[shot.face]
    number = f"<span class=n>{shot.number}</span>" if shot.number else ""
    formula = _tex(shot.latex, face.output)
    if shot.instruction and instruction_above:
        body = f"{number}{shot.instruction}<div class=below>{formula}</div>"
    else:
        body = f"{number}{shot.instruction} {formula}"
    style = f"""body {{ font: {EM_CSS}px {face.family} }} body {{ padding: 60px }}
.n {{ margin-right: .45em }} .below {{ margin: .55em 0 0 1.6em }}"""
    return _document(f"<div class=question>{body}</div>", face.packages, modules, style)


def screenshot_page(shot: Shot, modules: Path) -> str:
    """A whole page of a textbook, a quiz or a dark study app, with one question on it."""
    formula = f"<div class=f>{_tex(shot.latex, 'html')}</div>"
    if shot.face == "quiz":
        face = PRINT_FACES["sans"]
        body = f"""<div class=card><div class=q>{shot.instruction}</div>{formula}
<div class=input></div></div>"""
        style = """body { background: #eef1f6; padding: 90px 70px; font: 30px Roboto }
.card { background: #fff; border-radius: 14px; padding: 44px 54px 54px; color: #223 }
.q { font-size: 30px } .f { font-size: 42px; margin: 34px 0 }
.input { border: 2px solid #b9c2d3; border-radius: 8px; height: 58px; width: 420px }"""
    elif shot.face == "dark":
        face = PRINT_FACES["sans"]
        body = f"<div class=q>{shot.instruction}</div>{formula}"
        style = """body { background: #15181f; color: #e8eaf0; padding: 170px 110px; height: 420px;
font: 34px Roboto } .f { font-size: 50px; margin: 40px 0 }"""
    else:
        is_chinese = shot.face == "book-zh"
        face = PRINT_FACES["song" if is_chinese else "serif"]
        title = "练习 一元二次方程" if is_chinese else "Exercises"
        body = f"""<h1>{title}</h1><hr><div class=q><b>{shot.number}</b>
{shot.instruction}</div>{formula}"""
        style = f"""body {{ background: #fff; color: #111; padding: 60px 90px 150px;
font: 30px {face.family} }} h1 {{ font-size: 40px; font-weight: 400; color: #1f4e8c;
margin: 0 0 16px }} hr {{ border: 0; border-top: 3px solid #1f4e8c; margin: 0 0 50px }}
b {{ font-weight: 400; margin-right: .5em }} .f {{ font-size: 36px; margin: 34px 0 0 60px }}"""
    return _document(body, face.packages, modules, style)


def prose_page(modules: Path, *, is_chinese: bool) -> str:
    """A paragraph of a story: words, and no question."""
    face = PRINT_FACES["song" if is_chinese else "serif"]
    style = f"body {{ padding: 60px; font: 34px/1.6 {face.family} }} .prose {{ width: 900px }}"
    prose = _PROSE_ZH if is_chinese else _PROSE
    return _document(f'<div class="question" style="white-space: normal"><div class=prose>{prose}'
                     "</div></div>", face.packages, modules, style)  # fmt: skip


def drawing_page(modules: Path, rng: random.Random) -> str:
    """A child's drawing: a house, a tree and a sun."""

    def wobble(points: list[tuple[float, float]]) -> str:
        moved = [(x + rng.uniform(-4, 4), y + rng.uniform(-4, 4)) for x, y in points]
        return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in moved)

    rays = [[(760, 60), (770, 10)], [(810, 90), (860, 60)], [(815, 140), (870, 160)],
            [(700, 100), (650, 80)]]  # fmt: skip
    lines: list[list[tuple[float, float]]] = [
        [(120, 480), (122, 250), (400, 248), (402, 482), (118, 480)],
        [(90, 252), (262, 90), (432, 250)],
        [(225, 480), (226, 380), (295, 379), (296, 480)],
        [(150, 330), (200, 330), (200, 290), (150, 290), (150, 332)],
        [(560, 482), (565, 350), (600, 348), (604, 482)],
        [(20, 484), (700, 490), (880, 482)],
        *[[(float(x), float(y)) for x, y in ray] for ray in rays],
    ]
    paths = "".join(f'<path d="{wobble(points)}"/>' for points in lines)
    body = f"""<div class=question><svg width=920 height=560 fill=none stroke=#000 stroke-width=5
stroke-linecap=round>{paths}<ellipse cx=582 cy=270 rx=92 ry=95 /><circle cx=757 cy=118 r=48 />
</svg></div>"""
    return _document(body, (), modules, "body { padding: 60px }")


def hand_page(shot: Shot, modules: Path, rng: random.Random) -> str:
    """A handwritten question on transparent paper, in an element `.question`."""
    face = HAND_FACES[shot.face]
    writer = _Writer(face, rng)
    lines = _cases(shot.latex)
    formula = "".join(f"<div class=line>{writer.write(line)}</div>" for line in lines)
    words = ""
    if shot.instruction:
        family = face.words or face.family
        size = 1.15 if face.words else 1.0
        words = (
            f'<span style="font-family: {family}; font-size: {size}em">'
            f"{writer.glyphs(shot.instruction)}</span>"
        )
    number = writer.glyphs(shot.number) + "&nbsp;" if shot.number else ""
    size_px = EM_CSS * 1.25 * face.size
    slant = rng.uniform(-7, 4)
    style = f"""body {{ padding: 80px; font: {size_px:.1f}px {face.family} }}
.question {{ transform: skewX({slant:.1f}deg) rotate({rng.uniform(-1.2, 1.2):.2f}deg) }}
.head, .line {{ display: inline-flex; align-items: center; vertical-align: middle }}
.body {{ display: inline-flex; flex-direction: column; vertical-align: middle; gap: .25em }}
.g {{ display: inline-block }} .frac {{ display: inline-flex; flex-direction: column;
align-items: center; margin: 0 .14em; line-height: 1.0 }} .frac svg {{ display: block }}
.sup {{ font-size: .62em; position: relative; top: -.62em; margin-left: .06em }}
.row {{ display: inline-flex; align-items: center }}"""
    head = f"<span class=head>{number}{words}&nbsp;</span>" if number or words else ""
    packages = tuple(p for p in (face.package, face.words_package) if p)
    body = f"<div class=question>{head}<span class=body>{formula}</span></div>"
    return _document(body, packages, modules, style)


def _cases(latex: str) -> list[str]:
    match = re.fullmatch(r"\\begin\{cases\}(.*)\\end\{cases\}", latex)
    return [line.strip() for line in match[1].split(r"\\")] if match else [latex]


class _Writer:
    """Lays a small part of LaTeX out as jittered glyphs."""

    _SIGNS = {r"\times": "×", r"\div": "÷", r"\cdot": "·", r"\%": "%", r"\,": " "}

    def __init__(self, face: HandFace, rng: random.Random) -> None:
        self._face = face
        self._rng = rng
        self._drift = 0.0

    def write(self, latex: str) -> str:
        """HTML of one line."""
        return f'<span class="row">{self._run(latex)}</span>'

    def glyphs(self, text: str) -> str:
        """HTML of plain characters."""
        return "".join("&nbsp;" if c == " " else self._glyph(c) for c in text)

    def _run(self, latex: str) -> str:
        out: list[str] = []
        at = 0
        while at < len(latex):
            if latex.startswith(r"\frac", at):
                top, at = _group(latex, at + 5)
                bottom, at = _group(latex, at)
                out.append(self._fraction(top, bottom))
            elif latex.startswith(r"\text", at):
                words, at = _group(latex, at + 5)
                out.append(self.glyphs(words))
            elif latex.startswith(r"\int", at):
                at += 4
                out.append(self._integral())
            elif latex[at] == "^":
                power, at = _group(latex, at + 1)
                out.append(f'<span class="sup">{self._run(power)}</span>')
            elif latex[at] == "\\":
                sign = next(s for s in self._SIGNS if latex.startswith(s, at))
                at += len(sign)
                out.append(self.glyphs(self._SIGNS[sign]) if sign != r"\," else self._gap(0.18))
            elif latex[at] == " ":
                at += 1
                out.append(self._gap(0.12))
            elif latex[at] == "-":
                at += 1
                out.append(self._minus())
            else:
                out.append(self._glyph(latex[at]))
                at += 1
        return "".join(out)

    def _gap(self, em: float) -> str:
        width = em * self._rng.uniform(0.7, 1.4)
        return f'<span style="display: inline-block; width: {width:.3f}em"></span>'

    def _glyph(self, char: str) -> str:
        rng = self._rng
        # The pen drifts off the line slowly and comes back, on top of a shake at every letter.
        self._drift = 0.8 * self._drift + rng.gauss(0, 0.012)
        y = self._drift + rng.gauss(0, 0.012)
        size = rng.gauss(1.0, 0.035)
        turn = rng.gauss(0, 1.8)
        wide = rng.gauss(1.0, 0.03)
        return (
            f'<span class=g style="transform: translateY({y:.3f}em) rotate({turn:.1f}deg) '
            f"scale({size * wide:.3f}, {size:.3f}); "
            f'margin-right: {rng.gauss(0.012, 0.012):.3f}em">{html.escape(char)}</span>'
        )

    def _minus(self) -> str:
        rng = self._rng
        width, rise = rng.uniform(0.36, 0.46), rng.uniform(-3, 3)
        return self._stroke(width, 0.3, 4, rise, rng.uniform(-2, 2), "margin-top: .12em")

    def _fraction(self, top: str, bottom: str) -> str:
        rng = self._rng
        above, below = self._run(top), self._run(bottom)
        length = 0.5 * max(_length(top), _length(bottom)) + 0.35
        rise = rng.uniform(-2.5, 2.5)
        bar = self._stroke(length, 0.2, 3, rise, rng.uniform(-3, 3), "margin: .03em 0")
        return (
            f'<span class="frac"><span class="row">{above}</span>{bar}'
            f'<span class="row">{below}</span></span>'
        )

    def _stroke(
        self, width: float, height: float, inset: float, rise: float, sag: float, style: str
    ) -> str:
        """A nearly level line of the pen."""
        y = height * 50
        path = (
            f"M{inset} {y + rise:.1f} Q{width * 50:.0f} {y + sag:.1f} "
            f"{width * 100 - inset:.0f} {y - rise:.1f}"
        )
        return self._svg(width, height, path, style)

    def _integral(self) -> str:
        j = [self._rng.uniform(-3, 3) for _ in range(4)]
        path = (f"M42 {12 + j[0]:.0f} C{30 + j[1]:.0f} 0 25 20 24 75 "
                f"C23 130 {18 + j[2]:.0f} 150 5 {138 + j[3]:.0f}")  # fmt: skip
        return self._svg(0.46, 1.5, path, "margin: 0 .1em 0 0")

    def _svg(self, width: float, height: float, path: str, style: str) -> str:
        return (
            f'<svg style="width: {width:.2f}em; height: {height:.2f}em; {style}; overflow: visible;'
            f' flex: none" viewBox="0 0 {width * 100:.0f} {height * 100:.0f}">'
            f'<path d="{path}" fill="none" stroke="#000" stroke-linecap="round" '
            f'stroke-width="{self._face.stroke * 100:.1f}"/></svg>'
        )


def _group(latex: str, at: int) -> tuple[str, int]:
    """The argument at `at`: a braced group or one character. Returns it and what comes after."""
    if latex[at] != "{":
        return latex[at], at + 1
    depth = 0
    for end in range(at, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[end], 0)
        if depth == 0:
            return latex[at + 1 : end], end + 1
    raise ValueError(f"unbalanced braces in {latex!r}")


def _length(latex: str) -> int:
    return len(re.sub(r"\\[a-z]+|[{}^ ]", "", latex))
