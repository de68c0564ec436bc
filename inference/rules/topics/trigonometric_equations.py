"""Equations between sines, cosines and tangents: solved for one of them, then for all angles that
have this value, in radians or degrees, without end or within a range."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from inference.rules.build import negative, number, power, product, symbol, total
from inference.rules.convert import to_sympy
from inference.rules.known_values import SINES, TANGENTS, angle_over_pi
from inference.rules.nodes import (
    Add,
    Call,
    Chain,
    Constant,
    Degree,
    Div,
    ForIntegers,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    PlusMinus,
    Pow,
    Relation,
    Symbol,
    System,
    replaced,
    symbols,
    walk,
)
from inference.rules.number_values import loose_value
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import RootSum
from inference.rules.topics.exponential_equations import masking
from inference.rules.topics.guards import solve_inside, values_of
from inference.rules.topics.squares import either

_NAMES = ("sin", "cos", "tan")
_VALUE, _SINE, _COSINE = "placeholder_value", "placeholder_sine", "placeholder_cosine"
_PI = "placeholder_pi"
_MAX_VALUES = 24
_ZERO, _ONE, _TWO = Number("0"), Number("1"), Number("2")


def covers(problem: Problem) -> bool:
    """Whether it is one equation with the unknown in sines, cosines or tangents, perhaps with a
    range beside it."""
    if problem.intent not in (Intent.SOLVE, Intent.SOLVE_SYSTEM) or len(problem.variables) != 1:
        return False
    equations = [each for each in problem.expressions if _is_equation(each)]
    return len(equations) == 1 and any(map(_is_call, walk(equations[0])))


def _is_equation(node: Node) -> bool:
    return isinstance(node, Relation) and node.operator == "="


def _is_call(node: Node) -> bool:
    names = (*_NAMES, "cot", "sec", "csc")
    return isinstance(node, Call) and node.name in names and bool(symbols(node))


def solve(problem: Problem, trace: Trace) -> Node:
    """Solve for one function, find its angles, then the unknown.

    Raises:
        UnsupportedProblemError: Different functions or angles do not come down to one.
    """
    assert problem.variable is not None
    (equation,) = [each for each in problem.expressions if _is_equation(each)]
    assert isinstance(equation, Relation)
    others = [each for each in problem.expressions if each != equation]
    bounds = _Range.of(others, problem.variable) if others else None
    is_in_degrees = any(isinstance(part, Degree) for part in walk(problem.node))
    return _AnglePen(problem.variable, trace, bounds, is_in_degrees).solve(equation)


@dataclass(frozen=True, slots=True)
class _Range:
    """From where to where the unknown goes, as multiples of π."""

    low: Fraction
    high: Fraction
    has_low: bool
    has_high: bool

    @classmethod
    def of(cls, nodes: Sequence[Node], variable: str) -> _Range:
        low: tuple[Fraction, bool] | None = None
        high: tuple[Fraction, bool] | None = None
        for relation in _relations(nodes):
            left, operator, right = relation.left, relation.operator, relation.right
            if operator in (">", ">="):
                left, right = right, left
            is_closed = operator in ("<=", ">=")
            below, above = angle_over_pi(left), angle_over_pi(right)
            if right == Symbol(variable) and below is not None and low is None:
                low = (below, is_closed)
            elif left == Symbol(variable) and above is not None and high is None:
                high = (above, is_closed)
            else:
                raise RefusedError("range_of_angles")
        if low is None or high is None or high[0] <= low[0]:
            raise RefusedError("range_of_angles")
        return cls(low[0], high[0], low[1], high[1])

    def has(self, turns: float) -> bool:
        """Whether an angle lies in it; ends are told apart from what lies near them."""
        if math.isclose(turns, float(self.low), abs_tol=1e-9):
            return self.has_low
        if math.isclose(turns, float(self.high), abs_tol=1e-9):
            return self.has_high
        return float(self.low) < turns < float(self.high)


def _relations(nodes: Sequence[Node]) -> Iterator[Relation]:
    for node in nodes:
        if isinstance(node, Chain):
            yield from node.relations
        elif isinstance(node, Relation):
            yield node
        elif isinstance(node, System):
            yield from _relations(node.relations)


@dataclass(frozen=True, slots=True)
class _Angles:
    """`turns * π + factor * inverse + stride * k π` for all whole numbers k; with `is_both` also
    the opposite of what stands before the last part."""

    turns: Fraction
    stride: Fraction
    factor: Fraction = Fraction(0)
    inverse: Node | None = None
    is_both: bool = False

    def solved(self, slope: Fraction, shift: Fraction) -> list[_Angles]:
        """What x is when `slope * x + shift * π` is this."""
        both = [self, replace(self, turns=-self.turns, factor=-self.factor)]
        parts = [self] if not self.is_both or not shift else both
        return [
            replace(
                each,
                turns=(each.turns - shift) / slope,
                factor=each.factor / slope,
                stride=each.stride / abs(slope),
                is_both=each.is_both and not shift,
            )
            for each in parts
        ]

    def start_node(self, *, is_in_degrees: bool) -> Node:
        """The part without k."""
        parts = [_multiple(self.turns, is_in_degrees=is_in_degrees)] if self.turns else []
        if self.inverse is not None and self.factor:
            parts.append(product((number(self.factor), self.inverse)))
        if len(parts) == 2 and isinstance(parts[0], Neg):
            parts.reverse()
        return total(parts)

    def node(self, letter: Symbol, *, is_in_degrees: bool) -> Node:
        """The whole sum."""
        start = self.start_node(is_in_degrees=is_in_degrees)
        last = _multiple(self.stride, letter, is_in_degrees=is_in_degrees)
        if start == _ZERO:
            return last
        if self.is_both:
            return Add((PlusMinus(None, start), last))
        return total((start, last))

    def values(self, bounds: _Range) -> Iterator[tuple[float, _Angles]]:
        """Those within a range, each alone, with what it is in multiples of π."""
        both = [self, replace(self, turns=-self.turns, factor=-self.factor)]
        for each in both if self.is_both else [self]:
            extra = 0.0
            if each.inverse is not None:
                extra = float(each.factor) * float(to_sympy(each.inverse)) / math.pi
            start = float(each.turns) + extra
            first = math.floor((float(bounds.low) - start) / float(each.stride)) - 1
            last = math.ceil((float(bounds.high) - start) / float(each.stride)) + 1
            if last - first > _MAX_VALUES:
                raise RefusedError("range_of_angles")
            for k in range(first, last + 1):
                turns = each.turns + each.stride * k
                if bounds.has(float(turns) + extra):
                    yield float(turns) + extra, replace(each, turns=turns, is_both=False)


def _multiple(turns: Fraction, *letters: Node, is_in_degrees: bool) -> Node:
    """A multiple of π, or so many degrees."""
    if is_in_degrees:
        size = Degree(number(abs(turns) * 180))
        node: Node = product((size, *letters)) if turns else _ZERO
        return negative(node) if turns < 0 else node
    top = product((number(abs(turns.numerator)), *letters, Constant("pi")))
    node = top if turns.denominator == 1 else Div(top, number(turns.denominator))
    return negative(node) if turns < 0 else node


class _AnglePen:
    """Writes the lines of a trigonometric equation."""

    def __init__(
        self, variable: str, trace: Trace, bounds: _Range | None, is_in_degrees: bool
    ) -> None:
        self._variable = variable
        self._trace = trace
        self._bounds = bounds
        self._is_in_degrees = is_in_degrees
        self._integer = symbol("n" if variable == "k" else "k")

    def solve(self, relation: Relation) -> Node:
        relation = self._without_double_angles(relation)
        calls = _calls(relation)
        if any(call.name not in _NAMES for call in calls):
            raise RefusedError("unlike_functions")
        if len({call.args for call in calls}) > 1:
            raise RefusedError("unlike_functions")
        if len(calls) == 1:
            return self._solve_values(calls[0], self._values(relation, calls[0]))
        if {call.name for call in calls} != {"sin", "cos"}:
            raise RefusedError("unlike_functions")
        return self._solve_pair(relation, calls[0].args[0])

    # -- one function ------------------------------------------------------------------------

    def _values(self, relation: Relation, call: Call) -> list[Node]:
        """The values that the function has to take; the lines are written."""
        masked = replaced(relation, call, symbol(_VALUE))
        assert isinstance(masked, Relation)
        if any(self._variable in symbols(side) for side in (masked.left, masked.right)):
            raise RefusedError("unlike_functions")
        polynomials = [to_polynomial(side) for side in (masked.left, masked.right)]
        if None in polynomials:
            return [self._with_a_root(masked, call)]
        with masking(self._trace, _VALUE, call):
            answer = solve_inside(masked, _VALUE, self._trace)
        if isinstance(answer, Phrase) and answer.kind == "all_reals":
            raise RefusedError("holds_where_defined")
        return values_of(answer)

    def _with_a_root(self, masked: Relation, call: Call) -> Node:
        """`2 \\sin x = \\sqrt{3}`: the number is no fraction, so the steps are few and fixed."""
        left, right = masked.left, masked.right
        if _VALUE in symbols(right):
            left, right = right, left
        left, right = self._with_numbers_right(left, right, call)
        value, slope = loose_value(right), _factor_of_value(left)
        share = None if slope is None else slope.inverse()
        if value is None or slope is None or share is None or _VALUE in symbols(right):
            raise RefusedError("powers_of_roots")
        found = (value * share).to_node()
        if slope.rational != 1:
            line = Relation("=", call, found)
            self._trace.add("divide_both_sides", line, divisor=slope.to_node())
        return found

    def _with_numbers_right(self, left: Node, right: Node, call: Call) -> tuple[Node, Node]:
        """`2 \\cos x - \\sqrt{2} = 0` as `2 \\cos x = \\sqrt{2}`."""
        terms = left.terms if isinstance(left, Add) else (left,)
        moved = [term for term in terms if _VALUE not in symbols(term)]
        if not moved:
            return left, right
        values = [loose_value(each) for each in (*moved, right)]
        if None in values:
            raise RefusedError("powers_of_roots")
        size = RootSum()
        for value in values[:-1]:
            assert value is not None
            size += value
        last = values[-1]
        assert last is not None
        left = total(term for term in terms if _VALUE in symbols(term))
        right = (last + -size).to_node()
        is_subtracted = size.sign() > 0
        line = Relation("=", replaced(left, symbol(_VALUE), call), right)
        rule = "subtract_from_both_sides" if is_subtracted else "add_to_both_sides"
        self._trace.add(rule, line, term=(size if is_subtracted else -size).to_node())
        return left, right

    def _solve_values(self, call: Call, values: Sequence[Node]) -> Node:
        kept = [value for value in values if call.name == "tan" or _is_possible(value)]
        if not kept:
            answer = Phrase("no_real_solution")
            self._trace.add("beyond_one", answer, function=call)
            return answer
        if len(kept) < len(values):
            lines: list[Node] = [Relation("=", call, value) for value in kept]
            self._trace.add("drop_beyond_one", either(lines), function=call)
        inner = [angles for value in kept for angles in _angles_with(call.name, value)]
        return self._finish(call, inner)

    def _finish(self, call: Call, inner: list[_Angles]) -> Node:
        """From the angles of the function to the unknown, and to those in the range."""
        slope, shift = self._linear(call.args[0])
        rule = {"sin": "angles_of_sine", "cos": "angles_of_cosine", "tan": "angles_of_tangent"}
        answer = self._family(call.args[0], inner)
        self._trace.add(rule[call.name], answer)
        outer = [each for angles in inner for each in angles.solved(slope, shift)]
        return self._solve_for_unknown(outer, answer)

    def _solve_for_unknown(self, outer: list[_Angles], written: Node) -> Node:
        unknown = symbol(self._variable)
        answer = self._family(unknown, outer)
        if answer != written:
            self._trace.add("solve_for_angle", answer, letter=unknown)
        if self._bounds is None:
            return answer
        found = sorted(
            (value for angles in outer for value in angles.values(self._bounds)),
            key=lambda pair: pair[0],
        )
        distinct: list[Node] = []
        for _, angles in found:
            node = angles.start_node(is_in_degrees=self._is_in_degrees)
            if node == _ZERO and self._is_in_degrees:
                node = Degree(_ZERO)
            if node not in distinct:
                distinct.append(node)
        if not distinct:
            nothing = Phrase("no_real_solution")
            self._trace.add("no_angle_in_range", nothing)
            return nothing
        within = either([Relation("=", unknown, node) for node in distinct])
        self._trace.add("angles_in_range", within)
        return within

    def _family(self, left: Node, angles: Sequence[_Angles]) -> Node:
        options: list[Node] = [
            Relation("=", left, each.node(self._integer, is_in_degrees=self._is_in_degrees))
            for each in angles
        ]
        return ForIntegers(either(options), self._integer)

    def _linear(self, argument: Node) -> tuple[Fraction, Fraction]:
        """`2x + π/3` as the factor of the unknown and the multiple of π."""
        plain = argument
        for part in walk(argument):
            if isinstance(part, Degree):
                share = angle_over_pi(part)
                if share is None:
                    raise RefusedError("angle_not_linear")
                plain = replaced(plain, part, Mul((number(share), Constant("pi"))))
        polynomial = to_polynomial(replaced(plain, Constant("pi"), symbol(_PI)))
        if polynomial is None or polynomial.degree() != 1 or polynomial.constant_term:
            raise RefusedError("angle_not_linear")
        slope = polynomial.linear_coefficient(self._variable)
        if not slope or set(polynomial.letters) - {self._variable, _PI}:
            raise RefusedError("angle_not_linear")
        return slope, polynomial.linear_coefficient(_PI)

    # -- sine and cosine ---------------------------------------------------------------------

    def _solve_pair(self, relation: Relation, argument: Node) -> Node:
        sine, cosine = Call("sin", (argument,)), Call("cos", (argument,))
        masked: Node = replaced(replaced(relation, sine, symbol(_SINE)), cosine, symbol(_COSINE))
        assert isinstance(masked, Relation)
        left, right = to_polynomial(masked.left), to_polynomial(masked.right)
        if left is None or right is None:
            raise RefusedError("unlike_functions")
        difference = left - right
        if set(difference.letters) - {_SINE, _COSINE}:
            raise RefusedError("unlike_functions")
        with masking(self._trace, _SINE, sine), masking(self._trace, _COSINE, cosine):
            if _is_even_in(difference, _SINE):
                target, name = self._in_one(masked, _SINE, _COSINE), "cos"
            elif _is_even_in(difference, _COSINE):
                target, name = self._in_one(masked, _COSINE, _SINE), "sin"
            elif _is_ratio(difference):
                return self._by_tangent(difference, argument)
            else:
                return self._by_product(difference, argument)
        call = Call(name, (argument,))
        other = _COSINE if name == "cos" else _SINE
        final = replaced(target, symbol(other), call)
        assert isinstance(final, Relation)
        return self._solve_values(call, self._values(final, call))

    def _in_one(self, masked: Relation, gone: str, kept: str) -> Relation:
        """Write the even powers of one function by the other."""
        square = Add((_ONE, Neg(Pow(symbol(kept), _TWO))))
        node: Node = masked
        for exponent in (4, 2):
            half = power(square, exponent // 2)
            node = replaced(node, Pow(symbol(gone), number(exponent)), half)
        if gone in symbols(node):
            raise RefusedError("unlike_functions")
        assert isinstance(node, Relation)
        self._trace.add("pythagorean_identity", node)
        return node

    def _by_tangent(self, difference: Polynomial, argument: Node) -> Node:
        """`a \\sin x + b \\cos x = 0`: the cosine is not zero, or both would be."""
        a, b = (difference.linear_coefficient(name) for name in (_SINE, _COSINE))
        call = Call("tan", (argument,))
        value = number(-b / a)
        self._trace.add("divide_by_cosine", Relation("=", call, value), cosine=symbol(_COSINE))
        return self._solve_values(call, [value])

    def _by_product(self, difference: Polynomial, argument: Node) -> Node:
        """A common factor stands out, and the rest is of one function."""
        common = difference.monomial_content
        rest = difference.divided_by_monomial(common)
        if not common or len(rest.letters) > 1:
            raise RefusedError("unlike_functions")
        line = Relation("=", polynomial_node(difference), _ZERO)
        self._trace.add("bring_to_one_side", line)
        names = [name for name, _ in common]
        factors: list[Node] = [power(symbol(name), exponent) for name, exponent in common]
        if rest.letters:
            factors.append(polynomial_node(rest))
            self._trace.add(
                "factor_out_common",
                Relation("=", product((*factors[:-1], factors[-1])), _ZERO),
                factor=product(factors[:-1]),
            )
        cases: list[tuple[Call, Node]] = []
        for name in names:
            cases.append((_call_of(name, argument), _ZERO))
        if rest.letters:
            (name,) = rest.letters
            scratch = Relation("=", polynomial_node(rest), _ZERO)
            found = values_of(solve_inside(scratch, name, Trace(scratch, self._trace.language)))
            cases += [(_call_of(name, argument), value) for value in found]
        lines: list[Node] = [Relation("=", call, value) for call, value in cases]
        self._trace.add("zero_product", either(lines))
        kept = [(call, value) for call, value in cases if _is_possible(value)]
        if len(kept) < len(cases):
            lines = [Relation("=", call, value) for call, value in kept]
            self._trace.add("drop_beyond_one", either(lines), function=cases[-1][0])
        inner = [angles for call, value in kept for angles in _angles_with(call.name, value)]
        slope, shift = self._linear(argument)
        answer = self._family(argument, inner)
        self._trace.add("angles_of_each", answer)
        outer = [each for angles in inner for each in angles.solved(slope, shift)]
        return self._solve_for_unknown(outer, answer)

    def _without_double_angles(self, relation: Relation) -> Relation:
        """`\\sin 2x` beside functions of x is `2 \\sin x \\cos x`."""
        calls = _calls(relation)
        arguments = list(dict.fromkeys(call.args[0] for call in calls))
        if len(arguments) != 2:
            return relation
        pairs = [(one, other) for one in arguments for other in arguments]
        found = next((p for p in pairs if self._is_double(*p)), None)
        if found is None:
            return relation
        single, double = found
        sine, cosine = Call("sin", (single,)), Call("cos", (single,))
        node: Node = replaced(relation, Call("sin", (double,)), Mul((_TWO, sine, cosine)))
        square = power(cosine, 2) if sine not in calls else power(sine, 2)
        if sine not in calls:
            opened: Node = Add((Mul((_TWO, square)), Neg(_ONE)))
        else:
            opened = Add((_ONE, Neg(Mul((_TWO, square)))))
        node = replaced(node, Call("cos", (double,)), opened)
        assert isinstance(node, Relation)
        self._trace.add("double_angle", node)
        return node

    def _is_double(self, one: Node, other: Node) -> bool:
        (slope, shift), (other_slope, other_shift) = self._linear(one), self._linear(other)
        return other_slope == 2 * slope and other_shift == 2 * shift


def _calls(node: Node) -> list[Call]:
    found = [each for each in walk(node) if isinstance(each, Call) and _is_call(each)]
    return list(dict.fromkeys(found))


def _call_of(name: str, argument: Node) -> Call:
    return Call("sin" if name == _SINE else "cos", (argument,))


def _is_even_in(polynomial: Polynomial, name: str) -> bool:
    exponents = [dict(monomial).get(name, 0) for monomial, _ in polynomial]
    return max(exponents) > 0 and all(exponent % 2 == 0 for exponent in exponents)


def _is_ratio(polynomial: Polynomial) -> bool:
    """`a \\sin x + b \\cos x`, nothing else."""
    return set(polynomial.terms) == {((_SINE, 1),), ((_COSINE, 1),)}


def _factor_of_value(side: Node) -> RootSum | None:
    """What the placeholder is multiplied by; None when more stands there."""
    factors = side.factors if isinstance(side, Mul) else (side,)
    if factors.count(symbol(_VALUE)) != 1:
        return None
    result = RootSum.of(1)
    for factor in factors:
        if factor != symbol(_VALUE):
            value = loose_value(factor)
            if value is None:
                return None
            result *= value
    return result


def _is_possible(value: Node) -> bool:
    """Whether a sine or cosine may have this value."""
    known = loose_value(value)
    if known is None:
        raise RefusedError("comparing_roots")
    one = loose_value(_ONE)
    assert one is not None
    return (known + -one).sign() <= 0 <= (known + one).sign()


def _angles_with(name: str, value: Node) -> list[_Angles]:
    """All angles whose sine, cosine or tangent is this number."""
    known = loose_value(value)
    if known is None:
        raise RefusedError("comparing_roots")
    table = TANGENTS if name == "tan" else SINES
    place = next((angle for angle, sine in table.items() if loose_value(sine) == known), None)
    opposite = next((angle for angle, sine in table.items() if loose_value(sine) == -known), None)
    if place is None and opposite is not None:
        place = -opposite
    one, two = Fraction(1), Fraction(2)
    if name == "tan":
        if place is not None:
            return [_Angles(place, one)]
        return [_Angles(Fraction(0), one, *_inverse("arctan", value, is_negative=known.sign() < 0))]
    if place is None:
        if name == "cos":
            inverse = Call("arccos", (value,))
            return [_Angles(Fraction(0), two, Fraction(1), inverse, is_both=True)]
        factor, call = _inverse("arcsin", value, is_negative=known.sign() < 0)
        return [_Angles(Fraction(0), two, factor, call), _Angles(one, two, -factor, call)]
    if name == "cos":
        angle = Fraction(1, 2) - place
        if angle in (0, 1):
            return [_Angles(angle, two)]
        return [_Angles(angle, one)] if place == 0 else [_Angles(angle, two, is_both=True)]
    if abs(place) == Fraction(1, 2):
        return [_Angles(place, two)]
    if place == 0:
        return [_Angles(place, one)]
    return [_Angles(place, two), _Angles(1 - place, two)]


def _inverse(name: str, value: Node, *, is_negative: bool) -> tuple[Fraction, Node]:
    """Of a negative number, the opposite of the angle of its opposite."""
    inner = negative(value) if is_negative else value
    return Fraction(-1 if is_negative else 1), Call(name, (inner,))
