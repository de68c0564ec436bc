"""What all calls share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from homework.access.credentials import Credential
from homework.access.models import Scope
from homework.accounts.models import User
from homework.api.authentication import caller_of, credential_of
from homework.api.describing import answered_fields
from homework.api.fields import StrictSerializer
from homework.api.inputs import query_of
from homework.api.problems import request_of
from homework.api.rates import count_more
from homework.api.representations import require_fields, solution_json
from homework.api.streams import held_line, load_for
from homework.common.errors import NotFoundError
from homework.pipeline.following import await_end
from homework.solutions.models import Solution
from homework.solutions.selectors import solution_get_visible

MAX_KEY = 2**63 - 1
"""The largest number that a database has for a key."""


class NoQuery(StrictSerializer):
    """A call without parameters in its address."""


class ApiView(APIView):
    """A call of somebody who is signed in.

    `scopes` says which scope a personal access token needs for a method, `queries` which
    parameters an address takes; a method that is in neither takes any token and no parameters.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    queries: ClassVar[Mapping[str, type[StrictSerializer]]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(str(request.method))
        if any(isinstance(key, int) and key > MAX_KEY for key in kwargs.values()):
            raise NotFoundError  # SQLite cannot even be asked for it
        method = "GET" if request.method == "HEAD" else str(request.method)
        self.query: dict[str, Any] = query_of(request, self.queries.get(method, NoQuery))
        if fields := self.query.get("fields"):
            described = getattr(self, method.lower()).description
            require_fields(fields, answered_fields(described))

    @property
    def caller(self) -> User:
        """Who calls."""
        return caller_of(self.request)

    @property
    def credential(self) -> Credential:
        """What they came with."""
        return credential_of(self.request)

    def count(self, name: str) -> None:
        """Count this call in a bucket of its own, by person; see `settings.API_RATES`.

        Raises:
            RateLimitedError: It is used up.
        """
        count_more(request_of(self.request), name, self.caller.pk)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Only the methods, in the header; DRF would describe its classes."""
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})

    def solution_answer(self, solution: Solution, *, created: bool) -> Response:
        """A solution that was just asked for or changed, after `?wait=` seconds if that was asked.

        202 while it goes on, 201 or 200 when it has ended.
        """
        if wait_s := self.query.get("wait"):
            with held_line(self.caller.pk):
                async_to_sync(await_end)(
                    solution.pk, load=load_for(self.credential, solution.pk), timeout_s=wait_s
                )
        fresh = solution_get_visible(viewer=self.caller, solution_id=solution.pk)
        body = solution_json(fresh, viewer=self.caller)
        is_ended = body["state"] in Solution.TERMINAL
        return Response(
            body,
            status=(201 if created else 200) if is_ended else 202,
            headers={"Location": body["url"]},
        )


READ = {"GET": Scope.READ}
READ_WRITE = {"GET": Scope.READ, "POST": Scope.WRITE, "DELETE": Scope.WRITE}
