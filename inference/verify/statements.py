"""What an equation, an inequality or an answer says about one unknown, decided exactly.

A statement is a combination of atoms `expression > 0` and the like, each with the conditions under
which it means anything. The real line falls into finitely many points and open intervals on which
no atom changes its truth, so two statements are compared by trying one number in each: a
cylindrical decomposition in one dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from inference.rules.convert import plus_minus_readings, to_symbol, to_sympy
from inference.rules.nodes import (
    Alternatives,
    Call,
    Chain,
    Div,
    Factorial,
    FunctionValue,
    Integral,
    Measure,
    Node,
    Phrase,
    PlusMinus,
    Pow,
    Quantity,
    Ratio,
    Relation,
    RelationOperator,
    Root,
    System,
    children,
    walk,
)
from inference.rules.substitution import Function, function_of
from inference.verify.algebra import bounds_of, is_zero, sign_of
from inference.verify.integrals import integrate_definite
from inference.verify.intervals import UndecidableError
from inference.verify.zeros import critical_points, sort_points

_SIGNS: dict[str, tuple[int, ...]] = {
    "=": (0,),
    "!=": (-1, 1),
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (0, 1),
}
_MAX_DENOMINATOR = 12
LIMIT_KINDS = frozenset({"limit", "limit_right", "limit_left"})


@dataclass(frozen=True, slots=True)
class Atom:
    """`expression` compared with zero, where all `conditions` hold; false elsewhere."""

    expression: Any
    operator: RelationOperator
    conditions: tuple[Atom, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """True where every part is."""

    parts: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """True where some part is. `Any_(())` is true nowhere, `All(())` everywhere."""

    parts: tuple[Statement, ...]


Statement = Atom | All | Any_
NOWHERE = Any_(())
EVERYWHERE = All(())
Bindings = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two statements differ.

    Attributes:
        lost: A number for which only the first is true, None when there is none.
        extraneous: A number for which only the second is true.
    """

    lost: Any | None
    extraneous: Any | None

    @property
    def is_same(self) -> bool:
        return self.lost is None and self.extraneous is None


def value_of(node: Node, bindings: Bindings | None = None) -> Any:
    """The SymPy value of an expression, derivatives and definite integrals computed.

    Raises:
        UndecidableError: A part has no real value or cannot be computed with proof.
        UnsupportedProblemError: A part has no SymPy form.
    """
    for part in walk(node):
        if isinstance(part, Measure) or (isinstance(part, Quantity) and part.kind in LIMIT_KINDS):
            raise UndecidableError  # units are no numbers, and SymPy's limits no proof
    value = to_sympy(node)
    if not isinstance(value, sympy.Expr) or isinstance(value, sympy.MatrixBase):
        raise UndecidableError  # a point, several values, a matrix
    if bindings:
        value = value.subs(bindings)
    if value.has(sympy.Derivative):
        value = value.replace(
            lambda part: isinstance(part, sympy.Derivative), lambda part: part.doit(integrals=False)
        )
    if value.has(sympy.Integral):
        value = integrate_definite(value)
    if value.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I):
        raise UndecidableError
    return value


def conditions_of(node: Node, bindings: Bindings | None = None) -> tuple[Atom, ...]:
    """Under which conditions an expression has a real value, as written.

    Raises:
        UndecidableError: They are not known here.
    """
    found: list[Atom] = []
    for part in _walk_outside_integrals(node):
        if isinstance(part, Quantity) and part.kind == "function_value":
            found += _conditions_of_calls(part)
        for operand, operator in _demands(part):
            condition = Atom(_shifted(operand, bindings), operator)
            if condition.expression.free_symbols or not is_true(condition):
                found.append(condition)
    return tuple(dict.fromkeys(found))


