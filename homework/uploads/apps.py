from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete


class UploadsConfig(AppConfig):
    name = "homework.uploads"

    def ready(self) -> None:
        post_delete.connect(_delete_files, sender="uploads.Photo", dispatch_uid="photo-files")


def _delete_files(sender: object, instance: Any, **kwargs: Any) -> None:
    """Rows also go by cascade, where no service is asked; their files must not stay."""
    from homework.uploads.services import photo_files_delete

    photo_files_delete(photo=instance)
