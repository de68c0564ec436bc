"""Trains the embedded model from nothing, or goes on from a checkpoint of itself.

    python -m inference.nano.data.faces FACES
    python -m inference.nano.train RUN --faces FACES [--hours 2]

RUN holds all state: it is made when new, and a run that was cut off goes on from its last
checkpoint, which is written every few minutes. The first samples ask for the reading alone, then
the share of whole solutions grows. `--from CHECKPOINT` begins with the weights of an exported
model. Losses are lines of RUN/log.jsonl; with each checkpoint comes the share of pictures in unseen
faces that the model reads exactly. `inference.nano.plots` draws them.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from inference.checkpoint import multiplies_bfloat16
from inference.nano.canvas import CELL_PX
from inference.nano.data.batches import Batch, Feed, batches, by_size, make_example, sign_truth
from inference.nano.data.problems import make_problem
from inference.nano.data.sample import Maker
from inference.nano.data.solutions import solution_of
from inference.nano.model import (
    SignHead,
    Sizes,
    deepen,
    look,
    make_model,
    text_positions,
    through_block,
)
from inference.nano.tokens import END, IMAGE, make_tokenizer, prompt_of

SIGNS = (
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "+-=×÷·*./()[]{}|<>≤≥≠%√∫π°∞:,±计算求值解方程下列化简合并同类项展开因式分组不等积一："
)
"""What the side task names. Strokes come by their own names, see `layout.Mark`."""
_STROKES = {"frac": "⁄", "sqrt": "√"}
_SIGN_WEIGHT = 20.0
_WARM_UP = 300
_WEIGHT_DECAY = 0.05
_HEAD_ALONE = 200
"""Steps in which the side task's head learns from a model that was exported without it."""
_CHECKPOINT_S = 240.0
_CORPUS = 20_000
_CURRICULUM = 120_000
_UNSEEN_SEED = 1 << 21
_NUM_UNSEEN = 200
_BAR = 30


@dataclass(slots=True)
class Progress:
    """How far a run has come."""

    step: int = 0
    samples: int = 0
    next_seed: int = 0
    seconds: float = 0.0


