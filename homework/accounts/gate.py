"""What stands between a person who is signed in and the rest of the site.

One question, asked of every request and of every socket: is there something this person has to do
first? Pages lead there; everything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve
from django.urls.exceptions import Resolver404

from homework.accounts.mfa import mfa_is_on, mfa_is_required
from homework.accounts.models import User
from homework.common.errors import AppError, MfaRequiredError, PasswordChangeRequiredError
from homework.common.failures import failure_response, wants_json

OPEN_TO_ALL: Final = frozenset(
    {"account_logout", "pages:set_language", "pages:manifest", "pages:favicon"}
    | {"healthz", "readyz"}
)
"""Addresses that open whatever is still to be done."""


@dataclass(frozen=True, slots=True)
class _Gate:
    """Something to be done first.

    Attributes:
        error: For whoever cannot be led to it.
        page: The address to which one is led.
        open_pages: Addresses that are needed to do it.
    """

    error: type[AppError]
    page: str
    open_pages: frozenset[str]


_OWN_PASSWORD: Final = _Gate(
    PasswordChangeRequiredError,
    "account_change_password",
    frozenset({"account_change_password", "account_set_password"}),
)
_SECOND_STEP: Final = _Gate(
    MfaRequiredError,
    "mfa_activate_totp",
    frozenset({"mfa_activate_totp", "account_reauthenticate", "account_change_password"}),
)


def gate_of(*, user: User) -> AppError | None:
    """What this person has to do first, as the error for who cannot be led there; else None."""
    gate = _gate_of(user)
    return gate.error() if gate else None


def _gate_of(user: User) -> _Gate | None:
    if user.must_change_password:
        return _OWN_PASSWORD
    if mfa_is_required(user=user) and not mfa_is_on(user=user):
        return _SECOND_STEP
    return None


class AccountGateMiddleware:
    """Leads people to what they have to do first, and lets nothing else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        gate = _gate_of(user) if isinstance(user, User) else None
        if gate is None or _view_name(request) in OPEN_TO_ALL | gate.open_pages:
            return self.get_response(request)
        if wants_json(request) or request.method not in {"GET", "HEAD"}:
            return failure_response(request, gate.error())
        return redirect(gate.page)


def _view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
