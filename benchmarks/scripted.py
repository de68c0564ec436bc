"""A checkpoint of the benchmark's size that writes a given text, whatever it is shown.

Noise is no solution: the site would have the rules solve the question anew each time. So the output
weights are set such that each token calls for the next one, while all layers compute what they
always do; only their part in the sum is made small. Every server that loads it does the same
work for a token as for the noisy one and writes the same text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from tokenizers import AddedToken
from transformers import AutoTokenizer, Glm4vForConditionalGeneration

from benchmarks.checkpoint import make_benchmark_checkpoint

Kind = Literal["prose", "worked"]

_LAYER_SHARE = 0.02
_STEPS = ("7x = 35", r"x = \frac{35}{7}", "x = 5")


def make_scripted_checkpoint(directory: Path, *, kind: Kind, num_tokens: int) -> Path:
    """Write the checkpoint into `directory` and return it.

    Args:
        directory: Where.
        kind: `worked` has formulas in its steps and a correct answer, so all of it is checked;
            `prose` has the same form and nothing to check.
        num_tokens: Of the text, the token that ends it not counted.
    """
    make_benchmark_checkpoint(directory)
    pieces = _pieces(kind, num_tokens)
    tokenizer = AutoTokenizer.from_pretrained(directory)
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in pieces])
    tokenizer.save_pretrained(directory)
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": ""}], add_generation_prompt=True, tokenize=False
    )
    chain = [
        tokenizer(prompt, add_special_tokens=False)["input_ids"][-1],  # ends every prompt
        *tokenizer.convert_tokens_to_ids(pieces),
        tokenizer.convert_tokens_to_ids("<|user|>"),
    ]
    model = Glm4vForConditionalGeneration.from_pretrained(directory)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        embedding = model.model.language_model.embed_tokens.weight
        embedding[chain] = torch.randn(
            len(chain), embedding.shape[1], generator=torch.Generator().manual_seed(0)
        )
        model.lm_head.weight.zero_()
        model.lm_head.weight[chain[1:]] = embedding[chain[:-1]]
        for layer in model.model.language_model.layers:
            layer.post_self_attn_layernorm.weight.fill_(_LAYER_SHARE)
            layer.post_mlp_layernorm.weight.fill_(_LAYER_SHARE)
    model.save_pretrained(directory)
    return directory


def _pieces(kind: Kind, num_tokens: int) -> list[str]:
    """A solution cut into `num_tokens` different pieces."""
    is_worked = kind == "worked"
    num_words, spare = divmod(num_tokens - 2 - 2 * len(_STEPS) - 2, len(_STEPS))
    if num_words < 1:
        raise ValueError("too few tokens for a solution")
    pieces = ["**Problem.**", " $7x + 4 = 39$\n\n" if is_worked else " as shown on the photo\n\n"]
    for number, formula in enumerate(_STEPS, 1):
        pieces.append(f"**Step {number}.**")
        count = num_words + (spare if number == 1 else 0)
        pieces += [f" reason{number}n{word}" for word in range(count)]
        pieces.append(f".\n${formula}$\n\n" if is_worked else f", which makes line {number}.\n\n")
    return [*pieces, "**Answer.**", " $x = 5$\n" if is_worked else " as above\n"]
