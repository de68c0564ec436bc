"""The real scheduler and worker around a model that is arithmetic: its next token depends on every
token that its slot holds, so a slot mixed up anywhere changes the text."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from unittest.mock import ANY

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.cache import FeatureCache
from inference.detokenize import Detokenizer, StopStrings
from inference.errors import EngineNotReadyError
from inference.preprocess import ImageInput, ModelInput
from inference.runner import choose_most_likely
from inference.sampling import Sampler
from inference.scheduler import Scheduler
from inference.scheduler import Sequence as Scheduled
from inference.streams import Stream
from inference.types import (
    Delta,
    Done,
    Failed,
    Priority,
    Queued,
    Request,
    SamplingParams,
    TerminalEvent,
)
from inference.worker import Job, Worker

VOCABULARY = 50
END = 0


def next_logits(held: Sequence[int]) -> torch.Tensor:
    """Logits after the tokens `held`, noise to the eye and always the same."""
    state = 7
    for token in held:
        state = (state * 1_103_515_245 + token + 12_345) % 2**31
    return _noise(state)


@lru_cache(maxsize=20_000)
def _noise(state: int) -> torch.Tensor:
    logits = torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(state))
    logits[END] -= 2  # seldom
    return logits


class ArithmeticRunner:
    """Keeps for each slot the tokens that a model would keep keys and values of."""

    device = torch.device("cpu")

    def __init__(self, num_slots: int) -> None:
        self.slots: list[list[int]] = [[] for _ in range(num_slots + 1)]
        self.tokens = [0] * (num_slots + 1)
        self.lengths = [0] * (num_slots + 1)
        self.before_prefill: Callable[[Any], None] = lambda chunks: None
        self.before_decode: Callable[[int], None] = lambda num_rows: None
        self.logits_of = next_logits

    def embed(self, token_ids: Sequence[int]) -> torch.Tensor:
        return torch.tensor(token_ids)[:, None]

    def rope_positions(
        self, token_ids: Sequence[int], is_image: Any, grids: Any
    ) -> tuple[torch.Tensor, int]:
        return torch.arange(len(token_ids)).expand(3, -1), 0

    def prefill(self, chunks: Any) -> torch.Tensor:
        self.before_prefill(chunks)
        rows = []
        for place, chunk in enumerate(chunks):
            slot = chunks[0].slot + place  # as the real one: a batch is a view of the slots
            held = self.slots[slot][: chunk.start] + chunk.embeddings[:, 0].tolist()
            self.slots[slot][: len(held)] = held
            rows.append(self.logits_of(held))
        return torch.stack(rows)

    def encode_images(self, pixels: Sequence[torch.Tensor], grids: Any) -> list[torch.Tensor]:
        return [torch.zeros(0, 1, dtype=torch.long) for _ in pixels]

    def set_decoding(self, slot: int, *, token: int, length: int, rope_delta: int) -> None:
        self.tokens[slot], self.lengths[slot] = token, length

    def decode(self, num_rows: int, longest: int) -> torch.Tensor:
        self.before_decode(num_rows)
        rows = []
        for slot in range(num_rows):
            held = [*self.slots[slot][: self.lengths[slot]], self.tokens[slot]]
            assert len(held) <= longest
            self.slots[slot][: len(held)] = held
            rows.append(self.logits_of(held))
        return torch.stack(rows)

    def decode_greedily(self, num_rows: int, longest: int, num_steps: int) -> torch.Tensor:
        chosen = []
        for step in range(num_steps):
            best = choose_most_likely(self.decode(num_rows, longest + step))
            self.advance(best[0].long())
            chosen.append(best)
        return torch.stack(chosen)

    def advance(self, tokens: torch.Tensor) -> None:
        for slot, token in enumerate(tokens.tolist()):
            self.tokens[slot] = token
            self.lengths[slot] += 1

    def move(self, source: int, target: int, num_tokens: int) -> None:
        self.slots[target][:num_tokens] = self.slots[source][:num_tokens]
        self.tokens[target] = self.tokens[source]
        self.lengths[target] = self.lengths[source]


class Letters:
    """A tokenizer with one letter for each token."""

    def decode(self, token_ids: list[int], *, skip_special_tokens: bool) -> str:
        return "".join(chr(ord("0") + token) for token in token_ids)


class Bench:
    """A worker that is driven turn by turn."""

    def __init__(
        self,
        *,
        num_slots: int = 4,
        budget: int = 24,
        max_queued: int = 50,
        refusals: Sequence[int] = (),
    ) -> None:
        self.runner = ArithmeticRunner(num_slots)
        self.scheduler = Scheduler(
            num_slots=num_slots, max_len=256, max_queued=max_queued, prefill_budget=budget
        )
        self.worker = Worker(
            runner=self.runner,  # type: ignore[arg-type]
            scheduler=self.scheduler,
            tokenizer=Letters(),
            end_tokens=frozenset({END}),
            refusal_tokens=frozenset(refusals),
            features=FeatureCache(0),
            batch_patches=100,
        )
        self.streams: dict[str, Stream] = {}
        self.requests: dict[str, tuple[list[int], int]] = {}

    def submit(
        self,
        name: str,
        prompt: list[int],
        *,
        new: int = 8,
        priority: Priority = Priority.INTERACTIVE,
        key: str = "",
        deadline_at: float = float("inf"),
        sampling: SamplingParams | None = None,
        images: list[ImageInput] | None = None,
    ) -> Stream:
        stream = self.streams[name] = Stream(name)
        self.requests[name] = (prompt, new)
        request = Request(request_id=name, problem="", max_new_tokens=new)
        self.worker.submit(
            Job(
                request=request,
                model_input=ModelInput(token_ids=prompt, images=images or [], cache_keys=prompt),
                stream=stream,
                sequence=Scheduled(
                    request_id=name,
                    tokens=list(prompt),
                    num_prompt_tokens=len(prompt),
                    max_new_tokens=new,
                    priority=priority,
                    fairness_key=key,
                    deadline_at=deadline_at,
                ),
                sampler=None if sampling is None else Sampler(sampling),
                detokenizer=Detokenizer(Letters()),
                stop=StopStrings(()),
                submitted_at=time.monotonic(),
            )
        )
        return stream

    def finish(self) -> None:
        """Turn until nothing is left to do."""
        for _ in range(5000):
            if self.scheduler.is_idle and not self.worker.stats().queue_depth:
                return
            self.worker.turn()
        raise AssertionError("somebody starves")

    def expected(self, name: str) -> str:
        prompt, new = self.requests[name]
        held, text = list(prompt), ""
        for _ in range(new):
            token = int(next_logits(held).argmax())
            if token == END:
                break
            held.append(token)
            text += chr(ord("0") + token)
        return text


def read(stream: Stream) -> tuple[str, TerminalEvent]:
    """The text and the one terminal event, which is the last."""
    events = []
    while (event := stream.get(timeout_s=0)) is not None:
        events.append(event)
    assert [isinstance(event, Done | Failed) for event in events].count(True) == 1
    end = events[-1]
    assert isinstance(end, Done | Failed)
    return "".join(event.text for event in events if isinstance(event, Delta)), end


def prompt_of(seed: int, length: int) -> list[int]:
    generator = torch.Generator().manual_seed(seed)
    tokens: list[int] = torch.randint(1, VOCABULARY, (length,), generator=generator).tolist()
    return tokens


SHARED = prompt_of(99, 64)


def test_a_request_that_ends_with_its_first_token_does_not_disturb_the_next_group() -> None:
    """A regression: the slot of one that ended at once was taken by a sequence whose prompt had yet
    to run in the same turn; it ran into the old slot, and the text went astray many tokens later.
    """
    bench = Bench(num_slots=4, budget=20)
    bench.submit("first", prompt_of(1, 4), new=60)
    bench.submit("talker", prompt_of(2, 4), new=60)
    bench.worker.turn()
    bench.submit("ends at once", prompt_of(3, 30), new=1)
    bench.worker.turn()
    bench.worker.abort(
        bench.streams["first"]
    )  # so that a prompt on its way stands before a decoding row
    for name, seed in (("newcomer", 5), ("newcomer too", 6)):
        bench.submit(name, prompt_of(seed, 4), new=20)
    bench.finish()
    for name in ("ends at once", "talker", "newcomer", "newcomer too"):
        assert read(bench.streams[name])[0] == bench.expected(name)


@pytest.mark.parametrize("sampling", [None, SamplingParams(temperature=0.7, seed=3)])
def test_every_token_is_told_with_its_probability(sampling: SamplingParams | None) -> None:
    bench = Bench()
    prompt = prompt_of(5, 12)
    stream = bench.submit("one", prompt, new=9, sampling=sampling)
    bench.finish()
    deltas = [event for event in stream if isinstance(event, Delta)]
    told = [token for delta in deltas for token in delta.tokens]
    text = "".join(delta.text for delta in deltas)
    assert [length for length, _ in told] == [1] * len(text)
    held = list(prompt)
    for character, (_, probability) in zip(text, told, strict=True):
        token = ord(character) - ord("0")
        expected = torch.softmax(next_logits(held), -1)[token]
        assert probability == pytest.approx(float(expected), rel=1e-4)
        held.append(token)


def test_a_refusal_fails_its_request_alone_and_cannot_be_retried() -> None:
    prompt = prompt_of(1, 4)
    first = int(next_logits(prompt).argmax())
    others = [
        seed
        for seed in range(2, 30)
        if chr(ord("0") + first) not in _alone(prompt_of(seed, 5), new=9)
    ]
    bench = Bench(refusals=[first])
    bench.submit("refused", prompt)
    bench.submit("other", prompt_of(others[0], 5), new=9)
    bench.finish()
    text, end = read(bench.streams["refused"])
    assert text == ""
    assert isinstance(end, Failed) and end.code == "out_of_range" and not end.retryable
    assert read(bench.streams["other"])[0] == bench.expected("other")
    assert bench.worker.stats().failed == 1


def _alone(prompt: list[int], *, new: int) -> str:
    bench = Bench()
    bench.requests["alone"] = (prompt, new)
    return bench.expected("alone")


@settings(max_examples=60)
@given(data=st.data())
def test_every_text_is_that_of_its_request_alone_whatever_comes_and_goes(
    data: st.DataObject,
) -> None:
    """Arrivals, aborts, expiry, failures in either pass, shared prefixes, tiny budgets: whoever
    ends well has its own text, whoever ends early has the beginning of it, and each ends once."""
    bench = Bench(num_slots=data.draw(st.integers(1, 5)), budget=data.draw(st.integers(1, 60)))
    has_fault: set[str] = set()
    for number in range(data.draw(st.integers(1, 24))):
        action = data.draw(st.sampled_from(["submit", "submit", "turn", "turn", "abort", "fault"]))
        if action == "submit":
            shared = SHARED[: data.draw(st.integers(0, 64))]
            bench.submit(
                str(number),
                shared + prompt_of(number, data.draw(st.integers(1, 40))),
                new=data.draw(st.sampled_from([1, 1, 2, 9, 30])),
                key=data.draw(st.sampled_from("abc")),
                priority=data.draw(st.sampled_from(list(Priority))),
                deadline_at=data.draw(st.sampled_from([float("inf")] * 9 + [0.0])),
            )
        elif action == "abort" and bench.streams:
            bench.worker.abort(bench.streams[data.draw(st.sampled_from(sorted(bench.streams)))])
            if not bench.scheduler.is_idle:
                bench.worker.turn()
        elif action == "fault" and not bench.scheduler.is_idle:
            fails = data.draw(st.sampled_from(["prefill", "decode"]))

            def raise_once(_: Any, fails: str = fails) -> None:
                setattr(bench.runner, f"before_{fails}", lambda _: None)
                raise torch.OutOfMemoryError("none left")

            setattr(bench.runner, f"before_{fails}", raise_once)
            bench.worker.turn()
        elif not bench.scheduler.is_idle or bench.worker.stats().queue_depth:
            bench.worker.turn()
        assert bench.scheduler.num_rows <= bench.scheduler.num_slots
    bench.finish()
    for name, stream in bench.streams.items():
        text, end = read(stream)
        expected = bench.expected(name)
        if isinstance(end, Done) and end.finish_reason in ("stop", "length"):
            assert text == expected
        else:
            assert expected.startswith(text)
            if isinstance(end, Failed):
                has_fault.add(name)
                assert (end.code, end.retryable) == ("out_of_memory", True)
    stats = bench.worker.stats()
    assert stats.active == stats.queue_depth == 0
    assert stats.failed == len(has_fault)


def test_batch_work_starts_only_when_no_interactive_question_waits() -> None:
    bench = Bench(num_slots=1)
    bench.submit("running", prompt_of(0, 4), new=30)
    bench.worker.turn()
    bench.submit("batch", prompt_of(1, 4), priority=Priority.BATCH)
    bench.submit("question", prompt_of(2, 4))
    ended: list[str] = []
    while not bench.scheduler.is_idle:
        bench.worker.turn()
        ended += [
            name
            for name, stream in bench.streams.items()
            if stream.terminal is not None and name not in ended
        ]
    assert ended == ["running", "question", "batch"]


def test_a_student_with_many_questions_does_not_keep_another_waiting() -> None:
    bench = Bench(num_slots=1)
    for number in range(10):
        bench.submit(f"alice {number}", prompt_of(number, 4), new=2, key="alice")
    bench.submit("bob", prompt_of(50, 4), new=2, key="bob")
    bench.worker.turn()
    served = [name for name in bench.streams if bench.streams[name].terminal is None]
    while bench.streams["bob"].terminal is None:
        bench.worker.turn()
    ended = [name for name, stream in bench.streams.items() if stream.terminal is not None]
    assert len(served) >= 10
    assert len(ended) <= 3


def test_a_deadline_ends_a_request_that_still_waits() -> None:
    bench = Bench(num_slots=1)
    bench.submit("running", prompt_of(0, 4), new=100)
    bench.submit("late", prompt_of(1, 4), deadline_at=0.0)
    bench.worker.turn()
    text, end = read(bench.streams["late"])
    assert (text, end) == ("", Done("timeout"))
    assert bench.streams["running"].terminal is None


def test_those_who_wait_are_told_their_place() -> None:
    bench = Bench(num_slots=1)
    bench.submit("running", prompt_of(0, 4), new=100)
    bench.worker.turn()
    for name in ("next", "after"):
        bench.submit(name, prompt_of(1, 4))
    bench.worker.turn()
    assert [bench.streams[name].get(timeout_s=0).position for name in ("next", "after")] == [0, 1]  # type: ignore[union-attr]
    bench.worker.abort(bench.streams["next"])
    bench.worker.turn()
    event = bench.streams["after"].get(timeout_s=0)
    assert isinstance(event, Queued)
    assert event.position == 0


def test_a_long_prompt_is_computed_in_pieces_between_the_steps_of_the_others() -> None:
    bench = Bench(num_slots=2, budget=10)
    order: list[int | str] = []
    bench.runner.before_prefill = lambda chunks: order.append(
        sum(chunk.num_tokens for chunk in chunks)
    )
    bench.runner.before_decode = lambda num_rows: order.append("step")
    bench.submit("talker", prompt_of(0, 4), new=100)
    bench.worker.turn()
    order.clear()
    bench.submit("long", prompt_of(1, 95), new=40)
    while not bench.scheduler.active[-1].is_prefilled or bench.scheduler.num_rows < 2:
        bench.worker.turn()
    assert order[:20] == [*[10, "step"] * 9, 5, "step"]


def test_steps_are_made_together_only_while_nobody_waits() -> None:
    bench = Bench(num_slots=1)
    first = bench.submit("first", prompt_of(0, 4), new=30)
    bench.worker.turn()
    assert bench.worker.stats().decode_steps == 4
    bench.submit("second", prompt_of(1, 4))
    bench.worker.turn()
    assert bench.worker.stats().decode_steps == 5
    bench.finish()
    assert read(first) == (bench.expected("first"), ANY)


def test_steps_are_not_made_together_beyond_the_end_of_a_slot() -> None:
    bench = Bench(num_slots=1)
    stream = bench.submit("full", prompt_of(0, 156), new=100)
    bench.finish()
    assert read(stream)[0] == bench.expected("full")
    assert len(bench.runner.slots[0]) <= bench.scheduler.max_len


def test_what_is_computed_beyond_the_end_of_an_answer_is_not_told() -> None:
    for new in (2, 3, 4, 5, 6):
        bench = Bench(num_slots=2)
        streams = [bench.submit(str(n), prompt_of(n, 4), new=new + n) for n in range(2)]
        bench.finish()
        for number, stream in enumerate(streams):
            text, end = read(stream)
            assert text == bench.expected(str(number))
            assert isinstance(end, Done) and end.usage.tokens == len(text)


def test_prompts_that_wait_together_run_as_one_batch() -> None:
    bench = Bench(num_slots=4, budget=100)
    sizes: list[int] = []
    bench.runner.before_prefill = lambda chunks: sizes.append(len(chunks))
    for number in range(4):
        bench.submit(str(number), prompt_of(number, 20))
    bench.worker.turn()
    assert sizes == [4]


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("none"), MemoryError(), ValueError()])
def test_a_prompt_that_fails_takes_nobody_along(error: Exception) -> None:
    bench = Bench(num_slots=4, budget=100)

    def fail(chunks: Any) -> None:
        if any(chunk.num_tokens == 21 for chunk in chunks):
            raise error

    bench.runner.before_prefill = fail
    for number, length in enumerate([20, 21, 22]):
        bench.submit(str(number), prompt_of(number, length))
    bench.finish()
    end = read(bench.streams["1"])[1]
    assert isinstance(end, Failed)
    assert end.retryable
    assert end.code == ("engine_error" if isinstance(error, ValueError) else "out_of_memory")
    for name in ("0", "2"):
        assert read(bench.streams[name])[0] == bench.expected(name)


def test_logits_that_are_not_numbers_end_only_their_own_request() -> None:
    bench = Bench(num_slots=3)
    poisoned = prompt_of(1, 7)

    def logits_of(held: Sequence[int]) -> torch.Tensor:
        is_poisoned = list(held[:7]) == poisoned and len(held) > 9
        return next_logits(held) * (float("nan") if is_poisoned else 1)

    bench.runner.logits_of = logits_of
    for number in range(3):
        bench.submit(str(number), prompt_of(number, 7), new=12)
    bench.finish()
    text, end = read(bench.streams["1"])
    assert isinstance(end, Failed)
    assert bench.expected("1").startswith(text)
    for name in ("0", "2"):
        assert read(bench.streams[name])[0] == bench.expected(name)


def test_a_seed_gives_the_same_text_in_any_company() -> None:
    sampling = SamplingParams(temperature=1.2, top_k=20, top_p=0.9, seed=3)

    def write(company: int) -> str:
        bench = Bench(num_slots=4)
        for number in range(company):
            bench.submit(
                str(number),
                prompt_of(number, 5 + number),
                sampling=SamplingParams(temperature=2.0, seed=number) if number % 2 else None,
            )
            bench.worker.turn()
        bench.submit("seeded", prompt_of(7, 9), new=20, sampling=sampling)
        bench.finish()
        return read(bench.streams["seeded"])[0]

    texts = {write(company) for company in range(4)}
    assert len(texts) == 1
    assert texts != {""}


def test_a_loop_that_dies_ends_every_stream_once_and_takes_no_more() -> None:
    bench = Bench(num_slots=1)

    class Killed(BaseException):
        pass

    def die(num_rows: int) -> None:
        bench.submit("late", prompt_of(3, 4))
        raise Killed

    bench.runner.before_decode = die
    for name in ("running", "waiting"):
        bench.submit(name, prompt_of(1, 4))
    with pytest.raises(Killed):
        bench.worker.run()
    for name in ("running", "waiting", "late"):
        end = read(bench.streams[name])[1]
        assert isinstance(end, Failed)
        assert (end.code, end.retryable) == ("engine_not_ready", True)
    with pytest.raises(EngineNotReadyError):
        bench.submit("too late", prompt_of(4, 4))


def photo(key: str) -> ImageInput:
    return ImageInput(
        key=key, pixel_values=torch.zeros(4, 2), grid=torch.tensor([1, 2, 2]), num_tokens=0
    )


def test_nobody_halts_while_a_photo_is_looked_at() -> None:
    bench = Bench(num_slots=3)
    bench.submit("talker", prompt_of(0, 4), new=100)
    bench.worker.turn()
    before = bench.worker.stats().decode_steps
    bench.submit("with photo", prompt_of(1, 4), images=[photo("a")])
    bench.submit("without", prompt_of(2, 4), new=100)
    for _ in range(5):
        bench.worker.turn()  # the encoder's thread, which is not running here, is still at it
    assert bench.worker.stats().decode_steps == before + 5
    assert [row.request_id for row in bench.scheduler.active] == ["talker", "without"]
    assert bench.worker.encoder.help()
    bench.worker.turn()
    assert [row.request_id for row in bench.scheduler.active] == [
        "talker",
        "without",
        "with photo",
    ]


def test_features_that_come_too_late_are_nobodys() -> None:
    """The request is gone, and another one has its id."""
    bench = Bench(num_slots=2)
    bench.submit("talker", prompt_of(0, 4), new=100)
    bench.worker.turn()
    bench.submit("a", prompt_of(1, 4), images=[photo("old")])
    bench.worker.turn()
    bench.worker.abort(bench.streams["a"])
    bench.worker.turn()
    assert read(bench.streams["a"])[1] == Done("aborted")
    again = bench.submit("a", prompt_of(2, 4), images=[photo("new")])
    bench.worker.turn()
    while bench.worker.encoder.help():
        bench.worker.turn()
    bench.finish()
    assert read(again)[0] == bench.expected("a")


def test_a_deadline_holds_while_the_photo_is_looked_at() -> None:
    bench = Bench(num_slots=1)
    stream = bench.submit("a", prompt_of(0, 4), images=[photo("a")], deadline_at=0.0)
    bench.worker.turn()
    assert read(stream)[1] == Done("timeout")


def test_who_waits_behind_one_that_expires_is_looked_at_next() -> None:
    bench = Bench(num_slots=1)
    bench.submit("expires", prompt_of(0, 4), images=[photo("a")], deadline_at=0.0)
    next_one = bench.submit("next", prompt_of(1, 4), images=[photo("b")])
    bench.worker.turn()
    while bench.worker.encoder.help():
        pass
    bench.worker.turn()
    bench.finish()
    assert read(next_one)[0] == bench.expected("next")
