"""Solutions: asked for, listed, followed, stopped, tried again, corrected."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from homework.accounts.audit import AuditAction, audit_view
from homework.accounts.models import User
from homework.api.describing import PHOTO_ERRORS, SOLVE_ERRORS, Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import (
    CorrectionInput,
    FieldsQuery,
    SolutionInput,
    SolutionListQuery,
    WaitQuery,
    body_of,
)
from homework.api.negotiation import EVENT_STREAM, wants_events
from homework.api.outputs.events import EVENT_STREAM_EXAMPLE
from homework.api.outputs.solutions import SolutionOutput
from homework.api.pagination import page_response
from homework.api.parsers import MultiPartParser, PhotoJSONParser
from homework.api.representations import solution_json, sparse
from homework.api.streams import events_response
from homework.api.views.base import READ, READ_WRITE, ApiView
from homework.api.views.events import FRAMES, FollowingView
from homework.api.views.photos import photo_bytes
from homework.common.errors import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    TooManyRequestsError,
)
from homework.pipeline.disclosure import FULL, may_search_answers
from homework.pipeline.services import solution_stop, solution_submit
from homework.solutions.models import Solution
from homework.solutions.selectors import solution_get_visible, solution_history
from homework.uploads.selectors import photo_get_visible
from homework.uploads.services import photo_create

ASKED = (
    Answer(202, "It goes on.", SolutionOutput, has_location=True),
    Answer(201, "It has ended within `wait`.", SolutionOutput, has_location=True),
    Answer(
        200,
        "With `Accept: text/event-stream`: its stream.",
        media={EVENT_STREAM: EVENT_STREAM_EXAMPLE},
        has_location=True,
    ),
)
"""How a call is answered that asks a question."""


class SolutionAnsweringView(ApiView):
    """A call whose answer is a solution on its way: at once, awaited, or as a stream."""

    def asked(self, request: Request, solution: Solution) -> HttpResponseBase:
        if not wants_events(request):
            return self.solution_answer(solution, created=True)
        response = events_response(credential=self.credential, solution_id=solution.pk, after=None)
        response["Location"] = f"{request.path.partition('/solutions')[0]}/solutions/{solution.pk}"
        return response


class SolutionsView(SolutionAnsweringView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"GET": SolutionListQuery, "POST": WaitQuery}
    parser_classes = (PhotoJSONParser, MultiPartParser)

    @describe(Answer(200, "A page.", page_of(SolutionOutput)))
    def get(self, request: Request) -> Response:
        """List your questions, the newest first."""
        # One question about policies instead of one for each row, where nothing is hidden.
        disclosure = FULL if may_search_answers(viewer=self.caller) else None
        return page_response(
            request,
            self._filtered(),
            cursor=self.query["cursor"],
            limit=self.query["limit"],
            as_json=lambda solution: sparse(
                solution_json(solution, viewer=self.caller, disclosure=disclosure),
                self.query["fields"],
            ),
        )

    def _filtered(self) -> QuerySet[Solution]:
        query = self.query
        found = solution_history(
            student=self.caller,
            search=query["q"],
            state=query["state"],
            searches_answers=not query["q"] or may_search_answers(viewer=self.caller),
        ).prefetch_related("steps")
        for name, value in {
            "language": query["language"],
            "photo_id": query["photo_id"],
            "created_at__gt": query["created_after"],
            "created_at__lt": query["created_before"],
        }.items():
            if value:
                found = found.filter(**{name: value})
        return found

    @describe(
        *ASKED,
        body=SolutionInput,
        errors=(*SOLVE_ERRORS, *PHOTO_ERRORS, NotFoundError),
    )
    @idempotent
    def post(self, request: Request) -> HttpResponseBase:
        """Ask a question, by photo, text or both."""
        given = body_of(request, SolutionInput)
        self.count("solve")
        photo = None
        if "image" in given:
            self.count("upload")
            photo, _created = photo_create(owner=self.caller, data=photo_bytes(given["image"]))
        elif "photo_id" in given:
            photo = photo_get_visible(viewer=self.caller, photo_id=given["photo_id"])
        solution = solution_submit(
            student=self.caller,
            photo=photo,
            question_text=given.get("question", ""),
            language=given.get("language") or language_of_caller(),
            crop=given.get("crop"),
            rotation_deg=given.get("rotation_deg"),
        )
        return self.asked(request, solution)


class SolutionView(ApiView):
    scopes: ClassVar = READ
    queries: ClassVar = {"GET": FieldsQuery}

    @describe(Answer(200, "The solution.", SolutionOutput))
    def get(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Get a solution as it stands this moment."""
        solution = looked_at(self.caller, solution_id)
        return Response(sparse(solution_json(solution, viewer=self.caller), self.query["fields"]))


