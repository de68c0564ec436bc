from __future__ import annotations

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "homework.common"

    def ready(self) -> None:
        from homework.common import checks  # noqa: F401  (registers itself)
