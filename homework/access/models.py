"""What programs come in with: personal access tokens, and tickets that open one socket."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homework.accounts.models import User


class Scope(models.TextChoices):
    """What a token allows. Nobody may do more by a token than they may do themselves."""

    READ = "solutions:read", _("read questions and solutions")
    WRITE = "solutions:write", _("send photos, ask questions, stop them")
    CLASSES_READ = "classes:read", _("read classes, their students and rules")
    CLASSES_WRITE = "classes:write", _("change classes, their students and rules")
    REVIEWS_READ = "reviews:read", _("read what waits for a teacher's look")
    REVIEWS_WRITE = "reviews:write", _("approve, correct and reject solutions")
    INSIGHT_READ = "insight:read", _("read the numbers of classes and students")

    @classmethod
    def of_use_to(cls, role: str) -> list[Scope]:
        """Those with which a person of this role can do anything."""
        if role == User.Role.TEACHER:
            return list(cls)
        found = [cls.READ, cls.WRITE]
        return [*found, cls.CLASSES_READ, cls.CLASSES_WRITE] if role == User.Role.ADMIN else found


class ApiToken(models.Model):
    """A personal access token. Only the hash of its secret is kept; it is shown once.

    `prefix` is the beginning of the secret, by which its owner tells one from another.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_valid(self) -> bool:
        """Whether it opens anything now, its owner's account aside."""
        return self.revoked_at is None and self.expires_at > timezone.now()


class SocketTicket(models.Model):
    """The right to open one socket within a few seconds, on behalf of a credential.

    For pages of other origins, which cannot keep a token secret as a server can. `token` or
    `session_key` says with which credential it was bought; when that ends, so does the socket.
    """

    ticket_sha256 = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.ForeignKey(
        ApiToken, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    session_key = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket of {self.user_id}"


class Counter(models.Model):
    """How often something happened until a moment; see `limits`. `ends_at` is a Unix time."""

    key = models.CharField(primary_key=True, max_length=120)
    count = models.PositiveIntegerField()
    ends_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key


class DailyUse(models.Model):
    """What came in with a token, or without one by signing in, on a day (UTC)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="daily_uses"
    )
    token = models.ForeignKey(
        ApiToken, null=True, blank=True, on_delete=models.CASCADE, related_name="daily_uses"
    )
    day = models.DateField()
    num_calls = models.PositiveIntegerField(default=0)
    num_errors = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "token", "day"], name="one_use_a_token_and_day"
            ),
            # No row equals another whose token is NULL, so these need an index of their own.
            models.UniqueConstraint(
                fields=["user", "day"], condition=models.Q(token=None), name="one_use_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.day}"


class SchoolAccess(models.Model):
    """From where a school's people may come in, and how many questions it has a day."""

    school = models.OneToOneField(
        "accounts.School", on_delete=models.CASCADE, related_name="access", primary_key=True
    )
    networks = models.JSONField(default=list)
    questions_per_day = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"access of school {self.school_id}"
