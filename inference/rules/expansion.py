"""Rewrites of sums and products that several topics share: remove brackets, multiply monomials,
collect like terms. Each rewrite does what one line on paper would.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import grouped, negative, number, product, total
from inference.rules.nodes import (
    Add,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    Symbol,
    is_numeric,
    walk,
)
from inference.rules.polynomial import (
    Monomial,
    Polynomial,
    monomial_node,
    multiply_monomials,
    polynomial_node,
    to_polynomial,
)
from inference.rules.refusals import RefusedError

MAX_EXPANDED_POWER = 6

Term = tuple[Monomial, Fraction]


def has_sum(node: Node) -> bool:
    """Whether a sum occurs anywhere in `node`."""
    return any(isinstance(each, Add) for each in walk(node))


def uses_decimals(node: Node) -> bool:
    """Whether results should stay decimal: some number is written so, and none as a fraction."""
    numbers = [each for each in walk(node) if isinstance(each, Number)]
    has_fraction = any(isinstance(each, Div) and each.sign == "/" for each in walk(node))
    return any(each.is_decimal for each in numbers) and not has_fraction


def monomial_of(node: Node) -> Term | None:
    """A product or quotient of numbers and powers of letters as one term. Exponents may be
    negative. None for anything with a sum, root or function inside."""
    if isinstance(node, Symbol):
        return ((node.name, 1),), Fraction(1)
    if is_numeric(node):
        if has_sum(node):
            return None
        value = exact_value(node)
        return None if value is None else ((), value)
    match node:
        case Neg():
            inner = monomial_of(node.operand)
            return None if inner is None else (inner[0], -inner[1])
        case Mul():
            monomial, value = Monomial(), Fraction(1)
            for factor in node.factors:
                inner = monomial_of(factor)
                if inner is None:
                    return None
                monomial, value = multiply_monomials(monomial, inner[0]), value * inner[1]
            return _without_zero_powers(monomial), value
        case Div():
            top, bottom = monomial_of(node.numerator), monomial_of(node.denominator)
            if top is None or bottom is None or not bottom[1]:
                return None
            inverse = tuple((name, -exponent) for name, exponent in bottom[0])
            return _without_zero_powers(multiply_monomials(top[0], inverse)), top[1] / bottom[1]
        case Pow():
            base = monomial_of(node.base)
            exponent = exact_value(node.exponent) if is_numeric(node.exponent) else None
            if base is None or exponent is None or exponent.denominator != 1:
                return None
            if exponent < 0 and not base[1]:
                return None
            # x^0 is 1 only where x is not 0.
            if exponent == 0 and base[0]:
                return None
            times = int(exponent)
            return (
                _without_zero_powers(tuple((name, e * times) for name, e in base[0])),
                base[1] ** times,
            )
        case _:
            return None


def _without_zero_powers(monomial: Monomial) -> Monomial:
    return tuple((name, exponent) for name, exponent in monomial if exponent)


def flat_terms(node: Node) -> list[Term] | None:
    """The terms of a sum without brackets, uncollected; None when brackets are left."""
    terms: list[Term] = []
    for part in node.terms if isinstance(node, Add) else (node,):
        term = monomial_of(part)
        if term is None or any(exponent < 0 for _, exponent in term[0]):
            return None
        terms.append(term)
    return terms


def terms_node(terms: Sequence[Term], *, is_decimal: bool = False) -> Node:
    """A sum of terms in the given order, uncollected."""
    return total(monomial_node(m, v, is_decimal=is_decimal) for m, v in terms if v)


class Expander:
    """One pass that removes a layer of brackets. `rules` then tells by which laws."""

    def __init__(self, *, is_decimal: bool = False) -> None:
        self._is_decimal = is_decimal
        self.rules: list[str] = []
        self.detail: Node | None = None

    def expand(self, node: Node) -> Node:
        """Remove one layer of brackets everywhere; returns an equal node, without brackets to
        remove when nothing changed.

        Raises:
            UnsupportedProblemError: A bracket holds something other than letters and numbers.
        """
        if isinstance(node, Add):
            return total(self._term(term) for term in node.terms)
        return self._term(node)

    def _term(self, node: Node) -> Node:
        if not has_sum(node):
            return node
        if isinstance(node, Add):
            return self.expand(node)
        if isinstance(node, Neg):
            return self._negated(node.operand)
        if isinstance(node, Mul):
            return self._product(node)
        if isinstance(node, Div):
            return self._quotient(node)
        if isinstance(node, Pow):
            return self._power(node)
        if isinstance(node, Percent):
            return node
        raise RefusedError("brackets_in_functions")

    def _negated(self, operand: Node) -> Node:
        if isinstance(operand, Add):
            if flat_terms(operand) is None:
                return Neg(self.expand(operand))
            self._note("remove_brackets")
            return total(negative(term) for term in operand.terms)
        expanded = self._term(operand)
        if isinstance(expanded, Add) and self._is_one_sum(operand):
            return total(negative(term) for term in expanded.terms)
        return Neg(expanded) if not isinstance(expanded, Neg) else expanded.operand

    def _is_one_sum(self, node: Node) -> bool:
        """`-2(x - 3)` becomes `-2x + 6` at once; longer products keep their brackets first."""
        if not isinstance(node, Mul):
            return False
        return sum(has_sum(factor) for factor in node.factors) == 1 and not any(
            isinstance(factor, Pow) and has_sum(factor) for factor in node.factors
        )

    def _product(self, node: Mul) -> Node:
        sums = [factor for factor in node.factors if has_sum(factor)]
        plain = [factor for factor in node.factors if not has_sum(factor)]
        if any(flat_terms(_bare(each)) is None for each in sums):
            # Powers of sums and inner brackets come first.
            return self._with_inner_expanded(node)
        if len(sums) == 1:
            return self._distribute(plain, sums[0])
        first, second, *others = sums
        multiplied = self._multiply(first, second)
        if not plain and not others:
            return multiplied
        return product([*plain, multiplied, *others])

    def _with_inner_expanded(self, node: Mul) -> Node:
        factors: list[Node] = []
        for factor in node.factors:
            bare = _bare(factor)
            if has_sum(factor) and flat_terms(bare) is None:
                inner = self.expand(bare)
                factors.append(negative(inner) if isinstance(factor, Neg) else inner)
            else:
                factors.append(factor)
        return Mul(tuple(map(grouped, factors)), node.sign)

    def _distribute(self, plain: list[Node], bracket: Node) -> Node:
        multiplier = product(plain) if plain else Number("1")
        if isinstance(bracket, Neg):
            multiplier, bracket = negative(multiplier), bracket.operand
        outer = monomial_of(multiplier)
        inner = flat_terms(bracket)
        if outer is None or inner is None:
            raise RefusedError("product_of_brackets")
        self._note("distribute", terms_node([outer], is_decimal=self._is_decimal))
        return terms_node(
            [(multiply_monomials(outer[0], m), outer[1] * v) for m, v in inner],
            is_decimal=self._is_decimal,
        )

    def _multiply(self, first: Node, second: Node) -> Node:
        left, right = flat_terms(_bare(first)), flat_terms(_bare(second))
        assert left is not None and right is not None
        sign = -1 if isinstance(first, Neg) != isinstance(second, Neg) else 1
        conjugate = _difference_of_squares(left, right)
        if conjugate is not None:
            self._note("product_of_sum_and_difference")
            terms = conjugate
        elif left == right and len(left) == 2:
            return self._square(left, sign)
        else:
            self._note("multiply_sums")
            terms = [(multiply_monomials(m, n), v * w) for m, v in left for n, w in right]
        result = terms_node(terms, is_decimal=self._is_decimal)
        return Neg(result) if sign < 0 else result

    def _quotient(self, node: Div) -> Node:
        bottom = exact_value(node.denominator) if is_numeric(node.denominator) else None
        if not bottom:
            raise RefusedError("letters_below")
        inner = flat_terms(node.numerator)
        if inner is None:
            return Div(self.expand(node.numerator), node.denominator, node.sign)
        self._note("divide_each_term", number(bottom))
        return terms_node([(m, v / bottom) for m, v in inner], is_decimal=self._is_decimal)

    def _power(self, node: Pow) -> Node:
        exponent = exact_value(node.exponent) if is_numeric(node.exponent) else None
        if exponent is None or exponent.denominator != 1 or not 2 <= exponent <= MAX_EXPANDED_POWER:
            raise RefusedError("power_of_sum")
        base = _bare(node.base)
        sign = -1 if isinstance(node.base, Neg) and exponent % 2 else 1
        terms = flat_terms(base)
        if terms is None:
            return Pow(grouped(self.expand(base)), node.exponent)
        if len(terms) == 2 and exponent == 2:
            return self._square(terms, sign)
        if len(terms) == 2:
            return self._binomial(terms, int(exponent), sign)
        if exponent == 2:
            return self._multiply(base, base)
        self._note("write_as_product")
        return Mul((Pow(base, number(exponent - 1)), base))

    def _square(self, terms: list[Term], sign: int) -> Node:
        (a, v), (b, w) = terms
        self._note("square_of_difference" if v * w < 0 else "square_of_sum")
        middle = (multiply_monomials(a, b), 2 * v * w)
        squares = [(multiply_monomials(a, a), v * v), middle, (multiply_monomials(b, b), w * w)]
        result = terms_node(squares, is_decimal=self._is_decimal)
        return Neg(result) if sign < 0 else result

    def _binomial(self, terms: list[Term], exponent: int, sign: int) -> Node:
        (a, v), (b, w) = terms
        self._note("binomial_theorem")
        expanded: list[Term] = []
        for k in range(exponent + 1):
            monomial = multiply_monomials(
                tuple((n, e * (exponent - k)) for n, e in a), tuple((n, e * k) for n, e in b)
            )
            value = math.comb(exponent, k) * v ** (exponent - k) * w**k
            expanded.append((_without_zero_powers(monomial), value))
        result = terms_node(expanded, is_decimal=self._is_decimal)
        return Neg(result) if sign < 0 else result

    def _note(self, rule: str, detail: Node | None = None) -> None:
        self.rules.append(rule)
        self.detail = detail

    @property
    def rule(self) -> str:
        """The one law that was used, or `expand_brackets` for several."""
        return self.rules[0] if len(set(self.rules)) == 1 else "expand_brackets"


def _bare(node: Node) -> Node:
    return node.operand if isinstance(node, Neg) else node


def _difference_of_squares(left: list[Term], right: list[Term]) -> list[Term] | None:
    """`(a + b)(a - b)` in any order of terms and factors."""
    if len(left) != 2 or len(right) != 2:
        return None
    for a, b in ((left[0], left[1]), (left[1], left[0])):
        if a in right and (b[0], -b[1]) in right:
            same_is_plus = (multiply_monomials(a[0], a[0]), a[1] * a[1])
            return [same_is_plus, (multiply_monomials(b[0], b[0]), -b[1] * b[1])]
    return None


def multiply_monomials_in(node: Node, *, is_decimal: bool = False) -> Node:
    """Write every term of a sum as one coefficient and powers of letters."""
    if isinstance(node, Add):
        return total(multiply_monomials_in(term, is_decimal=is_decimal) for term in node.terms)
    term = monomial_of(node)
    if term is not None and all(exponent >= 0 for _, exponent in term[0]):
        if _is_single_term(node):
            return node
        return monomial_node(*term, is_decimal=is_decimal) if term[1] else Number("0")
    return _in_parts(node, is_decimal=is_decimal)


def _is_single_term(node: Node) -> bool:
    """`-3x^2`, `\\frac{x}{2}`, `\\frac{2}{3}x`: nothing to multiply."""
    node = _bare(node)
    if isinstance(node, Div) and node.sign == "/" and not is_numeric(node):
        return _is_single_term(node.numerator) and isinstance(node.denominator, Number)
    if isinstance(node, Mul) and node.sign == "":
        first, *others = node.factors
        letters = list(others) if is_numeric(first) else list(node.factors)
        names = [_power_of_letter(factor) for factor in letters]
        is_idle = isinstance(first, Number) and first.value in (0, 1)
        starts_well = not is_numeric(first) or (_is_plain_number(first) and not is_idle)
        return starts_well and None not in names and len(set(names)) == len(names)
    return _power_of_letter(node) is not None or _is_plain_number(node)


def _is_plain_number(node: Node) -> bool:
    if isinstance(node, Div):
        return isinstance(node.numerator, Number) and isinstance(node.denominator, Number)
    return isinstance(node, Number)


def _power_of_letter(node: Node) -> str | None:
    if isinstance(node, Symbol):
        return node.name
    if isinstance(node, Pow) and isinstance(node.base, Symbol):
        exponent = node.exponent
        return node.base.name if isinstance(exponent, Number) and exponent.value > 1 else None
    return None


def _in_parts(node: Node, *, is_decimal: bool) -> Node:
    """The same rewrite inside brackets."""
    match node:
        case Neg():
            inner = multiply_monomials_in(node.operand, is_decimal=is_decimal)
            return negative(inner) if isinstance(inner, Neg) else Neg(inner, node.is_grouped)
        case Mul():
            return Mul(
                tuple(
                    grouped(multiply_monomials_in(each, is_decimal=is_decimal))
                    if isinstance(each, Add)
                    else each
                    for each in node.factors
                ),
                node.sign,
            )
        case Div():
            top = multiply_monomials_in(node.numerator, is_decimal=is_decimal)
            return Div(top, node.denominator, node.sign)
        case Pow() if isinstance(node.base, Add):
            return Pow(multiply_monomials_in(node.base, is_decimal=is_decimal), node.exponent)
        case _:
            return node


def collect(node: Node, *, is_decimal: bool = False) -> Node:
    """Combine like terms in every sum without brackets; other sums keep their order."""
    if isinstance(node, Add):
        inner = total(collect(term, is_decimal=is_decimal) for term in node.terms)
        terms = flat_terms(inner)
        if terms is None:
            # Brackets wait for their turn, and the terms beside them too: one idea a line.
            return inner
        if len({monomial for monomial, _ in terms}) == len(terms):
            return inner
        return polynomial_node(_sum_of(terms), is_decimal=is_decimal)
    match node:
        case Neg():
            inner = collect(node.operand, is_decimal=is_decimal)
            if isinstance(node.operand, Add) and not isinstance(inner, Add):
                return negative(inner)
            return Neg(inner, node.is_grouped)
        case Mul() if has_sum(node):
            factors = [collect(each, is_decimal=is_decimal) for each in node.factors]
            if Number("0") in factors:
                return Number("0")
            if any(
                isinstance(a, Add) and not isinstance(b, Add)
                for a, b in zip(node.factors, factors, strict=True)
            ):
                return Mul(tuple(map(grouped, factors)), node.sign)
            return Mul(tuple(factors), node.sign)
        case Div() if has_sum(node):
            return Div(
                collect(node.numerator, is_decimal=is_decimal),
                collect(node.denominator, is_decimal=is_decimal),
                node.sign,
            )
        case Pow() if has_sum(node.base):
            return Pow(grouped(collect(node.base, is_decimal=is_decimal)), node.exponent)
        case _:
            return node


def _sum_of(terms: Sequence[Term]) -> Polynomial:
    result = Polynomial()
    for monomial, value in terms:
        result += Polynomial({monomial: value} if value else {})
    return result


def flat_polynomial(node: Node) -> Polynomial | None:
    """`node` as a polynomial when no brackets are left in it."""
    return None if flat_terms(node) is None else to_polynomial(node)
