from __future__ import annotations

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "homework.pipeline"

    def ready(self) -> None:
        from homework.pipeline import checks  # noqa: F401
