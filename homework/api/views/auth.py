"""Signing in with a password, and out.

These are allauth's headless views, in the words of this API: allauth keeps the rules (rate limits,
second factors, sessions); here its answers become tokens and problem documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account.views import LoginView as AllauthLoginView
from allauth.headless.account.views import SessionView as AllauthSessionView
from allauth.headless.constants import Client, Flow
from allauth.headless.mfa.inputs import AuthenticateInput
from allauth.headless.mfa.views import AuthenticateView as AllauthSecondFactorView
from allauth.headless.tokens.views import RefreshTokenView
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from homework.access.credentials import session_end, session_user
from homework.access.jwt import session_key_of_access_token
from homework.access.networks import address_of, neighbourhood
from homework.accounts.gate import gate_of
from homework.accounts.mfa import code_use
from homework.api.authentication import IsSignedIn
from homework.api.describing import Answer, describe
from homework.api.fields import StrictSerializer, TextField
from homework.api.inputs import body_of
from homework.api.outputs.account import TokensOutput
from homework.api.problems import request_of
from homework.api.rates import count_more
from homework.api.views.base import ApiView
from homework.common.errors import (
    ConflictError,
    InvalidTokenError,
    MfaRequiredError,
    NotSignedInError,
    PasswordChangeRequiredError,
    PermissionDeniedError,
    SecondFactorNeededError,
    TooManyRequestsError,
    ValidationFailedError,
    WrongCodeError,
    WrongPasswordError,
)

_login: Callable[[HttpRequest], HttpResponseBase] = AllauthLoginView.as_api_view(client=Client.APP)


class _CodeInput(AuthenticateInput):
    def clean_code(self) -> str:
        code: str = super().clean_code()
        code_use(user=self.user, code=code)
        return code


class _SecondFactorView(AllauthSecondFactorView):
    input_class = _CodeInput


_second_factor: Callable[[HttpRequest], HttpResponseBase] = _SecondFactorView.as_api_view(
    client=Client.APP
)
_session: Callable[[HttpRequest], HttpResponseBase] = AllauthSessionView.as_api_view(
    client=Client.APP
)
_refresh: Callable[[HttpRequest], HttpResponseBase] = RefreshTokenView.as_api_view(
    client=Client.APP
)


CODE_MAX_CHARACTERS = 32


class LoginInput(StrictSerializer):
    """A name or an address, and the password; with a second factor its code, too."""

    username = TextField(required=False, max_length=150)
    email = serializers.EmailField(required=False)
    password = TextField(max_length=256, trim_whitespace=False)
    code = TextField(
        required=False,
        max_length=CODE_MAX_CHARACTERS,
        help_text="Of the authenticator app, or a recovery code. Not looked at where none is due.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("username" in attrs) == ("email" in attrs):
            raise serializers.ValidationError("Either username or email.", code="ambiguous")
        return attrs

    rules: ClassVar = StrictSerializer.rules | {
        "oneOf": [{"required": ["username"]}, {"required": ["email"]}]
    }
    examples: ClassVar = {
        "by name": {"username": "alice", "password": "correct horse battery"},
        "by address": {"email": "terry@school.example", "password": "correct horse battery"},
        "with a second factor": {
            "username": "terry",
            "password": "correct horse battery",
            "code": "123456",
        },
    }


class SecondFactorInput(StrictSerializer):
    """What a sign-in asked for, and the answer to it."""

    challenge = TextField(max_length=128)
    code = TextField(
        max_length=CODE_MAX_CHARACTERS,
        help_text="Of the authenticator app, or a recovery code.",
    )

    examples: ClassVar = {
        "a code": {"challenge": "9v0q7w3k5hk2f6x1m8d4", "code": "123456"},
    }


class RefreshInput(StrictSerializer):
    """The refresh token of the last answer."""

    refresh_token = TextField(max_length=4096)

    examples: ClassVar = {
        "a token": {"refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.signature"}
    }


class PublicView(ApiView):
    """A call of anybody. A token that comes along is not looked at."""

    authentication_classes = ()
    permission_classes: tuple[type[BasePermission], ...] = ()


def ask_allauth(
    request: Request, view: Callable[[HttpRequest], HttpResponseBase], data: dict[str, Any] | None
) -> dict[str, Any]:
    """Call one of allauth's views with a body that was checked.

    Returns:
        The JSON of its answer.

    Raises:
        AppError: What its error means.
    """
    raw = request._request
    raw._body = json.dumps(data or {}).encode()
    try:
        response = view(raw)
    except ImmediateHttpResponse as immediate:
        response = immediate.response
    answer: dict[str, Any] = json.loads(getattr(response, "content", b"") or b"{}")
    if response.status_code == 200:
        return answer
    raise _error_of(response.status_code, answer)


def _error_of(status: int, answer: dict[str, Any]) -> Exception:
    errors = answer.get("errors", [])
    codes = {error.get("code") for error in errors}
    if status == 400 and codes & {"username_password_mismatch", "email_password_mismatch"}:
        return WrongPasswordError()
    if status == 400 and "incorrect_code" in codes:
        return WrongCodeError()
    if status == 429 or "too_many_login_attempts" in codes:
        return TooManyRequestsError(
            errors[0]["message"] if errors else None, retry_after_s=60 if status == 429 else 300
        )
    if status == 400:
        return ValidationFailedError(
            None,
            errors=[
                {
                    "field": str(error.get("param", "")),
                    "code": str(error.get("code", "invalid")),
                    "message": str(error.get("message", "")),
                }
                for error in errors
            ],
        )
    if status == 401:
        for flow in answer.get("data", {}).get("flows", ()):
            if flow.get("is_pending") and flow.get("id") == Flow.MFA_AUTHENTICATE:
                return SecondFactorNeededError(
                    None,
                    challenge=answer.get("meta", {}).get("session_token"),
                    types=[str(kind) for kind in flow.get("types", ())],
                    expires_in=settings.ACCOUNT_LOGIN_TIMEOUT,
                )
        return NotSignedInError()
    if status == 409:
        return ConflictError()
    if status == 410:
        return InvalidTokenError()
    return PermissionDeniedError()


def token_answer(answer: dict[str, Any]) -> Response:
    """The tokens in allauth's answer, in the words of RFC 6749."""
    found = answer.get("meta") or answer.get("data") or {}
    return Response(
        {
            "token_type": "Bearer",
            "access_token": found["access_token"],
            "expires_in": settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN,
            "refresh_token": found["refresh_token"],
        },
        headers={"Cache-Control": "no-store"},
    )


