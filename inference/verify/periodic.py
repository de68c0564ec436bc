"""Checks for equations between sines, cosines and tangents of the unknown.

With `t = \\tan(u / 2)` the circle of angles u becomes the real line and one more point, the angle
π, and every sine and cosine a fraction in t (Weierstraß). So it is decided like any other algebraic
statement for which angles a line holds, and solutions without end are a few points of the circle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.convert import plus_minus_readings, to_symbol
from inference.rules.nodes import (
    Add,
    Alternatives,
    Call,
    Chain,
    Degree,
    ForIntegers,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    Pow,
    Relation,
    Symbol,
    System,
    is_numeric,
    replaced,
    symbols,
    walk,
)
from inference.rules.problem import Problem
from inference.types import Check, Verdict
from inference.verify.algebra import bounds_of, is_zero, sign_of
from inference.verify.final_form import is_collected
from inference.verify.intervals import UndecidableError
from inference.verify.solved_form import has_false_number, is_about_numbers, relations_in
from inference.verify.statements import (
    EVERYWHERE,
    NOWHERE,
    All,
    Any_,
    Atom,
    Statement,
    compare,
    conditions_of,
    holds_at,
    is_identity,
    is_true,
    statement_of,
    value_of,
)
from inference.verify.verdicts import combine, failed, not_checkable, verified
from inference.verify.zeros import critical_points

TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_T = to_symbol("t")
_CLAIMS = (Relation, Chain, Alternatives, System, ForIntegers, Phrase)
_MAX_POINTS = 48
_MAX_ROUNDS = 200


def is_periodic(problem: Problem) -> bool:
    """Whether the problem asks for angles, one letter occurring in trigonometric functions only."""
    node = problem.node
    equations = [each for each in _equations(node) if each.operator == "="]
    return (
        len(problem.variables) == 1
        and len(equations) == 1
        and any(map(_is_trigonometric, walk(equations[0])))
    )


def _equations(node: Node) -> Iterator[Relation]:
    parts = node.relations if isinstance(node, System) else (node,)
    for part in parts:
        if isinstance(part, Relation):
            yield part


def _is_trigonometric(part: Node) -> bool:
    return isinstance(part, Call) and part.name in TRIGONOMETRIC and bool(symbols(part))


@dataclass(frozen=True, slots=True)
class _Angles:
    """A set of angles: a statement in t, and whether the angle π belongs to it."""

    statement: Statement
    has_pi: bool


class PeriodicJudge:
    """Judges lines and answers against an equation between trigonometric functions."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the problem says nothing
        definite about one angle."""
        assert problem.variable is not None
        self._name = problem.variable
        self._letter = to_symbol(self._name)
        self._node = problem.node
        (self._equation,) = [each for each in _equations(self._node) if each.operator == "="]
        self._range = _range_of(self._node, self._equation, self._name)
        self._kin: list[Any] = []
        self._unit = _unit_of(self._equation, self._letter)
        self._angles  # noqa: B018 - so that what cannot be decided says so at once

    def learn(self, node: Node) -> None:
        """Take note of an earlier line."""
        if not self._has_solutions:
            self._admit(node)

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        checks = []
        for node in nodes:
            checks.append(self._line(node))
            self.learn(node)
        return combine(checks)

    def answer(self, node: Node) -> Check:
        """Judge a final answer: all solutions, no others, solved for the unknown."""
        try:
            if node == self._node:
                return not_checkable("restated")
            if self._range is not None:
                return self._answer_in_range(node)
            check = self._same_angles(node)
            if check.verdict is Verdict.VERIFIED and not self._is_solved(node):
                return not_checkable("unfinished")
            return check
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    # -- without end -----------------------------------------------------------------------

    @cached_property
    def _angles(self) -> _Angles:
        return self._angles_of(self._equation, self._unit)

    @cached_property
    def _has_solutions(self) -> bool:
        try:
            return not self._is_same(self._angles, _Angles(NOWHERE, False))
        except UndecidableError:
            return True

    def _line(self, node: Node) -> Check:
        try:
            relations = list(relations_in(_body(node)))
            if relations and all(map(is_about_numbers, relations)):
                return self._numbers(node)
            if has_false_number(_body(node)):
                return failed("counterexample")
            if not isinstance(
                node, Relation | Chain | Alternatives | System | ForIntegers | Phrase
            ):
                return not_checkable("no_claim")
            if self._range is not None and not isinstance(node, ForIntegers):
                check = self._line_in_range(node)
                if check is not None:
                    return check
            check = self._same_angles(node)
            if check.verdict is Verdict.VERIFIED or self._is_solved(node):
                return check
            if isinstance(node, Relation) and is_identity(statement_of(node)):
                return verified("identity") if node.left != node.right else not_checkable("trivial")
            return check
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _numbers(self, node: Node) -> Check:
        if not is_true(statement_of(node)):
            return failed("counterexample") if self._has_solutions else not_checkable("unsupported")
        if all(each.left == each.right for each in relations_in(node)):
            return not_checkable("trivial")
        return verified("identity")

    def _same_angles(self, node: Node) -> Check:
        """Whether a line has the solutions of the equation, all around the circle."""
        if self._is_bare(node):
            return self._bare_values(node)
        if not any(map(_is_trigonometric, walk(node))) and not isinstance(
            node, ForIntegers | Phrase
        ):
            return not_checkable("unsupported")
        unit = _common_unit([self._unit, _unit_of(node, self._letter)])
        mine = self._angles_of(self._equation, unit)
        other = self._angles_of(node, unit)
        comparison = compare(mine.statement, other.statement, _T)
        if comparison.is_same and mine.has_pi == other.has_pi:
            is_proof = self._has_solutions or isinstance(node, Phrase) or self._admit(node)
            return verified("same_solutions") if is_proof else not_checkable("unsupported")
        lost = self._angle(comparison.lost, unit, mine.has_pi and not other.has_pi)
        extraneous = self._angle(comparison.extraneous, unit, other.has_pi and not mine.has_pi)
        if lost is None:
            return failed("extraneous_solution", **{self._name: extraneous})
        if extraneous is None:
            return failed("lost_solution", **{self._name: lost})
        return failed("counterexample", **{self._name: extraneous})

    def _admit(self, node: Node) -> bool:
        """Whether the sides of a line differ by a multiple of what those of the equation do. Where
        there are no solutions, to have the same ones is no proof."""
        if not self._kin:
            self._kin.append(self._difference(self._equation))
        if not isinstance(node, Relation) or node.operator != "=":
            return False
        try:
            ratio = sympy.cancel(sympy.together(self._difference(node) / self._kin[0]))
        except (UndecidableError, UnsupportedProblemError):
            return False
        return bool(ratio.is_Rational and ratio != 0)

    def _difference(self, relation: Relation) -> Any:
        value = value_of(relation.left) - value_of(relation.right)
        expression = self._in_t(Atom(value, "="), self._unit).expression
        if expression == 0:
            raise UndecidableError
        return expression

    def _angle(self, t: Any | None, unit: Any, is_pi: bool) -> Any | None:
        if t is not None:
            return 2 * sympy.atan(t) / unit
        return sympy.pi / unit if is_pi else None

    def _is_same(self, one: _Angles, other: _Angles) -> bool:
        return one.has_pi == other.has_pi and compare(one.statement, other.statement, _T).is_same

    def _is_bare(self, node: Node) -> bool:
        """Whether it gives values one by one, where the equation has them without end."""
        relations = list(relations_in(node))
        return bool(relations) and all(
            each.operator == "=" and each.left == Symbol(self._name) and is_numeric(each.right)
            for each in relations
        )

    def _bare_values(self, node: Node) -> Check:
        for relation in relations_in(node):
            for reading in plus_minus_readings(relation.right):
                value = value_of(reading)
                if not self._holds_at(value):
                    return failed("extraneous_solution", **{self._name: value})
        return failed("lost_solution") if self._range is None else not_checkable("unsupported")

    def _is_solved(self, node: Node) -> bool:
        if isinstance(node, Phrase):
            return True
        body = node.statement if isinstance(node, ForIntegers) else node
        options = body.options if isinstance(body, Alternatives) else (body,)
        return all(
            isinstance(each, Relation)
            and each.operator == "="
            and each.left == Symbol(self._name)
            and self._name not in symbols(each.right)
            and all(map(_is_finished, plus_minus_readings(each.right)))
            for each in options
        )

    # -- sets of angles --------------------------------------------------------------------

    def _angles_of(self, node: Node, unit: Any) -> _Angles:
        """The angles `unit * x` for which a line is true."""
        match node:
            case ForIntegers():
                return self._family(node, unit)
            case Phrase(kind="no_solution" | "no_real_solution"):
                return _Angles(NOWHERE, False)
            case Phrase(kind="all_reals"):
                return _Angles(EVERYWHERE, True)
            case Alternatives():
                parts = [self._angles_of(each, unit) for each in node.options]
                return _Angles(
                    Any_(tuple(each.statement for each in parts)), any(e.has_pi for e in parts)
                )
            case System():
                parts = [self._angles_of(each, unit) for each in node.relations]
                return _Angles(
                    All(tuple(each.statement for each in parts)), all(e.has_pi for e in parts)
                )
            case Chain():
                return self._angles_of(System(node.relations), unit)
            case Relation():
                readings = [
                    each for each in plus_minus_readings(node) if isinstance(each, Relation)
                ]
                if len(readings) > 1:
                    return self._angles_of(Alternatives(tuple(readings)), unit)
                difference = value_of(node.left) - value_of(node.right)
                atom = Atom(difference, node.operator, conditions_of(node))
                return _Angles(self._in_t(atom, unit), is_true(self._at_pi(atom, unit)))
        raise UndecidableError

    def _in_t(self, atom: Atom, unit: Any) -> Atom:
        sine, cosine = 2 * _T / (1 + _T**2), (1 - _T**2) / (1 + _T**2)
        return self._with_values(atom, unit, sine, cosine)

    def _at_pi(self, atom: Atom, unit: Any) -> Atom:
        return self._with_values(atom, unit, sympy.Integer(0), sympy.Integer(-1))

    def _with_values(self, atom: Atom, unit: Any, sine: Any, cosine: Any) -> Atom:
        expression = _in_sine_and_cosine(atom.expression, self._letter, unit)
        conditions = tuple(self._with_values(each, unit, sine, cosine) for each in atom.conditions)
        if expression.has(sympy.zoo, sympy.nan):
            raise UndecidableError
        value = expression.subs({_SINE: sine, _COSINE: cosine})
        if value.has(sympy.zoo, sympy.nan, sympy.oo):
            # Where it has no value a condition is false, and that decides.
            value = sympy.Integer(1)
            if not any(each.expression == 0 for each in conditions):
                raise UndecidableError
        return Atom(value, atom.operator, conditions)

    def _family(self, family: ForIntegers, unit: Any) -> _Angles:
        if family.letter.name == self._name:
            raise UndecidableError
        points: dict[Any, None] = {}
        has_pi = False
        for relation, k in _family_members(family):
            start, stride = _progression(relation, self._letter, k)
            steps = 2 * sympy.pi / (unit * abs(stride))
            # Otherwise it would come round only after several turns, and miss what lies between.
            if not steps.is_Integer or steps > _MAX_POINTS:
                raise UndecidableError
            for step in range(int(steps)):
                t = _half_tangent(sympy.expand(unit * (start + stride * step)))
                if t is None:
                    has_pi = True
                else:
                    points[t] = None
        return _Angles(Any_(tuple(Atom(_T - t, "=") for t in points)), has_pi)

    # -- within a range --------------------------------------------------------------------

    def _answer_in_range(self, node: Node) -> Check:
        if isinstance(node, ForIntegers):
            check = self._line(node)
            return not_checkable("unfinished") if check.verdict is Verdict.VERIFIED else check
        found = self._values_in_range(node)
        if found is None:
            return not_checkable("unfinished")
        check = found
        if check.verdict is Verdict.VERIFIED and not isinstance(node, Phrase):
            values = [each.right for each in relations_in(node)]
            readings = [one for each in values for one in plus_minus_readings(each)]
            if not all(map(_is_finished, readings)):
                return not_checkable("unfinished")
        return check

    def _line_in_range(self, node: Node) -> Check | None:
        if isinstance(node, System):
            # The range may be written beside every line.
            rest = [each for each in node.relations if each not in _parts(self._node)[1:]]
            if len(rest) == 1:
                node = rest[0]
        return self._values_in_range(node)

    def _values_in_range(self, node: Node) -> Check | None:
        """Judge a list of values; None when the line is none."""
        assert self._range is not None
        if isinstance(node, Phrase):
            if node.kind not in ("no_solution", "no_real_solution"):
                return not_checkable("unsupported")
            count = self._count_in_range()
            return verified("same_solutions") if not count else failed("lost_solution")
        if not self._is_bare(node):
            return None
        values: list[Any] = []
        for relation in relations_in(node):
            values += [value_of(reading) for reading in plus_minus_readings(relation.right)]
        for place, value in enumerate(values):
            is_inside = holds_at(self._range_statement, {self._letter: value})
            if not is_inside or not self._holds_at(value):
                return failed("extraneous_solution", **{self._name: value})
            if any(_is_same_number(value, other) for other in values[:place]):
                return not_checkable("unsupported")
        if len(values) < self._count_in_range():
            return failed("lost_solution")
        return verified("substitution")

    def _holds_at(self, value: Any) -> bool:
        """Whether an angle solves the equation."""
        angle = sympy.expand(self._unit * value)
        t = _half_tangent(angle)
        if t is None:
            return self._angles.has_pi
        return holds_at(self._angles.statement, {_T: t})

    @cached_property
    def _range_statement(self) -> Statement:
        assert self._range is not None
        return All(
            tuple(statement_of(each) for each in _parts(self._node) if each != self._equation)
        )

    def _count_in_range(self) -> int:
        assert self._range is not None
        low, high = self._range
        count = 0
        for end in (low, high):
            is_inside = holds_at(self._range_statement, {self._letter: end})
            count += is_inside and self._holds_at(end)
        if _is_same_number(low, high):
            return min(count, 1)
        for angle in self._solution_angles():
            count += self._count_between(angle, low, high)
        return count

    def _solution_angles(self) -> Iterator[Any]:
        """The angles of one turn, each a solution; there must be finitely many."""
        if self._angles.has_pi:
            yield sympy.pi
        statement = self._angles.statement
        if not isinstance(statement, Atom):
            raise UndecidableError
        points = critical_points(statement.expression, _T)
        distinct: list[Any] = []
        for point in points:
            if any(_is_same_number(point, other) for other in distinct):
                continue
            distinct.append(point)
            if holds_at(statement, {_T: point}):
                yield 2 * sympy.atan(point)
        if is_zero(statement.expression):
            raise UndecidableError

    def _count_between(self, angle: Any, low: Any, high: Any) -> int:
        """How often `angle` comes up strictly between two ends."""
        turn = 2 * sympy.pi / self._unit
        first = int(sympy.floor(sympy.N((low - angle / self._unit) / turn))) - 1
        count = 0
        for k in range(first, first + _MAX_ROUNDS):
            value = angle / self._unit + k * turn
            if self._is_end(value, high) or bounds_of(value - high)[0] > 0:
                return count
            if not self._is_end(value, low) and bounds_of(value - low)[0] > 0:
                count += 1
        raise UndecidableError

    def _is_end(self, value: Any, end: Any) -> bool:
        """Whether a solution lies so near an end that it has to be that end, which is one."""
        low, high = bounds_of(value - end)
        if low > 0 or high < 0:
            return False
        if not self._holds_at(end):
            raise UndecidableError
        return True


_SINE, _COSINE = sympy.Symbol("s_"), sympy.Symbol("c_")
_DEGREE = Symbol("degree")


def _in_sine_and_cosine(expression: Any, letter: Any, unit: Any) -> Any:
    """An expression over the sine and cosine of `u = unit * letter`.

    Raises:
        UndecidableError: The letter stands elsewhere, too.
    """
    u = sympy.Symbol("u", real=True)
    turned = (
        sympy.expand(expression.subs(letter, u / unit)) if expression.has(letter) else expression
    )
    opened = sympy.expand_trig(turned)
    replaced = opened.subs({sympy.sin(u): _SINE, sympy.cos(u): _COSINE})
    for function, value in (
        (sympy.tan(u), _SINE / _COSINE),
        (sympy.cot(u), _COSINE / _SINE),
        (sympy.sec(u), 1 / _COSINE),
        (sympy.csc(u), 1 / _SINE),
    ):
        replaced = replaced.subs(function, value)
    if replaced.has(u):
        raise UndecidableError
    return replaced


def _unit_of(node: Node, letter: Any) -> Any:
    """The largest rational number of which all angles of a line are whole multiples, and by which
    all that is solution after solution comes round within one turn."""
    slopes: list[Any] = [
        abs(sympy.expand(value_of(part.args[0])).coeff(letter, 1))
        for part in walk(node)
        if isinstance(part, Call) and _is_trigonometric(part)
    ]
    for part in walk(node):
        if isinstance(part, ForIntegers):
            for relation, k in _family_members(part):
                slopes.append(abs(2 * sympy.pi / _progression(relation, letter, k)[1]))
    if not slopes:
        return sympy.Integer(1)
    return _common_unit(slopes)


def _common_unit(slopes: Sequence[Any]) -> Any:
    if not all(slope.is_Rational and slope > 0 for slope in slopes):
        raise UndecidableError
    unit = sympy.Rational(
        math.gcd(*(int(slope.p) for slope in slopes)), math.lcm(*(int(slope.q) for slope in slopes))
    )
    if any(slope / unit > _MAX_POINTS for slope in slopes):
        raise UndecidableError
    return unit


def _family_members(family: ForIntegers) -> Iterator[tuple[Relation, Any]]:
    """The relations of a family without ±, each linear in its letter."""
    body = family.statement
    for option in body.options if isinstance(body, Alternatives) else (body,):
        for reading in plus_minus_readings(option):
            if not isinstance(reading, Relation) or reading.operator != "=":
                raise UndecidableError
            for each in _by_parity(reading, family.letter):
                yield each, to_symbol(family.letter.name)


def _by_parity(relation: Relation, letter: Symbol) -> Iterator[Relation]:
    """`(-1)^k` is 1 for even and -1 for odd numbers."""
    alternating = Pow(Neg(Number("1"), is_grouped=True), letter)
    if not any(part == alternating for part in walk(relation)):
        yield relation
        return
    double = Mul((Number("2"), letter))
    for sign, number in (
        (Number("1"), double),
        (Neg(Number("1"), is_grouped=True), Add((double, Number("1")))),
    ):
        found = replaced(replaced(relation, alternating, sign), letter, number)
        assert isinstance(found, Relation)
        yield found


def _progression(relation: Relation, letter: Any, k: Any) -> tuple[Any, Any]:
    """`x = a + b k` solved for x: a and b."""
    difference = sympy.expand(value_of(relation.left) - value_of(relation.right))
    slope = difference.coeff(letter, 1)
    rest = sympy.expand(difference - slope * letter)
    if slope.free_symbols or rest.has(letter) or not sign_of(slope):
        raise UndecidableError
    start, stride = -rest.subs(k, 0) / slope, -rest.coeff(k, 1) / slope
    is_linear = sympy.expand(rest + slope * (start + stride * k)) == 0
    if not is_linear or start.free_symbols or stride.free_symbols or not sign_of(stride):
        raise UndecidableError
    return start, stride


def _half_tangent(angle: Any) -> Any | None:
    """The tangent of half an angle; None for the angle π."""
    sine, cosine = (_settled(function(angle)) for function in (sympy.sin, sympy.cos))
    is_pi = is_zero(cosine + 1)
    if is_pi is None:
        raise UndecidableError
    return None if is_pi else sympy.radsimp(sine / (1 + cosine))


def _settled(value: Any) -> Any:
    return sympy.expand(sympy.expand_trig(value))


def _body(node: Node) -> Node:
    return node.statement if isinstance(node, ForIntegers) else node


def _parts(node: Node) -> tuple[Node, ...]:
    return node.relations if isinstance(node, System) else (node,)


def _range_of(node: Node, equation: Relation, name: str) -> tuple[Any, Any] | None:
    """The ends of the range in which solutions are asked for; None when there is none.

    Raises:
        UndecidableError: It is no bounded range of the unknown.
    """
    others = [each for each in _parts(node) if each != equation]
    if not others:
        return None
    low: list[Any] = []
    high: list[Any] = []
    for relation in (found for each in others for found in relations_in(each)):
        left, operator, right = relation.left, relation.operator, relation.right
        if operator in (">", ">="):
            left, right = right, left
        elif operator not in ("<", "<="):
            raise UndecidableError
        if right == Symbol(name) and is_numeric(left):
            low.append(value_of(left))
        elif left == Symbol(name) and is_numeric(right):
            high.append(value_of(right))
        else:
            raise UndecidableError
    if len(low) != 1 or len(high) != 1 or sign_of(high[0] - low[0]) in (None, -1):
        raise UndecidableError
    return low[0], high[0]


def _is_same_number(one: Any, other: Any) -> bool:
    if one == other:
        return True
    sign = sign_of(one - other)
    if sign is None:
        raise UndecidableError
    return sign == 0


def _is_finished(node: Node) -> bool:
    """Whether nothing is left to work out in `\\frac{\\pi}{6} + 2k\\pi` or `30° + 360°k`."""
    if isinstance(node, Degree):
        return is_collected(node.operand)
    for part in list(walk(node)):
        if isinstance(part, Degree):
            is_one = part.operand == Number("1")
            node = replaced(node, part, _DEGREE if is_one else Mul((part.operand, _DEGREE)))
    return is_collected(node)
