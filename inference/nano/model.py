"""The embedded model's sizes, and its forward pass for training.

The weights are those of `Glm46VForConditionalGeneration`, so a checkpoint needs nothing of this
file. For training, pictures of one size are looked at as one batch: transformers' own vision tower
runs its attention picture by picture.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import GenerationConfig, Glm46VConfig, Glm46VForConditionalGeneration
from transformers.models.glm4v.modeling_glm4v import apply_rotary_pos_emb_vision

from inference.nano.canvas import CELL_PX

PATCH_PX = 14
MERGE = 2
LONGEST_ANSWER = 512
"""Tokens; ten times a usual solution. What is still written then is a figure that never ends."""
MEAN, STD = 0.5, 0.5
"""What pixels of 0..1 are shifted and scaled by, in the checkpoint's image processor, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large the model is."""

    vision_width: int = 256
    vision_layers: int = 6
    vision_mlp: int = 512
    text_width: int = 256
    text_layers: int = 5
    text_mlp: int = 640
    heads: int = 4
    kv_heads: int = 2


def make_model(tokenizer: Any, sizes: Sizes, *, seed: int = 0) -> Any:
    """A `Glm46VForConditionalGeneration` with random weights for a tokenizer of
    `tokens.make_tokenizer`."""
    ids = {token: tokenizer.convert_tokens_to_ids(token) for token in tokenizer.all_special_tokens}
    quarter = sizes.text_width // sizes.heads // 4
    config = Glm46VConfig(
        text_config={
            "model_type": "glm4v_text",
            "vocab_size": len(tokenizer),
            "hidden_size": sizes.text_width,
            "intermediate_size": sizes.text_mlp,
            "num_hidden_layers": sizes.text_layers,
            "num_attention_heads": sizes.heads,
            "num_key_value_heads": sizes.kv_heads,
            "max_position_embeddings": 2048,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "partial_rotary_factor": 0.5,
                "mrope_section": [quarter // 4, *[(quarter - quarter // 4) // 2] * 2],
            },
            "pad_token_id": ids["<|endoftext|>"],
            "eos_token_id": [ids["<|endoftext|>"]],
        },
        vision_config={
            "model_type": "glm4v_vision",
            "hidden_size": sizes.vision_width,
            "depth": sizes.vision_layers,
            "num_heads": sizes.heads,
            "intermediate_size": sizes.vision_mlp,
            "out_hidden_size": sizes.text_width,
            "patch_size": PATCH_PX,
            "spatial_merge_size": MERGE,
            "image_size": 12 * PATCH_PX,
        },
        image_token_id=ids["<|image|>"],
        video_token_id=ids["<|video|>"],
        image_start_token_id=ids["<|begin_of_image|>"],
        image_end_token_id=ids["<|end_of_image|>"],
        video_start_token_id=ids["<|begin_of_video|>"],
        video_end_token_id=ids["<|end_of_video|>"],
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    model: Any = Glm46VForConditionalGeneration._from_config(  # type: ignore[no-untyped-call]
        config, attn_implementation="eager"
    )
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        eos_token_id=[ids["<|endoftext|>"]],
        pad_token_id=ids["<|endoftext|>"],
        do_sample=False,
        max_new_tokens=LONGEST_ANSWER,
    )
    return model


def deepen(model: Any, vision_layers: int) -> None:
    """Put layers into a trained model's vision tower that do not change what it says yet.

    They are copies of the layer before them that add nothing to what passes through, as their last
    products are 0 (as in Wu et al., LLaMA Pro, 2024): training goes on from where it was.

    Args:
        model: A `Glm46VForConditionalGeneration`; changed in place.
        vision_layers: How many it is to have; nothing happens where it has as many.

    Raises:
        ValueError: It has more already, or less than half of them.
    """
    visual = model.model.visual
    old = list(visual.blocks)
    num_new = vision_layers - len(old)
    if not 0 <= num_new <= len(old):
        raise ValueError(f"{len(old)} layers cannot become {vision_layers}")
    behind = {round((number + 1) * len(old) / num_new) - 1 for number in range(num_new)}
    blocks = []
    for place, block in enumerate(old):
        blocks.append(block)
        if place in behind:
            silent = copy.deepcopy(block)
            for product in (silent.attn.proj, silent.mlp.down_proj):
                for parameter in product.parameters():
                    nn.init.zeros_(parameter)
            blocks.append(silent)
    visual.blocks = nn.ModuleList(blocks)
    model.config.vision_config.depth = len(blocks)


def to_patches(canvases: Tensor) -> Tensor:
    """Pictures of one size as the vision tower takes them.

    Args:
        canvases: (B, H, W) uint8.

    Returns:
        (B, N, 3 * 2 * 14 * 14): patches in the order of the image processor, the four of a visual
        token together; gray stands in all three colours and in both frames.
    """
    batch, height, width = canvases.shape
    pixels = (canvases.float() / 255 - MEAN) / STD
    cells = pixels.view(
        batch, height // CELL_PX, MERGE, PATCH_PX, width // CELL_PX, MERGE, PATCH_PX
    )
    patches = cells.permute(0, 1, 4, 2, 5, 3, 6).reshape(batch, -1, 1, PATCH_PX * PATCH_PX)
    return patches.expand(-1, -1, 6, -1).reshape(batch, -1, 6 * PATCH_PX * PATCH_PX)


