"""The line recogniser of the wheel, called directly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.errors import EngineNotReadyError
from inference.reader.alphabet import OTHER, SYMBOL_INDEX, SYMBOLS, Folding
from inference.reader.recogniser import RENDITIONS, LineRecogniser


def _line(text: str, *, height: int = 64) -> np.ndarray:
    """`text` in the stroke font of OpenCV, dark on light."""
    scale = height / 48
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    image = np.full((height, width + 24), 235, dtype=np.uint8)
    cv2.putText(
        image, text, (12, int(height * 0.72)), cv2.FONT_HERSHEY_SIMPLEX, scale, 30, 2, cv2.LINE_AA
    )
    return image


@pytest.fixture(scope="module")
def recogniser() -> LineRecogniser:
    made = LineRecogniser(num_threads=1)
    made.start()
    return made


@pytest.mark.parametrize("text", ["12+34=46", "3x-5=20", "(7-2)/5"])
def test_it_reads_a_clean_line(recogniser: LineRecogniser, text: str) -> None:
    (lattice,) = recogniser.recognise([_line(text)])
    assert lattice.greedy_text.replace(" ", "") == text
    assert len(lattice.greedy_confidence) == len(lattice.greedy_text)
    assert list(lattice.greedy_x) == sorted(lattice.greedy_x)
    assert 0.0 < lattice.greedy_x[0] < lattice.greedy_x[-1] < 1.0


def test_every_step_is_a_distribution_over_our_symbols(recogniser: LineRecogniser) -> None:
    (lattice,) = recogniser.recognise([_line("3x+5=20")], num_views=len(RENDITIONS))
    assert len(lattice.views) == len(RENDITIONS)
    for view in lattice.views:
        assert view.probs.shape == (view.x.shape[0], len(SYMBOLS))
        assert view.probs.sum(axis=1) == pytest.approx(np.ones(len(view.x)), abs=1e-3)
        assert view.x.min() >= 0.0
        assert view.x.max() <= 1.0


def test_lines_of_all_widths_come_back_in_order(recogniser: LineRecogniser) -> None:
    texts = ["1+2", "123+456-789+12345", "7=7", "12x+34y=56", "8-3", "90+1234567890-12"]
    lattices = recogniser.recognise([_line(text) for text in texts])
    assert [lattice.greedy_text.replace(" ", "") for lattice in lattices] == texts


def test_colour_and_grey_read_alike(recogniser: LineRecogniser) -> None:
    grey = _line("4x+3=9")
    one, other = recogniser.recognise([grey, np.repeat(grey[:, :, None], 3, axis=2)])
    assert one.greedy_text == other.greedy_text


def test_several_threads_may_read_at_once(recogniser: LineRecogniser) -> None:
    texts = ["11+22", "33-12", "4x=8", "5+6=11"]
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda text: recogniser.recognise([_line(text)])[0], texts))
    assert [lattice.greedy_text.replace(" ", "") for lattice in read] == texts


def test_no_crops_make_no_lattices(recogniser: LineRecogniser) -> None:
    assert recogniser.recognise([]) == []


@pytest.mark.parametrize(
    "crop",
    [
        np.zeros((0, 10), dtype=np.uint8),
        np.zeros((5, 5), dtype=np.float32),
        np.zeros((2, 5, 5, 3), dtype=np.uint8),
    ],
)
def test_it_refuses_what_is_no_image(recogniser: LineRecogniser, crop: np.ndarray) -> None:
    with pytest.raises(ValueError, match="crop"):
        recogniser.recognise([crop])


def test_it_must_be_started_first() -> None:
    with pytest.raises(EngineNotReadyError):
        LineRecogniser().recognise([_line("1")])


def test_a_missing_model_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EngineNotReadyError):
        LineRecogniser(tmp_path / "none.onnx").start()


def test_signs_in_several_code_points_are_added_up() -> None:
    folding = Folding(["", "/", "／", "−", "—", "火"])
    folded = folding.fold(np.array([[0.1, 0.2, 0.3, 0.1, 0.2, 0.1]], dtype=np.float32))[0]
    assert folded[0] == pytest.approx(0.1)
    assert folded[SYMBOL_INDEX["/"]] == pytest.approx(0.5)
    assert folded[SYMBOL_INDEX["-"]] == pytest.approx(0.3)
    assert folded[SYMBOL_INDEX[OTHER]] == pytest.approx(0.1)
    assert folded.sum() == pytest.approx(1.0)
