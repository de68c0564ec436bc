"""Access and refresh tokens of a sign-in, by allauth, with an eye on refresh tokens used twice.

Both belong to a session in the database. An access token is good for minutes and for as long as
the session is; a refresh token is good once.
"""

from __future__ import annotations

import logging

from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.contrib.sessions.models import Session
from django.db import transaction

logger = logging.getLogger(__name__)


class TokenStrategy(JWTTokenStrategy):
    """allauth's strategy, safe under concurrency and against replays.

    A refresh token that was exchanged before and comes again was copied: either the thief or the
    owner is late. Nobody can tell which, so the session ends for both (RFC 9700, 4.14.2).
    """

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Exchange a refresh token for an access token and the next refresh token, or None."""
        payload = internal.decode_token(refresh_token, "refresh")
        session_key = internal.session_key_from_sid(payload["sid"]) if payload else None
        if not session_key:
            return None
        with transaction.atomic():
            # The session is one JSON value: two that read it before either writes would both win.
            held = Session.objects.select_for_update().filter(pk=session_key)
            if not held.exists():
                return None
            tokens: tuple[str, str] | None = super().refresh_token(refresh_token)
            if tokens is None:
                held.delete()
                logger.warning("refresh token replayed, session ended")
            return tokens


def session_key_of_access_token(token: str) -> str | None:
    """The session behind an access token whose signature and time are good, or None."""
    payload = internal.decode_token(token, "access")
    return None if payload is None else internal.session_key_from_sid(payload["sid"])
