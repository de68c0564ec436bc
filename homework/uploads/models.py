"""The photos that students hand in, always in their sanitised form."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models


def photo_storage() -> Storage:
    """The private storage; a callable so that migrations do not freeze its location."""
    return storages["photos"]


class Photo(models.Model):
    """A sanitised photo: decoded, turned upright by its EXIF and drawn on a new canvas.

    `sha256` is that of the sanitised bytes; the same photo uploaded twice by the same person is
    one row. `quality` is the verdict of the quality gate: `{"is_good": bool, "issues": [...]}`.
    `located` is where the question was found: `{"box": {"x", "y", "width", "height"},
    "rotation_deg": ...}`, or null while nobody has looked or nothing was found.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photos"
    )
    file = models.FileField(storage=photo_storage, upload_to="")
    thumbnail = models.FileField(storage=photo_storage, upload_to="")
    sha256 = models.CharField(max_length=64)
    phash = models.CharField(max_length=16)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    quality = models.JSONField()
    located = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="one_photo_a_content")
        ]

    def __str__(self) -> str:
        return str(self.id)
