"""School mathematics by rules: a safe parser, a step solver and the engine that streams it.

Importing this package costs nothing: SymPy is loaded by the sandbox workers only, and the engine
when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inference.errors import MathSyntaxError
from inference.rules.nodes import Node
from inference.rules.parser import parse_math
from inference.rules.printer import to_latex, to_text
from inference.rules.problem import Intent, Problem, parse_problem

if TYPE_CHECKING:
    from inference.rules.engine import RulesEngine
    from inference.rules.solver import solve
    from inference.rules.steps import Detail, Solution, Step
    from inference.rules.ways import Way, other_ways

__all__ = [
    "Detail",
    "Intent",
    "MathSyntaxError",
    "Node",
    "Problem",
    "RulesEngine",
    "Solution",
    "Step",
    "Way",
    "other_ways",
    "parse_math",
    "parse_problem",
    "solve",
    "to_latex",
    "to_text",
]


def __getattr__(name: str) -> Any:
    if name == "RulesEngine":
        from inference.rules.engine import RulesEngine

        return RulesEngine
    if name == "solve":
        from inference.rules.solver import solve

        return solve
    if name in {"Way", "other_ways"}:
        from inference.rules import ways

        return getattr(ways, name)
    if name in {"Detail", "Solution", "Step"}:
        from inference.rules import steps

        return getattr(steps, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
