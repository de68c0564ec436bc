"""Exact decisions about expressions: is this zero, what is its sign, where can its sign change.

SymPy's `simplify`, `equals` and `solveset` lean on heuristics and on floating point, which is no
proof. Here an expression becomes an element of a polynomial ring whose generators are its letters
and its irrational parts ("kernels") with the relations between them (`k^2 = u` for a root), and is
reduced. What reduces to nothing is zero. That something is not zero is said only where the
generators are known to be independent, or when interval arithmetic separates it from zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy

from inference.verify.intervals import UndecidableError, enclose

MAX_DEGREE = 30
MAX_TERMS = 400
_MAX_FACTORED = 10**15
_PRECISIONS = (64, 160, 400)
_SAMPLES = (
    *((2, 1), (3, 1), (5, 1), (-1, 1), (1, 2), (-3, 1), (7, 1), (1, 3), (-5, 2), (11, 1)),
    *((1, 10), (13, 7), (-7, 3), (100, 1)),
)


@dataclass(frozen=True, slots=True)
class _Kernel:
    """An irrational part of an expression, replaced by a generator of its own.

    Attributes:
        generator: What stands for it.
        expression: What it stands for.
        relation: A polynomial that vanishes on it, None for a transcendental one.
    """

    generator: Any
    expression: Any
    relation: Any | None


@dataclass(frozen=True, slots=True)
class Fraction:
    """An expression as numerator and denominator over letters and kernels.

    Kernels come in the order in which they were made: one may contain earlier ones, never later.
    """

    numerator: Any
    denominator: Any
    kernels: tuple[_Kernel, ...]
    letters: tuple[Any, ...]
    is_independent: bool


def is_zero(expression: Any) -> bool | None:
    """Whether an expression is zero wherever it is defined; None when that cannot be decided."""
    if not expression.free_symbols:
        sign = sign_of(expression)
        return None if sign is None else sign == 0
    try:
        fraction = to_fraction(expression)
    except UndecidableError:
        return None
    if _reduce(fraction.numerator, fraction.kernels) == 0:
        return True
    if fraction.is_independent or find_counterexample(expression) is not None:
        return False
    return None


def find_counterexample(expression: Any) -> dict[str, str] | None:
    """Values of the letters for which the expression is certainly not zero, if a few tries find
    some."""
    letters = sorted(expression.free_symbols, key=lambda letter: str(letter.name))
    for shift in range(len(_SAMPLES)):
        values = {
            letter: sympy.Rational(*_SAMPLES[(shift + 3 * place) % len(_SAMPLES)])
            for place, letter in enumerate(letters)
        }
        try:
            bounds = enclose(expression, values, _PRECISIONS[0])
        except (UndecidableError, ZeroDivisionError):
            continue
        if bounds is not None and (bounds[0] > 0 or bounds[1] < 0):
            return {str(letter.name): str(value) for letter, value in values.items()}
    return None


def sign_of(number: Any) -> int | None:
    """The sign of a real number without letters: -1, 0 or 1; None when it cannot be decided.

    None also for what is no real number, such as the square root of -1 or a quotient by zero.
    """
    if number.is_Rational:
        return int(sympy.sign(number))
    if sign := _separate_from_zero(number, _PRECISIONS[0]):
        return sign
    try:
        fraction = to_fraction(number)
        if _reduce(fraction.numerator, fraction.kernels) == 0 or _is_false_conjugate(fraction):
            return 0
    except UndecidableError:
        pass
    for precision in _PRECISIONS[1:]:
        if sign := _separate_from_zero(number, precision):
            return sign
    return None


def _is_false_conjugate(fraction: Fraction) -> bool:
    """Whether a number is zero because its product with its conjugate is and that is not: so
    `\\sqrt{3 + 2\\sqrt{2}} - 1 - \\sqrt{2}`."""
    for kernel in reversed(fraction.kernels):
        generator = kernel.generator
        if kernel.relation is None or not fraction.numerator.has(generator):
            continue
        if sympy.degree(kernel.relation, generator) != 2:
            return False
        conjugate = fraction.numerator.subs(generator, -generator)
        if _reduce(fraction.numerator * conjugate, fraction.kernels) != 0:
            return False
        meaning = {each.generator: each.expression for each in fraction.kernels}
        return _separate_from_zero(conjugate.xreplace(meaning), _PRECISIONS[1]) != 0
    return False


def _separate_from_zero(number: Any, precision: int) -> int:
    try:
        bounds = enclose(number, {}, precision)
    except (UndecidableError, ZeroDivisionError):
        return 0
    return 0 if bounds is None else _sign_of_bounds(bounds)


def bounds_of(number: Any) -> tuple[Any, Any]:
    """Rational numbers between which a real number lies, some forty digits apart.

    Raises:
        UndecidableError: It is no real number known here.
    """
    try:
        bounds = enclose(number, {}, _PRECISIONS[1])
    except ZeroDivisionError as error:
        raise UndecidableError from error
    if bounds is None:
        raise UndecidableError
    return bounds


@lru_cache(maxsize=512)
def critical_points(expression: Any, letter: Any) -> tuple[Any, ...]:
    """Real numbers among which are all where an expression in one letter can change its sign.

    Zeros of numerator and denominator, and where a root begins to be real. An expression that is
    zero everywhere has none.

    Raises:
        UndecidableError: The expression is not algebraic in the letter, or too large.
    """
    fraction = to_fraction(expression)
    if _reduce(fraction.numerator, fraction.kernels) == 0:
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


def to_fraction(expression: Any) -> Fraction:
    """Write an expression over letters and kernels.

    Raises:
        UndecidableError: It contains something that is no real number or no function known here,
            divides by zero everywhere, or is too large.
    """
    if expression.has(sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc):
        expression = sympy.expand_trig(expression)
    writer = _KernelWriter(expression)
    rational = writer.write(expression)
    letters = tuple(sorted(expression.free_symbols, key=lambda letter: str(letter.name)))
    generators = [*letters, *(kernel.generator for kernel in writer.kernels)]
    if generators and not writer.kernels and rational.is_polynomial(*letters):
        numerator, denominator = sympy.expand(rational), sympy.Integer(1)
    elif generators:
        try:
            field = sympy.QQ.frac_field(*generators)
            element = field.from_sympy(rational)
            numerator = element.numer.as_expr()
            denominator = element.denom.as_expr()
        except (ZeroDivisionError, ValueError, sympy.CoercionFailed) as error:
            raise UndecidableError from error
    else:
        if not rational.is_Rational:
            raise UndecidableError
        numerator, denominator = sympy.fraction(rational)
    kernels = tuple(writer.kernels)
    if len(sympy.Add.make_args(numerator)) > MAX_TERMS or _reduce(denominator, kernels) == 0:
        raise UndecidableError
    return Fraction(numerator, denominator, kernels, letters, writer.is_independent)


def _reduce(polynomial: Any, kernels: tuple[_Kernel, ...]) -> Any:
    """Remainder by the relations, the kernels that contain others first."""
    for kernel in reversed(kernels):
        if kernel.relation is not None and polynomial.has(kernel.generator):
            polynomial = sympy.prem(polynomial, kernel.relation, kernel.generator)
            polynomial = sympy.expand(polynomial)
    return sympy.expand(polynomial)


def _zeros(polynomial: Any, kernels: tuple[_Kernel, ...], letter: Any) -> Iterator[Any]:
    """Real numbers among which are all zeros of a polynomial in a letter and kernels."""
    polynomial = _reduce(polynomial, kernels)
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


# Kernels ----------------------------------------------------------------------------------------


class _KernelWriter:
    """Replaces irrational parts by generators, from the inside out."""

    def __init__(self, expression: Any) -> None:
        self.kernels: list[_Kernel] = []
        # A nonzero polynomial, reduced, in letters, real radicals of primes (Besicovitch 1940) and
        # one transcendental number is not zero; of other kernels that is not known here.
        self.is_independent = True
        self._generators: dict[Any, Any] = {}
        self._num_transcendental = 0
        orders = [
            power.exp.q
            for power in expression.atoms(sympy.Pow)
            if power.exp.is_Rational and power.base.is_Rational
        ]
        self._order = math.lcm(*orders)
        self._units = _exponent_units(expression)

    def write(self, expression: Any) -> Any:
        if expression.is_Rational or expression.is_Symbol:
            return expression
        if expression.is_Add or expression.is_Mul:
            return expression.func(*map(self.write, expression.args))
        if expression.is_Pow and expression.exp.is_Integer:
            return self.write(expression.base) ** expression.exp
        if expression is sympy.pi:
            return self._constant(sympy.pi)
        if isinstance(expression, sympy.exp) or expression is sympy.E:
            exponent = sympy.Integer(1) if expression is sympy.E else expression.args[0]
            return self._exponential(sympy.E, exponent)
        if expression.is_Pow:
            return self._power(expression.base, expression.exp)
        if isinstance(expression, sympy.Abs):
            inner = self.write(expression.args[0])
            return self._algebraic(expression, 2, inner**2)
        if isinstance(expression, sympy.sign):
            return self.write(expression.args[0]) / self.write(sympy.Abs(expression.args[0]))
        if isinstance(expression, sympy.CRootOf):
            return self._root_of(expression)
        return self._function(expression)

    def _power(self, base: Any, exponent: Any) -> Any:
        if not exponent.is_Rational:
            if not (base.is_Rational and base > 0):
                raise UndecidableError
            return self._exponential(base, exponent)
        if base.is_Rational:
            if base < 0:
                raise UndecidableError
            result: Any = sympy.Integer(1)
            for prime, times in _prime_powers(base):
                generator = self._prime_radical(prime)
                result *= generator ** (exponent * self._order * times)
            return result
        root = self._algebraic(sympy.Pow(base, 1 / sympy.Integer(exponent.q)), exponent.q, None)
        return root**exponent.p

    def _prime_radical(self, prime: int) -> Any:
        radical = sympy.Pow(prime, sympy.Rational(1, self._order))
        if radical in self._generators:
            return self._generators[radical]
        generator = self._new_generator(radical)
        self.kernels.append(_Kernel(generator, radical, generator**self._order - prime))
        return generator

    def _algebraic(self, expression: Any, degree: int, power: Any | None) -> Any:
        """A kernel of which a power is known."""
        if expression in self._generators:
            return self._generators[expression]
        if power is None:
            power = self.write(expression.base)
        numerator, denominator = sympy.fraction(sympy.together(power))
        generator = self._new_generator(expression)
        relation = sympy.expand(denominator * generator**degree - numerator)
        self.kernels.append(_Kernel(generator, expression, relation))
        self.is_independent = False
        return generator

    def _root_of(self, root: Any) -> Any:
        if root in self._generators:
            return self._generators[root]
        self.is_independent = False
        generator = self._new_generator(root)
        relation = root.poly.as_expr().subs(root.poly.gen, generator)
        self.kernels.append(_Kernel(generator, root, relation))
        return generator

    def _exponential(self, base: Any, exponent: Any) -> Any:
        """`base^(a + 2b)` as a product of powers of kernels `base^unit`."""
        result: Any = sympy.Integer(1)
        for term in sympy.Add.make_args(sympy.expand(exponent)):
            coefficient, rest = term.as_coeff_Mul()
            bases = [(base, 1)] if base is sympy.E else _prime_powers(base)
            for prime, times in bases:
                if rest == 1 and prime is not sympy.E:
                    result *= self._power(sympy.Integer(prime), coefficient * times)
                    continue
                if rest not in self._units:
                    raise UndecidableError
                unit = self._units[rest]
                kernel = sympy.Pow(prime, unit * rest)
                count = coefficient / unit * times
                if rest == 1:
                    result *= self._constant(kernel) ** count
                else:
                    result *= self._transcendental(kernel) ** count
        return result

    def _constant(self, number: Any) -> Any:
        if number not in self._generators:
            self._num_transcendental += 1
            if self._num_transcendental > 1:
                self.is_independent = False
            self.kernels.append(_Kernel(self._new_generator(number), number, None))
        return self._generators[number]

    def _transcendental(self, expression: Any) -> Any:
        """A kernel of which nothing is known but what it is."""
        self.is_independent = False
        if expression not in self._generators:
            generator = self._new_generator(expression)
            self.kernels.append(_Kernel(generator, expression, None))
        return self._generators[expression]

    def _function(self, expression: Any) -> Any:
        if isinstance(expression, sympy.log):
            argument = expression.args[0]
            if argument.is_Rational and argument > 0:
                return sympy.Add(
                    *(
                        times * self._transcendental(sympy.log(prime))
                        for prime, times in _prime_powers(argument)
                    )
                )
            return self._transcendental(expression)
        angle = expression.args[0] if expression.args else None
        if isinstance(expression, sympy.cos):
            return self._transcendental(expression)
        if isinstance(expression, sympy.sin):
            cosine = self._transcendental(sympy.cos(angle, evaluate=False))
            if expression not in self._generators:
                generator = self._new_generator(expression)
                relation = generator**2 + cosine**2 - 1
                self.kernels.append(_Kernel(generator, expression, relation))
            return self._generators[expression]
        quotients = {
            sympy.tan: (sympy.sin, sympy.cos),
            sympy.cot: (sympy.cos, sympy.sin),
            sympy.sec: (None, sympy.cos),
            sympy.csc: (None, sympy.sin),
        }
        if expression.func in quotients:
            above, below = quotients[expression.func]
            numerator = self.write(above(angle)) if above else sympy.Integer(1)
            return numerator / self.write(below(angle))
        if isinstance(expression, sympy.asin | sympy.acos | sympy.atan | sympy.factorial):
            return self._transcendental(expression)
        raise UndecidableError

    def _new_generator(self, expression: Any) -> Any:
        # Not a real letter: nothing may be simplified on the strength of its assumptions.
        generator = sympy.Symbol(f"k{len(self._generators)}_")
        self._generators[expression] = generator
        return generator


def _prime_powers(number: Any) -> list[tuple[int, int]]:
    """The prime factors of a positive rational number with their exponents.

    Raises:
        UndecidableError: It is too large to be factored in no time.
    """
    if max(number.p, number.q) > _MAX_FACTORED:
        raise UndecidableError
    return list(sympy.factorrat(number).items())


def _exponent_units(expression: Any) -> Mapping[Any, Any]:
    """For each thing that occurs in exponents, the fraction of which all its multiples are whole
    multiples."""
    coefficients: dict[Any, list[Any]] = {sympy.Integer(1): [sympy.Integer(1)]}
    exponents = [
        power.exp
        for power in expression.atoms(sympy.Pow, sympy.exp)
        if not power.exp.is_Rational or power.base is sympy.E
    ]
    for exponent in exponents:
        for term in sympy.Add.make_args(sympy.expand(exponent)):
            coefficient, rest = term.as_coeff_Mul()
            coefficients.setdefault(rest, []).append(coefficient)
    return {
        rest: sympy.Rational(1, math.lcm(*(int(value.q) for value in values)))
        for rest, values in coefficients.items()
        if all(value.is_Rational for value in values)
    }


def _sign_of_bounds(bounds: tuple[Any, Any]) -> int:
    low, high = bounds
    return 1 if low > 0 else -1 if high < 0 else 0
