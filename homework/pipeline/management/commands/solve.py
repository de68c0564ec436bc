"""`manage.py solve`: photos in, checked steps out, on the command line.

Runs the stages of the server with an engine of its own and prints their events. The stages know no
database, so nothing is left behind in that of the school, and no server need run.
"""

from __future__ import annotations

import json
import logging
import sys
import uuid
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import translation

from homework.common.errors import AppError, BodyTooLargeError, UploadError
from homework.common.logs import error_facts
from homework.pipeline.engine import InferenceError, Language, PipelineEngine, build_engine
from homework.pipeline.events import Event, LiveState, error_event
from homework.pipeline.stages import Control, Ending, Question, answer_question, finish
from homework.uploads.services import photo_decoder

logger = logging.getLogger(__name__)

_MARKS = {"verified": "[ok]", "failed": "[WRONG]", "not_checkable": "[not checked]"}
_STEP_MARKS = {"verified": "✓", "failed": "✗", "not_checkable": "–"}
_LOCALES = {"en": "en", "zh": "zh-hans"}


class UnreadableFileError(UploadError):
    code = "unreadable_file"


class Sink(Protocol):
    """Where the events of one question go."""

    def take(self, event: Event) -> None:
        """Show one event."""


class JsonSink:
    """One JSON object a line: the events of the socket, each with the name of its file."""

    def __init__(self, out: OutputWrapper, name: str | None) -> None:
        self._out = out
        self._name = name

    def take(self, event: Event) -> None:
        self._out.write(json.dumps({"file": self._name, **event}, ensure_ascii=False))
        self._out.flush()


class TextSink:
    """For people: the text as it is written, then what the checks said."""

    def __init__(self, out: OutputWrapper, name: str | None) -> None:
        self._out = out
        self._steps: dict[int, Event] = {}
        self._answer: Event | None = None
        self._ends_line = True
        if name is not None:
            self._out.write(f"== {name}")

    def take(self, event: Event) -> None:
        match event:
            case {"type": "reading"}:
                self._show_reading(event)
            case {"type": "delta", "text": text}:
                self._out.write(text, ending="")
                self._ends_line = text.endswith("\n")
            case {"type": "step", "index": index}:
                self._steps[index] = event
            case {"type": "answer"}:
                self._answer = event
            case {"type": "engine", "reason": reason}:
                self._steps, self._answer = {}, None
                self._line(f"-- begun anew: {reason}")
            case {"type": "error", "code": code, "message": message}:
                self._line(f"!! {message} ({code})")
            case {"type": "done"}:
                self._show_checks()
        self._out.flush()

    def _show_reading(self, reading: Event) -> None:
        self._line(f"Read: {reading['text']}  (confidence {reading['confidence']:.2f})")
        for span in reading["uncertain"]:
            ink = reading["text"][span["start"] : span["end"]]
            others = " or ".join(repr(other) for other in span["alternatives"]) or "something else"
            self._line(f"  unsure of {ink!r}: perhaps {others}")
        self._line("")

    def _show_checks(self) -> None:
        if self._steps or self._answer:
            self._line("")
        for index in sorted(self._steps):
            check = self._steps[index]["check"]
            self._line(f"{_STEP_MARKS[check['verdict']]} step {index}: {check['reason']}")
        if self._answer is not None:
            check = self._answer["check"]
            mark = _MARKS[check["verdict"]]
            self._line(f"Answer: {self._answer['latex']}  {mark} {check['reason']}")
        self._line("")

    def _line(self, line: str) -> None:
        if not self._ends_line:
            self._out.write("")
            self._ends_line = True
        self._out.write(line)


class Command(BaseCommand):
    help = "Read and solve photographed or typed questions, and print the steps."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO")
        parser.add_argument("--text", action="append", default=[], help="a typed question")
        parser.add_argument("--lang", choices=["en", "zh"], default="en", help="of the explanation")
        parser.add_argument("--json", action="store_true", help="print events as JSON lines")

    def handle(
        self,
        *args: object,
        photos: list[Path],
        text: list[str],
        lang: Language,
        json: bool,
        verbosity: int,
        **options: object,
    ) -> None:
        if not photos and not text:
            raise CommandError("Name a photo, or give a question with --text.")
        if verbosity < 2:
            logging.getLogger("homework").setLevel(logging.WARNING)
            logging.getLogger("inference").setLevel(logging.WARNING)
        engine = build_engine()
        num_unsolved = 0
        with translation.override(_LOCALES[lang]):
            try:
                engine.start()
                for name, question in _questions(photos, text, lang):
                    sink: Sink = (JsonSink if json else TextSink)(self.stdout, name)
                    state = LiveState(language=lang, engine=engine.preferred_name)

                    def emit(event: Event, state: LiveState = state, sink: Sink = sink) -> None:
                        state.apply(event)
                        sink.take(event)

                    if isinstance(question, AppError):
                        ending = Ending(finish_reason="error", error=_error_event(question))
                    else:
                        ending = _answer(engine, question, emit)
                    for event in finish(state, ending).events:
                        emit(event)
                    num_unsolved += not _is_solved(state)
            except InferenceError as error:
                raise CommandError(f"The engine cannot be started: {error.message}") from error
            except KeyboardInterrupt:
                raise CommandError("Interrupted.", returncode=130) from None
            finally:
                engine.stop()
        if num_unsolved:
            sys.exit(1)


def _answer(engine: PipelineEngine, question: Question, emit: Callable[[Event], None]) -> Ending:
    """As on the server, a fault of ours ends one question and not the others."""
    try:
        return answer_question(engine, question, emit=emit, control=Control())
    except Exception as error:
        logger.error("question failed", extra=error_facts(error))
        event = error_event(code="internal_error", language=question.language)
        return Ending(finish_reason="error", error=event)


def _questions(
    photos: list[Path], texts: list[str], language: Language
) -> Iterator[tuple[str | None, Question | AppError]]:
    """Each question with the name of its file, or why there is none in that file."""
    common: dict[str, Any] = {"language": language, "deadline_s": settings.SOLUTION_DEADLINE_S}
    for path in photos:
        try:
            image = photo_decoder().sanitise(_read(path)).image
        except AppError as error:
            yield str(path), error
        else:
            yield str(path), Question(request_id=uuid.uuid4().hex, image=image, **common)
    for text in texts:
        yield None, Question(request_id=uuid.uuid4().hex, text=text, **common)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(settings.UPLOAD_MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableFileError(f"This file cannot be read: {error.strerror}.") from error
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise BodyTooLargeError
    return data


def _error_event(error: AppError) -> Event:
    return {
        "type": "error",
        "code": error.code,
        "message": str(error.message),
        "retryable": error.retryable,
    }


def _is_solved(state: LiveState) -> bool:
    """Finished, with an answer that no check has found wrong."""
    answer = state["answer"]
    return (
        state["state"] == "finished"
        and answer is not None
        and answer["check"]["verdict"] != "failed"
    )
