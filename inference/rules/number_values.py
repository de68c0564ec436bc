"""What counts as a number in lowest terms, and what a number that is not yet so is worth."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.build import number
from inference.rules.nodes import (
    Add,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Root,
    ungrouped,
    walk,
)
from inference.rules.refusals import RefusedError
from inference.rules.surd import RootSum, square_part


def settled_value(node: Node) -> RootSum | None:
    """The value of a node that is written as a number should be: reduced, roots drawn out."""
    value = loose_value(node)
    if value is None:
        return None
    bare = Neg(node.operand) if isinstance(node, Neg) else node
    if bare in {value.to_node(), value.to_node(is_decimal=True)} or _is_plain(bare):
        return value
    return value if _is_sum_of_unlike_roots(bare) else None


def _is_plain(node: Node) -> bool:
    """A decimal as it was typed (`1.50`), or a leading zero."""
    return isinstance(node, Number) or (isinstance(node, Neg) and isinstance(node.operand, Number))


def _is_sum_of_unlike_roots(node: Node) -> bool:
    """`\\sqrt{5} + 1`, in whatever order, has nothing to be added."""
    if not isinstance(node, Add):
        return False
    values = [settled_value(ungrouped(term)) for term in node.terms]
    radicands = [value.parts[0][0] for value in values if value and len(value.parts) == 1]
    is_fractional = any(isinstance(each, Div) for each in walk(node))
    return not is_fractional and len(radicands) == len(set(radicands)) == len(node.terms)


def loose_value(node: Node) -> RootSum | None:
    """The value of a number in whatever form, of a fraction also when it is not reduced."""
    match node:
        case Number():
            return RootSum.of(node.value)
        case Neg():
            inner = loose_value(node.operand)
            return None if inner is None else -inner
        case Root(index=2) if isinstance(node.radicand, Number) and not node.radicand.is_decimal:
            outside, inside = square_part(int(node.radicand.value))
            return RootSum.of(outside, inside) if inside else RootSum()
        case Mul(factors=(Number() as size, Root() as root), sign=""):
            inner = loose_value(root)
            return None if inner is None else inner * RootSum.of(size.value)
        case Add():
            result = RootSum()
            for each in node.terms:
                inner = loose_value(each)
                if inner is None:
                    return None
                result += inner
            return result
        case Div(sign="/"):
            top, bottom = loose_value(node.numerator), loose_value(node.denominator)
            if top is None or bottom is None or bottom.rational in (None, 0):
                return None
            return top * RootSum.of(1 / (bottom.rational or Fraction(1)))
        case _:
            return None


def settled_rational(node: Node) -> Fraction | None:
    """As `settled_value`, for rational numbers only."""
    value = settled_value(node)
    return None if value is None else value.rational


def term_without_brackets(term: Node) -> Node:
    """`+ (-3)` is `- 3` and `- (-3)` is `+ 3`."""
    if isinstance(term, Neg) and isinstance(term.operand, Neg):
        return term.operand.operand
    return Neg(term.operand) if isinstance(term, Neg) else term


def written_fraction(term: Node) -> tuple[Fraction, int] | None:
    """Numerator (with the sign) and denominator as written, reduced or not."""
    sign = 1
    while isinstance(term, Neg):
        sign, term = -sign, term.operand
    if isinstance(term, Number) and not term.is_decimal:
        return sign * term.value, 1
    if not isinstance(term, Div) or term.sign != "/" or not isinstance(term.denominator, Number):
        return None
    top = term.numerator
    if isinstance(top, Neg):
        sign, top = -sign, top.operand
    if not isinstance(top, Number) or top.is_decimal or term.denominator.is_decimal:
        return None
    if not term.denominator.value:
        raise RefusedError("divides_by_zero")
    return sign * top.value, int(term.denominator.value)


def is_whole_fraction(term: Node) -> bool:
    """`\\frac{6}{3}`, which is better read as 2 first."""
    written = written_fraction(term)
    return written is not None and written[1] > 1 and (written[0] / written[1]).denominator == 1


def fraction_node(top: int, bottom: int) -> Node:
    """A fraction that is not reduced."""
    if bottom == 1:
        return number(top)
    node = Div(Number(str(abs(top))), Number(str(bottom)))
    return Neg(node) if top < 0 else node


def exact_root(value: Fraction, index: int) -> Fraction | None:
    """The real root of degree `index` when it is rational."""
    sign = -1 if value < 0 else 1
    roots = [_whole_root(part, index) for part in (abs(value.numerator), value.denominator)]
    top, bottom = roots
    return None if top is None or bottom is None else sign * Fraction(top, bottom)


def _whole_root(value: int, index: int) -> int | None:
    low, high = 0, 1
    while high**index < value:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if middle**index < value:
            low = middle + 1
        else:
            high = middle
    return low if low**index == value else None
