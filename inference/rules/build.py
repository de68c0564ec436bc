"""Builds trees in the form in which a teacher writes them: no `1x`, no `+ -5`, no `0x`.

Signs live in one place only: a negative number is `Neg` of a positive one, and a negative term of
a sum is a subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from inference.rules.nodes import Add, Div, Mul, Neg, Node, Number, Pow, Symbol, ungrouped

MAX_DECIMAL_PLACES = 8


def decimal_text(value: Fraction) -> str | None:
    """The digits of a non-negative fraction as a finite decimal, None when it has none (or too
    many places to be of use)."""
    scaled = value * 10**MAX_DECIMAL_PLACES
    if scaled.denominator != 1:
        return None
    whole, places = divmod(int(scaled), 10**MAX_DECIMAL_PLACES)
    digits = f"{places:0{MAX_DECIMAL_PLACES}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def number(value: Fraction | int, *, is_decimal: bool = False) -> Node:
    """A number as a node: whole, a reduced fraction, or a decimal where `is_decimal` asks for it
    and it is finite."""
    value = Fraction(value)
    if value < 0:
        return Neg(number(-value, is_decimal=is_decimal))
    if value.denominator == 1:
        return Number(str(value.numerator))
    text = decimal_text(value) if is_decimal else None
    if text is not None:
        return Number(text)
    return Div(Number(str(value.numerator)), Number(str(value.denominator)))


def total(terms: Iterable[Node]) -> Node:
    """A sum; sums inside are opened, zeros left out."""
    flat: list[Node] = []
    for term in terms:
        parts = term.terms if isinstance(term, Add) else (term,)
        flat.extend(ungrouped(part) for part in parts if part != Number("0"))
    if not flat:
        return Number("0")
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def negative(node: Node) -> Node:
    """Minus `node`; two signs cancel, a zero stays, a sum keeps its brackets."""
    if isinstance(node, Neg):
        return node.operand
    return node if node == Number("0") else Neg(node)


def product(factors: Iterable[Node]) -> Node:
    """Factors side by side, with the sign in front and ones left out."""
    is_negative = False
    kept: list[Node] = []
    for factor in factors:
        bare = factor
        while isinstance(bare, Neg):
            is_negative = not is_negative
            bare = bare.operand
        if isinstance(bare, Mul) and bare.sign == "":
            kept.extend(bare.factors)
        elif bare != Number("1"):
            kept.append(bare)
    if Number("0") in kept:
        return Number("0")
    if not kept:
        result: Node = Number("1")
    else:
        result = kept[0] if len(kept) == 1 else Mul(tuple(kept))
    return Neg(result) if is_negative else result


def power(base: Node, exponent: int) -> Node:
    """`base` to a whole power, without writing a one."""
    if exponent == 1:
        return base
    if exponent == 0:
        return Number("1")
    grouped = Neg(base.operand, is_grouped=True) if isinstance(base, Neg) else base
    return Pow(grouped, number(exponent))


def term(coefficient: Fraction | int, *factors: Node, is_decimal: bool = False) -> Node:
    """A coefficient and what it multiplies."""
    return product((number(coefficient, is_decimal=is_decimal), *factors))


def grouped(node: Node) -> Node:
    """A negative value as it stands after a sign: in brackets."""
    return Neg(node.operand, is_grouped=True) if isinstance(node, Neg) else node


def symbol(name: str) -> Symbol:
    """The letter `name`."""
    return Symbol(name)
