"""Runs the line recogniser over cropped text lines and keeps its probabilities, not its guess.

The model is PP-OCRv6's recogniser from the RapidOCR wheel, called through onnxruntime directly:
RapidOCR's own pipeline returns only the best character of each step, and what mathematics allows
can only be searched while the others are still there. `inference.reader.decode` does the search.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inference.errors import EngineNotReadyError
from inference.reader.alphabet import SYMBOLS, Folding
from inference.reader.glyphs.model import SignClassifier
from inference.reader.second_opinion import SignReading, read_signs

_MODEL_FILE = "PP-OCRv6_rec_small.onnx"
_HEIGHT_PX = 48
_STEP_PX = 8
# The model was trained on lines of at least this width; narrower ones are padded.
_MIN_WIDTH_PX = 320
_MAX_WIDTH_PX = 2400
_MAX_BATCH = 8
# Lines share a batch when padding costs at most this factor.
_BATCH_WIDTH_RATIO = 1.25


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the recogniser saw in one rendition of a line.

    Attributes:
        probs: (T, len(SYMBOLS)) float32; each row sums to 1; column 0 is the blank.
        x: (T,) float32, the centre of each time step as a fraction of the crop's width.
    """

    probs: NDArray[np.float32]
    x: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LineLattice:
    """Everything the recogniser says of one line.

    Attributes:
        views: One or more renditions of the same crop; the first is the crop as given.
        symbols: The meaning of the columns of `View.probs`.
        greedy_text: The recogniser's own first guess, in its own alphabet.
        greedy_confidence: The probability of each character of `greedy_text`.
        greedy_x: The centre of each character of `greedy_text`, 0..1 of the crop's width.
        aspect: Width of the crop over its height.
        signs: The line's signs, each classified alone; empty when that was not asked for.
    """

    views: tuple[View, ...]
    symbols: tuple[str, ...]
    greedy_text: str
    greedy_confidence: tuple[float, ...]
    greedy_x: tuple[float, ...]
    aspect: float
    signs: tuple[SignReading, ...] = ()

    @property
    def probs(self) -> NDArray[np.float32]:
        """Probabilities of the first view, (T, K)."""
        return self.views[0].probs

    @property
    def x(self) -> NDArray[np.float32]:
        """Time-step centres of the first view, (T,), 0..1 of the crop's width."""
        return self.views[0].x


@dataclass(frozen=True, slots=True)
class _Job:
    line: int
    view: int
    pixels: NDArray[np.float32]  # (3, 48, W), normalised
    width_px: int


def bundled_model_path() -> Path:
    """Where the installed RapidOCR wheel keeps its line recogniser.

    Raises:
        EngineNotReadyError: The wheel or the model file is not installed.
    """
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineNotReadyError("The package rapidocr is not installed.")
    path = Path(spec.origin).parent / "models" / _MODEL_FILE
    if not path.is_file():
        raise EngineNotReadyError(f"The installed rapidocr has no model {_MODEL_FILE}.")
    return path


