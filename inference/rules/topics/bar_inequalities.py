"""Inequalities with one absolute value, and several inequalities joined by "and" or "or"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from inference.rules.build import number, symbol
from inference.rules.expansion import flat_polynomial
from inference.rules.nodes import (
    Add,
    Alternatives,
    Call,
    Chain,
    Neg,
    Node,
    Phrase,
    Relation,
    RelationOperator,
    Symbol,
    System,
    replaced,
    symbols,
    walk,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.real_sets import combined, real_set_of
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.compound_inequalities import solve_chain
from inference.rules.topics.equations import flatten, is_solved, solve_flat_linear
from inference.rules.topics.quadratics import solve_relation

_PLACEHOLDER = "placeholder"
_INEQUALITIES = ("<", ">", "<=", ">=")


def covers(problem: Problem) -> bool:
    """Whether it is an inequality with bars around the unknown, or a list of inequalities in one
    letter."""
    if len(problem.variables) != 1 or problem.intent not in {Intent.SOLVE, Intent.SOLVE_SYSTEM}:
        return False
    node = problem.node
    if isinstance(node, System | Alternatives):
        return True
    return isinstance(node, Relation) and node.operator != "=" and bool(_bars(node))


def _bars(node: Node) -> list[Call]:
    found = [each for each in walk(node) if isinstance(each, Call) and each.name == "abs"]
    return list(dict.fromkeys(each for each in found if symbols(each)))


def solve(problem: Problem, trace: Trace) -> Node:
    """Take the bars away, solve each part, put the parts together.

    Raises:
        UnsupportedProblemError: There are several bars, or a part is of no kind that is covered.
    """
    assert problem.variable is not None
    node = problem.node
    if isinstance(node, System | Alternatives):
        return _solve_list(node, problem.variable, trace)
    assert isinstance(node, Relation)
    return _solve_bars(node, problem.variable, trace)


# -- lists -------------------------------------------------------------------------------------


def _solve_list(node: System | Alternatives, variable: str, trace: Trace) -> Node:
    """Each on its own with the others beside it, then the numbers that satisfy all or one."""
    is_all = isinstance(node, System)
    parts = list(node.relations if isinstance(node, System) else node.options)
    join = System if is_all else Alternatives
    decided = _decided(parts, variable, trace, is_all=is_all)
    if decided is not None:
        return decided
    parts = _without_idle(parts, variable, trace, is_all=is_all)
    if len(parts) == 1:
        return _solve_part(parts[0], variable, trace)
    for place, part in enumerate(parts):
        trace.wrap = _beside(parts, place, join)
        parts[place] = _solve_part(part, variable, trace)
    trace.wrap = lambda node: node
    letter = symbol(variable)
    sets = [real_set_of(part, letter) for part in parts]
    answer = combined(sets, all if is_all else any).to_node(letter)
    trace.add("what_satisfies_all" if is_all else "what_satisfies_one", answer)
    return answer


def _decided(parts: Sequence[Node], variable: str, trace: Trace, *, is_all: bool) -> Node | None:
    """The answer where one part alone settles it: never true among all, always true among some."""
    kind = "no_solution" if is_all else "all_reals"
    for part in parts:
        found = _scratch(part, variable, trace)
        if isinstance(found, Phrase) and (
            found.kind == kind or (is_all and found.kind != "all_reals")
        ):
            answer = Phrase("no_solution" if is_all else "all_reals")
            trace.note("one_is_never_true" if is_all else "one_is_always_true", answer, part=part)
            return answer
    return None


def _without_idle(
    parts: Sequence[Node], variable: str, trace: Trace, *, is_all: bool
) -> list[Node]:
    """Leave out what is always true among all, or never true among some."""
    kept = [part for part in parts if not isinstance(_scratch(part, variable, trace), Phrase)]
    if not kept:
        raise RefusedError("inequality")
    if len(kept) < len(parts):
        join = System if is_all else Alternatives
        line = kept[0] if len(kept) == 1 else join(tuple(kept))
        trace.add("drop_true_parts" if is_all else "drop_impossible_cases", line)
    return kept


def _scratch(part: Node, variable: str, trace: Trace) -> Node:
    return _solve_part(part, variable, Trace(part, trace.language))


def _beside(
    parts: Sequence[Node], place: int, join: type[System] | type[Alternatives]
) -> Callable[[Node], Node]:
    before, after = tuple(parts[:place]), tuple(parts[place + 1 :])
    return lambda node: join((*before, node, *after))


def _solve_part(part: Node, variable: str, trace: Trace) -> Node:
    if isinstance(part, Chain):
        return part if part.operands[1] == Symbol(variable) else solve_chain(part, trace)
    if not isinstance(part, Relation) or part.operator not in _INEQUALITIES:
        raise RefusedError("inequality")
    if symbols(part) != (variable,) or _bars(part):
        raise RefusedError("inequality")
    if is_solved(part, variable):
        return part
    found = solve_relation(part, variable, trace)
    if isinstance(found, Alternatives):
        raise RefusedError("inequality")
    return found


# -- bars --------------------------------------------------------------------------------------


def _solve_bars(relation: Relation, variable: str, trace: Trace) -> Node:
    bars = _bars(relation)
    if len(bars) != 1 or relation.operator not in _INEQUALITIES:
        raise RefusedError("inequality")
    (bar,) = bars
    isolated = _isolate(relation, bar, trace)
    inside, value = to_polynomial(bar.args[0]), to_polynomial(isolated.right)
    if inside is None or value is None or inside.degree() != 1:
        raise RefusedError("bars_around_linear")
    operator = isolated.operator
    if not value.is_constant:
        if value.degree() > 1:
            raise RefusedError("bars_around_linear")
        return _against_expression(bar, operator, isolated.right, value, variable, trace)
    bound = value.constant_term
    known = _without_work(bar, operator, bound, variable, trace)
    if known is not None:
        return known
    if operator in ("<", "<=") and flat_polynomial(bar.args[0]) is None:
        return _against_expression(bar, operator, isolated.right, value, variable, trace)
    if operator in ("<", "<="):
        chain = Chain((number(-bound), bar.args[0], number(bound)), (operator, operator))
        rule = "distance_below" if operator == "<" else "distance_at_most"
        trace.add(rule, chain, bound=bound, inside=bar.args[0])
        return chain if chain.operands[1] == symbol(variable) else solve_chain(chain, trace)
    flipped: RelationOperator = "<" if operator == ">" else "<="
    outside = Alternatives(
        (
            Relation(flipped, bar.args[0], number(-bound)),
            Relation(operator, bar.args[0], number(bound)),
        )
    )
    rule = "distance_above" if operator == ">" else "distance_at_least"
    trace.add(rule, outside, bound=bound, inside=bar.args[0])
    return _solve_list(outside, variable, trace)


def _isolate(relation: Relation, bar: Call, trace: Trace) -> Relation:
    masked = replaced(relation, bar, Symbol(_PLACEHOLDER))
    assert isinstance(masked, Relation)
    trace.unmask = lambda node: replaced(node, Symbol(_PLACEHOLDER), bar)
    flat, left, right = flatten(masked, trace)
    difference = left - right
    if difference.degree(_PLACEHOLDER) != 1:
        raise RefusedError("powers_of_roots")
    answer = solve_flat_linear(flat.operator, left, right, _PLACEHOLDER, trace, is_decimal=False)
    trace.unmask = lambda node: node
    assert isinstance(answer, Relation)
    return answer


def _without_work(
    bar: Call, operator: RelationOperator, bound: Fraction, variable: str, trace: Trace
) -> Node | None:
    """Where the bound is zero or less, it is plain that all, none or one number satisfies it."""
    if bound < 0 or (bound == 0 and operator in ("<", ">=")):
        is_true = operator in (">", ">=")
        answer = Phrase("all_reals" if is_true else "no_solution")
        trace.note("absolute_value_never_negative", answer)
        return answer
    if bound > 0:
        return None
    kind: RelationOperator = "=" if operator == "<=" else "!="
    inside = to_polynomial(bar.args[0])
    assert inside is not None
    zero = -inside.constant_term / inside.numeric_coefficient(variable, 1)
    answer_at_zero = Relation(kind, symbol(variable), number(zero))
    trace.note("absolute_value_zero_at", answer_at_zero, zero=zero)
    return answer_at_zero


def _against_expression(
    bar: Call,
    operator: RelationOperator,
    other: Node,
    value: Polynomial,
    variable: str,
    trace: Trace,
) -> Node:
    """`|A| < B` says that A lies between -B and B, whatever B is."""
    opposite = Neg(other) if isinstance(other, Add) else polynomial_node(-value)
    flipped: dict[str, RelationOperator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    parts = (
        Relation(flipped[operator], bar.args[0], opposite),
        Relation(operator, bar.args[0], other),
    )
    if operator in ("<", "<="):
        between = System(parts)
        trace.add("between_opposites", between)
        return _solve_list(between, variable, trace)
    outside = Alternatives(parts)
    trace.add("beyond_opposites", outside)
    return _solve_list(outside, variable, trace)
