"""Which sequence runs when, and in which slot. No torch in here: the tests drive it with numbers
alone.

The life of a sequence: `add` puts it into the waiting queue; `plan` gives it a slot and feeds its
prompt to the model in bounded chunks between decode steps; then it is one of the decoding rows
until `finish`. Slots `[0, B)` are always the active ones. What finished sequences left in the slots
behind them stays readable, so that a follow-up question or a shared system prompt is copied instead
of computed (prefix caching, at the grain of a slot).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from inference.errors import QueueFullError, RequestTooLongError
from inference.fair_queue import FairQueue
from inference.types import Priority

BLOCK_SIZE = 16
"""Tokens that are compared at once when a common prefix is looked for."""


@dataclass(slots=True, eq=False, kw_only=True)
class Sequence:
    """One request as the scheduler sees it.

    Attributes:
        request_id: The request's id.
        tokens: What stands for each token: its id, or for an image token a number made from the
            photo's hash. Grows as the answer is written.
        num_prompt_tokens: How many of them are the prompt.
        max_new_tokens: Bound on the answer.
        priority: Interactive before batch.
        fairness_key: Sequences of one key share one turn.
        deadline_at: Moment (`time.monotonic`) at which the sequence has to end.
        slot: Where it lives, None while it waits and after its end.
        num_cached_tokens: Prompt tokens that were copied from another slot.
        num_computed_tokens: Prompt tokens in the slot.
        is_ready: Whether its photo has been looked at; only then it gets a slot.
    """

    request_id: str
    tokens: list[int]
    num_prompt_tokens: int
    max_new_tokens: int
    priority: Priority = Priority.INTERACTIVE
    fairness_key: str = ""
    deadline_at: float = float("inf")
    slot: int | None = None
    num_cached_tokens: int = 0
    num_computed_tokens: int = 0
    is_ready: bool = True

    @property
    def is_prefilled(self) -> bool:
        return self.num_computed_tokens == self.num_prompt_tokens

    @property
    def num_held_tokens(self) -> int:
        """Tokens whose keys and values are in the slot; the last one written is read by the next
        step."""
        if not self.is_prefilled:
            return self.num_computed_tokens
        return max(self.num_prompt_tokens, len(self.tokens) - 1)


@dataclass(frozen=True, slots=True)
class Copy:
    """Keys and values to copy from slot to slot, before anything else of the plan."""

    source: int
    target: int
    num_tokens: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Prompt tokens `[start, stop)` of a sequence, to be prefilled."""

    sequence: Sequence
    start: int
    stop: int


@dataclass(slots=True)
class Plan:
    """What the engine does next: copies, then prefills group by group (a group's chunks stand in
    consecutive slots and run as one batch), then one decode step over the decoding rows."""

    copies: list[Copy] = field(default_factory=list)
    prefill: list[list[Chunk]] = field(default_factory=list)


