"""Who opens a socket: the origin it comes from, and the session, token or ticket it carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.cookie import parse_cookie
from django.http.request import validate_host

from homework.access.credentials import Credential, bearer_authenticate, session_user
from homework.access.models import Scope as TokenScope
from homework.access.services import ticket_redeem
from homework.accounts.models import User
from homework.common.errors import InvalidTokenError, NotSignedInError

Scope = dict[str, Any]


def origin_is_allowed(scope: Scope) -> bool:
    """Whether the page that opens this socket is ours or on the list of WEBSOCKET_ORIGINS.

    A browser sends the cookies of this site with a socket that any page opens, and no rule of
    CORS keeps that page from reading it; the origin is all there is. So a missing one is refused,
    and the page's own host counts only when it is one of ours (DNS rebinding).
    """
    origins = _headers(scope, b"origin")
    hosts = _headers(scope, b"host")
    if len(origins) != 1 or len(hosts) != 1:
        return False
    origin, host = origins[0].lower(), hosts[0].lower()
    if origin in {allowed.lower().rstrip("/") for allowed in settings.WEBSOCKET_ORIGINS}:
        return True
    try:
        parts = urlsplit(origin)
        hostname = parts.hostname
    except ValueError:
        return False
    schemes = {"https"} if settings.HTTPS else {"http", "https"}
    if parts.scheme not in schemes or origin != f"{parts.scheme}://{parts.netloc}" or not hostname:
        return False
    bracketed = f"[{hostname}]" if ":" in hostname else hostname
    return parts.netloc == host and validate_host(bracketed, settings.ALLOWED_HOSTS)


def session_key_of(scope: Scope) -> str:
    """The session key in the cookies, or an empty string."""
    for header in _headers(scope, b"cookie"):
        key = parse_cookie(header).get(settings.SESSION_COOKIE_NAME)
        if key:
            return str(key)
    return ""


def is_without_origin(scope: Scope) -> bool:
    """Whether no page opens this socket, but a program. A browser always sends an origin."""
    return not _headers(scope, b"origin")


def credential_of_session(session_key: str) -> tuple[User, Credential]:
    """The person at a page, and the credential. Blocks.

    Raises:
        NotSignedInError: Nobody is signed in under this session.
    """
    user = session_user(session_key)
    if user is None:
        raise NotSignedInError
    return user, Credential(user_id=user.pk, session_key=session_key)


def credential_of_message(message: dict[str, Any]) -> Credential:
    """The credential of a program, by its first message. Blocks.

    `{"type": "auth", "token": "..."}` with any bearer token, or with `"ticket"` instead.

    Raises:
        InvalidTokenError: Anything else, or what it brings is not good.
        PermissionDeniedError: A token that may not read solutions.
    """
    match message:
        case {"type": "auth", "token": str(token), **rest} if not rest:
            credential = bearer_authenticate(token)[1]
        case {"type": "auth", "ticket": str(ticket), **rest} if not rest:
            credential = ticket_redeem(ticket=ticket)
        case _:
            raise InvalidTokenError
    credential.require(TokenScope.READ)
    return credential


def _headers(scope: Scope, name: bytes) -> list[str]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for key, value in headers if key == name]
