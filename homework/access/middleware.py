"""From where requests may come: to the whole server, and for the people of a school."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from homework.access.networks import address_of, is_within, server_networks
from homework.access.schools import require_network
from homework.accounts.models import User
from homework.common.errors import NetworkNotAllowedError
from homework.common.failures import failure_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
ALWAYS_OPEN: Final = frozenset({"/healthz", "/readyz"})
"""For whoever watches over the process."""


class NetworkMiddleware:
    """Refuses what comes from outside of ALLOWED_NETWORKS, before anything else looks at it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        networks = server_networks() if request.path_info not in ALWAYS_OPEN else []
        if not is_within(address_of(request), networks):
            return failure_response(request, NetworkNotAllowedError())
        return self.get_response(request)


class SchoolNetworkMiddleware:
    """Refuses people of a school who come from outside of its networks. They may sign out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        is_asset = request.path_info.startswith(("/static/", "/accounts/logout/"))
        if isinstance(user, User) and not is_asset and request.path_info not in ALWAYS_OPEN:
            try:
                require_network(user=user, address=address_of(request))
            except NetworkNotAllowedError as error:
                return failure_response(request, error)
        return self.get_response(request)
