"""Errors of the API as problem documents (RFC 9457): one shape, with the codes of `common.errors`.

`code` is what programs go by and never changes; `detail` is for people, in their language.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation, TooManyFilesSent
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from rest_framework import exceptions as drf
from rest_framework.request import Request

from homework.common.errors import (
    AppError,
    BodyTooLargeError,
    InternalError,
    MalformedRequestError,
    MethodNotAllowedError,
    NotAcceptableError,
    NotFoundError,
    NotSignedInError,
    PermissionDeniedError,
    PreconditionFailedError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
from homework.common.logs import error_facts
from homework.common.problems import CONTENT_TYPE, openai_error_json, problem_json

logger = logging.getLogger(__name__)

_BY_STATUS: dict[int, type[AppError]] = {
    400: MalformedRequestError,
    401: NotSignedInError,
    403: PermissionDeniedError,
    404: NotFoundError,
    405: MethodNotAllowedError,
    406: NotAcceptableError,
    412: PreconditionFailedError,
    413: BodyTooLargeError,
    415: UnsupportedMediaTypeError,
    422: ValidationFailedError,
    429: TooManyRequestsError,
}


def problem_response(error: AppError) -> HttpResponse:
    """The answer that carries `error`."""
    response = HttpResponse(
        json.dumps(problem_json(error), ensure_ascii=False),
        status=error.http_status,
        content_type=CONTENT_TYPE,
    )
    response["Cache-Control"] = "no-store"
    if error.http_status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in error.detail:
        response["Retry-After"] = str(error.detail["retry_after_s"])
    return response


def problem_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's exception handler: whatever a view raises, a problem document says so."""
    response = problem_response(as_app_error(error))
    if isinstance(error, drf.MethodNotAllowed):
        view = context["view"]
        response["Allow"] = ", ".join(view.allowed_methods)
    return response


def problem_of_answer(response: HttpResponseBase) -> HttpResponse:
    """For answers that come from below the views: the same as a problem document, with the code
    that they carry or one that fits their status."""
    status = response.status_code
    kind = _BY_STATUS.get(status, InternalError if status >= 500 else MalformedRequestError)
    error = kind()
    error.http_status = status
    if isinstance(response, JsonResponse):
        told = json.loads(response.content)
        error.code = told.get("code", error.code)
        error.message = told.get("message", error.message)
        error.retryable = told.get("retryable", error.retryable)
    made = problem_response(error)
    for name in ("Retry-After", "Allow"):
        if name in response.headers:
            made.headers[name] = response.headers[name]
    return made


def as_openai_error(response: HttpResponseBase) -> HttpResponse:
    """A problem document in the form that clients of OpenAI's API expect."""
    assert isinstance(response, HttpResponse)
    made = JsonResponse(
        openai_error_json(json.loads(response.content)), status=response.status_code
    )
    for name, value in response.headers.items():
        if name != "Content-Length":
            made.headers.setdefault(name, value)
    return made


def as_app_error(error: Exception) -> AppError:
    """An exception of DRF or Django, or an unexpected one, as an expected failure."""
    match error:
        case AppError():
            return error
        case drf.ValidationError(detail=detail):
            return ValidationFailedError(None, errors=list(_fields(detail, ())))
        case drf.APIException(status_code=status):
            return _BY_STATUS.get(status, MalformedRequestError)()
        case Http404():
            return NotFoundError()
        case PermissionDenied():
            return PermissionDeniedError()
        case TooManyFilesSent() | SuspiciousOperation() | MultiPartParserError():
            return MalformedRequestError()
        case UnreadablePostError():
            return MalformedRequestError()
    logger.error("api call failed", extra=error_facts(error))
    return InternalError()


def _fields(detail: Any, path: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """DRF's nested errors as a flat list; a field within an object is named `outer.inner`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, path)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"field": ".".join(path), "code": str(code), "message": str(detail)}


def request_of(request: Request | HttpRequest) -> HttpRequest:
    """Django's request below DRF's."""
    return request._request if isinstance(request, Request) else request
