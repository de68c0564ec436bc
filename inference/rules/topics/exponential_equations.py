"""Equations with the unknown in an exponent: by a common base, by logarithms, or as equations in
one power."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

from inference.rules.build import number, power, product, symbol, total
from inference.rules.nodes import (
    Alternatives,
    Call,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    Pow,
    Relation,
    Symbol,
    replaced,
    symbols,
    walk,
)
from inference.rules.number_values import loose_value
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.power_products import (
    EULER,
    Base,
    PowerProduct,
    base_of,
    power_node,
    product_of,
    product_of_number,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.equations import solve_flat_linear
from inference.rules.topics.guards import solve_inside, values_of
from inference.rules.topics.squares import either

_POWER, _INVERSE = "placeholder_power", "placeholder_inverse"
_LOGARITHM = "placeholder_logarithm"
_ONE = Polynomial.constant(1)


def covers(problem: Problem) -> bool:
    """Whether it is an equation with a letter in an exponent."""
    node = problem.expressions[0]
    if problem.intent is not Intent.SOLVE or not isinstance(node, Relation):
        return False
    return node.operator == "=" and any(map(is_power_of_unknown, walk(node)))


def solve(problem: Problem, trace: Trace) -> Node:
    """Compare exponents, take logarithms, or solve for one power first.

    Raises:
        UnsupportedProblemError: There are several letters, or powers that do not go together.
    """
    relation = problem.expressions[0]
    assert isinstance(relation, Relation)
    if problem.variable is None or len(problem.variables) != 1:
        raise RefusedError("one_letter_in_exponent")
    return ExponentialPen(problem.variable, trace).solve(relation)


def is_power_of_unknown(node: Node) -> bool:
    """Whether a letter stands in the exponent of this power."""
    if isinstance(node, Call):
        return node.name == "exp" and bool(symbols(node))
    return isinstance(node, Pow) and bool(symbols(node.exponent))


def solve_in_turn(
    relations: Sequence[Relation], solve_one: Callable[[Relation], Node], trace: Trace
) -> Node:
    """Solve one case after the other, the rest beside it; the line that states them is written."""
    done: list[Node] = []
    for place, relation in enumerate(relations):
        before, after = list(done), list(relations[place + 1 :])

        def around(node: Node, before: list[Node] = before, after: list[Relation] = after) -> Node:
            return either([*before, *_options(node), *after])

        with trace.within(around):
            done += _options(solve_one(relation))
    return either([each for each in done if not isinstance(each, Phrase)])


def _options(node: Node) -> tuple[Node, ...]:
    return node.options if isinstance(node, Alternatives) else (node,)


class ExponentialPen:
    """Writes the lines of an equation with powers of the unknown."""

    def __init__(self, variable: str, trace: Trace) -> None:
        self._variable = variable
        self._trace = trace

    def solve(self, relation: Relation) -> Node:
        """Solve the equation; the lines go to the trace."""
        if not symbols(relation.left):
            relation = Relation("=", relation.right, relation.left)
            self._trace.add("swap_sides", relation)
        left, right = product_of(relation.left), product_of(relation.right)
        if left is not None and not symbols(relation.right):
            return self._power_of_number(relation, left, right)
        if left is not None and right is not None:
            return self._two_powers(relation, left, right)
        return self._in_one_power(relation)

    # -- one power on each side --------------------------------------------------------------

    def _power_of_number(
        self, relation: Relation, left: PowerProduct, right: PowerProduct | None
    ) -> Node:
        """`b^p = c` with a number on the right."""
        base = base_of(left)
        if base is None:
            return self._scaled_power(relation, left, right)
        exponent = base.exponent_of(left)
        assert exponent is not None
        target = None if right is None else base.exponent_of(right)
        if target is not None:
            return self._compare(relation, base, exponent, target)
        if right is None and not _is_positive(relation.right):
            answer = Phrase("no_real_solution")
            self._trace.add("power_never_negative", answer, power=relation.left)
            return answer
        return self._by_definition(relation, base, exponent, right)

    def _scaled_power(
        self, relation: Relation, left: PowerProduct, right: PowerProduct | None
    ) -> Node:
        """`3 \\cdot 2^x = 5` is divided by 3 first; `2^x \\cdot 3^{x+1} = 5` needs logarithms."""
        moving = [prime for prime, exponent in left.exponents.items() if not exponent.is_constant]
        if len(moving) == 1 and isinstance(relation.left, Mul | Div):
            return self._in_one_power(relation)
        if right is None:
            raise RefusedError("powers_of_unlike_bases")
        return self._by_logarithms(left, right)

    def _two_powers(self, relation: Relation, left: PowerProduct, right: PowerProduct) -> Node:
        quotient = left * right.inverse
        base = base_of(quotient)
        if not quotient.exponents:
            answer: Node = Phrase("all_reals")
            self._trace.add("always_true", answer, line=relation)
            return answer
        if quotient.is_constant:
            answer = Phrase("no_solution")
            self._trace.add("powers_differ_by_factor", answer)
            return answer
        if base is not None:
            one, other = base.exponent_of(left), base.exponent_of(right)
            if one is not None and other is not None:
                return self._compare(relation, base, one, other)
        return self._by_logarithms(left, right)

    def _compare(self, relation: Relation, base: Base, one: Polynomial, other: Polynomial) -> Node:
        """Equal powers of one base have equal exponents."""
        exponents = Relation("=", polynomial_node(one), polynomial_node(other))
        if _is_power_of(relation.left, base) and _is_power_of(relation.right, base):
            assert isinstance(relation.left, Pow) and isinstance(relation.right, Pow)
            exponents = Relation("=", relation.left.exponent, relation.right.exponent)
        else:
            line = Relation("=", power_node(base, one), _power_or_one(base, other))
            self._trace.add("common_base", line, base=base.node)
        self._trace.add("equal_exponents", exponents)
        return solve_inside(exponents, self._variable, self._trace)

    def _by_definition(
        self, relation: Relation, base: Base, exponent: Polynomial, right: PowerProduct | None
    ) -> Node:
        """`b^p = c` says that p is the logarithm of c to the base b."""
        if exponent.degree() != 1:
            raise RefusedError("power_of_unknown_in_exponent")
        line = Relation("=", power_node(base, exponent), relation.right)
        self._trace.add("common_base_left", line, base=base.node)
        argument, times = relation.right, Fraction(1)
        root = None if right is None or right.value is None else base_of(right)
        if root is not None and right is not None:
            found = root.exponent_of(right)
            assert found is not None
            argument, times = root.node, found.constant_term
        left = polynomial_node(exponent)
        written = logarithm(base.node, relation.right)
        self._trace.add("definition_of_logarithm", Relation("=", left, written), base=base.node)
        masked = Polynomial.letter(_LOGARITHM).scaled(times)
        inner = logarithm(base.node, argument)
        if times != 1:
            line = Relation("=", left, product((number(times), inner)))
            self._trace.add("logarithm_of_power", line)
        with masking(self._trace, _LOGARITHM, inner):
            answer = solve_flat_linear(
                "=", exponent, masked, self._variable, self._trace, is_decimal=False
            )
        return replaced(answer, Symbol(_LOGARITHM), inner)

    # -- logarithms of both sides ------------------------------------------------------------

    def _by_logarithms(self, left: PowerProduct, right: PowerProduct) -> Node:
        sides = [_LogSum.of(left), _LogSum.of(right)]
        slope = sides[0].slope.minus(sides[1].slope)
        rest = sides[1].rest.minus(sides[0].rest)
        if slope.is_zero:
            raise RefusedError("powers_of_unlike_bases")
        unknown = symbol(self._variable)
        self._trace.add("take_logarithms", Relation("=", *(side.written for side in sides)))
        self._trace.add("expand_brackets", Relation("=", *(side.opened(unknown) for side in sides)))
        if slope.size < 0:
            slope, rest = slope.negative, rest.negative
        if len(sides[1].slope.parts) or len(sides[0].rest.parts):
            line = Relation("=", slope.times(unknown), rest.node)
            self._trace.add("collect_unknown", line, letter=unknown)
        if len(slope.parts) > 1:
            line = Relation("=", Mul((unknown, slope.node)), rest.node)
            self._trace.add("factor_out_unknown", line, letter=unknown)
        answer = Relation("=", unknown, rest.over(slope))
        self._trace.add("divide_both_sides", answer, divisor=slope.node)
        return answer

    # -- equations in one power --------------------------------------------------------------

    def _in_one_power(self, relation: Relation) -> Node:
        powers = list(dict.fromkeys(filter(is_power_of_unknown, walk(relation))))
        base, unit, parts = _common_power(powers)
        shown = power_node(base, unit)
        masked: Node = relation
        display: Node = relation
        for each, (times, factor) in parts.items():
            letter = symbol(_POWER if times > 0 else _INVERSE)
            masked = replaced(masked, each, product((number(factor), power(letter, abs(times)))))
            display = replaced(display, each, _in_terms_of(symbol(_POWER), times, factor))
        assert isinstance(masked, Relation) and isinstance(display, Relation)
        sides = [to_polynomial(side) for side in (masked.left, masked.right)]
        if any(side is None or self._variable in side.letters for side in sides):
            raise RefusedError("powers_of_unlike_bases")
        left, right = (_without_inverse(side) for side in sides if side is not None)
        with masking(self._trace, _POWER, shown):
            self._trace.add("in_one_power", display, power=shown)
            shift = -min((0, *left, *right))
            if shift:
                display = Relation("=", *(_shifted(side, shift) for side in (left, right)))
                self._trace.add("multiply_by_power", display, factor=power(symbol(_POWER), shift))
            values = values_of(solve_inside(display, _POWER, self._trace))
        if not values:
            return Phrase("no_real_solution")
        return self._where_power_is(shown, values)

    def _where_power_is(self, shown: Node, values: list[Node]) -> Node:
        kept = [value for value in values if _is_positive(value)]
        if not kept:
            answer = Phrase("no_real_solution")
            self._trace.add("power_never_negative", answer, power=shown)
            return answer
        relations = [Relation("=", shown, value) for value in kept]
        if len(kept) < len(values):
            self._trace.add("drop_negative_powers", either(list(relations)), power=shown)
        return solve_in_turn(relations, self.solve, self._trace)


def logarithm(base: Node, argument: Node) -> Node:
    """`\\log_b c`, by its own name for e and 10."""
    if base == Number("10"):
        return Call("log", (argument,))
    return (
        Call("log", (argument, base)) if isinstance(base, Number | Div) else Call("ln", (argument,))
    )


@contextmanager
def masking(trace: Trace, name: str, meaning: Node) -> Iterator[None]:
    """While it lasts, a letter that stands for something is shown as what it stands for."""
    outer = trace.unmask
    trace.unmask = lambda node: outer(replaced(node, Symbol(name), meaning))
    try:
        yield
    finally:
        trace.unmask = outer


def _is_positive(value: Node) -> bool:
    known = loose_value(value)
    if known is not None:
        return known.sign() > 0
    found = product_of(value)
    if found is None:
        raise RefusedError("comparing_roots")
    return True


def _is_power_of(node: Node, base: Base) -> bool:
    return isinstance(node, Pow) and node.base == base.node


def _power_or_one(base: Base, exponent: Polynomial) -> Node:
    if exponent == _ONE:
        return Pow(base.node, Number("1"))
    return power_node(base, exponent)


def _common_power(powers: list[Node]) -> tuple[Base, Polynomial, dict[Node, tuple[int, Fraction]]]:
    """The one power in which all are expressed: each is a number times a whole power of it."""
    base: Base | None = None
    exponents: dict[Node, Polynomial] = {}
    for node in powers:
        found = product_of(node)
        own = None if found is None else base_of(found)
        if found is None or own is None or (base is not None and own != base):
            raise RefusedError("powers_of_unlike_bases")
        base = own
        exponent = base.exponent_of(found)
        assert exponent is not None
        exponents[node] = exponent
    assert base is not None
    moving = {
        node: each - Polynomial.constant(each.constant_term) for node, each in exponents.items()
    }
    lead = next(iter(moving.values()))
    monomial, scale = next(iter(lead))
    ratios = {node: each.terms.get(monomial, Fraction(0)) / scale for node, each in moving.items()}
    if any(lead.scaled(ratios[node]) != each for node, each in moving.items()):
        raise RefusedError("powers_of_unlike_bases")
    common = Fraction(
        math.gcd(*(r.numerator for r in ratios.values())),
        math.lcm(*(r.denominator for r in ratios.values())),
    )
    unit = lead.scaled(common)
    if next(iter(unit))[1] < 0:
        unit, common = -unit, -common
    parts: dict[Node, tuple[int, Fraction]] = {}
    for node, exponent in exponents.items():
        shift = PowerProduct(
            {p: Polynomial.constant(exponent.constant_term * t) for p, t in base.exponents}
            if exponent.constant_term
            else {}
        )
        if shift.value is None:
            raise RefusedError("powers_of_unlike_bases")
        parts[node] = (int(ratios[node] / common), shift.value)
    return base, unit, parts


def _in_terms_of(letter: Node, times: int, factor: Fraction) -> Node:
    if times > 0:
        return product((number(factor), power(letter, times)))
    return Div(number(factor), power(letter, -times))


def _without_inverse(side: Polynomial) -> dict[int, Fraction]:
    """A polynomial in a power and its inverse, from exponent to coefficient."""
    result: dict[int, Fraction] = {}
    for monomial, value in side:
        powers = dict(monomial)
        exponent = powers.get(_POWER, 0) - powers.get(_INVERSE, 0)
        result[exponent] = result.get(exponent, Fraction(0)) + value
    return {exponent: value for exponent, value in result.items() if value}


def _shifted(side: dict[int, Fraction], shift: int) -> Node:
    shifted = {exponent + shift: value for exponent, value in side.items()}
    return polynomial_node(Polynomial.of(shifted, _POWER))


class _Logs:
    """A sum of multiples of natural logarithms of numbers; that of e is a plain number."""

    def __init__(self, parts: dict[int | Fraction, Fraction]) -> None:
        self.parts = {inside: factor for inside, factor in parts.items() if factor}

    def minus(self, other: _Logs) -> _Logs:
        result = dict(self.parts)
        for inside, factor in other.parts.items():
            result[inside] = result.get(inside, Fraction(0)) - factor
        return _Logs(result)

    @property
    def negative(self) -> _Logs:
        return _Logs({inside: -factor for inside, factor in self.parts.items()})

    @property
    def is_zero(self) -> bool:
        exact = PowerProduct({})
        for inside, factor in self.parts.items():
            if inside == EULER:
                exact *= PowerProduct({EULER: Polynomial.constant(factor)})
            else:
                found = product_of_number(Fraction(inside))
                assert found is not None
                exact *= found.to_power(Polynomial.constant(factor))
        return not exact.exponents

    @property
    def size(self) -> float:
        """Roughly, to choose the side on which the unknown is collected."""
        return sum(
            float(factor) * (1.0 if inside == EULER else math.log(inside))
            for inside, factor in self.parts.items()
        )

    def times(self, unknown: Node) -> Node:
        return self._sum(unknown)

    @property
    def node(self) -> Node:
        return self._sum()

    def _sum(self, *unknown: Node) -> Node:
        ordered = sorted(self.parts.items(), key=lambda part: part[1] < 0)
        return total(
            product((number(factor), *unknown, *_logarithm_of(inside)))
            for inside, factor in ordered
        )

    def over(self, other: _Logs) -> Node:
        """The quotient, its coefficients whole."""
        factors = [*self.parts.values(), *other.parts.values()]
        scale = Fraction(
            math.lcm(*(each.denominator for each in factors)),
            math.gcd(*(each.numerator for each in factors)),
        )
        above = _Logs({inside: factor * scale for inside, factor in self.parts.items()})
        below = _Logs({inside: factor * scale for inside, factor in other.parts.items()})
        if not above.parts:
            return Number("0")
        if all(factor < 0 for factor in above.parts.values()):
            return Neg(_quotient(above.negative.node, below.node))
        return _quotient(above.node, below.node)


def _quotient(above: Node, below: Node) -> Node:
    return above if below == Number("1") else Div(above, below)


def _logarithm_of(inside: int | Fraction) -> tuple[Node, ...]:
    return () if inside == EULER else (Call("ln", (number(inside),)),)


class _LogSum:
    """The logarithm of a product of powers: `p \\ln b + \\ln c`, linear in the unknown."""

    def __init__(self, parts: list[tuple[int | Fraction, Polynomial]]) -> None:
        self._parts = parts
        self.slope = _Logs({})
        self.rest = _Logs({})
        for inside, exponent in parts:
            if exponent.degree() > 1:
                raise RefusedError("power_of_unknown_in_exponent")
            slope = sum((value for monomial, value in exponent if monomial), Fraction(0))
            self.slope = self.slope.minus(_Logs({inside: -slope}))
            self.rest = self.rest.minus(_Logs({inside: -exponent.constant_term}))

    @classmethod
    def of(cls, product_: PowerProduct) -> _LogSum:
        """Powers of unlike exponents stay apart; the numbers go together."""
        groups: dict[Polynomial, Fraction] = {}
        parts: list[tuple[int | Fraction, Polynomial]] = []
        fixed = PowerProduct({})
        for prime, exponent in product_.exponents.items():
            if prime == EULER:
                parts.append((EULER, exponent))
            elif exponent.is_constant:
                fixed *= PowerProduct({prime: exponent})
            else:
                groups[exponent] = groups.get(exponent, Fraction(1)) * prime
        parts += [(inside, exponent) for exponent, inside in groups.items()]
        if fixed.exponents:
            if fixed.value is None:
                raise RefusedError("powers_of_unlike_bases")
            parts.append((fixed.value, _ONE))
        return cls(parts)

    @property
    def written(self) -> Node:
        """With brackets around the exponents."""
        return total(
            product((polynomial_node(exponent), *_logarithm_of(inside)))
            for inside, exponent in self._parts
        )

    def opened(self, unknown: Node) -> Node:
        """Without brackets."""
        terms = [
            each
            for each in (
                self.slope.times(unknown) if self.slope.parts else None,
                self.rest.node if self.rest.parts else None,
            )
            if each is not None
        ]
        return total(terms)
