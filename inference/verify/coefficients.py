"""What the letters a, b, c and the discriminant mean in the solution of a quadratic equation."""

from __future__ import annotations

from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.convert import plus_minus_readings
from inference.rules.nodes import Node, Relation, Symbol, symbols
from inference.verify.algebra import is_zero, to_fraction
from inference.verify.claims import DISCRIMINANT, has_plus_minus
from inference.verify.intervals import UndecidableError
from inference.verify.statements import Atom, letter_of, statement_of, value_of

COEFFICIENT_LETTERS = ("a", "b", "c", DISCRIMINANT)


def coefficients_of(node: Node, letter: Any) -> dict[Any, Any] | None:
    """The values of `COEFFICIENT_LETTERS` by a line such as `2x^2 = 9x + 5`, everything brought to
    its left side; None when the line is no quadratic equation in the letter."""
    if not isinstance(node, Relation) or node.operator != "=" or has_plus_minus(node):
        return None
    if symbols(node) != (letter.name,):
        return None
    try:
        statement = statement_of(node)
        if not isinstance(statement, Atom) or statement.conditions:
            return None
        fraction = to_fraction(statement.expression)
    except (UndecidableError, UnsupportedProblemError):
        return None
    if fraction.kernels or fraction.denominator.has(letter):
        return None
    polynomial = sympy.Poly(statement.expression, letter)
    if polynomial.degree() != 2:
        return None
    a, b, c = polynomial.all_coeffs()
    values = (a, b, c, b**2 - 4 * a * c)
    return dict(zip(map(letter_of, COEFFICIENT_LETTERS), values, strict=True))


def is_general(relation: Relation, letter: Any) -> bool:
    """Whether a relation with coefficient letters is right for every quadratic equation.

    With the numbers of one problem put in, `x = \\frac{b ± ...}{2a}` may be right by chance, when b
    is 0. A letter against a number, as in `b = -5`, says nothing general and passes.
    """
    known = set(COEFFICIENT_LETTERS)
    in_left, in_right = known & set(symbols(relation.left)), known & set(symbols(relation.right))
    has_unknown = letter.name in symbols(relation)
    if not (in_left and in_right) and not (has_unknown and (in_left or in_right)):
        return True
    a, b, c, discriminant = map(letter_of, COEFFICIENT_LETTERS)
    meaning = {discriminant: b**2 - 4 * a * c}
    quadratic = a * letter**2 + b * letter + c
    for reading in plus_minus_readings(relation):
        assert isinstance(reading, Relation)
        left, right = value_of(reading.left, meaning), value_of(reading.right, meaning)
        if reading.left == Symbol(letter.name):
            residues = [quadratic.subs(letter, right)]
        elif reading.right == Symbol(letter.name):
            residues = [quadratic.subs(letter, left)]
        elif has_unknown:
            residues = [left - right - quadratic, left - right + quadratic]
        else:
            residues = [left - right]
        if not any(is_zero(residue) for residue in residues):
            return False
    return True
