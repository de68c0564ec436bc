"""The functions of this package that run inside maths workers. JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inference.errors import MathSyntaxError, UnsupportedProblemError
from inference.rules.nodes import Node, Quantity, Ratio
from inference.rules.problem import Intent, Problem, parse_problem
from inference.types import Check
from inference.verify.claims import parse_answer, parse_claims
from inference.verify.divisors import DivisorsJudge
from inference.verify.equations import EquationJudge
from inference.verify.expressions import ExpressionJudge
from inference.verify.functions import FUNCTION_KINDS, AreaJudge, DomainJudge, FunctionJudge
from inference.verify.intervals import UndecidableError
from inference.verify.limits import LimitJudge
from inference.verify.literal import LiteralJudge
from inference.verify.literal_quadratics import LiteralQuadraticJudge
from inference.verify.matrices import MatrixJudge
from inference.verify.mixed_systems import MixedSystemJudge
from inference.verify.periodic import PeriodicJudge, is_periodic
from inference.verify.quantities import QuantityJudge
from inference.verify.ratios import RatioJudge
from inference.verify.statements import LIMIT_KINDS
from inference.verify.systems import SystemJudge
from inference.verify.truth import TruthJudge
from inference.verify.verdicts import combine, not_checkable
from inference.verify.wire import Json


class _Judge(Protocol):
    def learn(self, node: Node) -> None: ...

    def step(self, nodes: Sequence[Node]) -> Check: ...

    def answer(self, node: Node) -> Check: ...


def check_step(problem: str, previous: list[str], formulas: list[str]) -> Json:
    """Check what one step states.

    Args:
        problem: The exercise, as `parse_problem` takes it.
        previous: The formulas of all earlier steps, in order.
        formulas: The formulas of this step.

    Returns:
        A check as `{"verdict": ..., "reason": ..., "detail": {...}}`.
    """
    try:
        parsed = parse_problem(problem)
        judge = _judge_for(parsed)
    except MathSyntaxError:
        return _to_json(not_checkable("unparsable"))
    except (UndecidableError, UnsupportedProblemError):
        return _to_json(not_checkable("unsupported"))
    has_units = _has_units(parsed)
    for text in previous:
        try:
            for node in parse_claims(text, has_units=has_units):
                judge.learn(node)
        except MathSyntaxError:
            continue
    nodes: list[Node] = []
    unread: list[Check] = []
    for text in formulas:
        try:
            before = nodes[-1] if nodes else None
            nodes += parse_claims(text, before=before, has_units=has_units)
        except MathSyntaxError:
            unread.append(not_checkable("unparsable"))
    checks = [judge.step(nodes)] if nodes else []
    return _to_json(combine([*checks, *unread]))


def check_answer(problem: str, answer: str) -> Json:
    """Check a final answer; arguments and result as for `check_step`."""
    try:
        parsed = parse_problem(problem)
        node = parse_answer(answer, has_units=_has_units(parsed))
        return _to_json(_judge_for(parsed).answer(node))
    except MathSyntaxError:
        return _to_json(not_checkable("unparsable"))
    except (UndecidableError, UnsupportedProblemError):
        return _to_json(not_checkable("unsupported"))


def warm_up() -> None:
    """Load what SymPy loads late, once for all workers."""
    check_answer("Solve: x^2 - 5x + 6 = 0", "x = 2 \\text{ or } x = 3")
    check_answer("Solve: x^3 - 3x + 1 = 0", "x = 1")
    check_answer("x + y = 5, x - y = 1", "x = 3, y = 2")
    check_answer("Simplify: \\frac{x^2 - 1}{x - 1} + \\sqrt{8}", "x + 1 + 2\\sqrt{2}")
    check_answer("Factor: x^2 - 1", "(x - 1)(x + 1)")
    check_answer("\\int x^2 dx", "\\frac{x^3}{3} + C")
    check_answer("\\int_0^1 x^2 dx", "\\frac{1}{3}")
    check_answer("Differentiate: x^2 \\sin x", "2x \\sin x + x^2 \\cos x")


def _judge_for(problem: Problem) -> _Judge:
    if problem.intent in (Intent.SOLVE, Intent.SOLVE_SYSTEM) and is_periodic(problem):
        return PeriodicJudge(problem)
    if isinstance(problem.node, Ratio):
        return RatioJudge(problem)
    match problem.intent:
        case Intent.SOLVE_SYSTEM if len(problem.variables) > 1:
            return _system_judge(problem)
        case Intent.SOLVE if len(problem.variables) > 1 and problem.is_variable_settled:
            return _literal_judge(problem)
        case Intent.SOLVE | Intent.SOLVE_SYSTEM:
            return EquationJudge(problem)
        case Intent.CHECK:
            return TruthJudge(problem)
        case Intent.DIVISORS:
            return DivisorsJudge(problem)
        case Intent.FIND:
            return _judge_for_quantity(problem)
    return ExpressionJudge(problem)


def _has_units(problem: Problem) -> bool:
    return isinstance(problem.node, Quantity) and problem.node.kind == "conversion"


def _judge_for_quantity(problem: Problem) -> _Judge:
    asked = problem.node
    assert isinstance(asked, Quantity)
    if asked.kind == "domain":
        return DomainJudge(problem)
    if asked.kind == "area":
        return AreaJudge(problem)
    if asked.kind == "inverse_matrix":
        return MatrixJudge(problem)
    if asked.kind in LIMIT_KINDS:
        return LimitJudge(problem)
    if asked.kind in FUNCTION_KINDS:
        return FunctionJudge(problem)
    return QuantityJudge(problem)


def _literal_judge(problem: Problem) -> _Judge:
    try:
        return LiteralJudge(problem)
    except (UndecidableError, UnsupportedProblemError):
        return LiteralQuadraticJudge(problem)


def _system_judge(problem: Problem) -> _Judge:
    try:
        return MixedSystemJudge(problem)
    except (UndecidableError, UnsupportedProblemError):
        return SystemJudge(problem)


def _to_json(check: Check) -> Json:
    return {
        "verdict": str(check.verdict),
        "reason": check.reason,
        "detail": dict(check.detail),
    }
