"""Our own way from a conversation to tokens and patches, beside the processor of transformers.

The official processor needs a working torchvision for its video half; where there is none, ours is
all there is, and the comparison is skipped.
"""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from PIL import Image

from inference.preprocess import Preprocessor
from inference.prompts import build_messages
from inference.types import Request
from tests.inference.tiny_checkpoint import make_tiny_checkpoint


def has_torchvision() -> bool:
    """Whether torchvision is there and fits this torch; a build for another one fails to import."""
    if importlib.util.find_spec("torchvision") is None:
        return False
    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        return False
    return True


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_checkpoint(tmp_path_factory.mktemp("checkpoint"))


def photo(size: tuple[int, int]) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("size", [(112, 112), (448, 84), (300, 217), (97, 640)])
def test_every_feature_of_a_photo_has_its_place_in_the_prompt(
    checkpoint: Path, size: tuple[int, int]
) -> None:
    preprocessor = Preprocessor(checkpoint)
    request = Request(request_id="a", problem="x+1=2", image=photo(size))
    prepared = preprocessor.prepare(build_messages(request), [photo(size)])
    (image,) = prepared.images
    time, height, width = image.grid.tolist()
    assert image.num_tokens == time * height * width // 4
    assert image.pixel_values.shape == (time * height * width, 3 * 2 * 14 * 14)
    placeholder = preprocessor.tokenizer.convert_tokens_to_ids("<|image|>")
    assert prepared.token_ids.count(placeholder) == image.num_tokens
    assert sum(key < 0 for key in prepared.cache_keys) == image.num_tokens


def test_more_photos_than_places_are_refused(checkpoint: Path) -> None:
    messages = build_messages(Request(request_id="a", problem="x+1=2"))
    with pytest.raises(ValueError, match="fewer image parts"):
        Preprocessor(checkpoint).prepare(messages, [photo((112, 112))])


@pytest.mark.skipif(not has_torchvision(), reason="no torchvision that fits this torch")
@pytest.mark.parametrize("size", [(112, 112), (448, 84), (300, 217), (97, 640)])
def test_it_equals_the_official_processor(checkpoint: Path, size: tuple[int, int]) -> None:
    preprocessor = Preprocessor(checkpoint)
    official = transformers.Glm46VProcessor(
        image_processor=transformers.AutoImageProcessor.from_pretrained(checkpoint, backend="pil"),
        tokenizer=preprocessor.tokenizer,
        video_processor=transformers.Glm46VVideoProcessor(),
        chat_template=preprocessor.tokenizer.chat_template,
    )
    messages = build_messages(Request(request_id="a", problem="x+1=2", image=photo(size)))
    ours = preprocessor.prepare(messages, [photo(size)])
    prompt = official.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    with Image.open(io.BytesIO(photo(size))) as image:
        theirs = official(text=[prompt], images=[image], return_tensors="pt")
    assert ours.token_ids == theirs["input_ids"][0].tolist()
    assert torch.equal(ours.images[0].pixel_values, theirs["pixel_values"])
    assert ours.images[0].grid.tolist() == theirs["image_grid_thw"][0].tolist()
