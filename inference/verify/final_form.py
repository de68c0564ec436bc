"""Whether an answer is finished: `x = 10/2` is true, but nobody would hand it in.

These are questions about what was written, so they look at the parser's tree and compute little.
When in doubt the answer is no: an unfinished answer merely goes without its badge.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import sympy

from inference.rules.convert import to_sympy
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Derivative,
    Div,
    Evaluated,
    Factorial,
    FunctionValue,
    Integral,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    PlusMinus,
    Pow,
    Root,
    Symbol,
    is_numeric,
    walk,
)

_MAX_RADICAND = 10**12


@dataclass(frozen=True, slots=True)
class _Term:
    """A monomial: a rational coefficient and the powers of what is not rational."""

    coefficient: Fraction
    powers: frozenset[tuple[str, Fraction]]
    has_literal: bool = False


def is_final_number(node: Node) -> bool:
    """Whether this is a number with nothing left to compute: `5`, `-\\frac{1}{2}`, `2\\sqrt{3}`,
    `\\frac{1 + \\sqrt{5}}{2}`, `0.25`, `3\\pi`."""
    return is_numeric(node) and (is_collected(node) or _is_logarithmic(node))


def _is_logarithmic(node: Node) -> bool:
    """Whether this is a fraction with logarithms below the bar, from which nothing cancels:
    `\\frac{\\ln 3}{\\ln 3 - \\ln 2}`."""
    if isinstance(node, Neg):
        return not isinstance(node.operand, Neg) and _is_logarithmic(node.operand)
    if not isinstance(node, Div) or node.sign != "/":
        return False
    above, below = _terms(node.numerator), _terms(node.denominator)
    if above is None or below is None or not _has_logarithm(node.denominator):
        return False
    if any(term.coefficient.denominator != 1 for term in (*above, *below)):
        return False
    if math.gcd(*(term.coefficient.numerator for term in (*above, *below))) != 1:
        return False
    value = sympy.cancel(sympy.expand_log(to_sympy(node)))
    return bool(value.has(sympy.log) and sympy.denom(value).has(sympy.log))


def _has_logarithm(node: Node) -> bool:
    return any(isinstance(part, Call) and part.name in ("ln", "log") for part in walk(node))


def is_collected(node: Node) -> bool:
    """Whether this is a sum of unlike terms, each as short as it can be: `3x^2 - 5x + \\frac12`."""
    percent = node.operand if isinstance(node, Neg) else node
    if isinstance(percent, Percent):
        return isinstance(percent.operand, Number)
    terms = _terms(node)
    if terms is None:
        return False
    if len(terms) == 1:
        return True
    kinds = {term.powers for term in terms}
    return len(kinds) == len(terms) and all(term.coefficient for term in terms)


def is_factored(node: Node) -> bool:
    """Whether this is a product of at least two factors, none of which can be factored further
    over the rationals, and no number is left to take out of a factor."""
    num_factors = 0
    has_number = False
    is_sum = False
    for base, exponent in _factors(node):
        if is_numeric(base):
            if not is_final_number(base):
                return False
            has_number = True
            continue
        if not is_collected(base):
            return False
        num_factors += exponent
        is_sum = is_sum or isinstance(base, Add)
        polynomial = _polynomial(base)
        if polynomial is None or not _is_irreducible(polynomial):
            return False
    return is_sum and (num_factors >= 2 or has_number)


def is_scientific(node: Node) -> bool:
    """Whether this is a number from 1 to below 10 times a whole power of 10."""
    match node.operand if isinstance(node, Neg) else node:
        case Mul(factors=(Number() as size, Pow(base=Number("10"), exponent=exponent))):
            power = _literal(exponent)
            return 1 <= size.value < 10 and power is not None and power.denominator == 1
    return False


def is_prime_product(node: Node) -> bool:
    """Whether this is a prime, or a product of primes and powers of them, a whole number each."""
    parts = list(_factors(node))
    if isinstance(node, Neg) or not all(isinstance(base, Number) for base, _ in parts):
        return False
    numbers = [_whole(base) for base, _ in parts]
    return all(value is not None and sympy.isprime(value) for value in numbers)


def is_irreducible(node: Node) -> bool:
    """Whether this is a sum that cannot be factored over the rationals, no number taken out."""
    if isinstance(node, Neg):
        node = node.operand
    if not isinstance(node, Add) or not is_collected(node):
        return False
    polynomial = _polynomial(node)
    is_rational = polynomial is not None and (polynomial.domain.is_ZZ or polynomial.domain.is_QQ)
    return is_rational and _is_irreducible(polynomial)


def is_simplest(node: Node) -> bool:
    """Whether nothing could be simplified at all: unlike terms of letters and rational numbers, or
    one fraction of such in lowest terms. Roots and functions have laws that are not known here."""
    if any(isinstance(part, Root | Call | Constant | Factorial | Percent) for part in walk(node)):
        return False
    if isinstance(node, Div):
        return is_reduced(node)
    return is_collected(node) and _polynomial(node) is not None


def is_reduced(node: Node) -> bool:
    """Whether this is collected, or a product of collected factors, or a fraction of such in
    lowest terms."""
    if is_collected(node):
        return True
    if isinstance(node, Neg):
        return is_reduced(node.operand)
    if isinstance(node, Div) and node.sign == "/":
        above, below = _polynomial(node.numerator), _polynomial(node.denominator)
        if above is None or below is None or not _is_product(node.numerator):
            return False
        generators = tuple({*above.gens, *below.gens})
        common = sympy.gcd(above.as_expr(), below.as_expr(), *generators)
        return _is_product(node.denominator) and bool(common.is_Rational and common == 1)
    return _is_product(node)


def has_pending_numbers(node: Node) -> bool:
    """Whether some arithmetic was left undone: `x^{3-1}`, `2 \\cdot 3x`, `x + 1 + 2`."""
    for part in walk(node):
        if isinstance(part, Add) and sum(map(_is_rational, part.terms)) > 1:
            return True
        if isinstance(part, Mul) and sum(map(_is_rational, _flat_factors(part))) > 1:
            return True
        if isinstance(part, Pow) and part.exponent in (Number("0"), Number("1")):
            return True
        if is_numeric(part) and not is_collected(part) and not isinstance(part, Percent):
            return True
    return False


def _flat_factors(node: Mul) -> Iterator[Node]:
    for factor in node.factors:
        if isinstance(factor, Mul):
            yield from _flat_factors(factor)
        else:
            yield factor


def has_open_operations(node: Node) -> bool:
    """Whether a derivative, an integral, a pair of bounds or an unknown function is left."""
    return any(
        isinstance(part, Derivative | Integral | Evaluated | FunctionValue | PlusMinus)
        for part in walk(node)
    )


def size(node: Node) -> int:
    """How much there is to read: the nodes of the tree."""
    return sum(1 for _ in walk(node))


# Terms ------------------------------------------------------------------------------------------


def _terms(node: Node) -> list[_Term] | None:
    if isinstance(node, Add):
        terms = [_term(each) for each in node.terms]
        return [term for term in terms if term] if all(terms) else None
    if isinstance(node, Neg) and isinstance(node.operand, Div):
        return _terms(node.operand)
    if isinstance(node, Div) and isinstance(node.numerator, Add):
        above = _terms(node.numerator)
        below = _whole(node.denominator)
        if above is None or below is None or below < 2:
            return None
        if any(term.coefficient.denominator != 1 for term in above):
            return None
        if math.gcd(below, *(term.coefficient.numerator for term in above)) != 1:
            return None
        return [_Term(term.coefficient / below, term.powers) for term in above]
    term = _term(node)
    return None if term is None else [term]


def _term(node: Node) -> _Term | None:
    if isinstance(node, Neg):
        term = None if isinstance(node.operand, Neg) else _term(node.operand)
        return term and _Term(-term.coefficient, term.powers, term.has_literal)
    if (literal := _literal(node)) is not None:
        return _Term(literal, frozenset(), has_literal=True)
    if isinstance(node, Mul):
        return _product_term(node)
    if isinstance(node, Div):
        return _quotient_term(node)
    return _power_term(node)


def _product_term(node: Mul) -> _Term | None:
    coefficient = Fraction(1)
    has_literal = False
    powers: dict[str, Fraction] = {}
    below_roots: set[str] = set()
    for factor in node.factors:
        term = _term(factor)
        if term is None or (term.has_literal and (has_literal or powers)):
            return None
        if term.has_literal and abs(term.coefficient) in (0, 1):
            return None
        has_literal = has_literal or term.has_literal
        coefficient *= term.coefficient
        for name, exponent in term.powers:
            # A letter may stand beside its own root: `x^2 \\sqrt{x}`.
            is_root = isinstance(factor, Root)
            if name in powers and is_root == (name in below_roots):
                return None
            if name in powers and (exponent if not is_root else powers[name]).denominator != 1:
                return None
            if is_root:
                below_roots.add(name)
            if _is_radical(name) and any(map(_is_radical, powers)):
                return None
            powers[name] = powers.get(name, Fraction(0)) + exponent
    return _Term(coefficient, frozenset(powers.items()), has_literal)


def _quotient_term(node: Div) -> _Term | None:
    above, below = _term(node.numerator), _term(node.denominator)
    if above is None or below is None or node.sign != "/" or below.coefficient < 0:
        return None
    if above.coefficient.denominator != 1 or below.coefficient.denominator != 1:
        return None
    if math.gcd(above.coefficient.numerator, below.coefficient.numerator) != 1:
        return None
    # A root above and its letter below is what rationalising leaves: `\\frac{\\sqrt{x}}{x}`.
    names = {name for name, exponent in above.powers if exponent.denominator == 1}
    if names & {name for name, _ in below.powers} or any(
        _is_radical(name) for name, _ in below.powers
    ):
        return None
    if not below.powers and below.coefficient == 1:
        return None
    powers = above.powers | {(name, -exponent) for name, exponent in below.powers}
    return _Term(above.coefficient / below.coefficient, frozenset(powers), has_literal=True)


def _power_term(node: Node) -> _Term | None:
    """One letter, constant, root or function, perhaps to a power."""
    base, exponent = node, Fraction(1)
    if isinstance(node, Pow):
        written = _literal(node.exponent)
        if written is None:
            if isinstance(node.base, Constant | Symbol | Number) and is_collected(node.exponent):
                return _Term(Fraction(1), frozenset({(repr(node), exponent)}))
            return None
        if written in (0, 1):
            return None
        base, exponent = node.base, written
    match base:
        case Symbol() | Constant():
            name = repr(base)
        case Root(radicand=Number(text=digits)) if exponent == 1 and _is_lowest_root(base):
            name = f"√{base.index} {digits}"
        case Root(radicand=Symbol()) if exponent == 1:
            name, exponent = repr(base.radicand), Fraction(1, base.index)
        case Root() if exponent == 1 and not is_numeric(base) and is_drawn_out(base):
            name = repr(base)
        case Call(name="ln", args=(inner,)) if exponent == 1 and _is_lowest_logarithm(inner):
            name = repr(base)
        case Call(name="log", args=(inner, *bases)) if exponent == 1 and is_numeric(base):
            if not _is_lowest_logarithm(inner):
                return None
            if _is_power_of(inner, bases[0] if bases else Number("10")):
                return None
            name = repr(base)
        case Call(name="arcsin" | "arccos" | "arctan", args=(inner,)) if is_numeric(base):
            # Of the numbers of which everybody knows the angle, it is to be worked out.
            angle = to_sympy(base)
            is_open = isinstance(angle, sympy.asin | sympy.acos | sympy.atan)
            if exponent != 1 or not is_open or not is_final_number(inner):
                return None
            name = repr(base)
        case Call() if not is_numeric(base) and all(map(is_reduced, base.args)):
            name = repr(base)
        case _:
            return None
    return _Term(Fraction(1), frozenset({(name, exponent)}))


def _is_lowest_logarithm(inner: Node) -> bool:
    """Whether nothing can be drawn out of the logarithm of this number: `\\ln 4` is `2 \\ln 2`."""
    value = _literal(inner)
    if value is None:
        return is_final_number(inner) and any(isinstance(part, Root) for part in walk(inner))
    primes = _prime_exponents(value)
    return bool(primes) and math.gcd(*primes.values()) == 1


def _is_power_of(inner: Node, base: Node) -> bool:
    """Whether a logarithm is a rational number: `\\log_4 2` is one half."""
    value, unit = _literal(inner), _literal(base)
    if value is None or unit is None:
        return False
    exponents, units = _prime_exponents(value), _prime_exponents(unit)
    if exponents.keys() != units.keys():
        return False
    return len({Fraction(times, units[prime]) for prime, times in exponents.items()}) == 1


def _prime_exponents(value: Fraction) -> dict[int, int]:
    """Empty for what has none: 1, and what is not positive or too large."""
    if value <= 0 or max(value.numerator, value.denominator) > _MAX_RADICAND:
        return {}
    return dict(sympy.factorrat(sympy.Rational(value.numerator, value.denominator)))


def _literal(node: Node) -> Fraction | None:
    """The value of a rational number in its shortest form, else None."""
    match node:
        case Number():
            return node.value
        case Neg() if not isinstance(node.operand, Neg):
            value = _literal(node.operand)
            return None if value is None else -value
        case MixedNumber():
            above, below = node.numerator.value, node.denominator.value
            is_lowest = math.gcd(above.numerator, below.numerator) == 1 and node.whole.value > 0
            return node.whole.value + above / below if is_lowest else None
        case Div(sign="/"):
            above_value, below_value = _whole(_unsigned(node.numerator)), _whole(node.denominator)
            if above_value is None or below_value is None or below_value < 2:
                return None
            if math.gcd(above_value, below_value) != 1:
                return None
            sign = -1 if isinstance(node.numerator, Neg) else 1
            return sign * Fraction(above_value, below_value)
    return None


def _unsigned(node: Node) -> Node:
    return node.operand if isinstance(node, Neg) else node


def _whole(node: Node) -> int | None:
    is_whole = isinstance(node, Number) and not node.is_decimal
    return int(node.value) if isinstance(node, Number) and is_whole else None


def _is_rational(node: Node) -> bool:
    return is_numeric(node) and bool(_literal(_unsigned(node)) is not None)


def _is_lowest_root(node: Root) -> bool:
    """A root of a whole number from which nothing can be drawn."""
    radicand = _whole(node.radicand)
    if radicand is None or not 1 < radicand < _MAX_RADICAND:
        return False
    powers = sympy.factorint(radicand).values()
    return max(powers) < node.index and math.gcd(node.index, *powers) == 1


def is_drawn_out(node: Root) -> bool:
    """Whether a root with letters below it is as short as it can be: `\\sqrt{x^3}` is not."""
    if not is_reduced(node.radicand):
        return False
    polynomial = _polynomial(node.radicand)
    if polynomial is None or not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        return True
    content, factors = polynomial.factor_list()
    primes = _prime_exponents(Fraction(abs(int(content.p)), int(content.q)))
    times = [power for _, power in factors] + [abs(power) for power in primes.values()]
    return max(times, default=1) < node.index and math.gcd(node.index, *times) == 1


def _is_radical(name: str) -> bool:
    return name.startswith("√")


# Factors ----------------------------------------------------------------------------------------


def _factors(node: Node) -> Iterator[tuple[Node, int]]:
    match node:
        case Neg():
            yield from _factors(node.operand)
        case Mul():
            for factor in node.factors:
                yield from _factors(factor)
        case Pow() if (exponent := _whole(node.exponent)) is not None and exponent > 1:
            yield node.base, exponent
        case Div() if (below := _whole(node.denominator)) is not None and below > 1:
            yield from _factors(node.numerator)
        case _:
            yield node, 1


def _is_product(node: Node) -> bool:
    """Whether every factor is collected, and no factor stands there twice."""
    bases = [base for base, _ in _factors(node)]
    numbers = [base for base in bases if is_numeric(base)]
    is_short = len(numbers) <= 1 and max(Counter(map(repr, bases)).values()) == 1
    return is_short and all(is_collected(base) for base in bases)


def _polynomial(node: Node) -> sympy.Poly | None:
    value = to_sympy(node)
    letters = sorted(value.free_symbols, key=lambda letter: str(letter.name))
    if not letters:
        return sympy.Poly(value, sympy.Symbol("x")) if value.is_Rational else None
    if not value.is_polynomial(*letters):
        return None
    return sympy.Poly(value, *letters)


def _is_irreducible(polynomial: sympy.Poly) -> bool:
    """Over the rationals; with whole coefficients without a common divisor, or monic. Linear
    factors may have irrational coefficients."""
    if polynomial.total_degree() == 1 and not polynomial.domain.is_QQ | polynomial.domain.is_ZZ:
        return True
    if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        return False
    content, factors = polynomial.factor_list()
    if len(factors) != 1 or factors[0][1] != 1:
        return False
    if polynomial.domain.is_ZZ:
        return bool(abs(content) == 1)
    return bool(abs(polynomial.LC()) == 1)
