from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "homework.access"

    def ready(self) -> None:
        from homework.access import checks  # noqa: F401  (registers itself)
