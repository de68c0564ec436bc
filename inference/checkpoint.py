"""Loading a checkpoint, and refusing what should not be loaded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch

from inference.config import LocalConfig
from inference.errors import CheckpointError

_ARCHITECTURES = ("Glm4vForConditionalGeneration", "Glm46VForConditionalGeneration")
_MANIFEST = "SHA256SUMS"


def load_model(config: LocalConfig) -> Any:
    """Load the weights onto their device.

    Returns:
        A `Glm4vForConditionalGeneration` or `Glm46VForConditionalGeneration` in eval mode.

    Raises:
        CheckpointError: There is no such checkpoint, it is of another architecture, has no
            safetensors weights, does not match its manifest, or is a hub id without a revision.
    """
    import transformers

    directory = Path(config.model)
    if directory.is_dir():
        _check_directory(directory)
    elif config.revision is None:
        raise CheckpointError(f"{config.model} is no directory; for a hub id, name its revision")
    options: dict[str, Any] = {"revision": config.revision, "trust_remote_code": False}
    device = pick_device(config)
    try:
        model_config = transformers.AutoConfig.from_pretrained(config.model, **options)
        architecture = (model_config.architectures or ["?"])[0]
        if architecture not in _ARCHITECTURES:
            raise CheckpointError(f"{architecture} is not served here, only {_ARCHITECTURES}")
        model = getattr(transformers, architecture).from_pretrained(
            config.model,
            dtype=pick_dtype(config, device),
            use_safetensors=True,
            attn_implementation="sdpa",
            **options,
        )
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{config.model} cannot be loaded: {error}") from error
    model = model.to(device).eval().requires_grad_(False)
    if config.dtype == "auto" and device.type == "cpu" and multiplies_bfloat16():
        # A photo is a few long products, which take half the time. A decode step is many short
        # ones, which do not, and float32 keeps its text what `generate` writes.
        model.model.visual.to(torch.bfloat16)
    return model


def pick_device(config: LocalConfig) -> torch.device:
    """The device that `config` asks for."""
    if config.device != "auto":
        return torch.device(config.device)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for products of bfloat16."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def pick_dtype(config: LocalConfig, device: torch.device) -> torch.dtype:
    """The dtype that `config` asks for."""
    if config.dtype == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    dtype = getattr(torch, config.dtype, None)
    if not isinstance(dtype, torch.dtype):
        raise CheckpointError(f"{config.dtype} is no dtype")
    return dtype


def _check_directory(directory: Path) -> None:
    if not (directory / "config.json").is_file():
        raise CheckpointError(f"{directory} has no config.json")
    weights = sorted(directory.glob("*.safetensors"))
    index = directory / "model.safetensors.index.json"
    if index.is_file():
        named = set(json.loads(index.read_text())["weight_map"].values())
        missing = sorted(named - {path.name for path in weights})
        if missing:
            raise CheckpointError(f"{directory} lacks {', '.join(missing)}")
    if not weights:
        raise CheckpointError(f"{directory} has no safetensors weights; other forms are refused")
    manifest = directory / _MANIFEST
    if not manifest.is_file():
        return
    for line in manifest.read_text().splitlines():
        digest, _, name = line.partition("  ")
        path = directory / name
        if not path.is_file() or _sha256(path) != digest:
            raise CheckpointError(f"{path} does not match its checksum")


def write_manifest(directory: Path) -> None:
    """Write the SHA-256 sums of a checkpoint's files, which loading it checks; its card is no part
    of what is loaded."""
    lines = [
        f"{_sha256(path)}  {path.name}\n"
        for path in sorted(directory.iterdir())
        if path.is_file() and path.name != _MANIFEST and path.suffix != ".md"
    ]
    (directory / _MANIFEST).write_text("".join(lines))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