def statement_of(node: Node, bindings: Bindings | None = None) -> Statement:
    """What a relation, chain, list or phrase says.

    Raises:
        UndecidableError: It is no statement, or says something that is not decided here.
    """
    match node:
        case Relation(operator="≈"):
            raise UndecidableError
        case Relation() | Chain() if _is_inequality_with_signs(node):
            raise UndecidableError  # `x < ±3` means nothing definite
        case Relation():
            signs = plus_minus_readings(node)
            if len(signs) > 1:
                return Any_(tuple(statement_of(reading, bindings) for reading in signs))
            difference = value_of(node.left, bindings) - value_of(node.right, bindings)
            return Atom(difference, node.operator, conditions_of(node, bindings))
        case Chain():
            # Both signs are read through the whole chain: `x = 2 ± 1 = 3` does not say `x = 1`.
            readings = tuple(map(plus_minus_readings, node.operands))
            num_readings = max(map(len, readings))
            chains = [
                Chain(tuple(each[-1] if sign else each[0] for each in readings), node.operators)
                for sign in range(num_readings)
            ]
            parts = [
                All(tuple(statement_of(each, bindings) for each in chain.relations))
                for chain in chains
            ]
            return Any_(tuple(parts)) if len(parts) > 1 else parts[0]
        case System():
            return All(tuple(statement_of(each, bindings) for each in node.relations))
        case Alternatives():
            return Any_(tuple(statement_of(each, bindings) for each in node.options))
        case Phrase(kind="no_solution" | "no_real_solution"):
            return NOWHERE
        case Phrase(kind="all_reals"):
            return EVERYWHERE
    raise UndecidableError


def _is_inequality_with_signs(node: Relation | Chain) -> bool:
    operators = (node.operator,) if isinstance(node, Relation) else node.operators
    has_signs = any(isinstance(part, PlusMinus) for part in walk(node))
    return has_signs and any(operator != "=" for operator in operators)


def domain_of(statement: Statement) -> Statement:
    """Where all parts of a statement have a meaning."""
    return All(tuple(condition for atom in _atoms(statement) for condition in atom.conditions))


def letters_of(statement: Statement) -> frozenset[Any]:
    """The letters in a statement and its conditions."""
    return frozenset(
        letter
        for atom in _atoms(statement)
        for part in (atom, *atom.conditions)
        for letter in part.expression.free_symbols
    )


def is_true(statement: Statement) -> bool:
    """Whether a statement without letters is true.

    Raises:
        UndecidableError: It cannot be decided.
    """
    truth = _truth(statement, {})
    if truth is None:
        raise UndecidableError
    return truth


def holds_at(statement: Statement, values: Bindings) -> bool:
    """Whether a statement is true when its letters have these values.

    Raises:
        UndecidableError: It cannot be decided.
    """
    truth = _truth(statement, values)
    if truth is None:
        raise UndecidableError
    return truth


def is_identity(statement: Statement) -> bool:
    """Whether an equation holds for all values for which it means anything.

    Raises:
        UndecidableError: It cannot be decided.
    """
    if isinstance(statement, All):
        return bool(statement.parts) and all(is_identity(part) for part in statement.parts)
    if not isinstance(statement, Atom) or statement.operator != "=":
        return False
    answer = is_zero(statement.expression)
    if answer is None:
        raise UndecidableError
    return answer


def compare(
    first: Statement, second: Statement, letter: Any, *, within: Statement = EVERYWHERE
) -> Comparison:
    """Compare the real solutions of two statements in one letter, those in `within` only.

    Raises:
        UndecidableError: They contain other letters or are not algebraic.
    """
    lost = extraneous = None
    for number in _cells((first, second, within), letter):
        values = {letter: number}
        if not holds_at(within, values):
            continue
        is_first, is_second = holds_at(first, values), holds_at(second, values)
        if is_first and not is_second and lost is None:
            lost = number
        if is_second and not is_first and extraneous is None:
            extraneous = number
    return Comparison(lost, extraneous)


def has_interval(statement: Statement, letter: Any) -> bool:
    """Whether infinitely many numbers satisfy a statement.

    Raises:
        UndecidableError: It contains other letters or is not algebraic.
    """
    numbers = list(_cells((statement,), letter))
    return any(holds_at(statement, {letter: number}) for number in numbers[::2])


