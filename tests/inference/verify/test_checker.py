"""The checker through real worker processes: right, thread-safe, never stuck."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from inference.errors import EngineNotReadyError
from inference.solution_text import AnswerParsed, SolutionTextParser, StepParsed
from inference.types import Check, Verdict
from inference.verify.checker import Checker
from inference.verify.sandbox import ALLOWED_TASKS, SandboxPool

MEMORY_BYTES = 512 * 1024 * 1024


@pytest.fixture(scope="module")
def pool() -> Iterator[SandboxPool]:
    pool = SandboxPool(2, MEMORY_BYTES, 200)
    pool.start()
    yield pool
    pool.stop()


@pytest.fixture
def checker(pool: SandboxPool) -> Checker:
    return Checker(pool)


def test_it_checks_steps_and_answers(checker: Checker) -> None:
    assert checker.check_step("3x + 5 = 20", [], ["3x = 15"], 20.0) == Check(
        Verdict.VERIFIED, "same_solutions"
    )
    assert checker.check_answer("3x + 5 = 20", "x = 4", 20.0) == Check(
        Verdict.FAILED, "counterexample", {"x": "4"}
    )


def test_threads_get_the_verdict_on_their_own_question(checker: Checker) -> None:
    verdicts: queue.Queue[tuple[bool, Verdict]] = queue.Queue()

    def check(number: int) -> None:
        for guess in range(number - 1, number + 2):
            result = checker.check_answer(f"x - {number} = 0", f"x = {guess}", 30.0)
            verdicts.put((guess == number, result.verdict))

    threads = [threading.Thread(target=check, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for is_right, verdict in (verdicts.get_nowait() for _ in range(24)):
        assert verdict is (Verdict.VERIFIED if is_right else Verdict.FAILED)


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        ("Expand: " + "(a + b + c + d + x + y)" + "^{60}", "x"),
        ("Solve: " + "x" + " + \\sqrt{x + " * 12 + "1" + "}" * 12 + " = 3", "x = 1"),
        ("Calculate: " + "200!" * 20, "1"),
    ],
)
def test_what_takes_too_long_is_not_checkable_and_the_next_check_works(
    checker: Checker, problem: str, answer: str
) -> None:
    check = checker.check_answer(problem, answer, 0.5)
    assert check.verdict is Verdict.NOT_CHECKABLE
    assert checker.check_answer("x = 1", "x = 1", 20.0).verdict is Verdict.VERIFIED


@pytest.mark.parametrize(
    "text",
    [
        "9^{9^{9^{9}}}",
        "100000000!",
        "().__class__.__bases__[0]",
        "__import__('os').system('true')",
        "\\" * 500,
        "(" * 500,
        "x" * 100_000,
        "\x00",
        "\ud800",
        "x = 5 \\text{}" * 50,
    ],
)
def test_hostile_text_is_not_checkable(checker: Checker, text: str) -> None:
    assert checker.check_answer("x = 1", text, 20.0).verdict is Verdict.NOT_CHECKABLE
    assert checker.check_step("x = 1", [text], [text], 20.0).verdict is Verdict.NOT_CHECKABLE
    assert checker.check_answer(text, "x = 1", 20.0).verdict is Verdict.NOT_CHECKABLE


def test_a_step_without_formulas_claims_nothing(checker: Checker) -> None:
    assert checker.check_step("x = 1", [], [], 20.0).reason == "no_claim"


def test_without_workers_there_is_an_error_and_no_verdict() -> None:
    checker = Checker(SandboxPool(1, MEMORY_BYTES, 10))
    with pytest.raises(EngineNotReadyError):
        checker.check_answer("x = 1", "x = 1", 1.0)


PROBLEMS = [
    "Calculate: 2 + 3 × 4",
    "1/2 + 1/3",
    "2 1/3 + 1 1/2",
    "Calculate: \\sqrt{12} + \\sqrt{27}",
    "Simplify: 2(x + 3) - x + 5",
    "Expand: (2x - 1)^2",
    "Factor: x^2 - 5x + 6",
    "Solve: 3x + 5 = 20",
    "Solve: \\frac{x}{2} + \\frac{x}{3} = 5",
    "2x + 1 = 2x + 5",
    "2x^2 - 9x - 5 = 0",
    "x^2 - x - 1 = 0",
    "x^2 + 2x + 5 = 0",
    "x + y = 5, x - y = 1",
    "x + y = 5, x + y = 6",
    "Differentiate: x^3 + 2x",
    "∫ (3x^2 - 4x + 1) dx",
    "\\int_0^1 x^2 dx",
    "解方程：4x - 7 = 2x + 9",
]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_rules_write_is_verified_step_by_step(
    pool: SandboxPool, problem: str, language: str
) -> None:
    solution = pool.run(ALLOWED_TASKS[0], problem, language, timeout_s=30.0)
    assert isinstance(solution, dict)
    texts = [solution["opening"], *(step["text"] for step in solution["steps"])]
    parser = SolutionTextParser()
    events = parser.feed("".join([*texts, solution["closing"]])) + parser.close()
    checker = Checker(pool)
    previous: list[str] = []
    steps = [event for event in events if isinstance(event, StepParsed)]
    assert len(steps) == len(solution["steps"])
    for step in steps:
        check = checker.check_step(problem, previous, step.formulas, 30.0)
        assert check.verdict is Verdict.VERIFIED, (step, check)
        previous += step.formulas
    (answer,) = [event for event in events if isinstance(event, AnswerParsed)]
    check = checker.check_answer(problem, answer.latex, 30.0)
    assert check.verdict is Verdict.VERIFIED, (answer, check)
