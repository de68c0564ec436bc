"""Equations in one unknown beyond the linear ones: quadratics by roots, factoring and formula, and
whatever factors into them."""

from __future__ import annotations

import math
from fractions import Fraction

from inference.rules.build import grouped, number, symbol
from inference.rules.expansion import has_sum, uses_decimals
from inference.rules.instructions import Method
from inference.rules.nodes import (
    Add,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Phrase,
    PlusMinus,
    Pow,
    Relation,
    Root,
)
from inference.rules.polynomial import Polynomial, polynomial_node, to_polynomial
from inference.rules.problem import Intent, Problem
from inference.rules.refusals import RefusedError
from inference.rules.steps import Trace
from inference.rules.surd import Surd
from inference.rules.topics.equations import flatten, is_solved, solve_flat_linear
from inference.rules.topics.factoring import Factorizer
from inference.rules.topics.quadratic_inequalities import (
    factored_side,
    solve_quadratic_inequality,
    tell_signs,
)
from inference.rules.topics.squares import (
    complete_square,
    either,
    solve_pure,
    solve_square,
    write_move,
)

_ZERO = Number("0")
# Beyond this a person would not look for two numbers but use the formula.
MAX_FACTORED_PRODUCT = 2000


def covers(problem: Problem) -> bool:
    """Whether it is one equation or inequality to be solved for a letter."""
    return (
        problem.intent is Intent.SOLVE
        and len(problem.expressions) == 1
        and isinstance(problem.expressions[0], Relation)
    )


def solve(problem: Problem, trace: Trace) -> Node:
    """Solve an equation or an inequality.

    Raises:
        UnsupportedProblemError: The equation is of no kind that is covered.
    """
    relation = problem.expressions[0]
    assert isinstance(relation, Relation)
    if problem.variable is None:
        raise RefusedError("no_unknown")
    if len(problem.variables) > 1 and not problem.is_variable_settled:
        raise RefusedError("which_letter")
    if relation.operator == "≈":
        raise RefusedError("approximation")
    if is_solved(relation, problem.variable):
        raise RefusedError("solved_already")
    return solve_relation(relation, problem.variable, trace, method=problem.method)


def solve_relation(
    relation: Relation, variable: str, trace: Trace, *, method: Method | None = None
) -> Node:
    """Solve one relation; the lines go to `trace`. Returns the answer.

    `method` is the way a quadratic equation is to be solved, if that is prescribed.
    """
    if relation.operator == "=":
        special: Node | None = None
        if method in {None, Method.FACTORING}:
            special = _solve_product(relation, variable, trace)
        if special is None and method in {None, Method.SQUARE_ROOTS, Method.COMPLETING_SQUARE}:
            special = solve_square(relation, variable, trace)
        if special is not None:
            return special
    factored = factored_side(relation, variable)
    if factored is not None:
        return tell_signs(relation.operator, factored, variable, trace, is_factored=True)
    is_decimal = uses_decimals(relation)
    flat, left, right = flatten(relation, trace)
    difference = left - right
    if difference.degree(variable) <= 1:
        return solve_flat_linear(flat.operator, left, right, variable, trace, is_decimal=is_decimal)
    if relation.operator != "=" and difference.letters == (variable,):
        return solve_quadratic_inequality(flat.operator, left, right, variable, trace)
    if relation.operator != "=":
        raise RefusedError("inequality")
    if difference.letters != (variable,):
        raise RefusedError("first_power")
    is_pure = difference.degree() == 2 and not difference.numeric_coefficient(variable, 1)
    if is_pure and method in {None, Method.SQUARE_ROOTS, Method.COMPLETING_SQUARE}:
        return solve_pure(left, right, variable, trace, is_decimal=is_decimal)
    left = _standard_form(left, right, trace, is_decimal=is_decimal)
    if left.degree() == 2:
        return _solve_quadratic(left, variable, trace, method)
    return _solve_by_factoring(left, variable, trace)


# -- forms that need no expanding --------------------------------------------------------------