def _cells(statements: Sequence[Statement], letter: Any) -> Iterator[Any]:
    """One number of each cell: open intervals at even places, the points between at odd ones."""
    points: list[Any] = []
    for atom in (atom for statement in statements for atom in _atoms(statement)):
        for part in (atom, *atom.conditions):
            if part.expression.free_symbols - {letter}:
                raise UndecidableError
            points += critical_points(part.expression, letter)
    points = sort_points(points)
    bounds = [bounds_of(point) for point in points]
    if not points:
        yield sympy.Integer(0)
        return
    yield sympy.floor(bounds[0][0]) - 1
    for place, point in enumerate(points):
        yield point
        high = bounds[place][1]
        if place + 1 < len(points):
            yield _between(high, bounds[place + 1][0])
        else:
            yield sympy.ceiling(high) + 1


def _between(low: Any, high: Any) -> Any:
    if low >= high:
        raise UndecidableError
    for denominator in range(1, _MAX_DENOMINATOR):
        candidate = (sympy.floor(low * denominator) + 1) / sympy.Integer(denominator)
        if low < candidate < high:
            return candidate
    return (low + high) / 2


def _atoms(statement: Statement) -> Iterator[Atom]:
    if isinstance(statement, Atom):
        yield statement
    else:
        for part in statement.parts:
            yield from _atoms(part)


def _truth(statement: Statement, values: Bindings) -> bool | None:
    """Three-valued, so that one false part settles what another leaves open."""
    if isinstance(statement, All):
        return _conjunction(_truth(part, values) for part in statement.parts)
    if isinstance(statement, Any_):
        truth = _conjunction(
            None if part is None else not part
            for part in (_truth(part, values) for part in statement.parts)
        )
        return None if truth is None else not truth
    conditions = _conjunction(_truth(condition, values) for condition in statement.conditions)
    if conditions is False:
        return False
    expression = statement.expression.subs(values) if values else statement.expression
    if expression.free_symbols:
        raise UndecidableError
    sign = sign_of(expression)
    if sign is None:
        return None
    return False if sign not in _SIGNS[statement.operator] else conditions


def _conjunction(truths: Iterable[bool | None]) -> bool | None:
    result: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


# Conditions of meaning --------------------------------------------------------------------------


def _demands(node: Node) -> Iterator[tuple[tuple[Node, int, int], RelationOperator]]:
    """What `node` itself demands: `factor * operand + shift` compared with zero."""
    match node:
        case Div():
            yield (node.denominator, 1, 0), "!="
        case Ratio():
            for item in node.items[1:]:
                yield (item, 1, 0), "!="
        case Pow():
            yield from _power_demands(node)
        case Root() if node.index % 2 == 0:
            yield (node.radicand, 1, 0), ">="
        case Call(name="ln" | "log"):
            yield (node.args[0], 1, 0), ">"
            if len(node.args) == 2:
                yield (node.args[1], 1, 0), ">"
                yield (node.args[1], 1, -1), "!="
        case Call(name="tan" | "sec"):
            yield (Call("cos", node.args), 1, 0), "!="
        case Call(name="cot" | "csc"):
            yield (Call("sin", node.args), 1, 0), "!="
        case Call(name="arcsin" | "arccos"):
            yield (node.args[0], 1, 1), ">="
            yield (node.args[0], -1, 1), ">="
        case Factorial():
            value = value_of(node.operand)
            if not (value.is_Integer and value >= 0):
                raise UndecidableError
        case FunctionValue():
            raise UndecidableError
        case Integral() if node.lower is not None:
            # The letter that is bound here has no value at which to ask.
            if any(map(_is_partial, walk(node.expression))):
                _demand_between_bounds(node)


