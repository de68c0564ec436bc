"""From trees to SymPy objects. Only sandbox workers import this module: SymPy may run for ever.

Letters are real numbers, as in school, and decimals become exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.definitions import value_of_quantity
from inference.rules.nodes import (
    Add,
    Alternatives,
    Call,
    Chain,
    Constant,
    Degree,
    Derivative,
    Div,
    Evaluated,
    Factorial,
    FunctionValue,
    Integral,
    Listing,
    Matrix,
    Measure,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    PlusMinus,
    Point,
    Pow,
    Quantity,
    Ratio,
    Relation,
    Root,
    Symbol,
    System,
    symbols,
)
from inference.rules.substitution import function_of
from inference.rules.units import UNITS

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "cot": sympy.cot,
    "sec": sympy.sec,
    "csc": sympy.csc,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "ln": sympy.log,
    "exp": sympy.exp,
    "abs": sympy.Abs,
}
_RELATIONS: dict[str, Callable[..., Any]] = {
    "=": sympy.Eq,
    "<": sympy.Lt,
    ">": sympy.Gt,
    "<=": sympy.Le,
    ">=": sympy.Ge,
    "!=": sympy.Ne,
}


def to_symbol(name: str) -> Any:
    """The SymPy symbol for a letter."""
    return sympy.Symbol(name, real=True)


def to_sympy(node: Node, *, evaluate: bool = True) -> Any:
    """Convert a tree.

    Args:
        node: What `parse_math` built, so that its bounds hold.
        evaluate: False keeps the written form, True lets SymPy simplify as it builds. Derivatives
            and integrals are returned unevaluated either way (`.doit()` computes them).

    Returns:
        An expression; for a relation a SymPy relational (or `true`/`false` when `evaluate` decides
        it); for a `System` or `Chain` an `And`, for `Alternatives` or a relation with ± an `Or`;
        a `Tuple` for a point and a `FiniteSet` for several values.

    Raises:
        UnsupportedProblemError: Approximate relations, unknown functions and answers in words have
            no SymPy form.
    """
    return _Converter(evaluate).convert(node)


class _Converter:
    def __init__(self, evaluate: bool, definitions: Sequence[Node] = ()) -> None:
        self._evaluate = evaluate
        self._functions = {
            found[0]: found[1] for each in definitions if (found := function_of(each)) is not None
        }

    def convert(self, node: Node) -> Any:
        match node:
            case Number():
                return sympy.Rational(node.value.numerator, node.value.denominator)
            case MixedNumber():
                value = node.whole.value + node.numerator.value / node.denominator.value
                return sympy.Rational(value.numerator, value.denominator)
            case Symbol():
                return to_symbol(node.name)
            case Constant():
                return {"pi": sympy.pi, "e": sympy.E, "infinity": sympy.oo}[node.name]
            case Neg():
                return self._mul(sympy.Integer(-1), self.convert(node.operand))
            case Add():
                return self._add(*map(self.convert, node.terms))
            case Mul():
                return self._mul(*map(self.convert, node.factors))
            case Div():
                denominator = self.convert(node.denominator)
                return self._mul(self.convert(node.numerator), self._pow(denominator, -1))
            case Pow():
                return self._pow(self.convert(node.base), self.convert(node.exponent))
            case Root():
                return self._root(self.convert(node.radicand), node.index)
            case Percent():
                return self._mul(self.convert(node.operand), sympy.Rational(1, 100))
            case Degree():
                return self._mul(self.convert(node.operand), sympy.pi, sympy.Rational(1, 180))
            case Factorial():
                return sympy.factorial(self.convert(node.operand), evaluate=self._evaluate)
            case Call():
                return self._call(node)
            case Derivative():
                variable = to_symbol(node.variable.name)
                return sympy.Derivative(self.convert(node.expression), (variable, node.order))
            case Integral():
                return self._integral(node)
            case Evaluated():
                return self._evaluated(node)
            case PlusMinus():
                raise UnsupportedProblemError("± stands for two values; a statement is needed.")
            case Relation() | Chain() | System() | Alternatives():
                return self._statement(node)
            case Point():
                return sympy.Tuple(*map(self.convert, node.coordinates))
            case Ratio(items=(first, second)):
                return self._mul(self.convert(first), self._pow(self.convert(second), -1))
            case Listing():
                return sympy.FiniteSet(*map(self.convert, node.items))
            case FunctionValue() if node.name in self._functions and node.order >= 0:
                return self._function_value(node)
            case Matrix():
                rows = [[self.convert(cell) for cell in row] for row in node.rows]
                return sympy.ImmutableMatrix(rows)
            case Measure():
                unit = UNITS[node.unit]
                size = sympy.Rational(unit.size.numerator, unit.size.denominator)
                return self._mul(self.convert(node.value), size, sympy.Symbol(unit.dimension))
            case Quantity(kind="function_value"):
                *definitions, asked = node.operands
                return _Converter(self._evaluate, definitions).convert(asked)
            case Quantity(kind="shares", operands=(total, Ratio(items=parts))):
                return value_of_quantity("shares", [*map(self.convert, (total, *parts))])
            case Quantity(kind="limit" | "limit_right" | "limit_left"):
                return self._limit(node)
            case Quantity():
                return value_of_quantity(node.kind, [self._operand(each) for each in node.operands])
            case _:
                raise UnsupportedProblemError("This has no value to compute with.")

    def _function_value(self, node: FunctionValue) -> Any:
        function = self._functions[node.name]
        letter = to_symbol(function.variable)
        slope = sympy.diff(to_sympy(function.formula), letter, node.order)
        return slope.subs(letter, self.convert(node.argument))

    def _limit(self, node: Quantity) -> Any:
        function, place = node.operands
        assert isinstance(place, Relation)
        sides = {"limit": "+-", "limit_right": "+", "limit_left": "-"}
        target = self.convert(place.right)
        direction = sides[node.kind] if target.is_finite else "+"
        letter = self.convert(place.left)
        try:
            return sympy.limit(self.convert(function), letter, target, direction)
        except (NotImplementedError, ValueError) as error:
            raise UnsupportedProblemError("SymPy does not find this limit.") from error

    def _operand(self, node: Node) -> Any:
        """What a quantity is asked of: a value, or a function as a `Lambda`."""
        function = function_of(node)
        if function is None:
            return self.convert(node)
        meaning = function[1]
        return sympy.Lambda(to_symbol(meaning.variable), self.convert(meaning.formula))

    def _demand_numbers(self, *values: Any) -> None:
        """Lists, points and statements are not calculated with."""
        if not all(isinstance(value, sympy.Expr | int) for value in values):
            raise UnsupportedProblemError("This has no value to compute with.")

    def _add(self, *terms: Any) -> Any:
        self._demand_numbers(*terms)
        return sympy.Add(*terms, evaluate=self._evaluate)

    def _mul(self, *factors: Any) -> Any:
        self._demand_numbers(*factors)
        return sympy.Mul(*factors, evaluate=self._evaluate)

    def _pow(self, base: Any, exponent: Any) -> Any:
        self._demand_numbers(base, exponent)
        return sympy.Pow(base, exponent, evaluate=self._evaluate)

    def _root(self, radicand: Any, index: int) -> Any:
        """The real root; SymPy's own of a negative number is complex for odd degrees."""
        exponent = sympy.Rational(1, index)
        if index % 2 == 0:
            return self._pow(radicand, exponent)
        if radicand.is_nonnegative:
            return self._pow(radicand, exponent)
        return sympy.sign(radicand) * sympy.Pow(sympy.Abs(radicand), exponent)

    def _call(self, node: Call) -> Any:
        argument = self.convert(node.args[0])
        if node.name == "log":
            base = self.convert(node.args[1]) if len(node.args) == 2 else sympy.Integer(10)
            return sympy.log(argument) / sympy.log(base)
        if node.name in {"gcd", "lcm"}:
            return self._of_whole_numbers(node)
        return _FUNCTIONS[node.name](argument, evaluate=self._evaluate)

    def _of_whole_numbers(self, node: Call) -> Any:
        numbers = [self.convert(each) for each in node.args]
        if not all(each.is_Integer for each in numbers):
            raise UnsupportedProblemError("Divisors are those of whole numbers.")
        return sympy.Integer((sympy.igcd if node.name == "gcd" else sympy.ilcm)(*numbers))

    def _integral(self, node: Integral) -> Any:
        variable = to_symbol(node.variable.name)
        integrand = self.convert(node.expression)
        if node.lower is None or node.upper is None:
            return sympy.Integral(integrand, variable)
        bounds = (variable, self.convert(node.lower), self.convert(node.upper))
        return sympy.Integral(integrand, bounds)

    def _evaluated(self, node: Evaluated) -> Any:
        names = symbols(node.expression)
        if len(names) > 1:
            raise UnsupportedProblemError("It is not clear which letter the bounds are for.")
        expression = self.convert(node.expression)
        if not names:
            return sympy.Integer(0)
        variable = to_symbol(names[0])
        upper = expression.subs(variable, self.convert(node.upper))
        lower = expression.subs(variable, self.convert(node.lower))
        return upper - lower

    def _statement(self, node: Relation | Chain | System | Alternatives) -> Any:
        match node:
            case Relation():
                readings = plus_minus_readings(node)
                if len(readings) > 1:
                    return sympy.Or(*map(self.convert, readings), evaluate=False)
                if node.operator not in _RELATIONS:
                    raise UnsupportedProblemError("An approximation is no exact statement.")
                left, right = self.convert(node.left), self.convert(node.right)
                return _RELATIONS[node.operator](left, right, evaluate=self._evaluate)
            case Chain():
                return sympy.And(*map(self.convert, node.relations), evaluate=False)
            case System():
                return sympy.And(*map(self.convert, node.relations), evaluate=False)
            case Alternatives():
                return sympy.Or(*map(self.convert, node.options), evaluate=False)


