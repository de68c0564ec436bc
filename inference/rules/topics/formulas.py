"""Formulas and other equations in several letters, solved for one of them.

Where the letter occurs once, what is done to it is undone, one operation a line; where it occurs
more often, its terms are collected and it is taken out of them. Other letters are numbers that are
not known, and nothing is divided by what may be zero without saying so.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.build import grouped, number, product, symbol, total
from inference.rules.nodes import (
    PI_LETTER,
    Add,
    Alternatives,
    Constant,
    Div,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    PlusMinus,
    Pow,
    Relation,
    Root,
    Symbol,
    System,
    replaced,
    symbols,
    ungrouped,
    walk,
)
from inference.rules.polynomial import (
    Polynomial,
    polynomial_node,
    positive_first,
    to_polynomial,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.algebraic_fractions import (
    common_denominator,
    divide_exactly,
    factored_node,
    factors_of,
)
from inference.rules.topics.equations import flatten
from inference.rules.topics.rational_equations import cleared_side, part_of

_ONE = Polynomial.constant(1)
_PI = Constant("pi")
MAX_OPERATIONS = 20


def covers(problem: Problem) -> bool:
    """Whether it is an equation in several letters, of which it is clear which one is asked for,
    and more than numbers stand before that one."""
    node = problem.expressions[0]
    return (
        problem.intent is Intent.SOLVE
        and isinstance(node, Relation)
        and node.operator == "="
        and len(problem.variables) > 1
        and problem.is_variable_settled
        and not _is_plainly_linear(node, str(problem.variable))
    )


def _is_plainly_linear(relation: Relation, name: str) -> bool:
    left, right = to_polynomial(relation.left), to_polynomial(relation.right)
    if left is None or right is None:
        return False
    difference = left - right
    return difference.degree(name) <= 1 and difference.coefficient(name, 1).is_constant


def solve(problem: Problem, trace: Trace) -> Node:
    """Solve for the letter.

    Raises:
        UnsupportedProblemError: It stands below a root, in an exponent or a function, or to
            several powers; or whether there is a solution depends on the other letters.
    """
    relation = replaced(problem.expressions[0], _PI, Symbol(PI_LETTER))
    assert isinstance(relation, Relation) and problem.variable is not None
    name = problem.variable
    answer = _solve_for(relation, name, Trace(relation, trace.language))
    conditions = _demands(relation, name, answer)
    if conditions:
        below = [Relation("!=", each, Number("0")) for each in _denominators(relation, name)]
        with trace.within(lambda node: System((node, *below)) if _is_of(node, name) else node):
            _solve_for(relation, name, trace)
        final = System((answer, *conditions))
        shown = conditions[0] if len(conditions) == 1 else Listing(tuple(conditions))
        trace.add("denominators_of_formula", final, condition=shown)
        return replaced(final, Symbol(PI_LETTER), _PI)
    _solve_for(relation, name, trace)
    return replaced(answer, Symbol(PI_LETTER), _PI)


def _solve_for(relation: Relation, name: str, trace: Trace) -> Node:
    count = sum(each == Symbol(name) for each in walk(relation))
    if count == 1:
        return _Undoing(relation, name, trace).solve()
    return _collect(relation, name, trace)


def _is_of(node: Node, name: str) -> bool:
    """Whether a line gives the letter by the others."""
    if not isinstance(node, Relation) or name in symbols(node.right):
        return False
    return node.left == Symbol(name)


# -- what must not be zero ---------------------------------------------------------------------


def _denominators(relation: Relation, name: str) -> list[Node]:
    """What stands below a bar and contains the letter."""
    found = [
        each.denominator
        for each in walk(relation)
        if isinstance(each, Div) and name in symbols(each.denominator)
    ]
    return list(dict.fromkeys(each.base if isinstance(each, Pow) else each for each in found))


def _demands(relation: Relation, name: str, answer: Node) -> list[Node]:
    """`I = V / R` has the solution `V / I` only where V is not 0: there it would divide by zero.
    What the question or the answer divides by already needs no word."""
    known = {
        factor
        for each in walk(Alternatives((relation, answer)))
        if isinstance(each, Div) and name not in symbols(each.denominator)
        for factor in _factors(_ratio(each.denominator).top)
    }
    found: dict[Polynomial, None] = {}
    for node in _denominators(relation, name):
        assert isinstance(answer, Relation), "solved for the first power, or by a root"
        for factor in _factors(_at_solution(_ratio(node).top, name, answer)):
            if factor not in known and set(factor.letters) - {PI_LETTER}:
                found[factor] = None
    return [Relation("!=", polynomial_node(factor), Number("0")) for factor in found]


def _factors(polynomial: Polynomial) -> tuple[Polynomial, ...]:
    return factors_of(polynomial).factors


def _at_solution(below: Polynomial, name: str, answer: Relation) -> Polynomial:
    """The numerator of a denominator once the solution is put in."""
    value = answer.right
    if isinstance(value, PlusMinus | Root):
        root = value.right if isinstance(value, PlusMinus) else value
        if len(below.terms) > 1 or not isinstance(root, Root):
            raise RefusedError("first_power")
        return _ratio(root.radicand).top
    ratio = _ratio(value)
    degree = below.degree(name)
    result = Polynomial()
    for exponent in range(degree + 1):
        piece = below.coefficient(name, exponent)
        for place in range(degree):
            piece *= ratio.top if place < exponent else ratio.bottom
        result += piece
    return result


# -- fractions of polynomials ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A value that does not contain the letter: one polynomial over another."""

    top: Polynomial
    bottom: Polynomial = _ONE

    def plus(self, other: _Ratio) -> _Ratio:
        bottom = common_denominator([self.bottom, other.bottom])
        top = self.top * divide_exactly(bottom, self.bottom)
        return _Ratio(top + other.top * divide_exactly(bottom, other.bottom), bottom).reduced()

    def times(self, other: _Ratio) -> _Ratio:
        return _Ratio(self.top * other.top, self.bottom * other.bottom).reduced()

    def reduced(self) -> _Ratio:
        """In lowest terms, with whole coefficients and a positive denominator."""
        above, below = factors_of(self.top), factors_of(self.bottom)
        if not self.top:
            return _Ratio(self.top)
        common = Counter(above.factors) & Counter(below.factors)
        scale = above.number / below.number
        top = _multiplied(scale.numerator, Counter(above.factors) - common)
        bottom = _multiplied(scale.denominator, Counter(below.factors) - common)
        is_negative = all(value < 0 for _, value in top)
        if is_negative and any(value < 0 for _, value in bottom):
            return _Ratio(-top, -bottom)
        return _Ratio(top, bottom)

    @property
    def node(self) -> Node:
        top = positive_first(polynomial_node(self.top))
        bottom = _product_node(self.bottom)
        if self.bottom == _ONE:
            return top
        return Neg(Div(top.operand, bottom)) if isinstance(top, Neg) else Div(top, bottom)


