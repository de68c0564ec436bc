"""Polynomials with exact rational coefficients: the arithmetic behind the algebra topics."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from inference.rules.bounds import exact_value
from inference.rules.build import power, symbol, term, total
from inference.rules.nodes import Add, Div, Mul, Neg, Node, Pow, Symbol, is_numeric

# Letters with their exponents, sorted by letter; the empty one belongs to the constant term.
Monomial = tuple[tuple[str, int], ...]

MAX_TERMS = 300
MAX_DEGREE = 60


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A sum of monomials. No stored coefficient is zero."""

    terms: Mapping[Monomial, Fraction] = field(default_factory=dict)

    @classmethod
    def constant(cls, value: Fraction | int) -> Polynomial:
        """A polynomial without letters."""
        return cls({(): Fraction(value)} if value else {})

    @classmethod
    def letter(cls, name: str, exponent: int = 1) -> Polynomial:
        """A power of one letter."""
        return cls({((name, exponent),): Fraction(1)}) if exponent else cls.constant(1)

    @classmethod
    def of(cls, coefficients: Mapping[int, Fraction | int], name: str) -> Polynomial:
        """A polynomial in one letter from exponent to coefficient."""
        result = cls()
        for exponent, value in coefficients.items():
            result += cls.letter(name, exponent).scaled(value)
        return result

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __add__(self, other: Polynomial) -> Polynomial:
        result = dict(self.terms)
        for monomial, value in other.terms.items():
            result[monomial] = result.get(monomial, Fraction(0)) + value
        return Polynomial({m: v for m, v in result.items() if v})

    def __neg__(self) -> Polynomial:
        return self.scaled(-1)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        result: dict[Monomial, Fraction] = {}
        for left, left_value in self.terms.items():
            for right, right_value in other.terms.items():
                monomial = multiply_monomials(left, right)
                result[monomial] = result.get(monomial, Fraction(0)) + left_value * right_value
        return Polynomial({m: v for m, v in result.items() if v})

    def scaled(self, factor: Fraction | int) -> Polynomial:
        """Every coefficient times `factor`."""
        return Polynomial({m: v * factor for m, v in self.terms.items()} if factor else {})

    def __iter__(self) -> Iterator[tuple[Monomial, Fraction]]:
        """Terms in the order of writing: higher degrees first, then alphabetically."""
        yield from sorted(self.terms.items(), key=lambda item: _writing_order(item[0]))

    @property
    def letters(self) -> tuple[str, ...]:
        """All letters, alphabetically."""
        return tuple(sorted({name for monomial in self.terms for name, _ in monomial}))

    @property
    def is_constant(self) -> bool:
        """Whether no letter occurs."""
        return all(not monomial for monomial in self.terms)

    @property
    def constant_term(self) -> Fraction:
        """The term without letters."""
        return self.terms.get((), Fraction(0))

    def degree(self, name: str | None = None) -> int:
        """The degree in one letter, or in all together. 0 for the zero polynomial."""
        return max(
            (sum(e for n, e in m if name is None or n == name) for m in self.terms), default=0
        )

    def coefficient(self, name: str, exponent: int) -> Polynomial:
        """What multiplies `name` to the power `exponent`: a polynomial in the other letters."""
        found: dict[Monomial, Fraction] = {}
        for monomial, value in self.terms.items():
            if dict(monomial).get(name, 0) == exponent:
                found[tuple(pair for pair in monomial if pair[0] != name)] = value
        return Polynomial(found)

    def numeric_coefficient(self, name: str, exponent: int) -> Fraction:
        """The coefficient in a polynomial of one letter."""
        return self.terms.get(((name, exponent),) if exponent else (), Fraction(0))

    def linear_coefficient(self, name: str) -> Fraction:
        """The number before a letter in a linear polynomial of several letters."""
        return self.terms.get(((name, 1),), Fraction(0))

    def substitute(self, name: str, value: Polynomial) -> Polynomial:
        """The polynomial with `value` in place of a letter."""
        result = Polynomial()
        for monomial, factor in self.terms.items():
            rest = tuple(pair for pair in monomial if pair[0] != name)
            piece = Polynomial({rest: factor})
            for _ in range(dict(monomial).get(name, 0)):
                piece *= value
            result += piece
        return result

    @property
    def denominator(self) -> int:
        """The least common denominator of the coefficients."""
        return math.lcm(*(value.denominator for value in self.terms.values()))

    @property
    def content(self) -> Fraction:
        """The positive number that leaves coprime whole coefficients when divided out."""
        if not self.terms:
            return Fraction(1)
        scale = self.denominator
        return Fraction(reduce(math.gcd, (int(v * scale) for v in self.terms.values())), scale)

    @property
    def monomial_content(self) -> Monomial:
        """The largest product of letters that divides every term."""
        common: dict[str, int] | None = None
        for monomial in self.terms:
            powers = dict(monomial)
            if common is None:
                common = powers
            else:
                common = {n: min(e, powers[n]) for n, e in common.items() if n in powers}
        return tuple(sorted((common or {}).items()))

    def divided_by_monomial(self, monomial: Monomial, factor: Fraction | int = 1) -> Polynomial:
        """Exact division of every term."""
        divisor = dict(monomial)
        result: dict[Monomial, Fraction] = {}
        for own, value in self.terms.items():
            powers = {n: e - divisor.get(n, 0) for n, e in own}
            result[tuple((n, e) for n, e in sorted(powers.items()) if e)] = value / factor
        return Polynomial(result)


