"""Answering a follow-up: the conversation goes to the engines, what they say is streamed.

A model is given the solution and what was asked before, and looks at the photo again, so that an
engine which still holds both has nothing to compute anew. Where a policy hides a part of the
solution no model is asked: it could work the answer out by itself. Then the rules explain what is
open, as they do where there is no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from django.conf import settings

from homework.pipeline import counts
from homework.pipeline.disclosure import Material, disclosure_for, follow_up_material
from homework.pipeline.engine import (
    SEEING,
    Box,
    Delta,
    Done,
    Engine,
    EngineChanged,
    Failed,
    InferenceError,
    Language,
    PipelineEngine,
    Request,
    SolutionTextParser,
    Turn,
    VisibleText,
    photo_for_model,
)
from homework.pipeline.events import (
    LiveState,
    error_event,
    follow_up_result_of,
    follow_up_state,
    language_of_follow_up,
    snapshot_of,
)
from homework.pipeline.stages import (
    GATHER_S,
    Control,
    Ending,
    close,
    failure_event,
    next_events,
)
from homework.pipeline.work import Stored, Work, photo_of
from homework.pipeline.writing import Emit
from homework.solutions.follow_ups import follow_up_begin, follow_up_finish, follow_ups_before
from homework.solutions.models import FollowUp, Solution

NUM_EARLIER = 3
"""Of the follow-ups before, so many are part of the conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A follow-up as the stage takes it.

    Attributes:
        request_id: Unique among the requests in flight.
        material: The solution, as far as it may be spoken of.
        problem: The question that was solved, where the photo alone does not say it.
        turns: Earlier questions with their answers, and the question.
        language: Of the answer.
        image: The part of the photo that the solution is of.
        fairness_key: Whose question it is.
        deadline_s: Seconds for the engine.
    """

    request_id: str
    material: Material
    problem: str = ""
    turns: Sequence[Turn]
    language: Language = "en"
    image: bytes | None = None
    fairness_key: str = ""
    deadline_s: float = 60.0


def answer_follow_up(
    engine: PipelineEngine, asked: Asked, *, emit: Emit, control: Control
) -> Ending:
    """Have a follow-up answered. Blocks until the end; never raises for what it may bring about.

    Args:
        engine: Started.
        asked: What is asked.
        emit: Takes the events, in order, from this thread. It may raise to end everything.
        control: Ends it early, with `aborted`.
    """
    return _Conversing(engine, asked, emit, control).run()


class _Conversing:
    """One answer on its way. Belongs to the thread that runs it."""

    def __init__(self, engine: PipelineEngine, asked: Asked, emit: Emit, control: Control) -> None:
        self._engine = engine
        self._asked = asked
        self._emit = emit
        self._control = control
        self._writer = engine.preferred_name
        self._reset()

    def _reset(self) -> None:
        self._parser = SolutionTextParser()
        self._num_characters = 0
        self._has_text = False

    def run(self) -> Ending:
        asked = self._asked
        solver = self._engine.solver if asked.material.is_whole else self._engine.rules
        if solver is None:
            return self._refusal("cannot_converse")
        request = Request(
            request_id=asked.request_id,
            problem=asked.problem,
            language=asked.language,
            image=asked.image,
            prompt="follow_up",
            history=(Turn("assistant", asked.material.text), *asked.turns),
            rules=asked.material.rules,
            deadline_s=asked.deadline_s,
            max_new_tokens=self._engine.max_new_tokens,
            fairness_key=asked.fairness_key,
        )
        try:
            ending = self._follow(solver, request)
            if self._is_speechless(ending):
                ending = self._rescue(request) or ending
        except InferenceError as error:
            return self._refusal(error.code)
        finally:
            self._control.detach()
        return ending

    def _follow(self, solver: Engine, request: Request) -> Ending:
        stream = solver.submit(request)
        self._control.attach(lambda: solver.abort(request.request_id))
        gather_s = 0.0  # the first word is shown at once
        try:
            while True:
                for event in next_events(stream, gather_s):
                    match event:
                        case Delta(text=text):
                            gather_s = GATHER_S
                            # A model may write any character, and PostgreSQL stores no NUL.
                            self._show(self._parser.feed(text.replace("\0", "\ufffd")))
                        case EngineChanged():
                            self._change(event)
                        case Done() | Failed():
                            return self._end(event)
        except BaseException:
            # Whatever ended this thread's interest, the engine must not write on for nobody.
            solver.abort(request.request_id)
            raise

    def _show(self, parsed: Sequence[object]) -> None:
        for item in parsed:
            if isinstance(item, VisibleText):
                offset = self._num_characters
                self._emit({"type": "delta", "offset": offset, "text": item.text})
                self._num_characters += len(item.text)
                self._has_text = self._has_text or bool(item.text.strip())

    def _change(self, change: EngineChanged) -> None:
        self._writer = change.target
        self._reset()
        self._emit(
            {
                "type": "engine",
                "from": change.origin,
                "to": change.target,
                "reason": change.reason,
            }
        )

    def _end(self, end: Done | Failed) -> Ending:
        if isinstance(end, Failed):
            return self._refusal(end.code, end.message)
        self._show(self._parser.close())
        is_late = end.finish_reason == "timeout"
        return Ending(
            finish_reason=end.finish_reason,
            usage=end.usage,
            error=error_event(code="timeout", language=self._asked.language) if is_late else None,
        )

    def _refusal(self, code: str, message: str = "") -> Ending:
        if code == "cannot_converse":
            code = "cannot_converse" if self._asked.material.is_whole else "follow_up_withheld"
            message = ""  # ours says what may be asked instead
        error = failure_event(code, message, self._asked.language)
        return Ending(finish_reason="error", error=error)

    def _is_speechless(self, ending: Ending) -> bool:
        """Whether a model ended as it should and said nothing."""
        return (
            ending.finish_reason in ("stop", "length")
            and not self._has_text
            and self._writer in SEEING
        )

    def _rescue(self, request: Request) -> Ending | None:
        rules = self._engine.rules
        if rules is None or self._control.is_aborted:
            return None
        self._change(EngineChanged(self._writer, rules.name, "no_solution"))
        ending = self._follow(rules, replace(request, request_id=f"{request.request_id}:rules"))
        is_done = ending.finish_reason == "stop"
        return replace(ending, finish_reason="fallback") if is_done else ending


class FollowUpWork(Work[FollowUp]):
    """A follow-up to be answered."""

    def __init__(self, row: FollowUp, engine: PipelineEngine) -> None:
        super().__init__(row, engine)
        solution = row.solution
        # By what holds now, not when it was asked: a policy may have come in between.
        self._material = follow_up_material(
            snapshot_of(solution), disclosure_for(viewer=solution.student, solution=solution)
        )
        row.written_under = self._material.mode
        row.engine = engine.preferred_name if self._material.is_whole else "rules"

    @property
    def language(self) -> Language:
        return cast(Language, language_of_follow_up(self.row))

    def first_state(self) -> LiveState:
        return follow_up_state(self.row)

    def answer(self, *, emit: Emit, control: Control) -> Ending:
        follow_up_begin(claim=self.claim, written_under=self.row.written_under)
        self.is_writing = True
        return answer_follow_up(self._engine, self._asked(), emit=emit, control=control)

    def _asked(self) -> Asked:
        row, solution = self.row, self.row.solution
        turns: list[Turn] = []
        for earlier in follow_ups_before(follow_up=row, at_most=NUM_EARLIER):
            turns += [Turn("user", earlier.question), Turn("assistant", earlier.text)]
        image = _image(solution) if row.engine in SEEING else None
        return Asked(
            request_id=f"{row.id}:{row.attempt}",
            material=self._material,
            # As when it was solved: a photo without a typed text speaks for itself.
            problem="" if image and not solution.question_text else self._material.problem,
            turns=[*turns, Turn("user", row.question)],
            language=self.language,
            image=image,
            fairness_key=str(solution.student_id),
            deadline_s=settings.SOLUTION_DEADLINE_S,
        )

    def store(self, state: LiveState, ending: Ending) -> Stored:
        events = close(state, ending)
        result = follow_up_result_of(state)
        follow_up_finish(claim=self.claim, result=result)
        counts.count_follow_up(result)
        return Stored(
            events,
            {
                "state": result.state,
                "finish_reason": result.finish_reason,
                "error_code": result.error_code,
                "tokens": ending.usage.tokens,
                "timings_ms": {name: round(ms, 1) for name, ms in ending.timings_ms.items()},
            },
        )


def _image(solution: Solution) -> bytes | None:
    """What the model was shown for the solution: the same bytes, by which its caches know it."""
    content = photo_of(solution)
    if content is None:
        return None
    crop = None if solution.crop is None else Box(**solution.crop)
    return photo_for_model(content, crop=crop, rotation_deg=solution.rotation_deg)
