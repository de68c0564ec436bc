from __future__ import annotations

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    name = "homework.batches"

    def ready(self) -> None:
        from homework.batches.feeding import Feeder
        from homework.common import background

        background.register(background.Task("batches", Feeder().work))
