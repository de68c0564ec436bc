"""Trains the sign classifier from drawn samples. Run once; the weights are kept in the repository.

    python -m inference.reader.glyphs.train FONT_FILE... [--samples 900] [--epochs 8]

The fonts are handwriting fonts under free licences (those of the photo corpus, or any others). A
fixed seed makes the run repeatable.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.reader.glyphs.draw import CLASSES, FontFace, draw_sign, load_fonts
from inference.reader.glyphs.model import WEIGHTS_PATH
from inference.reader.glyphs.segment import SIDE_PX

_SEED = 7
_BATCH = 256
_HIDDEN = 96


class SignNet(nn.Module):
    """Pixels (N, 1, 32, 32) and shape (N, 4) to logits (N, classes)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.conv3 = nn.Conv2d(24, 48, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(0.25)
        side = SIDE_PX // 8
        self.dense1 = nn.Linear(48 * side * side + 4, _HIDDEN)
        self.dense2 = nn.Linear(_HIDDEN, len(CLASSES))

    def forward(self, pixels: Tensor, shapes: Tensor) -> Tensor:
        x = pixels
        for layer in (self.conv1, self.conv2, self.conv3):
            x = self.pool(torch.relu(layer(x)))
        flat = torch.cat([x.flatten(1), shapes.clamp(-2.0, 4.0)], dim=1)
        hidden = torch.relu(self.dense1(self.dropout(flat)))
        logits: Tensor = self.dense2(self.dropout(hidden))
        return logits


def draw_set(
    fonts: Sequence[FontFace], samples: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """`samples` of each class: pixels (N, 32, 32), shapes (N, 4), class numbers (N,)."""
    rng = np.random.default_rng(seed)
    pixels, shapes, labels = [], [], []
    for label, sign in enumerate(CLASSES):
        for _ in range(samples):
            drawn, shape = draw_sign(sign, fonts, rng)
            pixels.append(drawn)
            shapes.append(shape)
            labels.append(label)
    return np.stack(pixels), np.stack(shapes), np.array(labels)


def fit(
    pixels: NDArray[np.float32],
    shapes: NDArray[np.float32],
    labels: NDArray[np.int64],
    *,
    epochs: int,
) -> SignNet:
    """Train on one set. Prints the loss of each epoch."""
    torch.manual_seed(_SEED)
    net = SignNet()
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    num_batches = -(-len(labels) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=4e-3, total_steps=epochs * num_batches
    )
    # Some samples of two classes look the same (1 and /, x and ×): no sample is worth certainty.
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.03)
    images, boxes, targets = (torch.from_numpy(each) for each in (pixels[:, None], shapes, labels))
    for epoch in range(epochs):
        order = torch.randperm(len(targets))
        total = 0.0
        for batch in torch.split(order, _BATCH):
            optimiser.zero_grad()
            loss = loss_of(net(images[batch], boxes[batch]), targets[batch])
            loss.backward()
            optimiser.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(targets):.3f}", flush=True)
    return net.eval()


def save(net: SignNet, path: Path) -> None:
    """Write the weights in half precision."""
    arrays = {name: value.numpy().astype(np.float16) for name, value in net.state_dict().items()}
    np.savez_compressed(path, classes=np.array(CLASSES), **arrays)


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", nargs="+", type=Path)
    parser.add_argument("--samples", type=int, default=900, help="per class")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", type=Path, default=WEIGHTS_PATH)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    fonts = load_fonts(arguments.fonts)
    print(f"{len(fonts)} fonts, {len(CLASSES)} classes", flush=True)
    net = fit(*draw_set(fonts, arguments.samples, _SEED), epochs=arguments.epochs)
    save(net, arguments.out)


if __name__ == "__main__":
    main()
