"""Writing about people of a school: deactivated, activated, deleted, their consent."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import Consent, User
from homework.common.errors import InvalidInputError, PermissionDeniedError


@transaction.atomic
def person_set_active(*, by: User, person: User, is_active: bool) -> None:
    """Shut an account or open it again. Nothing happens if it is so already.

    A shut account ends its sessions with their next request and its sockets within a minute.

    Raises:
        PermissionDeniedError: It is one's own, or that of an administrator.
    """
    _refuse_administrators(by, person)
    changed = User.objects.filter(pk=person.pk, is_active=not is_active).update(is_active=is_active)
    if changed:
        action = AuditAction.PERSON_ACTIVATED if is_active else AuditAction.PERSON_DEACTIVATED
        audit_record(actor=by, action=action, target=person)


@transaction.atomic
def person_delete(*, by: User, person: User, username: str) -> None:
    """Delete an account and all that was asked under it, for good.

    Raises:
        PermissionDeniedError: It is one's own, or that of an administrator.
        InvalidInputError: The username that was typed to confirm is not theirs.
    """
    _refuse_administrators(by, person)
    if username.strip() != person.username:
        raise InvalidInputError(_("To delete the account, type its username exactly."))
    audit_record(actor=by, action=AuditAction.PERSON_DELETED, target=person)
    person.delete()


@transaction.atomic
def consent_record(*, by: User, student: User, purpose: Consent.Purpose, is_given: bool) -> None:
    """Keep what a family has decided. The latest decision counts.

    Raises:
        InvalidInputError: The person is no student of a school.
    """
    if student.role != User.Role.STUDENT or student.school is None:
        raise InvalidInputError
    Consent.objects.create(
        school=student.school, student=student, purpose=purpose, is_given=is_given, recorded_by=by
    )
    audit_record(
        actor=by,
        action=AuditAction.CONSENT_CHANGED,
        target=student,
        detail={"purpose": purpose.value, "is_given": is_given},
    )


def _refuse_administrators(by: User, person: User) -> None:
    """Administrators do not shut each other out; that is for whoever runs the site."""
    if person.pk == by.pk or person.may_administer or person.role == User.Role.ADMIN:
        raise PermissionDeniedError(_("Administrators are changed on the support pages only."))
