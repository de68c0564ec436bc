"""Falling over from engine to engine, and coming back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from inference.chain import ChainEngine
from inference.engine import Engine
from inference.errors import EngineNotReadyError, QueueFullError
from inference.streams import Stream
from inference.types import (
    Delta,
    Done,
    EngineChanged,
    EngineName,
    EngineStats,
    Event,
    Failed,
    Queued,
    Request,
)


class ScriptedEngine(Engine):
    """Answers with the events it is given; the test holds its stream."""

    def __init__(self, name: EngineName, *events: Event, starts: Callable[[], None] | None = None):
        self.name = name
        self._events = events
        self._starts = starts
        self.ready = False
        self.full = False
        self.started = threading.Event()
        self.aborted: list[str] = []
        self.streams: dict[str, Stream] = {}

    def start(self) -> None:
        if self._starts is not None:
            self._starts()
        self.ready = True
        self.started.set()

    @property
    def is_ready(self) -> bool:
        return self.ready

    def submit(self, request: Request) -> Stream:
        if not self.ready:
            raise EngineNotReadyError("not running")
        if self.full:
            raise QueueFullError("full")
        stream = self.streams[request.request_id] = Stream(request.request_id)
        for event in self._events:
            stream.put(event)
        return stream

    def abort(self, request_id: str) -> bool:
        self.aborted.append(request_id)
        return self.streams[request_id].put(Done("aborted"))

    def stats(self) -> EngineStats:
        return EngineStats()

    def stop(self) -> None:
        self.ready = False


RULES_EVENTS = (Delta("from the rules"), Done("stop"))


def run(*engines: ScriptedEngine, **options: float) -> list[Event]:
    chain = ChainEngine(engines, **options)
    for engine in engines:
        engine.ready = True
    return list(chain.submit(Request(request_id="a", problem="1+1")))


def test_the_preferred_engine_answers_when_it_can() -> None:
    local = ScriptedEngine("local", Delta("from the model"), Done("stop"))
    assert run(local, ScriptedEngine("rules", *RULES_EVENTS)) == [
        Delta("from the model"),
        Done("stop"),
    ]


def test_a_failure_in_the_middle_hands_over_and_says_why() -> None:
    local = ScriptedEngine("local", Delta("from the"), Failed("out_of_memory", "no", True))
    assert run(local, ScriptedEngine("rules", *RULES_EVENTS)) == [
        Delta("from the"),
        EngineChanged("local", "rules", "out_of_memory"),
        Delta("from the rules"),
        Done("fallback"),
    ]


def test_a_silent_engine_is_left() -> None:
    local = ScriptedEngine("local", Delta("from the"))
    events = run(local, ScriptedEngine("rules", *RULES_EVENTS), stall_s=0.05)
    assert events[1] == EngineChanged("local", "rules", "stalled")
    assert events[-1] == Done("fallback")
    assert local.aborted == ["a"]


def test_silence_is_noticed_by_a_reader_who_looks_in_often() -> None:
    local = ScriptedEngine("local")
    local.ready = True
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    rules.ready = True
    stream = ChainEngine([local, rules], stall_s=0.05).submit(Request(request_id="a", problem=""))
    events: list[Event] = []
    while stream.terminal is None:
        if (event := stream.get(timeout_s=0.01)) is not None:
            events.append(event)
    assert events[0] == EngineChanged("local", "rules", "stalled")


def test_waiting_in_a_queue_is_not_silence() -> None:
    local = ScriptedEngine("local", Queued(3, 1.0))
    local.ready = True
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    rules.ready = True
    stream = ChainEngine([local, rules], stall_s=0.01).submit(Request(request_id="a", problem=""))
    assert stream.get(timeout_s=1) == Queued(3, 1.0)
    assert stream.get(timeout_s=0.1) is None
    local.streams["a"].put(Done("stop"))
    assert stream.get(timeout_s=1) == Done("stop")


@pytest.mark.parametrize("fault", ["full", "not ready"])
def test_an_engine_that_does_not_take_it_is_passed_over(fault: str) -> None:
    local = ScriptedEngine("local")
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    rules.ready = True
    local.ready = local.full = fault == "full"
    code = "queue_full" if fault == "full" else "engine_not_ready"
    events = list(ChainEngine([local, rules]).submit(Request(request_id="a", problem="")))
    assert events[0] == EngineChanged("local", "rules", code)
    assert events[-1] == Done("fallback")


def test_the_last_engines_failure_is_the_requests() -> None:
    failure = Failed("unsupported_problem", "no", False)
    local = ScriptedEngine("local", Failed("engine_error", "no", True))
    assert run(local, ScriptedEngine("rules", failure))[-1] == failure


def test_a_stop_reaches_the_engine_that_writes_and_hands_nothing_over() -> None:
    local = ScriptedEngine("local", Delta("from"))
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    local.ready = rules.ready = True
    chain = ChainEngine([local, rules])
    stream = chain.submit(Request(request_id="a", problem=""))
    assert stream.get() == Delta("from")
    assert chain.abort("a")
    assert list(stream) == [Done("aborted")]
    assert not rules.streams
    assert not chain.abort("a")


def test_an_engine_that_could_not_load_is_tried_again_and_then_preferred() -> None:
    attempts: list[int] = []

    def fail_once() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise MemoryError

    local = ScriptedEngine("local", *RULES_EVENTS, starts=fail_once)
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    chain = ChainEngine([local, rules], restart_s=0.01)
    chain.start()
    try:
        assert local.started.wait(timeout=10)
        assert chain.name == "local"
        local.ready = False
        assert chain.name == "rules"
        assert chain.is_ready
    finally:
        chain.stop()
    assert len(attempts) >= 2


def test_an_engine_that_ends_what_nobody_stopped_has_died() -> None:
    local = ScriptedEngine("local", Delta("from"), Done("aborted"))
    events = run(local, ScriptedEngine("rules", *RULES_EVENTS))
    assert events[1] == EngineChanged("local", "rules", "engine_died")
    assert events[-1] == Done("fallback")


def test_the_rules_answer_when_the_model_takes_too_long() -> None:
    local = ScriptedEngine("local", Delta("from"), Done("timeout"))
    events = run(local, ScriptedEngine("rules", *RULES_EVENTS))
    assert events[1:] == [
        EngineChanged("local", "rules", "timeout"),
        Delta("from the rules"),
        Done("fallback"),
    ]


def test_who_waits_too_long_for_a_slot_is_answered_by_the_next_engine() -> None:
    local = ScriptedEngine("local", Queued(9, 60.0))
    events = run(local, ScriptedEngine("rules", *RULES_EVENTS), wait_s=0.05)
    assert events[1] == EngineChanged("local", "rules", "overloaded")
    assert local.aborted == ["a"]


def test_an_engine_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    local = ScriptedEngine("local", Failed("engine_error", "no", True))
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    local.ready = rules.ready = True
    chain = ChainEngine([local, rules], restart_s=3600.0)
    for number in range(3):
        assert chain.states()["local"] == "ready"
        list(chain.submit(Request(request_id=str(number), problem="1+1")))
    assert chain.states() == {"local": "failed", "rules": "ready"}
    assert chain.name == "rules"
    events = list(chain.submit(Request(request_id="b", problem="1+1")))
    assert events[0] == EngineChanged("local", "rules", "engine_failing")
    assert "b" not in local.streams


def test_a_probe_that_somebody_stops_does_not_keep_the_engine_out() -> None:
    local = ScriptedEngine("local", Failed("engine_error", "no", True))
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    local.ready = rules.ready = True
    chain = ChainEngine([local, rules], restart_s=0.001)
    for number in range(3):
        list(chain.submit(Request(request_id=str(number), problem="1+1")))
    local._events = ()
    threading.Event().wait(0.01)
    chain.submit(Request(request_id="probe", problem="1+1"))
    assert chain.abort("probe")
    assert chain.name == "local"


def test_a_request_at_fault_says_nothing_about_the_engine() -> None:
    local = ScriptedEngine("local", Failed("bad_image", "no", False))
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    local.ready = rules.ready = True
    chain = ChainEngine([local, rules])
    for number in range(5):
        list(chain.submit(Request(request_id=str(number), problem="1+1")))
    assert chain.name == "local"


def test_loading_keeps_nobody_waiting_and_a_dead_engine_is_started_again() -> None:
    may_load, has_died = threading.Event(), threading.Event()

    def load() -> None:
        assert may_load.wait(10)
        if has_died.is_set():
            restarted.set()

    restarted = threading.Event()
    local = ScriptedEngine("local", *RULES_EVENTS, starts=load)
    rules = ScriptedEngine("rules", *RULES_EVENTS)
    chain = ChainEngine([local, rules], restart_s=0.01)
    chain.start()
    try:
        assert chain.is_ready
        assert chain.states() == {"local": "loading", "rules": "ready"}
        may_load.set()
        assert local.started.wait(10)
        assert chain.states()["local"] == "ready"
        may_load.clear()
        has_died.set()
        local.ready = False
        assert chain.states()["local"] == "failed"
        may_load.set()
        assert restarted.wait(10)
    finally:
        chain.stop()


def test_one_id_is_in_flight_once() -> None:
    local = ScriptedEngine("local")
    local.ready = True
    chain = ChainEngine([local])
    chain.submit(Request(request_id="a", problem=""))
    with pytest.raises(ValueError, match="in flight"):
        chain.submit(Request(request_id="a", problem=""))


def test_whoever_sleeps_until_the_end_is_woken_by_it_and_takes_nothing() -> None:
    local = ScriptedEngine("local")
    local.ready = True
    stream = ChainEngine([local]).submit(Request(request_id="a", problem="1+1"))
    sleeper = threading.Thread(target=stream.await_end, args=(600,), daemon=True)
    sleeper.start()
    local.streams["a"].put(Delta("text"))
    local.streams["a"].put(Done("stop"))
    sleeper.join(60)
    assert not sleeper.is_alive()
    assert list(stream) == [Delta("text"), Done("stop")]


def test_text_is_taken_together_and_stops_at_what_is_no_text() -> None:
    local, rules = ScriptedEngine("local"), ScriptedEngine("rules")
    local.ready = rules.ready = True
    stream = ChainEngine([local, rules]).submit(Request(request_id="a", problem="1+1"))
    for event in (Delta("one "), Delta("two "), Failed("engine_error", "", retryable=True)):
        local.streams["a"].put(event)
    assert stream.get() == Delta("one ")
    assert stream.take_text() == [Delta("two ")]
    assert stream.take_text() == []
    changed = stream.get(timeout_s=0)
    assert isinstance(changed, EngineChanged)
    for event in (Delta("three "), Delta("four"), Done("stop")):
        rules.streams["a"].put(event)
    assert stream.take_text() == [Delta("three "), Delta("four")]
    assert isinstance(stream.get(timeout_s=0), Done)
    assert stream.take_text() == []
