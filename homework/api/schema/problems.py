"""The errors of a call, each with an example."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from homework.api.schema.shared import ALWAYS, EXAMPLE_ID, JSON, Schema, header_refs
from homework.common import errors
from homework.common.problems import CONTENT_TYPE, openai_error_json, problem_json
from homework.common.request_id import current_request_id

Kind = type[errors.AppError]

ANY_CALL: tuple[Kind, ...] = (
    errors.MalformedRequestError,
    errors.NetworkNotAllowedError,
    errors.ValidationFailedError,
    errors.RateLimitedError,
    errors.InternalError,
)
SIGNED_IN: tuple[Kind, ...] = (
    errors.NotSignedInError,
    errors.InvalidTokenError,
    errors.PasswordChangeRequiredError,
    errors.MfaRequiredError,
)
WITH_SCOPE: tuple[Kind, ...] = (errors.PermissionDeniedError,)
WITH_ID: tuple[Kind, ...] = (errors.NotFoundError,)
WITH_BODY: tuple[Kind, ...] = (errors.BodyTooLargeError, errors.UnsupportedMediaTypeError)
WITH_KEY: tuple[Kind, ...] = (errors.CallInFlightError, errors.IdempotencyKeyReusedError)
WITH_MATCH: tuple[Kind, ...] = (errors.PreconditionFailedError,)

_DETAILS: dict[Kind, dict[str, Any]] = {
    errors.ValidationFailedError: {
        "errors": [
            {"field": "colour", "code": "unknown", "message": "There is no such field."},
        ]
    },
    errors.PermissionDeniedError: {"missing_scope": "solutions:write"},
    errors.RateLimitedError: {"limit": "user"},
    errors.ReviewConflictError: {"by": "Terry Novak", "verdict": "approved", "version": 1},
    errors.NotFinishedInTimeError: {"solution_id": EXAMPLE_ID},
    errors.SecondFactorNeededError: {
        "challenge": "9v0q7w3k5hk2f6x1m8d4",
        "types": ["totp", "recovery_codes"],
        "expires_in": 900,
    },
    errors.WrongCodeError: {
        "challenge": "9v0q7w3k5hk2f6x1m8d4",
        "types": ["totp", "recovery_codes"],
    },
}
"""What these errors say besides."""
_WAITING = frozenset({429, 503, 504})


def error_responses(
    kinds: Iterable[Kind], *, registry: ComponentRegistry, is_openai: bool
) -> dict[str, Schema]:
    """The responses of a call by status, each a component that other calls share."""
    by_status: dict[int, dict[str, Kind]] = defaultdict(dict)
    for kind in kinds:
        by_status[kind.http_status][kind.code] = kind
    return {
        str(status): _response(status, by_code, registry=registry, is_openai=is_openai)
        for status, by_code in sorted(by_status.items())
    }


def _response(
    status: int, by_code: dict[str, Kind], *, registry: ComponentRegistry, is_openai: bool
) -> Schema:
    codes = sorted(by_code)
    name = ".".join([*(["openai"] if is_openai else []), str(status), *codes])
    component = ResolvedComponent(name, ResolvedComponent.RESPONSE, object=name)
    if component not in registry:
        component.schema = {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{c}`' for c in codes)}.",
            "headers": header_refs(
                *ALWAYS,
                *(["WWW-Authenticate"] if status == 401 else []),
                *(["Retry-After"] if status in _WAITING or "call_in_flight" in codes else []),
            ),
            "content": {
                JSON if is_openai else CONTENT_TYPE: {
                    "schema": _schema(status, codes, is_openai),
                    "examples": {
                        code: _example(by_code[code], registry, is_openai) for code in codes
                    },
                }
            },
        }
        registry.register(component)
    ref: Schema = component.ref
    return ref


def _schema(status: int, codes: list[str], is_openai: bool) -> Schema:
    if is_openai:
        narrowed = {"error": {"properties": {"code": {"enum": codes}}}}
        return {"$ref": "#/components/schemas/OpenAIError", "properties": narrowed}
    return {
        "$ref": "#/components/schemas/Problem",
        "properties": {"status": {"const": status}, "code": {"enum": codes}},
    }


def _example(kind: Kind, registry: ComponentRegistry, is_openai: bool) -> Schema:
    name = f"openai.{kind.code}" if is_openai else kind.code
    component = ResolvedComponent(name, ResolvedComponent.EXAMPLE, object=name)
    if component not in registry:
        problem = example_problem(kind)
        component.schema = {
            "summary": problem["detail"],
            "value": openai_error_json(problem) if is_openai else problem,
        }
        registry.register(component)
    ref: Schema = component.ref
    return ref


def example_problem(kind: Kind) -> dict[str, Any]:
    """The document of such an error."""
    token = current_request_id.set("0c5e2c4fd0a24b5f8f6a7a2f4a3c2b1d")
    try:
        return problem_json(kind(None, **_DETAILS.get(kind, {})))
    finally:
        current_request_id.reset(token)
