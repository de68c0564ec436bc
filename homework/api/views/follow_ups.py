"""Follow-ups: what is asked about a solution that has ended."""

from __future__ import annotations

import uuid
from typing import ClassVar

from asgiref.sync import async_to_sync
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from homework.api.describing import SOLVE_ERRORS, Answer, describe, page_of
from homework.api.idempotency import idempotent
from homework.api.inputs import FollowUpInput, WaitQuery, body_of
from homework.api.negotiation import EVENT_STREAM, wants_events
from homework.api.outputs.events import EVENT_STREAM_EXAMPLE
from homework.api.outputs.follow_ups import FollowUpOutput
from homework.api.representations import follow_up_json
from homework.api.streams import events_response, held_line, load_for
from homework.api.views.base import READ, READ_WRITE, ApiView
from homework.api.views.events import FRAMES, FollowingView
from homework.api.views.solutions import looked_at
from homework.common.errors import ConflictError, PermissionDeniedError, TooManyRequestsError
from homework.pipeline.disclosure import disclosure_for
from homework.pipeline.follow_ups import follow_up_stop, follow_up_submit
from homework.pipeline.following import await_end
from homework.solutions.follow_ups import follow_up_get_visible
from homework.solutions.models import FollowUp


class FollowUpAnsweringView(ApiView):
    """A call whose answer is one follow-up."""

    def follow_up_answer(self, follow_up: FollowUp, *, created: bool) -> Response:
        """As `solution_answer`."""
        which = {"solution_id": follow_up.solution_id, "follow_up_id": follow_up.pk}
        if wait_s := self.query.get("wait"):
            load = load_for(self.credential, follow_up.solution_id, follow_up.pk)
            with held_line(self.caller.pk):
                async_to_sync(await_end)(follow_up.pk, load=load, timeout_s=wait_s)
        fresh = follow_up_get_visible(viewer=self.caller, **which)
        body = follow_up_json(fresh, viewer=self.caller)
        is_ended = body["state"] in FollowUp.TERMINAL
        return Response(
            body,
            status=(201 if created else 200) if is_ended else 202,
            headers={"Location": body["url"]},
        )


class FollowUpsView(FollowUpAnsweringView):
    scopes: ClassVar = READ_WRITE
    queries: ClassVar = {"POST": WaitQuery}

    @describe(Answer(200, "All of them, in their order.", page_of(FollowUpOutput)))
    def get(self, request: Request, solution_id: uuid.UUID) -> Response:
        """List what was asked about a solution, and what was answered."""
        solution = looked_at(self.caller, solution_id)
        disclosure = disclosure_for(viewer=self.caller, solution=solution)
        found = list(FollowUp.objects.filter(solution=solution).order_by("number"))
        for follow_up in found:
            follow_up.solution = solution
        listed = [
            follow_up_json(follow_up, viewer=self.caller, disclosure=disclosure)
            for follow_up in found
        ]
        return Response({"data": listed, "next": None})

    @describe(
        Answer(202, "It goes on.", FollowUpOutput, has_location=True),
        Answer(201, "It has ended within `wait`.", FollowUpOutput, has_location=True),
        Answer(
            200,
            "With `Accept: text/event-stream`: its stream.",
            media={EVENT_STREAM: EVENT_STREAM_EXAMPLE},
            has_location=True,
        ),
        body=FollowUpInput,
        errors=(*SOLVE_ERRORS, ConflictError),
    )
    @idempotent
    def post(self, request: Request, solution_id: uuid.UUID) -> HttpResponseBase:
        """Ask about a solution of your own that has ended, one question at a time."""
        question = body_of(request, FollowUpInput)["question"]
        self.count("solve")
        follow_up = follow_up_submit(
            student=self.caller, solution_id=solution_id, question=question
        )
        if not wants_events(request):
            return self.follow_up_answer(follow_up, created=True)
        response = events_response(
            credential=self.credential,
            solution_id=solution_id,
            follow_up_id=follow_up.pk,
            after=None,
        )
        response["Location"] = f"{request.path}/{follow_up.pk}"
        return response


class FollowUpView(ApiView):
    scopes: ClassVar = READ

    @describe(Answer(200, "The follow-up.", FollowUpOutput))
    def get(self, request: Request, solution_id: uuid.UUID, follow_up_id: uuid.UUID) -> Response:
        """Get a follow-up as it stands this moment."""
        looked_at(self.caller, solution_id)
        follow_up = follow_up_get_visible(
            viewer=self.caller, solution_id=solution_id, follow_up_id=follow_up_id
        )
        return Response(follow_up_json(follow_up, viewer=self.caller))


class FollowUpEventsView(FollowingView):
    @describe(*FRAMES, errors=(TooManyRequestsError,))
    def get(
        self, request: Request, solution_id: uuid.UUID, follow_up_id: uuid.UUID
    ) -> HttpResponseBase:
        """Follow a follow-up: as a stream of events, or frame by frame with `offset`."""
        looked_at(self.caller, solution_id)
        follow_up_get_visible(
            viewer=self.caller, solution_id=solution_id, follow_up_id=follow_up_id
        )
        return self.frames(request, solution_id, follow_up_id)


class FollowUpStopView(FollowUpAnsweringView):
    scopes: ClassVar = READ_WRITE

    @describe(
        Answer(200, "It has ended.", FollowUpOutput, has_location=True),
        Answer(202, "It will end at its next token.", FollowUpOutput, has_location=True),
        errors=(PermissionDeniedError,),
    )
    def post(self, request: Request, solution_id: uuid.UUID, follow_up_id: uuid.UUID) -> Response:
        """Stop a follow-up. One that runs ends at its next token."""
        which = {"solution_id": solution_id, "follow_up_id": follow_up_id}
        follow_up_stop(viewer=self.caller, **which)
        return self.follow_up_answer(
            follow_up_get_visible(viewer=self.caller, **which), created=False
        )
