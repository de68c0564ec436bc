"""The log and its cursors. The protocol's law: snapshot at k, and all after k, is the sum."""

from __future__ import annotations

import asyncio
import threading
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homework.pipeline.events import LiveState, joined
from homework.pipeline.hub import Frame, Hub, SolutionLog, Subscription

CHECK = {"verdict": "verified", "reason": "equal", "detail": {}}


def delta(log: SolutionLog, text: str) -> dict[str, Any]:
    return {"type": "delta", "offset": log.text_length, "text": text}


def applied(frames: list[Frame]) -> dict[str, Any]:
    """What a client holds after these frames, and that it met no gap."""
    state, position = LiveState(), None
    for frame in frames:
        if frame.events[0]["type"] == "snapshot":
            fields = {name: value for name, value in frame.events[0].items() if name != "type"}
            state = LiveState(**fields)
            rest = frame.events[1:]
        else:
            assert frame.start == position
            rest = frame.events
        for event in rest:
            state.apply(event)
        position = frame.end
    return state.snapshot()


def drained(subscription: Subscription) -> list[Frame]:
    frames = []
    while (frame := subscription.poll()) is not None:
        frames.append(frame)
    return frames


STEPS = st.builds(
    lambda index, check: {
        "type": "step",
        "index": index,
        "start": 0,
        "end": 1,
        "title": "t",
        "formulas": [],
        "rule": "",
        "rule_inputs": [],
        "check": check,
    },
    st.integers(1, 4),
    st.sampled_from([None, CHECK]),
)
EVENTS = st.lists(
    st.one_of(
        st.text(min_size=1, max_size=4),  # becomes a delta
        STEPS,
        st.builds(lambda check: {"type": "answer", "latex": "x", "check": check}, st.none()),
        st.sampled_from(
            [
                {"type": "state", "state": "solving"},
                {"type": "engine", "from": "local", "to": "rules", "reason": "error"},
                {"type": "reading", "text": "1+1", "latex": "1+1"},
                {"type": "error", "code": "c", "message": "m", "retryable": False},
            ]
        ),
    ),
    max_size=20,
)


@given(events=EVENTS, batch=st.integers(1, 5))
def test_a_snapshot_at_any_point_and_all_after_it_is_the_final_state(
    events: list[Any], batch: int
) -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState(id=str(key)))
    readers: list[tuple[Subscription, list[Frame]]] = []
    for number, event in enumerate(events):
        subscription = hub.subscribe(key)  # one reader begins at each cut point
        readers.append((subscription, drained(subscription)))
        log.append(delta(log, event) if isinstance(event, str) else event)
        if number % batch == 0:
            for each, frames in readers:
                frames += drained(each)
    final = log.state().snapshot()
    for each, frames in readers:
        frames += drained(each)
        assert applied(frames) == final


@given(texts=st.lists(st.text(min_size=1, max_size=5), max_size=8))
def test_neighbouring_deltas_become_one(texts: list[str]) -> None:
    events, offset = [], 0
    for text in texts:
        events.append({"type": "delta", "offset": offset, "text": text})
        offset += len(text)
    expected = [{"type": "delta", "offset": 0, "text": "".join(texts)}] if texts else []
    assert joined(events) == expected


def test_joining_changes_no_event_of_the_log() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())
    first, second = hub.subscribe(key), hub.subscribe(key)
    first.poll(), second.poll()
    log.append(delta(log, "a"))
    log.append(delta(log, "b"))
    assert first.poll() == second.poll()


def test_offsets_count_code_points() -> None:
    hub = Hub()
    log = hub.open(uuid.uuid4(), LiveState())
    log.append(delta(log, "𝑥第"))
    assert log.text_length == 2


def test_a_delta_that_leaves_a_gap_is_refused() -> None:
    log = Hub().open(uuid.uuid4(), LiveState())
    with pytest.raises(ValueError, match="gap"):
        log.append({"type": "delta", "offset": 1, "text": "a"})


def test_a_resync_brings_a_snapshot_at_the_end() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    log.append(delta(log, "abc"))
    reader.resync()
    frame = reader.poll()
    assert frame is not None
    assert (frame.start, frame.end, frame.events[0]["text"]) == (1, 1, "abc")
    assert reader.poll() is None


def test_a_new_attempt_replaces_the_log_by_a_snapshot() -> None:
    hub, key = Hub(), uuid.uuid4()
    first = hub.open(key, LiveState(attempt=1))
    reader = hub.subscribe(key)
    first.append(delta(first, "old"))
    drained(reader)
    hub.open(key, LiveState(attempt=2))
    [frame] = drained(reader)
    assert frame.events[0]["type"] == "snapshot"
    assert (frame.events[0]["attempt"], frame.events[0]["text"]) == (2, "")


def test_a_reader_of_an_ended_log_gets_its_rest_even_when_it_was_forgotten() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    log.append(delta(log, "end"))
    hub.finish(log)
    hub.expire(keep_s=-1)
    assert not reader.is_at_end()
    frame = reader.poll()
    assert frame is not None
    assert frame.events[0]["text"] == "end"
    assert reader.is_at_end()


