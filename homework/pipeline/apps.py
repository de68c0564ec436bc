from __future__ import annotations

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "homework.pipeline"

    def ready(self) -> None:
        from homework.common import background
        from homework.pipeline import checks  # noqa: F401
        from homework.pipeline.resting import Resting

        background.register(background.Task("resting", Resting().work))
