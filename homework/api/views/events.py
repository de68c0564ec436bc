"""Following by HTTP, the same for solutions and follow-ups."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from homework.api.describing import Answer
from homework.api.inputs import EventsQuery
from homework.api.negotiation import EVENT_STREAM, wants_events
from homework.api.outputs.events import EVENT_STREAM_EXAMPLE, PolledFrameOutput
from homework.api.streams import events_response, held_line, load_for
from homework.api.views.base import READ, ApiView
from homework.pipeline.following import Load, Mark, next_frame

FRAMES = (
    Answer(
        200,
        "The next frame, or the stream with `Accept: text/event-stream`.",
        PolledFrameOutput,
        media={EVENT_STREAM: EVENT_STREAM_EXAMPLE},
        is_kept=False,
    ),
    Answer(204, "A stream after whose `Last-Event-ID` nothing comes any more."),
)
"""How a call is answered that follows."""


class FollowingView(ApiView):
    """A call that follows something that is being written."""

    scopes: ClassVar = READ
    queries: ClassVar = {"GET": EventsQuery}

    def frames(
        self, request: Request, solution_id: uuid.UUID, follow_up_id: uuid.UUID | None = None
    ) -> HttpResponseBase:
        """As a stream of events, or the next frame. That the caller may see it has been asked."""
        row_id = follow_up_id or solution_id
        given = self.query["offset"] or request.headers.get("Last-Event-ID", "")
        after = Mark.parse(given)
        load = load_for(self.credential, solution_id, follow_up_id)
        if wants_events(request):
            if _is_over(load, row_id, after):
                # Tells a browser's EventSource to come no more.
                return Response(status=204)
            return events_response(
                credential=self.credential,
                solution_id=solution_id,
                follow_up_id=follow_up_id,
                after=after,
            )
        with held_line(self.caller.pk):
            marked = async_to_sync(next_frame)(
                row_id, load=load, after=after, timeout_s=self.query["wait"]
            )
        if marked is None:
            position = after.position if after is not None and after.position else 0
            frame: dict[str, Any] = {"from": position, "to": position, "events": []}
            mark = after
        else:
            frame, mark = marked.as_json(), marked.mark
        return Response(
            {
                **frame,
                "offset": str(mark),
                "is_final": mark is not None and mark.position is None,
            },
            headers={"Cache-Control": "no-store"},
        )


def _is_over(load: Load, row_id: uuid.UUID, after: Mark | None) -> bool:
    if after is None or after.position is not None:
        return False
    following = async_to_sync(next_frame)
    return following(row_id, load=load, after=after, timeout_s=0.5) is None
