"""A checkpoint in GLM's own layout with random weights, so small that a test makes it.

Architecture, special tokens, chat template and files are those of GLM-4.6V; only the sizes are not.
Its answers are noise, but noise that depends on every weight, position and pixel: whatever an
engine gets wrong changes the text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    Glm4vConfig,
    Glm4vForConditionalGeneration,
    Glm46VConfig,
    Glm46VForConditionalGeneration,
    PreTrainedTokenizerFast,
)

SPECIAL_TOKENS = [
    "<|endoftext|>",
    "<|user|>",
    "<|assistant|>",
    "<|system|>",
    "[gMASK]",
    "<sop>",
    "<|begin_of_image|>",
    "<|end_of_image|>",
    "<|image|>",
    "<|begin_of_video|>",
    "<|end_of_video|>",
    "<|video|>",
    "<think>",
    "</think>",
    "<|begin_of_box|>",
    "<|end_of_box|>",
]

CHAT_TEMPLATE = (
    "[gMASK]<sop>"
    "{%- for message in messages -%}"
    "<|{{ message.role }}|>{{ '\n' }}"
    "{%- if message.content is string -%}{{ message.content }}"
    "{%- else -%}{%- for part in message.content -%}"
    "{%- if part.type == 'image' -%}<|begin_of_image|><|image|><|end_of_image|>"
    "{%- else -%}{{ part.text }}{%- endif -%}"
    "{%- endfor -%}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|assistant|>{{ '\n' }}"
    "{%- if enable_thinking is defined and not enable_thinking -%}<think></think>{%- endif -%}"
    "{%- endif -%}"
)

CORPUS = [
    "Solve the question on the photo step by step. Write exactly this: **Problem.** $3x + 5 = 20$",
    "**Step 1.** Subtract 5 from both sides.\n$3x = 15$\n\n**Answer.** $x = 5$",
    "请逐步解答照片中的题目。**第1步。** 两边同时减去 5。**答案。**",
]


@dataclass(frozen=True, slots=True)
class _Names:
    config: Any
    model: Any
    text_type: str
    vision_type: str
    image_processor: str
    processor: str


_NAMES = {
    "glm4v": _Names(
        Glm4vConfig,
        Glm4vForConditionalGeneration,
        "glm4v_text",
        "glm4v_vision",
        "Glm4vImageProcessor",
        "Glm4vProcessor",
    ),
    # The sibling differs in names alone: its halves are configured as those of glm4v.
    "glm46v": _Names(
        Glm46VConfig,
        Glm46VForConditionalGeneration,
        "glm4v_text",
        "glm4v_vision",
        "Glm46VImageProcessor",
        "Glm46VProcessor",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What of a checkpoint's architecture may vary; the defaults are for tests.

    Attributes:
        architecture: `glm4v` is what GLM-4.6V-Flash names itself, `glm46v` its larger sibling.
        hidden_size: Width of both halves.
        intermediate_size: Width of the text MLP and of the vision merger.
        num_layers: Of each half.
        num_heads: Query heads of each half.
        num_kv_heads: Key and value heads of the text half.
        mrope_section: Rotary frequencies for time, height and width, together a quarter of a head.
        writes_words_only: Answers end only at their bound and every token is text by itself, as
            measurements want it.
    """

    architecture: Literal["glm4v", "glm46v"] = "glm46v"
    hidden_size: int = 64
    intermediate_size: int = 128
    num_layers: int = 2
    num_heads: int = 4
    num_kv_heads: int = 2
    mrope_section: tuple[int, int, int] = (1, 1, 2)
    writes_words_only: bool = False


TINY = Sizes()


def make_tiny_checkpoint(
    directory: Path,
    *,
    seed: int = 0,
    sizes: Sizes = TINY,
    corpus: Sequence[str] = CORPUS,
    vocab_size: int = 400,
) -> Path:
    """Write the checkpoint into `directory` and return it.

    Args:
        directory: An existing folder.
        seed: Of the weights.
        sizes: Of the network.
        corpus: What the tokenizer learns its words from.
        vocab_size: How many it learns.
    """
    tokenizer = _make_tokenizer(corpus, vocab_size)
    tokenizer.save_pretrained(directory)
    ids = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL_TOKENS}
    names = _NAMES[sizes.architecture]
    config = names.config(
        text_config={
            "model_type": names.text_type,
            "vocab_size": len(tokenizer),
            "hidden_size": sizes.hidden_size,
            "intermediate_size": sizes.intermediate_size,
            "num_hidden_layers": sizes.num_layers,
            "num_attention_heads": sizes.num_heads,
            "num_key_value_heads": sizes.num_kv_heads,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "partial_rotary_factor": 0.5,
                "mrope_section": list(sizes.mrope_section),
            },
            "pad_token_id": 0,
            "eos_token_id": [0, 1],
        },
        vision_config={
            "model_type": names.vision_type,
            "hidden_size": sizes.hidden_size,
            "depth": sizes.num_layers,
            "num_heads": sizes.num_heads,
            "intermediate_size": sizes.intermediate_size,
            "out_hidden_size": sizes.hidden_size,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "image_size": 112,
        },
        image_token_id=ids["<|image|>"],
        video_token_id=ids["<|video|>"],
        image_start_token_id=ids["<|begin_of_image|>"],
        image_end_token_id=ids["<|end_of_image|>"],
        video_start_token_id=ids["<|begin_of_video|>"],
        video_end_token_id=ids["<|end_of_video|>"],
        tie_word_embeddings=not sizes.writes_words_only,
    )
    generator = torch.Generator().manual_seed(seed)
    model = names.model(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                # Wide enough that one token clearly wins and another input clearly changes it.
                parameter.normal_(std=1.2 / sizes.hidden_size**0.5, generator=generator)
        if sizes.writes_words_only:
            # A logit of 0 is never the highest among some hundred that lie on both sides of it.
            model.lm_head.weight[_unspeakable(tokenizer)] = 0
    model.generation_config = GenerationConfig(eos_token_id=[0, 1], pad_token_id=0)
    model.save_pretrained(directory)
    processor = {
        "image_processor_type": names.image_processor,
        "processor_class": names.processor,
        "patch_size": 14,
        "merge_size": 2,
        "temporal_patch_size": 2,
        "size": {"shortest_edge": 12544, "longest_edge": 1204224},
    }
    (directory / "preprocessor_config.json").write_text(json.dumps(processor))
    return directory


def _unspeakable(tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """Special tokens, among them the end of a text, and those that are only part of a character."""
    special = set(tokenizer.all_special_ids)
    return [
        token
        for token in range(len(tokenizer))
        if token in special or "\ufffd" in tokenizer.decode([token])
    ]


def _make_tokenizer(corpus: Sequence[str], vocab_size: int) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(list(corpus) * 20, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|endoftext|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=SPECIAL_TOKENS,
        chat_template=CHAT_TEMPLATE,
    )
