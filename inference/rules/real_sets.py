"""Sets of real numbers with exact ends: what inequalities come down to, joined and intersected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from inference.rules.nodes import (
    Alternatives,
    Chain,
    Node,
    Phrase,
    Relation,
    RelationOperator,
    Symbol,
    symbols,
)
from inference.rules.number_values import loose_value
from inference.rules.refusals import RefusedError
from inference.rules.surd import RootSum

_FLIPPED: dict[RelationOperator, RelationOperator] = {
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "=": "=",
    "!=": "!=",
}


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two ends; an end that is None lies at infinity."""

    low: RootSum | None
    high: RootSum | None
    has_low: bool = False
    has_high: bool = False


def compare(first: RootSum, second: RootSum) -> int:
    """-1, 0 or 1 as the first is smaller, equal or larger.

    Raises:
        UnsupportedProblemError: There are too many roots in them.
    """
    return (first + -second).sign()


def sort_values(values: Iterable[RootSum]) -> list[RootSum]:
    """Different numbers in ascending order."""
    return sorted(dict.fromkeys(values), key=cmp_to_key(compare))


@dataclass(frozen=True, slots=True)
class RealSet:
    """Intervals in ascending order with gaps between them."""

    intervals: tuple[Interval, ...]

    @classmethod
    def of_cells(
        cls, points: Sequence[RootSum], at: Callable[[int], bool], between: Callable[[int], bool]
    ) -> RealSet:
        """A set by its cells.

        Args:
            points: In ascending order.
            at: Whether the point of an index belongs to the set.
            between: Whether what lies before the point of an index does; after the last one, of the
                number of points.
        """
        found: list[Interval] = []
        is_open = between(0)
        low: RootSum | None = None
        has_low = False
        for place, point in enumerate(points):
            is_in, goes_on = at(place), between(place + 1)
            if is_open and not (is_in and goes_on):
                found.append(Interval(low, point, has_low, is_in))
            elif not is_open and is_in and not goes_on:
                found.append(Interval(point, point, True, True))
            if goes_on and not (is_open and is_in):
                low, has_low = point, is_in
            is_open = goes_on
        if is_open:
            found.append(Interval(low, None, has_low))
        return cls(tuple(found))

    @property
    def ends(self) -> list[RootSum]:
        """All finite ends."""
        both = (end for each in self.intervals for end in (each.low, each.high))
        return [end for end in both if end is not None]

    def has(self, value: RootSum) -> bool:
        """Whether a number belongs to the set."""
        for each in self.intervals:
            low = 1 if each.low is None else compare(value, each.low)
            high = -1 if each.high is None else compare(value, each.high)
            if (low > 0 or (low == 0 and each.has_low)) and (
                high < 0 or (high == 0 and each.has_high)
            ):
                return True
        return False

    def has_between(self, low: RootSum | None, high: RootSum | None) -> bool:
        """Whether all numbers between two ends belong to the set, which has no end there."""
        for each in self.intervals:
            starts = each.low is None or (low is not None and compare(each.low, low) <= 0)
            stops = each.high is None or (high is not None and compare(each.high, high) >= 0)
            if starts and stops:
                return True
        return False

    def to_node(self, letter: Symbol) -> Node:
        """As an answer: `x < 1 or 2 <= x < 3`."""
        if not self.intervals:
            return Phrase("no_solution")
        if self.intervals == (Interval(None, None),):
            return Phrase("all_reals")
        if len(self.intervals) == 2:
            left, right = self.intervals
            ends = (left.low, right.high, left.has_high, right.has_low)
            if ends == (None, None, False, False) and left.high == right.low:
                assert left.high is not None
                return Relation("!=", letter, left.high.to_node())
        options = tuple(_interval_node(each, letter) for each in self.intervals)
        return options[0] if len(options) == 1 else Alternatives(options)


def _interval_node(interval: Interval, letter: Symbol) -> Node:
    low, high = interval.low, interval.high
    if low is not None and low == high:
        return Relation("=", letter, low.to_node())
    below: RelationOperator = "<=" if interval.has_low else "<"
    above: RelationOperator = "<=" if interval.has_high else "<"
    if low is None and high is not None:
        return Relation(above, letter, high.to_node())
    assert low is not None
    if high is None:
        return Relation(_FLIPPED[below], letter, low.to_node())
    return Chain((low.to_node(), letter, high.to_node()), (below, above))


def combined(sets: Sequence[RealSet], rule: Callable[[Iterable[bool]], bool]) -> RealSet:
    """The intersection (`all`) or the union (`any`) of sets."""
    points = sort_values(end for each in sets for end in each.ends)
    ends: list[RootSum | None] = [None, *points, None]
    return RealSet.of_cells(
        points,
        lambda place: rule(each.has(points[place]) for each in sets),
        lambda place: rule(each.has_between(ends[place], ends[place + 1]) for each in sets),
    )


def real_set_of(answer: Node, letter: Symbol) -> RealSet:
    """The set that an answer about one letter describes.

    Raises:
        UnsupportedProblemError: It is no answer of a kind known here.
    """
    match answer:
        case Phrase(kind="all_reals"):
            return RealSet((Interval(None, None),))
        case Phrase():
            return RealSet(())
        case Alternatives():
            return combined([real_set_of(each, letter) for each in answer.options], any)
        case Chain():
            return combined([real_set_of(each, letter) for each in answer.relations], all)
        case Relation():
            return _half_line(answer, letter)
    raise RefusedError("inequality")


def _half_line(relation: Relation, letter: Symbol) -> RealSet:
    operator, side = relation.operator, relation.right
    if relation.left != letter:
        operator, side = _FLIPPED[operator], relation.left
    value = loose_value(side)
    if value is None or symbols(side) or letter not in (relation.left, relation.right):
        raise RefusedError("inequality")
    return RealSet.of_cells(
        [value],
        lambda place: operator in ("<=", ">=", "="),
        lambda place: operator == "!=" or operator[0] == "<>"[place],
    )
