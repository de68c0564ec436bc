"""Turns of large bodies: a few inside, the others in their order, and a bound on who waits."""

from __future__ import annotations

from homework.common.body_turns import BodyTurns, Turn


class Bodies:
    """Bodies of one byte each, with a note of who was let in."""

    def __init__(self, *, max_inside: int, max_waiting_bytes: int) -> None:
        self.turns = BodyTurns(max_inside=max_inside, max_waiting_bytes=max_waiting_bytes)
        self.let_in: list[str] = []

    def enter(self, name: str) -> Turn | None:
        turn = Turn(1, lambda: self.let_in.append(name))
        return turn if self.turns.enter(turn) else None


def test_the_others_come_in_their_order_as_places_become_free() -> None:
    bodies = Bodies(max_inside=2, max_waiting_bytes=10)
    first, _second, _third, _fourth = (bodies.enter(name) for name in "abcd")
    assert bodies.let_in == ["a", "b"]
    assert first is not None
    bodies.turns.leave(first)
    assert bodies.let_in == ["a", "b", "c"]


def test_leaving_twice_frees_one_place() -> None:
    bodies = Bodies(max_inside=1, max_waiting_bytes=10)
    first, _second, _third = (bodies.enter(name) for name in "abc")
    assert first is not None
    bodies.turns.leave(first)
    bodies.turns.leave(first)
    assert bodies.let_in == ["a", "b"]


def test_too_much_that_waits_is_refused_and_never_let_in() -> None:
    bodies = Bodies(max_inside=1, max_waiting_bytes=1)
    first, second, third = (bodies.enter(name) for name in "abc")
    assert (first is None, second is None, third is None) == (False, False, True)
    assert first is not None
    assert second is not None
    bodies.turns.leave(first)
    bodies.turns.leave(second)
    assert bodies.let_in == ["a", "b"]


def test_who_gives_up_waiting_makes_room_for_another_to_wait() -> None:
    bodies = Bodies(max_inside=1, max_waiting_bytes=1)
    _first, second = (bodies.enter(name) for name in "ab")
    assert second is not None
    bodies.turns.leave(second)
    assert bodies.enter("c") is not None
