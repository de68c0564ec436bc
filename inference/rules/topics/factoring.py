"""Factoring: common factor, special products, trinomials, grouping, rational roots.

`Factorizer` serves the instruction "factor" and the equations that are solved by factoring.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from inference.rules.build import number, power, product, symbol, total
from inference.rules.expansion import flat_terms
from inference.rules.nodes import Add, Node
from inference.rules.number_values import exact_root
from inference.rules.polynomial import (
    Monomial,
    Polynomial,
    monomial_node,
    polynomial_node,
    to_polynomial,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.expressions import simplify

MAX_ROOT_COEFFICIENT = 10**6
MAX_ROOT_CANDIDATES = 400
MAX_SPLIT_PRODUCT = 10**7


def covers(problem: Problem) -> bool:
    """Whether the problem asks to factor."""
    return problem.intent is Intent.FACTOR


def solve(problem: Problem, trace: Trace) -> Node:
    """Factor a polynomial with rational coefficients. One without factors is the answer itself.

    Raises:
        UnsupportedProblemError: It is no polynomial, or a single term.
    """
    node = problem.expressions[0]
    polynomial = to_polynomial(node)
    if polynomial is None or polynomial.is_constant:
        raise RefusedError("only_polynomials")
    if flat_terms(node) is None or len(flat_terms(node) or ()) != len(polynomial.terms):
        simplify(node, trace)
    factorizer = Factorizer(trace)
    num_steps = len(trace.steps)
    factored = factorizer.factor(polynomial)
    if len(trace.steps) == num_steps:
        if not isinstance(factored, Add):
            raise RefusedError("single_term")
        if not trace.steps:
            factored = node  # in the order in which it was written
        trace.note("no_factors" if problem.is_intent_written else "no_like_terms", factored)
    return factored


class Factorizer:
    """Splits a polynomial into factors and writes every split as a line of `trace`.

    `around` makes the line from the product (`product = 0` in an equation).
    """

    def __init__(self, trace: Trace, around: Callable[[Node], Node] = lambda node: node) -> None:
        self._trace = trace
        self._around = around
        self._outer: Node = number(1)
        self.outer = Fraction(1)
        self.factors: list[Polynomial] = []

    def factor(self, polynomial: Polynomial) -> Node:
        """Factor as far as rational coefficients allow. Returns the product; `factors` then holds
        its factors in order, letters included, and `outer` the number before them."""
        rest = self._take_common_factor(polynomial)
        at = len(self.factors)
        if not rest.is_constant or not self.factors:
            self.factors.append(rest)
        while at < len(self.factors):
            parts = self._split(at)
            if parts is None:
                at += 1
            else:
                self.factors[at : at + 1] = parts
        return self._line()

    # -- lines -----------------------------------------------------------------------------

    def _line(self, at: int | None = None, instead: Node | None = None) -> Node:
        """The whole product, with `instead` in the place of factor `at`."""
        if instead is not None:
            nodes = [
                instead if i == at else polynomial_node(factor)
                for i, factor in enumerate(self.factors)
            ]
            return (
                product((self._outer, *nodes)) if len(nodes) > 1 or self._has_outer() else instead
            )
        counts: dict[Node, int] = {}
        for factor in self.factors:
            node = polynomial_node(factor)
            counts[node] = counts.get(node, 0) + 1
        return product((self._outer, *(power(node, n) for node, n in counts.items())))

    def _has_outer(self) -> bool:
        return self._outer != number(1)

    def _write(self, rule: str, line: Node, **values: Node | int | Fraction) -> None:
        self._trace.add(rule, self._around(line), **values)

    def _write_split(
        self, rule: str, at: int, parts: list[Polynomial], **values: Node | int | Fraction
    ) -> list[Polynomial]:
        kept = self.factors
        self.factors = [*kept[:at], *parts, *kept[at + 1 :]]
        self._write(rule, self._line(), **values)
        self.factors = kept
        return parts

    # -- laws ------------------------------------------------------------------------------

    def _take_common_factor(self, polynomial: Polynomial) -> Polynomial:
        if len(polynomial.terms) == 1:
            return self._take_letters(polynomial)
        content = polynomial.content
        leading = next(iter(polynomial))[1]
        if leading < 0:
            content = -content
        monomial = polynomial.monomial_content
        inner = polynomial.divided_by_monomial(monomial, content)
        self.outer = content
        self._outer = monomial_node(monomial, content)
        self.factors = []
        if content != 1 or monomial:
            line = product((self._outer, polynomial_node(inner)))
            rule = "factor_out_sign" if content == -1 and not monomial else "factor_out_common"
            self._write(rule, line, factor=self._outer)
        if monomial:
            # Letters are factors like the others; only the number stays outside.
            self._outer = number(content)
            for name, exponent in monomial:
                self.factors.extend([Polynomial.letter(name)] * exponent)
        return inner

    def _take_letters(self, term: Polynomial) -> Polynomial:
        """A single term is a product already."""
        (monomial, value) = next(iter(term))
        self.outer = value
        self._outer = number(value)
        for name, exponent in monomial:
            self.factors.extend([Polynomial.letter(name)] * exponent)
        return Polynomial.constant(1)

    def _split(self, at: int) -> list[Polynomial] | None:
        factor = self.factors[at]
        if factor.degree() < 2 or len(factor.terms) < 2:
            return None
        laws = (
            self._split_binomial,
            self._split_perfect_square,
            self._split_trinomial,
            self._split_by_grouping,
            self._split_by_root,
        )
        for law in laws:
            parts = law(at, factor)
            if parts is not None:
                return parts
        return None

    def _split_binomial(self, at: int, factor: Polynomial) -> list[Polynomial] | None:
        if len(factor.terms) != 2:
            return None
        (first, v), (second, w) = factor
        if v * w < 0:
            a, b = _exact_root(first, abs(v), 2), _exact_root(second, abs(w), 2)
            if a is not None and b is not None:
                if v < 0:
                    a, b = b, a
                return self._write_split(
                    "difference_of_squares",
                    at,
                    [a + b, a - b],
                    a=polynomial_node(a),
                    b=polynomial_node(b),
                )
        a, b = _exact_root(first, v, 3), _exact_root(second, w, 3)
        if a is None or b is None:
            return None
        rule = "sum_of_cubes" if w > 0 else "difference_of_cubes"
        shown = b if w > 0 else -b
        parts = [a + b, a * a - a * b + b * b]
        return self._write_split(rule, at, parts, a=polynomial_node(a), b=polynomial_node(shown))

    def _split_perfect_square(self, at: int, factor: Polynomial) -> list[Polynomial] | None:
        if len(factor.terms) != 3:
            return None
        terms = list(factor)
        for i, j, k in ((0, 2, 1), (0, 1, 2), (1, 2, 0)):
            (first, v), (last, w), (middle, m) = terms[i], terms[j], terms[k]
            a, b = _exact_root(first, v, 2), _exact_root(last, w, 2)
            if a is None or b is None:
                continue
            double = (a * b).scaled(2)
            for sign in (1, -1):
                if double.scaled(sign).terms == {middle: m}:
                    root = a + b.scaled(sign)
                    rule = "perfect_square_sum" if sign > 0 else "perfect_square_difference"
                    return self._write_split(
                        rule, at, [root, root], a=polynomial_node(a), b=polynomial_node(b)
                    )
        return None

    def _split_trinomial(self, at: int, factor: Polynomial) -> list[Polynomial] | None:
        """`a u^2 + b u v + c v^2` with whole coefficients, by two numbers m, n with m + n = b and
        m n = a c."""
        if len(factor.terms) != 3:
            return None
        (first, a), (middle, b), (last, c) = factor
        u, v = _exact_root(first, Fraction(1), 2), _exact_root(last, Fraction(1), 2)
        if u is None or v is None or (u * v).terms != {middle: Fraction(1)}:
            return None
        pair = _pair(int(a * c), int(b))
        if pair is None:
            return None
        m, n = pair
        if a == 1:
            m, n = n, m
            parts = [u + v.scaled(m), u + v.scaled(n)]
            return self._write_split(
                "factor_trinomial", at, parts, product=int(c), sum=int(b), m=m, n=n
            )
        return self._split_middle(at, (first, a), (middle, m, n), (last, c))

    def _split_middle(
        self,
        at: int,
        first: tuple[Monomial, Fraction],
        middle: tuple[Monomial, int, int],
        last: tuple[Monomial, Fraction],
    ) -> list[Polynomial]:
        name, m, n = middle
        terms = [first, (name, Fraction(m)), (name, Fraction(n)), last]
        line = self._line(at, total(monomial_node(*term) for term in terms))
        shown = int(first[1] * last[1])
        self._write("split_middle_term", line, product=shown, sum=m + n, m=m, n=n)
        parts = self._group(at, terms)
        assert parts is not None
        return parts

    def _split_by_grouping(self, at: int, factor: Polynomial) -> list[Polynomial] | None:
        if len(factor.terms) != 4:
            return None
        terms = list(factor)
        for order in ((0, 1, 2, 3), (0, 2, 1, 3), (0, 3, 1, 2)):
            parts = self._group(at, [terms[i] for i in order])
            if parts is not None:
                return parts
        return None

    def _group(self, at: int, terms: list[tuple[Monomial, Fraction]]) -> list[Polynomial] | None:
        """Take the common factor out of the first two and the last two of four terms; works when
        the same bracket remains."""
        front = _polynomial(terms[:2])
        back = _polynomial(terms[2:])
        outer_front, bracket = _common(front)
        outer_back, other = _common(back)
        if bracket == -other:
            outer_back = -outer_back
        elif bracket != other:
            return None
        node = polynomial_node(bracket)
        pieces = [product((polynomial_node(outer), node)) for outer in (outer_front, outer_back)]
        self._write("group_terms", self._line(at, Add(tuple(pieces))))
        return self._write_split(
            "factor_out_bracket", at, [bracket, outer_front + outer_back], bracket=node
        )

    def _split_by_root(self, at: int, factor: Polynomial) -> list[Polynomial] | None:
        """A rational root of a polynomial of degree 3 or more gives a linear factor."""
        letters = factor.letters
        if len(letters) != 1 or factor.degree() < 3:
            return None
        name = letters[0]
        root = _rational_root(factor, name)
        if root is None:
            return None
        linear = Polynomial.of({1: root.denominator, 0: -root.numerator}, name)
        quotient = _divide(factor, linear, name)
        return self._write_split(
            "factor_by_root",
            at,
            [linear, quotient],
            letter=symbol(name),
            root=number(root),
            factor=polynomial_node(linear),
        )


def _polynomial(terms: list[tuple[Monomial, Fraction]]) -> Polynomial:
    result = Polynomial()
    for monomial, value in terms:
        result += Polynomial({monomial: value})
    return result


def _common(pair: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The common factor of two terms, and the bracket with a positive leading term."""
    content = pair.content
    if next(iter(pair))[1] < 0:
        content = -content
    monomial = pair.monomial_content
    return Polynomial({monomial: content}), pair.divided_by_monomial(monomial, content)


