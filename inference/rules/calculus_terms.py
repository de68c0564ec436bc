"""The terms that can be differentiated and integrated: multiples of powers, sines, cosines,
exponentials and logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, number, power, product, symbol, term, total
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    Symbol,
    is_numeric,
)
from inference.rules.polynomial import to_polynomial

FunctionName = Literal["sin", "cos", "exp", "ln"]


@dataclass(frozen=True, slots=True)
class PowerTerm:
    """`factor * x^exponent`; exponent 0 is a constant."""

    factor: Fraction
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class FunctionTerm:
    """`factor * name(slope x + shift)`."""

    factor: Fraction
    name: FunctionName
    slope: Fraction
    shift: Fraction


Term = PowerTerm | FunctionTerm


def sum_of_terms(node: Node, variable: str) -> list[Term] | None:
    """The terms of a sum, None when one of them is of no kind known here."""
    found: list[Term] = []
    for part in node.terms if isinstance(node, Add) else (node,):
        each = power_term(part, variable) or _function_term(part, variable)
        if each is None:
            return None
        found.append(each)
    return found


def power_term(node: Node, variable: str) -> PowerTerm | None:
    """`node` as a multiple of a power, roots and quotients included."""
    if is_numeric(node):
        value = exact_value(node)
        return None if value is None else PowerTerm(value, Fraction(0))
    match node:
        case Symbol():
            return PowerTerm(Fraction(1), Fraction(1)) if node.name == variable else None
        case Neg():
            inner = power_term(node.operand, variable)
            return None if inner is None else PowerTerm(-inner.factor, inner.exponent)
        case Mul():
            factor, exponent = Fraction(1), Fraction(0)
            for each in node.factors:
                inner = power_term(each, variable)
                if inner is None:
                    return None
                factor, exponent = factor * inner.factor, exponent + inner.exponent
            return PowerTerm(factor, exponent)
        case Div():
            top = power_term(node.numerator, variable)
            bottom = power_term(node.denominator, variable)
            if top is None or bottom is None or not bottom.factor:
                return None
            return PowerTerm(top.factor / bottom.factor, top.exponent - bottom.exponent)
        case Pow() | Root():
            return _power_of_term(node, variable)
        case _:
            return None


def _power_of_term(node: Pow | Root, variable: str) -> PowerTerm | None:
    if isinstance(node, Pow):
        inner = power_term(node.base, variable)
        exponent = exact_value(node.exponent) if is_numeric(node.exponent) else None
    else:
        inner, exponent = power_term(node.radicand, variable), Fraction(1, node.index)
    if inner is None or exponent is None:
        return None
    if exponent.denominator != 1:
        return PowerTerm(Fraction(1), inner.exponent * exponent) if inner.factor == 1 else None
    if not inner.factor and exponent <= 0:
        return None
    return PowerTerm(inner.factor ** int(exponent), inner.exponent * exponent)


def _function_term(node: Node, variable: str) -> FunctionTerm | None:
    match node:
        case Neg():
            return _scaled(_function_term(node.operand, variable), Fraction(-1))
        case Div() if is_numeric(node.denominator):
            bottom = exact_value(node.denominator)
            inner = _function_term(node.numerator, variable)
            return _scaled(inner, 1 / bottom) if bottom else None
        case Mul():
            functions = [each for each in node.factors if not is_numeric(each)]
            numbers = [exact_value(each) for each in node.factors if is_numeric(each)]
            if len(functions) != 1 or None in numbers:
                return None
            inner = _function_term(functions[0], variable)
            for value in numbers:
                inner = _scaled(inner, value or Fraction(0))
            return inner
        case Pow(base=Constant("e")):
            return _of_linear("exp", node.exponent, variable)
        case Call(name="sin" | "cos" | "exp" | "ln" as name):
            return _of_linear(name, node.args[0], variable)
        case _:
            return None


def _scaled(inner: FunctionTerm | None, factor: Fraction) -> FunctionTerm | None:
    if inner is None:
        return None
    return FunctionTerm(inner.factor * factor, inner.name, inner.slope, inner.shift)


def _of_linear(name: FunctionName, argument: Node, variable: str) -> FunctionTerm | None:
    linear = to_polynomial(argument)
    if linear is None or linear.letters != (variable,) or linear.degree() != 1:
        return None
    slope = linear.numeric_coefficient(variable, 1)
    return FunctionTerm(Fraction(1), name, slope, linear.constant_term)


def term_node(each: Term, variable: str) -> Node:
    """The term as it is written, with its exponent."""
    if isinstance(each, PowerTerm):
        return _with_factor(each.factor, _power_node(each.exponent, variable))
    return _with_factor(each.factor, _function_node(each, variable))


def _with_factor(factor: Fraction, base: Node) -> Node:
    """`\\frac{2x^3}{3}` rather than `\\frac{2}{3}x^3`."""
    if base == Number("1") or factor.denominator == 1:
        return term(factor, base)
    fraction = Div(term(abs(factor.numerator), base), number(factor.denominator))
    return Neg(fraction) if factor < 0 else fraction


def _power_node(exponent: Fraction, variable: str) -> Node:
    if exponent.denominator == 1 and exponent >= 0:
        return power(symbol(variable), int(exponent))
    return Pow(symbol(variable), number(exponent))


def _argument(each: FunctionTerm, variable: str) -> Node:
    return total((term(each.slope, symbol(variable)), number(each.shift)))


def _function_node(each: FunctionTerm, variable: str) -> Node:
    if each.name == "exp":
        return Pow(Constant("e"), _argument(each, variable))
    return Call(each.name, (_argument(each, variable),))


def sum_node(terms: Sequence[Term], variable: str) -> Node:
    """The sum of the terms, zeros left out."""
    return total(term_node(each, variable) for each in terms if each.factor)


def with_plain_powers(terms: Sequence[Term], variable: str) -> Node:
    """Negative exponents as fractions, fractional ones as roots."""
    pieces: list[Node] = []
    for each in terms:
        if not each.factor:
            continue
        if isinstance(each, FunctionTerm) or (
            each.exponent.denominator == 1 and each.exponent >= 0
        ):
            pieces.append(term_node(each, variable))
            continue
        size = abs(each.exponent)
        rooted = _rooted(size, variable)
        if each.exponent > 0:
            pieces.append(_with_factor(each.factor, rooted))
            continue
        top, bottom = number(abs(each.factor.numerator)), term(each.factor.denominator, rooted)
        pieces.append(Neg(Div(top, bottom)) if each.factor < 0 else Div(top, bottom))
    return total(pieces)


def _rooted(exponent: Fraction, variable: str) -> Node:
    """`x \\sqrt{x}` for `x^{3/2}`: whole powers stand outside the root."""
    whole, rest = divmod(exponent.numerator, exponent.denominator)
    outside = power(symbol(variable), whole)
    if not rest:
        return outside
    return product((outside, Root(power(symbol(variable), rest), exponent.denominator)))


def bare(each: Term) -> Term:
    """The term without its factor."""
    if isinstance(each, PowerTerm):
        return PowerTerm(Fraction(1), each.exponent)
    return FunctionTerm(Fraction(1), each.name, each.slope, each.shift)


def times(factor: Fraction, node: Node) -> Node:
    """A factor and a result side by side with a sign, so that both can be seen."""
    if node == Number("1") or isinstance(node, Symbol) or abs(factor) == 1:
        return product((number(factor), node))
    written = Mul((number(abs(factor)), grouped(node)), "×")
    return written if factor > 0 else Neg(written)
