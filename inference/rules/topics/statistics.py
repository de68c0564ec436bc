"""Mean, median, mode, range, variance and standard deviation of a few numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import decimal_text, grouped, number, total
from inference.rules.nodes import (
    Add,
    Div,
    Listing,
    Neg,
    Node,
    Number,
    Phrase,
    Pow,
    Quantity,
    Relation,
    Root,
    ungrouped,
)
from inference.rules.number_values import settled_rational
from inference.rules.problem import Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.arithmetic import evaluate

_KINDS = frozenset(
    {
        *("mean", "median", "mode", "range"),
        *("variance", "sample_variance", "deviation", "sample_deviation"),
    }
)
# Decimals with more places than this are left as fractions.
_MAX_PLACES = 4


def covers(problem: Problem) -> bool:
    """Whether it asks for a measure of a list of numbers."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Work out the measure.

    Raises:
        UnsupportedProblemError: There are too few numbers, or some that are not rational.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    values = [exact_value(each) for each in quantity.operands]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        raise RefusedError("rational_data")
    if len(known) < 2:
        raise RefusedError("too_few_data")
    pen = _Pen(quantity.operands, known, trace)
    match quantity.kind:
        case "mean":
            return pen.mean()
        case "median":
            return pen.median()
        case "mode":
            return pen.modes()
        case "range":
            return pen.range()
        case "variance":
            return pen.variance(divisor=len(known))
        case "sample_variance":
            return pen.variance(divisor=len(known) - 1)
        case "deviation":
            return pen.deviation(divisor=len(known))
        case _:
            return pen.deviation(divisor=len(known) - 1)


class _Pen:
    """Writes the steps for one list of numbers: as written (`nodes`) and as they are (`values`)."""

    def __init__(self, nodes: Sequence[Node], values: Sequence[Fraction], trace: Trace) -> None:
        self._nodes = nodes
        self._values = values
        self._trace = trace
        self._has_fractions = not all(map(_is_plain, nodes))

    def mean(self) -> Node:
        """All together, by how many they are."""
        self._trace.add("mean_as_quotient", self._mean_quotient(), count=len(self._values))
        return self._worked_out(self._mean_quotient())

    def median(self) -> Node:
        """The one in the middle, or half way between the two in the middle."""
        ordered = self._in_order()
        middle = len(ordered) // 2
        if len(ordered) % 2:
            value = ungrouped(ordered[middle])
            self._trace.add("middle_value", value, value=value, place=middle + 1)
            return self._worked_out(value)
        low, high = ordered[middle - 1], ordered[middle]
        halfway = Div(Add((low, grouped(high))), Number("2"))
        self._trace.add("middle_two_values", halfway, low=low, high=high)
        return self._worked_out(halfway)

    def modes(self) -> Node:
        """Those that occur most often."""
        ordered = self._in_order()
        counts = Counter(self._values)
        most = max(counts.values())
        found = [value for value in sorted(counts) if counts[value] == most]
        if len(found) == len(counts) > 1:
            answer: Node = Phrase("no_mode")
            self._trace.add("all_equally_often", answer, times=most)
            return answer
        written = dict(zip(sorted(self._values), ordered, strict=True))
        nodes = tuple(ungrouped(written[value]) for value in found)
        answer = nodes[0] if len(nodes) == 1 else Listing(nodes)
        rule = "most_frequent_value" if len(nodes) == 1 else "most_frequent_values"
        self._trace.add(rule, answer, values=Listing(nodes), times=most)
        return answer

    def range(self) -> Node:
        """The largest minus the smallest."""
        by_size = sorted(zip(self._values, self._nodes, strict=True), key=lambda pair: pair[0])
        low, high = by_size[0][1], by_size[-1][1]
        difference = Add((ungrouped(high), Neg(grouped(low))))
        self._trace.add("largest_minus_smallest", difference, high=high, low=low)
        return self._worked_out(difference)

    def variance(self, *, divisor: int) -> Node:
        """The mean of the squared distances from the mean."""
        quotient = self._squares_quotient(divisor)
        return self._worked_out(quotient)

    def deviation(self, *, divisor: int) -> Node:
        """The root of the variance."""
        quotient = self._squares_quotient(divisor, is_rooted=True)
        return self._worked_out(Root(quotient))

    # -- pieces ----------------------------------------------------------------------------

    def _in_order(self) -> list[Node]:
        by_size = sorted(zip(self._values, self._nodes, strict=True), key=lambda pair: pair[0])
        ordered = [node for _, node in by_size]
        self._trace.add("put_in_order", Listing(tuple(map(ungrouped, ordered))))
        return ordered

    def _mean_quotient(self) -> Div:
        first, *others = self._nodes
        return Div(Add((first, *map(grouped, others))), number(len(self._nodes)))

    def _squares_quotient(self, divisor: int, *, is_rooted: bool = False) -> Div:
        average = self._short(number(sum(self._values, Fraction(0)) / len(self._values)))
        self._trace.note(
            "mean_of_data", Relation("=", self._mean_quotient(), average), mean=average
        )
        squares = [
            Pow(Add((ungrouped(each), Neg(grouped(average)))), Number("2")) for each in self._nodes
        ]
        quotient = Div(total(squares), number(divisor))
        rule = "squares_by_count" if divisor == len(self._nodes) else "squares_by_count_less_one"
        if is_rooted:
            rule += "_under_root"
        self._trace.add(rule, Root(quotient) if is_rooted else quotient, divisor=divisor)
        return quotient

    def _worked_out(self, node: Node) -> Node:
        result = evaluate(node, self._trace, is_decimal=not self._has_fractions)
        short = self._short(result)
        if short != result:
            self._trace.add("fraction_as_decimal", short)
        return short

    def _short(self, node: Node) -> Node:
        """A fraction as a short decimal, unless the numbers are fractions themselves."""
        value = settled_rational(node)
        if value is None or self._has_fractions or value.denominator == 1:
            return node
        text = decimal_text(abs(value))
        is_short = text is not None and len(text.partition(".")[2]) <= _MAX_PLACES
        return number(value, is_decimal=True) if is_short else node


def _is_plain(node: Node) -> bool:
    """A whole number or a decimal."""
    return isinstance(ungrouped(node.operand if isinstance(node, Neg) else node), Number)
