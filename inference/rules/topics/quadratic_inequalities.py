"""Quadratic inequalities: bring everything to one side, find where it is zero, tell the signs."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.build import grouped, number, symbol, total
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    Pow,
    Relation,
    RelationOperator,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import Surd
from inference.rules.topics.factoring import Factorizer

_ZERO = Number("0")
_FLIPPED: dict[RelationOperator, RelationOperator] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def factored_side(relation: Relation, variable: str) -> Polynomial | None:
    """The left side of `(x - 2)(x + 3) > 0`, which needs no more work; None for other forms."""
    if relation.right != _ZERO or relation.operator not in _FLIPPED:
        return None
    if not isinstance(relation.left, Mul | Pow):
        return None
    polynomial = to_polynomial(relation.left)
    if polynomial is None or polynomial.letters != (variable,) or polynomial.degree() != 2:
        return None
    return polynomial if polynomial.numeric_coefficient(variable, 2) > 0 else None


def solve_quadratic_inequality(
    operator: RelationOperator, left: Polynomial, right: Polynomial, variable: str, trace: Trace
) -> Node:
    """Solve a quadratic inequality between two sides without brackets.

    Raises:
        UnsupportedProblemError: It is of another degree, or says only that the sides differ.
    """
    if operator not in _FLIPPED or (left - right).degree() != 2:
        raise RefusedError("inequality")
    if left.degree() < right.degree():
        left, right, operator = right, left, _FLIPPED[operator]
        sides = Relation(operator, polynomial_node(left), polynomial_node(right))
        trace.add("swap_sides", sides)
    if right:
        left, right = left - right, Polynomial()
        trace.add("bring_to_one_side", _against_zero(operator, left))
    scale = left.denominator
    if scale != 1:
        left = left.scaled(scale)
        trace.add("multiply_both_sides", _against_zero(operator, left), factor=number(scale))
    if left.numeric_coefficient(variable, 2) < 0:
        left, operator = -left, _FLIPPED[operator]
        trace.add(
            "multiply_both_sides_and_reverse", _against_zero(operator, left), factor=number(-1)
        )
    divisor = left.content
    if divisor != 1:
        left = left.scaled(1 / divisor)
        trace.add("divide_both_sides", _against_zero(operator, left), divisor=number(divisor))
    return tell_signs(operator, left, variable, trace, is_factored=False)


def tell_signs(
    operator: RelationOperator,
    left: Polynomial,
    variable: str,
    trace: Trace,
    *,
    is_factored: bool,
) -> Node:
    """Say for which numbers a quadratic polynomial that opens upwards is below or above zero."""
    a, b, c = (left.numeric_coefficient(variable, exponent) for exponent in (2, 1, 0))
    discriminant = b * b - 4 * a * c
    root = Surd.root_of(discriminant) if discriminant >= 0 else None
    is_rational = not discriminant or (root is not None and root.is_rational)
    if is_rational and not is_factored:
        Factorizer(trace, around=lambda node: Relation(operator, node, _ZERO)).factor(left)
    letter = symbol(variable)
    if root is None:
        answer: Node = Phrase("all_reals" if operator in (">", ">=") else "no_solution")
        times = Mul((Number("4"), grouped(number(a)), grouped(number(c))), "×")
        written = total((Pow(grouped(number(b)), Number("2")), Neg(times)))
        trace.note("always_positive", answer, discriminant=written, value=discriminant)
        return answer
    half = -b / (2 * a)
    if not discriminant:
        answers: dict[str, Node] = {
            ">": Relation("!=", letter, number(half)),
            ">=": Phrase("all_reals"),
            "<": Phrase("no_solution"),
            "<=": Relation("=", letter, number(half)),
        }
        trace.note("zero_at_one", answers[operator], value=number(half))
        return answers[operator]
    size = root.scaled(Fraction(1) / (2 * a))
    low, high = (each.plus(half).node for each in (-size, size))
    if operator in ("<", "<="):
        answer = Chain((low, letter, high), (operator, operator))
    else:
        answer = Alternatives(
            (Relation(_FLIPPED[operator], letter, low), Relation(operator, letter, high))
        )
    trace.note("signs_around_zeros", answer, low=low, high=high)
    return answer


def _against_zero(operator: RelationOperator, left: Polynomial) -> Relation:
    return Relation(operator, polynomial_node(left), _ZERO)