def multiply_monomials(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    powers = dict(left)
    for name, exponent in right:
        powers[name] = powers.get(name, 0) + exponent
    return tuple(sorted(powers.items()))


def _writing_order(monomial: Monomial) -> tuple[int, tuple[tuple[str, int], ...]]:
    degree = sum(exponent for _, exponent in monomial)
    return -degree, tuple((name, -exponent) for name, exponent in monomial)


def to_polynomial(node: Node) -> Polynomial | None:
    """`node` as a polynomial, None when it is none (roots, letters below a fraction bar, ...) or
    one too large to be of use."""
    if is_numeric(node):
        value = exact_value(node)
        return None if value is None else Polynomial.constant(value)
    match node:
        case Symbol():
            return Polynomial.letter(node.name)
        case Neg():
            inner = to_polynomial(node.operand)
            return None if inner is None else -inner
        case Add():
            result = Polynomial()
            for each in node.terms:
                inner = to_polynomial(each)
                if inner is None:
                    return None
                result += inner
            return result
        case Mul():
            result = Polynomial.constant(1)
            for each in node.factors:
                inner = to_polynomial(each)
                if inner is None or len(inner.terms) * len(result.terms) > MAX_TERMS:
                    return None
                result *= inner
            return result if result.degree() <= MAX_DEGREE else None
        case Div():
            return _quotient(node)
        case Pow():
            return _whole_power(node)
        case _:
            return None


def _quotient(node: Div) -> Polynomial | None:
    top = to_polynomial(node.numerator)
    bottom = to_polynomial(node.denominator)
    if top is None or bottom is None or not bottom.is_constant or not bottom:
        return None
    return top.scaled(1 / bottom.constant_term)


def _whole_power(node: Pow) -> Polynomial | None:
    base = to_polynomial(node.base)
    exponent = exact_value(node.exponent) if is_numeric(node.exponent) else None
    if base is None or exponent is None or exponent.denominator != 1 or exponent < 0:
        return None
    if base.degree() * exponent > MAX_DEGREE or (not exponent and not base.is_constant):
        return None
    result = Polynomial.constant(1)
    for _ in range(int(exponent)):
        if len(result.terms) * len(base.terms) > MAX_TERMS:
            return None
        result *= base
    return result


def monomial_node(
    monomial: Monomial, value: Fraction | int = 1, *, is_decimal: bool = False
) -> Node:
    """One term as it is written."""
    letters = [power(symbol(name), exponent) for name, exponent in monomial]
    return term(value, *letters, is_decimal=is_decimal)


def polynomial_node(polynomial: Polynomial, *, is_decimal: bool = False) -> Node:
    """The sum in the usual order: highest degree first, but `3 - x` rather than `-x + 3`."""
    node = total(monomial_node(m, v, is_decimal=is_decimal) for m, v in polynomial)
    return positive_first(node) if polynomial.degree() <= 1 else node


def positive_first(node: Node) -> Node:
    """A sum that begins with a minus, with one of its other terms before that."""
    if not isinstance(node, Add) or not isinstance(node.terms[0], Neg):
        return node
    leads = [each for each in node.terms if not isinstance(each, Neg)][:1]
    return Add((*leads, *(each for each in node.terms if each not in leads)))
