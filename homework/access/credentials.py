"""Who comes in with a bearer token: an access token of a sign-in, or a personal access token.

A `Credential` remembers what somebody came with, so that a stream that stays open can ask again
whether it is still good.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import connections
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from homework.access.jwt import session_key_of_access_token
from homework.access.models import ApiToken, Scope
from homework.accounts.models import User
from homework.common.errors import InvalidTokenError, PermissionDeniedError
from homework.common.prepared import Parameter, PreparedQuery

TOKEN_MARK = "hht_"  # noqa: S105, the beginning of every secret, for scanners of leaked ones
_MAX_CHARACTERS = 4096
_LAST_USE_EXACT_TO = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a program came in with. One of `token_id` and `session_key` is set."""

    user_id: int
    token_id: str = ""
    session_key: str = ""
    scopes: frozenset[str] = frozenset(Scope.values)

    @property
    def kind(self) -> str:
        """`token` for a personal access token, `session` for a sign-in."""
        return "token" if self.token_id else "session"

    def require(self, scope: str) -> None:
        """Say that the credential reaches this far.

        Raises:
            PermissionDeniedError: A token without this scope.
        """
        if scope not in self.scopes:
            raise PermissionDeniedError(None, missing_scope=scope)


def bearer_authenticate(secret: str) -> tuple[User, Credential]:
    """The person and the credential behind a bearer token. Blocks.

    Raises:
        InvalidTokenError: Unknown, forged, expired or revoked, or its person may not sign in.
    """
    if len(secret) > _MAX_CHARACTERS:
        raise InvalidTokenError
    if secret.startswith(TOKEN_MARK):
        return _by_token(_token_of_secret.first(sha256=sha256(secret)))
    session_key = session_key_of_access_token(secret)
    if session_key is None:
        raise InvalidTokenError
    return _by_session(session_key)


def authorization_is_known(header: str) -> bool:
    """Whether an `Authorization` header is somebody's now. Blocks; for threads without a request,
    whose connection to the database it gives back."""
    try:
        bearer_authenticate(header.partition(" ")[2].strip())
    except InvalidTokenError:
        return False
    finally:
        connections.close_all()
    return True


def credential_user(credential: Credential) -> User:
    """The person behind a credential that was good before, if it still is. Blocks.

    Raises:
        InvalidTokenError: It is not.
    """
    if credential.token_id:
        return _by_token(_token.first(pk=credential.token_id))[0]
    return _by_session(credential.session_key)[0]


def session_user(session_key: str) -> User | None:
    """The person signed in under a session now, asked of the database each time. Blocks."""
    if not session_key:
        return None
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request = HttpRequest()
    request.session = store(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def session_end(session_key: str) -> None:
    """Sign out: the session and every token of it end at once. Blocks."""
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    store(session_key).delete()


def sha256(secret: str) -> str:
    """Unsalted, since the secrets have 256 bits of their own: nothing to guess or to look up."""
    return hashlib.sha256(secret.encode()).hexdigest()


_token = PreparedQuery(
    lambda: ApiToken.objects.select_related("user__school").filter(
        pk=Parameter("pk", ApiToken, "pk")
    )
)
_token_of_secret = PreparedQuery(
    lambda: ApiToken.objects.select_related("user__school").filter(
        secret_sha256=Parameter("sha256", ApiToken, "secret_sha256")
    )
)


def _by_token(token: ApiToken | None) -> tuple[User, Credential]:
    if token is None or not token.is_valid or not token.user.is_active:
        raise InvalidTokenError
    now = timezone.now()
    # A write for each call would be the most expensive part of most of them.
    if token.last_used_at is None or now - token.last_used_at > _LAST_USE_EXACT_TO:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user, Credential(
        user_id=token.user_id, token_id=str(token.pk), scopes=frozenset(token.scopes)
    )


def _by_session(session_key: str) -> tuple[User, Credential]:
    user = session_user(session_key)
    if user is None:
        raise InvalidTokenError
    return user, Credential(user_id=user.pk, session_key=session_key)
