"""Confirms an answer with SymPy, on a way that shares nothing with the steps but the problem.

The rules compute with their own polynomials and fractions; here SymPy solves or substitutes, and
equations are compared with their answers as the checker does it.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.calculus.util import continuous_domain
from sympy.solvers.solveset import NonlinearError

from inference.errors import UnsupportedProblemError
from inference.rules.convert import plus_minus_readings, to_symbol, to_sympy
from inference.rules.nodes import (
    Add,
    Alternatives,
    Chain,
    Derivative,
    Div,
    Integral,
    Listing,
    Measure,
    Mul,
    Node,
    Number,
    Phrase,
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
from inference.rules.problem import Intent, Problem
from inference.rules.substitution import function_of
from inference.types import Verdict
from inference.verify.expressions import ExpressionJudge
from inference.verify.final_form import is_collected
from inference.verify.intervals import UndecidableError
from inference.verify.literal_quadratics import LiteralQuadraticJudge
from inference.verify.periodic import PeriodicJudge, is_periodic
from inference.verify.ratios import RatioJudge
from inference.verify.statements import compare, statement_of


def confirm_answer(problem: Problem, answer: Node) -> bool:
    """Whether `answer` is proved to answer `problem`. Never True on a mere impression."""
    if problem.intent in (Intent.SOLVE, Intent.SOLVE_SYSTEM) and is_periodic(problem):
        return PeriodicJudge(problem).answer(answer).verdict is Verdict.VERIFIED
    if isinstance(problem.node, Ratio):
        return RatioJudge(problem).answer(answer).verdict is Verdict.VERIFIED
    match problem.intent:
        case Intent.SOLVE:
            return _confirm_solutions(problem, answer)
        case Intent.SOLVE_SYSTEM:
            is_about_one = len(problem.variables) == 1
            return (_confirm_solutions if is_about_one else _confirm_system)(problem, answer)
        case Intent.CHECK:
            return _confirm_truth(problem.expressions[0], answer)
        case Intent.FIND:
            return _confirm_quantity(problem.node, answer)
        case Intent.INTEGRATE:
            return _confirm_integral(problem.expressions[0], answer)
        case Intent.DIFFERENTIATE:
            derivative = problem.expressions[0]
            assert isinstance(derivative, Derivative)
            return _confirm_derivative(derivative, answer)
        case Intent.DIVISORS:
            return _confirm_divisors(problem.expressions[0], answer)
        case Intent.PRIME_FACTORS:
            value = to_sympy(problem.expressions[0])
            return is_prime_product(answer) and _is_zero(value - to_sympy(answer))
        case _:
            node = problem.expressions[0]
            if answer == node and _has_root_of_letters(node):
                return is_collected(node)
            is_done = answer != node or problem.intent is Intent.EVALUATE or _is_simplest(node)
            if problem.intent is Intent.FACTOR and isinstance(answer, Add):
                is_done = _is_irreducible(answer)
            return is_done and _is_equal(problem, answer)


def _has_root_of_letters(node: Node) -> bool:
    return any(isinstance(part, Root) and symbols(part) for part in walk(node))


def _is_equal(problem: Problem, answer: Node) -> bool:
    """Roots of letters are equal only where they have a value, which SymPy does not look at."""
    if _has_root_of_letters(problem.node):
        return ExpressionJudge(problem).answer(answer).verdict is Verdict.VERIFIED
    difference = to_sympy(problem.expressions[0]) - to_sympy(answer)
    return _is_zero(difference) or _is_same_power(problem, answer)


def _is_same_power(problem: Problem, answer: Node) -> bool:
    has_broken = any(isinstance(part, Pow) and symbols(part.base) for part in walk(problem.node))
    return has_broken and ExpressionJudge(problem).answer(answer).verdict is Verdict.VERIFIED


def _confirm_divisors(asked: Node, answer: Node) -> bool:
    numbers = asked.items if isinstance(asked, Listing) else (asked,)
    common = set.intersection(*(set(sympy.divisors(to_sympy(each))) for each in numbers))
    return isinstance(answer, Listing) and list(map(to_sympy, answer.items)) == sorted(common)


def is_prime_product(node: Node) -> bool:
    """Whether it is 1, a prime or a product of powers of primes, as it is written."""
    factors = node.factors if isinstance(node, Mul) else (node,)
    if node == Number("1"):
        return True
    bases = [each.base if isinstance(each, Pow) else each for each in factors]
    exponents = [each.exponent for each in factors if isinstance(each, Pow)]
    return all(isinstance(each, Number) and not each.is_decimal for each in exponents) and all(
        isinstance(each, Number) and sympy.isprime(to_sympy(each)) for each in bases
    )


_NONE = (Phrase("no_mode"), Phrase("no_extrema"))


def _confirm_quantity(asked: Node, answer: Node) -> bool:
    assert isinstance(asked, Quantity)
    if asked.kind == "domain":
        return _confirm_domain(asked, answer)
    if asked.kind == "conversion" and not _is_in_unit(answer, asked.operands[1]):
        return False
    if answer == Phrase("no_limit"):
        return _has_no_limit(asked)
    wanted = to_sympy(asked)
    if wanted in (sympy.oo, -sympy.oo):
        return bool(wanted == to_sympy(answer))
    if isinstance(wanted, sympy.MatrixBase):
        found = to_sympy(answer)
        is_matrix = isinstance(found, sympy.MatrixBase) and found.shape == wanted.shape
        return is_matrix and all(map(_is_same_value, wanted, found))
    if isinstance(wanted, sympy.Eq):
        return isinstance(answer, Relation) and _is_same_line(wanted.lhs, answer)
    if asked.kind == "inverse" and isinstance(answer, Relation):
        answer = answer.right
    found = sympy.S.EmptySet if answer in _NONE else to_sympy(answer)
    if isinstance(wanted, sympy.Tuple) and isinstance(answer, Listing):
        found = sympy.Tuple(*map(to_sympy, answer.items))
    if isinstance(wanted, sympy.Set):
        given = found.args if isinstance(found, sympy.Set) else (found,)
        return len(given) == len(wanted) and all(
            any(_is_same_value(one, other) for other in given) for one in wanted
        )
    return _is_same_value(wanted, found)


def _has_no_limit(asked: Quantity) -> bool:
    """Whether the two sides go to different places."""
    one, other = (
        to_sympy(Quantity(kind, asked.operands)) for kind in ("limit_right", "limit_left")
    )
    return bool(one.is_extended_real and other.is_extended_real and one != other)


def _is_in_unit(answer: Node, target: Node) -> bool:
    return (
        isinstance(answer, Measure) and isinstance(target, Measure) and (answer.unit == target.unit)
    )


def _is_same_value(one: Any, other: Any) -> bool:
    """Of two points, whether all coordinates are the same."""
    if isinstance(one, sympy.Tuple) != isinstance(other, sympy.Tuple):
        return False
    if isinstance(one, sympy.Tuple):
        return len(one) == len(other) and all(map(_is_same_value, one, other))
    return _is_zero(one - other)


def _is_same_line(difference: Any, answer: Relation) -> bool:
    found = to_sympy(answer.left) - to_sympy(answer.right)
    ratio = sympy.cancel(found / difference)
    return bool(ratio.is_number and ratio != 0)


def _confirm_domain(asked: Quantity, answer: Node) -> bool:
    function = function_of(asked.operands[0])
    assert function is not None
    letter = to_symbol(function[1].variable)
    wanted = continuous_domain(to_sympy(function[1].formula), letter, sympy.S.Reals)
    if isinstance(answer, Phrase):
        return bool(wanted == (sympy.S.Reals if answer.kind == "all_reals" else sympy.S.EmptySet))
    return bool(wanted == to_sympy(answer).as_set())


def _is_simplest(node: Node) -> bool:
    """Whether no terms can be collected and nothing cancelled."""
    if isinstance(node, Div) and symbols(node.denominator):
        return bool(sympy.gcd(to_sympy(node.numerator), to_sympy(node.denominator)) == 1)
    value = to_sympy(node)
    letters = sorted(value.free_symbols, key=str)
    if not letters or not value.is_polynomial(*letters):
        return False
    num_terms = len(node.terms) if isinstance(node, Add) else 1
    return len(sympy.Poly(value, *letters).terms()) == num_terms


def _is_irreducible(node: Node) -> bool:
    content, factors = sympy.factor_list(to_sympy(node))
    return abs(content) == 1 and len(factors) == 1 and factors[0][1] == 1


def _is_zero(expression: Any) -> bool:
    if expression == 0:
        return True
    for simplified in (sympy.expand(expression), sympy.simplify(expression)):
        if simplified == 0:
            return True
    return bool(expression.equals(0) is True)


def _confirm_solutions(problem: Problem, answer: Node) -> bool:
    relation = problem.node
    assert problem.variable is not None
    letter = to_symbol(problem.variable)
    if not isinstance(relation, Relation):
        return _compared(relation, answer, letter) is True
    if len(problem.variables) > 1 and relation.operator == "=":
        return _confirm_formula(problem, relation, letter, answer)
    exact = _compared(relation, answer, letter)
    if exact is not None:
        return exact
    if relation.operator != "=":
        return _confirm_inequality(relation, letter, answer)
    difference = to_sympy(relation.left) - to_sympy(relation.right)
    if isinstance(answer, Phrase) and answer.kind == "all_reals":
        return _is_zero(difference)
    true_roots = sympy.solveset(difference, letter, sympy.S.Reals)
    if isinstance(answer, Phrase):
        return bool(true_roots == sympy.S.EmptySet)
    options = answer.options if isinstance(answer, Alternatives) else (answer,)
    values = [to_sympy(each.right) for each in options if isinstance(each, Relation)]
    if not isinstance(true_roots, sympy.FiniteSet):
        return False
    found = list(true_roots)
    return len(found) == len(values) and all(
        any(_is_zero(value - root) for root in found) for value in values
    )


def _compared(relation: Node, answer: Node, letter: Any) -> bool | None:
    """Whether the answer has exactly the solutions of an algebraic statement; None for others."""
    try:
        return compare(statement_of(relation), statement_of(answer), letter).is_same
    except (UndecidableError, UnsupportedProblemError):
        return None


def _confirm_formula(problem: Problem, relation: Relation, letter: Any, answer: Node) -> bool:
    """Whether the equation has one term in the letter and one without it, and the answer is the
    root, with both signs where there are two."""
    difference = to_sympy(relation.left) - to_sympy(relation.right)
    top = sympy.fraction(sympy.cancel(sympy.together(difference)))[0]
    powers = sympy.Poly(top, letter).as_dict()
    degree = max(powers)[0]
    if degree == 2 and ((1,) in powers or isinstance(answer, Alternatives)):
        return _is_proved_quadratic(problem, answer)
    if isinstance(answer, System):
        # What must not be zero stands beside it, and is for the checker to judge.
        answer = answer.relations[0]
    if not isinstance(answer, Relation) or not set(powers) <= {(0,), (degree,)} or degree == 0:
        return False
    readings = plus_minus_readings(answer)
    if len(readings) != (2 if degree % 2 == 0 else 1):
        return False
    values = [to_sympy(each.right) for each in readings if isinstance(each, Relation)]
    quotient = -powers.get((0,), sympy.Integer(0)) / powers[(degree,)]
    return answer.left == Symbol(str(letter)) and all(
        not value.has(letter) and _is_zero(_power(value, degree) - quotient) for value in values
    )


def _is_proved_quadratic(problem: Problem, answer: Node) -> bool:
    try:
        judge = LiteralQuadraticJudge(problem)
    except (UndecidableError, UnsupportedProblemError):
        return False
    return judge.answer(answer).verdict is Verdict.VERIFIED


def _power(value: Any, degree: int) -> Any:
    """Roots are those of positive numbers: of others they have no value here, or the same."""
    return sympy.powdenest(value**degree, force=True)


def _confirm_inequality(relation: Relation, letter: Any, answer: Node) -> bool:
    truth = to_sympy(relation)
    if isinstance(answer, Phrase):
        wanted = sympy.S.Reals if answer.kind == "all_reals" else sympy.S.EmptySet
    else:
        wanted = to_sympy(answer).as_set()
    if truth in (sympy.true, sympy.false):
        return bool((sympy.S.Reals if truth == sympy.true else sympy.S.EmptySet) == wanted)
    return bool(sympy.solveset(truth, letter, sympy.S.Reals) == wanted)


def _confirm_truth(statement: Node, answer: Node) -> bool:
    truth = _truth(statement)
    if truth is None:
        return False
    if isinstance(answer, Phrase):
        return answer.kind == ("true" if truth else "false")
    return truth is False and isinstance(answer, Relation) and _truth(answer) is True


def _truth(statement: Node) -> bool | None:
    """Whether a statement about numbers is true; None when that is not clear."""
    if isinstance(statement, Chain):
        truths = [_truth(each) for each in statement.relations]
        return False if False in truths else (None if None in truths else True)
    assert isinstance(statement, Relation)
    difference = sympy.simplify(to_sympy(statement.left) - to_sympy(statement.right))
    if difference.is_extended_real is not True or difference.is_finite is not True:
        return None
    sign = {True: 1, False: -1}.get(difference.is_positive)
    if _is_zero(difference):
        sign = 0
    if sign is None:
        return None
    return {
        "=": sign == 0,
        "!=": sign != 0,
        "<": sign < 0,
        ">": sign > 0,
        "<=": sign <= 0,
        ">=": sign >= 0,
    }.get(statement.operator)


def _confirm_system(problem: Problem, answer: Node) -> bool:
    differences = [
        to_sympy(each.left) - to_sympy(each.right)
        for each in problem.expressions
        if isinstance(each, Relation)
    ]
    letters = [to_symbol(name) for name in sorted(problem.variables)]
    try:
        solutions = sympy.linsolve(differences, *letters)
    except NonlinearError:
        return _confirm_pairs(differences, letters, answer)
    if isinstance(answer, Phrase):
        if answer.kind == "no_solution":
            return bool(solutions == sympy.S.EmptySet)
        return any(solution.free_symbols for solution in solutions)
    assert isinstance(answer, System)
    values = {
        to_sympy(each.left): to_sympy(each.right)
        for each in answer.relations
        if isinstance(each, Relation)
    }
    is_unique = len(solutions) == 1 and not any(each.free_symbols for each in solutions)
    return is_unique and all(_is_zero(each.subs(values)) for each in differences)


def _confirm_pairs(differences: list[Any], letters: list[Any], answer: Node) -> bool:
    """Whether these are all real solutions of equations that are not linear."""
    found = sympy.solve(differences, letters, dict=True)
    real = [each for each in found if all(value.is_real for value in each.values())]
    if isinstance(answer, Phrase):
        return not real and all(
            value.is_real is not None for each in found for value in each.values()
        )
    options = answer.options if isinstance(answer, Alternatives) else (answer,)
    pairs = [
        {to_sympy(e.left): to_sympy(e.right) for e in option.relations if isinstance(e, Relation)}
        for option in options
        if isinstance(option, System)
    ]
    return len(pairs) == len(options) == len(real) and all(
        any(all(_is_zero(pair[name] - each[name]) for name in letters) for each in real)
        for pair in pairs
    )


def _confirm_derivative(derivative: Derivative, answer: Node) -> bool:
    difference = to_sympy(derivative).doit() - to_sympy(answer)
    if _has_even_root(derivative):
        size = sympy.Symbol("t", positive=True)
        difference = difference.subs(to_symbol(derivative.variable.name), size)
    return _is_zero(difference)


def _has_even_root(node: Node) -> bool:
    """Then the function lives on positive numbers only."""
    return any(
        (isinstance(each, Root) and each.index % 2 == 0)
        or (isinstance(each, Pow) and isinstance(each.exponent, Div))
        for each in walk(node)
    )


def _sides(integral: Integral, size: Any) -> tuple[tuple[int, Any], ...]:
    """Where the function is defined: to the right of zero, and to the left unless roots forbid."""
    right = (1, size)
    return (right,) if _has_even_root(integral) else (right, (-1, -size))


def _is_log_of_size(part: Any) -> bool:
    return isinstance(part, sympy.log) and isinstance(part.args[0], sympy.Abs)


def _confirm_integral(integral: Node, answer: Node) -> bool:
    assert isinstance(integral, Integral)
    found = to_sympy(answer)
    letter = to_symbol(integral.variable.name)
    integrand = to_sympy(integral.expression)
    if integral.lower is None or integral.upper is None:
        has_constant = to_symbol("C") in found.free_symbols
        # Wherever it is defined, the derivative of ln|u| is that of ln u.
        plain = found.replace(_is_log_of_size, lambda log: sympy.log(log.args[0].args[0]))
        if has_constant and _is_zero(sympy.diff(plain, letter) - integrand):
            return True
        if not found.has(sympy.Abs) and not _has_even_root(integral):
            return has_constant and _is_zero(sympy.diff(found, letter) - integrand)
        size = sympy.Symbol("t", positive=True)
        return has_constant and all(
            _is_zero(
                sympy.diff(found.subs(letter, side), size) - sign * integrand.subs(letter, side)
            )
            for sign, side in _sides(integral, size)
        )
    low, high = sorted((to_sympy(integral.lower), to_sympy(integral.upper)), key=sympy.N)
    between = sympy.Interval(low, high)
    if not integrand.is_polynomial(letter) and between != continuous_domain(
        integrand, letter, between
    ):
        return False
    return _is_zero(to_sympy(integral).doit() - found)
