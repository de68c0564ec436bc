"""Checks for questions about functions and lines: inverses, domains, vertices, tangents.

A line of a step may speak of the function, of its derivative, of the points where it crosses the
axis, of the line that is asked for. Each of these is known here exactly; a line is verified when it
is true of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy

from inference.errors import UnsupportedProblemError
from inference.rules.convert import to_sympy
from inference.rules.nodes import (
    Alternatives,
    Chain,
    Derivative,
    Evaluated,
    FunctionValue,
    Integral,
    Listing,
    Node,
    Number,
    Phrase,
    Point,
    Pow,
    Quantity,
    Relation,
    Symbol,
    is_numeric,
    symbols,
    walk,
)
from inference.rules.problem import Intent, Problem
from inference.rules.substitution import Function, function_of, with_calls
from inference.types import Check, Verdict
from inference.verify.algebra import is_zero
from inference.verify.claims import has_plus_minus
from inference.verify.equations import EquationJudge
from inference.verify.final_form import is_collected, is_final_number, is_reduced
from inference.verify.intervals import UndecidableError
from inference.verify.literal import LiteralJudge
from inference.verify.quantities import QuantityJudge
from inference.verify.statements import (
    All,
    conditions_of,
    is_true,
    letter_of,
    statement_of,
    value_of,
)
from inference.verify.verdicts import combine, failed, not_checkable, verified

FUNCTION_KINDS = frozenset(
    {
        *("inverse", "vertex", "intercepts", "x_intercepts", "y_intercept"),
        *("line", "line_with_slope", "tangent", "extrema"),
    }
)
_INTERCEPTS = ("intercepts", "x_intercepts", "y_intercept")


class DomainJudge(EquationJudge):
    """Judges lines and answers against the conditions under which a function has a value."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when they are not known."""
        asked = problem.node
        assert isinstance(asked, Quantity)
        function = _function_in(asked)
        if any(_has_disputed_domain(part) for part in walk(function.formula)):
            raise UndecidableError
        value_of(function.formula)
        conditions = conditions_of(function.formula)
        self._begin(function.variable, asked, All(conditions), conditions)


class AreaJudge(QuantityJudge):
    """Judges lines and answers against the area between two curves, and where they meet."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when there is no such area."""
        super().__init__(problem)
        asked = problem.node
        assert isinstance(asked, Quantity)
        first, second = (function_of(each) for each in asked.operands[:2])
        if first is None or second is None:
            raise UndecidableError
        crossing = Relation("=", first[1].formula, second[1].formula)
        names = symbols(crossing)
        self._crossing = EquationJudge(_to_solve(crossing, names[0] if names else "x"))

    def learn(self, node: Node) -> None:
        """Take note of an earlier line."""
        self._crossing.learn(node)

    def _line(self, node: Node) -> Check:
        if isinstance(node, Relation | Alternatives) and symbols(node):
            check = self._crossing.step([node])
            return check if check.verdict is Verdict.VERIFIED else not_checkable("unsupported")
        return super()._line(node)


