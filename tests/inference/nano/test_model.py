"""The embedded model: its training pass is the model, its checkpoint is served as it is."""

from __future__ import annotations

import io
import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file

from inference.agreement import LooksAgain, other_looks
from inference.config import EngineConfig, LocalConfig
from inference.errors import CannotConverseError, NoQuestionFoundError, PhotosOnlyError
from inference.local import LocalEngine
from inference.nano.calibrate import calibration_error, fit_exponent
from inference.nano.canvas import CELL_PX, DIGIT_PX, encode_canvas, zoomed
from inference.nano.cut import CanvasCutter
from inference.nano.data.batches import Batch, Example, by_size, make_told
from inference.nano.data.drawing import Drawing
from inference.nano.data.problems import make_problem
from inference.nano.data.sample import ELSEWHERE, Sample
from inference.nano.data.solutions import solution_of
from inference.nano.evaluate import Outcome, judge
from inference.nano.export import export_run, write_checkpoint
from inference.nano.gallery import draw_gallery, worst
from inference.nano.model import (
    SignHead,
    Sizes,
    deepen,
    look,
    make_model,
    text_positions,
    through_block,
    to_patches,
)
from inference.nano.plots import draw_calibration, draw_curves
from inference.nano.tokens import END, IMAGE, make_tokenizer, prompt_of
from inference.nano.train import Run
from inference.preprocess import Preprocessor
from inference.prompts import build_messages
from inference.types import (
    Check,
    Delta,
    Done,
    Language,
    PromptKind,
    Reading,
    Request,
    Verdict,
)
from tests.homework.pipeline.scripted import OtherLooks

PHOTOS = Path(__file__).parents[2] / "photos"
CHECKPOINT = Path(__file__).parents[3] / "inference" / "nano" / "checkpoint"
SMALL = Sizes(
    vision_width=64, vision_layers=1, vision_mlp=64, text_width=64, text_layers=2, text_mlp=64,
    heads=2, kv_heads=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> list[str]:
    rng = random.Random(2)
    made = [solution_of(make_problem(rng)[1], rng.choice(("en", "zh"))) for _ in range(300)]
    return [text for text in made if text is not None]


@pytest.fixture(scope="module")
def tokenizer(corpus: list[str]) -> Any:
    return make_tokenizer(corpus)


@pytest.fixture(scope="module")
def model(tokenizer: Any) -> Any:
    return make_model(tokenizer, Sizes()).eval()


def canvas(seed: int, height: int = 84, width: int = 168) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 255, (height, width)).astype(np.uint8)


