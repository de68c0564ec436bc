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
from inference.nano.data.forms import make_exercise
from inference.nano.data.sheets import load_crops
from inference.nano.data.wording import words_after, words_before
from inference.types import Language

_MIXED_SHARE = 0.5
_ELSEWHERE_SHARE = {"train": 0.03, "test": 0.05}
"""Who learns from many of them takes what is short or faint for one of them."""
_SHEET_SHARE = 0.12
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
        faces_dir: Where `faces.fetch` put the fonts, and `sheets` the sheets; without sheets all
            print is drawn.
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
        self._crops = load_crops(faces_dir, split)

    def make(self, seed: int) -> Sample:
        """The sample of a seed."""
        rng = random.Random(_SEED_SPACE[self._split] + seed)
        if random.Random(seed ^ 0x0FF).random() < _ELSEWHERE_SHARE[self._split]:
            return self._make_elsewhere(rng)
        if self._crops and rng.random() < _SHEET_SHARE:
            crop = rng.choice(self._crops)
            named = (crop.face, "print")
            drawing = crop.draw(rng)
            return Sample(crop.topic, crop.problem, crop.latex, crop.language, named, drawing)
        while True:
            topic, problem, latex = make_exercise(self._split, rng)
            language: Language = rng.choice(("en", "en", "zh"))
            face = self._pick_face(rng)
            is_mixed = face.hand == "hand" and rng.random() < _MIXED_SHARE
            other = rng.choice(self._by_hand["hand"]) if is_mixed else None
            try:
                drawing = draw_question(
                    latex,
                    face,
                    rng,
                    before=words_before(topic, language, rng),
                    after=words_after(topic, rng),
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
