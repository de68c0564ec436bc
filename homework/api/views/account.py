"""Who calls, what they may, and tickets for websockets."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.models import Scope
from homework.access.services import ticket_issue
from homework.api.describing import Answer, describe
from homework.api.inputs import NothingInput, body_of
from homework.api.outputs.account import PersonOutput, TicketOutput, UsageOutput
from homework.api.representations import person_json, usage_json
from homework.api.views.base import ApiView
from homework.common.errors import NotFoundError


class MeView(ApiView):
    @describe(Answer(200, "Who calls.", PersonOutput))
    def get(self, request: Request) -> Response:
        """Get who you are, and what your token allows."""
        return Response(person_json(self.caller, self.credential))


class UsageView(ApiView):
    @describe(Answer(200, "Limits and use.", UsageOutput))
    def get(self, request: Request) -> Response:
        """Get the limits, and what you have used in the last 30 days (UTC)."""
        return Response(usage_json(self.caller))


class SocketTicketsView(ApiView):
    scopes: ClassVar = {"POST": Scope.READ}

    @describe(Answer(201, "The ticket.", TicketOutput), body=NothingInput)
    def post(self, request: Request) -> Response:
        """Get a ticket that opens one websocket within 30 seconds."""
        body_of(request, NothingInput)
        ticket, seconds = ticket_issue(credential=self.credential)
        return Response({"ticket": ticket, "expires_in": seconds}, status=201)


class NothingHereView(ApiView):
    """Any other address of the API."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFoundError
