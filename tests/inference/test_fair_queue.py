"""The waiting line: priorities first, then turns, then order of arrival."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.fair_queue import FairQueue


def drain(queue: FairQueue[str]) -> list[str]:
    taken = []
    while (item := queue.pop()) is not None:
        taken.append(item)
    return taken


def test_one_key_is_served_in_order_of_arrival() -> None:
    queue: FairQueue[str] = FairQueue()
    for name in "abc":
        queue.push(name, name)
    assert drain(queue) == ["a", "b", "c"]


def test_keys_take_turns() -> None:
    queue: FairQueue[str] = FairQueue()
    for name, key in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")):
        queue.push(name, name, key=key)
    assert drain(queue) == ["a1", "b1", "c1", "a2", "a3"]


def test_a_lower_priority_number_goes_first() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.push("batch", "batch", priority=1)
    queue.push("now", "now", priority=0)
    assert drain(queue) == ["now", "batch"]


def test_an_item_can_leave_out_of_turn() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.push("a", "a")
    queue.push("b", "b")
    assert queue.remove("a") == "a"
    assert queue.remove("a") is None
    assert drain(queue) == ["b"]


def test_an_id_waits_only_once() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.push("a", "a")
    with pytest.raises(ValueError, match="in the queue already"):
        queue.push("a", "a")


ITEMS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("xyz")), max_size=20)


@given(ITEMS)
def test_looking_ahead_tells_the_order_of_serving(items: list[tuple[int, str]]) -> None:
    queue: FairQueue[str] = FairQueue()
    for i, (priority, key) in enumerate(items):
        queue.push(str(i), str(i), priority=priority, key=key)
    expected = list(queue)
    assert len(queue) == len(expected) == len(items)
    assert drain(queue) == expected


@given(ITEMS)
def test_nobody_waits_longer_than_one_round_of_keys(items: list[tuple[int, str]]) -> None:
    queue: FairQueue[str] = FairQueue()
    keys = {}
    for i, (_, key) in enumerate(items):
        queue.push(str(i), str(i), key=key)
        keys[str(i)] = key
    order = [keys[item] for item in drain(queue)]
    for key in set(order):
        first = order.index(key)
        assert len(set(order[:first])) == first


@given(ITEMS, st.sets(st.integers(0, 19)))
def test_one_that_is_not_ready_is_passed_but_never_by_a_lower_priority(
    items: list[tuple[int, str]], ready: set[int]
) -> None:
    queue: FairQueue[int] = FairQueue()
    for number, (priority, key) in enumerate(items):
        queue.push(str(number), number, priority=priority, key=key)
    order = list(queue)
    highest = min((priority for priority, _ in items), default=0)
    candidates = [n for n in order if n in ready and items[n][0] == highest]
    assert queue.pop(ready.__contains__) == (candidates[0] if candidates else None)
    assert len(queue) == len(items) - bool(candidates)
