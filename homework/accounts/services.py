"""Writing accounts: joining a class, inviting a teacher, accepting an invitation."""

from __future__ import annotations

import functools
import hashlib
import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import Classroom, Invitation, Membership, School, User
from homework.common.errors import (
    ClassClosedError,
    ConflictError,
    InvalidInputError,
    InvitationInvalidError,
    PermissionDeniedError,
    UnknownJoinCodeError,
)

INVITATION_LIFETIME: Final = timedelta(days=7)


def classroom_get_open(*, join_code: str) -> Classroom:
    """The class that a join code opens. Spaces, dashes and lower case do not matter.

    Raises:
        UnknownJoinCodeError: No class has this code.
        ClassClosedError: The class takes no new students.
    """
    code = "".join(join_code.split()).replace("-", "").upper()
    classroom = Classroom.objects.select_related("school").filter(join_code=code).first()
    if classroom is None:
        raise UnknownJoinCodeError
    if not classroom.is_open or classroom.archived_at is not None:
        raise ClassClosedError
    return classroom


@transaction.atomic
def classroom_join(*, user: User, join_code: str) -> Membership:
    """Make `user` a member of the class, and of its school if they have none yet.

    Raises:
        UnknownJoinCodeError: No class has this code.
        ClassClosedError: The class takes no new students.
        PermissionDeniedError: The class belongs to another school than the user.
    """
    found = classroom_get_open(join_code=join_code)
    # Locked, so that nobody slips in behind a teacher who closes the class.
    classroom = Classroom.objects.select_for_update().get(pk=found.pk)
    if not classroom.is_open or classroom.archived_at is not None:
        raise ClassClosedError
    if user.school_id is None:
        user.school_id = classroom.school_id
        user.save(update_fields=["school"])
    elif user.school_id != classroom.school_id:
        raise PermissionDeniedError(_("This class belongs to another school."))
    membership, is_new = Membership.objects.get_or_create(user=user, classroom=classroom)
    if is_new:
        audit_record(actor=user, action=AuditAction.MEMBER_JOINED, target=classroom)
    return membership


def teacher_invite(*, by: User, email: str, school: School) -> Invitation:
    """Invite a teacher by e-mail with a link that works once, for a week.

    An earlier invitation of the same address to the same school ends. The link's secret is in
    the mail and nowhere else.

    Raises:
        PermissionDeniedError: `by` does not administer this school.
        InvalidInputError: No e-mail address, or one that already has an account.
    """
    if not by.may_administer or by.school_id not in {None, school.pk}:
        raise PermissionDeniedError(_("Only an administrator of the school may invite teachers."))
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInputError(_("Please enter a valid e-mail address.")) from None
    if _email_has_account(email):
        raise InvalidInputError(_("There already is an account with this e-mail address."))
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        Invitation.objects.filter(
            school=school, email=email, accepted_at=None, expires_at__gt=now
        ).update(expires_at=now)
        invitation = Invitation.objects.create(
            school=school,
            email=email,
            invited_by=by,
            token_sha256=_sha256(token),
            expires_at=now + INVITATION_LIFETIME,
        )
        audit_record(
            actor=by,
            action=AuditAction.TEACHER_INVITED,
            target=invitation,
            target_name=email,
            school=school,
        )
        transaction.on_commit(functools.partial(_send_invitation, invitation, token))
    return invitation


@transaction.atomic
def invitation_withdraw(*, by: User, invitation: Invitation) -> None:
    """End an invitation; its link no longer works. Nothing happens to one that is used or over."""
    now = timezone.now()
    ended = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, expires_at__gt=now
    ).update(expires_at=now)
    if ended:
        audit_record(
            actor=by,
            action=AuditAction.INVITATION_WITHDRAWN,
            target=invitation,
            target_name=invitation.email,
            school=invitation.school,
        )


def invitation_get_open(*, token: str) -> Invitation:
    """The invitation behind a link.

    Raises:
        InvitationInvalidError: It is unknown, used, replaced by a newer one or too old.
    """
    invitation = (
        Invitation.objects.select_related("school")
        .filter(token_sha256=_sha256(token), accepted_at=None, expires_at__gt=Now())
        .first()
    )
    if invitation is None or _email_has_account(invitation.email):
        raise InvitationInvalidError
    return invitation


def teacher_accept_invitation(*, token: str, username: str, password: str, locale: str) -> User:
    """Turn an invitation into a teacher of its school. Username and password are validated.

    The e-mail address counts as confirmed: the link was sent there.

    Raises:
        InvitationInvalidError: See `invitation_get_open`.
        ConflictError: The username was taken in this very moment.
    """
    with transaction.atomic():
        invitation = invitation_get_open(token=token)
        used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
            accepted_at=timezone.now()
        )
        if used != 1:
            raise InvitationInvalidError
        teacher = User(
            username=username,
            email=invitation.email,
            role=User.Role.TEACHER,
            school=invitation.school,
            locale=locale,
        )
        teacher.set_password(password)
        try:
            with transaction.atomic():
                teacher.save()
        except IntegrityError:
            raise ConflictError(_("This username is taken. Please choose another one.")) from None
        EmailAddress.objects.create(
            user=teacher, email=invitation.email, verified=True, primary=True
        )
        audit_record(
            actor=teacher,
            action=AuditAction.INVITATION_ACCEPTED,
            target=invitation,
            target_name=invitation.email,
            school=invitation.school,
        )
    return teacher


def _email_has_account(email: str) -> bool:
    """Whether the address is known to be somebody's.

    A student may write any address on signing up; while it is not confirmed it proves nothing,
    and it must not keep its owner from accepting an invitation.
    """
    return (
        User.objects.filter(email__iexact=email).exclude(role=User.Role.STUDENT).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def _send_invitation(invitation: Invitation, token: str) -> None:
    path = reverse("account_accept_invitation", args=[token])
    context = {
        "school": invitation.school,
        "url": urljoin(settings.SITE_URL, path),
        "days": INVITATION_LIFETIME.days,
    }
    send_mail(
        subject=render_to_string("account/email/invitation_subject.txt", context).strip(),
        message=render_to_string("account/email/invitation_message.txt", context).strip() + "\n",
        from_email=None,
        recipient_list=[invitation.email],
    )


def _sha256(token: str) -> str:
    """Unsalted, since the token has 256 bits of its own: nothing to guess or to look up."""
    return hashlib.sha256(token.encode()).hexdigest()