def _multiplied(value: int, factors: Counter[Polynomial]) -> Polynomial:
    result = Polynomial.constant(value)
    for factor, count in factors.items():
        for _ in range(count):
            result *= factor
    return result


def _product_node(polynomial: Polynomial) -> Node:
    """A product of its factors, with a minus in one of the sums rather than before them all."""
    found = factors_of(polynomial)
    counts = Counter(found.factors)
    mixed = next((f for f, n in counts.items() if n == 1 and len(f.terms) > 1), None)
    if found.number > 0 or mixed is None:
        return factored_node(polynomial)
    del counts[mixed]
    others = factored_node(_multiplied(1, counts).scaled(-found.number))
    return product((others, positive_first(polynomial_node(-mixed))))


def _ratio(node: Node) -> _Ratio:
    """Raises RefusedError when `node` is no fraction of polynomials."""
    match node:
        case Neg():
            inner = _ratio(node.operand)
            return _Ratio(-inner.top, inner.bottom)
        case Add():
            result = _ratio(node.terms[0])
            for each in node.terms[1:]:
                result = result.plus(_ratio(each))
            return result
        case Mul():
            result = _ratio(node.factors[0])
            for each in node.factors[1:]:
                result = result.times(_ratio(each))
            return result
        case Div():
            above, below = _ratio(node.numerator), _ratio(node.denominator)
            if not below.top:
                raise RefusedError("divides_by_zero")
            return above.times(_Ratio(below.bottom, below.top))
    polynomial = to_polynomial(node)
    if polynomial is None:
        raise RefusedError("sides")
    return _Ratio(polynomial)


