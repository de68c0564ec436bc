"""Many questions at once, for which nobody waits. The database is their queue, too."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from homework.solutions.models import Solution
from homework.uploads.models import Photo

NAME_MAX_CHARACTERS = 255


class Batch(models.Model):
    """A job of many questions of one person.

    Open until `finished_at`, when no item is under way any more. `resume_at` is set while a limit
    holds it up, `served_at` is when an item of it was last begun, by which batches take turns.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches"
    )
    language = models.CharField(max_length=2)
    num_items = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["finished_at", "served_at"], name="batch_turns"),
            models.Index(fields=["student", "-created_at"], name="batch_history"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class BatchItem(models.Model):
    """One question of a batch.

    WAITING until it is asked, refused or cancelled; once it is asked, `solution` says how it goes.
    `has_file` while its photo lies in BATCH_DIR and has not been decoded (see `spool`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ASKED = "asked", _("asked")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    index = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME_MAX_CHARACTERS, blank=True)
    question_text = models.CharField(max_length=500, blank=True)
    photo = models.ForeignKey(
        Photo, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    has_file = models.BooleanField(default=False)
    size_bytes = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    error_code = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    solution = models.OneToOneField(
        Solution, null=True, blank=True, on_delete=models.SET_NULL, related_name="batch_item"
    )

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["batch", "index"], name="one_item_an_index")]
        indexes = [models.Index(fields=["state", "has_file"], name="batch_item_waiting")]

    def __str__(self) -> str:
        return f"item {self.index} of {self.batch_id}"
