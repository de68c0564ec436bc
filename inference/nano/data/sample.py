"""One thing to learn from: a question as it may stand on paper, and what is to be written.

A sample is named by its seed and its split alone. The topic, the exercise, its words, the writer
and all that happens to the picture follow from that, so no picture need be kept.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from inference.nano.data.drawing import Drawing, draw_question
from inference.nano.data.elsewhere import draw_elsewhere
from inference.nano.data.faces import Face, Split, load_faces
from inference.nano.data.problems import make_problem
from inference.nano.data.solutions import reading_of
from inference.types import Language

_WORDS: dict[str, tuple[str, str]] = {
    "calculate": (
        "Calculate|Calculate:|Work out|Work out:|Evaluate|Evaluate:|Find the value of|Compute",
        "计算：|计算|求值：|算一算：",
    ),
    "solve": (
        "Solve|Solve:|Solve the equation|Solve the equation:|Solve for x:|Find x:|Solve for x",
        "解方程：|解方程|求x：|解下列方程：",
    ),
    "simplify": ("Simplify|Simplify:|Collect like terms:", "化简：|化简|合并同类项："),
    "expand": ("Expand|Expand:|Multiply out:|Expand and simplify", "展开：|计算：|化简："),
    "factor": (
        "Factor|Factor:|Factorise|Factorise:|Factor completely:",
        "因式分解：|分解因式：|因式分解",
    ),
    "system": (
        "Solve|Solve:|Solve the system:|Solve the simultaneous equations:",
        "解方程组：|解方程组",
    ),
    "inequality": ("Solve|Solve:|Solve the inequality:", "解不等式：|解不等式"),
    "derivative": ("Find|Calculate:|Work out", "求：|计算："),
    "integral": ("Find|Evaluate|Evaluate:|Calculate:", "求：|计算：|求积分："),
}
_TASK_OF = {
    "integers": "calculate", "decimals": "calculate", "fractions": "calculate",
    "percent": "calculate", "powers and roots": "calculate", "linear equations": "solve",
    "quadratic equations": "solve", "simplify": "simplify", "expand": "expand",
    "factor": "factor", "systems": "system", "inequalities": "inequality",
    "derivatives": "derivative", "integrals": "integral",
}  # fmt: skip
_BARE_SHARE = 0.45
_MIXED_SHARE = 0.5
_ELSEWHERE_SHARE = 0.05
ELSEWHERE = "out of range"
"""The topic of a picture that shows no exercise of `problems.TOPICS`."""
_SEED_SPACE = {"train": 0, "test": 1 << 40}


@dataclass(frozen=True, slots=True)
class Sample:
    """An exercise with its picture.

    Attributes:
        topic: One of `problems.TOPICS`, or `ELSEWHERE`.
        problem: The exercise as typed; empty where there is none.
        latex: The formula, and what the model is to read; empty where there is none.
        language: Of the words on the picture and of the solution.
        face: The name of the font, and whether it is `print` or `hand`.
        drawing: The picture.
    """

    topic: str
    problem: str
    latex: str
    language: Language
    face: tuple[str, str]
    drawing: Drawing


class Maker:
    """Makes samples of a split.

    Args:
        faces_dir: Where `faces.fetch` put the fonts.
        split: Which fonts are drawn in, and which seeds are used.
    """

    def __init__(self, faces_dir: Path, split: Split) -> None:
        faces = load_faces(faces_dir, split)
        self._by_hand = {
            hand: [face for face in faces if face.hand == hand] for hand in ("print", "hand")
        }
        # Signs that a font lacks come from one of its own split.
        self._fallback = self._by_hand["print"][-1]
        self._split: Split = split

    def make(self, seed: int) -> Sample:
        """The sample of a seed."""
        rng = random.Random(_SEED_SPACE[self._split] + seed)
        if random.Random(seed ^ 0x0FF).random() < _ELSEWHERE_SHARE:
            return self._make_elsewhere(rng)
        while True:
            topic, problem = make_problem(rng)
            language: Language = rng.choice(("en", "en", "zh"))
            face = self._pick_face(rng)
            latex = reading_of(problem)
            is_mixed = face.hand == "hand" and rng.random() < _MIXED_SHARE
            other = rng.choice(self._by_hand["hand"]) if is_mixed else None
            try:
                drawing = draw_question(
                    latex,
                    face,
                    rng,
                    before=_words_before(topic, language, rng),
                    after=_words_after(topic, rng),
                    fallback=self._fallback,
                    other=other,
                )
            except ValueError:
                continue  # a face without a sign that this exercise needs: another one is drawn
            return Sample(topic, problem, latex, language, (face.name, face.hand), drawing)

    def _make_elsewhere(self, rng: random.Random) -> Sample:
        while True:
            language: Language = rng.choice(("en", "en", "zh"))
            face = self._pick_face(rng)
            try:
                drawing = draw_elsewhere(face, language, rng, self._fallback)
            except ValueError:
                continue
            return Sample(ELSEWHERE, "", "", language, (face.name, face.hand), drawing)

    def _pick_face(self, rng: random.Random) -> Face:
        return rng.choice(self._by_hand["hand" if rng.random() < 0.55 else "print"])


def _words_before(topic: str, language: Language, rng: random.Random) -> str:
    if rng.random() < _BARE_SHARE:
        return ""
    number = ""
    if rng.random() < 0.6:
        value = rng.choice((str(rng.randint(1, 12)), rng.choice("abcdef")))
        forms = ("{})", "{}.", "({})") if language == "en" else ("{}.", "({})", "{})")
        number = rng.choice(forms).format(value)
    words = ""
    if rng.random() < 0.7:
        pair = _WORDS[_TASK_OF[topic]]
        words = rng.choice(pair[0 if language == "en" else 1].split("|"))
    return f"{number} {words}".strip()


def _words_after(topic: str, rng: random.Random) -> str:
    if _TASK_OF[topic] == "calculate" and rng.random() < 0.3:
        return "="
    return ""
