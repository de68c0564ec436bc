"""Single signs: cut out, classified, and weighed against readings of the line."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch

from inference.reader.confusions import MATHS_INDEX, MATHS_SYMBOLS
from inference.reader.glyphs.draw import CLASSES, draw_sign
from inference.reader.glyphs.model import WEIGHTS_PATH, SignClassifier
from inference.reader.glyphs.segment import SIDE_PX, Sign, cut_signs
from inference.reader.glyphs.strokes import strokes_of
from inference.reader.glyphs.train import SignNet
from inference.reader.second_opinion import SignReading, agreement, proposals, read_signs


def _line(text: str) -> np.ndarray:
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.6, 3)
    image = np.full((90, width + 40), 230, dtype=np.uint8)
    cv2.putText(image, text, (20, 62), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 3, cv2.LINE_AA)
    return image


def _symbols(text: str) -> tuple[int, ...]:
    return tuple(MATHS_INDEX[symbol] for symbol in text)


@pytest.fixture(scope="module")
def classifier() -> SignClassifier:
    return SignClassifier()


def test_a_line_is_cut_into_signs_from_left_to_right() -> None:
    signs = cut_signs(_line("3x+52=170"))
    assert len(signs) == 9
    assert all(one.x_start < other.x_start for one, other in pairwise(signs))
    assert all(sign.pixels.shape == (SIDE_PX, SIDE_PX) for sign in signs)
    assert all(0.0 <= sign.pixels.min() <= sign.pixels.max() <= 1.0 for sign in signs)


def test_the_strokes_of_an_equals_sign_are_one_sign() -> None:
    (sign,) = cut_signs(_line("="))
    assert sign.shape[1] > 0.5


def test_bare_paper_has_no_signs() -> None:
    assert cut_signs(np.full((60, 200), 220, dtype=np.uint8)) == []


def test_shadow_is_not_ink() -> None:
    shaded = (_line("3x+52=170") * np.linspace(1.0, 0.5, _line("3x+52=170").shape[1])).astype(
        np.uint8
    )
    assert len(cut_signs(shaded)) == 9


def test_clean_signs_are_recognised(classifier: SignClassifier) -> None:
    text = "2+34=9-7/5"
    chances = classifier.classify(cut_signs(_line(text)))
    assert chances.sum(axis=1) == pytest.approx(np.ones(len(text)), abs=1e-4)
    read = [classifier.classes[best] for best in chances.argmax(axis=1)]
    assert sum(one == other for one, other in zip(read, text, strict=True)) >= len(text) - 1


def test_no_signs_have_no_chances(classifier: SignClassifier) -> None:
    assert classifier.classify([]).shape == (0, len(classifier.classes))


def test_numpy_and_torch_compute_the_same(classifier: SignClassifier) -> None:
    net = SignNet().eval()
    with np.load(WEIGHTS_PATH) as stored:
        net.load_state_dict(
            {name: torch.from_numpy(stored[name].astype(np.float32)) for name in net.state_dict()}
        )
    rng = np.random.default_rng(3)
    signs = [
        Sign(
            rng.random((SIDE_PX, SIDE_PX), dtype=np.float32), rng.random(4).astype(np.float32), 0, 1
        )
        for _ in range(3)
    ]
    with torch.no_grad():
        logits = net(
            torch.from_numpy(np.stack([sign.pixels for sign in signs])[:, None]),
            torch.from_numpy(np.stack([sign.shape for sign in signs])),
        )
    assert classifier.classify(signs) == pytest.approx(logits.softmax(1).numpy(), abs=1e-4)


def test_weights_are_small_and_belong_to_the_classes_drawn(classifier: SignClassifier) -> None:
    assert WEIGHTS_PATH.stat().st_size < 1_000_000
    assert classifier.classes == CLASSES


@pytest.mark.parametrize("sign", ["1", "x", "+", "÷", "*", "="])
def test_strokes_are_drawn_without_fonts_and_repeatably(sign: str) -> None:
    seed = next(s for s in range(50) if np.random.default_rng(s).random() < 0.5)
    one, shape = draw_sign(sign, [], np.random.default_rng(seed))
    again, _ = draw_sign(sign, [], np.random.default_rng(seed))
    assert one.max() == pytest.approx(1.0)
    assert shape.shape == (4,)
    assert np.array_equal(one, again)


# -- weighing ---------------------------------------------------------------------------------


def _sign(chances: dict[str, float], *, is_speck: bool = False) -> SignReading:
    values = np.full(len(MATHS_SYMBOLS), 1e-3, dtype=np.float32)
    for symbol, chance in chances.items():
        values[MATHS_INDEX[symbol]] = chance
    return SignReading(0.0, 1.0, 0.7 * np.log(0.94 * values + 0.006), values, is_speck)


def test_the_reading_that_looks_like_the_signs_agrees_best() -> None:
    signs = [_sign({"7": 0.9}), _sign({"/": 0.8, "1": 0.15}), _sign({"3": 0.9})]
    best = agreement(signs, _symbols("7/3"))
    others = [agreement(signs, _symbols(text)) for text in ("713", "73", "7/33", "", "2/3")]
    assert best > max(others)


def test_ink_that_no_symbol_reads_costs_and_a_speck_costs_little() -> None:
    symbols = _symbols("7")
    alone = agreement([_sign({"7": 0.9})], symbols)
    with_speck = agreement([_sign({"7": 0.9}), _sign({".": 0.5}, is_speck=True)], symbols)
    with_sign = agreement([_sign({"7": 0.9}), _sign({"3": 0.9})], symbols)
    assert alone > with_speck > with_sign


def test_it_proposes_what_a_sign_looks_like() -> None:
    signs = [_sign({"7": 0.9}), _sign({"/": 0.8}), _sign({"3": 0.9})]
    assert _symbols("7/3") in proposals(signs, _symbols("713"))
    assert _symbols("7/3") in proposals(signs, _symbols("73"))
    assert _symbols("7/3") not in proposals(signs, _symbols("7/3"))


def test_nothing_agrees_with_nothing() -> None:
    assert agreement([], ()) == 0.0
    assert proposals([], ()) == []


def test_a_line_is_read_sign_by_sign(classifier: SignClassifier) -> None:
    signs = read_signs(_line("8-3=5"), classifier)
    best = "".join(MATHS_SYMBOLS[int(sign.chances.argmax())] for sign in signs)
    assert best == "8-3=5"
    assert agreement(signs, _symbols("8-3=5")) > agreement(signs, _symbols("8+3=5"))


@pytest.mark.parametrize("sign", CLASSES)
def test_a_hand_writes_no_sign_twice_the_same_and_none_out_of_its_place(sign: str) -> None:
    rng = np.random.default_rng(2)
    ways = [strokes_of(sign, rng) for _ in range(40)]
    if sign in "!?":
        assert ways == [None] * 40
        return
    assert len({str(strokes) for strokes in ways}) == 40
    for strokes in ways:
        assert strokes
        points = np.concatenate([np.array(stroke) for stroke in strokes])
        assert np.isfinite(points).all()
        assert -0.8 < points[:, 0].min() <= points[:, 0].max() < 1.1
        assert -1.7 < points[:, 1].min() <= points[:, 1].max() < 0.7


def test_a_ring_is_closed_smoothly() -> None:
    """The 8 of two rings: both ends of a ring are one point, and nothing else is."""
    rng = np.random.default_rng(4)
    rings = [strokes for _ in range(60) if len(strokes := strokes_of("8", rng) or []) == 2]
    assert rings
    assert all(stroke[0] == stroke[-1] for strokes in rings for stroke in strokes)
