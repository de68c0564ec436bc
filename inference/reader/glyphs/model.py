"""The trained classifier in plain numpy: three small convolutions and two dense layers.

So small (a few milliseconds for a line) that a runtime of its own would cost more than it saves.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from inference.reader.glyphs.segment import SIDE_PX, Sign

WEIGHTS_PATH = Path(__file__).with_name("weights.npz")

Array = NDArray[np.float32]


class SignClassifier:
    """Signs to chances per class. Immutable once made, any thread.

    Args:
        path: The weights that `train` wrote.
    """

    def __init__(self, path: Path = WEIGHTS_PATH) -> None:
        with np.load(path, allow_pickle=False) as stored:
            self.classes: tuple[str, ...] = tuple(str(name) for name in stored["classes"])
            self._weights = {
                name: stored[name].astype(np.float32) for name in stored.files if name != "classes"
            }

    def classify(self, signs: Sequence[Sign]) -> Array:
        """Chances, (N, len(classes)) float32; rows sum to 1."""
        if not signs:
            return np.zeros((0, len(self.classes)), dtype=np.float32)
        pixels = np.stack([sign.pixels for sign in signs]).astype(np.float32)
        shapes = np.stack([sign.shape for sign in signs]).astype(np.float32)
        return _softmax(self._logits(pixels, shapes))

    def _logits(self, pixels: Array, shapes: Array) -> Array:
        w = self._weights
        x = pixels.reshape(-1, 1, SIDE_PX, SIDE_PX)
        for layer in ("conv1", "conv2", "conv3"):
            x = _halved(_relu(_convolved(x, w[f"{layer}.weight"], w[f"{layer}.bias"])))
        flat = np.concatenate([x.reshape(len(x), -1), np.clip(shapes, -2.0, 4.0)], axis=1)
        hidden = _relu(flat @ w["dense1.weight"].T + w["dense1.bias"])
        return cast(Array, hidden @ w["dense2.weight"].T + w["dense2.bias"])


def _relu(x: Array) -> Array:
    return np.maximum(x, np.float32(0.0))


def _convolved(x: Array, weight: Array, bias: Array) -> Array:
    """3 by 3, same size. x (N, C, H, W), weight (F, C, 3, 3)."""
    height, width = x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    out = np.zeros((x.shape[0], height, width, weight.shape[0]), dtype=np.float32)
    for dy in range(3):
        for dx in range(3):
            window = padded[:, :, dy : dy + height, dx : dx + width].transpose(0, 2, 3, 1)
            out += window @ weight[:, :, dy, dx].T
    return cast(Array, (out + bias).transpose(0, 3, 1, 2))


def _halved(x: Array) -> Array:
    """The largest of each 2 by 2 square."""
    n, channels, height, width = x.shape
    return cast(Array, x.reshape(n, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5)))


def _softmax(logits: Array) -> Array:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return cast(Array, shifted / shifted.sum(axis=1, keepdims=True))