# -- the letter occurs once --------------------------------------------------------------------


class _Undoing:
    """Undoes what is done to the letter, from the outside in, on both sides."""

    def __init__(self, relation: Relation, name: str, trace: Trace) -> None:
        self._name = name
        self._trace = trace
        self._side = relation.left
        self._other = relation.right
        self._value = _Ratio(Polynomial())

    def solve(self) -> Relation:
        if self._name not in symbols(self._side):
            self._side, self._other = self._other, self._side
            if not isinstance(self._side, Symbol) and not isinstance(self._side, Div):
                self._write("swap_sides")
        self._value = _ratio(self._other)
        for _ in range(MAX_OPERATIONS):
            side = ungrouped(self._side)
            if side == Symbol(self._name):
                return Relation("=", side, self._other)
            match side:
                case Neg():
                    self._times(_Ratio(Polynomial.constant(-1)), side.operand)
                case Add():
                    self._subtract(side)
                case Mul():
                    self._divide(side)
                case Div() if self._has_letter(side.numerator):
                    self._times(_ratio(side.denominator), side.numerator)
                case Div():
                    self._out_of_denominator(side)
                case Pow(base=Symbol(), exponent=Number() as exponent):
                    return self._root(side.base, exponent)
                case _:
                    raise RefusedError("first_power")
        raise RefusedError("first_power")

    def _has_letter(self, node: Node) -> bool:
        return self._name in symbols(node)

    def _write(self, rule: str, **values: Node) -> None:
        self._trace.add(rule, Relation("=", self._side, self._other), **values)

    def _set(self, side: Node, value: _Ratio) -> None:
        self._side, self._value, self._other = side, value, value.node

    def _subtract(self, side: Add) -> None:
        (kept,) = [term for term in side.terms if self._has_letter(term)]
        moved = _ratio(total(term for term in side.terms if not self._has_letter(term)))
        self._set(kept, self._value.plus(_Ratio(-moved.top, moved.bottom)))
        is_addition = all(value < 0 for _, value in moved.top)
        shown = _Ratio(-moved.top, moved.bottom) if is_addition else moved
        rule = "add_to_both_sides" if is_addition else "subtract_from_both_sides"
        self._write(rule, term=shown.node)

    def _times(self, factor: _Ratio, side: Node) -> None:
        self._set(side, self._value.times(factor))
        self._write("multiply_both_sides", factor=factor.node)

    def _divide(self, side: Mul) -> None:
        (kept,) = [factor for factor in side.factors if self._has_letter(factor)]
        others = _ratio(product(each for each in side.factors if not self._has_letter(each)))
        if not others.top:
            raise RefusedError("depends_on_letters")
        if others.bottom != _ONE:
            self._times(_Ratio(others.bottom), _times_kept(others.top, kept))
            return
        _demand_no_common_letters(self._value.top, others.top)
        self._set(kept, self._value.times(_Ratio(_ONE, others.top)))
        self._write(_division_rule(others.top), divisor=_product_node(others.top))

    def _out_of_denominator(self, side: Div) -> None:
        """`\\frac{a}{x} = b` becomes `a = b x`, then the sides change places."""
        if not self._value.top:
            raise RefusedError("depends_on_letters")
        top = _ratio(side.numerator)
        below = side.denominator
        times = [self._other] if self._value != _Ratio(_ONE) else []
        line = Relation("=", top.node, product((*times, below)))
        self._trace.add("multiply_both_sides", line, factor=below)
        self._side, self._value, self._other = line.right, top, top.node
        self._write("swap_sides")

    def _root(self, base: Node, exponent: Number) -> Relation:
        degree = exponent.value
        if degree.denominator != 1 or degree < 2:
            raise RefusedError("first_power")
        root = Root(self._other, int(degree))
        is_even = degree % 2 == 0
        answer = Relation("=", base, PlusMinus(None, root) if is_even else root)
        rules = {2: "square_roots_of_both_sides", 3: "cube_root_of_both_sides"}
        rule = rules.get(int(degree), "roots_of_both_sides" if is_even else "root_of_both_sides")
        self._trace.add(rule, answer, degree=number(degree))
        return answer