class LineRecogniser:
    """Line crops to lattices. After `start`, any number of threads may call `recognise`.

    Args:
        model_path: The ONNX model, or None for the one in the RapidOCR wheel.
        num_threads: Intra-op threads of the session.
    """

    def __init__(self, model_path: Path | None = None, *, num_threads: int = 2) -> None:
        self._model_path = model_path
        self._num_threads = num_threads
        self._lock = threading.Lock()
        self._session: onnxruntime.InferenceSession | None = None
        self._characters: tuple[str, ...] = ()
        self._folding: Folding | None = None
        self._classifier: SignClassifier | None = None

    def start(self) -> None:
        """Load the model. Idempotent.

        Raises:
            EngineNotReadyError: The model is missing or is no line recogniser.
        """
        with self._lock:
            if self._session is not None:
                return
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self._num_threads
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            # Lines of every width come: what is kept for each would only grow, and saves no time.
            options.enable_cpu_mem_arena = False
            options.enable_mem_pattern = False
            path = self._model_path or bundled_model_path()
            if not path.is_file():
                raise EngineNotReadyError(f"There is no model {path.name}.")
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            metadata = session.get_modelmeta().custom_metadata_map
            if "character" not in metadata:
                raise EngineNotReadyError(f"{path.name} carries no character list.")
            # Classes are: the blank, the listed characters, a space.
            self._characters = ("", *metadata["character"].split("\n"), " ")
            num_classes = session.get_outputs()[0].shape[-1]
            if isinstance(num_classes, int) and num_classes != len(self._characters):
                raise EngineNotReadyError(f"{path.name} does not match its character list.")
            self._folding = Folding(self._characters)
            self._classifier = SignClassifier()
            self._session = session

    def recognise(
        self,
        crops: Sequence[NDArray[np.uint8]],
        *,
        num_views: int = 1,
        with_signs: bool = True,
    ) -> list[LineLattice]:
        """Read line crops.

        Args:
            crops: Grey (H, W) or RGB (H, W, 3) images of one line each, dark ink on light paper.
            num_views: How many renditions of each crop to read (1 to `len(RENDITIONS)`).
            with_signs: Whether to classify each line's signs one by one too, which the search wants
                and a first guess does not.

        Returns:
            One lattice per crop, in order.

        Raises:
            EngineNotReadyError: `start` was not called.
            ValueError: A crop is empty or not an image.
        """
        session, folding, classifier = self._session, self._folding, self._classifier
        if session is None or folding is None:
            raise EngineNotReadyError("The line recogniser is not started.")
        jobs = [
            _prepare(line, view, crop)
            for line, crop in enumerate(crops)
            for view in range(num_views)
        ]
        views: dict[tuple[int, int], View] = {}
        greedy: dict[int, _Greedy] = {}
        for batch in _batches(jobs):
            width = max(_MIN_WIDTH_PX, *(job.width_px for job in batch))
            width = -(-width // _STEP_PX) * _STEP_PX
            pixels = np.zeros((len(batch), 3, _HEIGHT_PX, width), dtype=np.float32)
            for row, job in enumerate(batch):
                pixels[row, :, :, : job.width_px] = job.pixels
            (outputs,) = session.run(None, {session.get_inputs()[0].name: pixels})
            for job, probabilities in zip(batch, outputs, strict=True):
                num_steps = probabilities.shape[0]
                x = (np.arange(num_steps, dtype=np.float32) + 0.5) * (width / num_steps)
                x /= job.width_px
                # Two steps past the ink are kept: the last character may be spoken late.
                used = min(num_steps, int(np.searchsorted(x, 1.0)) + 2)
                x = np.minimum(x[:used], 1.0)
                views[job.line, job.view] = View(folding.fold(probabilities[:used]), x)
                if job.view == 0:
                    greedy[job.line] = self._greedy(probabilities[:used], x)
        return [
            LineLattice(
                views=tuple(views[line, view] for view in range(num_views)),
                symbols=SYMBOLS,
                greedy_text=greedy[line].text,
                greedy_confidence=greedy[line].confidence,
                greedy_x=greedy[line].x,
                aspect=crop.shape[1] / crop.shape[0],
                signs=(
                    read_signs(as_grey(crop), classifier)
                    if with_signs and classifier is not None
                    else ()
                ),
            )
            for line, crop in enumerate(crops)
        ]

    def _greedy(self, probabilities: NDArray[np.float32], x: NDArray[np.float32]) -> _Greedy:
        """Best path: merge repeats, drop blanks; a character has its best step's probability."""
        best = probabilities.argmax(axis=1)
        text: list[str] = []
        confidence: list[float] = []
        centres: list[float] = []
        previous = 0
        for step, class_index in enumerate(best):
            value = float(probabilities[step, class_index])
            if class_index != 0 and class_index == previous:
                if value > confidence[-1]:
                    confidence[-1], centres[-1] = value, float(x[step])
            elif class_index != 0:
                text.append(self._characters[class_index])
                confidence.append(value)
                centres.append(float(x[step]))
            previous = int(class_index)
        return _Greedy("".join(text), tuple(confidence), tuple(centres))


@dataclass(frozen=True, slots=True)
class _Greedy:
    text: str
    confidence: tuple[float, ...]
    x: tuple[float, ...]


def _even_paper(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Flatten shadow and stretch contrast: paper becomes white, the darkest ink black."""
    height = grey.shape[0]
    kernel = max(3, height // 4) | 1
    lightest = cv2.dilate(grey, np.ones((kernel, kernel), np.uint8))
    paper = cv2.blur(lightest, (2 * kernel + 1, 2 * kernel + 1))
    flat = grey.astype(np.float32) / np.maximum(paper.astype(np.float32), 1.0)
    low = float(np.percentile(flat, 1))
    flat = (flat - low) / max(0.97 - low, 0.05)
    result: NDArray[np.uint8] = (np.clip(flat, 0.0, 1.0) * 255).astype(np.uint8)
    return result


def _padded(grey: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Add paper above and below, `share` of the height each."""
    margin = max(1, round(grey.shape[0] * share))
    return np.asarray(
        cv2.copyMakeBorder(grey, margin, margin, 0, 0, cv2.BORDER_CONSTANT, value=255),
        dtype=np.uint8,
    )


def _stretched(grey: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    """Widen the line; the recogniser then has more time steps for each symbol."""
    width = max(1, round(grey.shape[1] * factor))
    return np.asarray(
        cv2.resize(grey, (width, grey.shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.uint8
    )


def _thickened(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Make strokes about a twentieth of the line's height thicker, for faint pencil."""
    size = max(2, round(grey.shape[0] / 20))
    return np.asarray(cv2.erode(grey, np.ones((size, size), np.uint8)), dtype=np.uint8)


RENDITIONS: tuple[Callable[[NDArray[np.uint8]], NDArray[np.uint8]], ...] = (
    lambda grey: grey,
    lambda grey: _padded(_even_paper(grey), 0.15),
    lambda grey: _stretched(_even_paper(grey), 1.2),
    _even_paper,
    lambda grey: _thickened(_even_paper(grey)),
)
"""Ways to show one crop to the recogniser, the most telling first. The second of them corrects
about one line in a hundred; those after it hardly any."""


def as_grey(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A crop as (H, W) grey.

    Raises:
        ValueError: It is empty or not an image.
    """
    if crop.ndim not in (2, 3) or crop.size == 0 or crop.dtype != np.uint8:
        raise ValueError("a crop must be a non-empty uint8 image")
    if crop.ndim == 2:
        return crop
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _prepare(line: int, view: int, crop: NDArray[np.uint8]) -> _Job:
    grey = as_grey(crop)
    grey = RENDITIONS[view](grey)
    height, width = grey.shape
    width_px = min(_MAX_WIDTH_PX, max(_STEP_PX, round(width * _HEIGHT_PX / height)))
    shrinks = height > _HEIGHT_PX
    resized = cv2.resize(
        grey,
        (width_px, _HEIGHT_PX),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    normalised = (resized.astype(np.float32) / 255.0 - 0.5) / 0.5
    return _Job(line, view, np.repeat(normalised[None], 3, axis=0), width_px)


def _batches(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """Group lines of similar width, so that little of a batch is padding."""
    batch: list[_Job] = []
    for job in sorted(jobs, key=lambda job: job.width_px):
        narrowest = max(_MIN_WIDTH_PX, batch[0].width_px) if batch else 0
        if batch and (len(batch) == _MAX_BATCH or job.width_px > narrowest * _BATCH_WIDTH_RATIO):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch
