"""Products, quotients, powers and roots of letters: the laws of exponents and of roots by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import number, product, symbol, total
from inference.rules.nodes import (
    Add,
    Call,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Root,
    Symbol,
    is_numeric,
    symbols,
    ungrouped,
    walk,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace

_ONE = Number("1")
_MAX_INDEX = 12
_MAX_RADICAND = 10**9
_PARTS = (Number, Symbol, Neg, Mul, Div, Pow, Root)


def covers(problem: Problem) -> bool:
    """Whether it is one product of powers or roots of letters, or a sum of roots of letters."""
    node = problem.expressions[0]
    if problem.intent is not Intent.SIMPLIFY or not symbols(node):
        return False
    if _has_root_of_letters(node):
        return all(isinstance(part, (*_PARTS, Add)) for part in walk(node)) and _is_sum_of_products(
            node
        )
    return (
        all(isinstance(part, _PARTS) for part in walk(node))
        and any(isinstance(part, Pow) and symbols(part.base) for part in walk(node))
        and (any(map(_needs_a_law, walk(node))) or _repeats_a_letter(node))
    )


def _repeats_a_letter(node: Node) -> bool:
    """`x^3 \\cdot x^5` and `x^5 / x^2`, not `x \\cdot x` and not what becomes a fraction."""
    if not isinstance(node, Mul | Div):
        return False
    try:
        found = _monomial(node)
    except RefusedError:
        return False
    parts = found.exponents.values()
    has_powers = any(len(each) > 1 and max(map(abs, each)) > 1 for each in parts)
    return has_powers and all(sum(each) > 0 for each in parts)


def _has_root_of_letters(node: Node) -> bool:
    return any(isinstance(part, Root) and symbols(part) for part in walk(node))


def _is_sum_of_products(node: Node) -> bool:
    terms = node.terms if isinstance(node, Add) else (node,)
    return not any(isinstance(part, Add) for term in terms for part in walk(term))


def _needs_a_law(part: Node) -> bool:
    """A negative, broken or zero exponent, or a power of something that is a power itself."""
    if not isinstance(part, Pow):
        return False
    exponent = exact_value(part.exponent) if is_numeric(part.exponent) else None
    if exponent is None:
        return False
    is_plain = exponent.denominator == 1 and exponent > 0
    return bool(symbols(part.base)) and (not is_plain or not isinstance(part.base, Symbol))


def solve(problem: Problem, trace: Trace) -> Node:
    """Apply one law after the other.

    Raises:
        UnsupportedProblemError: An exponent is no number, or a root is of something else.
    """
    node = problem.expressions[0]
    if _has_root_of_letters(node):
        below = _root_below(node)
        return _simplify_roots(node, trace) if below is None else _rationalise(*below, trace)
    node = _open_powers(node, trace)
    return _collect_exponents(node, trace)


# -- monomials with any exponents --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Monomial:
    """A number times powers of letters; the exponents as they come together."""

    factor: Fraction
    exponents: dict[str, tuple[Fraction, ...]] = field(default_factory=dict)

    def times(self, other: _Monomial) -> _Monomial:
        merged = dict(self.exponents)
        for name, parts in other.exponents.items():
            merged[name] = (*merged.get(name, ()), *parts)
        return _Monomial(self.factor * other.factor, merged)

    @property
    def inverse(self) -> _Monomial:
        if not self.factor:
            raise RefusedError("divides_by_zero")
        turned = {name: tuple(-each for each in parts) for name, parts in self.exponents.items()}
        return _Monomial(1 / self.factor, turned)

    def totals(self) -> dict[str, Fraction]:
        """The exponents added up; letters that fall out have 0."""
        return {name: sum(parts, Fraction(0)) for name, parts in self.exponents.items()}


def _monomial(node: Node) -> _Monomial:
    match node:
        case Symbol():
            return _Monomial(Fraction(1), {node.name: (Fraction(1),)})
        case Neg():
            inner = _monomial(node.operand)
            return _Monomial(-inner.factor, inner.exponents)
        case Mul():
            result = _Monomial(Fraction(1))
            for factor in node.factors:
                result = result.times(_monomial(factor))
            return result
        case Div():
            return _monomial(node.numerator).times(_monomial(node.denominator).inverse)
        case Pow(base=Symbol() as base):
            return _Monomial(Fraction(1), {base.name: (_exponent(node),)})
    value = exact_value(node) if is_numeric(node) else None
    if value is None:
        raise RefusedError("whole_powers")
    return _Monomial(value)


def _exponent(node: Pow) -> Fraction:
    value = exact_value(node.exponent) if is_numeric(node.exponent) else None
    if value is None or value.denominator > _MAX_INDEX:
        raise RefusedError("whole_powers")
    return value


# -- powers of powers and products ---------------------------------------------------------------


def _open_powers(node: Node, trace: Trace) -> Node:
    for _ in range(_MAX_INDEX):
        opened, rule = _opened(node)
        if rule is None:
            return node
        node = opened
        trace.add(rule, node)
    raise RefusedError("whole_powers")


def _opened(node: Node) -> tuple[Node, str | None]:
    """The node with its innermost power of something compound opened, and the law for that."""
    match node:
        case Neg():
            inner, rule = _opened(node.operand)
            return Neg(inner, node.is_grouped), rule
        case Mul():
            parts = [_opened(factor) for factor in node.factors]
            rule = next((each for _, each in parts if each), None)
            return (_flat_product([part for part, _ in parts]), rule) if rule else (node, None)
        case Div():
            above, first = _opened(node.numerator)
            below, second = _opened(node.denominator)
            return (Div(above, below), first or second) if first or second else (node, None)
        case Pow() if symbols(node.base) and not isinstance(node.base, Symbol):
            base, rule = _opened(node.base)
            if rule is not None:
                return Pow(base, node.exponent), rule
            return _open_one(ungrouped(base), _exponent(node))
    return node, None


def _open_one(base: Node, exponent: Fraction) -> tuple[Node, str]:
    match base:
        case Pow():
            return _power(base.base, _exponent(base) * exponent), "power_of_power"
        case Mul():
            parts = [_raised(factor, exponent) for factor in base.factors]
            return _flat_product(parts), "power_of_product"
        case Div():
            above = _flat_product([_raised(each, exponent) for each in _factors(base.numerator)])
            below = _flat_product([_raised(each, exponent) for each in _factors(base.denominator)])
            return Div(above, below), "power_of_quotient"
        case Neg() if exponent.denominator == 1:
            inner = _raised(base.operand, exponent)
            is_odd = exponent.numerator % 2
            return (Neg(inner) if is_odd else inner), "power_of_product"
    raise RefusedError("whole_powers")


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Mul) else (node,)


def _raised(factor: Node, exponent: Fraction) -> Node:
    """A factor to a power: numbers are worked out, exponents of powers multiplied."""
    value = exact_value(factor) if is_numeric(factor) else None
    if value is not None:
        found = _number_to(value, exponent)
        if found is None:
            raise RefusedError("whole_powers")
        return number(found)
    if isinstance(factor, Pow):
        return _power(factor.base, _exponent(factor) * exponent)
    if isinstance(factor, Symbol):
        return _power(factor, exponent)
    return Pow(factor, number(exponent))


def _number_to(value: Fraction, exponent: Fraction) -> Fraction | None:
    """A power of a number where it is rational and small."""
    if not value:
        return Fraction(0) if exponent > 0 else None
    index = exponent.denominator
    root = value
    if index > 1:
        if value < 0:
            return None
        parts = [round(part ** (1 / index)) for part in (value.numerator, value.denominator)]
        root = Fraction(*parts)
        if root**index != value:
            return None
    if abs(exponent.numerator) > _MAX_INDEX:
        return None
    result = root**exponent.numerator
    return result if max(abs(result.numerator), result.denominator) < _MAX_RADICAND else None


def _power(base: Node, exponent: Fraction) -> Node:
    return base if exponent == 1 else Pow(base, number(exponent))


def _flat_product(factors: list[Node]) -> Node:
    flat: list[Node] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Mul) else (factor,))
    numbers = [each for each in flat if is_numeric(each)]
    letters = [each for each in flat if not is_numeric(each)]
    value = Fraction(1)
    for each in numbers:
        found = exact_value(each)
        if found is None:
            raise RefusedError("whole_powers")
        value *= found
    return product((number(value), *letters))


# -- one power of each letter --------------------------------------------------------------------


def _collect_exponents(node: Node, trace: Trace) -> Node:
    found = _monomial(node)
    if (
        _fraction(found.factor, {name: each for name, each in found.totals().items() if each})
        == node
    ):
        return node
    if any(len(parts) > 1 for parts in found.exponents.values()):
        signs = {part > 0 for parts in found.exponents.values() for part in parts[1:]}
        is_quotient = any(isinstance(part, Div) and symbols(part) for part in walk(node))
        rule = (
            "collect_exponents"
            if len(signs) > 1
            else ("subtract_exponents" if is_quotient else "add_exponents")
        )
        written = [
            Pow(symbol(name), _written_sum(parts))
            if len(parts) > 1
            else _power(symbol(name), *parts)
            for name, parts in found.exponents.items()
        ]
        trace.add(rule, product((number(found.factor), *written)))
    totals = found.totals()
    line = product(
        (number(found.factor), *(_any_power(name, each) for name, each in totals.items()))
    )
    trace.add("work_out_exponents", line)
    if any(not each for each in totals.values()):
        totals = {name: each for name, each in totals.items() if each}
        line = product(
            (number(found.factor), *(_any_power(name, each) for name, each in totals.items()))
        )
        trace.add("zero_exponent", line)
    if any(each < 0 for each in totals.values()) or found.factor.denominator > 1:
        line = _fraction(found.factor, totals)
        trace.add("negative_exponents_below", line)
    return line


def _written_sum(parts: tuple[Fraction, ...]) -> Node:
    terms: list[Node] = [number(parts[0])]
    for part in parts[1:]:
        terms.append(Neg(number(-part)) if part < 0 else number(part))
    return Add(tuple(terms))


def _any_power(name: str, exponent: Fraction) -> Node:
    return symbol(name) if exponent == 1 else Pow(symbol(name), number(exponent))


def _fraction(factor: Fraction, totals: dict[str, Fraction]) -> Node:
    above, bottom = _above_and_below(abs(factor), totals)
    top = product(above)
    node = top if bottom == _ONE else Div(top, bottom)
    return Neg(node) if factor < 0 else node


def _above_and_below(factor: Fraction, totals: dict[str, Fraction]) -> tuple[list[Node], Node]:
    """What stands above and below the bar of a monomial."""
    above: list[Node] = [number(factor.numerator)]
    above += [_any_power(name, each) for name, each in totals.items() if each > 0]
    below: list[Node] = [number(factor.denominator)]
    below += [_any_power(name, -each) for name, each in totals.items() if each < 0]
    return above, product(below)


# -- roots of letters ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Radical:
    """`factor * letters * root`, the root of degree `index` drawn as far as it goes.

    Attributes:
        outside: Letters before the root with their exponents; `bars` are those within bars.
        number: What is left below the root, and `inside` the letters there.
    """

    index: int
    factor: Fraction
    outside: dict[str, int]
    bars: frozenset[str]
    number: int
    inside: dict[str, int]

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for terms that can be collected."""
        outside = tuple(sorted(self.outside.items()))
        return self.index, outside, self.bars, self.number, tuple(sorted(self.inside.items()))

    def node(self, factor: Fraction) -> Node:
        before: list[Node] = []
        for name, exponent in self.outside.items():
            letter = symbol(name)
            if name in self.bars:
                bar = Call("abs", (letter,))
                before.append(bar if exponent == 1 else Pow(bar, number(exponent)))
            else:
                before.append(_any_power(name, Fraction(exponent)))
        below = product(
            (number(self.number), *(_any_power(n, Fraction(e)) for n, e in self.inside.items()))
        )
        root = [] if below == _ONE else [Root(below, self.index)]
        top = product((number(factor.numerator), *before, *root))
        return top if factor.denominator == 1 else _over(top, factor.denominator)


def _over(top: Node, below: int) -> Node:
    if isinstance(top, Neg):
        return Neg(Div(top.operand, number(below)))
    return Div(top, number(below))


def _simplify_roots(node: Node, trace: Trace) -> Node:
    terms = list(_signed_terms(node))
    positive = frozenset(name for _, term in terms for name in _never_negative(term))
    joined = [(sign, _joined_root(term)) for sign, term in terms]
    line = total(_with_sign(sign, each.written()) for sign, each in joined)
    if any(each.num_roots > 1 for _, each in joined):
        trace.add("join_roots", line)
    drawn = [(sign, each.drawn(positive)) for sign, each in joined]
    if any(each.has_square for _, each in joined):
        split = total(_with_sign(sign, each.split()) for sign, each in joined)
        trace.add("split_off_squares", split)
    line = total(_with_sign(sign, each.node(each.factor)) for sign, each in drawn)
    has_bars = any(each.bars for _, each in drawn)
    trace.add("draw_root_with_bars" if has_bars else "draw_root", line)
    groups: dict[tuple[object, ...], list[tuple[int, _Radical]]] = {}
    for sign, each in drawn:
        groups.setdefault(each.kind, []).append((sign, each))
    if len(groups) < len(drawn):
        pieces = []
        for members in groups.values():
            factor = sum((sign * each.factor for sign, each in members), Fraction(0))
            if factor:
                pieces.append(members[0][1].node(factor))
        line = total(pieces)
        trace.add("collect_like_roots", line)
    if not trace.steps:
        trace.note("already_simple", line)
    return line


