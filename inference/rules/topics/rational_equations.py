"""Equations with the unknown below a fraction bar."""

from __future__ import annotations

from inference.rules.build import negative, number, total
from inference.rules.nodes import (
    Add,
    Alternatives,
    Div,
    Listing,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    Relation,
    Symbol,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.algebraic_fractions import (
    common_denominator,
    divide_exactly,
    factored_node,
    factors_of,
    has_letters_below,
)
from inference.rules.topics.guards import Case, Guard, solve_cases
from inference.rules.topics.quadratics import solve_relation


def covers(problem: Problem) -> bool:
    """Whether an equation has a letter in a denominator."""
    return (
        problem.intent is Intent.SOLVE
        and isinstance(problem.expressions[0], Relation)
        and has_letters_below(problem.expressions[0])
    )


def solve(problem: Problem, trace: Trace) -> Node:
    """Multiply by the common denominator, solve, drop what makes a denominator zero.

    Raises:
        UnsupportedProblemError: A denominator is no polynomial, or there are several letters.
    """
    relation = problem.expressions[0]
    assert isinstance(relation, Relation)
    variable = problem.variable
    if relation.operator != "=" or variable is None or len(problem.variables) != 1:
        raise RefusedError("one_letter_below")
    sides = [[part_of(term) for term in _terms(side)] for side in (relation.left, relation.right)]
    bottom = common_denominator([below for side in sides for _, below in side])
    cleared = Relation("=", *(cleared_side(side, bottom) for side in sides))
    scratch = Trace(cleared, trace.language)
    answer = _solve(cleared, variable, scratch)
    kept, dropped = _split(answer, variable, bottom)
    if not dropped:
        trace.add("multiply_by_unknown_denominator", cleared, factor=factored_node(bottom))
        return _solve(cleared, variable, trace)
    if not kept:
        return _solve_in_vain(bottom, dropped, variable, trace)
    case = Case(cleared, _guards(bottom, variable))
    trace.add(
        "multiply_by_unknown_denominator_guarded",
        case.node,
        factor=factored_node(bottom),
        condition=Listing(tuple(guard.node for guard in case.guards)),
    )
    return solve_cases([case], variable, trace)


def _guards(bottom: Polynomial, variable: str) -> tuple[Guard, ...]:
    """What must not be: each factor of the denominator zero, where it can be."""
    factors = dict.fromkeys(factors_of(bottom).factors)
    return tuple(Guard.of(factor, "!=", variable) for factor in factors if factor.degree() == 1)


def _solve(relation: Relation, variable: str, trace: Trace) -> Node:
    if relation.left == Symbol(variable) and isinstance(relation.right, Number):
        return relation
    return solve_relation(relation, variable, trace)


def _solve_in_vain(bottom: Polynomial, values: list[Node], variable: str, trace: Trace) -> Node:
    """Every candidate makes a denominator zero. The lines on the way there would say more than
    the equation does, so they are told in the sentence and not written."""
    answer = Phrase("no_solution")
    factor = factored_node(bottom)
    value = values[0] if len(values) == 1 else Listing(tuple(values))
    trace.add("denominator_would_be_zero", answer, factor=factor, value=value)
    return answer


def _terms(side: Node) -> tuple[Node, ...]:
    return side.terms if isinstance(side, Add) else (side,)


def part_of(term: Node) -> tuple[Node, Polynomial]:
    """A term as what stands above and what stands below the bar.

    Raises:
        UnsupportedProblemError: It is not made of polynomials.
    """
    if isinstance(term, Neg):
        top, below = part_of(term.operand)
        return negative(top), below
    if isinstance(term, Div):
        below_polynomial = to_polynomial(term.denominator)
        if below_polynomial is not None and below_polynomial and to_polynomial(term.numerator):
            return term.numerator, below_polynomial
    elif isinstance(term, Mul) and any(isinstance(factor, Div) for factor in term.factors):
        tops = [factor.numerator if isinstance(factor, Div) else factor for factor in term.factors]
        below = Polynomial.constant(1)
        for factor in term.factors:
            if isinstance(factor, Div):
                each = to_polynomial(factor.denominator)
                if each is None or not each:
                    break
                below *= each
        else:
            top_polynomial = to_polynomial(Mul(tuple(tops)))
            if top_polynomial is not None:
                return Mul(tuple(tops)), below
    elif to_polynomial(term) is not None:
        return term, Polynomial.constant(1)
    raise RefusedError("fraction_in_equation")


def cleared_side(side: list[tuple[Node, Polynomial]], bottom: Polynomial) -> Node:
    """A side, given by its parts, times a common denominator."""
    pieces: list[Node] = []
    for top, below in side:
        factor = divide_exactly(bottom, below)
        pieces.append(_times(top, factor))
    return pieces[0] if len(pieces) == 1 else total(pieces)


def _times(top: Node, factor: Polynomial) -> Node:
    if isinstance(top, Neg):
        return negative(_times(top.operand, factor))
    if factor == Polynomial.constant(1) or top == Number("0"):
        return top
    top_polynomial = to_polynomial(top)
    if top_polynomial is not None and len(top_polynomial.terms) == len(factor.terms) == 1:
        return polynomial_node(top_polynomial * factor)
    if top == Number("1"):
        return factored_node(factor)
    node = factored_node(factor)
    factors = (*_factors(top), *_factors(node))
    numbers = [each for each in factors if isinstance(each, Number)]
    others = [each for each in factors if not isinstance(each, Number)]
    value = 1
    for each in numbers:
        if each.is_decimal:
            return Mul((top, node), "×")
        value *= int(each.value)
    return Mul((*([number(value)] if value != 1 else []), *others)) if others else number(value)


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Mul) and node.sign == "" else (node,)


def _split(answer: Node, variable: str, bottom: Polynomial) -> tuple[list[Node], list[Node]]:
    """The solutions that keep every denominator from zero, and those that do not."""
    if isinstance(answer, Phrase):
        if answer.kind == "all_reals":
            raise RefusedError("holds_where_defined")
        return [], []
    options = answer.options if isinstance(answer, Alternatives) else (answer,)
    kept: list[Node] = []
    dropped: list[Node] = []
    for option in options:
        assert isinstance(option, Relation)
        value = to_polynomial(option.right)
        is_zero = value is not None and not bottom.substitute(variable, value)
        (dropped if is_zero else kept).append(option.right)
    return kept, dropped
