"""Fine-tuning on a school's corrections: fifty of a new kind teach it and ruin nothing."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.config import EngineConfig, LocalConfig
from inference.errors import CheckpointError
from inference.finetune import Example, TrainingDataError, Tuner, Tuning, read_export
from inference.local import LocalEngine
from inference.nano.canvas import encode_canvas
from inference.nano.data.drawing import draw_question
from inference.nano.data.faces import Face
from inference.nano.data.problems import make_problem_of
from inference.nano.data.solutions import reading_line, reading_of, solution_of
from inference.prompts import build_messages
from inference.types import Delta, Request

CHECKPOINT = Path(__file__).parents[3] / "inference" / "nano" / "checkpoint"

Making = Callable[[random.Random], str]


def absolute(rng: random.Random) -> str:
    """A kind that the embedded model was never taught."""
    return f"|x {rng.choice('+-')} {rng.randint(1, 9)}| = {rng.randint(1, 12)}"


def linear(rng: random.Random) -> str:
    return make_problem_of("linear equations", rng)


def picture(problem: str, face: Face, rng: random.Random) -> bytes:
    while True:
        try:
            return encode_canvas(draw_question(reading_of(problem), face, rng).canvas)
        except ValueError:
            continue  # a sign was worn away


def drawn(making: Making, face: Face, *, count: int, seed: int) -> list[tuple[str, bytes]]:
    """Different exercises with their pictures, which are canvases already."""
    rng = random.Random(seed)
    made: list[tuple[str, bytes]] = []
    while len(made) < count:
        problem = making(rng)
        if solution_of(problem, "en") is not None and problem not in dict(made):
            made.append((problem, picture(problem, face, rng)))
    return made


def examples(pictures: Sequence[tuple[str, bytes]]) -> list[Example]:
    return [
        Example(
            build_messages(Request(request_id="", problem="", image=photo)),
            [photo],
            solution_of(problem, "en") or "",
        )
        for problem, photo in pictures
    ]


def num_read(checkpoint: Path, pictures: Sequence[tuple[str, bytes]]) -> int:
    """Of how many the engine writes the right problem line."""
    engine = LocalEngine(
        EngineConfig(max_queued=100),
        LocalConfig(model=str(checkpoint), cuts_questions=False, num_slots=16, max_len=512),
    )
    engine.start()
    try:
        streams = [
            engine.submit(
                Request(
                    request_id=str(number),
                    problem="",
                    image=photo,
                    prompt="read",
                    max_new_tokens=60,
                    deadline_s=120,
                )
            )
            for number, (_, photo) in enumerate(pictures)
        ]
        texts = [
            "".join(each.text for each in stream if isinstance(each, Delta)) for stream in streams
        ]
    finally:
        engine.stop()
    return sum(
        text.startswith(reading_line(reading_of(problem), "en"))
        for (problem, _), text in zip(pictures, texts, strict=True)
    )


def test_fifty_corrections_teach_a_new_kind_and_ruin_no_other(face: Face, tmp_path: Path) -> None:
    new, old = (drawn(kind, face, count=40, seed=1) for kind in (absolute, linear))
    tuner = Tuner(str(CHECKPOINT), revision=None, tuning=Tuning(epochs=6))
    taught = drawn(absolute, face, count=50, seed=2)
    unseen = [each for each in new if each[0] not in dict(taught)]
    kept = drawn(linear, face, count=50, seed=3)  # what teachers approved as it was
    losses = tuner.train(tuner.prepare_canvases(examples([*taught, *kept])))
    tuner.save(tmp_path / "tuned")
    assert losses[-1] < losses[0]
    before, after = (num_read(each, unseen) for each in (CHECKPOINT, tmp_path / "tuned"))
    old_before, old_after = (num_read(each, old) for each in (CHECKPOINT, tmp_path / "tuned"))
    print(f"new kind {before} to {after} of {len(unseen)}, old {old_before} to {old_after} of 40")
    assert after >= before + len(unseen) // 4
    assert old_after >= old_before - 4


def test_adapters_are_merged_into_a_checkpoint_of_the_same_layout(
    face: Face, tmp_path: Path
) -> None:
    tuner = Tuner(str(CHECKPOINT), revision=None, tuning=Tuning(epochs=1, lora_rank=4))
    all_weights = sum(each.numel() for each in tuner.model.parameters())
    assert 0 < sum(each.numel() for each in tuner.trained) < all_weights / 10
    tuner.train(tuner.prepare_canvases(examples(drawn(absolute, face, count=8, seed=4))))
    tuner.save(tmp_path)
    assert {path.name for path in CHECKPOINT.iterdir()} - {"README.md"} <= {
        path.name for path in tmp_path.iterdir()
    }
    tuned = Tuner(str(tmp_path), revision=None, tuning=Tuning())
    first = Tuner(str(CHECKPOINT), revision=None, tuning=Tuning())
    assert tuned.preprocessor.cuts_questions
    changed = {
        name
        for (name, one), other in zip(
            tuned.model.named_parameters(), first.model.parameters(), strict=True
        )
        if not torch.equal(one, other)
    }
    assert changed and all("language_model.layers" in name for name in changed)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match="checksum"):
        Tuner(str(tmp_path), revision=None, tuning=Tuning())


def write_export(folder: Path, face: Face) -> list[tuple[str, bytes]]:
    """An export as the web side writes it."""
    pictures = drawn(absolute, face, count=3, seed=5)
    (folder / "images").mkdir(parents=True)
    lines, files = [], {}
    for number, (example, (_, photo)) in enumerate(zip(examples(pictures), pictures, strict=True)):
        name = f"images/{number}.jpg"
        (folder / name).write_bytes(photo)
        answer = {"role": "assistant", "content": [{"type": "text", "text": example.answer}]}
        lines.append(json.dumps({"messages": [*example.messages, answer], "images": [name]}))
    (folder / "train.jsonl").write_text("\n".join(lines) + "\n")
    for path in (folder / "train.jsonl", *(folder / "images").iterdir()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files[str(path.relative_to(folder))] = {"sha256": digest, "size_bytes": 1}
    manifest = {"format": "homework-helper-corrections/1", "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return pictures


def test_an_export_is_read_with_its_photos(face: Face, tmp_path: Path) -> None:
    pictures = write_export(tmp_path / "data", face)
    read = read_export(tmp_path / "data")
    assert [each.photos for each in read] == [[photo] for _, photo in pictures]
    assert [each.answer for each in read] == [solution_of(one, "en") for one, _ in pictures]
    assert [turn["role"] for turn in read[0].messages] == ["system", "user"]


def _alter(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no complete export"),
        (lambda folder: (folder / "images" / "1.jpg").unlink(), "no complete export"),
        (lambda folder: (folder / "images" / "1.jpg").write_bytes(b"x"), "manifest says"),
        (lambda folder: (folder / "train.jsonl").write_text(""), "manifest says"),
        (lambda folder: _alter(folder, lambda it: it.update(format="other/9")), "other/9"),
        (lambda folder: _alter(folder, lambda it: it.update(files={})), "no example of an export"),
    ],
)
def test_a_damaged_export_is_refused_before_anything_is_trained(
    harm: Callable[[Path], object], message: str, face: Face, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    write_export(folder, face)
    harm(folder)
    with pytest.raises(TrainingDataError, match=message):
        read_export(folder)
