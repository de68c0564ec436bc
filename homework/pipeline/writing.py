"""The text of a solution while it is written: cut into steps, and each step sent to be checked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import asdict, replace

from homework.common.logs import error_facts
from homework.pipeline.engine import (
    AnswerParsed,
    Check,
    Delta,
    EngineChanged,
    InferenceError,
    Language,
    ParsedEvent,
    PipelineEngine,
    ProblemParsed,
    Reading,
    SolutionTextParser,
    StepParsed,
    StepRule,
    Trace,
    Verdict,
    VisibleText,
    agreed_question,
    found_the_same,
    likelier_question,
    model_reading,
    other_question,
    questioned,
)
from homework.pipeline.events import Event, answer_fields

logger = logging.getLogger(__name__)

Emit = Callable[[Event], None]

POLL_S = 0.05
"""How long the solving thread waits for one thing before it looks after the other."""

_NO_ANSWER = frozenset({"restated", "unfinished"})
"""What the checker says of answers that are true of the question and leave it open."""


class Writing:
    """The text of one request on its way: parser, pending checks, what was emitted.

    Belongs to the thread that solves. Checks run in the engine's threads, but only this one emits.

    Args:
        engine: Checks, and reads the photo a second time where a badge depends on it.
        emit: Takes the events.
        photo: The part of the photo that the model saw.
        language: Of the question.
    """

    def __init__(
        self,
        engine: PipelineEngine,
        emit: Emit,
        *,
        photo: bytes | None = None,
        language: Language = "en",
    ) -> None:
        self._engine = engine
        self._emit = emit
        self._photo = photo
        self._language: Language = language
        self._checks: list[tuple[Event, Future[Check]]] = []
        self.reading: Reading | None = None
        """What the text is checked against. A model that reads the photo itself writes it first."""
        self._second_reading: Reading | None = None
        self._likelier: Reading | None = None
        self._has_looked_again = False
        self._agreed: str | None = None
        self._is_offered = False
        self._reset()

    def _reset(self) -> None:
        self.cancel_checks()
        self._parser = SolutionTextParser()
        self._trace = Trace()
        self._num_characters = 0
        self._rules: dict[int, StepRule] = {}
        self._formulas: list[str] = []
        self._has_answer = self._has_failed = False

    @property
    def asked(self) -> str:
        """The question as it is to be solved: as read, with the words that only the second reader
        of a photo found beside it."""
        reading = self.reading
        if reading is None:
            return ""
        return (self._agreed if reading.source == "model" else None) or reading.text

    def find_doubt(self) -> str | None:
        """Why the finished text should not stand alone as the answer, or None. May have the model
        look at the photo again, and wait for what it finds."""
        if self._has_failed:
            return "failed_check"
        if not self._has_answer:
            return "no_solution"
        return "unsure_reading" if self._find_likelier() else None

    def feed(self, piece: Delta) -> None:
        """Take the next piece of text."""
        if self.reading is None:
            self._trace.feed(piece)
        # A model may write any character, and PostgreSQL stores no NUL.
        self._take(self._parser.feed(piece.text.replace("\0", "\ufffd")))

    def close(self) -> None:
        """The text is complete: settle what was open."""
        self._take(self._parser.close())

    def take_rule(self, rule: StepRule) -> None:
        """Remember the rule of a step that is still to be written."""
        self._rules[rule.index] = rule

    def begin_anew(self, change: EngineChanged) -> None:
        """Another engine writes from the beginning; checks of the old text are dropped."""
        self._reset()
        self._emit(
            {
                "type": "engine",
                "from": change.origin,
                "to": change.target,
                "reason": change.reason,
            }
        )

    def _take(self, parsed: list[ParsedEvent]) -> None:
        for item in parsed:
            match item:
                case VisibleText(text=text):
                    self._emit({"type": "delta", "offset": self._num_characters, "text": text})
                    self._num_characters += len(text)
                case ProblemParsed(latex=latex):
                    if self.reading is None:
                        self.reading = model_reading(latex, self._trace)
                        self._emit(reading_event(self.reading))
                case StepParsed():
                    self._take_step(item)
                case AnswerParsed(latex=latex):
                    self._has_answer = _closes_brackets(latex)
                    event: Event = {"type": "answer", **answer_fields(latex, None)}
                    self._emit(event)
                    self._check(event, self._check_answer, self.reading, latex)

    def _take_step(self, step: StepParsed) -> None:
        rule = self._rules.get(step.index)
        formulas = list(step.formulas)
        event: Event = {
            "type": "step",
            "index": step.index,
            "start": step.start,
            "end": step.end,
            "title": step.title,
            "formulas": formulas,
            "rule": rule.rule if rule else "",
            "rule_inputs": list(rule.inputs) if rule else [],
            "check": None,
        }
        self._emit(event)
        previous = list(self._formulas)
        self._formulas += formulas
        problem = self.reading.text if self.reading is not None else ""
        self._check(event, self._engine.checks.check_step, problem, previous, formulas)

    def _check_answer(self, reading: Reading | None, answer: str, timeout_s: float) -> Check:
        """An answer is proved for the question as read. As long as nobody is sure of the reading,
        that is no proof for the question on the paper, and must not look like one."""
        problem = reading.text if reading is not None else ""
        check = self._engine.checks.check_answer(problem, answer, timeout_s)
        if check.verdict is not Verdict.VERIFIED:
            if self._models_reading is not None:
                self._read_again()  # the other reader may know better what is asked
            return check
        certain = self._certain_question(reading) if reading is not None else None
        if certain is not None and certain != problem:
            # The photo asks more than the model wrote, such as to expand.
            return self._engine.checks.check_answer(certain, answer, timeout_s)
        if certain is None:
            return Check(Verdict.NOT_CHECKABLE, "uncertain_reading", check.detail)
        return check

    def _certain_question(self, reading: Reading) -> str | None:
        """The question on the paper, where it is certain: what a model reads and writes itself, a
        second reader has to find on the photo, too."""
        if reading.source != "model":
            return None if reading.uncertain else reading.text
        self._agreed = agreed_question(reading, self._read_again())
        return self._agreed

    def _read_again(self) -> Reading | None:
        if self._second_reading is None and self._photo is not None:
            try:
                self._second_reading = self._engine.read(self._photo, language=self._language)
            except InferenceError:
                return None
        return self._second_reading

    def likelier_reading(self) -> Reading | None:
        """Another question than the model wrote, where more of what was read speaks for it; the
        model's is offered beside it. Reads the photo unless that was done."""
        self._read_again()
        return self._find_likelier()

    def _find_likelier(self) -> Reading | None:
        first, second = self._models_reading, self._second_reading
        if first is None or self._photo is None or found_the_same(first, second):
            return None
        if not self._has_looked_again:
            self._has_looked_again = True
            looks = self._engine.look_again(self._photo, language=self._language)
            self._likelier = likelier_question(first, second, looks)
        return self._likelier

    def _other_reading(self) -> Reading | None:
        """What the second reader found so far, where it is another question than the model's and
        makes sense."""
        first = self._models_reading
        return other_question(first, self._second_reading) if first else None

    @property
    def _models_reading(self) -> Reading | None:
        reading = self.reading
        return reading if reading is not None and reading.source == "model" else None

    def _offer_second_reading(self) -> None:
        """Ask the person which of two readings is right, where the second one makes sense."""
        first, other = self.reading, self._other_reading()
        if first is None or other is None or self._is_offered:
            return
        self._is_offered = True
        self.reading = questioned(first, other.confidence, other.text)
        self._emit(reading_event(self.reading))

    def _drop_marks(self) -> None:
        """Two readers found the same question: nobody need be asked what stands there."""
        first = self._models_reading
        if first is not None and first.uncertain:
            self.reading = replace(first, uncertain=())
            self._emit(reading_event(self.reading))

    def _check(self, event: Event, check: Callable[..., Check], *args: object) -> None:
        self._checks.append(
            (
                event,
                self._engine.executor.submit(check, *args, timeout_s=self._engine.check_timeout_s),
            )
        )

    def emit_finished_checks(self) -> None:
        """Emit, in their order, the checks that have come to an end."""
        while self._checks and self._checks[0][1].done():
            event, future = self._checks.pop(0)
            check = _outcome(future)
            self._has_failed |= check.verdict is Verdict.FAILED
            if event["type"] == "answer" and check.reason in _NO_ANSWER:
                self._has_answer = False
            if check.reason == "uncertain_reading":
                self._offer_second_reading()
            elif event["type"] == "answer" and check.verdict is Verdict.VERIFIED:
                self._drop_marks()
            self._emit(event | {"check": check_value(check)})

    def await_checks(self, is_aborted: Callable[[], bool]) -> None:
        """Wait for all checks; give up when the question is aborted. Each is bounded itself."""
        while self._checks and not is_aborted():
            try:
                self._checks[0][1].exception(timeout=POLL_S)
            except FutureTimeoutError:
                continue
            self.emit_finished_checks()

    def cancel_checks(self) -> None:
        """Wait for no check any more."""
        for _event, future in self._checks:
            future.cancel()
        self._checks = []


