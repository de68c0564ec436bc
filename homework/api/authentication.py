"""How DRF learns who calls and what they may: from what the middleware has found out."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from homework.access.credentials import Credential
from homework.accounts.models import User
from homework.common.errors import NotSignedInError, PermissionDeniedError


class BearerAuthentication(BaseAuthentication):
    """The bearer token that `BearerMiddleware` has looked up."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        raw = request._request
        error = getattr(raw, "credential_error", None)
        if error is not None:
            raise error
        credential: Credential | None = getattr(raw, "credential", None)
        return None if credential is None else (cast(User, raw.user), credential)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsSignedIn(BasePermission):
    """Somebody is signed in, and their credential reaches as far as the view asks.

    A view says in `scopes` which one each of its methods needs.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, User):
            raise NotSignedInError
        method = "GET" if request.method == "HEAD" else request.method
        scope = getattr(view, "scopes", {}).get(method)
        if scope is not None:
            credential_of(request).require(scope)
        return True


class IsTeacher(IsSignedIn):
    """The same, for what teachers do with their classes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        if caller_of(request).role != User.Role.TEACHER:
            raise PermissionDeniedError(_("This is for teachers."))
        return True


class IsStaff(IsSignedIn):
    """The same, for what teachers and their school's administrators do."""

    def has_permission(self, request: Request, view: Any) -> bool:
        super().has_permission(request, view)
        caller = caller_of(request)
        if caller.role != User.Role.TEACHER and not caller.may_administer:
            raise PermissionDeniedError(_("This is for teachers."))
        return True


def caller_of(request: Request) -> User:
    """The person who calls; only within a view that is for people who are signed in."""
    return cast(User, request.user)


def credential_of(request: Request) -> Credential:
    """What they came with."""
    return cast(Credential, request.auth)