def _root_below(node: Node) -> tuple[Div, Root, int] | None:
    """A fraction with one square root, below its bar, from which nothing can be drawn; with the
    sign before it."""
    inner, sign = (node.operand, -1) if isinstance(node, Neg) else (node, 1)
    if not isinstance(inner, Div):
        return None
    roots = [part for part in walk(inner) if isinstance(part, Root)]
    is_alone = len(roots) == 1 and roots[0] in _factors(inner.denominator)
    if not is_alone or roots[0].index != 2 or _joined_root(roots[0]).drawn(frozenset()).outside:
        return None
    return inner, roots[0], sign


def _rationalise(fraction: Div, root: Root, sign: int, trace: Trace) -> Node:
    """`\\frac{1}{\\sqrt{x}}` becomes `\\frac{\\sqrt{x}}{x}`."""
    rest = [factor for factor in _factors(fraction.denominator) if factor != root]
    above = product((*_factors(fraction.numerator), root))
    trace.add("rationalise", _with_sign(sign, Div(above, product((*rest, root, root)))))
    below = _monomial(product((*rest, ungrouped(root.radicand))))
    quotient = _monomial(fraction.numerator).times(below.inverse)
    totals = {name: each for name, each in quotient.totals().items() if each}
    top, bottom = _above_and_below(quotient.factor, totals)
    line = product((*top, root))
    if bottom != _ONE:
        line = Div(line, bottom)
    trace.add("root_times_itself", _with_sign(sign, line))
    return _with_sign(sign, line)


