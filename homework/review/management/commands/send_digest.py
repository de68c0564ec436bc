"""Send the daily e-mails. Run it once each morning; running it twice sends nothing twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from homework.review.digest import digests_send


class Command(BaseCommand):
    help = "Send the daily e-mail to everybody who has switched it on, at most one a day."

    def handle(self, *args: Any, **options: Any) -> None:
        run = digests_send(today=timezone.localdate())
        self.stdout.write(
            f"sent: {run.num_sent}, nothing to tell: {run.num_quiet}, failed: {run.num_failed}"
        )
        if run.num_failed:
            raise CommandError("Some mails could not be sent. Run the command again later.")
