"""What a worker holds: a claimed solution or follow-up, and all in which the two differ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

from django.conf import settings

from homework.pipeline import counts
from homework.pipeline.engine import Box, Language, PipelineEngine
from homework.pipeline.events import Event, LiveState
from homework.pipeline.hub import Hub
from homework.pipeline.notices import announce, notify_teachers
from homework.pipeline.recall import answer_key
from homework.pipeline.stages import Control, Ending, Question, answer_question, finish
from homework.pipeline.writing import Emit
from homework.solutions.cache import answer_find, answer_keep
from homework.solutions.claims import claim_of
from homework.solutions.models import Claimable, Solution
from homework.solutions.services import solution_finish, solution_set_reading

Row = TypeVar("Row", bound=Claimable)


@dataclass(frozen=True, slots=True)
class Stored:
    """An end that the database has: the events that tell of it, and what a log line says."""

    events: Iterable[Event]
    facts: dict[str, Any] = field(default_factory=dict)


class Work(ABC, Generic[Row]):
    """One claimed row and the way to its end. Belongs to the worker that claimed it; `is_writing`
    may be read by the keeper."""

    def __init__(self, row: Row, engine: PipelineEngine) -> None:
        self.row = row
        self.claim = claim_of(row)
        self.is_writing = False
        """Whether there may be text to store."""
        self._engine = engine

    @property
    def is_of_batch(self) -> bool:
        """Whether nobody waits for it."""
        return False

    @property
    @abstractmethod
    def language(self) -> Language:
        """In which language it is answered."""

    @abstractmethod
    def first_state(self) -> LiveState:
        """The state with which its log begins."""

    @abstractmethod
    def answer(self, *, emit: Emit, control: Control) -> Ending:
        """Have it answered. Blocks; may raise `ClaimLostError`."""

    @abstractmethod
    def store(self, state: LiveState, ending: Ending) -> Stored:
        """Store how it ended, `state` being the sum of all events so far.

        Raises:
            ClaimLostError: It is no longer this worker's; nothing was stored.
        """

    def tell_begun(self, hub: Hub) -> None:
        """Tell the pages that list it that it was begun."""

    def tell_ended(self, hub: Hub) -> None:
        """Tell them that it has ended, once its log says so."""


class SolutionWork(Work[Solution]):
    """A question to be solved."""

    @property
    def is_of_batch(self) -> bool:
        return self.row.priority == Solution.Priority.BATCH

    @property
    def language(self) -> Language:
        return cast(Language, self.row.language)

    def first_state(self) -> LiveState:
        return LiveState(
            id=str(self.row.id),
            state=str(self.row.state),
            attempt=self.row.attempt,
            language=self.row.language,
            engine=self._engine.preferred_name,
        )

    def tell_begun(self, hub: Hub) -> None:
        announce(hub, self.row, str(self.row.state))

    def answer(self, *, emit: Emit, control: Control) -> Ending:
        return answer_question(
            self._engine,
            self._question(),
            emit=emit,
            control=control,
            on_solving=self._store_reading,
        )

    def _question(self) -> Question:
        solution = self.row
        crop = solution.crop
        return Question(
            request_id=f"{solution.id}:{solution.attempt}",
            language=self.language,
            text=solution.question_text,
            is_correction=solution.corrects_id is not None,
            # Also with a typed text: an engine that sees may look at what the text leaves out.
            image=photo_of(solution),
            crop=None if crop is None else Box(**crop),
            rotation_deg=solution.rotation_deg,
            fairness_key=str(solution.student_id),
            deadline_s=settings.SOLUTION_DEADLINE_S,
            is_of_batch=self.is_of_batch,
            kept=self._recall(),
        )

    def _answer_key(self) -> str:
        """Empty when no answers are kept."""
        identity = self._engine.identity if settings.ANSWER_CACHE_BYTES else ""
        return answer_key(self.row, identity=identity) if identity else ""

    def _recall(self) -> dict[str, Any] | None:
        key = self._answer_key()
        if not key or self.row.is_fresh:
            return None
        kept = answer_find(school_id=self.row.student.school_id, key=key)
        counts.count_recall(is_hit=kept is not None)
        return None if kept is None else kept.content

    def _store_reading(self, reading: Event | None) -> None:
        stored = None
        if reading is not None:
            stored = {name: value for name, value in reading.items() if name != "type"}
        solution_set_reading(claim=self.claim, reading=stored)
        self.is_writing = True

    def store(self, state: LiveState, ending: Ending) -> Stored:
        last = finish(state, ending)
        key = self._answer_key()
        result = replace(last.result, answer_key=key)
        solution_finish(claim=self.claim, result=result)
        if last.is_lasting and not result.is_cached:
            answer_keep(school_id=self.row.student.school_id, key=key, content=last.content)
        self.row.state = result.state
        counts.count_ending(result)
        return Stored(
            last.events,
            {
                "state": result.state,
                "finish_reason": result.finish_reason,
                "error_code": result.error_code,
                "tokens": ending.usage.tokens,
                "timings_ms": result.timings_ms,
            },
        )

    def tell_ended(self, hub: Hub) -> None:
        announce(hub, self.row, str(self.row.state))
        notify_teachers(hub, self.row.student)


def photo_of(solution: Solution) -> bytes | None:
    """The sanitised photo of a solution, None when there is none or its file is gone."""
    if solution.photo is None:
        return None
    try:
        with solution.photo.file.open("rb") as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError:
        return None  # the reading stage says so