def _with_sign(sign: int, node: Node) -> Node:
    return node if sign > 0 else Neg(node)


def _signed_terms(node: Node, sign: int = 1) -> Iterator[tuple[int, Node]]:
    if isinstance(node, Add):
        for term in node.terms:
            yield from _signed_terms(term, sign)
    elif isinstance(node, Neg):
        yield from _signed_terms(node.operand, -sign)
    else:
        yield sign, node


def _never_negative(term: Node) -> set[str]:
    """Letters that cannot be negative where the roots of a term have a value: below an even root
    only one letter with an odd exponent stands, with a positive number."""
    found: set[str] = set()
    for part in walk(term):
        if isinstance(part, Root) and part.index % 2 == 0:
            inner = _monomial(part.radicand)
            odd = [name for name, each in inner.totals().items() if each % 2]
            if len(odd) == 1 and inner.factor > 0:
                found.add(odd[0])
    return found


@dataclass(frozen=True, slots=True)
class _Joined:
    """A term with its roots as one: `factor * outside * root(radicand)`."""

    index: int
    factor: Fraction
    outside: dict[str, int]
    number: int
    inside: dict[str, int]
    num_roots: int

    def _below(self, number_: int, letters: dict[str, int]) -> Node:
        powers = [_any_power(n, Fraction(e)) for n, e in letters.items() if e]
        return product((number(number_), *powers))

    def _before(self) -> list[Node]:
        return [_any_power(n, Fraction(e)) for n, e in self.outside.items() if e]

    def written(self) -> Node:
        root = Root(self._below(self.number, self.inside), self.index)
        top = product((number(self.factor.numerator), *self._before(), root))
        return top if self.factor.denominator == 1 else _over(top, self.factor.denominator)

    def _parts(self) -> tuple[int, int, dict[str, int], dict[str, int]]:
        """What is a power of the index below the root, and what is left."""
        whole, left = _power_part(self.number, self.index)
        taken = {n: e // self.index for n, e in self.inside.items()}
        rest = {n: e % self.index for n, e in self.inside.items()}
        return whole, left, taken, rest

    @property
    def has_square(self) -> bool:
        whole, left, taken, rest = self._parts()
        is_all = left == 1 and not any(rest.values())
        return not is_all and (whole > 1 or any(taken.values()))

    def split(self) -> Node:
        """`\\sqrt{4x^2} \\cdot \\sqrt{3x}`"""
        whole, left, taken, rest = self._parts()
        square = self._below(whole**self.index, {n: e * self.index for n, e in taken.items()})
        other = self._below(left, rest)
        roots = [Root(each, self.index) for each in (square, other) if each != _ONE]
        top = product((number(self.factor.numerator), *self._before(), *roots))
        return top if self.factor.denominator == 1 else _over(top, self.factor.denominator)

    def drawn(self, positive: frozenset[str]) -> _Radical:
        whole, left, taken, rest = self._parts()
        outside = dict(self.outside)
        bars: set[str] = set()
        for name, exponent in taken.items():
            if not exponent:
                continue
            needs_bars = self.index % 2 == 0 and exponent % 2 and name not in positive
            if needs_bars and outside.get(name):
                raise RefusedError("whole_powers")
            if needs_bars:
                bars.add(name)
            outside[name] = outside.get(name, 0) + exponent
        return _Radical(
            self.index,
            self.factor * whole,
            {n: e for n, e in outside.items() if e},
            frozenset(bars),
            left,
            {n: e for n, e in rest.items() if e},
        )


def _joined_root(term: Node) -> _Joined:
    """A product with its roots joined.

    Raises:
        UnsupportedProblemError: They are of different degrees, or something else stands there.
    """
    roots: list[Root] = []
    plain = _Monomial(Fraction(1))
    for factor, sign in _all_factors(term, 1):
        if isinstance(factor, Root):
            if sign < 0:
                raise RefusedError("fraction_in_fraction")
            roots.append(factor)
        else:
            part = _monomial(factor)
            plain = plain.times(part if sign > 0 else part.inverse)
    index = roots[0].index if roots else 2
    if any(root.index != index for root in roots):
        raise RefusedError("whole_powers")
    below = _Monomial(Fraction(1))
    for root in roots:
        below = below.times(_monomial(root.radicand))
    value = below.factor
    if value <= 0 or max(value.numerator, value.denominator) > _MAX_RADICAND:
        raise RefusedError("whole_powers")
    # `\\sqrt{x / 4}` is `\\sqrt{x \\cdot 4^{1}} / 4`, in general root(p q^{n-1}) / q.
    inside = value.numerator * value.denominator ** (index - 1)
    return _Joined(
        index,
        plain.factor / value.denominator,
        _whole(plain.totals()),
        inside,
        _whole(below.totals()),
        len(roots),
    )


def _whole(totals: dict[str, Fraction]) -> dict[str, int]:
    if any(each.denominator != 1 or each < 0 for each in totals.values()):
        raise RefusedError("whole_powers")
    return {name: int(each) for name, each in totals.items() if each}


def _all_factors(node: Node, sign: int) -> Iterator[tuple[Node, int]]:
    if isinstance(node, Mul):
        for factor in node.factors:
            yield from _all_factors(ungrouped(factor), sign)
    elif isinstance(node, Div):
        yield from _all_factors(node.numerator, sign)
        yield from _all_factors(node.denominator, -sign)
    else:
        yield node, sign


def _power_part(value: int, index: int) -> tuple[int, int]:
    """`value` as `outside^index * inside`, the outside as large as can be."""
    outside, inside, prime = 1, 1, 2
    while prime * prime <= value:
        times = 0
        while value % prime == 0:
            value //= prime
            times += 1
        outside *= prime ** (times // index)
        inside *= prime ** (times % index)
        prime += 1
    return outside, inside * value
