"""Derivatives and integrals of sums of powers, sines, cosines, exponentials and logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from inference.rules.bounds import exact_value
from inference.rules.build import symbol, term, total
from inference.rules.calculus_terms import (
    FunctionTerm,
    PowerTerm,
    Term,
    bare,
    power_term,
    sum_node,
    sum_of_terms,
    term_node,
    times,
    with_plain_powers,
)
from inference.rules.expansion import has_sum
from inference.rules.nodes import (
    Call,
    Derivative,
    Div,
    Integral,
    Neg,
    Node,
    Number,
    Symbol,
    symbols,
)
from inference.rules.polynomial import to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.topics.definite import between_bounds, check_bounds, with_bounds
from inference.rules.topics.derivative_rules import (
    derived_terms,
    differentiate_by_rules,
    needs_rules,
)
from inference.rules.topics.expressions import simplify
from inference.rules.topics.integration import has_power_to_substitute, integrate_by_method


def covers(problem: Problem) -> bool:
    """Whether it is a derivative or an integral."""
    return problem.intent in {Intent.DIFFERENTIATE, Intent.INTEGRATE}


def solve(problem: Problem, trace: Trace) -> Node:
    """Differentiate or integrate.

    Raises:
        UnsupportedProblemError: The function is no sum of terms that have a rule.
    """
    node = problem.expressions[0]
    if isinstance(node, Derivative):
        return differentiate(node, trace)
    assert isinstance(node, Integral)
    return integrate(node, trace)


def _prepared(node: Node, variable: str, trace: Trace, rule: str) -> tuple[Node, list[Term]]:
    """Bring a function into a sum of terms that have rules: expand, divide, write as powers."""
    terms = sum_of_terms(node, variable)
    if terms is None and to_polynomial(node) is not None:
        node = simplify(node, trace)
        terms = sum_of_terms(node, variable)
    if terms is None:
        divided = _divided(node, variable)
        if divided is not None:
            terms, node = divided, sum_node(divided, variable)
            trace.add("divide_each_term_by_denominator", node)
    if terms is None:
        raise RefusedError("derivative" if rule == "Derivatives" else "integral")
    if any(letter != variable for letter in symbols(node)):
        raise RefusedError("calculus_letters")
    as_powers = sum_node(terms, variable)
    is_rewritten = any(
        isinstance(each, PowerTerm) and (each.exponent < 0 or each.exponent.denominator != 1)
        for each in terms
    )
    if rule == "Integrals" and len(terms) == 1 and isinstance(terms[0], PowerTerm):
        is_rewritten &= terms[0].exponent != -1
    if is_rewritten:
        node = as_powers
        trace.add("write_as_powers", node)
    return node, terms


def _divided(node: Node, variable: str) -> list[Term] | None:
    """`(x^2 + 1) / x` term by term."""
    if not isinstance(node, Div) or not has_sum(node.numerator):
        return None
    bottom = power_term(node.denominator, variable)
    tops = sum_of_terms(node.numerator, variable)
    if bottom is None or tops is None or not bottom.factor:
        return None
    if not all(isinstance(each, PowerTerm) for each in tops):
        return None
    return [
        PowerTerm(each.factor / bottom.factor, each.exponent - bottom.exponent)
        for each in tops
        if isinstance(each, PowerTerm)
    ]


# -- derivatives -------------------------------------------------------------------------------


def differentiate(node: Derivative, trace: Trace) -> Node:
    """Differentiate, as often as it says.

    Raises:
        UnsupportedProblemError: A part of the function has no rule.
    """
    variable = node.variable.name
    current = node.expression
    for remaining in range(node.order, 0, -1):
        current = _differentiate_once(current, variable, remaining, trace)
    return current


def _differentiate_once(node: Node, variable: str, order: int, trace: Trace) -> Node:
    letter = symbol(variable)

    def around(inner: Node) -> Node:
        return inner if order == 1 else Derivative(inner, letter, order - 1)

    if needs_rules(node, variable) and _divided(node, variable) is None:
        return differentiate_by_rules(node, variable, trace, around)
    with trace.within(lambda inner: Derivative(inner, letter, order)):
        node, terms = _prepared(node, variable, trace, "Derivatives")
    if len(terms) > 1 and order == 1:
        parts = [_split_sign(each, variable, letter) for each in terms]
        trace.add("sum_rule_derivative", total(parts))
    raw = total(_raw_derivative(each, variable) for each in terms)
    trace.add(_derivative_rule(terms), around(raw))
    derived = [piece for each in terms for piece in derived_terms(each)]
    result = sum_node(derived, variable)
    trace.add("simplify_terms", around(result))
    plain = with_plain_powers(derived, variable)
    if plain != result:
        trace.add("write_without_powers", around(plain))
    return plain


def _split_sign(each: Term, variable: str, letter: Symbol) -> Node:
    node = term_node(each, variable)
    if isinstance(node, Neg):
        return Neg(Derivative(node.operand, letter))
    return Derivative(node, letter)


def _derivative_rule(terms: Sequence[Term]) -> str:
    kinds = {"power" if isinstance(each, PowerTerm) else each.name for each in terms}
    if kinds == {"power"}:
        is_constant = all(isinstance(t, PowerTerm) and t.exponent == 0 for t in terms)
        has_constant = any(isinstance(t, PowerTerm) and t.exponent == 0 for t in terms)
        if is_constant:
            return "derivative_of_constant"
        return "power_rule_and_constant" if has_constant else "power_rule"
    return f"derivative_of_{kinds.pop()}{_chain(terms)}" if len(kinds) == 1 else "derivative_rules"


def _chain(terms: Sequence[Term]) -> str:
    """With `sin 2x` the rule also speaks of the factor of the letter."""
    is_chain = any(isinstance(t, FunctionTerm) and t.slope != 1 for t in terms)
    return "_of_linear" if is_chain else ""


def _raw_derivative(each: Term, variable: str) -> Node:
    """The rule applied, the constant factor still apart: `3 \\cdot 2x`."""
    derived = derived_terms(bare(each))
    if not derived:
        return Number("0")
    if isinstance(each, FunctionTerm) and each.name == "ln":
        return with_plain_powers([PowerTerm(each.factor, Fraction(-1))], variable)
    return times(each.factor, term_node(derived[0], variable))


# -- integrals ---------------------------------------------------------------------------------


def integrate(node: Integral, trace: Trace) -> Node:
    """Integrate, between the bounds where there are any.

    Raises:
        UnsupportedProblemError: No rule or method leads to an antiderivative.
    """
    variable = node.variable.name
    letter = symbol(variable)
    lower, upper = node.lower, node.upper
    if lower is not None and upper is not None:
        check_bounds((lower, upper))
    if _needs_method(node.expression, variable):
        return _integrate_by_method(node, trace)
    with trace.within(lambda inner: Integral(inner, letter, lower, upper)):
        integrand, terms = _prepared(node.expression, variable, trace, "Integrals")
    if "C" in (variable, *symbols(integrand)):
        raise RefusedError("constant_letter")
    if lower is not None and upper is not None:
        return _integrate_between(terms, variable, lower, upper, trace)
    if len(terms) > 1:
        parts = [_integral_of_term(each, variable, letter) for each in terms]
        trace.add("sum_rule_integral", total(parts))
    constant = symbol("C")
    raw = total([*(_raw_integral(each, variable) for each in terms), constant])
    trace.add(_integral_rule(terms), raw)
    found = [_antiderivative(each) for each in terms]
    pieces = [_antiderivative_node(each, variable) for each in found]
    result = total([*pieces, constant])
    trace.add("simplify_terms", result)
    if all(isinstance(each, PowerTerm | FunctionTerm) for each in found):
        known = [each for each in found if not isinstance(each, _LogTerm)]
        plain = total([with_plain_powers(known, variable), constant])
        if plain != result:
            trace.add("write_without_powers", plain)
        return plain
    return result


def _integrate_by_method(node: Integral, trace: Trace) -> Node:
    variable = node.variable.name
    if any(name != variable for name in symbols(node.expression)):
        raise RefusedError("calculus_letters")
    if variable == "C":
        raise RefusedError("constant_letter")
    if node.lower is None or node.upper is None:
        return total((integrate_by_method(node.expression, variable, trace), symbol("C")))
    lower, upper = node.lower, node.upper
    with trace.within(lambda line: with_bounds(line, lower, upper)):
        primitive = integrate_by_method(node.expression, variable, trace, is_definite=True)
    return between_bounds(primitive, variable, lower, upper, trace)


def _needs_method(node: Node, variable: str) -> bool:
    """Whether a function is no sum of terms with a rule each, and cannot be made one; a high power
    of a sum is better left as it is."""
    terms = sum_of_terms(node, variable)
    if terms is not None:
        return any(isinstance(each, FunctionTerm) and each.name == "ln" for each in terms)
    if to_polynomial(node) is not None:
        return has_power_to_substitute(node, variable)
    return _divided(node, variable) is None


@dataclass(frozen=True, slots=True)
class _LogTerm:
    """`factor * ln|x|`."""

    factor: Fraction


def _integral_of_term(each: Term, variable: str, letter: Symbol) -> Node:
    node = term_node(each, variable)
    if isinstance(node, Neg):
        return Neg(Integral(node.operand, letter))
    return Integral(node, letter)


def _integral_rule(terms: Sequence[Term]) -> str:
    kinds = {"power" if isinstance(each, PowerTerm) else each.name for each in terms}
    has_inverse = any(isinstance(each, PowerTerm) and each.exponent == -1 for each in terms)
    if kinds == {"power"}:
        if has_inverse:
            return "integral_of_inverse" if len(terms) == 1 else "integral_rules"
        is_constant = all(isinstance(each, PowerTerm) and each.exponent == 0 for each in terms)
        return "integral_of_constant" if is_constant else "power_rule_integral"
    return f"integral_of_{kinds.pop()}{_chain(terms)}" if len(kinds) == 1 else "integral_rules"


def _antiderivative(each: Term) -> Term | _LogTerm:
    if isinstance(each, PowerTerm):
        if each.exponent == -1:
            return _LogTerm(each.factor)
        return PowerTerm(each.factor / (each.exponent + 1), each.exponent + 1)
    factor, slope, shift = each.factor / each.slope, each.slope, each.shift
    if each.name == "sin":
        return FunctionTerm(-factor, "cos", slope, shift)
    if each.name == "cos":
        return FunctionTerm(factor, "sin", slope, shift)
    if each.name == "exp":
        return FunctionTerm(factor, "exp", slope, shift)
    raise RefusedError("integral")


def _antiderivative_node(each: Term | _LogTerm, variable: str) -> Node:
    if isinstance(each, _LogTerm):
        return term(each.factor, Call("ln", (Call("abs", (symbol(variable),)),)))
    return term_node(each, variable)


def _raw_integral(each: Term, variable: str) -> Node:
    """The rule applied, the constant factor still apart: `3 \\cdot \\frac{x^3}{3}`."""
    return times(each.factor, _antiderivative_node(_antiderivative(bare(each)), variable))


def _integrate_between(
    terms: Sequence[Term], variable: str, lower: Node, upper: Node, trace: Trace
) -> Node:
    found = [_antiderivative(each) for each in terms]
    has_zero_inside = _may_hold_zero(lower, upper)
    for each in found:
        is_inverse = isinstance(each, _LogTerm) or (
            isinstance(each, PowerTerm) and each.exponent < 0
        )
        if is_inverse and has_zero_inside:
            raise RefusedError("undefined_between")
        if isinstance(each, PowerTerm) and each.exponent.denominator != 1:
            raise RefusedError("integral")
    primitive = total(
        with_plain_powers([each], variable)
        if not isinstance(each, _LogTerm)
        else _antiderivative_node(each, variable)
        for each in found
    )
    return between_bounds(primitive, variable, lower, upper, trace)


def _may_hold_zero(lower: Node, upper: Node) -> bool:
    """Whether 0 may lie between two bounds: they are not plainly on the same side."""
    bounds = [exact_value(bound) for bound in (lower, upper)]
    signs = {1 if bound is None else (bound > 0) - (bound < 0) for bound in bounds}
    return signs not in ({1}, {-1})
