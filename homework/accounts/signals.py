"""What follows from what allauth does on its own pages. No logic but the call."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import User
from homework.accounts.passwords import password_is_own


@receiver([password_changed, password_set, password_reset])
def on_own_password(sender: object, user: User, **kwargs: Any) -> None:
    """Whoever has chosen a password has one that nobody else has seen."""
    password_is_own(user=user)


@receiver(authenticator_added)
def on_second_step(sender: object, user: User, authenticator: Authenticator, **kw: Any) -> None:
    """Keep in the log that signing in takes a code now. Recovery codes come with it."""
    if authenticator.type == Authenticator.Type.TOTP:
        audit_record(actor=user, action=AuditAction.MFA_ADDED, target=user)


@receiver(authenticator_removed)
def on_no_second_step(sender: object, user: User, authenticator: Authenticator, **kw: Any) -> None:
    """Keep in the log that the password alone is enough again."""
    if authenticator.type == Authenticator.Type.TOTP:
        audit_record(actor=user, action=AuditAction.MFA_REMOVED, target=user)
