"""Linear equations and inequalities: brackets, fractions, unknowns on both sides."""

from __future__ import annotations

import math
from fractions import Fraction

from inference.rules.build import grouped, negative, number, product, symbol, total
from inference.rules.expansion import (
    Expander,
    collect,
    flat_polynomial,
    flat_terms,
    has_sum,
    monomial_of,
    multiply_monomials_in,
    uses_decimals,
)
from inference.rules.nodes import (
    Add,
    Div,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Phrase,
    Relation,
    RelationOperator,
    is_numeric,
    symbols,
    walk,
)
from inference.rules.polynomial import Polynomial, monomial_node, polynomial_node
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

_FLIPPED: dict[RelationOperator, RelationOperator] = {
    "=": "=",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "!=": "!=",
}
MAX_PASSES = 30


def flatten(relation: Relation, trace: Trace) -> tuple[Relation, Polynomial, Polynomial]:
    """Clear fractions, remove brackets and collect like terms on both sides, step by step.

    Returns:
        The relation without brackets, and its sides as polynomials.

    Raises:
        UnsupportedProblemError: A side is no polynomial.
    """
    is_decimal = uses_decimals(relation)
    relation = _without_mixed_numbers(relation, trace)
    for _ in range(MAX_PASSES):
        cleared = None if is_decimal else _clear_denominators(relation)
        if cleared is not None:
            relation, factor = cleared
            trace.add("multiply_both_sides_by_denominator", relation, factor=factor)
            continue
        expander = Expander(is_decimal=is_decimal)
        expanded = Relation(
            relation.operator, expander.expand(relation.left), expander.expand(relation.right)
        )
        if expander.rules:
            relation = expanded
            trace.add("expand_brackets", relation)
        simplified = _on_both_sides(relation, is_decimal=is_decimal)
        if simplified != relation:
            relation = simplified
            trace.add("simplify_both_sides", relation)
        elif not expander.rules:
            break
    left, right = flat_polynomial(relation.left), flat_polynomial(relation.right)
    if left is None or right is None:
        raise RefusedError("sides")
    return relation, left, right


def _on_both_sides(relation: Relation, *, is_decimal: bool) -> Relation:
    sides = [
        collect(multiply_monomials_in(side, is_decimal=is_decimal), is_decimal=is_decimal)
        for side in (relation.left, relation.right)
    ]
    return Relation(relation.operator, sides[0], sides[1])


def _without_mixed_numbers(relation: Relation, trace: Trace) -> Relation:
    if not any(isinstance(each, MixedNumber | Percent) for each in walk(relation)):
        return relation
    rewritten = Relation(relation.operator, _improper(relation.left), _improper(relation.right))
    trace.add("write_as_fractions", rewritten)
    return rewritten


def _improper(node: Node) -> Node:
    match node:
        case MixedNumber() | Percent():
            term = monomial_of(node)
            return node if term is None else monomial_node(*term)
        case Add():
            return Add(tuple(map(_improper, node.terms)))
        case Mul():
            return Mul(tuple(map(_improper, node.factors)), node.sign)
        case Neg():
            return Neg(_improper(node.operand), node.is_grouped)
        case Div():
            return Div(_improper(node.numerator), _improper(node.denominator), node.sign)
        case _:
            return node


# -- denominators ------------------------------------------------------------------------------


def _clear_denominators(relation: Relation) -> tuple[Relation, int] | None:
    """Multiply both sides by the least common denominator, if the unknown is below a bar."""
    terms = [*_terms(relation.left), *_terms(relation.right)]
    if not any(_denominator(term) > 1 and symbols(term) for term in terms):
        return None
    factor = math.lcm(*(_denominator(term) for term in terms))
    sides = [
        total(_times(term, factor) for term in _terms(side))
        for side in (relation.left, relation.right)
    ]
    return Relation(relation.operator, sides[0], sides[1]), factor


def _terms(side: Node) -> tuple[Node, ...]:
    return side.terms if isinstance(side, Add) else (side,)


def _denominator(term: Node) -> int:
    """The number below the bar of a term; 1 where there is none, or none that is whole."""
    match term:
        case Neg():
            return _denominator(term.operand)
        case Div() if isinstance(term.denominator, Number) and not term.denominator.is_decimal:
            return int(term.denominator.value) or 1
        case Mul():
            return math.prod(_denominator(factor) for factor in term.factors)
        case _:
            return 1


def _times(term: Node, factor: int) -> Node:
    """`term` times `factor`, its denominator cancelled, its brackets kept."""
    if isinstance(term, Neg):
        return negative(_times(term.operand, factor))
    if not has_sum(term):
        monomial = monomial_of(term)
        if monomial is not None:
            return monomial_node(monomial[0], monomial[1] * factor)
    scale = Fraction(factor)
    kept: list[Node] = []
    for part in term.factors if isinstance(term, Mul) else (term,):
        if isinstance(part, Div) and _denominator(part) > 1:
            scale /= _denominator(part)
            part = part.numerator
        value = monomial_of(part) if is_numeric(part) else None
        if value is not None:
            scale *= value[1]
        else:
            kept.append(part)
    if scale == 1 and len(kept) == 1:
        return kept[0]
    return product((number(scale), *map(grouped, kept)))


