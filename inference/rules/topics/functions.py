"""Functions by their formula: values, compositions, inverses and where they have a meaning."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import number, symbol
from inference.rules.nodes import (
    Call,
    Chain,
    Div,
    FunctionValue,
    Neg,
    Node,
    Number,
    Phrase,
    Pow,
    Quantity,
    Relation,
    RelationOperator,
    Root,
    Symbol,
    System,
    is_numeric,
    replaced,
    symbols,
    walk,
)
from inference.rules.polynomial import Polynomial, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.substitution import Function, function_of, innermost_call, put_in
from inference.rules.topics import formulas
from inference.rules.topics.algebraic_fractions import factored_node, factors_of
from inference.rules.topics.arithmetic import evaluate, wants_decimals
from inference.rules.topics.expressions import simplify
from inference.rules.topics.quadratics import solve_relation

_KINDS = frozenset({"function_value", "inverse", "domain"})
_MAX_CALLS = 8
_ZERO = Number("0")


def covers(problem: Problem) -> bool:
    """Whether it asks for something of functions."""
    node = problem.node
    return isinstance(node, Quantity) and node.kind in _KINDS


def solve(problem: Problem, trace: Trace) -> Node:
    """Work out the value, the inverse or the domain.

    Raises:
        UnsupportedProblemError: The formula is of no kind that is covered.
    """
    quantity = problem.node
    assert isinstance(quantity, Quantity)
    if quantity.kind == "function_value":
        return _value(quantity, trace)
    name, function = demand_function(quantity.operands[0])
    if quantity.kind == "inverse":
        return _inverse(name, function, trace)
    return _Domain(function, trace).find()


def demand_function(definition: Node) -> tuple[str, Function]:
    """The name and formula of an operand that the parser of questions made."""
    found = function_of(definition)
    assert found is not None
    return found


# -- values ------------------------------------------------------------------------------------


def _value(quantity: Quantity, trace: Trace) -> Node:
    *definitions, line = quantity.operands
    functions = dict(map(demand_function, definitions))
    names = frozenset(functions)
    for _ in range(_MAX_CALLS):
        call = innermost_call(line, names)
        if call is None:
            break
        function = functions[call.name]
        inner = put_in(function.formula, function.variable, call.argument)
        line = _with_value(line, call, inner)
        trace.add(
            "put_in_argument",
            line,
            function=FunctionValue(call.name, symbol(function.variable)),
            argument=call.argument,
            letter=symbol(function.variable),
        )
        if innermost_call(line, names) is not None:
            line = _with_value(line, inner, _worked_out_apart(inner, line, trace))
    if innermost_call(line, names) is not None:
        raise RefusedError("lines_too_long")
    return worked_out(line, trace)


def _with_value(line: Node, old: Node, new: Node) -> Node:
    if line == old:
        return new
    grouped = Neg(new.operand, is_grouped=True) if isinstance(new, Neg) else new
    return replaced(line, old, grouped)


def _worked_out_apart(inner: Node, line: Node, trace: Trace) -> Node:
    """Work out an argument while the rest of the line stays."""
    marked = replaced(line, inner, Symbol("\0"))
    with trace.within(lambda part: _with_value(marked, Symbol("\0"), part)):
        return worked_out(inner, trace)


def worked_out(node: Node, trace: Trace) -> Node:
    """The value of an expression, or its simplest form where letters are left."""
    if is_numeric(node):
        return evaluate(node, trace, is_decimal=wants_decimals(node))
    if to_polynomial(node) is None:
        raise RefusedError("whole_powers")
    return simplify(node, trace)


# -- inverses ----------------------------------------------------------------------------------


def _inverse(name: str, function: Function, trace: Trace) -> Node:
    letter = function.variable
    if letter == "y" or function.formula == symbol(letter):
        raise RefusedError("inverse_kind")
    if not _has_simple_inverse(function):
        raise RefusedError("inverse_kind")
    relation = Relation("=", symbol("y"), function.formula)
    trace.note("call_value_y", relation, letter=symbol(letter))
    problem = Problem(
        intent=Intent.SOLVE,
        expressions=(relation,),
        variable=letter,
        variables=(letter, "y"),
        text="",
        latex="",
        is_variable_written=True,
    )
    if formulas.covers(problem):
        solved = formulas.solve(problem, trace)
    else:
        solved = solve_relation(relation, letter, trace)
    if not isinstance(solved, Relation) or solved.left != symbol(letter):
        raise RefusedError("inverse_kind")
    answer = Relation(
        "=",
        FunctionValue(name if name != "y" else "f", symbol(letter), -1),
        replaced(solved.right, symbol("y"), symbol(letter)),
    )
    trace.add("swap_letters", answer, letter=symbol(letter))
    return answer


def _has_simple_inverse(function: Function) -> bool:
    """Whether it is a fraction of linear terms, which takes every value once."""
    formula = function.formula
    parts = (formula.numerator, formula.denominator) if isinstance(formula, Div) else (formula,)
    polynomials = [to_polynomial(part) for part in parts]
    return all(each is not None and each.degree() <= 1 for each in polynomials)


# -- domains -----------------------------------------------------------------------------------


class _Domain:
    """Finds where a formula has a meaning: a list of demands, each solved for the letter."""

    def __init__(self, function: Function, trace: Trace) -> None:
        self._formula = function.formula
        self._letter = function.variable
        self._trace = trace

    def find(self) -> Node:
        demands = list(dict.fromkeys(self._demands()))
        if not demands:
            answer: Node = Phrase("all_reals")
            self._trace.add("defined_everywhere", answer)
            return answer
        self._trace.note(self._rule(demands), _together(demands))
        if len(demands) == 1 and not _is_linear(demands[0]) and demands[0].operator != "!=":
            return solve_relation(demands[0], self._letter, self._trace)
        solved = [[each] for each in demands]
        for place, demand in enumerate(demands):
            solved[place] = self._solved(demand, solved, place)
        return self._merged([each for parts in solved for each in parts])

    def _demands(self) -> list[Relation]:
        found: list[Relation] = []
        under_bar = [each.denominator for each in walk(self._formula) if isinstance(each, Div)]
        for part in walk(self._formula):
            match part:
                case Div() if symbols(part.denominator):
                    bottom = part.denominator
                    if isinstance(bottom, Root) and bottom.index % 2 == 0:
                        found.append(Relation(">", bottom.radicand, _ZERO))
                    else:
                        found.append(Relation("!=", bottom, _ZERO))
                case Root() if part.index % 2 == 0 and symbols(part) and part not in under_bar:
                    found.append(Relation(">=", part.radicand, _ZERO))
                case Call(name="ln" | "log", args=(inner, *_)) if symbols(inner):
                    found.append(Relation(">", inner, _ZERO))
                case Call(name="tan" | "cot" | "sec" | "csc" | "arcsin" | "arccos"):
                    raise RefusedError("domain_kind")
                case Pow() if symbols(part) and not _is_whole_power(part):
                    raise RefusedError("domain_kind")
                case Div() if exact_value(part.denominator) == 0:
                    raise RefusedError("divides_by_zero")
        return found

    @staticmethod
    def _rule(demands: list[Relation]) -> str:
        operators = {each.operator for each in demands}
        if operators == {"!="}:
            return "denominators_not_zero"
        return "roots_not_negative" if operators == {">="} else "demands_of_parts"

    def _solved(
        self, demand: Relation, demands: list[list[Relation]], place: int
    ) -> list[Relation]:
        """One demand solved while the others stay as they are."""

        def around(part: Node) -> Node:
            within = list(part.relations) if isinstance(part, System) else [part]
            parts = [*demands[:place], within, *demands[place + 1 :]]
            return _together([each for some in parts for each in some])

        with self._trace.within(around):
            return self._solution(demand)

    def _solution(self, demand: Relation) -> list[Relation]:
        if _is_bare(demand, self._letter):
            return [demand]
        polynomial = to_polynomial(demand.left)
        if polynomial is None or polynomial.letters != (self._letter,):
            raise RefusedError("domain_kind")
        if demand.operator == "!=":
            return self._unequal(demand, polynomial)
        if polynomial.degree() > 1:
            raise RefusedError("domain_kind")
        solved = solve_relation(demand, self._letter, self._trace)
        if not isinstance(solved, Relation):
            raise RefusedError("domain_kind")
        return [solved]

    def _unequal(self, demand: Relation, polynomial: Polynomial) -> list[Relation]:
        letter = symbol(self._letter)
        factors = factors_of(polynomial).factors
        if any(factor.degree() > 1 for factor in factors):
            raise RefusedError("domain_kind")
        if len(factors) > 1:
            factored = Relation("!=", factored_node(polynomial), _ZERO)
            self._trace.add("factor_what_is_below", factored)
        answers = [
            Relation(
                "!=",
                letter,
                number(-each.constant_term / each.numeric_coefficient(self._letter, 1)),
            )
            for each in factors
        ]
        self._trace.add("solve_unequal", _together(answers))
        return list(dict.fromkeys(answers))

    # -- the answer ------------------------------------------------------------------------

    def _merged(self, solved: list[Relation]) -> Node:
        low = self._strictest(solved, {">", ">="}, is_low=True)
        high = self._strictest(solved, {"<", "<="}, is_low=False)
        letter = symbol(self._letter)
        parts: list[Node] = []
        if low is not None and high is not None:
            (bottom, opened), (top, closed) = low, high
            if bottom > top or (bottom == top and (opened, closed) != (">=", "<=")):
                raise RefusedError("defined_nowhere")
            if bottom == top:
                parts.append(Relation("=", letter, number(bottom)))
            else:
                first: RelationOperator = "<" if opened == ">" else "<="
                parts.append(Chain((number(bottom), letter, number(top)), (first, closed)))
        elif low is not None:
            parts.append(Relation(low[1], letter, number(low[0])))
        elif high is not None:
            parts.append(Relation(high[1], letter, number(high[0])))
        excluded = [_value_of(each) for each in solved if each.operator == "!="]
        for value in sorted(set(excluded)):
            is_within = (
                low is None or value > low[0] or (value == low[0] and low[1] == ">=")
            ) and (high is None or value < high[0] or (value == high[0] and high[1] == "<="))
            if is_within:
                parts.append(Relation("!=", letter, number(value)))
        answer: Node = parts[0] if len(parts) == 1 else System(tuple(parts))
        self._trace.add("all_demands_together", answer)
        return answer

    @staticmethod
    def _strictest(
        solved: list[Relation], operators: set[str], *, is_low: bool
    ) -> tuple[Fraction, RelationOperator] | None:
        """The bound that leaves the fewest numbers; of two equal ones the strict one."""
        bounds = [(_value_of(each), each.operator) for each in solved if each.operator in operators]
        if not bounds:
            return None
        sign = 1 if is_low else -1
        return max(bounds, key=lambda bound: (sign * bound[0], len(bound[1]) == 1))


def _is_bare(demand: Relation, letter: str) -> bool:
    return demand.left == symbol(letter) and exact_value(demand.right) is not None


def _is_linear(demand: Relation) -> bool:
    polynomial = to_polynomial(demand.left)
    return polynomial is not None and polynomial.degree() <= 1


def _value_of(relation: Relation) -> Fraction:
    value = exact_value(relation.right)
    if value is None:
        raise RefusedError("domain_kind")
    return value


def _is_whole_power(node: Pow) -> bool:
    exponent = exact_value(node.exponent) if is_numeric(node.exponent) else None
    return exponent is not None and exponent.denominator == 1 and exponent > 0


def _together(parts: Sequence[Node]) -> Node:
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else System(distinct)
