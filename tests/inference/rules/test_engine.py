"""The rule engine as its consumers see it: order, fairness, stopping, limits, one ending."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from inference.config import EngineConfig
from inference.errors import (
    EngineNotReadyError,
    MathSyntaxError,
    QueueFullError,
    SandboxTimeoutError,
    UnsupportedProblemError,
)
from inference.rules import RulesEngine
from inference.rules.engine import SOLVE_TASK, split_pieces
from inference.rules.tasks import solve
from inference.streams import Stream
from inference.types import (
    Delta,
    Done,
    Event,
    Failed,
    Priority,
    Queued,
    Request,
    StepRule,
    Turn,
)
from inference.verify.sandbox import SandboxPool

PATIENCE_S = 30.0


class DirectRunner:
    """Runs the real task in the calling thread; a test may hold it at a gate."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.entered: list[str] = []
        self.has_entered = threading.Semaphore(0)

    def run(self, task: str, *args: Any, timeout_s: float, wait_s: float = 30.0) -> Any:
        assert task == SOLVE_TASK
        self.entered.append(args[0])
        self.has_entered.release()
        assert self.gate.wait(PATIENCE_S)
        return solve(*args)


class FailingRunner:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def run(self, task: str, *args: Any, timeout_s: float, wait_s: float = 30.0) -> Any:
        raise self._error


@pytest.fixture
def runner() -> DirectRunner:
    return DirectRunner()


@pytest.fixture
def make_engine() -> Iterator[Callable[..., RulesEngine]]:
    engines: list[RulesEngine] = []

    def make(pool: Any, **config: Any) -> RulesEngine:
        engine = RulesEngine(EngineConfig(**config), pool)
        engine.start()
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.stop()


def read_all(stream: Stream) -> list[Event]:
    events: list[Event] = []
    while (event := stream.get(PATIENCE_S)) is not None:
        events.append(event)
    assert stream.terminal is not None
    assert [event for event in events if isinstance(event, Done | Failed)] == [events[-1]]
    return events


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


def request(request_id: str = "r", problem: str = "3x + 5 = 20", **fields: Any) -> Request:
    return Request(request_id=request_id, problem=problem, **fields)


LINEAR = """\
**Problem.** $3x + 5 = 20$

**Step 1.** Subtract 5 from both sides.
$3x = 15$

**Step 2.** Divide both sides by 3.
$x = 5$

**Answer.** $x = 5$
"""


def test_it_streams_the_solution_and_names_each_rule_before_its_step(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    events = read_all(make_engine(runner).submit(request()))
    assert text_of(events) == LINEAR
    rules = [event for event in events if isinstance(event, StepRule)]
    assert [(r.index, r.rule, r.inputs) for r in rules] == [
        (1, "subtract_from_both_sides", ("5",)),
        (2, "divide_both_sides", ("3",)),
    ]
    at = events.index(rules[1])
    assert text_of(events[:at]).endswith("$3x = 15$\n\n")
    ending = events[-1]
    assert isinstance(ending, Done)
    assert ending.finish_reason == "stop"
    assert ending.usage.tokens == sum(isinstance(event, Delta) for event in events)
    assert ending.usage.ttft_ms > 0
    assert ending.usage.tokens_per_s > 0


def test_it_solves_in_the_real_sandbox(make_engine: Callable[..., RulesEngine]) -> None:
    pool = SandboxPool(workers=1, memory_bytes=1 << 30, max_tasks_per_worker=100)
    pool.start()
    try:
        engine = make_engine(pool)
        events = read_all(engine.submit(request("a", "解方程：x^2-5x+6=0", language="zh")))
        assert "**答案。** $x = 2 \\;\\text{或}\\; x = 3$" in text_of(events)
        refused = read_all(engine.submit(request("b", "2^x = 5x")))
        assert isinstance(refused[-1], Failed)
        assert refused[-1].code == "unsupported_problem"
        unread = read_all(engine.submit(request("c", "Tom has 3 apples")))
        assert isinstance(unread[-1], Failed)
        assert unread[-1].code == "math_syntax"
    finally:
        pool.stop()


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (UnsupportedProblemError("not covered"), "unsupported_problem", False),
        (MathSyntaxError("what?", position=0, reason="unexpected"), "math_syntax", False),
        (SandboxTimeoutError("too long"), "timeout", False),
        (RuntimeError("bug"), "engine_error", True),
    ],
)
def test_errors_end_the_stream_with_their_code(
    make_engine: Callable[..., RulesEngine], error: Exception, code: str, retryable: bool
) -> None:
    events = read_all(make_engine(FailingRunner(error)).submit(request()))
    ending = events[-1]
    assert isinstance(ending, Failed)
    assert (ending.code, ending.retryable) == (code, retryable)
    assert "bug" not in ending.message