def through_block(block: Any, hidden: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """One layer of the vision tower over pictures of one size: (B, N, width) to the same."""
    hidden = hidden + _attend(block.attn, block.norm1(hidden), cos, sin)
    return hidden + block.mlp(block.norm2(hidden))  # type: ignore[no-any-return]


def look(visual: Any, canvases: Tensor, *, layer: Callable[..., Tensor] = through_block) -> Tensor:
    """The vision tower over pictures of one size at once.

    Args:
        visual: The model's `visual`.
        canvases: (B, H, W) uint8.
        layer: `through_block`, or that compiled.

    Returns:
        (B, tokens, width of the text half).
    """
    batch, height, width = canvases.shape
    rows, columns = height // PATCH_PX, width // PATCH_PX
    count = rows * columns
    grid = torch.tensor([[1, rows, columns]])
    positions = _positions(rows, columns)  # (N, 2)
    hidden = _embed(visual.patch_embed.proj, canvases)
    hidden = visual.post_conv_layernorm(hidden)
    cos, sin = visual.rotary_pos_emb(hidden, positions)
    places = visual.embeddings(
        torch.zeros(count, hidden.shape[-1]),
        torch.tensor([count]),
        grid,
        positions[:, 0],
        positions[:, 1],
    )
    hidden = hidden.view(batch, count, -1) + places.to(hidden.dtype)
    for block in visual.blocks:
        hidden = layer(block, hidden, cos, sin)
    hidden = visual.post_layernorm(hidden)
    # The convolution takes each four patches once: a product, and faster as one, mostly backward.
    hidden = hidden.view(-1, MERGE**2, hidden.shape[-1]).transpose(1, 2).flatten(1)
    merging = visual.downsample
    hidden = F.linear(hidden, merging.weight.flatten(1), merging.bias)
    return visual.merger(hidden.view(batch, count // MERGE**2, -1))  # type: ignore[no-any-return]


def _embed(projection: Any, canvases: Tensor) -> Tensor:
    """The patch embedding, (B * N, width): colours and frames are alike, their weights add up."""
    gray = to_patches(canvases)[..., : PATCH_PX * PATCH_PX].flatten(0, 1)
    weight = projection.weight.sum((1, 2)).flatten(1)
    return F.linear(gray, weight, projection.bias)


def _positions(rows: int, columns: int) -> Tensor:
    """Row and column of every patch, the four of a visual token together: (N, 2)."""
    ys, xs = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    both = torch.stack([ys, xs], -1)
    both = both.view(rows // MERGE, MERGE, columns // MERGE, MERGE, 2).permute(0, 2, 1, 3, 4)
    return both.reshape(-1, 2)


def _attend(attention: Any, hidden: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    batch, count, _ = hidden.shape
    query, key, value = (
        attention.qkv(hidden).view(batch, count, 3, attention.num_heads, -1).unbind(2)
    )
    query, key = apply_rotary_pos_emb_vision(query, key, cos, sin)
    # Written out: PyTorch's fused attention takes three times as long on a CPU, mostly backward.
    query, key, value = (each.transpose(1, 2) for each in (query, key, value))
    weights = torch.softmax(query @ key.transpose(2, 3) * attention.scaling, -1)
    out = (weights @ value).transpose(1, 2).reshape(batch, count, -1)
    return attention.proj(out)  # type: ignore[no-any-return]


def text_positions(num_before: int, rows: int, columns: int, total: int) -> Tensor:
    """M-RoPE positions of a prompt with one picture, and of what follows: (3, total).

    Args:
        num_before: Tokens before the picture's.
        rows, columns: Visual tokens of the picture.
        total: Length of the whole sequence.
    """
    ys, xs = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    picture = torch.stack(
        [torch.zeros(rows * columns, dtype=torch.long), ys.flatten(), xs.flatten()]
    )
    after = num_before + max(rows, columns) + torch.arange(total - num_before - rows * columns)
    return torch.cat(
        [
            torch.arange(num_before).expand(3, -1),
            picture + num_before,
            after.expand(3, -1),
        ],
        dim=1,
    )


class SignHead(nn.Module):
    """Says of every visual token which signs have their middle in it.

    Only for training: the renderer knows the answer, and without this help the model takes a
    hundred thousand pictures to find out where to look.
    """

    def __init__(self, width: int, signs: str) -> None:
        super().__init__()
        self.signs = {sign: number for number, sign in enumerate(signs)}
        self.linear = nn.Linear(width, len(signs))
        # Hardly any sign is in a token: said from the start, or the first steps learn only that.
        nn.init.zeros_(self.linear.weight)
        nn.init.constant_(self.linear.bias, -5.0)

    def loss(self, features: Tensor, truth: Tensor) -> Tensor:
        """Binary cross-entropy.

        Args:
            features: (B, tokens, width).
            truth: (B, tokens, signs) of 0 and 1.
        """
        return F.binary_cross_entropy_with_logits(self.linear(features).float(), truth)
