"""Equations in which the unknown stands in one square, and bringing quadratics to that form."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.build import decimal_text, negative, number, symbol
from inference.rules.nodes import (
    Add,
    Alternatives,
    Mul,
    Node,
    Number,
    Phrase,
    PlusMinus,
    Pow,
    Relation,
    Root,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.steps import Trace
from inference.rules.surd import Surd

_ZERO = Number("0")


def solve_square(relation: Relation, variable: str, trace: Trace) -> Node | None:
    """`(x - 2)^2 = 9`, also with a factor before the square."""
    match relation.left:
        case Pow(base=Add() as base, exponent=Number("2")):
            factor: Node = Number("1")
        case Mul(factors=(factor, Pow(base=Add() as base, exponent=Number("2")))):
            pass
        case _:
            return None
    inner, value = to_polynomial(base), to_polynomial(relation.right)
    scale = to_polynomial(factor)
    if inner is None or value is None or scale is None or not scale.is_constant or not scale:
        return None
    if not value.is_constant or inner.letters != (variable,) or inner.degree() != 1:
        return None
    square = value.constant_term / scale.constant_term
    square_node = Pow(base, Number("2"))
    if scale.constant_term != 1:
        divided = Relation("=", square_node, number(square))
        trace.add("divide_both_sides", divided, divisor=number(scale.constant_term))
    if square < 0:
        return _no_real_root_of(square, trace)
    if square == 0:
        trace.add("take_root_of_zero", Relation("=", base, _ZERO))
        return _solve_each([(inner, Surd.of(0))], variable, trace)
    root = Surd.root_of(square)
    plus_minus = Relation("=", base, PlusMinus(None, root.node))
    trace.add("take_square_roots", plus_minus)
    cases: list[Node] = [Relation("=", base, root.node), Relation("=", base, (-root).node)]
    trace.add("two_cases", either(cases))
    return _solve_each([(inner, root), (inner, -root)], variable, trace)


def _solve_each(cases: list[tuple[Polynomial, Surd]], variable: str, trace: Trace) -> Node:
    """Solve `linear = value` for each case, all in one line."""
    options: list[Node] = []
    for linear, value in cases:
        slope = linear.numeric_coefficient(variable, 1)
        solution = value.plus(-linear.constant_term).scaled(1 / slope)
        options.append(Relation("=", symbol(variable), solution.node))
    answer = either(options)
    trace.add("solve_each", answer)
    return answer


def either(options: list[Node]) -> Node:
    """The different ones of some statements, as alternatives if there are several."""
    distinct = list(dict.fromkeys(options))
    return distinct[0] if len(distinct) == 1 else Alternatives(tuple(distinct))


def solve_pure(
    left: Polynomial, right: Polynomial, variable: str, trace: Trace, *, is_decimal: bool
) -> Node:
    """`a x^2 + c = d`: isolate the square, then take roots."""
    difference = left - right
    slope = difference.numeric_coefficient(variable, 2)
    square = Polynomial.letter(variable, 2)
    target = (square.scaled(slope), Polynomial.constant(-difference.constant_term))
    if left != target[0]:
        right_squares = right.coefficient(variable, 2).constant_term
        if right_squares:
            moved = square.scaled(right_squares)
            left, right = left - moved, right - moved
            write_move(moved, left, right, trace, is_decimal=is_decimal)
        constant = Polynomial.constant(left.constant_term)
        if constant:
            left, right = left - constant, right - constant
            write_move(constant, left, right, trace, is_decimal=is_decimal)
    value = right.constant_term / slope
    is_decimal = is_decimal and decimal_text(abs(value)) is not None
    if slope != 1:
        divided = Relation("=", polynomial_node(square), number(value, is_decimal=is_decimal))
        trace.add("divide_both_sides", divided, divisor=number(slope, is_decimal=is_decimal))
    letter = symbol(variable)
    if value < 0:
        return _no_real_root_of(value, trace)
    if value == 0:
        answer: Node = Relation("=", letter, _ZERO)
        trace.add("take_root_of_zero", answer)
        return answer
    root = Surd.root_of(value)
    if root.is_rational:
        size = number(root.rational, is_decimal=is_decimal)
        answer = either([Relation("=", letter, size), Relation("=", letter, negative(size))])
        trace.add("take_square_roots", answer)
        return answer
    raw = Root(number(value))
    if raw != root.node:
        trace.add("take_square_roots", Relation("=", letter, PlusMinus(None, raw)))
        trace.add(
            "simplify_root",
            Relation("=", letter, PlusMinus(None, root.node)),
            root=raw,
            value=root.node,
        )
        rule = "two_solutions"
    else:
        rule = "take_square_roots"
    answer = either([Relation("=", letter, root.node), Relation("=", letter, (-root).node)])
    trace.add(rule, answer)
    return answer


def write_move(
    moved: Polynomial, left: Polynomial, right: Polynomial, trace: Trace, *, is_decimal: bool
) -> None:
    """Write down that `moved` was subtracted from both sides."""
    is_addition = all(value < 0 for _, value in moved)
    rule = "add_to_both_sides" if is_addition else "subtract_from_both_sides"
    shown = -moved if is_addition else moved
    line = Relation(
        "=",
        polynomial_node(left, is_decimal=is_decimal),
        polynomial_node(right, is_decimal=is_decimal),
    )
    trace.add(rule, line, term=polynomial_node(shown, is_decimal=is_decimal))


def _no_real_root_of(value: Fraction, trace: Trace) -> Node:
    answer = Phrase("no_real_solution")
    trace.add("negative_square", answer, value=number(value))
    return answer


def complete_square(quadratic: Polynomial, variable: str, trace: Trace) -> Node:
    """Solve `a x^2 + b x + c = 0` by completing the square. Returns the answer."""
    a, b, c = (quadratic.numeric_coefficient(variable, k) for k in (2, 1, 0))
    square = Polynomial.letter(variable, 2)
    left, right = quadratic - Polynomial.constant(c), Polynomial.constant(-c)
    if c:
        write_move(Polynomial.constant(c), left, right, trace, is_decimal=False)
    if a != 1:
        left, right = left.scaled(1 / a), right.scaled(1 / a)
        divided = Relation("=", polynomial_node(left), polynomial_node(right))
        trace.add("divide_both_sides", divided, divisor=number(a))
    half = b / a / 2
    value = right.constant_term + half * half
    left = square + Polynomial.letter(variable).scaled(2 * half) + Polynomial.constant(half * half)
    completed = Relation("=", polynomial_node(left), number(value))
    trace.add("add_square_of_half", completed, letter=symbol(variable), square=number(half * half))
    base = polynomial_node(Polynomial.letter(variable) + Polynomial.constant(half))
    squared = Relation("=", Pow(base, Number("2")), number(value))
    rule = "perfect_square_sum" if half > 0 else "perfect_square_difference"
    trace.add(rule, squared, a=symbol(variable), b=number(abs(half)))
    answer = solve_square(squared, variable, trace)
    assert answer is not None
    return answer