# -- the linear part ---------------------------------------------------------------------------


def solve_flat_linear(
    operator: RelationOperator,
    left: Polynomial,
    right: Polynomial,
    variable: str,
    trace: Trace,
    *,
    is_decimal: bool,
) -> Node:
    """Solve for one letter that occurs to the first power, between sides without brackets.

    Returns:
        `x = value` (or an inequality), or a `Phrase` when none or every number solves it.

    Raises:
        UnsupportedProblemError: The coefficient of the unknown is no number.
    """
    return _LinearPen(operator, left, right, variable, trace, is_decimal).solve()


class _LinearPen:
    """Moves terms between two polynomial sides and writes each move down."""

    def __init__(
        self,
        operator: RelationOperator,
        left: Polynomial,
        right: Polynomial,
        variable: str,
        trace: Trace,
        is_decimal: bool,
    ) -> None:
        self._operator = operator
        self._left = left
        self._right = right
        self._variable = variable
        self._trace = trace
        self._is_decimal = is_decimal

    def solve(self) -> Node:
        self._cancel_higher_powers()
        slope = (self._left - self._right).coefficient(self._variable, 1)
        if not slope.is_constant:
            raise RefusedError("letter_times_unknown")
        if self._stands_right_only():
            self._swap()
        moved = self._part(self._right)
        self._move(moved)
        if not self._part(self._left):
            return self._decide()
        self._move(self._left - self._part(self._left))
        return self._divide()

    def _part(self, side: Polynomial) -> Polynomial:
        """The term of `side` in the unknown."""
        return side.coefficient(self._variable, 1) * Polynomial.letter(self._variable)

    def _cancel_higher_powers(self) -> None:
        for exponent in range(self._left.degree(self._variable), 1, -1):
            power = Polynomial.letter(self._variable, exponent)
            self._move(self._right.coefficient(self._variable, exponent) * power)

    def _stands_right_only(self) -> bool:
        return not self._part(self._left) and bool(self._part(self._right))

    def _swap(self) -> None:
        self._left, self._right = self._right, self._left
        self._operator = _FLIPPED[self._operator]
        self._write("swap_sides")

    def _move(self, moved: Polynomial) -> None:
        """Subtract `moved` from both sides, said as an addition when that is the same."""
        if not moved:
            return
        self._left -= moved
        self._right -= moved
        is_addition = all(value < 0 for _, value in moved)
        rule = "add_to_both_sides" if is_addition else "subtract_from_both_sides"
        self._write(rule, term=self._node(-moved if is_addition else moved))

    def _divide(self) -> Node:
        slope = self._left.coefficient(self._variable, 1).constant_term
        if slope != 1:
            self._right = self._right.scaled(1 / slope)
            self._left = Polynomial.letter(self._variable)
            if slope < 0:
                self._operator = _FLIPPED[self._operator]
            self._write_division(slope)
        return self._relation()

    def _write_division(self, slope: Fraction) -> None:
        turns = "_and_reverse" if slope < 0 and self._operator != "=" else ""
        if slope == -1:
            self._write(f"multiply_both_sides{turns}", factor=number(-1))
        elif slope.denominator == 1 or self._is_decimal:
            divisor = number(slope, is_decimal=self._is_decimal)
            self._write(f"divide_both_sides{turns}", divisor=divisor)
        else:
            self._write(f"multiply_both_sides{turns}", factor=number(1 / slope))

    def _decide(self) -> Node:
        """Without the unknown the statement is true for every number or for none."""
        if not (self._left - self._right).is_constant:
            raise RefusedError("depends_on_letters")
        difference = (self._left - self._right).constant_term
        is_true = {
            "=": difference == 0,
            "!=": difference != 0,
            "<": difference < 0,
            ">": difference > 0,
            "<=": difference <= 0,
            ">=": difference >= 0,
        }[self._operator]
        answer = Phrase("all_reals" if is_true else "no_solution")
        self._trace.add("always_true" if is_true else "never_true", answer, line=self._relation())
        return answer

    def _write(self, rule: str, **values: Node) -> None:
        self._trace.add(rule, self._relation(), **values)

    def _node(self, polynomial: Polynomial) -> Node:
        return polynomial_node(polynomial, is_decimal=self._is_decimal)

    def _relation(self) -> Relation:
        return Relation(self._operator, self._node(self._left), self._node(self._right))


def is_solved(relation: Relation, variable: str) -> bool:
    """Whether `relation` already says what the unknown is."""
    if relation.left != symbol(variable) or variable in symbols(relation.right):
        return False
    return flat_terms(relation.right) is not None and (
        not isinstance(relation.right, Add) or bool(symbols(relation.right))
    )
