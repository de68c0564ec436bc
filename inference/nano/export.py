"""Writes a training run as a checkpoint in Hugging Face's plain layout.

    python -m inference.nano.export RUN DIRECTORY [--average-with CHECKPOINT]

Weights in bfloat16, tokenizer with the chat template, image processor, generation config and a
manifest of SHA-256 sums, which loading checks (`inference/checkpoint.py`). The mean of the weights
of a run and of the checkpoint that it began from often reads better than either (Wortsman et al.
2022, "Model soups").
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from inference.checkpoint import write_manifest
from inference.nano.canvas import MAX_HEIGHT_PX, MAX_WIDTH_PX, MIN_HEIGHT_PX, MIN_WIDTH_PX
from inference.nano.model import MEAN, MERGE, PATCH_PX, STD, Sizes, deepen, make_model


def export_run(run: Path, directory: Path, *, average_with: Path | None = None) -> int:
    """Write the run's weights. Returns how many samples it has seen.

    Args:
        run: Its folder.
        directory: Where the checkpoint goes.
        average_with: A checkpoint; the mean of its weights and the run's is written.

    Raises:
        FileNotFoundError: The run has no checkpoint yet.
    """
    from transformers import AutoTokenizer, Glm46VForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(run / "tokenizer")
    saved = torch.load(run / "state.pt", weights_only=True)
    model = make_model(tokenizer, Sizes())
    weights = saved["model"]
    if average_with is not None:
        base = Glm46VForConditionalGeneration.from_pretrained(average_with, dtype=torch.float32)
        deepen(base, Sizes().vision_layers)
        weights = {name: (weights[name] + other) / 2 for name, other in base.state_dict().items()}
    model.load_state_dict(weights)
    write_checkpoint(model, tokenizer, directory)
    samples: int = saved["progress"]["samples"]
    return samples


def write_checkpoint(model: Any, tokenizer: Any, directory: Path) -> None:
    """Write a model with its tokenizer into `directory`, which is made."""
    directory.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    processor = {
        "image_processor_type": "Glm46VImageProcessor",
        "processor_class": "Glm46VProcessor",
        "patch_size": PATCH_PX,
        "merge_size": MERGE,
        "cuts_questions": True,
        "temporal_patch_size": 2,
        "image_mean": [MEAN] * 3,
        "image_std": [STD] * 3,
        # A canvas has such a size already: it is never scaled here.
        "size": {
            "shortest_edge": MIN_HEIGHT_PX * MIN_WIDTH_PX,
            "longest_edge": MAX_HEIGHT_PX * MAX_WIDTH_PX * 2,
        },
    }
    (directory / "preprocessor_config.json").write_text(json.dumps(processor, indent=2) + "\n")
    write_manifest(directory)


def main() -> None:
    """Export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--average-with", type=Path, metavar="CHECKPOINT")
    arguments = parser.parse_args()
    samples = export_run(arguments.run, arguments.directory, average_with=arguments.average_with)
    print(f"{arguments.directory}: a model that has seen {samples:,} samples")


if __name__ == "__main__":
    main()
