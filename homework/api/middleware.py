"""What holds for every address of the API, whatever view answers or fails to."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from homework.access.credentials import bearer_authenticate
from homework.access.limits import Standing
from homework.access.use import use_record
from homework.accounts.gate import gate_of
from homework.api.preconditions import etag_of
from homework.api.problems import as_openai_error, problem_of_answer, problem_response
from homework.api.rates import count_call, limit_headers
from homework.common.errors import (
    BodyTooLargeError,
    InvalidTokenError,
    NotSignedInError,
    RateLimitedError,
)
from homework.common.failures import is_for_programs
from homework.common.large_bodies import max_body_bytes
from homework.common.problems import CONTENT_TYPE, OPENAI_PREFIX

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ProblemsMiddleware:
    """Makes a problem document of every error below, also of those that no view has seen.

    Stands outside of nearly everything else: a foreign host is refused long before the views.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not is_for_programs(request):
            return response
        if response.status_code >= 400 and response.headers.get("Content-Type") != CONTENT_TYPE:
            # The language of the person is unset again out here; the message is in English.
            response = problem_of_answer(response)
        if request.method in {"GET", "HEAD"} and response.status_code == 200:
            response = _conditional(request, response)
        if request.path_info.startswith(OPENAI_PREFIX) and response.status_code >= 400:
            response = as_openai_error(response)
        standings: list[Standing] = getattr(request, "standings", [])
        for name, value in limit_headers(standings).items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


def _conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give a read its ETag, and answer 304 to who has it already."""
    if not isinstance(response, HttpResponse):
        return response
    if response.headers.get("Cache-Control") == "no-store":
        return response
    response.headers.setdefault("ETag", etag_of(response.content))
    # To be kept, and to be asked for anew each time.
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers["Vary"] = "Authorization, Accept, Accept-Language"
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or (
        response
    )


class BearerMiddleware:
    """Says who calls, by the bearer token alone: a browser's cookies count for nothing here.

    Refuses large bodies of strangers before anything reads them; see `AppErrorMiddleware`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_for_programs(request):
            return self.get_response(request)
        request.user = AnonymousUser()
        request.credential = None  # type: ignore[attr-defined]
        request.credential_error = None  # type: ignore[attr-defined]
        header = request.headers.get("Authorization", "")
        scheme, _space, secret = header.partition(" ")
        if header:
            try:
                if scheme.lower() != "bearer" or not secret.strip():
                    raise InvalidTokenError
                user, credential = bearer_authenticate(secret.strip())
            except InvalidTokenError as error:
                # Told by the views that want to know: signing in works with a stale header, too.
                request.credential_error = error  # type: ignore[attr-defined]
            else:
                if (first := gate_of(user=user)) is not None:
                    return problem_response(first)
                request.user = user
                request.credential = credential  # type: ignore[attr-defined]
        try:
            count_call(request)
        except RateLimitedError as error:
            return problem_response(error)
        response = self._answer(request)
        if request.credential is not None:  # type: ignore[attr-defined]
            use_record(
                credential=request.credential,  # type: ignore[attr-defined]
                is_error=response.status_code >= 400,
            )
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        num_bytes = int(declared) if declared.isdecimal() else 0
        max_bytes = max_body_bytes(str(request.method), request.path_info)
        if num_bytes > max_bytes:
            return problem_response(BodyTooLargeError(None, max_bytes=max_bytes))
        if num_bytes > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and request.user.is_anonymous:
            return problem_response(NotSignedInError())
        return self.get_response(request)
