"""Who is next: the waiting line of an engine. No torch, no threads, no clock.

Lower priorities go first. Within a priority, keys take turns, so that one student with twenty
questions does not keep the others waiting; within a key it is first come, first served.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """A queue of items that each have an id, a priority and a fairness key.

    Not thread-safe: the engine that owns it holds its own lock.
    """

    def __init__(self) -> None:
        # Priority -> key -> waiting items. The first key is the next to be served; a key that has
        # been served goes to the end, and an empty one leaves.
        self._lines: dict[int, OrderedDict[str, deque[tuple[str, T]]]] = {}
        self._places: dict[str, tuple[int, str]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._places

    def push(self, item_id: str, item: T, *, priority: int = 0, key: str = "") -> None:
        """Put an item at the end of its key's line.

        Raises:
            ValueError: An item of this id waits already.
        """
        if item_id in self._places:
            raise ValueError(f"{item_id!r} is in the queue already")
        self._lines.setdefault(priority, OrderedDict()).setdefault(key, deque()).append(
            (item_id, item)
        )
        self._places[item_id] = (priority, key)

    def pop(self, is_ready: Callable[[T], bool] = lambda item: True) -> T | None:
        """Take the first item of the highest waiting priority that is ready, None without one."""
        if not self._places:
            return None
        priority = min(self._lines)
        line = self._lines[priority]
        for item_id, item in self._in_turn(line):
            if is_ready(item):
                _, key = self._places[item_id]
                self.remove(item_id)
                if key in line:
                    line.move_to_end(key)
                return item
        return None

    def remove(self, item_id: str) -> T | None:
        """Take an item out of turn, None when it does not wait."""
        place = self._places.pop(item_id, None)
        if place is None:
            return None
        priority, key = place
        waiting = self._lines[priority][key]
        entry = next(entry for entry in waiting if entry[0] == item_id)
        waiting.remove(entry)
        if not waiting:
            self._drop_key(priority, key)
        return entry[1]

    def __iter__(self) -> Iterator[T]:
        """Yield the items in the order in which `pop` would return them, were all ready."""
        for priority in sorted(self._lines):
            yield from (item for _, item in self._in_turn(self._lines[priority]))

    @staticmethod
    def _in_turn(line: OrderedDict[str, deque[tuple[str, T]]]) -> Iterator[tuple[str, T]]:
        waiting = [iter(items) for items in line.values()]
        while waiting:
            entries = [(items, next(items, None)) for items in waiting]
            yield from (entry for _, entry in entries if entry is not None)
            waiting = [items for items, entry in entries if entry is not None]

    def _drop_key(self, priority: int, key: str) -> None:
        line = self._lines[priority]
        del line[key]
        if not line:
            del self._lines[priority]
