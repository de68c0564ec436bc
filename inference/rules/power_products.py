"""Products of powers of numbers with the unknown in the exponent: `3 \\cdot 2^{x+1}`.

Such a product is kept as the exponent of each prime number (and of e), so that `4^x` and `2^{2x}`
are the same and a common base is found by looking.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import number, power
from inference.rules.nodes import (
    Call,
    Constant,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    is_numeric,
    symbols,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial

EULER = 0
"""Stands for e among the primes."""
_MAX_NUMBER = 10**9
_MAX_EXPONENT = 60


@dataclass(frozen=True, slots=True)
class PowerProduct:
    """A product of powers of primes and e, each with a polynomial as its exponent."""

    exponents: dict[int, Polynomial]

    def __mul__(self, other: PowerProduct) -> PowerProduct:
        result = dict(self.exponents)
        for prime, exponent in other.exponents.items():
            result[prime] = result.get(prime, Polynomial()) + exponent
        return PowerProduct({prime: each for prime, each in result.items() if each})

    def to_power(self, exponent: Polynomial) -> PowerProduct:
        """The product to a power."""
        raised = {prime: each * exponent for prime, each in self.exponents.items()}
        return PowerProduct({prime: each for prime, each in raised.items() if each})

    @property
    def inverse(self) -> PowerProduct:
        """One over the product."""
        return self.to_power(Polynomial.constant(-1))

    @property
    def value(self) -> Fraction | None:
        """The value where it is rational and not too large to be written."""
        result = Fraction(1)
        for prime, exponent in self.exponents.items():
            times = exponent.constant_term
            if not exponent.is_constant or prime == EULER or times.denominator != 1:
                return None
            if abs(times) > _MAX_EXPONENT:
                return None
            result *= Fraction(prime) ** int(times)
        return result

    @property
    def is_constant(self) -> bool:
        """Whether the unknown does not occur."""
        return all(exponent.is_constant for exponent in self.exponents.values())


@dataclass(frozen=True, slots=True)
class Base:
    """A number that is no power of a smaller one (or e), by the exponents of its primes."""

    exponents: tuple[tuple[int, int], ...]

    @property
    def node(self) -> Node:
        """The number as it is written."""
        if self.exponents == ((EULER, 1),):
            return Constant("e")
        value = math.prod((Fraction(prime) ** times for prime, times in self.exponents))
        return number(value)

    def exponent_of(self, product: PowerProduct) -> Polynomial | None:
        """To which power of this number a product is equal; None when it is no such power."""
        if not product.exponents:
            return Polynomial()
        if set(product.exponents) != {prime for prime, _ in self.exponents}:
            return None
        found = {
            product.exponents[prime].scaled(Fraction(1, times)) for prime, times in self.exponents
        }
        return found.pop() if len(found) == 1 else None


def product_of(node: Node) -> PowerProduct | None:
    """`node` as a product of powers; None when it is none, or not positive."""
    match node:
        case Constant(name="e"):
            return PowerProduct({EULER: Polynomial.constant(1)})
        case Mul():
            result = PowerProduct({})
            for factor in node.factors:
                each = product_of(factor)
                if each is None:
                    return None
                result *= each
            return result
        case Div():
            above, below = product_of(node.numerator), product_of(node.denominator)
            return None if above is None or below is None else above * below.inverse
        case Pow():
            base, exponent = product_of(node.base), to_polynomial(node.exponent)
            return None if base is None or exponent is None else base.to_power(exponent)
        case Call(name="exp", args=(inner,)):
            exponent = to_polynomial(inner)
            return None if exponent is None else PowerProduct({EULER: exponent} if exponent else {})
        case Root():
            base = product_of(node.radicand)
            share = Polynomial.constant(Fraction(1, node.index))
            return None if base is None else base.to_power(share)
    if symbols(node) or isinstance(node, Neg) or not is_numeric(node):
        return None
    value = exact_value(node)
    return None if value is None else product_of_number(value)


def product_of_number(value: Fraction) -> PowerProduct | None:
    """A positive number of reasonable size by its primes."""
    if value <= 0 or max(value.numerator, value.denominator) > _MAX_NUMBER:
        return None
    exponents = {prime: Polynomial.constant(t) for prime, t in _primes_of(value.numerator).items()}
    for prime, times in _primes_of(value.denominator).items():
        exponents[prime] = Polynomial.constant(-times)
    return PowerProduct(exponents)


def _primes_of(value: int) -> dict[int, int]:
    found: dict[int, int] = {}
    prime = 2
    while prime * prime <= value:
        while value % prime == 0:
            found[prime] = found.get(prime, 0) + 1
            value //= prime
        prime += 1
    if value > 1:
        found[value] = found.get(value, 0) + 1
    return found


def base_of(product: PowerProduct) -> Base | None:
    """The number of which a product is a power, greater than 1; None when there is none."""
    shares: dict[int, Fraction] = {}
    lead: Polynomial | None = None
    for prime, exponent in product.exponents.items():
        lead = lead or exponent
        share = _ratio(exponent, lead)
        if share is None:
            return None
        shares[prime] = share
    if not shares:
        return None
    if EULER in shares:
        return Base(((EULER, 1),)) if len(shares) == 1 else None
    scale = math.lcm(*(share.denominator for share in shares.values()))
    whole = {prime: int(share * scale) for prime, share in shares.items()}
    common = math.gcd(*whole.values())
    whole = {prime: times // common for prime, times in whole.items()}
    size = math.prod(Fraction(prime) ** times for prime, times in whole.items())
    sign = 1 if size > 1 else -1
    return Base(tuple(sorted((prime, sign * times) for prime, times in whole.items())))


def _ratio(one: Polynomial, other: Polynomial) -> Fraction | None:
    """The number by which the other polynomial has to be multiplied."""
    monomial, value = next(iter(other))
    factor = one.terms.get(monomial, Fraction(0)) / value
    return factor if factor and other.scaled(factor) == one else None


def power_node(base: Base, exponent: Polynomial) -> Node:
    """`base` to a power as it is written; whole powers are not worked out."""
    node = base.node
    if exponent == Polynomial.constant(1):
        return node
    if exponent.is_constant and exponent.constant_term.denominator == 1:
        whole = int(exponent.constant_term)
        if whole > 0:
            return power(node, whole)
    return Pow(node, polynomial_node(exponent) if exponent else Number("0"))
