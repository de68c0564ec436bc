"""How expected failures leave the site: whatever view raises an `AppError`, it gets an answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from homework.common.errors import AppError, BodyTooLargeError, NotSignedInError
from homework.common.large_bodies import max_body_bytes
from homework.common.problems import PROGRAM_PREFIXES

_REFERENCE = "/api/docs/"


def is_for_programs(request: HttpRequest) -> bool:
    """Whether a program's address is asked for. The page about them is for people."""
    path = request.path_info
    return path.startswith(PROGRAM_PREFIXES) and path != _REFERENCE


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks. Browsers that follow a link or send a form prefer HTML."""
    if is_for_programs(request):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def failure_response(request: HttpRequest, error: AppError) -> HttpResponse:
    """The answer that carries `error`: JSON for programs, a page for people."""
    if wants_json(request):
        return JsonResponse(
            {"code": error.code, "message": str(error.message), "retryable": error.retryable},
            status=error.http_status,
            headers=_headers(error),
        )
    if isinstance(error, NotSignedInError):
        # What was posted is lost; there is no page at such an address to come back to.
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    response = render(
        request,
        "404.html" if error.http_status == 404 else "pages/error.html",
        {"message": str(error.message), "status": error.http_status},
        status=error.http_status,
    )
    for name, value in _headers(error).items():
        response.headers[name] = value
    return response


def _headers(error: AppError) -> dict[str, str]:
    after_s = error.detail.get("retry_after_s")
    return {} if after_s is None else {"Retry-After": str(after_s)}


class AppErrorMiddleware:
    """Answers an `AppError` that no view has caught, and refuses bodies that are too large.

    The bounded server refuses bodies above the bound earlier; this holds for any other server.
    More than a form's worth is taken from people who are signed in only: Django takes a form
    apart, its photo included, while it looks for the CSRF token, and that is before any view asks
    who is there. Strangers could fill the memory with photos.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        declared = request.META.get("CONTENT_LENGTH") or "0"
        num_bytes = int(declared) if declared.isdecimal() else 0
        if num_bytes > max_body_bytes(str(request.method), request.path_info):
            return failure_response(request, BodyTooLargeError())
        is_large = num_bytes > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if is_large and not request.user.is_authenticated:
            return failure_response(request, NotSignedInError())
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        return failure_response(request, exception) if isinstance(exception, AppError) else None