def encoded(seed: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(canvas(seed)).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def test_texts_come_back_from_their_tokens(tokenizer: Any, corpus: list[str]) -> None:
    count = 0
    for text in corpus:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(ids) == text
        count += len(ids)
    assert count < 0.4 * sum(map(len, corpus))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("task", ["solve", "read"])
def test_a_prompt_keeps_photo_task_and_language(
    tokenizer: Any, language: Language, task: PromptKind
) -> None:
    request = Request(request_id="", problem="", image=b"", language=language, prompt=task)
    prompt = tokenizer.apply_chat_template(
        build_messages(request), add_generation_prompt=True, tokenize=False
    )
    before, after = prompt_of(language, task=task)
    assert prompt == before + IMAGE + after


@torch.no_grad()
def test_pictures_seen_together_have_the_features_that_each_has_alone(model: Any) -> None:
    pictures = torch.from_numpy(np.stack([canvas(seed) for seed in range(3)]))
    together = look(model.model.visual, pictures)
    for picture, features in zip(pictures, together, strict=True):
        alone = model.model.visual(
            to_patches(picture[None])[0], grid_thw=torch.tensor([[1, 6, 12]])
        ).pooler_output
        torch.testing.assert_close(features, alone, atol=2e-5, rtol=1e-4)


@torch.no_grad()
def test_a_deeper_model_says_what_it_said_before(tokenizer: Any) -> None:
    model = make_model(tokenizer, replace(SMALL, vision_layers=4))
    pictures = torch.from_numpy(canvas(1)[None])
    before = look(model.model.visual, pictures)
    deepen(model, 6)
    assert len(model.model.visual.blocks) == model.config.vision_config.depth == 6
    torch.testing.assert_close(look(model.model.visual, pictures), before)
    for impossible in (5, 13):
        with pytest.raises(ValueError, match="cannot become"):
            deepen(model, impossible)


def test_a_deeper_model_learns_in_its_new_layers(tokenizer: Any) -> None:
    model = make_model(tokenizer, SMALL)
    deepen(model, 2)
    look(model.model.visual, torch.from_numpy(canvas(1)[None])).square().sum().backward()
    assert model.model.visual.blocks[1].mlp.down_proj.weight.grad.abs().sum() > 0


def test_positions_are_those_of_transformers(model: Any, tokenizer: Any) -> None:
    before, after = prompt_of("en")
    ids = tokenizer(before + IMAGE * 18 + after, add_special_tokens=False, return_tensors="pt")
    tokens = ids["input_ids"]
    expected = model.model.get_rope_index(
        tokens,
        mm_token_type_ids=(tokens == model.config.image_token_id).int(),
        image_grid_thw=torch.tensor([[1, 6, 12]]),
    )[0][:, 0]
    assert torch.equal(text_positions(4, 3, 6, tokens.shape[1]), expected)


@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling needs a compiler")
def test_a_compiled_layer_learns_as_the_written_one(tokenizer: Any) -> None:
    visual = make_model(tokenizer, SMALL).model.visual
    picture = torch.from_numpy(canvas(1)[None])
    gradients = []
    for layer in (through_block, torch.compile(through_block, dynamic=True)):
        visual.zero_grad()
        look(visual, picture, layer=layer).square().sum().backward()
        gradients.append(visual.blocks[0].attn.qkv.weight.grad.clone())
    torch.testing.assert_close(*gradients, atol=1e-4, rtol=1e-3)


def test_the_side_task_is_learnt() -> None:
    torch.manual_seed(0)
    head = SignHead(8, "7x")
    features = torch.randn(2, 5, 8)
    truth = (features[..., :2] > 0).float()
    optimizer = torch.optim.Adam(head.parameters(), lr=0.1)
    first = head.loss(features, truth)
    for _ in range(60):
        optimizer.zero_grad()
        loss = head.loss(features, truth)
        loss.backward()
        optimizer.step()
    assert loss < 0.2 * first


@pytest.fixture
def batch() -> Batch:
    texts = ["**Problem.** $2x = 4$\n", "**题目。** $3 + 4$\n"]
    examples = [
        Example(canvas(seed), [(0, 1, "4"), (1, 2, "frac")], text, "read", language)
        for seed, (text, language) in enumerate(zip(texts, ("en", "zh"), strict=True))
    ]
    return Batch(torch.from_numpy(np.stack([each.canvas for each in examples])), examples)


@pytest.fixture
def run(tmp_path: Path, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    tokenizer.save_pretrained(tmp_path / "run" / "tokenizer")
    monkeypatch.setattr("inference.nano.train.Sizes", lambda: SMALL)
    yield Run(tmp_path / "run", base=None, learning_rate=3e-3)


def test_a_few_steps_teach_what_is_repeated(run: Run, batch: Batch) -> None:
    first = run.step(batch, 1.0)
    for _ in range(150):
        last = run.step(batch, 1.0)
    assert last["text_loss"] < 0.3 * first["text_loss"]
    assert run.progress.samples == 2 * 151


def test_of_a_question_that_is_told_only_the_solution_is_learnt(run: Run) -> None:
    told = [each for each in map(make_told, range(4)) if each is not None]
    (batch,) = by_size(told, 6000, random.Random(0))
    first = run.step(batch, 1.0)
    for _ in range(60):
        last = run.step(batch, 1.0)
    assert first.keys() == {"told_loss"}
    assert last["told_loss"] < 0.9 * first["told_loss"]
    assert run.progress.samples == 0
    _, labels = run._write(batch, None)
    learnt = run.tokenizer.decode(labels)
    assert "Problem" not in learnt and "题目" not in learnt
    assert learnt.count(END) == len(told)


def test_questions_that_are_told_share_no_batch_with_pictures(batch: Batch) -> None:
    told = [each for each in map(make_told, range(4)) if each is not None]
    made = list(by_size([*batch.examples, *told], 6000, random.Random(0)))
    assert sorted(len(each.examples) for each in made) == sorted((2, len(told)))
    assert {each.canvases.numel() > 0 for each in made} == {True, False}


def test_a_head_that_knows_nothing_leaves_an_exported_model_alone(
    tmp_path: Path, tokenizer: Any, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.nano.train.Sizes", lambda: SMALL)
    write_checkpoint(make_model(tokenizer, SMALL, seed=5), tokenizer, tmp_path / "base")
    directions = []
    for weight in (0.0, 20.0):
        monkeypatch.setattr("inference.nano.train._SIGN_WEIGHT", weight)
        run = Run(tmp_path / f"run{weight}", base=tmp_path / "base", learning_rate=1e-3)
        run.step(batch, 1.0)
        directions.append(
            F.normalize(run.model.model.visual.merger.proj.weight.grad.flatten(), dim=0)
        )
    torch.testing.assert_close(*directions)


def test_a_text_is_read_exactly_when_generate_writes_it(
    run: Run, batch: Batch, tokenizer: Any
) -> None:
    assert run.read_exactly(batch) == 0
    for _ in range(250):
        run.step(batch, 1.0)
    assert run.read_exactly(batch) == 2
    run.log_reading([batch])
    assert json.loads((run.folder / "log.jsonl").read_text()) == {"samples": 500, "read": 1.0}
    batch.examples[0] = replace(batch.examples[0], text="another")
    assert run.read_exactly(batch) == 1


def test_a_run_that_was_cut_off_goes_on_from_its_checkpoint(run: Run, batch: Batch) -> None:
    for _ in range(3):
        run.step(batch, 1.0)
    run.progress.next_seed = 640
    run.save()
    expected = run.step(batch, 1.0)
    again = Run(run.folder, base=None, learning_rate=3e-3)
    assert again.progress.step == 3 and again.progress.next_seed == 640
    assert again.step(batch, 1.0) == pytest.approx(expected, rel=1e-3)


def test_an_exported_run_is_served_by_the_engine_as_generate_writes(
    tmp_path: Path, run: Run, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import Glm46VForConditionalGeneration

    run.step(batch, 1.0)
    run.save()
    monkeypatch.setattr("inference.nano.export.Sizes", lambda: SMALL)
    assert export_run(run.folder, tmp_path / "model") == 2
    config = LocalConfig(
        model=str(tmp_path / "model"),
        dtype="float32",
        device="cpu",
        num_slots=2,
        cuts_questions=False,
    )
    engine = LocalEngine(EngineConfig(), config)
    engine.start()
    try:
        request = Request(request_id="1", problem="", image=encoded(5), max_new_tokens=12)
        text = "".join(e.text for e in engine.submit(request) if isinstance(e, Delta))
    finally:
        engine.stop()
    preprocessor = Preprocessor(tmp_path / "model")
    given = preprocessor.prepare(build_messages(request), [encoded(5)])
    reference = Glm46VForConditionalGeneration.from_pretrained(
        tmp_path / "model", dtype=torch.float32
    ).eval()
    ids = torch.tensor([given.token_ids])
    out = reference.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        pixel_values=given.images[0].pixel_values,
        image_grid_thw=given.images[0].grid[None],
        mm_token_type_ids=(ids == reference.config.image_token_id).int(),
        max_new_tokens=12,
        do_sample=False,
    )
    new = [token for token in out[0, ids.shape[1] :].tolist() if token != 0]
    assert text == preprocessor.tokenizer.decode(new)


def test_a_canvas_reaches_the_model_pixel_by_pixel(
    tmp_path: Path, tokenizer: Any, model: Any
) -> None:
    write_checkpoint(make_model(tokenizer, SMALL), tokenizer, tmp_path)
    photo = encoded(3)
    request = Request(request_id="", problem="", image=photo)
    given = Preprocessor(tmp_path).prepare(build_messages(request), [photo])
    expected = to_patches(torch.from_numpy(canvas(3)[None]))[0]
    torch.testing.assert_close(given.images[0].pixel_values, expected)


def test_a_photo_is_cut_to_its_question_before_the_model_sees_it(
    tmp_path: Path, tokenizer: Any
) -> None:
    write_checkpoint(make_model(tokenizer, SMALL), tokenizer, tmp_path)
    engine = LocalEngine(EngineConfig(), LocalConfig(model=str(tmp_path), num_slots=1))
    engine.start()
    try:
        photo = (PHOTOS / "hand-linear-ruled.jpg").read_bytes()
        request = Request(request_id="1", problem="", image=photo, max_new_tokens=4)
        assert any(isinstance(event, Done) for event in engine.submit(request))
        blank = (PHOTOS / "none-blank-plain.jpg").read_bytes()
        with pytest.raises(NoQuestionFoundError):
            engine.submit(Request(request_id="2", problem="", image=blank))
    finally:
        engine.stop()


def test_the_cut_question_is_a_canvas_with_digits_as_in_training() -> None:
    cutter = CanvasCutter()
    cutter.start()
    with Image.open(io.BytesIO(cutter.cut((PHOTOS / "print-brackets.jpg").read_bytes()))) as cut:
        gray = np.asarray(cut.convert("L"))
    assert gray.shape[0] % CELL_PX == gray.shape[1] % CELL_PX == 0
    inked = np.nonzero((gray < 100).any(axis=1))[0]
    tall = inked[-1] - inked[0]
    assert DIGIT_PX * 0.9 < tall < DIGIT_PX * 2  # brackets are taller than digits


def test_a_photo_is_cut_once_and_many_are_not_remembered() -> None:
    looked_at: list[int] = []

    class Finder:
        def cut_out(self, image: Image.Image) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], float]:
            looked_at.append(image.width)
            return canvas(image.width), 24.0

    cutter = CanvasCutter(Finder())  # type: ignore[arg-type]
    photos = []
    for width in range(40, 110):
        buffer = io.BytesIO()
        Image.new("RGB", (width, 40), "white").save(buffer, "PNG")
        photos.append(buffer.getvalue())
    first = cutter.cut(photos[0])
    assert cutter.cut(photos[0]) == first
    assert looked_at == [40]
    for photo in photos[1:]:
        cutter.cut(photo)
    cutter.cut(photos[-1])
    assert cutter.cut(photos[0]) == first
    assert looked_at == [*range(40, 110), 40]


def test_the_bundled_checkpoint_is_whole_and_reads_a_printed_photo() -> None:
    config = LocalConfig(model=str(CHECKPOINT), num_slots=1)
    engine = LocalEngine(EngineConfig(), config)
    engine.start()  # checks the sums of its files
    try:
        photo = (PHOTOS / "print-linear-plain.jpg").read_bytes()
        request = Request(request_id="1", problem="", image=photo, max_new_tokens=200)
        text = "".join(e.text for e in engine.submit(request) if isinstance(e, Delta))
        looks = other_looks(engine, replace(request, request_id="2"))
        assert [look.text for look in looks] == ["3x + 5 = 20"] * 2
        assert all(0.3 < look.confidence < 1 for look in looks)
        # What is typed, corrected or asked about a solution would not reach it: it says so.
        for deaf, error in (
            (replace(request, image=None, problem="3x + 5 = 20"), PhotosOnlyError),
            (replace(request, problem="3x + 5 = 26"), PhotosOnlyError),
            (replace(request, prompt="follow_up"), CannotConverseError),
        ):
            with pytest.raises(error):
                engine.submit(deaf)
        assert engine.num_streams == 0
    finally:
        engine.stop()
    assert text.startswith("**Problem.** $3x + 5 = 20$\n")
    assert "**Answer.** $" in text
    size = sum(path.stat().st_size for path in CHECKPOINT.iterdir())
    assert size < 40 * 1024 * 1024


def test_a_run_begins_with_the_weights_of_an_exported_model(
    tmp_path: Path, tokenizer: Any, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.nano.train.Sizes", lambda: SMALL)
    monkeypatch.setattr("inference.nano.export.Sizes", lambda: SMALL)
    write_checkpoint(make_model(tokenizer, SMALL, seed=5), tokenizer, tmp_path / "base")
    run = Run(tmp_path / "run", base=tmp_path / "base", learning_rate=1e-3)
    embedding = make_model(tokenizer, SMALL, seed=5).model.language_model.embed_tokens.weight
    mine = run.model.model.language_model.embed_tokens.weight
    torch.testing.assert_close(mine, embedding, atol=1e-3, rtol=1e-2)
    run.step(batch, 1.0)
    run.save()
    again = Run(tmp_path / "run", base=tmp_path / "base", learning_rate=1e-3)
    assert again.progress.step == 1
    assert export_run(tmp_path / "run", tmp_path / "out") == 2


def test_an_exported_model_may_be_the_mean_of_a_run_and_another_checkpoint(
    tmp_path: Path, run: Run, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.nano.export.Sizes", lambda: SMALL)
    run.step(batch, 1.0)
    run.save()
    write_checkpoint(make_model(run.tokenizer, SMALL, seed=5), run.tokenizer, tmp_path / "base")
    export_run(run.folder, tmp_path / "alone")
    export_run(run.folder, tmp_path / "mean", average_with=tmp_path / "base")
    base, alone, mean = (
        load_file(tmp_path / name / "model.safetensors") for name in ("base", "alone", "mean")
    )
    for name, weights in mean.items():
        expected = (base[name].float() + alone[name].float()) / 2
        torch.testing.assert_close(weights.float(), expected, atol=1e-3, rtol=1e-2)
    assert any(not torch.equal(mean[name], alone[name]) for name in mean)


def test_the_curves_of_a_run_and_the_calibration_are_drawn(tmp_path: Path) -> None:
    lines = [
        {"samples": 100.0 * n, "text_loss": 1.0 / n, "sign_loss": 0.1 / n, "told_loss": 2.0 / n}
        for n in range(1, 9)
    ]
    draw_curves([*lines, {"samples": 800, "read": 0.5}], tmp_path / "curves.png")
    draw_calibration([(0.9, True)] * 30, [(0.5, False)] * 30, tmp_path / "calibration.png")
    for name in ("curves.png", "calibration.png"):
        with Image.open(tmp_path / name) as plot:
            assert plot.width > plot.height > 300
    with pytest.raises(ValueError, match="no losses"):
        draw_curves([], tmp_path / "none.png")


def test_the_exponent_makes_confidence_as_frequent_as_truth() -> None:
    rng = random.Random(4)
    judged = []
    for _ in range(4000):
        confidence = rng.uniform(0.3, 1.0)
        judged.append((confidence, rng.random() < confidence**2.5))
    exponent = fit_exponent(judged)
    assert exponent == pytest.approx(2.5, rel=0.08)
    mended = [(confidence**exponent, is_right) for confidence, is_right in judged]
    assert calibration_error(mended) < 0.03 < 0.15 < calibration_error(judged)
    with pytest.raises(ValueError, match="no question"):
        fit_exponent([])


def test_the_gallery_shows_what_was_misread_and_wrong_badges_first(tmp_path: Path) -> None:
    picture = Drawing(np.full((56, 112), 255, np.uint8), ())
    sample = Sample("linear equations", "3x+5=20", "3x + 5 = 20", "en", ("a", "print"), picture)

    def outcome(problem: str, *, has_badge: bool = False) -> Outcome:
        is_read = problem == sample.latex
        return Outcome(sample, "", problem, "", is_read, False, False, is_read, has_badge)

    near = outcome("3x + 5 = 26", has_badge=True)
    far, well = outcome("y"), outcome(sample.latex)
    assert worst([well, far, outcome("3x + 5 = 28"), near], 2) == [near, far]
    draw_gallery([well, far, near], tmp_path / "gallery.png")
    with Image.open(tmp_path / "gallery.png") as sheet:
        assert sheet.width > 2 * 112 and sheet.height > 56


class _Other:
    """A reader that finds one question, whatever it looks at."""

    def __init__(self, confidence: float) -> None:
        self.confidence = confidence

    def read(self, image: Image.Image, *, language: Language = "en") -> Reading:
        return Reading(text="3x + 5 = 20", latex="3x + 5 = 20", confidence=self.confidence)


class _Trusting:
    """A checker that takes everything for proved but the answer to the other equation."""

    def check_answer(self, problem: str, answer: str, *_: object) -> Check:
        is_wrong = problem == EQUATION.problem and answer != "x = 5"
        return Check(Verdict.FAILED if is_wrong else Verdict.VERIFIED, "equal")

    def check_step(self, *_: object) -> Check:
        return Check(Verdict.VERIFIED, "equal")


@pytest.mark.parametrize(("problem", "has_badge"), [("3x + 5 = 20", True), ("3x + 6 = 20", False)])
def test_a_proof_counts_as_a_badge_only_where_the_second_reader_agrees(
    problem: str, has_badge: bool
) -> None:
    text = f"**Problem.** ${problem}$\n\n**Answer.** $x = 5$\n"
    seen = _judged(EQUATION, Delta(text))
    assert seen.has_badge is has_badge
    assert seen.is_read is (problem == EQUATION.latex)
    nothing = _judged(replace(EQUATION, topic=ELSEWHERE, problem="", latex=""), Delta(text))
    assert not nothing.is_read
    assert nothing.has_badge is has_badge  # and a wrong one
    assert nothing.is_right_with_rules is not has_badge
    assert nothing.marks[-1] is has_badge


def test_where_the_second_reader_is_surer_the_rules_answer_its_question() -> None:
    text = "**Problem.** $3x + 6 = 20$\n\n**Answer.** $x = 14/3$\n"
    seen = _judged(EQUATION, Delta(text, ((len(text), 0.7),)))
    assert not seen.is_read
    assert seen.is_right_with_rules and not seen.has_badge


@pytest.mark.parametrize(
    ("looks", "is_right"),
    [
        ((("3x + 6 = 20", 0.9),), False),
        ((("3x + 5 = 20", 0.9),), True),
        ((("3x + 5 = 2", 0.9), ("3x + 5 = 20", 0.1)), True),
        ((("3x + 5 = 2", 0.9), ("3x + 5 = 2", 0.9)), False),
    ],
)
def test_what_the_model_reads_at_other_sizes_counts(
    looks: tuple[tuple[str, float], ...], *, is_right: bool
) -> None:
    text = "**Problem.** $3x + 6 = 20$\n\n**Answer.** $x = 14/3$\n"
    written = Delta(text, ((len(text), 0.99),))
    seen = _judged(EQUATION, written, confidence=0.6, model=OtherLooks(*looks))
    assert seen.is_right_with_rules is is_right
    assert not seen.has_badge


def test_a_zoomed_canvas_has_the_same_ink_larger() -> None:
    pixels = np.full((112, 336), 255, np.uint8)
    pixels[40:64, 100:200] = 0
    for by in (0.85, 1.2):
        with Image.open(io.BytesIO(zoomed(encode_canvas(pixels), by))) as opened:
            gray = np.asarray(opened.convert("L"))
        rows, columns = np.nonzero(gray < 128)
        assert np.ptp(rows) + 1 == pytest.approx(24 * by, abs=2)
        assert np.ptp(columns) + 1 == pytest.approx(100 * by, abs=3)
        assert gray.shape[0] % CELL_PX == gray.shape[1] % CELL_PX == 0
    blank = np.full((56, 112), 255, np.uint8)
    assert zoomed(encode_canvas(blank), 1.2)


def test_where_the_model_gives_up_the_rules_answer_the_second_reader_without_a_badge() -> None:
    seen = _judged(EQUATION, Delta(""))
    assert not seen.is_read and not seen.is_right
    assert seen.is_right_with_rules and not seen.has_badge
    nothing = _judged(replace(EQUATION, topic=ELSEWHERE, problem="", latex=""), Delta(""))
    assert nothing.is_read and nothing.is_right
    assert nothing.is_right_with_rules and not nothing.has_badge


EQUATION = Sample(
    "linear equations", "3x+5=20", "3x + 5 = 20", "en", ("a", "print"),
    Drawing(np.full((56, 112), 255, np.uint8), ()),
)  # fmt: skip


def _judged(
    sample: Sample, written: Delta, *, confidence: float = 1.0, model: LooksAgain | None = None
) -> Outcome:
    checker: Any = _Trusting()
    reader: Any = _Other(confidence)
    return judge(sample, written, checker, reader, model)
