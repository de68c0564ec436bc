"""Other ways to ask about the same formula: another method, or something else to be done.

Each is the text of a question, in the wording that `parse_problem` reads. What is offered follows
from the look of the formula alone, cheaply and without solving anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from inference.errors import MathSyntaxError
from inference.rules.instructions import Intent, Method
from inference.rules.nodes import Add, Div, Mul, Neg, Node, Number, Relation, symbols
from inference.rules.polynomial import Polynomial, to_polynomial
from inference.rules.problem import Problem, parse_problem
from inference.types import Language

_MAX_CHARACTERS = 200
_MAX_DIGITS = 6

# `{}` stands for the formula.
_WORDS: dict[Method | Intent, tuple[str, str]] = {
    Method.FACTORING: ("Solve by factoring: {}", "用因式分解法解方程：{}"),
    Method.COMPLETING_SQUARE: ("Solve by completing the square: {}", "用配方法解方程：{}"),
    Method.FORMULA: ("Solve using the quadratic formula: {}", "用公式法解方程：{}"),
    Method.SUBSTITUTION: ("Solve by substitution: {}", "用代入消元法解方程组：{}"),
    Method.ELIMINATION: ("Solve by elimination: {}", "用加减消元法解方程组：{}"),
    Method.COLUMNS: ("{} in columns", "列竖式计算 {}"),
    Intent.FACTOR: ("Factor: {}", "因式分解：{}"),
    Intent.EXPAND: ("Expand: {}", "展开：{}"),
    Intent.DIFFERENTIATE: ("Differentiate: {}", "求导：{}"),
    Intent.INTEGRATE: ("Integrate: {}", "求积分：{}"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """Another question about the same formula.

    Attributes:
        kind: Whether it is another method for the same thing or another thing to do.
        name: A value of `Method` or `Intent`.
        text: The question.
    """

    kind: Literal["method", "intent"]
    name: str
    text: str


def other_ways(question: str, language: Language = "en") -> tuple[Way, ...]:
    """What else could be asked of a formula, the likeliest first; empty for what is not understood.

    Args:
        question: As `parse_problem` takes it.
        language: Of the questions that come back.
    """
    if len(question) > _MAX_CHARACTERS:
        return ()
    try:
        problem = parse_problem(question)
    except MathSyntaxError:
        return ()
    methods = [each for each in _methods(problem) if each is not _method_of(problem)]
    intents = [each for each in _intents(problem) if each is not problem.intent]
    asked: list[Method | Intent] = [*methods, *intents]
    return tuple(
        Way(
            "method" if isinstance(each, Method) else "intent",
            str(each),
            _WORDS[each][language == "zh"].format(problem.text),
        )
        for each in asked
    )


def _methods(problem: Problem) -> list[Method]:
    if problem.intent is Intent.SOLVE:
        quadratic = _quadratic(problem)
        if quadratic is None:
            return []
        found = [Method.FACTORING] if _is_factored_by_hand(quadratic, problem) else []
        return [*found, Method.COMPLETING_SQUARE, Method.FORMULA]
    if problem.intent is Intent.SOLVE_SYSTEM and _is_small_linear_system(problem):
        return [Method.SUBSTITUTION, Method.ELIMINATION]
    if problem.intent is Intent.EVALUATE and _goes_in_columns(problem.expressions[0]):
        return [Method.COLUMNS]
    return []


def _method_of(problem: Problem) -> Method | None:
    """The method that the question names, or that is taken when it names none."""
    if problem.method is not None or problem.intent is not Intent.SOLVE:
        return problem.method
    quadratic = _quadratic(problem)
    if quadratic is None:
        return None
    is_factored = _is_factored_by_hand(quadratic, problem)
    return Method.FACTORING if is_factored else Method.FORMULA


def _quadratic(problem: Problem) -> Polynomial | None:
    """The difference of the sides of a quadratic equation in one letter."""
    node = problem.node
    if not isinstance(node, Relation) or node.operator != "=" or len(problem.variables) != 1:
        return None
    left, right = to_polynomial(node.left), to_polynomial(node.right)
    if left is None or right is None:
        return None
    difference = left - right
    if difference.degree() != 2 or not difference.numeric_coefficient(_letter(problem), 1):
        return None  # of `x^2 = 9` nobody asks for another way
    return difference.scaled(difference.denominator)


def _letter(problem: Problem) -> str:
    return problem.variables[0]


def _is_factored_by_hand(quadratic: Polynomial, problem: Problem) -> bool:
    a, b, c = (int(quadratic.numeric_coefficient(_letter(problem), k)) for k in (2, 1, 0))
    discriminant = b * b - 4 * a * c
    return discriminant >= 0 and math.isqrt(discriminant) ** 2 == discriminant


def _is_small_linear_system(problem: Problem) -> bool:
    if len(problem.expressions) != 2 or len(problem.variables) != 2:
        return False
    for each in problem.expressions:
        if not isinstance(each, Relation) or each.operator != "=":
            return False
        for side in (each.left, each.right):
            polynomial = to_polynomial(side)
            if polynomial is None or polynomial.degree() > 1:
                return False
    return True


def _goes_in_columns(node: Node) -> bool:
    match node:
        case Mul(factors=(Number() as left, Number() as right)):
            return _is_whole(left) and _is_whole(right)
        case Div(numerator=Number() as left, denominator=Number() as right, sign="÷"):
            return _is_whole(left) and _is_whole(right) and right.value > 0
        case Add(terms=(Number() as left, Neg(operand=Number() as right))):
            return _is_whole(left) and _is_whole(right) and left.value >= right.value
        case Add(terms=(Number() as left, Number() as right)):
            return _is_whole(left) and _is_whole(right)
    return False


def _is_whole(number: Number) -> bool:
    return not number.is_decimal and len(number.text) <= _MAX_DIGITS


def _intents(problem: Problem) -> list[Intent]:
    """What else may be done with a polynomial in one letter."""
    if problem.intent not in (Intent.FACTOR, Intent.EXPAND, Intent.SIMPLIFY):
        return []
    node = problem.node
    polynomial = to_polynomial(node)
    if polynomial is None or len(polynomial.letters) != 1 or polynomial.degree() < 2:
        return []
    found = [Intent.FACTOR] if len(polynomial.terms) > 1 and polynomial.degree() <= 3 else []
    if any(isinstance(part, Add) for part in _factors(node)) and not isinstance(node, Add):
        found.append(Intent.EXPAND)
    if symbols(node):
        found += [Intent.DIFFERENTIATE, Intent.INTEGRATE]
    return found


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Mul) else (node,)
