"""Problem documents (RFC 9457), the form in which errors reach programs, and OpenAI's form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from homework.common.errors import AppError
from homework.common.request_id import current_request_id

CONTENT_TYPE: Final = "application/problem+json"
PROGRAM_PREFIXES: Final = ("/api/", "/v1/")
OPENAI_PREFIX: Final = "/v1/"

_OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
    504: "server_error",
}


def problem_json(error: AppError) -> dict[str, Any]:
    """The members of the problem document that carries `error`."""
    members = {key: value for key, value in error.detail.items() if key != "retry_after_s"}
    return {
        "type": f"urn:homework-helper:problem:{error.code}",
        "title": HTTPStatus(error.http_status).phrase,
        "status": error.http_status,
        "code": error.code,
        "detail": str(error.message),
        "retryable": error.retryable,
        "request_id": current_request_id.get(),
        **members,
    }


def openai_error_json(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem document's members in the form of OpenAI's API."""
    message = problem["detail"]
    if told := "; ".join(f"{one['field']}: {one['message']}" for one in problem.get("errors", ())):
        message = f"{message} ({told})"
    kind = _OPENAI_TYPES.get(problem["status"], "invalid_request_error")
    return {
        "error": {"message": message, "type": kind, "param": None, "code": problem["code"]},
    }
