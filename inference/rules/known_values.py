"""Functions at the places where everybody knows their values, such as `\\cos 0` and `e^0`."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import negative, number
from inference.rules.nodes import (
    Call,
    Constant,
    Degree,
    Div,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    Symbol,
    children,
    is_numeric,
    replaced,
    ungrouped,
)
from inference.rules.number_operations import with_children
from inference.rules.polynomial import to_polynomial

_ZERO, _ONE, _TWO = Number("0"), Number("1"), Number("2")
_HALF = Div(_ONE, _TWO)
SINES: dict[Fraction, Node] = {
    Fraction(0): _ZERO,
    Fraction(1, 6): _HALF,
    Fraction(1, 4): Div(Root(_TWO), _TWO),
    Fraction(1, 3): Div(Root(Number("3")), _TWO),
    Fraction(1, 2): _ONE,
}
"""The sine from 0 to a right angle, by the angle over pi."""
TANGENTS: dict[Fraction, Node] = {
    Fraction(0): _ZERO,
    Fraction(1, 6): Div(Root(Number("3")), Number("3")),
    Fraction(1, 4): _ONE,
    Fraction(1, 3): Root(Number("3")),
}
"""The tangent below a right angle, likewise."""
_PI_LETTER = "\0pi"


def settle_functions(node: Node) -> Node:
    """The tree with every such function replaced by its value."""
    parts = children(node)
    if not parts or not is_numeric(node):
        return node
    settled = [settle_functions(each) for each in parts]
    if settled != list(parts):
        node = with_children(node, settled)
    if isinstance(node, Call) and len(node.args) == 1:
        return _value_of_call(node.name, node.args[0]) or node
    if isinstance(node, Pow) and node.base == Constant("e"):
        exponent = exact_value(node.exponent)
        if exponent is None:
            return node
        return (
            _ONE
            if not exponent
            else node.base
            if exponent == 1
            else Pow(node.base, number(exponent))
        )
    return node


def _value_of_call(name: str, argument: Node) -> Node | None:
    inner = ungrouped(argument)
    value = exact_value(inner)
    if name == "ln":
        return _ZERO if value == 1 else _ONE if inner == Constant("e") else None
    if name == "exp":
        return _ONE if value == 0 else None
    if name == "abs" and inner in (Constant("e"), Constant("pi")):
        return inner
    if name == "abs" and value is not None and isinstance(inner, Number | Neg):
        return inner.operand if isinstance(inner, Neg) else inner
    angle = angle_over_pi(inner)
    if angle is None:
        return None
    if name == "sin":
        return _sine(angle)
    if name == "cos":
        return _sine(angle + Fraction(1, 2))
    return _tangent(angle) if name == "tan" else None


def angle_over_pi(node: Node) -> Fraction | None:
    """By how much an angle is more than pi, if that is rational."""
    if not is_numeric(node):
        return None
    if isinstance(node, Degree):
        degrees = exact_value(node.operand)
        return None if degrees is None else degrees / 180
    polynomial = to_polynomial(replaced(node, Constant("pi"), Symbol(_PI_LETTER)))
    if polynomial is None or polynomial.degree() > 1 or polynomial.constant_term:
        return None
    return polynomial.linear_coefficient(_PI_LETTER)


def _tangent(angle: Fraction) -> Node | None:
    angle %= 1
    if angle > Fraction(1, 2):
        value = _tangent(1 - angle)
        return None if value is None else negative(value)
    return TANGENTS.get(angle)


def _sine(angle: Fraction) -> Node | None:
    angle %= 2
    if angle >= 1:
        value = _sine(angle - 1)
        return None if value is None else negative(value)
    return SINES.get(min(angle, 1 - angle))