class FunctionJudge:
    """Judges lines and answers of the other questions."""

    def __init__(self, problem: Problem) -> None:
        """Raises UndecidableError or UnsupportedProblemError when the question has no answer."""
        asked = problem.node
        assert isinstance(asked, Quantity)
        self._asked = asked
        self._value = to_sympy(asked)
        self._functions: dict[str, Function] = {}
        found = function_of(asked.operands[0])
        if found is not None:
            self._functions[found[0]] = found[1]
            if found[0] == "y":
                self._functions["f"] = found[1]
            self._name, self._function = found
            self._demand_plain_function()
        self._meanings = dict(self._find_meanings())
        self._judge = self._judge_of_equation()

    def learn(self, node: Node) -> None:
        """Take note of an earlier line."""
        if self._judge is not None:
            self._judge.learn(node)

    def step(self, nodes: Sequence[Node]) -> Check:
        """Judge the lines of one step."""
        return combine([self._line(self._called(node)) for node in nodes])

    def answer(self, node: Node) -> Check:
        """Judge a final answer."""
        node = self._called(node)
        try:
            match self._asked.kind:
                case "inverse":
                    return self._inverse_as_answer(node)
                case "line" | "line_with_slope" | "tangent":
                    return self._equation_as_answer(node)
                case _:
                    return self._points_as_answer(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    # -- what is known ---------------------------------------------------------------------

    def _demand_plain_function(self) -> None:
        """Raises UndecidableError for `x = y^2`, whose points have their coordinates the other way
        round, and for a formula that SymPy shortened: `x^3 / x` has no value at 0."""
        if self._function.variable == "y" or self._name == "x":
            raise UndecidableError
        conditions = conditions_of(self._function.formula)
        if self._asked.kind == "inverse":
            formula = to_sympy(self._function.formula)
            below = sympy.fraction(sympy.cancel(sympy.together(formula)))[1]
            ratios = [sympy.cancel(each.expression / below) for each in conditions]
            is_plain = all(ratio.is_number for ratio in ratios)
        else:
            is_plain = self._asked.kind == "tangent" or not conditions
        if not is_plain:
            raise UndecidableError

    def _find_meanings(self) -> Iterator[tuple[Node, Any]]:
        """The numbers that the letters stand for in a solution of this question."""
        y, m = Symbol("y"), Symbol("m")
        match self._asked.kind:
            case "vertex":
                yield Symbol(self._function.variable), self._value[0]
                yield y, self._value[1]
            case "intercepts" | "x_intercepts" | "y_intercept":
                yield y, self._at(Number("0"))
            case "tangent":
                line = self._asked.operands[1]
                assert isinstance(line, Relation)
                yield Symbol(self._function.variable), value_of(line.right)
                yield y, self._at(line.right)
                yield m, self._at(line.right, order=1)
            case "line" | "line_with_slope":
                above, below = (self._value.lhs.coeff(letter_of(name)) for name in ("x", "y"))
                if below != 0:
                    yield m, -above / below

    def _at(self, place: Node, *, order: int = 0) -> Any:
        """Raises UndecidableError when the function has no value or no derivative there."""
        name = FunctionValue("f", Symbol(self._function.variable))
        definition = Relation("=", name, self._function.formula)
        asked = Quantity("function_value", (definition, FunctionValue("f", place, order)))
        if any(not each.expression.free_symbols for each in conditions_of(asked)):
            raise UndecidableError
        return value_of(asked)

    def _judge_of_equation(self) -> EquationJudge | LiteralJudge | None:
        """Of the equation that has to be solved on the way."""
        if self._asked.kind in _INTERCEPTS:
            relation = Relation("=", self._function.formula, Number("0"))
            return EquationJudge(_to_solve(relation, self._function.variable))
        if self._asked.kind == "extrema":
            letter = Symbol(self._function.variable)
            slope = Derivative(self._function.formula, letter)
            return EquationJudge(_to_solve(Relation("=", slope, Number("0")), letter.name))
        if self._asked.kind == "inverse":
            relation = Relation("=", Symbol("y"), self._function.formula)
            return LiteralJudge(_to_solve(relation, self._function.variable))
        return None

    def _called(self, node: Node) -> Node:
        names = frozenset({*self._functions, "f"} if self._functions else ())
        return with_calls(node, names) if isinstance(node, Relation) and names else node

    # -- lines -----------------------------------------------------------------------------

    def _line(self, node: Node) -> Check:
        try:
            if isinstance(node, Point | Listing | Quantity) or node == Phrase("no_extrema"):
                return self._points(node)
            if not isinstance(node, Relation | Chain) or has_plus_minus(node):
                return self._of_equation(node)
            if is_numeric(node.left if isinstance(node, Relation) else node.operands[0]):
                return self._numbers(node)
            for check in (self._named_value(node), self._about_line(node)):
                if check.verdict is Verdict.VERIFIED:
                    return check
            return self._of_equation(node)
        except (UndecidableError, UnsupportedProblemError):
            return not_checkable("unsupported")

    def _numbers(self, node: Relation | Chain) -> Check:
        relations = node.relations if isinstance(node, Chain) else (node,)
        if not all(is_numeric(each.left) and is_numeric(each.right) for each in relations):
            return not_checkable("unsupported")
        if all(each.left == each.right for each in relations):
            return not_checkable("trivial")
        is_right = all(is_true(statement_of(each)) for each in relations)
        return verified("identity") if is_right else failed("counterexample")

    def _named_value(self, node: Relation | Chain) -> Check:
        """`f'(2) = 2 \\cdot 2 = 4`: each side has the value that the first one names."""
        operators = node.operators if isinstance(node, Chain) else (node.operator,)
        operands = node.operands if isinstance(node, Chain) else (node.left, node.right)
        if set(operators) != {"="} or not self._is_name(operands[0]):
            return not_checkable("unsupported")
        name, *lines = operands
        if isinstance(name, Symbol) and name.name in self._functions and symbols(lines[-1]):
            # `y = x^2` is the function, `y = 4` its value at the place in question.
            name = FunctionValue(name.name, Symbol(self._function.variable))
        wanted, *others = (self._value_of(each) for each in (name, *lines))
        if wanted is None or None in others:
            return not_checkable("unsupported")
        are_equal = all(is_zero(wanted - each) is True for each in others)
        return verified("equal") if are_equal else not_checkable("unsupported")

    def _is_name(self, node: Node) -> bool:
        if isinstance(node, FunctionValue):
            return node.name in {*self._functions, "f"}
        return node in self._meanings or (isinstance(node, Symbol) and node.name in self._functions)

    def _is_inverse_name(self, node: Node) -> bool:
        """`f^{-1}(x)`"""
        is_inverse = isinstance(node, FunctionValue) and node.order == -1
        if not is_inverse:
            return False
        assert isinstance(node, FunctionValue)
        is_known = node.name in self._functions
        return is_known and node.argument == Symbol(self._function.variable)

    def _value_of(self, node: Node) -> Any:
        """None when it is not known what it stands for."""
        if isinstance(node, FunctionValue):
            if node.name not in self._functions:
                return None
            if node.order < 0:
                is_asked_for = self._asked.kind == "inverse" and self._is_inverse_name(node)
                return self._value if is_asked_for else None
            return self._at(node.argument, order=node.order)
        if node in self._meanings:
            return self._meanings[node]
        if isinstance(node, Symbol) and node.name in self._functions:
            return to_sympy(self._function.formula)
        if any(isinstance(part, FunctionValue) for part in walk(node)):
            return None
        if any(not condition.expression.free_symbols for condition in conditions_of(node)):
            return None
        return value_of(node)

    def _about_line(self, node: Relation | Chain) -> Check:
        """Whether an equation is that of the line that is asked for."""
        is_equation = isinstance(node, Relation) and node.operator == "="
        if not isinstance(self._value, sympy.Eq) or not is_equation:
            return not_checkable("unsupported")
        assert isinstance(node, Relation)
        if any(isinstance(part, FunctionValue) for part in walk(node)) or conditions_of(node):
            return not_checkable("unsupported")
        difference = sympy.expand(value_of(node.left) - value_of(node.right))
        ratio = sympy.cancel(difference / self._value.lhs)
        if not ratio.is_number or ratio == 0:
            return not_checkable("unsupported")
        is_multiple = is_zero(difference - ratio * self._value.lhs) is True
        return verified("same_solutions") if is_multiple else not_checkable("unsupported")

    def _of_equation(self, node: Node) -> Check:
        if self._judge is None:
            return not_checkable("unsupported")
        check = self._judge.step([node])
        return check if check.verdict is Verdict.VERIFIED else not_checkable("unsupported")

    def _points(self, node: Node) -> Check:
        wanted = self._value if isinstance(self._value, sympy.Set) else {self._value}
        items = _items(node)
        is_of_extrema = self._asked.kind == "extrema"
        kind = Quantity if is_of_extrema else Point
        if not all(isinstance(each, kind) and is_numeric(each) for each in items):
            return not_checkable("unsupported")
        if any(conditions_of(each) for each in _coordinates(items)):
            return not_checkable("unsupported")
        given = [to_sympy(each) for each in items]
        if len(given) != len(wanted) or not all(
            any(_is_same_point(one, other) for other in given) for one in wanted
        ):
            return not_checkable("unsupported")
        return verified("equal")

    # -- answers ---------------------------------------------------------------------------

    def _points_as_answer(self, node: Node) -> Check:
        if isinstance(node, Relation) and isinstance(node.left, Symbol):
            # `V = (1, -4)`
            is_name = node.operator == "=" and node.left.name.isupper()
            node = node.right if is_name else node
        check = self._points(node)
        if check.verdict is not Verdict.VERIFIED:
            return check
        is_final = all(map(is_final_number, _coordinates(_items(node))))
        return check if is_final else not_checkable("unfinished")

    def _equation_as_answer(self, node: Node) -> Check:
        if not isinstance(node, Relation):
            return not_checkable("unsupported")
        check = self._about_line(node)
        if check.verdict is not Verdict.VERIFIED:
            return check
        is_solved = isinstance(node.left, Symbol) and node.left.name not in symbols(node.right)
        is_final = is_collected(node.right) or node.right == Number("0")
        return check if is_solved and is_final else not_checkable("unfinished")

    def _inverse_as_answer(self, node: Node) -> Check:
        given = node.right if isinstance(node, Relation) and node.operator == "=" else node
        names = [node.left] if isinstance(node, Relation) else []
        if not all(self._is_inverse_name(name) or name == Symbol("y") for name in names):
            return not_checkable("unsupported")
        if isinstance(given, Relation | Chain | Listing | Point) or set(symbols(given)) - {
            self._function.variable
        }:
            return not_checkable("unsupported")
        answer = is_zero(value_of(given) - self._value)
        if answer is None:
            return not_checkable("unsupported")
        if not answer:
            return failed("counterexample")
        below = sympy.fraction(sympy.together(self._value))[1]
        for condition in conditions_of(given):
            ratio = sympy.cancel(condition.expression / below)
            if condition.operator != "!=" or not ratio.is_number:
                return not_checkable("narrower")
        is_finished = is_collected(given) or is_reduced(given)
        return verified("equal") if is_finished else not_checkable("unfinished")


def _function_in(asked: Quantity) -> Function:
    found = function_of(asked.operands[0])
    if found is None:
        raise UndecidableError
    return found[1]


def _has_disputed_domain(node: Node) -> bool:
    """Whether schools disagree about it, as about `x^{1/3}` below zero, or its form hides it."""
    if isinstance(node, Pow):
        exponent = to_sympy(node.exponent)
        return bool(exponent.is_Rational and exponent.q != 1 and exponent.q % 2)
    return isinstance(node, Derivative | Integral | Evaluated)


def _items(node: Node) -> tuple[Node, ...]:
    if node == Phrase("no_extrema"):
        return ()
    return node.items if isinstance(node, Listing) else (node,)


def _coordinates(items: Sequence[Node]) -> list[Node]:
    points = [each.operands[0] if isinstance(each, Quantity) else each for each in items]
    return [each for point in points if isinstance(point, Point) for each in point.coordinates]


def _is_same_point(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(
        is_zero(first - second) is True for first, second in zip(one, other, strict=True)
    )


def _to_solve(relation: Relation, name: str) -> Problem:
    names = tuple(dict.fromkeys((name, *symbols(relation))))
    return Problem(
        intent=Intent.SOLVE,
        expressions=(relation,),
        variable=name,
        variables=names,
        text="",
        latex="",
        is_variable_written=True,
    )
