"""Names the topic of an exercise, as the book would head its chapter. Reads the tree only.

Cheap and bounded, so that it may run outside of the sandbox: the exact polynomial of an equation is
worked out only where its degree, as written, is small.
"""

from __future__ import annotations

from enum import StrEnum

from inference.errors import MathSyntaxError
from inference.rules.instructions import Intent
from inference.rules.nodes import (
    Add,
    Call,
    Chain,
    Div,
    Integral,
    MixedNumber,
    Mul,
    Neg,
    Node,
    Number,
    Percent,
    Pow,
    Quantity,
    Ratio,
    Relation,
    Root,
    Symbol,
    System,
    symbols,
    walk,
)
from inference.rules.polynomial import to_polynomial
from inference.rules.problem import Problem, parse_problem

_MAX_EXACT_DEGREE = 6


class Topic(StrEnum):
    """What a question is about. The values are stored: never rename one."""

    ARITHMETIC = "arithmetic"
    FRACTIONS = "fractions"
    PERCENTAGES = "percentages"
    POWERS_AND_ROOTS = "powers_and_roots"
    LINEAR_EQUATIONS = "linear_equations"
    QUADRATIC_EQUATIONS = "quadratic_equations"
    OTHER_EQUATIONS = "other_equations"
    FRACTION_EQUATIONS = "fraction_equations"
    SYSTEMS = "systems"
    INEQUALITIES = "inequalities"
    EXPRESSIONS = "expressions"
    FACTORING = "factoring"
    DERIVATIVES = "derivatives"
    INTEGRALS = "integrals"
    TRUE_OR_FALSE = "true_or_false"
    STATISTICS = "statistics"
    COUNTING = "counting"
    COORDINATES = "coordinates"
    FUNCTIONS = "functions"
    LIMITS = "limits"
    MATRICES = "matrices"
    WORD_PROBLEMS = "word_problems"


def topic_of(text: str) -> Topic | None:
    """The topic of an exercise as it was read or typed; None when it is not understood."""
    try:
        problem = parse_problem(text)
    except MathSyntaxError:
        return None
    return topic_of_problem(problem)


def topic_of_problem(problem: Problem) -> Topic:
    """The topic of an exercise that is understood."""
    match problem.intent:
        case Intent.DIFFERENTIATE:
            return Topic.DERIVATIVES
        case Intent.INTEGRATE:
            return Topic.INTEGRALS
        case Intent.FACTOR:
            return Topic.FACTORING
        case Intent.SIMPLIFY if isinstance(problem.node, Ratio):
            return Topic.FRACTIONS
        case Intent.SIMPLIFY | Intent.EXPAND:
            return Topic.EXPRESSIONS
        case Intent.CHECK:
            return Topic.TRUE_OR_FALSE
        case Intent.SOLVE_SYSTEM:
            return Topic.SYSTEMS
        case Intent.FIND:
            return _topic_of_quantity(problem.node)
        case Intent.EVALUATE:
            return _topic_of_calculation(problem.node)
        case Intent.SOLVE:
            return _topic_of_equation(problem)
        case _:
            return Topic.ARITHMETIC


def _topic_of_calculation(node: Node) -> Topic:
    parts = list(walk(node))
    if any(isinstance(part, Integral) for part in parts):
        return Topic.INTEGRALS
    if isinstance(node, Call) and node.name in {"gcd", "lcm"}:
        return Topic.ARITHMETIC
    if any(isinstance(part, Percent) for part in parts):
        return Topic.PERCENTAGES
    if any(isinstance(part, MixedNumber) or _is_fraction(part) for part in parts):
        return Topic.FRACTIONS
    if any(isinstance(part, Pow | Root | Call) for part in parts):
        return Topic.POWERS_AND_ROOTS
    return Topic.ARITHMETIC


def _topic_of_quantity(node: Node) -> Topic:
    assert isinstance(node, Quantity)
    match node.kind:
        case "combinations" | "permutations" | "probability":
            return Topic.COUNTING
        case "slope" | "distance" | "midpoint" | "line" | "line_with_slope":
            return Topic.COORDINATES
        case (
            "function_value"
            | "inverse"
            | "domain"
            | "vertex"
            | "intercepts"
            | "x_intercepts"
            | "y_intercept"
        ):
            return Topic.FUNCTIONS
        case (
            "percent_change"
            | "percent_decrease"
            | "percent_share"
            | "increased"
            | "decreased"
            | "conversion"
            | "as_percent"
            | "as_fraction"
            | "as_decimal"
            | "shares"
            | "simple_interest"
            | "compound_interest"
            | "compound_amount"
        ):
            return Topic.WORD_PROBLEMS
        case "determinant" | "inverse_matrix" | "scaled_matrix":
            return Topic.MATRICES
        case "area":
            return Topic.INTEGRALS
        case "limit" | "limit_right" | "limit_left":
            return Topic.LIMITS
        case "tangent" | "extrema" | "slope_at":
            return Topic.DERIVATIVES
        case _:
            return Topic.STATISTICS


def _is_fraction(node: Node) -> bool:
    return isinstance(node, Div) and node.sign == "/"


def _topic_of_equation(problem: Problem) -> Topic:
    node = problem.node
    relations = _relations(node)
    if any(relation.operator != "=" for relation in relations):
        return Topic.INEQUALITIES
    if any(isinstance(part, Div) and symbols(part.denominator) for part in walk(node)):
        return Topic.FRACTION_EQUATIONS
    if len(relations) != 1:
        return Topic.OTHER_EQUATIONS
    degree = _degree(relations[0], problem.variable)
    if degree is None or degree > 2:
        return Topic.OTHER_EQUATIONS
    return Topic.QUADRATIC_EQUATIONS if degree == 2 else Topic.LINEAR_EQUATIONS


def _relations(node: Node) -> list[Relation]:
    match node:
        case Relation():
            return [node]
        case Chain():
            return list(node.relations)
        case System():
            return [found for part in node.relations for found in _relations(part)]
        case _:
            return []


def _degree(relation: Relation, variable: str | None) -> int | None:
    """The degree of an equation in its unknown; None when it is none of polynomials."""
    written = _written_degree(Add((relation.left, Neg(relation.right))), variable)
    if written is None or written > _MAX_EXACT_DEGREE:
        return None
    if written <= 1:
        return written
    # x^2 + x = x^2 + 3 is written with a square and is linear all the same.
    left, right = to_polynomial(relation.left), to_polynomial(relation.right)
    if left is None or right is None:
        return None
    return (left - right).degree(variable)


def _written_degree(node: Node, variable: str | None) -> int | None:
    """An upper bound of the degree that expanding would show, without expanding."""
    match node:
        case Symbol():
            return int(node.name == variable)
        case Neg():
            return _written_degree(node.operand, variable)
        case Add():
            terms = _written_degrees(node.terms, variable)
            return None if terms is None else max(terms)
        case Mul():
            factors = _written_degrees(node.factors, variable)
            return None if factors is None else sum(factors)
        case Div():
            return _written_degree(node.numerator, variable)
        case Pow(exponent=Number() as exponent) if exponent.value.denominator == 1:
            base = _written_degree(node.base, variable)
            return None if base is None else base * exponent.value.numerator
        case _:
            return None if variable in symbols(node) else 0


def _written_degrees(nodes: tuple[Node, ...], variable: str | None) -> list[int] | None:
    degrees = [_written_degree(node, variable) for node in nodes]
    known = [degree for degree in degrees if degree is not None]
    return known if len(known) == len(degrees) else None
