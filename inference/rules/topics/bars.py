"""Equations with absolute values: two cases, or one for each piece of the number line."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from inference.rules.build import negative, number, symbol, total
from inference.rules.nodes import (
    Add,
    Alternatives,
    Call,
    Listing,
    Neg,
    Node,
    Number,
    Phrase,
    Relation,
    RelationOperator,
    Root,
    Symbol,
    replaced,
    ungrouped,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.equations import flatten, solve_flat_linear
from inference.rules.topics.guards import (
    Case,
    Guard,
    in_vain,
    solve_cases,
    solve_inside,
)

_PLACEHOLDER = "placeholder"
MAX_BARS = 3


def solve_bars(relation: Relation, bars: list[Root | Call], variable: str, trace: Trace) -> Node:
    """Solve an equation whose unknown stands between bars.

    Raises:
        UnsupportedProblemError: There are too many, or they stand in places that are not covered.
    """
    calls = [each for each in bars if isinstance(each, Call)]
    if len(calls) == 2:
        pair = _pair_of_bars(relation, calls)
        if pair is not None:
            return _equal_bars(pair, variable, trace)
    if len(calls) > 1:
        return _by_pieces(relation, calls, variable, trace)
    (bar,) = calls
    other = _isolate(relation, bar, trace)
    if isinstance(other, Phrase):
        return other
    value = to_polynomial(other)
    if value is None:
        raise RefusedError("powers_of_roots")
    if value.is_constant:
        return _bars_of_number(bar, value.constant_term, variable, trace)
    return _bars_of_expression(bar, other, value, variable, trace)


def _isolate(relation: Relation, bar: Call, trace: Trace) -> Node:
    """Solve for the absolute value as if it were a letter. Returns the other side."""
    masked = replaced(relation, bar, Symbol(_PLACEHOLDER))
    assert isinstance(masked, Relation)
    trace.unmask = lambda node: replaced(node, Symbol(_PLACEHOLDER), bar)
    flat, left, right = flatten(masked, trace)
    difference = left - right
    if difference.degree(_PLACEHOLDER) > 1:
        raise RefusedError("powers_of_roots")
    answer = solve_flat_linear(flat.operator, left, right, _PLACEHOLDER, trace, is_decimal=False)
    trace.unmask = lambda node: node
    return answer if isinstance(answer, Phrase) else _right(answer)


def _right(node: Node) -> Node:
    assert isinstance(node, Relation)
    return node.right


# -- one pair of bars --------------------------------------------------------------------------


def _bars_of_number(bar: Call, value: Fraction, variable: str, trace: Trace) -> Node:
    inside = bar.args[0]
    if value < 0:
        answer = Phrase("no_real_solution")
        trace.add("negative_absolute_value", answer)
        return answer
    if value == 0:
        relation = Relation("=", inside, Number("0"))
        trace.add("zero_absolute_value", relation)
        return solve_inside(relation, variable, trace)
    polynomial = to_polynomial(inside)
    if polynomial is None:
        raise RefusedError("bars_around_linear")
    cases = (Relation("=", inside, number(value)), Relation("=", inside, number(-value)))
    if polynomial.degree() != 1:
        return _bars_of_higher_degree([Case(each) for each in cases], variable, trace)
    trace.add("cases_of_absolute_value", Alternatives(cases))
    slope = polynomial.numeric_coefficient(variable, 1)
    solutions = [(each - polynomial.constant_term) / slope for each in (value, -value)]
    answer_node = Alternatives(
        tuple(Relation("=", symbol(variable), number(each)) for each in solutions)
    )
    trace.add("solve_each", answer_node)
    return answer_node


def _bars_of_higher_degree(cases: list[Case], variable: str, trace: Trace) -> Node:
    scratch = Trace(cases[0].relation, trace.language)
    if isinstance(solve_cases(cases, variable, scratch), Phrase):
        return in_vain(cases, variable, trace, rule="cases")
    trace.add("cases_of_absolute_value", Alternatives(tuple(case.node for case in cases)))
    return solve_cases(cases, variable, trace)


def _bars_of_expression(
    bar: Call, other: Node, value: Polynomial, variable: str, trace: Trace
) -> Node:
    """`|A| = B`: A is B or its opposite, and B is not negative."""
    inside = to_polynomial(bar.args[0])
    if inside is None:
        raise RefusedError("bars_around_linear")
    guard = Guard.of(value, ">=", variable)
    if inside in (value, -value):
        answer = guard.node
        rule = "bars_change_nothing" if inside == value else "bars_turn_the_sign"
        trace.note(rule, answer, inside=bar.args[0])
        return answer
    opposite = Neg(other) if isinstance(other, Add) else polynomial_node(-value)
    cases = [
        Case(Relation("=", bar.args[0], other), (guard,)),
        Case(Relation("=", bar.args[0], opposite), (guard,)),
    ]
    scratch = Trace(cases[0].relation, trace.language)
    if isinstance(solve_cases(cases, variable, scratch), Phrase):
        return in_vain(cases, variable, trace, rule="cases")
    shown = Relation(">=", other, Number("0"))
    line = Alternatives(tuple(case.node for case in cases))
    trace.add("cases_of_absolute_value_guarded", line, condition=shown)
    return solve_cases(cases, variable, trace)


# -- two pairs that are equal ------------------------------------------------------------------


def _pair_of_bars(relation: Relation, bars: list[Call]) -> tuple[Node, Node] | None:
    """What stands inside, when one absolute value is said to be the other."""
    if {relation.left, relation.right} == set(bars):
        return bars[0].args[0], bars[1].args[0]
    return None


def _equal_bars(pair: tuple[Node, Node], variable: str, trace: Trace) -> Node:
    inside, other = pair
    first, second = to_polynomial(inside), to_polynomial(other)
    if first is None or second is None:
        raise RefusedError("bars_around_linear")
    if first in (second, -second):
        raise RefusedError("holds_where_defined")
    opposite = Neg(other) if isinstance(other, Add) else polynomial_node(-second)
    cases = [Case(Relation("=", inside, other)), Case(Relation("=", inside, opposite))]
    scratch = Trace(cases[0].relation, trace.language)
    if isinstance(solve_cases(cases, variable, scratch), Phrase):
        return in_vain(cases, variable, trace, rule="cases")
    trace.add("equal_absolute_values", Alternatives(tuple(case.node for case in cases)))
    return solve_cases(cases, variable, trace)


# -- pieces of the number line -----------------------------------------------------------------


def _by_pieces(relation: Relation, bars: list[Call], variable: str, trace: Trace) -> Node:
    """Between the zeros of what is inside, every absolute value is that or its opposite."""
    if len(bars) > MAX_BARS:
        raise RefusedError("one_root_or_bar")
    insides = [to_polynomial(bar.args[0]) for bar in bars]
    linear = [each for each in insides if each is not None and each.degree() == 1]
    if len(linear) < len(bars):
        raise RefusedError("bars_around_linear")
    zeros = sorted({-each.constant_term / each.numeric_coefficient(variable, 1) for each in linear})
    cases = [
        Case(_without_bars(relation, bars, linear, inner), guards)
        for inner, guards in _pieces(zeros, variable)
    ]
    scratch = Trace(relation, trace.language)
    if isinstance(solve_cases(cases, variable, scratch), Phrase):
        return in_vain(cases, variable, trace, rule="cases")
    listed = Listing(tuple(Relation("=", symbol(variable), number(zero)) for zero in zeros))
    line = Alternatives(tuple(case.node for case in cases))
    trace.add("pieces_of_absolute_values", line, zeros=listed)
    return solve_cases(cases, variable, trace)


def _pieces(zeros: list[Fraction], variable: str) -> list[tuple[Fraction, tuple[Guard, ...]]]:
    """For each piece a number inside and its bounds; a zero belongs to the piece on its right."""
    letter = Polynomial.letter(variable)

    def guard(zero: Fraction, operator: RelationOperator) -> Guard:
        return Guard.of(letter - Polynomial.constant(zero), operator, variable)

    found: list[tuple[Fraction, tuple[Guard, ...]]] = [(zeros[0] - 1, (guard(zeros[0], "<"),))]
    for low, high in pairwise(zeros):
        found.append(((low + high) / 2, (guard(low, ">="), guard(high, "<"))))
    found.append((zeros[-1] + 1, (guard(zeros[-1], ">="),)))
    return found


def _without_bars(
    relation: Relation, bars: list[Call], insides: list[Polynomial], inner: Fraction
) -> Relation:
    node: Node = relation
    for bar, inside in zip(bars, insides, strict=True):
        (letter,) = inside.letters
        is_negative = inside.substitute(letter, Polynomial.constant(inner)).constant_term < 0
        plain = bar.args[0]
        node = replaced(node, bar, Neg(plain, is_grouped=True) if is_negative else plain)
    assert isinstance(node, Relation)
    return Relation("=", _tidied(node.left), _tidied(node.right))


def _tidied(side: Node) -> Node:
    """A sum without brackets of its own around its terms, save after a minus."""
    terms = side.terms if isinstance(side, Add) else (side,)
    return total(
        negative(term.operand) if isinstance(term, Neg) else ungrouped(term) for term in terms
    )
