"""Writing what programs come in with: tokens made and revoked, tickets sold and used."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.access.credentials import TOKEN_MARK, Credential, sha256
from homework.access.models import ApiToken, Scope, SocketTicket
from homework.accounts.models import User
from homework.common.errors import InvalidInputError, InvalidTokenError, NotFoundError

TOKEN_MAX_DAYS: Final = 365
MAX_TOKENS: Final = 50
TICKET_LIFETIME: Final = timedelta(seconds=30)


def token_create(
    *, user: User, name: str, scopes: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """Make a personal access token.

    Returns:
        The token, and its secret, which is stored nowhere and cannot be shown again.

    Raises:
        InvalidInputError: No name, no or unknown scopes, a lifetime out of 1 to 365 days, or the
            person has 50 valid tokens already.
    """
    name = name.strip()
    if not name or len(name) > 80:
        raise InvalidInputError(_("Please give the token a name."))
    if not scopes or not set(scopes) <= set(Scope.values):
        raise InvalidInputError(_("Please choose what the token may do."))
    if not 1 <= days <= TOKEN_MAX_DAYS:
        raise InvalidInputError(_("A token lives at least a day and at most a year."))
    if _valid(user).count() >= MAX_TOKENS:
        raise InvalidInputError(_("You have very many tokens. Please revoke some first."))
    secret = TOKEN_MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:10],
        secret_sha256=sha256(secret),
        scopes=sorted(scopes),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, secret


def token_revoke(*, user: User, token_id: uuid.UUID) -> None:
    """End a token of the person's own. Nothing happens to one that has ended.

    Raises:
        NotFoundError: The person has no such token.
    """
    found = ApiToken.objects.filter(pk=token_id, user=user)
    if not found.filter(revoked_at=None).update(revoked_at=timezone.now()) and not found.exists():
        raise NotFoundError


def ticket_issue(*, credential: Credential) -> tuple[str, int]:
    """Sell a ticket that opens one socket.

    Returns:
        The ticket, and for how many seconds it is good.
    """
    now = timezone.now()
    SocketTicket.objects.filter(expires_at__lt=now).delete()
    ticket = secrets.token_urlsafe(32)
    SocketTicket.objects.create(
        ticket_sha256=sha256(ticket),
        user_id=credential.user_id,
        token_id=credential.token_id or None,
        session_key=credential.session_key,
        expires_at=now + TICKET_LIFETIME,
    )
    return ticket, int(TICKET_LIFETIME.total_seconds())


def ticket_redeem(*, ticket: str) -> Credential:
    """Use a ticket up.

    Returns:
        The credential with which it was bought; whether that is still good is another question.

    Raises:
        InvalidTokenError: Unknown, used or too old.
    """
    found = SocketTicket.objects.select_related("token").filter(
        ticket_sha256=sha256(ticket), expires_at__gt=timezone.now()
    )
    bought = found.first()
    # Of two that come with the same ticket at once, the row can be deleted by one.
    if bought is None or not found.delete()[0]:
        raise InvalidTokenError
    if bought.token is not None:
        return Credential(
            user_id=bought.user_id,
            token_id=str(bought.token_id),
            scopes=frozenset(bought.token.scopes),
        )
    return Credential(user_id=bought.user_id, session_key=bought.session_key)


def _valid(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