SIGN_IN_ERRORS = (
    WrongPasswordError,
    SecondFactorNeededError,
    WrongCodeError,
    ConflictError,
    PermissionDeniedError,
    PasswordChangeRequiredError,
    MfaRequiredError,
    TooManyRequestsError,
)


class SigningInView(PublicView):
    """A call that may end with somebody being signed in."""

    def count_try(self, request: Request) -> None:
        """Count it by address; what protects an account is the limit by its name."""
        count_more(request_of(request), "login", neighbourhood(address_of(request_of(request))))

    def confirm(self, request: Request, challenge: str, code: str) -> Response:
        """Answer a challenge.

        Raises:
            WrongCodeError: With another code it may still be answered.
            InvalidTokenError: There is no such challenge, or it is too old.
            AppError: What `signed_in` raises.
        """
        forget_credentials(request)
        request._request.META["HTTP_X_SESSION_TOKEN"] = challenge
        try:
            return signed_in(ask_allauth(request, _second_factor, {"code": "".join(code.split())}))
        except WrongCodeError as error:
            error.detail |= {"challenge": challenge, "types": [*settings.MFA_SUPPORTED_TYPES]}
            raise
        except NotSignedInError:
            raise InvalidTokenError from None


def forget_credentials(request: Request) -> None:
    """A stale token that comes along must not keep anybody from signing in anew."""
    request._request.META.pop("HTTP_AUTHORIZATION", None)
    request._request.META.pop("HTTP_X_SESSION_TOKEN", None)
    request._request.__dict__.pop("headers", None)


def signed_in(answer: dict[str, Any]) -> Response:
    """The tokens of a sign-in, unless they would open nothing.

    Raises:
        AppError: The person has something to do on the pages first; the sign-in has ended again.
    """
    response = token_answer(answer)
    session_key = session_key_of_access_token(response.data["access_token"]) or ""
    user = session_user(session_key)
    if user is not None and (first := gate_of(user=user)) is not None:
        session_end(session_key)
        raise first
    return response


class LoginView(SigningInView):
    @describe(Answer(200, "Signed in.", TokensOutput), body=LoginInput, errors=SIGN_IN_ERRORS)
    def post(self, request: Request) -> Response:
        """Sign in with a name and a password, and with a code where a second factor is due."""
        given = body_of(request, LoginInput)
        code = given.pop("code", None)
        self.count_try(request)
        forget_credentials(request)
        try:
            return signed_in(ask_allauth(request, _login, given))
        except SecondFactorNeededError as error:
            if code is None:
                raise
            return self.confirm(request, str(error.detail["challenge"]), code)


class SecondFactorView(SigningInView):
    @describe(
        Answer(200, "Signed in.", TokensOutput),
        body=SecondFactorInput,
        errors=(
            WrongCodeError,
            InvalidTokenError,
            PasswordChangeRequiredError,
            MfaRequiredError,
            TooManyRequestsError,
        ),
    )
    def post(self, request: Request) -> Response:
        """Finish a sign-in that was answered with `second_factor_needed`."""
        given = body_of(request, SecondFactorInput)
        self.count_try(request)
        return self.confirm(request, given["challenge"], given["code"])


class RefreshView(PublicView):
    @describe(
        Answer(200, "The next pair.", TokensOutput),
        body=RefreshInput,
        errors=(InvalidTokenError,),
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token, once, for a new pair."""
        given = body_of(request, RefreshInput)
        forget_credentials(request)
        try:
            return token_answer(ask_allauth(request, _refresh, given))
        except ValidationFailedError:
            raise InvalidTokenError from None


class SessionView(ApiView):
    permission_classes = (IsSignedIn,)

    @describe(Answer(204, "Signed out."), errors=(PermissionDeniedError,))
    def delete(self, request: Request) -> Response:
        """Sign out: access and refresh tokens of this sign-in end at once."""
        if self.credential.kind != "session":
            # A personal access token is revoked, not signed out.
            raise PermissionDeniedError
        with suppress(NotSignedInError):  # how allauth says that somebody is signed out
            ask_allauth(request, _session, None)
        return Response(status=204)
