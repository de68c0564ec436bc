"""Checks of steps and answers for the pipeline: a thread-safe front to the maths workers."""

from __future__ import annotations

from collections.abc import Sequence

from inference.errors import SandboxCrashedError, SandboxTimeoutError
from inference.types import Check, Verdict
from inference.verify.sandbox import SandboxPool
from inference.verify.wire import Json

_MAX_PREVIOUS = 60
_MAX_CHARACTERS = 2000


class Checker:
    """Says of each step and of the answer what can be proved. May be shared by threads."""

    def __init__(self, pool: SandboxPool) -> None:
        """Use a pool that is started and stopped by whoever made it."""
        self._pool = pool

    def check_step(
        self, problem: str, previous: Sequence[str], formulas: Sequence[str], timeout_s: float
    ) -> Check:
        """Check what one step states against the problem.

        Args:
            problem: `Reading.text`.
            previous: The formulas of all earlier steps, in order, as LaTeX without delimiters.
            formulas: The formulas of this step; see `StepParsed.formulas`.
            timeout_s: Wall-clock seconds that the computation may take.

        Returns:
            The verdict. Whatever takes too long or goes wrong is `not_checkable`.

        Raises:
            EngineNotReadyError: The pool is not running.
        """
        if not formulas:
            return Check(Verdict.NOT_CHECKABLE, "no_claim")
        earlier = [text for text in previous if len(text) <= _MAX_CHARACTERS][-_MAX_PREVIOUS:]
        return self._run("check_step", problem, earlier, list(formulas), timeout_s=timeout_s)

    def check_answer(self, problem: str, answer: str, timeout_s: float) -> Check:
        """Check a final answer: that it is right, complete and finished.

        Args:
            problem: `Reading.text`.
            answer: LaTeX without delimiters; see `AnswerParsed.latex`.
            timeout_s: Wall-clock seconds that the computation may take.

        Raises:
            EngineNotReadyError: The pool is not running.
        """
        return self._run("check_answer", problem, answer, timeout_s=timeout_s)

    def _run(self, task: str, *args: Json, timeout_s: float) -> Check:
        try:
            result = self._pool.run(f"inference.verify.tasks:{task}", *args, timeout_s=timeout_s)
        except SandboxTimeoutError:
            return Check(Verdict.NOT_CHECKABLE, "timeout")
        except (SandboxCrashedError, ValueError):
            return Check(Verdict.NOT_CHECKABLE, "unsupported")
        return _check_from_json(result)


def _check_from_json(data: Json) -> Check:
    match data:
        case {"verdict": str(verdict), "reason": str(reason), "detail": dict(detail)}:
            if verdict in set(Verdict):
                plain = {str(name): str(value) for name, value in detail.items()}
                return Check(Verdict(verdict), reason, plain)
    return Check(Verdict.NOT_CHECKABLE, "unsupported")
