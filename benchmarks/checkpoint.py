"""The model and the questions that all measurements of engines share.

    python -m benchmarks.checkpoint DIR

writes a checkpoint of 3.6 million parameters in GLM-4.6V's layout: the size of the model that
ships with the product, with random weights. It writes words until the bound of its answer is
reached, each token a piece of text of its own, so that chunks on a wire can be counted as tokens.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from inference.prompts import build_messages
from inference.types import Request
from tests.inference.tiny_checkpoint import CORPUS, Sizes, make_tiny_checkpoint

PHOTO_SIZE = (448, 84)
"""Of a question cut out of its page: 32 x 6 patches, 48 visual tokens."""

_SIZES = Sizes(
    architecture="glm4v",
    hidden_size=192,
    intermediate_size=512,
    num_layers=4,
    num_heads=6,
    num_kv_heads=2,
    mrope_section=(2, 3, 3),
    writes_words_only=True,
)


def make_benchmark_checkpoint(directory: Path) -> Path:
    """Write the checkpoint into `directory`, which is made, and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    prompts = [
        part["text"]
        for language in ("en", "zh")
        for message in build_messages(Request(request_id="", problem="", language=language))
        for part in message["content"]
    ]
    return make_tiny_checkpoint(directory, sizes=_SIZES, corpus=[*CORPUS, *prompts], vocab_size=800)


def make_photo(number: int, size: tuple[int, int] = PHOTO_SIZE) -> bytes:
    """A PNG of a question, another one for every number, so that no cache knows it."""
    rng = np.random.default_rng(number)
    paper = rng.normal(235, 6, (size[1], size[0])).clip(0, 255).astype(np.uint8)
    image = Image.fromarray(paper).convert("RGB")
    draw = ImageDraw.Draw(image)
    a, b, c = (int(value) for value in rng.integers(2, 99, 3))
    draw.text((20, size[1] // 4), f"{a}x + {b} = {c}", fill=(30, 30, 60), font_size=size[1] // 2)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def main(argv: list[str]) -> int:
    """Write the checkpoint to the folder named."""
    if len(argv) != 1:
        print(__doc__)
        return 2
    print(make_benchmark_checkpoint(Path(argv[0])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
