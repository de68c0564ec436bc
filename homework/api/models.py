"""What the API remembers by itself: the answers to calls that may come again."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class IdempotentCall(models.Model):
    """A creating call that carried an `Idempotency-Key`, and its answer once there is one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=200, blank=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_call_a_key")]

    def __str__(self) -> str:
        return f"call {self.pk}"
