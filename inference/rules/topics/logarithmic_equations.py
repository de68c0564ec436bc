"""Equations with the unknown in logarithms: joined into one on each side, or solved for one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.build import number, power, product, symbol, total
from inference.rules.nodes import (
    Add,
    Call,
    Constant,
    Div,
    Listing,
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
from inference.rules.polynomial import Polynomial, to_polynomial
from inference.rules.power_products import (
    Base,
    base_of,
    product_of,
)
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import Surd
from inference.rules.topics.exponential_equations import logarithm, masking, solve_in_turn
from inference.rules.topics.guards import Case, Guard, in_vain, solve_cases, solve_inside, values_of

_LOGARITHM, _VALUE = "placeholder_logarithm", "placeholder_value"
_MAX_TIMES = 6
_ONE = Number("1")


def covers(problem: Problem) -> bool:
    """Whether it is an equation with a letter in a logarithm."""
    node = problem.expressions[0]
    if problem.intent is not Intent.SOLVE or not isinstance(node, Relation):
        return False
    return node.operator == "=" and any(map(_is_of_unknown, _logarithms(node)))


def solve(problem: Problem, trace: Trace) -> Node:
    """Join the logarithms or solve for the only one, then go back to the numbers inside.

    Raises:
        UnsupportedProblemError: There are several letters, or logarithms that do not go together.
    """
    relation = problem.expressions[0]
    assert isinstance(relation, Relation)
    if problem.variable is None or len(problem.variables) != 1:
        raise RefusedError("one_letter_in_exponent")
    return _LogarithmPen(problem.variable, trace).solve(relation)


def _logarithms(node: Node) -> list[Call]:
    found = [each for each in walk(node) if isinstance(each, Call) and _is_logarithm(each)]
    return list(dict.fromkeys(found))


def _is_logarithm(node: Node) -> bool:
    return isinstance(node, Call) and node.name in ("ln", "log")


def _is_of_unknown(call: Call) -> bool:
    return bool(symbols(call))


def _base_node(call: Call) -> Node:
    if call.name == "ln":
        return Constant("e")
    return call.args[1] if len(call.args) == 2 else Number("10")


@dataclass(frozen=True, slots=True)
class _Term:
    """A logarithm with the number before it."""

    factor: Fraction
    inside: Node


class _LogarithmPen:
    """Writes the lines of an equation with logarithms of the unknown."""

    def __init__(self, variable: str, trace: Trace) -> None:
        self._variable = variable
        self._trace = trace

    def solve(self, relation: Relation) -> Node:
        if _is_logarithm(relation.left) and not symbols(relation.right):
            call = relation.left
            assert isinstance(call, Call)
            if not symbols(_base_node(call)) and not _logarithms(relation.right):
                return self._by_definition(relation, _base_node(call))
        calls = _logarithms(relation)
        if any(symbols(_base_node(call)) for call in calls):
            return self._unknown_base(relation, calls)
        base = self._common_base(calls)
        relation = self._to_base(relation, calls, base)
        calls = _logarithms(relation)
        if len(calls) == 1:
            found = self._in_one_logarithm(relation, calls[0], base)
            if found is not None:
                return found
        return self._join(relation, base)

    def _common_base(self, calls: Sequence[Call]) -> Node:
        bases = list(dict.fromkeys(map(_base_node, calls)))
        if len(bases) == 1:
            return bases[0]
        found = {_primitive(base) for base in bases}
        if len(found) > 1 or None in found:
            raise RefusedError("logarithms_of_unlike_bases")
        (common,) = found
        assert common is not None
        return common.node

    def _to_base(self, relation: Relation, calls: Sequence[Call], base: Node) -> Relation:
        """`\\log_4 x` is half of `\\log_2 x`."""
        changed: Node = relation
        for call in calls:
            own = _base_node(call)
            if own == base:
                continue
            common, whole = _primitive(base), product_of(own)
            assert common is not None and whole is not None
            times = common.exponent_of(whole)
            assert times is not None
            inner = logarithm(base, call.args[0])
            changed = replaced(changed, call, product((number(1 / times.constant_term), inner)))
        assert isinstance(changed, Relation)
        if changed != relation:
            self._trace.add("change_base", changed, base=base)
        return changed

    # -- one logarithm -----------------------------------------------------------------------

    def _in_one_logarithm(self, relation: Relation, call: Call, base: Node) -> Node | None:
        """The equation as one in the logarithm; None when the unknown stands elsewhere, too."""
        masked = replaced(relation, call, symbol(_LOGARITHM))
        assert isinstance(masked, Relation)
        sides = [to_polynomial(side) for side in (masked.left, masked.right)]
        if any(side is None or self._variable in side.letters for side in sides):
            return None
        with masking(self._trace, _LOGARITHM, call):
            values = values_of(solve_inside(masked, _LOGARITHM, self._trace))
        if not values:
            return Phrase("no_real_solution")
        relations = [Relation("=", call, value) for value in values]
        return solve_in_turn(relations, lambda each: self._by_definition(each, base), self._trace)

    def _by_definition(self, relation: Relation, base: Node) -> Node:
        """`\\log_b f = c` says that f is b to the power c."""
        call = relation.left
        assert isinstance(call, Call)
        inside, target = call.args[0], _raised(base, relation.right)
        written = Pow(base, relation.right) if target != relation.right else target
        self._trace.add("power_of_base", Relation("=", inside, written), base=base)
        self._trace.add("value_of_power", Relation("=", inside, target))
        return self._solve_for(inside, target)

    def _solve_for(self, inside: Node, target: Node) -> Node:
        if _logarithms(inside):
            return self.solve(Relation("=", inside, target))
        if to_polynomial(target) is not None:
            return solve_inside(Relation("=", inside, target), self._variable, self._trace)
        linear = to_polynomial(inside)
        if linear is None or linear.degree() != 1:
            raise RefusedError("power_of_unknown_in_exponent")
        relation = Relation("=", inside, symbol(_VALUE))
        with masking(self._trace, _VALUE, target):
            answer = solve_inside(relation, self._variable, self._trace)
        return replaced(answer, Symbol(_VALUE), target)

    def _unknown_base(self, relation: Relation, calls: Sequence[Call]) -> Node:
        """`\\log_x 8 = 3`"""
        sides = (relation.left, relation.right)
        if len(calls) != 1 or calls[0] not in sides or symbols(calls[0].args[0]):
            raise RefusedError("logarithms_of_unlike_bases")
        (call,) = calls
        other = sides[1 - sides.index(call)]
        base, exponent = to_polynomial(_base_node(call)), to_polynomial(other)
        if base is None or exponent is None or not exponent.is_constant:
            raise RefusedError("logarithms_of_unlike_bases")
        times = exponent.constant_term
        if times.denominator != 1 or not 0 < times <= _MAX_TIMES:
            raise RefusedError("logarithms_of_unlike_bases")
        equation = Relation("=", power(_base_node(call), int(times)), call.args[0])
        positive = Guard.of(base, ">", self._variable)
        not_one = Guard.of(base - Polynomial.constant(1), "!=", self._variable)
        return self._solve_guarded(equation, (positive, not_one), "base_to_the_power")

    # -- several logarithms ------------------------------------------------------------------

    def _join(self, relation: Relation, base: Node) -> Node:
        left, right = (_read(side) for side in (relation.left, relation.right))
        terms = [*left.terms, *(_Term(-each.factor, each.inside) for each in right.terms)]
        rest = right.rest - left.rest
        scale = math.lcm(rest.denominator, *(each.factor.denominator for each in terms))
        if scale > 1:
            terms = [_Term(each.factor * scale, each.inside) for each in terms]
            rest *= scale
        above = [each for each in terms if each.factor > 0]
        below = [_Term(-each.factor, each.inside) for each in terms if each.factor < 0]
        if not above:
            above, below, rest = below, above, -rest
        if any(each.factor > _MAX_TIMES for each in terms) or abs(rest) > _MAX_TIMES:
            raise RefusedError("logarithms_of_unlike_bases")
        if scale > 1:
            line = Relation("=", _sum_node(above, base), _sum_node(below, base, rest))
            self._trace.add("multiply_both_sides", line, factor=number(scale))
        else:
            line = Relation("=", _sum_node(above, base), _sum_node(below, base, rest))
            if _is_moved(relation, left, right):
                self._trace.add("move_logarithms", line)
        guards = self._guards(terms)
        one = _product_node(above)
        if not below:
            other = _raised(base, number(rest))
            joined = Relation("=", logarithm(base, one), number(rest))
        else:
            factor = _raised(base, number(rest))
            other = _product_node(below, factor)
            if rest:
                inner = Relation(
                    "=",
                    _sum_node(above, base),
                    total((_sum_node(below, base), logarithm(base, factor))),
                )
                self._trace.add("number_as_logarithm", inner, base=base)
            joined = Relation("=", logarithm(base, one), logarithm(base, other))
        if to_polynomial(other) is None or to_polynomial(one) is None:
            raise RefusedError("logarithms_of_unlike_bases")
        equation = Relation("=", one, other)
        cases = [Case(equation, guards)]
        scratch = Trace(cases[0].node, self._trace.language)
        if isinstance(solve_cases(cases, self._variable, scratch), Phrase):
            return in_vain(cases, self._variable, self._trace, rule="logarithms")
        condition = _listed(guards)
        is_joined = len(above) > 1 or len(below) > 1 or any(each.factor != 1 for each in terms)
        if is_joined or rest:
            self._trace.add(
                "join_logarithms_guarded", Case(joined, guards).node, condition=condition
            )
            rule = "equal_logarithms"
        else:
            rule = "equal_logarithms_guarded"
        if not below:
            self._trace.add("power_of_base", Case(equation, guards).node, base=base)
        else:
            self._trace.add(rule, Case(equation, guards).node)
        return solve_cases(cases, self._variable, self._trace)

    def _guards(self, terms: Sequence[_Term]) -> tuple[Guard, ...]:
        """Each inside is positive; of bounds to the same side the sharpest is enough."""
        lower: Fraction | None = None
        upper: Fraction | None = None
        others: list[Guard] = []
        for each in terms:
            polynomial = to_polynomial(each.inside)
            if polynomial is None:
                raise RefusedError("logarithms_of_unlike_bases")
            if polynomial.is_constant:
                continue
            if polynomial.degree() > 1:
                others.append(Guard.of(polynomial, ">", self._variable))
                continue
            slope = polynomial.numeric_coefficient(self._variable, 1)
            bound = -polynomial.constant_term / slope
            if slope > 0:
                lower = bound if lower is None else max(lower, bound)
            else:
                upper = bound if upper is None else min(upper, bound)
        letter = Polynomial.letter(self._variable)
        found: list[Guard] = []
        if lower is not None:
            found.append(Guard.of(letter - Polynomial.constant(lower), ">", self._variable))
        if upper is not None:
            found.append(Guard.of(Polynomial.constant(upper) - letter, ">", self._variable))
        return (*found, *dict.fromkeys(others))

    def _solve_guarded(self, equation: Relation, guards: tuple[Guard, ...], rule: str) -> Node:
        cases = [Case(equation, guards)]
        scratch = Trace(cases[0].node, self._trace.language)
        if isinstance(solve_cases(cases, self._variable, scratch), Phrase):
            return in_vain(cases, self._variable, self._trace, rule="logarithms")
        self._trace.add(rule, cases[0].node)
        return solve_cases(cases, self._variable, self._trace)


def _listed(guards: Sequence[Guard]) -> Node:
    nodes = [guard.node for guard in guards]
    return nodes[0] if len(nodes) == 1 else Listing(tuple(nodes))


def _primitive(base: Node) -> Base | None:
    found = product_of(base)
    return None if found is None else base_of(found)


def _raised(base: Node, exponent: Node) -> Node:
    """`base` to a power, worked out where it is rational."""
    times, whole = to_polynomial(exponent), product_of(base)
    if times is not None and whole is not None and times.is_constant:
        value = whole.to_power(times).value
        if value is not None:
            return number(value)
        half = whole.to_power(times.scaled(2)).value
        if half is not None and half < 10**9:
            return Surd.root_of(half).node
        if times.constant_term == 1:
            return base
    return Pow(base, exponent)


@dataclass(frozen=True, slots=True)
class _Side:
    terms: tuple[_Term, ...]
    rest: Fraction


def _read(side: Node) -> _Side:
    """A side as multiples of logarithms and a number.

    Raises:
        UnsupportedProblemError: It is something else.
    """
    terms: list[_Term] = []
    rest = Fraction(0)
    for sign, term in _signed(side):
        found = _as_term(term)
        if found is not None:
            terms.append(_Term(sign * found.factor, found.inside))
            continue
        value = to_polynomial(term)
        if value is None or not value.is_constant:
            raise RefusedError("logarithms_of_unlike_bases")
        rest += sign * value.constant_term
    return _Side(tuple(terms), rest)


def _signed(node: Node, sign: int = 1) -> Iterator[tuple[int, Node]]:
    if isinstance(node, Add):
        for term in node.terms:
            yield from _signed(term, sign)
    elif isinstance(node, Neg):
        yield from _signed(node.operand, -sign)
    else:
        yield sign, node


def _as_term(node: Node) -> _Term | None:
    if isinstance(node, Call) and _is_logarithm(node):
        return _Term(Fraction(1), node.args[0])
    if isinstance(node, Mul | Div):
        parts = node.factors if isinstance(node, Mul) else (node.numerator,)
        calls = [each for each in parts if isinstance(each, Call)]
        if len(calls) != 1:
            return None
        factor = to_polynomial(replaced(node, calls[0], Number("1")))
        if factor is None or not factor.is_constant or not factor:
            return None
        return _Term(factor.constant_term, calls[0].args[0])
    return None


def _is_moved(relation: Relation, left: _Side, right: _Side) -> bool:
    """Whether the logarithms do not stand as they are to be joined."""
    signs_left = [each.factor > 0 for each in left.terms]
    signs_right = [each.factor > 0 for each in right.terms]
    is_in_order = all(signs_left) and all(signs_right) and bool(signs_left)
    return not is_in_order or bool(left.rest)


def _sum_node(terms: Sequence[_Term], base: Node, rest: Fraction = Fraction(0)) -> Node:
    written = [product((number(each.factor), logarithm(base, each.inside))) for each in terms]
    return total((*written, *([number(rest)] if rest or not written else [])))


def _product_node(terms: Sequence[_Term], factor: Node = _ONE) -> Node:
    """What stands inside once the logarithms are one; numbers are multiplied."""
    size = to_polynomial(factor)
    value = Fraction(1) if size is None else size.constant_term
    kept: list[Node] = [] if size is not None else [factor]
    for each in terms:
        polynomial = to_polynomial(each.inside)
        if polynomial is not None and polynomial.is_constant:
            value *= polynomial.constant_term ** int(each.factor)
        else:
            kept.append(power(each.inside, int(each.factor)))
    return product((number(value), *kept))
