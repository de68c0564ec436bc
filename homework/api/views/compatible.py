"""Calls in the words of others: the script of the article with which this project began, and
OpenAI's chat completions. A client of either only changes the address and the token."""

from __future__ import annotations

from typing import ClassVar

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
from homework.api.asking import Asked, answer_text, ask
from homework.api.completions import MODEL, completion_chunks, completion_json
from homework.api.describing import PHOTO_ERRORS, SOLVE_ERRORS, Answer, describe
from homework.api.idempotency import idempotent
from homework.api.inputs import body_of
from homework.api.inputs_compatible import ChatInput, PredictInput, asked_in
from homework.api.negotiation import EVENT_STREAM
from homework.api.outputs.compatible import (
    CHUNKS_EXAMPLE,
    CompletionOutput,
    ModelsOutput,
    PredictionOutput,
)
from homework.api.parsers import PhotoJSONParser
from homework.api.streams import HeldLine, held_line, load_for
from homework.api.views.base import ApiView
from homework.api.views.solutions import language_of_caller
from homework.common.errors import AnswersHiddenError, NotFinishedInTimeError
from homework.pipeline.disclosure import disclosed_snapshot
from homework.pipeline.events import Event
from homework.pipeline.following import await_end, sight_of
from homework.solutions.models import Solution
from homework.solutions.selectors import solution_get_visible

TEXT_ERRORS = (*SOLVE_ERRORS, *PHOTO_ERRORS, AnswersHiddenError, NotFinishedInTimeError)
"""Of calls that are answered with a text."""


class AnsweringView(ApiView):
    """A call that is answered with a text, when there is one."""

    parser_classes = (PhotoJSONParser,)

    def solution_of(self, asked: Asked) -> Solution:
        self.count("solve")
        if asked.image:
            self.count("upload")
        return ask(student=self.caller, asked=asked, language=language_of_caller())

    def await_end(self, solution: Solution) -> Event:
        """The state of a solution when it has ended.

        Raises:
            NotFinishedInTimeError: It has not, within the longest time for one question and as
                much for waiting.
        """
        with held_line(self.caller.pk):
            has_ended = async_to_sync(await_end)(
                solution.pk,
                load=load_for(self.credential, solution.pk),
                timeout_s=2 * settings.SOLUTION_DEADLINE_S,
            )
        if not has_ended:
            raise NotFinishedInTimeError(None, solution_id=str(solution.pk), retry_after_s=30)
        fresh = solution_get_visible(viewer=self.caller, solution_id=solution.pk)
        sight = sight_of(viewer=self.caller, row=fresh)
        return disclosed_snapshot(sight.snapshot, sight.disclosure)


class PredictView(AnsweringView):
    scopes: ClassVar = {"POST": Scope.WRITE}

    @describe(
        Answer(200, "The answer as a text.", PredictionOutput),
        body=PredictInput,
        errors=TEXT_ERRORS,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask in the form of the article's script, and wait for the answer."""
        text, image = body_of(request, PredictInput)["data"]
        solution = self.solution_of(Asked(text, image))
        return Response({"data": [answer_text(self.await_end(solution))]})


class ModelsView(ApiView):
    scopes: ClassVar = {"GET": Scope.READ}

    @describe(Answer(200, "The model.", ModelsOutput))
    def get(self, request: Request) -> Response:
        """List the one model there is."""
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
        return Response({"object": "list", "data": [model]})


class ChatCompletionsView(AnsweringView):
    scopes: ClassVar = {"POST": Scope.WRITE}

    @describe(
        Answer(
            200,
            "The completion, or with `stream` its chunks.",
            CompletionOutput,
            media={EVENT_STREAM: CHUNKS_EXAMPLE},
        ),
        body=ChatInput,
        errors=TEXT_ERRORS,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Ask in OpenAI's form. The last message of the user is the question."""
        given = body_of(request, ChatInput)
        solution = self.solution_of(asked_in(given["messages"]))
        created = int(solution.created_at.timestamp())
        if not given["stream"]:
            snapshot = self.await_end(solution)
            return Response(
                completion_json(
                    solution_id=solution.pk,
                    created=created,
                    snapshot=snapshot,
                    text=answer_text(snapshot),
                )
            )
        line = HeldLine(self.caller.pk)
        response = StreamingHttpResponse(
            completion_chunks(
                solution_id=solution.pk,
                created=created,
                load=load_for(self.credential, solution.pk),
                includes_usage=bool((given["stream_options"] or {}).get("include_usage")),
            ),
            content_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        response._resource_closers.append(line.close)  # type: ignore[attr-defined]
        return response
