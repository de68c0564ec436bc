from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "homework.webhooks"

    def ready(self) -> None:
        from homework.common import background
        from homework.webhooks import checks  # noqa: F401  (registers itself)
        from homework.webhooks.sending import deliver_due

        background.register(background.Task("webhooks", deliver_due))
