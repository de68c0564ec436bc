"""Conditions that stand beside the lines of an equation: squaring both sides or multiplying by the
unknown may add solutions, and with its condition a line has exactly those of the problem."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inference.rules.build import number, symbol
from inference.rules.nodes import (
    Add,
    Alternatives,
    Listing,
    Node,
    Number,
    Phrase,
    Relation,
    RelationOperator,
    Symbol,
    System,
    symbols,
)
from inference.rules.number_values import loose_value
from inference.rules.polynomial import Polynomial, polynomial_node
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import RootSum
from inference.rules.topics.quadratics import solve_relation
from inference.rules.topics.squares import either

_SIGNS: dict[RelationOperator, tuple[int, ...]] = {
    "<": (-1,),
    "<=": (-1, 0),
    ">": (1,),
    ">=": (0, 1),
    "!=": (-1, 1),
}
_FLIPPED: dict[RelationOperator, RelationOperator] = {
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "!=": "!=",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """`polynomial operator 0`, shown as `node`."""

    polynomial: Polynomial
    operator: RelationOperator
    node: Node

    @classmethod
    def of(cls, polynomial: Polynomial, operator: RelationOperator, variable: str) -> Guard:
        """A condition, solved for the letter where it is linear."""
        slope = polynomial.numeric_coefficient(variable, 1)
        if polynomial.degree() != 1:
            shown = Relation(operator, polynomial_node(polynomial), Number("0"))
            return cls(polynomial, operator, shown)
        bound = number(-polynomial.constant_term / slope)
        turned = operator if slope > 0 else _FLIPPED[operator]
        return cls(polynomial, operator, Relation(turned, symbol(variable), bound))

    def admits(self, value: Node) -> bool:
        """Whether a number satisfies the condition.

        Raises:
            UnsupportedProblemError: Its sign is not known here.
        """
        known = loose_value(value)
        if known is None:
            raise RefusedError("comparing_roots")
        return value_at(self.polynomial, known).sign() in _SIGNS[self.operator]


def value_at(polynomial: Polynomial, value: RootSum) -> RootSum:
    """The value of a polynomial in one letter at a number."""
    result = RootSum()
    for monomial, factor in polynomial:
        power = RootSum.of(factor)
        for _ in range(sum(exponent for _, exponent in monomial)):
            power *= value
        result += power
    return result


def guarded(node: Node, guards: Sequence[Guard]) -> Node:
    """A line with its conditions beside it, in each of its cases."""
    if not guards:
        return node
    if isinstance(node, Alternatives):
        return Alternatives(tuple(guarded(each, guards) for each in node.options))
    conditions = [guard.node for guard in guards]
    own = node.relations if isinstance(node, System) else (node,)
    return System((*own, *conditions))


def values_of(answer: Node) -> list[Node]:
    """The numbers that an answer gives; none for a phrase.

    Raises:
        UnsupportedProblemError: It gives none, but a range.
    """
    if isinstance(answer, Phrase):
        if answer.kind == "all_reals":
            raise RefusedError("inside_and_outside")
        return []
    options = answer.options if isinstance(answer, Alternatives) else (answer,)
    if not all(isinstance(each, Relation) and each.operator == "=" for each in options):
        raise RefusedError("inside_and_outside")
    return [each.right for each in options if isinstance(each, Relation)]


@dataclass(frozen=True, slots=True)
class Case:
    """One case of an equation: an equation that holds where its conditions do."""

    relation: Relation
    guards: tuple[Guard, ...] = ()

    @property
    def node(self) -> Node:
        return guarded(self.relation, self.guards)


def solve_inside(relation: Relation, variable: str, trace: Trace) -> Node:
    """Solve an equation, which may be solved already."""
    left = relation.left
    is_solved = left == Symbol(variable) and not symbols(relation.right)
    if is_solved and not isinstance(relation.right, Add):
        return relation
    return solve_relation(relation, variable, trace)


def solve_cases(cases: Sequence[Case], variable: str, trace: Trace) -> Node:
    """Solve case after case, the others beside it, then keep what satisfies the conditions. The
    line that states the cases has been written.

    Returns:
        The answer; a phrase when nothing is left, without any line written.
    """
    answers = [_in_vain(case, variable, trace) for case in cases]
    kept, dropped = _sorted_out(cases, answers)
    if not kept:
        return Phrase("no_real_solution")
    open_cases = [case for case, answer in zip(cases, answers, strict=True) if values_of(answer)]
    if len(open_cases) < len(cases):
        trace.add("drop_impossible_cases", either([case.node for case in open_cases]))
    done: list[Node] = []
    for place, case in enumerate(open_cases):
        before = list(done)
        after = [each.node for each in open_cases[place + 1 :]]

        def around(
            node: Node, case: Case = case, before: list[Node] = before, after: list[Node] = after
        ) -> Node:
            return either(_options([*before, guarded(node, case.guards), *after]))

        trace.wrap = around
        done += _options([guarded(solve_inside(case.relation, variable, trace), case.guards)])
    trace.wrap = lambda node: node
    _write_kept(cases, kept, dropped, variable, trace)
    return either([Relation("=", symbol(variable), value) for value in kept])


def _options(nodes: Iterable[Node]) -> list[Node]:
    return [
        option
        for node in nodes
        for option in (node.options if isinstance(node, Alternatives) else (node,))
    ]


def _in_vain(case: Case, variable: str, trace: Trace) -> Node:
    return solve_inside(case.relation, variable, Trace(case.relation, trace.language))


def _sorted_out(cases: Sequence[Case], answers: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    kept: list[Node] = []
    dropped: list[Node] = []
    for case, answer in zip(cases, answers, strict=True):
        for value in values_of(answer):
            is_kept = all(guard.admits(value) for guard in case.guards)
            (kept if is_kept else dropped).append(value)
    kept = list(dict.fromkeys(kept))
    return kept, [value for value in dict.fromkeys(dropped) if value not in kept]


def _write_kept(
    cases: Sequence[Case], kept: list[Node], dropped: list[Node], variable: str, trace: Trace
) -> None:
    guards = list(dict.fromkeys(guard.node for case in cases for guard in case.guards))
    if not guards:
        return
    answer = either([Relation("=", symbol(variable), value) for value in kept])
    shown = guards[0] if len(guards) == 1 else Listing(tuple(guards))
    is_shared = len({case.guards for case in cases}) == 1
    if dropped:
        lost = either([Relation("=", symbol(variable), value) for value in dropped])
        if is_shared:
            trace.write("condition_drops", answer, {"dropped": lost, "condition": shown})
        else:
            trace.write("own_condition_drops", answer, {"dropped": lost})
    elif is_shared:
        trace.write("condition_holds", answer, {"condition": shown})
    else:
        trace.write("own_condition_holds", answer, {})


def in_vain(
    cases: Sequence[Case], variable: str, trace: Trace, *, rule: str, **values: Node
) -> Node:
    """Say that nothing is left. The lines on the way would say more than the equation does, so
    they are told in the sentence and not written."""
    answers = [_in_vain(case, variable, trace) for case in cases]
    _, dropped = _sorted_out(cases, answers)
    answer = Phrase("no_real_solution")
    if not dropped:
        trace.write(f"{rule}_gives_nothing", answer, values)
        return answer
    lost = either([Relation("=", symbol(variable), value) for value in dropped])
    trace.write(f"{rule}_in_vain", answer, {**values, "dropped": lost})
    return answer
