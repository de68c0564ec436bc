"""Who uses the site: people, their school and their classes."""

from __future__ import annotations

import re
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

# Without 0/O, 1/I/L: a join code is read from a blackboard.
_JOIN_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def make_join_code() -> str:
    """A new join code of 8 characters (31^8, about 8.5e11, possibilities)."""
    return "".join(secrets.choice(_JOIN_CODE_ALPHABET) for _ in range(8))


def full_name(first_name: str, last_name: str) -> str:
    """A name as people write it: `Mia Koch`, but `李娜`."""
    if _CHINESE.fullmatch(first_name) and _CHINESE.fullmatch(last_name):
        return last_name + first_name
    return f"{first_name} {last_name}".strip()


class School(models.Model):
    """The unit of separation: nobody sees anything of another school.

    Its settings are changed by `accounts.services.school_update` only, which keeps the record of
    who decided what and when.
    """

    name = models.CharField(_("name"), max_length=200)
    allows_training_export = models.BooleanField(
        _("corrected solutions may train the model"),
        default=False,
        help_text=_("Without names. Each family may still say no."),
    )
    requires_mfa = models.BooleanField(
        _("teachers must use two-step sign-in"),
        default=False,
        help_text=_("A teacher without it is led to its set-up and gets no further."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class UserManager(DjangoUserManager["User"]):
    """Makes sure that who may do everything is not listed as a student."""

    def create_superuser(self, username: str, *args: Any, **kwargs: Any) -> User:
        kwargs.setdefault("role", User.Role.ADMIN)
        return super().create_superuser(username, *args, **kwargs)


class User(AbstractUser):
    """A person with one role in one school.

    An administrator with a school administers that school, one without administers all. Students
    may have no e-mail address: the site works without knowing one of a minor.
    """

    class Role(models.TextChoices):
        STUDENT = "student", _("student")
        TEACHER = "teacher", _("teacher")
        ADMIN = "admin", _("admin")

    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.STUDENT)
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )
    locale = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    must_change_password = models.BooleanField(
        _("must choose a new password"),
        default=False,
        help_text=_("Of an account whose password somebody else has seen."),
    )

    objects: ClassVar[UserManager] = UserManager()

    def get_full_name(self) -> str:
        """First and last name in the order of the language that they are written in."""
        return full_name(self.first_name, self.last_name)

    @property
    def may_administer(self) -> bool:
        """Whether the administration pages open for this person."""
        return self.is_active and (self.is_superuser or self.role == self.Role.ADMIN)


class Classroom(models.Model):
    """A class that students join with a code.

    An archived class takes nobody in and gives nobody sight of its students' work any more; its
    name and roster stay, and it can be restored.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classrooms")
    name = models.CharField(_("name"), max_length=100)
    join_code = models.CharField(_("join code"), max_length=12, unique=True, default=make_join_code)
    is_open = models.BooleanField(_("open for new students"), default=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="classrooms")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one class. The role is the person's own: teachers teach, students learn."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    classroom = models.ForeignKey(Classroom, on_delete=models.CASCADE, related_name="memberships")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "classroom"], name="one_membership_a_class")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.classroom_id}"


class Invitation(models.Model):
    """An admin's invitation of a teacher. Only the hash of its secret is kept."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations_sent")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Consent(models.Model):
    """One decision on what may be done with students' work; the latest one counts.

    Without a student it is the school's own. A student's refusal outranks it; a student's consent
    alone is not enough. Decisions are added, never changed.
    """

    class Purpose(models.TextChoices):
        TRAINING = "training", _("training of the model")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="consents")
    student = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="consents"
    )
    purpose = models.CharField(max_length=20, choices=Purpose)
    is_given = models.BooleanField()
    recorded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="consents_recorded"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["student", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {'yes' if self.is_given else 'no'}"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads and adds; what is written stays as it is."""

    def update(self, **values: Any) -> int:
        raise TypeError("audit events are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("audit events are never deleted one by one")


class AuditEvent(models.Model):
    """Who saw or did what, and when. Written by `accounts.audit.audit_record` only.

    Append-only: events go with their school and no other way. The names are those of the moment,
    so that an event still speaks when its person or its object is gone.
    """

    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.CASCADE, related_name="audit_events"
    )
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="audit_events"
    )
    actor_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_name = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[AuditEvent]] = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["school", "-id"], name="audit_of_school"),
            models.Index(fields=["target_type", "target_id", "-id"], name="audit_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("audit events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("audit events are never deleted one by one")
