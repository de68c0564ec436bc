"""Makes the probabilities of a checkpoint of the embedded model true.

    python -m inference.nano.calibrate CHECKPOINT --faces FACES [--plot PNG]

A model may be surer of handwriting that it never saw than it should be. One number mends that, an
exponent for every probability (temperature scaling of whole questions, after Guo et al., "On
Calibration of Modern Neural Networks", 2017). It is fitted on pictures of the test faces from seeds
of its own, written into the checkpoint, and shown on those that are evaluated.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.checkpoint import write_manifest
from inference.confidence import CALIBRATION, calibration_of
from inference.local import LocalEngine
from inference.nano.data.sample import ELSEWHERE, Maker
from inference.nano.evaluate import confidence_of, running, write_all

_FIT_SEED = 1 << 22
_QUESTION_TOKENS = 60
_BINS = 10
_LEAST = 1e-6

Judged = tuple[float, bool]
"""How sure the model was of a question, 0..1, and whether it was right."""


def judged_readings(engine: LocalEngine, maker: Maker, seeds: Sequence[int]) -> list[Judged]:
    """The model's confidence in the question on each picture of an exercise, and the truth."""
    samples = [sample for sample in map(maker.make, seeds) if sample.topic != ELSEWHERE]
    written = write_all(engine, samples, max_tokens=_QUESTION_TOKENS)
    readings = [confidence_of(each) for each in written]
    return [
        (confidence, problem == sample.latex)
        for (problem, confidence), sample in zip(readings, samples, strict=True)
        if problem  # else it refused, and nobody is asked about what it read
    ]


def fit_exponent(judged: Sequence[Judged]) -> float:
    """The exponent under which the truth is likeliest.

    Raises:
        ValueError: There is nothing to fit it to.
    """
    if not judged:
        raise ValueError("no question was read")

    def log_likelihood(exponent: float) -> float:
        total = 0.0
        for confidence, is_right in judged:
            chance = min(max(confidence**exponent, _LEAST), 1 - _LEAST)
            total += math.log(chance if is_right else 1 - chance)
        return total

    return max((float(each) for each in np.geomspace(0.1, 20, 600)), key=log_likelihood)


def calibration_error(judged: Sequence[Judged]) -> float:
    """The expected calibration error: how far confidence and truth are apart, over ten bins of
    equally many questions."""
    ordered = sorted(judged)
    apart = 0.0
    for part in np.array_split(np.array(ordered, dtype=np.float64), _BINS):
        if len(part):
            apart += len(part) / len(ordered) * abs(float(part[:, 0].mean() - part[:, 1].mean()))
    return apart


def main() -> None:
    """Fit, write, show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    checkpoint: Path = arguments.checkpoint
    maker = Maker(arguments.faces, "test")
    before = calibration_of(checkpoint)
    with running(checkpoint) as engine:
        fitted_on = judged_readings(engine, maker, range(_FIT_SEED, _FIT_SEED + arguments.count))
        shown = judged_readings(engine, maker, range(arguments.count))
    change = fit_exponent(fitted_on)
    value = {"exponent": round(before * change, 3), "fitted_on": len(fitted_on)}
    (checkpoint / CALIBRATION).write_text(json.dumps(value) + "\n")
    write_manifest(checkpoint)
    raw = [(confidence ** (1 / before), is_right) for confidence, is_right in shown]
    mended = [(confidence**change, is_right) for confidence, is_right in shown]
    print(f"exponent {value['exponent']}, fitted on {len(fitted_on)} questions")
    for name, pairs in (("as the model says", raw), ("calibrated", mended)):
        print(f"{name}: expected calibration error {100 * calibration_error(pairs):.1f} points")
    if arguments.plot is not None:
        from inference.nano.plots import draw_calibration

        draw_calibration(raw, mended, arguments.plot)


if __name__ == "__main__":
    main()
