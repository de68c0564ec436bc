"""Counting calls, and saying in every answer what is left (draft-ietf-httpapi-ratelimit-headers).

RateLimit-Policy: "user";q=600;w=60, "token";q=600;w=60
RateLimit: "user";r=598;t=42, "token";r=598;t=42
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from homework.access.credentials import Credential
from homework.access.limits import Bucket, Standing, bucket, spend
from homework.access.networks import address_of, neighbourhood
from homework.common.errors import RateLimitedError


def count_call(request: HttpRequest) -> None:
    """Count a call in the buckets of everybody, of its address, its person and its token.

    Raises:
        RateLimitedError: One of them is used up.
    """
    credential: Credential | None = request.credential  # type: ignore[attr-defined]
    buckets = bucket("all", "") + bucket("address", neighbourhood(address_of(request)))
    if credential is not None:
        buckets += bucket("user", credential.user_id)
        if credential.token_id:
            buckets += bucket("token", credential.token_id)
    _count(request, buckets)


def count_more(request: HttpRequest, name: str, subject: object) -> None:
    """Count a call in one more bucket: of a call that costs more than a look.

    Raises:
        RateLimitedError: It is used up.
    """
    _count(request, bucket(name, subject))


def _count(request: HttpRequest, buckets: Sequence[Bucket]) -> None:
    standings: list[Standing] = getattr(request, "standings", [])
    request.standings = standings  # type: ignore[attr-defined]
    try:
        standings += spend(buckets)
    except RateLimitedError as error:
        standings.append(error.standing)
        raise


def limit_headers(standings: Sequence[Standing]) -> dict[str, str]:
    """The header fields that tell of them."""
    if not standings:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{one.bucket.name}";q={one.bucket.rate.limit};w={one.bucket.rate.window_s}'
            for one in standings
        ),
        "RateLimit": ", ".join(
            f'"{one.bucket.name}";r={one.remaining};t={one.reset_s}' for one in standings
        ),
    }
