"""Two equations in two unknowns, one linear and one of the second degree, by substitution."""

from __future__ import annotations

from inference.rules.build import grouped, symbol
from inference.rules.nodes import (
    Add,
    Alternatives,
    Mul,
    Node,
    Phrase,
    Pow,
    Relation,
    Symbol,
    System,
    replaced,
    symbols,
)
from inference.rules.number_values import loose_value
from inference.rules.polynomial import to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.equations import is_solved
from inference.rules.topics.guards import solve_inside, value_at, values_of
from inference.rules.topics.quadratics import solve_relation


def covers(problem: Problem) -> bool:
    """Whether it is a system of two equations in two unknowns of which just one is linear."""
    if problem.intent is not Intent.SOLVE_SYSTEM or len(problem.variables) != 2:
        return False
    if len(problem.expressions) != 2:
        return False
    degrees = [_degree(each) for each in problem.expressions]
    return 1 in degrees and any(degree is not None and degree > 1 for degree in degrees)


def _degree(node: Node) -> int | None:
    if not isinstance(node, Relation) or node.operator != "=":
        return None
    left, right = to_polynomial(node.left), to_polynomial(node.right)
    return None if left is None or right is None else (left - right).degree()


def solve(problem: Problem, trace: Trace) -> Node:
    """Solve the linear equation for one unknown, put that into the other one.

    Raises:
        UnsupportedProblemError: What is left is of no kind that is covered.
    """
    lines = list(problem.expressions)
    place = 0 if _degree(lines[0]) == 1 else 1
    linear = lines[place]
    assert isinstance(linear, Relation)
    name, other = _letters(linear, tuple(sorted(problem.variables)))

    def beside(node: Node) -> Node:
        return System((node, lines[1])) if place == 0 else System((lines[0], node))

    trace.wrap = beside
    if linear.right == symbol(name) and name not in symbols(linear.left):
        linear = Relation("=", linear.right, linear.left)
        trace.add("swap_sides_of_equation", linear, which=str(place + 1))
    if not is_solved(linear, name):
        solved = solve_relation(linear, name, trace)
        if not isinstance(solved, Relation):
            raise RefusedError("kind_of_system")
        linear = solved
    lines[place] = linear
    second = lines[1 - place]
    assert isinstance(second, Relation)
    put_in = _substituted(second, name, linear.right)
    trace.wrap = lambda node: System((linear, node)) if place == 0 else System((node, linear))
    if name in symbols(second):
        trace.add("substitute", put_in, letter=symbol(name), value=linear.right)
    scratch = solve_inside(put_in, other, Trace(put_in, trace.language))
    values = values_of(scratch)
    if not values:
        trace.wrap = lambda node: node
        answer = Phrase("no_real_solution")
        trace.add("substitution_in_vain", answer, equation=put_in)
        return answer

    def with_linear(node: Node) -> Node:
        if isinstance(node, Alternatives):
            return Alternatives(tuple(map(with_linear, node.options)))
        return System((linear, node) if place == 0 else (node, linear))

    trace.wrap = with_linear
    solve_inside(put_in, other, trace)
    trace.wrap = lambda node: node
    return _pairs(values, linear.right, name, other, trace)


def _letters(linear: Relation, names: tuple[str, ...]) -> tuple[str, str]:
    """The unknown that the linear equation is solved for, the handiest one, and the other one."""
    left, right = to_polynomial(linear.left), to_polynomial(linear.right)
    assert left is not None and right is not None
    difference = left - right
    slopes = {name: abs(difference.linear_coefficient(name)) for name in names}
    usable = [name for name in names if slopes[name]]
    for name in usable:
        alone = symbol(name)
        if (linear.left == alone and name not in right.letters) or (
            linear.right == alone and name not in left.letters
        ):
            best = name
            break
    else:
        best = min(reversed(usable), key=lambda name: (slopes[name] != 1, slopes[name]))
    return best, next(name for name in names if name != best)


def _substituted(relation: Relation, name: str, value: Node) -> Relation:
    """`value` in brackets in the place of a letter."""
    put_in = grouped(value)
    left = _bracketed(relation.left, Symbol(name), put_in)
    return Relation("=", left, _bracketed(relation.right, Symbol(name), put_in))


def _bracketed(node: Node, letter: Symbol, value: Node) -> Node:
    if node == letter and isinstance(value, Add):
        return value
    if isinstance(node, Mul | Pow):
        found = replaced(node, letter, value)
        is_product_of_numbers = isinstance(found, Mul) and not isinstance(value, Add)
        if is_product_of_numbers and isinstance(found, Mul):
            return Mul(found.factors, "×")
        return found
    if isinstance(node, Add):
        return Add(tuple(_bracketed(term, letter, value) for term in node.terms))
    return replaced(node, letter, value)


def _pairs(values: list[Node], side: Node, name: str, other: str, trace: Trace) -> Node:
    """Each value with the one that belongs to it."""
    polynomial = to_polynomial(side)
    assert polynomial is not None
    pairs: list[Node] = []
    for value in values:
        known = loose_value(value)
        if known is None or not set(polynomial.letters) <= {other}:
            raise RefusedError("kind_of_system")
        partner = value_at(polynomial, known).to_node()
        both = {other: value, name: partner}
        pairs.append(System(tuple(Relation("=", symbol(n), both[n]) for n in sorted(both))))
    answer = pairs[0] if len(pairs) == 1 else Alternatives(tuple(pairs))
    trace.add("value_for_each", answer, letter=symbol(name), value=side)
    return answer