def test_an_ended_log_stays_for_late_readers_and_is_forgotten_afterwards() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())
    hub.finish(log)
    hub.expire()
    late = hub.subscribe(key)
    assert late.poll() is not None
    late.close()
    hub.expire(keep_s=-1)
    assert hub.num_topics() == 0


def test_nothing_is_remembered_of_a_solution_that_nobody_watches() -> None:
    hub = Hub()
    reader = hub.subscribe(uuid.uuid4())
    reader.close()
    hub.discard(hub.open(uuid.uuid4(), LiveState()))
    assert hub.num_topics() == 0


def test_who_watches_a_waiting_solution_is_told_its_place_once() -> None:
    hub, key = Hub(), uuid.uuid4()
    reader = hub.subscribe(key)
    assert reader.poll() is None
    assert hub.watched_in_queue()
    hub.set_queue({key: (2, 6.0)})
    [frame] = drained(reader)
    assert frame.events == [{"type": "queued", "position": 2, "eta_s": 6.0}]
    hub.set_queue({key: (2, 6.0)})
    assert reader.poll() is None


async def test_a_reader_is_woken_from_another_thread() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    waiting = asyncio.create_task(reader.wait())
    await asyncio.sleep(0)
    thread = threading.Thread(target=lambda: log.append(delta(log, "a")))
    thread.start()
    await asyncio.wait_for(waiting, 10)
    thread.join()
    assert reader.poll() is not None


async def test_news_between_poll_and_wait_are_not_missed() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    log.append(delta(log, "a"))
    await asyncio.wait_for(reader.wait(), 10)


async def test_a_reader_that_stops_waiting_leaves_nothing_behind() -> None:
    hub, key = Hub(), uuid.uuid4()
    hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    waiting = asyncio.create_task(reader.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert reader._topic.waiters == []


async def test_a_wait_ends_at_its_time_limit_and_leaves_nothing_behind() -> None:
    hub, key = Hub(), uuid.uuid4()
    hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    await asyncio.wait_for(reader.wait(timeout_s=0.01), 10)
    assert reader._topic.waiters == []


async def test_a_nudge_ends_the_wait_that_goes_on() -> None:
    hub, key = Hub(), uuid.uuid4()
    hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.poll()
    waiting = asyncio.create_task(reader.wait())
    await asyncio.sleep(0)
    reader.nudge()
    await asyncio.wait_for(waiting, 10)


async def test_a_nudge_before_the_wait_is_not_missed_and_counts_once() -> None:
    """What the client asks for while a frame is being sent must not wait for the next token."""
    hub, key = Hub(), uuid.uuid4()
    hub.open(key, LiveState())
    reader = hub.subscribe(key)
    reader.nudge()
    reader.poll()
    await asyncio.wait_for(reader.wait(), 10)
    waiting = asyncio.create_task(reader.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_many_readers_and_a_writer_in_another_thread_agree() -> None:
    hub, key = Hub(), uuid.uuid4()
    log = hub.open(key, LiveState())

    def write() -> None:
        for number in range(300):
            log.append(delta(log, f"{number} "))
        log.append({"type": "done", "finish_reason": "stop", "usage": {}})
        hub.finish(log)

    async def read() -> dict[str, Any]:
        reader, frames = hub.subscribe(key), []
        while not reader.is_at_end():
            frame = reader.poll()
            if frame is None:
                await reader.wait()
            else:
                frames.append(frame)
        reader.close()
        return applied(frames)

    readers = [asyncio.create_task(read()) for _ in range(20)]
    await asyncio.sleep(0)
    thread = threading.Thread(target=write)
    thread.start()
    states = await asyncio.wait_for(asyncio.gather(*readers), 60)
    thread.join()
    assert all(state == log.state().snapshot() for state in states)


async def test_a_pause_lasts_its_time_whatever_is_written_meanwhile() -> None:
    hub = Hub()
    log = hub.open(uuid.uuid4(), LiveState())
    subscription = hub.subscribe(log.solution_id)
    drained(subscription)
    pause = asyncio.create_task(subscription.pause(0.05))
    await asyncio.sleep(0)
    log.append(delta(log, "x"))
    await asyncio.sleep(0.005)
    assert not pause.done()
    await pause
    assert drained(subscription)


async def test_a_pause_ends_with_the_log_and_leaves_nothing_behind() -> None:
    hub = Hub()
    log = hub.open(uuid.uuid4(), LiveState())
    subscription = hub.subscribe(log.solution_id)
    drained(subscription)
    pause = asyncio.create_task(subscription.pause(60))
    await asyncio.sleep(0)
    hub.finish(log)
    async with asyncio.timeout(1):
        await pause
        await subscription.pause(60)  # it has ended already
    assert subscription._topic.end_waiters == []


async def test_a_nudge_ends_the_pause_and_the_wait_after_it() -> None:
    hub = Hub()
    log = hub.open(uuid.uuid4(), LiveState())
    subscription = hub.subscribe(log.solution_id)
    drained(subscription)
    pause = asyncio.create_task(subscription.pause(60))
    await asyncio.sleep(0)
    subscription.nudge()
    async with asyncio.timeout(1):
        await pause
        await subscription.wait()
    assert subscription._topic.end_waiters == []