def _times_kept(factor: Polynomial, kept: Node) -> Node:
    inner = to_polynomial(kept)
    if inner is not None and len(inner.terms) == len(factor.terms) == 1:
        return polynomial_node(factor * inner)
    return product((polynomial_node(factor), kept))


def _division_rule(divisor: Polynomial) -> str:
    is_known = set(divisor.letters) <= {PI_LETTER}
    return "divide_both_sides" if is_known else "divide_both_sides_unless_zero"


def _demand_no_common_letters(top: Polynomial, bottom: Polynomial) -> None:
    """`a x = a b` has the solution b where a is not 0, and every number where it is."""
    if Counter(factors_of(top).factors) & Counter(factors_of(bottom).factors):
        raise RefusedError("depends_on_letters")
    if not top and not bottom.is_constant:
        raise RefusedError("depends_on_letters")


# -- the letter occurs several times -----------------------------------------------------------


def _collect(relation: Relation, name: str, trace: Trace) -> Node:
    has_letter_below = bool(_denominators(relation, name))
    relation = _without_fractions(relation, trace)
    _, left, right = flatten(relation, trace)
    if (left - right).degree(name) == 0:
        raise RefusedError("depends_on_letters")
    if (left - right).degree(name) == 2 and not has_letter_below:
        return _quadratic(left - right, right, name, trace)
    if (left - right).degree(name) > 1:
        raise RefusedError("first_power")
    letter = Polynomial.letter(name)
    slope = (left - right).coefficient(name, 1)
    rest = slope * letter - (left - right)
    if all(value < 0 for _, value in slope):
        slope, rest = -slope, -rest
    collected = Relation("=", polynomial_node(slope * letter), polynomial_node(rest))
    trace.add("collect_unknown", collected, letter=symbol(name))
    _demand_no_common_letters(rest, slope)
    if len(slope.terms) > 1:
        taken_out = product((symbol(name), polynomial_node(slope)))
        trace.add(
            "factor_out_unknown",
            Relation("=", taken_out, polynomial_node(rest)),
            letter=symbol(name),
        )
    if slope == _ONE:
        return collected
    answer = Relation("=", symbol(name), _Ratio(rest, slope).reduced().node)
    trace.add(_division_rule(slope), answer, divisor=polynomial_node(slope))
    return answer


def _quadratic(difference: Polynomial, right: Polynomial, name: str, trace: Trace) -> Node:
    """The quadratic formula with letters as coefficients; without a constant term, a factor x."""
    if all(value < 0 for _, value in difference.coefficient(name, 2)):
        difference = -difference
    a, b, c = (difference.coefficient(name, power) for power in (2, 1, 0))
    common = Counter(factors_of(a).factors) & Counter(factors_of(b).factors)
    if common if not c else common & Counter(factors_of(c).factors):
        raise RefusedError("depends_on_letters")
    unknown = symbol(name)
    terms = [_term_of(each, name, power) for each, power in ((a, 2), (b, 1), (c, 0)) if each]
    standard = Relation("=", total(terms), Number("0"))
    if right:
        trace.add("bring_to_one_side", standard)
    else:
        trace.add("collect_powers", standard, letter=unknown)
    if not c:
        inner = total([_term_of(a, name, 1), polynomial_node(b)])
        line = Relation("=", product((unknown, inner)), Number("0"))
        trace.add("factor_out_common", line, factor=unknown)
        second = _Ratio(-b, a).reduced().node
        answer: Node = _either(unknown, Number("0"), second)
        trace.add("zero_product", answer)
        return answer
    nodes = [grouped(polynomial_node(each)) for each in (a, b, c)]
    two = Number("2")
    factors = (Number("4"), *(each for each in (nodes[0], nodes[2]) if each != Number("1")))
    below_root = Add((Pow(nodes[1], two), Neg(Mul(factors) if factors[1:] else factors[0])))
    above = PlusMinus(polynomial_node(-b) if b else None, Root(below_root, 2))
    is_known = set(a.letters) <= {PI_LETTER}
    rule = "quadratic_formula" if is_known else "quadratic_formula_unless_zero"
    values = {"a": polynomial_node(a), "b": polynomial_node(b), "c": polynomial_node(c)}
    line = Relation("=", unknown, Div(above, product((two, nodes[0]))))
    trace.add(rule, line, **values)
    discriminant = b * b - (a * c).scaled(Fraction(4))
    outside, inside = _drawn_out(discriminant)
    if inside == _ONE or not discriminant:
        bottom = a.scaled(Fraction(2))
        options = [_Ratio(-b + outside, bottom), _Ratio(-b - outside, bottom)]
        answer = _either(unknown, *(each.reduced().node for each in options))
        trace.add("two_solutions", answer)
    else:
        answer = Relation("=", unknown, _lowest_terms(a, b, outside, inside))
        trace.add("simplify_solutions", answer)
    return answer


