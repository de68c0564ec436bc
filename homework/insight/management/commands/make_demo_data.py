"""Fill a demo site with schools, classes and work, to try and to measure the dashboard with."""

from __future__ import annotations

import random
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from homework.insight.demo import demo_examples, make_demo_data

MAX_SOLUTIONS = 5_000_000


class Command(BaseCommand):
    help = "Make up schools with classes, students, solutions and reviews; the same for a seed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--solutions", type=int, default=2_000, help="how many, in all")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--examples", type=int, default=300, help="different questions")
        parser.add_argument(
            "--force", action="store_true", help="also where HH_DEMO=1 is not set; no sign-ins then"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO and not options["force"]:
            raise CommandError(
                "This is no demo site (HH_DEMO=1). Made-up schools beside real ones are a nuisance;"
                " --force makes them all the same."
            )
        if not 1 <= options["solutions"] <= MAX_SOLUTIONS or options["examples"] < 1:
            raise CommandError(f"--solutions takes 1 to {MAX_SOLUTIONS}, --examples at least 1.")
        started = time.monotonic()
        rng = random.Random(options["seed"])  # noqa: S311, nothing secret is drawn
        examples = demo_examples(rng, options["examples"])
        made = make_demo_data(
            num_solutions=options["solutions"],
            seed=options["seed"],
            examples=examples,
            with_passwords=settings.DEMO,
        )
        for school in made:
            self.stdout.write(f"{school.name}: teachers {', '.join(school.teachers)}")
        if settings.DEMO:
            self.stdout.write("The password of each is demo- and the username.")
        self.stdout.write(f"{options['solutions']} solutions in {time.monotonic() - started:.0f} s")