def _conditions_of_calls(asked: Quantity) -> Iterator[Atom]:
    """Under which conditions `f(3) / g(3)` has a value, by the definitions that come with it. SymPy
    makes `x` of `x^2 / x`; the function has no value at 0 all the same."""
    *definitions, calls = asked.operands
    functions = dict(found for each in definitions if (found := function_of(each)) is not None)

    def value(node: Node) -> Any:
        return to_sympy(Quantity("function_value", (*definitions, node)))

    for part in walk(calls):
        if not isinstance(part, FunctionValue):
            conditions = [
                Atom(factor * value(operand) + shift, operator)
                for (operand, factor, shift), operator in _demands(part)
            ]
        elif part.name not in functions or part.order < 0:
            raise UndecidableError
        else:
            place = {letter_of(functions[part.name].variable): value(part.argument)}
            conditions = [
                Atom(each.expression.subs(place), each.operator)
                for each in conditions_of_function(functions[part.name], part.order)
            ]
        for condition in conditions:
            if condition.expression.free_symbols or _truth(condition, {}) is not True:
                yield condition


def conditions_of_function(function: Function, order: int = 0) -> tuple[Atom, ...]:
    """Where a function has a value; of higher order, where its formula shows a derivative."""
    conditions = conditions_of(function.formula)
    if not order:
        return conditions
    kinks: list[Node] = []
    for part in walk(function.formula):
        if isinstance(part, Call) and part.name == "abs":
            kinks.append(part.args[0])
        elif isinstance(part, Root) and part.index % 2:
            kinks.append(part.radicand)
    strict = (replace(each, operator=">") if each.operator == ">=" else each for each in conditions)
    return (*strict, *(Atom(value_of(each), "!=") for each in kinks))


def _demand_between_bounds(integral: Integral) -> None:
    """Raises UndecidableError unless the function has a value everywhere between the bounds."""
    assert integral.lower is not None and integral.upper is not None
    letter = to_symbol(integral.variable.name)
    bounds = sort_points([value_of(integral.lower), value_of(integral.upper)])
    if len(bounds) != 2:
        raise UndecidableError
    low, high = bounds
    between = All((Atom(letter - low, ">"), Atom(high - letter, ">")))
    conditions = All(conditions_of(integral.expression))
    if not compare(EVERYWHERE, conditions, letter, within=between).is_same:
        raise UndecidableError


def _walk_outside_integrals(node: Node) -> Iterator[Node]:
    """As `walk`, without what stands in a definite integral or in a question's own terms."""
    yield node
    if isinstance(node, Quantity):
        return  # what it is made of has meanings of its own
    is_definite = isinstance(node, Integral) and node.lower is not None
    for child in children(node):
        if not (is_definite and isinstance(node, Integral) and child == node.expression):
            yield from _walk_outside_integrals(child)


def _power_demands(
    node: Pow,
) -> Iterator[tuple[tuple[Node, int, int], RelationOperator]]:
    exponent = to_sympy(node.exponent)
    if not exponent.is_Rational:
        yield (node.base, 1, 0), ">"
    elif not exponent.is_Integer:
        yield (node.base, 1, 0), ">" if exponent < 0 else ">="
    elif exponent <= 0:
        yield (node.base, 1, 0), "!="


def _is_partial(node: Node) -> bool:
    """Whether a function is undefined somewhere, for all that its form says."""
    if isinstance(node, Call):
        return node.name not in {"sin", "cos", "exp", "arctan", "abs"}
    if isinstance(node, Root):
        return node.index % 2 == 0
    if isinstance(node, Pow):
        exponent = to_sympy(node.exponent)
        return not (exponent.is_Integer and exponent > 0) and bool(to_sympy(node.base).free_symbols)
    return isinstance(node, Div) and bool(to_sympy(node.denominator).free_symbols)


def _shifted(operand: tuple[Node, int, int], bindings: Bindings | None) -> Any:
    node, factor, shift = operand
    return factor * value_of(node, bindings) + shift


def letter_of(name: str) -> Any:
    """The SymPy letter for a name in a problem."""
    return to_symbol(name)
