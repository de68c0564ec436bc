"""Samples gathered into batches of pictures of one size, made by worker processes ahead of need."""

from __future__ import annotations

import multiprocessing
import queue
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inference.nano.canvas import CELL_PX
from inference.nano.data.drawing import cells_of
from inference.nano.data.faces import Split
from inference.nano.data.problems import make_problem
from inference.nano.data.sample import ELSEWHERE, Maker
from inference.nano.data.solutions import reading_line, solution_of
from inference.prompts import OUT_OF_RANGE
from inference.types import Language

_CHUNK = 32
_TOLD_CHUNK = 24
"""How many questions in words come with so many pictures."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sample as the trainer takes it.

    Attributes:
        canvas: (H, W) uint8; (0, 0) where the question is told and not shown.
        cells: Row, column and sign of everything on it.
        text: What is to be written.
        task: `solve` or `read`.
        language: Of the text.
    """

    canvas: np.ndarray[Any, np.dtype[np.uint8]]
    cells: list[tuple[int, int, str]]
    text: str
    task: str
    language: Language


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples of one size.

    Attributes:
        canvases: (B, H, W) uint8; smaller ones are white to the right and below; (B, 0, 0) where
            all are told.
        examples: What they are.
    """

    canvases: Tensor
    examples: list[Example]

    @property
    def is_told(self) -> bool:
        """Whether its questions are told and not shown."""
        return self.canvases.numel() == 0


def make_example(maker: Maker, seed: int, *, read_share: float) -> Example | None:
    """The example of a seed; None where the rules do not solve its exercise."""
    sample = maker.make(seed)
    rng = random.Random(seed ^ 0x5EED)
    task, text = "read", reading_line(sample.latex, sample.language) + "\n"
    if sample.topic == ELSEWHERE:
        task, text = rng.choice(("read", "solve")), OUT_OF_RANGE
    elif rng.random() >= read_share:
        solution = solution_of(sample.problem, sample.language)
        if solution is None:
            return None
        task, text = "solve", solution
    return Example(sample.drawing.canvas, cells_of(sample.drawing), text, task, sample.language)


def make_told(seed: int) -> Example | None:
    """A question that is told, with its solution; None where the rules do not solve it.

    Counting needs no eyes, and without a picture a solution costs a sixth as much to learn from.
    """
    rng = random.Random(seed)
    _, problem = make_problem(rng)
    language: Language = rng.choice(("en", "en", "zh"))
    solution = solution_of(problem, language)
    if solution is None:
        return None
    return Example(np.zeros((0, 0), np.uint8), [], solution, "solve", language)


def _work(
    faces_dir: Path, split: Split,
    orders: multiprocessing.queues.Queue[tuple[int, float]],
    out: multiprocessing.queues.Queue[list[Example]],
) -> None:  # fmt: skip
    torch.set_num_threads(1)
    maker = Maker(faces_dir, split)
    while True:
        first, read_share = orders.get()
        made = [
            make_example(maker, seed, read_share=read_share)
            for seed in range(first, first + _CHUNK)
        ]
        made += [make_told(seed) for seed in range(first, first + _TOLD_CHUNK)]
        out.put([example for example in made if example is not None])


class Feed:
    """An endless stream of examples from worker processes.

    Args:
        faces_dir: Where the fonts are.
        first_seed: The examples from this seed on.
        read_share: Which share of those around a seed asks for the reading alone.
        workers: How many processes draw.
        ahead: How many chunks they draw before these are wanted.
    """

    def __init__(
        self,
        faces_dir: Path,
        *,
        first_seed: int,
        read_share: Callable[[int], float],
        workers: int = 1,
        ahead: int = 64,
    ) -> None:
        context: SpawnContext = multiprocessing.get_context("spawn")
        self._orders = context.Queue()
        self._read_share = read_share
        self._out = context.Queue(maxsize=ahead)
        self.next_seed = first_seed
        self._workers = [
            context.Process(
                target=_work,
                args=(faces_dir, "train", self._orders, self._out),
                daemon=True,
            )
            for _ in range(workers)
        ]
        for worker in self._workers:
            worker.start()
        for _ in range(64 + 2 * workers):
            self._order()

    def _order(self) -> None:
        self._orders.put((self.next_seed, self._read_share(self.next_seed)))
        self.next_seed += _CHUNK

    def take(self) -> list[Example]:
        """The next few examples.

        Raises:
            RuntimeError: A worker has died.
        """
        while True:
            try:
                made: list[Example] = self._out.get(timeout=30)
            except queue.Empty:
                if not all(worker.is_alive() for worker in self._workers):
                    raise RuntimeError("a process that draws samples has died") from None
                continue
            self._order()
            return made

    def stop(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.terminate()


def batches(
    feed: Feed, *, patches: int, reuse: int, pool_size: int, rng: random.Random
) -> Iterator[Batch]:
    """Batches of like-sized pictures, from pools in which every example comes up `reuse` times.

    Args:
        feed: Where examples come from.
        patches: About how many patches of 14 pixels a batch has.
        reuse: How often each is used, in another company each time.
        pool_size: How many are sorted by size together.
        rng: Order of the batches.
    """
    used: list[Example] = []
    while True:
        fresh: list[Example] = []
        while len(fresh) * reuse < pool_size:
            fresh += feed.take()
        pool = fresh + used
        used = rng.sample(pool, min(len(pool), len(fresh) * (reuse - 1))) if reuse > 1 else []
        yield from by_size(pool, patches, rng)


def by_size(pool: list[Example], patches: int, rng: random.Random) -> Iterator[Batch]:
    """Every example once, in batches of like-sized pictures of about so many patches."""
    # Told and shown questions never share a batch: on white paper nothing can be read.
    told = [example for example in pool if example.canvas.size == 0]
    shown = [example for example in pool if example.canvas.size > 0]
    groups = [*_groups(told, patches, rng), *_groups(shown, patches, rng)]
    rng.shuffle(groups)
    for group in groups:
        height = max(each.canvas.shape[0] for each in group)
        width = max(each.canvas.shape[1] for each in group)
        canvases = np.full((len(group), height, width), 255, np.uint8)
        for row, each in zip(canvases, group, strict=True):
            row[: each.canvas.shape[0], : each.canvas.shape[1]] = each.canvas
        yield Batch(torch.from_numpy(canvases), group)


def _groups(examples: list[Example], patches: int, rng: random.Random) -> Iterator[list[Example]]:
    """Examples of like size, so many together as a batch may hold."""
    group: list[Example] = []
    height = width = 0
    for example in sorted(
        examples, key=lambda each: (*each.canvas.shape, len(each.text) // 40, rng.random())
    ):
        tall = max(height, example.canvas.shape[0])
        wide = max(width, example.canvas.shape[1])
        # Counted in patches, and a text as long as a picture costs as much again.
        if group and (len(group) + 1) * (tall * wide // 196 + 60) > patches:
            yield group
            group = []
            tall, wide = example.canvas.shape
        group.append(example)
        height, width = tall, wide
    if group:
        yield group


def sign_truth(batch: Batch, signs: dict[str, int]) -> Tensor:
    """Which signs stand in which visual token: (B, tokens, signs) of 0 and 1."""
    count, height, width = batch.canvases.shape
    rows, columns = height // CELL_PX, width // CELL_PX
    truth = torch.zeros(count, rows, columns, len(signs))
    for number, example in enumerate(batch.examples):
        for row, column, sign in example.cells:
            if sign in signs:
                truth[number, row, column, signs[sign]] = 1.0
    return truth.view(count, rows * columns, -1)