def _exact_root(monomial: Monomial, value: Fraction, degree: int) -> Polynomial | None:
    """The monomial whose power of `degree` is the given one."""
    if any(exponent % degree for _, exponent in monomial) or (value < 0 and degree % 2 == 0):
        return None
    root = exact_root(value, degree)
    if root is None:
        return None
    return Polynomial({tuple((name, e // degree) for name, e in monomial): root})


def _pair(wanted_product: int, wanted_sum: int) -> tuple[int, int] | None:
    """Two whole numbers with the given product and sum, the larger one first in size."""
    discriminant = wanted_sum * wanted_sum - 4 * wanted_product
    if discriminant < 0 or abs(wanted_product) > MAX_SPLIT_PRODUCT:
        return None
    root = math.isqrt(discriminant)
    if root * root != discriminant or (wanted_sum + root) % 2:
        return None
    pair = ((wanted_sum + root) // 2, (wanted_sum - root) // 2)
    return pair if abs(pair[0]) >= abs(pair[1]) else (pair[1], pair[0])


def _rational_root(polynomial: Polynomial, name: str) -> Fraction | None:
    leading = abs(int(polynomial.numeric_coefficient(name, polynomial.degree())))
    constant = abs(int(polynomial.constant_term))
    if max(leading, constant) > MAX_ROOT_COEFFICIENT:
        return None
    candidates = sorted(
        {Fraction(p, q) for p in _divisors(constant) for q in _divisors(leading)},
        key=lambda r: (r.denominator, r),
    )
    if len(candidates) > MAX_ROOT_CANDIDATES:
        return None
    for size in candidates:
        for root in (size, -size):
            if not polynomial.substitute(name, Polynomial.constant(root)):
                return root
    return None


def _divisors(value: int) -> list[int]:
    small = [d for d in range(1, math.isqrt(value) + 1) if value % d == 0]
    return sorted({*small, *(value // d for d in small)})


def _divide(dividend: Polynomial, divisor: Polynomial, name: str) -> Polynomial:
    """The quotient by a linear polynomial that divides without a rest."""
    quotient = Polynomial()
    rest = dividend
    leading = divisor.numeric_coefficient(name, 1)
    while rest:
        exponent = rest.degree() - 1
        piece = Polynomial.letter(name, exponent).scaled(
            rest.numeric_coefficient(name, exponent + 1) / leading
        )
        quotient += piece
        rest -= piece * divisor
    return quotient