class Scheduler:
    """Owns the waiting queue and the slots. One thread only, the engine's.

    Args:
        num_slots: Sequences that can be active; one more slot than this is used as swap space.
        max_len: Tokens that a slot holds.
        max_queued: Sequences that may wait.
        prefill_budget: Prompt tokens that may be computed between two decode steps.
    """

    def __init__(
        self, *, num_slots: int, max_len: int, max_queued: int, prefill_budget: int
    ) -> None:
        self.num_slots = num_slots
        self.max_len = max_len
        self._max_queued = max_queued
        self._prefill_budget = prefill_budget
        self.waiting: FairQueue[Sequence] = FairQueue()
        self.active: list[Sequence] = []  # the sequence in slot i stands at index i
        self._contents = [_Content() for _ in range(num_slots)]
        self._clock = 0  # counts finished sequences, for "least recently used"

    def add(self, sequence: Sequence) -> None:
        """Queue a sequence.

        Raises:
            RequestTooLongError: Its prompt and answer do not fit into a slot.
            QueueFullError: Too many wait already.
        """
        if sequence.num_prompt_tokens + sequence.max_new_tokens > self.max_len:
            raise RequestTooLongError(
                f"{sequence.num_prompt_tokens} tokens of question and "
                f"{sequence.max_new_tokens} of answer do not fit into {self.max_len}"
            )
        if len(self.waiting) >= self._max_queued:
            raise QueueFullError(f"{self._max_queued} requests wait already")
        self.waiting.push(
            sequence.request_id,
            sequence,
            priority=sequence.priority,
            key=sequence.fairness_key,
        )

    @property
    def num_rows(self) -> int:
        """Active slots (B)."""
        return len(self.active)

    @property
    def is_idle(self) -> bool:
        return not self.active and not self.waiting

    @property
    def has_work(self) -> bool:
        """Whether `plan` would lead to a computation now."""
        if self.active or not self.waiting:
            return bool(self.active)
        first = next(iter(self.waiting)).priority
        return any(sequence.is_ready for sequence in self.waiting if sequence.priority == first)

    @property
    def decoding(self) -> list[Sequence]:
        """Sequences that the next decode step writes for."""
        return [sequence for sequence in self.active if sequence.is_prefilled]

    @property
    def longest(self) -> int:
        """Tokens that the fullest active slot holds after the next decode step."""
        return 1 + max((sequence.num_held_tokens for sequence in self.active), default=0)

    def plan(self) -> Plan:
        """Admit what fits and choose the prompt tokens to compute now."""
        plan = Plan()
        budget = self._prefill_budget
        chunks: list[Chunk] = []
        for sequence in self.active:
            if not sequence.is_prefilled and budget > 0:
                chunks.append(self._chunk(sequence, budget))
                budget -= chunks[-1].stop - chunks[-1].start
        while budget > 0 and self.waiting and len(self.active) < self.num_slots:
            # A sequence whose photo is still being looked at lets the next of its priority pass.
            admitted = self.waiting.pop(_is_ready)
            if admitted is None:
                break
            plan.copies += self._admit(admitted)
            chunks.append(self._chunk(admitted, budget))
            budget -= chunks[-1].stop - chunks[-1].start
        for chunk in sorted(chunks, key=_slot_of):
            if plan.prefill and _slot_of(plan.prefill[-1][-1]) + 1 == _slot_of(chunk):
                plan.prefill[-1].append(chunk)
            else:
                plan.prefill.append([chunk])
        return plan

    def prefilled(self, chunk: Chunk) -> None:
        """Note that a chunk is in its slot."""
        chunk.sequence.num_computed_tokens = chunk.stop

    def finish(self, sequence: Sequence) -> list[Copy]:
        """End a sequence wherever it is.

        Returns:
            What to copy so that the active slots stay the first ones.
        """
        if sequence.slot is None:
            self.waiting.remove(sequence.request_id)
            return []
        freed, sequence.slot = sequence.slot, None
        self._clock += 1
        left = _Content(sequence.tokens[: sequence.num_held_tokens], self._clock)
        last = len(self.active) - 1
        moved = self.active.pop()
        self._contents[last] = left
        if freed == last:
            return []
        # Swap, rather than overwrite, what the finished sequence leaves behind.
        moved.slot = freed
        self.active[freed] = moved
        spare = self.num_slots
        return [
            Copy(freed, spare, left.num_tokens),
            Copy(last, freed, moved.num_held_tokens),
            Copy(spare, last, left.num_tokens),
        ]

    def _chunk(self, sequence: Sequence, budget: int) -> Chunk:
        start = sequence.num_computed_tokens
        return Chunk(sequence, start, min(start + budget, sequence.num_prompt_tokens))

    def _admit(self, sequence: Sequence) -> list[Copy]:
        """Give a sequence the first free slot and what another slot already knows of its prompt."""
        slot = len(self.active)
        copies = []
        source, num_shared = self._longest_prefix(sequence)
        if source != slot:
            oldest = min(range(slot, self.num_slots), key=lambda s: self._contents[s].used_at)
            if oldest not in (slot, source):
                # The slot needed holds something younger than another free one: save it there.
                kept = self._contents[slot]
                self._contents[oldest] = kept
                copies.append(Copy(slot, oldest, kept.num_tokens))
            if num_shared:
                copies.append(Copy(source, slot, num_shared))
        self._contents[slot] = _Content()
        self.active.append(sequence)
        sequence.slot = slot
        sequence.num_cached_tokens = sequence.num_computed_tokens = num_shared
        return [copy for copy in copies if copy.num_tokens]

    def _longest_prefix(self, sequence: Sequence) -> tuple[int, int]:
        """The slot that shares the longest prefix with a prompt, and its length in whole blocks.

        The prompt's last token is never taken from a slot: its logits begin the answer.
        """
        best_slot, best_length = -1, 0
        limit = (sequence.num_prompt_tokens - 1) // BLOCK_SIZE * BLOCK_SIZE
        for slot, content in enumerate(self._contents):
            if slot < len(self.active):
                other = self.active[slot]
                tokens, held = other.tokens, other.num_held_tokens
            else:
                tokens, held = content.tokens, content.num_tokens
            length, bound = 0, min(limit, held)
            while (
                length + BLOCK_SIZE <= bound
                and tokens[length : length + BLOCK_SIZE]
                == sequence.tokens[length : length + BLOCK_SIZE]
            ):
                length += BLOCK_SIZE
            if length > best_length:
                best_slot, best_length = slot, length
        return best_slot, best_length


@dataclass(frozen=True, slots=True)
class _Content:
    """What a free slot still holds."""

    tokens: list[int] = field(default_factory=list)
    used_at: int = 0

    @property
    def num_tokens(self) -> int:
        return len(self.tokens)


def _is_ready(sequence: Sequence) -> bool:
    return sequence.is_ready


def _slot_of(chunk: Chunk) -> int:
    assert chunk.sequence.slot is not None, "a chunk belongs to an admitted sequence"
    return chunk.sequence.slot
