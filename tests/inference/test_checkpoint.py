"""The manifest of a checkpoint."""

from __future__ import annotations

from pathlib import Path

from inference.checkpoint import write_manifest


def test_a_manifest_names_what_is_loaded_and_not_the_card(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors", "calibration.json", "README.md"):
        (tmp_path / name).write_text("{}")
    write_manifest(tmp_path)
    write_manifest(tmp_path)
    names = [line.split("  ")[1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines()]
    assert names == ["calibration.json", "config.json", "model.safetensors"]
