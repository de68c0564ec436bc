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
import math
import random
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
from inference.nano.model import SignHead, Sizes, look, make_model, text_positions, use_fused_norms
from inference.nano.tokens import END, IMAGE, make_tokenizer, prompt_of

SIGNS = (
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "+-=×÷·*./()[]{}|<>≤≥≠%√∫π°∞:,±计算求值解方程下列化简合并同类项展开因式分组不等积一："
)
"""What the side task names. Strokes come by their own names, see `layout.Mark`."""
_STROKES = {"frac": "⁄", "sqrt": "√"}
_SIGN_WEIGHT = 20.0
_WARM_UP = 300
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
    """

    def __init__(self, folder: Path, *, base: Path | None, learning_rate: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.learning_rate = learning_rate
        self.progress = Progress()
        is_begun = (folder / "state.pt").is_file()
        begins_with = None if is_begun else base
        self.tokenizer, self.model = (
            _load(begins_with, folder) if begins_with is not None else _begin(folder)
        )
        use_fused_norms(self.model)
        signs = "".join(dict.fromkeys(SIGNS + "".join(_STROKES.values())))
        self.head = SignHead(self.model.config.text_config.hidden_size, signs)
        decayed = [each for each in self._parameters() if each.ndim > 1]
        other = [each for each in self._parameters() if each.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.05}, {"params": other, "weight_decay": 0.0}],
            lr=learning_rate,
            betas=(0.9, 0.98),
            fused=True,
        )
        state = folder / "state.pt"
        if state.is_file():
            saved = torch.load(state, weights_only=True)
            self.model.load_state_dict(saved["model"])
            self.head.load_state_dict(saved["head"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.progress = Progress(**saved["progress"])

    def _parameters(self) -> Iterator[Tensor]:
        yield from self.model.parameters()
        yield from self.head.parameters()

    def save(self) -> None:
        """Write the checkpoint, so that a cut-off leaves the old one or the new one."""
        state = {
            "model": self.model.state_dict(),
            "head": self.head.state_dict(),
            "optimizer": self.optimizer.state_dict(),
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

    def step(self, batch: Batch, scale: float) -> tuple[float, float]:
        """One step of the optimizer. Returns the two losses: of the text, of the signs."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate * scale * min(1.0, (self.progress.step + 1) / _WARM_UP)
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16()):
            features = look(self.model.model.visual, batch.canvases)
            signs = self.head.loss(features, sign_truth(_named(batch), self.head.signs))
            logits, labels = self._write(batch, features)
        text = F.cross_entropy(logits.float(), labels)
        (text + _SIGN_WEIGHT * signs).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(list(self._parameters()), 1.0)
        self.optimizer.step()
        self.progress.step += 1
        self.progress.samples += len(batch.examples)
        return float(text.detach()), float(signs.detach())

    def read_exactly(self, batch: Batch) -> int:
        """How many of a batch's texts the model would write to the last token.

        Every token is asked for behind the true ones; where all are the most likely, that is what
        would be written.
        """
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16()):
            logits, labels = self._write(batch, look(self.model.model.visual, batch.canvases))
        is_right = (logits.argmax(-1) == labels).tolist()
        ends = accumulate(len(self._encode(example.text + END)) for example in batch.examples)
        return sum(all(is_right[start:end]) for start, end in pairwise((0, *ends)))

    def _write(self, batch: Batch, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and truth of every token that is to be written: (tokens, words), (tokens,)."""
        _, height, width = batch.canvases.shape
        rows, columns = height // CELL_PX, width // CELL_PX
        encode = self._encode
        picture = self.tokenizer.convert_tokens_to_ids(IMAGE)
        prompts, answers = [], []
        for example in batch.examples:
            before, after = prompt_of(example.language, task=example.task)
            opening = encode(before)
            prompts.append([*opening, *[picture] * (rows * columns), *encode(after)])
            answers.append(encode(example.text + END))
        start = len(prompts[0])
        longest = max(len(answer) for answer in answers)
        ids = torch.zeros(len(prompts), start + longest, dtype=torch.long)
        labels = torch.full((len(prompts), longest), -100)
        for row, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
            ids[row, : start + len(answer)] = torch.tensor(prompt + answer)
            labels[row, : len(answer)] = torch.tensor(answer)
        embedded = self.model.model.language_model.embed_tokens(ids)
        place = len(opening)
        embedded = torch.cat(
            [
                embedded[:, :place],
                features.to(embedded.dtype),
                embedded[:, place + rows * columns :],
            ],
            1,
        )
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
    """An exported model to go on from; its tokenizer becomes that of the folder."""
    from transformers import AutoTokenizer, Glm46VForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.save_pretrained(folder / "tokenizer")
    model = Glm46VForConditionalGeneration.from_pretrained(
        base, dtype=torch.float32, attn_implementation="eager"
    )
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
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    run = Run(arguments.run, base=arguments.base, learning_rate=arguments.learning_rate)
    progress = run.progress
    share = arguments.read_share
    feed = Feed(
        arguments.faces,
        first_seed=max(progress.next_seed, arguments.first_seed),
        read_share=_read_share if share is None else lambda _seed: share,
        workers=arguments.workers,
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
    text = signs = math.nan
    while (spent := time.monotonic() - started) < seconds:
        left = 1 - spent / seconds
        scale = min(1.0, left / decay) if decay > 0 else 1.0
        losses = run.step(next(source), scale)
        text, signs = (
            new if math.isnan(old) else 0.98 * old + 0.02 * new
            for old, new in zip((text, signs), losses, strict=True)
        )
        now = time.monotonic()
        if now - told > 20:
            told = now
            rate = (progress.samples - samples_before) / (now - started)
            line = {
                "step": progress.step,
                "samples": progress.samples,
                "text_loss": round(text, 4),
                "sign_loss": round(signs, 5),
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
