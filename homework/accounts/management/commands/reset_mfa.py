"""Take the second step off an account whose owner has lost the phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from homework.accounts.mfa import mfa_is_on, mfa_reset
from homework.accounts.models import User


class Command(BaseCommand):
    help = "Take two-step sign-in off an account, such as that of an administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"There is nobody called {options['username']!r}.")
        if not mfa_is_on(user=person):
            raise CommandError(f"{person.username} has no two-step sign-in.")
        mfa_reset(by=None, person=person)
        self.stdout.write(f"{person.username} signs in with the password alone now.")
