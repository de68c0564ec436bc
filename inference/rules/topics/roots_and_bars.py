"""Equations with the unknown below roots or between the bars of absolute values."""

from __future__ import annotations

from fractions import Fraction

from inference.rules.build import number, symbol
from inference.rules.nodes import (
    Call,
    Node,
    Number,
    Phrase,
    Pow,
    Relation,
    Root,
    Symbol,
    replaced,
    symbols,
    walk,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.bars import solve_bars
from inference.rules.topics.equations import flatten, solve_flat_linear
from inference.rules.topics.guards import Case, Guard, in_vain, solve_cases, solve_inside
from inference.rules.topics.squares import either

_PLACEHOLDERS = ("placeholder_1", "placeholder_2")


def covers(problem: Problem) -> bool:
    """Whether the unknown stands below a root or between bars."""
    node = problem.expressions[0]
    if problem.intent is not Intent.SOLVE or not isinstance(node, Relation):
        return False
    return node.operator == "=" and bool(_wrappers(node))


def _wrappers(node: Node) -> list[Root | Call]:
    """The roots and bars around the unknown, each once, those outside first."""
    found: list[Root | Call] = []
    for each in walk(node):
        is_wrapper = isinstance(each, Root) or (isinstance(each, Call) and each.name == "abs")
        if is_wrapper and symbols(each):
            assert isinstance(each, Root | Call)
            found.append(each)
    return list(dict.fromkeys(found))


def solve(problem: Problem, trace: Trace) -> Node:
    """Isolate the root or the bars, take them away, go on.

    Raises:
        UnsupportedProblemError: There are too many, or they stand in places that are not covered.
    """
    relation = problem.expressions[0]
    assert isinstance(relation, Relation)
    wrappers = _wrappers(relation)
    if len(problem.variables) != 1 or problem.variable is None:
        raise RefusedError("one_root_or_bar")
    if any(_wrappers(part) for each in wrappers for part in _inside(each)):
        raise RefusedError("one_root_or_bar")
    if all(isinstance(each, Call) for each in wrappers):
        return solve_bars(relation, wrappers, problem.variable, trace)
    roots = [each for each in wrappers if isinstance(each, Root)]
    if len(roots) < len(wrappers) or len(roots) > 2:
        raise RefusedError("one_root_or_bar")
    pen = _RootPen(roots, problem.variable, trace)
    return pen.solve_one(relation) if len(roots) == 1 else pen.solve_two(relation)


def _inside(wrapper: Root | Call) -> tuple[Node, ...]:
    return (wrapper.radicand,) if isinstance(wrapper, Root) else wrapper.args


class _RootPen:
    """Writes the lines of an equation with one or two roots."""

    def __init__(self, roots: list[Root], variable: str, trace: Trace) -> None:
        self._roots = roots
        self._variable = variable
        self._trace = trace

    def _unmasked(self, node: Node) -> Node:
        for name, root in zip(_PLACEHOLDERS, self._roots, strict=False):
            node = replaced(node, Symbol(name), root)
        return node

    def _isolate(self, relation: Relation, which: int) -> Node:
        """Solve for a root as if it were a letter. Returns the other side, other roots masked."""
        masked: Node = relation
        for name, root in zip(_PLACEHOLDERS, self._roots, strict=False):
            masked = replaced(masked, root, Symbol(name))
        assert isinstance(masked, Relation)
        name = _PLACEHOLDERS[which]
        self._trace.unmask = self._unmasked
        flat, left, right = flatten(masked, self._trace)
        difference = left - right
        if difference.degree(name) > 1 or not difference.coefficient(name, 1).is_constant:
            raise RefusedError("powers_of_roots")
        if not difference.degree(name):
            raise RefusedError("powers_of_roots")
        answer = solve_flat_linear(flat.operator, left, right, name, self._trace, is_decimal=False)
        self._trace.unmask = lambda node: node
        assert isinstance(answer, Relation)
        return answer.right

    # -- one root ----------------------------------------------------------------------------

    def solve_one(self, relation: Relation) -> Node:
        (root,) = self._roots
        return self._without_root(root, self._isolate(relation, 0), ())

    def _without_root(self, root: Root, other: Node, guards: tuple[Guard, ...]) -> Node:
        """`\\sqrt[n]{A} = B`, of which the conditions so far are known."""
        value = to_polynomial(other)
        if value is None:
            raise RefusedError("powers_of_roots")
        if value.is_constant:
            return self._without_root_of_number(root, value.constant_term, guards)
        relation = Relation("=", root.radicand, Pow(other, Number(str(root.index))))
        rule = "square_both_sides" if root.index == 2 else "raise_both_sides"
        if root.index % 2:
            self._trace.add(rule, relation, exponent=number(root.index))
            return solve_inside(relation, self._variable, self._trace)
        guard = Guard.of(value, ">=", self._variable)
        case = Case(relation, (*guards, guard))
        shown = Relation(">=", other, Number("0"))
        return self._solve_case(case, f"{rule}_guarded", index=number(root.index), shown=shown)

    def _solve_case(self, case: Case, rule: str, *, index: Node, shown: Node) -> Node:
        scratch = Trace(case.node, self._trace.language)
        if isinstance(solve_cases([case], self._variable, scratch), Phrase):
            return in_vain(
                [case], self._variable, self._trace, rule="squaring", equation=case.relation
            )
        self._trace.write(rule, case.node, {"exponent": index, "condition": shown})
        return solve_cases([case], self._variable, self._trace)

    def _without_root_of_number(
        self, root: Root, value: Fraction, guards: tuple[Guard, ...]
    ) -> Node:
        if value < 0 and root.index % 2 == 0:
            answer = Phrase("no_real_solution")
            self._trace.add("negative_root", answer)
            return answer
        relation = Relation("=", root.radicand, number(value**root.index))
        rule = "square_both_sides" if root.index == 2 else "raise_both_sides"
        if not guards:
            self._trace.add(rule, relation, exponent=number(root.index))
            return solve_inside(relation, self._variable, self._trace)
        case = Case(relation, guards)
        self._trace.add(rule, case.node, exponent=number(root.index))
        return solve_cases([case], self._variable, self._trace)

    # -- two square roots --------------------------------------------------------------------

    def solve_two(self, relation: Relation) -> Node:
        if any(root.index != 2 for root in self._roots):
            raise RefusedError("one_root_or_bar")
        which = self._better_one(relation)
        other = self._isolate(relation, which)
        first, second = self._roots[which], self._roots[1 - which]
        polynomial = to_polynomial(other)
        assert polynomial is not None
        name = _PLACEHOLDERS[1 - which]
        factor = polynomial.coefficient(name, 1)
        rest = polynomial.coefficient(name, 0)
        if not factor.is_constant or not rest.is_constant or polynomial.degree(name) > 1:
            raise RefusedError("one_root_or_bar")
        p, q = factor.constant_term, rest.constant_term
        shown = self._unmasked(other)
        if q == 0:
            return self._equal_roots(first, second, p)
        return self._square_sum(first, second, p, q, shown)

    def _better_one(self, relation: Relation) -> int:
        """The root that leaves a plus on the other side, where there is one."""
        for which in range(2):
            scratch = _RootPen(self._roots, self._variable, Trace(relation, "en"))
            other = to_polynomial(scratch._isolate(relation, which))
            if other is not None and all(value > 0 for _, value in other):
                return which
        return 0

    def _equal_roots(self, first: Root, second: Root, factor: Fraction) -> Node:
        """`\\sqrt{A} = p \\sqrt{B}`."""
        below = to_polynomial(second.radicand)
        if factor < 0 or below is None:
            raise RefusedError("one_root_or_bar")
        right = second.radicand if factor == 1 else polynomial_node(below.scaled(factor**2))
        relation = Relation("=", first.radicand, right)
        guard = Guard.of(below, ">=", self._variable)
        case = Case(relation, (guard,))
        shown = Relation(">=", second.radicand, Number("0"))
        rule = "square_equal_roots"
        return self._solve_case(case, rule, index=number(2), shown=shown)

    def _square_sum(self, first: Root, second: Root, p: Fraction, q: Fraction, other: Node) -> Node:
        """`\\sqrt{A} = p \\sqrt{B} + q`: squared, there is one root left."""
        above, below = to_polynomial(first.radicand), to_polynomial(second.radicand)
        if above is None or below is None:
            raise RefusedError("one_root_or_bar")
        if p < 0 and q < 0:
            answer = Phrase("no_real_solution")
            self._trace.add("negative_root", answer)
            return answer
        guards: tuple[Guard, ...] = ()
        if p < 0 or q < 0:
            bound = -q / p
            shown = Relation("<=" if p < 0 else ">=", second, number(bound))
            difference = below - Polynomial.constant(bound * bound)
            guards = (Guard(difference, shown.operator, shown),)
        squared = Relation("=", first.radicand, Pow(other, Number("2")))
        left = below.scaled(p * p) + Polynomial.constant(q * q)
        mixed = Polynomial.letter(_PLACEHOLDERS[0]).scaled(2 * p * q)
        opened = Relation("=", first.radicand, polynomial_node(left + mixed))
        opened = Relation(
            "=", opened.left, replaced(opened.right, symbol(_PLACEHOLDERS[0]), second)
        )
        final = (above - left).scaled(1 / (2 * p * q))
        scratch = _RootPen([second], self._variable, Trace(opened, self._trace.language))
        if isinstance(scratch._without_root(second, polynomial_node(final), guards), Phrase):
            return self._nothing_left(second, final, guards)
        if guards:
            self._trace.write(
                "square_both_sides_guarded",
                either([Case(squared, guards).node]),
                {"exponent": number(2), "condition": guards[0].node},
            )
        else:
            self._trace.add("square_both_sides", squared, exponent=number(2))
        self._trace.add("square_of_sum", Case(opened, guards).node)
        self._trace.add(
            "isolate_root", Case(Relation("=", second, polynomial_node(final)), guards).node
        )
        return self._without_root(second, polynomial_node(final), guards)

    def _nothing_left(self, root: Root, final: Polynomial, guards: tuple[Guard, ...]) -> Node:
        power = final * final
        relation = Relation("=", root.radicand, polynomial_node(power))
        more = () if final.is_constant else (Guard.of(final, ">=", self._variable),)
        if final.is_constant and final.constant_term < 0:
            answer = Phrase("no_real_solution")
            line = Relation("=", root, polynomial_node(final))
            self._trace.add("squaring_leads_to_negative_root", answer, equation=line)
            return answer
        return in_vain(
            [Case(relation, (*guards, *more))],
            self._variable,
            self._trace,
            rule="squaring",
            equation=relation,
        )