def _solve_product(relation: Relation, variable: str, trace: Trace) -> Node | None:
    """`(x - 2)(x + 3) = 0` and `x^2 (x - 1) = 0`."""
    left, right = relation.left, relation.right
    if left == _ZERO:
        left, right = right, left
    if right != _ZERO or not isinstance(left, Mul | Pow) or not has_sum(left):
        return None
    polynomials: list[Polynomial] = []
    for factor in left.factors if isinstance(left, Mul) else (left,):
        base = factor.base if isinstance(factor, Pow) else factor
        polynomial = to_polynomial(base)
        if polynomial is None or polynomial.letters not in {(variable,), ()}:
            return None
        if isinstance(factor, Pow) and not isinstance(factor.exponent, Number):
            return None
        if polynomial.degree() > 2:
            return None
        if not polynomial.is_constant:
            polynomials.extend([polynomial] * (2 if isinstance(factor, Pow) else 1))
    if len(polynomials) < 2:
        return None
    return _zero_product(polynomials, variable, trace)


# -- the standard form -------------------------------------------------------------------------


def _standard_form(
    left: Polynomial, right: Polynomial, trace: Trace, *, is_decimal: bool
) -> Polynomial:
    """Bring everything to one side, with whole coprime coefficients."""
    if right and (not left or right.degree() > left.degree()):
        left, right = right, left
        _write_equation("swap_sides", left, right, trace, is_decimal=is_decimal)
    if right:
        left, moved = left - right, right
        write_move(moved, left, Polynomial(), trace, is_decimal=is_decimal)
    return _normalised(left, trace)


def _solve_quadratic(left: Polynomial, variable: str, trace: Trace, method: Method | None) -> Node:
    is_factored_by_hand = _is_factored_by_hand(left, variable)
    if method is Method.COMPLETING_SQUARE:
        return complete_square(left, variable, trace)
    if method is Method.FORMULA or (method is None and not is_factored_by_hand):
        return _solve_by_formula(left, variable, trace)
    if method is Method.SQUARE_ROOTS or not is_factored_by_hand:
        raise RefusedError("method_fails")
    return _solve_by_factoring(left, variable, trace)


def _solve_by_factoring(left: Polynomial, variable: str, trace: Trace) -> Node:
    factorizer = Factorizer(trace, around=lambda node: Relation("=", node, _ZERO))
    factorizer.factor(left)
    if max(factor.degree() for factor in factorizer.factors) > 2:
        raise RefusedError("high_degree")
    return _zero_product(factorizer.factors, variable, trace)


def _normalised(left: Polynomial, trace: Trace) -> Polynomial:
    """Whole coprime coefficients and a positive leading one."""
    scale = left.denominator
    if scale != 1:
        left = left.scaled(scale)
        _write_equation("multiply_both_sides", left, Polynomial(), trace, factor=number(scale))
    divisor = left.content
    if next(iter(left))[1] < 0:
        divisor = -divisor
    if divisor == -1:
        left = -left
        _write_equation("multiply_both_sides", left, Polynomial(), trace, factor=number(-1))
    elif divisor != 1:
        left = left.scaled(1 / divisor)
        _write_equation("divide_both_sides", left, Polynomial(), trace, divisor=number(divisor))
    return left


def _write_equation(
    rule: str,
    left: Polynomial,
    right: Polynomial,
    trace: Trace,
    *,
    is_decimal: bool = False,
    **values: Node,
) -> None:
    line = Relation(
        "=",
        polynomial_node(left, is_decimal=is_decimal),
        polynomial_node(right, is_decimal=is_decimal),
    )
    trace.add(rule, line, **values)


def _coefficients(quadratic: Polynomial, variable: str) -> tuple[int, int, int]:
    a, b, c = (int(quadratic.numeric_coefficient(variable, k)) for k in (2, 1, 0))
    return a, b, c


def _is_factored_by_hand(quadratic: Polynomial, variable: str) -> bool:
    a, b, c = _coefficients(quadratic, variable)
    discriminant = b * b - 4 * a * c
    if discriminant < 0 or math.isqrt(discriminant) ** 2 != discriminant:
        return False
    return c == 0 or abs(a * c) <= MAX_FACTORED_PRODUCT