def _term_of(coefficient: Polynomial, name: str, power: int) -> Node:
    """`-(a + b)x`, `kx^2`: the power of the letter stands last."""
    if all(value < 0 for _, value in coefficient):
        return Neg(_term_of(-coefficient, name, power))
    if not power:
        return polynomial_node(coefficient)
    letter = symbol(name) if power == 1 else Pow(symbol(name), number(power))
    return letter if coefficient == _ONE else product((polynomial_node(coefficient), letter))


def _either(unknown: Symbol, first: Node, second: Node) -> Node:
    one, other = (Relation("=", unknown, each) for each in (first, second))
    return one if first == second else Alternatives((one, other))


def _drawn_out(discriminant: Polynomial) -> tuple[Polynomial, Polynomial]:
    """What can be drawn out of the root of a polynomial, and what is left below it."""
    if not discriminant:
        return Polynomial(), _ONE
    found = factors_of(discriminant)
    counts = Counter(found.factors)
    outside = _multiplied(1, Counter({each: times // 2 for each, times in counts.items()}))
    inside = _multiplied(1, Counter({each: times % 2 for each, times in counts.items()}))
    size = abs(found.number.numerator)
    square = max(root for root in range(1, 1 + math.isqrt(size)) if size % root**2 == 0)
    rest = size // square**2 * (1 if found.number > 0 else -1)
    return outside.scaled(Fraction(square)), inside.scaled(Fraction(rest))


def _lowest_terms(a: Polynomial, b: Polynomial, outside: Polynomial, inside: Polynomial) -> Node:
    """`\\frac{-b \\pm \\sqrt{D}}{2a}` without a number that all its parts have in common."""
    bottom = a.scaled(Fraction(2))
    shared = Fraction(1, math.gcd(*(int(n) for each in (outside, b, bottom) for _, n in each)))
    outside, minus_b, bottom = (each.scaled(shared) for each in (outside, -b, bottom))
    root = Root(positive_first(polynomial_node(inside)), 2)
    left = polynomial_node(minus_b) if minus_b else None
    top = PlusMinus(left, product((polynomial_node(outside), root)))
    return top if bottom == _ONE else Div(top, _product_node(bottom))


def _without_fractions(relation: Relation, trace: Trace) -> Relation:
    sides = [
        [part_of(term) for term in (side.terms if isinstance(side, Add) else (side,))]
        for side in (relation.left, relation.right)
    ]
    bottom = common_denominator([below for side in sides for _, below in side])
    if bottom.is_constant and bottom.constant_term == Fraction(1):
        return relation
    cleared = Relation("=", *(cleared_side(side, bottom) for side in sides))
    rule = (
        "multiply_both_sides_by_denominator"
        if bottom.is_constant
        else "multiply_by_unknown_denominator"
    )
    trace.add(rule, cleared, factor=factored_node(bottom))
    return cleared
