"""What the tests of follow-ups share: a solution to ask about, and engines that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from homework.accounts.models import User
from homework.pipeline.engine import PipelineEngine
from homework.solutions.models import FollowUp, Solution
from inference import EngineConfig, Request
from inference.chain import ChainEngine
from inference.rules.engine import RulesEngine
from inference.types import Event
from tests.homework.pages.conftest import make_solution
from tests.homework.pipeline.scripted import (
    ScriptedChecks,
    ScriptedEngine,
    ScriptedReader,
    solved,
)

RULES = {1: ("subtract_from_both_sides", ["5"]), 2: ("divide_both_sides", ["3"])}
SAID = "We take 5 away, since $5 - 5 = 0$."


class NoSandbox:
    """Explaining a step needs no computer algebra."""

    def run(self, task: str, *args: Any, timeout_s: float, wait_s: float = 0) -> NoReturn:
        raise AssertionError(f"{task} was asked for")


def make_rules() -> RulesEngine:
    """The real rule engine, which solves nothing here."""
    return RulesEngine(EngineConfig(max_active=2), NoSandbox())


def make_talking_engine(
    said: Sequence[Event] | Callable[[Request], Iterable[Event]] | None = None,
) -> tuple[PipelineEngine, ScriptedEngine]:
    """A model that says what it is told to, with the rules behind it; not started."""
    model = ScriptedEngine(solved(SAID) if said is None else said, name="local")
    rules = make_rules()
    engine = PipelineEngine(
        reader=ScriptedReader(),
        solver=ChainEngine([model, rules]),
        checks=ScriptedChecks(),
        rules=rules,
    )
    return engine, model


def make_rules_only() -> PipelineEngine:
    """A site without a model, not started."""
    rules = make_rules()
    return PipelineEngine(
        reader=ScriptedReader(), solver=rules, checks=ScriptedChecks(), rules=rules
    )


def make_asked_about(student: User, **fields: Any) -> Solution:
    """A finished solution by the rules."""
    solution = make_solution(student, **fields)
    for step in solution.steps.all():
        step.rule, step.rule_inputs = RULES[step.index]
        step.save()
    return solution


def follow_up_of(solution: Solution) -> FollowUp:
    """The last one."""
    found = FollowUp.objects.filter(solution=solution).order_by("number").last()
    assert found is not None
    return found