def test_a_waiting_request_is_told_its_position(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    runner.gate.clear()
    engine = make_engine(runner, max_active=1)
    first = engine.submit(request("1"))
    assert runner.has_entered.acquire(timeout=PATIENCE_S)
    second, third = engine.submit(request("2")), engine.submit(request("3"))
    runner.gate.set()
    read_all(first)
    positions = [e.position for e in read_all(second) if isinstance(e, Queued)]
    assert positions == [0]
    waited = [e for e in read_all(third) if isinstance(e, Queued)]
    assert [e.position for e in waited] == [1, 0]
    assert all(e.eta_s > 0 for e in waited)


def test_students_take_turns_and_interactive_goes_before_batch(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    runner.gate.clear()
    engine = make_engine(runner, max_active=1)
    streams = [engine.submit(request("0", "1+0"))]
    assert runner.has_entered.acquire(timeout=PATIENCE_S)
    for i, (problem, key, priority) in enumerate(
        [
            ("1+1", "bulk", Priority.BATCH),
            ("2+1", "alice", Priority.INTERACTIVE),
            ("2+2", "alice", Priority.INTERACTIVE),
            ("2+3", "alice", Priority.INTERACTIVE),
            ("3+1", "bob", Priority.INTERACTIVE),
        ]
    ):
        streams.append(
            engine.submit(request(f"s{i}", problem, fairness_key=key, priority=priority))
        )
    runner.gate.set()
    for stream in streams:
        read_all(stream)
    assert runner.entered == ["1+0", "2+1", "3+1", "2+2", "2+3", "1+1"]


def test_it_refuses_when_the_queue_is_full(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    runner.gate.clear()
    engine = make_engine(runner, max_active=1, max_queued=1)
    engine.submit(request("1"))
    assert runner.has_entered.acquire(timeout=PATIENCE_S)
    engine.submit(request("2"))
    with pytest.raises(QueueFullError):
        engine.submit(request("3"))
    assert engine.stats().queue_depth == 1
    runner.gate.set()


def test_an_id_in_flight_is_refused(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    runner.gate.clear()
    engine = make_engine(runner)
    stream = engine.submit(request("1"))
    with pytest.raises(ValueError, match="in flight"):
        engine.submit(request("1"))
    runner.gate.set()
    read_all(stream)
    read_all(engine.submit(request("1")))


def test_abort_ends_a_paced_stream_at_the_next_piece(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    engine = make_engine(runner, tokens_per_s=0.01)
    stream = engine.submit(request())
    events: list[Event] = []
    while text_of(events) == "":
        event = stream.get(PATIENCE_S)
        assert event is not None
        events.append(event)
    assert engine.abort("r")
    rest = read_all(stream)
    assert rest == [stream.terminal]
    assert isinstance(stream.terminal, Done)
    assert stream.terminal.finish_reason == "aborted"
    assert stream.terminal.usage.tokens == 1
    assert not engine.abort("r")
    assert engine.stats().aborted == 1


def test_abort_takes_a_request_out_of_the_queue(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    runner.gate.clear()
    engine = make_engine(runner, max_active=1)
    first = engine.submit(request("1"))
    assert runner.has_entered.acquire(timeout=PATIENCE_S)
    second = engine.submit(request("2"))
    assert engine.abort("2")
    assert isinstance(read_all(second)[-1], Done)
    runner.gate.set()
    read_all(first)
    assert len(runner.entered) == 1


def test_an_aborted_slot_serves_the_next_request(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    engine = make_engine(runner, max_active=1, tokens_per_s=0.01)
    first = engine.submit(request("1"))
    while not isinstance(first.get(PATIENCE_S), Delta):
        pass
    second = engine.submit(request("2"))
    engine.abort("1")
    while not isinstance(event := second.get(PATIENCE_S), Delta):
        assert event is not None


def test_a_deadline_ends_a_request_wherever_it_is(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    runner.gate.clear()
    engine = make_engine(runner, max_active=1)
    active = engine.submit(request("1", deadline_s=0.05))
    waiting = engine.submit(request("2", deadline_s=0.05))
    for stream in (active, waiting):
        ending = read_all(stream)[-1]
        assert isinstance(ending, Done)
        assert ending.finish_reason == "timeout"
    runner.gate.set()


def test_a_deadline_ends_a_paced_stream(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    engine = make_engine(runner, tokens_per_s=0.01)
    ending = read_all(engine.submit(request(deadline_s=0.5)))[-1]
    assert isinstance(ending, Done)
    assert ending.finish_reason == "timeout"


def test_a_token_limit_ends_with_length(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    events = read_all(make_engine(runner).submit(request(max_new_tokens=7)))
    ending = events[-1]
    assert isinstance(ending, Done)
    assert ending.finish_reason == "length"
    assert sum(isinstance(event, Delta) for event in events) == 7
    assert LINEAR.startswith(text_of(events))


def test_stop_aborts_everything_and_start_serves_again(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    engine = make_engine(runner, max_active=1, tokens_per_s=0.01)
    streams = [engine.submit(request("1")), engine.submit(request("2"))]
    engine.stop()
    engine.stop()
    for stream in streams:
        ending = read_all(stream)[-1]
        assert isinstance(ending, Done)
        assert ending.finish_reason == "aborted"
    assert not engine.is_ready
    with pytest.raises(EngineNotReadyError):
        engine.submit(request("3"))
    engine.start()
    assert engine.is_ready
    assert isinstance(engine.submit(request("4")).get(PATIENCE_S), Delta | Queued)


def test_stats_count_what_happened(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    engine = make_engine(runner)
    read_all(engine.submit(request("1")))
    read_all(engine.submit(request("2", "2^x = 5x")))
    stats = engine.stats()
    assert (stats.finished, stats.failed, stats.aborted) == (1, 1, 0)
    assert stats.tokens > 0


@pytest.mark.parametrize(
    "text", [LINEAR, "**第1步。** 两边同时减去 5。\n$x = 5$\n\n", "  a  ", "\n\n"]
)
def test_pieces_join_to_the_text(text: str) -> None:
    pieces = list(split_pieces(text))
    assert "".join(pieces) == text
    assert all(pieces)


def test_it_explains_the_steps_of_a_model_that_it_would_have_made_itself(
    make_engine: Callable[..., RulesEngine], runner: DirectRunner
) -> None:
    odd = LINEAR.replace("$x = 5$\n\n**Answer", "$x = 10 - 5$\n\n**Answer")
    asked = {"prompt": "follow_up", "problem": "3x + 5 = 20"}

    def answer(text: str, question: str) -> list[Event]:
        history = (Turn("assistant", text), Turn("user", question))
        return read_all(make_engine(runner).submit(request(history=history, **asked)))

    explained = text_of(answer(LINEAR, "Explain step 2"))
    assert explained.startswith("Step 2: Divide both sides by 3.")
    assert text_of(answer(odd, "Explain step 1")).startswith("Step 1: Subtract 5")
    refused = answer(odd, "Explain step 2")[-1]
    assert isinstance(refused, Failed)
    assert refused.code == "cannot_converse"


def test_a_question_about_what_no_rule_solves_is_refused_plainly(
    make_engine: Callable[..., RulesEngine],
) -> None:
    engine = make_engine(FailingRunner(UnsupportedProblemError("no rule")))
    history = (Turn("assistant", LINEAR), Turn("user", "Explain step 1"))
    refused = read_all(engine.submit(request(prompt="follow_up", history=history)))[-1]
    assert isinstance(refused, Failed)
    assert refused.code == "cannot_converse"
