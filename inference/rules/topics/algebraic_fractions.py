"""Simplifying fractions with letters below the bar: multiply, add, factor and cancel."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.build import number, power, product, total
from inference.rules.expansion import monomial_of
from inference.rules.nodes import Add, Div, Mul, Neg, Node, Number, Pow, symbols, walk
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.factoring import Factorizer


def covers(problem: Problem) -> bool:
    """Whether there is a fraction with letters in the denominator to be simplified."""
    if problem.intent not in {Intent.SIMPLIFY, Intent.EXPAND}:
        return False
    node = problem.expressions[0]
    return _is_reducible(node) or (_is_no_monomial(node) and has_letters_below(node))


def _is_reducible(node: Node) -> bool:
    """`\\frac{2x + 4}{6}`: a number to cancel, but not the whole denominator."""
    if not isinstance(node, Div) or node.sign != "/":
        return False
    top, bottom = to_polynomial(node.numerator), to_polynomial(node.denominator)
    if top is None or bottom is None or not bottom.is_constant or not top:
        return False
    size = abs(bottom.constant_term)
    is_whole = size.denominator == top.content.denominator == 1
    shared = math.gcd(int(size), int(top.content)) if is_whole else 1
    return len(top.terms) > 1 and 1 < shared < size


def _is_no_monomial(node: Node) -> bool:
    """Quotients of monomials that come out even belong to plain simplifying."""
    term = monomial_of(node)
    return term is None or any(exponent < 0 for _, exponent in term[0])


def has_letters_below(node: Node) -> bool:
    """Whether some denominator holds a letter."""
    return any(isinstance(each, Div) and symbols(each.denominator) for each in walk(node))


def solve(problem: Problem, trace: Trace) -> Node:
    """Bring the expression to one fraction in lowest terms.

    Raises:
        UnsupportedProblemError: It is not made of polynomials.
    """
    node = problem.expressions[0]
    fraction = single_fraction(node, trace)
    answer = _cancel(fraction, trace)
    if not trace.steps:
        trace.note("lowest_terms", node)
        return node
    return answer


@dataclass(frozen=True, slots=True)
class OneFraction:
    """Two polynomials, and how they stand on the paper now."""

    top: Polynomial
    bottom: Polynomial
    top_node: Node
    bottom_node: Node

    @property
    def node(self) -> Node:
        return Div(self.top_node, self.bottom_node)


def single_fraction(node: Node, trace: Trace) -> OneFraction:
    """One fraction from products, quotients and sums of fractions."""
    match node:
        case Neg():
            inner = _plain(node.operand)
            return OneFraction(
                -inner.top, inner.bottom, _negated(inner.top_node), inner.bottom_node
            )
        case Div(sign="÷"):
            first, second = _plain(node.numerator), _plain(node.denominator)
            if not second.top:
                raise RefusedError("divides_by_zero")
            flipped = OneFraction(second.bottom, second.top, second.bottom_node, second.top_node)
            trace.add("multiply_by_reciprocal", Mul((first.node, _shown(flipped)), "×"))
            return _multiplied([first, flipped], trace)
        case Mul() if any(isinstance(factor, Div) for factor in node.factors):
            return _multiplied([_plain(factor) for factor in node.factors], trace)
        case Add():
            return _added([_signed(term) for term in node.terms], trace)
        case _:
            return _plain(node)


def _plain(node: Node) -> OneFraction:
    """A polynomial, or a fraction of two."""
    top_node, bottom_node = (
        (node, Number("1"))
        if not isinstance(node, Div)
        else (
            node.numerator,
            node.denominator,
        )
    )
    top, bottom = to_polynomial(top_node), to_polynomial(bottom_node)
    if top is None or bottom is None:
        raise RefusedError("fraction_in_fraction")
    if not bottom:
        raise RefusedError("divides_by_zero")
    return OneFraction(top, bottom, top_node, bottom_node)


def _signed(term: Node) -> tuple[int, OneFraction]:
    if isinstance(term, Neg):
        sign, inner = _signed(term.operand)
        return -sign, inner
    return 1, _plain(term)


def _negated(node: Node) -> Node:
    return node.operand if isinstance(node, Neg) else Neg(node)


def _shown(fraction: OneFraction) -> Node:
    return fraction.top_node if fraction.bottom == Polynomial.constant(1) else fraction.node


def _multiplied(parts: list[OneFraction], trace: Trace) -> OneFraction:
    top, bottom = Polynomial.constant(1), Polynomial.constant(1)
    for part in parts:
        top, bottom = top * part.top, bottom * part.bottom
    result = OneFraction(
        top,
        bottom,
        _side_by_side([part.top_node for part in parts]),
        _side_by_side([part.bottom_node for part in parts]),
    )
    trace.add("multiply_fractions", result.node)
    return result


def _side_by_side(nodes: list[Node]) -> Node:
    """A product with its single terms gathered in front: `x^2(x + 1)`."""
    front, sums = Polynomial.constant(1), []
    for node in nodes:
        for factor in node.factors if isinstance(node, Mul) else (node,):
            polynomial = to_polynomial(factor)
            if polynomial is not None and len(polynomial.terms) == 1:
                front *= polynomial
            else:
                sums.append(factor)
    return product((polynomial_node(front), *sums))


def _added(parts: list[tuple[int, OneFraction]], trace: Trace) -> OneFraction:
    """Each part with its sign: over the common denominator, then in one fraction."""
    bottom = common_denominator([part.bottom for _, part in parts])
    bottom_node = factored_node(bottom)
    tops = [part.top * divide_exactly(bottom, part.bottom) for _, part in parts]
    signs = [sign for sign, _ in parts]
    if any(part.bottom != bottom for _, part in parts):
        fractions = [Div(polynomial_node(top), bottom_node) for top in tops]
        line = Add(tuple(map(_with_sign, signs, fractions)))
        trace.add("common_denominator", line, denominator=bottom_node)
    else:
        bottom_node = parts[0][1].bottom_node
    nodes = [polynomial_node(top) for top in tops]
    bracketed = Add(
        tuple(
            part
            for sign, node in zip(signs, nodes, strict=True)
            for part in (
                node.terms if sign > 0 and isinstance(node, Add) else (_with_sign(sign, node),)
            )
        )
    )
    trace.add("add_fractions", Div(bracketed, bottom_node))
    top = Polynomial()
    for sign, each in zip(signs, tops, strict=True):
        top += each.scaled(sign)
    if any(sign < 0 and len(each.terms) > 1 for sign, each in zip(signs, tops, strict=True)):
        opened = total(
            polynomial_node(each.scaled(sign)) for sign, each in zip(signs, tops, strict=True)
        )
        trace.add("remove_brackets", Div(opened, bottom_node))
    result = OneFraction(top, bottom, polynomial_node(top), bottom_node)
    num_terms = sum(len(each.terms) for each in tops)
    rule = "collect_like_terms" if num_terms > len(top.terms) else "order_terms"
    trace.add(rule, result.node)
    return result


def _with_sign(sign: int, node: Node) -> Node:
    return node if sign > 0 else Neg(node)


# -- lowest terms --------------------------------------------------------------------------------


def _cancel(fraction: OneFraction, trace: Trace) -> Node:
    if not fraction.top:
        trace.add("zero_numerator", Number("0"))
        return Number("0")
    top, bottom = factors_of(fraction.top), factors_of(fraction.bottom)
    common = Counter(top.factors) & Counter(bottom.factors)
    scale = top.number / bottom.number
    is_reduced = not common and bottom.number == 1
    if is_reduced or (not common and scale in (top.number, 1 / bottom.number)):
        return _shown(fraction)
    if common:
        write_factored(fraction, trace)
    left = Counter(top.factors) - common
    below = Counter(bottom.factors) - common
    top_node = product((number(scale.numerator), *_powers(left)))
    bottom_node = product((number(scale.denominator), *_powers(below)))
    answer = top_node if bottom_node == Number("1") else _with_sign_in_front(top_node, bottom_node)
    shared = product(_powers(common)) if common else number(1)
    if common and shared != number(1):
        trace.add("cancel_common_factor", answer, factor=shared)
    else:
        trace.add("reduce_fraction", answer)
    return answer


def _with_sign_in_front(top: Node, bottom: Node) -> Node:
    return Neg(Div(top.operand, bottom)) if isinstance(top, Neg) else Div(top, bottom)


def write_factored(fraction: OneFraction, trace: Trace) -> None:
    """Factor above and below, each in its lines; what is a product already stays so."""
    bottom_node = fraction.bottom_node
    top_node = fraction.top_node
    if not _is_factored(top_node):
        below = bottom_node
        top_node = Factorizer(trace, around=lambda node: Div(node, below)).factor(fraction.top)
    if not _is_factored(bottom_node):
        above = top_node
        Factorizer(trace, around=lambda node: Div(above, node)).factor(fraction.bottom)


def _is_factored(node: Node) -> bool:
    """A product of factors that do not split further."""
    parts = node.factors if isinstance(node, Mul) else (node,)
    for part in parts:
        base = part.base if isinstance(part, Pow) else part
        polynomial = to_polynomial(base)
        if polynomial is None:
            return False
        found = factors_of(polynomial)
        is_number_inside = len(polynomial.terms) > 1 and found.number != 1
        if is_number_inside or (len(polynomial.terms) > 1 and len(found.factors) > 1):
            return False
    return True


@dataclass(frozen=True, slots=True)
class Factors:
    """A polynomial as a number times irreducible factors."""

    number: Fraction
    factors: tuple[Polynomial, ...]


def factors_of(polynomial: Polynomial) -> Factors:
    """The number and the irreducible factors, each with a positive leading coefficient."""
    if polynomial.is_constant:
        # Of zero, too: then the number is zero.
        return Factors(polynomial.constant_term, ())
    scratch = Trace(number(0), "en")
    factorizer = Factorizer(scratch)
    factorizer.factor(polynomial)
    scale = Fraction(1)
    kept: list[Polynomial] = []
    for factor in factorizer.factors:
        if factor.is_constant:
            scale *= factor.constant_term
            continue
        content = factor.content * (-1 if next(iter(factor))[1] < 0 else 1)
        scale *= content
        kept.append(factor.scaled(1 / content))
    scale *= factorizer.outer
    return Factors(scale, tuple(kept))


def _powers(factors: Counter[Polynomial]) -> list[Node]:
    return [power(polynomial_node(factor), count) for factor, count in factors.items() if count]


def common_denominator(bottoms: list[Polynomial]) -> Polynomial:
    """The least common multiple."""
    result: Counter[Polynomial] = Counter()
    scale = 1
    for bottom in bottoms:
        found = factors_of(bottom)
        result |= Counter(found.factors)
        size = abs(found.number.numerator)
        scale = math.lcm(scale, size)
    polynomial = Polynomial.constant(scale)
    for factor, count in result.items():
        for _ in range(count):
            polynomial *= factor
    return polynomial


def factored_node(polynomial: Polynomial) -> Node:
    """A product of its irreducible factors."""
    found = factors_of(polynomial)
    return product((number(found.number), *_powers(Counter(found.factors))))


def divide_exactly(dividend: Polynomial, divisor: Polynomial) -> Polynomial:
    """The quotient of a polynomial by one of its divisors."""
    above, below = factors_of(dividend), factors_of(divisor)
    result = Polynomial.constant(above.number / below.number)
    for factor, count in (Counter(above.factors) - Counter(below.factors)).items():
        for _ in range(count):
            result *= factor
    return result