def _zero_product(factors: list[Polynomial], variable: str, trace: Trace) -> Node:
    """A product is zero when one of its factors is."""
    distinct: list[Polynomial] = []
    for factor in factors:
        if factor not in distinct:
            distinct.append(factor)
    equations: list[Node] = [Relation("=", polynomial_node(factor), _ZERO) for factor in distinct]
    if len(distinct) > 1:
        trace.add("zero_product", either(equations))
    elif len(factors) > 1:
        trace.add("take_root_of_zero", equations[0])
    roots: list[Node] = []
    for factor in distinct:
        roots.extend(_roots(factor, variable))
    if not roots:
        answer: Node = Phrase("no_real_solution")
        trace.add("no_factor_is_zero", answer)
        return answer
    answer = either([Relation("=", symbol(variable), root) for root in roots])
    has_quadratic = any(factor.degree() == 2 for factor in distinct)
    never = next((factor for factor in distinct if not _roots(factor, variable)), None)
    if never is not None:
        trace.add("solve_each_factor_but_one", answer, factor=polynomial_node(never))
        return answer
    rule = "solve_each_factor" if len(distinct) > 1 or has_quadratic else "solve_factor"
    trace.add(rule, answer)
    return answer


def _roots(factor: Polynomial, variable: str) -> list[Node]:
    if factor.degree() == 1:
        slope = factor.numeric_coefficient(variable, 1)
        return [number(-factor.constant_term / slope)]
    scaled = factor.scaled(factor.denominator)
    a, b, c = _coefficients(scaled, variable)
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    root = Surd.root_of(Fraction(discriminant))
    plus = root.plus(Fraction(-b)).scaled(Fraction(1, 2 * a))
    minus = (-root).plus(Fraction(-b)).scaled(Fraction(1, 2 * a))
    return list(dict.fromkeys([plus.node, minus.node]))


def _solve_by_formula(quadratic: Polynomial, variable: str, trace: Trace) -> Node:
    a, b, c = _coefficients(quadratic, variable)
    letter = symbol(variable)
    discriminant = b * b - 4 * a * c
    times: Node = Mul((Number("4"), grouped(number(a)), grouped(number(c))), "×")
    raw_discriminant = Add((Pow(grouped(number(b)), Number("2")), Neg(times)))
    if discriminant < 0:
        answer: Node = Phrase("no_real_solution")
        trace.add(
            "negative_discriminant",
            answer,
            discriminant=raw_discriminant,
            value=discriminant,
        )
        return answer
    bottom = number(2 * a)
    raw_top = PlusMinus(Neg(grouped(number(b))), Root(raw_discriminant))
    raw_bottom = Mul((Number("2"), grouped(number(a))), "×")
    trace.add(
        "quadratic_formula",
        Relation("=", letter, Div(raw_top, raw_bottom)),
        a=a,
        b=b,
        c=c,
    )
    value = number(discriminant)
    trace.add(
        "evaluate_discriminant",
        Relation("=", letter, Div(PlusMinus(number(-b), Root(value)), bottom)),
        value=discriminant,
    )
    root = Surd.root_of(Fraction(discriminant))
    if root.node != Root(value):
        trace.add(
            "simplify_root",
            Relation("=", letter, Div(PlusMinus(number(-b), root.node), bottom)),
            root=Root(value),
            value=root.node,
        )
    scale = Fraction(1, 2 * a)
    solutions = [signed.plus(Fraction(-b)).scaled(scale) for signed in (root, -root)]
    if not root.is_rational:
        half, size = Fraction(-b, 2 * a), root.scaled(scale)
        reduced = _plus_minus(half, size)
        trace.add("reduce_fraction", Relation("=", letter, reduced))
    answer = either([Relation("=", letter, each.node) for each in solutions])
    trace.add("two_solutions", answer)
    return answer


def _plus_minus(half: Fraction, size: Surd) -> Node:
    """`p \\pm q \\sqrt{m}` over its common denominator."""
    bottom = math.lcm(half.denominator, size.factor.denominator)
    right = size.scaled(bottom).node
    left = number(half * bottom)
    top = PlusMinus(left, right)
    return top if bottom == 1 else Div(top, number(bottom))