def plus_minus_readings(node: Node) -> tuple[Node, ...]:
    """What `node` says when every ± is read as plus, and when every one is read as minus.

    Returns `(node,)` when there is none.
    """
    plus, minus = _read_signs(node, is_plus=True), _read_signs(node, is_plus=False)
    return (node,) if plus == node else (plus, minus)


def _read_signs(node: Node, *, is_plus: bool) -> Node:
    match node:
        case PlusMinus():
            right = _read_signs(node.right, is_plus=is_plus)
            signed = right if is_plus else Neg(right)
            if node.left is None:
                return signed
            return Add((_read_signs(node.left, is_plus=is_plus), signed))
        case Relation():
            return Relation(
                node.operator,
                _read_signs(node.left, is_plus=is_plus),
                _read_signs(node.right, is_plus=is_plus),
            )
        case Add():
            return Add(tuple(_read_signs(each, is_plus=is_plus) for each in node.terms))
        case Mul():
            return Mul(
                tuple(_read_signs(each, is_plus=is_plus) for each in node.factors), node.sign
            )
        case Div():
            return Div(
                _read_signs(node.numerator, is_plus=is_plus),
                _read_signs(node.denominator, is_plus=is_plus),
                node.sign,
            )
        case Neg():
            return Neg(_read_signs(node.operand, is_plus=is_plus), node.is_grouped)
        case Pow():
            return Pow(_read_signs(node.base, is_plus=is_plus), node.exponent)
        case _:
            return node
