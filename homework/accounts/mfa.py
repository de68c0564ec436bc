"""The second step of signing in: who has one, who must have one, and taking it off."""

from __future__ import annotations

import base64
import hashlib
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import User
from homework.common.errors import PermissionDeniedError


def mfa_is_required(*, user: User) -> bool:
    """Whether the school of this teacher or administrator wants a second step of everybody."""
    return (
        user.role in {User.Role.TEACHER, User.Role.ADMIN}
        and user.school is not None
        and user.school.requires_mfa
    )


def mfa_is_on(*, user: User) -> bool:
    """Whether signing in takes a code besides the password."""
    found: bool = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return found


@transaction.atomic
def mfa_reset(*, by: User | None, person: User) -> None:
    """Take the second step off an account, for somebody who has lost the phone and the codes.

    Args:
        by: An administrator, or nobody for whoever runs the site and has the server's console.
        person: Whose. Nothing happens if they have none.

    Raises:
        PermissionDeniedError: It is one's own, or that of another administrator.
    """
    if by is not None and (by.pk == person.pk or person.may_administer):
        raise PermissionDeniedError(_("Administrators are changed on the support pages only."))
    num_deleted, _kinds = Authenticator.objects.filter(user=person).delete()
    if num_deleted:
        audit_record(actor=by, action=AuditAction.MFA_RESET, target=person)


def code_use(*, user: User, code: str) -> None:
    """Use a code of the second step up.

    allauth forgets a code after 30 seconds, and takes it for half a minute before and after.

    Raises:
        ValidationError: It was used before.
    """
    valid_s = (2 * settings.MFA_TOTP_TOLERANCE + 1) * 30
    # allauth takes `123-456` for `123456`: the same code, however it is written.
    plain = "".join(filter(str.isalnum, code)).lower()
    if not cache.add(f"mfa-code:{user.pk}:{plain}", True, valid_s):
        raise get_adapter().validation_error("incorrect_code")


class MFAAdapter(DefaultMFAAdapter):
    """Where allauth asks what this site wants of the second step."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your school wants two-step sign-in of every teacher."),
        "cannot_generate_recovery_codes": _("Set up two-step sign-in first."),
        "incorrect_code": _("This code is not correct. Codes change every 30 seconds."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not mfa_is_required(user=authenticator.user)

    def encrypt(self, text: str) -> str:
        """Keep the secrets of authenticator apps unreadable for who has the database alone."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # The site's key is another than when this was stored. An empty secret would have
            # codes that anybody can compute; those of a random one fit nothing.
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(b"homework.mfa:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
