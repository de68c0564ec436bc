"""Measuring an engine, and trying a checkpoint on the command line: with a tiny real one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from inference.chat import main as chat
from inference.identity import model_revision, release_digest
from tests.inference.tiny_checkpoint import make_tiny_checkpoint

PHOTO = Path(__file__).parents[1] / "photos" / "print-equals-sign.jpg"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


def test_bench_measures_each_width(checkpoint: Path, settings: Any) -> None:
    out = io.StringIO()
    settings.MODEL_SLOTS = 2
    settings.MODEL_MAX_LEN = 1024
    call_command(
        "bench",
        "--model",
        str(checkpoint),
        "--widths",
        "1,3",
        "--tokens",
        "4",
        "--json",
        stdout=out,
    )
    rows = json.loads(out.getvalue())
    assert [row["width"] for row in rows] == [1, 3]
    for row in rows:
        assert row["num_failed"] == 0
        assert row["tokens_per_s"] > 0
        assert 0 < row["ttft_p50_ms"] <= row["ttft_p99_ms"]
        assert row["prefill_s"] > 0


def test_bench_without_a_model_says_what_to_do(settings: Any) -> None:
    settings.MODEL = ""
    with pytest.raises(CommandError, match="--model"):
        call_command("bench")


def test_a_person_asks_about_a_photo_and_goes_on_asking(
    checkpoint: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Why?\n\n"))
    assert chat([str(checkpoint), str(PHOTO), "--max-new-tokens", "4", "--max-len", "2500"]) == 0
    assert capsys.readouterr().err.count("[length: 4 tokens") == 2


def test_what_cannot_be_loaded_or_read_is_told_in_a_line(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chat([str(tmp_path), str(PHOTO)]) == 1
    assert "no config.json" in capsys.readouterr().err
    assert chat([str(checkpoint), str(tmp_path / "none.jpg")]) == 2


def test_a_checkpoint_is_told_apart_by_its_files(checkpoint: Path, tmp_path: Path) -> None:
    assert model_revision("zai-org/GLM-4.6V-Flash", "411b") == "zai-org/GLM-4.6V-Flash@411b"
    assert model_revision("") == ""
    before = model_revision(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"1")
    assert model_revision(str(tmp_path)) != before
    assert model_revision(str(checkpoint)) == model_revision(str(checkpoint))
    assert len(release_digest()) == 12
