"""Pictures of how a run learnt, and of how true the model's confidence is.

    python -m inference.nano.plots RUN PNG

draws the curves of a run. matplotlib comes with requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("agg")
from matplotlib import pyplot as plt

_BINS = 10
_SIZE_IN = (9.0, 3.6)


def draw_curves(lines: Sequence[Mapping[str, float]], path: Path) -> None:
    """Losses and exact readings by samples seen, from the lines of a run's log.

    Raises:
        ValueError: The log has no losses.
    """
    losses = [line for line in lines if "text_loss" in line]
    readings = [line for line in lines if "read" in line]
    if not losses:
        raise ValueError("the log has no losses")
    figure, (left, right) = plt.subplots(1, 2, figsize=_SIZE_IN, layout="constrained")
    samples = [line["samples"] for line in losses]
    left.plot(samples, [line["text_loss"] for line in losses], label="tokens")
    left.plot(samples, [20 * line["sign_loss"] for line in losses], label="signs, times 20")
    told = [line for line in losses if "told_loss" in line]
    if told:
        seen = [line["samples"] for line in told]
        left.plot(seen, [line["told_loss"] for line in told], label="solutions of told questions")
    left.set(xlabel="samples", ylabel="loss", yscale="log")
    left.legend()
    right.plot(
        [line["samples"] for line in readings],
        [100 * line["read"] for line in readings],
        marker="o",
    )
    right.set(xlabel="samples", ylabel="read exactly, unseen faces, %")
    _save(figure, path)


def draw_calibration(
    raw: Sequence[tuple[float, bool]], mended: Sequence[tuple[float, bool]], path: Path
) -> None:
    """How often the model was right, by how sure it was, before and after calibration."""
    figure, axes = plt.subplots(1, 2, figsize=_SIZE_IN, layout="constrained")
    for axis, title, pairs in zip(
        axes, ("as the model says", "calibrated"), (raw, mended), strict=True
    ):
        axis.plot([0, 100], [0, 100], color="0.7", linestyle="--")
        parts = np.array_split(np.array(sorted(pairs), dtype=np.float64), _BINS)
        points = np.array([part.mean(axis=0) for part in parts if len(part)])
        axis.plot(*(100 * points.T), marker="o")
        axis.set(title=title, xlabel="confidence, %", ylabel="read exactly, %")
        axis.set(xlim=(0, 100), ylim=(0, 100))
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    """Draw the curves of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    log = (arguments.run / "log.jsonl").read_text().splitlines()
    draw_curves([json.loads(line) for line in log], arguments.picture)


if __name__ == "__main__":
    main()
