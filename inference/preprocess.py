"""From a question with a photo to what the model takes: token ids, pixel patches, positions.

Loads tokenizer and image processor apart, since the combined processor of these models needs
torchvision for its video half. Runs in the caller's thread, so that the engine's thread does
nothing but compute.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from tokenizers.decoders import ByteLevel
from torch import Tensor
from transformers import AutoConfig, AutoImageProcessor, AutoTokenizer

from inference.detokenize import Pieces
from inference.errors import BadImageError
from inference.solution_text import THINK_BEGIN

_MAX_ASPECT_RATIO = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInput:
    """One photo as the vision tower takes it.

    Attributes:
        key: SHA-256 of the encoded photo, under which its features are cached.
        pixel_values: (patches, channels * 2 * patch * patch), float32.
        grid: (3,), the numbers of patches in time, height and width.
        num_tokens: Features that the tower makes of it.
    """

    key: str
    pixel_values: Tensor
    grid: Tensor
    num_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInput:
    """A prompt ready for the model.

    Attributes:
        token_ids: The prompt, with as many image tokens as its photos have features.
        images: The photos, in the order in which their tokens stand.
        cache_keys: `token_ids`, with every image token replaced by a number made of its photo's
            hash and its place, so that equal keys mean equal keys and values.
        opening: What the chat template has written of the answer already: `<think>`, or nothing.
    """

    token_ids: list[int]
    images: list[ImageInput]
    cache_keys: list[int]
    opening: str = ""


class Preprocessor:
    """Tokenizer, chat template and image processor of one checkpoint. Any thread.

    Args:
        checkpoint: A directory in Hugging Face layout, or a hub id.
        revision: The commit of a hub id.

    Attributes:
        cuts_questions: Whether the checkpoint takes questions cut out of their photos, as
            `inference.nano.canvas` makes them, and not photos.
    """

    def __init__(self, checkpoint: str | Path, *, revision: str | None = None) -> None:
        options: dict[str, Any] = {"revision": revision, "trust_remote_code": False}
        config = AutoConfig.from_pretrained(checkpoint, **options)
        self.tokenizer = AutoTokenizer.from_pretrained(checkpoint, **options)
        self._image_processor = AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            checkpoint, backend="pil", **options
        )
        self.pieces = Pieces(
            self.tokenizer.backend_tokenizer,
            is_byte_level=isinstance(self.tokenizer.backend_tokenizer.decoder, ByteLevel),
        )
        self.cuts_questions = bool(getattr(self._image_processor, "cuts_questions", False))
        self._image_token_id: int = config.image_token_id
        self._merge = int(self._image_processor.merge_size) ** 2

    def prepare(self, messages: Sequence[dict[str, Any]], photos: Sequence[bytes]) -> ModelInput:
        """Prepare a conversation.

        Args:
            messages: As the chat template takes them; `{"type": "image"}` parts stand for the
                photos.
            photos: Encoded photos, one for each such part, in order.

        Raises:
            BadImageError: A photo cannot be decoded or is far too long and narrow.
        """
        prompt = self.tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=True, tokenize=False
        )
        assert isinstance(prompt, str), "asked for as text"
        ids: list[int] = self.tokenizer(prompt, add_special_tokens=False)["input_ids"]
        images = [self._prepare_image(photo) for photo in photos]
        token_ids: list[int] = []
        cache_keys: list[int] = []
        remaining = iter(images)
        for token in ids:
            if token != self._image_token_id:
                token_ids.append(token)
                cache_keys.append(token)
                continue
            image = next(remaining, None)
            if image is None:
                raise ValueError("the conversation has more image parts than photos")
            token_ids += [token] * image.num_tokens
            # Negative, so that no token id is ever equal to it.
            base = -(int(image.key[:12], 16) << 16) - 1
            cache_keys += [base - place for place in range(image.num_tokens)]
        if next(remaining, None) is not None:
            raise ValueError("the conversation has fewer image parts than photos")
        return ModelInput(
            token_ids=token_ids,
            images=images,
            cache_keys=cache_keys,
            opening=THINK_BEGIN if prompt.rstrip().endswith(THINK_BEGIN) else "",
        )

    def _prepare_image(self, photo: bytes) -> ImageInput:
        try:
            with Image.open(io.BytesIO(photo)) as opened:
                image = opened.convert("RGB")
        except Exception as error:
            raise BadImageError("the photo cannot be decoded") from error
        if max(image.size) > _MAX_ASPECT_RATIO * min(image.size):
            raise BadImageError("the photo is far too long and narrow")
        try:
            output = self._image_processor(images=[image], return_tensors="pt")
        except ValueError as error:
            raise BadImageError("the photo has a shape that the model cannot take") from error
        grid = output["image_grid_thw"][0]
        return ImageInput(
            key=hashlib.sha256(photo).hexdigest(),
            pixel_values=output["pixel_values"].to(torch.float32),
            grid=grid,
            num_tokens=int(grid.prod()) // self._merge,
        )
