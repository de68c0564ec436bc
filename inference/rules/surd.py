"""Numbers with one square root: `2 + 3\\sqrt{5}`, exact and in lowest terms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.build import number, term, total
from inference.rules.nodes import Div, Neg, Node, Number, Root
from inference.rules.refusals import RefusedError


@dataclass(frozen=True, slots=True)
class Surd:
    """`rational + factor * sqrt(radicand)` with a square-free whole radicand (1 when rational)."""

    rational: Fraction
    factor: Fraction
    radicand: int

    @classmethod
    def of(cls, value: Fraction | int) -> Surd:
        """A rational number."""
        return cls(Fraction(value), Fraction(0), 1)

    @classmethod
    def root_of(cls, value: Fraction) -> Surd:
        """The square root of a number that is not negative, as far as it can be drawn out."""
        outside, inside = square_part(value.numerator * value.denominator)
        factor = Fraction(outside, value.denominator)
        return cls.of(factor) if inside == 1 else cls(Fraction(0), factor, inside)

    @property
    def is_rational(self) -> bool:
        """Whether no root is left."""
        return not self.factor

    def __neg__(self) -> Surd:
        return self.scaled(Fraction(-1))

    def plus(self, value: Fraction) -> Surd:
        """The sum with a rational number."""
        return Surd(self.rational + value, self.factor, self.radicand)

    def scaled(self, factor: Fraction | int) -> Surd:
        """The product with a rational number."""
        return Surd(self.rational * factor, self.factor * factor, self.radicand)

    @property
    def node(self) -> Node:
        """The number as it is written: one fraction, root last."""
        if self.is_rational:
            return number(self.rational)
        bottom = math.lcm(self.rational.denominator, self.factor.denominator)
        root = Root(Number(str(self.radicand)))
        top = total((number(self.rational * bottom), term(self.factor * bottom, root)))
        if bottom == 1:
            return top
        if isinstance(top, Neg):
            return Neg(Div(top.operand, number(bottom)))
        return Div(top, number(bottom))


def square_part(value: int) -> tuple[int, int]:
    """`(s, m)` with `value = s^2 m` and m free of squares (of small primes, for large values)."""
    outside, inside, divisor = 1, value, 2
    while divisor * divisor <= inside and divisor < 20_000:
        while inside % (divisor * divisor) == 0:
            inside //= divisor * divisor
            outside *= divisor
        divisor += 1
    root = math.isqrt(inside)
    return (outside * root, 1) if root * root == inside and inside > 1 else (outside, inside)


@dataclass(frozen=True, slots=True)
class RootSum:
    """A sum of rational multiples of square roots, keyed by square-free radicand (1 for the
    rational part). No stored coefficient is zero."""

    parts: tuple[tuple[int, Fraction], ...] = ()

    @classmethod
    def of(cls, value: Fraction | int, radicand: int = 1) -> RootSum:
        """`value` times the root of a square-free number."""
        return cls(((radicand, Fraction(value)),) if value else ())

    @property
    def rational(self) -> Fraction | None:
        """The value when no root occurs."""
        if not self.parts:
            return Fraction(0)
        return self.parts[0][1] if len(self.parts) == 1 and self.parts[0][0] == 1 else None

    def __add__(self, other: RootSum) -> RootSum:
        found = dict(self.parts)
        for radicand, value in other.parts:
            found[radicand] = found.get(radicand, Fraction(0)) + value
        return RootSum(tuple(sorted((r, v) for r, v in found.items() if v)))

    def __neg__(self) -> RootSum:
        return RootSum(tuple((r, -v) for r, v in self.parts))

    def __mul__(self, other: RootSum) -> RootSum:
        result = RootSum()
        for left, v in self.parts:
            for right, w in other.parts:
                outside, inside = square_part(left * right)
                result += RootSum.of(v * w * outside, inside)
        return result

    def sign(self) -> int:
        """-1, 0 or 1.

        Raises:
            UnsupportedProblemError: There are more than two parts.
        """
        if not self.parts:
            return 0
        signed = [(1 if value > 0 else -1, value * value * r) for r, value in self.parts]
        if len({sign for sign, _ in signed}) == 1:
            return signed[0][0]
        if len(signed) > 2:
            raise RefusedError("comparing_roots")
        return max(signed, key=lambda part: part[1])[0]

    def inverse(self) -> RootSum | None:
        """One over the number; None for zero and for sums of three and more roots."""
        if len(self.parts) == 1:
            radicand, value = self.parts[0]
            return RootSum.of(1 / (value * radicand), radicand)
        if len(self.parts) == 2:
            first, second = self.parts
            conjugate = RootSum((first, (second[0], -second[1])))
            norm = (self * conjugate).rational
            return conjugate * RootSum.of(1 / norm) if norm else None
        return None

    def to_node(self, *, is_decimal: bool = False) -> Node:
        """As it is written: the rational part first, over one denominator."""
        rational = self.rational
        if rational is not None:
            return number(rational, is_decimal=is_decimal)
        bottom = math.lcm(*(value.denominator for _, value in self.parts))
        # `\\sqrt{2} - 1` rather than `-1 + \\sqrt{2}`.
        parts = sorted(self.parts, key=lambda part: (part[1] < 0, part[0]))
        top = total(
            term(value * bottom, *([Root(Number(str(radicand)))] if radicand > 1 else []))
            for radicand, value in parts
        )
        if bottom == 1:
            return top
        if isinstance(top, Neg):
            return Neg(Div(top.operand, number(bottom)))
        return Div(top, number(bottom))
