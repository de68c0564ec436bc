"""Writing schools: their names and what they have decided."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from homework.accounts.audit import AuditAction, audit_record
from homework.accounts.models import Consent, School, User
from homework.common.errors import InvalidInputError

NAME_MAX_CHARACTERS = 200


@transaction.atomic
def school_update(
    *, by: User, school: School, name: str, allows_training_export: bool, requires_mfa: bool
) -> None:
    """Change a school's settings; what has changed is in its log.

    Raises:
        InvalidInputError: No name, or one that is too long.
    """
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_MAX_CHARACTERS:
        raise InvalidInputError(_("Please give the school a name."))
    current = School.objects.select_for_update().get(pk=school.pk)
    new = {
        "name": clean,
        "allows_training_export": allows_training_export,
        "requires_mfa": requires_mfa,
    }
    changes = {
        field: {"from": getattr(current, field), "to": value}
        for field, value in new.items()
        if getattr(current, field) != value
    }
    if not changes:
        return
    for field, value in new.items():
        setattr(current, field, value)
    current.save(update_fields=list(new))
    if "allows_training_export" in changes:
        Consent.objects.create(
            school=current,
            purpose=Consent.Purpose.TRAINING,
            is_given=allows_training_export,
            recorded_by=by,
        )
    audit_record(
        actor=by,
        action=AuditAction.SCHOOL_CHANGED,
        target=current,
        school=current,
        detail=changes,
    )
