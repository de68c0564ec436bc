"""The audit log: who saw or did what. One place adds to it, one place knows the actions' names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import AuditEvent, Classroom, School, User
from homework.common.request_id import current_request_id

SAME_LOOK_S: Final = 600


class AuditAction(models.TextChoices):
    """Every action that is recorded, with its name on the log's page. Values are stored: never
    change one."""

    SOLUTION_VIEWED = "solution.viewed", _("looked at a student's solution")
    STUDENT_VIEWED = "student.viewed", _("looked at a student's numbers")
    PHOTO_VIEWED = "photo.viewed", _("looked at a student's photo")
    SOLUTION_REVIEWED = "solution.reviewed", _("reviewed a student's solution")
    CLASS_CREATED = "class.created", _("made a class")
    CLASS_RENAMED = "class.renamed", _("renamed a class")
    CLASS_CODE_ROTATED = "class.code_rotated", _("gave a class a new join code")
    CLASS_OPENED = "class.opened", _("opened a class for new students")
    CLASS_CLOSED = "class.closed", _("closed a class for new students")
    CLASS_ARCHIVED = "class.archived", _("archived a class")
    CLASS_RESTORED = "class.restored", _("restored a class")
    EXPORT_MADE = "export.made", _("exported corrected solutions for training")
    POLICY_CHANGED = "policy.changed", _("changed what a class sees of solutions")
    MEMBER_JOINED = "member.joined", _("joined a class")
    MEMBER_ADDED = "member.added", _("added somebody to a class")
    MEMBER_REMOVED = "member.removed", _("removed somebody from a class")
    STUDENTS_IMPORTED = "students.imported", _("imported students")
    PASSWORD_GIVEN = "person.password_given", _("gave somebody a new password")
    PERSON_DEACTIVATED = "person.deactivated", _("deactivated an account")
    PERSON_ACTIVATED = "person.activated", _("activated an account")
    PERSON_DELETED = "person.deleted", _("deleted an account")
    TEACHER_INVITED = "teacher.invited", _("invited a teacher")
    INVITATION_WITHDRAWN = "invitation.withdrawn", _("withdrew an invitation")
    INVITATION_ACCEPTED = "invitation.accepted", _("accepted an invitation")
    SCHOOL_CHANGED = "school.changed", _("changed the school's settings")
    SCHOOL_QUOTA_CHANGED = (
        "school.quota_changed",
        _("changed how many questions the school may ask"),
    )
    CONSENT_CHANGED = "consent.changed", _("recorded a consent or a refusal")
    MFA_ADDED = "mfa.added", _("added a second step to their sign-in")
    MFA_REMOVED = "mfa.removed", _("removed a second step from their sign-in")
    MFA_RESET = "mfa.reset", _("took the second step off somebody's sign-in")
    SUPPORT_CHANGED = "support.changed", _("changed something on the support pages")


def audit_record(
    *,
    actor: User | AnonymousUser | None,
    action: AuditAction,
    target: models.Model | None = None,
    target_name: str | None = None,
    school: School | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add an event, within the transaction of what it tells of.

    Args:
        actor: Who; nobody for what the site does by itself.
        action: What.
        target: The row that it was about; its kind and key are kept.
        target_name: What to call it when it is gone. For people and classes their name is taken.
            Never put anything in from a student's question or answer.
        school: Whose log it belongs to; by default that of the target, else that of the actor.
        detail: What else an administrator needs to understand it: small, and JSON.
    """
    person = actor if isinstance(actor, User) else None
    school_id = school.pk if school is not None else getattr(target, "school_id", None)
    if school_id is None and person is not None:
        school_id = person.school_id
    return AuditEvent.objects.create(
        school_id=school_id,
        actor=person,
        actor_name=person.username if person else "",
        action=action.value,
        target_type=target._meta.model_name or "" if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_name=(_name_of(target) if target_name is None else target_name)[:200],
        detail=dict(detail or {}),
        request_id=current_request_id.get(),
    )


def audit_view(*, viewer: User, action: AuditAction, target: models.Model, owner: User) -> None:
    """Record that `viewer` looked at what is `owner`'s; nothing where they are the same person.

    Looking again within ten minutes, as a page that is reloaded does, is the same look.
    """
    if viewer.pk == owner.pk:
        return
    if cache.add(f"audit:{viewer.pk}:{action.value}:{target.pk}", True, SAME_LOOK_S):
        audit_record(
            actor=viewer,
            action=action,
            target=target,
            target_name=owner.username,
            school=owner.school,
        )


def _name_of(target: models.Model | None) -> str:
    if isinstance(target, User):
        return target.username
    return target.name if isinstance(target, Classroom | School) else ""
