"""Exact decisions about expressions: is this zero, what is its sign?

SymPy's `simplify`, `equals` and `solveset` lean on heuristics and on floating point, which is no
proof. Here an expression becomes an element of a polynomial ring whose generators are its letters
and its irrational parts ("kernels") with the relations between them (`k^2 = u` for a root), and is
reduced. What reduces to nothing is zero. That something is not zero is said only where the
generators are known to be independent, or when interval arithmetic separates it from zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from inference.verify.intervals import UndecidableError, enclose

MAX_TERMS = 400
_MAX_FACTORED = 10**15
_MAX_JOINED = 24
_PRECISIONS = (64, 160, 400)
_SAMPLES = (
    *((2, 1), (3, 1), (5, 1), (-1, 1), (1, 2), (-3, 1), (7, 1), (1, 3), (-5, 2), (11, 1)),
    *((1, 10), (13, 7), (-7, 3), (100, 1)),
)


@dataclass(frozen=True, slots=True)
class Kernel:
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
    kernels: tuple[Kernel, ...]
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
    if reduce_by(fraction.numerator, fraction.kernels) == 0:
        return True
    if fraction.is_independent or find_counterexample(expression) is not None:
        return False
    return None


def find_counterexample(
    expression: Any, admits: Callable[[Mapping[Any, Any]], bool] | None = None
) -> dict[str, str] | None:
    """Values of the letters for which the expression is certainly not zero, if a few tries find
    some; with `admits`, among those that it admits."""
    letters = sorted(expression.free_symbols, key=lambda letter: str(letter.name))
    for shift in range(len(_SAMPLES)):
        values = {
            letter: sympy.Rational(*_SAMPLES[(shift + 3 * place) % len(_SAMPLES)])
            for place, letter in enumerate(letters)
        }
        if admits is not None and not admits(values):
            continue
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
        if reduce_by(fraction.numerator, fraction.kernels) == 0 or _is_false_conjugate(fraction):
            return 0
    except UndecidableError:
        pass
    try:
        if _is_logarithm_of_one(number) or _is_zero_with_powers_joined(number):
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
        if reduce_by(fraction.numerator * conjugate, fraction.kernels) != 0:
            return False
        meaning = {each.generator: each.expression for each in fraction.kernels}
        return _separate_from_zero(conjugate.xreplace(meaning), _PRECISIONS[1]) != 0
    return False


def _is_logarithm_of_one(number: Any) -> bool:
    """Whether a sum of logarithms is zero because the product of what is inside is 1: so
    `\\ln(3 + 2\\sqrt{2}) - 2\\ln(1 + \\sqrt{2})`."""
    if not number.has(sympy.log):
        return False
    top = sympy.expand(sympy.fraction(sympy.together(number))[0])
    parts = [term.as_coeff_Mul() for term in sympy.Add.make_args(top)]
    if not all(factor.is_Rational for factor, _ in parts) or not all(
        rest == 1 or (isinstance(rest, sympy.log) and sign_of(rest.args[0]) == 1)
        for _, rest in parts
    ):
        return False
    scale = math.lcm(*(int(factor.q) for factor, _ in parts))
    if any(abs(factor * scale) > _MAX_JOINED for factor, _ in parts):
        return False
    product = sympy.Mul(
        *((sympy.E if rest == 1 else rest.args[0]) ** (factor * scale) for factor, rest in parts)
    )
    return not product.has(sympy.log) and sign_of(product - 1) == 0


def _is_zero_with_powers_joined(number: Any) -> bool:
    """Whether a sum of powers of numbers is zero once each product of powers is one power of e."""
    parts = [_joined(term) for term in sympy.Add.make_args(sympy.expand(number))]
    if all(exponent == 0 for _, exponent in parts):
        return False
    values = [factor * sympy.exp(exponent) for factor, exponent in parts]
    if not any(
        _has_odd_exponent(part) for value in values for part in sympy.preorder_traversal(value)
    ):
        return sign_of(sympy.Add(*values)) == 0
    if len(parts) != 2:
        return False
    (one, first), (other, second) = parts
    quotient = -one / other
    if not (quotient.is_Rational and quotient > 0):
        return False
    difference = first - second + _prime_logarithm(quotient)
    return bool(sympy.cancel(sympy.together(difference)) == 0)


def _joined(term: Any) -> tuple[Any, Any]:
    """A product as what is left of it without powers of numbers, and the exponent of e that those
    come to."""
    factors = sympy.Mul.make_args(term)
    powers = [each for each in factors if _has_odd_exponent(each)]
    exponent = sympy.Add(
        *(
            each.args[0] if isinstance(each, sympy.exp) else each.exp * sympy.log(each.base)
            for each in powers
        )
    )
    exponent = exponent.replace(_is_logarithm_of_number, lambda log: _prime_logarithm(log.args[0]))
    rest = sympy.Mul(*(each for each in factors if each not in powers))
    return rest, sympy.cancel(sympy.together(exponent))


def _is_logarithm_of_number(part: Any) -> bool:
    return isinstance(part, sympy.log) and bool(part.args[0].is_Rational and part.args[0] > 0)


def _prime_logarithm(number: Any) -> Any:
    """The logarithm of a positive rational number by those of its primes.

    Raises:
        UndecidableError: It is too large to be factored in no time.
    """
    return sympy.Add(*(times * sympy.log(prime) for prime, times in _prime_powers(number)))


def _has_odd_exponent(factor: Any) -> bool:
    """Whether it is a positive number to a power that is no fraction."""
    if isinstance(factor, sympy.exp):
        return True
    return bool(
        factor.is_Pow and not factor.exp.is_Rational and factor.base.is_Rational and factor.base > 0
    )


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
    if len(sympy.Add.make_args(numerator)) > MAX_TERMS or reduce_by(denominator, kernels) == 0:
        raise UndecidableError
    return Fraction(numerator, denominator, kernels, letters, writer.is_independent)


def reduce_by(polynomial: Any, kernels: tuple[Kernel, ...]) -> Any:
    """Remainder by the relations, the kernels that contain others first."""
    for kernel in reversed(kernels):
        if kernel.relation is not None and polynomial.has(kernel.generator):
            polynomial = sympy.prem(polynomial, kernel.relation, kernel.generator)
            polynomial = sympy.expand(polynomial)
    return sympy.expand(polynomial)


# Kernels ----------------------------------------------------------------------------------------


class _KernelWriter:
    """Replaces irrational parts by generators, from the inside out."""

    def __init__(self, expression: Any) -> None:
        self.kernels: list[Kernel] = []
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
        self.kernels.append(Kernel(generator, radical, generator**self._order - prime))
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
        self.kernels.append(Kernel(generator, expression, relation))
        self.is_independent = False
        return generator

    def _root_of(self, root: Any) -> Any:
        if root in self._generators:
            return self._generators[root]
        self.is_independent = False
        generator = self._new_generator(root)
        relation = root.poly.as_expr().subs(root.poly.gen, generator)
        self.kernels.append(Kernel(generator, root, relation))
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
                if rest.has(sympy.log) and not rest.free_symbols:
                    value = sympy.exp(unit * rest * sympy.log(prime))  # 2^{ln 7 / ln 2} is 7
                    if value.is_Rational:
                        result *= self._power(value, coefficient / unit * times)
                        continue
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
            self.kernels.append(Kernel(self._new_generator(number), number, None))
        return self._generators[number]

    def _transcendental(self, expression: Any) -> Any:
        """A kernel of which nothing is known but what it is."""
        self.is_independent = False
        if expression not in self._generators:
            generator = self._new_generator(expression)
            self.kernels.append(Kernel(generator, expression, None))
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
                self.kernels.append(Kernel(generator, expression, relation))
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