class SolutionEventsView(FollowingView):
    @describe(*FRAMES, errors=(TooManyRequestsError,))
    def get(self, request: Request, solution_id: uuid.UUID) -> HttpResponseBase:
        """Follow a solution: as a stream of events, or frame by frame with `offset`."""
        looked_at(self.caller, solution_id)
        return self.frames(request, solution_id)


class SolutionStopView(ApiView):
    scopes: ClassVar = READ_WRITE

    @describe(
        Answer(200, "It has ended.", SolutionOutput, has_location=True),
        Answer(202, "It will end at its next token.", SolutionOutput, has_location=True),
        errors=(PermissionDeniedError,),
    )
    def post(self, request: Request, solution_id: uuid.UUID) -> Response:
        """Stop a solution. One that runs ends at its next token."""
        solution_stop(viewer=self.caller, solution_id=solution_id)
        solution = solution_get_visible(viewer=self.caller, solution_id=solution_id)
        return self.solution_answer(solution, created=False)


class SolutionRetryView(SolutionAnsweringView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"POST": WaitQuery}

    @describe(*ASKED, errors=(*SOLVE_ERRORS, ConflictError))
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> HttpResponseBase:
        """Ask the same question anew, once the solution has ended."""
        old = own_solution(self.caller, solution_id)
        self.count("solve")
        if old.state not in Solution.TERMINAL:
            raise ConflictError
        solution = solution_submit(
            student=self.caller,
            photo=old.photo,
            question_text=old.question_text,
            language=old.language,
            crop=old.crop,
            rotation_deg=old.rotation_deg,
            corrects=old.corrects,
        )
        return self.asked(request, solution)


class SolutionCorrectionsView(SolutionAnsweringView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"POST": WaitQuery}

    @describe(*ASKED, body=CorrectionInput, errors=SOLVE_ERRORS)
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> HttpResponseBase:
        """Solve the question anew as you say it reads."""
        question = body_of(request, CorrectionInput)["question"]
        old = own_solution(self.caller, solution_id)
        self.count("solve")
        solution = solution_submit(
            student=self.caller,
            photo=old.photo,
            question_text=question,
            language=old.language,
            crop=old.crop,
            rotation_deg=old.rotation_deg,
            corrects=old,
        )
        return self.asked(request, solution)


def looked_at(caller: User, solution_id: uuid.UUID) -> Solution:
    """A solution that the caller may see; the audit log keeps that a teacher did."""
    solution = solution_get_visible(viewer=caller, solution_id=solution_id)
    audit_view(
        viewer=caller,
        action=AuditAction.SOLUTION_VIEWED,
        target=solution,
        owner=solution.student,
    )
    return solution


def own_solution(caller: User, solution_id: uuid.UUID) -> Solution:
    """A solution of the caller's own; a teacher may see others but not ask in their name."""
    solution = solution_get_visible(viewer=caller, solution_id=solution_id)
    if solution.student_id != caller.pk:
        raise NotFoundError
    return solution


def language_of_caller() -> str:
    """The language of an explanation when the call does not say: by `Accept-Language`."""
    return "zh" if (get_language() or "").startswith("zh") else "en"