def _outcome(future: Future[Check]) -> Check:
    try:
        return future.result()
    except InferenceError as error:
        return Check(Verdict.NOT_CHECKABLE, error.code)
    except Exception as error:
        logger.error("check failed", extra=error_facts(error))
        return Check(Verdict.NOT_CHECKABLE, "internal_error")


def _closes_brackets(latex: str) -> bool:
    """Whether an answer has as many closing brackets as opening ones; what has not is no maths.
    Intervals may mix the kinds."""
    return sum(map(latex.count, "([")) == sum(map(latex.count, ")]"))


def reading_event(reading: Reading) -> Event:
    """The `reading` event of a reading."""
    return {
        "type": "reading",
        "latex": reading.latex,
        "text": reading.text,
        "confidence": round(reading.confidence, 4),
        "uncertain": [
            asdict(span) | {"alternatives": list(span.alternatives)} for span in reading.uncertain
        ],
        "source": reading.source,
        "box": None if reading.box is None else asdict(reading.box),
        "rotation_deg": reading.rotation_deg,
        "parse_error": reading.parse_error,
    }


def check_value(check: Check) -> Event:
    """A check as JSON values."""
    return {
        "verdict": str(check.verdict),
        "reason": check.reason,
        "detail": dict(check.detail),
    }
