"""Finds the topic that covers a problem, lets it write the steps and checks the answer.

To add a topic: write a module in `topics` with `covers` and `solve`, put its sentences into the
`explain_*` tables and the module into `TOPICS`.
"""

from __future__ import annotations

from typing import Protocol

from inference.errors import UnsupportedProblemError
from inference.rules.nodes import Node
from inference.rules.printer import to_latex
from inference.rules.problem import Problem, parse_problem
from inference.rules.refusals import RefusedError, refusal
from inference.rules.self_check import confirm_answer
from inference.rules.steps import Solution, Trace
from inference.rules.topics import (
    algebraic_fractions,
    areas,
    arithmetic,
    bar_inequalities,
    calculus,
    columns,
    compound_inequalities,
    coordinates,
    counting,
    exponential_equations,
    expressions,
    extrema,
    factoring,
    formulas,
    functions,
    graphs,
    larger_systems,
    letter_powers,
    limits,
    logarithmic_equations,
    matrices,
    mixed_systems,
    number_theory,
    other_forms,
    quadratics,
    rational_equations,
    ratios,
    roots_and_bars,
    scientific_notation,
    sign_charts,
    statistics,
    systems,
    trigonometric_equations,
    true_or_false,
    word_problems,
)
from inference.types import Language


class Topic(Protocol):
    """A module of `inference.rules.topics`."""

    def covers(self, problem: Problem) -> bool:
        """Whether this topic is the one to try."""

    def solve(self, problem: Problem, trace: Trace) -> Node:
        """Write the steps to `trace` and return the answer.

        Raises:
            UnsupportedProblemError: The topic is right, but no rule fits.
        """


# The first that covers a problem gets it, so special kinds stand before general ones.
TOPICS: tuple[Topic, ...] = (
    number_theory,
    columns,
    scientific_notation,
    arithmetic,
    true_or_false,
    trigonometric_equations,
    ratios,
    letter_powers,
    algebraic_fractions,
    expressions,
    factoring,
    formulas,
    bar_inequalities,
    sign_charts,
    exponential_equations,
    logarithmic_equations,
    roots_and_bars,
    rational_equations,
    compound_inequalities,
    quadratics,
    larger_systems,
    mixed_systems,
    systems,
    calculus,
    statistics,
    counting,
    coordinates,
    functions,
    graphs,
    word_problems,
    other_forms,
    limits,
    extrema,
    matrices,
    areas,
)


def solve(text: str, *, language: Language = "en") -> Solution:
    """Solve an exercise as it stands in a book, in this process.

    For text of your own: it may take long and much memory. What comes from others belongs into a
    `SandboxPool`.

    Raises:
        MathSyntaxError: The exercise is not understood; it tells where.
        UnsupportedProblemError: No rule covers it; it tells why.
    """
    return solve_problem(parse_problem(text), language=language)


def solve_problem(problem: Problem, *, language: Language) -> Solution:
    """Solve a problem in steps. Runs in a sandbox worker: it may take long and uses SymPy.

    The answer has been confirmed by SymPy on a way of its own before it is returned.

    Raises:
        UnsupportedProblemError: No topic covers the problem, or the answer was not confirmed. Its
            message is in `language`.
    """
    trace = Trace(problem.node, language)
    try:
        answer = _solve(problem, trace)
    except UnsupportedProblemError as error:
        raise refusal(error, language) from None
    return Solution(
        problem_latex=to_latex(problem.node, language=language),
        steps=tuple(trace.steps),
        answer_latex=to_latex(answer, language=language),
        language=language,
    )


def _solve(problem: Problem, trace: Trace) -> Node:
    topic = next((each for each in TOPICS if each.covers(problem)), None)
    if topic is None:
        raise RefusedError("kind")
    answer = topic.solve(problem, trace)
    if not confirm_answer(problem, answer):
        raise RefusedError("not_confirmed")
    return answer