class Run:
    """The state of one training run in its folder.

    Args:
        folder: Where it lives; made when it is not there.
        base: A folder with an exported model to begin with.
        learning_rate: At its height.
        compiles: Whether PyTorch writes one loop for what stands between two products: twice as
            fast, for a minute or two of compiling when a run begins.
    """

    def __init__(
        self, folder: Path, *, base: Path | None, learning_rate: float, compiles: bool = False
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.learning_rate = learning_rate
        self.progress = Progress()
        is_begun = (folder / "state.pt").is_file()
        begins_with = None if is_begun else base
        self.tokenizer, self.model = (
            _load(begins_with, folder) if begins_with is not None else _begin(folder)
        )
        self._layer = through_block
        if compiles:
            self._compile()
        self._head_alone = _HEAD_ALONE if begins_with is not None else 0
        signs = "".join(dict.fromkeys(SIGNS + "".join(_STROKES.values())))
        self.head = SignHead(self.model.config.text_config.hidden_size, signs)
        self.optimizers = self._make_optimizers()
        state = folder / "state.pt"
        if state.is_file():
            saved = torch.load(state, weights_only=True)
            self.model.load_state_dict(saved["model"])
            self.head.load_state_dict(saved["head"])
            for optimizer, its_state in zip(self.optimizers, saved["optimizers"], strict=True):
                optimizer.load_state_dict(its_state)
            self.progress = Progress(**saved["progress"])

    def _compile(self) -> None:
        torch._dynamo.config.recompile_limit = 64  # with and without gradient, one picture or more
        self._layer = torch.compile(through_block, dynamic=True)
        for layer in self.model.model.language_model.layers:
            layer.compile(dynamic=True)

    def _make_optimizers(self) -> tuple[torch.optim.Optimizer, ...]:
        """Muon for the matrices of the layers, AdamW for all else.

        Muon (Jordan et al., 2024) makes the directions of a step equally long; on the same samples
        from the same weights the loss of the text was 7% lower than with AdamW alone, at the same
        speed.
        """
        matrices = [
            each
            for name, each in self.model.named_parameters()
            if each.ndim == 2 and "embed" not in name
        ]
        in_layers = {id(each) for each in matrices}
        others = [each for each in self._parameters() if id(each) not in in_layers]
        decayed = [each for each in others if each.ndim > 1]
        undecayed = [each for each in others if each.ndim <= 1]
        return (
            torch.optim.Muon(
                matrices,
                lr=self.learning_rate,
                weight_decay=_WEIGHT_DECAY,
                adjust_lr_fn="match_rms_adamw",
            ),
            torch.optim.AdamW(
                [
                    {"params": decayed, "weight_decay": _WEIGHT_DECAY},
                    {"params": undecayed, "weight_decay": 0.0},
                ],
                lr=self.learning_rate,
                betas=(0.9, 0.98),
                fused=True,
            ),
        )

    def _parameters(self) -> Iterator[Tensor]:
        yield from self.model.parameters()
        yield from self.head.parameters()

    def save(self) -> None:
        """Write the checkpoint, so that a cut-off leaves the old one or the new one."""
        state = {
            "model": self.model.state_dict(),
            "head": self.head.state_dict(),
            "optimizers": [each.state_dict() for each in self.optimizers],
            "progress": asdict(self.progress),
        }
        part = self.folder / "state.part"
        torch.save(state, part)
        part.replace(self.folder / "state.pt")

    def log(self, line: dict[str, float]) -> None:
        """Keep a line, and print it where no person looks at the bar."""
        if not sys.stdout.isatty():
            print(json.dumps(line), flush=True)
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")

    def log_reading(self, unseen: Sequence[Batch]) -> None:
        """Log which share of `unseen` is read exactly."""
        num_read = sum(self.read_exactly(batch) for batch in unseen)
        share = num_read / sum(len(batch.examples) for batch in unseen)
        self.log({"samples": self.progress.samples, "read": round(share, 4)})

    def step(self, batch: Batch, scale: float) -> dict[str, float]:
        """One step of the optimizer. Returns the losses: of the text and of the signs, or of the
        solutions of questions that were told."""
        rate = self.learning_rate * scale * min(1.0, (self.progress.step + 1) / _WARM_UP)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16()):
            if batch.is_told:
                logits, labels = self._write(batch, None)
                loss = F.cross_entropy(logits.float(), labels)
                losses = {"told_loss": float(loss.detach())}
            else:
                loss, losses = self._read(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(list(self._parameters()), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.progress.step += 1
        self.progress.samples += 0 if batch.is_told else len(batch.examples)
        return losses

    def _read(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        features = self._look(batch)
        # A head that knows nothing yet would spoil what an exported model knows.
        seen = features.detach() if self.progress.step < self._head_alone else features
        signs = self.head.loss(seen, sign_truth(_named(batch), self.head.signs))
        logits, labels = self._write(batch, features)
        text = F.cross_entropy(logits.float(), labels)
        losses = {"text_loss": float(text.detach()), "sign_loss": float(signs.detach())}
        return text + _SIGN_WEIGHT * signs, losses

    def read_exactly(self, batch: Batch) -> int:
        """How many of a batch's texts the model would write to the last token.

        Every token is asked for behind the true ones; where all are the most likely, that is what
        would be written.
        """
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16()):
            logits, labels = self._write(batch, self._look(batch))
        is_right = (logits.argmax(-1) == labels).tolist()
        ends = accumulate(len(self._encode(example.text + END)) for example in batch.examples)
        return sum(all(is_right[start:end]) for start, end in pairwise((0, *ends)))

    def _look(self, batch: Batch) -> Tensor:
        return look(self.model.model.visual, batch.canvases, layer=self._layer)

    def _write(self, batch: Batch, features: Tensor | None) -> tuple[Tensor, Tensor]:
        """Logits and truth of every token that is to be written: (tokens, words), (tokens,).

        Without features the question is told, and what comes behind it is to be written.
        """
        _, height, width = batch.canvases.shape
        rows, columns = height // CELL_PX, width // CELL_PX
        encode = self._encode
        picture = self.tokenizer.convert_tokens_to_ids(IMAGE)
        prompts, answers, told = [], [], []
        for example in batch.examples:
            before, after = prompt_of(example.language, task=example.task)
            opening = encode(before)
            prompts.append([*opening, *[picture] * (rows * columns), *encode(after)])
            answers.append(encode(example.text + END))
            question, _, _ = example.text.partition("$\n")
            told.append(len(encode(question)) if features is None else 0)
        start = len(prompts[0])
        longest = max(len(answer) for answer in answers)
        ids = torch.zeros(len(prompts), start + longest, dtype=torch.long)
        labels = torch.full((len(prompts), longest), -100)
        for row, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
            ids[row, : start + len(answer)] = torch.tensor(prompt + answer)
            labels[row, told[row] : len(answer)] = torch.tensor(answer[told[row] :])
        embedded = self.model.model.language_model.embed_tokens(ids)
        place = len(opening)
        if features is not None:
            behind = embedded[:, place + rows * columns :]
            embedded = torch.cat([embedded[:, :place], features.to(embedded.dtype), behind], 1)
        positions = text_positions(place, rows, columns, ids.shape[1])
        hidden = self.model.model.language_model(
            inputs_embeds=embedded,
            position_ids=positions[:, None].expand(-1, len(ids), -1),
            use_cache=False,
        ).last_hidden_state
        hidden = hidden[:, start - 1 : -1]
        wanted = labels >= 0
        return self.model.lm_head(hidden[wanted]), labels[wanted]

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids


def _named(batch: Batch) -> Batch:
    """Strokes under the sign that the side task knows them by."""
    for example in batch.examples:
        example.cells[:] = [
            (row, column, _STROKES.get(sign, sign)) for row, column, sign in example.cells
        ]
    return batch


def _begin(folder: Path) -> tuple[Any, Any]:
    """A tokenizer and a model with random weights; the tokenizer stays in the folder."""
    from transformers import AutoTokenizer

    kept = folder / "tokenizer"
    if not kept.is_dir():
        rng = random.Random(11)
        texts: list[str] = []
        while len(texts) < _CORPUS:
            solution = solution_of(make_problem(rng)[1], rng.choice(("en", "zh")))
            if solution is not None:
                texts.append(solution)
        make_tokenizer(texts).save_pretrained(kept)
    tokenizer = AutoTokenizer.from_pretrained(kept)
    return tokenizer, make_model(tokenizer, Sizes())


def _load(base: Path, folder: Path) -> tuple[Any, Any]:
    """An exported model to go on from, as deep as a new one; its tokenizer becomes that of the
    folder."""
    from transformers import AutoTokenizer, Glm46VForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.save_pretrained(folder / "tokenizer")
    model = Glm46VForConditionalGeneration.from_pretrained(
        base, dtype=torch.float32, attn_implementation="eager"
    )
    deepen(model, Sizes().vision_layers)
    return tokenizer, model


def _read_share(seed: int) -> float:
    """Nearly all of the first samples, then down to a fifth: nothing can be solved before it is
    read, and a reading alone is a third as long."""
    return min(0.95, max(0.2, 1.6 - seed / _CURRICULUM))


def main() -> None:
    """Train until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--from", dest="base", type=Path)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="for a run that goes on from another one's end"
    )
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument(
        "--decay", type=float, default=0.25, help="share of the time in which the rate falls"
    )
    parser.add_argument(
        "--read-share",
        type=float,
        help="of the samples, how many ask for the reading alone; without it the share falls "
        "from nearly all to a fifth",
    )
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--patches", type=int, default=6_000, help="of a batch")
    parser.add_argument("--reuse", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--ahead",
        type=int,
        default=2,
        help="chunks of pictures that are drawn beside the training; few on two cores, where each "
        "would keep the other waiting",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    run = Run(
        arguments.run,
        base=arguments.base,
        learning_rate=arguments.learning_rate,
        compiles=shutil.which("g++") is not None,
    )
    progress = run.progress
    share = arguments.read_share
    feed = Feed(
        arguments.faces,
        first_seed=max(progress.next_seed, arguments.first_seed),
        read_share=_read_share if share is None else lambda _seed: share,
        workers=arguments.workers,
        ahead=arguments.ahead,
    )
    source = batches(
        feed,
        patches=arguments.patches,
        reuse=arguments.reuse,
        pool_size=4096,
        rng=random.Random(progress.step),
    )
    _train(
        run,
        feed,
        source,
        _unseen(arguments.faces, arguments.patches),
        seconds=arguments.hours * 3600,
        decay=arguments.decay,
    )


def _unseen(faces: Path, patches: int) -> list[Batch]:
    """Pictures of the test split for the curve of a run, none of those that are evaluated."""
    maker = Maker(faces, "test")
    seeds = range(_UNSEEN_SEED, _UNSEEN_SEED + _NUM_UNSEEN)
    examples = [make_example(maker, seed, read_share=1.0) for seed in seeds]
    made = [example for example in examples if example is not None]
    return list(by_size(made, patches, random.Random(0)))


def _train(
    run: Run,
    feed: Feed,
    source: Iterator[Batch],
    unseen: list[Batch],
    *,
    seconds: float,
    decay: float,
) -> None:
    progress = run.progress
    started = saved = told = time.monotonic()
    before, samples_before = progress.seconds, progress.samples
    means: dict[str, float] = {}
    while (spent := time.monotonic() - started) < seconds:
        left = 1 - spent / seconds
        scale = min(1.0, left / decay) if decay > 0 else 1.0
        losses = run.step(next(source), scale)
        for name, loss in losses.items():
            means[name] = 0.98 * means.get(name, loss) + 0.02 * loss
        now = time.monotonic()
        if now - told > 20:
            told = now
            rate = (progress.samples - samples_before) / (now - started)
            line = {
                "step": progress.step,
                "samples": progress.samples,
                **{name: round(mean, 5) for name, mean in means.items()},
                "samples_per_s": round(rate, 1),
                "left_min": round((seconds - spent) / 60, 1),
            }
            run.log(line)
            _show_progress(line, spent / seconds)
        if now - saved > _CHECKPOINT_S:
            saved = now
            progress.next_seed = feed.next_seed
            progress.seconds = before + spent
            run.save()
            run.log_reading(unseen)
    progress.next_seed = feed.next_seed
    progress.seconds = before + time.monotonic() - started
    run.save()
    run.log_reading(unseen)
    feed.stop()


def _show_progress(line: dict[str, float], share: float) -> None:
    """A bar of the run's time, with rate and estimate, where a person looks on."""
    if not sys.stdout.isatty():
        return
    bar = "█" * round(_BAR * share)
    told = f"{line['samples']:,} samples, {line['samples_per_s']}/s, {line['left_min']} min left"
    print(f"\r{bar:░<{_BAR}} {told}", end="", flush=True)


if __name__ == "__main__":
    main()
