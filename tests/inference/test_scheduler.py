"""Laws of the scheduler, driven with numbers alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.errors import QueueFullError, RequestTooLongError
from inference.scheduler import BLOCK_SIZE, Copy, Scheduler, Sequence
from inference.types import Priority


def sequence(
    name: str,
    prompt: list[int] | int = 4,
    *,
    new: int = 4,
    priority: Priority = Priority.INTERACTIVE,
    key: str = "",
) -> Sequence:
    tokens = list(prompt) if isinstance(prompt, list) else [hash((name, i)) for i in range(prompt)]
    return Sequence(
        request_id=name,
        tokens=tokens,
        num_prompt_tokens=len(tokens),
        max_new_tokens=new,
        priority=priority,
        fairness_key=key,
    )


class Memory:
    """What the slots would hold, token by token, if there were a model."""

    def __init__(self, num_slots: int) -> None:
        self.slots: list[list[int]] = [[] for _ in range(num_slots + 1)]

    def copy(self, copies: list[Copy]) -> None:
        for copy in copies:
            kept = self.slots[copy.target][copy.num_tokens :]
            source = self.slots[copy.source]
            assert len(source) >= copy.num_tokens, "copied more than the slot holds"
            self.slots[copy.target] = source[: copy.num_tokens] + kept

    def write(self, slot: int, start: int, tokens: list[int]) -> None:
        assert len(self.slots[slot]) >= start, "a hole in the slot"
        self.slots[slot][start:] = tokens


def drive(scheduler: Scheduler, memory: Memory) -> list[Sequence]:
    """One turn of the engine with a model that writes numbers. Returns those that decoded."""
    plan = scheduler.plan()
    memory.copy(plan.copies)
    for group in plan.prefill:
        slots = [chunk.sequence.slot for chunk in group]
        assert slots == list(range(slots[0], slots[0] + len(slots)))
        for chunk in group:
            assert chunk.start == chunk.sequence.num_computed_tokens < chunk.stop
            memory.write(
                chunk.sequence.slot, chunk.start, chunk.sequence.tokens[chunk.start : chunk.stop]
            )
            scheduler.prefilled(chunk)
            if chunk.sequence.is_prefilled:
                chunk.sequence.tokens.append(-1)
    decoding = scheduler.decoding
    for row in decoding:
        memory.write(row.slot, row.num_held_tokens, [row.tokens[-1]])
        row.tokens.append(-len(row.tokens))
    for row in scheduler.active:
        held = row.num_held_tokens
        assert memory.slots[row.slot][:held] == row.tokens[:held]
    return decoding


def test_it_refuses_what_does_not_fit_and_what_finds_no_place() -> None:
    scheduler = Scheduler(num_slots=1, max_len=32, max_queued=1, prefill_budget=8)
    with pytest.raises(RequestTooLongError):
        scheduler.add(sequence("long", 30, new=3))
    scheduler.add(sequence("first"))
    with pytest.raises(QueueFullError):
        scheduler.add(sequence("second"))


def test_decoding_goes_on_while_a_long_prompt_comes_in() -> None:
    scheduler = Scheduler(num_slots=2, max_len=200, max_queued=9, prefill_budget=8)
    memory = Memory(2)
    scheduler.add(sequence("short", 4, new=99))
    drive(scheduler, memory)
    scheduler.add(sequence("long", 80))
    for _ in range(9):
        assert [row.request_id for row in drive(scheduler, memory)] == ["short"]
    assert len(drive(scheduler, memory)) == 2


def test_a_follow_up_computes_only_what_is_new() -> None:
    scheduler = Scheduler(num_slots=2, max_len=400, max_queued=9, prefill_budget=400)
    memory = Memory(2)
    first = sequence("first", 3 * BLOCK_SIZE)
    scheduler.add(first)
    drive(scheduler, memory)
    memory.copy(scheduler.finish(first))
    follow_up = sequence("again", [*first.tokens[: 3 * BLOCK_SIZE], *range(10_000, 10_020)])
    scheduler.add(follow_up)
    drive(scheduler, memory)
    assert follow_up.num_cached_tokens == 3 * BLOCK_SIZE


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_comes_and_goes_every_slot_holds_its_sequence(data: st.DataObject) -> None:
    num_slots = data.draw(st.integers(1, 4))
    scheduler = Scheduler(num_slots=num_slots, max_len=160, max_queued=8, prefill_budget=24)
    memory = Memory(num_slots)
    shared = list(range(40))
    living: dict[str, Sequence] = {}
    ended = 0
    for number in range(data.draw(st.integers(1, 40))):
        action = data.draw(st.sampled_from(["add", "turn", "turn", "end"]))
        if action == "add" and len(scheduler.waiting) < 8:
            prompt = shared[: data.draw(st.integers(0, 40))] + [
                1000 * number + i for i in range(data.draw(st.integers(1, 60)))
            ]
            new = sequence(
                str(number),
                prompt,
                new=10,
                priority=data.draw(st.sampled_from(list(Priority))),
                key=data.draw(st.sampled_from("ab")),
            )
            scheduler.add(new)
            living[new.request_id] = new
        elif action == "end" and living:
            name = data.draw(st.sampled_from(sorted(living)))
            memory.copy(scheduler.finish(living.pop(name)))
            ended += 1
        else:
            for row in drive(scheduler, memory):
                if len(row.tokens) - row.num_prompt_tokens >= row.max_new_tokens:
                    memory.copy(scheduler.finish(living.pop(row.request_id)))
        assert len(scheduler.active) <= num_slots
        assert [row.slot for row in scheduler.active] == list(range(len(scheduler.active)))
        assert len(scheduler.active) + len(scheduler.waiting) == len(living)
    # No starvation: with nothing new, everybody comes to an end in bounded time.
    for _ in range(600):
        if scheduler.is_idle:
            break
        for row in drive(scheduler, memory):
            if len(row.tokens) - row.num_prompt_tokens >= row.max_new_tokens:
                memory.copy(scheduler.finish(living.pop(row.request_id)))
    assert scheduler.is_idle
    assert not living
