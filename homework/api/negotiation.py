"""What form an answer has: JSON, or a stream of events where a view offers one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

EVENT_STREAM = "text/event-stream"


class AlwaysJSON(BaseContentNegotiation):
    """Answers in JSON whoever asks: a script that forgot its `Accept` header is better served by
    an answer than by a 406."""

    def select_parser(  # type: ignore[override]
        self, request: Request, parsers: Sequence[BaseParser]
    ) -> BaseParser | None:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        for parser in parsers:
            if parser.media_type == content_type:
                return parser
        return None

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


def wants_events(request: Request) -> bool:
    """Whether the caller asks for a stream of events."""
    return request._request.get_preferred_type(["application/json", EVENT_STREAM]) == EVENT_STREAM
