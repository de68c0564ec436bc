"""Two linear inequalities in one line: `1 < x + 2 <= 5`."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.build import number
from inference.rules.expansion import flat_polynomial, uses_decimals
from inference.rules.nodes import Chain, Node, RelationOperator
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

_UPWARD = frozenset({"<", "<="})
_DOWNWARD = frozenset({">", ">="})
_FLIPPED: dict[RelationOperator, RelationOperator] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def covers(problem: Problem) -> bool:
    """Whether it is a chain of two inequalities."""
    return problem.intent is Intent.SOLVE and isinstance(problem.expressions[0], Chain)


def solve(problem: Problem, trace: Trace) -> Node:
    """Do the same to all three parts until the letter stands alone in the middle.

    Raises:
        UnsupportedProblemError: The middle is not linear, or the outer parts are no numbers.
    """
    chain = problem.expressions[0]
    assert isinstance(chain, Chain)
    return solve_chain(chain, trace)


def solve_chain(chain: Chain, trace: Trace) -> Node:
    """As `solve`, of a chain that may stand among other lines."""
    operators = chain.operators
    if len(operators) != 2 or not (set(operators) <= _UPWARD or set(operators) <= _DOWNWARD):
        raise RefusedError("two_inequalities")
    middle = flat_polynomial(chain.operands[1])
    ends = [to_polynomial(chain.operands[i]) for i in (0, 2)]
    if middle is None or middle.degree() != 1 or len(middle.letters) != 1:
        raise RefusedError("linear_middle")
    if any(end is None or not end.is_constant for end in ends):
        raise RefusedError("number_ends")
    low, high = (end.constant_term for end in ends if end is not None)
    pen = _ChainPen(low, middle, high, operators, trace, is_decimal=uses_decimals(chain))
    return pen.solve()


class _ChainPen:
    def __init__(
        self,
        low: Fraction,
        middle: Polynomial,
        high: Fraction,
        operators: tuple[RelationOperator, ...],
        trace: Trace,
        *,
        is_decimal: bool,
    ) -> None:
        self._low = low
        self._middle = middle
        self._high = high
        self._operators = operators
        self._trace = trace
        self._is_decimal = is_decimal

    def solve(self) -> Node:
        constant = self._middle.constant_term
        if constant:
            self._low -= constant
            self._high -= constant
            self._middle -= Polynomial.constant(constant)
            rule = "subtract_from_all_parts" if constant > 0 else "add_to_all_parts"
            self._trace.add(rule, self._line(), term=self._number(abs(constant)))
        letter = self._middle.letters[0]
        slope = self._middle.numeric_coefficient(letter, 1)
        if slope != 1:
            self._low /= slope
            self._high /= slope
            self._middle = Polynomial.letter(letter)
            if slope < 0:
                self._operators = tuple(_FLIPPED[each] for each in self._operators)
            turns = "_and_reverse" if slope < 0 else ""
            self._trace.add(f"divide_all_parts{turns}", self._line(), divisor=self._number(slope))
        if self._operators[0] in _DOWNWARD:
            self._low, self._high = self._high, self._low
            first, second = self._operators
            self._operators = (_FLIPPED[second], _FLIPPED[first])
            self._trace.add("order_parts", self._line())
        return self._line()

    def _line(self) -> Node:
        middle = polynomial_node(self._middle, is_decimal=self._is_decimal)
        return Chain((self._number(self._low), middle, self._number(self._high)), self._operators)

    def _number(self, value: Fraction) -> Node:
        return number(value, is_decimal=self._is_decimal)
