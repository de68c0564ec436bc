"""The same question asked again, from the queue to the end."""

from __future__ import annotations

from typing import Any

import pytest

from homework.pipeline import counts
from homework.pipeline.disclosure import FULL, DisclosedEvents, Disclosure, disclosed_snapshot
from homework.pipeline.engine import PipelineEngine
from homework.pipeline.events import LiveState, snapshot_of
from homework.pipeline.recall import answer_key, replay
from homework.pipeline.services import solution_submit
from homework.policy.models import Mode
from homework.policy.selectors import ActivePolicy
from homework.solutions.models import CachedAnswer, Solution
from inference.types import Delta, Done
from tests.homework.people import People
from tests.homework.pipeline.scripted import (
    SOLUTION,
    USAGE,
    ScriptedEngine,
    deltas,
    make_engine,
)
from tests.homework.pipeline.test_runner import Start, ended, make_photo

TEXT = "3x + 5 = 20"


@pytest.fixture(autouse=True)
def _keeping(settings: Any) -> None:
    settings.ANSWER_CACHE_BYTES = 1 << 20


def keeping_engine(*events: Any) -> tuple[PipelineEngine, ScriptedEngine]:
    engine = make_engine(list(events) or None)
    engine.identity = "glm@1"
    assert isinstance(engine.solver, ScriptedEngine)
    return engine, engine.solver


def recalls() -> dict[str, float]:
    return {outcome: counts.recalls.labels(outcome)._value.get() for outcome in ("hit", "miss")}


def test_the_second_time_the_answer_is_there_at_once_and_says_so(
    people: People, start: Start
) -> None:
    engine, solver = keeping_engine()
    start(engine)
    before = recalls()
    first = ended(solution_submit(student=people.alice, question_text=TEXT))
    second = ended(solution_submit(student=people.bob, question_text=TEXT))
    assert len(solver.requests) == 1
    assert (first.is_cached, second.is_cached) == (False, True)
    assert recalls() == {"hit": before["hit"] + 1, "miss": before["miss"] + 1}
    assert CachedAnswer.objects.get().hits == 1
    one, other = snapshot_of(first), snapshot_of(second)
    for field in ("text", "steps", "answer", "reading", "engine", "state"):
        assert one[field] == other[field], field
    assert other["text"] == SOLUTION


def test_it_can_be_asked_afresh(people: People, start: Start) -> None:
    engine, solver = keeping_engine()
    start(engine)
    ended(solution_submit(student=people.alice, question_text=TEXT))
    fresh = ended(solution_submit(student=people.alice, question_text=TEXT, is_fresh=True))
    assert len(solver.requests) == 2
    assert not fresh.is_cached


def test_no_answer_crosses_from_school_to_school(people: People, start: Start) -> None:
    engine, solver = keeping_engine()
    start(engine)
    ended(solution_submit(student=people.alice, question_text=TEXT))
    other = ended(solution_submit(student=people.charlie, question_text=TEXT))
    assert len(solver.requests) == 2
    assert not other.is_cached


def test_another_model_or_prompt_answers_anew(people: People, start: Start) -> None:
    engine, solver = keeping_engine()
    start(engine)
    ended(solution_submit(student=people.alice, question_text=TEXT))
    engine.identity = "glm@2"
    assert not ended(solution_submit(student=people.alice, question_text=TEXT)).is_cached
    assert len(solver.requests) == 2


@pytest.mark.parametrize(
    "events",
    [
        [Delta("Nothing of use."), Done("stop", USAGE)],
        [*deltas(), Done("length", USAGE)],
        [*deltas(), Done("timeout", USAGE)],
    ],
)
def test_what_is_no_finished_answer_is_not_kept(
    people: People, start: Start, events: list[Any]
) -> None:
    engine, _ = keeping_engine(*events)
    start(engine)
    ended(solution_submit(student=people.alice, question_text=TEXT))
    assert not CachedAnswer.objects.exists()


def test_nothing_is_kept_where_keeping_is_turned_off(
    people: People, start: Start, settings: Any
) -> None:
    settings.ANSWER_CACHE_BYTES = 0
    engine, solver = keeping_engine()
    start(engine)
    for _ in range(2):
        assert ended(solution_submit(student=people.alice, question_text=TEXT)).answer_key == ""
    assert len(solver.requests) == 2
    assert not CachedAnswer.objects.exists()


def test_a_key_tells_apart_whatever_may_change_an_answer(people: People) -> None:
    photo = make_photo(people)
    solution = Solution(student=people.alice, photo=photo, language="en")
    keys = {answer_key(solution, identity="a"), answer_key(solution, identity="b")}
    for name, value in {
        "language": "zh",
        "crop": {"x": 0.0, "y": 0.0, "width": 0.5, "height": 1.0},
        "rotation_deg": 90.0,
        "question_text": "1+1",
        "photo": None,
        "corrects": Solution(student=people.alice),
    }.items():
        setattr(solution, name, value)
        keys.add(answer_key(solution, identity="a"))
    assert len(keys) == 8
    # Whose photo it is does not matter, only what it shows.
    twin = make_photo(people)
    twin.sha256 = photo.sha256
    assert answer_key(Solution(student=people.bob, photo=twin), identity="a") in keys


def kept() -> dict[str, Any]:
    check = {"verdict": "verified", "reason": "equal", "detail": {}}
    step = {"index": 1, "start": 0, "end": 4, "title": "t", "formulas": ["x = 5"]}
    return {
        "reading": None,
        "text": SOLUTION,
        "steps": [step | {"rule": "", "rule_inputs": [], "check": check}],
        "answer": {"latex": "x = 5", "check": check},
        "engine": "rules",
        "engine_changes": [
            {"from": "local", "to": "rules", "reason": "failed_check", "text": "x = 5, I say"}
        ],
    }


@pytest.mark.parametrize(
    "disclosure", [FULL, *(Disclosure(ActivePolicy(mode=m)) for m in Mode if m is not Mode.FULL)]
)
def test_the_law_of_the_stream_holds_for_a_kept_answer_and_no_policy_is_evaded(
    disclosure: Disclosure,
) -> None:
    events: list[dict[str, Any]] = []
    replay(kept(), emit=events.append, on_solving=lambda reading: None)
    whole = LiveState()
    for event in events:
        whole.apply(event)
    final = disclosed_snapshot(whole.snapshot(), disclosure)
    for cut in range(len(events) + 1):
        state = LiveState()
        for event in events[:cut]:
            state.apply(event)
        reader = DisclosedEvents(disclosure)
        (first,) = reader.take([state.snapshot()])
        sent = reader.take(events[cut:])
        if disclosure.is_full:
            for event in events[cut:]:
                state.apply(event)
            assert state.snapshot() == whole.snapshot()
        else:
            assert "I say" not in str([first, *sent])
            assert "x = 5" not in str([first, *sent])
    assert final["is_cached"]
