"""Where an expression in one letter can change its sign: exact real numbers, found by algebra.

Polynomials have their real roots; roots, bars, powers and logarithms of the unknown are taken away
until a polynomial is left. What is found may be too much, never too little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sympy

from inference.verify.algebra import Kernel, reduce_by, sign_of, to_fraction
from inference.verify.intervals import UndecidableError

MAX_DEGREE = 30
_MAX_EXPONENT = 12


@lru_cache(maxsize=512)
def critical_points(expression: Any, letter: Any) -> tuple[Any, ...]:
    """Real numbers among which are all where an expression in one letter can change its sign.

    Zeros of numerator and denominator, and where a root begins to be real. An expression that is
    zero everywhere has none.

    Raises:
        UndecidableError: The expression is not algebraic in the letter, or too large.
    """
    fraction = to_fraction(expression)
    if reduce_by(fraction.numerator, fraction.kernels) == 0:
        points = []
    else:
        points = list(_zeros(fraction.numerator, fraction.kernels, letter))
    points += _zeros(fraction.denominator, fraction.kernels, letter)
    for kernel in fraction.kernels:
        inner = kernel.expression
        if inner.has(letter):
            points += critical_points(inner.args[0], letter)
    return tuple(points)


def sort_points(points: Iterable[Any]) -> list[Any]:
    """Distinct real numbers in ascending order.

    Raises:
        UndecidableError: Two of them cannot be told apart.
    """
    ordered: list[Any] = []
    for point in points:
        place = len(ordered)
        for index, other in enumerate(ordered):
            sign = 0 if point == other else sign_of(point - other)
            if sign is None:
                raise UndecidableError
            if sign <= 0:
                place = index if sign else -1
                break
        if place >= 0:
            ordered.insert(place, point)
    return ordered


def _zeros(polynomial: Any, kernels: tuple[Kernel, ...], letter: Any) -> Iterator[Any]:
    """Real numbers among which are all zeros of a polynomial in a letter and kernels."""
    polynomial = reduce_by(polynomial, kernels)
    if polynomial.free_symbols - {letter, *(kernel.generator for kernel in kernels)}:
        raise UndecidableError
    within = [kernel for kernel in kernels if polynomial.has(kernel.generator)]
    if not polynomial.has(letter) and not any(k.expression.has(letter) for k in within):
        return
    meaning = {kernel.generator: kernel.expression for kernel in kernels}
    if not any(kernel.expression.has(letter) for kernel in within):
        as_polynomial = sympy.Poly(polynomial, letter)
        if as_polynomial.degree() == 1:
            slope, constant = (value.xreplace(meaning) for value in as_polynomial.all_coeffs())
            if not sign_of(slope):
                raise UndecidableError
            yield -constant / slope
            return
        if any(kernel.relation is None for kernel in within):
            yield from _zeros_of_factors(polynomial, kernels, letter)
            return
    if any(kernel.relation is None and kernel.expression.has(letter) for kernel in within):
        yield from _zeros_of_factors(polynomial, kernels, letter)
        return
    for kernel in reversed(kernels):
        if not polynomial.has(kernel.generator):
            continue
        if kernel.relation is None:
            raise UndecidableError
        if isinstance(kernel.expression, sympy.Abs):
            # It is what is inside or its opposite, and changes from one to the other where that is
            # zero. Where it makes the whole thing zero, no sign changes.
            inside = to_fraction(kernel.expression.args[0])
            if not inside.kernels:
                value = inside.numerator / inside.denominator
                for each in (value, -value):
                    case = sympy.fraction(sympy.together(polynomial.subs(kernel.generator, each)))
                    if sympy.expand(case[0]) != 0:
                        yield from _zeros(case[0], kernels, letter)
                return
        polynomial = sympy.expand(sympy.resultant(polynomial, kernel.relation, kernel.generator))
    if polynomial == 0:
        raise UndecidableError
    yield from real_roots(sympy.Poly(polynomial, letter))


def real_roots(polynomial: Any) -> Iterator[Any]:
    """The distinct real roots of a polynomial over the rationals, exactly, in no order.

    Raises:
        UndecidableError: Its degree is too large.
    """
    if polynomial.degree() > MAX_DEGREE:
        raise UndecidableError
    for factor, _ in polynomial.factor_list()[1]:
        if factor.degree() == 1:
            slope, constant = factor.all_coeffs()
            yield -constant / slope
        elif factor.degree() == 2:
            a, b, c = factor.all_coeffs()
            discriminant = b**2 - 4 * a * c
            if discriminant > 0:
                root = sympy.sqrt(discriminant)
                yield sympy.expand((-b + root) / (2 * a))
                yield sympy.expand((-b - root) / (2 * a))
        elif factor.degree() > 2:
            yield from factor.real_roots()


# Powers and logarithms of the unknown -----------------------------------------------------------


def _zeros_of_factors(polynomial: Any, kernels: tuple[Kernel, ...], letter: Any) -> Iterator[Any]:
    """Of a product, where one of its factors is zero."""
    meaning = {kernel.generator: kernel.expression for kernel in kernels}
    for factor, _ in sympy.factor_list(polynomial)[1]:
        moving = [k for k in kernels if factor.has(k.generator) and k.expression.has(letter)]
        if not moving and not factor.has(letter):
            if not sign_of(factor.xreplace(meaning)):
                raise UndecidableError
        elif not moving:
            yield from _roots_in(factor, letter, meaning)
        elif factor.has(letter) or any(kernel.relation is not None for kernel in moving):
            if factor == polynomial or factor == -polynomial:
                raise UndecidableError
            yield from _zeros(factor, kernels, letter)
        elif all(_is_power(kernel.expression) for kernel in moving):
            yield from _zeros_of_powers(factor, moving, letter, meaning)
        elif all(isinstance(kernel.expression, sympy.log) for kernel in moving):
            yield from _zeros_of_logarithms(factor, moving, letter, meaning)
        else:
            raise UndecidableError


def _is_power(expression: Any) -> bool:
    return bool(expression.is_Pow) or isinstance(expression, sympy.exp)


def _zeros_of_powers(
    factor: Any, moving: Sequence[Kernel], letter: Any, meaning: dict[Any, Any]
) -> Iterator[Any]:
    """Two products of powers are equal where their logarithms are; of a polynomial in one power,
    each positive root is a value of that power."""
    terms = sympy.Add.make_args(sympy.expand(factor))
    if len(terms) == 2:
        value = sympy.Integer(-1)
        exponent: Any = sympy.Integer(0)
        for term, sign in zip(terms, (1, -1), strict=True):
            for part, times in term.as_powers_dict().items():
                kernel = next((each for each in moving if each.generator == part), None)
                if kernel is None:
                    value *= part.xreplace(meaning) ** (-sign * times)
                else:
                    exponent += sign * times * _logarithm(kernel.expression)
        yield from _where_power_is(value, exponent, letter)
    elif len(moving) == 1:
        exponent = _logarithm(moving[0].expression)
        for root in _roots_in(factor, moving[0].generator, meaning):
            yield from _where_power_is(root, exponent, letter)
    else:
        raise UndecidableError


def _logarithm(power: Any) -> Any:
    if isinstance(power, sympy.exp):
        return power.args[0]
    return power.exp * sympy.log(power.base)


def _where_power_is(value: Any, exponent: Any, letter: Any) -> Iterator[Any]:
    """Where `e^{exponent}` is `value`: nowhere unless that is positive."""
    sign = sign_of(value)
    if sign is None:
        raise UndecidableError
    if sign > 0:
        yield from critical_points(exponent - sympy.log(value), letter)


def _zeros_of_logarithms(
    factor: Any, moving: Sequence[Kernel], letter: Any, meaning: dict[Any, Any]
) -> Iterator[Any]:
    """A sum of logarithms is the logarithm of a product; of a polynomial in one logarithm, each
    root is a value of that logarithm."""
    if len(moving) == 1:
        (kernel,) = moving
        for root in _roots_in(factor, kernel.generator, meaning):
            value = sympy.exp(sympy.expand(root))
            yield from critical_points(kernel.expression.args[0] - value, letter)
        return
    generators = [kernel.generator for kernel in moving]
    polynomial = sympy.Poly(factor, *generators)
    if polynomial.total_degree() != 1:
        raise UndecidableError
    scale = polynomial.coeff_monomial(generators[0])
    ratios = [sympy.cancel(polynomial.coeff_monomial(each) / scale) for each in generators]
    if not all(ratio.is_Rational for ratio in ratios) or not sign_of(scale.xreplace(meaning)):
        raise UndecidableError
    common = math.lcm(*(int(ratio.q) for ratio in ratios))
    times = [int(ratio * common) for ratio in ratios]
    if max(map(abs, times)) > _MAX_EXPONENT:
        raise UndecidableError
    rest = sympy.cancel(polynomial.coeff_monomial(1) / scale) * common
    value = sympy.exp(sympy.expand(-rest.xreplace(meaning)))
    sides = [sympy.Integer(1), value]
    for kernel, exponent in zip(moving, times, strict=True):
        sides[exponent < 0] *= kernel.expression.args[0] ** abs(exponent)
    yield from critical_points(sides[0] - sides[1], letter)


def _roots_in(polynomial: Any, generator: Any, meaning: dict[Any, Any]) -> Iterator[Any]:
    """The real roots of a polynomial whose coefficients are numbers.

    Raises:
        UndecidableError: They are not rational and the degree is more than 2.
    """
    as_polynomial = sympy.Poly(polynomial, generator)
    coefficients = [value.xreplace(meaning) for value in as_polynomial.all_coeffs()]
    if all(value.is_Rational for value in coefficients):
        yield from real_roots(as_polynomial)
        return
    if len(coefficients) > 3 or not sign_of(coefficients[0]):
        raise UndecidableError
    if len(coefficients) == 2:
        yield -coefficients[1] / coefficients[0]
        return
    a, b, c = coefficients
    discriminant = sympy.expand(b**2 - 4 * a * c)
    sign = sign_of(discriminant)
    if sign is None:
        raise UndecidableError
    if sign >= 0:
        root = sympy.sqrt(discriminant)
        yield sympy.expand((-b + root) / (2 * a))
        if sign:
            yield sympy.expand((-b - root) / (2 * a))
